/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The cache of embeddings: a file of "TAMISEMB", dimensions, then hash and numbers, one after the other; only appended to, by any
 * number of processes.  A torn last row is written over by the next.  Private to src/net.
 */
#ifndef TAMIS_NET_EMBED_CACHE_H
#define TAMIS_NET_EMBED_CACHE_H

#include "base/error.h"
#include "base/map.h"

enum { EMBED_CACHE_HEADER = 12, EMBED_CACHE_KEY = 16 };

struct embed_cache {
	int fd;                   /* -1: no cache */
	uint32_t dimensions;      /* 0: empty */
	struct map128 rows;       /* text hash -> row + 1 */
	uint64_t n;               /* rows in the file, as far as is known */
};

int embed_cache_open(struct embed_cache *c, const char *path, struct error *err);
void embed_cache_close(struct embed_cache *c);
/* The row of the file; -1 when it is not there. */
int64_t embed_cache_find(const struct embed_cache *c, const struct hash128 *key);
/* Reads the row into `out` (c->dimensions numbers); false when it is not there. */
bool embed_cache_get(const struct embed_cache *c, const struct hash128 *key, float *out);
/* Returns when the system has it: what was put survives the process. */
int embed_cache_put(struct embed_cache *c, const struct hash128 *key, const float *row, uint32_t dimensions, struct error *err);
uint64_t embed_cache_stride(const struct embed_cache *c);

#endif
