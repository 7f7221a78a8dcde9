/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Verdicts and pace by kind and annotator. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "store/store.h"

static char folder[64];

static void clock_at(int64_t ms)
{
	char text[32];

	snprintf(text, sizeof text, "%lld", (long long)ms);
	setenv("TAMIS_NOW", text, 1);
}

static struct workspace *open_as(const char *annotator)
{
	struct workspace *w = NULL;
	struct error err = { 0 };
	char path[96];

	snprintf(path, sizeof path, "%s/w.tamis", folder);
	if (workspace_open(&w, path, WORKSPACE_CREATE, annotator, &err) != 0)
		fail_msg("%s", err.msg);
	return w;
}

static void decide(struct workspace *w, uint8_t key, enum item_kind kind, enum verdict verdict, int64_t at_ms, uint32_t shown_ms)
{
	struct decision d = { .kind = kind, .fields = DECISION_VERDICT, .verdict = verdict, .shown_ms = shown_ms,
			      .ref = item_ref_record(1, key) };
	struct error err = { 0 };

	d.key.b[0] = key;
	clock_at(at_ms);
	workspace_decide(w, &d, 1, "test");
	assert_int_equal(workspace_flush(w, &err), 0);
}

static struct verdict_group *groups_now(struct workspace *w, size_t *n)
{
	struct verdict_group *groups = NULL;
	struct store *s = NULL;
	struct error err = { 0 };

	assert_int_equal(store_open(&s, w, &err), 0);
	if (store_verdict_groups(s, 0, &groups, n, &err) != 0)
		fail_msg("%s", err.msg);
	store_close(s);
	return groups;
}

static int setup(void **state)
{
	(void)state;
	snprintf(folder, sizeof folder, "/tmp/tamis-groups-XXXXXX");
	return mkdtemp(folder) ? 0 : -1;
}

static int teardown(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof command, "rm -rf '%s'", folder);
	return system(command);
}

static void counts_each_kind_and_annotator_apart(void **state)
{
	struct workspace *w = open_as("ann");
	struct verdict_group *g;
	size_t n = 0;

	(void)state;
	decide(w, 1, KIND_DOCUMENT, VERDICT_ACCEPT, 1000, 900);
	decide(w, 2, KIND_DOCUMENT, VERDICT_REJECT, 2000, 900);
	decide(w, 3, KIND_BITEXT, VERDICT_FLAG, 3000, 900);
	workspace_close(w);
	w = open_as("ben");
	decide(w, 4, KIND_DOCUMENT, VERDICT_ACCEPT, 4000, 900);
	g = groups_now(w, &n);
	assert_int_equal(n, 3);
	assert_int_equal(g[0].kind, KIND_DOCUMENT);
	assert_string_equal(g[0].annotator, "ann");
	assert_int_equal(g[0].by[VERDICT_ACCEPT], 1);
	assert_int_equal(g[0].by[VERDICT_REJECT], 1);
	assert_string_equal(g[1].annotator, "ben");
	assert_int_equal(g[1].by[VERDICT_ACCEPT], 1);
	assert_int_equal(g[2].kind, KIND_BITEXT);
	assert_int_equal(g[2].by[VERDICT_FLAG], 1);
	free(g);
	workspace_close(w);
}

static void counts_an_item_judged_twice_once_and_leaves_undone_ones_out(void **state)
{
	struct workspace *w = open_as("ann");
	struct verdict_group *g;
	struct error err = { 0 };
	char label[128];
	item_ref first;
	int64_t count;
	size_t n = 0;

	(void)state;
	decide(w, 1, KIND_DOCUMENT, VERDICT_ACCEPT, 1000, 900);
	decide(w, 1, KIND_DOCUMENT, VERDICT_REJECT, 2000, 900);
	decide(w, 2, KIND_DOCUMENT, VERDICT_SKIP, 3000, 900);
	assert_int_equal(workspace_undo(w, &count, label, &first, &err), 0);
	g = groups_now(w, &n);
	assert_int_equal(n, 1);
	assert_int_equal(g[0].by[VERDICT_ACCEPT], 0);
	assert_int_equal(g[0].by[VERDICT_REJECT], 1);
	assert_int_equal(g[0].by[VERDICT_SKIP], 0);
	assert_int_equal(g[0].decisions, 3);
	assert_int_equal(g[0].undone, 1);
	free(g);
	workspace_close(w);
}

static void leaves_pauses_out_of_the_pace(void **state)
{
	struct workspace *w = open_as("ann");
	struct verdict_group *g;
	size_t n = 0;

	(void)state;
	decide(w, 1, KIND_DOCUMENT, VERDICT_ACCEPT, 1000000, 2000);
	decide(w, 2, KIND_DOCUMENT, VERDICT_ACCEPT, 1010000, 9000);  /* ten seconds later */
	decide(w, 3, KIND_DOCUMENT, VERDICT_ACCEPT, 9000000, 3000);  /* after a long lunch */
	g = groups_now(w, &n);
	assert_int_equal(n, 1);
	assert_int_equal(g[0].timed, 3);
	assert_int_equal(g[0].active_ms, 2000 + 10000 + 3000);
	assert_int_equal(g[0].median_shown_ms, 3000);
	free(g);
	workspace_close(w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(counts_each_kind_and_annotator_apart, setup, teardown),
		cmocka_unit_test_setup_teardown(counts_an_item_judged_twice_once_and_leaves_undone_ones_out, setup, teardown),
		cmocka_unit_test_setup_teardown(leaves_pauses_out_of_the_pace, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
