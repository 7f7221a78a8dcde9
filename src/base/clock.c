/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Wall clock (freezable for tests) and steady clock. */
#include "base/clock.h"

#include <stdlib.h>
#include <time.h>

int64_t clock_wall_ms(void)
{
	const char *frozen = getenv("TAMIS_NOW");
	struct timespec ts;

	if (frozen && *frozen)
		return strtoll(frozen, NULL, 10);
	clock_gettime(CLOCK_REALTIME, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

int64_t clock_steady_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

void clock_format(char out[32], int64_t wall_ms)
{
	time_t seconds = (time_t)(wall_ms / 1000);
	struct tm tm;

	gmtime_r(&seconds, &tm);
	strftime(out, 32, "%Y-%m-%dT%H:%M:%SZ", &tm);
}
