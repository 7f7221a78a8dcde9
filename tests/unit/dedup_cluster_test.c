/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The whole engine on made-up texts: who stays, who goes, and that nothing but the texts and the options decides it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/arena.h"
#include "dedup/dedup.h"

#define TEXTS 3000u

struct corpus {
	struct arena arena;
	VEC(struct span) texts;
};

static uint64_t next(uint64_t *seed)
{
	return *seed = hash_mix64(*seed);
}

/* `n` words of a vocabulary of 4,000. */
static void random_text(struct buf *out, unsigned n, uint64_t *seed)
{
	buf_clear(out);
	for (unsigned i = 0; i < n; i++)
		buf_addf(out, "w%u ", (unsigned)(next(seed) % 4000));
}

/* Replaces one word in `every`. */
static void edit(struct buf *out, struct span from, unsigned every, uint64_t *seed)
{
	buf_clear(out);
	for (struct span rest = from; rest.len;) {
		const char *space = memchr(rest.p, ' ', rest.len);
		size_t n = space ? (size_t)(space - rest.p) + 1 : rest.len;

		if (next(seed) % every == 0)
			buf_addf(out, "e%u ", (unsigned)(next(seed) % 100000));
		else
			buf_add(out, rest.p, n);
		rest.p += n;
		rest.len -= n;
	}
}

static void add(struct corpus *c, struct span text)
{
	vec_push(&c->texts, arena_span(&c->arena, text));
}

/* Families of an original and edited copies, exact copies, short and empty texts. */
static void make_corpus(struct corpus *c)
{
	struct buf text = BUF_INIT;
	uint64_t seed = 42;

	while (c->texts.n < TEXTS) {
		size_t original = c->texts.n;
		unsigned copies = (unsigned)(next(&seed) % 4);

		random_text(&text, 5 + (unsigned)(next(&seed) % 300), &seed);
		add(c, buf_span(&text));
		for (unsigned i = 0; i < copies; i++) {
			edit(&text, c->texts.v[original], 20 + 60 * i, &seed);
			add(c, buf_span(&text));
		}
		if (next(&seed) % 8 == 0)
			add(c, c->texts.v[original]);
		if (next(&seed) % 50 == 0)
			add(c, span_of(next(&seed) % 2 ? "" : "!?"));
		if (next(&seed) % 50 == 0)
			add(c, span_of(next(&seed) % 2 ? "ok" : "thank you"));
	}
	c->texts.n = TEXTS;
	buf_free(&text);
}

static void corpus_free(struct corpus *c)
{
	arena_free(&c->arena);
	vec_free(&c->texts);
}

static void run(struct dedup_result *r, const struct corpus *c, const struct dedup_options *o)
{
	struct dedup_source source;
	struct error err = { 0 };

	dedup_source_texts(&source, c->texts.v, (uint32_t)c->texts.n);
	if (dedup_run(r, &source, o, &err) != 0)
		fail_msg("%s", err.msg);
}

/* Whatever the options: somebody stays, everything is counted, and each removal is justified by its own keeper. */
static void check_invariants(const struct dedup_result *r, const struct dedup_options *o)
{
	const struct dedup_counts *c = &r->counts;

	assert_int_equal(c->kept + c->same_bytes + c->same_tokens + c->near, r->n);
	for (uint32_t d = 0; d < r->n; d++) {
		uint32_t keeper = r->star.keeper[d];
		const struct sketch *f = r->sketches.fact;

		assert_int_equal(r->star.keeper[keeper], keeper);
		assert_int_equal(r->star.group[d], r->star.group[keeper]);
		assert_true(r->rank[keeper] <= r->rank[d]);
		if (d < o->references)
			assert_int_equal(keeper, d);
		if (dedup_why(r, d) == DEDUP_NEAR)
			assert_true(jaccard_reaches(r->star.common[d], f[d].n_shingles, f[keeper].n_shingles, o->threshold));
		if (keeper != d && f[d].n_shingles == 0)
			assert_int_equal(dedup_why(r, d), DEDUP_SAME_BYTES);
	}
	/* no two that stay are alike, so far as the edges say */
	vec_each(&r->edges, i)
		assert_true(r->edges.v[i].b < o->references || r->star.keeper[r->edges.v[i].a] != r->edges.v[i].a ||
			    r->star.keeper[r->edges.v[i].b] != r->edges.v[i].b);
}

static void every_removal_is_near_its_keeper(void **state)
{
	static const enum dedup_method method[] = { DEDUP_MINHASH, DEDUP_SIMHASH, DEDUP_EXACT };
	struct corpus c = { 0 };
	struct dedup_options o;
	struct dedup_result r;

	(void)state;
	make_corpus(&c);
	for (size_t i = 0; i < 3; i++) {
		dedup_options_init(&o);
		o.method = method[i];
		run(&r, &c, &o);
		check_invariants(&r, &o);
		assert_true(method[i] == DEDUP_EXACT ? r.counts.near == 0 : r.counts.near > 100);
		dedup_result_free(&r);
	}
	corpus_free(&c);
}

static void same_result(const struct dedup_result *a, const struct dedup_result *b)
{
	size_t n = a->n;

	assert_int_equal(a->edges.n, b->edges.n);
	assert_memory_equal(a->edges.v, b->edges.v, a->edges.n * sizeof *a->edges.v);
	assert_memory_equal(a->star.keeper, b->star.keeper, n * sizeof *a->star.keeper);
	assert_memory_equal(a->star.common, b->star.common, n * sizeof *a->star.common);
	assert_memory_equal(a->star.group, b->star.group, n * sizeof *a->star.group);
	assert_memory_equal(a->sketches.fact, b->sketches.fact, n * sizeof *a->sketches.fact);
	assert_int_equal(a->counts.candidates.unique, b->counts.candidates.unique);
}

static void threads_memory_and_vectors_change_nothing(void **state)
{
	struct corpus c = { 0 };
	struct dedup_options o;
	struct dedup_result first, other;

	(void)state;
	make_corpus(&c);
	for (int method = 0; method < 2; method++) {
		dedup_options_init(&o);
		o.method = (enum dedup_method)method;
		o.threads = 1;
		run(&first, &c, &o);
		for (unsigned threads = 1; threads <= 4; threads += 3)
			for (size_t memory = 0; memory <= 1u << 20; memory += 1u << 19) {
				o.threads = threads;
				o.memory = memory;
				run(&other, &c, &o);
				same_result(&first, &other);
				dedup_result_free(&other);
			}
		setenv("TAMIS_SIMD", "none", 1);
		run(&other, &c, &o);
		unsetenv("TAMIS_SIMD");
		same_result(&first, &other);
		dedup_result_free(&other);
		dedup_result_free(&first);
	}
	corpus_free(&c);
}

/* One shared template, 6,000 times: all of them meet in every bucket, too many for all pairs. */
static void hot_buckets_cost_little_and_are_reported(void **state)
{
	struct corpus c = { 0 };
	struct dedup_options o;
	struct dedup_result r;
	struct buf base = BUF_INIT, text = BUF_INIT;
	uint64_t seed = 9;

	(void)state;
	random_text(&base, 200, &seed);
	for (unsigned i = 0; i < 2 * TEXTS; i++) {
		edit(&text, buf_span(&base), 100, &seed);
		add(&c, buf_span(&text));
	}
	dedup_options_init(&o);
	o.banding = (struct banding){ 2, 3 };
	run(&r, &c, &o);
	check_invariants(&r, &o);
	assert_true(r.counts.candidates.bucket.hot > 0);
	assert_true(r.counts.candidates.bucket.not_looked_at > 0);
	assert_true(r.counts.candidates.bucket.looked_at <
		    (uint64_t)r.banding.bands * (BUCKET_PAIRS + 2 * TEXTS * HOT_WINDOW));
	dedup_result_free(&r);
	corpus_free(&c);
	buf_free(&base);
	buf_free(&text);
}

/* A ~ B ~ C, A not ~ C: C is not removed for A's sake. */
static void chains_do_not_remove_what_is_not_alike(void **state)
{
	struct corpus c = { 0 };
	struct dedup_options o;
	struct dedup_result r;
	struct buf text = BUF_INIT;

	(void)state;
	for (unsigned doc = 0; doc < 3; doc++) { /* windows over one stream of words: neighbours share 90 of 100 */
		buf_clear(&text);
		for (unsigned i = 0; i < 100; i++)
			buf_addf(&text, "w%u ", 10 * doc + i);
		add(&c, buf_span(&text));
	}
	dedup_options_init(&o);
	o.shingle.n = 1;
	run(&r, &c, &o);
	assert_int_equal(r.edges.n, 2);
	assert_int_equal(r.star.keeper[1], 0);
	assert_int_equal(r.star.keeper[2], 2);
	assert_int_equal(r.star.group[2], 0);
	dedup_result_free(&r);
	corpus_free(&c);
	buf_free(&text);
}

static void keeper_follows_the_policy(void **state)
{
	const struct dedup_trait trait[] = { { 1, 0, 0.9f, 5 }, { 0, 0, 0.1f, 9 }, { 1, 1, 0.5f, 1 } };
	static const struct { const char *policy; uint32_t keeper; } wanted[] = {
		{ "length", 2 }, { "source", 1 }, { "label", 2 }, { "score", 0 }, { "date", 1 }, { "id", 0 }, { "source,label", 1 } };
	struct corpus c = { 0 };
	struct dedup_options o;
	struct dedup_result r;
	struct buf text = BUF_INIT;

	(void)state;
	for (unsigned doc = 0; doc < 3; doc++) {
		buf_clear(&text);
		for (unsigned i = 0; i < 100 + doc; i++)
			buf_addf(&text, "w%u ", i);
		add(&c, buf_span(&text));
	}
	for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
		dedup_options_init(&o);
		o.trait = trait;
		assert_int_equal(keeper_policy_parse(&o.policy, wanted[i].policy, NULL), 0);
		run(&r, &c, &o);
		for (uint32_t d = 0; d < 3; d++)
			assert_int_equal(r.star.keeper[d], wanted[i].keeper);
		dedup_result_free(&r);
	}
	assert_int_equal(keeper_policy_parse(&o.policy, "prettiest", NULL), TAMIS_EUSAGE);
	corpus_free(&c);
	buf_free(&text);
}

static void references_stay_and_only_they_are_matched(void **state)
{
	struct corpus c = { 0 };
	struct dedup_options o;
	struct dedup_result r;

	(void)state;
	make_corpus(&c);
	dedup_options_init(&o);
	o.references = 1000;
	o.among = false;
	add(&c, c.texts.v[5]);
	run(&r, &c, &o);
	check_invariants(&r, &o);
	assert_int_equal(r.star.keeper[TEXTS], r.exact[5] == 5 ? 5 : r.star.keeper[5]);
	for (uint32_t d = 1000; d < r.n; d++)
		assert_true(r.star.keeper[d] == d || r.star.keeper[d] < 1000);
	dedup_result_free(&r);
	corpus_free(&c);
}

static struct hash128 text_key(void *ctx, uint32_t doc)
{
	const struct span *text = ctx;

	return hash128(text[doc].p, text[doc].len);
}

static void an_index_saves_reading_and_changes_nothing(void **state)
{
	char path[] = "/tmp/tamis-known-XXXXXX";
	struct corpus c = { 0 };
	struct dedup_options o;
	struct dedup_result r, again;
	struct dedup_source source;

	(void)state;
	close(mkstemp(path));
	make_corpus(&c);
	dedup_source_texts(&source, c.texts.v, 2000);
	source.key = text_key;
	dedup_options_init(&o);
	assert_int_equal(dedup_run(&r, &source, &o, NULL), 0);
	assert_int_equal(dedup_save_index(&r, &source, path, NULL), 0);
	dedup_result_free(&r);
	source.n = (uint32_t)c.texts.n;
	assert_int_equal(dedup_run(&r, &source, &o, NULL), 0);
	o.index = path;
	assert_int_equal(dedup_run(&again, &source, &o, NULL), 0);
	assert_true(again.counts.from_index >= 2000);
	same_result(&r, &again);
	dedup_result_free(&r);
	dedup_result_free(&again);
	o.shingle.n = 4;
	assert_int_equal(dedup_run(&again, &source, &o, NULL), TAMIS_EUNSUPPORTED);
	unlink(path);
	corpus_free(&c);
}

static void an_empty_corpus_is_no_trouble(void **state)
{
	struct corpus c = { 0 };
	struct dedup_options o;
	struct dedup_result r;

	(void)state;
	dedup_options_init(&o);
	run(&r, &c, &o);
	assert_int_equal(r.counts.kept, 0);
	dedup_result_free(&r);
	add(&c, span_of(""));
	run(&r, &c, &o);
	assert_int_equal(r.counts.kept, 1);
	dedup_result_free(&r);
	corpus_free(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_removal_is_near_its_keeper),
		cmocka_unit_test(threads_memory_and_vectors_change_nothing),
		cmocka_unit_test(hot_buckets_cost_little_and_are_reported),
		cmocka_unit_test(chains_do_not_remove_what_is_not_alike),
		cmocka_unit_test(keeper_follows_the_policy),
		cmocka_unit_test(references_stay_and_only_they_are_matched),
		cmocka_unit_test(an_index_saves_reading_and_changes_nothing),
		cmocka_unit_test(an_empty_corpus_is_no_trouble),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
