/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Radix sorts for the engine's two record types, least significant digit first, eight bits a pass; passes in which all
 * digits are equal are skipped.  Partition first when the data is larger than the cache.
 */
#ifndef TAMIS_DEDUP_SORT_H
#define TAMIS_DEDUP_SORT_H

#include <stddef.h>
#include <stdint.h>

/* Ascending. */
void sort_u64(uint64_t *v, size_t n);
/* Removes repeats of a sorted array; returns what is left. */
size_t sort_unique_u64(uint64_t *v, size_t n);

/* A document under a key: what buckets are made of. */
struct keyed {
	uint64_t key;
	uint32_t doc;
	uint32_t size; /* shingles */
};

/* By key, then size, then doc. */
void sort_keyed(struct keyed *v, size_t n);

#endif
