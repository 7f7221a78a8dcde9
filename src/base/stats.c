/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Intervals for proportions. */
#include "base/stats.h"

#include <math.h>

void stats_wilson(uint64_t x, uint64_t n, double z, double *low, double *high)
{
	double p, size = (double)n, centre, half, scale;

	if (n == 0) {
		*low = 0;
		*high = 1;
		return;
	}
	p = (double)x / size;
	scale = 1 + z * z / size;
	centre = (p + z * z / (2 * size)) / scale;
	half = z / scale * sqrt(p * (1 - p) / size + z * z / (4 * size * size));
	*low = x == 0 ? 0 : centre - half;
	*high = x == n ? 1 : centre + half;
}
