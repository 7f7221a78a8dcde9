/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tokens with AVX2: word bytes by two nibble tables, edges by tzcnt. */
#include "dedup/tokens_inner.h"

#if defined(__x86_64__)
#define BLOCK_TARGET __attribute__((target("avx2,bmi,bmi2,popcnt")))
#define EDGES_AT_ONCE 24 /* written without counting: few blocks of text have more */

struct block;
BLOCK_TARGET static inline struct block block_look(const char *p);
BLOCK_TARGET static inline size_t block_edges(uint32_t *edge, uint64_t bits, uint32_t at);
#include "dedup/tokens_blocks.h"

BLOCK_TARGET static inline struct block block_look(const char *p)
{
	/* Bit 1: 0-9 of row 3; bit 2: 1-f of rows 4 and 6; bit 4: 0-a and f of row 5; bit 8: 0-a of row 7. */
	const __m256i low = _mm256_broadcastsi128_si256(
		_mm_setr_epi8(13, 15, 15, 15, 15, 15, 15, 15, 15, 15, 14, 2, 2, 2, 2, 6));
	const __m256i high =
		_mm256_broadcastsi128_si256(_mm_setr_epi8(0, 0, 0, 1, 2, 4, 2, 8, 0, 0, 0, 0, 0, 0, 0, 0));
	const __m256i nibble = _mm256_set1_epi8(15);
	const __m256i zero = _mm256_setzero_si256();
	__m256i a = _mm256_loadu_si256((const __m256i *)(const void *)p);
	__m256i b = _mm256_loadu_si256((const __m256i *)(const void *)(p + 32));
	__m256i ca = _mm256_and_si256(_mm256_shuffle_epi8(low, a),
				      _mm256_shuffle_epi8(high, _mm256_and_si256(_mm256_srli_epi16(a, 4), nibble)));
	__m256i cb = _mm256_and_si256(_mm256_shuffle_epi8(low, b),
				      _mm256_shuffle_epi8(high, _mm256_and_si256(_mm256_srli_epi16(b, 4), nibble)));
	uint32_t na = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(ca, zero));
	uint32_t nb = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(cb, zero));

	return (struct block){ ~((uint64_t)nb << 32 | na),
			       (uint64_t)(uint32_t)_mm256_movemask_epi8(b) << 32 | (uint32_t)_mm256_movemask_epi8(a) };
}

BLOCK_TARGET static inline size_t block_edges(uint32_t *edge, uint64_t bits, uint32_t at)
{
	size_t n = (size_t)_mm_popcnt_u64(bits);

#pragma GCC unroll 24
	for (int i = 0; i < EDGES_AT_ONCE; i++, bits = _blsr_u64(bits))
		edge[i] = at + (uint32_t)_tzcnt_u64(bits);
	for (size_t i = EDGES_AT_ONCE; __builtin_expect(i < n, 0); i++, bits = _blsr_u64(bits))
		edge[i] = at + (uint32_t)_tzcnt_u64(bits);
	return n;
}

BLOCK_TARGET void tokens_avx2(hash_vec *out, const struct token_tables *t, struct span text, struct buf *scratch)
{
	blocks_tokens(out, t, text, scratch);
}
#else
typedef int tokens_avx2_is_for_x86_64;
#endif
