/* SPDX-License-Identifier: GPL-3.0-or-later */
/* "rivals":[{"index":…,"text":…,"score":…,"margin":…},…] of a body. */
#include "review/rivals.h"

#include <math.h>

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

int rival_chosen(const struct item *item)
{
	struct rival rivals[RIVALS_MAX];
	struct arena arena = { 0 };
	size_t n = item->edited[ROLE_TARGET].p ? rivals_read(rivals, item, &arena) : 0;
	int chosen = -1;

	for (size_t i = 0; i < n && chosen < 0; i++)
		if (span_eq(rivals[i].text, item->edited[ROLE_TARGET]))
			chosen = (int)i;
	arena_free(&arena);
	return chosen;
}
