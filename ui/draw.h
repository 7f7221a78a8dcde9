/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Painting: rectangles, columns, styles.  Coordinates are rows and columns of the terminal, never bytes.  Everything is
 * clipped to the rectangle given, a wide character is never split, and text must be safe already (text/display.h makes
 * data safe; sheets hold only safe text).  Nothing outside ui/ knows what paints.
 */
#ifndef TAMIS_UI_DRAW_H
#define TAMIS_UI_DRAW_H

#include "review/sheet.h"

struct app;

struct rect {
	int y, x;
	int rows, columns; /* may be 0 or less: then nothing is drawn */
};

/* Cuts `n` rows or columns off one side of `*r`, and returns what was cut. */
struct rect rect_top(struct rect *r, int n);
struct rect rect_bottom(struct rect *r, int n);
struct rect rect_left(struct rect *r, int n);
struct rect rect_right(struct rect *r, int n);

/* Safe text at row `y`, column `x` of the rectangle (from 0), cut at its right edge with "…".  Returns columns used. */
int draw_text(struct app *app, struct rect r, int y, int x, enum style style, const char *safe);
int draw_span(struct app *app, struct rect r, int y, int x, enum style style, struct span safe);
int draw_textf(struct app *app, struct rect r, int y, int x, enum style style, const char *fmt, ...)
	__attribute__((format(printf, 6, 7)));
/* Data (unsafe) made safe and cut; one line. */
int draw_data(struct app *app, struct rect r, int y, int x, enum style style, struct span data);
/* Right-aligned: ends at column `x` - 1. */
void draw_right(struct app *app, struct rect r, int y, int x, enum style style, const char *safe);

/* Line `i` of the sheet at row y.  `over` lays a row style (STYLE_CURSOR, STYLE_MARKED) under all its pieces and
 * to the right edge; STYLE_TEXT for none.  `skip` columns of the line are scrolled out on the left. */
void draw_line(struct app *app, struct rect r, int y, const struct sheet *sheet, size_t i, int skip, enum style over);
/* The same for pieces that are not on a sheet, from column `x` on. Returns the column after the last. */
int draw_pieces(struct app *app, struct rect r, int y, int x, const struct piece *pieces, size_t n, int skip, enum style over);
/* Lines from `first` on, one a row, until the rectangle is full.  Returns the rows used. */
int draw_sheet(struct app *app, struct rect r, const struct sheet *sheet, size_t first);

/* Background of `style` over the rectangle; a row; rules of one style. */
void draw_fill(struct app *app, struct rect r, enum style style);
void draw_rule(struct app *app, struct rect r, int y, enum style style, const char *label /* safe, or NULL */);
void draw_divider(struct app *app, struct rect r, int x, enum style style); /* a vertical line over all rows */
/* A mark for how far a long content is scrolled, in the rectangle's last column. */
void draw_scroll_mark(struct app *app, struct rect r, uint64_t first, uint64_t shown, uint64_t total);
/* Where the terminal's cursor is to stand after the frame (typing); it is hidden otherwise. */
void draw_cursor(struct app *app, int y, int x);

#endif
