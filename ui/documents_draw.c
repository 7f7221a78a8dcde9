/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How the list of records looks: only the rows on the screen are ever read. */
#include "config.h"

#include <math.h>
#include <stdio.h>

#include "base/i18n.h"
#include "review/lens.h"
#include "text/display.h"
#include "text/langid.h"
#include "ui/documents_inside.h"
#include "ui/empty.h"
#include "ui/peek.h"
#include "ui/verdicts.h"
#include "ui/words.h"

#define SCORE_FROM 100   /* columns from which a score fits as well */
#define META_RIGHT_FROM 110
#define META_LIMIT (1u << 20)

/* ---- rows ---- */

static void forget_row(struct cached_row *c)
{
	free(c->pieces);
	*c = (struct cached_row){ 0 };
}

void documents_forget_rows(struct documents *d)
{
	for (size_t i = 0; i < ROWS_CACHED; i++)
		forget_row(&d->cache[i]);
}

/* The pieces of a sheet's line in one allocation. */
static void keep_line(struct cached_row *c, const struct sheet *sheet)
{
	size_t text = 0;
	char *at;

	c->n = sheet->pieces.n;
	for (size_t i = 0; i < c->n; i++)
		text += strlen(sheet->pieces.v[i].text) + 1;
	c->pieces = xmalloc(c->n * sizeof *c->pieces + text + 1);
	at = (char *)(c->pieces + c->n);
	for (size_t i = 0; i < c->n; i++) {
		size_t len = strlen(sheet->pieces.v[i].text) + 1;

		c->pieces[i] = sheet->pieces.v[i];
		c->pieces[i].text = memcpy(at, sheet->pieces.v[i].text, len);
		at += len;
	}
}

static const struct cached_row *row_of(struct app *app, struct documents *d, uint64_t record, struct sheet *scratch)
{
	struct cached_row *c = &d->cache[record % ROWS_CACHED];
	struct error err = { 0 };

	if (c->used && c->record == record && c->layout == d->layout)
		return c;
	forget_row(c);
	sheet_clear(scratch);
	sheet_line(scratch, -1);
	peek_head(scratch, d->view, app->store, record, d->raw, d->layout_columns + d->skip);
	keep_line(c, scratch);
	if (corpus_view_facts(d->view, app->store, record, 1, &c->fact, &err) < 0)
		c->fact = (struct record_fact){ .score = NAN };
	c->used = err.code == 0;
	c->record = record;
	c->layout = d->layout;
	return c;
}

bool documents_is_marked(const struct documents *d, uint64_t record)
{
	for (size_t i = 0; i < d->marks.n; i++)
		if (d->marks.v[i] == record)
			return true;
	return false;
}

static bool in_range(const struct documents *d, uint64_t row)
{
	uint64_t a = d->range, b = d->list.cursor;

	if (d->range == NO_RANGE)
		return false;
	return a < b ? row >= a && row <= b : row >= b && row <= a;
}

static int number_width(const struct documents *d)
{
	char number[32];
	uint64_t n = corpus_view_count(d->view);

	words_count(number, n > 9999 ? n : 9999);
	return (int)strlen(number);
}

/* Where the parts of a row stand. */
struct columns {
	int number_end, verdict, lang, score_end, text;
};

static struct columns columns_of(const struct documents *d, int width)
{
	struct columns c;

	c.number_end = 2 + number_width(d);
	c.verdict = c.number_end + 1;
	c.lang = c.verdict + 2;
	c.score_end = width >= SCORE_FROM ? c.lang + 10 : c.lang + 3;
	c.text = c.score_end + 2;
	return c;
}

/* Number, language and score as one stretch of one style: it is what makes a scrolled line cost few bytes. */
static void draw_prefix(struct app *app, struct rect r, int y, uint64_t record, const struct record_fact *fact,
			const struct columns *at)
{
	char text[128];
	char number[32], score[32] = "";

	words_count(number, record + 1);
	if (at->score_end - at->lang >= 8 && !isnan(fact->score))
		snprintf(score, sizeof score, fabsf(fact->score) >= 1000 ? "%.0f" : "%.3f", (double)fact->score);
	snprintf(text, sizeof text, " %*s   %-3.3s%*s  ", at->number_end - 2, number, fact->lang ? lang_code(fact->lang) : "-",
		 at->score_end - at->lang - 3, score);
	draw_text(app, r, y, 1, STYLE_DIM, text);
}

static void draw_row(struct app *app, struct documents *d, struct rect r, int y, uint64_t row, const struct columns *at,
		     struct sheet *scratch)
{
	uint64_t record = rows_record(&d->rows, row);
	const struct cached_row *c = row_of(app, d, record, scratch);
	bool pending;
	enum verdict verdict = verdicts_of(app->verdicts, &c->fact.key, &pending);
	struct rect text = r;

	draw_prefix(app, r, y, record, &c->fact, at);
	if (row == d->list.cursor)
		draw_text(app, r, y, 0, STYLE_CURSOR, "▸");
	if (in_range(d, row) || documents_is_marked(d, record))
		draw_text(app, r, y, 1, STYLE_MARKED, "+");
	else if (d->rows.filtered && d->rows.context && rows_is_hit(&d->rows, record))
		draw_text(app, r, y, 1, STYLE_MATCH, "•");
	if (verdict != VERDICT_NONE || pending)
		draw_text(app, r, y, at->verdict, pending ? STYLE_PENDING : verdict_style(verdict),
			  verdict == VERDICT_NONE ? "·" : verdict_sign(verdict));
	rect_left(&text, at->text);
	draw_pieces(app, text, y, 0, c->pieces, c->n, d->skip, STYLE_TEXT);
}

static void draw_header(struct app *app, struct documents *d, struct rect r, const struct columns *at)
{
	draw_right(app, r, 0, at->number_end, STYLE_LABEL, _("no."));
	draw_text(app, r, 0, at->lang, STYLE_LABEL, _("la"));
	if (at->score_end - at->lang >= 8)
		draw_right(app, r, 0, at->score_end, STYLE_LABEL, _("score"));
	draw_text(app, r, 0, at->text, STYLE_LABEL, d->raw ? _("bytes") : _("text"));
}

static void draw_rows(struct app *app, struct documents *d, struct rect area)
{
	struct columns at = columns_of(d, area.columns);
	uint64_t n = rows_count(&d->rows);
	struct sheet scratch = { 0 };

	if (area.columns - at.text != d->layout_columns || app->raw_shapes != d->layout_shapes)
		d->layout++;
	d->layout_columns = area.columns - at.text > 1 ? area.columns - at.text : 1;
	d->layout_shapes = app->raw_shapes;
	if (area.rows >= 8)
		draw_header(app, d, rect_top(&area, 1), &at);
	list_fit(&d->list, n, area.rows);
	d->list.first_row = area.y;
	for (int y = 0; y < area.rows && d->list.top + (uint64_t)y < n; y++)
		draw_row(app, d, area, y, d->list.top + (uint64_t)y, &at, &scratch);
	sheet_free(&scratch);
}

/* ---- the metadata of the row under the cursor ---- */

static const struct item *item_here(struct app *app, struct documents *d, struct error *err)
{
	uint64_t record = rows_record(&d->rows, d->list.cursor);
	struct record_place place;

	if (d->item_loaded && d->item_record == record)
		return &d->item;
	d->item_loaded = false;
	if (corpus_view_place(d->view, app->store, record, &place, err) < 0)
		return NULL;
	if (place.len > META_LIMIT) {
		error_set(err, TAMIS_ELIMIT, _("this record is larger than 1 MB: Enter opens it"));
		return NULL;
	}
	if (item_load(&d->item, app->items, place.ref, err) < 0)
		return NULL;
	d->item_loaded = true;
	d->item_record = record;
	return &d->item;
}

static void draw_meta(struct app *app, struct documents *d, struct rect r)
{
	struct lens_view view = { .columns = r.columns, .raw_shapes = app->raw_shapes, .meta = true };
	struct error err = { 0 };
	const struct item *item = item_here(app, d, &err);
	struct sheet sheet = { .limit = (size_t)(r.rows > 0 ? r.rows : 0) };

	if (!item) {
		draw_text(app, r, 0, 0, STYLE_WARNING, err.msg);
		return;
	}
	lens_draw(&sheet, item, &view);
	draw_sheet(app, r, &sheet, 0);
	sheet_free(&sheet);
}

static void split_meta(struct app *app, struct documents *d, struct rect *area)
{
	struct rect pane;

	if (!d->meta || rows_count(&d->rows) == 0 || area->rows < 9)
		return;
	if (area->columns >= META_RIGHT_FROM) {
		pane = rect_right(area, area->columns * 2 / 5);
		rect_right(area, 1);
		draw_divider(app, pane, 0, STYLE_DIM);
		rect_left(&pane, 2);
	} else {
		pane = rect_bottom(area, area->rows / 2);
		draw_rule(app, pane, 0, STYLE_DIM, NULL);
		rect_top(&pane, 1);
		rect_left(&pane, 1);
	}
	draw_meta(app, d, pane);
}

/* ---- the screen ---- */

static void draw_nothing(struct app *app, struct documents *d, struct rect area)
{
	static const struct hint empty[] = {
		{ ACTION_SHOW_JOBS, N_("what runs in the background") },
		{ ACTION_SHOW_REJECTED, N_("records that were kept out, and why") },
		{ ACTION_IMPORT, N_("import another file") },
		{ ACTION_BACK, N_("back to the corpora") },
		{ ACTION_NONE, NULL },
	};
	static const struct hint no_hits[] = {
		{ ACTION_FILTER, N_("change the filter") },
		{ ACTION_CLEAR, N_("take it away") },
		{ ACTION_NONE, N_("words are regular expressions, capitals matter: (?i) before them says no") },
		{ ACTION_NONE, N_("lang=zh, score>=0.5, verdict=none work too") },
		{ ACTION_NONE, NULL },
	};

	if (d->filter_error.code && d->filter)
		draw_text(app, area, 1, 2, STYLE_WARNING, d->filter_error.msg);
	else if (d->rows.filtered && finder_working(d->finder))
		draw_text(app, area, 1, 2, STYLE_DIM, _("searching …"));
	else if (d->rows.filtered)
		empty_draw(app, area, _("Nothing matches this filter."), no_hits);
	else
		empty_draw(app, area, corpus_view_indexing(d->view) ? _("The first records are being read …")
								    : _("This corpus has no records."), empty);
}

void documents_draw(struct app *app, struct screen *s, struct rect area)
{
	struct documents *d = s->state;

	d->count_seen = corpus_view_count(d->view);
	if (rows_count(&d->rows) == 0) {
		list_fit(&d->list, 0, area.rows);
		draw_nothing(app, d, area);
		return;
	}
	split_meta(app, d, &area);
	draw_rows(app, d, area);
}

void documents_title(struct app *app, struct screen *s, struct buf *out)
{
	struct documents *d = s->state;
	char number[32];

	(void)app;
	words_count(number, corpus_view_count(d->view));
	display_line(out, span_of(d->corpus.name), 40, false);
	buf_addf(out, PL_("  %s record", "  %s records", corpus_view_count(d->view)), number);
	if (corpus_view_indexing(d->view))
		buf_adds(out, _(" so far"));
	if (d->raw)
		buf_adds(out, _("  original bytes"));
}

static void add_filter_status(struct documents *d, struct buf *out)
{
	char hits[32];

	words_count(hits, d->rows.hits.n);
	if (finder_working(d->finder) && d->scanned < corpus_view_count(d->view))
		buf_addf(out, PL_("  %s hit, %d%% read", "  %s hits, %d%% read", d->rows.hits.n), hits,
			 words_percent(d->scanned, corpus_view_count(d->view)));
	else
		buf_addf(out, PL_("  %s hit", "  %s hits", d->rows.hits.n), hits);
	buf_adds(out, "  /");
	display_line(out, span_of(d->filter), 40, false);
}

void documents_status(struct app *app, struct screen *s, struct buf *out)
{
	struct documents *d = s->state;
	uint64_t n = rows_count(&d->rows);
	char number[32];

	(void)app;
	if (n) {
		words_count(number, d->list.cursor + 1);
		buf_adds(out, number);
		words_count(number, n);
		buf_addf(out, " / %s  %d%%", number, words_percent(d->list.cursor + 1, n));
	}
	if (d->filter)
		add_filter_status(d, out);
	if (d->sort[0])
		buf_addf(out, d->sorting ? _("  sorting by %s …") : _("  by %s"), d->sort);
	if (d->range != NO_RANGE)
		buf_adds(out, _("  range"));
	if (d->marks.n)
		buf_addf(out, PL_("  %zu marked", "  %zu marked", d->marks.n), d->marks.n);
}
