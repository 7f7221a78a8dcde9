/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Hash maps, open addressing with linear probing, growing at 3/4 full.
 *
 * map64: 64-bit key -> 64-bit value, for keys that are already well mixed or small integers (mixed inside).
 * map128: 128-bit key (a hash) -> 64-bit value.
 * mapstr: byte string -> 64-bit value; keys are copied into the map's arena.
 * A zeroed map is valid and empty.  Not thread-safe.  Iterate with map*_next from position 0.
 */
#ifndef TAMIS_BASE_MAP_H
#define TAMIS_BASE_MAP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/hash.h"

struct map64 {
	struct map64_slot *slots;
	size_t n;
	size_t cap;
};

/* Pointer to the value of `key`, made (value 0) if absent; valid until the next insertion. */
uint64_t *map64_at(struct map64 *m, uint64_t key, bool *made);
uint64_t *map64_find(const struct map64 *m, uint64_t key); /* NULL when absent */
bool map64_remove(struct map64 *m, uint64_t key);
/* Walks: `*pos` starts at 0; false at the end.  Order is unspecified. */
bool map64_next(const struct map64 *m, size_t *pos, uint64_t *key, uint64_t *value);
void map64_free(struct map64 *m);

struct map128 {
	struct map128_slot *slots;
	size_t n;
	size_t cap;
};

uint64_t *map128_at(struct map128 *m, const struct hash128 *key, bool *made);
uint64_t *map128_find(const struct map128 *m, const struct hash128 *key);
bool map128_remove(struct map128 *m, const struct hash128 *key);
bool map128_next(const struct map128 *m, size_t *pos, struct hash128 *key, uint64_t *value);
void map128_free(struct map128 *m);

struct mapstr {
	struct mapstr_slot *slots;
	size_t n;
	size_t cap;
	struct arena keys;
};

uint64_t *mapstr_at(struct mapstr *m, struct span key, bool *made);
uint64_t *mapstr_find(const struct mapstr *m, struct span key);
bool mapstr_next(const struct mapstr *m, size_t *pos, struct span *key, uint64_t *value);
void mapstr_free(struct mapstr *m);

#endif
