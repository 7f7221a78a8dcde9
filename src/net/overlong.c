/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/overlong.h"

#include <ctype.h>
#include <jansson.h>
#include <stdint.h>

enum { LOOKED_AT = 4000, FIGURE_LEAST = 64, FIGURE_MOST = 100000000 };
#define SPARE 1.2        /* tokens are not spread evenly over the bytes */
#define REPLY_SHARE 0.25 /* of the tokens a reply may take: most take less */

/* What they say, in small letters; both parts, in this order. */
static const struct {
	const char *first, *then;
} sayings[] = {
	{ "exceed_context_size", "" },           /* llama.cpp */
	{ "available context size", "" },        /* llama.cpp, Ollama */
	{ "context_length_exceeded", "" },       /* OpenAI and many after it */
	{ "maximum context length", "" },        /* OpenAI, vLLM, Mistral's */
	{ "maximum model length", "" },          /* vLLM */
	{ "max_tokens must be at least 1, got -", "" }, /* vLLM of 2024 */
	{ "exceed", "context window" },          /* llama-cpp-python */
	{ "exceed", "context length" },          /* Ollama, LM Studio */
	{ "exceed", "max context" },
	{ "context length", "exceed" },
	{ "context window", "exceed" },
	{ "greater than the context length", "" }, /* LM Studio */
	{ "prompt is too long", "" },            /* Anthropic */
	{ "prompt too long", "" },               /* Ollama */
	{ "input is too long", "" },
	{ "input token", "exceed" },             /* OpenAI's newer models, Google */
	{ "max_new_tokens` must be <=", "" },    /* TGI */
};

/* ---- the words ---- */

static bool holds(struct span text, size_t from, const char *word, size_t *end)
{
	size_t n = strlen(word);
	const char *at = from <= text.len ? memmem(text.p + from, text.len - from, word, n) : NULL;

	if (at)
		*end = (size_t)(at - text.p) + n;
	return at != NULL;
}

static bool says_so(struct span text)
{
	for (size_t i = 0; i < sizeof sayings / sizeof *sayings; i++) {
		size_t end;

		if (holds(text, 0, sayings[i].first, &end) && holds(text, end, sayings[i].then, &end))
			return true;
	}
	return false;
}

/* A success that is an error all the same: no completion, and a word of error. */
static bool is_error(struct span body)
{
	json_t *root = json_loadb(body.p, body.len, JSON_ALLOW_NUL, NULL);
	bool error = json_object_get(root, "choices") == NULL && json_object_get(root, "error") != NULL;

	json_decref(root);
	return error;
}

static bool may_say_so(long status, struct span body)
{
	if (status >= 200 && status < 300)
		return body.len && is_error(body);
	return status == 400 || status == 413 || status == 422 || status == 500;
}

/* ---- the figures ---- */

static unsigned figure(struct span text, size_t *at)
{
	uint64_t n = 0;

	while (*at < text.len && isdigit((unsigned char)text.p[*at])) {
		n = n < FIGURE_MOST ? n * 10 + (unsigned)(text.p[*at] - '0') : n;
		++*at;
	}
	return n < FIGURE_MOST ? (unsigned)n : 0;
}

static unsigned figure_after(struct span text, const char *name)
{
	size_t at;

	if (!holds(text, 0, name, &at))
		return 0;
	while (at < text.len && (text.p[at] == '"' || text.p[at] == ':' || text.p[at] == ' '))
		at++;
	return figure(text, &at);
}

/* Does a figure here stand for something else: part of a name ("gpt-4-32768"), a status ("code": 400)? */
static bool is_other(struct span text, size_t at)
{
	if (at && (isalnum((unsigned char)text.p[at - 1]) || text.p[at - 1] == '-' || text.p[at - 1] == '.'))
		return true;
	while (at && strchr(" :=\"'", text.p[at - 1]))
		at--;
	return at >= 4 && memcmp(text.p + at - 4, "code", 4) == 0;
}

/* The largest figure is what was asked, the largest under it the limit, however the sentence goes. */
static void read_figures(struct overlong *out, struct span text)
{
	out->asked = figure_after(text, "\"n_prompt_tokens");
	out->limit = figure_after(text, "\"n_ctx");
	out->prompt_only = out->asked && out->limit;
	if (out->prompt_only)
		return;
	out->asked = out->limit = 0;
	for (size_t at = 0; at < text.len;) {
		bool other = is_other(text, at);
		size_t begin = at;
		unsigned n = figure(text, &at);

		if (at == begin)
			at++;
		if (other || n < FIGURE_LEAST)
			continue;
		if (n > out->asked) {
			out->limit = out->asked;
			out->asked = n;
		} else if (n > out->limit && n < out->asked) {
			out->limit = n;
		}
	}
	if (out->limit == 0)
		out->asked = 0;
}

bool overlong_says(struct overlong *out, long status, struct span body)
{
	struct buf text = BUF_INIT;
	bool says;

	if (body.p == NULL || !may_say_so(status, body))
		return false;
	buf_addspan(&text, span_make(body.p, body.len < LOOKED_AT ? body.len : LOOKED_AT));
	for (size_t i = 0; i < text.len; i++)
		text.p[i] = (char)tolower((unsigned char)text.p[i]);
	says = says_so(buf_span(&text));
	if (says && out)
		read_figures(out, buf_span(&text));
	buf_free(&text);
	return says;
}

size_t overlong_keep(const struct overlong *o, size_t question, size_t text, unsigned reply)
{
	double over, bytes;

	if (o->asked == 0 || o->limit == 0 || question == 0)
		return text / 2;
	over = (double)o->asked - (double)o->limit + (o->prompt_only ? REPLY_SHARE * (double)reply : 0);
	if (over <= 0)
		return text / 2;
	bytes = over * (double)question / (double)o->asked * SPARE;
	return bytes < (double)text ? text - (size_t)bytes : 0;
}
