/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a row's body says beside its score.  For scores*.c and queues only.
 */
#ifndef TAMIS_REVIEW_SCORES_FACTS_H
#define TAMIS_REVIEW_SCORES_FACTS_H

#include "review/item.h"

struct item_facts {
	double judge;            /* NaN: no judge scored it */
	double lexical, cosine;  /* NaN where the run has none */
	bool mismatch;           /* anchors of one side only (text/anchors.h) */
};

/* Memory that reading many rows shares. */
struct facts_room;
struct facts_room *facts_room_new(void);
void facts_room_free(struct facts_room *room);
void item_facts_read(struct item_facts *out, struct facts_room *room, const struct item_row *row);
/* The instruction of the row read last, "" where it has none; valid until the next. */
struct span item_facts_instruction(const struct facts_room *room);

/* Whether the item's target, as edited, is one of the other candidates its run considered. */
bool item_facts_swapped(struct store *s, item_ref ref);

#endif
