/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What mining says about a pair: which words stand for which (told by a small number after the word as well as by colour; what has
 * none found no partner), and which other targets were considered.  For lens_bitext.c.
 */
#ifndef TAMIS_REVIEW_LENS_LINKS_H
#define TAMIS_REVIEW_LENS_LINKS_H

#include "review/lens_parts.h"

#define LINKS_MAX 99

struct word_marks {
	stretches sides[2];             /* source, target; sorted */
	char numbers[LINKS_MAX + 1][8]; /* "₁" …: what the stretches' signs point to */
};

/* False when the item has no links, or a side was edited since. `out` is freed in any case by word_marks_free(). */
bool word_marks_find(struct word_marks *out, const struct item *item);
void word_marks_free(struct word_marks *m);
/* How many words of each side are linked, and those that are not; nothing without links. */
void lens_uncovered(struct sheet *out, const struct item *item, const struct lens_view *view, const struct word_marks *marks);
/* A heading and one line a candidate; nothing when there are none. */
void lens_rivals(struct sheet *out, const struct item *item, const struct lens_view *view);

#endif
