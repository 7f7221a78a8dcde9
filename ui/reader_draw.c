/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How the reader looks. */
#include "config.h"

#include <math.h>
#include <stdio.h>

#include "base/i18n.h"
#include "review/lens.h"
#include "text/display.h"
#include "text/langid.h"
#include "ui/reader_inside.h"
#include "ui/verdicts.h"
#include "ui/words.h"

#define MEASURE 112          /* columns of text at most: longer rows tire the eye */
#define META_RIGHT_FROM 100

/* ---- metadata ---- */

static void put_pair(struct sheet *out, const char *label, const char *value, int columns)
{
	sheet_line(out, -1);
	sheet_put(out, STYLE_LABEL, span_of(label));
	sheet_put(out, STYLE_TEXT, span_of("  "));
	sheet_data(out, STYLE_TEXT, span_of(value), columns - display_columns(span_of(label), false) - 2);
}

static void put_place(const struct reader *r, struct sheet *out, int columns)
{
	char text[64], ref[32];

	item_ref_format(ref, r->place.ref);
	put_pair(out, _("id"), ref, columns);
	put_pair(out, _("file"), r->source->path, columns);
	snprintf(text, sizeof text, "%llu", (unsigned long long)r->place.at);
	put_pair(out, _("at byte"), text, columns);
	words_bytes(text, r->place.len);
	put_pair(out, _("size"), text, columns);
}

static void put_fields(const struct reader *r, struct sheet *out, int columns, bool shapes)
{
	(void)shapes;
	for (size_t i = 0; i < r->item.record.n_fields; i++) {
		const struct field *f = &r->item.record.fields[i];

		if (f->role == ROLE_TEXT)
			continue;
		sheet_line(out, -1);
		sheet_data(out, STYLE_LABEL, f->name, columns);
		sheet_wrap(out, STYLE_TEXT, (int)f->role, f->value, columns, 2);
	}
}

static void draw_meta(struct app *app, struct reader *r, struct rect pane)
{
	struct sheet sheet = { .limit = (size_t)(pane.rows > 0 ? pane.rows : 0) };

	if (r->source) {
		put_place(r, &sheet, pane.columns);
		if (r->has_item && r->item.state.note)
			put_pair(&sheet, _("note"), r->item.state.note, pane.columns);
		sheet_line(&sheet, -1);
		if (r->has_item)
			put_fields(r, &sheet, pane.columns, app->raw_shapes);
	}
	draw_sheet(app, pane, &sheet, 0);
	sheet_free(&sheet);
}

static void split_meta(struct app *app, struct reader *r, struct rect *area)
{
	struct rect pane;

	if (!r->meta || area->rows < 8)
		return;
	if (area->columns >= META_RIGHT_FROM) {
		pane = rect_right(area, area->columns / 3);
		rect_right(area, 1);
		draw_divider(app, pane, 0, STYLE_DIM);
		rect_left(&pane, 2);
	} else {
		pane = rect_bottom(area, area->rows / 3);
		draw_rule(app, pane, 0, STYLE_DIM, NULL);
		rect_top(&pane, 1);
		rect_left(&pane, 2);
	}
	draw_meta(app, r, pane);
}

/* ---- the line above the text ---- */

static void draw_info(struct app *app, struct reader *r, struct rect line)
{
	struct record_fact fact;
	struct error err = { 0 };
	enum verdict verdict;
	bool pending;
	char size[32];
	int x = 2;

	if (!r->source || corpus_view_facts(r->from.view, app->store, r->record, 1, &fact, &err) < 0)
		return;
	verdict = verdicts_of(app->verdicts, &fact.key, &pending);
	if (verdict != VERDICT_NONE) {
		x += draw_text(app, line, 0, x, pending ? STYLE_PENDING : verdict_style(verdict), verdict_sign(verdict));
		x += draw_text(app, line, 0, x, STYLE_TEXT, " ");
		x += 2 + draw_text(app, line, 0, x, pending ? STYLE_PENDING : verdict_style(verdict), _(verdict_name(verdict)));
	}
	words_bytes(size, r->place.len);
	x += 2 + draw_text(app, line, 0, x, STYLE_DIM, lang_code(fact.lang));
	x += 2 + draw_text(app, line, 0, x, STYLE_DIM, size);
	if (!isnan(fact.score))
		x += 2 + draw_textf(app, line, 0, x, STYLE_DIM, _("score %.4g"), (double)fact.score);
	if (r->note)
		draw_text(app, line, 0, x, STYLE_WARNING, r->note);
}

/* ---- the text ---- */

static void lay_sheet(struct app *app, struct reader *r, int columns)
{
	struct lens_view view = { .columns = columns, .raw_shapes = app->raw_shapes, .match = r->typed };

	if (r->sheet_columns == columns)
		return;
	lens_draw(&r->sheet, &r->item, &view);
	r->sheet_columns = columns;
}

static void draw_sheet_mode(struct app *app, struct reader *r, struct rect area)
{
	size_t rows = (size_t)(area.rows > 0 ? area.rows : 1);

	lay_sheet(app, r, area.columns);
	if (r->sheet_top + rows > r->sheet.lines.n)
		r->sheet_top = r->sheet.lines.n > rows ? r->sheet.lines.n - rows : 0;
	draw_sheet(app, area, &r->sheet, r->sheet_top);
	draw_scroll_mark(app, area, r->sheet_top, rows, r->sheet.lines.n);
}

static void draw_text_mode(struct app *app, struct reader *r, struct rect area)
{
	struct sheet sheet = { 0 };

	pager_fit(&r->pager, area.columns, app->raw_shapes);
	if (pager_layout(&r->pager, &sheet, area.rows, r->matcher) == 0 && r->pager.failed.code == 0)
		draw_text(app, area, 0, 0, STYLE_DIM, _("(empty)"));
	draw_sheet(app, area, &sheet, 0);
	sheet_free(&sheet);
}

void reader_draw(struct app *app, struct screen *s, struct rect area)
{
	struct reader *r = s->state;
	const struct error *failed;

	split_meta(app, r, &area);
	if (area.rows >= 6)
		draw_info(app, r, rect_top(&area, 1));
	if (area.rows >= 10)
		rect_top(&area, 1);
	rect_left(&area, area.columns > 40 ? 2 : 0);
	rect_right(&area, area.columns > 40 ? 2 : 0);
	if (area.columns > MEASURE)
		area.columns = MEASURE;
	r->rows = area.rows;
	if (r->failed.code == 0 && r->mode == READER_SHEET)
		draw_sheet_mode(app, r, area);
	else if (r->failed.code == 0)
		draw_text_mode(app, r, area);
	failed = r->failed.code ? &r->failed : &r->pager.failed;
	if (failed->code)
		draw_data(app, area, 0, 0, STYLE_ERROR, span_of(failed->msg));
}

void reader_title(struct app *app, struct screen *s, struct buf *out)
{
	struct reader *r = s->state;
	char number[32];

	(void)app;
	words_count(number, r->record + 1);
	buf_addf(out, _("record %s"), number);
	words_count(number, corpus_view_count(r->from.view));
	buf_addf(out, _(" of %s"), number);
	if (r->raw)
		buf_adds(out, _("  original bytes"));
}

static void add_position(struct reader *r, struct buf *out)
{
	if (r->mode == READER_SHEET) {
		buf_addf(out, "%d%%", words_percent(r->sheet_top + (size_t)r->rows, r->sheet.lines.n));
		return;
	}
	if (r->pager.top == 0 && r->pager.bottom >= r->pager.source.size)
		buf_adds(out, _("all"));
	else
		buf_addf(out, "%d%%", words_percent(r->pager.bottom, r->pager.source.size));
}

static void add_hits(const struct reader *r, struct buf *out)
{
	bool more = r->hits >= READER_HITS || r->count_at >= READER_COUNTED;
	char number[32];

	if (r->counting)
		return;
	words_count(number, r->hits);
	if (more)
		buf_addf(out, PL_("  %s hit or more", "  %s hits or more", r->hits), number);
	else if (r->mode == READER_SHEET)
		buf_addf(out, PL_("  hits in %s line", "  hits in %s lines", r->hits), number);
	else
		buf_addf(out, PL_("  %s hit", "  %s hits", r->hits), number);
}

void reader_status(struct app *app, struct screen *s, struct buf *out)
{
	struct reader *r = s->state;
	uint64_t n = rows_count(r->from.rows);
	char number[32];

	(void)app;
	add_position(r, out);
	if (r->searching)
		buf_addf(out, _("  searching, %d%%"), words_percent(r->search_at, r->pager.source.size));
	if (r->seeking_end)
		buf_addf(out, _("  looking for the end, %d%%"), words_percent(r->seek_at, r->pager.source.size));
	if (r->typed) {
		buf_adds(out, "  /");
		display_line(out, span_of(r->typed), 40, false);
		add_hits(r, out);
	}
	if (r->from.rows->filtered || r->from.rows->order) {
		words_count(number, r->from.list->cursor + 1);
		buf_addf(out, _("  row %s"), number);
		words_count(number, n);
		buf_addf(out, _(" of %s"), number);
	}
}
