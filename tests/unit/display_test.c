/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text made safe: tokens, clusters, cutting, wrapping; and the property that matters: what we count is what a terminal draws. */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#ifdef HAVE_VTERM
#include <vterm.h>
#endif

#include "base/hash.h"
#include "base/utf8.h"
#include "text/display.h"

static void draws_as(const char *data, size_t len, const char *drawn, int columns)
{
	struct buf out = BUF_INIT;
	int got = display_line(&out, span_make(data, len), 1000, false);

	assert_string_equal(out.p, drawn);
	assert_int_equal(got, columns);
	buf_free(&out);
}

static void control_bytes_and_invisible_characters_become_tokens(void **state)
{
	(void)state;
	draws_as("a\x1b[31m", 6, "a<ESC>[31m", 10);
	draws_as("\0\x7f\r", 3, "<NUL><DEL><CR>", 14);
	draws_as("\xc2\x9b", 2, "<U+009B>", 8);
	draws_as("\xff\xe2\x82", 3, "<xFF><xE2><x82>", 15);
	draws_as("x\u200dy\u200b\u202e\ufeff", 14, "x<ZWJ>y<ZWSP><U+202E><BOM>", 26);
	draws_as("\u00ad\ufe0f\u0378\ue000", 10, "<SHY><VS16><U+0378><U+E000>", 27);
}

static void marks_need_a_base_and_pile_up_to_four(void **state)
{
	(void)state;
	draws_as("e\u0301", 3, "e\u0301", 1);
	draws_as("\u0301e", 3, "<U+0301>e", 9);
	draws_as("\t\u0301", 3, "        <U+0301>", 16);
	draws_as("o\u0301\u0302\u0303\u0304\u0305", 11, "o\u0301\u0302\u0303\u0304<U+0305>", 9);
}

static void clusters_are_never_split(void **state)
{
	static const char *const whole[] = { "数", "e\u0301", "🇫🇷", "षि", "👍🏽", "한", "1", " \u0301" };
	static const int columns[] = { 2, 1, 2, 2, 4, 2, 1, 1 };
	struct cluster c;

	(void)state;
	for (size_t i = 0; i < sizeof whole / sizeof *whole; i++) {
		assert_int_equal(cluster_next(&c, span_of(whole[i]), 0, false), strlen(whole[i]));
		assert_int_equal(c.columns, columns[i]);
		assert_string_equal(c.text, whole[i]);
	}
	assert_int_equal(cluster_next(&c, span_of("🇫🇷🇩🇪"), 0, false), 8);
}

static void raw_shapes_join_but_never_pass_controls(void **state)
{
	struct buf out = BUF_INIT;

	(void)state;
	display_line(&out, span_of("👩\u200d💻❤\ufe0f\x1b\u202e\u0378"), 100, true);
	assert_string_equal(out.p, "👩\u200d💻❤\ufe0f<ESC><U+202E><U+0378>");
	buf_free(&out);
}

static void tabs_go_to_the_next_stop(void **state)
{
	struct cluster c;

	(void)state;
	for (int column = 0; column < 20; column++) {
		assert_int_equal(cluster_next(&c, span_of("\t"), column, false), 1);
		assert_int_equal(c.columns, 8 - column % 8);
		assert_int_equal(strlen(c.text), c.columns);
	}
}

static void cut_lines_end_in_an_ellipsis_within_the_columns(void **state)
{
	struct buf out = BUF_INIT;

	(void)state;
	assert_int_equal(display_line(&out, span_of("一二三四"), 6, false), 5);
	assert_string_equal(out.p, "一二…");
	buf_clear(&out);
	assert_int_equal(display_line(&out, span_of("一二三"), 6, false), 6);
	assert_string_equal(out.p, "一二三");
	buf_clear(&out);
	assert_int_equal(display_line(&out, span_of("a\nb\r\nc"), 80, false), 5);
	assert_string_equal(out.p, "a⏎b⏎c");
	buf_clear(&out);
	assert_int_equal(display_line(&out, span_of("abc"), 0, false), 0);
	assert_int_equal(display_line(&out, span_of("abc"), 1, false), 1);
	assert_string_equal(out.p, "…");
	buf_free(&out);
}

static void wraps_to(const char *text, int columns, const char *rows)
{
	struct span s = span_of(text);
	struct buf out = BUF_INIT;
	size_t drawn;

	while (s.len > 0) {
		size_t used = display_wrap(s, columns, false, &drawn);

		assert_true(used > 0 && drawn <= used);
		buf_add(&out, s.p, drawn);
		buf_addc(&out, '|');
		s = span_make(s.p + used, s.len - used);
	}
	assert_string_equal(out.p, rows);
	buf_free(&out);
}

static void wraps_at_spaces_between_ideographs_and_inside_long_words(void **state)
{
	(void)state;
	wraps_to("one two three", 8, "one two |three|");
	wraps_to("one two three", 7, "one two|three|");
	wraps_to("abcdefghij", 4, "abcd|efgh|ij|");
	wraps_to("数据清洗", 5, "数据|清洗|");
	wraps_to("数据。清洗", 4, "数|据。|清洗|");
	wraps_to("数据（清洗）", 6, "数据|（清|洗）|");
	wraps_to("数据“清洗”完", 6, "数据|“清洗”|完|");
	wraps_to("数据清洗……完", 8, "数据清|洗……完|");
	wraps_to("按 C 见 tamis stats 说明", 12, "按 C 见 |tamis stats |说明|");
	wraps_to("数据abc清洗", 6, "数据|abc清|洗|");
	wraps_to("ちょっと", 6, "ちょっ|と|");
	wraps_to("数据清).b", 6, "数据|清).b|"); /* signs that other ASCII follows */
	wraps_to("（a数据清洗", 7, "（a数据|清洗|");    /* what opened is over with the next character */
	wraps_to("a\n\nb\r\n", 10, "a||b|");
	wraps_to("ab   \r\ncd", 2, "ab|cd|");
	wraps_to("数", 1, "数|");
}

static uint64_t next_random(uint64_t *seed)
{
	return *seed = hash_mix64(*seed);
}

/* A mixture that hits every class: ASCII, Latin with marks, CJK, Indic, Hangul, emoji, controls, format characters, junk. */
static size_t random_text(char *out, size_t clusters, uint64_t *seed)
{
	static const uint32_t base[][2] = { { 0x20, 0x7e }, { 0xa0, 0x24f }, { 0x300, 0x36f }, { 0x400, 0x52f },
		{ 0x590, 0x6ff }, { 0x900, 0xdff }, { 0x1000, 0x11ff }, { 0x2000, 0x206f }, { 0x2190, 0x2bff },
		{ 0x3000, 0x30ff }, { 0x4e00, 0x9fff }, { 0xac00, 0xd7ff }, { 0xf900, 0xffff }, { 0x1f000, 0x1faff },
		{ 0x1f1e6, 0x1f1ff }, { 0xfe00, 0xfe0f }, { 0x00, 0x9f }, { 0x100, 0x10ffff } };
	size_t n = 0;

	for (size_t i = 0; i < clusters; i++) {
		const uint32_t *range = base[next_random(seed) % (sizeof base / sizeof *base)];
		uint32_t cp = range[0] + (uint32_t)(next_random(seed) % (range[1] - range[0] + 1));

		if (next_random(seed) % 50 == 0)
			out[n++] = (char)(0x80 + next_random(seed) % 0x80);
		else
			n += utf8_encode(out + n, cp);
	}
	return n;
}

static void no_output_holds_a_control_byte_and_every_byte_is_accounted_for(void **state)
{
	char text[512];
	uint64_t seed = 7;

	(void)state;
	for (int round = 0; round < 20000; round++) {
		struct span s = span_make(text, random_text(text, 24, &seed));
		bool raw = round % 2;
		struct cluster c;

		for (size_t at = 0; at < s.len;) {
			size_t used = cluster_next(&c, span_make(s.p + at, s.len - at), 0, raw);

			assert_true(used > 0 && used == c.source.len && c.source.p == s.p + at);
			assert_true(c.line_end || c.columns > 0);
			assert_true(utf8_valid(span_of(c.text), NULL));
			for (const char *p = c.text; *p; p++)
				assert_true((unsigned char)*p >= 0x20 && *p != 0x7f);
			at += used;
		}
	}
}

#ifdef HAVE_VTERM
static void drawn_width_is_computed_width_in_a_terminal(void **state)
{
	VTerm *terminal = vterm_new(2, 1000);
	VTermPos cursor;
	char text[512];
	uint64_t seed = 20261122;

	(void)state;
	vterm_set_utf8(terminal, 1);
	vterm_screen_reset(vterm_obtain_screen(terminal), 1);
	for (int round = 0; round < 20000; round++) {
		struct buf safe = BUF_INIT;
		int columns;

		buf_adds(&safe, "\r\033[K");
		columns = display_line(&safe, span_make(text, random_text(text, 24, &seed)), 900, false);
		vterm_input_write(terminal, safe.p, safe.len);
		vterm_state_get_cursorpos(vterm_obtain_state(terminal), &cursor);
		if (cursor.col != columns)
			fail_msg("round %d: drawn %d, computed %d: %s", round, cursor.col, columns, safe.p + 4);
		buf_free(&safe);
	}
	vterm_free(terminal);
}
#endif

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(control_bytes_and_invisible_characters_become_tokens),
		cmocka_unit_test(marks_need_a_base_and_pile_up_to_four),
		cmocka_unit_test(clusters_are_never_split),
		cmocka_unit_test(raw_shapes_join_but_never_pass_controls),
		cmocka_unit_test(tabs_go_to_the_next_stop),
		cmocka_unit_test(cut_lines_end_in_an_ellipsis_within_the_columns),
		cmocka_unit_test(wraps_at_spaces_between_ideographs_and_inside_long_words),
		cmocka_unit_test(no_output_holds_a_control_byte_and_every_byte_is_accounted_for),
#ifdef HAVE_VTERM
		cmocka_unit_test(drawn_width_is_computed_width_in_a_terminal),
#endif
	};

	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
