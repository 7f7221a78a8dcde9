/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Exact nearest neighbours between two matrices of unit vectors, in both directions from the same products: tiles by OpenBLAS
 * sgemm, the k best of every row and every column kept.  And mining from them as LASER does it (Artetxe and Schwenk 2019,
 * source/mine_bitexts.py), rank for rank.
 *
 * The tiles' places are fixed, and the cosines of the few best are computed again in a fixed order: the result does not depend
 * on the number of threads, on the memory allowed, on where the vectors lie, or on the machine.
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

struct knn_request {
	unsigned k;
	unsigned threads;
	bool rough;               /* cosines as sgemm has them: for what is not shown to anybody */
	size_t memory;            /* bytes for tiles, blocks of vectors and the lists, vectors in memory not counted; 0: ample */
	const atomic_bool *cancel; /* may be NULL */
	void (*progress)(void *ctx, size_t done, size_t total); /* rows of x; from any worker; may be NULL */
	void *ctx;
};

/* Both sides normalised.  TAMIS_EUSAGE when the dimensions differ, TAMIS_ELIMIT when `memory` cannot do, TAMIS_ECANCEL,
 * TAMIS_EIO. */
int knn_exact(struct knn *out, const struct vectors *x, const struct vectors *y, const struct knn_request *request,
	      struct error *err);
void knn_free(struct knn *k);

/* The cosine of two rows of length 1: the same bits on any machine. */
float vector_cosine(const float *a, const float *b, size_t n);

struct vector_pair {
	uint32_t x, y;
	float s;                  /* cosine */
	double margin;
};

struct vector_pairs {
	VEC(struct vector_pair) pairs;
};

/* LASER's --retrieval: each sentence of one side with its best candidate, both sides' together one-to-one, or only what both
 * sides chose. */
enum retrieval { RETRIEVE_MAX, RETRIEVE_FORWARD, RETRIEVE_BACKWARD, RETRIEVE_INTERSECTION };

bool retrieval_from_name(enum retrieval *out, const char *name); /* "max" "forward" "backward" "intersection" */
const char *retrieval_name(enum retrieval r);

/* Margin over the mean of k neighbours of both sides, best first.  One-to-one with RETRIEVE_MAX and RETRIEVE_INTERSECTION. */
void knn_pairs(struct vector_pairs *out, const struct knn *k, size_t n_x, size_t n_y, enum margin_kind margin,
	       enum retrieval retrieval);

/* The same from what each sentence of either side chose; UINT32_MAX for the other one: nobody. */
void knn_choose(struct vector_pairs *out, const struct vector_pair *of_x, size_t n_x, const struct vector_pair *of_y, size_t n_y,
		enum retrieval retrieval);

/* As margin_of(), but a ratio is the plain quotient. */
double vector_margin(enum margin_kind kind, double s, double mean);

/* Every neighbour of every row of x, with its margin: the rivals. */
void knn_all(struct vector_pairs *out, const struct knn *k, size_t n_x, size_t n_y, enum margin_kind margin);

/* The margin of given pairs (x, y set), each with its cosine: an existing bitext scored (LASER's --mode score).  In the order
 * given. */
int knn_score(struct vector_pair *pairs, size_t n, const struct knn *k, const struct vectors *x, const struct vectors *y,
	      enum margin_kind margin, struct error *err);

#endif
