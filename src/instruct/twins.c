/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "instruct/twins.h"

#include <stdlib.h>

#include "base/hash.h"
#include "base/map.h"

#define KEYS 16u      /* smallest hashes segments are looked up by */
#define LOOKED 2000u  /* segments looked at behind one key: what all pages of a site share */

struct link {
	uint32_t segment;
	uint64_t before; /* 1 + its place in `links`, 0 at the end */
};

struct twins {
	VEC(struct twin_sketch) kept;
	VEC(struct link) links;
	VEC(uint32_t) looked;  /* 1 + the segment that looked at this one last */
	struct map64 by_hash;  /* hash -> 1 + its latest link */
	uint32_t asked;
};

struct twins *twins_new(void)
{
	return xcalloc(1, sizeof(struct twins));
}

void twins_free(struct twins *t)
{
	if (t == NULL)
		return;
	vec_free(&t->kept);
	vec_free(&t->links);
	vec_free(&t->looked);
	map64_free(&t->by_hash);
	free(t);
}

/* Puts a hash into the sorted ones, of which the largest falls out when they are full. */
static void insert(struct twin_sketch *s, uint32_t hash)
{
	uint32_t low = 0, high = s->n;

	if (s->n == TWINS_SKETCH && hash >= s->hash[s->n - 1])
		return;
	while (low < high) {
		uint32_t mid = (low + high) / 2;

		if (s->hash[mid] < hash)
			low = mid + 1;
		else
			high = mid;
	}
	if (low < s->n && s->hash[low] == hash)
		return;
	s->n += s->n < TWINS_SKETCH;
	memmove(s->hash + low + 1, s->hash + low, (s->n - 1 - low) * sizeof *s->hash);
	s->hash[low] = hash;
}

void twin_sketch(struct twin_sketch *out, const struct term_list *terms)
{
	uint64_t before = 0;

	out->n = 0;
	vec_each(&terms->terms, i) {
		const struct term *t = &terms->terms.v[i];

		if (!t->content)
			continue;
		insert(out, (uint32_t)(hash_mix64(before * 31 + t->id) >> 32));
		before = t->id;
	}
}

double twin_likeness(const struct twin_sketch *a, const struct twin_sketch *b)
{
	/* A sketch that is not full is its whole set; else only the smallest of the union are known of both. */
	uint32_t most = a->n == TWINS_SKETCH || b->n == TWINS_SKETCH ? TWINS_SKETCH : 2 * TWINS_SKETCH;
	uint32_t all = 0, both = 0;

	for (uint32_t i = 0, k = 0; all < most && (i < a->n || k < b->n); all++) {
		bool left = k == b->n || (i < a->n && a->hash[i] <= b->hash[k]), right = i == a->n || (k < b->n && b->hash[k] <= a->hash[i]);

		both += left && right;
		i += left;
		k += right;
	}
	return a->n && b->n ? (double)both / (double)all : 0;
}

/* The likest behind one key. */
static void look(struct twins *t, const struct twin_sketch *s, uint32_t key, double *best, uint32_t *which)
{
	const uint64_t *first = map64_find(&t->by_hash, key);
	unsigned looked = 0;

	for (uint64_t at = first ? *first : 0; at && looked < LOOKED; at = t->links.v[at - 1].before, looked++) {
		uint32_t other = t->links.v[at - 1].segment;
		double like;

		if (t->looked.v[other] == t->asked)
			continue;
		t->looked.v[other] = t->asked;
		like = twin_likeness(s, &t->kept.v[other]);
		if (like > *best || (like == *best && like > 0 && other < *which)) {
			*best = like;
			*which = other;
		}
	}
}

double twins_add(struct twins *t, const struct twin_sketch *s, double most, uint32_t *which)
{
	double best = 0;
	uint32_t likest = UINT32_MAX;

	t->asked++;
	for (uint32_t i = 0; i < s->n && i < KEYS; i++)
		look(t, s, s->hash[i], &best, &likest);
	if (which)
		*which = likest;
	if (best > most)
		return best;
	for (uint32_t i = 0; i < s->n && i < KEYS; i++) {
		uint64_t *first = map64_at(&t->by_hash, s->hash[i], NULL);

		vec_push(&t->links, (struct link){ (uint32_t)t->kept.n, *first });
		*first = t->links.n;
	}
	vec_push(&t->kept, *s);
	vec_push(&t->looked, 0);
	return best;
}
