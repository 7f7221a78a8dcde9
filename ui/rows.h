/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which records of a corpus a list shows, and in which order: all of them, the hits of a filter, or either sorted.  Rows and records
 * are numbers from 0; 4 bytes a row are kept only where rows and records differ.
 */
#ifndef TAMIS_UI_ROWS_H
#define TAMIS_UI_ROWS_H

#include "base/vec.h"
#include "store/store.h"

struct rows {
	struct corpus_view *view;  /* borrowed */
	bool filtered;
	bool context;              /* filtered, but all rows are shown and hits marked */
	VEC(uint32_t) hits;        /* ascending */
	uint32_t *order;           /* sorted: record of each row; NULL when not */
	size_t n_order;
};

uint64_t rows_count(const struct rows *r);
uint64_t rows_record(const struct rows *r, uint64_t row);
/* The row of a record; false when it isn't shown.  Linear when sorted. */
bool rows_find(const struct rows *r, uint64_t record, uint64_t *row);
bool rows_is_hit(const struct rows *r, uint64_t record);
/* The nearest hit after (direction > 0) or before `row`; false when there is none. */
bool rows_next_hit(const struct rows *r, uint64_t row, int direction, uint64_t *found);
void rows_clear_filter(struct rows *r);
void rows_set_order(struct rows *r, uint32_t *order, size_t n); /* takes it; NULL: file order */
void rows_free(struct rows *r);

#endif
