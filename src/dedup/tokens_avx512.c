/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tokens with AVX-512: word bytes by three comparisons, edges by compressing the offsets 0 to 63. */
#include "dedup/tokens_inner.h"

#if defined(__x86_64__)
#define BLOCK_TARGET __attribute__((target("avx2,bmi,bmi2,popcnt,avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi,avx512vbmi2")))

struct block;
BLOCK_TARGET static inline struct block block_look(const char *p);
BLOCK_TARGET static inline size_t block_edges(uint32_t *edge, uint64_t bits, uint32_t at);
#include "dedup/tokens_blocks.h"

static const uint8_t offsets[64] = {
	0,  1,	2,  3,	4,  5,	6,  7,	8,  9,	10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31,
	32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63,
};

/* x in '0'..'9', 'A'..'Z', 'a'..'z' or '_': a range is one subtraction and one unsigned comparison. */
BLOCK_TARGET static inline struct block block_look(const char *p)
{
	__m512i x = _mm512_loadu_si512(p);
	__m512i lower = _mm512_or_si512(x, _mm512_set1_epi8(0x20));
	__mmask64 letter = _mm512_cmplt_epu8_mask(_mm512_sub_epi8(lower, _mm512_set1_epi8('a')), _mm512_set1_epi8(26));
	__mmask64 digit = _mm512_cmplt_epu8_mask(_mm512_sub_epi8(x, _mm512_set1_epi8('0')), _mm512_set1_epi8(10));
	__mmask64 line = _mm512_cmpeq_epi8_mask(x, _mm512_set1_epi8('_'));

	return (struct block){ letter | digit | line, _mm512_movepi8_mask(x) };
}

BLOCK_TARGET static inline void put_sixteen(uint32_t *edge, __m128i offset, __m512i at)
{
	_mm512_storeu_si512(edge, _mm512_add_epi32(_mm512_cvtepu8_epi32(offset), at));
}

BLOCK_TARGET static inline size_t block_edges(uint32_t *edge, uint64_t bits, uint32_t at)
{
	__m512i packed = _mm512_maskz_compress_epi8(bits, _mm512_loadu_si512(offsets));
	__m512i from = _mm512_set1_epi32((int)at);
	size_t n = (size_t)_mm_popcnt_u64(bits);

	put_sixteen(edge, _mm512_castsi512_si128(packed), from);
	put_sixteen(edge + 16, _mm512_extracti32x4_epi32(packed, 1), from);
	if (__builtin_expect(n > 32, 0)) {
		put_sixteen(edge + 32, _mm512_extracti32x4_epi32(packed, 2), from);
		put_sixteen(edge + 48, _mm512_extracti32x4_epi32(packed, 3), from);
	}
	return n;
}

BLOCK_TARGET void tokens_avx512(hash_vec *out, const struct token_tables *t, struct span text, struct buf *scratch)
{
	blocks_tokens(out, t, text, scratch);
}
#else
typedef int tokens_avx512_is_for_x86_64;
#endif
