/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The editor: one buf, a cursor in bytes, rows wrapped anew after each change (a few milliseconds at the limit). */
#include "config.h"

#include "ui/review_editor.h"

#include <stdlib.h>

#include "base/utf8.h"
#include "text/display.h"
#include "ui/key.h"

struct row {
	size_t at, drawn; /* bytes drawn from `at` */
};

struct editor {
	struct buf text;
	char *before;      /* as it was, to tell whether it changed */
	size_t before_len;
	size_t cursor;
	VEC(struct row) rows;
	int columns;       /* that rows were wrapped to; 0: wrap again */
	int shown;         /* rows of the last draw */
	size_t top;
	int wanted;        /* column that up and down keep to; -1: the cursor's */
	bool pasting;
	unsigned changes, before_paste;
};

struct editor *editor_new(struct span text)
{
	struct editor *e = xcalloc(1, sizeof *e);

	buf_init(&e->text);
	buf_addspan(&e->text, text);
	e->before = xstrndup(text.p ? text.p : "", text.len);
	e->before_len = text.len;
	e->shown = 1;
	e->wanted = -1;
	return e;
}

void editor_free(struct editor *e)
{
	if (!e)
		return;
	buf_free(&e->text);
	vec_free(&e->rows);
	free(e->before);
	free(e);
}

struct span editor_text(const struct editor *e)
{
	return buf_span(&e->text);
}

bool editor_changed(const struct editor *e)
{
	return e->text.len != e->before_len || memcmp(e->text.p, e->before, e->before_len) != 0;
}

unsigned editor_changes(const struct editor *e)
{
	return e->pasting ? e->before_paste : e->changes;
}

void editor_set(struct editor *e, struct span text)
{
	buf_clear(&e->text);
	buf_addspan(&e->text, text);
	e->cursor = 0;
	e->columns = 0;
	e->changes++;
}

/* ---- rows ---- */

static void wrap(struct editor *e, int columns)
{
	size_t at = 0;
	bool open = true; /* the text ends in a line end: one more, empty row */

	if (e->columns == columns)
		return;
	e->columns = columns;
	vec_clear(&e->rows);
	while (at < e->text.len) {
		size_t drawn, used = display_wrap(span_make(e->text.p + at, e->text.len - at), columns, false, &drawn);

		vec_push(&e->rows, (struct row){ at, drawn });
		at += used;
		open = drawn < used && e->text.p[at - 1] == '\n';
	}
	if (open)
		vec_push(&e->rows, (struct row){ at, 0 });
}

static size_t row_of(const struct editor *e, size_t byte)
{
	size_t low = 0, high = e->rows.n;

	while (high - low > 1) {
		size_t middle = (low + high) / 2;

		if (e->rows.v[middle].at <= byte)
			low = middle;
		else
			high = middle;
	}
	return low;
}

static int column_in(const struct editor *e, const struct row *row, size_t byte)
{
	size_t len = byte - row->at < row->drawn ? byte - row->at : row->drawn;

	return display_columns(span_make(e->text.p + row->at, len), false);
}

/* The byte of a row whose column is nearest to `column` from the left. */
static size_t byte_at(const struct editor *e, const struct row *row, int column)
{
	struct span s = span_make(e->text.p + row->at, row->drawn);
	struct cluster c;
	int x = 0;

	while (s.len > 0) {
		size_t used = cluster_next(&c, s, x, false);

		if (x + c.columns > column)
			break;
		x += c.columns;
		s = span_make(s.p + used, s.len - used);
	}
	return (size_t)(s.p - e->text.p);
}

/* ---- moving ---- */

static size_t forward(const struct editor *e)
{
	struct cluster c;

	return e->cursor + cluster_next(&c, span_make(e->text.p + e->cursor, e->text.len - e->cursor), 0, false);
}

static size_t line_start(const struct editor *e, size_t at)
{
	while (at > 0 && e->text.p[at - 1] != '\n')
		at--;
	return at;
}

static size_t line_end(const struct editor *e, size_t at)
{
	const char *end = memchr(e->text.p + at, '\n', e->text.len - at);

	return end ? (size_t)(end - e->text.p) : e->text.len;
}

/* Clusters are found from the start of the line on: going back by bytes could land inside one. */
static size_t backward(const struct editor *e)
{
	size_t at = e->cursor > 0 ? line_start(e, e->cursor - 1) : 0, last = at;
	struct cluster c;

	while (at < e->cursor) {
		last = at;
		at += cluster_next(&c, span_make(e->text.p + at, e->text.len - at), 0, false);
	}
	return last;
}

static void move_rows(struct editor *e, int by)
{
	size_t row = row_of(e, e->cursor), to;

	if (e->rows.n == 0)
		return;
	if (e->wanted < 0)
		e->wanted = column_in(e, &e->rows.v[row], e->cursor);
	to = by < 0 && (size_t)-by > row ? 0 : row + (size_t)(long)by;
	if (to >= e->rows.n)
		to = e->rows.n - 1;
	e->cursor = byte_at(e, &e->rows.v[to], e->wanted);
}

static size_t word_start(const struct editor *e)
{
	size_t at = e->cursor;

	while (at > 0 && (unsigned char)e->text.p[at - 1] <= ' ')
		at--;
	while (at > 0 && (unsigned char)e->text.p[at - 1] > ' ')
		at--;
	return at;
}

/* ---- changing ---- */

static void take_out(struct editor *e, size_t from, size_t to)
{
	if (from >= to)
		return;
	buf_remove(&e->text, from, to - from);
	e->cursor = from;
	e->columns = 0;
	e->changes++;
}

static void put_in(struct editor *e, const char *bytes, size_t n)
{
	if (e->text.len + n > EDITOR_LIMIT)
		return;
	buf_reserve(&e->text, n);
	buf_fill(&e->text, ' ', n);
	memmove(e->text.p + e->cursor + n, e->text.p + e->cursor, e->text.len - n - e->cursor);
	memcpy(e->text.p + e->cursor, bytes, n);
	e->cursor += n;
	e->columns = 0;
	e->changes++;
}

static void put_key(struct editor *e, int32_t key)
{
	char bytes[4];

	put_in(e, bytes, utf8_encode(bytes, (uint32_t)key));
}

static bool paste_key(struct editor *e, int32_t key)
{
	if (key == SPECIAL_PASTE_END)
		e->pasting = false;
	else if (key == '\r' || key == '\n')
		put_in(e, "\n", 1);
	else if (key == '\t' || key_is_text(key))
		put_key(e, key);
	return true;
}

/* Keys that move; true when it was one. */
static bool move_key(struct editor *e, int32_t key)
{
	int wanted = e->wanted;

	e->wanted = -1;
	switch (key) {
	case SPECIAL_LEFT:
	case KEY_CTRL_OF('b'): e->cursor = backward(e); return true;
	case SPECIAL_RIGHT:
	case KEY_CTRL_OF('f'): e->cursor = forward(e); return true;
	case SPECIAL_HOME:
	case KEY_CTRL_OF('a'): e->cursor = line_start(e, e->cursor); return true;
	case SPECIAL_END:
	case KEY_CTRL_OF('e'): e->cursor = line_end(e, e->cursor); return true;
	default: break;
	}
	e->wanted = wanted;
	switch (key) {
	case SPECIAL_UP:
	case KEY_CTRL_OF('p'): move_rows(e, -1); return true;
	case SPECIAL_DOWN:
	case KEY_CTRL_OF('n'): move_rows(e, 1); return true;
	case SPECIAL_PAGE_UP: move_rows(e, -e->shown); return true;
	case SPECIAL_PAGE_DOWN: move_rows(e, e->shown); return true;
	default: return false;
	}
}

bool editor_key(struct editor *e, int32_t key)
{
	if (e->pasting)
		return paste_key(e, key);
	if (move_key(e, key))
		return true;
	switch (key) {
	case SPECIAL_PASTE_BEGIN:
		e->pasting = true;
		e->before_paste = e->changes;
		return true;
	case '\r':
	case '\n': put_in(e, "\n", 1); break;
	case '\t': put_in(e, "\t", 1); break;
	case SPECIAL_BACKSPACE: take_out(e, backward(e), e->cursor); break;
	case SPECIAL_DELETE:
	case KEY_CTRL_OF('d'): take_out(e, e->cursor, forward(e)); break;
	case KEY_CTRL_OF('u'): take_out(e, line_start(e, e->cursor), e->cursor); break;
	case KEY_CTRL_OF('k'):
		take_out(e, e->cursor, line_end(e, e->cursor) > e->cursor ? line_end(e, e->cursor) : forward(e));
		break;
	case KEY_CTRL_OF('w'): take_out(e, word_start(e), e->cursor); break;
	default:
		if (!key_is_text(key))
			return false;
		put_key(e, key);
		break;
	}
	e->wanted = -1;
	return true;
}

/* ---- drawing ---- */

void editor_draw(struct app *app, struct rect area, struct editor *e)
{
	struct sheet sheet = { 0 };
	size_t row;

	if (area.rows < 1 || area.columns < 2)
		return;
	wrap(e, area.columns - 1);
	e->shown = area.rows;
	row = row_of(e, e->cursor);
	if (row < e->top)
		e->top = row;
	if (row >= e->top + (size_t)area.rows)
		e->top = row - (size_t)area.rows + 1;
	if (e->top >= e->rows.n)
		e->top = e->rows.n - 1;
	for (size_t i = e->top; i < e->rows.n && i < e->top + (size_t)area.rows; i++) {
		const struct row *r = &e->rows.v[i];

		sheet_line(&sheet, -1);
		sheet_data(&sheet, STYLE_TEXT, span_make(e->text.p + r->at, r->drawn), area.columns);
	}
	draw_sheet(app, area, &sheet, 0);
	draw_scroll_mark(app, area, e->top, (uint64_t)area.rows, e->rows.n);
	draw_cursor(app, area.y + (int)(row - e->top), area.x + column_in(e, &e->rows.v[row], e->cursor));
	sheet_free(&sheet);
}
