/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The inner loops of JSON and UTF-8 scanning, one per instruction set, with identical results.  For
 * base/json_scan.c, base/utf8_valid.c, the framers, and the tests that compare the paths with each other.
 */
#ifndef TAMIS_BASE_JSON_KERNEL_H
#define TAMIS_BASE_JSON_KERNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* Number of bytes at `p` before the first quote, backslash or control byte (below 0x20); `n` when there is
 * none. */
typedef size_t (*json_plain_fn)(const char *p, size_t n);

size_t json_plain_portable(const char *p, size_t n);
json_plain_fn json_plain_choose(void); /* the best this processor (and TAMIS_SIMD) allows; chosen once */

/* Number of bytes at `p` that surely belong to the string: plain ones and well-formed escapes (`*escaped` is set when there is one).  What
 * stops it is for the caller to look at: the closing quote, a fault, or nothing but the end being near. */
typedef size_t (*json_inside_fn)(const char *p, size_t n, bool *escaped);

size_t json_inside_portable(const char *p, size_t n, bool *escaped);
json_inside_fn json_inside_choose(void);

/* The kernels of json_unescape_to(). */
size_t json_unescape_portable(char *out, struct span escaped);

/* True when `s` is well-formed UTF-8.  Says nothing about where it is not. */
bool utf8_whole_portable(struct span s);

#if defined(__x86_64__)
#define JSON_AVX512 __attribute__((target("avx2,bmi,popcnt,avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi,avx512vbmi2")))

/* Of 64 bytes whose backslashes are `slash`: those that a backslash before them escapes.  `*carry`: whether the first is such, then
 * whether the first of the next 64 is.  (Langdale and Lemire 2019, section 3.1.1.) */
static inline uint64_t json_escaped(uint64_t slash, uint64_t *carry)
{
	const uint64_t even = 0x5555555555555555u;
	uint64_t after, odd_starts, sum;

	slash &= ~*carry;
	after = slash << 1 | *carry;
	odd_starts = slash & ~even & ~after;
	*carry = __builtin_add_overflow(odd_starts, slash, &sum);
	return (even ^ sum << 1) & after;
}

size_t json_plain_avx2(const char *p, size_t n);
size_t json_inside_avx2(const char *p, size_t n, bool *escaped);
size_t json_unescape_avx2(char *out, struct span escaped);
size_t json_inside_avx512(const char *p, size_t n, bool *escaped);
size_t json_unescape_avx512(char *out, struct span escaped);
bool utf8_whole_avx2(struct span s);
#endif

#endif
