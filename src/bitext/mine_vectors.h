/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Mining and scoring by embeddings: margins over cosines decide, and the lexical similarity of each pair stands beside
 * (candidate.edge.s), so that a person sees where the two disagree.
 */
#ifndef TAMIS_BITEXT_MINE_VECTORS_H
#define TAMIS_BITEXT_MINE_VECTORS_H

#include "bitext/ivf.h"

/* AUTO is IVF from ivf_from products on: about 300,000 sentences a side. */
enum vector_index { INDEX_AUTO, INDEX_EXACT, INDEX_IVF };

bool vector_index_from_name(enum vector_index *out, const char *name); /* "auto" "exact" "ivf" */

struct vector_mining {
	struct mine_request lines;    /* lang, x, y, lexicon, seed, margin, k, threads, cancel, progress are used */
	const struct vectors *x, *y;  /* normalised, a row a line */
	enum retrieval retrieval;
	size_t memory;                /* see knn.h */
	enum vector_index index;
	double recall;                /* wanted of the index; 0: .99 */
};

/* 0, TAMIS_EUSAGE when rows and lines differ in number, and what knn_exact() gives.  `ivf` tells what the index did; no lists: the
 * search was exact. */
int mine_vectors(struct mining *out, struct ivf_record *ivf, const struct vector_mining *request, struct error *err);

/* Where the expected F1 is best when most scores are of sentences without a partner: those are taken to be normal, with the median of
 * all and the spread below it, and what stands above them to be right.  Scores fall.  NaN when there are too few, or nothing stands
 * out. */
double noise_threshold(const double *scores, size_t n);

#endif
