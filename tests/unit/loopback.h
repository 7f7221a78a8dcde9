/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A chat service on 127.0.0.1 for tests: speaks the protocol, misbehaves on command, and keeps the books.  One thread; what it
 * answers depends on nothing but the question, so that runs can be compared.
 *
 * The books: a reply (a 200 with its whole body, whatever it says: that is what a service charges for) is *delivered* when its last
 * byte was sent and the client's process took all of it out of its socket: the next request came on the connection, or the
 * client's end closed it in order.  (A process that dies with bytes unread makes the kernel send a reset instead; nobody has seen
 * that reply.)  A question is *paid twice* when a reply to it was delivered and then another one was.
 */
#ifndef TAMIS_TESTS_UNIT_LOOPBACK_H
#define TAMIS_TESTS_UNIT_LOOPBACK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

enum fault {
	FAULT_NONE,
	FAULT_429,             /* without a word on when to come back */
	FAULT_429_MS,          /* retry-after-ms: 200 */
	FAULT_429_SECONDS,     /* Retry-After: 1 */
	FAULT_429_DATE,        /* Retry-After: in two seconds, as a date */
	FAULT_429_LONG,        /* Retry-After: 9999 */
	FAULT_500,
	FAULT_503,
	FAULT_400,             /* never to be asked again */
	FAULT_401,             /* nor anything else */
	FAULT_STALL,           /* headers, half a body, then nothing */
	FAULT_CUT,             /* half a body, then the end of the connection */
	FAULT_RESET,           /* a reset instead of an answer */
	FAULT_NO_JSON,         /* 200, and words */
	FAULT_WRONG_SCHEMA,    /* 200, a completion whose content is another object */
	FAULT_HUGE,            /* 200, ten megabytes */
	FAULT_DRIP,            /* a few bytes at a time, whole in the end */
	FAULT_TOO_LONG,        /* 400, and words about the context's length */
	FAULTS
};

struct loopback_script {
	unsigned port;         /* 0: any that is free */
	unsigned latency_ms;   /* of each answer */
	unsigned slots;        /* over so many at once: 429; 0: any number */
	bool no_schema, no_logprobs; /* what it can't do it refuses with 400 */
	bool chunked;          /* replies without Content-Length */
	size_t longest;        /* bytes of a body: longer ones are FAULT_TOO_LONG; 0: any */
	const char *too_long;  /* what it says then */
	/* What happens to try number `attempt` (from 1) of a question; `hash` is the question's.  NULL: nothing ever. */
	enum fault (*fault)(void *ctx, uint64_t hash, unsigned attempt);
	/* The body of a good answer, for services that are no chats; to be freed.  NULL: a completion. */
	char *(*compose)(void *ctx, struct span body);
	void *ctx;
};

struct loopback_counts {
	uint64_t connections, requests;
	uint64_t delivered;        /* replies */
	uint64_t paid_twice;       /* questions */
	uint64_t questions;        /* with a reply delivered */
	uint64_t known_asked;      /* requests for a question after loopback_known() */
	uint64_t other_key;        /* requests whose Idempotency-Key was not the one the same question had before */
	uint64_t of[FAULTS];
	unsigned peak;             /* requests at once */
	uint64_t slot_ms;          /* sum over all tries of how long each was worked on */
	int64_t first_us, last_us; /* when the first request came, the last answer went */
	int64_t fresh_us;          /* when a question came for the first time, the last of those */
	char authorization[200];   /* of the last request */
};

struct loopback;
struct loopback *loopback_start(const struct loopback_script *script); /* NULL when there is no loopback network */
void loopback_stop(struct loopback *l);
void loopback_slow_down(struct loopback *l, unsigned latency_ms); /* from the next question on */
unsigned loopback_port(const struct loopback *l);
void loopback_counts(struct loopback *l, struct loopback_counts *out);
/* Was a reply to the question with this body delivered? */
bool loopback_delivered(struct loopback *l, struct span body);
/* The client has the reply to this question for good: it must not ask again. */
void loopback_known(struct loopback *l, struct span body);
/* Milliseconds between the answer to the last failed try and the next try of the same question, the longest seen. */
int64_t loopback_longest_wait_ms(struct loopback *l);

#endif
