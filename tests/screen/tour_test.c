/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tour on a terminal: its two corpora, the guide, and nothing left behind; tables cut to the terminal's width. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/error.h"
#include "vt.h"

static char folder[64];

static void write_file(const char *name, const char *text)
{
	char path[160];
	FILE *f;

	snprintf(path, sizeof path, "%s/%s", folder, name);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

static void make_folder(const char *name)
{
	char path[160];

	snprintf(path, sizeof path, "%s/%s", folder, name);
	assert_int_equal(mkdir(path, 0700), 0);
}

static int setup(void **state)
{
	(void)state;
	snprintf(folder, sizeof folder, "/tmp/tamis-tour-XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	make_folder("doc");
	make_folder("doc/alpha");
	make_folder("doc/beta");
	make_folder("locale");
	make_folder("tmp");
	write_file("doc/alpha/copyright", "License: MIT\nCopyright someone, who wants this line to be rather longer than a narrow terminal\n");
	write_file("doc/beta/copyright", "Public domain \033[2J and no strings.\n");
	return 0;
}

static int teardown(void **state)
{
	char *command = xasprintf("rm -rf '%s'", folder);
	int r = system(command);

	(void)state;
	free(command);
	return r;
}

static struct vt *start_tour(int rows, int cols, const char *language)
{
	char *documents = xasprintf("%s/doc", folder), *catalogues = xasprintf("%s/locale", folder);
	char *temporary = xasprintf("TMPDIR=%s/tmp", folder);
	struct vt *vt = vt_start((const char *[]){ vt_tamis(), "demo", "--documents", documents, "--catalogues", catalogues, NULL },
				 rows, cols, (const char *[]){ temporary, language, NULL });

	free(documents);
	free(catalogues);
	free(temporary);
	return vt;
}

static void walk(int rows, int cols)
{
	struct vt *vt = start_tour(rows, cols, NULL);
	char *left = xasprintf("%s/tmp", folder);

	assert_true(vt_wait_text(vt, "This machine's own texts", 0));
	assert_true(vt_wait_text(vt, "licences", 0));
	vt_key(vt, "Enter");
	assert_true(vt_wait_text(vt, "One line a record", 0));
	vt_key(vt, "Enter");
	assert_true(vt_wait_text(vt, "One record whole", 0));
	vt_type(vt, "q");
	assert_true(vt_wait_text(vt, "One line a record", 0));
	vt_type(vt, "R");
	assert_true(vt_wait_text(vt, "One key is one verdict", 0));
	vt_type(vt, "a");
	assert_true(vt_wait_row(vt, -1, "1 decided", 0));
	vt_type(vt, "Q");
	assert_int_equal(vt_wait_exit(vt, 0), 0);
	assert_string_equal(vt_not_sane(vt), "");
	assert_true(vt_wait_text(vt, "import-documents", 0));
	assert_true(vt_wait_text(vt, "apt-get install", 0)); /* said whole beside the table, which may cut it */
	vt_free(vt);
	assert_int_equal(rmdir(left), 0); /* the temporary workspace is gone, so the folder is empty */
	free(left);
}

static void guides_from_corpora_to_a_verdict_at_80x24(void **state)
{
	(void)state;
	walk(24, 80);
}

static void guides_from_corpora_to_a_verdict_at_200x50(void **state)
{
	(void)state;
	walk(50, 200);
}

static void keeps_its_lines_off_a_very_small_terminal(void **state)
{
	struct vt *vt = start_tour(10, 60, NULL);

	(void)state;
	assert_true(vt_wait_text(vt, "licences", 0));
	assert_true(vt_wait_row(vt, 2, "corpus", 0));
	assert_int_equal(vt_find(vt, "own texts", NULL), -1);
	vt_type(vt, "Q");
	assert_int_equal(vt_wait_exit(vt, 0), 0);
	vt_free(vt);
}

/* What `argv` after the program's name prints on a terminal of `cols` columns. */
static struct vt *print_on_terminal(const char *const argv[], int cols)
{
	struct vt *vt = vt_start(argv, 24, cols, NULL);

	assert_int_equal(vt_wait_exit(vt, 0), 0);
	return vt;
}

static void tables_fit_the_terminal_and_data_cannot_steer_it(void **state)
{
	char *workspace = xasprintf("%s/w.tamis", folder), *documents = xasprintf("%s/doc", folder);
	struct vt *vt;

	(void)state;
	vt_free(print_on_terminal((const char *[]){ vt_tamis(), "-q", "-w", workspace, "import", documents, "--split", "file",
						    NULL }, 80));
	vt = print_on_terminal((const char *[]){ vt_tamis(), "-w", workspace, "ls", "documents", NULL }, 60);
	assert_true(vt_wait_row(vt, 0, "verdict", 0));
	assert_true(vt_wait_row(vt, 1, "License: MIT", 0));
	assert_true(vt_wait_row(vt, 1, "…", 0)); /* cut, not wrapped into the next row */
	assert_true(vt_wait_row(vt, 2, "2.1", 0));
	vt_free(vt);
	vt = print_on_terminal((const char *[]){ vt_tamis(), "-w", workspace, "show", "2.1", NULL }, 60);
	assert_true(vt_wait_text(vt, "Public domain <ESC>[2J and no strings.", 0));
	vt_free(vt);
	free(workspace);
	free(documents);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(guides_from_corpora_to_a_verdict_at_80x24, setup, teardown),
		cmocka_unit_test_setup_teardown(guides_from_corpora_to_a_verdict_at_200x50, setup, teardown),
		cmocka_unit_test_setup_teardown(keeps_its_lines_off_a_very_small_terminal, setup, teardown),
		cmocka_unit_test_setup_teardown(tables_fit_the_terminal_and_data_cannot_steer_it, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
