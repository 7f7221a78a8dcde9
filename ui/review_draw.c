/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Painting: the verdict's line, the item, its reasons, the latest decisions; title and status. */
#include "config.h"

#include <stdio.h>

#include "base/i18n.h"
#include "text/display.h"
#include "ui/empty.h"
#include "ui/review_inside.h"
#include "ui/verdicts.h"
#include "ui/words.h"

#define PENDING "●"
#define HISTORY_LINES 10
#define ROOM_FOR_HISTORY 30  /* rows of the screen from which it is shown unasked */
#define ROOM_FOR_REASONS 14
#define ROOM_FOR_SCORES 16
#define ROOM_FOR_MORE_REASONS 24
#define REASON_LINES 3
#define LINES_AHEAD 3        /* pages laid out beyond the one shown */

static const char *const verdict_words[] = {
	[VERDICT_NONE] = N_("undecided"), [VERDICT_ACCEPT] = N_("accepted"), [VERDICT_REJECT] = N_("rejected"),
	[VERDICT_SKIP] = N_("skipped"),   [VERDICT_FLAG] = N_("flagged"),
};

/* ---- the item ---- */

void review_lay_out(struct app *app, struct review *r, int columns, size_t lines)
{
	const struct item *item = review_item(r);
	struct filter *f = NULL;
	struct lens_view view = {
		.columns = columns, .raw_shapes = app->raw_shapes, .raw = r->raw, .meta = r->meta, .verdict_shown = true,
		.variant = r->variant,
	};
	bool enough = !r->sheet.cut || r->sheet.lines.n >= lines;

	if (!item || (r->drawn == item->ref && r->columns == columns && r->shapes == app->raw_shapes && enough))
		return;
	if (r->spec.where && filter_parse(&f, r->spec.where, NULL) == 0)
		view.match = filter_pattern(f);
	r->sheet.limit = lines * 2;
	lens_draw(&r->sheet, item, &view);
	r->drawn = item->ref;
	r->columns = columns;
	r->shapes = app->raw_shapes;
	filter_free(f);
}

static void draw_item(struct app *app, struct review *r, struct rect area)
{
	enum role field = review_field(r);
	bool marked = false, several = false;

	r->rows = area.rows;
	r->first_row = area.y;
	review_lay_out(app, r, area.columns - 1, r->top + LINES_AHEAD * (size_t)(area.rows > 0 ? area.rows : 1));
	for (const enum role *role = review_lens(r)->editable; *role != ROLE_COUNT; role++)
		several = several || (*role != field && item_text(review_item(r), *role).len > 0);
	for (int y = 0; y < area.rows && r->top + (size_t)y < r->sheet.lines.n; y++) {
		size_t line = r->top + (size_t)y;
		bool chosen = several && !marked && !r->raw && r->sheet.lines.v[line].field == (int)field;

		draw_line(app, area, y, &r->sheet, line, 0, chosen ? STYLE_CURSOR : STYLE_TEXT);
		marked = marked || chosen;
	}
	draw_scroll_mark(app, area, r->top, (uint64_t)(area.rows > 0 ? area.rows : 0), r->sheet.lines.n);
}

/* ---- the verdict's line ---- */

static void draw_verdict(struct app *app, struct review *r, const struct item *item, struct rect line)
{
	bool pending = deck_pending(r->deck, item->ref);
	struct buf right = BUF_INIT;
	int x = 1;

	x += draw_text(app, line, 0, x, verdict_style(item->state.verdict), verdict_sign(item->state.verdict));
	x += 1 + draw_text(app, line, 0, x + 1, verdict_style(item->state.verdict), _(verdict_words[item->state.verdict]));
	if (pending)
		x += 1 + draw_text(app, line, 0, x + 1, STYLE_PENDING, PENDING);
	if (item->state.annotator[0] && item->state.verdict != VERDICT_NONE)
		x += 2 + draw_data(app, line, 0, x + 2, STYLE_DIM, span_of(item->state.annotator));
	if (r->range != REVIEW_NO_RANGE) {
		size_t at = deck_position(r->deck), n = 1 + (at > r->range ? at - r->range : r->range - at);

		x += 2 + draw_textf(app, line, 0, x + 2, STYLE_MARKED, PL_(" range of %zu item ", " range of %zu items ", n), n);
	}
	if (r->raw)
		buf_adds(&right, _("original bytes"));
	else if (r->variant)
		buf_adds(&right, _(review_lens(r)->variants[r->variant % lens_variants(review_lens(r))]));
	if (x + display_columns(buf_span(&right), false) + 2 < line.columns)
		draw_right(app, line, 0, line.columns - 1, STYLE_DIM, right.p);
	buf_free(&right);
}

static void load_reasons(struct review *r, const struct item *item)
{
	if (r->reasons_of == item->kind)
		return;
	reasons_load(&r->reasons, lens_for(item->kind)->name);
	r->reasons_of = item->kind;
}

/* Each on the first line that has room for it, whatever the order: all nine fit three lines of 80 columns.  What has room
 * nowhere is left out. */
static void place_reason(struct sheet lines[REASON_LINES], size_t n, int columns, enum style style, const char *text)
{
	int width = display_columns(span_of(text), false);

	for (size_t i = 0; i < n; i++) {
		struct sheet *line = &lines[i];
		int used = line->lines.n ? line->lines.v[0].columns : 0;

		if (used && used + width + 3 > columns)
			continue;
		if (!used)
			sheet_line(line, -1);
		sheet_put(line, STYLE_TEXT, span_of(used ? "  " : " "));
		sheet_put(line, style, span_of(text));
		return;
	}
}

/* Those that are set stand in brackets and come first, so that they are seen however narrow the screen. */
static void draw_reasons(struct app *app, struct review *r, const struct item *item, struct rect *area)
{
	struct sheet lines[REASON_LINES] = { 0 };
	size_t n = app->rows >= ROOM_FOR_MORE_REASONS ? REASON_LINES : 1;

	load_reasons(r, item);
	for (int pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < 32; i++) {
			bool set = item->state.reasons >> i & 1;
			char text[sizeof r->reasons.text[0] + 32];

			if (set != (pass == 0) || (!set && (i >= r->reasons.n || i > 8)))
				continue;
			snprintf(text, sizeof text, set ? "[%zu %s]" : "%zu %s", i + 1, i < r->reasons.n ? r->reasons.text[i] : "");
			place_reason(lines, n, area->columns, set ? STYLE_STRONG : STYLE_DIM, text);
		}
	}
	if (r->judged != ITEM_REF_NONE && r->reasons.n > 0)
		place_reason(lines, n, area->columns, STYLE_DIM, _("M-1… the one before"));
	while (n > 0 && lines[n - 1].lines.n == 0)
		n--;
	while (n-- > 0)
		draw_sheet(app, rect_bottom(area, 1), &lines[n], 0);
	for (size_t i = 0; i < REASON_LINES; i++)
		sheet_free(&lines[i]);
}

/* ---- the latest decisions ---- */

static int history_lines(const struct review *r, int rows)
{
	struct deck_history lines[HISTORY_LINES];
	size_t n;

	if (r->history == HISTORY_OFF || (r->history == HISTORY_ROOM && rows < ROOM_FOR_HISTORY) || rows < 10)
		return 0;
	n = deck_history(r->deck, lines, HISTORY_LINES);
	if ((int)n > rows / 3)
		n = (size_t)(rows / 3);
	return n > 0 ? (int)n + 1 : 0;
}

static void draw_history(struct app *app, struct review *r, struct rect area)
{
	struct deck_history lines[HISTORY_LINES];
	size_t n = deck_history(r->deck, lines, (size_t)(area.rows - 1));

	draw_rule(app, area, 0, STYLE_DIM, _("latest decisions"));
	for (size_t i = 0; i < n; i++) {
		int y = (int)i + 1, x = 1;

		draw_text(app, area, y, x, verdict_style(lines[i].verdict), verdict_sign(lines[i].verdict));
		draw_text(app, area, y, x + 2, STYLE_PENDING, lines[i].durable ? " " : PENDING);
		draw_text(app, area, y, x + 4, i == 0 ? STYLE_TEXT : STYLE_DIM, lines[i].text);
	}
}

/* ---- the guide ---- */

static void draw_guide(struct app *app, struct rect line)
{
	static const struct {
		enum action_id action;
		const char *words;
	} keys[] = {
		{ ACTION_ACCEPT, N_("accept") }, { ACTION_REJECT, N_("reject") }, { ACTION_SKIP, N_("skip") }, { ACTION_FLAG, N_("flag") },
		{ ACTION_UNDO, N_("undo") },     { ACTION_NOTE, N_("note") },     { ACTION_EDIT, N_("edit") }, { ACTION_HELP, N_("all keys") },
		{ ACTION_BACK, N_("back") },
	};
	int x = 1;

	draw_fill(app, line, STYLE_PROMPT);
	for (size_t i = 0; i < sizeof keys / sizeof *keys && x < line.columns; i++) {
		char key[48];

		keymap_key_of(&app->keymap, SCREEN_REVIEW, keys[i].action, NULL, key);
		x += draw_textf(app, line, 0, x, STYLE_PROMPT, "%s %s", key, _(keys[i].words)) + 3;
	}
}

/* ---- together ---- */

static void draw_nothing(struct app *app, struct review *r, struct rect area)
{
	static const struct hint empty[] = {
		{ ACTION_FILTER, N_("change the filter; an empty one shows everything") },
		{ ACTION_BACK, N_("back") },
		{ ACTION_NONE, NULL },
	};
	struct error *failed = &r->failed;
	struct sheet sheet = { 0 };

	if (r->opening) {
		draw_text(app, area, 1, 1, STYLE_DIM, _("collecting the items …"));
	} else if (r->work) {
		draw_text(app, area, 1, 1, STYLE_DIM, _("working on many items …"));
	} else if (!r->deck && r->awaited.n > 0) {
		draw_text(app, area, 1, 1, STYLE_DIM, _("the index is missing and is being made again …"));
	} else if (!r->deck || deck_count(r->deck) > 0) {
		sheet_wrap(&sheet, STYLE_ERROR, -1, span_of(failed->msg), area.columns - 2, 1);
		draw_sheet(app, area, &sheet, 0);
		sheet_free(&sheet);
	} else {
		empty_draw(app, area, r->spec.where ? _("Nothing in this queue matches the filter.") : _("This queue is empty."),
			   empty);
	}
}

static void draw_editor(struct app *app, struct review *r, const struct item *item, struct rect area)
{
	char save[48], back[48];
	struct rect head = rect_top(&area, 1);

	keymap_key_of(&app->keymap, SCREEN_REVIEW, ACTION_SAVE, NULL, save);
	keymap_key_of(&app->keymap, SCREEN_REVIEW, ACTION_BACK, NULL, back);
	draw_fill(app, head, STYLE_PROMPT);
	draw_textf(app, head, 0, 1, STYLE_PROMPT, _("editing %s: %s keeps it, esc leaves it as it was"), _(role_name(r->edited)), save);
	review_draw_beside(app, r, item, &area);
	editor_draw(app, area, r->editor);
}

void review_draw(struct app *app, struct screen *s, struct rect area)
{
	struct review *r = s->state;
	const struct item *item = review_item(r);
	int history;

	if (r->guide)
		draw_guide(app, rect_bottom(&area, 1));
	if (!item) {
		draw_nothing(app, r, area);
		return;
	}
	draw_verdict(app, r, item, rect_top(&area, 1));
	review_follow(app, r);
	if (review_has_scores(r) && area.rows >= ROOM_FOR_SCORES)
		review_draw_scores(app, r, item, rect_top(&area, 1));
	history = history_lines(r, area.rows);
	if (history > 0 && !r->editor)
		draw_history(app, r, rect_bottom(&area, history));
	if (area.rows >= ROOM_FOR_REASONS && !r->editor)
		draw_reasons(app, r, item, &area);
	if (r->editor)
		draw_editor(app, r, item, area);
	else
		draw_item(app, r, area);
	r->waiting = deck_waiting(r->deck) > 0;
}

/* ---- title and status ---- */

void review_title(struct app *app, struct screen *s, struct buf *out)
{
	static const char *const orders[] = { "", N_("random order"), N_("by score"), N_("by score, highest first") };
	const struct review *r = s->state;

	(void)app;
	buf_adds(out, _("review"));
	buf_adds(out, "  ");
	display_line(out, span_of(r->name), 40, false);
	if (r->spec.order != DECK_FILE)
		buf_addf(out, "  %s", _(orders[r->spec.order]));
	if (r->spec.sample)
		buf_addf(out, _("  sample of %llu"), (unsigned long long)r->spec.sample);
	if (r->spec.queue)
		buf_addf(out, "  %s", _(r->spec.queue->help));
	if (r->spec.where) {
		buf_adds(out, "  ");
		display_line(out, span_of(r->spec.where), 60, false);
	}
}

void review_status(struct app *app, struct screen *s, struct buf *out)
{
	struct review *r = s->state;
	struct deck_stats st;
	char at[32], count[32], decided[32];

	(void)app;
	if (r->opening)
		buf_adds(out, _("collecting the items …  "));
	if (r->work)
		buf_adds(out, _("working on many items …"));
	if (!r->deck || deck_count(r->deck) == 0)
		return;
	deck_stats(r->deck, &st);
	words_count(at, deck_position(r->deck) + 1);
	words_count(count, st.count);
	words_count(decided, st.decided);
	buf_addf(out, _("%s of %s  %s decided"), at, count, decided);
	if (st.accepted + st.rejected > 0)
		buf_addf(out, _("  accepted %.1f%% (%.1f–%.1f)"), 100 * st.acceptance, 100 * st.low, 100 * st.high);
	if (st.per_minute > 0)
		buf_addf(out, _("  %.1f/min"), st.per_minute);
}
