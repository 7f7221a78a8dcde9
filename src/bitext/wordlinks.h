/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which words of a pair stand for one another: what the screen draws, and what the features of a pair are counted from.
 */
#ifndef TAMIS_BITEXT_WORDLINKS_H
#define TAMIS_BITEXT_WORDLINKS_H

#include "bitext/links.h"

/* Words of a sentence that are looked at. */
enum { LINKED_WORDS_MAX = 250 };

/* The strongest partner in y of each word of x that has one, one line of the explanation on screen. */
struct word_link {
	uint32_t x, y;            /* positions among the sentences' words */
	float weight;
	uint8_t kind;             /* enum link_kind */
};

struct word_links {
	VEC(struct word_link) links;
};

/* How strong the strongest partner of each word is, by position; words may share one. */
struct word_cover {
	float x[LINKED_WORDS_MAX], y[LINKED_WORDS_MAX];
};

/* One-to-one, greedily by weight, then by distance from the diagonal.  `cover` may be NULL. */
void word_links_of(struct word_links *out, struct word_cover *cover, const struct side *a, size_t x, const struct side *b, size_t y,
		   const struct link_table *links);
/* The cover alone. */
void word_cover_of(struct word_cover *out, const struct side *a, size_t x, const struct side *b, size_t y,
		   const struct link_table *links);

#endif
