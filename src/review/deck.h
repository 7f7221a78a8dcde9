/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The review loop's model, written once for every kind of item: a deck is a queue of refs with a position, made from a corpus,
 * a run or a filter, in file, score or seeded random order.  It hands out the current item, takes verdicts, keeps the history,
 * the statistics and the key-repeat guard.  No curses: the screen, `--linear` and the tests drive the same deck.
 */
#ifndef TAMIS_REVIEW_DECK_H
#define TAMIS_REVIEW_DECK_H

#include "review/filter.h"
#include "review/queues.h"

enum deck_order { DECK_FILE, DECK_RANDOM, DECK_SCORE_UP, DECK_SCORE_DOWN };

struct deck_spec {
	int64_t corpus;        /* 0: none */
	int64_t run;           /* 0: none */
	enum item_kind kind;   /* of the run's items */
	const char *where;     /* filter or NULL */
	enum deck_order order;
	uint64_t seed;
	uint64_t sample;       /* keep the first N of the order; 0 all */
	bool undecided_only;
	const struct queue_type *queue; /* of the run's items (review/queues.h), in its own order; NULL: all of them */
	double threshold;      /* what the queue is about; 0: the run's */
};

struct deck;
int deck_open(struct deck **out, struct workspace *w, struct store *s, const struct deck_spec *spec,
	      struct corpus_view *view /* may be NULL */, const atomic_bool *cancel /* may be NULL */, struct error *err);
void deck_free(struct deck *d);
size_t deck_count(const struct deck *d);
size_t deck_position(const struct deck *d);
item_ref deck_ref(const struct deck *d, size_t i);
const struct deck_spec *deck_spec(const struct deck *d);          /* as opened; lives as long as the deck */
enum verdict deck_verdict(const struct deck *d, size_t i);        /* as far as known without loading the item */
bool deck_find(struct deck *d, item_ref ref, size_t *at);          /* its position; false when it isn't in the queue */
size_t deck_waiting(const struct deck *d);                        /* changes submitted and not yet durable */
/* Takes in records an importer has added since, where the queue is a whole corpus in file order; true when there were any. */
bool deck_grow(struct deck *d);

/* The current item, loaded (the next five are prefetched by deck_idle()).  The item belongs to the deck until the next move. */
const struct item *deck_item(struct deck *d, struct error *err);
int deck_go(struct deck *d, size_t i);                 /* clamps; the position is saved within two seconds */
int deck_next_undecided(struct deck *d, int direction); /* moves; 0, or TAMIS_ENOTFOUND with the position kept */
/* Call when nothing else is to do: loads one of the next items; true when there may be more to load. */
bool deck_idle(struct deck *d);

/* Verdict on the current item; moves on when `advance`.  An edit that changes the text takes the verdict back that was given to the
 * text before, in the same step.  A key that comes within 80 ms of the item's first paint and repeats the
 * previous one is ignored (returns 0 and *ignored).  `pending` items carry a mark until durable. */
int deck_decide(struct deck *d, const struct decision *change, bool advance, bool key_repeat_guard, bool *ignored,
		struct error *err);
void deck_painted(struct deck *d);                     /* the current item is on the screen since now */
/* All of [from, to], or everything in the queue that `where` matches, as one undoable step.  Up to 500 items are submitted like
 * one verdict; more are streamed and durable on return. */
/* Accepting many leaves out what item_lacks_instruction(). */
int deck_decide_range(struct deck *d, size_t from, size_t to, const struct decision *change, struct error *err);
int deck_decide_all(struct deck *d, const char *where, const struct decision *change, uint64_t *count, struct error *err);
uint64_t deck_left_out(const struct deck *d);          /* of the last such step */
int deck_count_all(struct deck *d, const char *where, uint64_t *count, struct error *err); /* what it would be about */
int deck_undo(struct deck *d, struct buf *said, struct error *err); /* moves to what was undone */
int deck_redo(struct deck *d, struct buf *said, struct error *err);
/* Has another session decided anything since the last look?  Then the verdicts are read again, and `*here` says that the current
 * item's is another one.  Cheap when nothing was written: called at each key. */
bool deck_look(struct deck *d, bool *here);
bool deck_pending(const struct deck *d, item_ref ref); /* submitted, not yet durable */
/* The first decision that could not be stored since the last call: its code with `err` filled, else 0. */
int deck_trouble(struct deck *d, struct error *err);

struct deck_stats {
	size_t count, decided;         /* positions of the queue; a repeated text is decided everywhere at once */
	size_t accepted, rejected, skipped, flagged; /* texts: a repeated one counts once */
	double acceptance, low, high;  /* accepted / (accepted + rejected) with its 95 % Wilson interval */
	double per_minute;             /* over the last 5 minutes of activity */
};
/* Positions whose verdict has changed since the last call, in that order (the caller frees); false: all may have. */
bool deck_take_changes(struct deck *d, size_t **positions, size_t *n);
void deck_stats(const struct deck *d, struct deck_stats *out);
/* The newest first; `text` is a one-line head of the item. */
struct deck_history {
	item_ref ref;
	enum verdict verdict;
	bool durable;
	char text[120];
};
size_t deck_history(const struct deck *d, struct deck_history *out, size_t max);

#endif
