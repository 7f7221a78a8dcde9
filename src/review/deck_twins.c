/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Repeated texts of a queue.  A verdict belongs to a text, so it is one of all positions where this text stands.  Which these are
 * is found in two passes: bits tell the few keys that may be there twice, only these are kept and sorted. */
#include "review/deck_inside.h"

#include <stdlib.h>

#define BITS_EACH 16 /* so one key in sixteen, at most, is kept for nothing until it is sorted */

uint64_t deck_half(const struct hash128 *key)
{
	uint64_t half;

	memcpy(&half, key->b, sizeof half);
	return half;
}

void deck_add_verdict(struct deck *d, uint8_t v)
{
	vec_push(&d->verdicts, v);
	d->counts[v]++;
	d->undecided += v == VERDICT_NONE;
}

static int by_half(const void *x, const void *y)
{
	const struct deck_twin *a = x, *b = y;

	if (a->half != b->half)
		return a->half < b->half ? -1 : 1;
	return a->at < b->at ? -1 : a->at > b->at;
}

/* The keys that may be there twice. */
static void find_suspects(const struct deck *d, struct map64 *suspects)
{
	size_t n_bits = d->halves.n * BITS_EACH + 64;
	uint64_t *seen = xcalloc(n_bits / 64 + 1, sizeof *seen);
	bool made;

	vec_each(&d->halves, i) {
		size_t bit = (size_t)(d->halves.v[i] % n_bits);
		uint64_t mask = (uint64_t)1 << bit % 64;

		if (seen[bit / 64] & mask)
			*map64_at(suspects, d->halves.v[i], &made) = 1;
		seen[bit / 64] |= mask;
	}
	free(seen);
}

/* Sorts, and drops keys that are there once. */
static void keep_repeated(struct deck *d)
{
	size_t keep = 0, end;

	qsort(d->twins.v, d->twins.n, sizeof *d->twins.v, by_half);
	for (size_t i = 0; i < d->twins.n; i = end) {
		for (end = i; end < d->twins.n && d->twins.v[end].half == d->twins.v[i].half; end++)
			continue;
		for (size_t k = i; end - i > 1 && k < end; k++)
			d->twins.v[keep++] = d->twins.v[k];
	}
	d->twins.n = keep;
}

/* Everything anew from the verdicts by position. */
static void count(struct deck *d)
{
	memset(d->counts, 0, sizeof d->counts);
	d->undecided = 0;
	vec_each(&d->verdicts, i) {
		d->counts[d->verdicts.v[i]]++;
		d->undecided += d->verdicts.v[i] == VERDICT_NONE;
	}
	for (size_t i = 1; i < d->twins.n; i++)
		if (d->twins.v[i].half == d->twins.v[i - 1].half && d->twins.v[i].at < d->verdicts.n)
			d->counts[d->verdicts.v[d->twins.v[i].at]]--;
}

void deck_find_twins(struct deck *d)
{
	struct map64 suspects = { 0 };

	if (d->twins_of != d->halves.n) {
		vec_clear(&d->twins);
		find_suspects(d, &suspects);
		for (size_t i = 0; suspects.n > 0 && i < d->halves.n; i++)
			if (map64_find(&suspects, d->halves.v[i]))
				vec_push(&d->twins, ((struct deck_twin){ d->halves.v[i], i }));
		if (d->twins.n > 0)
			keep_repeated(d);
		d->twins_of = d->halves.n;
	}
	map64_free(&suspects);
	count(d);
}

/* The first of the positions with this key among the repeated ones; twins.n when it is not repeated. */
static size_t first_twin(const struct deck *d, const struct hash128 *key)
{
	uint64_t half = deck_half(key);
	size_t low = 0, high = d->twins.n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (d->twins.v[middle].half < half)
			low = middle + 1;
		else
			high = middle;
	}
	return low < d->twins.n && d->twins.v[low].half == half ? low : d->twins.n;
}

static void set_one(struct deck *d, size_t at, enum verdict v, bool counts)
{
	uint8_t *now = &d->verdicts.v[at];

	if (counts) {
		d->counts[*now]--;
		d->counts[v]++;
	}
	d->undecided += (size_t)(v == VERDICT_NONE) - (size_t)(*now == VERDICT_NONE);
	*now = (uint8_t)v;
}

void deck_set_verdict(struct deck *d, size_t at, const struct hash128 *key, enum verdict v)
{
	size_t first = first_twin(d, key);
	bool among = false;

	if (at >= d->verdicts.n || (unsigned)v > VERDICT_FLAG)
		return;
	for (size_t i = first; i < d->twins.n && d->twins.v[i].half == d->twins.v[first].half; i++) {
		among = among || d->twins.v[i].at == at;
		if (d->twins.v[i].at < d->verdicts.n)
			set_one(d, d->twins.v[i].at, v, i == first);
	}
	if (!among)
		set_one(d, at, v, true);
}

size_t deck_after_twins(const struct deck *d, size_t at, const struct hash128 *key)
{
	size_t i = first_twin(d, key);

	at++;
	for (; i < d->twins.n && d->twins.v[i].half == deck_half(key); i++)
		if (d->twins.v[i].at == at && deck_verdict(d, at) != VERDICT_NONE)
			at++;
	return at;
}
