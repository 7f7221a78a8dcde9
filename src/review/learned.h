/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The words a mining run has linked, gathered from its pairs, and those a curator has rejected.  Rejections are kept in the
 * workspace for the two corpora or files of the run: the next mining or alignment of the same two does not link them.
 */
#ifndef TAMIS_REVIEW_LEARNED_H
#define TAMIS_REVIEW_LEARNED_H

#include <stdatomic.h>

#include "base/vec.h"
#include "store/store.h"

struct learned_word {
	struct span source, target; /* in the arena */
	struct span kind;        /* "learned" "dictionary" "cognate" … */
	uint32_t count;          /* pairs that have this link; 0: only rejected, not seen */
	double weight;           /* mean */
	bool refused;
};

struct learned {
	char *source, *target;   /* names of what was mined */
	VEC(struct learned_word) words; /* learned ones first, then by count */
	struct arena arena;
};

/* TAMIS_EUSAGE when the run did not mine. */
int learned_read(struct learned *out, struct store *s, int64_t run, const atomic_bool *cancel, struct error *err);
void learned_free(struct learned *l);
/* Rejects the word pair, or takes that back. */
int learned_refuse(struct learned *l, size_t i, bool refused, struct store *s, struct error *err);

/* What was rejected for two corpora or files; spans live in `arena`. */
struct refusals {
	VEC(struct span) source;
	VEC(struct span) target; /* the same length */
	struct arena arena;
};

void refusals_read(struct refusals *out, struct store *s, const char *source, const char *target);
void refusals_free(struct refusals *r);

#endif
