/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Editing an item on the review screen. */
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

#include "review_fixture.h"

/* ---- editing ---- */

static void e_edits_here_with_wide_characters(void **state)
{
	int row, col;
	bool visible;

	(void)state;
	review("docs");
	types("e");
	sees("editing text");
	types("数");
	sees("数document number 1");
	vt_cursor(vt, &row, &col, &visible);
	assert_true(visible);
	assert_int_equal(col, 2);
	vt_key(vt, "Left");
	types("x");
	vt_key(vt, "End");
	types(" end\rnext");
	sees("x数document number 1 end");
	vt_key(vt, "Backspace");
	vt_key(vt, "Up");
	vt_key(vt, "Home");
	vt_key(vt, "Delete");
	types("\023"); /* ^S */
	sees("edited");
	sees("{+数+}document number 1{+ end");
	leave();
	shown_by_show("1.1", "数document number 1 end\\nnex");
}

/* A change that was begun. */
static void drop(void)
{
	types("\033");
	status("esc again drops the change");
	types("\033");
	assert_true(vt_wait_gone(vt, "editing ", 0));
}

/* Post-editing needs the source, and the text as it came. */
static void the_other_side_stays_in_sight(void **state)
{
	(void)state;
	review("pairs");
	types("le");
	sees("editing target");
	sees("The file %s has 30 lines.");
	sees("as it came");
	types("X");
	sees("XDie Datei hat 40 Zeilen.");
	sees(" Die Datei hat 40 Zeilen.");
	drop();
	types("he");
	sees("editing source");
	sees("Die Datei hat 40 Zeilen.");
	types("X");
	drop();
	leave();
}

static void the_other_side_stays_in_sight_on_a_wide_screen(void **state)
{
	(void)state;
	review_at("pairs", 50, 200, NULL);
	types("le");
	sees("editing target");
	types("X");
	sees("XDie Datei hat 40 Zeilen.");
	sees("The file %s has 30 lines.");
	drop();
	leave();
}

static void the_instruction_stays_in_sight_of_the_answer(void **state)
{
	(void)state;
	review("prefs");
	types("e");
	sees("editing rejected");
	sees("Say hello");
	sees("Hello there, my friend.");
	types("X");
	drop();
	types("he");
	sees("editing chosen");
	sees("Say hello");
	types("X");
	drop();
	types("he");
	sees("editing instruction");
	sees("Hello there, my friend.");
	types("X");
	drop();
	leave();
}

static void leaving_a_changed_text_asks_once(void **state)
{
	(void)state;
	review("docs");
	types("eabc");
	sees("abcdocument number 1");
	types("\033");
	status("esc again drops the change");
	sees("editing text");
	types("\033");
	assert_true(vt_wait_gone(vt, "editing text", 0));
	assert_true(vt_wait_gone(vt, "abc", 0));
	sees("document number 1");
	types("e");
	sees("editing text");
	types("\033");
	assert_true(vt_wait_gone(vt, "editing text", 0)); /* unchanged: at once */
}

static void keys_of_the_editor_never_decide(void **state)
{
	(void)state;
	review("docs");
	types("eaxf .\022");
	sees("axf .document");
	types("\033");
	status("esc again");
	types("\033");
	assert_true(vt_wait_gone(vt, "editing text", 0));
	status("1 of 12  0 decided");
}

static void E_edits_in_the_editor_of_the_curator(void **state)
{
	static const char *const env[] = { "EDITOR=sed -i s/number/NUMBER/", NULL };

	(void)state;
	review_at("docs", 24, 80, env);
	types("E");
	sees("{+NUMBER+}");
	leave();
	shown_by_show("1.1", "document NUMBER 1");
}

static void an_edit_can_be_undone(void **state)
{
	(void)state;
	review("docs");
	types("e!\023");
	sees("edited");
	types("u");
	assert_true(vt_wait_gone(vt, "edited", 0));
	leave();
	shown_by_show("1.1", "\"text\":\"document number 1\"");
}

/* ---- drafts ---- */

static void opens_with_the_draft(void)
{
	review("docs");
	types("e");
	status("Your unsaved text from ");
	sees("unsaved words document number 1");
}

static void what_was_typed_survives_every_end(void **state)
{
	(void)state;
	review("docs");
	types("e");
	sees("editing text");
	types("unsaved ");
	sees("unsaved document number 1");
	vt_signal(vt, SIGHUP);
	assert_true(vt_wait_exit(vt, 0) != 0);
	vt_free(vt);
	vt = NULL;
	review("docs");
	types("e");
	status("Your unsaved text from ");
	sees("unsaved document number 1");
	types("\033[3~"); /* nothing is lost of what is typed after it */
	sees("nsaved document number 1");
	types("u");
	sees("unsaved document number 1");
	for (int i = 0; i < 7; i++)
		vt_key(vt, "Right");
	types("words ");
	sees("unsaved words document number 1");
	on_disk("unsaved words document number 1");
	vt_signal(vt, SIGKILL);
	assert_true(vt_wait_exit(vt, 0) != 0);
	vt_free(vt);
	vt = NULL;
	opens_with_the_draft();
	vt_key(vt, "C-c");
	status("kept as a draft");
	leave();
	shown_by_show("1.1", "\"text\":\"document number 1\"");
	opens_with_the_draft();
	types("\023");
	sees("{+unsaved words+}");
	types("e");
	sees("editing text");
	assert_true(vt_wait_gone(vt, "Your unsaved", 0));
	types("\033");
	assert_true(vt_wait_gone(vt, "editing text", 0));
	leave();
	shown_by_show("1.1", "unsaved words document number 1");
}

static void esc_twice_drops_the_draft(void **state)
{
	(void)state;
	review("docs");
	types("eunsaved words ");
	sees("unsaved words document number 1");
	on_disk("unsaved words document number 1");
	vt_signal(vt, SIGKILL);
	assert_true(vt_wait_exit(vt, 0) != 0);
	vt_free(vt);
	vt = NULL;
	run("label 1.1 accept"); /* a verdict changes no text */
	opens_with_the_draft();
	drop();
	types("e");
	sees("editing text");
	assert_true(vt_wait_gone(vt, "unsaved words", 0));
	types("\033");
	assert_true(vt_wait_gone(vt, "editing text", 0));
	leave();
	review("docs");
	types("e");
	sees("editing text");
	assert_true(vt_wait_gone(vt, "unsaved", 0));
	types("\033");
	assert_true(vt_wait_gone(vt, "editing text", 0));
	leave();
}

static void a_draft_of_another_text_says_so(void **state)
{
	static const char *const env[] = { "EDITOR=sed -i s/number/NUMBER/", NULL };

	(void)state;
	review("docs");
	types("eunsaved words ");
	sees("unsaved words document number 1");
	vt_key(vt, "C-c");
	status("kept as a draft");
	leave();
	review_at("docs", 24, 80, env);
	types("E");
	sees("{+NUMBER+}");
	types("e");
	status("the saved one is another now");
	sees("unsaved words document number 1");
	drop();
	leave();
	shown_by_show("1.1", "document NUMBER 1");
}

/* ---- two sessions on one workspace ---- */

static void what_another_session_decides_is_seen_and_left_alone(void **state)
{
	struct vt *here;

	(void)state;
	review("docs");
	types("g2\r");
	sees("document number 2");
	here = vt;
	vt = NULL;
	review("docs");
	types("g2\r");
	sees("document number 2");
	types("x");
	sees("document number 3");
	leave();
	vt_free(vt);
	vt = here;
	types("a");
	status("Another session has decided this item");
	sees("rejected");
	types("a");
	sees("document number 3");
	types("u");
	status("undone: accept 1.2");
	sees("rejected");
	types("u");
	status("nothing is left to undo");
	leave();
	shown_by_show("1.2", "\"verdict\":\"reject\"");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, review_fresh, review_done)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_another_session_decides_is_seen_and_left_alone),
		TEST(e_edits_here_with_wide_characters),
		TEST(the_other_side_stays_in_sight),
		TEST(the_other_side_stays_in_sight_on_a_wide_screen),
		TEST(the_instruction_stays_in_sight_of_the_answer),
		TEST(leaving_a_changed_text_asks_once),
		TEST(keys_of_the_editor_never_decide),
		TEST(E_edits_in_the_editor_of_the_curator),
		TEST(an_edit_can_be_undone),
		TEST(what_was_typed_survives_every_end),
		TEST(esc_twice_drops_the_draft),
		TEST(a_draft_of_another_text_says_so),
	};

	return cmocka_run_group_tests(tests, review_prepare, review_clean);
}
