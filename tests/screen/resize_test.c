/* SPDX-License-Identifier: GPL-3.0-or-later */
/* No change of the terminal's size is lost, whenever it comes: TAMIS_RESIZES of them (60), with two busy processes beside.
 * Prints "lost N". */
#include "config.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "vt.h"

#define BUSY 2
#define WORKSPACE_NAME "w.tamis"

static char folder[] = "/tmp/resize-XXXXXX";
static char records[64], workspace[64];
static pid_t busy[BUSY];
static int wanted = 60;
static int lost;

static int prepare(void **state)
{
	(void)state;
	const char *wish = getenv("TAMIS_RESIZES");
	wanted = wish ? atoi(wish) : wanted;
	if (!mkdtemp(folder))
		return -1;
	snprintf(records, sizeof records, "%s/records.jsonl", folder);
	snprintf(workspace, sizeof workspace, "%s/" WORKSPACE_NAME, folder);
	FILE *file = fopen(records, "w");
	for (int i = 1; file && i <= 500; i++)
		fprintf(file, "{\"id\": \"r%d\", \"text\": \"record number %d, long enough to be cut at the edge of the screen\"}\n", i, i);
	for (int i = 0; i < BUSY; i++) {
		busy[i] = fork();
		if (busy[i] == 0) {
			prctl(PR_SET_PDEATHSIG, SIGKILL); /* whoever ends the test ends these */
			for (volatile unsigned long spin = 0;; spin++)
				;
		}
	}
	return file ? fclose(file) : -1;
}

static int clean(void **state)
{
	(void)state;
	char command[128];
	for (int i = 0; i < BUSY; i++) {
		kill(busy[i], SIGKILL);
		waitpid(busy[i], NULL, 0);
	}
	printf("lost %d\n", lost);
	snprintf(command, sizeof command, "rm -rf %s", folder);
	return system(command);
}

/* The title reaches the right edge and the status, or what the import said, stands on the last row. */
static bool fits(struct vt *vt, void *arg)
{
	(void)arg;
	int col = 0;
	if (vt_find(vt, WORKSPACE_NAME, &col) != 0 || col + (int)strlen(WORKSPACE_NAME) != vt_cols(vt) - 1)
		return false;
	const char *last = vt_row(vt, vt_rows(vt) - 1);
	return strstr(last, " / 500") || strstr(last, "import");
}

static void expect_fit(struct vt *vt)
{
	if (vt_wait(vt, fits, NULL, 0))
		return;
	lost++;
	fprintf(stderr, "not drawn for %d x %d:\n", vt_rows(vt), vt_cols(vt));
	vt_dump(vt);
}

static struct vt *start(void)
{
	return vt_start((const char *[]){ vt_tamis(), "-w", workspace, records, NULL }, 24, 80, NULL);
}

static void loses_no_resize_in_one_session(void **state)
{
	(void)state;
	unsigned seed = 7;
	struct vt *vt = start();
	assert_true(vt_wait_text(vt, "record number 3,", 0));
	for (int i = 0; i < wanted; i++) {
		vt_resize(vt, 8 + rand_r(&seed) % 60, 50 + rand_r(&seed) % 150);
		if (i % 3 == 0)
			vt_type(vt, "j");
		expect_fit(vt);
	}
	assert_int_equal(lost, 0);
	vt_type(vt, "Q");
	assert_int_equal(vt_wait_exit(vt, 0), 0);
	assert_string_equal(vt_not_sane(vt), "");
	vt_free(vt);
}

static void loses_none_that_come_one_upon_the_other(void **state)
{
	(void)state;
	unsigned seed = 11;
	struct vt *vt = start();
	assert_true(vt_wait_text(vt, "record number 3,", 0));
	for (int i = 0; i < wanted / 10; i++) {
		for (int burst = 0; burst < 10; burst++)
			vt_resize(vt, 8 + rand_r(&seed) % 60, 50 + rand_r(&seed) % 150);
		expect_fit(vt);
	}
	assert_int_equal(lost, 0);
	vt_free(vt);
}

static void loses_none_that_come_while_it_starts(void **state)
{
	(void)state;
	unsigned seed = 3;
	for (int i = 0; i < wanted / 10; i++) {
		struct vt *vt = start();
		vt_run(vt, i % 12);
		vt_resize(vt, 10 + rand_r(&seed) % 40, 60 + rand_r(&seed) % 100);
		expect_fit(vt);
		vt_free(vt);
	}
	assert_int_equal(lost, 0);
}

static void survives_a_terminal_of_one_cell(void **state)
{
	(void)state;
	struct vt *vt = start();
	assert_true(vt_wait_text(vt, "record number 3,", 0));
	static const int sizes[][2] = { { 1, 1 }, { 2, 3 }, { 1, 200 }, { 60, 1 }, { 3, 10 }, { 24, 80 } };
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		vt_resize(vt, sizes[i][0], sizes[i][1]);
		vt_type(vt, "jkGg\033?\033:\033/x\033");
	}
	vt_type(vt, "\014");
	assert_true(vt_wait(vt, fits, NULL, 0));
	vt_free(vt);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(loses_no_resize_in_one_session),
		cmocka_unit_test(loses_none_that_come_one_upon_the_other),
		cmocka_unit_test(loses_none_that_come_while_it_starts),
		cmocka_unit_test(survives_a_terminal_of_one_cell),
	};
	return cmocka_run_group_tests(tests, prepare, clean);
}
