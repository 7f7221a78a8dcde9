/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Numbers of 16 bits: IEEE 754 binary16 and bfloat16, to and from binary32.  With F16C where the processor has it; the portable
 * path gives the same bits (but for the payload of NaNs).
 */
#ifndef TAMIS_BITEXT_HALF_H
#define TAMIS_BITEXT_HALF_H

#include <stddef.h>
#include <stdint.h>

void half_to_float(float *out, const uint16_t *in, size_t n);
void half_from_float(uint16_t *out, const float *in, size_t n); /* to the nearest, ties to even; too large is infinite */
void bfloat_to_float(float *out, const uint16_t *in, size_t n);

#endif
