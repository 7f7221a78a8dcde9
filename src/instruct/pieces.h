/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where a text that is too long for one segment may be cut.  Borders of paragraphs always; inside a paragraph only when it is alone
 * too long, and then where a sentence begins, rather on a line of its own (the paragraphs of a text without empty lines) than
 * behind another.  A paragraph is what stands between empty lines; what is fenced by ``` or ~~~ is never cut inside.
 */
#ifndef TAMIS_INSTRUCT_PIECES_H
#define TAMIS_INSTRUCT_PIECES_H

#include "base/buf.h"
#include "base/vec.h"

enum border_kind { BORDER_PARAGRAPH, BORDER_LINE, BORDER_SENTENCE, BORDER_KINDS };

struct piece_border {
	size_t at;    /* byte a piece may begin at */
	size_t chars; /* characters before it */
	enum border_kind kind;
};

/* A zeroed one is empty. */
struct piece_borders {
	VEC(struct piece_border) borders;
	struct segmenter *segmenter; /* opened for the first paragraph that needs it */
};

/* Appends the borders of `text`, its own beginning first.  `at` and `chars` are those of the text's beginning. */
void pieces_read(struct piece_borders *out, struct span text, size_t at, size_t chars, size_t most);
/* The border the piece that begins at border `first` ends before: the last of the best kind that makes it `least` to `most` characters long
 * and leaves `least` to the next; else the last within `most`; else the next one.  The last border is the end of everything. */
size_t pieces_next(const struct piece_borders *b, size_t first, size_t least, size_t most);
void pieces_free(struct piece_borders *b);

#endif
