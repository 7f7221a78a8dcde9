/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Asking a model from the screen: a run begun by a line, stopped, gone on with; one item asked about again.  The service is
 * tests/unit/loopback.h's. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../unit/loopback.h"
#include "vt.h"

#define SECTIONS 12

static char folder[] = "/tmp/ask-XXXXXX";
static char workspace[64], line[128];
static struct loopback *service;
static struct vt *vt;

/* ---- a manual, imported anew for each test ---- */

static void write_manual(void)
{
	static const char *const words[] = { "harbour", "anchor", "tide", "vessel", "copper", "lantern", "compass", "ladder" };
	char path[96];
	FILE *file;

	snprintf(path, sizeof path, "%s/manual.md", folder);
	file = fopen(path, "w");
	assert_non_null(file);
	fputs("# Manual\n\n", file);
	for (int i = 0; i < SECTIONS; i++) {
		fprintf(file, "## How to keep the %s of berth %d\n\n", words[i % 8], i);
		for (int k = 0; k < 14; k++)
			fprintf(file, "The %s of berth %d is looked at before the %s number %d is moved by anybody. ", words[(i + k) % 8], i,
				words[(i * 3 + k) % 8], i * 100 + k);
		fputs("\n\n", file);
	}
	assert_int_equal(fclose(file), 0);
}

static void run(const char *arguments)
{
	char command[300];

	snprintf(command, sizeof command, "cd %s && %s -q -w %s %s >/dev/null 2>&1", folder, vt_tamis(), workspace, arguments);
	if (system(command) != 0)
		fail_msg("failed: %s", command);
}

/* What the command line prints holds `text`. */
static void says(const char *arguments, const char *text)
{
	char command[400];

	snprintf(command, sizeof command, "cd %s && %s -w %s %s 2>&1 | grep -q -F -e '%s'", folder, vt_tamis(), workspace, arguments, text);
	if (system(command) != 0)
		fail_msg("not said: %s", command);
}

static void serve(unsigned latency_ms)
{
	service = loopback_start(&(struct loopback_script){ .latency_ms = latency_ms });
	if (service == NULL)
		skip();
	snprintf(line, sizeof line, "http://127.0.0.1:%u toy", loopback_port(service));
}

static int prepare(void **state)
{
	(void)state;
	if (!mkdtemp(folder))
		return -1;
	snprintf(workspace, sizeof workspace, "%s/w.tamis", folder);
	write_manual();
	return 0;
}

static int fresh(void **state)
{
	char command[96];

	(void)state;
	vt = NULL;
	service = NULL;
	snprintf(command, sizeof command, "rm -f %s*", workspace);
	assert_int_equal(system(command), 0);
	run("import manual.md --corpus manual --format text");
	return 0;
}

static int done(void **state)
{
	(void)state;
	vt_free(vt);
	if (service)
		loopback_stop(service);
	return 0;
}

static int clean(void **state)
{
	char command[96];

	(void)state;
	snprintf(command, sizeof command, "rm -rf %s", folder);
	return system(command);
}

/* ---- the screen ---- */

static void sees(const char *text)
{
	assert_true(vt_wait_text(vt, text, 0));
}

static void status(const char *text)
{
	assert_true(vt_wait_row(vt, -1, text, 0));
}

static void open_screen(void)
{
	const char *const argv[] = { vt_tamis(), "-w", workspace, NULL };

	vt = vt_start(argv, 24, 80, NULL);
	sees("manual");
}

static void leave(void)
{
	vt_type(vt, "Q");
	assert_int_equal(vt_wait_exit(vt, 0), 0);
	assert_string_equal(vt_not_sane(vt), "");
	vt_free(vt);
	vt = NULL;
}

/* "ask-model" with a line. */
static void ask_model(const char *more)
{
	vt_type(vt, "M");
	status("ask");
	vt_type(vt, "\025"); /* ^U: whatever was asked last */
	sees("http://HOST:PORT MODEL");
	vt_type(vt, line);
	vt_type(vt, more);
	status(more);
	vt_type(vt, "\r");
}

static void see_end(const char *text)
{
	vt_type(vt, "J");
	sees("asking toy about manual");
	sees(text);
	vt_type(vt, "q");
	assert_true(vt_wait_gone(vt, text, 0));
	sees("made by runs");
}

/* ---- tests ---- */

static void a_line_asks_a_model_and_is_remembered(void **state)
{
	char shown[160];

	(void)state;
	serve(5);
	open_screen();
	ask_model(" judge n=5");
	see_end("5 drafts, 0 unusable");
	vt_type(vt, "M");
	snprintf(shown, sizeof shown, "%s judge n=5", line);
	status(shown);
	vt_type(vt, "\033");
	assert_true(vt_wait_gone(vt, shown, 0));
	leave();
	says("--json ls instructions --run 2", "\"model\":\"toy\"");
}

static void what_is_no_line_is_said_and_nothing_is_asked(void **state)
{
	struct loopback_counts c;

	(void)state;
	serve(5);
	open_screen();
	ask_model(" juge");
	status("none of judge, rewrite");
	vt_type(vt, "Mmodel at home\r");
	status("no address");
	vt_type(vt, "Mhttp://127.0.0.1:9\r");
	status("the name of a model");
	leave();
	loopback_counts(service, &c);
	assert_int_equal(c.requests, 0);
}

static void a_run_that_was_stopped_is_gone_on_with(void **state)
{
	struct loopback_counts stopped, ended;

	(void)state;
	serve(500);
	open_screen();
	ask_model(" parallel=1");
	vt_type(vt, "J");
	sees("calls in flight");
	sees("1 kept");
	vt_type(vt, "c"); /* "cancel" */
	sees("stopped");
	vt_type(vt, "q");
	sees("not finished");
	loopback_counts(service, &stopped);
	vt_type(vt, "j");
	assert_true(vt_wait_row(vt, 6, "▸", 0));
	vt_type(vt, "M");
	status("toy tries=2");
	vt_type(vt, "\r");
	see_end("12 drafts, 0 unusable");
	leave();
	loopback_counts(service, &ended);
	assert_int_equal(ended.paid_twice, 0);
	assert_true(stopped.questions > 3 && stopped.questions < SECTIONS + 3);
	assert_int_equal(ended.questions, SECTIONS + 3); /* the probe's three */
	says("ls runs", "done");
}

static void a_budget_ends_a_run(void **state)
{
	(void)state;
	serve(5);
	open_screen();
	ask_model(" budget=3000");
	see_end("the budget is spent");
	leave();
}

/* "ask-again": drafts and rewritings become edits, scores are said. */
static void one_item_is_asked_about_again(void **state)
{
	(void)state;
	serve(5);
	open_screen();
	ask_model(" judge n=3");
	see_end("3 drafts, 0 unusable");
	vt_type(vt, "j");
	assert_true(vt_wait_row(vt, 6, "▸", 0));
	vt_type(vt, "R");
	sees("1 of 3");
	vt_type(vt, "M");
	sees("draft, judge or rewrite");
	vt_type(vt, "draft\r");
	status("The new draft stands now");
	sees("edited");
	vt_type(vt, "u");
	assert_true(vt_wait_gone(vt, "edited", 0));
	vt_type(vt, "M");
	sees("draft, judge or rewrite");
	vt_type(vt, "judge\r");
	status("The judge gives 4");
	vt_type(vt, "M");
	sees("draft, judge or rewrite");
	vt_type(vt, "rewrite\r");
	status("The rewritten response stands now");
	vt_type(vt, "M");
	sees("draft, judge or rewrite");
	vt_type(vt, "sing\r");
	status("Ask for a draft");
	leave();
	says("--json ls instructions --run 2", "Words that answer the question");
	says("--json ls requests", "\"purpose\":\"rewrite\"");
}

static void a_reply_finds_its_item_when_the_curator_has_gone_on(void **state)
{
	(void)state;
	serve(5);
	open_screen();
	ask_model(" n=3");
	see_end("3 drafts, 0 unusable");
	loopback_slow_down(service, 2500);
	vt_type(vt, "j");
	assert_true(vt_wait_row(vt, 6, "▸", 0));
	vt_type(vt, "R");
	sees("1 of 3");
	vt_type(vt, "M");
	sees("draft, judge or rewrite");
	vt_type(vt, "draft\r");
	status("Asked toy");
	vt_type(vt, "j");
	sees("2 of 3");
	status("The new draft stands now");
	sees("2 of 3");
	vt_type(vt, "k");
	sees("1 of 3");
	sees("edited");
	leave();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_line_asks_a_model_and_is_remembered, fresh, done),
		cmocka_unit_test_setup_teardown(what_is_no_line_is_said_and_nothing_is_asked, fresh, done),
		cmocka_unit_test_setup_teardown(a_run_that_was_stopped_is_gone_on_with, fresh, done),
		cmocka_unit_test_setup_teardown(a_budget_ends_a_run, fresh, done),
		cmocka_unit_test_setup_teardown(one_item_is_asked_about_again, fresh, done),
		cmocka_unit_test_setup_teardown(a_reply_finds_its_item_when_the_curator_has_gone_on, fresh, done),
	};

	return cmocka_run_group_tests(tests, prepare, clean);
}
