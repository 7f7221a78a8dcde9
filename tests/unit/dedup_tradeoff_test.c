/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sampled truth and the trade-off curve, on families of edited texts whose pairs are also counted by brute force. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

#include "base/arena.h"
#include "dedup/tradeoff.h"

#define TEXTS 600u

struct fixture {
	struct arena arena;
	struct span text[TEXTS];
	struct dedup_source source;
	struct dedup_options o;
	struct worker_pool pool;
	struct sketches sketches;
	uint32_t doc[TEXTS];
	hash_vec set[TEXTS];
};

static void make_text(struct fixture *f, uint32_t i)
{
	struct buf text = BUF_INIT;
	uint64_t seed = hash_mix64(i / 4), own = hash_mix64(1000 + i);

	for (unsigned w = 0; w < 150; w++) {
		seed = hash_mix64(seed);
		own = hash_mix64(own);
		buf_addf(&text, "w%u ", (unsigned)((own % (30 + 40 * (i % 4)) == 0 ? own : seed) / 1000 % 5000));
	}
	f->text[i] = arena_span(&f->arena, buf_span(&text));
	buf_free(&text);
}

static int setup(void **state)
{
	struct fixture *f = xcalloc(1, sizeof *f);
	struct dedup_counts counts = { 0 };
	struct shingler s;

	for (uint32_t i = 0; i < TEXTS; i++) {
		make_text(f, i);
		f->doc[i] = i;
	}
	dedup_options_init(&f->o);
	dedup_source_texts(&f->source, f->text, TEXTS);
	worker_pool_init(&f->pool, &f->source, f->o.shingle, f->o.scheme, 2, NULL);
	assert_int_equal(dedup_sketch(&f->sketches, &counts, &f->pool, &f->o, NULL), 0);
	shingler_init(&s, f->pool.tables, f->o.shingle, CPU_PORTABLE);
	for (uint32_t i = 0; i < TEXTS; i++) {
		shingler_text(&s, f->text[i]);
		f->set[i] = s.set;
		s.set = (hash_vec){ 0 };
	}
	shingler_free(&s);
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	for (uint32_t i = 0; i < TEXTS; i++)
		vec_free(&f->set[i]);
	worker_pool_free(&f->pool);
	sketches_free(&f->sketches);
	arena_free(&f->arena);
	free(f);
	return 0;
}

/* |A and B| by looking at every pair of members. */
static uint32_t common(const struct fixture *f, uint32_t a, uint32_t b)
{
	uint32_t n = 0;

	for (size_t i = 0; i < f->set[a].n; i++)
		for (size_t k = 0; k < f->set[b].n; k++)
			n += f->set[a].v[i] == f->set[b].v[k];
	return n;
}

static void sampled_truth_is_the_truth(void **state)
{
	struct fixture *f = *state;
	struct truth t;
	size_t at = 0;

	assert_int_equal(truth_sample(&t, &f->sketches, &f->pool, f->doc, TEXTS, NULL, 40, 0.1, NULL), 0);
	assert_int_equal(t.m, 40);
	for (uint32_t q = 0; q < t.m; q++)
		for (uint32_t d = 0; d < TEXTS; d++) {
			uint32_t c = d / 4 == t.query[q] / 4 ? common(f, t.query[q], d) : 0;

			if (d == t.query[q] || jaccard(c, f->set[t.query[q]].n, f->set[d].n) < 0.1)
				continue;
			assert_true(at < t.pairs.n);
			assert_int_equal(t.pairs.v[at].query, q);
			assert_int_equal(t.pairs.v[at].doc, d);
			assert_int_equal(t.pairs.v[at].common, c);
			at++;
		}
	assert_int_equal(at, t.pairs.n);
	assert_true(at > 40);
	truth_free(&t);
}

/* With every document asked, the model's figures are the search's own. */
static void points_agree_with_the_searches_they_stand_for(void **state)
{
	struct fixture *f = *state;
	struct candidate_search search = { .sketches = &f->sketches, .pool = &f->pool, .docs = f->doc, .n_docs = TEXTS,
					   .rule = { 1, 0, 0, true } };
	struct truth truth;
	struct tradeoff *t;
	struct tradeoff_point p, low;
	struct candidate_counts counts;
	pair_vec pairs = { 0 };

	assert_int_equal(truth_sample(&truth, &f->sketches, &f->pool, f->doc, TEXTS, NULL, TEXTS, 0.1, NULL), 0);
	assert_int_equal(tradeoff_new(&t, &f->sketches, &truth, f->doc, TEXTS, NULL), 0);
	assert_int_equal(candidates_minhash(&pairs, &counts, &search, (struct banding){ 21, 6 }, NULL), 0);
	assert_int_equal(tradeoff_minhash(&p, t, (struct banding){ 21, 6 }, 800000, NULL), 0);
	assert_int_equal(lround(p.candidates), pairs.n);
	assert_true(p.recall > 0.99 && p.low <= p.recall && p.recall <= p.high);
	assert_int_equal(tradeoff_minhash(&low, t, (struct banding){ 8, 16 }, 800000, NULL), 0);
	assert_true(low.recall < p.recall && low.candidates < p.candidates && low.bytes == 512 && p.bytes == 504);
	vec_clear(&pairs);
	assert_int_equal(candidates_simhash(&pairs, &counts, &search, 10, NULL), 0);
	tradeoff_simhash(&p, t, 10, 800000);
	assert_int_equal(lround(p.candidates), pairs.n);
	tradeoff_simhash(&low, t, 3, 800000);
	assert_true(low.recall < p.recall);
	vec_free(&pairs);
	tradeoff_free(t);
}

/* Wherever the slider stands, with any threshold: candidates are those of a search with that setting, and what is found of the true pairs
 * is what a whole run with it finds. */
static void every_setting_of_the_slider_gives_what_a_full_run_gives(void **state)
{
	static const struct banding bandings[] = { { 1, 1 },  { 128, 1 }, { 40, 3 }, { 32, 4 }, { 25, 5 }, { 19, 6 },
						   { 18, 7 }, { 16, 8 },  { 9, 13 }, { 8, 16 }, { 4, 32 } };
	static const uint32_t thresholds[] = { 500000, 800000, 900000 };
	struct fixture *f = *state;
	uint32_t doc[TEXTS], n = 0; /* one of each set of equals, as in a run */
	struct candidate_search search = { .sketches = &f->sketches, .pool = &f->pool, .docs = doc, .rule = { 1, 0, 0, true } };
	struct truth truth;
	struct tradeoff *t;
	struct tradeoff_point p;
	struct dedup_result r;

	assert_int_equal(dedup_run(&r, &f->source, &f->o, NULL), 0);
	for (uint32_t d = 0; d < TEXTS; d++)
		if (r.exact[d] == d)
			doc[n++] = d;
	dedup_result_free(&r);
	assert_true(n > TEXTS / 2 && n < TEXTS);
	search.n_docs = n;
	assert_int_equal(truth_sample(&truth, &f->sketches, &f->pool, doc, n, NULL, n, 0.1, NULL), 0);
	assert_int_equal(tradeoff_new(&t, &f->sketches, &truth, doc, n, NULL), 0);
	for (size_t k = 0; k < 3 * (sizeof bandings / sizeof *bandings); k++) {
		struct dedup_options o = f->o;
		struct candidate_counts counts;
		pair_vec pairs = { 0 };

		o.banding = bandings[k / 3];
		o.threshold = thresholds[k % 3];
		assert_int_equal(tradeoff_minhash(&p, t, o.banding, o.threshold, NULL), 0);
		assert_int_equal(candidates_minhash(&pairs, &counts, &search, o.banding, NULL), 0);
		assert_int_equal(lround(p.candidates), pairs.n);
		assert_int_equal(dedup_run(&r, &f->source, &o, NULL), 0);
		assert_int_equal(p.found, 2 * r.edges.n); /* a pair has two ends, and both were asked */
		dedup_result_free(&r);
		o.method = DEDUP_SIMHASH;
		o.distance = (int)k;
		tradeoff_simhash(&p, t, (unsigned)k, o.threshold);
		assert_int_equal(dedup_run(&r, &f->source, &o, NULL), 0);
		assert_int_equal(p.found, 2 * r.edges.n);
		dedup_result_free(&r);
		vec_free(&pairs);
	}
	tradeoff_free(t);
}

static void a_corpus_without_pairs_has_no_recall(void **state)
{
	struct fixture *f = *state;
	struct truth truth;
	struct tradeoff *t;
	struct tradeoff_point p;

	assert_int_equal(truth_sample(&truth, &f->sketches, &f->pool, f->doc, 1, NULL, 10, 0.1, NULL), 0);
	assert_int_equal(tradeoff_new(&t, &f->sketches, &truth, f->doc, 1, NULL), 0);
	assert_int_equal(tradeoff_minhash(&p, t, (struct banding){ 21, 6 }, 800000, NULL), 0);
	assert_true(isnan(p.recall));
	assert_true(p.candidates == 0);
	tradeoff_free(t);
}

/* Block permutation and all pairs find the same at any distance. */
static void simhash_plans_find_the_same_pairs(void **state)
{
	struct fixture *f = *state;
	struct candidate_search search = { .sketches = &f->sketches, .pool = &f->pool, .docs = f->doc, .n_docs = TEXTS,
					   .rule = { 1, 0, 0, true } };
	bool blocks = false, all = false;

	for (unsigned k = 0; k <= 20; k++) {
		struct candidate_counts counts;
		pair_vec pairs = { 0 };
		size_t expected = 0;

		assert_int_equal(candidates_simhash(&pairs, &counts, &search, k, NULL), 0);
		for (uint32_t a = 0; a < TEXTS; a++)
			for (uint32_t b = a + 1; b < TEXTS; b++)
				expected += (unsigned)__builtin_popcountll(f->sketches.fact[a].simhash ^
									  f->sketches.fact[b].simhash) <= k;
		assert_int_equal(pairs.n, expected);
		vec_free(&pairs);
		blocks |= simhash_plan_choose(1000000, k).fixed > 0;
		all |= simhash_plan_choose(TEXTS, k).fixed == 0;
	}
	assert_true(blocks && all);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sampled_truth_is_the_truth),
		cmocka_unit_test(points_agree_with_the_searches_they_stand_for),
		cmocka_unit_test(every_setting_of_the_slider_gives_what_a_full_run_gives),
		cmocka_unit_test(a_corpus_without_pairs_has_no_recall),
		cmocka_unit_test(simhash_plans_find_the_same_pairs),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
