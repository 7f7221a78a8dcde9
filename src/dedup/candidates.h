/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From sketches to the pairs that deserve exact verification, by MinHash bands or by SimHash distance.
 */
#ifndef TAMIS_DEDUP_CANDIDATES_H
#define TAMIS_DEDUP_CANDIDATES_H

#include "dedup/banding.h"
#include "dedup/bucket.h"
#include "dedup/sketches.h"
#include "dedup/source.h"

struct candidate_search {
	const struct sketches *sketches;
	struct worker_pool *pool;
	const uint32_t *docs;      /* to be compared, ascending; none without shingles */
	size_t n_docs;
	struct bucket_rule rule;
	unsigned min_slots;        /* of 128; 0 leaves the whole-slot filter out */
	size_t memory;             /* bytes for buffers; 0: no limit */
};

struct candidate_counts {
	struct bucket_counts bucket;
	uint64_t unique;           /* distinct pairs after the bits */
	uint64_t filtered;         /* of these, left after whole slots */
};

/* Appends sorted, unique pairs to `out`. */
int candidates_minhash(pair_vec *out, struct candidate_counts *counts, const struct candidate_search *search,
		       struct banding banding, struct error *err);

/* All pairs whose SimHashes differ in at most `distance` bits and whose sizes allow the threshold: block permutation (Manku, Jain, Das Sarma
 * 2007, "Detecting Near-Duplicates for Web Crawling", section 3) or tiles of all pairs, whichever costs less.  No other filter. */
int candidates_simhash(pair_vec *out, struct candidate_counts *counts, const struct candidate_search *search,
		       unsigned distance, struct error *err);

/* How the search above would be done: `blocks` cut the 64 bits, `fixed` of them must agree; fixed 0 means all pairs. */
struct simhash_plan {
	unsigned blocks, fixed;
};
struct simhash_plan simhash_plan_choose(size_t n, unsigned distance);

#endif
