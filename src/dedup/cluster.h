/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From verified pairs to who stays.  Greedy star: documents are taken in order of priority; one is kept unless a kept document before it has
 * J >= T with it, and then goes with the most similar of these.  That is the lexicographically first maximal independent
 * set: every removal has J >= T with its own keeper, and chains (A~B, B~C, A not ~C) never remove C for A.
 *
 * Connected components are computed too, as groups to look at; nothing is removed on their account.
 */
#ifndef TAMIS_DEDUP_CLUSTER_H
#define TAMIS_DEDUP_CLUSTER_H

#include "dedup/verify.h"

enum keeper_key { KEEPER_SOURCE, KEEPER_LABEL, KEEPER_SCORE, KEEPER_LENGTH, KEEPER_DATE, KEEPER_ID };
#define KEEPER_KEYS 6

/* What a policy may look at beside length and number. */
struct dedup_trait {
	uint32_t source_rank;   /* smaller is preferred */
	int8_t label;           /* a person's: 1 accepted, 0 none, -1 rejected */
	float score;            /* larger is preferred; NaN last */
	int64_t date;           /* newer is preferred */
};

struct keeper_policy {
	enum keeper_key key[KEEPER_KEYS];
	unsigned n;
};

/* "length" or "source,label,score,length,date,id": an ordered list; "shortest" and the like are not policies. */
int keeper_policy_parse(struct keeper_policy *out, const char *text, struct error *err);

/* `rank[doc]`: 0 is the most preferred.  References (documents below `references`) come first, the number decides last.
 * `trait` may be NULL. */
void keeper_rank(uint32_t *rank, const struct keeper_policy *policy, const struct sketch *fact,
		 const struct dedup_trait *trait, uint32_t n, uint32_t references);

struct star {
	uint32_t *keeper;  /* [doc]: itself when kept */
	uint32_t *common;  /* [doc]: shingles shared with the keeper (all of its own when kept) */
	uint32_t *group;   /* [doc]: least number of its component */
};

/* `exact[doc]`: a document of the same tokens that stands for it (itself when it stands for itself); edges join only
 * those.  The arrays are allocated here; free with star_free(). */
void star_make(struct star *out, const edge_vec *edges, const uint32_t *exact, const struct sketch *fact,
	       const uint32_t *rank, uint32_t n);
void star_free(struct star *s);

#endif
