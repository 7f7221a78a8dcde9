/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How many calls at once, and how long between tries. */
#include "net/pace.h"

#include <math.h>
#include <stdlib.h>

#include "base/hash.h"

#define DELAY_FIRST_MS 500
#define DELAY_MOST_MS 60000

enum { SHARE = 8, LATELY = 256 };

void pace_init(struct pace *p, unsigned start, unsigned most)
{
	*p = (struct pace){ .limit = start < most ? start : most, .most = most };
	if (p->limit == 0)
		p->limit = 1;
}

static int by_size(const void *a, const void *b)
{
	const struct pace_time *x = a, *y = b;

	return x->kind != y->kind ? x->kind - y->kind : x->ms < y->ms ? -1 : x->ms > y->ms;
}

static void shrink(struct pace *p, unsigned to)
{
	p->grace = p->trouble = p->limit;
	p->limit = to ? to : 1;
	p->successes = p->heard = p->stalls = 0;
}

/* Do calls of one kind, times[from, to), take far longer than they could? */
static bool is_slow(struct pace *p, unsigned from, unsigned to)
{
	double median = p->times[from + (to - from) / 2].ms, *best = &p->best_ms[p->times[from].kind];

	if (to - from < PACE_TIMED_LEAST)
		return false;
	/* The best fades, so that one lucky round does not bind for ever. */
	*best = *best == 0 || median < *best ? median : *best * 1.02;
	return median > PACE_LATENCY_MOST * *best;
}

static bool any_slow(struct pace *p)
{
	bool slow = false;

	qsort(p->times, p->timed, sizeof *p->times, by_size);
	for (unsigned from = 0, to; from < p->timed; from = to) {
		for (to = from; to < p->timed && p->times[to].kind == p->times[from].kind; to++)
			;
		slow |= is_slow(p, from, to);
	}
	return slow;
}

/* Over an eighth of all, by more than chance makes of that (a standard deviation). */
static bool too_many(unsigned bad, unsigned all)
{
	double most = (double)all / SHARE;

	return bad > most + sqrt(most);
}

/* Looks back on a round. */
static void judge(struct pace *p)
{
	if (too_many(p->throttled, p->answers)) {
		shrink(p, p->limit / 2);
	} else if (any_slow(p)) {
		shrink(p, p->limit - (p->limit + 3) / 4);
	}
	p->answers = p->throttled = p->timed = 0;
}

void pace_stalled(struct pace *p)
{
	if (p->grace) {
		p->grace--;
		return;
	}
	p->stalls++;
	if (too_many(p->stalls, p->stalls + p->heard + SHARE))
		shrink(p, p->limit / 2);
}

/* Successes it takes to grow by one. */
static unsigned step_of(const struct pace *p)
{
	bool near = p->limit >= p->trouble - p->trouble / 4 && p->limit <= p->trouble + p->trouble / 4;

	if (p->trouble == 0)
		return 1;
	return near ? p->limit : (p->limit + 3) / 4;
}

static void count_heard(struct pace *p)
{
	if (++p->heard < LATELY)
		return;
	p->heard /= 2;
	p->stalls /= 2;
}

void pace_answer(struct pace *p, bool throttled, uint32_t latency_ms, unsigned kind)
{
	if (p->grace) {
		p->grace--;
		return;
	}
	count_heard(p);
	p->answers++;
	p->throttled += throttled;
	if (latency_ms && p->timed < PACE_ROUND_MOST)
		p->times[p->timed++] = (struct pace_time){ latency_ms, (uint8_t)(kind < PACE_KINDS ? kind : PACE_KINDS - 1) };
	if (!throttled && latency_ms && ++p->successes >= step_of(p)) {
		p->successes = 0;
		p->limit += p->limit < p->most;
	}
	if (p->answers >= PACE_ROUND_LEAST && p->answers >= p->limit)
		judge(p);
}

int64_t pace_delay_ms(unsigned tries, int64_t asked_ms, uint64_t dice)
{
	double u = (double)(hash_mix64(dice) >> 11) * 0x1p-53;
	int64_t most = tries && tries < 8 ? (int64_t)DELAY_FIRST_MS << (tries - 1) : DELAY_MOST_MS;

	if (asked_ms >= 0)
		return asked_ms + (int64_t)(u * (double)(asked_ms / 10 + 1));
	if (most > DELAY_MOST_MS)
		most = DELAY_MOST_MS;
	return (int64_t)(u * (double)most);
}
