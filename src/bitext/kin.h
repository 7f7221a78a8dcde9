/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Words that no dictionary entry reaches, and what they are akin to in their own language: words with most of their letters at the
 * beginning in common (destruction, destroy), the parts of a compound (Haustür: Haus, Tür), the words and characters a Han word is
 * written with.  Such a word borrows the links of its kin, weakened.  Small dictionaries reach half the text only this way.
 */
#ifndef TAMIS_BITEXT_KIN_H
#define TAMIS_BITEXT_KIN_H

#include "bitext/lexwords.h"
#include "bitext/links.h"

struct kinship {
	uint32_t word, kin;       /* of the same side */
	float share;              /* 0..1: of the kin's links that the word borrows */
};

struct kinships {
	VEC(struct kinship) kin;
};

/* Finds the kin of the words of `s` that stand in no entry whose words are all known to the sides (`w` is matched).  Kin that no
 * sentence holds is added to `s`: match `w` again afterwards. */
void kin_find(struct kinships *out, struct side *s, const struct lexwords *w, bool of_b);
void kin_free(struct kinships *k);

/* What a lexicon has to say about two sides: dictionary links weighed by Model 1, and what kin borrows of them.  Words are added to the
 * sides.  Returns the entries that fit. */
size_t links_add_lexicon(struct link_list *l, struct side *a, struct side *b, const struct lexicon *lexicon,
			 const struct mapstr *headwords_a, const struct mapstr *headwords_b, unsigned threads);

/* Adds to `l` what words borrow from dictionary links already in it. */
void links_add_kin(struct link_list *l, const struct kinships *of_a, const struct kinships *of_b, size_t words_a, size_t words_b);

#endif
