/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Buckets: documents that share a band (or a block of SimHash bits), and the pairs worth a closer look among them.
 *
 * Within a bucket documents stand in order of size; a pair is looked at when the sizes alone allow J >= T.  No document looks at more
 * than BUCKET_WINDOW others, or than BUCKET_PAIRS / m when that is more: a bucket of m costs O(m), and a middling one is looked at
 * whole (one look compares 16 bytes).  Where that cuts something off the bucket is hot: its
 * documents are also put in order of their sketches' bits and look at HOT_WINDOW neighbours there; what remains is counted, and reported.
 * All of this depends on the bucket's own members only, never on partitions, threads or memory.
 */
#ifndef TAMIS_DEDUP_BUCKET_H
#define TAMIS_DEDUP_BUCKET_H

#include "base/vec.h"
#include "dedup/sketch.h"

#define BUCKET_WINDOW 64u
#define BUCKET_PAIRS (4u << 20)
#define HOT_WINDOW 64u

typedef VEC(uint64_t) pair_vec; /* a << 32 | b, a < b */

struct bucket_member {
	uint32_t doc;
	uint32_t size;       /* shingles */
	uint64_t bits[2];
};

struct bucket_rule {
	uint32_t threshold;  /* millionths */
	unsigned min_bits;   /* of 128: pairs whose bits agree less are dropped */
	uint32_t references; /* documents below this number are not compared with each other */
	bool among;          /* the others are compared with each other, not only with references */
};

struct bucket_counts {
	uint64_t looked_at;  /* pairs whose bits were compared */
	uint64_t hot;        /* hot buckets */
	uint64_t hot_docs;
	uint64_t not_looked_at; /* pairs of admissible sizes in hot buckets that were left out */
};

/* `m` is sorted by (size, doc) and may be reordered. */
void bucket_pairs(pair_vec *out, struct bucket_counts *counts, struct bucket_member *m, size_t n,
		  const struct bucket_rule *rule);

/* Least agreement of bits, and of whole slots, that a pair at the threshold shows but once in many thousand times: T - 4 and T - 3
 * standard deviations of independent slots (the fast scheme varies less). */
unsigned filter_min_bits(uint32_t threshold);
unsigned filter_min_slots(uint32_t threshold);

static inline unsigned bits_agree(const uint64_t a[2], const uint64_t b[2])
{
	return SKETCH_K - (unsigned)(__builtin_popcountll(a[0] ^ b[0]) + __builtin_popcountll(a[1] ^ b[1]));
}

#endif
