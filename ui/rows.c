/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows to records and back. */
#include "config.h"

#include "ui/rows.h"

static bool only_hits(const struct rows *r)
{
	return r->filtered && !r->context;
}

uint64_t rows_count(const struct rows *r)
{
	if (r->order)
		return r->n_order;
	return only_hits(r) ? r->hits.n : corpus_view_count(r->view);
}

uint64_t rows_record(const struct rows *r, uint64_t row)
{
	if (r->order)
		return row < r->n_order ? r->order[row] : 0;
	if (only_hits(r))
		return row < r->hits.n ? r->hits.v[row] : 0;
	return row;
}

/* First hit that is not below `record`. */
static size_t lower_bound(const struct rows *r, uint64_t record)
{
	size_t low = 0, high = r->hits.n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (r->hits.v[middle] < record)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool rows_is_hit(const struct rows *r, uint64_t record)
{
	size_t at = lower_bound(r, record);

	return at < r->hits.n && r->hits.v[at] == record;
}

bool rows_find(const struct rows *r, uint64_t record, uint64_t *row)
{
	if (r->order) {
		for (size_t i = 0; i < r->n_order; i++) {
			if (r->order[i] == record) {
				*row = i;
				return true;
			}
		}
		return false;
	}
	*row = only_hits(r) ? lower_bound(r, record) : record;
	return only_hits(r) ? rows_is_hit(r, record) : record < corpus_view_count(r->view);
}

static bool next_in_order(const struct rows *r, uint64_t row, int direction, uint64_t *found)
{
	for (uint64_t i = row + (uint64_t)direction; i < r->n_order; i += (uint64_t)direction) {
		if (rows_is_hit(r, r->order[i])) {
			*found = i;
			return true;
		}
	}
	return false;
}

bool rows_next_hit(const struct rows *r, uint64_t row, int direction, uint64_t *found)
{
	size_t at;

	if (r->order)
		return next_in_order(r, row, direction, found);
	if (only_hits(r)) {
		*found = row + (uint64_t)direction; /* wraps to a huge number before the first */
		return *found < r->hits.n;
	}
	at = lower_bound(r, direction > 0 ? row + 1 : row);
	if (direction < 0 && at-- == 0)
		return false;
	if (at >= r->hits.n)
		return false;
	*found = r->hits.v[at];
	return true;
}

void rows_set_order(struct rows *r, uint32_t *order, size_t n)
{
	free(r->order);
	r->order = order;
	r->n_order = n;
}

void rows_clear_filter(struct rows *r)
{
	r->filtered = false;
	vec_free(&r->hits);
	rows_set_order(r, NULL, 0);
}

void rows_free(struct rows *r)
{
	rows_clear_filter(r);
}
