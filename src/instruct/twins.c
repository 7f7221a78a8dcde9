/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "instruct/twins.h"

#include <stdlib.h>

#include "base/hash.h"
#include "base/map.h"

#define KEYS 24u   /* smallest hashes segments are looked up by */
#define MARKS 512u /* words of 64 bits that tell which hashes a segment has, nearly */
#define LOOKED 256u /* segments compared with one, the rarest keys first: what all pages of a site share says little */

struct link {
	uint32_t segment;
	uint32_t length; /* of the chain it begins */
	uint64_t before; /* 1 + its place in `links`, 0 at the end */
};

struct twins {
	VEC(struct twin_sketch) kept;
	VEC(struct link) links;
	VEC(uint32_t) looked;  /* 1 + the segment that looked at this one last */
	struct map64 by_hash;  /* hash -> 1 + its latest link */
	uint32_t asked;
	uint64_t marks[MARKS]; /* of the segment asked about; empty between two */
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

/* The likeness; or, when it turns out to be less than `least`, something less. */
static double likeness_from(const struct twin_sketch *a, const struct twin_sketch *b, double least)
{
	/* A sketch that is not full is its whole set; else only the smallest of the union are known of both. */
	bool full = a->n == TWINS_SKETCH || b->n == TWINS_SKETCH;
	uint32_t most = full ? TWINS_SKETCH : 2 * TWINS_SKETCH, all = 0, both = 0;

	for (uint32_t i = 0, k = 0; all < most && (i < a->n || k < b->n); all++) {
		bool left = k == b->n || (i < a->n && a->hash[i] <= b->hash[k]), right = i == a->n || (k < b->n && b->hash[k] <= a->hash[i]);

		both += left && right;
		i += left;
		k += right;
		if (full && (double)(both + most - all - 1) / (double)most < least)
			return 0;
	}
	return a->n && b->n ? (double)both / (double)all : 0;
}

double twin_likeness(const struct twin_sketch *a, const struct twin_sketch *b)
{
	return likeness_from(a, b, 0);
}

static void mark(struct twins *t, const struct twin_sketch *s)
{
	for (uint32_t i = 0; i < s->n; i++)
		t->marks[s->hash[i] / 64 % MARKS] |= UINT64_C(1) << s->hash[i] % 64;
}

static void unmark(struct twins *t, const struct twin_sketch *s)
{
	for (uint32_t i = 0; i < s->n; i++)
		t->marks[s->hash[i] / 64 % MARKS] = 0;
}

/* No less than the likeness of the segment marked, which has `n` hashes: what is not marked is not shared. */
static double likeness_at_most(const struct twins *t, uint32_t n, const struct twin_sketch *other)
{
	uint32_t shared = 0, least = n < other->n ? n : other->n, all = TWINS_SKETCH;

	for (uint32_t i = 0; i < other->n; i++)
		shared += t->marks[other->hash[i] / 64 % MARKS] >> other->hash[i] % 64 & 1;
	shared = shared < least ? shared : least;
	if (n < TWINS_SKETCH && other->n < TWINS_SKETCH)
		all = n + other->n - shared;
	return all ? (double)shared / (double)all : 0;
}

/* One key of a segment and the chain of those kept under it. */
struct chain {
	uint64_t first; /* 1 + a link, 0 for none */
	uint32_t length;
};

/* The chains of the segment's keys, the shortest first. */
static uint32_t read_chains(const struct twins *t, const struct twin_sketch *s, struct chain *out)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < s->n && i < KEYS; i++) {
		const uint64_t *first = map64_find(&t->by_hash, s->hash[i]);
		struct chain chain = { first ? *first : 0, first ? t->links.v[*first - 1].length : 0 };
		uint32_t k = n;

		if (chain.first == 0)
			continue;
		for (; k > 0 && out[k - 1].length > chain.length; k--)
			out[k] = out[k - 1];
		out[k] = chain;
		n++;
	}
	return n;
}

/* The likest in one chain, of `*left` segments at most. */
static void look(struct twins *t, const struct twin_sketch *s, uint64_t first, uint32_t *left, double *best, uint32_t *which)
{
	for (uint64_t at = first; at && *left; at = t->links.v[at - 1].before) {
		uint32_t other = t->links.v[at - 1].segment;
		double like;

		if (t->looked.v[other] == t->asked)
			continue;
		t->looked.v[other] = t->asked;
		--*left;
		if (likeness_at_most(t, s->n, &t->kept.v[other]) < *best)
			continue;
		like = likeness_from(s, &t->kept.v[other], *best);
		if (like > *best || (like == *best && like > 0 && other < *which)) {
			*best = like;
			*which = other;
		}
	}
}

double twins_add(struct twins *t, const struct twin_sketch *s, double most, uint32_t *which)
{
	struct chain chains[KEYS];
	double best = 0;
	uint32_t likest = UINT32_MAX, left = LOOKED, n = read_chains(t, s, chains);

	t->asked++;
	mark(t, s);
	for (uint32_t i = 0; i < n && left; i++)
		look(t, s, chains[i].first, &left, &best, &likest);
	unmark(t, s);
	if (which)
		*which = likest;
	if (best > most)
		return best;
	for (uint32_t i = 0; i < s->n && i < KEYS; i++) {
		uint64_t *first = map64_at(&t->by_hash, s->hash[i], NULL);
		uint32_t length = *first ? t->links.v[*first - 1].length + 1 : 1;

		vec_push(&t->links, (struct link){ (uint32_t)t->kept.n, length, *first });
		*first = t->links.n;
	}
	vec_push(&t->kept, *s);
	vec_push(&t->looked, 0);
	return best;
}
