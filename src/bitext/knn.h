/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Exact nearest neighbours between two matrices of unit vectors, in both directions from the same products: tiles of 512 x 1024
 * by OpenBLAS sgemm, the k best of every row and every column kept.  And mining from them as LASER does it (Artetxe and Schwenk
 * 2019, source/mine_bitexts.py, `--mode mine --retrieval max`), rank for rank.
 */
#ifndef TAMIS_BITEXT_KNN_H
#define TAMIS_BITEXT_KNN_H

#include <stdatomic.h>

#include "base/vec.h"
#include "bitext/mine.h"
#include "bitext/vectors.h"

struct neighbour {
	float s;                  /* cosine */
	uint32_t i;
};

struct knn {
	unsigned k;               /* at most the other side's rows */
	unsigned k_back;
	struct neighbour *forward; /* n_x * k, each row falling by s, then rising by i */
	struct neighbour *backward; /* n_y * k_back */
};

/* The result does not depend on `threads`.  TAMIS_EUSAGE when the dimensions differ, TAMIS_ECANCEL. */
int knn_exact(struct knn *out, const struct vectors *x, const struct vectors *y, unsigned k, unsigned threads,
	      const atomic_bool *cancel, void (*progress)(void *ctx, size_t done, size_t total), void *ctx, struct error *err);
void knn_free(struct knn *k);

struct vector_pair {
	uint32_t x, y;
	float s;                  /* cosine */
	double margin;
};

struct vector_pairs {
	VEC(struct vector_pair) pairs; /* one-to-one, best first */
};

/* Margin over the mean of k neighbours of both sides; the best candidate of each sentence of either side; greedy. */
void knn_pairs(struct vector_pairs *out, const struct knn *k, size_t n_x, size_t n_y, enum margin_kind margin);

/* Every neighbour of every row of x, with its margin: the rivals. */
void knn_all(struct vector_pairs *out, const struct knn *k, size_t n_x, size_t n_y, enum margin_kind margin);

#endif
