/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a corpus view is made of.  Private to store/.
 */
#ifndef TAMIS_STORE_VIEW_H
#define TAMIS_STORE_VIEW_H

#include "store/internal.h"

/* Sources of one corpus mostly share their shape; it is large, so it is kept once. */
struct view_shape {
	struct shape shape;
	bool in_place;
};

struct view_chunk {
	uint32_t n;
	uint32_t cap;
	uint64_t place[];
};

struct view_source {
	int64_t id;
	uint64_t base; /* number of its first record in the corpus */
	uint64_t n;
	struct view_chunk **chunks; /* NULL where not loaded */
	size_t n_chunks;
	struct map64 longs; /* record number -> exact length, of records appended here */
	char *path;
	char *companion;
	const struct view_shape *shape;
	enum source_state state;
	uint64_t size;
	int64_t mtime_ns;
	uint64_t inode;
	struct hash128 head;
	uint64_t rejected;
	struct source *whole; /* made when asked for */
};

struct corpus_view {
	atomic_uint owners;
	int64_t corpus;
	atomic_bool indexing;
	_Atomic uint64_t count;
	pthread_rwlock_t lock;
	VEC(struct view_source *) sources; /* by id */
	VEC(struct source *) retired;      /* handed out before their source was indexed anew */
	VEC(struct view_shape *) shapes;
	struct mapstr shape_index;
};

/* Under the lock. */
struct view_source *view_source_by_id(const struct corpus_view *v, int64_t id);
struct view_source *view_source_by_index(const struct corpus_view *v, uint64_t i, uint64_t *number);

#endif
