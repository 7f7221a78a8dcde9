/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A deck's inside, shared by deck*.c only.
 */
#ifndef TAMIS_REVIEW_DECK_INSIDE_H
#define TAMIS_REVIEW_DECK_INSIDE_H

#include "review/deck.h"

#define DECK_SLOTS 8      /* items kept loaded: the current one, the next five, the last two */
#define DECK_AHEAD 5
#define DECK_FACTS 1024   /* facts fetched at once */

/* One corpus of the queue: places [first, first + n) are its records. */
struct deck_part {
	struct corpus_view *view;
	enum item_kind kind;
	size_t first, n;
};

struct deck_slot {
	struct item item;
	bool loaded;
	size_t at;
	uint64_t used;
};

/* A change that was submitted and isn't known to be durable. */
struct deck_waiting {
	int64_t ticket;
	struct decision change; /* owns note and edit */
};

struct deck_said {
	struct deck_history line;
	int64_t ticket;         /* 0: read from the log */
	int64_t step;           /* of the log; 0 when new */
};

/* A position whose text stands at others too.  Half a key tells keys apart well enough within one queue. */
struct deck_twin {
	uint64_t half;
	size_t at;
};

struct deck_saver;

struct deck {
	struct workspace *workspace;
	struct store *store;
	struct item_source *items;
	uint64_t left_out;         /* of the last step over many */
	struct deck_spec spec;
	char *where;

	VEC(struct deck_part) parts;
	VEC(int64_t) ids;              /* of the run's items, where the queue is one of a run */
	uint32_t *order;               /* the place of each position; NULL: all places in the order of the files */
	size_t n_order;
	VEC(uint8_t) verdicts;         /* by position */
	VEC(struct deck_twin) twins;   /* positions whose key is there twice or more, by key, then position */
	size_t twins_of;               /* how many places were looked through for them */
	size_t counts[5];              /* by verdict, each key once (a repeated text counts where it stands first) */
	size_t undecided;              /* positions */
	VEC(size_t) changed;           /* positions, for deck_take_changes() */
	bool all_changed;
	size_t position;

	struct deck_slot slots[DECK_SLOTS];
	uint64_t clock;
	int64_t painted_us;            /* 0: the current item wasn't on the screen yet */
	struct decision previous;      /* fields, verdict and reasons of the last decision */

	VEC(struct deck_waiting) waiting;
	atomic_int_fast64_t durable;   /* every ticket up to here is */
	pthread_mutex_t lock;          /* of `failed` */
	struct error failed;

	VEC(struct deck_said) history; /* newest last */
	VEC(int64_t) activity;         /* when steps were taken, wall ms, oldest first */
	struct deck_saver *saver;

	struct corpus_view *facts_view;
	uint64_t facts_from;
	size_t facts_n;
	struct record_fact *facts;
};

/* What is known of a place in the queue without reading it. */
struct deck_mark {
	item_ref ref;
	struct hash128 key;
	enum item_kind kind;
	double score;
};

/* deck_places.c */
size_t deck_places(const struct deck *d);                     /* how many there are, in the queue or not */
size_t deck_place(const struct deck *d, size_t i);            /* of a position */
item_ref deck_place_ref(const struct deck *d, size_t place);
bool deck_find_place(const struct deck *d, item_ref ref, size_t *place);
int deck_mark(struct deck *d, item_ref ref, struct deck_mark *out, struct error *err);
int deck_mark_place(struct deck *d, size_t place, struct deck_mark *out, struct error *err); /* `ref` may be left out */

/* deck_queue.c */
int deck_fill(struct deck *d, struct corpus_view *view, const atomic_bool *cancel, struct error *err);
int deck_recount(struct deck *d, struct error *err);          /* all verdicts anew */

/* deck_twins.c */
uint64_t deck_half(const struct hash128 *key);
void deck_add_verdict(struct deck *d, uint8_t v);             /* of the next position */
void deck_count_verdicts(struct deck *d);                     /* `counts` and `undecided` anew */
/* Looks for repeated keys among `n` places: those in the lower halves of `pairs`, or (NULL) the first n.  `halves` of the keys, if
 * they are known already.  Then, once the positions are known and have their verdicts: deck_place_twins(), which counts. */
int deck_find_twins(struct deck *d, const uint64_t *pairs, const uint64_t *halves, size_t n, struct error *err);
void deck_place_twins(struct deck *d);
/* Of the item at `at`, whose key is `key`, and with it of all positions that have this key. */
void deck_set_verdict(struct deck *d, size_t at, const struct hash128 *key, enum verdict v);
size_t deck_after_twins(const struct deck *d, size_t at, const struct hash128 *key); /* the next position with another key */

/* deck_items.c */
const struct item *deck_load(struct deck *d, size_t at, struct error *err);
void deck_forget_items(struct deck *d);
void deck_apply(struct deck *d, const struct decision *change); /* to the loaded items with its key */
void deck_settle(struct deck *d);                               /* drops what has become durable */

/* deck_history.c */
/* What a step is called: its verdict, or what it changes where it gives none; the latter are not in the history. */
const char *deck_step_label(const struct decision *change);
void deck_history_add(struct deck *d, const struct decision *change, int64_t ticket, const char *text);
int deck_history_read(struct deck *d, struct error *err);

/* deck_saver.c: writes the position from a thread of its own, at most every two seconds. */
struct deck_saver *deck_saver_new(struct workspace *w, const struct deck_spec *spec);
void deck_saver_free(struct deck_saver *s);                     /* writes what is left */
void deck_saver_note(struct deck_saver *s, item_ref ref, size_t position);
/* Where this queue was left; false when never. */
bool deck_saver_read(const struct deck_saver *s, struct store *store, item_ref *ref, size_t *position);

#endif
