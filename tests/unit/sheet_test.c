/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sheets: wrapping, styles across line ends, columns beside each other, the limit on lines. */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "review/sheet.h"

/* All lines, each ended by '|'. */
static void lines_are(const struct sheet *s, const char *expected)
{
	struct buf text = BUF_INIT;

	for (size_t i = 0; i < s->lines.n; i++) {
		sheet_line_text(&text, s, i);
		buf_addc(&text, '|');
	}
	assert_string_equal(text.p, expected);
	buf_free(&text);
}

static void wraps_to(const char *text, int columns, int indent, const char *expected)
{
	struct sheet s = { 0 };

	sheet_wrap(&s, STYLE_TEXT, 3, span_of(text), columns, indent);
	lines_are(&s, expected);
	for (size_t i = 0; i < s.lines.n; i++)
		assert_int_equal(s.lines.v[i].field, 3);
	sheet_free(&s);
}

static void wraps_words_ideographs_and_long_words(void **state)
{
	(void)state;
	wraps_to("one two three", 8, 0, "one two |three|");
	wraps_to("one two three", 7, 0, "one two|three|");
	wraps_to("abcdefghij", 4, 0, "abcd|efgh|ij|");
	wraps_to("数据清洗", 5, 0, "数据|清洗|");
	wraps_to("数据。清洗", 4, 0, "数|据。|清洗|");
	wraps_to("数据（清洗）", 6, 0, "数据|（清|洗）|");
	wraps_to("数据“清洗”完", 6, 0, "数据|“清洗”|完|");
	wraps_to("数据清洗……完", 8, 0, "数据清|洗……完|");
	wraps_to("按 C 见 tamis stats 说明", 12, 0, "按 C 见 |tamis stats |说明|");
	wraps_to("数据abc清洗", 6, 0, "数据|abc清|洗|");
	wraps_to("ちょっと", 6, 0, "ちょっ|と|");
	wraps_to("word数据", 6, 0, "word数|据|");
	wraps_to("a\n\nb\n", 10, 0, "a||b|");
	wraps_to("", 10, 0, "|");
	wraps_to("see /usr/share/doc/google-cloud-cli/copyright", 38, 0, "see /usr/share/doc/google-cloud-cli/|copyright|");
	wraps_to("one two", 6, 2, "  one |  two|");
	wraps_to("x\x1b[0m", 20, 0, "x<ESC>[0m|");
	wraps_to("a b", 0, 0, "a|b|");
}

static void columns_of_lines_are_known(void **state)
{
	struct sheet s = { 0 };

	(void)state;
	sheet_line(&s, -1);
	sheet_put(&s, STYLE_LABEL, span_of("数据"));
	sheet_putf(&s, STYLE_TEXT, " %d", 42);
	sheet_data(&s, STYLE_TEXT, span_of("\x07 longer than that"), 8);
	assert_int_equal(s.lines.v[0].n, 3);
	assert_int_equal(s.lines.v[0].columns, 4 + 3 + 8);
	lines_are(&s, "数据 42<BEL> l…|");
	sheet_free(&s);
}

static void tokens_have_a_style_of_their_own(void **state)
{
	struct sheet s = { 0 };

	(void)state;
	sheet_wrap(&s, STYLE_TEXT, -1, span_of("ab\x01" "cd"), 80, 0);
	assert_int_equal(s.pieces.n, 3);
	assert_int_equal(s.pieces.v[1].style, STYLE_TOKEN);
	assert_string_equal(s.pieces.v[1].text, "<SOH>");
	sheet_free(&s);
}

static void words_after_a_sentence_of_marks_are_not_cut(void **state)
{
	struct sheet s = { 0 };
	struct buf text = BUF_INIT;
	struct flow *f = flow_begin(&s, -1, 20, 0, false);

	(void)state;
	flow_mark(f, STYLE_STRONG, "评判 4  ");
	flow_mark(f, STYLE_STRONG, "单看 3  ");
	flow_data(f, STYLE_DIM, span_of("understandable words"));
	flow_end(f);
	for (size_t i = 0; i < s.lines.n; i++) {
		sheet_line_text(&text, &s, i);
		buf_addc(&text, '|');
	}
	assert_string_equal(text.p, "评判 4  单看 3  |understandable words|");
	buf_free(&text);
	sheet_free(&s);
}

static void marks_stay_with_their_words(void **state)
{
	struct sheet s = { 0 };
	struct flow *f = flow_begin(&s, -1, 12, 0, false);

	(void)state;
	flow_data(f, STYLE_TEXT, span_of("it costs "));
	flow_mark(f, STYLE_REMOVED, "[-");
	flow_data(f, STYLE_REMOVED, span_of("10"));
	flow_mark(f, STYLE_REMOVED, "-]");
	flow_mark(f, STYLE_ADDED, "{+");
	flow_data(f, STYLE_ADDED, span_of("12 or so"));
	flow_mark(f, STYLE_ADDED, "+}");
	flow_end(f);
	lines_are(&s, "it costs |[-10-]{+12 |or so+}|");
	sheet_free(&s);
}

static void a_limit_stops_the_work_and_says_so(void **state)
{
	struct sheet s = { .limit = 3 };
	struct buf text = BUF_INIT;

	(void)state;
	for (int i = 0; i < 100000; i++)
		buf_adds(&text, "line\n");
	sheet_wrap(&s, STYLE_TEXT, -1, buf_span(&text), 80, 0);
	assert_int_equal(s.lines.n, 3);
	assert_true(s.cut && sheet_full(&s));
	sheet_clear(&s);
	assert_false(s.cut);
	sheet_wrap(&s, STYLE_TEXT, -1, span_of("a\nb"), 80, 0);
	assert_false(s.cut);
	buf_free(&text);
	sheet_free(&s);
}

static void sheets_stand_beside_each_other(void **state)
{
	struct sheet left = { 0 }, right = { 0 }, both = { 0 };

	(void)state;
	sheet_wrap(&left, STYLE_TEXT, 1, span_of("one 数据"), 4, 0);
	sheet_wrap(&right, STYLE_TEXT, 2, span_of("a\nb\nc"), 10, 0);
	sheet_beside(&both, &left, &right, 5, " | ");
	lines_are(&both, "one   | a|数据  | b|      | c|");
	assert_int_equal(both.lines.v[0].field, 1);
	assert_int_equal(both.lines.v[2].field, 2);
	sheet_free(&left);
	sheet_free(&right);
	sheet_free(&both);
}

static void every_style_has_a_name_for_themes(void **state)
{
	(void)state;
	for (int i = 0; i < STYLE_COUNT; i++)
		for (int k = 0; k < i; k++)
			assert_string_not_equal(style_name((enum style)i), style_name((enum style)k));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(wraps_words_ideographs_and_long_words),
		cmocka_unit_test(columns_of_lines_are_known),
		cmocka_unit_test(tokens_have_a_style_of_their_own),
		cmocka_unit_test(words_after_a_sentence_of_marks_are_not_cut),
		cmocka_unit_test(marks_stay_with_their_words),
		cmocka_unit_test(a_limit_stops_the_work_and_says_so),
		cmocka_unit_test(sheets_stand_beside_each_other),
		cmocka_unit_test(every_style_has_a_name_for_themes),
	};

	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
