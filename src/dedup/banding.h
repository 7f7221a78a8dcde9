/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Banding (Indyk, Motwani 1998; Leskovec, Rajaraman, Ullman, "Mining of Massive Datasets", section 3.4): b bands of r slots; two documents
 * that agree in every slot of a band become a candidate.  P(candidate | s) = 1 - (1 - s^r)^b, the S-curve.
 */
#ifndef TAMIS_DEDUP_BANDING_H
#define TAMIS_DEDUP_BANDING_H

#include "dedup/sketch.h"

struct banding {
	unsigned bands, rows; /* bands * rows <= SKETCH_K, both >= 1 */
};

#define THRESHOLD_ONE 1000000u /* thresholds are integers in millionths: no rounding decides about a document */

/* "21x6". */
int banding_parse(struct banding *out, const char *text, struct error *err);
/* "0.8" or "80%"; 0 < T <= 1. */
int threshold_parse(uint32_t *out, const char *text, struct error *err);

double banding_probability(struct banding b, double similarity);
/* The banding with the least area under the S-curve below T (candidates that can't pass) among those with P(T) >= `recall`; ties go to fewer
 * slots.  Falls back to 128x1 when none reaches it. */
struct banding banding_choose(double threshold, double recall);

/* XXH3-64 of the slots of band `band`, seeded with its number. */
uint64_t band_key(const uint32_t slots[SKETCH_K], struct banding b, unsigned band);
/* The first band in which the slots of `mask` (minhash_agree_mask) all agree, or b.bands. */
unsigned banding_first_match(const uint64_t mask[2], struct banding b);

/* Expected Hamming distance of two SimHashes: 64 * acos(2J / (1 + J)) / pi for sets of one size (Charikar 2002; cosine from Jaccard). */
double simhash_distance(double similarity);
/* P(distance <= k | similarity), binomial. */
double simhash_probability(unsigned k, double similarity);
/* Least k with P >= `recall`. */
unsigned simhash_choose(double threshold, double recall);

/* True when common / (a + b - common) >= threshold / THRESHOLD_ONE, in integers. */
static inline bool jaccard_reaches(uint64_t common, uint64_t a, uint64_t b, uint32_t threshold)
{
	return common * (THRESHOLD_ONE + (uint64_t)threshold) >= (uint64_t)threshold * (a + b);
}

/* The least `common` for which that holds. */
static inline uint64_t jaccard_need(uint64_t a, uint64_t b, uint32_t threshold)
{
	uint64_t one = THRESHOLD_ONE + (uint64_t)threshold;

	return ((uint64_t)threshold * (a + b) + one - 1) / one;
}

static inline double jaccard(uint64_t common, uint64_t a, uint64_t b)
{
	uint64_t either = a + b - common;

	return either ? (double)common / (double)either : 0;
}

#endif
