/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Regular expressions: what is refused, what may look into escaped text, and that nothing hangs or crashes on malformed text. */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include <cmocka.h>

#include "text/pattern.h"

static struct pattern *compile(const char *text)
{
	struct pattern *p;
	struct error err = { 0 };

	if (pattern_compile(&p, span_of(text), &err) < 0)
		fail_msg("%s: %s", text, err.msg);
	return p;
}

static int find(const char *text, struct span subject, size_t from, size_t *start, size_t *end)
{
	struct pattern *p = compile(text);
	struct matcher *m = matcher_new(p);
	int rc = matcher_find(m, subject, from, start, end);

	matcher_free(m);
	pattern_free(p);
	return rc;
}

static void says_where_a_pattern_is_wrong(void **state)
{
	struct pattern *p;
	struct error err = { 0 };

	(void)state;
	assert_int_equal(pattern_compile(&p, span_of("数据(a"), &err), TAMIS_EUSAGE);
	assert_null(p);
	assert_string_equal(err.msg, "at character 5: missing closing parenthesis");
	err = (struct error){ 0 };
	assert_int_equal(pattern_compile(&p, span_of("(*LIMIT_MATCH=1)a"), &err), TAMIS_EUSAGE);
	assert_int_equal(pattern_compile(&p, span_of("a\\C"), NULL), TAMIS_EUSAGE);
}

static void finds_from_a_place_on_and_sees_what_is_before(void **state)
{
	size_t start, end;

	(void)state;
	assert_int_equal(find("a", span_of("banana"), 2, &start, &end), 1);
	assert_int_equal(start, 3);
	assert_int_equal(end, 4);
	assert_int_equal(find("\\bnana", span_of("banana"), 2, &start, &end), 0);
	assert_int_equal(find("", span_make(NULL, 0), 0, &start, &end), 1);
	assert_int_equal(start, 0);
	assert_int_equal(find("foo\\Kbar", span_of("foobar"), 0, &start, &end), 1);
	assert_true(start <= end);
}

static void letters_and_word_edges_know_unicode(void **state)
{
	size_t start, end;

	(void)state;
	assert_int_equal(find("\\bété\\b", span_of("un été chaud"), 0, &start, &end), 1);
	assert_int_equal(find("(?i)ÉCLAIR", span_of("éclair"), 0, &start, &end), 1);
	assert_int_equal(find("^\\w+$", span_of("数据"), 0, &start, &end), 1);
}

static void malformed_text_matches_around_its_bad_bytes(void **state)
{
	size_t start, end;
	const char text[] = "ab\xff\xe6\x95" "cd";

	(void)state;
	assert_int_equal(find("cd", span_make(text, sizeof text - 1), 0, &start, &end), 1);
	assert_int_equal(start, 5);
	assert_int_equal(find("b.c", span_make(text, sizeof text - 1), 0, &start, &end), 0);
}

static void catastrophic_patterns_hit_a_limit(void **state)
{
	struct buf text = BUF_INIT;
	size_t start, end;
	clock_t began = clock(); /* processor time: the machine may be busy */

	(void)state;
	buf_fill(&text, 'a', 5000);
	assert_true(find("(a+)+$b", buf_span(&text), 0, &start, &end) <= 0);
	assert_true(find("(a|aa)+$b", buf_span(&text), 0, &start, &end) <= 0);
	assert_true(find("(?:(?:a*)*)*b", buf_span(&text), 0, &start, &end) <= 0);
	assert_true(clock() - began < 30 * CLOCKS_PER_SEC);
	buf_free(&text);
}

static void only_plain_patterns_may_look_into_escaped_text(void **state)
{
	static const char *const safe[] = { "word", "colou?r", "(?:a|b)+c", "[a-z0-9_]{2,3}x", "(?i)Volcano", "数据|清洗", "\\w+ \\d", "a\\.b", "x y" };
	static const char *const unsafe[] = { "a.b", "^a", "a$", "\\bword", "a\\nb", "\\s", "a/b", "a\"b", "[^a]", "[A-z]", "a\\\\b", "(?=a)b",
					      "(?>a)b", "a++b", "\\x41", "\\p{L}", "(a)\\1", "[a\\n]", "\tx" };

	(void)state;
	for (size_t i = 0; i < sizeof safe / sizeof *safe; i++) {
		struct pattern *p = compile(safe[i]);

		if (!pattern_raw_safe(p))
			fail_msg("%s is safe", safe[i]);
		pattern_free(p);
	}
	for (size_t i = 0; i < sizeof unsafe / sizeof *unsafe; i++) {
		struct pattern *p = compile(unsafe[i]);

		if (pattern_raw_safe(p))
			fail_msg("%s is not safe", unsafe[i]);
		pattern_free(p);
	}
}

static void finds_what_every_match_must_hold(void **state)
{
	static const char *const rows[][2] = {
		{ "word", "word" }, { ".*needle\\b", "needle" }, { "(?m)^The end$", "The end" }, { "colou?r", "colo" }, { "abcd*ef", "abc" },
		{ "abc+def", "abc" }, { "[(|]abc(x|yz)defg", "defg" }, { "a{2}bcd", "bcd" }, { "数据.清洗", "数据" }, { "abc数?d", "abc" },
		{ "\\[abc\\]", "abc" }, { "x(?:ab|c)def", "def" }, { "\\bquick.+lazy dog\\b", "lazy dog" },
	};
	static const char *const none[] = { "abc|def", "(?i)abc", "abc(?i)def", "a.b", "", "(abc)?", "(abc)", "\\Qabc\\E", "\\x41bcd", "\\p{Lu}abc",
					    "[[:alpha:]]abc", "(?x)ab cd", "ab(?#c)def", "(?=abcd)", "(*UTF)abcd" };

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct pattern *p = compile(rows[i][0]);

		if (!span_is(pattern_needle(p), rows[i][1]))
			fail_msg("%s: %.*s", rows[i][0], (int)pattern_needle(p).len, pattern_needle(p).p);
		pattern_free(p);
	}
	for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
		struct error err = { 0 };
		struct pattern *p;

		if (pattern_compile(&p, span_of(none[i]), &err) < 0)
			continue; /* refused */
		assert_int_equal(pattern_needle(p).len, 0);
		pattern_free(p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(says_where_a_pattern_is_wrong),
		cmocka_unit_test(finds_from_a_place_on_and_sees_what_is_before),
		cmocka_unit_test(letters_and_word_edges_know_unicode),
		cmocka_unit_test(malformed_text_matches_around_its_bad_bytes),
		cmocka_unit_test(catastrophic_patterns_hit_a_limit),
		cmocka_unit_test(only_plain_patterns_may_look_into_escaped_text),
		cmocka_unit_test(finds_what_every_match_must_hold),
	};

	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
