/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How many calls to have in flight, and how long to wait before a call is made again.  Pure arithmetic: time comes in as
 * numbers, so that a test can play a whole day in a millisecond.
 *
 * The limit begins low and grows by one with each answer until the first sign of trouble, then by one with each round of calls.
 * It is judged once a round (as many answers as the limit): when over an eighth of them said "too many" (429, 503) it is halved;
 * when their median latency is over LATENCY_MOST times the best round's, cut by a quarter.  The answers to calls made before that
 * are not judged again.  A stray 429 costs only its own call a wait: halving for each, as TCP does, would leave a server that throws
 * dice with two calls in flight.
 */
#ifndef TAMIS_NET_PACE_H
#define TAMIS_NET_PACE_H

#include <stdbool.h>
#include <stdint.h>

#define PACE_ROUND_LEAST 16
#define PACE_ROUND_MOST 256
#define PACE_LATENCY_MOST 6.0

struct pace {
	unsigned limit, most;     /* calls in flight: now, and ever */
	bool steady;              /* trouble was seen: grow slowly from now on */
	unsigned answers, throttled; /* of this round */
	unsigned grace;           /* answers still to come to calls made under the limit before: they say nothing new */
	unsigned successes;       /* since the limit grew last */
	uint32_t latency_ms[PACE_ROUND_MOST];
	unsigned timed;
	double best_ms;           /* median of the best round; 0: none yet */
};

void pace_init(struct pace *p, unsigned start, unsigned most);
/* A call was given up because nothing was heard for too long: there is more at once than gets done.  Halves at once, not at a round's
 * end: rounds of calls that time out would take for ever. */
void pace_stalled(struct pace *p);
/* An answer came; `latency_ms` 0 when it says nothing (a fault). */
void pace_answer(struct pace *p, bool throttled, uint32_t latency_ms);

/* Milliseconds before try number `tries` + 1 (tries >= 1 were made): `asked_ms` when the server named a time (>= 0; plus up to a
 * tenth, so that not all come back at once), else exponential with full jitter (Brooker 2015): U * min(60 s, 0.5 s * 2^(tries - 1)). `dice`
 * is any random number. */
int64_t pace_delay_ms(unsigned tries, int64_t asked_ms, uint64_t dice);

#endif
