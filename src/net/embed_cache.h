/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The cache of embeddings: a file of "TAMISEMB", dimensions, then hash and numbers, one after the other; only appended to.  A
 * torn last row is dropped at the next opening.  Private to src/net.
 */
#ifndef TAMIS_NET_EMBED_CACHE_H
#define TAMIS_NET_EMBED_CACHE_H

#include "base/error.h"
#include "base/map.h"

struct embed_cache {
	int fd;                   /* -1: no cache */
	uint32_t dimensions;      /* 0: empty */
	struct map128 rows;       /* text hash -> row + 1 */
	uint64_t n;
};

int embed_cache_open(struct embed_cache *c, const char *path, struct error *err);
void embed_cache_close(struct embed_cache *c);
/* Reads the row into `out` (c->dimensions numbers); false when it is not there. */
bool embed_cache_get(const struct embed_cache *c, const struct hash128 *key, float *out);
int embed_cache_put(struct embed_cache *c, const struct hash128 *key, const float *row, uint32_t dimensions, struct error *err);

#endif
