/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The screen face: one struct app holds all of it, and is passed to everything.
 *
 * The main thread alone touches the terminal and what it draws.  One poll() waits on the terminal and on a self-pipe that signals,
 * jobs and workers write to.  Keys are drained, then one frame is drawn; nothing is drawn on a timer, so an idle screen sends
 * nothing.  Workers hand over immutable messages with app_post(); deliver() runs on the main thread.
 */
#ifndef TAMIS_UI_APP_H
#define TAMIS_UI_APP_H

#include "base/thread.h"
#include "jobs/job.h"
#include "review/deck.h"
#include "ui/keymap.h"
#include "ui/prompt.h"
#include "ui/screen.h"
#include "ui/theme.h"

/* What main() decided. */
struct app_options {
	struct workspace *workspace; /* opened; stays the caller's */
	struct store *store;         /* the main thread's */
	const char *theme;           /* name or path; NULL: chosen from the terminal */
	const char *keys;            /* name or path; NULL: "default" */
	const char *batch;           /* file of action names, "-" standard input; or NULL */
	const char *record;          /* file to write the actions to; or NULL */
	char **paths;                /* to import and open at once */
	size_t n_paths;
	int64_t corpus;              /* browse this one at once; 0: no */
	const char *queue;           /* review at once: a corpus, a run's number or "" for everything; NULL: no */
	const char *where;           /* its filter, or NULL */
	uint64_t sample;             /* keep so many of the order; 0 all */
	enum deck_order order;
	uint64_t seed;               /* of the random order */
	bool undecided;              /* only what has no verdict yet */
	const struct queue_type *next; /* of a run: what to judge next, or NULL */
	double threshold;            /* it is about; 0: the run's */
	bool guide;                  /* show the tour's short guide */
	unsigned threads;
};

/* What the review screen is opened with. */
struct review_request {
	int64_t corpus;              /* 0: none */
	int64_t run;                 /* 0: none */
	enum item_kind kind;         /* of the run's items */
	const char *where;           /* or NULL */
	uint64_t sample;
	enum deck_order order;
	uint64_t seed;
	bool undecided;
	const struct queue_type *next; /* of a run: what to judge next, or NULL */
	double threshold;            /* it is about; 0: the run's */
	struct scores *scores;       /* borrowed from the screen below, or NULL */
	struct corpus_view *view;    /* a live one to share, or NULL */
	item_ref at;                 /* start here; ITEM_REF_NONE: where it was left */
	bool guide;
};

/* A message from another thread; embed it first in a larger struct. */
struct app_message {
	struct queue_node node;
	void (*deliver)(struct app *app, struct app_message *m); /* frees it */
};

struct said {
	enum style style;
	int64_t at_ms;
	char text[512];
};

struct app {
	struct workspace *workspace;
	struct store *store;           /* the main thread's */
	struct jobs *jobs;
	struct item_source *items;
	struct theme theme;
	struct keymap keymap;
	struct prompt_line prompt;
	VEC(struct screen *) stack;
	uint32_t next_serial;

	struct wake wake;
	struct queue inbox;
	struct terminal *terminal;
	int rows, columns;
	int cursor_y, cursor_x;        /* -1: hidden */
	bool dirty;
	bool answer;                   /* a key was taken since the last frame */
	bool finishing;                /* no screen is opened any more, whatever a worker hands over */
	bool quitting;
	bool raw_shapes;               /* show ZWJ and friends as they are */
	int32_t pending_key;           /* the first of two keys of a binding, 0 none */

	VEC(struct said) messages;     /* newest last */
	bool message_shown;            /* the last one stands on the status line */
	struct verdicts *verdicts;     /* ui/verdicts.h */
	VEC(struct corpus_view *) live; /* of imports of this session, one a corpus: shared by whoever opens it */
	struct batch *batch;           /* ui/batch.h */
	const struct app_options *options;

	size_t busy;                   /* workers of screens that have not posted their end yet */
	bool mouse;
	bool pasting;                  /* between the marks of a paste nobody asked for */
	int64_t pasted_us;
	int64_t drawn_us;              /* when the last frame was sent */
	int64_t hold_until_us;         /* no frame before: the first rows are about to come */
	VEC(int64_t) announced;        /* jobs whose end was said */
	struct job_snapshot running;   /* the newest running job, for the status line */
	size_t n_running;
	int status;                    /* to exit with */
};

/* Runs the screen until the user leaves.  Returns the exit status (128 + N when signal N asked for the end), or negative when the
 * screen could not be started. */
int app_run(const struct app_options *options, struct error *err);

/* ---- screens ---- */
/* On failure the message is shown and the stack is as before. */
int app_push(struct app *app, const struct screen_type *type, const void *arg);
void app_pop(struct app *app);           /* the last one leaves the app */
void app_replace(struct app *app, const struct screen_type *type, const void *arg);
struct screen *app_top(struct app *app); /* NULL only while starting and ending */
struct screen *app_screen(struct app *app, uint32_t serial); /* NULL when it was closed */
void app_dirty(struct app *app);         /* draw a frame soon */

/* ---- actions ---- */
/* Does it on the top screen, as its key would; false when that screen doesn't have it. */
bool app_do(struct app *app, enum action_id id, const char *argument);

/* ---- talking ---- */
void app_say(struct app *app, enum style style, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* The same, unless something said before still stands there: then it only joins the messages. For what nobody is waiting for. */
void app_mention(struct app *app, enum style style, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
void app_fail(struct app *app, const struct error *err);

/* ---- threads ---- */
void app_post(struct app *app, struct app_message *m); /* from any thread */

/* ---- the outside ---- */
/* Lets $VISUAL, $EDITOR or vi change `text` in a temporary file named *`suffix`.  0 changed, TAMIS_ECANCEL unchanged or the editor
 * failed (said in err), TAMIS_EIO. */
int app_edit(struct app *app, struct buf *text, const char *suffix, struct error *err);
/* To the terminal's clipboard by OSC 52 (through tmux too); says so. */
void app_copy(struct app *app, struct span text);
/* The live view of a corpus, shared with the caller, or NULL: then it is opened from the workspace. */
struct corpus_view *app_live_view(struct app *app, int64_t corpus);
/* The same; but where the cache has lost some of the corpus's index, that is indexed again in the background, into the view that is
 * returned, and `*lost` is set. */
struct corpus_view *app_whole_view(struct app *app, int64_t corpus, bool *lost, struct error *err);
/* Opens the review screen (nothing else needs to know it). */
void app_review(struct app *app, const struct review_request *request);
/* Starts an import and opens its documents as soon as the first rows are known. */
void app_import(struct app *app, char **paths, size_t n, const char *corpus);

#endif
