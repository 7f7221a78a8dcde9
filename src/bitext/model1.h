/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * IBM Model 1 (Brown et al. 1993, "The Mathematics of Statistical Machine Translation", section 4.1), in both directions at
 * once over the same word pairs.  It learns from anything that is parallel: sentences, and dictionary entries, which are
 * tiny parallel sentences; that is how a flat dictionary gets weights.
 */
#ifndef TAMIS_BITEXT_MODEL1_H
#define TAMIS_BITEXT_MODEL1_H

#include "bitext/lexwords.h"

/* Parallel word numbers, flattened. */
struct parallel_row {
	uint32_t x, nx;
	uint32_t y, ny;
};

struct parallel {
	VEC(uint32_t) x, y;
	VEC(struct parallel_row) rows;
};

void parallel_free(struct parallel *p);
/* Adds a pair; nothing when a side is empty or over 60 words. */
void parallel_add(struct parallel *p, const uint32_t *x, size_t nx, const uint32_t *y, size_t ny);
/* Adds the words of two sentences. */
void parallel_add_sentences(struct parallel *p, const struct side *a, size_t i, const struct side *b, size_t j);
/* Adds the entries of which all words are known to the sides (`w` is matched), at most 3 words against 4 (or 4 against 3). */
void parallel_add_lexicon(struct parallel *p, const struct lexwords *w);
/* Adds lines that were parallel before: rows with words unknown to a side keep the known ones. */
void parallel_add_lines(struct parallel *p, const struct span *x, const struct span *y, size_t n, const struct side *a,
			const struct side *b, const struct mapstr *headwords_a, const struct mapstr *headwords_b);

/* The headwords of one side of a lexicon, for cutting Han; nothing for languages that do not write so. */
void headwords_of(struct mapstr *out, const struct lexicon *l, bool of_b);

/* One pair of words that occurred together. */
struct word_pair {
	uint32_t x, y;
	uint32_t together;        /* rows */
	float forward, backward;  /* t(y|x), t(x|y) */
};

struct model1 {
	VEC(struct word_pair) pairs;
};

/* `rounds` of expectation maximisation; the two directions run side by side when `threads` > 1, with the same result.
 * `null_word`: a word may stand for nothing (for sentences; not for dictionary entries). */
void model1_train(struct model1 *out, const struct parallel *p, size_t words_x, size_t words_y, int rounds, bool null_word,
		  unsigned threads);
void model1_free(struct model1 *m);

#endif
