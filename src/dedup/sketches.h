/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The sketches of all documents: `fact` in memory (88 bytes a document), the slots (512 bytes) in memory or in a file.
 *
 * Saved, it is an index that later runs start from.  The file says how it was made (magic, versions, shingle, scheme, K) and is refused
 * when this is not how the run would make it.  Each row carries the key its document had, so that a run finds the
 * sketches of texts it has seen, wherever they stand now.
 */
#ifndef TAMIS_DEDUP_SKETCHES_H
#define TAMIS_DEDUP_SKETCHES_H

#include "base/map.h"
#include "dedup/sketch.h"

struct sketches {
	struct shingle_spec spec;
	enum minhash_scheme scheme;
	size_t n;
	struct sketch *fact;
	uint32_t *slots;      /* NULL when they are in `fd` */
	int fd;
	uint64_t base;        /* where slots start in `fd` */
};

int sketches_init(struct sketches *s, size_t n, struct shingle_spec spec, enum minhash_scheme scheme, bool in_memory,
		  struct error *err);
void sketches_free(struct sketches *s);
/* Different documents from different threads. */
int sketches_put(struct sketches *s, size_t doc, const uint32_t slots[SKETCH_K], struct error *err);
/* The slots of `doc`: a pointer into memory, or into `room` when they had to be read; NULL with `err` when they can't be. */
const uint32_t *sketches_get(const struct sketches *s, size_t doc, uint32_t room[SKETCH_K], struct error *err);

/* `key` has one row a document. */
int sketches_save(const struct sketches *s, const struct hash128 *key, const char *path, struct error *err);
/* Opens an index: facts and keys are read, slots stay in the file.  `*key` is owned by the caller.  TAMIS_EPARSE when it is no index, is
 * cut short or damaged; TAMIS_EUNSUPPORTED when it was made otherwise. */
int sketches_load(struct sketches *s, struct hash128 **key, const char *path, struct shingle_spec spec,
		  enum minhash_scheme scheme, struct error *err);
/* The same whatever spec and scheme it was made with. */
int sketches_load_any(struct sketches *s, struct hash128 **key, const char *path, struct error *err);

#endif
