/* SPDX-License-Identifier: GPL-3.0-or-later */
/* "rivals":[{"index":…,"text":…,"score":…,"margin":…},…] of a body. */
#include "review/rivals.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"

#define MEMBERS_MAX 16

static double real_of(const struct json_member *m)
{
	double v;

	return m->type == JSON_T_NUMBER && json_read_real(m->value, &v) ? v : NAN;
}

static struct span text_of(struct arena *arena, const struct json_member *m)
{
	struct buf text = BUF_INIT;
	struct span out;

	json_unescape(&text, m->value);
	out = arena_span(arena, buf_span(&text));
	buf_free(&text);
	return out;
}

static bool read_one(struct rival *out, struct arena *arena, const struct json_member *object)
{
	struct json_member member[MEMBERS_MAX];
	struct json_fault fault;
	size_t n = 0;

	*out = (struct rival){ .score = NAN, .margin = NAN, .index = -1 };
	if (object->type != JSON_T_OBJECT || json_scan_object(object->value, member, MEMBERS_MAX, &n, &fault) < 0)
		return false;
	for (size_t i = 0; i < n && i < MEMBERS_MAX; i++) {
		if (span_is(member[i].key, "text") && member[i].type == JSON_T_STRING)
			out->text = text_of(arena, &member[i]);
		else if (span_is(member[i].key, "score"))
			out->score = real_of(&member[i]);
		else if (span_is(member[i].key, "margin"))
			out->margin = real_of(&member[i]);
		else if (span_is(member[i].key, "index") && !isnan(real_of(&member[i])))
			out->index = (int64_t)real_of(&member[i]);
	}
	return out->text.len > 0;
}

size_t rivals_read(struct rival out[RIVALS_MAX], const struct item *item, struct arena *arena)
{
	struct json_member member[RIVALS_MAX];
	struct json_fault fault;
	struct span list = item_field(item, "rivals");
	size_t n = 0, kept = 0;

	if (item->kind != KIND_BITEXT || list.len == 0 || json_scan_array(list, member, RIVALS_MAX, &n, &fault) < 0)
		return 0;
	for (size_t i = 0; i < n && i < RIVALS_MAX; i++)
		kept += read_one(&out[kept], arena, &member[i]);
	return kept;
}

/* `*out`: its numbers, when there is one. */
static int find_chosen(struct rival *out, const struct item *item)
{
	struct rival rivals[RIVALS_MAX];
	struct arena arena = { 0 };
	size_t n = item->edited[ROLE_TARGET].p ? rivals_read(rivals, item, &arena) : 0;
	int chosen = -1;

	for (size_t i = 0; i < n && chosen < 0; i++)
		if (span_eq(rivals[i].text, item->edited[ROLE_TARGET]))
			chosen = (int)i;
	if (chosen >= 0)
		*out = rivals[chosen];
	out->text = (struct span){ NULL, 0 };
	arena_free(&arena);
	return chosen;
}

int rival_chosen(const struct item *item)
{
	struct rival rival;

	return find_chosen(&rival, item);
}

static void set_score_field(struct item *item)
{
	char text[32] = "";
	int n = isnan(item->score) ? 0 : snprintf(text, sizeof text, "%.6g", item->score);

	for (size_t i = 0; i < item->record.n_fields; i++)
		if (item->record.fields[i].role == ROLE_SCORE)
			item->record.fields[i].value = arena_span(&item->arena, span_make(text, (size_t)n));
}

void rival_take_score(struct item *item)
{
	struct rival rival = { .score = NAN };
	bool swapped, same;
	double score;

	if (item->kind != KIND_BITEXT || !item->run)
		return;
	swapped = find_chosen(&rival, item) >= 0;
	score = swapped ? rival.score : item->record.score;
	same = score == item->score || (isnan(score) && isnan(item->score));
	item->score = score;
	if (!same)
		set_score_field(item);
}

/* ---- the body ---- */

/* Of the pair that was mined, not of another. */
static bool is_measure(struct span key)
{
	static const char *const names[] = { "lexical", "cosine", "length_ratio", "cost", "links", "features" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (span_is(key, names[i]))
			return true;
	return false;
}

static void put_member(struct buf *out, const struct json_member *m)
{
	const char *end = m->value.p + m->value.len + (m->type == JSON_T_STRING);

	buf_adds(out, out->p[out->len - 1] == '{' ? "\"" : ",\"");
	buf_add(out, m->key.p, (size_t)(end - m->key.p)); /* to the end of its value, as it is written */
}

void rival_body(struct buf *out, const struct item *item)
{
	struct json_member member[MEMBERS_MAX * 2];
	struct rival rival = { .margin = NAN };
	struct span body = span_trim(buf_span(&item->raw));
	struct json_fault fault;
	bool swapped = find_chosen(&rival, item) >= 0;
	size_t n = 0;

	if (json_scan_object(body, member, MEMBERS_MAX * 2, &n, &fault) < 0 || n > MEMBERS_MAX * 2) {
		buf_addspan(out, body);
		return;
	}
	buf_addc(out, '{');
	for (size_t i = 0; i < n; i++) {
		if (span_is(member[i].key, "score") || (swapped && is_measure(member[i].key)))
			continue;
		if (swapped && span_is(member[i].key, "margin"))
			json_put_real(out, "margin", rival.margin);
		else
			put_member(out, &member[i]);
		if (span_is(member[i].key, "target"))
			json_put_real(out, "score", item->score);
	}
	buf_addc(out, '}');
}
