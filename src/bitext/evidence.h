/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What it tells that a word has found its partner, or has not, learned from the corpora at hand.
 *
 * Sentences made from one template share most of their words with every other one of their kind, so that these words say nothing, and the one
 * that differs says all; a word whose partner is never missing in pairs that are sure speaks against a pair where it is, a word that no
 * dictionary knows does not.  For each word the share of times it is found is counted in pairs that seem true and among their wrong
 * rivals, and the logarithm of the ratio is the word's evidence (naive Bayes; the shares are drawn towards those of words as well
 * linked and as common: words are rare).
 */
#ifndef TAMIS_BITEXT_EVIDENCE_H
#define TAMIS_BITEXT_EVIDENCE_H

#include "bitext/wordlinks.h"

/* Words linked this strongly are found. */
#define EVIDENCE_FOUND .25F

struct word_evidence {
	float found, missing;     /* log-likelihood ratios of a true pair against a wrong one; missing is seldom positive */
};

struct evidence {
	struct word_evidence *x, *y; /* by word number; NULL when nothing has been learned */
};

/* A pair seen, and how likely it is a true one. */
struct witness {
	uint32_t x, y;
	float p;
};

void evidence_learn(struct evidence *out, const struct witness *w, size_t n, const struct side *a, const struct side *b,
		    const struct link_table *links);
void evidence_free(struct evidence *e);

/* Sums over a sentence's words. */
struct testimony {
	double found, missing;
	double worst;             /* of the words that are missing: the most telling one */
};
struct testimony testimony_of(const struct word_evidence *e, const struct side *s, size_t sentence, const float *cover);

#endif
