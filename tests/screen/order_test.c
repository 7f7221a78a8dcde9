/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The order screen on a small tree with a cycle, an ambiguous import and a late one: what is shown, what each action changes, what is kept. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "vt.h"

static char folder[] = "/tmp/order-XXXXXX";
static char tree[64], workspace[64];

static void write_file(const char *name, const char *text)
{
	char path[256];
	FILE *file;

	snprintf(path, sizeof path, "%s/%s", tree, name);
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static void make_folder(const char *name)
{
	char path[256];

	snprintf(path, sizeof path, "%s/%s", tree, name);
	mkdir(path, 0755);
}

static int prepare(void **state)
{
	(void)state;
	if (!mkdtemp(folder))
		return -1;
	snprintf(tree, sizeof tree, "%s/tree", folder);
	snprintf(workspace, sizeof workspace, "%s/w.tamis", folder);
	mkdir(tree, 0755);
	make_folder("one");
	make_folder("two");
	write_file("top.c", "#include \"shared.h\"\n#include \"x.h\"\n#if W\n#include \"cond.h\"\n#endif\n");
	write_file("x.h", "#include \"y.h\"\n");
	write_file("y.h", "#include \"x.h\"\n");
	write_file("cond.h", "\n");
	write_file("one/shared.h", "\n");
	write_file("two/shared.h", "\n");
	return 0;
}

static int clean(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof command, "rm -rf %s", folder);
	return system(command);
}

static struct vt *open_screen(int rows, int cols)
{
	struct vt *vt = vt_start((const char *[]){ vt_tamis(), "-w", workspace, NULL }, rows, cols, NULL);

	assert_true(vt_wait_text(vt, "corpora", 0));
	vt_type(vt, "O");
	assert_true(vt_wait_row(vt, -1, "order", 0));
	vt_type(vt, tree);
	vt_type(vt, "\r");
	assert_true(vt_wait_text(vt, "files in order", 0));
	return vt;
}

/* `action` is what the keys are bound to; the text must appear. */
static void act(struct vt *vt, const char *action, const char *keys, const char *expected)
{
	vt_type(vt, keys);
	if (!vt_wait_text(vt, expected, 0))
		fail_msg("%s: “%s” is not shown", action, expected);
}

static void leave(struct vt *vt)
{
	vt_type(vt, "Q");
	assert_int_equal(vt_wait_exit(vt, 0), 0);
	assert_string_equal(vt_not_sane(vt), "");
	vt_free(vt);
}

static void shows_files_in_order_and_why(void **state)
{
	struct vt *vt;

	(void)state;
	vt = open_screen(24, 80);
	assert_true(vt_wait_text(vt, "75.0 % of 4 links satisfied", 0));
	assert_true(vt_wait_text(vt, "cond.h", 0) && vt_wait_text(vt, "top.c", 0));
	assert_true(vt_find(vt, "cond.h", NULL) < vt_find(vt, "top.c", NULL));
	act(vt, "goto", "gtop\r", "needs 2");
	assert_true(vt_wait_text(vt, "conditional", 0));
	act(vt, "open", "\r", "4 / 6");
	assert_true(vt_wait_gone(vt, "needs 2", 0));
	leave(vt);
}

static void holds_a_link_by_cutting_another(void **state)
{
	struct vt *vt;

	(void)state;
	vt = open_screen(30, 100);
	act(vt, "view", "\t", "cut links");
	act(vt, "hold", "h", "is to hold");
	assert_true(vt_wait_text(vt, "75.0 % of 4 links satisfied", 0));
	vt_type(vt, "\t");
	act(vt, "view", "\t", "must hold");
	act(vt, "drop", "d", "No rules yet");
	leave(vt);
}

static void drops_a_link_of_the_cycle_and_takes_it_back(void **state)
{
	struct vt *vt;

	(void)state;
	vt = open_screen(30, 100);
	act(vt, "view", "\t", "cut links");
	act(vt, "drop", "d", "100.0 % of 3 links satisfied");
	leave(vt);
	vt = open_screen(30, 100);
	assert_true(vt_wait_text(vt, "100.0 % of 3 links satisfied", 0));
	assert_true(vt_wait_text(vt, "1 rule", 0));
	vt_type(vt, "\t\t\t");
	act(vt, "drop", "d", "No rules yet");
	assert_true(vt_wait_text(vt, "of 4 links satisfied", 0));
	leave(vt);
}

static void names_the_file_an_import_means(void **state)
{
	struct vt *vt;

	(void)state;
	vt = open_screen(30, 100);
	act(vt, "view", "\t", "cut links");
	act(vt, "view", "\t", "ambiguous");
	act(vt, "alias", "=", "one/shared.h");
	vt_type(vt, "\r");
	assert_true(vt_wait_gone(vt, "ambiguous", 0));
	assert_true(vt_wait_text(vt, "of 5 links satisfied", 0));
	leave(vt);
}

static void switches_kinds_windows_and_orders(void **state)
{
	struct vt *vt;

	(void)state;
	vt = open_screen(30, 100);
	act(vt, "kinds", "Kconditional\r", "without conditional");
	vt_type(vt, "Kconditional\r");
	assert_true(vt_wait_gone(vt, "without conditional", 0));
	act(vt, "budget", "w512\r", "windows of 512 tokens");
	act(vt, "bundle", "B", "bundles of 512 tokens");
	act(vt, "compare", "cpath\r", "path:");
	act(vt, "order", "opath\r", "(path)");
	leave(vt);
}

static void decides_a_sample_as_one_step(void **state)
{
	struct vt *vt;

	(void)state;
	vt = open_screen(30, 100);
	act(vt, "goto", "gtop\r", "needs");
	act(vt, "accept", "a", "a sample of");
	assert_true(vt_wait_text(vt, "✓", 0));
	vt_type(vt, "u");
	assert_true(vt_wait_gone(vt, "✓", 0));
	leave(vt);
}

static void opens_a_kept_order_from_the_list_of_runs(void **state)
{
	struct vt *vt = vt_start((const char *[]){ vt_tamis(), "-w", workspace, NULL }, 24, 80, NULL);

	(void)state;
	assert_true(vt_wait_text(vt, "order", 0));
	act(vt, "open", "\r", "files in order");
	act(vt, "order-tree", "O", "path of a source tree");
	vt_key(vt, "Escape");
	assert_true(vt_wait_gone(vt, "path of a source tree", 0));
	leave(vt);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shows_files_in_order_and_why),
		cmocka_unit_test(holds_a_link_by_cutting_another),
		cmocka_unit_test(drops_a_link_of_the_cycle_and_takes_it_back),
		cmocka_unit_test(names_the_file_an_import_means),
		cmocka_unit_test(switches_kinds_windows_and_orders),
		cmocka_unit_test(decides_a_sample_as_one_step),
		cmocka_unit_test(opens_a_kept_order_from_the_list_of_runs),
	};

	return cmocka_run_group_tests(tests, prepare, clean);
}
