/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What some profiles mean beyond the names of their fields. */
#include "formats/decode.h"
#include "formats/profile.h"

#define ITEMS 64

static const struct json_member *member_find(const struct decoder *d, const char *key)
{
	vec_each(&d->members, i)
		if (span_is(d->members.v[i].key, key))
			return &d->members.v[i];
	return NULL;
}

/* The elements of member `key`, or 0 when it is no array or too long. */
static size_t member_array(const struct decoder *d, const char *key, struct json_member out[ITEMS])
{
	const struct json_member *m = member_find(d, key);
	struct json_fault fault;
	size_t n;

	if (m == NULL || m->type != JSON_T_ARRAY || json_scan_array(m->value, out, ITEMS, &n, &fault) < 0)
		return 0;
	return n > ITEMS ? 0 : n;
}

static struct span value_of(const struct decoder *d, enum role role)
{
	const struct field *f = decode_find(d, role);

	return f ? f->value : (struct span){ NULL, 0 };
}

static struct span keep(struct decoder *d, struct buf *text)
{
	struct span kept = arena_span(d->arena, buf_span(text));

	buf_free(text);
	return kept;
}

static struct span string_value(struct decoder *d, const struct json_member *m)
{
	struct buf text = BUF_INIT;

	if (m->type != JSON_T_STRING)
		return (struct span){ NULL, 0 };
	json_unescape(&text, m->value);
	return keep(d, &text);
}

/* ---- Alpaca ---- */

static void add_exchange(struct decoder *d, struct buf *turns, const struct json_member *pair)
{
	struct json_member side[2];
	struct json_fault fault;
	size_t n;

	if (pair->type != JSON_T_ARRAY || json_scan_array(pair->value, side, 2, &n, &fault) < 0 || n != 2)
		return;
	turns_add(turns, span_of("user"), string_value(d, &side[0]));
	turns_add(turns, span_of("assistant"), string_value(d, &side[1]));
}

void refine_history(struct decoder *d)
{
	struct json_member pair[ITEMS];
	size_t n = member_array(d, "history", pair);
	struct buf turns = BUF_INIT, last = BUF_INIT;

	if (n == 0 || decode_find(d, ROLE_RESPONSE) == NULL)
		return;
	buf_addc(&turns, '[');
	for (size_t i = 0; i < n; i++)
		add_exchange(d, &turns, &pair[i]);
	buf_addspan(&last, value_of(d, ROLE_INSTRUCTION));
	if (value_of(d, ROLE_INPUT).len) {
		buf_addc(&last, '\n');
		buf_addspan(&last, value_of(d, ROLE_INPUT));
	}
	turns_add(&turns, span_of("user"), buf_span(&last));
	turns_add(&turns, span_of("assistant"), value_of(d, ROLE_RESPONSE));
	buf_addc(&turns, ']');
	d->sample = value_of(d, ROLE_RESPONSE);
	decode_drop(d, ROLE_INSTRUCTION);
	decode_drop(d, ROLE_INPUT);
	decode_drop(d, ROLE_RESPONSE);
	decode_add(d, ROLE_MESSAGES, span_of("history"), keep(d, &turns), true);
	buf_free(&last);
}

/* ---- UltraFeedback ---- */

void refine_rated(struct decoder *d)
{
	struct json_member text[ITEMS], rating[ITEMS];
	size_t n = member_array(d, "generations", text), ratings = member_array(d, "ratings", rating);
	size_t best = 0, worst = 0;
	double value, high = 0, low = 0;

	if (n == 0)
		return;
	for (size_t i = 0, seen = 0; i < n && i < ratings; i++) {
		if (rating[i].type != JSON_T_NUMBER || !json_read_real(rating[i].value, &value))
			continue;
		if (seen == 0 || value > high) {
			high = value;
			best = i;
		}
		if (seen == 0 || value < low) {
			low = value;
			worst = i;
		}
		seen++;
	}
	if (best != worst && text[best].type == JSON_T_STRING && text[worst].type == JSON_T_STRING) {
		decode_drop(d, ROLE_RESPONSE);
		decode_add(d, ROLE_CHOSEN, span_of("generations"), string_value(d, &text[best]), false);
		decode_add(d, ROLE_REJECTED, span_of("generations"), string_value(d, &text[worst]), false);
	} else if (text[0].type == JSON_T_STRING) {
		decode_add(d, ROLE_RESPONSE, span_of("generations"), string_value(d, &text[0]), false);
	}
}

/* ---- preferences whose answers repeat the prompt ---- */

static struct span without_prompt(struct decoder *d, struct span turns, size_t shared)
{
	struct buf rest = BUF_INIT;

	buf_addc(&rest, '[');
	buf_add(&rest, turns.p + shared + 1, turns.len - shared - 1); /* past the comma */
	return keep(d, &rest);
}

void refine_shared_prompt(struct decoder *d)
{
	const struct field *chosen = decode_find(d, ROLE_CHOSEN), *rejected = decode_find(d, ROLE_REJECTED);
	struct span a, b, name_a, name_b;
	struct buf prompt = BUF_INIT;
	size_t shared;

	if (chosen == NULL || rejected == NULL || !chosen->json || !rejected->json)
		return;
	a = chosen->value;
	b = rejected->value;
	name_a = chosen->name;
	name_b = rejected->name;
	shared = turns_shared(a, b);
	if (shared == 0)
		return;
	if (decode_find(d, ROLE_INSTRUCTION) == NULL) {
		buf_add(&prompt, a.p, shared);
		buf_addc(&prompt, ']');
		decode_add(d, ROLE_INSTRUCTION, name_a, keep(d, &prompt), true);
	}
	decode_add(d, ROLE_CHOSEN, name_a, without_prompt(d, a, shared), true);
	decode_add(d, ROLE_REJECTED, name_b, without_prompt(d, b, shared), true);
}

/* ---- Label Studio ---- */

static const struct json_member *find_in(const struct json_member *m, size_t n, const char *key)
{
	for (size_t i = 0; i < n && i < ITEMS; i++)
		if (span_is(m[i].key, key))
			return &m[i];
	return NULL;
}

void refine_annotations(struct decoder *d)
{
	struct json_member annotation[ITEMS], m[ITEMS];
	size_t n = member_array(d, "annotations", annotation), members;
	const struct json_member *cancelled;
	struct json_fault fault;

	if (n == 0 || annotation[0].type != JSON_T_OBJECT ||
	    json_scan_object(annotation[0].value, m, ITEMS, &members, &fault) < 0)
		return;
	cancelled = find_in(m, members, "was_cancelled");
	if (cancelled && cancelled->type == JSON_T_TRUE)
		decode_add(d, ROLE_VERDICT, span_of("annotations.was_cancelled"), span_of("skip"), false);
}

/* ---- Potato: {"instance": {"schema": {"labels": {"decision": "accept"}}}} has ids and labels only ---- */

void refine_labels(struct decoder *d)
{
	const struct json_member *labels = member_find(d, "instance_id_to_label_to_value");

	if (labels && labels->type == JSON_T_OBJECT)
		decode_add(d, ROLE_TEXT, span_of("instance_id_to_label_to_value"), labels->value, false);
}

/* ---- fastText: labels first, then the text ---- */

void refine_fasttext(struct decoder *d)
{
	struct span rest = value_of(d, ROLE_TEXT), labels = rest;

	while (span_starts(rest, "__label__")) {
		const char *space = memchr(rest.p, ' ', rest.len);
		size_t used = space ? (size_t)(space - rest.p) + 1 : rest.len;

		rest = span_make(rest.p + used, rest.len - used);
	}
	labels.len -= rest.len;
	if (labels.len == 0)
		return;
	decode_add(d, ROLE_TEXT, span_of("text"), rest, false);
	if (d->all)
		decode_add(d, ROLE_META, span_of("label"), span_trim(labels), false);
}
