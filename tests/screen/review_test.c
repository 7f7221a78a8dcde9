/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The review screen in a terminal: every key of its actions, by what a curator sees. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "review_fixture.h"

/* ---- verdicts ---- */

static void a_x_space_f_decide_and_go_on(void **state)
{
	(void)state;
	review("docs");
	sees("document number 1");
	types("a");
	sees("document number 2");
	types("x");
	sees("document number 3");
	types(" ");
	sees("document number 4");
	types("f");
	sees("document number 5");
	status("5 of 12  4 decided  accepted 50.0% (");
	leave();
	shown_by_show("1.1", "\"verdict\":\"accept\"");
	shown_by_show("1.2", "\"verdict\":\"reject\"");
	shown_by_show("1.3", "\"verdict\":\"skip\"");
	shown_by_show("1.4", "\"verdict\":\"flag\"");
}

static void r_and_s_are_reject_and_skip_too(void **state)
{
	(void)state;
	review("docs");
	types("r");
	sees("document number 2");
	types("s");
	sees("document number 3");
	types("k");
	sees("skipped");
	types("k");
	sees("rejected");
	types("0");
	sees("undecided");
	leave();
	shown_by_show("1.1", "\"verdict\":\"none\"");
	shown_by_show("1.2", "\"verdict\":\"skip\"");
}

static void a_held_key_decides_one_item_at_a_time(void **state)
{
	(void)state;
	review("docs");
	types("aaaaaa");
	sees("document number 2");
	status("2 of 12  1 decided");
	leave();
	shown_by_show("1.2", "\"verdict\":\"none\"");
}

static void the_end_of_the_queue_says_what_is_left(void **state)
{
	(void)state;
	review("docs");
	types("G");
	sees("document number 12");
	types("a");
	status("The end of the queue; 11 items before are undecided");
	sees("accepted");
}

/* ---- reasons, notes, again ---- */

/* "reason-before": the verdict has taken its item off the screen. */
static void reasons_after_a_verdict_go_to_its_item(void **state)
{
	(void)state;
	review("docs");
	types("\0332");
	status("Nothing was judged here yet");
	types("x");
	sees("document number 2");
	types("\0332");
	status("The item before: 2 ");
	types("\0333");
	status(", 3 ");
	types("3");
	sees("[3");
	leave();
	shown_by_show("1.1", "\"verdict\":\"reject\",\"reasons\":[2,3]");
	shown_by_show("1.2", "\"verdict\":\"none\",\"reasons\":[3]");
}

static void digits_give_reasons_and_never_block(void **state)
{
	(void)state;
	review("docs");
	sees("1 boilerplate");
	sees("6 personal data");
	sees("9 copyright or licence");
	types("2");
	sees("[2 machine generated or spam]");
	types("x");
	sees("document number 2");
	types("13");
	sees("[3 duplicate of another]");
	types("1");
	assert_true(vt_wait_gone(vt, "[1 ", 0));
	leave();
	shown_by_show("1.1", "\"reasons\":[2]");
	shown_by_show("1.2", "\"reasons\":[3]");
}

static void n_writes_a_note(void **state)
{
	(void)state;
	review("docs");
	types("n");
	sees("note");
	types("ask Ümit 数据\r");
	sees("note: ask Ümit 数据");
	leave();
	shown_by_show("1.1", "ask Ümit 数据");
}

static void dot_does_the_same_again(void **state)
{
	(void)state;
	review("docs");
	types("3x");
	sees("document number 2");
	types(".");
	sees("document number 3");
	leave();
	shown_by_show("1.2", "\"reasons\":[3]");
	shown_by_show("1.2", "\"verdict\":\"reject\"");
}

/* ---- undo ---- */

static void u_and_U_go_back_and_forth(void **state)
{
	(void)state;
	review("docs");
	types("a");
	sees("document number 2");
	types("jj");
	sees("document number 4");
	types("u");
	sees("document number 1");
	sees("undecided");
	types("U");
	sees("accepted");
	types("u");
	sees("undecided");
	types("\022"); /* ^R */
	sees("accepted");
	types("u");
	sees("undecided");
	types("u");
	status("nothing is left to undo");
}

/* ---- many ---- */

static void v_takes_a_range_in_one_step(void **state)
{
	(void)state;
	review("docs");
	types("jv");
	sees("range of 1 item");
	types("jj");
	sees("range of 3 items");
	types("x");
	status("3 items: reject");
	sees("document number 5");
	types("u");
	sees("document number 2");
	types("j");
	sees("undecided");
	types("v");
	sees("range of 1 item");
	types("q"); /* leaves the range, not the screen */
	assert_true(vt_wait_gone(vt, "range of", 0));
	types("vv");
	assert_true(vt_wait_gone(vt, "range of", 0));
}

static void V_decides_what_a_filter_matches_after_saying_how_many(void **state)
{
	(void)state;
	review("docs");
	types("V");
	sees("decide all");
	types("reject score>=0.5\r");
	sees("reject 3 items: score>=0.5");
	types("yes\r");
	status("3 items: reject");
	status("u takes them back");
	types("V");
	sees("decide all");
	types("accept\r");
	sees("accept 12 items: the whole queue");
	types("no\r");
	status("Nothing was decided");
	types("Vmaybe\r");
	status("Begin with accept");
	leave();
	shown_by_show("1.12", "\"verdict\":\"reject\"");
	shown_by_show("1.1", "\"verdict\":\"none\"");
}

static void A_and_X_take_the_whole_queue(void **state)
{
	(void)state;
	review("docs");
	types("A");
	sees("accept 12 items: the whole queue");
	types("yes\r");
	status("12 items: accept");
	types("X");
	sees("reject 12 items");
	types("\033");
	status("Nothing was decided");
	sees("accepted");
}

/* ---- a workspace without its cache ---- */

static void a_queue_is_whole_when_the_cache_is_gone(void **state)
{
	(void)state;
	lose_cache();
	review("docs");
	sees("document number 1");
	status("1 of 12");
	leave();
}

static void R_on_a_corpus_makes_a_lost_index_again(void **state)
{
	(void)state;
	lose_cache();
	start_list("docs");
	types("R");
	sees("document number 1");
	status("1 of 12");
	leave();
}

static void a_filtered_queue_waits_for_a_lost_index(void **state)
{
	(void)state;
	lose_cache();
	start_where("docs", "score>=0.5");
	sees("document number 10");
	status("1 of 3");
	leave();
}

/* ---- moving ---- */

static void moves_through_the_queue(void **state)
{
	static const struct {
		const char *key, *lands;
	} steps[] = {
		{ "j", "document number 2" }, { "]", "document number 3" }, { "k", "document number 2" }, { "[", "document number 1" },
		{ "G", "document number 12" }, { "<", "document number 1" }, { ">", "document number 12" },
		{ "g5\r", "document number 5" }, { "g50%\r", "document number 6" },
	};

	(void)state;
	review("docs");
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		types(steps[i].key);
		sees(steps[i].lands);
	}
	vt_key(vt, "Home");
	sees("document number 1");
	vt_key(vt, "End");
	sees("document number 12");
	types("j");
	status("last item");
	types("gx\r");
	status("Write the number of an item");
}

static void braces_jump_between_undecided_items(void **state)
{
	(void)state;
	run("label 1.2 1.3 accept");
	review("docs");
	types("}");
	sees("document number 4");
	types("{");
	sees("document number 1");
	types("{");
	status("Everything before this item is decided");
}

static void scrolls_a_long_item(void **state)
{
	(void)state;
	review("long");
	sees("first line of a long one");
	vt_key(vt, "Down");
	vt_key(vt, "Down");
	vt_key(vt, "Down");
	assert_true(vt_wait_gone(vt, "first line of a long one", 0));
	types("\020\020\020"); /* ^P */
	sees("first line of a long one");
	types("\016"); /* ^N */
	vt_key(vt, "Up");
	vt_key(vt, "PageDown");
	sees("line 30");
	types("\006"); /* ^F */
	sees("line 45");
	types("\002"); /* ^B */
	vt_key(vt, "PageUp");
	sees("first line of a long one");
	types("\004\004\004\004\004\004"); /* ^D */
	sees("line 80");
	types("\025\025\025\025\025\025"); /* ^U */
	sees("first line of a long one");
}

/* ---- the queue ---- */

static void slash_filters_and_an_empty_filter_shows_everything(void **state)
{
	(void)state;
	review("docs");
	types("/number 1\r");
	status("1 of 4");
	assert_true(vt_wait_row(vt, 0, "/number 1/", 0));
	types("/\025score>0.4 verdict=none\r");
	status("of 4");
	assert_true(vt_wait_row(vt, 0, "score>0.4", 0));
	types("/\025nothing like this\r");
	sees("Nothing in this queue matches the filter");
	types("/\025\r");
	status("of 12");
	types("/a(\r");
	status("at character");
}

static void o_changes_the_order(void **state)
{
	(void)state;
	review("docs");
	types("o-score\r");
	assert_true(vt_wait_row(vt, 0, "highest first", 0));
	types("<");
	sees("document number 12");
	types("Sscore\r");
	assert_true(vt_wait_row(vt, 0, "by score", 0));
	types("<");
	sees("document number 1");
	types("orandom 7\r");
	assert_true(vt_wait_row(vt, 0, "random order", 0));
	types("osideways\r");
	status("Orders are");
}

static void comes_back_to_where_it_was_left(void **state)
{
	(void)state;
	review("docs");
	types("jjjj");
	sees("document number 5");
	leave();
	review("docs");
	sees("document number 5");
}

/* ---- looking ---- */

static void R_shows_the_bytes_and_m_the_metadata(void **state)
{
	(void)state;
	review("docs");
	types("R");
	sees("{\"id\":\"d1\"");
	sees("original bytes");
	types("z");
	assert_true(vt_wait_gone(vt, "{\"id\":\"d1\"", 0));
	types("m");
	sees("dump: CC-1");
	types("i");
	assert_true(vt_wait_gone(vt, "dump: CC-1", 0));
}

static void tab_cycles_layouts(void **state)
{
	(void)state;
	review_at("prefs", 24, 120, NULL);
	sees("{+my friend+}");
	sees("[-you fool-]");
	vt_key(vt, "Tab");
	sees("[-you fool-]{+my friend+}");
	types("t");
	assert_true(vt_wait_gone(vt, "{+", 0));
	vt_key(vt, "Tab");
	sees("{+my friend+}");
}

static void H_shows_the_latest_decisions(void **state)
{
	(void)state;
	review("docs");
	types("a");
	sees("document number 2");
	types("H");
	assert_true(vt_wait_gone(vt, "latest decisions", 0));
	types("H");
	sees("latest decisions");
	sees("document number 1");
	review_at("docs", 40, 100, NULL);
	sees("latest decisions"); /* unasked where there is room */
}

static void y_copies_the_chosen_field(void **state)
{
	(void)state;
	review_at("prefs", 24, 100, NULL);
	vt_record(vt);
	types("hhh");
	types("y");
	assert_true(vt_wait_quiet(vt, 100, 0));
	assert_true(vt_sent(vt, "U2F5IGhlbGxv", 12)); /* "Say hello" in base64 */
	vt_key(vt, "Left");
	vt_key(vt, "Right");
	types("l");
	types("y");
	assert_true(vt_wait_quiet(vt, 100, 0));
	assert_true(vt_sent(vt, "SGVsbG8gdGhlcmUs", 16)); /* "Hello there," */
}

static void the_mouse_chooses_a_field_and_goes_through_items(void **state)
{
	int row, column = 0;

	(void)state;
	review_at("prefs", 24, 100, NULL);
	vt_record(vt);
	vt_key(vt, "F8");
	sees("Mouse on");
	row = vt_find(vt, "Say hello", &column);
	assert_true(row > 0);
	vt_click(vt, row, column + 2, 1);
	types("y");
	assert_true(vt_wait_quiet(vt, 100, 0));
	assert_true(vt_sent(vt, "U2F5IGhlbGxv", 12)); /* "Say hello" in base64 */
	review_at("docs", 24, 80, NULL);
	sees("document number 1");
	vt_key(vt, "F8");
	sees("Mouse on");
	vt_alt_click(vt, 5, 5, 5);
	sees("document number 2");
	vt_alt_click(vt, 5, 5, 4);
	sees("document number 1");
	vt_click(vt, 5, 5, 5); /* scrolls: there is nothing to scroll */
	assert_true(vt_wait_quiet(vt, 100, 0));
	sees("document number 1");
}

static void pairs_stand_side_by_side_where_there_is_room(void **state)
{
	int source = 0, target = 0, row;

	(void)state;
	review_at("pairs", 24, 130, NULL);
	sees("only in the source: %s 30");
	sees("only in the target: 40");
	sees("[!40] Zeilen.");
	row = vt_find(vt, "The file [!%s] has [!30] lines.", &source);
	assert_int_equal(vt_find(vt, "Die Datei hat [!40] Zeilen.", &target), row);
	assert_true(target > source);
	review_at("pairs", 24, 80, NULL);
	sees("The file [!%s] has [!30] lines.");
	sees("Die Datei hat");
	assert_true(vt_find(vt, "Die Datei", NULL) > vt_find(vt, "The file", NULL));
	types("j");
	sees("only in the source: <b> </b>");
	types("j");
	sees("Sieh http");
	assert_int_equal(vt_find(vt, "only in", NULL), -1);
}

/* ---- by name ---- */

static bool no_palette(struct vt *t, void *arg)
{
	(void)arg;
	return strstr(vt_row(t, 0), "review  ") != NULL;
}

/* Runs an action from the palette, by its long name; while a text is edited, by its key. */
static void does(const char *name)
{
	if (strcmp(name, "save") == 0) {
		types("\023");
		return;
	}
	types(":");
	assert_true(vt_wait_gone(vt, "tamis  review", 0));
	types(name);
	types("\r");
	assert_true(vt_wait(vt, no_palette, NULL, 0));
}

static void every_action_has_a_name_that_does_it(void **state)
{
	static const struct {
		const char *name, *shows;
	} steps[] = {
		{ "next", "document number 2" },      { "accept", "document number 3" },
		{ "previous", "accepted" },           { "undecide", "undecided" },
		{ "first", "document number 1" },     { "reject", "document number 2" },
		{ "skip", "document number 3" },      { "flag", "document number 4" },
		{ "again", "document number 5" },     { "undo", "document number 4" },
		{ "redo", "flagged" },                { "next-undecided", "document number 5" },
		{ "previous-undecided", "Everything before" }, { "last", "document number 12" },
		{ "goto 6", "document number 6" },    { "reason 2", "[2 machine" },
		{ "note hello", "note: hello" },      { "raw", "{\"id\":\"d6\"" },
		{ "raw", "undecided" },               { "metadata", "dump: CC-6" },
		{ "layout", "layout:" },              { "range", "range of 1 item" },
		{ "range", "undecided" },             { "history", "document number 6" },
		{ "filter score>=0.3", "of 7" },      { "order -score", "highest first" },
		{ "edit", "editing text" },           { "save", "undecided" },
	};

	(void)state;
	review("docs");
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		does(steps[i].name);
		sees(steps[i].shows);
	}
}

static void actions_on_many_items_have_names_too(void **state)
{
	(void)state;
	review("docs");
	does("bulk skip score<0.2");
	sees("skip 3 items");
	types("yes\r");
	status("3 items: skip");
	does("accept-all");
	sees("accept 12 items");
	types("no\r");
	does("reject-all verdict=skip");
	sees("reject 3 items");
	types("yes\r");
	status("3 items: reject");
}

static void actions_inside_an_item_have_names_too(void **state)
{
	static const char *const env[] = { "EDITOR=sed -i s/Say/SAY/", NULL };

	(void)state;
	review("long");
	does("scroll-down");
	assert_true(vt_wait_gone(vt, "2.1  long", 0));
	does("scroll-up");
	sees("2.1  long");
	does("page-down");
	sees("line 30");
	does("page-up");
	sees("first line");
	review_at("prefs", 24, 80, env);
	does("previous-field");
	does("previous-field");
	vt_record(vt);
	does("copy");
	assert_true(vt_wait_quiet(vt, 100, 0));
	assert_true(vt_sent(vt, "U2F5IGhlbGxv", 12)); /* "Say hello" in base64 */
	does("edit-outside");
	sees("{+SAY+}");
	does("next-field");
	types(":");
	types("cancel");
	types("\r");
	assert_true(vt_wait_gone(vt, "SAY", 0)); /* nothing to stop: back */
}

/* ---- everything else ---- */

static void data_cannot_steer_the_terminal(void **state)
{
	(void)state;
	review("long");
	vt_record(vt);
	types("j");
	sees("evil <ESC>[2J<BEL> text with <ZWSP>joiner");
	assert_false(vt_sent(vt, "\033[2J\007", 5));
	types("R");
	sees("\\u001b[2J");
}

static void help_and_back(void **state)
{
	(void)state;
	review("docs");
	types("?");
	sees("keys of this screen");
	types("q");
	sees("document number 1");
	types("q");
	assert_true(vt_wait_gone(vt, "document number 1", 0));
}

static void speaks_chinese_and_needs_no_colour(void **state)
{
	static const char *const env[] = { "LANGUAGE=zh_CN", "NO_COLOR=1", NULL };
	static const char *const vt100[] = { "TERM=vt100", NULL };

	(void)state;
	start("docs", 24, 80, env);
	sees("document number 1");
	sees("1 套话或导航内容");
	types("a");
	sees("document number 2");
	leave();
	review_at("docs", 24, 80, vt100);
	sees("document number 2");
	types("k");
	sees("accepted");
}

static void fits_any_size(void **state)
{
	(void)state;
	review("docs");
	for (int round = 0; round < 3; round++) {
		vt_resize(vt, 6, 30);
		sees("document number 1");
		vt_resize(vt, 2, 10);
		sees("too small");
		vt_resize(vt, 60, 200);
		sees("document number 1");
	}
	status("1 of 12");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, review_fresh, review_done)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_queue_is_whole_when_the_cache_is_gone),
		TEST(R_on_a_corpus_makes_a_lost_index_again),
		TEST(a_filtered_queue_waits_for_a_lost_index),
		TEST(a_x_space_f_decide_and_go_on),
		TEST(r_and_s_are_reject_and_skip_too),
		TEST(a_held_key_decides_one_item_at_a_time),
		TEST(the_end_of_the_queue_says_what_is_left),
		TEST(digits_give_reasons_and_never_block),
		TEST(reasons_after_a_verdict_go_to_its_item),
		TEST(n_writes_a_note),
		TEST(dot_does_the_same_again),
		TEST(u_and_U_go_back_and_forth),
		TEST(v_takes_a_range_in_one_step),
		TEST(V_decides_what_a_filter_matches_after_saying_how_many),
		TEST(A_and_X_take_the_whole_queue),
		TEST(moves_through_the_queue),
		TEST(braces_jump_between_undecided_items),
		TEST(scrolls_a_long_item),
		TEST(slash_filters_and_an_empty_filter_shows_everything),
		TEST(o_changes_the_order),
		TEST(comes_back_to_where_it_was_left),
		TEST(R_shows_the_bytes_and_m_the_metadata),
		TEST(tab_cycles_layouts),
		TEST(H_shows_the_latest_decisions),
		TEST(y_copies_the_chosen_field),
		TEST(the_mouse_chooses_a_field_and_goes_through_items),
		TEST(pairs_stand_side_by_side_where_there_is_room),
		TEST(every_action_has_a_name_that_does_it),
		TEST(actions_on_many_items_have_names_too),
		TEST(actions_inside_an_item_have_names_too),
		TEST(data_cannot_steer_the_terminal),
		TEST(help_and_back),
		TEST(speaks_chinese_and_needs_no_colour),
		TEST(fits_any_size),
	};

	return cmocka_run_group_tests(tests, review_prepare, review_clean);
}
