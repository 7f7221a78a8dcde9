/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The inner loops of JSON and UTF-8 scanning, one per instruction set, with identical results.  For
 * base/json_scan.c, base/utf8_valid.c, the framers, and the tests that compare the paths with each other.
 */
#ifndef TAMIS_BASE_JSON_KERNEL_H
#define TAMIS_BASE_JSON_KERNEL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/* Number of bytes at `p` before the first quote, backslash or control byte (below 0x20); `n` when there is
 * none. */
typedef size_t (*json_plain_fn)(const char *p, size_t n);

size_t json_plain_portable(const char *p, size_t n);
json_plain_fn json_plain_choose(void); /* the best this processor (and TAMIS_SIMD) allows; chosen once */

/* True when `s` is well-formed UTF-8.  Says nothing about where it is not. */
bool utf8_whole_portable(struct span s);

#if defined(__x86_64__)
size_t json_plain_avx2(const char *p, size_t n);
bool utf8_whole_avx2(struct span s);
#endif

#endif
