/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Word diff against a quadratic longest-common-subsequence oracle, and what a person sees. */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "base/hash.h"
#include "text/diff.h"

/* The pieces as `git diff --word-diff` would show them. */
static void shows(const char *a, const char *b, const char *expected)
{
	static const char *const open[] = { "", "[-", "{+" }, *const close[] = { "", "-]", "+}" };
	struct diff d = { 0 };
	struct buf out = BUF_INIT;

	diff_words(&d, span_of(a), span_of(b));
	vec_each(&d.pieces, i) {
		const struct diff_piece *p = &d.pieces.v[i];

		buf_adds(&out, open[p->op]);
		buf_add(&out, p->op == DIFF_ADDED ? b + p->b : a + p->a, p->op == DIFF_ADDED ? p->b_len : p->a_len);
		buf_adds(&out, close[p->op]);
	}
	assert_string_equal(out.p, expected);
	buf_free(&out);
	diff_free(&d);
}

static void marks_replaced_removed_and_added_words(void **state)
{
	(void)state;
	shows("the quick fox", "the fox", "the [-quick -]fox");
	shows("the fox", "the quick fox", "the {+quick +}fox");
	shows("a b c", "x y z", "[-a b c-]{+x y z+}");
	shows("It costs 10 dollars.", "It costs 12 dollars.", "It costs [-10-]{+12+} dollars.");
	shows("数据清洗", "数据处理", "数据[-清洗-]{+处理+}");
	shows("", "new", "{+new+}");
	shows("old", "", "[-old-]");
	shows("same", "same", "same");
	shows("", "", "");
}

static void white_space_is_not_compared_but_its_changes_are_shown(void **state)
{
	(void)state;
	shows("a b", "a  b", "a {+ +}b");
	shows("a\nb", "a b", "a[-\n-]{+ +}b");
	shows("a b ", "a b", "a b[- -]");
}

static uint64_t seed = 42;

static uint64_t random_below(uint64_t n)
{
	seed = hash_mix64(seed);
	return seed % n;
}

static size_t random_words(char *out, size_t *ids, size_t max, uint64_t alphabet)
{
	size_t n = random_below(max + 1), at = 0;

	for (size_t i = 0; i < n; i++) {
		ids[i] = random_below(alphabet);
		out[at++] = (char)('a' + ids[i]);
		out[at++] = random_below(5) ? ' ' : '\n';
	}
	return out[at] = '\0', n;
}

static size_t longest_common(const size_t *a, size_t n, const size_t *b, size_t m)
{
	size_t row[64] = { 0 };

	for (size_t i = 0; i < n; i++) {
		size_t diagonal = 0;

		for (size_t j = 0; j < m; j++) {
			size_t above = row[j + 1];

			row[j + 1] = a[i] == b[j] ? diagonal + 1 : above > row[j] ? above : row[j];
			diagonal = above;
		}
	}
	return row[m];
}

static void check_pieces(const struct diff *d, struct span a, struct span b)
{
	size_t a_at = 0, b_at = 0;

	vec_each(&d->pieces, i) {
		const struct diff_piece *p = &d->pieces.v[i];

		assert_true(p->a_len + p->b_len > 0 && p->a == a_at && p->b == b_at);
		assert_true(i == 0 || d->pieces.v[i - 1].op != p->op);
		assert_true(p->op != DIFF_REMOVED || p->b_len == 0);
		assert_true(p->op != DIFF_ADDED || p->a_len == 0);
		if (p->op == DIFF_SAME)
			assert_true(span_eq(span_make(a.p + p->a, p->a_len), span_make(b.p + p->b, p->b_len)));
		a_at += p->a_len;
		b_at += p->b_len;
	}
	assert_int_equal(a_at, a.len);
	assert_int_equal(b_at, b.len);
}

static void keeps_as_many_words_as_the_quadratic_oracle(void **state)
{
	(void)state;
	for (int round = 0; round < 30000; round++) {
		char a[128], b[128];
		size_t x[64], y[64], alphabet = 1 + random_below(12);
		size_t n = random_words(a, x, 40, alphabet), m = random_words(b, y, 40, alphabet);
		struct diff d = { 0 };

		diff_words(&d, span_of(a), span_of(b));
		assert_int_equal(d.same_words, longest_common(x, n, y, m));
		check_pieces(&d, span_of(a), span_of(b));
		diff_free(&d);
	}
}

static void covers_any_bytes_even_malformed_ones(void **state)
{
	(void)state;
	for (int round = 0; round < 20000; round++) {
		static const char *const parts[] = { "a", " ", "\n", "\t", "\xc2\xa0", "数", "\xe6\x95", "\xff", "é", "กำ", ".", "\xcc\x81" };
		struct buf text[2] = { BUF_INIT, BUF_INIT };
		struct diff d = { 0 };

		for (int side = 0; side < 2; side++)
			for (uint64_t n = random_below(20); n > 0; n--)
				buf_adds(&text[side], parts[random_below(sizeof parts / sizeof *parts)]);
		diff_words(&d, buf_span(&text[0]), buf_span(&text[1]));
		check_pieces(&d, buf_span(&text[0]), buf_span(&text[1]));
		diff_free(&d);
		buf_free(&text[0]);
		buf_free(&text[1]);
	}
}

static void gives_up_in_bounded_time_on_texts_with_little_in_common(void **state)
{
	struct buf text[2] = { BUF_INIT, BUF_INIT };
	struct diff d = { 0 };
	clock_t start;

	(void)state;
	for (int side = 0; side < 2; side++)
		for (int i = 0; i < 200000; i++)
			buf_addf(&text[side], "%d ", (int)random_below(1000));
	start = clock(); /* processor time: the machine may be busy */
	diff_words(&d, buf_span(&text[0]), buf_span(&text[1]));
	assert_true(clock() - start < 5 * CLOCKS_PER_SEC);
	check_pieces(&d, buf_span(&text[0]), buf_span(&text[1]));
	diff_free(&d);
	buf_free(&text[0]);
	buf_free(&text[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(marks_replaced_removed_and_added_words),
		cmocka_unit_test(white_space_is_not_compared_but_its_changes_are_shown),
		cmocka_unit_test(keeps_as_many_words_as_the_quadratic_oracle),
		cmocka_unit_test(covers_any_bytes_even_malformed_ones),
		cmocka_unit_test(gives_up_in_bounded_time_on_texts_with_little_in_common),
	};

	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
