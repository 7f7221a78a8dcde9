/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Choosing how a record is shown: small ones are parsed, large ones are windows into their file. */
#include "config.h"

#include "base/i18n.h"
#include "ui/peek.h"
#include "ui/reader_inside.h"

#define PARSE_LIMIT (1u << 20)          /* parsed without a noticeable wait */
#define PARSE_LIMIT_OTHERS (32u << 20)  /* formats that can't be read by window */
#define MEMBER_WITHIN (1u << 20)        /* a text member is looked for in so much of a large record */

static bool is_json(const struct shape *shape)
{
	return shape->format == FORMAT_JSONL || shape->format == FORMAT_JSON;
}

static void show_bytes(struct app *app, struct reader *r)
{
	pager_set(&r->pager, &(struct pager_source){ .view = r->from.view, .store = app->store, .record = r->record,
						     .size = r->place.len });
	r->mode = READER_TEXT;
}

/* The text member of a JSON record that is too large to parse. */
static bool show_member(struct app *app, struct reader *r)
{
	const struct shape *shape = &r->source->shape;
	struct buf head = BUF_INIT;
	size_t at = 0;
	bool found = false;

	if (corpus_view_read(r->from.view, app->store, r->record, 0, MEMBER_WITHIN, &head, &r->failed) == 0)
		for (size_t i = 0; i < shape->n_columns && !found; i++)
			found = shape->columns[i].role == ROLE_TEXT &&
				peek_member(buf_span(&head), shape->columns[i].name, &at);
	buf_free(&head);
	if (!found)
		return false;
	pager_set(&r->pager, &(struct pager_source){ .view = r->from.view, .store = app->store, .record = r->record,
						     .base = at, .size = r->place.len - at, .escaped = true });
	r->mode = READER_TEXT;
	return true;
}

static void show_item(struct reader *r)
{
	struct span text = item_text(&r->item, ROLE_TEXT);

	if (r->item.kind != KIND_DOCUMENT) {
		r->mode = READER_SHEET;
		return;
	}
	pager_set(&r->pager, &(struct pager_source){ .memory = text, .size = text.len });
	r->mode = READER_TEXT;
	if (r->item.state.edit)
		r->note = _("edited");
}

static void show_large(struct app *app, struct reader *r)
{
	const struct shape *shape = &r->source->shape;

	if (shape->format == FORMAT_TEXT) {
		show_bytes(app, r);
	} else if (!is_json(shape) || shape->kind != KIND_DOCUMENT || !show_member(app, r)) {
		show_bytes(app, r);
		r->note = _("too large to take apart: the original bytes");
	}
}

void reader_load(struct app *app, struct reader *r)
{
	uint64_t limit = PARSE_LIMIT;

	r->record = rows_record(r->from.rows, r->from.list->cursor);
	r->note = NULL;
	r->has_item = false;
	r->sheet_columns = 0;
	r->sheet_top = 0;
	r->searching = r->seeking_end = false;
	r->hit = UINT64_MAX;
	reader_count_anew(r);
	r->failed = (struct error){ 0 };
	pager_set(&r->pager, &(struct pager_source){ .memory = { NULL, 0 } });
	r->mode = READER_TEXT;
	if (corpus_view_place(r->from.view, app->store, r->record, &r->place, &r->failed) < 0)
		return;
	r->source = corpus_view_source(r->from.view, r->place.ref);
	if (!is_json(&r->source->shape) && r->source->shape.format != FORMAT_TEXT)
		limit = PARSE_LIMIT_OTHERS;
	if (r->place.len <= limit)
		r->has_item = item_load(&r->item, app->items, r->place.ref, &r->failed) == 0;
	if (r->failed.code)
		return;
	if (r->raw)
		show_bytes(app, r);
	else if (r->has_item)
		show_item(r);
	else
		show_large(app, r);
}
