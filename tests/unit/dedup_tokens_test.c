/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tokens and shingles: what counts as the same text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/fs.h"
#include "base/hash.h"
#include "dedup/shingle.h"
#include "dedup/tokens_inner.h"

static struct token_tables *tables;

static void words(hash_vec *out, enum cpu_simd simd, struct span text)
{
	struct buf scratch = BUF_INIT;

	tokens_words(out, tables, simd, text, &scratch);
	buf_free(&scratch);
}

static size_t count(const char *text)
{
	hash_vec v = { 0 };
	size_t n;

	words(&v, cpu_simd(), span_of(text));
	n = v.n;
	vec_free(&v);
	return n;
}

static void assert_same(const char *a, const char *b)
{
	hash_vec x = { 0 }, y = { 0 };

	words(&x, cpu_simd(), span_of(a));
	words(&y, cpu_simd(), span_of(b));
	assert_int_equal(x.n, y.n);
	assert_memory_equal(x.v, y.v, x.n * sizeof *x.v);
	vec_free(&x);
	vec_free(&y);
}

static void ignores_case_space_and_punctuation(void **state)
{
	(void)state;
	assert_same("The quick, brown fox -- jumps!", "the QUICK brown\tfox\n\njumps");
	assert_same("ÉCOLE Straße ΑΒΓ", "école straße αβγ");
	assert_int_equal(count("one two_three 4x4 … “five”"), 4);
	assert_int_equal(count(" \n\t!?"), 0);
	assert_int_equal(count(""), 0);
}

static void composes_before_comparing(void **state)
{
	(void)state;
	assert_same("caf\xc3\xa9", "cafe\xcc\x81");
	assert_same("\xed\x95\x9c", "\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab"); /* 한, from its jamo */
	assert_same("\xe3\x81\x8c", "\xe3\x81\x8b\xe3\x82\x99");             /* が */
	assert_same("co\xc2\xadop", "coop");                                  /* soft hyphen */
}

static void takes_scripts_without_spaces_by_the_character(void **state)
{
	(void)state;
	assert_int_equal(count("近重複排除"), 5);
	assert_int_equal(count("重複を、除く。"), 5);
	assert_int_equal(count("한국어 말"), 4);
	assert_int_equal(count("ภาษา"), 4);
	assert_int_equal(count("GPU加速v2"), 4);
	assert_int_equal(count("приве́т мир"), 2);
}

static void tells_long_words_from_their_beginnings(void **state)
{
	hash_vec a = { 0 }, b = { 0 };
	char text[200];

	(void)state;
	memset(text, 'a', sizeof text);
	for (size_t n = 1; n + 1 < sizeof text; n++) {
		words(&a, cpu_simd(), span_make(text, n));
		words(&b, cpu_simd(), span_make(text, n + 1));
		assert_int_equal(a.n, 1);
		assert_int_equal(b.n, 1);
		assert_true(a.v[0] != b.v[0]);
	}
	vec_free(&a);
	vec_free(&b);
}

/* Any bytes, at any alignment, mostly ASCII with some of everything else. */
static void vector_path_gives_the_same_tokens_as_the_portable_path(void **state)
{
	static const char *const bits[] = { "word ", "é", "ß", "語", "e\xcc\x81", "\xff", " ", "_", "Zz9", "\xe2\x80\x9d",
					    "supercalifragilisticexpialidocious", "\xf0\x9f\x98\x80", "\xed\xa0\x80", "\n", "K" };
	hash_vec a = { 0 }, b = { 0 };
	struct buf text = BUF_INIT;
	uint64_t seed = 1;

	(void)state;
	for (int round = 0; round < 6000; round++) {
		buf_clear(&text);
		while (text.len < (size_t)round % 2500) {
			seed = hash_mix64(seed);
			if (seed % 3 == 0)
				buf_adds(&text, bits[seed / 3 % (sizeof bits / sizeof *bits)]);
			else
				buf_addc(&text, (char)(32 + seed / 3 % 96));
		}
		words(&a, CPU_PORTABLE, buf_span(&text));
		for (enum cpu_simd level = CPU_SSE41; level <= cpu_simd(); level++) {
			words(&b, level, buf_span(&text));
			assert_int_equal(a.n, b.n);
			if (a.n)
				assert_memory_equal(a.v, b.v, a.n * sizeof *a.v);
		}
	}
	vec_free(&a);
	vec_free(&b);
	buf_free(&text);
}

static size_t shingles(const char *spec, const char *text)
{
	struct shingle_spec s;
	struct shingler maker;
	size_t n;

	assert_int_equal(shingle_parse(&s, spec, NULL), 0);
	shingler_init(&maker, tables, s, cpu_simd());
	shingler_text(&maker, span_of(text));
	n = maker.set.n;
	shingler_free(&maker);
	return n;
}

static void counts_shingles_once_each(void **state)
{
	(void)state;
	assert_int_equal(shingles("word:5", ""), 0);
	assert_int_equal(shingles("word:5", "too short"), 1);
	assert_int_equal(shingles("word:5", "a b c d e"), 1);
	assert_int_equal(shingles("word:5", "a b c d e f"), 2);
	assert_int_equal(shingles("word:2", "a b a b a b"), 2);
	assert_int_equal(shingles("word:1", "b a b a c"), 3);
	assert_int_equal(shingles("char:3", "abcd"), 2);
	assert_int_equal(shingles("char:3", "ab, cd"), 3);
	assert_int_equal(shingles("auto", "五字一組也"), 1);
}

/* Sets of every size, words that repeat, every width: the same hashes in the same order of first occurrence. */
static void vector_path_makes_the_same_set_as_the_portable_path(void **state)
{
	struct buf text = BUF_INIT;
	uint64_t seed = 5;

	(void)state;
	for (unsigned round = 0; round < 400; round++) {
		struct shingler a, b;
		struct shingle_spec spec = { SHINGLE_WORD, 1 + round % SHINGLE_MAX };
		unsigned n = round < 390 ? round * round % 3000 : 70000 + round, pool = 1 + round % 7 * 400;
		size_t distinct = 0;

		buf_clear(&text);
		for (unsigned i = 0; i < n; i++)
			buf_addf(&text, "w%u ", (unsigned)((seed = hash_mix64(seed)) % pool));
		shingler_init(&a, tables, spec, CPU_PORTABLE);
		shingler_init(&b, tables, spec, cpu_simd());
		shingler_text(&a, buf_span(&text));
		shingler_text(&b, buf_span(&text));
		assert_int_equal(a.set.n, b.set.n);
		if (a.set.n)
			assert_memory_equal(a.set.v, b.set.v, a.set.n * sizeof *a.set.v);
		if (a.set.n < 500) /* each once, checked the slow way */
			vec_each(&a.set, i) {
				size_t k = 0;

				while (a.set.v[k] != a.set.v[i])
					k++;
				distinct += k == i;
			}
		assert_true(a.set.n >= 500 || distinct == a.set.n);
		shingler_free(&a);
		shingler_free(&b);
	}
	buf_free(&text);
}

static void refuses_shingles_it_cannot_make(void **state)
{
	struct shingle_spec s;

	(void)state;
	assert_int_equal(shingle_parse(&s, "word:0", NULL), TAMIS_EUSAGE);
	assert_int_equal(shingle_parse(&s, "word:33", NULL), TAMIS_EUSAGE);
	assert_int_equal(shingle_parse(&s, "line:2", NULL), TAMIS_EUSAGE);
	assert_int_equal(shingle_parse(&s, "char:5x", NULL), TAMIS_EUSAGE);
}

static int setup(void **state)
{
	(void)state;
	tables = token_tables_new();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	token_tables_free(tables);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ignores_case_space_and_punctuation),
		cmocka_unit_test(composes_before_comparing),
		cmocka_unit_test(takes_scripts_without_spaces_by_the_character),
		cmocka_unit_test(tells_long_words_from_their_beginnings),
		cmocka_unit_test(vector_path_gives_the_same_tokens_as_the_portable_path),
		cmocka_unit_test(counts_shingles_once_each),
		cmocka_unit_test(vector_path_makes_the_same_set_as_the_portable_path),
		cmocka_unit_test(refuses_shingles_it_cannot_make),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
