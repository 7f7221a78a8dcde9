/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The table of actions: everything a person can do on the screen, one row each.  Key maps, `?` help, the `:` palette, the man page's
 * section, shell completion, `--batch` replay and the action log are made from it; nothing else knows a key.
 *
 * To add an action: a name in the enum, a row in action.c, a row in the handlers of the screens it belongs to (ui/screen.h).
 * An action may take one argument ("goto 500"); without it the handler asks with a prompt.  Key maps bind arguments too.
 * The same id may have several rows when its default keys differ from screen to screen.
 */
#ifndef TAMIS_UI_ACTION_H
#define TAMIS_UI_ACTION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

/* Screens, in the order help lists them. */
enum screen_id {
	SCREEN_CORPORA, SCREEN_DOCUMENTS, SCREEN_READER, SCREEN_REVIEW, SCREEN_JOBS, SCREEN_REJECTED, SCREEN_ORDER, SCREEN_TRADEOFF, SCREEN_CALIBRATION, SCREEN_BEADS, SCREEN_LEXICON, SCREEN_MESSAGES,
	SCREEN_HELP, SCREEN_PALETTE, SCREEN_COUNT
};

#define ON(screen) (1u << SCREEN_##screen)
#define ON_ANY ((1u << SCREEN_COUNT) - 1)

enum action_id {
	ACTION_NONE,
	/* anywhere, handled by the app */
	ACTION_QUIT, ACTION_BACK, ACTION_HELP, ACTION_PALETTE, ACTION_REDRAW, ACTION_SUSPEND, ACTION_MOUSE, ACTION_THEME,
	ACTION_KEYS, ACTION_SHOW_JOBS, ACTION_SHOW_MESSAGES, ACTION_SHOW_REJECTED, ACTION_SHAPES, ACTION_WAIT, ACTION_DUMP,
	/* moving */
	ACTION_DOWN, ACTION_UP, ACTION_LEFT, ACTION_RIGHT, ACTION_PAGE_DOWN, ACTION_PAGE_UP, ACTION_HALF_DOWN, ACTION_HALF_UP,
	ACTION_FIRST, ACTION_LAST, ACTION_GOTO, ACTION_OPEN, ACTION_NEXT, ACTION_PREVIOUS, ACTION_NEXT_UNDECIDED,
	ACTION_PREVIOUS_UNDECIDED, ACTION_SCROLL_DOWN, ACTION_SCROLL_UP,
	/* finding */
	ACTION_FILTER, ACTION_SEARCH, ACTION_NEXT_HIT, ACTION_PREVIOUS_HIT, ACTION_CLEAR, ACTION_SORT,
	/* looking */
	ACTION_RAW, ACTION_META, ACTION_VARIANT, ACTION_COPY, ACTION_HISTORY, ACTION_ORDER,
	/* deciding */
	ACTION_ACCEPT, ACTION_REJECT, ACTION_SKIP, ACTION_FLAG, ACTION_UNDECIDE, ACTION_REASON, ACTION_REASON_BEFORE, ACTION_NOTE, ACTION_EDIT,
	ACTION_EDIT_EXTERNAL, ACTION_AGAIN, ACTION_UNDO, ACTION_REDO, ACTION_RANGE, ACTION_MARK, ACTION_NEXT_MARK,
	ACTION_ACCEPT_ALL, ACTION_REJECT_ALL, ACTION_BULK, ACTION_SAVE,
	/* the rest */
	ACTION_IMPORT, ACTION_REVIEW, ACTION_CANCEL,
	/* orders of source files */
	ACTION_ORDER_TREE, ACTION_HOLD, ACTION_DROP, ACTION_ALIAS, ACTION_KINDS, ACTION_BUDGET, ACTION_BUNDLE, ACTION_COMPARE,
	/* duplicates */
	ACTION_DEDUP, ACTION_THRESHOLD,
	/* calibration */
	ACTION_CALIBRATE, ACTION_QUEUE, ACTION_PRECISION, ACTION_KEEP, ACTION_NEAR, ACTION_SWAP,
	/* alignment */
	ACTION_BEADS, ACTION_MERGE, ACTION_SPLIT, ACTION_SOURCE_ON, ACTION_SOURCE_BACK, ACTION_TARGET_ON, ACTION_TARGET_BACK, ACTION_PIN,
	ACTION_REALIGN,
	/* words */
	ACTION_LEXICON,
	/* models */
	ACTION_ASK,
	ACTION_COUNT
};

struct action {
	enum action_id id;
	const char *name;      /* the long name: "page-down" */
	uint32_t screens;      /* ON(DOCUMENTS) | ON(READER) …, ON_ANY */
	const char *keys;      /* default keys, separated by blanks: "j down"; "" when only the palette has it */
	const char *argument;  /* "N", "PATTERN" … or NULL */
	const char *help;      /* N_(), one line, no full stop */
};

extern const struct action actions[]; /* ends with ACTION_NONE */
extern const char *const screen_names[SCREEN_COUNT]; /* "corpora" …: the words of key map files */

/* The row of `id` that belongs to `screen`, else any row of it. */
const struct action *action_row(enum action_id id, enum screen_id screen);
/* ACTION_NONE when unknown. */
enum action_id action_from_name(struct span name);
int screen_from_name(struct span name); /* enum screen_id, or -1 */

#endif
