/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The test terminal itself: what the screen tests trust must be true. */
#include "config.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "vt.h"

static struct vt *shell(const char *script)
{
	return vt_start((const char *[]){ "sh", "-c", script, NULL }, 10, 40, NULL);
}

static void shows_text_pens_and_wide_characters(void **state)
{
	(void)state;
	struct vt *vt = shell("printf 'plain \\033[1;31mbold\\033[0m 数x \\033[7m!\\033[0m'; read line");
	assert_true(vt_wait_text(vt, "数x", 0));
	int col;
	assert_int_equal(vt_find(vt, "bold", &col), 0);
	assert_int_equal(col, 6);
	assert_true(vt_pen(vt, 0, 6).bold);
	assert_int_equal(vt_pen(vt, 0, 6).foreground, 1);
	assert_false(vt_pen(vt, 0, 0).bold);
	assert_int_equal(vt_pen(vt, 0, 0).foreground, -1);
	assert_int_equal(vt_pen(vt, 0, 11).width, 2);
	assert_int_equal(vt_pen(vt, 0, 12).width, 0);
	assert_int_equal(vt_find(vt, "x", &col), 0);
	assert_int_equal(col, 13);
	assert_true(vt_wait_text(vt, "!", 0));
	assert_true(vt_pen(vt, 0, 15).reverse);
	vt_free(vt);
}

static void types_keys_and_tells_the_exit_status(void **state)
{
	(void)state;
	struct vt *vt = shell("read line; echo \"<$line>\"; exit 7");
	vt_type(vt, "hello\r");
	assert_true(vt_wait_text(vt, "<hello>", 0));
	assert_int_equal(vt_wait_exit(vt, 0), 7);
	assert_string_equal(vt_not_sane(vt), "");
	vt_free(vt);
	vt = shell("stty -icanon -echo; printf ready; dd bs=1 count=3 2>/dev/null | od -c; stty sane");
	assert_true(vt_wait_text(vt, "ready", 0));
	vt_key(vt, "Up");
	assert_true(vt_wait_text(vt, "033", 0));
	assert_int_equal(vt_wait_exit(vt, 0), 0);
	vt_free(vt);
}

static void notices_a_terminal_left_in_disorder(void **state)
{
	(void)state;
	struct vt *vt = shell("stty -echo -icanon; printf '\\033[?1049h\\033[?25l\\033[?1000h\\033[?2004h\\033[1m'; exit 0");
	assert_int_equal(vt_wait_exit(vt, 0), 0);
	const char *what = vt_not_sane(vt);
	assert_non_null(strstr(what, "alternate screen"));
	assert_non_null(strstr(what, "cursor hidden"));
	assert_non_null(strstr(what, "mouse"));
	assert_non_null(strstr(what, "paste"));
	assert_non_null(strstr(what, "pen"));
	assert_non_null(strstr(what, "echo"));
	assert_non_null(strstr(what, "line mode"));
	vt_free(vt);
}

static void tells_the_program_its_size_and_each_new_one(void **state)
{
	(void)state;
	struct vt *vt = shell("trap 'stty size' WINCH; stty size; while :; do read line; done");
	assert_true(vt_wait_text(vt, "10 40", 0));
	vt_resize(vt, 12, 50);
	assert_true(vt_wait_text(vt, "12 50", 0));
	assert_int_equal(vt_rows(vt), 12);
	vt_free(vt);
}

static void passes_signals_and_the_loss_of_the_terminal(void **state)
{
	(void)state;
	struct vt *vt = shell("echo up; kill -STOP $$; echo again; read line");
	assert_true(vt_wait_text(vt, "up", 0));
	assert_true(vt_wait_stopped(vt, 0));
	vt_signal(vt, SIGCONT);
	assert_true(vt_wait_text(vt, "again", 0));
	vt_signal(vt, SIGTERM);
	assert_int_equal(vt_wait_exit(vt, 0), 128 + SIGTERM);
	vt_free(vt);
	vt = shell("echo up; exec sleep 100");
	assert_true(vt_wait_text(vt, "up", 0));
	vt_hang_up(vt);
	assert_int_equal(vt_wait_exit(vt, 0), 128 + SIGHUP);
	vt_free(vt);
}

static void answers_what_programs_ask_a_terminal(void **state)
{
	(void)state;
	struct vt *vt = shell("stty -icanon -echo; printf '\\033[6n'; dd bs=1 count=6 2>/dev/null | od -c; read line");
	assert_true(vt_wait_text(vt, "R", 0));
	vt_free(vt);
}

static void pins_the_environment(void **state)
{
	(void)state;
	setenv("NO_COLOR", "1", 1);
	setenv("COLUMNS", "33", 1);
	struct vt *vt = vt_start((const char *[]){ "sh", "-c", "echo \"$TERM/$LC_ALL/$TZ/$NO_COLOR/$COLUMNS/$X\"", NULL }, 5, 60,
				 (const char *[]){ "TERM=vt100", "X=y", NULL });
	assert_true(vt_wait_text(vt, "vt100/C.UTF-8/UTC///y", 0));
	assert_int_equal(vt_wait_exit(vt, 0), 0);
	vt_free(vt);
}

static void counts_and_keeps_what_was_sent(void **state)
{
	(void)state;
	struct vt *vt = shell("read line; printf 'a\\007b'; read line");
	vt_run(vt, 50);
	uint64_t before = vt_bytes(vt);
	vt_record(vt);
	vt_type(vt, "\r");
	assert_true(vt_wait_text(vt, "ab", 0));
	assert_int_equal(vt_bytes(vt) - before, 5); /* the echoed Return is two */
	assert_int_equal(vt_bells(vt), 1);
	assert_true(vt_sent(vt, "a\007b", 3));
	assert_false(vt_sent(vt, "c", 1));
	assert_true(vt_first_at(vt) > vt_typed_at(vt));
	vt_free(vt);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shows_text_pens_and_wide_characters),
		cmocka_unit_test(types_keys_and_tells_the_exit_status),
		cmocka_unit_test(notices_a_terminal_left_in_disorder),
		cmocka_unit_test(tells_the_program_its_size_and_each_new_one),
		cmocka_unit_test(passes_signals_and_the_loss_of_the_terminal),
		cmocka_unit_test(answers_what_programs_ask_a_terminal),
		cmocka_unit_test(pins_the_environment),
		cmocka_unit_test(counts_and_keeps_what_was_sent),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
