/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where a run's item comes from: what stands beside it in its documents.  Read for showing only (item_source_read_members()); where a
 * document is gone or has changed, there is none.
 */
#ifndef TAMIS_REVIEW_ITEM_CONTEXT_H
#define TAMIS_REVIEW_ITEM_CONTEXT_H

#include "review/item.h"

struct item_context {
	struct span before[2], after[2]; /* pairs: the neighbours of source and target; instructions: [0], beside the segment */
	struct span segment;             /* instructions: the part of the document the pair was made from */
};

/* Fills item->context, in its arena; leaves it NULL where nothing is found. */
void item_context_load(struct item *item, struct item_source *src);

#define CONTEXT_SIDE 600u                /* bytes beside a segment, at most */
#define CONTEXT_FILE ((size_t)16 << 20)  /* of a file that is no corpus, at most */

#endif
