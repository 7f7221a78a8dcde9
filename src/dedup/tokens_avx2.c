/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tokens of mostly ASCII text, 64 bytes at a time: classify by two nibble tables (Langdale and Lemire 2019, "Parsing
 * Gigabytes of JSON per Second", section 3.1), walk the ends of runs with tzcnt, hash each from one masked 16-byte load. */
#include "dedup/tokens_inner.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define TARGET __attribute__((target("avx2,bmi,bmi2")))

/* mask16[16 - n] starts n bytes of ones followed by zeros. */
static const uint8_t mask16[32] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
				    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };

TARGET static inline uint64_t word_mask(__m256i a, __m256i b)
{
	/* Bit 1: 0-9 of row 3; bit 2: 1-f of rows 4 and 6; bit 4: 0-a and f of row 5; bit 8: 0-a of row 7. */
	const __m256i low = _mm256_broadcastsi128_si256(
		_mm_setr_epi8(13, 15, 15, 15, 15, 15, 15, 15, 15, 15, 14, 2, 2, 2, 2, 6));
	const __m256i high =
		_mm256_broadcastsi128_si256(_mm_setr_epi8(0, 0, 0, 1, 2, 4, 2, 8, 0, 0, 0, 0, 0, 0, 0, 0));
	const __m256i nibble = _mm256_set1_epi8(15);
	const __m256i zero = _mm256_setzero_si256();
	__m256i ca = _mm256_and_si256(_mm256_shuffle_epi8(low, a),
				      _mm256_shuffle_epi8(high, _mm256_and_si256(_mm256_srli_epi16(a, 4), nibble)));
	__m256i cb = _mm256_and_si256(_mm256_shuffle_epi8(low, b),
				      _mm256_shuffle_epi8(high, _mm256_and_si256(_mm256_srli_epi16(b, 4), nibble)));
	uint32_t na = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(ca, zero));
	uint32_t nb = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(cb, zero));

	return ~((uint64_t)nb << 32 | na);
}

/* A run of up to 16 ASCII word bytes; 16 bytes are readable at `p`. */
TARGET static inline uint64_t short_hash(const char *p, size_t n)
{
	__m128i x = _mm_loadu_si128((const __m128i *)(const void *)p);
	__m128i keep = _mm_loadu_si128((const __m128i *)(const void *)(mask16 + 16 - n));

	x = _mm_and_si128(_mm_or_si128(x, _mm_set1_epi8(0x20)), keep);
	return token_step(0, (uint64_t)_mm_cvtsi128_si64(x), (uint64_t)_mm_extract_epi64(x, 1));
}

TARGET static inline uint64_t run_hash(const char *p, size_t n)
{
	return n <= 16 ? short_hash(p, n) : token_hash(p, n, ASCII_FOLD);
}

/* A run that fills the block from its first byte: looks for its end byte by byte. */
static size_t long_run(hash_vec *out, const struct token_tables *t, struct span text, size_t at, struct buf *scratch)
{
	size_t end = at;

	while (end < text.len && t->ascii[(unsigned char)text.p[end]] == 1)
		end++;
	if (end < text.len && t->ascii[(unsigned char)text.p[end]] == 2)
		return tokens_unicode(out, t, text, at, scratch);
	vec_push(out, token_hash(text.p + at, end - at, ASCII_FOLD));
	return end;
}

TARGET void tokens_avx2(hash_vec *out, const struct token_tables *t, struct span text, struct buf *scratch)
{
	size_t at = 0;

	vec_reserve(out, text.len / 2 + 64);
	while (at + 64 + 16 <= text.len) {
		const char *p = text.p + at;
		__m256i a = _mm256_loadu_si256((const __m256i *)(const void *)p);
		__m256i b = _mm256_loadu_si256((const __m256i *)(const void *)(p + 32));
		uint64_t words = word_mask(a, b);
		uint64_t high = (uint64_t)(uint32_t)_mm256_movemask_epi8(b) << 32 | (uint32_t)_mm256_movemask_epi8(a);
		uint64_t starts = words & ~(words << 1);
		uint64_t ends = ~words & (words << 1);
		uint64_t *v;

		if (high)
			ends &= _blsmsk_u64(high) >> 1;
		for (v = out->v + out->n; ends; ends = _blsr_u64(ends), starts = _blsr_u64(starts)) {
			size_t s = _tzcnt_u64(starts);

			*v++ = run_hash(p + s, _tzcnt_u64(ends) - s);
		}
		out->n = (size_t)(v - out->v);
		if (high) {
			size_t first = _tzcnt_u64(high);
			size_t s = starts ? _tzcnt_u64(starts) : 64;

			at = tokens_unicode(out, t, text, at + (s < first ? s : first), scratch);
			vec_reserve(out, out->n + (text.len - at) / 2 + 64);
		} else if (starts & 1) {
			at = long_run(out, t, text, at, scratch);
			vec_reserve(out, out->n + (text.len - at) / 2 + 64);
		} else {
			at += starts ? _tzcnt_u64(starts) : 64;
		}
	}
	tokens_portable(out, t, text, at, scratch);
}
#else
typedef int tokens_avx2_is_for_x86_64;
#endif
