/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The review screen's state, shared by ui/review*.c only.
 */
#ifndef TAMIS_UI_REVIEW_INSIDE_H
#define TAMIS_UI_REVIEW_INSIDE_H

#include <semaphore.h>

#include "review/deck.h"
#include "review/lens.h"
#include "review/reasons.h"
#include "review/scores.h"
#include "ui/app.h"
#include "ui/review_editor.h"

#define REVIEW_NO_RANGE SIZE_MAX

#define REVIEW_WAIT_MS 60 /* what takes less is not worth a frame that says "working" */

struct draft_saver;
struct opening;
struct item_reply;

/* Something done to the deck on another thread (review_work.c). */
struct work {
	struct app_message message;
	struct app *app;
	uint32_t screen;
	struct deck *deck;      /* while it is away */
	int (*run)(struct work *w);                                          /* on the thread */
	void (*done)(struct app *app, struct screen *s, struct work *w);     /* afterwards, on the main thread */
	pthread_t thread;
	bool joined;
	sem_t finished;
	/* What it is about, and what came of it. */
	char *where, *note;
	struct decision change;
	size_t from, to;
	uint64_t n;
	struct buf said;
	int code;
	struct error err;
};

/* What `.` does again. */
struct again {
	bool known;
	enum verdict verdict;
	uint32_t reasons;
	char *note;
};

struct review {
	struct deck *deck;         /* NULL while the first one is made, or when that failed */
	struct store *store;       /* the deck's own */
	struct deck_spec spec;     /* of the deck; `where` is owned */
	struct corpus_view *view;  /* shared, or NULL */
	VEC(struct corpus_view *) awaited; /* being indexed again: the first deck is made after them */
	item_ref at;               /* where to start */
	char name[80];             /* "crawl", "run 3" */
	struct opening *opening;   /* the next deck, being made on another thread */
	struct work *work;         /* has the deck; NULL: nothing */
	struct error failed;       /* why there is no deck, or no item */

	struct sheet sheet;        /* the item as drawn last */
	item_ref drawn;            /* whose; ITEM_REF_NONE: draw anew */
	int columns;
	bool shapes;
	size_t top;                /* first line shown */
	int rows;                  /* of the item's pane at the last draw … */
	int first_row;             /* … and where it begins on the screen */
	unsigned variant;
	bool raw, meta;
	enum { HISTORY_ROOM, HISTORY_ON, HISTORY_OFF } history;
	bool guide;
	enum role field;           /* what `e` edits and `y` copies; ROLE_COUNT: the kind's last one */

	size_t range;              /* where a range began */
	struct reasons reasons;
	enum item_kind reasons_of;
	struct again again;
	item_ref judged;           /* the item judged last, which may not be the one on the screen any more; or ITEM_REF_NONE */
	char *all_where;           /* of the bulk step being confirmed */
	enum verdict all_verdict;
	struct editor *editor;     /* open while editing */
	enum role edited;
	bool leave_asked;          /* esc once on a changed text */
	struct draft_saver *drafts; /* from the first text edited on */
	struct hash128 edited_key, edited_base; /* of the item, and of the saved text the editor was opened on */
	unsigned draft_kept;       /* the editor's change that the draft has */
	bool draft_done;           /* saved: the draft goes when the decision is on the disk */
	struct scores *scores;     /* of the run, or NULL: not read (yet) */
	bool scores_owned, scores_reading;
	bool scores_wanted;        /* open the calibration when they are there */
	bool scores_stale;         /* verdicts changed that the deck does not know */
	struct error scores_missing; /* why there are none */
	struct item_reply *replies; /* of a model asked again, to be taken in when the deck is here */
	bool waiting;              /* the last frame showed a pending mark */
};

/* review.c */
const struct item *review_item(struct review *r);                       /* NULL: r->failed says why */
void review_anew(struct app *app, struct review *r);                    /* the item is to be laid out again */
/* Opens the queue `spec` asks for, over the one there is. */
void review_reopen(struct app *app, struct screen *s, const struct deck_spec *spec);
void review_cancel(struct app *app, struct review *r);                  /* stops making the next queue */
/* Takes in what another session has decided; true when the item shown has another verdict now, which is said. */
bool review_look_elsewhere(struct app *app, struct review *r);
const struct lens *review_lens(struct review *r);
enum role review_field(struct review *r);                               /* r->field resolved; ROLE_COUNT: none */

/* review_work.c */
bool review_done_soon(sem_t *done);
struct work *review_work_new(int (*fn)(struct work *w), void (*done)(struct app *app, struct screen *s, struct work *w));
void review_work(struct app *app, struct screen *s, struct work *w);     /* takes `w` */
void review_join_work(struct work *w);

/* review_draw.c */
void review_draw(struct app *app, struct screen *s, struct rect area);
void review_title(struct app *app, struct screen *s, struct buf *out);
void review_status(struct app *app, struct screen *s, struct buf *out);
void review_lay_out(struct app *app, struct review *r, int columns, size_t lines);

/* review_scores.c */
void review_read_scores(struct app *app, struct screen *s);
void review_free_scores(struct review *r);
void review_follow(struct app *app, struct review *r);                  /* takes over what was decided */
bool review_has_scores(const struct review *r);
void review_draw_scores(struct app *app, struct review *r, const struct item *item, struct rect line);

void review_pointed(struct app *app, struct screen *s, int y, int x, bool twice); /* review_look.c: chooses the field pointed at */

/* review_beside.c: takes off `area` what the other texts need that must be seen while one is edited, and draws them. */
void review_draw_beside(struct app *app, struct review *r, const struct item *item, struct rect *area);

/* review_edit.c */
/* Sets the text of a field by an edit; false when it can't be taken. */
bool review_keep_text(struct app *app, struct review *r, enum role role, struct span text);
bool review_typed(struct app *app, struct screen *s, int32_t key);
void review_pause_editor(struct app *app, struct review *r);             /* closes it, the draft stays */
bool review_leave_editor(struct app *app, struct review *r);            /* false: it stays open */

/* review_draft.c */
void review_open_draft(struct app *app, struct review *r, struct span saved); /* the editor was opened: goes on from the draft, if any */
void review_keep_draft(struct app *app, struct review *r);              /* writes what was typed since the last time */
void review_drop_draft(struct review *r);
void review_settle_draft(struct review *r);                             /* drops the draft of a text whose saving is durable */

#define REVIEW_ACTION(name) void review_do_##name(struct app *app, struct screen *s, const char *argument)

/* review_look.c */
REVIEW_ACTION(next);
REVIEW_ACTION(previous);
REVIEW_ACTION(next_undecided);
REVIEW_ACTION(previous_undecided);
REVIEW_ACTION(scroll_down);
REVIEW_ACTION(scroll_up);
REVIEW_ACTION(page_down);
REVIEW_ACTION(page_up);
REVIEW_ACTION(first);
REVIEW_ACTION(last);
REVIEW_ACTION(goto);
REVIEW_ACTION(left);
REVIEW_ACTION(right);
REVIEW_ACTION(filter);
REVIEW_ACTION(order);
REVIEW_ACTION(raw);
REVIEW_ACTION(meta);
REVIEW_ACTION(variant);
REVIEW_ACTION(history);
REVIEW_ACTION(copy);
REVIEW_ACTION(cancel);

/* review_decide.c */
REVIEW_ACTION(accept);
REVIEW_ACTION(reject);
REVIEW_ACTION(skip);
REVIEW_ACTION(flag);
REVIEW_ACTION(undecide);
REVIEW_ACTION(reason);
REVIEW_ACTION(reason_before);
REVIEW_ACTION(note);
REVIEW_ACTION(again);
REVIEW_ACTION(undo);
REVIEW_ACTION(redo);
REVIEW_ACTION(range);
REVIEW_ACTION(accept_all);
REVIEW_ACTION(reject_all);
REVIEW_ACTION(bulk);

/* review_edit.c */
REVIEW_ACTION(edit);
REVIEW_ACTION(edit_external);
REVIEW_ACTION(save);

/* review_scores.c */
REVIEW_ACTION(calibrate);
REVIEW_ACTION(queue);

/* review_ask.c */
void review_take_replies(struct app *app, struct review *r);
void review_drop_replies(struct review *r);
REVIEW_ACTION(ask);

/* review_swap.c */
REVIEW_ACTION(swap);
REVIEW_ACTION(beads);
REVIEW_ACTION(lexicon);

#endif
