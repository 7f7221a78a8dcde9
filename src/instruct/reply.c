/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "instruct/reply.h"

#include <string.h>

#include "base/i18n.h"
#include "instruct/phrases.h"
#include "net/schema.h"

#define CONTENT_MOST ((size_t)1 << 20) /* bytes of a model's words that are looked through */
#define TRIES 500u                     /* places of a "{" tried */
#define INSTRUCTION_MOST 8000u         /* bytes */

const char *const reply_schema_why = N_("the reply does not follow the schema the server was given");

static const char *const outcomes[REPLY_OUTCOMES] = { "ok", "unparsed", "cut", "refused", "empty" };

const char *reply_outcome_name(enum reply_outcome o)
{
	return outcomes[o];
}

/* ---- the completion ---- */

/* OpenAI's older form, {"tokens":[…],"top_logprobs":[{"4":-0.1,…},…]}, as a list of {"token":…,"top_logprobs":{…}}. */
static json_t *tokens_of_columns(json_t *columns)
{
	json_t *tokens = json_object_get(columns, "tokens"), *tops = json_object_get(columns, "top_logprobs"), *token, *list = json_array();
	json_t *own = json_object_get(columns, "token_logprobs");
	size_t i;

	json_array_foreach(tokens, i, token) {
		json_t *row = json_object();

		json_object_set(row, "token", token);
		if (json_array_get(own, i))
			json_object_set(row, "logprob", json_array_get(own, i));
		if (json_array_get(tops, i))
			json_object_set(row, "top_logprobs", json_array_get(tops, i));
		json_array_append_new(list, row);
	}
	return list;
}

/* The list of tokens wherever this server puts it; kept in the root so that it lives as long. */
static const json_t *find_tokens(json_t *root, json_t *choice)
{
	json_t *logprobs = json_object_get(choice, "logprobs"), *list = json_object_get(logprobs, "content");

	if (json_is_array(list))
		return list;
	if (json_is_array(logprobs))
		return logprobs;
	if (json_is_array(json_object_get(logprobs, "tokens"))) {
		list = tokens_of_columns(logprobs);
		json_object_set_new(choice, "tokens of columns", list);
		return list;
	}
	list = json_object_get(choice, "completion_probabilities");
	if (!json_is_array(list))
		list = json_object_get(root, "completion_probabilities");
	return json_is_array(list) ? list : NULL;
}

static struct span string_of(const json_t *value)
{
	return json_is_string(value) ? span_make(json_string_value(value), json_string_length(value)) : span_make("", 0);
}

/* Content may be a string or a list of parts, of which the text counts; joined into the root then. */
static struct span content_of(json_t *choice)
{
	json_t *message = json_object_get(choice, "message"), *content = json_object_get(message, "content"), *part, *joined;
	struct buf text = BUF_INIT;
	size_t i;

	if (message == NULL)
		return string_of(json_object_get(choice, "text"));
	if (!json_is_array(content))
		return string_of(content);
	json_array_foreach(content, i, part)
		buf_addspan(&text, string_of(json_object_get(part, "text")));
	joined = json_stringn_nocheck(text.p, text.len);
	json_object_set_new(message, "content", joined);
	buf_free(&text);
	return string_of(joined);
}

enum reply_outcome completion_read(struct completion *out, struct span body)
{
	json_t *choice;
	struct span finish;

	*out = (struct completion){ .content = { "", 0 }, .finish = FINISH_OTHER };
	out->root = json_loadb(body.p ? body.p : "", body.len, JSON_ALLOW_NUL, NULL);
	choice = json_array_get(json_object_get(out->root, "choices"), 0);
	if (!json_is_object(choice))
		return REPLY_UNPARSED;
	out->content = content_of(choice);
	out->logprobs = find_tokens(out->root, choice);
	finish = string_of(json_object_get(choice, "finish_reason"));
	out->finish = span_is(finish, "stop") ? FINISH_STOP : span_is(finish, "length") ? FINISH_LENGTH
		      : span_is(finish, "content_filter") ? FINISH_FILTER : FINISH_OTHER;
	out->refusal = string_of(json_object_get(json_object_get(choice, "message"), "refusal")).len > 0;
	if (out->refusal || out->finish == FINISH_FILTER)
		return REPLY_REFUSED;
	if (span_trim(out->content).len == 0)
		return out->finish == FINISH_LENGTH ? REPLY_CUT : REPLY_EMPTY;
	return REPLY_OK;
}

void completion_free(struct completion *c)
{
	json_decref(c->root);
	*c = (struct completion){ 0 };
}

/* ---- the object in it ---- */

struct span reply_words(struct span content)
{
	static const char end[] = "</think>";
	const char *at;

	while (content.len && (at = memmem(content.p, content.len, end, sizeof end - 1)) != NULL) {
		at += sizeof end - 1;
		content = span_make(at, content.len - (size_t)(at - content.p));
	}
	return content.len > CONTENT_MOST ? span_make(content.p, CONTENT_MOST) : content;
}

/* Line ends and tabs inside strings, which small models leave unescaped, escaped. */
static void escape_controls(struct buf *out, struct span text)
{
	bool inside = false, escaped = false;

	for (size_t i = 0; i < text.len; i++) {
		char c = text.p[i];

		if (inside && !escaped && (unsigned char)c < ' ')
			buf_addf(out, "\\u%04x", (unsigned)(unsigned char)c);
		else
			buf_addc(out, c);
		if (c == '"' && !escaped)
			inside = !inside;
		escaped = inside && c == '\\' && !escaped;
	}
}

/* The last whole object with the key. */
static json_t *last_object(struct span text, const char *key)
{
	json_t *found = NULL;
	unsigned tries = 0;

	for (size_t i = 0; i < text.len && tries < TRIES; i++) {
		json_error_t error;
		json_t *object;

		if (text.p[i] != '{')
			continue;
		tries++;
		object = json_loadb(text.p + i, text.len - i, JSON_DISABLE_EOF_CHECK | JSON_ALLOW_NUL, &error);
		if (object == NULL)
			continue;
		i += (size_t)error.position - 1;
		if (json_object_get(object, key)) {
			json_decref(found);
			found = object;
		} else {
			json_decref(object);
		}
	}
	return found;
}

json_t *reply_object(struct span content, const char *key)
{
	struct span words = reply_words(content);
	json_t *found = last_object(words, key);
	struct buf mended = BUF_INIT;

	if (found == NULL && words.len && memchr(words.p, '{', words.len)) {
		escape_controls(&mended, words);
		found = last_object(buf_span(&mended), key);
	}
	buf_free(&mended);
	return found;
}

bool reply_follows(const json_t *object, struct span schema, char detail[REPLY_DETAIL])
{
	json_t *rules = schema.len ? json_loadb(schema.p, schema.len, 0, NULL) : NULL;
	bool follows = rules == NULL || schema_check(object, rules, detail, REPLY_DETAIL);

	json_decref(rules);
	return follows;
}

/* ---- what a task or the rewriter wrote ---- */

static enum reply_outcome wrong(struct written *out, enum reply_outcome outcome, const char *why)
{
	out->why = why;
	return outcome;
}

static enum reply_outcome not_whole(struct written *out, const struct completion *c, const char *why)
{
	if (c->finish == FINISH_LENGTH)
		return wrong(out, REPLY_CUT, N_("the reply ended at the limit of tokens"));
	if (phrases_count(PHRASES_REFUSAL, reply_words(c->content)))
		return wrong(out, REPLY_REFUSED, N_("the model declined"));
	return wrong(out, REPLY_UNPARSED, why);
}

/* What stands between <answer> and </answer>. */
static enum reply_outcome read_answer(struct written *out, const struct completion *c)
{
	static const char begin[] = "<answer>", end[] = "</answer>";
	struct span words = reply_words(c->content);
	const char *from = words.len ? memmem(words.p, words.len, begin, sizeof begin - 1) : NULL, *to = NULL;
	struct span text;

	if (from) {
		from += sizeof begin - 1;
		to = memmem(from, (size_t)(words.p + words.len - from), end, sizeof end - 1);
	}
	if (to == NULL)
		return not_whole(out, c, N_("the reply has nothing between <answer> and </answer>"));
	text = span_trim(span_make(from, (size_t)(to - from)));
	if (text.len == 0)
		return wrong(out, REPLY_EMPTY, N_("the answer is empty"));
	buf_addspan(&out->response, text);
	return REPLY_OK;
}

static enum reply_outcome read_object(struct written *out, enum prompt_id id, const struct completion *c, struct span schema)
{
	json_t *object = reply_object(c->content, "instruction"), *alone;
	struct span instruction = span_trim(string_of(json_object_get(object, "instruction")));
	struct span response = span_trim(string_of(json_object_get(object, "response")));
	enum reply_outcome outcome = REPLY_OK;

	alone = json_object_get(object, "answerable_without_source");
	out->self_contained = !json_is_false(alone);
	if (object == NULL)
		outcome = not_whole(out, c, N_("the reply has no JSON object with an instruction"));
	else if (instruction.len == 0)
		outcome = wrong(out, REPLY_UNPARSED, N_("the instruction is empty or no text"));
	else if (instruction.len > INSTRUCTION_MOST)
		outcome = wrong(out, REPLY_UNPARSED, N_("the instruction is far too long"));
	else if (prompt_text_is_input(id) && response.len == 0)
		outcome = wrong(out, REPLY_UNPARSED, N_("the response is missing or no text"));
	else if (!reply_follows(object, schema, out->detail))
		outcome = wrong(out, REPLY_UNPARSED, reply_schema_why);
	if (outcome == REPLY_OK) {
		buf_addspan(&out->instruction, instruction);
		if (prompt_text_is_input(id))
			buf_addspan(&out->response, response);
	}
	json_decref(object);
	return outcome;
}

const char *reply_outcome_why(enum reply_outcome o)
{
	static const char *const why[REPLY_OUTCOMES] = {
		[REPLY_UNPARSED] = N_("the server's answer is no chat completion"),
		[REPLY_CUT] = N_("the reply ended at the limit of tokens"),
		[REPLY_REFUSED] = N_("the model or a filter declined"),
		[REPLY_EMPTY] = N_("the reply has no text"),
	};

	return why[o];
}

void written_read(struct written *out, enum prompt_id id, struct span body, struct span schema)
{
	struct completion c;

	if (out->instruction.p == NULL)
		buf_init(&out->instruction);
	if (out->response.p == NULL)
		buf_init(&out->response);
	buf_clear(&out->instruction);
	buf_clear(&out->response);
	out->self_contained = true;
	out->detail[0] = '\0';
	out->outcome = completion_read(&c, body);
	out->why = reply_outcome_why(out->outcome);
	if (out->outcome == REPLY_OK)
		out->outcome = id == PROMPT_REWRITE ? read_answer(out, &c) : read_object(out, id, &c, schema);
	completion_free(&c);
}

void written_free(struct written *w)
{
	if (w->instruction.p)
		buf_free(&w->instruction);
	if (w->response.p)
		buf_free(&w->response);
}
