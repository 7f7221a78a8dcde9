/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The calibration screen and the queues it leads to, on pairs mined from invented words. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "vt.h"

#define LINES 60
#define WORDS 200

static char folder[] = "/tmp/calibrate-XXXXXX";
static char workspace[64], mined[64];
static int pairs;         /* that were mined */
static char all_kept[64]; /* the row of the figures with the lowest threshold */

static FILE *create(const char *name)
{
	char path[96];
	FILE *file;

	snprintf(path, sizeof path, "%s/%s", folder, name);
	file = fopen(path, "w");
	assert_non_null(file);
	return file;
}

static void words(FILE *file, const char *stem, int line, int wrong)
{
	for (int k = 0; k < 9; k++) {
		int w = (line * 7 + (k < wrong ? k * 31 + 90 : k)) % WORDS;

		fprintf(file, "%s%c%c ", stem, 98 + w % 20, 98 + w / 20);
	}
	fprintf(file, "%d.\n", line < 6 && wrong ? line + 1000 : line + 20);
}

/* Sentences whose words only the dictionary links, more and more of them wrong: scores of all heights.  A few numbers differ. */
static void write_files(void)
{
	FILE *source = create("source.txt"), *target = create("target.txt"), *dictionary = create("words.tsv");

	for (int w = 0; w < WORDS; w++)
		fprintf(dictionary, "kar%c%c\tlum%c%c\n", 98 + w % 20, 98 + w / 20, 98 + w % 20, 98 + w / 20);
	for (int i = 0; i < LINES; i++) {
		words(source, "kar", i, 0);
		words(target, "lum", i, i % 6);
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

/* What the command line prints holds `text`. */
static void says(const char *arguments, const char *text)
{
	char command[400];

	snprintf(command, sizeof command, "cd %s && %s -w %s %s 2>&1 | grep -q -F -- '%s'", folder, vt_tamis(), workspace, arguments, text);
	if (system(command) != 0)
		fail_msg("“%s” is not what it says: %s", text, arguments);
}

static void count_pairs(void)
{
	char command[400], line[64] = "";
	FILE *pipe;

	snprintf(command, sizeof command, "%s -w %s ls bitext --run 1 --json | wc -l", vt_tamis(), workspace);
	pipe = popen(command, "r");
	assert_non_null(pipe);
	assert_non_null(fgets(line, sizeof line, pipe));
	pclose(pipe);
	pairs = atoi(line);
	assert_true(pairs >= 40);
	snprintf(all_kept, sizeof all_kept, "%-26d0", pairs);
}

/* Gives the pairs [first, last] one verdict. */
static void label(int first, int last, const char *verdict)
{
	char arguments[300] = "label";

	for (int i = first; i <= last; i++)
		snprintf(arguments + strlen(arguments), sizeof arguments - strlen(arguments), " %d", i);
	snprintf(arguments + strlen(arguments), sizeof arguments - strlen(arguments), " %s", verdict);
	run(arguments);
}

static int prepare(void **state)
{
	(void)state;
	if (!mkdtemp(folder))
		return -1;
	snprintf(mined, sizeof mined, "%s/mined.tamis", folder);
	snprintf(workspace, sizeof workspace, "%s/mined.tamis", folder);
	write_files();
	run("mine source.txt target.txt --lang en-sw --lexicon words.tsv --no-packaged --no-catalogues --margin absolute --threshold 0");
	count_pairs();
	snprintf(workspace, sizeof workspace, "%s/w.tamis", folder);
	return 0;
}

static int clean(void **state)
{
	char command[96];

	(void)state;
	snprintf(command, sizeof command, "rm -rf %s", folder);
	return system(command);
}

static int fresh(void **state)
{
	char command[300];

	(void)state;
	snprintf(command, sizeof command, "rm -f %s*; for f in %s*; do cp \"$f\" \"%s/w.tamis${f#%s}\"; done", workspace, mined, folder, mined);
	return system(command);
}

static struct vt *start(int rows, int cols, const char *const env[])
{
	const char *argv[] = { vt_tamis(), "-w", workspace, NULL };
	struct vt *vt = vt_start(argv, rows, cols, env);

	vt_set_settle(vt, 5);
	return vt;
}

static void sees(struct vt *vt, const char *text)
{
	if (!vt_wait_text(vt, text, 0)) {
		vt_dump(vt);
		fail_msg("“%s” is not on the screen", text);
	}
}

static void title(struct vt *vt, const char *text)
{
	if (!vt_wait_row(vt, 0, text, 0)) {
		vt_dump(vt);
		fail_msg("“%s” is not in the title", text);
	}
}

static void status(struct vt *vt, const char *text)
{
	if (!vt_wait_row(vt, -1, text, 0)) {
		vt_dump(vt);
		fail_msg("“%s” is not in the status line", text);
	}
}

static void leave(struct vt *vt)
{
	vt_type(vt, "Q");
	assert_int_equal(vt_wait_exit(vt, 0), 0);
	assert_string_equal(vt_not_sane(vt), "");
	vt_free(vt);
}

/* "calibration" from the list of runs. */
static struct vt *calibration(int rows, int cols, const char *const env[])
{
	struct vt *vt = start(rows, cols, env);

	sees(vt, "made by runs");
	vt_type(vt, "C");
	title(vt, "calibration of run 1");
	return vt;
}

static void it_opens_from_the_runs_and_says_that_nothing_is_known(void **state)
{
	struct vt *vt = calibration(24, 80, NULL);

	(void)state;
	sees(vt, "No verdicts yet: nothing is known of this score.");
	status(vt, "0 judged");
	vt_type(vt, "q");
	sees(vt, "made by runs");
	leave(vt);
}

/* "threshold" in figures, "keep-threshold", and what the command line makes of it. */
static void a_threshold_is_typed_kept_and_forgotten(void **state)
{
	struct vt *vt = calibration(24, 80, NULL);

	(void)state;
	vt_type(vt, "t");
	status(vt, "threshold");
	vt_type(vt, "0.6\r");
	sees(vt, "threshold 0.6 ");
	vt_type(vt, "\r");
	status(vt, "Kept:");
	vt_type(vt, "\033");
	sees(vt, "made by runs");
	says("calibrate 1", "threshold kept with the run: 0.6");
	vt_type(vt, "C");
	sees(vt, "threshold 0.6 ");
	status(vt, "kept threshold 0.6");
	vt_type(vt, "=");
	status(vt, "No threshold is kept");
	leave(vt);
}

static void a_word_is_no_threshold(void **state)
{
	struct vt *vt = calibration(24, 80, NULL);

	(void)state;
	vt_type(vt, "tmuch\r");
	status(vt, "“much” is no number.");
	vt_type(vt, "P0.9\r");
	status(vt, "No score is shown to be that precise yet");
	leave(vt);
}

/* "first", "last", "left", "right", "up" and "down". */
static void keys_move_the_threshold(void **state)
{
	struct vt *vt = calibration(24, 80, NULL);
	char lowest[64], highest[64];

	(void)state;
	vt_type(vt, "t0.5\r");
	sees(vt, "threshold 0.5 ");
	vt_key(vt, "Home");
	assert_true(vt_wait_gone(vt, "threshold 0.5 ", 0));
	sees(vt, all_kept);
	snprintf(lowest, sizeof lowest, "%.40s", vt_row(vt, 13));
	vt_type(vt, "k");
	assert_true(vt_wait_gone(vt, all_kept, 0));
	vt_type(vt, "j");
	sees(vt, all_kept);
	vt_key(vt, "End");
	assert_true(vt_wait_gone(vt, all_kept, 0));
	snprintf(highest, sizeof highest, "%.40s", vt_row(vt, 13));
	assert_string_not_equal(lowest, highest);
	vt_type(vt, "t0.5\r");
	sees(vt, "threshold 0.5 ");
	vt_type(vt, "h");
	assert_true(vt_wait_gone(vt, "threshold 0.5 ", 0));
	vt_type(vt, "t0.5\r");
	sees(vt, "threshold 0.5 ");
	vt_type(vt, "l");
	assert_true(vt_wait_gone(vt, "threshold 0.5 ", 0));
	leave(vt);
}

/* "view": the same as a table. */
static void tab_shows_a_table_of_scores_and_verdicts(void **state)
{
	struct vt *vt = calibration(24, 80, NULL);

	(void)state;
	sees(vt, "judged");
	vt_type(vt, "\t");
	sees(vt, "undecided");
	leave(vt);
}

/* "near": verdicts there are counted here at once. */
static void each_verdict_recalibrates(void **state)
{
	struct vt *vt = calibration(24, 80, NULL);

	(void)state;
	vt_type(vt, "n");
	title(vt, "nearest to the threshold first");
	sees(vt, "precision –");
	vt_type(vt, "a");
	status(vt, "1 decided");
	sees(vt, "precision 100 (");
	vt_type(vt, "x");
	status(vt, "2 decided");
	sees(vt, "precision 50 (");
	vt_type(vt, "u");
	status(vt, "undone");
	sees(vt, "precision 100 (");
	vt_type(vt, "q");
	title(vt, "calibration");
	status(vt, "1 judged");
	leave(vt);
}

/* "queue": by name from the prompt, with completion. */
static void queues_are_asked_for_by_name(void **state)
{
	struct vt *vt = calibration(24, 80, NULL);

	(void)state;
	vt_type(vt, "p");
	status(vt, "strata, conflict or audit");
	vt_type(vt, "str\t\r");
	title(vt, "one of each range of scores");
	vt_type(vt, "q");
	title(vt, "calibration");
	vt_type(vt, "pconflict\r");
	title(vt, "contradict each other");
	sees(vt, "in doubt");
	vt_type(vt, "q");
	title(vt, "calibration");
	vt_type(vt, "pband\r");
	status(vt, "Queues are: threshold, above, strata, conflict, audit.");
	leave(vt);
}

/* "review": everything from the threshold on. */
static void the_threshold_cuts_the_queue(void **state)
{
	struct vt *vt = calibration(24, 80, NULL);
	char whole[32];

	(void)state;
	snprintf(whole, sizeof whole, "1 of %d ", pairs);
	vt_key(vt, "Home");
	sees(vt, all_kept);
	vt_type(vt, "R");
	title(vt, "best first");
	status(vt, whole);
	vt_type(vt, "q");
	title(vt, "calibration");
	vt_type(vt, "k");
	assert_true(vt_wait_gone(vt, all_kept, 0));
	vt_type(vt, "R");
	title(vt, "best first");
	assert_true(vt_wait_gone(vt, whole, 0));
	leave(vt);
}

/* "precision", once there are verdicts. */
static void a_precision_finds_its_threshold(void **state)
{
	struct vt *vt;

	(void)state;
	label(1, 20, "accept");
	label(pairs - 19, pairs, "reject");
	vt = calibration(24, 80, NULL);
	status(vt, "40 judged");
	sees(vt, "kappa");
	vt_key(vt, "Home");
	sees(vt, all_kept);
	vt_type(vt, "P80%\r");
	assert_true(vt_wait_gone(vt, all_kept, 0));
	leave(vt);
}

/* "calibration" and "queue" from the review itself. */
static void the_review_has_the_same_keys(void **state)
{
	struct vt *vt = start(24, 80, NULL);

	(void)state;
	sees(vt, "made by runs");
	vt_type(vt, "R");
	title(vt, "review");
	sees(vt, "precision –");
	vt_type(vt, "a");
	status(vt, "1 decided");
	vt_type(vt, "C");
	title(vt, "calibration of run 1");
	status(vt, "1 judged");
	vt_type(vt, "q");
	title(vt, "review");
	vt_type(vt, "pabove\r");
	title(vt, "best first");
	vt_type(vt, "p");
	status(vt, "conflict or audit; empty: all");
	vt_type(vt, "\r");
	assert_true(vt_wait_gone(vt, "best first", 0));
	leave(vt);
}

/* "swap": another candidate takes the partner's place, and the export has it. */
static void another_candidate_is_swapped_in(void **state)
{
	struct vt *vt = start(24, 80, NULL);

	(void)state;
	sees(vt, "made by runs");
	vt_type(vt, "R");
	sees(vt, "other candidates");
	vt_type(vt, "w");
	status(vt, "Swapped");
	sees(vt, "target sw  edited");
	vt_type(vt, "u");
	assert_true(vt_wait_gone(vt, "edited", 0));
	vt_type(vt, "w");
	sees(vt, "target sw  edited");
	vt_type(vt, "a");
	status(vt, "1 decided");
	/* accepted with another partner: what was mined was wrong */
	sees(vt, "precision 0 (");
	leave(vt);
	says("export bitext --run 1 --accepted --format csv", "kar");
	says("--json calibrate 1", "\"rejected\":1");
}

/* Nobody has accepted the text that stands after "swap", or an edit: the verdict was about another. */
static void a_verdict_ends_with_its_text(void **state)
{
	struct vt *vt = start(24, 80, NULL);

	(void)state;
	sees(vt, "made by runs");
	vt_type(vt, "R");
	sees(vt, "other candidates");
	vt_type(vt, "a");
	status(vt, "1 decided");
	vt_type(vt, "k");
	sees(vt, "✓");
	vt_type(vt, "w");
	status(vt, "Swapped");
	sees(vt, "target sw  edited");
	status(vt, "0 decided");
	vt_type(vt, "u");
	status(vt, "1 decided");
	vt_type(vt, "w");
	status(vt, "Swapped");
	vt_type(vt, "j");
	status(vt, "0 decided");
	leave(vt);
	says("--json ls bitext --run 1 --where verdict=accept | wc -l", "0");
}

static const char mine_again[] = "mine source.txt target.txt --lang en-sw --lexicon words.tsv --no-packaged --no-catalogues "
				 "--margin absolute --threshold 0";

/* "lexicon": "reject", "accept", "undo", "open"; the next mining links the words no more. */
static void rejected_words_are_linked_no_more(void **state)
{
	struct vt *vt = start(24, 80, NULL);
	char row[200], *word, *rest;

	(void)state;
	sees(vt, "made by runs");
	vt_type(vt, "L");
	title(vt, "lexicon of run 1");
	sees(vt, "dictionary");
	vt_type(vt, "jx");
	status(vt, "1 rejected");
	vt_type(vt, "u");
	assert_true(vt_wait_gone(vt, "✗", 0));
	vt_type(vt, "r");
	sees(vt, "✗");
	vt_type(vt, "a");
	assert_true(vt_wait_gone(vt, "✗", 0));
	snprintf(row, sizeof row, "%s", vt_row(vt, 3)); /* the cursor's: sign, source, target, pairs … */
	word = strtok_r(row, " ▸", &rest);
	assert_non_null(word);
	vt_type(vt, "\r");
	title(vt, word);
	sees(vt, "other candidates");
	vt_type(vt, "q");
	title(vt, "lexicon of run 1");
	vt_type(vt, "x");
	sees(vt, "✗");
	vt_type(vt, "q");
	sees(vt, "made by runs");
	leave(vt);
	run(mine_again);
	says("ls runs --json", "\"refused\":1");
	vt = start(24, 80, NULL);
	sees(vt, "run 2");
	vt_type(vt, "GL");
	title(vt, "lexicon of run 2");
	snprintf(row, sizeof row, "%s", vt_row(vt, 2)); /* rejected ones stand first */
	assert_non_null(strstr(row, "✗"));
	assert_non_null(strstr(row, " 0  0.00"));
	leave(vt);
}

static void it_is_drawn_wide_without_colour_and_in_chinese(void **state)
{
	static const char *const plain[] = { "NO_COLOR=1", NULL };
	static const char *const chinese[] = { "LANGUAGE=zh_CN", "NO_COLOR=1", NULL };
	struct vt *vt = calibration(50, 200, plain);

	(void)state;
	sees(vt, "undecided"); /* the table stands beside the histogram */
	sees(vt, "▲");
	leave(vt);
	vt = start(24, 80, chinese);
	vt_type(vt, "C");
	sees(vt, "kappa");
	leave(vt);
}

/* Drafts have no score: the runs tell how many pairs there are, the review no threshold. */
static void drafts_have_no_threshold(void **state)
{
	char guide[300];
	FILE *f;
	const char *argv[] = { vt_tamis(), "-w", workspace, "review", "3", NULL };
	struct vt *vt;

	(void)state;
	snprintf(guide, sizeof guide, "%s/guide.md", folder);
	f = fopen(guide, "w");
	assert_non_null(f);
	fputs("# Guide\n\n## How do I moor a boat?\n\nBring the boat alongside slowly. Pass the bow line ashore, then the stern line.\n\n"
	      "## Choosing an anchor\n\nA plough anchor holds in sand and mud. A fisherman anchor suits rock and weed.\n", f);
	assert_int_equal(fclose(f), 0);
	run("import guide.md --corpus guide");
	run("backtranslate guide --least 40");
	vt = start(24, 80, NULL);
	sees(vt, "pairs 2");
	leave(vt);
	vt = vt_start(argv, 24, 80, NULL);
	vt_set_settle(vt, 5);
	sees(vt, "How do I moor a boat?");
	vt_type(vt, "C");
	title(vt, "calibration of run 3");
	vt_type(vt, "q");
	title(vt, "review");
	assert_true(vt_wait_gone(vt, "precision", 0));
	leave(vt);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(it_opens_from_the_runs_and_says_that_nothing_is_known, fresh),
		cmocka_unit_test_setup(a_threshold_is_typed_kept_and_forgotten, fresh),
		cmocka_unit_test_setup(a_word_is_no_threshold, fresh),
		cmocka_unit_test_setup(keys_move_the_threshold, fresh),
		cmocka_unit_test_setup(tab_shows_a_table_of_scores_and_verdicts, fresh),
		cmocka_unit_test_setup(each_verdict_recalibrates, fresh),
		cmocka_unit_test_setup(queues_are_asked_for_by_name, fresh),
		cmocka_unit_test_setup(the_threshold_cuts_the_queue, fresh),
		cmocka_unit_test_setup(a_precision_finds_its_threshold, fresh),
		cmocka_unit_test_setup(the_review_has_the_same_keys, fresh),
		cmocka_unit_test_setup(drafts_have_no_threshold, fresh),
		cmocka_unit_test_setup(another_candidate_is_swapped_in, fresh),
		cmocka_unit_test_setup(a_verdict_ends_with_its_text, fresh),
		cmocka_unit_test_setup(rejected_words_are_linked_no_more, fresh),
		cmocka_unit_test_setup(it_is_drawn_wide_without_colour_and_in_chinese, fresh),
	};

	return cmocka_run_group_tests(tests, prepare, clean);
}
