/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Lines and fields, for the stages only.
 */
#ifndef TAMIS_DEDUP_STAGE_INNER_H
#define TAMIS_DEDUP_STAGE_INNER_H

#include "dedup/stage.h"

#define FIELDS_MAX 8

struct line_reader {
	FILE *in;
	char *line;
	size_t cap;
	uint64_t number;      /* of the last line, from 1 */
	uint64_t at, next;    /* its first byte and that of the next */
	struct span text;     /* without line end */
	struct span field[FIELDS_MAX];
	size_t n_fields;
};

/* 1 with the next line cut at its tabs, 0 at the end, TAMIS_EIO. Blank lines are passed over. */
int line_next(struct line_reader *r, struct error *err);
void line_free(struct line_reader *r);
/* TAMIS_EPARSE for this line. */
int line_wrong(const struct line_reader *r, const char *wanted, struct error *err);
bool field_number(uint64_t *out, struct span field, unsigned base);
/* 0, or TAMIS_EIO when something written to `out` was lost. */
int stage_end(FILE *out, struct error *err);

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
