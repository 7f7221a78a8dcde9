/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The other candidates of a mined pair: what its run considered beside the partner it chose.  Swapping one in makes it the target by
 * an edit like any other: undone, merged and exported as edits are.  The pair then has the candidate's own score: what the run
 * measured of the partner it chose says nothing about another.
 */
#ifndef TAMIS_REVIEW_RIVALS_H
#define TAMIS_REVIEW_RIVALS_H

#include "review/item.h"

#define RIVALS_MAX 8

struct rival {
	struct span text;        /* in the arena given */
	double score, margin;    /* NaN where the run gave none */
	int64_t index;           /* sentence of its document; -1 unknown */
};

/* Best first; returns how many. */
size_t rivals_read(struct rival out[RIVALS_MAX], const struct item *item, struct arena *arena);
/* Which of them is the target as edited; -1: none is. */
int rival_chosen(const struct item *item);
/* Gives a run's pair the score that belongs to the target as it stands; item_take_edits() does. */
void rival_take_score(struct item *item);
/* The body of a run's pair as it leaves: with its "score"; after a swap the candidate's margin, and without what was measured of the
 * partner before.  The texts are as they were mined: edits are the writer's. */
void rival_body(struct buf *out, const struct item *item);

#endif
