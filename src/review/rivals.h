/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The other candidates of a mined pair: what its run considered beside the partner it chose.  Swapping one in makes it the target by
 * an edit like any other: undone, merged and exported as edits are.
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

#endif
