/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tab-separated lines as filters pass them on: read one at a time, cut at the tabs, no quoting.
 */
#ifndef TAMIS_FORMATS_TABBED_H
#define TAMIS_FORMATS_TABBED_H

#include <stdint.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/error.h"

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

#endif
