/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The trade-off screen and the review of clusters, on a corpus of edited copies. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "vt.h"

static char folder[] = "/tmp/dedup-XXXXXX";
static char workspace[64];

/* 40 families of an original and three copies, each with one more word changed: the third is too far. */
static void write_corpus(void)
{
	char path[96];
	FILE *file;

	snprintf(path, sizeof path, "%s/copies.jsonl", folder);
	file = fopen(path, "w");
	assert_non_null(file);
	for (int family = 0; family < 40; family++)
		for (int copy = 0; copy < 4; copy++) {
			fprintf(file, "{\"id\":\"f%d-%d\",\"text\":\"", family, copy);
			for (int w = 0; w < 120; w++)
				fprintf(file, w % 30 == 7 && w / 30 < copy ? "edit%d%d " : "w%dx%d ", family, w);
			fputs("\"}\n", file);
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

static int lines(const char *name)
{
	char path[96];
	FILE *file;
	int n = 0;

	snprintf(path, sizeof path, "%s/%s", folder, name);
	file = fopen(path, "r");
	assert_non_null(file);
	for (int c; (c = getc(file)) != EOF;)
		n += c == '\n';
	fclose(file);
	return n;
}

static int prepare(void **state)
{
	(void)state;
	if (!mkdtemp(folder))
		return -1;
	snprintf(workspace, sizeof workspace, "%s/w.tamis", folder);
	write_corpus();
	run("import copies.jsonl -c copies");
	return 0;
}

static int clean(void **state)
{
	char command[96];

	(void)state;
	snprintf(command, sizeof command, "rm -rf %s", folder);
	return system(command);
}

static void sees(struct vt *vt, const char *text)
{
	if (!vt_wait_text(vt, text, 0))
		{ vt_dump(vt); fail_msg("“%s” is not shown", text); }
}

static void leave(struct vt *vt)
{
	vt_type(vt, "Q");
	assert_int_equal(vt_wait_exit(vt, 0), 0);
	vt_free(vt);
}

static void the_slider_moves_both_methods(void **state)
{
	struct vt *vt = vt_start((const char *[]){ vt_tamis(), "-w", workspace, NULL }, 24, 80, NULL);

	(void)state;
	sees(vt, "corpora");
	vt_type(vt, "D");
	sees(vt, "chance to be found");
	sees(vt, "M 18x6");
	sees(vt, "S k=15");
	sees(vt, "chance to be found");
	vt_type(vt, "k");
	sees(vt, "M 19x6");
	sees(vt, "160 documents, 160 asked about, threshold 0.8");
	vt_type(vt, "l");
	sees(vt, "M 18x7");
	vt_type(vt, "\tl"); /* "method", "right" */
	sees(vt, "S k=16");
	vt_type(vt, "t0.9\r");
	sees(vt, "threshold 0.9");
	sees(vt, "M 11x9");
	leave(vt);
}

/* Deduplicates from the screen, then judges what came of it. */
static void clusters_are_made_and_judged(void **state)
{
	struct vt *vt = vt_start((const char *[]){ vt_tamis(), "-w", workspace, NULL }, 24, 100, NULL);

	(void)state;
	sees(vt, "corpora");
	vt_type(vt, "D");
	sees(vt, "chance to be found");
	vt_type(vt, "D"); /* "deduplicate" */
	sees(vt, "in the background");
	vt_type(vt, "J"); /* the list of jobs keeps what was said at the end */
	if (!vt_wait_text(vt, "removed in 40 clusters", 60000))
		fail_msg("the job has not ended");
	vt_type(vt, "Q");
	assert_int_equal(vt_wait_exit(vt, 0), 0);
	vt_free(vt);
	vt = vt_start((const char *[]){ vt_tamis(), "-w", workspace, NULL }, 24, 100, NULL);
	sees(vt, "documents 160  kept 80  removed 80  clusters 40");
	leave(vt);
	vt = vt_start((const char *[]){ vt_tamis(), "-w", workspace, "review", "2", NULL }, 40, 100, NULL);
	sees(vt, "1 stays, 2 go");
	sees(vt, "drop 0.");
	sees(vt, "f0-2");
	sees(vt, "{+edit0");
	vt_type(vt, "e");
	sees(vt, "keep 1.1");
	vt_key(vt, "Down");
	vt_key(vt, "Home");
	for (int i = 0; i < 4; i++)
		vt_key(vt, "Delete");
	vt_type(vt, "keep\023"); /* ^S */
	sees(vt, "2 stay, 1 go");
	vt_type(vt, "a");
	sees(vt, "f1-2");
	leave(vt);
	run("export copies --deduplicated --to kept.jsonl");
	assert_int_equal(lines("kept.jsonl"), 81); /* of each family the keeper and the copy too far from it, and the one that was kept */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_slider_moves_both_methods),
		cmocka_unit_test(clusters_are_made_and_judged),
	};

	return cmocka_run_group_tests(tests, prepare, clean);
}
