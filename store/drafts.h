/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Drafts: what one annotator is changing about a run before it becomes a run of its own.  A draft is a log of steps, texts that only
 * their writer understands; each is on the disk when store_draft_append() returns.  Steps are numbered and a number is given
 * once, so that two sessions at one draft can't mix their steps: the second one to write is told.
 */
#ifndef TAMIS_STORE_DRAFTS_H
#define TAMIS_STORE_DRAFTS_H

#include "store/store.h"

struct draft {
	int64_t run;
	int64_t number;         /* of the run's drafts of this annotator, from 1 */
	int64_t steps;          /* it has so far */
};

/* The latest draft of `run` by the workspace's annotator, and its steps in order; one without steps (number 1) when there is none.
 * `take` returns 0, or a negative code that ends the reading. */
typedef int (*draft_fn)(void *ctx, struct span step, struct error *err);
int store_draft_read(struct store *s, struct draft *out, int64_t run, draft_fn take, void *ctx, struct error *err);

/* Appends a step.  TAMIS_ECHANGED when another session has gone on with the draft. */
int store_draft_append(struct store *s, struct draft *d, struct span step, struct error *err);

#endif
