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

/* ---- texts ---- */

/* A text of an item that the workspace's annotator has changed and not saved. */
struct text_draft {
	int64_t at_ms;          /* when it was written */
	struct hash128 base;    /* of the saved text it was begun from */
};

/* In place of the one that was there.  A killed process loses nothing of it; the disk is not waited for, so that it can be written
 * while somebody types. */
int store_text_draft_put(struct store *s, const struct hash128 *key, enum role role, const struct hash128 *base, struct span text,
			 struct error *err);
/* 1 and the text (appended), 0 when there is none. */
int store_text_draft_get(struct store *s, struct text_draft *out, struct buf *text, const struct hash128 *key, enum role role,
			 struct error *err);
int store_text_draft_remove(struct store *s, const struct hash128 *key, enum role role, struct error *err);

#endif
