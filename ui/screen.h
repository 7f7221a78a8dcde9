/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A screen: a table of functions and a state.  The app keeps a stack of them; the top one is drawn and gets the actions.
 *
 * One frame: the app fills the title line, calls draw() with the rectangle between title and status line, then fills the
 * status line.  draw() paints everything (the terminal library sends only what changed), must not read more than its
 * rows need, and stays under 5 ms.  All functions run on the main thread.
 */
#ifndef TAMIS_UI_SCREEN_H
#define TAMIS_UI_SCREEN_H

#include "ui/action.h"
#include "ui/draw.h"

struct app;
struct screen;

/* An action of this screen.  `argument` is "" when none was given. */
struct action_handler {
	enum action_id id; /* the array ends with ACTION_NONE */
	void (*run)(struct app *app, struct screen *s, const char *argument);
};

struct screen_type {
	enum screen_id id;
	const struct action_handler *handlers;

	/* Makes s->state from `arg` (the type's own, valid during the call).  A negative return leaves nothing to close. */
	int (*open)(struct app *app, struct screen *s, const void *arg, struct error *err);
	void (*close)(struct app *app, struct screen *s);
	void (*draw)(struct app *app, struct screen *s, struct rect area);

	/* Each of the rest may be NULL. */
	void (*title)(struct app *app, struct screen *s, struct buf *out);  /* after "tamis  " on the first line; safe text */
	void (*status)(struct app *app, struct screen *s, struct buf *out); /* left part of the last line; safe text */
	/* After a frame is on the terminal and no key waits: a slice of work under 5 ms; true when there is more. */
	bool (*idle)(struct app *app, struct screen *s);
	/* A worker or a job woke the app.  Call app_dirty() if something on screen changes. */
	void (*woken)(struct app *app, struct screen *s);
	/* Shown again after the screen above it was closed. */
	void (*shown)(struct app *app, struct screen *s);
	/* The frame with this screen has been written to the terminal. */
	void (*painted)(struct app *app, struct screen *s);
	/* Sees a key before the key map (typing into a field of the screen); true when it was taken.  Keys: ui/key.h. */
	bool (*typed)(struct app *app, struct screen *s, int32_t key);
	/* A click or the wheel, at row y and column x of the terminal (mouse on). */
	void (*pointed)(struct app *app, struct screen *s, int y, int x, bool twice);
	/* q/esc: false when the screen used it itself (left a mode) and is not to be closed. */
	bool (*leave)(struct app *app, struct screen *s);
};

struct screen {
	const struct screen_type *type;
	void *state;
	uint32_t serial; /* names this screen in messages that may arrive after it was closed */
};

/* Those that exist; each is defined in its own file. */
extern const struct screen_type corpora_screen, documents_screen, reader_screen, review_screen, jobs_screen, rejected_screen, order_screen, tradeoff_screen,
	calibration_screen, beads_screen, lexicon_screen, messages_screen, help_screen, palette_screen;

#endif
