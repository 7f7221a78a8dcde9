/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How many calls to have in flight, and how long to wait before a call is made again.  Pure arithmetic: time comes in as
 * numbers, so that a test can play a whole day in a millisecond.
 *
 * The limit begins low and grows by one with each answer until the first sign of trouble.  It is judged once a round (as many
 * answers as the limit, PACE_ROUND_LEAST at least): when clearly over an eighth of them said "too many" (429, 503) it is halved; when the median
 * latency of one kind of calls is over LATENCY_MOST times that kind's best round's, cut by a quarter (a draft takes a hundred times as long as a
 * score of one token: they are not compared).  The answers to calls made before that are not judged again.
 * From there it grows by one with each quarter of a round, but near where the trouble was (a quarter below and above) by one with each round:
 * soon back, careful there, and quick again in the open (as CUBIC does, RFC 9438).
 *
 * A stray 429, or one call in a hundred that is never answered, costs only itself a wait: halving for each, as TCP does, would leave a server
 * that throws dice with two calls in flight.
 */
#ifndef TAMIS_NET_PACE_H
#define TAMIS_NET_PACE_H

#include <stdbool.h>
#include <stdint.h>

#define PACE_ROUND_LEAST 32
#define PACE_ROUND_MOST 256
#define PACE_LATENCY_MOST 6.0
#define PACE_KINDS 8
#define PACE_TIMED_LEAST 8 /* calls of a kind in a round: fewer say nothing */

struct pace {
	unsigned limit, most;     /* calls in flight: now, and ever */
	unsigned trouble;         /* the limit under which trouble was seen last; 0: never */
	unsigned answers, throttled; /* of this round */
	unsigned grace;           /* answers still to come to calls made under the limit before: they say nothing new */
	unsigned successes;       /* since the limit grew last */
	unsigned heard, stalls;   /* answers, and calls never answered, lately */
	struct pace_time {
		uint32_t ms;
		uint8_t kind;
	} times[PACE_ROUND_MOST];
	unsigned timed;
	double best_ms[PACE_KINDS]; /* of each kind: median of its best round; 0: none yet */
};

void pace_init(struct pace *p, unsigned start, unsigned most);
/* A call was given up because nothing was heard for too long.  When that is clearly over an eighth of what became of calls lately there
 * is more at once than gets done: halved at once, not at a round's end, since rounds of calls that time out would take for ever. */
void pace_stalled(struct pace *p);
/* An answer came; `latency_ms` 0 when it says nothing (a fault). */
void pace_answer(struct pace *p, bool throttled, uint32_t latency_ms, unsigned kind);

/* Milliseconds before try number `tries` + 1 (tries >= 1 were made): `asked_ms` when the server named a time (>= 0; plus up to a
 * tenth, so that not all come back at once), else exponential with full jitter (Brooker 2015): U * min(60 s, 0.5 s * 2^(tries - 1)). `dice`
 * is any random number. */
int64_t pace_delay_ms(unsigned tries, int64_t asked_ms, uint64_t dice);

#endif
