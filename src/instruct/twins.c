/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "instruct/twins.h"

#include <stdlib.h>

#include "base/hash.h"
#include "base/map.h"

#define KEYS 24u   /* smallest hashes segments are looked up by */
#define MARKS 512u /* words of 64 bits that tell which hashes a segment has, nearly */
#define BADGE 16u  /* the same, coarser, kept of each */
#define LOOKED 256u /* segments compared with one, the rarest keys first: what all pages of a site share says little */

struct link {
	uint32_t segment;
	uint32_t length; /* of the chain it begins */
	uint64_t before; /* 1 + its place in `links`, 0 at the end */
};

struct badge {
	uint64_t marks[BADGE];
};

struct twins {
	VEC(struct twin_sketch) kept;
	VEC(struct badge) badges; /* of them */
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
	vec_free(&t->badges);
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

static void badge_of(struct badge *out, const struct twin_sketch *s)
{
	*out = (struct badge){ 0 };
	for (uint32_t i = 0; i < s->n; i++)
		out->marks[s->hash[i] / 64 % BADGE] |= UINT64_C(1) << s->hash[i] % 64;
}

/* The likeness when `shared` hashes are the same. */
static double likeness_with(uint32_t na, uint32_t nb, uint32_t shared)
{
	uint32_t least = na < nb ? na : nb, all = TWINS_SKETCH;

	shared = shared < least ? shared : least;
	if (na < TWINS_SKETCH && nb < TWINS_SKETCH)
		all = na + nb - shared;
	return all ? (double)shared / (double)all : 0;
}

#define EACH(byte) (UINT64_C(0x0101010101010101) * (byte))

/* Marks of one that the other has not: the bits of each byte added up, then the bytes. */
static uint32_t marks_apart(const struct badge *one, const struct badge *other)
{
	uint64_t bytes = 0;

	for (uint32_t i = 0; i < BADGE; i++) {
		uint64_t x = one->marks[i] & ~other->marks[i];

		x -= x >> 1 & EACH(0x55);
		x = (x & EACH(0x33)) + (x >> 2 & EACH(0x33));
		bytes += (x + (x >> 4)) & EACH(0x0f);
	}
	bytes = (bytes >> 8 & UINT64_C(0x00ff00ff00ff00ff)) + (bytes & UINT64_C(0x00ff00ff00ff00ff));
	return (uint32_t)(bytes * UINT64_C(0x0001000100010001) >> 48);
}

/* Could the likeness be `best`?  A hash that has no mark on the other side is not shared. */
static bool may_be_like(const struct twins *t, const struct badge *badge, uint32_t n, uint32_t which, double best)
{
	const struct badge *other = &t->badges.v[which];
	const struct twin_sketch *kept = &t->kept.v[which];
	uint32_t shared = 0;

	if (n == TWINS_SKETCH && likeness_with(n, n, n - marks_apart(badge, other)) < best)
		return false;
	for (uint32_t i = 0; i < kept->n; i++)
		shared += t->marks[kept->hash[i] / 64 % MARKS] >> kept->hash[i] % 64 & 1;
	return likeness_with(n, kept->n, shared) >= best;
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

/* Adds the segments of one chain that were not gathered yet. */
static uint32_t gather(struct twins *t, uint64_t first, uint32_t *out, uint32_t n)
{
	for (uint64_t at = first; at && n < LOOKED; at = t->links.v[at - 1].before) {
		uint32_t other = t->links.v[at - 1].segment;

		if (t->looked.v[other] == t->asked)
			continue;
		t->looked.v[other] = t->asked;
		__builtin_prefetch(&t->badges.v[other]);
		__builtin_prefetch((const char *)&t->badges.v[other] + 64);
		out[n++] = other;
	}
	return n;
}

/* The likest of those gathered. */
static double likest_of(struct twins *t, const struct twin_sketch *s, const struct badge *badge, const uint32_t *others, uint32_t n,
			uint32_t *which)
{
	double best = 0;

	*which = UINT32_MAX;
	mark(t, s);
	for (uint32_t i = 0; i < n; i++) {
		double like;

		if (best > 0 && !may_be_like(t, badge, s->n, others[i], best))
			continue;
		like = likeness_from(s, &t->kept.v[others[i]], best);
		if (like > best || (like == best && like > 0 && others[i] < *which)) {
			best = like;
			*which = others[i];
		}
	}
	unmark(t, s);
	return best;
}

double twins_add(struct twins *t, const struct twin_sketch *s, double most, uint32_t *which)
{
	struct chain chains[KEYS];
	struct badge badge;
	uint32_t others[LOOKED], gathered = 0, likest, n = read_chains(t, s, chains);
	double best;

	t->asked++;
	for (uint32_t i = 0; i < n; i++)
		gathered = gather(t, chains[i].first, others, gathered);
	badge_of(&badge, s);
	best = likest_of(t, s, &badge, others, gathered, &likest);
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
	vec_push(&t->badges, badge);
	vec_push(&t->looked, 0);
	return best;
}
