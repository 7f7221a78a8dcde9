/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The only two clocks.  TAMIS_NOW (milliseconds since 1970, in the environment) freezes the wall clock
 * so that expected outputs can hold times; the steady clock always runs.
 */
#ifndef TAMIS_BASE_CLOCK_H
#define TAMIS_BASE_CLOCK_H

#include <stddef.h>
#include <stdint.h>

int64_t clock_wall_ms(void);    /* milliseconds since 1970-01-01 UTC */
int64_t clock_steady_us(void);  /* microseconds from an arbitrary start, never going back */
/* "2026-11-22T18:09:12Z" in `out`. */
void clock_format(char out[32], int64_t wall_ms);

#endif
