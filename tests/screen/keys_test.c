/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every default key of every action, pressed on every screen it belongs to.  The table below says what each action is expected to show;
 * the keys come from the table of actions itself, so a new key is tested as soon as it is there, and a new action without a
 * row here fails.  (The review screen has tests of its own.) */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "shelf.h"
#include "ui/action.h"

#define ANYWHERE (-9) /* the text may be in any row */
#define LAST (-1)

/* A text that starts with '!' is waited for to be gone. */
struct expected {
	enum screen_id screen;
	const char *action;
	const char *before; /* typed first */
	const char *ready;  /* then waited for */
	int row;
	const char *text;
};

static const struct expected expected[] = {
	{ SCREEN_DOCUMENTS, "down", "", "", LAST, "2 / 60" },
	{ SCREEN_DOCUMENTS, "up", "jj", "3 / 60", LAST, "2 / 60" },
	{ SCREEN_DOCUMENTS, "page-down", "", "", LAST, "21 / 60" },
	{ SCREEN_DOCUMENTS, "page-up", "G", "60 / 60", LAST, "40 / 60" },
	{ SCREEN_DOCUMENTS, "half-page-down", "", "", LAST, "11 / 60" },
	{ SCREEN_DOCUMENTS, "half-page-up", "G", "60 / 60", LAST, "50 / 60" },
	{ SCREEN_DOCUMENTS, "first", "G", "60 / 60", LAST, "1 / 60" },
	{ SCREEN_DOCUMENTS, "last", "", "", LAST, "60 / 60" },
	{ SCREEN_DOCUMENTS, "goto", "", "", LAST, "go to" },
	{ SCREEN_DOCUMENTS, "left", "l", "!Document 1 begins", ANYWHERE, "Document 1 begins" },
	{ SCREEN_DOCUMENTS, "right", "", "", ANYWHERE, "!Document 1 begins" },
	{ SCREEN_DOCUMENTS, "open", "", "", 0, "record 1 of 60" },
	{ SCREEN_DOCUMENTS, "filter", "", "", LAST, "filter" },
	{ SCREEN_DOCUMENTS, "next-hit", "/begins\r", "60 hits", LAST, "2 / 60" },
	{ SCREEN_DOCUMENTS, "previous-hit", "j/begins\r", "2 / 60", LAST, "1 / 60" },
	{ SCREEN_DOCUMENTS, "clear", "/needle\r", "1 hit", ANYWHERE, "!hit" },
	{ SCREEN_DOCUMENTS, "context", "/needle\r", "1 hit", LAST, "7 / 60" },
	{ SCREEN_DOCUMENTS, "sort", "", "", LAST, "sort by" },
	{ SCREEN_DOCUMENTS, "raw", "", "", 0, "original bytes" },
	{ SCREEN_DOCUMENTS, "metadata", "", "", ANYWHERE, "metadata" },
	{ SCREEN_DOCUMENTS, "copy", "", "", LAST, "clipboard" },
	{ SCREEN_DOCUMENTS, "accept", "", "", 2, "✓" },
	{ SCREEN_DOCUMENTS, "reject", "", "", 2, "✗" },
	{ SCREEN_DOCUMENTS, "skip", "", "", 2, "»" },
	{ SCREEN_DOCUMENTS, "flag", "", "", 2, "⚑" },
	{ SCREEN_DOCUMENTS, "undecide", "ak", "✓", ANYWHERE, "!✓" },
	{ SCREEN_DOCUMENTS, "undo", "a", "✓", ANYWHERE, "!✓" },
	{ SCREEN_DOCUMENTS, "redo", "au", "Taken back", 2, "✓" },
	{ SCREEN_DOCUMENTS, "range", "", "", LAST, "range" },
	{ SCREEN_DOCUMENTS, "mark", "", "", LAST, "1 marked" },
	{ SCREEN_DOCUMENTS, "next-mark", "mG", "60 / 60", LAST, "1 / 60" },
	{ SCREEN_DOCUMENTS, "accept-all", "", "", LAST, "accept 60 records?" },
	{ SCREEN_DOCUMENTS, "reject-all", "", "", LAST, "reject 60 records?" },
	{ SCREEN_DOCUMENTS, "import", "", "", LAST, "import" },
	{ SCREEN_DOCUMENTS, "review", "", "", 0, "review" },

	{ SCREEN_DOCUMENTS, "back", "", "", 0, "corpora" },
	{ SCREEN_DOCUMENTS, "help", "", "", ANYWHERE, "keys of this screen (documents)" },
	{ SCREEN_DOCUMENTS, "palette", "", "", LAST, "action" },
	{ SCREEN_DOCUMENTS, "show-jobs", "", "", 0, "jobs" },
	{ SCREEN_DOCUMENTS, "show-rejected", "", "", 0, "rejected records" },
	{ SCREEN_DOCUMENTS, "show-messages", "", "", 0, "messages" },
	{ SCREEN_DOCUMENTS, "shapes", "", "", LAST, "drawn as the terminal" },
	{ SCREEN_DOCUMENTS, "mouse", "", "", LAST, "Mouse on" },

	{ SCREEN_READER, "down", "", "", ANYWHERE, "!It begins" },
	{ SCREEN_READER, "up", "j", "!It begins", ANYWHERE, "It begins" },
	{ SCREEN_READER, "page-down", "", "", ANYWHERE, "!It begins" },
	{ SCREEN_READER, "page-up", " ", "!It begins", ANYWHERE, "It begins" },
	{ SCREEN_READER, "half-page-down", "", "", ANYWHERE, "!It begins" },
	{ SCREEN_READER, "half-page-up", "jjj", "!word1 ", ANYWHERE, "It begins" },
	{ SCREEN_READER, "first", "  ", "!It begins", ANYWHERE, "It begins" },
	{ SCREEN_READER, "last", "", "", ANYWHERE, "The very end" },
	{ SCREEN_READER, "goto", "", "", LAST, "go to" },
	{ SCREEN_READER, "next", "", "", 0, "record 2 of 2" },
	{ SCREEN_READER, "previous", "]", "record 2 of 2", 0, "record 1 of 2" },
	{ SCREEN_READER, "search", "", "", LAST, "search" },
	{ SCREEN_READER, "next-hit", "/needle\r", "word499000", LAST, "No hit after" },
	{ SCREEN_READER, "previous-hit", "/needle\r", "word499000", LAST, "No hit before" },
	{ SCREEN_READER, "raw", "", "", 0, "original bytes" },
	{ SCREEN_READER, "metadata", "", "", ANYWHERE, "at byte" },
	{ SCREEN_READER, "copy", "]", "record 2 of 2", LAST, "clipboard" },
	{ SCREEN_READER, "accept", "", "", 0, "record 2 of 2" },
	{ SCREEN_READER, "reject", "", "", 0, "record 2 of 2" },
	{ SCREEN_READER, "skip", "", "", 0, "record 2 of 2" },
	{ SCREEN_READER, "flag", "", "", 0, "record 2 of 2" },
	{ SCREEN_READER, "undecide", "a[", "✓ accept", ANYWHERE, "!✓ accept" },
	{ SCREEN_READER, "undo", "a[", "✓ accept", ANYWHERE, "!✓ accept" },
	{ SCREEN_READER, "redo", "au", "Taken back", LAST, "Done again" },

	{ SCREEN_CORPORA, "down", "", "", 4, "▸" },
	{ SCREEN_CORPORA, "up", "j", "", 3, "▸" },
	{ SCREEN_CORPORA, "page-down", "", "", 5, "▸" },
	{ SCREEN_CORPORA, "page-up", "G", "", 3, "▸" },
	{ SCREEN_CORPORA, "half-page-down", "", "", 5, "▸" },
	{ SCREEN_CORPORA, "half-page-up", "G", "", 3, "▸" },
	{ SCREEN_CORPORA, "first", "G", "", 3, "▸" },
	{ SCREEN_CORPORA, "last", "", "", 5, "▸" },
	{ SCREEN_CORPORA, "open", "", "", 0, "record" },
	{ SCREEN_CORPORA, "import", "", "", LAST, "import" },
	{ SCREEN_CORPORA, "review", "", "", 0, "review" },
	{ SCREEN_CORPORA, "deduplicate", "G", "shelf", 0, "duplicates of" },
	{ SCREEN_CORPORA, "calibration", "", "", LAST, "Choose a run" },
	{ SCREEN_CORPORA, "alignment", "", "", LAST, "Choose a run" },
	{ SCREEN_CORPORA, "lexicon", "", "", LAST, "Choose a run" },
	{ SCREEN_CORPORA, "ask-model", "", "", LAST, "http://HOST:PORT MODEL" },
	{ SCREEN_CORPORA, "order-tree", "", "", LAST, "source tree" },

	{ SCREEN_JOBS, "down", "", "", 5, "▸" },
	{ SCREEN_JOBS, "up", "j", "", 2, "▸" },
	{ SCREEN_JOBS, "page-down", "", "", 8, "▸" },
	{ SCREEN_JOBS, "page-up", "G", "", 2, "▸" },
	{ SCREEN_JOBS, "half-page-down", "", "", 8, "▸" },
	{ SCREEN_JOBS, "half-page-up", "G", "", 2, "▸" },
	{ SCREEN_JOBS, "first", "G", "", 2, "▸" },
	{ SCREEN_JOBS, "last", "", "", 8, "▸" },
	{ SCREEN_JOBS, "cancel", "", "0 running", LAST, "ended already" },

	{ SCREEN_REJECTED, "down", "", "", 3, "▸" },
	{ SCREEN_REJECTED, "up", "j", "", 2, "▸" },
	{ SCREEN_REJECTED, "page-down", "", "", 4, "▸" },
	{ SCREEN_REJECTED, "page-up", "G", "", 2, "▸" },
	{ SCREEN_REJECTED, "half-page-down", "", "", 4, "▸" },
	{ SCREEN_REJECTED, "half-page-up", "G", "", 2, "▸" },
	{ SCREEN_REJECTED, "first", "G", "", 2, "▸" },
	{ SCREEN_REJECTED, "last", "", "", 4, "▸" },
	{ SCREEN_REJECTED, "open", "", "", LAST, "bad.jsonl:9:" },

	{ SCREEN_MESSAGES, "down", "", "", 2, "▸" },
	{ SCREEN_MESSAGES, "up", "j", "", 1, "▸" },
	{ SCREEN_MESSAGES, "page-down", "", "", 3, "▸" },
	{ SCREEN_MESSAGES, "page-up", "G", "", 1, "▸" },
	{ SCREEN_MESSAGES, "half-page-down", "", "", 3, "▸" },
	{ SCREEN_MESSAGES, "half-page-up", "G", "", 1, "▸" },
	{ SCREEN_MESSAGES, "first", "G", "", 1, "▸" },
	{ SCREEN_MESSAGES, "last", "", "", 3, "▸" },

	{ SCREEN_HELP, "down", "", "", ANYWHERE, "!(documents)" },
	{ SCREEN_HELP, "up", "j", "!(documents)", ANYWHERE, "(documents)" },
	{ SCREEN_HELP, "page-down", "", "", ANYWHERE, "!(documents)" },
	{ SCREEN_HELP, "page-up", " ", "!(documents)", ANYWHERE, "(documents)" },
	{ SCREEN_HELP, "half-page-down", "", "", ANYWHERE, "!(documents)" },
	{ SCREEN_HELP, "half-page-up", "j", "!(documents)", ANYWHERE, "(documents)" },
	{ SCREEN_HELP, "first", " ", "!(documents)", ANYWHERE, "(documents)" },
	{ SCREEN_HELP, "last", "", "", ANYWHERE, "way to the disk" },
	{ SCREEN_HELP, "search", "", "", LAST, "search" },
	{ SCREEN_HELP, "next-hit", "/flag for\r", "!(documents)", LAST, "No hit there" },
	{ SCREEN_HELP, "previous-hit", "/flag for\r", "!(documents)", LAST, "No hit there" },
};

static void wait_for(struct vt *vt, int row, const char *text)
{
	if (text[0] == '!')
		assert_true(vt_wait_gone(vt, text + 1, 0));
	else if (row == ANYWHERE)
		assert_true(vt_wait_text(vt, text, 0));
	else
		assert_true(vt_wait_row(vt, row, text, 0));
}

/* How a screen is reached. */
static struct vt *reach(enum screen_id screen)
{
	struct vt *vt;

	switch (screen) {
	case SCREEN_READER:
		vt = shelf_open("long.jsonl", 24, 80, NULL);
		vt_type(vt, "\r");
		wait_for(vt, 0, "record 1 of 2");
		return vt;
	case SCREEN_REJECTED:
		vt = shelf_open("bad.jsonl", 24, 80, NULL);
		wait_for(vt, LAST, "3 rejected");
		vt_type(vt, "!");
		wait_for(vt, 0, "rejected records");
		return vt;
	case SCREEN_CORPORA:
		return shelf_again(24, 80, NULL, NULL, NULL);
	default:
		break;
	}
	vt = shelf_open("shelf.jsonl", 24, 80, NULL);
	wait_for(vt, LAST, "60 records imported");
	if (screen == SCREEN_JOBS) {
		vt_type(vt, "Slength\rSscore\rJ");
		wait_for(vt, ANYWHERE, "importing");
	} else if (screen == SCREEN_MESSAGES) {
		vt_type(vt, "ZZ");
		vt_key(vt, "F2");
		wait_for(vt, 0, "messages");
	} else if (screen == SCREEN_HELP) {
		vt_type(vt, "?");
		wait_for(vt, ANYWHERE, "keys of this screen");
	}
	return vt;
}

static void press(struct vt *vt, const char *key)
{
	static const char *const named[][2] = {
		{ "space", " " }, { "enter", "\r" }, { "tab", "\t" },
	};
	static const char *const keyed[][2] = {
		{ "pgdn", "PageDown" }, { "pgup", "PageUp" }, { "home", "Home" }, { "end", "End" }, { "up", "Up" },
		{ "down", "Down" }, { "left", "Left" }, { "right", "Right" }, { "esc", "Escape" }, { "f1", "F1" },
		{ "f2", "F2" }, { "f3", "F3" }, { "f8", "F8" },
	};
	char byte[2] = "";

	for (size_t i = 0; i < sizeof named / sizeof *named; i++) {
		if (strcmp(key, named[i][0]) == 0) {
			vt_type(vt, named[i][1]);
			return;
		}
	}
	for (size_t i = 0; i < sizeof keyed / sizeof *keyed; i++) {
		if (strcmp(key, keyed[i][0]) == 0) {
			vt_key(vt, keyed[i][1]);
			return;
		}
	}
	byte[0] = strncmp(key, "C-", 2) == 0 && key[2] ? (char)(key[2] & 0x1f) : key[0];
	assert_true(key[1] == '\0' || byte[0] != key[0]);
	vt_type(vt, byte);
}

static const struct expected *find(enum screen_id screen, const char *name)
{
	for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
		if (expected[i].screen == screen && strcmp(expected[i].action, name) == 0)
			return &expected[i];
	return NULL;
}

static void prove(const struct expected *e, const char *key)
{
	struct vt *vt = reach(e->screen);

	print_message("  %s %s: %s\n", screen_names[e->screen], key, e->action);
	if (e->before[0])
		vt_type(vt, e->before);
	if (e->ready[0])
		wait_for(vt, ANYWHERE, e->ready);
	press(vt, key);
	wait_for(vt, e->row, e->text);
	vt_free(vt);
}

/* Those that end or stop the program have tests of their own. */
static bool apart(const char *name)
{
	static const char *const names[] = { "quit", "cancel", "redraw", "suspend" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

static void prove_action(const struct action *a, enum screen_id screen)
{
	char keys[128];
	const struct expected *e = find(screen, a->name);

	if (a->screens == ON_ANY && (screen != SCREEN_DOCUMENTS || apart(a->name) || a->keys[0] == '\0'))
		return;
	if (!e)
		fail_msg("nothing says what \"%s\" does on the screen %s", a->name, screen_names[screen]);
	snprintf(keys, sizeof keys, "%s", a->keys);
	for (char *rest = keys, *key; (key = strtok_r(rest, " ", &rest));)
		if (!(screen == SCREEN_DOCUMENTS && strcmp(key, "esc") == 0 && a->id == ACTION_BACK))
			prove(e, key);
}

static void prove_screen(enum screen_id screen)
{
	for (const struct action *a = actions; a->id != ACTION_NONE; a++)
		if (a->screens & (1u << screen))
			prove_action(a, screen);
}

static void documents_do_what_their_keys_say(void **state)
{
	(void)state;
	prove_screen(SCREEN_DOCUMENTS);
}

static void the_reader_does_what_its_keys_say(void **state)
{
	(void)state;
	prove_screen(SCREEN_READER);
}

static void corpora_do_what_their_keys_say(void **state)
{
	struct vt *vt = shelf_open("shelf.jsonl", 24, 80, NULL);

	(void)state;
	vt_type(vt, "o");
	vt_type(vt, shelf_path("qa.jsonl"));
	vt_type(vt, "\r");
	wait_for(vt, 0, "qa");
	vt_type(vt, "o");
	vt_type(vt, shelf_path("pairs.tsv"));
	vt_type(vt, "\r");
	wait_for(vt, 0, "pairs");
	shelf_leave(vt);
	prove_screen(SCREEN_CORPORA);
}

static void lists_do_what_their_keys_say(void **state)
{
	char text[600] = "";

	(void)state;
	for (int i = 0; i < 8; i++)
		strcat(text, "{\"text\": \"a good record\"}\n");
	strcat(text, "{\"text\": 1 2}\n{\"text\": broken}\n{\"text\": \"good too\"}\nno\n");
	shelf_write("bad.jsonl", text);
	prove_screen(SCREEN_JOBS);
	prove_screen(SCREEN_REJECTED);
	prove_screen(SCREEN_MESSAGES);
	prove_screen(SCREEN_HELP);
}

/* "quit", "cancel", "suspend" and "redraw". */
static void keys_that_leave_stop_or_draw_anew(void **state)
{
	struct vt *vt = shelf_open("shelf.jsonl", 24, 80, NULL);
	uint64_t before;

	(void)state;
	wait_for(vt, LAST, "60 records imported");
	vt_wait_quiet(vt, 100, 0);
	before = vt_bytes(vt);
	vt_type(vt, "\014"); /* "redraw" */
	assert_true(vt_wait_quiet(vt, 100, 0));
	assert_true(vt_bytes(vt) - before > 1000);
	vt_type(vt, "\003"); /* "cancel", with nothing to stop */
	assert_int_equal(vt_wait_exit(vt, 0), 130);
	assert_string_equal(vt_not_sane(vt), "");
	vt_free(vt);
	vt = shelf_again(24, 80, NULL, NULL, NULL);
	vt_key(vt, "Escape"); /* "back" */
	assert_int_equal(vt_wait_exit(vt, 0), 0);
	vt_free(vt);
}

/* No key means two things on one screen, unless a row for that screen takes over one for all. */
static void no_default_key_is_given_away_twice(void **state)
{
	(void)state;
	for (const struct action *a = actions; a->id != ACTION_NONE; a++) {
		for (const struct action *b = a + 1; b->id != ACTION_NONE; b++) {
			char keys[128];

			if (!(a->screens & b->screens) || (a->screens == ON_ANY) != (b->screens == ON_ANY))
				continue;
			snprintf(keys, sizeof keys, "%s", a->keys);
			for (char *rest = keys, *key; (key = strtok_r(rest, " ", &rest));) {
				char all[140], one[40];

				snprintf(all, sizeof all, " %s ", b->keys);
				snprintf(one, sizeof one, " %s ", key);
				if (strstr(all, one))
					fail_msg("%s: both %s and %s", key, a->name, b->name);
			}
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_default_key_is_given_away_twice),
		cmocka_unit_test(documents_do_what_their_keys_say),
		cmocka_unit_test(the_reader_does_what_its_keys_say),
		cmocka_unit_test(corpora_do_what_their_keys_say),
		cmocka_unit_test(lists_do_what_their_keys_say),
		cmocka_unit_test(keys_that_leave_stop_or_draw_anew),
	};
	return cmocka_run_group_tests(tests, shelf_make, shelf_clean);
}
