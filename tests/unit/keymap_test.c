/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names of keys, key maps, themes. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/buf.h"
#include "ui/key.h"
#include "ui/keymap.h"
#include "ui/theme.h"

static void every_key_has_a_name_that_names_it(void **state)
{
	static const char *const names[] = { "j", "J", ";", "space", "enter", "tab", "S-tab", "esc", "up", "pgdn", "f1", "f12", "C-d", "C-a",
					     "M-x", "M-enter", "backspace", "del", "é", "数" };

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		int32_t key = key_from_name(span_of(names[i]));
		char label[24];

		assert_int_not_equal(key, 0);
		key_label(label, key);
		assert_string_equal(label, names[i]);
	}
	assert_int_equal(key_from_name(span_of("f13")), 0);
	assert_int_equal(key_from_name(span_of("spacebar")), 0);
	assert_int_equal(key_from_name(span_of("C-")), 0);
	assert_int_equal(key_from_name(span_of("\x7f")), 0);
}

static void count(void *ctx, const char *message)
{
	buf_adds(ctx, message);
	buf_addc(ctx, '\n');
}

static void later_lines_win_and_none_takes_a_key_away(void **state)
{
	struct buf said = BUF_INIT;
	struct keymap m = { 0 };
	bool prefix;

	(void)state;
	keymap_defaults(&m);
	keymap_parse(&m, span_of("documents j up\ndocuments k none\n# nothing\n\ndocuments g g goto 50%\n"), "mine", count, &said);
	assert_string_equal(said.p, "");
	assert_int_equal(keymap_find(&m, SCREEN_DOCUMENTS, 'j', 0, &prefix)->action, ACTION_UP);
	assert_int_equal(keymap_find(&m, SCREEN_READER, 'j', 0, &prefix)->action, ACTION_DOWN);
	assert_null(keymap_find(&m, SCREEN_DOCUMENTS, 'k', 0, &prefix));
	assert_false(prefix);
	assert_null(keymap_find(&m, SCREEN_DOCUMENTS, 'g', 0, &prefix));
	assert_true(prefix);
	assert_string_equal(keymap_find(&m, SCREEN_DOCUMENTS, 'g', 'g', &prefix)->argument, "50%");
	keymap_free(&m);
	buf_free(&said);
}

static void bad_lines_are_named_and_skipped(void **state)
{
	struct buf said = BUF_INIT;
	struct keymap m = { 0 };
	bool prefix;

	(void)state;
	keymap_defaults(&m);
	keymap_parse(&m, span_of("cellar j down\ndocuments nokey down\ndocuments j fly\ndocuments ;\ndocuments ; last"), "mine", count, &said);
	assert_non_null(strstr(said.p, "mine:1: "));
	assert_non_null(strstr(said.p, "mine:2: "));
	assert_non_null(strstr(said.p, "mine:3: "));
	assert_non_null(strstr(said.p, "mine:4: "));
	assert_null(strstr(said.p, "mine:5: "));
	assert_int_equal(keymap_find(&m, SCREEN_DOCUMENTS, ';', 0, &prefix)->action, ACTION_LAST);
	keymap_free(&m);
	buf_free(&said);
}

static void every_default_key_can_be_read(void **state)
{
	(void)state;
	for (const struct action *a = actions; a->id != ACTION_NONE; a++) {
		struct span rest = span_of(a->keys);

		while (rest.len) {
			const char *blank = memchr(rest.p, ' ', rest.len);
			struct span key = span_make(rest.p, blank ? (size_t)(blank - rest.p) : rest.len);

			if (key_from_name(key) == 0)
				fail_msg("%s: %.*s is no key", a->name, (int)key.len, key.p);
			rest = span_trim(span_make(key.p + key.len, rest.len - key.len));
		}
	}
}

static void themes_are_read_line_by_line(void **state)
{
	struct buf said = BUF_INIT;
	struct theme t;

	(void)state;
	theme_mono(&t);
	theme_parse(&t, span_of("accept #00ff00 236 bold\nreject bright-red underline\nflag pink\nglow 1\nskip 256\n"), "mine", count, &said);
	assert_int_equal(t.look[STYLE_ACCEPT].foreground, COLOUR_RGB + 0xff00);
	assert_int_equal(t.look[STYLE_ACCEPT].background, 236);
	assert_int_equal(t.look[STYLE_ACCEPT].attributes, LOOK_BOLD);
	assert_int_equal(t.look[STYLE_REJECT].foreground, 9);
	assert_int_equal(t.look[STYLE_REJECT].attributes, LOOK_UNDERLINE);
	assert_non_null(strstr(said.p, "mine:3: "));
	assert_non_null(strstr(said.p, "mine:4: "));
	assert_non_null(strstr(said.p, "mine:5: "));
	buf_free(&said);
}

static void colours_come_down_to_what_a_terminal_has(void **state)
{
	(void)state;
	assert_int_equal(theme_colour(COLOUR_NONE, 256), COLOUR_NONE);
	assert_int_equal(theme_colour(37, 256), 37);
	assert_int_equal(theme_colour(COLOUR_RGB + 0xff0000, 256), 196);
	assert_int_equal(theme_colour(COLOUR_RGB + 0xff0000, 16), 9);
	assert_int_equal(theme_colour(196, 8), 1);
	assert_int_equal(theme_colour(196, 0), COLOUR_NONE);
	assert_int_equal(theme_colour(196, 0x1000000), 0xff0000);
	assert_int_equal(theme_colour(1, 0x1000000), 1);
	assert_string_equal(theme_suited(256, true), "mono");
	assert_string_equal(theme_suited(8, false), "default16");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_key_has_a_name_that_names_it),
		cmocka_unit_test(later_lines_win_and_none_takes_a_key_away),
		cmocka_unit_test(bad_lines_are_named_and_skipped),
		cmocka_unit_test(every_default_key_can_be_read),
		cmocka_unit_test(themes_are_read_line_by_line),
		cmocka_unit_test(colours_come_down_to_what_a_terminal_has),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
