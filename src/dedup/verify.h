/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The last word on a pair: the exact size of the intersection of its two sets of shingles, counted, never estimated.
 *
 * Sets are made again from the text, of those documents only that occur in a pair, as many at a time as `budget` allows: documents are
 * cut into tiles, and for each pair of tiles the sets of both are held.  A text that is no longer what was sketched is
 * TAMIS_ECHANGED: nobody is removed on the word of another version.
 */
#ifndef TAMIS_DEDUP_VERIFY_H
#define TAMIS_DEDUP_VERIFY_H

#include "dedup/sketches.h"
#include "dedup/source.h"

/* Two documents, a < b, and how many shingles they share. */
struct edge {
	uint32_t a, b;
	uint32_t common;
};
typedef VEC(struct edge) edge_vec;

/* `pair` holds a << 32 | b, sorted, unique.  Appends to `out` the pairs with J >= threshold, in order. */
int verify_pairs(edge_vec *out, const uint64_t *pair, size_t n, const struct sketches *s, struct worker_pool *pool,
		 uint32_t threshold, size_t budget, struct error *err);

#endif
