/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * UTF-8 validation.  With AVX2: three table look-ups on nibbles of neighbouring bytes find every two-byte
 * error class at once (Keiser and Lemire, "Validating UTF-8 in less than one instruction per byte", 2021,
 * sections 4-6); runs of ASCII cost one test per 32 bytes.  Only when that says no does the scalar decoder
 * look for where.
 */
#include "base/utf8.h"

#include <stdatomic.h>

#include "base/cpu.h"
#include "base/json_kernel.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

/* Offset of the first malformed byte, or s.len. */
static size_t first_bad(struct span s)
{
	size_t i = 0;

	while (i < s.len) {
		uint64_t word;
		size_t used;

		if (i + 8 <= s.len) {
			memcpy(&word, s.p + i, 8);
			if ((word & 0x8080808080808080u) == 0) {
				i += 8;
				continue;
			}
		}
		if (utf8_decode(span_make(s.p + i, s.len - i), &used) < 0)
			return i;
		i += used;
	}
	return i;
}

bool utf8_whole_portable(struct span s)
{
	return first_bad(s) == s.len;
}

#if defined(__x86_64__)
enum {
	TOO_SHORT = 1 << 0,      /* a lead byte not followed by a continuation */
	TOO_LONG = 1 << 1,       /* a continuation after ASCII */
	OVERLONG_3 = 1 << 2,
	TOO_LARGE = 1 << 3,
	SURROGATE = 1 << 4,
	OVERLONG_2 = 1 << 5,
	OVERLONG_4 = 1 << 6,
	TOO_LARGE_1000 = 1 << 6, /* shares its bit: the second nibble tells them apart */
	TWO_CONTS = -128,        /* bit 7: two continuations; legal inside three- and four-byte forms only */
	CARRY = TOO_SHORT | TOO_LONG | TWO_CONTS,
	LARGE = TOO_LARGE | TOO_LARGE_1000,
};

#define TWICE(...) _mm256_setr_epi8(__VA_ARGS__, __VA_ARGS__)
#define AVX2 __attribute__((target("avx2,bmi"))) static inline

/* The bytes `n` places before those of `now`. */
#define BEFORE(now, last, n) _mm256_alignr_epi8(now, _mm256_permute2x128_si256(last, now, 0x21), 16 - (n))

AVX2 __m256i errors_in(__m256i now, __m256i last)
{
	const __m256i first_high = TWICE(
		TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TOO_LONG, TWO_CONTS,
		TWO_CONTS, TWO_CONTS, TWO_CONTS, TOO_SHORT | OVERLONG_2, TOO_SHORT,
		TOO_SHORT | OVERLONG_3 | SURROGATE, TOO_SHORT | TOO_LARGE | TOO_LARGE_1000 | OVERLONG_4);
	const __m256i first_low =
		TWICE(CARRY | OVERLONG_3 | OVERLONG_2 | OVERLONG_4, CARRY | OVERLONG_2, CARRY, CARRY,
		      CARRY | TOO_LARGE, CARRY | LARGE, CARRY | LARGE, CARRY | LARGE, CARRY | LARGE,
		      CARRY | LARGE, CARRY | LARGE, CARRY | LARGE, CARRY | LARGE, CARRY | LARGE | SURROGATE,
		      CARRY | LARGE, CARRY | LARGE);
	const __m256i second_high =
		TWICE(TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT, TOO_SHORT,
		      TOO_LONG | OVERLONG_2 | TWO_CONTS | OVERLONG_3 | TOO_LARGE_1000 | OVERLONG_4,
		      TOO_LONG | OVERLONG_2 | TWO_CONTS | OVERLONG_3 | TOO_LARGE,
		      TOO_LONG | OVERLONG_2 | TWO_CONTS | SURROGATE | TOO_LARGE,
		      TOO_LONG | OVERLONG_2 | TWO_CONTS | SURROGATE | TOO_LARGE, TOO_SHORT, TOO_SHORT,
		      TOO_SHORT, TOO_SHORT);
	const __m256i nibble = _mm256_set1_epi8(0x0f);
	__m256i one = BEFORE(now, last, 1);
	__m256i special =
		_mm256_shuffle_epi8(first_high, _mm256_and_si256(_mm256_srli_epi16(one, 4), nibble));
	__m256i third, fourth, needed;

	special = _mm256_and_si256(special, _mm256_shuffle_epi8(first_low, _mm256_and_si256(one, nibble)));
	special = _mm256_and_si256(
		special,
		_mm256_shuffle_epi8(second_high, _mm256_and_si256(_mm256_srli_epi16(now, 4), nibble)));
	/* bytes that must be the third or fourth of a form: two before is E0+, or three before is F0+ */
	third = _mm256_subs_epu8(BEFORE(now, last, 2), _mm256_set1_epi8(0xe0 - 0x80));
	fourth = _mm256_subs_epu8(BEFORE(now, last, 3), _mm256_set1_epi8(0xf0 - 0x80));
	needed = _mm256_and_si256(_mm256_or_si256(third, fourth), _mm256_set1_epi8(-128));
	return _mm256_xor_si256(needed, special);
}

__attribute__((target("avx2,bmi"))) bool utf8_whole_avx2(struct span s)
{
	__m256i last = _mm256_setzero_si256();
	__m256i error = _mm256_setzero_si256();
	bool pending = false; /* the block before held something else than ASCII */
	size_t i = 0;

	for (;;) {
		__m256i now;
		bool ascii;

		if (i + 32 <= s.len) {
			now = _mm256_loadu_si256((const __m256i *)(const void *)(s.p + i));
		} else {
			char tail[32] = { 0 }; /* zero is ASCII: a form cut by the end shows as too short */

			if (i < s.len)
				memcpy(tail, s.p + i, s.len - i);
			now = _mm256_loadu_si256((const __m256i *)(const void *)tail);
		}
		ascii = _mm256_movemask_epi8(now) == 0;
		if (!ascii || pending)
			error = _mm256_or_si256(error, errors_in(now, last));
		pending = !ascii;
		last = now;
		if (i >= s.len)
			break;
		i += 32;
	}
	return _mm256_testz_si256(error, error);
}
#endif

bool utf8_valid(struct span s, size_t *bad)
{
	typedef bool (*whole_fn)(struct span);
	static _Atomic(whole_fn) chosen;
	whole_fn whole = atomic_load_explicit(&chosen, memory_order_relaxed);

	if (whole == NULL) {
		whole = utf8_whole_portable;
#if defined(__x86_64__)
		if (cpu_simd() >= CPU_AVX2)
			whole = utf8_whole_avx2;
#endif
		atomic_store_explicit(&chosen, whole, memory_order_relaxed);
	}
	if (whole(s))
		return true;
	if (bad)
		*bad = first_bad(s);
	return false;
}
