/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The exact truth about a sample: the Jaccard similarity of m query documents with every document of the corpus, in one pass.
 *
 * Queries are drawn evenly from the documents in order of (stratum, number of shingles): as many from each source and each length as it has.
 * Their shingles go into one table; each text is read once and its shared shingles are counted per query.  Nothing is estimated,
 * and no candidate search is involved, so what a search misses shows.
 */
#ifndef TAMIS_DEDUP_TRUTH_H
#define TAMIS_DEDUP_TRUTH_H

#include "dedup/sketches.h"
#include "dedup/source.h"

struct truth_pair {
	uint32_t query;   /* index of `query` below */
	uint32_t doc;
	uint32_t common;
};

struct truth {
	uint32_t *query;  /* documents, ascending in the order drawn */
	uint32_t m;
	uint32_t n;       /* documents each was compared with */
	double floor;     /* pairs with less similarity are not kept */
	VEC(struct truth_pair) pairs; /* by query, then doc */
};

/* `docs` are the documents that take part (none without shingles, one of each set of equals); `stratum[doc]` may be NULL. */
int truth_sample(struct truth *out, const struct sketches *s, struct worker_pool *pool, const uint32_t *docs, uint32_t n_docs,
		 const uint32_t *stratum, uint32_t m, double floor, struct error *err);
void truth_free(struct truth *t);

#endif
