/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Terminals, colours, languages, sizes; key maps and themes of one's own. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "shelf.h"

static bool has_colour(struct vt *vt)
{
	for (int y = 0; y < vt_rows(vt); y++)
		for (int x = 0; x < vt_cols(vt); x++)
			if (vt_pen(vt, y, x).foreground != -1 || vt_pen(vt, y, x).background != -1)
				return true;
	return false;
}

static void judge_four(struct vt *vt)
{
	assert_true(vt_wait_row(vt, 0, "60 records", 0));
	vt_type(vt, "axsf");
	assert_true(vt_wait_row(vt, 2, "✓", 0));
	assert_true(vt_wait_row(vt, 3, "✗", 0));
	assert_true(vt_wait_row(vt, 4, "»", 0));
	assert_true(vt_wait_row(vt, 5, "⚑", 0));
}

/* Dim until it is on the disk; then bold. */
static bool is_durable(struct vt *vt, void *row)
{
	return vt_pen(vt, *(int *)row, 8).bold;
}

static void wait_durable(struct vt *vt)
{
	for (int row = 2; row <= 3; row++)
		assert_true(vt_wait(vt, is_durable, &row, 0));
}

static void tells_verdicts_without_colour(void **state)
{
	const char *const env[] = { "NO_COLOR=1", NULL };
	struct vt *vt = shelf_open("shelf.jsonl", 24, 80, env);

	(void)state;
	judge_four(vt);
	assert_false(has_colour(vt));
	wait_durable(vt); /* attributes stay */
	shelf_leave(vt);
}

static void tells_verdicts_in_every_theme(void **state)
{
	static const char *const themes[] = { "theme mono", "theme default16", "theme 256", "theme truecolour",
					      "theme colour-blind" };

	(void)state;
	for (size_t i = 0; i < sizeof themes / sizeof *themes; i++) {
		struct vt *vt = shelf_open("shelf.jsonl", 24, 80, NULL);

		vt_type(vt, ":");
		vt_type(vt, themes[i]);
		vt_type(vt, "\r");
		judge_four(vt);
		assert_int_equal(has_colour(vt), i > 0);
		shelf_leave(vt);
	}
}

static void shows_accept_and_reject_apart_for_colour_blind_eyes(void **state)
{
	struct vt *vt = shelf_open("shelf.jsonl", 24, 80, NULL);
	struct vt_pen accept, reject;

	(void)state;
	vt_type(vt, ":theme colour-blind\r");
	judge_four(vt);
	wait_durable(vt);
	accept = vt_pen(vt, 2, 8);
	reject = vt_pen(vt, 3, 8);
	assert_int_not_equal(accept.foreground, reject.foreground);
	assert_true(reject.underline && !accept.underline);
	shelf_leave(vt);
}

static void works_on_many_terminals(void **state)
{
	static const char *const terms[] = { "TERM=vt100", "TERM=xterm", "TERM=screen", "TERM=tmux-256color", "TERM=linux" };

	(void)state;
	for (size_t i = 0; i < sizeof terms / sizeof *terms; i++) {
		const char *const env[] = { terms[i], NULL };
		struct vt *vt = shelf_open("shelf.jsonl", 24, 80, env);

		judge_four(vt);
		vt_type(vt, "G");
		assert_true(vt_wait_text(vt, "Document 60 begins", 0));
		vt_type(vt, "Q");
		assert_int_equal(vt_wait_exit(vt, 0), 0);
		vt_free(vt);
	}
}

static void refuses_a_terminal_without_a_cursor_with_a_way_out(void **state)
{
	static const char *const terms[] = { "TERM=dumb", "TERM", "TERM=no-such-terminal" };

	(void)state;
	for (size_t i = 0; i < sizeof terms / sizeof *terms; i++) {
		const char *const env[] = { terms[i], NULL };
		struct vt *vt = vt_start((const char *[]){ vt_tamis(), "-w", shelf_path("dumb.tamis"), NULL }, 24, 200, env);

		assert_int_equal(vt_wait_exit(vt, 0), 2);
		assert_int_not_equal(vt_find(vt, "--linear", NULL), -1);
		vt_free(vt);
	}
}

static void speaks_chinese_in_columns(void **state)
{
	const char *const env[] = { "LANGUAGE=zh_CN", NULL };
	struct vt *vt = shelf_open(NULL, 24, 80, env);

	(void)state;
	assert_true(vt_wait_row(vt, -1, "帮助", 0));
	vt_type(vt, "?");
	assert_true(vt_wait_row(vt, 0, "帮助", 0));
	shelf_leave(vt);
}

static void lives_through_every_size(void **state)
{
	static const int sizes[][2] = { { 1, 1 }, { 2, 200 }, { 60, 2 }, { 4, 24 }, { 5, 30 }, { 10, 40 }, { 60, 200 }, { 3, 80 } };
	struct vt *vt = shelf_open("shelf.jsonl", 24, 80, NULL);

	(void)state;
	assert_true(vt_wait_row(vt, 0, "60 records", 0));
	vt_type(vt, "i");
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		vt_resize(vt, sizes[i][0], sizes[i][1]);
		vt_type(vt, "j");
		vt_wait_quiet(vt, 40, 0);
	}
	assert_true(vt_wait_row(vt, 0, "too small", 0));
	vt_resize(vt, 24, 80);
	assert_true(vt_wait_row(vt, -1, "9 / 60", 0));
	shelf_leave(vt);
}

static void starts_on_a_screen_of_one_character(void **state)
{
	struct vt *vt = shelf_open(NULL, 1, 1, NULL);

	(void)state;
	assert_true(vt_wait_row(vt, 0, "t", 0));
	vt_resize(vt, 24, 80);
	assert_true(vt_wait_text(vt, "no corpora yet", 0));
	shelf_leave(vt);
}

static const char *config_folder(void)
{
	static char variable[300];

	snprintf(variable, sizeof variable, "XDG_CONFIG_HOME=%s", shelf_path("config"));
	mkdir(shelf_path("config"), 0700);
	mkdir(shelf_path("config/tamis"), 0700);
	mkdir(shelf_path("config/tamis/keys"), 0700);
	mkdir(shelf_path("config/tamis/themes"), 0700);
	return variable;
}

static void takes_keys_of_ones_own_and_names_bad_lines(void **state)
{
	const char *const env[] = { config_folder(), NULL };
	struct vt *vt;

	(void)state;
	shelf_write("config/tamis/keys/default", "documents  d    down\nnowhere x down\ndocuments g g last\ndocuments ; goto 33\n");
	vt = shelf_open("shelf.jsonl", 24, 200, env);
	assert_true(vt_wait_row(vt, 0, "60 records", 0));
	vt_type(vt, "d");
	assert_true(vt_wait_row(vt, -1, "2 / 60", 0));
	vt_type(vt, "gg");
	assert_true(vt_wait_row(vt, -1, "60 / 60", 0));
	vt_type(vt, ";");
	assert_true(vt_wait_row(vt, -1, "33 / 60", 0));
	vt_key(vt, "F2");
	assert_true(vt_wait_text(vt, "keys/default:2: the first word must be a screen", 0));
	shelf_leave(vt);
}

static void takes_a_theme_of_ones_own_and_names_bad_lines(void **state)
{
	const char *const env[] = { config_folder(), NULL };
	struct vt *vt;

	(void)state;
	shelf_write("config/tamis/themes/mine", "title 1 2 bold\ncursor purple-ish\nno-such-style 1\n");
	vt = shelf_open("shelf.jsonl", 24, 200, env);
	assert_true(vt_wait_row(vt, 0, "60 records", 0));
	vt_type(vt, ":theme mine\r");
	vt_key(vt, "F2");
	assert_true(vt_wait_text(vt, "themes/mine:2:", 0));
	assert_true(vt_wait_text(vt, "themes/mine:3:", 0));
	assert_int_equal(vt_pen(vt, 0, 1).foreground, 1);
	assert_int_equal(vt_pen(vt, 0, 1).background, 2);
	shelf_leave(vt);
}

static void a_message_longer_than_the_line_stands_above_it_whole(void **state)
{
	struct vt *vt = shelf_open("shelf.jsonl", 24, 80, NULL);

	(void)state;
	assert_true(vt_wait_row(vt, 0, "60 records", 0));
	vt_type(vt, ":shapes\r");
	assert_true(vt_wait_row(vt, 22, "never.", 0));
	assert_non_null(strstr(vt_row(vt, 21), "Invisible characters are drawn as the terminal wants them"));
	assert_non_null(strstr(vt_row(vt, 23), "1 / 60"));
	vt_type(vt, "j");
	assert_true(vt_wait_gone(vt, "Invisible characters", 0));
	assert_true(vt_wait_row(vt, 23, "2 / 60", 0));
	shelf_leave(vt);
}

static void knows_the_keys_of_vi_and_of_less(void **state)
{
	struct vt *vt = shelf_open("shelf.jsonl", 24, 80, NULL);

	(void)state;
	assert_true(vt_wait_row(vt, 0, "60 records", 0));
	vt_type(vt, ":keys vim\rG");
	assert_true(vt_wait_row(vt, -1, "60 / 60", 0));
	vt_type(vt, "gg");
	assert_true(vt_wait_row(vt, -1, "1 / 60", 0));
	vt_type(vt, ":keys less\r");
	vt_type(vt, "f");
	assert_true(vt_wait_row(vt, -1, "21 / 60", 0));
	vt_type(vt, "F");
	assert_true(vt_wait_text(vt, "⚑", 0));
	vt_type(vt, ":keys nonsense\r");
	assert_true(vt_wait_row(vt, -1, "there is no key map", 0));
	shelf_leave(vt);
}

/* "wait" lets background work end; "dump" writes what would be seen. */
static void draws_the_screen_without_a_terminal(void **state)
{
	char command[600];
	struct vt *vt = shelf_open("shelf.jsonl", 24, 80, NULL);

	(void)state;
	shelf_leave(vt);
	shelf_write("script", "# a comment\nopen\nfilter needle\nwait\ndump\n");
	snprintf(command, sizeof command, "cd %s && w=$(ls -t w*.tamis | head -1) && %s -w $w --batch script | cat && echo status $?",
		 shelf_path(""), vt_tamis());
	vt = vt_start((const char *[]){ "sh", "-c", command, NULL }, 40, 80, NULL);
	assert_true(vt_wait_text(vt, "Document 7 begins", 0));
	assert_true(vt_wait_text(vt, "1 hit", 0));
	assert_int_equal(vt_wait_exit(vt, 0), 0);
	vt_free(vt);
	shelf_write("script", "open\nno-such-action\n");
	vt = vt_start((const char *[]){ "sh", "-c", command, NULL }, 40, 80, NULL);
	assert_true(vt_wait_text(vt, "script:2: no such action", 0));
	vt_wait_exit(vt, 0);
	vt_free(vt);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_verdicts_without_colour),
		cmocka_unit_test(tells_verdicts_in_every_theme),
		cmocka_unit_test(shows_accept_and_reject_apart_for_colour_blind_eyes),
		cmocka_unit_test(works_on_many_terminals),
		cmocka_unit_test(refuses_a_terminal_without_a_cursor_with_a_way_out),
		cmocka_unit_test(speaks_chinese_in_columns),
		cmocka_unit_test(lives_through_every_size),
		cmocka_unit_test(starts_on_a_screen_of_one_character),
		cmocka_unit_test(takes_keys_of_ones_own_and_names_bad_lines),
		cmocka_unit_test(takes_a_theme_of_ones_own_and_names_bad_lines),
		cmocka_unit_test(a_message_longer_than_the_line_stands_above_it_whole),
		cmocka_unit_test(knows_the_keys_of_vi_and_of_less),
		cmocka_unit_test(draws_the_screen_without_a_terminal),
	};
	return cmocka_run_group_tests(tests, shelf_make, shelf_clean);
}
