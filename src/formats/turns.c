/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Chat turns, however a pipeline wrote them, as [{"role":…,"content":…}].
 *
 * Roles: human, user and prompter are one; gpt, model, bot and assistant are one; what a tool said (tool,
 * observation, function) is one.  A call of a tool is shown as content, so that nothing a model would be
 * trained on stays hidden, and thinking becomes a turn of its own before the answer.
 */
#include "formats/decode.h"

#include <stddef.h>
#include <stdlib.h>

#include "base/utf8.h"

static const char *const role_words[][2] = {
	{ "human", "user" },
	{ "user", "user" },
	{ "prompter", "user" },
	{ "question", "user" },
	{ "gpt", "assistant" },
	{ "assistant", "assistant" },
	{ "model", "assistant" },
	{ "bot", "assistant" },
	{ "chatgpt", "assistant" },
	{ "bard", "assistant" },
	{ "bing", "assistant" },
	{ "ai", "assistant" },
	{ "function_call", "assistant" },
	{ "observation", "tool" },
	{ "tool", "tool" },
	{ "function", "tool" },
	{ "ipython", "tool" },
};

static struct span role_word(struct span name)
{
	for (size_t i = 0; i < sizeof role_words / sizeof *role_words; i++)
		if (span_is(name, role_words[i][0]))
			return span_of(role_words[i][1]);
	return name;
}

void turns_add(struct buf *out, struct span role, struct span content)
{
	if (out->len && out->p[out->len - 1] == '}')
		buf_addc(out, ',');
	buf_addc(out, '{');
	json_put_member(out, "role", role);
	json_put_member(out, "content", content);
	buf_addc(out, '}');
}

/* The members of a turn this module knows. */
struct turn {
	struct json_member role, content, thinking, calls;
};

static void put_text(struct buf *out, const struct json_member *m)
{
	if (m->type == JSON_T_STRING)
		json_unescape(out, m->value);
	else if (m->type != JSON_T_NULL)
		buf_addspan(out, m->value);
}

/* One part of a content in parts: {"type":"text","text":…}, or a picture, which is named. */
static void put_part(struct buf *out, const struct json_member *part)
{
	struct json_member m[8];
	struct json_fault fault;
	size_t n;

	if (part->type != JSON_T_OBJECT || json_scan_object(part->value, m, 8, &n, &fault) < 0) {
		put_text(out, part);
		return;
	}
	for (size_t i = 0; i < n && i < 8; i++) {
		if (span_is(m[i].key, "text")) {
			put_text(out, &m[i]);
			return;
		}
	}
	buf_addspan(out, part->value);
}

/* Text of a content: a string, parts, or null. */
static void put_content(struct buf *out, const struct json_member *content)
{
	struct json_member part[64];
	struct json_fault fault;
	size_t n;

	if (content->type != JSON_T_ARRAY || json_scan_array(content->value, part, 64, &n, &fault) < 0 ||
	    n > 64) {
		put_text(out, content);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			buf_addc(out, '\n');
		put_part(out, &part[i]);
	}
}

static const struct {
	const char *key;
	size_t offset;
} turn_keys[] = {
	{ "role", offsetof(struct turn, role) },
	{ "from", offsetof(struct turn, role) },
	{ "content", offsetof(struct turn, content) },
	{ "value", offsetof(struct turn, content) },
	{ "thinking", offsetof(struct turn, thinking) },
	{ "reasoning_content", offsetof(struct turn, thinking) },
	{ "tool_calls", offsetof(struct turn, calls) },
};

static bool read_turn(struct turn *t, struct span object)
{
	struct json_member m[32];
	struct json_fault fault;
	size_t n;

	*t = (struct turn){ 0 };
	if (json_scan_object(object, m, 32, &n, &fault) < 0)
		return false;
	for (size_t i = 0; i < n && i < 32; i++)
		for (size_t k = 0; k < sizeof turn_keys / sizeof *turn_keys; k++)
			if (span_is(m[i].key, turn_keys[k].key))
				memcpy((char *)t + turn_keys[k].offset, &m[i], sizeof m[i]);
	return t->role.type == JSON_T_STRING && (t->content.key.p != NULL || t->calls.key.p != NULL);
}

static void sample_add(struct buf *plain, struct span text)
{
	size_t room;

	if (plain == NULL || plain->len >= DECODE_SAMPLE)
		return;
	if (plain->len)
		buf_addc(plain, '\n');
	room = DECODE_SAMPLE - (plain->len < DECODE_SAMPLE ? plain->len : DECODE_SAMPLE);
	buf_add(plain, text.p, text.len < room ? text.len : utf8_floor(text, room));
}

static void put_turn(struct buf *out, struct buf *plain, const struct turn *t)
{
	struct buf role = BUF_INIT, text = BUF_INIT;

	json_unescape(&role, t->role.value);
	if (t->thinking.key.p && t->thinking.type == JSON_T_STRING && t->thinking.value.len) {
		json_unescape(&text, t->thinking.value);
		turns_add(out, span_of("thinking"), buf_span(&text));
		buf_clear(&text);
	}
	if (t->content.key.p)
		put_content(&text, &t->content);
	if (t->calls.key.p && t->calls.type == JSON_T_ARRAY) {
		if (text.len)
			buf_addc(&text, '\n');
		buf_addspan(&text, t->calls.value);
	}
	turns_add(out, role_word(buf_span(&role)), buf_span(&text));
	sample_add(plain, buf_span(&text));
	buf_free(&role);
	buf_free(&text);
}

bool turns_normalise(struct buf *out, struct buf *plain, struct span array)
{
	struct json_member few[32], *turn = few;
	struct json_fault fault;
	size_t n, start = out->len;
	bool good = true;

	if (json_scan_array(array, few, 32, &n, &fault) < 0 || n == 0)
		return false;
	if (n > 32) {
		turn = xreallocarray(NULL, n, sizeof *turn);
		json_scan_array(array, turn, n, &n, &fault);
	}
	buf_addc(out, '[');
	for (size_t i = 0; i < n && good; i++) {
		struct turn t;

		good = turn[i].type == JSON_T_OBJECT && read_turn(&t, turn[i].value);
		if (good)
			put_turn(out, plain, &t);
	}
	buf_addc(out, ']');
	if (!good)
		buf_truncate(out, start);
	if (turn != few)
		free(turn);
	return good;
}

size_t turns_shared(struct span a, struct span b)
{
	struct json_member x[64], y[64];
	struct json_fault fault;
	size_t n, m, same = 0;

	if (json_scan_array(a, x, 64, &n, &fault) < 0 || json_scan_array(b, y, 64, &m, &fault) < 0)
		return 0;
	if (n > 64 || m > 64)
		return 0;
	/* at least one turn must be left to tell the two apart */
	while (same + 1 < n && same + 1 < m && span_eq(x[same].value, y[same].value))
		same++;
	if (same == 0)
		return 0;
	return (size_t)(x[same - 1].value.p + x[same - 1].value.len - a.p);
}
