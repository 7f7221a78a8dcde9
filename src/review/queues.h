/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Queues: which of a run's items to judge next, so that verdicts tell the most.  A row each; the deck, the screen, the command line
 * and the manual know them by this table.  Choices that look like chance are made by the hash of the item's key: everybody gets the
 * same.
 */
#ifndef TAMIS_REVIEW_QUEUES_H
#define TAMIS_REVIEW_QUEUES_H

#include "base/vec.h"
#include "review/scores.h"

typedef VEC(item_ref) queue_refs;

struct queue_type {
	const char *name;        /* "threshold" */
	enum item_kind kind;     /* KIND_NONE: of any kind with scores */
	const char *help;        /* N_() */
	/* Appends what is to be judged, in its order. */
	int (*fill)(queue_refs *out, const struct scores *sc, double threshold, struct store *s, struct error *err);
};

extern const struct queue_type queue_types[]; /* ends with a NULL name */
const struct queue_type *queue_find(struct span name); /* NULL when unknown */
bool queue_suits(const struct queue_type *q, enum item_kind kind);

/* `threshold` NaN: the run's. TAMIS_EUSAGE when the queue is not for the run's kind of items. */
int queue_fill(queue_refs *out, const struct queue_type *q, int64_t run, double threshold, struct store *s,
	       const atomic_bool *cancel, struct error *err);

#define QUEUE_AUDIT_ONE_IN 20  /* automatic rejects that are looked at */
#define QUEUE_LIKE 0.7         /* Jaccard of content words from which instructions are near-duplicates */

#endif
