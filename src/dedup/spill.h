/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Records in partitions, in memory up to a limit and in one nameless temporary file beyond it ($TMPDIR, else /tmp).
 * What comes out of a partition is the same set of records either way, in no particular order: sort it.
 */
#ifndef TAMIS_DEDUP_SPILL_H
#define TAMIS_DEDUP_SPILL_H

#include <pthread.h>
#include <stdint.h>

#include "base/error.h"
#include "base/vec.h"

struct spill_part;

struct spill {
	size_t record;             /* bytes of one */
	unsigned parts;
	struct spill_part *part;
	size_t held, limit;        /* bytes in memory; 0: no limit */
	int fd;                    /* -1 until something is written out */
	uint64_t end;
	uint64_t total;            /* records */
	pthread_mutex_t lock;
};

void spill_init(struct spill *s, size_t record, unsigned parts, size_t limit);
void spill_free(struct spill *s);
/* Appends `n` records to partition `p`; from any thread.  TAMIS_EIO when the temporary file can't be written. */
int spill_add(struct spill *s, unsigned p, const void *records, size_t n, struct error *err);
uint64_t spill_count(const struct spill *s, unsigned p);
/* Takes a partition's records out (the caller frees); different partitions from different threads. */
int spill_take(struct spill *s, unsigned p, void **records, size_t *n, struct error *err);

#endif
