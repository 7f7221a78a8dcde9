/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Mining and scoring by embeddings: margins over cosines decide, and the lexical similarity of each pair stands beside
 * (candidate.edge.s), so that a person sees where the two disagree.
 */
#ifndef TAMIS_BITEXT_MINE_VECTORS_H
#define TAMIS_BITEXT_MINE_VECTORS_H

#include "bitext/knn.h"

struct vector_mining {
	struct mine_request lines;    /* lang, x, y, lexicon, seed, margin, k, threads, cancel, progress are used */
	const struct vectors *x, *y;  /* normalised, a row a line */
	enum retrieval retrieval;
	size_t memory;                /* see knn.h */
};

/* 0, TAMIS_EUSAGE when rows and lines differ in number, and what knn_exact() gives. */
int mine_vectors(struct mining *out, const struct vector_mining *request, struct error *err);

#endif
