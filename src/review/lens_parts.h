/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What lenses are made of: headings, texts with matches marked, word diffs, metadata.  For lens_*.c only.
 */
#ifndef TAMIS_REVIEW_LENS_PARTS_H
#define TAMIS_REVIEW_LENS_PARTS_H

#include "review/lens.h"

/* A stretch of a text to draw in another style, between two signs that tell it without colour. Sorted, not overlapping. */
struct stretch {
	size_t at, len;
	enum style style;
	const char *open, *close; /* safe text, "" for none */
};
typedef VEC(struct stretch) stretches;

/* Where the item comes from, its score and size; what was decided; what was suggested.  One to three lines. */
void lens_info(struct sheet *out, const struct item *item, const struct lens_view *view);
/* A blank line (unless it is the first), then `label` as a heading. `note` (may be NULL) follows it. */
void lens_heading(struct sheet *out, int field, const char *label, const char *note);
/* A text wrapped to view->columns. view->match is marked where `marks` (may be NULL) has nothing. */
void lens_text(struct sheet *out, const struct lens_view *view, int field, struct span text, const stretches *marks);
/* `from` and `to` as one text: [-removed-]{+added+}. */
void lens_word_diff(struct sheet *out, const struct lens_view *view, int field, struct span from, struct span to);
/* Texts over this size together are not compared. */
#define LENS_DIFF_LIMIT ((size_t)512 * 1024)
/* A field with its heading; when a curator changed it: as a word diff, or with `plain` as it will be exported. */
void lens_field(struct sheet *out, const struct item *item, const struct lens_view *view, enum role role, const char *label,
		bool plain);
bool lens_edited(const struct item *item, enum role role);
/* All fields that aren't in `shown` (ends with ROLE_COUNT), as name and value; nothing when there is none. */
void lens_meta(struct sheet *out, const struct item *item, const struct lens_view *view, const enum role *shown);
/* First line with something on it of a text, for heads: white space at both ends and line ends left out. */
struct span lens_first_words(struct span text);

#endif
