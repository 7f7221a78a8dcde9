/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Title line, body, status line. */
#include "config.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "text/display.h"
#include "ui/app_inside.h"
#include "ui/guide.h"
#include "ui/key.h"
#include "ui/terminal.h"
#include "ui/words.h"

#define ROWS_LEAST 4
#define COLUMNS_LEAST 24
#define MESSAGE_ROWS 4 /* of a message that is longer than a row; F2 shows it whole */

static void draw_title(struct app *app, struct rect line)
{
	struct screen *top = app_top(app);
	struct buf text = BUF_INIT;
	const char *path = workspace_path(app->workspace);
	const char *slash = strrchr(path, '/');
	int x;

	draw_fill(app, line, STYLE_TITLE);
	x = 1 + draw_text(app, line, 0, 1, STYLE_TITLE, "tamis");
	if (top->type->title)
		top->type->title(app, top, &text);
	x += 2;
	x += draw_span(app, line, 0, x, STYLE_TITLE, buf_span(&text));
	buf_clear(&text);
	display_line(&text, span_of(slash ? slash + 1 : path), 30, false);
	if (x + display_columns(buf_span(&text), false) + 3 < line.columns)
		draw_right(app, line, 0, line.columns - 1, STYLE_TITLE, text.p);
	buf_free(&text);
}

/* What runs, at the right end of the status line; returns the column it starts at. */
static int draw_running(struct app *app, struct rect line)
{
	struct buf text = BUF_INIT;
	char memory[32];
	char key[48];
	int columns;

	if (app->n_running) {
		words_job(&text, &app->running, clock_steady_us(), line.columns >= 100);
		if (app->n_running > 1)
			buf_addf(&text, _("  +%zu more"), app->n_running - 1);
		if (line.columns >= 100) {
			words_bytes(memory, words_memory());
			buf_addf(&text, "  %s", memory);
		}
	} else if (app->pending_key) {
		key_label(key, app->pending_key);
		buf_addf(&text, "%s …", key);
	} else {
		keymap_key_of(&app->keymap, app_top(app)->type->id, ACTION_HELP, NULL, key);
		if (key[0])
			buf_addf(&text, _("%s help"), key);
	}
	columns = display_columns(buf_span(&text), false);
	if (columns > line.columns / 2) {
		buf_free(&text);
		return line.columns;
	}
	draw_right(app, line, 0, line.columns - 1, STYLE_STATUS, text.p);
	buf_free(&text);
	return line.columns - columns - 2;
}

/* What was said last, while it is shown. */
static const struct said *said_last(const struct app *app)
{
	return app->message_shown && app->messages.n ? &app->messages.v[app->messages.n - 1] : NULL;
}

/* The position and what was said last stand on one line when both fit; else what was said takes rows of its own above it.  A job's
 * progress takes up to half of the line; on a low screen there is no room but this. */
static bool fits_beside(const struct app *app, const struct buf *position, const struct said *said)
{
	int room = app->n_running ? app->columns / 2 : app->columns, before = display_columns(buf_span(position), false);

	return (before ? before + 3 : 0) + display_columns(span_of(said->text), false) + 2 <= room ||
	       app->rows <= ROWS_LEAST + MESSAGE_ROWS;
}

static void draw_above(struct app *app, const struct said *said, struct rect *body)
{
	struct sheet sheet = { .limit = MESSAGE_ROWS };
	struct rect lines;

	sheet_wrap(&sheet, said->style, -1, span_of(said->text), body->columns - 1, 1);
	lines = rect_bottom(body, (int)sheet.lines.n);
	draw_fill(app, lines, STYLE_STATUS);
	draw_sheet(app, lines, &sheet, 0);
	sheet_free(&sheet);
}

static void draw_status(struct app *app, struct rect line, const struct buf *position, const struct said *beside)
{
	struct rect left = line;
	int x = 1;

	draw_fill(app, line, STYLE_STATUS);
	left.columns = beside && !app->n_running ? line.columns - 1 : draw_running(app, line);
	x += draw_span(app, left, 0, x, STYLE_STATUS, buf_span(position));
	if (beside)
		draw_text(app, left, 0, x > 1 ? x + 3 : x, beside->style, beside->text);
}

static void draw_body(struct app *app, struct rect body, struct rect status)
{
	const struct said *said = said_last(app);
	struct screen *top = app_top(app);
	struct buf position = BUF_INIT;
	bool beside;

	if (top->type->status)
		top->type->status(app, top, &position);
	beside = said && fits_beside(app, &position, said);
	if (said && !beside)
		draw_above(app, said, &body);
	top->type->draw(app, top, body);
	buf_clear(&position); /* drawing may have moved it */
	if (top->type->status)
		top->type->status(app, top, &position);
	draw_status(app, status, &position, beside ? said : NULL);
	buf_free(&position);
}

static bool hint_fits(const struct app *app, const char *hint)
{
	const struct prompt_line *p = &app->prompt;
	const char *label = p->question.len ? p->question.p : _(p->type->label);

	return display_columns(span_of(label), false) + display_columns(span_of(hint), false) + 4 <= app->columns;
}

/* The line being typed: its end, or what is around the cursor, when it is longer than the row. */
static void draw_prompt(struct app *app, struct rect line)
{
	const struct prompt_line *p = &app->prompt;
	struct span before = span_make(p->text.p, p->cursor);
	const char *label = p->question.len ? p->question.p : _(p->type->label);
	int x = 1 + draw_text(app, line, 0, 1, STYLE_PROMPT, label);
	int room, columns;

	x += draw_text(app, line, 0, x, STYLE_PROMPT, "  ");
	room = line.columns - x - 1;
	columns = display_columns(before, false);
	while (columns > room && before.len) {
		struct cluster c;
		size_t used = cluster_next(&c, before, 0, false);

		before = span_make(before.p + used, before.len - used);
		columns -= c.columns;
	}
	if (p->text.len == 0 && p->type->hint && hint_fits(app, _(p->type->hint)))
		draw_text(app, line, 0, x, STYLE_DIM, _(p->type->hint));
	if (room > 0 && p->text.len)
		draw_data(app, line, 0, x, STYLE_TEXT, span_make(before.p, p->text.len - (size_t)(before.p - p->text.p)));
	draw_cursor(app, line.y, line.x + x + columns);
}

/* A hint that the prompt's own row has no room for stands above it. */
static void draw_hint(struct app *app, struct rect *body)
{
	const char *hint = app->prompt.type->hint ? _(app->prompt.type->hint) : NULL;
	struct sheet sheet = { 0 };
	struct rect lines;

	if (!hint || app->prompt.text.len || hint_fits(app, hint))
		return;
	sheet_wrap(&sheet, STYLE_DIM, -1, span_of(hint), body->columns - 1, 1);
	lines = rect_bottom(body, (int)sheet.lines.n);
	draw_fill(app, lines, STYLE_TEXT);
	draw_sheet(app, lines, &sheet, 0);
	sheet_free(&sheet);
}

static void draw_choices(struct app *app, struct rect *body)
{
	struct rect line;

	if (!app->prompt.choices.len)
		return;
	line = rect_bottom(body, 1);
	draw_fill(app, line, STYLE_TEXT);
	draw_data(app, line, 0, 1, STYLE_LABEL, buf_span(&app->prompt.choices));
}

static void draw_too_small(struct app *app, struct rect all)
{
	draw_text(app, all, 0, 0, STYLE_WARNING, _("too small"));
}

void app_lay_out(struct app *app)
{
	struct rect body = { 0, 0, app->rows, app->columns };
	struct screen *top = app_top(app);
	struct rect title, status;

	terminal_begin(app->terminal);
	app->cursor_y = -1;
	if (app->rows < ROWS_LEAST || app->columns < COLUMNS_LEAST) {
		draw_too_small(app, body);
		return;
	}
	title = rect_top(&body, 1);
	status = rect_bottom(&body, 1);
	draw_title(app, title);
	if (app->options->guide)
		guide_draw(app, &body);
	if (app->prompt.type) {
		draw_hint(app, &body);
		draw_choices(app, &body);
		top->type->draw(app, top, body);
		draw_prompt(app, status);
	} else {
		draw_body(app, body, status);
	}
}

void app_frame(struct app *app)
{
	app_lay_out(app);
	terminal_end(app->terminal, app->cursor_y, app->cursor_x);
}
