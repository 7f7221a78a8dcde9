/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The alignment behind `mine --align`.  Private to jobs/mine*.c.
 */
#ifndef TAMIS_JOBS_MINE_ALIGN_H
#define TAMIS_JOBS_MINE_ALIGN_H

#include "jobs/mine.h"

/* Aligns the piles of `w`, its lexicon read.  Where a side has several documents (records of one sentence each are the lines of one),
 * they are paired by content first and the target's sentences are put in the order of the source's documents; what has no partner is
 * left out, bead by bead. */
int mine_align(struct mine_work *w, const struct mine_wish *wish, struct job *job, struct error *err);

#endif
