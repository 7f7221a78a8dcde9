/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A JSON Lines file as a source of texts for the deduplication benchmarks: the member "text" of each line.
 */
#ifndef BENCH_DEDUP_LINES_H
#define BENCH_DEDUP_LINES_H

#include "base/vec.h"
#include "dedup/source.h"

struct lines {
	int fd;
	VEC(uint64_t) start; /* one more than there are lines */
};

int lines_open(struct lines *l, const char *path, struct error *err);
void lines_source(struct dedup_source *out, struct lines *l);

#endif
