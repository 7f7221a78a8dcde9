/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The document is cut as the run has cut it, and the item's own text must stand where the run says. */
#include "review/item_context.h"

#include <stdlib.h>

#include "base/fs.h"
#include "base/json.h"
#include "base/utf8.h"
#include "instruct/plain_text.h"
#include "text/langid.h"
#include "text/segment.h"

static bool read_count(size_t *out, struct span value)
{
	double v;

	if (!json_read_real(value, &v) || v < 0 || v > 1e15)
		return false;
	*out = (size_t)v;
	return true;
}

/* ---- pairs ---- */

/* Sets the neighbours of sentence `at`, if it is `own` (or begins with it: a bead of several). */
static bool take_neighbours(struct item_context *c, int side, struct arena *arena, const struct span *sentence, size_t n, size_t at,
			    struct span own, size_t held)
{
	size_t next = at + (held ? held : 1);

	if (at >= n || sentence[at].len == 0 || sentence[at].len > own.len || memcmp(sentence[at].p, own.p, sentence[at].len) != 0)
		return false;
	if (at > 0)
		c->before[side] = arena_span(arena, sentence[at - 1]);
	if (next < n)
		c->after[side] = arena_span(arena, sentence[next]);
	return true;
}

typedef VEC(struct span) sentence_list;

static void cut_lines(sentence_list *out, struct span text)
{
	vec_clear(out);
	while (text.len)
		vec_push(out, span_line(&text));
}

static void cut_sentences(sentence_list *out, struct arena *arena, struct span text, uint8_t lang)
{
	struct segmenter *segmenter;
	struct sentence_ranges ranges = { { 0 } };

	vec_clear(out);
	if (segmenter_open(&segmenter, lang, NULL) < 0)
		return;
	segment(segmenter, &ranges, text);
	vec_each(&ranges.ranges, i)
		vec_push(out, sentence_line(arena, span_make(text.p + ranges.ranges.v[i].at, ranges.ranges.v[i].len)));
	vec_free(&ranges.ranges);
	segmenter_close(segmenter);
}

struct side_names {
	const char *document, *index, *lang, *held;
	enum role role;
};

static const struct side_names sides[2] = {
	{ "source.document", "source.index", "source.lang", "source_sentences", ROLE_SOURCE },
	{ "target.document", "target.index", "target.lang", "target_sentences", ROLE_TARGET },
};

/* The text of the document a side comes from: of a record, or of the file that was mined. */
static struct span document_of(struct buf *file, struct item *room, struct item_source *src, struct span name)
{
	item_ref ref = item_ref_parse(name);
	char path[4096];

	if (ref != ITEM_REF_NONE && item_ref_is_record(ref))
		return item_load(room, src, ref, NULL) == 0 ? record_main_text(&room->record) : (struct span){ NULL, 0 };
	if (name.len == 0 || name.len >= sizeof path)
		return (struct span){ NULL, 0 };
	memcpy(path, name.p, name.len);
	path[name.len] = '\0';
	if (fs_read_all(file, path, CONTEXT_FILE, NULL) < 0)
		return (struct span){ NULL, 0 };
	return buf_span(file);
}

static bool load_side(struct item_context *c, struct item *item, struct item_source *src, int k)
{
	const struct side_names *s = &sides[k];
	struct span own = record_value(&item->record, s->role), lang = item_field(item, s->lang), text;
	struct buf file = BUF_INIT, plain = BUF_INIT;
	sentence_list sentences = { 0 };
	struct item room;
	size_t at = 0, held = 0;
	bool found = false;

	item_init(&room);
	text = document_of(&file, &room, src, item_field(item, s->document));
	read_count(&held, item_field(item, s->held));
	if (text.len && read_count(&at, item_field(item, s->index))) {
		cut_sentences(&sentences, &item->arena, plain_text_of(&plain, text) ? buf_span(&plain) : text, lang_from_code(lang));
		found = take_neighbours(c, k, &item->arena, sentences.v, sentences.n, at, own, held);
		if (!found) { /* of plain files and of documents to align each line is one */
			cut_lines(&sentences, text);
			found = take_neighbours(c, k, &item->arena, sentences.v, sentences.n, at, own, held);
		}
	}
	vec_free(&sentences);
	item_free(&room);
	buf_free(&file);
	buf_free(&plain);
	return found;
}

/* ---- instructions ---- */

/* Whole characters of `text` in [from, to). */
static struct span stretch(struct span text, size_t from, size_t to)
{
	from = utf8_floor(text, from);
	to = to >= text.len ? text.len : utf8_floor(text, to);
	return from < to ? span_make(text.p + from, to - from) : (struct span){ NULL, 0 };
}

static bool load_segment(struct item_context *c, struct item *item, struct item_source *src)
{
	item_ref ref = item_ref_parse(item_field(item, "source_document"));
	struct item room;
	struct span text;
	size_t at, len;
	bool found = false;

	item_init(&room);
	if (ref != ITEM_REF_NONE && item_ref_is_record(ref) && read_count(&at, item_field(item, "source_byte")) &&
	    read_count(&len, item_field(item, "source_bytes")) && item_load(&room, src, ref, NULL) == 0) {
		text = record_main_text(&room.record);
		found = at <= text.len && len <= text.len - at;
		if (found) {
			c->before[0] = arena_span(&item->arena, stretch(text, at > CONTEXT_SIDE ? at - CONTEXT_SIDE : 0, at));
			c->segment = arena_span(&item->arena, stretch(text, at, at + len));
			c->after[0] = arena_span(&item->arena, stretch(text, at + len, at + len + CONTEXT_SIDE));
		}
	}
	item_free(&room);
	return found;
}

void item_context_load(struct item *item, struct item_source *src)
{
	struct item_context *c = arena_alloc(&item->arena, sizeof *c);
	bool found = false;

	memset(c, 0, sizeof *c);
	if (item->kind == KIND_BITEXT)
		for (int k = 0; k < 2; k++)
			found |= load_side(c, item, src, k);
	else if (item->kind == KIND_INSTRUCTION)
		found = load_segment(c, item, src);
	item->context = found ? c : NULL;
}
