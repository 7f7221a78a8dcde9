/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Numbers as people read them.
 */
#ifndef TAMIS_UI_WORDS_H
#define TAMIS_UI_WORDS_H

#include "base/words.h"
#include "jobs/job.h"

void words_bytes(char out[32], uint64_t n);           /* "3.2 GB" (powers of 1000) */
void words_duration(char out[32], int64_t us);        /* "0:07", "1:02:03" */
int words_percent(uint64_t done, uint64_t total);     /* 0-100; 0 when total is 0 */
/* "importing crawl.jsonl  43%  310 MB/s  0:03 left"; `now` in steady microseconds. */
void words_job(struct buf *out, const struct job_snapshot *job, int64_t now, bool title);
uint64_t words_memory(void);                          /* resident bytes of this process */

#endif
