/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the stages share.
 */
#ifndef TAMIS_DEDUP_STAGE_INNER_H
#define TAMIS_DEDUP_STAGE_INNER_H

#include "dedup/stage.h"
#include "formats/tabbed.h"

/* One document of JSON Lines. */
struct stage_document {
	struct buf id, text;
};
/* Reads the document on the reader's line. */
int stage_document_read(struct stage_document *d, const struct line_reader *r, const struct stage_options *o,
			struct error *err);
struct hash128 stage_entity(const struct sketch *s);
struct banding stage_banding(const struct stage_options *o);

/* One line of the result. */
void stage_put_removal(FILE *out, struct span document, struct span keeper, uint64_t common, uint64_t shingles,
		       uint64_t keeper_shingles, enum dedup_reason why);

#endif
