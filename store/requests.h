/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What was asked of models and what they answered: one row a request, written before it is sent, so that a run that was killed
 * knows what it had asked and pays for no reply twice.
 *
 * A request's key is the SHA-256 of its address and canonical body (jobs/asker.h); the same key is the same question, whichever run
 * asks it.  A question that is being asked belongs to its row's run while the process at that run lives (store_run_living: the kernel
 * knows at once who was killed, no heartbeat has to run out): others wait for the reply.  REQUEST_ASKED of a run nobody is at is in doubt:
 * written, perhaps sent, its reply not seen; whoever comes first takes it over.
 *
 * Replies go a safe way: the moment one is whole, the thread that received it appends it to the spool, a file beside FILE
 * (FILE-replies-N; no wait for the disk, so nothing but a crash of the machine loses it); the rows follow in groups, one durable
 * commit each, and only then does a reply count.  What a killed process left in its spool is brought into the rows when the next
 * one opens a spool.
 */
#ifndef TAMIS_STORE_REQUESTS_H
#define TAMIS_STORE_REQUESTS_H

#include "store/store.h"

enum request_state { REQUEST_ASKED = 0, REQUEST_ANSWERED = 1, REQUEST_FAILED = 2 };
const char *request_state_name(enum request_state s); /* "asked" "answered" "failed" */

struct request_row {
	int64_t id;
	char key[65];           /* hexadecimal */
	int64_t run;            /* that asked it first, or last when it had failed */
	char purpose[24];       /* "draft" "judge" … */
	const char *endpoint, *model;
	struct span body;
	enum request_state state;
	int64_t asked_ms, answered_ms;
	unsigned attempts;
	long status;
	int64_t latency_ms;
	int64_t prompt_tokens, completion_tokens;
	char outcome[16];       /* of reading the reply: "ok" "unparsed" …; "" while there is none */
	char why[200];
	struct span reply;      /* whole body; of a refusal its beginning */
};

/* In one durable transaction, which no other process can come between: `answered` rows (by key: state, answered_ms, attempts, status, latency, tokens, outcome, why, reply) and
 * new `asked` ones (by key: a row that is there and not answered is asked again under the new run).  `answered` that is
 * answered already stays as it is.  `taken` (of n_asked, or NULL) says which of `asked` are not to be sent, their rows
 * unchanged: answered meanwhile, or being asked by another run. */
int store_requests_save(struct store *s, const struct request_row *answered, size_t n_answered, const struct request_row *asked,
			size_t n_asked, bool *taken, struct error *err);
/* How a reply that is there was read: outcome and why of the row. */
int store_request_note(struct store *s, const struct request_row *r, struct error *err);
/* 1 and the row, 0 when the key is unknown.  Texts are in `text` (replaced). */
int store_request_find(struct store *s, struct request_row *out, struct buf *text, const char *key, struct error *err);
/* Tokens of the replies to what a run asked, and the runs before it whose parameters are the same but for `budget` and `again`. */
int store_requests_tokens(struct store *s, int64_t run, int64_t *tokens, struct error *err);
/* Each row of a run (0: all) in order of asking, texts valid during the call; stops when `row` returns false. */
int store_requests_each(struct store *s, int64_t run, bool (*row)(void *ctx, const struct request_row *r), void *ctx,
			struct error *err);

/* ---- the spool ---- */

struct spool;
/* Takes a spool of this workspace nobody holds, and brings what those of processes that are gone hold into the rows (`*recovered` of
 * them); `read` fills in what the reply tells (tokens). */
int spool_open(struct spool **out, struct store *s, void (*read)(struct request_row *row), uint64_t *recovered, struct error *err);
/* Brings in what processes that are gone by now have left. */
int spool_recover(struct store *s, void (*read)(struct request_row *row), uint64_t *recovered, struct error *err);
void spool_close(struct spool *p); /* what was committed is removed from disk */
/* Appends a reply; from any one thread.  Returns the ticket for spool_committed(), 0 when it could not be written. */
uint64_t spool_add(struct spool *p, const char *key, long status, int64_t latency_ms, struct span reply);
/* The row of a ticket is durable. */
void spool_committed(struct spool *p, uint64_t ticket);

/* A turn that one process at a time has, until it is over or the process dies; -EAGAIN when another has it, -1 where no file can be made. */
int requests_turn(struct store *s);
void requests_turn_over(struct store *s, int turn); /* what requests_turn() returned */

#endif
