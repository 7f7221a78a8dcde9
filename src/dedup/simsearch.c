/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pairs within a Hamming distance: block permutation where few bits may differ, all pairs in order of size where many may. */
#include "dedup/candidates.h"
#include "dedup/sort.h"

#include <math.h>

#define ROWS_PER_TASK 512u

struct near {
	const struct candidate_search *search;
	unsigned distance;
	struct keyed *row;      /* of the table at hand: sorted by key, size, doc */
	uint64_t *hash;         /* of each row */
	pair_vec pairs;
	uint64_t looked_at;
	pthread_mutex_t lock;
};

static inline bool roles_allow(uint32_t a, uint32_t b, const struct bucket_rule *rule)
{
	bool ref_a = a < rule->references, ref_b = b < rule->references;

	return ref_a ? !ref_b : ref_b || rule->among;
}

static inline void scan_rows(struct near *s, pair_vec *found, uint64_t *looked_at, size_t from, size_t to)
{
	const struct bucket_rule *rule = &s->search->rule;
	const struct keyed *row = s->row;
	size_t n = s->search->n_docs;

	for (size_t i = from; i < to; i++) {
		uint64_t largest = (uint64_t)row[i].size * THRESHOLD_ONE / rule->threshold;
		uint64_t hash = s->hash[i];
		size_t j = i + 1;

		for (; j < n && row[j].key == row[i].key && row[j].size <= largest; j++) {
			uint32_t a = row[i].doc, b = row[j].doc;

			if ((unsigned)__builtin_popcountll(hash ^ s->hash[j]) > s->distance ||
			    !roles_allow(a < b ? a : b, a < b ? b : a, rule))
				continue;
			vec_push(found, a < b ? (uint64_t)a << 32 | b : (uint64_t)b << 32 | a);
		}
		*looked_at += j - i - 1;
	}
}

#if defined(__x86_64__)
__attribute__((target("popcnt"))) static void scan_popcnt(struct near *s, pair_vec *found, uint64_t *looked_at, size_t from,
							  size_t to)
{
	scan_rows(s, found, looked_at, from, to);
}
#endif

static void scan_task(void *ctx, size_t i)
{
	struct near *s = ctx;
	size_t from = i * ROWS_PER_TASK, n = s->search->n_docs;
	size_t to = from + ROWS_PER_TASK < n ? from + ROWS_PER_TASK : n;
	pair_vec found = { 0 };
	uint64_t looked_at = 0;

#if defined(__x86_64__)
	if (s->search->pool->simd >= CPU_AVX2) /* every processor with AVX2 has POPCNT */
		scan_popcnt(s, &found, &looked_at, from, to);
	else
#endif
		scan_rows(s, &found, &looked_at, from, to);
	pthread_mutex_lock(&s->lock);
	vec_reserve(&s->pairs, s->pairs.n + found.n);
	if (found.n)
		memcpy(s->pairs.v + s->pairs.n, found.v, found.n * sizeof *found.v);
	s->pairs.n += found.n;
	s->looked_at += looked_at;
	pthread_mutex_unlock(&s->lock);
	vec_free(&found);
}

/* Bits of block `i` of `blocks`. */
static uint64_t block_mask(unsigned i, unsigned blocks)
{
	unsigned from = 64 * i / blocks, to = 64 * (i + 1) / blocks;
	uint64_t below = to == 64 ? UINT64_MAX : ((uint64_t)1 << to) - 1;

	return below & ~(((uint64_t)1 << from) - 1);
}

/* One table: rows sorted by the bits of `mask`, then scanned. */
static int run_table(struct near *s, uint64_t mask, struct error *err)
{
	const struct candidate_search *q = s->search;
	int rc;

	for (size_t i = 0; i < q->n_docs; i++) {
		const struct sketch *f = &q->sketches->fact[q->docs[i]];

		s->row[i] = (struct keyed){ hash_mix64(f->simhash & mask), q->docs[i], f->n_shingles };
	}
	sort_keyed(s->row, q->n_docs);
	for (size_t i = 0; i < q->n_docs; i++)
		s->hash[i] = q->sketches->fact[s->row[i].doc].simhash;
	rc = worker_run(q->pool, (q->n_docs + ROWS_PER_TASK - 1) / ROWS_PER_TASK, scan_task, s, err);
	if (s->pairs.n) {
		sort_u64(s->pairs.v, s->pairs.n);
		s->pairs.n = sort_unique_u64(s->pairs.v, s->pairs.n);
	}
	return rc;
}

static double combinations(unsigned n, unsigned k)
{
	return exp(lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1));
}

/* Nanoseconds, as measured: 150 a row to sort a table, 0.8 a pair. Real SimHashes crowd: a block counts for 3/4 of its bits. */
struct simhash_plan simhash_plan_choose(size_t n, unsigned distance)
{
	struct simhash_plan best = { 1, 0 };
	double pairs = (double)n * (double)n / 2 * 0.8;
	double least = pairs + 150.0 * (double)n;

	for (unsigned fixed = 1; fixed <= 3; fixed++) {
		unsigned blocks = distance + fixed;
		double tables, cost;

		if (blocks > 64)
			break;
		tables = combinations(blocks, fixed);
		cost = tables * (150.0 * (double)n + pairs * pow(2, -0.75 * 64 * fixed / blocks));
		if (cost < least) {
			least = cost;
			best = (struct simhash_plan){ blocks, fixed };
		}
	}
	return best;
}

/* Every choice of `fixed` of `blocks` blocks, by counting through the sets of that size (Gosper's hack). */
static int run_plan(struct near *s, struct simhash_plan plan, struct error *err)
{
	uint64_t set = ((uint64_t)1 << plan.fixed) - 1;
	int rc = 0;

	while (rc == 0 && (plan.blocks == 64 || set >> plan.blocks == 0)) {
		uint64_t mask = 0, low = set & -set, ripple = set + low;

		for (unsigned i = 0; i < plan.blocks; i++)
			if (set >> i & 1)
				mask |= block_mask(i, plan.blocks);
		rc = run_table(s, mask, err);
		if (ripple == 0)
			break;
		set = ripple | ((set ^ ripple) >> 2) / low;
	}
	return rc;
}

int candidates_simhash(pair_vec *out, struct candidate_counts *counts, const struct candidate_search *search,
		       unsigned distance, struct error *err)
{
	struct near s = { .search = search, .distance = distance };
	struct simhash_plan plan = simhash_plan_choose(search->n_docs, distance);
	int rc;

	s.row = xreallocarray(NULL, search->n_docs + 1, sizeof *s.row);
	s.hash = xreallocarray(NULL, search->n_docs + 1, sizeof *s.hash);
	pthread_mutex_init(&s.lock, NULL);
	rc = plan.fixed ? run_plan(&s, plan, err) : run_table(&s, 0, err);
	*counts = (struct candidate_counts){ .bucket.looked_at = s.looked_at, .unique = s.pairs.n, .filtered = s.pairs.n };
	if (rc == 0) {
		vec_reserve(out, out->n + s.pairs.n);
		if (s.pairs.n)
			memcpy(out->v + out->n, s.pairs.v, s.pairs.n * sizeof *out->v);
		out->n += s.pairs.n;
	}
	vec_free(&s.pairs);
	free(s.row);
	free(s.hash);
	pthread_mutex_destroy(&s.lock);
	return rc;
}
