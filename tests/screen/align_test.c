/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The alignment screen on twelve sentences of invented words, and what saving makes of it. */
#include "config.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "vt.h"

#define LINES 12

static char folder[] = "/tmp/align-XXXXXX";
static char workspace[64];

static FILE *create(const char *name)
{
	char path[96];
	FILE *file;

	snprintf(path, sizeof path, "%s/%s", folder, name);
	file = fopen(path, "w");
	assert_non_null(file);
	return file;
}

static void write_files(void)
{
	FILE *source = create("source.txt"), *target = create("target.txt"), *dictionary = create("words.tsv");

	for (int w = 0; w < 200; w++)
		fprintf(dictionary, "kar%c%c\tlum%c%c\n", 98 + w % 20, 98 + w / 20, 98 + w % 20, 98 + w / 20);
	for (int i = 0; i < LINES; i++) {
		fprintf(source, "s%d", i);
		fprintf(target, "t%d", i);
		for (int k = 0; k < 7; k++) {
			int w = (i * 7 + k) % 200;

			fprintf(source, " kar%c%c", 98 + w % 20, 98 + w / 20);
			fprintf(target, " lum%c%c", 98 + w % 20, 98 + w / 20);
		}
		fputs(".\n", source);
		fputs(".\n", target);
	}
	assert_int_equal(fclose(source) | fclose(target) | fclose(dictionary), 0);
}

static void run(const char *arguments)
{
	char command[400];

	snprintf(command, sizeof command, "cd %s && %s -q -w %s %s >/dev/null 2>&1", folder, vt_tamis(), workspace, arguments);
	if (system(command) != 0)
		fail_msg("failed: %s", command);
}

static void says(const char *arguments, const char *text)
{
	char command[400];

	snprintf(command, sizeof command, "cd %s && %s -w %s %s 2>&1 | grep -q -F -- '%s'", folder, vt_tamis(), workspace, arguments, text);
	if (system(command) != 0)
		fail_msg("“%s” is not what it says: %s", text, arguments);
}

static int fresh(void **state)
{
	(void)state;
	strcpy(folder, "/tmp/align-XXXXXX");
	if (!mkdtemp(folder))
		return -1;
	snprintf(workspace, sizeof workspace, "%s/w.tamis", folder);
	write_files();
	run("mine source.txt target.txt --align --lang en-sw --lexicon words.tsv --no-packaged --no-catalogues");
	return 0;
}

static int clean(void **state)
{
	char command[96];

	(void)state;
	if (chdir("/") != 0)
		return -1;
	snprintf(command, sizeof command, "rm -rf %s", folder);
	return system(command);
}

static void sees(struct vt *vt, const char *text)
{
	if (!vt_wait_text(vt, text, 0)) {
		vt_dump(vt);
		fail_msg("“%s” is not on the screen", text);
	}
}

static void status(struct vt *vt, const char *text)
{
	if (!vt_wait_row(vt, -1, text, 0)) {
		vt_dump(vt);
		fail_msg("“%s” is not in the status line", text);
	}
}

/* "alignment" from the list of runs. */
static struct vt *start(int rows, int cols, const char *const env[])
{
	const char *argv[] = { vt_tamis(), "-w", workspace, NULL };
	struct vt *vt;

	assert_int_equal(chdir(folder), 0); /* the run names its files as they were given */
	vt = vt_start(argv, rows, cols, env);
	vt_set_settle(vt, 5);
	vt_type(vt, "B");
	return vt;
}

static struct vt *alignment(int rows, int cols)
{
	struct vt *vt = start(rows, cols, NULL);

	sees(vt, "alignment of run 1");
	status(vt, "bead 1 of 12");
	return vt;
}

static void leave(struct vt *vt)
{
	vt_type(vt, "Q");
	assert_int_equal(vt_wait_exit(vt, 0), 0);
	assert_string_equal(vt_not_sane(vt), "");
	vt_free(vt);
}

/* "down" "up" "page-down" "page-up" "first" "last" */
static void keys_move_from_bead_to_bead(void **state)
{
	struct vt *vt = alignment(24, 80);

	(void)state;
	vt_type(vt, "j");
	status(vt, "bead 2 of 12");
	vt_type(vt, "k");
	status(vt, "bead 1 of 12");
	vt_type(vt, "G");
	status(vt, "bead 12 of 12");
	vt_type(vt, "b");
	assert_true(vt_wait_gone(vt, "bead 12 of 12", 0));
	vt_key(vt, "Home");
	status(vt, "bead 1 of 12");
	vt_type(vt, " ");
	assert_true(vt_wait_gone(vt, "bead 1 of 12", 0));
	leave(vt);
}

/* "merge" "split" "undo" */
static void beads_are_merged_split_and_undone(void **state)
{
	struct vt *vt = alignment(24, 80);

	(void)state;
	vt_type(vt, "m");
	status(vt, "bead 1 of 11  corrected 1");
	sees(vt, "2-2");
	vt_type(vt, "s");
	status(vt, "bead 1 of 12  corrected 2");
	assert_true(vt_wait_gone(vt, "2-2", 0));
	vt_type(vt, "u");
	status(vt, "bead 1 of 11  corrected 1");
	vt_type(vt, "u");
	status(vt, "bead 1 of 12  corrected 0");
	vt_type(vt, "u");
	status(vt, "nothing left to undo");
	vt_type(vt, "Gm");
	status(vt, "no next bead");
	leave(vt);
}

/* "source-on" "source-back" "target-on" "target-back" */
static void sentences_go_over_a_boundary(void **state)
{
	struct vt *vt = alignment(24, 80);

	(void)state;
	vt_type(vt, "]");
	sees(vt, "1-0");
	sees(vt, "1-2");
	sees(vt, "(no partner)");
	vt_type(vt, "[");
	assert_true(vt_wait_gone(vt, "1-0", 0));
	vt_type(vt, ">");
	sees(vt, "0-1");
	sees(vt, "2-1");
	vt_type(vt, "<");
	assert_true(vt_wait_gone(vt, "0-1", 0));
	status(vt, "corrected 2");
	leave(vt);
}

/* "pin" "align-again" */
static void what_was_done_by_hand_stays_when_the_rest_is_aligned_again(void **state)
{
	struct vt *vt = alignment(24, 80);

	(void)state;
	vt_type(vt, "p");
	status(vt, "a boundary anyway");
	vt_type(vt, "jm");
	status(vt, "bead 2 of 11  corrected 1");
	vt_type(vt, "jjp");
	status(vt, "pinned 1");
	vt_type(vt, "r");
	status(vt, "Aligned again");
	vt_type(vt, "j");
	status(vt, "of 11  corrected 1  pinned 1");
	sees(vt, "2-2");
	sees(vt, "┳");
	leave(vt);
}

/* "save": a run of its own; leaving without it loses nothing. */
static void saving_makes_a_run_of_its_own(void **state)
{
	struct vt *vt = alignment(24, 80);

	(void)state;
	run("label 3 accept");
	vt_type(vt, "m");
	status(vt, "kept, not yet a run");
	vt_type(vt, "q");
	sees(vt, "made by runs");
	status(vt, "kept with run 1");
	vt_type(vt, "B");
	status(vt, "Corrections brought back");
	vt_type(vt, "j");
	status(vt, "bead 2 of 11  corrected 1");
	vt_type(vt, "W");
	status(vt, "Saved as run 2");
	vt_type(vt, "q");
	sees(vt, "made by runs");
	leave(vt);
	says("ls bitext --run 2 --json", "\"source_sentences\":2");
	says("ls runs --json", "\"corrected\":1");
	says("ls bitext --run 2 --where verdict=accept --json", "t2 lum"); /* the verdict follows the pair */
}

/* Whatever ends the program: "quit", "cancel", or being killed. */
static void corrections_survive_every_end(void **state)
{
	struct vt *vt = alignment(24, 80);

	(void)state;
	vt_type(vt, "m");
	status(vt, "bead 1 of 11  corrected 1");
	vt_signal(vt, SIGKILL);
	assert_true(vt_wait_exit(vt, 0) != 0);
	vt_free(vt);
	vt = start(24, 80, NULL);
	status(vt, "Corrections brought back");
	sees(vt, "2-2");
	vt_type(vt, "jm");
	status(vt, "bead 2 of 10  corrected 2");
	leave(vt);
	vt = start(24, 80, NULL);
	sees(vt, "2-2");
	vt_type(vt, "G");
	status(vt, "bead 10 of 10  corrected 2");
	vt_type(vt, "u");
	status(vt, "of 11  corrected 1");
	vt_key(vt, "C-c");
	assert_int_equal(vt_wait_exit(vt, 0), 130);
	vt_free(vt);
	vt = start(24, 80, NULL);
	sees(vt, "2-2");
	vt_type(vt, "u");
	status(vt, "bead 1 of 12  corrected 0");
	leave(vt);
	leave(alignment(24, 80)); /* as the run has it, with nothing to bring back */
}

static void only_alignments_have_beads(void **state)
{
	struct vt *vt;

	(void)state;
	run("mine source.txt target.txt --lang en-sw --lexicon words.tsv --no-packaged --no-catalogues --margin absolute --threshold 0");
	vt = start(24, 80, NULL);
	sees(vt, "alignment of run 1");
	vt_type(vt, "q");
	sees(vt, "made by runs");
	vt_type(vt, "GB");
	status(vt, "run 2 is no alignment");
	vt_type(vt, "R");
	sees(vt, "source en");
	vt_type(vt, "B");
	status(vt, "run 2 is no alignment");
	leave(vt);
}

static void changed_documents_are_refused(void **state)
{
	struct vt *vt;
	FILE *file = create("target.txt");

	(void)state;
	fputs("one line only\n", file);
	fclose(file);
	vt = start(24, 80, NULL);
	status(vt, "have changed since");
	leave(vt);
}

static void it_is_drawn_wide_without_colour_and_in_chinese(void **state)
{
	static const char *const plain[] = { "NO_COLOR=1", "LANGUAGE=zh_CN", NULL };
	struct vt *vt = start(50, 200, plain);

	(void)state;
	sees(vt, "1-1");
	vt_type(vt, "m");
	sees(vt, "✎");
	leave(vt);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(keys_move_from_bead_to_bead, fresh, clean),
		cmocka_unit_test_setup_teardown(beads_are_merged_split_and_undone, fresh, clean),
		cmocka_unit_test_setup_teardown(sentences_go_over_a_boundary, fresh, clean),
		cmocka_unit_test_setup_teardown(what_was_done_by_hand_stays_when_the_rest_is_aligned_again, fresh, clean),
		cmocka_unit_test_setup_teardown(saving_makes_a_run_of_its_own, fresh, clean),
		cmocka_unit_test_setup_teardown(corrections_survive_every_end, fresh, clean),
		cmocka_unit_test_setup_teardown(only_alignments_have_beads, fresh, clean),
		cmocka_unit_test_setup_teardown(changed_documents_are_refused, fresh, clean),
		cmocka_unit_test_setup_teardown(it_is_drawn_wide_without_colour_and_in_chinese, fresh, clean),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
