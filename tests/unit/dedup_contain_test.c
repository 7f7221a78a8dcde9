/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Test items inside training texts: what the join finds against counting by hand, where "by hand" packs five word numbers into 60 bits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>

#include "base/arena.h"
#include "dedup/contain.h"
#include "dedup/dedup.h"

#define ITEMS 80u
#define TEXTS 400u
#define WORDS 3000u

struct text {
	VEC(uint16_t) word;
	uint64_t *gram; /* distinct, ascending */
	size_t n_grams;
};

static struct text text[ITEMS + TEXTS];
static struct span spelled[ITEMS + TEXTS];
static struct arena arena;

static uint64_t random_next(void)
{
	static uint64_t seed = 99;

	return seed = hash_mix64(seed);
}

static int ascending(const void *pa, const void *pb)
{
	const uint64_t *a = pa, *b = pb;

	return (*a > *b) - (*a < *b);
}

static void add_words(struct text *t, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		vec_push(&t->word, (uint16_t)(random_next() % WORDS));
}

/* An item's words, one in `every` replaced (0: none). */
static void plant(struct text *t, const struct text *item, unsigned every)
{
	vec_each(&item->word, i)
		vec_push(&t->word, every && random_next() % every == 0 ? (uint16_t)(random_next() % WORDS) : item->word.v[i]);
}

static void finish(size_t i)
{
	struct text *t = &text[i];
	struct buf line = BUF_INIT;

	t->gram = xcalloc(t->word.n + 1, sizeof *t->gram);
	vec_each(&t->word, k) {
		buf_addf(&line, random_next() % 2 ? "w%u " : "W%u, ", t->word.v[k]);
		for (size_t j = 0; k >= 4 && j < 5; j++)
			t->gram[k - 4] = t->gram[k - 4] << 12 | t->word.v[k - 4 + j];
	}
	t->n_grams = t->word.n >= 5 ? t->word.n - 4 : 0;
	qsort(t->gram, t->n_grams, sizeof *t->gram, ascending);
	for (size_t k = 0, n = t->n_grams, kept = 0; k < n; k++) {
		if (k == 0 || t->gram[k] != t->gram[k - 1])
			t->gram[kept++] = t->gram[k];
		t->n_grams = kept;
	}
	spelled[i] = arena_span(&arena, buf_span(&line));
	buf_free(&line);
}

static size_t shared(const struct text *a, const struct text *b)
{
	size_t n = 0;

	for (size_t i = 0; i < a->n_grams; i++)
		n += bsearch(&a->gram[i], b->gram, b->n_grams, sizeof *b->gram, ascending) != NULL;
	return n;
}

/* Items of 3 to 100 words, some of them with the same beginning (boilerplate); texts of up to 2,000 words that hold up to three of them. */
static int make(void **state)
{
	(void)state;
	for (size_t i = 0; i < ITEMS; i++) {
		if (i % 4 == 1)
			for (size_t k = 0; k < 12 && k < text[0].word.n; k++)
				vec_push(&text[i].word, text[0].word.v[k]);
		add_words(&text[i], i == 0 ? 40 : 3 + (unsigned)(random_next() % 98));
		finish(i);
	}
	for (size_t i = ITEMS; i < ITEMS + TEXTS; i++) {
		add_words(&text[i], (unsigned)(random_next() % 1000));
		for (uint64_t k = random_next() % 4; k > 0; k--) {
			static const unsigned every[] = { 0, 0, 8, 15, 30, 60 };

			plant(&text[i], &text[random_next() % ITEMS], every[random_next() % 6]);
			add_words(&text[i], (unsigned)(random_next() % 300));
		}
		finish(i);
	}
	return 0;
}

static int unmake(void **state)
{
	(void)state;
	for (size_t i = 0; i < ITEMS + TEXTS; i++) {
		vec_free(&text[i].word);
		free(text[i].gram);
	}
	arena_free(&arena);
	return 0;
}

static void run(struct dedup_result *r, uint32_t contained, size_t memory, unsigned threads)
{
	struct dedup_source source;
	struct dedup_options o;
	struct error err = { 0 };

	dedup_source_texts(&source, spelled, ITEMS + TEXTS);
	dedup_options_init(&o);
	o.references = ITEMS;
	o.among = false;
	o.contained = contained;
	o.memory = memory;
	o.threads = threads;
	if (dedup_run(&r[0], &source, &o, &err) != 0)
		fail_msg("%s", err.msg);
}

static void finds_every_item_that_a_text_holds_and_no_other(void **state)
{
	static const uint32_t shares[] = { 300000, 500000, 800000, 1000000 };

	(void)state;
	for (size_t s = 0; s < sizeof shares / sizeof *shares; s++) {
		struct dedup_result r;
		size_t at = 0, low = 0, short_items = 0;

		run(&r, shares[s], 0, 2);
		for (uint32_t i = 0; i < ITEMS; i++) {
			short_items += text[i].word.n < CONTAIN_TOKENS;
			for (uint32_t d = ITEMS; d < ITEMS + TEXTS && text[i].word.n >= CONTAIN_TOKENS; d++) {
				size_t common = shared(&text[i], &text[d]);
				bool alike = jaccard_reaches(common, text[i].n_grams, text[d].n_grams, r.threshold);

				if (common * THRESHOLD_ONE < (uint64_t)text[i].n_grams * shares[s] && !alike)
					continue;
				assert_true(at < r.edges.n);
				assert_int_equal(r.edges.v[at].a, i);
				assert_int_equal(r.edges.v[at].b, d);
				assert_int_equal(r.edges.v[at].common, common);
				assert_true(r.star.keeper[d] < ITEMS);
				low += !alike;
				at++;
			}
		}
		assert_int_equal(at, r.edges.n);
		assert_int_equal(short_items, r.counts.too_short);
		assert_true(short_items > 0 && low > 50); /* the case that signatures can't find was there */
		assert_int_equal(r.counts.kept + r.counts.contains + r.counts.near + r.counts.same_tokens + r.counts.same_bytes, r.n);
		dedup_result_free(&r);
	}
}

static void memory_and_threads_change_nothing(void **state)
{
	struct dedup_result a, b;

	(void)state;
	run(&a, 600000, 0, 1);
	run(&b, 600000, 64 << 10, 3); /* several turns over the texts */
	assert_int_equal(a.edges.n, b.edges.n);
	assert_memory_equal(a.edges.v, b.edges.v, a.edges.n * sizeof *a.edges.v);
	assert_memory_equal(a.star.keeper, b.star.keeper, a.n * sizeof *a.star.keeper);
	dedup_result_free(&a);
	dedup_result_free(&b);
}

static void says_why_a_text_goes(void **state)
{
	struct dedup_result r;
	size_t contains = 0;

	(void)state;
	run(&r, 800000, 0, 1);
	for (uint32_t d = 0; d < r.n; d++) {
		uint32_t keeper = r.star.keeper[d];

		if (dedup_why(&r, d) != DEDUP_CONTAINS)
			continue;
		contains++;
		assert_true(keeper < ITEMS && d >= ITEMS);
		assert_true((uint64_t)r.star.common[d] * THRESHOLD_ONE >= (uint64_t)r.sketches.fact[keeper].n_shingles * 800000);
	}
	assert_int_equal(contains, r.counts.contains);
	assert_string_equal(dedup_reason_name(DEDUP_CONTAINS), "contains");
	dedup_result_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_every_item_that_a_text_holds_and_no_other),
		cmocka_unit_test(memory_and_threads_change_nothing),
		cmocka_unit_test(says_why_a_text_goes),
	};

	return cmocka_run_group_tests(tests, make, unmake);
}
