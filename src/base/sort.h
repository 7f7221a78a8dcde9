/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Sorting without a second array, for lists as long as a corpus.
 */
#ifndef TAMIS_BASE_SORT_H
#define TAMIS_BASE_SORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Ascending.  Radix exchange by bytes, the highest first: linear, in place, 40 KiB of stack at most (McIlroy, Bostic and McIlroy,
 * "Engineering Radix Sort", Computing Systems 6(1), 1993: the American flag sort). */
void sort_u64_in_place(uint64_t *v, size_t n);
/* Whether rising numbers hold `key`. */
bool sorted_u64_has(const uint64_t *v, size_t n, uint64_t key);

/* A number to sort by, and what it belongs to: ties keep the order of `place`. */
static inline uint64_t sort_pair(uint32_t by, uint32_t place)
{
	return (uint64_t)by << 32 | place;
}

/* Keeps only the places of `n` sorted pairs, in the same memory, which is given up by half.  The result takes the pairs' place: free it. */
uint32_t *sort_pairs_to_places(uint64_t *pairs, size_t n);

/* A float as a number that sorts the same (NaN after everything). */
uint32_t sort_by_float(float value);

#endif
