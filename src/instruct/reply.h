/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a server answered, read again here whatever it promised: the body of a chat completion (OpenAI's form, as llama.cpp, vLLM
 * and Ollama send it), and in it the JSON object that was asked for.  Models put it between words, in code fences or after their
 * thoughts; it is found there, and only there is anything forgiven: members and their types must be right.
 *
 * Every reply ends in one of the outcomes below; none is dropped.
 */
#ifndef TAMIS_INSTRUCT_REPLY_H
#define TAMIS_INSTRUCT_REPLY_H

#include <jansson.h>

#include "instruct/prompt.h"

enum reply_outcome {
	REPLY_OK,
	REPLY_UNPARSED,  /* not JSON, or not what was asked for: `why` says what */
	REPLY_CUT,       /* ended at the limit of tokens before it was whole: ask again with more */
	REPLY_REFUSED,   /* the model or a content filter declined */
	REPLY_EMPTY,     /* no content */
	REPLY_OUTCOMES
};

const char *reply_outcome_name(enum reply_outcome o); /* "ok" "unparsed" "cut" "refused" "empty" */
const char *reply_outcome_why(enum reply_outcome o);  /* N_(): of a whole completion; NULL for REPLY_OK */

/* A chat completion, parsed.  `content` lives as long as `root`. */
struct completion {
	json_t *root;
	struct span content;
	const json_t *logprobs;      /* the array of tokens, NULL without; see judge.h for its shapes */
	enum { FINISH_STOP, FINISH_LENGTH, FINISH_FILTER, FINISH_OTHER } finish;
	bool refusal;                /* the message has a `refusal` */
};

/* REPLY_UNPARSED when `body` is no JSON or no completion.  Free in any case. */
enum reply_outcome completion_read(struct completion *out, struct span body);
void completion_free(struct completion *c);

/* What the model says, its thoughts (up to the last </think>) left out; at most 1 MB. */
struct span reply_words(struct span content);
/* The JSON object in it: the last whole one that has member `key`.  Line ends inside strings, which small models leave unescaped,
 * are forgiven.  NULL when there is none; the caller drops it. */
json_t *reply_object(struct span content, const char *key);

#define REPLY_DETAIL 160
extern const char *const reply_schema_why;
/* Is the object what the schema says?  Of an empty one everything is.  False with place and reason in `detail`. */
bool reply_follows(const json_t *object, struct span schema, char detail[REPLY_DETAIL]);

/* The reply to a task or to the rewriter. */
struct written {
	enum reply_outcome outcome;
	const char *why;            /* N_(): what is wrong, NULL when all is well */
	char detail[REPLY_DETAIL];  /* where and how it leaves the schema, or "" */
	struct buf instruction;     /* "" of the rewriter */
	struct buf response;        /* the model's own, or "" */
	bool self_contained;        /* what it says of "answerable without the source"; true when it does not say */
};

/* Replaces `out` (zero it before the first use): the whole body of the reply to `id`.  `schema` is the one the server was given and
 * must have followed (empty: none was), whatever it promised. */
void written_read(struct written *out, enum prompt_id id, struct span body, struct span schema);
void written_free(struct written *w);

#endif
