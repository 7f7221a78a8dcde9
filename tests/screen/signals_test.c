/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whatever ends tamis, the terminal is left as it was found and every decision is saved; a crash leaves a log. */
#include "config.h"

#include <dirent.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "vt.h"

static char folder[] = "/tmp/signals-XXXXXX";
static char records[64], workspace[64], command[600];

static int prepare(void **state)
{
	(void)state;
	if (!mkdtemp(folder))
		return -1;
	snprintf(records, sizeof records, "%s/records.jsonl", folder);
	snprintf(workspace, sizeof workspace, "%s/w.tamis", folder);
	FILE *file = fopen(records, "w");
	for (int i = 1; file && i <= 50; i++)
		fprintf(file, "{\"id\": \"r%d\", \"text\": \"record number %d of the signals\"}\n", i, i);
	return file ? fclose(file) : -1;
}

static int clean(void **state)
{
	(void)state;
	snprintf(command, sizeof command, "rm -rf %s", folder);
	return system(command);
}

static struct vt *open_records(void)
{
	struct vt *vt = vt_start((const char *[]){ vt_tamis(), "-w", workspace, records, NULL }, 24, 80, NULL);
	assert_true(vt_wait_text(vt, "record number 3 of", 0));
	assert_true(vt_alternate(vt));
	return vt;
}

static bool has_crash_log(struct vt *vt)
{
	char path[256];
	snprintf(path, sizeof path, "%s/.local/state/tamis", vt_home(vt));
	DIR *logs = opendir(path);
	bool found = false;
	for (struct dirent *entry; logs && (entry = readdir(logs));) {
		char file[600];
		struct stat st;
		snprintf(file, sizeof file, "%s/%s", path, entry->d_name);
		found |= strncmp(entry->d_name, "crash-", 6) == 0 && stat(file, &st) == 0 && st.st_size > 0;
	}
	if (logs)
		closedir(logs);
	return found;
}

static void ends_in_order(int signal, bool crash)
{
	struct vt *vt = open_records();
	vt_signal(vt, signal);
	assert_int_equal(vt_wait_exit(vt, 0), 128 + signal);
	assert_string_equal(vt_not_sane(vt), "");
	assert_int_equal(has_crash_log(vt), crash);
	vt_free(vt);
}

static void term_leaves_the_terminal_sane(void **state)
{
	(void)state;
	ends_in_order(SIGTERM, false);
}

static void hup_leaves_the_terminal_sane(void **state)
{
	(void)state;
	ends_in_order(SIGHUP, false);
}

static void int_leaves_the_terminal_sane(void **state)
{
	(void)state;
	ends_in_order(SIGINT, false);
}

static void quit_leaves_the_terminal_sane(void **state)
{
	(void)state;
	ends_in_order(SIGQUIT, false);
}

static void segv_leaves_the_terminal_sane_and_a_log(void **state)
{
	(void)state;
	ends_in_order(SIGSEGV, true);
}

static void bus_leaves_the_terminal_sane_and_a_log(void **state)
{
	(void)state;
	ends_in_order(SIGBUS, true);
}

static void abrt_leaves_the_terminal_sane_and_a_log(void **state)
{
	(void)state;
	ends_in_order(SIGABRT, true);
}

static void a_lost_terminal_ends_it(void **state)
{
	(void)state;
	struct vt *vt = open_records();
	vt_hang_up(vt);
	assert_int_equal(vt_wait_exit(vt, 0), 128 + SIGHUP);
	vt_free(vt);
}

static void suspends_with_the_terminal_sane_and_comes_back(void **state)
{
	(void)state;
	struct vt *vt = open_records();
	vt_type(vt, "\032");
	assert_true(vt_wait_stopped(vt, 0));
	assert_string_equal(vt_not_sane(vt), "");
	vt_signal(vt, SIGCONT);
	assert_true(vt_wait_text(vt, "record number 3 of", 0));
	assert_true(vt_alternate(vt));
	vt_signal(vt, SIGTERM);
	assert_int_equal(vt_wait_exit(vt, 0), 128 + SIGTERM);
	assert_string_equal(vt_not_sane(vt), "");
	vt_free(vt);
}

static void keeps_a_decision_through_each_signal(void **state)
{
	(void)state;
	static const int signals[] = { SIGTERM, SIGHUP, SIGINT, SIGQUIT };
	for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
		char number[32], expected[64], log[128];
		struct vt *vt = open_records();
		snprintf(number, sizeof number, "g%zu\r", 10 + i);
		vt_type(vt, number);
		snprintf(expected, sizeof expected, "record number %zu of", 10 + i);
		assert_true(vt_wait_text(vt, expected, 0));
		vt_type(vt, "a");
		assert_true(vt_wait_quiet(vt, 60, 0));
		vt_signal(vt, signals[i]);
		assert_int_equal(vt_wait_exit(vt, 0), 128 + signals[i]);
		vt_free(vt);
		snprintf(log, sizeof log, "%s/kept", folder);
		snprintf(command, sizeof command, "%s -w %s show 1.%zu >%s 2>&1 && grep -q accept %s", vt_tamis(), workspace, 10 + i, log,
			 log);
		assert_int_equal(system(command), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(term_leaves_the_terminal_sane),
		cmocka_unit_test(hup_leaves_the_terminal_sane),
		cmocka_unit_test(int_leaves_the_terminal_sane),
		cmocka_unit_test(quit_leaves_the_terminal_sane),
		cmocka_unit_test(segv_leaves_the_terminal_sane_and_a_log),
		cmocka_unit_test(bus_leaves_the_terminal_sane_and_a_log),
		cmocka_unit_test(abrt_leaves_the_terminal_sane_and_a_log),
		cmocka_unit_test(a_lost_terminal_ends_it),
		cmocka_unit_test(suspends_with_the_terminal_sane_and_comes_back),
		cmocka_unit_test(keeps_a_decision_through_each_signal),
	};
	return cmocka_run_group_tests(tests, prepare, clean);
}
