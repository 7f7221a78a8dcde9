/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Radix sorts. */
#include "dedup/sort.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

#define SMALL 64

/* Turns counts into starts; false when one digit has them all. */
static bool starts_of(size_t count[256], size_t n)
{
	size_t at = 0;

	for (unsigned d = 0; d < 256; d++) {
		size_t c = count[d];

		if (c == n)
			return false;
		count[d] = at;
		at += c;
	}
	return true;
}

static int compare_u64(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

void sort_u64(uint64_t *v, size_t n)
{
	uint64_t *from = v, *other, *to;

	if (n <= SMALL) {
		if (n > 1)
			qsort(v, n, sizeof *v, compare_u64);
		return;
	}
	other = to = xreallocarray(NULL, n, sizeof *v);
	for (unsigned shift = 0; shift < 64; shift += 8) {
		size_t count[256] = { 0 };
		uint64_t *t;

		for (size_t i = 0; i < n; i++)
			count[from[i] >> shift & 255]++;
		if (!starts_of(count, n))
			continue;
		for (size_t i = 0; i < n; i++)
			to[count[from[i] >> shift & 255]++] = from[i];
		t = from;
		from = to;
		to = t;
	}
	if (from != v)
		memcpy(v, from, n * sizeof *v);
	free(other);
}

size_t sort_unique_u64(uint64_t *v, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++)
		if (kept == 0 || v[i] != v[kept - 1])
			v[kept++] = v[i];
	return kept;
}

static int compare_keyed(const void *a, const void *b)
{
	const struct keyed *x = a, *y = b;

	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	if (x->size != y->size)
		return x->size < y->size ? -1 : 1;
	return (x->doc > y->doc) - (x->doc < y->doc);
}

/* One pass by the byte of `key` at `shift`; false when there was nothing to do. */
static bool keyed_pass(struct keyed *to, const struct keyed *from, size_t n, unsigned shift)
{
	size_t count[256] = { 0 };

	for (size_t i = 0; i < n; i++)
		count[from[i].key >> shift & 255]++;
	if (!starts_of(count, n))
		return false;
	for (size_t i = 0; i < n; i++)
		to[count[from[i].key >> shift & 255]++] = from[i];
	return true;
}

/* The upper bytes suffice to bring nearly all equal keys together; groups of one prefix are then sorted for good. */
void sort_keyed(struct keyed *v, size_t n)
{
	struct keyed *from = v, *other, *to;

	if (n <= SMALL) {
		if (n > 1)
			qsort(v, n, sizeof *v, compare_keyed);
		return;
	}
	other = to = xreallocarray(NULL, n, sizeof *v);
	for (unsigned shift = 24; shift < 64; shift += 8) {
		if (!keyed_pass(to, from, n, shift))
			continue;
		struct keyed *t = from;

		from = to;
		to = t;
	}
	if (from != v)
		memcpy(v, from, n * sizeof *v);
	free(other);
	for (size_t i = 0, j; i < n; i = j) {
		for (j = i + 1; j < n && v[j].key >> 24 == v[i].key >> 24; j++)
			;
		if (j - i > 1)
			qsort(v + i, j - i, sizeof *v, compare_keyed);
	}
}
