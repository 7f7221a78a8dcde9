/* SPDX-License-Identifier: GPL-3.0-or-later */
/* American flag sort: each number goes to its bucket by swapping it with the one that is there. */
#include "base/sort.h"

#include <math.h>
#include <string.h>

#include "base/error.h"

#define BUCKETS 256
#define FEW 24 /* sorted by insertion */

static void sort_few(uint64_t *v, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		uint64_t x = v[i];
		size_t at = i;

		for (; at > 0 && v[at - 1] > x; at--)
			v[at] = v[at - 1];
		v[at] = x;
	}
}

static void fill_bucket(uint64_t *v, size_t b, size_t *next, size_t end, unsigned shift)
{
	while (next[b] < end) {
		uint64_t x = v[next[b]];
		size_t to;

		while ((to = x >> shift & (BUCKETS - 1)) != b) {
			uint64_t other = v[next[to]];

			v[next[to]++] = x;
			x = other;
		}
		v[next[b]++] = x;
	}
}

static void sort_level(uint64_t *v, size_t n, unsigned shift)
{
	size_t end[BUCKETS] = { 0 }, next[BUCKETS], begin = 0;

	if (n <= FEW) {
		sort_few(v, n);
		return;
	}
	for (size_t i = 0; i < n; i++)
		end[v[i] >> shift & (BUCKETS - 1)]++;
	for (size_t b = 0; b < BUCKETS; b++) {
		next[b] = begin;
		begin = end[b] += begin;
	}
	for (size_t b = 0; b < BUCKETS; b++)
		fill_bucket(v, b, next, end[b], shift);
	for (size_t b = 0; shift > 0 && b < BUCKETS; b++) {
		begin = b ? end[b - 1] : 0;
		sort_level(v + begin, end[b] - begin, shift - 8);
	}
}

void sort_u64_in_place(uint64_t *v, size_t n)
{
	sort_level(v, n, 56);
}

uint32_t *sort_pairs_to_places(uint64_t *pairs, size_t n)
{
	char *bytes = (char *)pairs; /* one memory under two types: copied by bytes */

	for (size_t i = 0; i < n; i++) {
		uint32_t place = (uint32_t)pairs[i];

		memcpy(bytes + i * sizeof place, &place, sizeof place);
	}
	return xrealloc(pairs, n ? n * sizeof(uint32_t) : 1);
}

uint32_t sort_by_float(float value)
{
	uint32_t bits;

	if (isnan(value))
		return UINT32_MAX;
	memcpy(&bits, &value, sizeof bits);
	return bits >> 31 ? ~bits : bits | 1u << 31;
}

bool sorted_u64_has(const uint64_t *v, size_t n, uint64_t key)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (v[middle] < key)
			low = middle + 1;
		else
			high = middle;
	}
	return low < n && v[low] == key;
}
