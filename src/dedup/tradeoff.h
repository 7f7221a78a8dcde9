/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * MinHash versus SimHash on this very corpus: what each setting finds, misses and costs.
 *
 * One stored signature of 128 slots serves every banding with b x r <= 128, one stored SimHash every distance, so a point of the curve is
 * computed from what is stored, without reading a text: recall against the sampled truth (with a bootstrap interval over
 * queries), and candidates by looking the sample's bands up among at most TRADEOFF_DOCS documents: fewer when bands are so many or so loose
 * that it would take over a tenth of a second.
 */
#ifndef TAMIS_DEDUP_TRADEOFF_H
#define TAMIS_DEDUP_TRADEOFF_H

#include "dedup/dedup.h"
#include "dedup/truth.h"

#define TRADEOFF_DOCS 100000u
#define TRADEOFF_QUERIES 1000u

struct tradeoff;

struct tradeoff_point {
	enum dedup_method method;
	struct banding banding;      /* MinHash */
	unsigned distance;           /* SimHash */
	uint64_t pairs, found;       /* of the sample: with J >= T, and of these among the candidates */
	double recall, low, high;    /* found / pairs, 95 % by bootstrap over queries (Efron 1979); NaN without pairs */
	double theory;               /* P(candidate | J = T) */
	double candidates;           /* expected in the whole corpus: pairs to be looked at */
	double verified;             /* of these, left to verify after the signature filter */
	double precision;            /* of the sample's candidates, share with J >= T; NaN without candidates */
	double false_positive_rate;  /* candidates with J < T among all pairs with J < T */
	unsigned bytes;              /* of signature a document needs for it */
	double cpu;                  /* seconds to generate the candidates of the whole corpus; NaN: not run */
	bool counted;                /* `verified` was counted in the whole corpus, not expected from the sample */
};

/* Takes `truth` over (it is empty afterwards).  `sketches` is borrowed and must outlive the model, with its slots readable. */
int tradeoff_new(struct tradeoff **out, const struct sketches *sketches, struct truth *truth, const uint32_t *docs,
		 uint32_t n_docs, struct error *err);
void tradeoff_free(struct tradeoff *t);

int tradeoff_minhash(struct tradeoff_point *out, struct tradeoff *t, struct banding banding, uint32_t threshold,
		     struct error *err);
void tradeoff_simhash(struct tradeoff_point *out, const struct tradeoff *t, unsigned distance, uint32_t threshold);

/* The settings compared by default: those other tools use, and the one chosen for `threshold`. */
size_t tradeoff_bandings(struct banding out[16], uint32_t threshold);
size_t tradeoff_distances(unsigned out[8], uint32_t threshold);

/* Generates the candidates of the whole corpus for `point`'s setting and fills `verified` and `cpu`; leaves the point as it was when
 * more than `limit` candidates are expected. */
int tradeoff_count(struct tradeoff_point *point, const struct candidate_search *search, double limit, struct error *err);

#endif
