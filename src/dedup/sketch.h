/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Sketches of a set of shingles, all made in one pass over the text: two exact hashes, a MinHash signature, a SimHash.
 *
 * MinHash, K = 128 slots, in one of two schemes:
 *   fast      Fast Similarity Sketching (Dahlgaard, Knudsen, Thorup 2017, arXiv 1704.04370): rounds of one permutation hashing until every
 *             slot is full.  Unbiased; variance at most that of independent permutations, less for small sets.
 *   classic   128 affine maps of the upper 32 bits modulo 2^32, the minimum of each: what other tools do; a cross-check.
 * P(two slots agree) = Jaccard similarity of the sets.  Rotation densification is not used: neighbouring slots would copy each
 * other and bands would lie.  SimHash (Charikar 2002): bit i is 1 when more than half of the distinct shingles have it; a tie is 0.
 *
 * Every vector path is bit-identical to the portable one.
 */
#ifndef TAMIS_DEDUP_SKETCH_H
#define TAMIS_DEDUP_SKETCH_H

#include "base/hash.h"
#include "dedup/shingle.h"

#define SKETCH_K 128u
#define SKETCH_VERSION 2u

enum minhash_scheme { MINHASH_FAST, MINHASH_CLASSIC };

/* What is kept of every document beside its slots. */
struct sketch {
	struct hash128 raw;       /* XXH3-128 of the bytes */
	struct hash128 normal;    /* XXH3-128 of the tokens' hashes: the same text but for case, spacing, punctuation */
	uint64_t simhash;
	uint64_t bits[2];         /* the lowest bit of each slot (Li and Koenig 2010, b-bit minwise hashing): a cheap filter */
	uint32_t n_shingles;      /* distinct; 0: no tokens, no signature */
	uint32_t n_tokens;
	uint64_t bytes;
};

typedef void minhash_fn(uint32_t slots[SKETCH_K], const uint64_t *set, size_t n);
typedef uint64_t simhash_fn(const uint64_t *set, size_t n);

/* Kernels by vector level; `set` has n >= 1 distinct shingles. */
minhash_fn *minhash_kernel(enum minhash_scheme scheme, enum cpu_simd simd);
simhash_fn *simhash_kernel(enum cpu_simd simd);

/* One thread's sketcher. */
struct sketcher {
	struct shingler shingler;
	minhash_fn *minhash;
	simhash_fn *simhash;
};

void sketcher_init(struct sketcher *k, const struct token_tables *tables, struct shingle_spec spec,
		   enum minhash_scheme scheme, enum cpu_simd simd);
void sketcher_free(struct sketcher *k);
/* Sketches `text`; the shingles stay in k->shingler.set.  `slots` are zeroed when there are no tokens. */
void sketch_text(struct sketcher *k, struct sketch *out, uint32_t slots[SKETCH_K], struct span text);

/* How many of the 128 slots agree, and which (bit i: slot i). */
unsigned minhash_agree(const uint32_t *a, const uint32_t *b);
unsigned minhash_agree_mask(uint64_t mask[2], const uint32_t *a, const uint32_t *b);

#endif
