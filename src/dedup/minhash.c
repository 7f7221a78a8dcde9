/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MinHash kernels: Fast Similarity Sketching, and affine maps for the cross-check. */
#include "dedup/sketch.h"
#include "dedup/tokens_inner.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

/* ---- Fast Similarity Sketching ----
 *
 * Round r < K sends each shingle to one slot of K and offers it the value (r, random); round K + s sends all to slot s, so that no slot
 * stays empty.  A slot keeps its least value.  Only slots that no earlier round filled can change, so we stop when all are full. */

static inline uint64_t round_hash(uint64_t shingle, uint64_t round)
{
	return fold_multiply(shingle ^ (round * 0xa0761d6478bd642fu), 0x8ebc6af09c88c6e3u + 2 * round);
}

static inline void offer(uint64_t *slot, uint64_t value)
{
	*slot = value < *slot ? value : *slot;
}

/* Of many offers most come too late: there a branch that is seldom taken beats a conditional move and its store. */
static void round_of_many(uint64_t work[SKETCH_K], const uint64_t *set, size_t n, uint64_t round)
{
	for (size_t i = 0; i < n; i++) {
		uint64_t g = round_hash(set[i], round);
		uint64_t value = round << 32 | (uint32_t)g;

		if (__builtin_expect(value < work[g >> 57], 0))
			work[g >> 57] = value;
	}
}

static void round_of_few(uint64_t work[SKETCH_K], const uint64_t *set, size_t n, uint64_t round)
{
	for (size_t i = 0; i < n; i++) {
		uint64_t g = round_hash(set[i], round);

		offer(&work[g >> 57], round << 32 | (uint32_t)g);
	}
}

static unsigned count_full(const uint64_t work[SKETCH_K])
{
	unsigned full = 0;

	for (unsigned s = 0; s < SKETCH_K; s++)
		full += work[s] != UINT64_MAX;
	return full;
}

static void minhash_fast(uint32_t slots[SKETCH_K], const uint64_t *set, size_t n)
{
	uint64_t work[SKETCH_K];
	uint64_t round = 0;

	memset(work, 0xff, sizeof work);
	for (; round < SKETCH_K; round++) {
		(n < 2048 ? round_of_few : round_of_many)(work, set, n, round);
		if (count_full(work) == SKETCH_K)
			break;
	}
	for (unsigned s = 0; s < SKETCH_K; s++) {
		if (work[s] != UINT64_MAX)
			continue;
		for (size_t i = 0; i < n; i++)
			offer(&work[s], (uint64_t)(SKETCH_K + s) << 32 | (uint32_t)round_hash(set[i], SKETCH_K + s));
	}
	for (unsigned s = 0; s < SKETCH_K; s++)
		slots[s] = (uint32_t)work[s] ^ (uint32_t)(work[s] >> 32) * 0x9e3779b1u;
}

/* ---- affine maps ---- */

struct affine {
	uint32_t a[SKETCH_K];
	uint32_t b[SKETCH_K];
};

static void affine_make(struct affine *f)
{
	for (unsigned s = 0; s < SKETCH_K; s++) {
		f->a[s] = (uint32_t)hash_mix64(2 * s) | 1;
		f->b[s] = (uint32_t)hash_mix64(2 * s + 1);
	}
}

static void classic_portable(uint32_t slots[SKETCH_K], const uint64_t *set, size_t n)
{
	struct affine f;

	affine_make(&f);
	memset(slots, 0xff, SKETCH_K * sizeof *slots);
	for (size_t i = 0; i < n; i++) {
		uint32_t x = (uint32_t)(set[i] >> 32);

		for (unsigned s = 0; s < SKETCH_K; s++) {
			uint32_t v = f.a[s] * x + f.b[s];

			slots[s] = v < slots[s] ? v : slots[s];
		}
	}
}

#if defined(__x86_64__)
__attribute__((target("sse4.1"))) static void classic_sse41(uint32_t slots[SKETCH_K], const uint64_t *set, size_t n)
{
	struct affine f;

	affine_make(&f);
	for (unsigned s = 0; s < SKETCH_K; s += 32) { /* eight registers of four */
		__m128i least[8];

		for (unsigned j = 0; j < 8; j++)
			least[j] = _mm_set1_epi32(-1);
		for (size_t i = 0; i < n; i++) {
			__m128i x = _mm_set1_epi32((int)(uint32_t)(set[i] >> 32));

#pragma GCC unroll 8
			for (unsigned j = 0; j < 8; j++) {
				__m128i a = _mm_loadu_si128((const __m128i *)(const void *)(f.a + s + 4 * j));
				__m128i b = _mm_loadu_si128((const __m128i *)(const void *)(f.b + s + 4 * j));

				least[j] = _mm_min_epu32(least[j], _mm_add_epi32(_mm_mullo_epi32(a, x), b));
			}
		}
		for (unsigned j = 0; j < 8; j++)
			_mm_storeu_si128((__m128i *)(void *)(slots + s + 4 * j), least[j]);
	}
}

__attribute__((target("avx2"))) static void classic_avx2(uint32_t slots[SKETCH_K], const uint64_t *set, size_t n)
{
	struct affine f;

	affine_make(&f);
	for (unsigned s = 0; s < SKETCH_K; s += 64) { /* eight registers of eight */
		__m256i least[8];

		for (unsigned j = 0; j < 8; j++)
			least[j] = _mm256_set1_epi32(-1);
		for (size_t i = 0; i < n; i++) {
			__m256i x = _mm256_set1_epi32((int)(uint32_t)(set[i] >> 32));

#pragma GCC unroll 8
			for (unsigned j = 0; j < 8; j++) {
				__m256i a = _mm256_loadu_si256((const __m256i *)(const void *)(f.a + s + 8 * j));
				__m256i b = _mm256_loadu_si256((const __m256i *)(const void *)(f.b + s + 8 * j));

				least[j] = _mm256_min_epu32(least[j], _mm256_add_epi32(_mm256_mullo_epi32(a, x), b));
			}
		}
		for (unsigned j = 0; j < 8; j++)
			_mm256_storeu_si256((__m256i *)(void *)(slots + s + 8 * j), least[j]);
	}
}
#endif

minhash_fn *minhash_kernel(enum minhash_scheme scheme, enum cpu_simd simd)
{
	if (scheme == MINHASH_FAST)
		return minhash_fast;
#if defined(__x86_64__)
	if (simd == CPU_AVX2)
		return classic_avx2;
	if (simd == CPU_SSE41)
		return classic_sse41;
#endif
	(void)simd;
	return classic_portable;
}

unsigned minhash_agree_mask(uint64_t mask[2], const uint32_t *a, const uint32_t *b)
{
	for (unsigned w = 0; w < 2; w++) {
		uint64_t m = 0;

		for (unsigned i = 0; i < 64; i++)
			m |= (uint64_t)(a[64 * w + i] == b[64 * w + i]) << i;
		mask[w] = m;
	}
	return (unsigned)(__builtin_popcountll(mask[0]) + __builtin_popcountll(mask[1]));
}

#if defined(__x86_64__) /* SSE2 is part of the architecture: no choice to make at run time */
unsigned minhash_agree(const uint32_t *a, const uint32_t *b)
{
	__m128i sum = _mm_setzero_si128();
	int32_t lane[4];

	for (unsigned i = 0; i < SKETCH_K; i += 4)
		sum = _mm_sub_epi32(sum, _mm_cmpeq_epi32(_mm_loadu_si128((const __m128i *)(const void *)(a + i)),
							 _mm_loadu_si128((const __m128i *)(const void *)(b + i))));
	_mm_storeu_si128((__m128i *)(void *)lane, sum);
	return (unsigned)(lane[0] + lane[1] + lane[2] + lane[3]);
}
#else
unsigned minhash_agree(const uint32_t *a, const uint32_t *b)
{
	unsigned n = 0;

	for (unsigned i = 0; i < SKETCH_K; i++)
		n += a[i] == b[i];
	return n;
}
#endif
