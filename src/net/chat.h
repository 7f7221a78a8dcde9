/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Asking a chat model: bodies in OpenAI's form (POST /v1/chat/completions), which llama.cpp's server, vLLM, Ollama and the hosted
 * services all take, and what answers them.
 *
 * `struct answerer` is the door to whatever answers: an HTTP endpoint here (chat_http_open); a model inside the process is another
 * row of operations that takes the same bodies and gives the same completions, and nothing above it changes.
 *
 * Bodies are canonical (members sorted, no blanks, every sampling setting written out: servers have defaults of their own), so that
 * the same question has the same bytes and the same key.
 */
#ifndef TAMIS_NET_CHAT_H
#define TAMIS_NET_CHAT_H

#include <stdint.h>

#include "net/http.h"

/* ---- what answers ---- */

struct answerer_ops {
	void (*send)(void *self, struct http_call *call);            /* `body` is a chat body; comes back through take() */
	struct http_call *(*take)(void *self, int timeout_ms);
	void (*cancel)(void *self);
	void (*state)(void *self, struct http_state *out);
	void (*close)(void *self);
};

struct answerer {
	const struct answerer_ops *ops;
	void *self;
};

int chat_http_open(struct answerer *out, const struct http_settings *settings, struct error *err);
void answerer_close(struct answerer *a); /* safe on a zeroed one */

/* The address to post to, from what a person writes: "http://localhost:8080", ".../v1" or the whole.  TAMIS_EUSAGE when it is no http
 * address, or holds a password or a query (it is written down in the workspace: keys belong in the environment). */
int chat_url(struct buf *out, const char *endpoint, struct error *err);

/* ---- questions ---- */

struct chat_question {
	const char *model;
	struct span messages;     /* a JSON array */
	struct span schema;       /* a JSON schema the content must follow; empty: none */
	unsigned max_tokens;
	unsigned logprobs;        /* alternatives to tell for each token; 0: none */
	unsigned n;               /* choices; 0: not said */
	double temperature, top_p;
	uint64_t seed;
	unsigned kind;            /* of call (net/http.h); not part of the body */
};

/* Replaces `out`.  TAMIS_EPARSE when messages or schema are not JSON. */
int chat_body(struct buf *out, const struct chat_question *q, struct error *err);
/* SHA-256 of url, a line end, and the body. */
void chat_key(char out[65], const char *url, struct span body);
/* Tokens a question may cost at most: a third of its bytes, which is more than tokenizers make of English and of Chinese, and the
 * reply's limit. */
int64_t chat_estimate(struct span body, unsigned max_tokens);
/* "usage" of a reply; false when it says nothing. */
bool chat_usage(struct span reply, int64_t *prompt, int64_t *completion);

/* ---- what the endpoint can do ---- */

struct chat_abilities {
	bool schema;   /* response_format with a JSON schema, and follows it */
	bool logprobs; /* tells probabilities of tokens */
	bool several;  /* n choices at once */
	unsigned slots; /* it works on so many calls at once, others wait (llama.cpp's /props says); 0: does not say */
};

/* Is told each question that was answered, and how; both are gone afterwards. */
typedef void (*chat_probed_fn)(void *ctx, struct span body, const struct http_call *call);
/* Asks it three short questions, and for its slots.  TAMIS_EREMOTE when it can't be reached or refuses them all (with what it said). */
int chat_probe(struct chat_abilities *out, struct answerer *a, const char *url, const char *model, chat_probed_fn probed, void *ctx,
	       const atomic_bool *cancel, struct error *err);
/* Tokens these questions may cost at most. */
int64_t chat_probe_estimate(const char *model);

#endif
