/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Painting through curses: clipping, cutting by columns, styles. */
#include "config.h"

#include <curses.h>
#include <stdarg.h>
#include <stdio.h>

#include "text/display.h"
#include "ui/app.h"
#include "ui/terminal.h"

static int at_least_0(int n)
{
	return n > 0 ? n : 0;
}

static int smaller(int a, int b)
{
	return a < b ? a : b;
}

struct rect rect_top(struct rect *r, int n)
{
	struct rect cut = *r;

	n = smaller(at_least_0(n), at_least_0(r->rows));
	cut.rows = n;
	r->y += n;
	r->rows -= n;
	return cut;
}

struct rect rect_bottom(struct rect *r, int n)
{
	struct rect cut = *r;

	n = smaller(at_least_0(n), at_least_0(r->rows));
	cut.y = r->y + r->rows - n;
	cut.rows = n;
	r->rows -= n;
	return cut;
}

struct rect rect_left(struct rect *r, int n)
{
	struct rect cut = *r;

	n = smaller(at_least_0(n), at_least_0(r->columns));
	cut.columns = n;
	r->x += n;
	r->columns -= n;
	return cut;
}

struct rect rect_right(struct rect *r, int n)
{
	struct rect cut = *r;

	n = smaller(at_least_0(n), at_least_0(r->columns));
	cut.x = r->x + r->columns - n;
	cut.columns = n;
	r->columns -= n;
	return cut;
}

static void set_look(struct app *app, enum style style, enum style over)
{
	unsigned long attributes;
	short pair;

	terminal_look(app->terminal, style, over, &attributes, &pair);
	attr_set((attr_t)attributes, pair, NULL);
}

static bool is_ascii(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((unsigned char)s.p[i] < ' ' || (unsigned char)s.p[i] >= 0x7f)
			return false;
	return true;
}

/* Bytes of `s` that fit into `limit` columns, and how many columns they take. */
static size_t fitting(struct app *app, struct span s, int limit, int *columns)
{
	size_t at = 0;

	*columns = 0;
	if (is_ascii(s)) {
		at = s.len < (size_t)limit ? s.len : (size_t)limit;
		*columns = (int)at;
		return at;
	}
	while (at < s.len) {
		struct cluster c;
		size_t used = cluster_next(&c, span_make(s.p + at, s.len - at), *columns, app->raw_shapes);

		if (used == 0 || c.token || c.line_end || *columns + c.columns > limit)
			break;
		at += used;
		*columns += c.columns;
	}
	return at;
}

/* Puts what fits; returns the columns used. `cut` gets whether something was left out. */
static int put(struct app *app, int y, int x, int limit, enum style style, enum style over, struct span s, bool *cut)
{
	int columns;
	size_t n;

	*cut = false;
	if (limit <= 0 || y < 0 || x < 0 || y >= app->rows)
		return 0;
	n = fitting(app, s, limit, &columns);
	*cut = n < s.len;
	set_look(app, style, over);
	mvaddnstr(y, x, s.p, (int)n);
	attr_set(A_NORMAL, 0, NULL);
	return columns;
}

/* Text known to fit. */
static void put_all(struct app *app, int y, int x, enum style style, enum style over, struct span s)
{
	set_look(app, style, over);
	mvaddnstr(y, x, s.p, (int)s.len);
	attr_set(A_NORMAL, 0, NULL);
}

int draw_span(struct app *app, struct rect r, int y, int x, enum style style, struct span safe)
{
	bool cut;
	int columns;

	if (y < 0 || y >= r.rows || x < 0 || x >= r.columns || safe.len == 0)
		return 0;
	columns = put(app, r.y + y, r.x + x, r.columns - x, style, STYLE_TEXT, safe, &cut);
	if (cut && r.columns - x > 1) {
		columns = put(app, r.y + y, r.x + x, r.columns - x - 1, style, STYLE_TEXT, safe, &cut);
		columns += put(app, r.y + y, r.x + x + columns, 1, style, STYLE_TEXT, span_of("…"), &cut);
		if (x + columns < r.columns) /* a wide character stood where the cut fell */
			columns += put(app, r.y + y, r.x + x + columns, 1, style, STYLE_TEXT, span_of(" "), &cut);
	}
	return columns;
}

int draw_text(struct app *app, struct rect r, int y, int x, enum style style, const char *safe)
{
	return draw_span(app, r, y, x, style, span_of(safe));
}

int draw_textf(struct app *app, struct rect r, int y, int x, enum style style, const char *fmt, ...)
{
	char text[1024];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	return draw_text(app, r, y, x, style, text);
}

int draw_data(struct app *app, struct rect r, int y, int x, enum style style, struct span data)
{
	struct buf safe = BUF_INIT;
	int columns = 0;

	if (x < r.columns) {
		display_line(&safe, data, r.columns - x, app->raw_shapes);
		columns = draw_span(app, r, y, x, style, buf_span(&safe));
	}
	buf_free(&safe);
	return columns;
}

void draw_right(struct app *app, struct rect r, int y, int x, enum style style, const char *safe)
{
	int columns;

	fitting(app, span_of(safe), at_least_0(x), &columns);
	draw_text(app, r, y, x - columns, style, safe);
}

/* Bytes of a piece to leave out so that `skip` columns are gone; a wide character half out leaves a blank. */
static size_t skip_columns(struct app *app, struct span s, int skip, int *blank)
{
	int columns;
	size_t at = fitting(app, s, skip, &columns);
	struct cluster c;

	*blank = 0;
	if (columns < skip && at < s.len) {
		at += cluster_next(&c, span_make(s.p + at, s.len - at), columns, app->raw_shapes);
		*blank = columns + c.columns - skip;
	}
	return at;
}

int draw_pieces(struct app *app, struct rect r, int y, int x, const struct piece *pieces, size_t n, int skip, enum style over)
{
	bool cut;

	if (y < 0 || y >= r.rows || r.y + y >= app->rows)
		return x;
	for (size_t i = 0; i < n && x < r.columns; i++) {
		struct span s = span_of(pieces[i].text);
		int blank = 0;

		if (skip >= pieces[i].columns) {
			skip -= pieces[i].columns;
			continue;
		}
		if (skip == 0 && pieces[i].columns <= r.columns - x) {
			put_all(app, r.y + y, r.x + x, pieces[i].style, over, s);
			x += pieces[i].columns;
			continue;
		}
		if (skip > 0) {
			size_t at = skip_columns(app, s, skip, &blank);

			s = span_make(s.p + at, s.len - at);
			skip = 0;
		}
		x += blank;
		x += put(app, r.y + y, r.x + x, r.columns - x, pieces[i].style, over, s, &cut);
		if (cut)
			break;
	}
	return x;
}

void draw_line(struct app *app, struct rect r, int y, const struct sheet *sheet, size_t i, int skip, enum style over)
{
	const struct sheet_line *line = &sheet->lines.v[i];
	int x;

	if (y < 0 || y >= r.rows || r.columns <= 0)
		return;
	x = draw_pieces(app, r, y, 0, sheet->pieces.v + line->first, line->n, skip, over);
	if (over == STYLE_TEXT || x >= r.columns || r.y + y >= app->rows)
		return;
	set_look(app, STYLE_TEXT, over);
	mvhline(r.y + y, r.x + x, ' ', r.columns - x);
	attr_set(A_NORMAL, 0, NULL);
}

int draw_sheet(struct app *app, struct rect r, const struct sheet *sheet, size_t first)
{
	int y = 0;

	for (size_t i = first; i < sheet->lines.n && y < r.rows; i++, y++)
		draw_line(app, r, y, sheet, i, 0, STYLE_TEXT);
	return y;
}

void draw_fill(struct app *app, struct rect r, enum style style)
{
	if (r.columns <= 0)
		return;
	set_look(app, style, STYLE_TEXT);
	for (int y = 0; y < r.rows && r.y + y < app->rows; y++)
		mvhline(r.y + y, r.x, ' ', r.columns);
	attr_set(A_NORMAL, 0, NULL);
}

void draw_rule(struct app *app, struct rect r, int y, enum style style, const char *label)
{
	int x = 0;

	if (y < 0 || y >= r.rows)
		return;
	while (x < r.columns && (x < 2 || !label))
		x += draw_text(app, r, y, x, style, "─");
	if (!label)
		return;
	x += draw_text(app, r, y, x, style, " ");
	x += draw_text(app, r, y, x, STYLE_LABEL, label);
	x += draw_text(app, r, y, x, style, " ");
	while (x < r.columns)
		x += draw_text(app, r, y, x, style, "─");
}

void draw_divider(struct app *app, struct rect r, int x, enum style style)
{
	for (int y = 0; y < r.rows; y++)
		draw_text(app, r, y, x, style, "│");
}

void draw_scroll_mark(struct app *app, struct rect r, uint64_t first, uint64_t shown, uint64_t total)
{
	int top, height;

	if (total <= shown || r.rows < 3 || total == 0)
		return;
	height = (int)((double)r.rows * (double)shown / (double)total);
	height = height < 1 ? 1 : height;
	top = (int)((double)(r.rows - height) * (double)first / (double)(total - shown) + 0.5);
	for (int y = top; y < top + height && y < r.rows; y++)
		draw_text(app, r, y, r.columns - 1, STYLE_DIM, "▐");
}

void draw_cursor(struct app *app, int y, int x)
{
	app->cursor_y = y < app->rows ? y : app->rows - 1;
	app->cursor_x = x < app->columns ? x : app->columns - 1;
}
