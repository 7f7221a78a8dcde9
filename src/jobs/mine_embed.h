/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Embeddings of two piles: rows of files, or fetched from an endpoint.  Private to jobs/mine*.c.
 */
#ifndef TAMIS_JOBS_MINE_EMBED_H
#define TAMIS_JOBS_MINE_EMBED_H

#include "jobs/mine.h"

/* A row a sentence, normalised; in memory when both fit half of the memory allowed, else in their files.  Freed by the caller,
 * whatever is returned. */
int mine_vectors_load(struct vectors *x, struct vectors *y, struct mine_work *w, const struct mine_wish *wish,
		      struct job *job, struct error *err);
/* Of w->vectors. */
void mine_vectors_free(struct mine_work *w);

#endif
