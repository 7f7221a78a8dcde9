/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A sheet: styled lines of text, ready for any face.  Lenses write sheets; the screen paints them, `show` prints them, `--linear`
 * reads them out.  Text on a sheet is already safe (text/display.h) and each line's columns are known.
 */
#ifndef TAMIS_REVIEW_SHEET_H
#define TAMIS_REVIEW_SHEET_H

#include <stdbool.h>
#include <stdint.h>

#include "base/vec.h"
#include "base/arena.h"
#include "base/buf.h"

/* What a stretch of text is, not how it looks: themes give each style a colour and attributes, and every style that carries meaning
 * also has a mark that survives without colour. */
enum style {
	STYLE_TEXT, STYLE_DIM, STYLE_STRONG, STYLE_HEADING, STYLE_LABEL, STYLE_TOKEN, STYLE_LINK,
	STYLE_ADDED, STYLE_REMOVED, STYLE_CHANGED, STYLE_WARNING, STYLE_MATCH,
	STYLE_ACCEPT, STYLE_REJECT, STYLE_SKIP, STYLE_FLAG, STYLE_PENDING,
	STYLE_TITLE, STYLE_STATUS, STYLE_CURSOR, STYLE_MARKED, STYLE_PROMPT, STYLE_ERROR,
	STYLE_WORD1, STYLE_WORD2, STYLE_WORD3, STYLE_WORD4, STYLE_WORD5, STYLE_WORD6, /* word links */
	STYLE_COUNT
};

const char *style_name(enum style s); /* the name in theme files: "added", "word1" */

struct piece {
	enum style style;
	const char *text; /* NUL-terminated, safe, in the sheet's arena */
	int columns;
};

struct sheet_line {
	uint32_t first, n; /* pieces */
	int columns;
	int field;         /* enum role of the field this line shows, -1 none: what `e` edits, what `y` copies */
};

struct sheet {
	VEC(struct piece) pieces;
	VEC(struct sheet_line) lines;
	struct arena arena;
	size_t limit; /* the caller's wish: wrapping stops after this many lines in all; 0 never.  Kept by sheet_clear() */
	bool cut;     /* it did stop: there is more below */
};

void sheet_clear(struct sheet *s);
void sheet_free(struct sheet *s);
void sheet_line(struct sheet *s, int field);                            /* starts a new line */
void sheet_put(struct sheet *s, enum style style, struct span safe);    /* appends to the last line; the text is copied */
void sheet_putf(struct sheet *s, enum style style, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* Data text on the last line, made safe and cut to `columns`. */
void sheet_data(struct sheet *s, enum style style, struct span data, int columns);
bool sheet_full(const struct sheet *s);                                 /* `limit` lines are there */

/* Wraps data text into lines of `columns`, each after `indent` blanks, made safe, tokens in STYLE_TOKEN.  Breaks at blanks,
 * between CJK characters, and inside words longer than a line.  Always makes at least one line. */
void sheet_wrap(struct sheet *s, enum style style, int field, struct span data, int columns, int indent);

/* The same, piece by piece: one paragraph whose stretches have different styles, and words put in that are not data. */
struct flow;
struct flow *flow_begin(struct sheet *s, int field, int columns, int indent, bool raw_shapes);
void flow_data(struct flow *f, enum style style, struct span data);   /* may hold line ends */
void flow_mark(struct flow *f, enum style style, const char *safe);   /* stays with the word it stands at */
void flow_end(struct flow *f);                                        /* frees */

/* Two sheets as columns: `left` in `width` columns, then `gap` (safe text), then `right`. Appends to `out`, copies all. */
void sheet_beside(struct sheet *out, const struct sheet *left, const struct sheet *right, int width, const char *gap);

/* The text of a line without styles, appended. */
void sheet_line_text(struct buf *out, const struct sheet *s, size_t line);

#endif
