/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Browsing, as a person would do it. */
#include "config.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "shelf.h"

static void says_what_to_do_when_there_is_nothing_yet(void **state)
{
	struct vt *vt = shelf_open(NULL, 24, 80, NULL);

	(void)state;
	assert_true(vt_wait_text(vt, "no corpora yet", 0));
	assert_true(vt_wait_text(vt, "import a file", 0));
	shelf_leave(vt);
}

static void imports_from_the_screen_with_a_completed_path(void **state)
{
	struct vt *vt = shelf_open(NULL, 24, 80, NULL);

	(void)state;
	vt_type(vt, "o");
	assert_true(vt_wait_row(vt, -1, "import", 0));
	vt_type(vt, shelf_path("she"));
	vt_type(vt, "\t");
	assert_true(vt_wait_row(vt, -1, "shelf.jsonl", 0));
	vt_type(vt, "\r");
	assert_true(vt_wait_text(vt, "Document 1 begins", 0));
	shelf_leave(vt);
}

static void a_click_moves_and_a_double_click_opens(void **state)
{
	struct vt *vt = shelf_open("shelf.jsonl", 24, 80, NULL);
	int row;

	(void)state;
	assert_true(vt_wait_row(vt, 0, "60 records", 0));
	vt_key(vt, "F8");
	assert_true(vt_wait_text(vt, "Mouse on", 0));
	row = vt_find(vt, "Document 5 begins", NULL);
	vt_click(vt, row, 30, 1);
	assert_true(vt_wait_row(vt, row, "▸", 0));
	vt_click(vt, row, 31, 1); /* elsewhere: no double click */
	vt_click(vt, row, 31, 1);
	assert_true(vt_wait_row(vt, 0, "record 5 of 60", 0));
	shelf_leave(vt);
}

static void says_that_files_are_no_longer_what_was_imported(void **state)
{
	const char *path = shelf_path("moved.jsonl");
	FILE *file = fopen(path, "w");
	struct vt *vt;

	(void)state;
	fputs("{\"text\":\"one\"}\n", file);
	fclose(file);
	vt = shelf_open("moved.jsonl", 24, 80, NULL);
	assert_true(vt_wait_row(vt, 0, "1 record", 0));
	vt_type(vt, "q");
	assert_true(vt_wait_row(vt, 3, "1 source", 0));
	path = shelf_path("moved.jsonl");
	file = fopen(path, "a");
	fputs("{\"text\":\"two\"}\n", file);
	fclose(file);
	vt_type(vt, "\r");
	assert_true(vt_wait_row(vt, 0, "moved", 0));
	vt_type(vt, "q");
	assert_true(vt_wait_row(vt, 3, "1 grown", 0));
	path = shelf_path("moved.jsonl");
	file = fopen(path, "w");
	fputs("{\"text\":\"TWO\"}\n", file);
	fclose(file);
	vt_type(vt, "\rq");
	assert_true(vt_wait_row(vt, 3, "1 changed", 0));
	remove(shelf_path("moved.jsonl"));
	vt_type(vt, "\rq");
	assert_true(vt_wait_row(vt, 3, "1 missing", 0));
	shelf_leave(vt);
}

static void shows_the_first_rows_and_where_one_is(void **state)
{
	struct vt *vt = shelf_open("shelf.jsonl", 24, 80, NULL);

	(void)state;
	assert_true(vt_wait_text(vt, "Document 1 begins", 0));
	assert_true(vt_wait_row(vt, 0, "60 records", 0));
	vt_type(vt, "j");
	assert_true(vt_wait_row(vt, -1, "2 / 60", 0));
	vt_type(vt, "G");
	assert_true(vt_wait_row(vt, -1, "60 / 60", 0));
	assert_true(vt_wait_text(vt, "Document 60 begins", 0));
	vt_type(vt, "g25%\r");
	assert_true(vt_wait_row(vt, -1, "15 / 60", 0));
	shelf_leave(vt);
}

static void wraps_the_hint_that_its_row_has_no_room_for(void **state)
{
	struct vt *vt = shelf_open("shelf.jsonl", 24, 60, NULL);

	(void)state;
	assert_true(vt_wait_text(vt, "Document 1 begins", 0));
	vt_type(vt, "/");
	assert_true(vt_wait_row(vt, vt_rows(vt) - 2, "verdict=none", 0));
	vt_key(vt, "Escape");
	assert_true(vt_wait_gone(vt, "verdict=none", 0));
	shelf_leave(vt);
}

static void wraps_the_help(void **state)
{
	struct vt *vt = shelf_open("shelf.jsonl", 24, 60, NULL);

	(void)state;
	assert_true(vt_wait_text(vt, "Document 1 begins", 0));
	vt_type(vt, "?");
	assert_true(vt_wait_text(vt, "keys of this screen", 0));
	assert_true(vt_wait_gone(vt, "Document", 0));
	for (int y = 1; y < vt_rows(vt) - 1; y++)
		assert_null(strstr(vt_row(vt, y), "…"));
	shelf_leave(vt);
}

static void the_reader_says_how_many_hits_there_are(void **state)
{
	struct vt *vt = shelf_open("shelf.jsonl", 24, 80, NULL);

	(void)state;
	assert_true(vt_wait_text(vt, "Document 1 begins", 0));
	vt_key(vt, "Enter");
	assert_true(vt_wait_gone(vt, "Document 2 begins", 0));
	vt_type(vt, "/begins\r");
	assert_true(vt_wait_row(vt, -1, "1 hit", 0));
	vt_type(vt, "/nowhere\r");
	assert_true(vt_wait_row(vt, -1, "No hit after this one", 0));
	vt_type(vt, "k");
	assert_true(vt_wait_row(vt, -1, "0 hits", 0));
	shelf_leave(vt);
}

static void filters_while_one_types(void **state)
{
	struct vt *vt = shelf_open("shelf.jsonl", 24, 80, NULL);

	(void)state;
	assert_true(vt_wait_row(vt, 0, "60 records", 0));
	vt_type(vt, "/need");
	assert_true(vt_wait_gone(vt, "Document 8 begins", 0));
	assert_true(vt_wait_text(vt, "Document 7 begins", 0));
	vt_type(vt, "le\r");
	assert_true(vt_wait_row(vt, -1, "1 hit", 0));
	vt_type(vt, "c"); /* among all the others */
	assert_true(vt_wait_text(vt, "Document 8 begins", 0));
	assert_true(vt_wait_text(vt, "•", 0));
	vt_key(vt, "Escape");
	assert_true(vt_wait_gone(vt, "hit", 0));
	shelf_leave(vt);
}

static void filters_by_what_is_known_of_a_record(void **state)
{
	struct vt *vt = shelf_open("shelf.jsonl", 24, 80, NULL);

	(void)state;
	assert_true(vt_wait_row(vt, 0, "60 records", 0));
	vt_type(vt, "/score>=0.55\r");
	assert_true(vt_wait_row(vt, -1, "6 hits", 0));
	vt_type(vt, "a");
	assert_true(vt_wait_text(vt, "✓", 0));
	vt_type(vt, "/\025verdict=accept\r");
	assert_true(vt_wait_row(vt, -1, "1 hit", 0));
	shelf_leave(vt);
}

static void opens_a_corpus_by_its_name(void **state)
{
	struct vt *vt = shelf_open("shelf.jsonl", 24, 80, NULL);

	(void)state;
	assert_true(vt_wait_row(vt, 0, "60 records", 0));
	shelf_leave(vt);
	vt = shelf_again(24, 80, NULL, "shelf", NULL);
	assert_true(vt_wait_row(vt, 0, "60 records", 0));
	assert_true(vt_wait_text(vt, "Document 7 begins", 0));
	vt_type(vt, "q");
	assert_true(vt_wait_text(vt, "corpus", 0)); /* the list of corpora lies below */
	shelf_leave(vt);
}

static void says_what_is_wrong_with_a_pattern(void **state)
{
	struct vt *vt = shelf_open("shelf.jsonl", 24, 80, NULL);

	(void)state;
	assert_true(vt_wait_row(vt, 0, "60 records", 0));
	vt_type(vt, "/nee(dle");
	assert_true(vt_wait_text(vt, "parenthesis", 0));
	vt_type(vt, ")");
	assert_true(vt_wait_text(vt, "Document 7 begins", 0));
	vt_type(vt, "\r");
	assert_true(vt_wait_row(vt, -1, "1 hit", 0));
	vt_type(vt, "/\025nothing like this\r");
	assert_true(vt_wait_text(vt, "Nothing matches", 0));
	shelf_leave(vt);
}

static void reads_a_record_and_goes_on_to_the_next(void **state)
{
	struct vt *vt = shelf_open("shelf.jsonl", 24, 80, NULL);

	(void)state;
	assert_true(vt_wait_row(vt, 0, "60 records", 0));
	vt_type(vt, "g7\r\r");
	assert_true(vt_wait_row(vt, 0, "record 7 of 60", 0));
	assert_true(vt_wait_text(vt, "There is a needle", 0));
	vt_type(vt, "i");
	assert_true(vt_wait_text(vt, "at byte", 0));
	vt_type(vt, "]");
	assert_true(vt_wait_row(vt, 0, "record 8 of 60", 0));
	vt_type(vt, "x");
	assert_true(vt_wait_row(vt, 0, "record 9 of 60", 0));
	vt_type(vt, "[");
	assert_true(vt_wait_text(vt, "✗ reject", 0));
	vt_type(vt, "q");
	assert_true(vt_wait_row(vt, -1, "8 / 60", 0));
	shelf_leave(vt);
}

static void finds_a_word_near_the_end_of_a_line_of_eight_megabytes(void **state)
{
	struct vt *vt = shelf_open("long.jsonl", 24, 80, NULL);

	(void)state;
	assert_true(vt_wait_text(vt, "It begins with \"quotes\"", 0));
	vt_type(vt, "\r");
	assert_true(vt_wait_row(vt, 0, "record 1 of 2", 0));
	assert_true(vt_wait_text(vt, "It begins with \"quotes\" and goes on", 0));
	vt_type(vt, "/needle\r");
	assert_true(vt_wait_text(vt, "word499000", 0));
	vt_type(vt, "k");
	assert_true(vt_wait_text(vt, "word498994", 0));
	vt_type(vt, "G");
	assert_true(vt_wait_text(vt, "The very end", 0));
	vt_type(vt, "N");
	assert_true(vt_wait_text(vt, "word499000", 0));
	vt_type(vt, "<");
	assert_true(vt_wait_text(vt, "It begins with", 0));
	shelf_leave(vt);
}

static void sorts_as_a_job(void **state)
{
	struct vt *vt = shelf_open("shelf.jsonl", 24, 80, NULL);

	(void)state;
	assert_true(vt_wait_row(vt, 0, "60 records", 0));
	vt_type(vt, "S-score\r");
	assert_true(vt_wait_row(vt, 2, "Document 60 begins", 0));
	assert_true(vt_wait_row(vt, 3, "Document 59 begins", 0));
	vt_type(vt, "J");
	assert_true(vt_wait_text(vt, "sorting by -score", 0));
	vt_type(vt, "qSfile\r<");
	assert_true(vt_wait_text(vt, "Document 1 begins", 0));
	shelf_leave(vt);
}

static void decides_on_rows_ranges_and_marks(void **state)
{
	struct vt *vt = shelf_open("shelf.jsonl", 24, 80, NULL);

	(void)state;
	assert_true(vt_wait_row(vt, 0, "60 records", 0));
	vt_type(vt, "a");
	assert_true(vt_wait_row(vt, 2, "✓", 0));
	vt_type(vt, "vjjx"); /* rows 2 to 4 */
	assert_true(vt_wait_row(vt, 5, "✗", 0));
	assert_true(vt_wait_row(vt, 3, "✗", 0));
	vt_type(vt, "u");
	assert_true(vt_wait_gone(vt, "✗", 0));
	assert_true(vt_wait_row(vt, 2, "✓", 0));
	vt_type(vt, "\022"); /* redo */
	assert_true(vt_wait_row(vt, 4, "✗", 0));
	vt_type(vt, "g10\rmjmf"); /* 10 and 12 */
	assert_true(vt_wait_row(vt, 11, "⚑", 0));
	assert_true(vt_wait_row(vt, 13, "⚑", 0));
	assert_null(strstr(vt_row(vt, 12), "⚑"));
	shelf_leave(vt);
	vt = shelf_again(24, 80, NULL, NULL, NULL); /* they are still there tomorrow */
	vt_type(vt, "\r");
	assert_true(vt_wait_row(vt, 2, "✓", 0));
	assert_true(vt_wait_row(vt, 11, "⚑", 0));
	shelf_leave(vt);
}

static void decides_on_all_that_a_filter_shows_as_one_step(void **state)
{
	struct vt *vt = shelf_open("shelf.jsonl", 24, 80, NULL);

	(void)state;
	assert_true(vt_wait_row(vt, 0, "60 records", 0));
	vt_type(vt, "/score>0.5\r");
	assert_true(vt_wait_row(vt, -1, "10 hits", 0));
	/* hits are shown while the filter still reads; deciding on all of them waits for its end */
	for (int tries = 0; tries < 100 && vt_find(vt, "type yes", NULL) < 0; tries++) {
		vt_type(vt, "A");
		vt_wait_quiet(vt, 60, 0);
	}
	assert_true(vt_wait_row(vt, -1, "records?  type yes", 0));
	vt_type(vt, "yes\r");
	assert_true(vt_wait_row(vt, 11, "✓", 0));
	vt_type(vt, "u");
	assert_true(vt_wait_gone(vt, "✓", 0));
	vt_type(vt, "Xno\r");
	assert_true(vt_wait_row(vt, -1, "Nothing was decided", 0));
	shelf_leave(vt);
}

static void lists_records_that_were_kept_out(void **state)
{
	struct vt *vt;

	(void)state;
	shelf_write("bad.jsonl", "{\"text\": \"good\"}\n{\"text\": broken}\n{\"text\": \"good again\"}\n");
	vt = shelf_open("bad.jsonl", 24, 80, NULL);
	assert_true(vt_wait_row(vt, 0, "2 records", 0));
	vt_type(vt, "!");
	assert_true(vt_wait_text(vt, "bad.jsonl:2", 0));
	shelf_leave(vt);
}

static void leaves_pasted_text_out_of_the_keys(void **state)
{
	struct vt *vt = shelf_open("shelf.jsonl", 24, 80, NULL);

	(void)state;
	assert_true(vt_wait_row(vt, 0, "60 records", 0));
	vt_type(vt, "\033[200~Qxxx\raaa\033[201~");
	assert_true(vt_wait_row(vt, -1, "left out", 0));
	vt_type(vt, "j");
	assert_true(vt_wait_row(vt, -1, "2 / 60", 0));
	assert_int_equal(vt_find(vt, "✗", NULL), -1);
	vt_type(vt, "/");
	vt_type(vt, "\033[200~nee\ndle\033[201~"); /* in a prompt it is text, line ends are blanks */
	assert_true(vt_wait_row(vt, -1, "nee dle", 0));
	vt_key(vt, "Escape");
	assert_true(vt_wait_gone(vt, "nee dle", 0));
	shelf_leave(vt);
}

static void nothing_in_a_document_steers_the_terminal(void **state)
{
	struct vt *vt = shelf_open("shelf.jsonl", 24, 80, NULL);

	(void)state;
	assert_true(vt_wait_row(vt, 0, "60 records", 0));
	vt_record(vt);
	vt_type(vt, "g9\r\r");
	assert_true(vt_wait_text(vt, "<ESC>[31mred", 0));
	assert_true(vt_wait_text(vt, "<U+202E>", 0));
	vt_type(vt, "Z"); /* raw shapes never let control bytes out */
	assert_true(vt_wait_text(vt, "<ESC>[31mred", 0));
	assert_false(vt_sent(vt, "\033[31mred", 8));
	assert_false(vt_sent(vt, "\033]0;title", 9));
	assert_false(vt_sent(vt, "\xc2\x9b", 2));
	shelf_leave(vt);
}

static void copies_through_the_terminal(void **state)
{
	struct vt *vt;

	(void)state;
	shelf_write("word.txt", "needle\n");
	vt = shelf_open("word.txt", 24, 80, NULL);
	vt_record(vt);
	vt_type(vt, "\ry");
	assert_true(vt_wait_row(vt, -1, "clipboard", 0));
	assert_true(vt_sent(vt, "\033]52;c;bmVlZGxl", 15));
	shelf_leave(vt);
}

static void sends_nothing_when_nothing_happens(void **state)
{
	struct vt *vt = shelf_open("shelf.jsonl", 24, 80, NULL);
	uint64_t before;

	(void)state;
	assert_true(vt_wait_row(vt, 0, "60 records", 0));
	vt_type(vt, "j");
	assert_true(vt_wait_row(vt, -1, "2 / 60", 0));
	assert_true(vt_wait_quiet(vt, 300, 0));
	before = vt_bytes(vt);
	vt_run(vt, 700);
	assert_int_equal(vt_bytes(vt), before);
	shelf_leave(vt);
}

static void scrolls_a_line_in_few_bytes(void **state)
{
	struct vt *vt = shelf_open("shelf.jsonl", 24, 80, NULL);
	uint64_t before;

	(void)state;
	assert_true(vt_wait_row(vt, 0, "60 records", 0));
	vt_type(vt, "g30\r");
	assert_true(vt_wait_row(vt, -1, "30 / 60", 0));
	for (int row = 31; row < 52; row++) {
		char text[16];

		before = vt_bytes(vt);
		vt_type(vt, "j");
		snprintf(text, sizeof text, "%d / 60", row);
		assert_true(vt_wait_row(vt, -1, text, 0));
		assert_true(vt_bytes(vt) - before <= 250);
	}
	shelf_leave(vt);
}

static void goes_to_the_shell_and_comes_back(void **state)
{
	struct vt *vt = shelf_open("shelf.jsonl", 24, 80, NULL);

	(void)state;
	assert_true(vt_wait_row(vt, 0, "60 records", 0));
	vt_type(vt, "\032");
	assert_true(vt_wait_stopped(vt, 0));
	assert_false(vt_alternate(vt));
	vt_resize(vt, 30, 90);
	vt_signal(vt, SIGCONT);
	assert_true(vt_wait_row(vt, 29, "1 / 60", 0));
	shelf_leave(vt);
}

static void does_actions_by_a_part_of_their_name(void **state)
{
	struct vt *vt = shelf_open("shelf.jsonl", 24, 80, NULL);

	(void)state;
	assert_true(vt_wait_row(vt, 0, "60 records", 0));
	vt_type(vt, ":gto 40");
	assert_true(vt_wait_text(vt, "▸ goto N", 0));
	vt_type(vt, "\r");
	assert_true(vt_wait_row(vt, -1, "40 / 60", 0));
	vt_type(vt, ":theme mono\r");
	assert_true(vt_wait_row(vt, -1, "40 / 60", 0));
	shelf_leave(vt);
}

static void helps_with_the_keys_of_the_screen_below(void **state)
{
	struct vt *vt = shelf_open("shelf.jsonl", 60, 120, NULL);

	(void)state;
	assert_true(vt_wait_row(vt, 0, "60 records", 0));
	vt_type(vt, "?");
	assert_true(vt_wait_text(vt, "keys of this screen (documents)", 0));
	assert_true(vt_wait_text(vt, "one row down", 0));
	vt_type(vt, "/to row N\r");
	assert_true(vt_wait_text(vt, "goto N", 0));
	vt_type(vt, "q");
	assert_true(vt_wait_row(vt, -1, "1 / 60", 0));
	shelf_leave(vt);
}

static void replays_what_it_recorded(void **state)
{
	char record[256], dump[300], text[2000];
	struct vt *vt = shelf_open("shelf.jsonl", 24, 80, NULL);
	FILE *file;
	size_t n;

	(void)state;
	shelf_leave(vt);
	snprintf(record, sizeof record, "%s", shelf_path("record"));
	vt = shelf_again(24, 80, NULL, "--record", record);
	vt_type(vt, "\rg20\r");
	assert_true(vt_wait_row(vt, -1, "20 / 60", 0));
	vt_type(vt, "/begins\r");
	assert_true(vt_wait_row(vt, -1, "60 hits", 0));
	shelf_leave(vt);
	file = fopen(record, "r");
	assert_non_null(file);
	n = fread(text, 1, sizeof text - 1, file);
	text[n] = '\0';
	fclose(file);
	assert_non_null(strstr(text, "open\ngoto 20\n"));
	assert_non_null(strstr(text, "quit\n"));
	*strstr(text, "quit\n") = '\0';
	snprintf(dump, sizeof dump, "wait\ndump %s\nquit\n", shelf_path("dump"));
	strcat(text, dump);
	shelf_write("record", text);
	vt = shelf_again(24, 80, NULL, "--batch", record);
	assert_int_equal(vt_wait_exit(vt, 0), 0);
	vt_free(vt);
	file = fopen(shelf_path("dump"), "r");
	assert_non_null(file);
	n = fread(text, 1, sizeof text - 1, file);
	text[n] = '\0';
	fclose(file);
	assert_non_null(strstr(text, "Document 20 begins"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(says_what_to_do_when_there_is_nothing_yet),
		cmocka_unit_test(imports_from_the_screen_with_a_completed_path),
		cmocka_unit_test(a_click_moves_and_a_double_click_opens),
		cmocka_unit_test(says_that_files_are_no_longer_what_was_imported),
		cmocka_unit_test(shows_the_first_rows_and_where_one_is),
		cmocka_unit_test(filters_while_one_types),
		cmocka_unit_test(wraps_the_hint_that_its_row_has_no_room_for),
		cmocka_unit_test(wraps_the_help),
		cmocka_unit_test(the_reader_says_how_many_hits_there_are),
		cmocka_unit_test(filters_by_what_is_known_of_a_record),
		cmocka_unit_test(opens_a_corpus_by_its_name),
		cmocka_unit_test(says_what_is_wrong_with_a_pattern),
		cmocka_unit_test(reads_a_record_and_goes_on_to_the_next),
		cmocka_unit_test(finds_a_word_near_the_end_of_a_line_of_eight_megabytes),
		cmocka_unit_test(sorts_as_a_job),
		cmocka_unit_test(decides_on_rows_ranges_and_marks),
		cmocka_unit_test(decides_on_all_that_a_filter_shows_as_one_step),
		cmocka_unit_test(lists_records_that_were_kept_out),
		cmocka_unit_test(leaves_pasted_text_out_of_the_keys),
		cmocka_unit_test(nothing_in_a_document_steers_the_terminal),
		cmocka_unit_test(copies_through_the_terminal),
		cmocka_unit_test(sends_nothing_when_nothing_happens),
		cmocka_unit_test(scrolls_a_line_in_few_bytes),
		cmocka_unit_test(goes_to_the_shell_and_comes_back),
		cmocka_unit_test(does_actions_by_a_part_of_their_name),
		cmocka_unit_test(helps_with_the_keys_of_the_screen_below),
		cmocka_unit_test(replays_what_it_recorded),
	};
	return cmocka_run_group_tests(tests, shelf_make, shelf_clean);
}
