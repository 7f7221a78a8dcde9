/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The k best of many rows while products come in: falling lists and, beside them, what a product must reach to enter.  A tile
 * is looked through eight products at a time; almost none enters, so almost all of the work is one comparison.  Private to
 * the search.
 */
#ifndef TAMIS_BITEXT_KNN_LISTS_H
#define TAMIS_BITEXT_KNN_LISTS_H

#include "bitext/knn.h"

struct knn_lists {
	struct neighbour *best;   /* n * k, falling by s, then rising by i; unused places are -2, UINT32_MAX */
	float *least;             /* by row: below this nothing enters */
	unsigned k;
};

void knn_lists_clear(struct neighbour *best, size_t n);
/* Puts a neighbour in its place of a list of k, if it has one; returns the k-th best. */
float knn_list_insert(struct neighbour *list, unsigned k, float s, uint32_t i);

/* The columns c of [0, n) whose product reaches `least` or leasts[c], in order; returns how many. */
typedef size_t knn_hits_fn(uint32_t *hits, const float *products, float least, const float *leasts, size_t n);
knn_hits_fn *knn_hits(void);

/* One row of products: row `row` against columns [from, from + n), whose lists are columns->best + c * k for c of [0, n).
 * `hits` has room for n. */
void knn_take_row(struct neighbour *list, unsigned k, const struct knn_lists *columns, const float *products, uint32_t row,
		  uint32_t from, size_t n, uint32_t *hits, knn_hits_fn *find);
/* The same for one list alone, where column c is number members[c] of the other side.  `never` holds n numbers that no cosine
 * reaches. */
void knn_take_members(struct neighbour *list, unsigned k, const float *products, const uint32_t *members, const float *never,
		      size_t n, uint32_t *hits, knn_hits_fn *find);

/* Neighbours kept beyond those asked for, so that a cosine's last bits do not decide who is kept. */
enum { KNN_SPARE = 4 };
/* Computes the cosines of lists of k_rough again, in an order that no machine and no tile changes, and keeps the best k.  *lists is
 * replaced. */
int knn_refine(struct neighbour **lists, unsigned k_rough, unsigned k, const struct vectors *queries, const struct vectors *base,
	       unsigned threads, struct error *err);
/* The lists of both directions, down to request->k. */
int knn_refine_both(struct knn *out, const struct vectors *x, const struct vectors *y, const struct knn_request *request,
		    struct error *err);

#endif
