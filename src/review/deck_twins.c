/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Repeated texts of a queue.  A verdict belongs to a text, so it is one of all positions where this text stands.  Which these are
 * is found in two passes over the index: a Bloom filter tells the few keys that may be there twice, only these are kept and sorted. */
#include "review/deck_inside.h"

#include <stdlib.h>

#define CHANGES_MAX 100000 /* positions remembered for deck_take_changes() */
#define BITS_EACH 8
#define BITS_SET 3   /* of them for each key, so that one key in some fifty is taken for one that was there before */

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

/* Half the key of the i-th of those that are looked through. */
static int half_at(struct deck *d, const uint64_t *pairs, const uint64_t *halves, size_t i, uint64_t *half, struct error *err)
{
	struct deck_mark mark;
	int rc = 0;

	if (halves) {
		*half = halves[i];
		return 0;
	}
	rc = deck_mark_place(d, pairs ? (uint32_t)pairs[i] : i, &mark, err);
	if (rc == 0)
		*half = deck_half(&mark.key);
	return rc;
}

/* Puts a key in; true when it may have been there. */
static bool bloom_add(uint64_t *bits, size_t n_bits, uint64_t half)
{
	uint64_t step = hash_mix64(half);
	bool there = true;

	for (unsigned i = 0; i < BITS_SET; i++, half += step) {
		size_t bit = (size_t)(half % n_bits);
		uint64_t mask = (uint64_t)1 << bit % 64;

		there = there && (bits[bit / 64] & mask);
		bits[bit / 64] |= mask;
	}
	return there;
}

/* The keys that may be there twice. */
static int find_suspects(struct deck *d, struct map64 *suspects, const uint64_t *pairs, const uint64_t *halves, size_t n,
			 struct error *err)
{
	size_t n_bits = n * BITS_EACH + 64;
	uint64_t *bits = xcalloc(n_bits / 64 + 1, sizeof *bits), half = 0;
	bool made;
	int rc = 0;

	for (size_t i = 0; i < n && rc == 0; i++) {
		rc = half_at(d, pairs, halves, i, &half, err);
		if (rc == 0 && bloom_add(bits, n_bits, half))
			*map64_at(suspects, half, &made) = 1;
	}
	free(bits);
	return rc;
}

/* Sorts, and drops keys that are there once. */
static void keep_repeated(struct deck *d)
{
	size_t keep = 0, end;

	if (d->twins.n > 0)
		qsort(d->twins.v, d->twins.n, sizeof *d->twins.v, by_half);
	for (size_t i = 0; i < d->twins.n; i = end) {
		for (end = i; end < d->twins.n && d->twins.v[end].half == d->twins.v[i].half; end++)
			continue;
		for (size_t k = i; end - i > 1 && k < end; k++)
			d->twins.v[keep++] = d->twins.v[k];
	}
	d->twins.n = keep;
}

void deck_count_verdicts(struct deck *d)
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

int deck_find_twins(struct deck *d, const uint64_t *pairs, const uint64_t *halves, size_t n, struct error *err)
{
	struct map64 suspects = { 0 };
	uint64_t half;
	int rc = find_suspects(d, &suspects, pairs, halves, n, err);

	vec_clear(&d->twins);
	for (size_t i = 0; suspects.n > 0 && i < n && rc == 0; i++) {
		rc = half_at(d, pairs, halves, i, &half, err);
		if (rc == 0 && map64_find(&suspects, half))
			vec_push(&d->twins, ((struct deck_twin){ half, pairs ? (uint32_t)pairs[i] : i }));
	}
	map64_free(&suspects);
	keep_repeated(d);
	d->twins_of = n;
	return rc;
}

static int by_place(const void *x, const void *y)
{
	const struct deck_twin *a = x, *b = y;

	return a->at < b->at ? -1 : a->at > b->at;
}

/* Positions for places; what a sample has left out is gone. */
static void to_positions(struct deck *d)
{
	VEC(struct deck_twin) found = { 0 };

	if (d->twins.n > 0)
		qsort(d->twins.v, d->twins.n, sizeof *d->twins.v, by_place);
	for (size_t i = 0; d->twins.n > 0 && i < d->n_order; i++) {
		struct deck_twin wanted = { 0, d->order[i] }, *twin;

		twin = bsearch(&wanted, d->twins.v, d->twins.n, sizeof *d->twins.v, by_place);
		if (twin)
			vec_push(&found, ((struct deck_twin){ twin->half, i }));
	}
	vec_free(&d->twins);
	d->twins.v = found.v;
	d->twins.n = found.n;
	d->twins.cap = found.cap;
	keep_repeated(d);
}

void deck_place_twins(struct deck *d)
{
	if (d->order)
		to_positions(d);
	deck_count_verdicts(d);
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
	if (*now != (uint8_t)v && d->changed.n < CHANGES_MAX)
		vec_push(&d->changed, at);
	else if (*now != (uint8_t)v)
		d->all_changed = true;
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

bool deck_take_changes(struct deck *d, size_t **positions, size_t *n)
{
	bool few = !d->all_changed;

	*positions = d->changed.v;
	*n = d->changed.n;
	d->changed.v = NULL;
	d->changed.n = d->changed.cap = 0;
	d->all_changed = false;
	return few;
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
