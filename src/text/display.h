/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Text from data, made safe to draw.  Control bytes, ESC, C1, ZWJ, ZWSP, bidi controls, variation selectors, unassigned code
 * points and malformed bytes become visible tokens (`<ESC>`, `<ZWJ>`, `<U+202E>`, `<xFF>`), and so does what terminals give
 * different widths: marks without a base, more than four marks on one base, code points newer than some terminal's table.  Widths are
 * then the same in every terminal and nothing in a document can steer one.  With `raw_shapes`, ZWJ sequences, selectors
 * and new code points go out as they are; control bytes, bidi controls and unassigned code points never do.
 * Needs a UTF-8 locale (setlocale): in another one everything but ASCII is a token.
 */
#ifndef TAMIS_TEXT_DISPLAY_H
#define TAMIS_TEXT_DISPLAY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

/* One cell cluster to draw. */
struct cluster {
	struct span source;   /* bytes of the data it stands for */
	char text[64];        /* safe UTF-8 to draw, NUL-terminated */
	int columns;          /* 1 or more; a tab is expanded to the next multiple of 8 from `column` */
	bool token;           /* drawn as a token: give it another style */
	bool line_end;        /* "\n" or "\r\n": draw nothing, start a line */
	bool space;           /* a place to break after */
	bool wide;            /* CJK: may break after it, and before it unless `closing` or behind `opening` */
	bool closing;         /* closing punctuation: beside CJK never first on a row */
	bool opening;         /* opening punctuation: beside CJK never last on a row */
};

/* The first cluster of `s` when drawing starts at `column`; returns bytes used (0 at the end). */
size_t cluster_next(struct cluster *out, struct span s, int column, bool raw_shapes);

/* Appends `s` made safe, cut to `columns` with "…" when it doesn't fit, newlines as "⏎"; returns columns used. */
int display_line(struct buf *out, struct span s, int columns, bool raw_shapes);
/* Columns of `s` made safe, without line ends. */
int display_columns(struct span s, bool raw_shapes);

/* Wraps: the byte length of the prefix of `s` that fits one row of `columns` (word wrap, CJK anywhere, long words cut); line
 * end included in the length, not drawn. `*drawn` is the length to draw. At least one cluster is taken. */
size_t display_wrap(struct span s, int columns, bool raw_shapes, size_t *drawn);

#endif
