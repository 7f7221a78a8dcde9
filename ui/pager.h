/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A window over a text of any size.  Nothing is indexed: a place in the text is a byte offset of its source, rows are wrapped from
 * there on as they are shown, and going back wraps again from the last line end (or from some way before, when a line has no end
 * for 32 KiB).  A text that lies in a file as a JSON string is unescaped as it is read.  So a single line of 2 GB costs what is on
 * the screen.
 */
#ifndef TAMIS_UI_PAGER_H
#define TAMIS_UI_PAGER_H

#include "base/vec.h"
#include "review/sheet.h"
#include "store/store.h"
#include "text/pattern.h"

/* Where the text comes from: memory, or a part of a record. */
struct pager_source {
	struct span memory;         /* when view is NULL */
	struct corpus_view *view;   /* borrowed, as is the store */
	struct store *store;
	uint64_t record;
	uint64_t base;              /* byte of the record where the text begins */
	uint64_t size;              /* bytes of the text in its source; an upper bound while `open_end` */
	bool escaped;               /* a JSON string: ends at its closing quote */
	bool open_end;              /* the quote has not been met yet */
};

struct pager {
	struct pager_source source;
	uint64_t top;               /* offset of the first row shown */
	uint64_t bottom;            /* after the last one, as of the last layout */
	int columns;
	bool shapes;
	VEC(uint64_t) before;       /* starts of the rows above `top`, as far as known */
	struct buf raw, text;       /* scratch */
	uint64_t raw_at;            /* what raw holds; raw.len bytes */
	struct error failed;        /* of the last read */
};

void pager_init(struct pager *p);
void pager_free(struct pager *p);
/* Starts over with another text. */
void pager_set(struct pager *p, const struct pager_source *source);
/* Before anything else after a resize. */
void pager_fit(struct pager *p, int columns, bool shapes);
/* Appends up to `rows` rows from the top on; matches of `m` (may be NULL) in STYLE_MATCH.  Returns how many there were. */
int pager_layout(struct pager *p, struct sheet *out, int rows, struct matcher *m);

void pager_down(struct pager *p, int rows, int shown);  /* not past the last row */
void pager_up(struct pager *p, int rows);
void pager_go(struct pager *p, uint64_t offset);        /* the row that holds it becomes the top */
bool pager_at_end(struct pager *p, int shown);          /* the last row is on the screen */
/* To the last page.  False when the end of the text must be looked for first: pager_seek_end(). */
bool pager_last(struct pager *p, int shown);
/* Looks for the end for about 4 ms; true when it is known. `*at` is how far. */
bool pager_seek_end(struct pager *p, uint64_t *at);

/* Looks for the next match from `*from` on (or the last one before it, backward) in one block; 1 found (*from is its offset),
 * 0 not in this block (*from moved), TAMIS_ENOTFOUND at the end of the text. */
int pager_search(struct pager *p, struct matcher *m, bool backward, uint64_t *from);

uint64_t pager_after(struct pager *p, uint64_t offset); /* the offset one character on */

/* Up to `limit` bytes of decoded text from its beginning. */
int pager_text(struct pager *p, size_t limit, struct buf *out, struct error *err);

#endif
