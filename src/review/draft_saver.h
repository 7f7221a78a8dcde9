/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Keeps the text that is being typed: whatever ends the program, it is there when the field is edited again (store/drafts.h).
 * A thread of its own writes, so no key waits for the disk or for another process; of several changes of one field while it
 * writes only the newest is written.
 */
#ifndef TAMIS_REVIEW_DRAFT_SAVER_H
#define TAMIS_REVIEW_DRAFT_SAVER_H

#include "store/drafts.h"

struct draft_saver;
struct draft_saver *draft_saver_new(struct workspace *w);
void draft_saver_free(struct draft_saver *s); /* writes what is left */

/* The field's text as it is now; `base`: of the saved text it was begun from. */
void draft_saver_keep(struct draft_saver *s, const struct hash128 *key, enum role role, const struct hash128 *base, struct span text);
void draft_saver_drop(struct draft_saver *s, const struct hash128 *key, enum role role);
/* As store_text_draft_get() on the calling thread's `store`, with what is still to be written. */
int draft_saver_find(struct draft_saver *s, struct store *store, struct text_draft *out, struct buf *text, const struct hash128 *key,
		     enum role role, struct error *err);
/* 0, or once the code and sentence of a draft that could not be written. */
int draft_saver_trouble(struct draft_saver *s, struct error *err);

#endif
