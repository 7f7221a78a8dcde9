/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One verdict at N scored items, and all that the calibration screen shows after it: processor time.
 *
 *	calibrate_bench [N]        prints "panel_p50 MS" and "panel_p99 MS"
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "review/calibrate.h"

#define ROUNDS 2000
#define BARS 200

static double cpu_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static double uniform(uint64_t i)
{
	return (double)(hash_mix64(i) >> 11) / 9007199254740992.0;
}

static int compare(const void *x, const void *y)
{
	double a = *(const double *)x, b = *(const double *)y;

	return a < b ? -1 : a > b;
}

int main(int argc, char **argv)
{
	size_t n = argc > 1 ? strtoul(argv[1], NULL, 10) : 100000;
	struct calibration_item *items = xcalloc(n + 1, sizeof *items);
	static double ms[ROUNDS];
	struct calibration *c;
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		items[i] = (struct calibration_item){ uniform(i), i % 3 ? VERDICT_NONE : VERDICT_ACCEPT, uniform(i + n) < .05 };
	c = calibration_new(items, n, true);
	for (int round = 0; round < ROUNDS; round++) {
		size_t at = (size_t)(uniform((uint64_t)round + 2 * n) * (double)n);
		struct calibration_figures f;
		struct calibration_bar bar;
		double start = cpu_ms();

		calibration_set(c, at, round % 2 ? VERDICT_REJECT : VERDICT_ACCEPT);
		calibration_at(c, .5, &f);
		for (int k = 0; k < BARS; k++) {
			calibration_bar(c, (double)k / BARS, (double)(k + 1) / BARS, &bar);
			sum += (double)bar.n;
		}
		ms[round] = cpu_ms() - start;
		sum += isnan(f.right) ? 0 : f.right;
	}
	qsort(ms, ROUNDS, sizeof *ms, compare);
	printf("panel_p50 %.4f\npanel_p99 %.4f\n", ms[ROUNDS / 2], ms[ROUNDS * 99 / 100]);
	calibration_free(c);
	free(items);
	return !(sum > 0);
}
