/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Statistics for people who judge samples.  Formulas and sources are beside each function in stats.c.
 */
#ifndef TAMIS_BASE_STATS_H
#define TAMIS_BASE_STATS_H

#include <stdint.h>

/* Wilson score interval (Wilson 1927) of x successes in n; z = 1.959964 for 95 %. n = 0 gives 0..1. */
void stats_wilson(uint64_t x, uint64_t n, double z, double *low, double *high);

#endif
