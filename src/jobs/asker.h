/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Asks a model questions, each of them once: what is known already is taken from the workspace, what is not is written there,
 * durably, before it is sent, and a reply counts when its row is durable.  A killed run therefore starts again knowing every
 * reply it had; what was sent and not answered when it died is asked again, with the same Idempotency-Key.
 *
 * Two processes never ask the same: a question another run is asking is waited for, and a run of a command that a living run was
 * begun with before only takes that one's replies, until it ends or dies; then it asks the rest.
 *
 * One loop on the job's thread: asker_ask() as many questions as are wanted, then asker_step() until asker_idle().  A step takes the
 * replies that are there, shows each to `reply` (which may ask more), writes them and the new questions in one
 * transaction, and sends those: however many calls are in flight, they wait for the disk together.
 *
 * Tokens are counted from the replies' "usage" (estimated where there is none).  With a budget, a question is sent only when what was
 * spent, what those under way may cost at most and its own estimate fit; those that never fit come back as not asked.  What was
 * spent is what all runs of the same parameters were answered, whatever their budget: a command given twice does not spend twice.
 */
#ifndef TAMIS_JOBS_ASKER_H
#define TAMIS_JOBS_ASKER_H

#include "jobs/job.h"
#include "net/chat.h"
#include "store/requests.h"

enum asker_end {
	ASKER_ANSWERED,   /* row->reply is a completion's body */
	ASKER_FAILED,     /* given up, row->why says why; row->reply is the beginning of a refusal, where there was one */
	ASKER_NOT_ASKED,  /* did not fit the budget; `row` is NULL */
};

/* What became of question `tag`.  Fills row->outcome (reply read well or not: "ok" "unparsed" …) and row->why. */
typedef void (*asker_reply_fn)(void *ctx, uint64_t tag, enum asker_end end, struct request_row *row);

struct asker_settings {
	struct http_settings http; /* `arrived` and `ctx` are the asker's own */
	const char *endpoint;      /* as the user wrote it */
	const char *model;
	int64_t budget;            /* tokens of this run (run_tokens below); 0: no limit */
	asker_reply_fn reply;
	void *ctx;
};

struct asker_counts {
	uint64_t asked, answered, failed, known, not_asked;
	uint64_t in_doubt;   /* of `asked`: had been asked by a run that was cut off, its reply not seen */
	uint64_t recovered;  /* replies brought in from a killed process' spool */
	uint64_t retried, throttled;
	int64_t prompt_tokens, completion_tokens; /* of replies got now, the probe's included */
	int64_t run_tokens;  /* of the run, its probe, and earlier runs of the same command */
	unsigned in_flight, waiting, limit;
	unsigned elsewhere;  /* being asked by other runs, whose replies will be taken */
	int64_t ahead;       /* the run of the same command whose replies are taken; 0: none */
};

struct asker;
/* Connects and finds out what the endpoint can do, which is kept in the cache for a week.  TAMIS_EUSAGE for an address that is none
 * or a budget too small for finding out,
 * TAMIS_EREMOTE when nobody answers there. */
int asker_open(struct asker **out, struct job *job, struct store *s, const struct asker_settings *settings, struct error *err);
void asker_close(struct asker *a);
void asker_set_run(struct asker *a, int64_t run, struct error *err); /* before the first question */
const struct chat_abilities *asker_abilities(const struct asker *a);
const char *asker_url(const struct asker *a);

/* 1 and `*known` (until the next call) when the reply is there; 0 when it will come to `reply`; negative: failed. */
int asker_ask(struct asker *a, struct request_row **known, const char *purpose, const struct chat_question *q, uint64_t tag,
	      struct error *err);
/* Writes down how a known reply was read, when that was not written yet. */
int asker_note(struct asker *a, const struct request_row *known, struct error *err);
/* Waits up to `timeout_ms` for replies and sends what may be sent.  TAMIS_ECANCEL, at once, when the job is cancelled;
 * TAMIS_EREMOTE when the endpoint has stopped answering or refuses the key: what was got is kept. */
int asker_step(struct asker *a, int timeout_ms, struct error *err);
bool asker_idle(const struct asker *a);        /* nothing asked is without an answer */
size_t asker_outstanding(const struct asker *a); /* questions without an answer */
bool asker_exhausted(const struct asker *a);   /* the budget ended it */
void asker_counts(struct asker *a, struct asker_counts *out);

#endif
