/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finding the end of a run of plain string bytes: eight bytes at a time in portable C, 32 or 64 with vectors. */
#include "base/json_kernel.h"

#include <stdatomic.h>
#include <stdint.h>

#include "base/cpu.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

static inline bool is_plain(char c)
{
	return c != '"' && c != '\\' && (unsigned char)c >= 0x20;
}

/* High bit of each byte of `x` that is zero (exact up to the first one, which is all that is asked). */
static inline uint64_t zero_bytes(uint64_t x)
{
	return (x - 0x0101010101010101u) & ~x & 0x8080808080808080u;
}

size_t json_plain_portable(const char *p, size_t n)
{
	size_t i = 0;

	for (; i + 8 <= n; i += 8) {
		uint64_t w, hit;

		memcpy(&w, p + i, 8);
		hit = zero_bytes(w ^ 0x2222222222222222u) | zero_bytes(w ^ 0x5c5c5c5c5c5c5c5cu);
		hit |= (w - 0x2020202020202020u) & ~w & 0x8080808080808080u;
		if (hit)
			break;
	}
	while (i < n && is_plain(p[i]))
		i++;
	return i;
}

#if defined(__x86_64__)
__attribute__((target("avx2,bmi"))) size_t json_plain_avx2(const char *p, size_t n)
{
	const __m256i quote = _mm256_set1_epi8('"');
	const __m256i slash = _mm256_set1_epi8('\\');
	const __m256i control = _mm256_set1_epi8(0x1f);
	size_t i = 0;

	for (; i + 32 <= n; i += 32) {
		__m256i v = _mm256_loadu_si256((const __m256i *)(const void *)(p + i));
		__m256i stop = _mm256_or_si256(_mm256_cmpeq_epi8(v, quote), _mm256_cmpeq_epi8(v, slash));
		unsigned hit;

		/* max(v, 0x1f) == 0x1f exactly when v <= 0x1f, unsigned */
		stop = _mm256_or_si256(stop, _mm256_cmpeq_epi8(_mm256_max_epu8(v, control), control));
		hit = (unsigned)_mm256_movemask_epi8(stop);
		if (hit)
			return i + _tzcnt_u32(hit);
	}
	return i + json_plain_portable(p + i, n - i);
}
#endif

json_plain_fn json_plain_choose(void)
{
	static _Atomic(json_plain_fn) chosen;
	json_plain_fn fn = atomic_load_explicit(&chosen, memory_order_relaxed);

	if (fn)
		return fn;
	fn = json_plain_portable;
#if defined(__x86_64__)
	if (cpu_simd() >= CPU_AVX2)
		fn = json_plain_avx2;
#endif
	atomic_store_explicit(&chosen, fn, memory_order_relaxed);
	return fn;
}

/* ---- whole strings ---- */

size_t json_inside_portable(const char *p, size_t n, bool *escaped)
{
	(void)escaped;
	return json_plain_portable(p, n);
}

#if defined(__x86_64__)
/* Length of the escape at `p` (six bytes can be read): 2, 6, or 0 when it is none. */
static inline size_t escape_length(const char *p)
{
	static const uint8_t length[256] = { ['"'] = 2, ['\\'] = 2, ['/'] = 2, ['b'] = 2, ['f'] = 2,
					     ['n'] = 2, ['r'] = 2,  ['t'] = 2, ['u'] = 6 };
	static const uint8_t hex[256] = { ['0'] = 1, ['1'] = 1, ['2'] = 1, ['3'] = 1, ['4'] = 1, ['5'] = 1, ['6'] = 1, ['7'] = 1,
					  ['8'] = 1, ['9'] = 1, ['a'] = 1, ['b'] = 1, ['c'] = 1, ['d'] = 1, ['e'] = 1, ['f'] = 1,
					  ['A'] = 1, ['B'] = 1, ['C'] = 1, ['D'] = 1, ['E'] = 1, ['F'] = 1 };
	const unsigned char *u = (const unsigned char *)p;
	size_t n = length[u[1]];

	return n == 6 && !(hex[u[2]] & hex[u[3]] & hex[u[4]] & hex[u[5]]) ? 0 : n;
}

/* Steps over the escapes of one block that holds the bits `hit`; returns where to go on, or, with `*stop`, where to
 * stop. */
static inline size_t step_over(const char *p, uint64_t hit, bool *escaped, bool *stop)
{
	while (hit) {
		size_t at = (size_t)__builtin_ctzll(hit), length;

		if (p[at] != '\\' || (length = escape_length(p + at)) == 0) {
			*stop = true;
			return at;
		}
		*escaped = true;
		if (at + length >= 64)
			return at + length;
		hit &= ~(uint64_t)0 << (at + length);
	}
	return 64;
}

/* The block's masks are made once; an escape steps over its bits instead of beginning anew behind it. */
__attribute__((target("avx2,bmi"))) size_t json_inside_avx2(const char *p, size_t n, bool *escaped)
{
	const __m256i quote = _mm256_set1_epi8('"');
	const __m256i slash = _mm256_set1_epi8('\\');
	const __m256i control = _mm256_set1_epi8(0x1f);
	size_t i = 0;

	while (i + 64 + 6 <= n) {
		__m256i a = _mm256_loadu_si256((const __m256i *)(const void *)(p + i));
		__m256i b = _mm256_loadu_si256((const __m256i *)(const void *)(p + i + 32));
		/* max(v, 0x1f) == 0x1f exactly when v <= 0x1f, unsigned */
		__m256i stop_a = _mm256_or_si256(_mm256_or_si256(_mm256_cmpeq_epi8(a, quote), _mm256_cmpeq_epi8(a, slash)),
						 _mm256_cmpeq_epi8(_mm256_max_epu8(a, control), control));
		__m256i stop_b = _mm256_or_si256(_mm256_or_si256(_mm256_cmpeq_epi8(b, quote), _mm256_cmpeq_epi8(b, slash)),
						 _mm256_cmpeq_epi8(_mm256_max_epu8(b, control), control));
		uint64_t hit = (uint64_t)(uint32_t)_mm256_movemask_epi8(stop_b) << 32 | (uint32_t)_mm256_movemask_epi8(stop_a);
		bool stop = false;

		i += step_over(p + i, hit, escaped, &stop);
		if (stop)
			break;
	}
	return i;
}

/* Which bytes are escaped, and whether all of these may be, without a branch an escape; \\u and faults go byte by byte. */
JSON_AVX512 size_t json_inside_avx512(const char *p, size_t n, bool *escaped)
{
	uint64_t carry = 0;
	size_t i = 0;

	while (i + 64 + 6 <= n) {
		__m512i x = _mm512_loadu_si512(p + i);
		uint64_t slash = _mm512_cmpeq_epi8_mask(x, _mm512_set1_epi8('\\'));
		uint64_t quote = _mm512_cmpeq_epi8_mask(x, _mm512_set1_epi8('"'));
		uint64_t control = _mm512_cmplt_epu8_mask(x, _mm512_set1_epi8(0x20));
		uint64_t begun = carry, after = json_escaped(slash, &carry), known;
		bool stop = false;

		known = slash | quote | _mm512_cmpeq_epi8_mask(x, _mm512_set1_epi8('/')) |
			_mm512_cmpeq_epi8_mask(x, _mm512_set1_epi8('b')) | _mm512_cmpeq_epi8_mask(x, _mm512_set1_epi8('f')) |
			_mm512_cmpeq_epi8_mask(x, _mm512_set1_epi8('n')) | _mm512_cmpeq_epi8_mask(x, _mm512_set1_epi8('r')) |
			_mm512_cmpeq_epi8_mask(x, _mm512_set1_epi8('t'));
		if (((after & ~known) | (quote & ~after) | control) == 0) {
			*escaped |= slash != 0;
			i += 64;
			continue;
		}
		if (begun) { /* from the backslash before */
			i--;
			slash = slash << 1 | 1;
			quote <<= 1;
			control <<= 1;
		}
		i += step_over(p + i, slash | quote | control, escaped, &stop);
		if (stop)
			return i;
		carry = 0;
	}
	return i - carry;
}
#endif

json_inside_fn json_inside_choose(void)
{
	static _Atomic(json_inside_fn) chosen;
	json_inside_fn fn = atomic_load_explicit(&chosen, memory_order_relaxed);

	if (fn)
		return fn;
	fn = json_inside_portable;
#if defined(__x86_64__)
	if (cpu_simd() >= CPU_AVX2)
		fn = cpu_simd() >= CPU_AVX512 ? json_inside_avx512 : json_inside_avx2;
#endif
	atomic_store_explicit(&chosen, fn, memory_order_relaxed);
	return fn;
}
