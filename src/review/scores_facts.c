/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows are looked at one after the other by the hundred thousand: no tree, no copies but of escaped texts. */
#include "review/scores_facts.h"

#include <math.h>
#include <stdlib.h>

#include "base/json.h"
#include "review/rivals.h"
#include "text/anchors.h"
#include "text/langid.h"

#define MEMBERS_MAX 64

struct facts_room {
	struct json_member member[MEMBERS_MAX], inner[MEMBERS_MAX];
	struct buf source, target, instruction;
	struct anchors anchors[2];
	uint8_t lang[2];          /* of source and target, as the item says */
};

struct facts_room *facts_room_new(void)
{
	return xcalloc(1, sizeof(struct facts_room));
}

void facts_room_free(struct facts_room *room)
{
	if (room == NULL)
		return;
	buf_free(&room->source);
	buf_free(&room->target);
	buf_free(&room->instruction);
	anchors_free(&room->anchors[0]);
	anchors_free(&room->anchors[1]);
	free(room);
}

struct span item_facts_instruction(const struct facts_room *room)
{
	return buf_span(&room->instruction);
}

static double real_of(const struct json_member *m)
{
	double v;

	return m->type == JSON_T_NUMBER && json_read_real(m->value, &v) ? v : NAN;
}

static const struct json_member *inner_of(struct facts_room *room, const struct json_member *object, const char *name)
{
	struct json_fault fault;
	size_t n = 0;

	if (object->type != JSON_T_OBJECT || json_scan_object(object->value, room->inner, MEMBERS_MAX, &n, &fault) < 0)
		return NULL;
	for (size_t i = 0; i < n && i < MEMBERS_MAX; i++)
		if (span_is(room->inner[i].key, name))
			return &room->inner[i];
	return NULL;
}

static uint8_t lang_of(struct facts_room *room, const struct json_member *object)
{
	const struct json_member *lang = inner_of(room, object, "lang");

	return lang && lang->type == JSON_T_STRING ? lang_from_code(lang->value) : LANG_UNKNOWN;
}

static void read_text(struct buf *out, const struct json_member *m)
{
	buf_clear(out);
	if (m && m->type == JSON_T_STRING)
		json_unescape(out, m->value);
}

static void read_member(struct item_facts *out, struct facts_room *room, const struct json_member *m)
{
	const struct json_member *score;

	if (span_is(m->key, "lexical")) {
		out->lexical = real_of(m);
	} else if (span_is(m->key, "cosine")) {
		out->cosine = real_of(m);
	} else if (span_is(m->key, "source")) {
		room->lang[0] = lang_of(room, m);
		read_text(&room->source, inner_of(room, m, "text"));
	} else if (span_is(m->key, "target")) {
		room->lang[1] = lang_of(room, m);
		read_text(&room->target, inner_of(room, m, "text"));
	} else if (span_is(m->key, "instruction")) {
		read_text(&room->instruction, m);
	} else if (span_is(m->key, "judge") || span_is(m->key, "judgement")) {
		score = inner_of(room, m, "score");
		out->judge = score ? real_of(score) : out->judge;
	}
}

void item_facts_read(struct item_facts *out, struct facts_room *room, const struct item_row *row)
{
	struct json_fault fault;
	size_t n = 0;

	*out = (struct item_facts){ NAN, NAN, NAN, false };
	room->lang[0] = room->lang[1] = LANG_UNKNOWN;
	buf_clear(&room->source);
	buf_clear(&room->target);
	buf_clear(&room->instruction);
	if (json_scan_object(span_make(row->body, row->body_len), room->member, MEMBERS_MAX, &n, &fault) < 0)
		return;
	for (size_t i = 0; i < n && i < MEMBERS_MAX; i++)
		read_member(out, room, &room->member[i]);
	if (row->kind == KIND_BITEXT) {
		anchors_find(&room->anchors[0], buf_span(&room->source), room->lang[0]);
		anchors_find(&room->anchors[1], buf_span(&room->target), room->lang[1]);
		out->mismatch = anchors_compare(&room->anchors[0], &room->anchors[1]) > 0;
	}
}

bool item_facts_swapped(struct store *s, item_ref ref)
{
	struct item_source *src = item_source_new(s);
	struct item item;
	bool swapped;

	item_init(&item);
	swapped = item_load(&item, src, ref, NULL) == 0 && rival_chosen(&item) >= 0;
	item_free(&item);
	item_source_free(src);
	return swapped;
}
