/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How many calls at once, and how long between tries. */
#include "net/pace.h"

#include <stdlib.h>

#include "base/hash.h"

#define DELAY_FIRST_MS 500
#define DELAY_MOST_MS 60000

void pace_init(struct pace *p, unsigned start, unsigned most)
{
	*p = (struct pace){ .limit = start < most ? start : most, .most = most };
	if (p->limit == 0)
		p->limit = 1;
}

static int by_size(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

static void shrink(struct pace *p, unsigned to)
{
	p->grace = p->limit;
	p->limit = to ? to : 1;
	p->steady = true;
	p->successes = 0;
}

/* Looks back on a round. */
static void judge(struct pace *p)
{
	double median;

	if (p->throttled * 8 > p->answers) {
		shrink(p, p->limit / 2);
	} else if (p->timed >= PACE_ROUND_LEAST / 2) {
		qsort(p->latency_ms, p->timed, sizeof *p->latency_ms, by_size);
		median = p->latency_ms[p->timed / 2];
		/* The best fades, so that one lucky round does not bind for ever. */
		p->best_ms = p->best_ms == 0 || median < p->best_ms ? median : p->best_ms * 1.02;
		if (median > PACE_LATENCY_MOST * p->best_ms)
			shrink(p, p->limit - (p->limit + 3) / 4);
	}
	p->answers = p->throttled = p->timed = 0;
}

void pace_stalled(struct pace *p)
{
	if (p->grace)
		p->grace--;
	else
		shrink(p, p->limit / 2);
}

void pace_answer(struct pace *p, bool throttled, uint32_t latency_ms)
{
	if (p->grace) {
		p->grace--;
		return;
	}
	p->answers++;
	p->throttled += throttled;
	if (latency_ms && p->timed < PACE_ROUND_MOST)
		p->latency_ms[p->timed++] = latency_ms;
	if (!throttled && latency_ms && ++p->successes >= (p->steady ? p->limit : 1)) {
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
