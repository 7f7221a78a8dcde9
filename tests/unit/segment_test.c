/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "text/langid.h"
#include "text/segment.h"

/* `expected` ends with NULL. */
static void assert_sentences(const char *lang, const char *text, const char *const *expected)
{
	struct segmenter *s;
	struct sentence_ranges found = { { 0 } };
	struct error err = { 0 };

	assert_int_equal(segmenter_open(&s, lang_from_code(span_of(lang)), &err), 0);
	segment(s, &found, span_of(text));
	for (size_t i = 0; expected[i]; i++) {
		assert_true(i < found.ranges.n);
		struct span got = span_make(text + found.ranges.v[i].at, found.ranges.v[i].len);
		char *copy = xstrndup(got.p, got.len);

		assert_string_equal(copy, expected[i]);
		free(copy);
		assert_true(expected[i + 1] || i + 1 == found.ranges.n);
	}
	vec_free(&found.ranges);
	segmenter_close(s);
}

#define SENTENCES(...) (const char *const[]){ __VA_ARGS__, NULL }

static void splits_at_stops_but_not_after_abbreviations_and_initials(void **state)
{
	(void)state;
	assert_sentences("en", "Mr. Smith met Dr. J. Brown at 5 p.m. on Monday.  They talked! Did they agree?",
			 SENTENCES("Mr. Smith met Dr. J. Brown at 5 p.m. on Monday.", "They talked!", "Did they agree?"));
	assert_sentences("de", "Am 3. Mai kam z.B. Herr Dr. Braun. Er blieb bis zum 12. Juni.",
			 SENTENCES("Am 3. Mai kam z.B. Herr Dr. Braun.", "Er blieb bis zum 12. Juni."));
	assert_sentences("en", "He finished 3. Then he left.", SENTENCES("He finished 3.", "Then he left."));
}

static void splits_chinese_and_japanese_at_their_stops_but_not_inside_quotations(void **state)
{
	(void)state;
	assert_sentences("zh", "今天下雨。我们不出门！你呢？", SENTENCES("今天下雨。", "我们不出门！", "你呢？"));
	assert_sentences("zh", "他说：「今天下雨。我们不出门。」然后走了。下一句。",
			 SENTENCES("他说：「今天下雨。我们不出门。」", "然后走了。", "下一句。"));
	assert_sentences("ja", "「行きます。」と彼は言った。雨だった。", SENTENCES("「行きます。」と彼は言った。", "雨だった。"));
}

static void joins_wrapped_lines_and_splits_at_blank_ones(void **state)
{
	(void)state;
	assert_sentences("en", "A long sentence that was\nwrapped in the middle.\n\nA heading\n\nNext paragraph.",
			 SENTENCES("A long sentence that was\nwrapped in the middle.", "A heading", "Next paragraph."));
	/* Indented, and going on with a capital letter. */
	assert_sentences("en", "    You can download a small image file, make a bootable CD\n    out of it, install the basic system with it and whatever\n    the Debian people have. For more see the pages of the\n    Debian project on Installation from small images.",
			 SENTENCES("You can download a small image file, make a bootable CD\n    out of it, install the basic system with it and whatever\n    the Debian people have.",
				   "For more see the pages of the\n    Debian project on Installation from small images."));
	/* Titles and items are no wrapped lines. */
	assert_sentences("en", "Ministers meet again to talk about the old question of the harbour\nRain\nA new school opens\nTrains late\nElections",
			 SENTENCES("Ministers meet again to talk about the old question of the harbour", "Rain", "A new school opens", "Trains late",
				   "Elections"));
	assert_sentences("en", "The following things are needed for the installation of the system\n- Paper of the usual size\n- Ink",
			 SENTENCES("The following things are needed for the installation of the system", "- Paper of the usual size", "- Ink"));
}

static void puts_a_sentence_on_one_line(void **state)
{
	static const char *const pairs[][2] = {
		{ " A wrapped\n    sentence,\twith  blanks.\n", "A wrapped sentence, with blanks." },
		{ "一句话\n分成两行，\n中间有 空格。", "一句话分成两行，中间有 空格。" },
		{ "한국어는\n띄어 쓴다.", "한국어는 띄어 쓴다." },
		{ "bad \xff\n\xe4", "bad \xff \xe4" },
		{ "", "" },
	};
	struct arena arena = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
		assert_string_equal(sentence_line(&arena, span_of(pairs[i][0])).p, pairs[i][1]);
	arena_free(&arena);
}

static void keeps_byte_ranges_of_malformed_text(void **state)
{
	struct segmenter *s;
	struct sentence_ranges found = { { 0 } };
	struct error err = { 0 };
	static const char text[] = "Bad \xff\xc3 bytes. \xe4\xb8 Next.";

	(void)state;
	assert_int_equal(segmenter_open(&s, lang_from_code(span_of("en")), &err), 0);
	segment(s, &found, span_make(text, sizeof text - 1));
	assert_true(found.ranges.n >= 1);
	vec_each(&found.ranges, i)
		assert_true(found.ranges.v[i].at + found.ranges.v[i].len <= sizeof text - 1);
	vec_clear(&found.ranges);
	segment(s, &found, span_make("", 0));
	segment(s, &found, span_make("  \n\n ", 5));
	assert_int_equal(found.ranges.n, 0);
	vec_free(&found.ranges);
	segmenter_close(s);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(splits_at_stops_but_not_after_abbreviations_and_initials),
		cmocka_unit_test(splits_chinese_and_japanese_at_their_stops_but_not_inside_quotations),
		cmocka_unit_test(joins_wrapped_lines_and_splits_at_blank_ones),
		cmocka_unit_test(puts_a_sentence_on_one_line),
		cmocka_unit_test(keeps_byte_ranges_of_malformed_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
