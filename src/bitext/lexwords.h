/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A lexicon cut into words the way the sides are, once, so that asking which entries fit the corpora at hand is a walk over
 * numbers.  Also what the words of a side that no entry reaches are akin to: words are added to the side that no sentence holds, so
 * that entries can reach those that do through them (kin.h).
 */
#ifndef TAMIS_BITEXT_LEXWORDS_H
#define TAMIS_BITEXT_LEXWORDS_H

#include "bitext/lexicon.h"
#include "bitext/side.h"

/* One side of the entries.  Entries of more than four words hold none. */
struct lexside {
	struct mapstr ids;        /* form -> number */
	VEC(struct span) forms;
	VEC(uint32_t) words;      /* of all entries */
	uint32_t *first;          /* entries + 1 */
	uint32_t *in_side;        /* by number: the word of the side, or WORD_NONE */
};

struct lexwords {
	size_t n;                 /* entries */
	struct lexside a, b;
};

void lexwords_build(struct lexwords *out, const struct lexicon *l, const struct mapstr *headwords_a,
		    const struct mapstr *headwords_b, unsigned threads);
/* Looks the words up in the sides, again after words were added to them. */
void lexwords_match(struct lexwords *w, const struct side *a, const struct side *b);
void lexwords_free(struct lexwords *w);

/* The words of entry `i` in a side, at most 4; 0 when one is unknown there or there are too many. */
size_t lexside_words(uint32_t out[4], const struct lexside *s, size_t i);

#endif
