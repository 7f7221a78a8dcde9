/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What one thread needs to try a filter on records and items: a store of its own, matchers, buffers.  For filter*.c only.
 */
#ifndef TAMIS_REVIEW_FILTER_WORKER_H
#define TAMIS_REVIEW_FILTER_WORKER_H

#include "review/filter_terms.h"

#define WORKER_SLICE 1024          /* records looked at together */

struct worker {
	struct worker *next;            /* in the pool of those that are free */
	const struct filter *filter;
	const struct map128 *verdicts;  /* of the whole workspace; shared; set by the caller */
	const struct corpus *corpora;   /* all; likewise */
	size_t n_corpora;
	struct store *store;
	struct item_source *items;
	struct item item;
	struct matcher **matchers;

	int64_t source;                 /* that the next three belong to; 0 none */
	struct record_scanner *scanner;
	const struct shape *shape;
	int fd;

	struct arena arena;
	struct buf raw, scratch;
	/* Of the bytes read at once, by term: where the next place is that may match; NULL: not looked for yet. */
	const char **next_place;
	bool *alone;                    /* looking through all of them is too much for this pattern: record by record */
	struct record_fact *facts;      /* WORKER_SLICE of each */
	struct record_place *places;
	bool *alive;
};

int worker_new(struct worker **out, const struct filter *f, struct workspace *ws, struct error *err);
void worker_free(struct worker *w);

typedef VEC(uint64_t) index_list;
/* Appends those of records [from, from + n) of the view that match. */
int worker_records(struct worker *w, struct corpus_view *view, uint64_t from, uint64_t n, const atomic_bool *cancel,
		   index_list *hits, struct error *err);
/* A run's item. */
int worker_item(struct worker *w, item_ref ref, bool *holds, struct error *err);

#endif
