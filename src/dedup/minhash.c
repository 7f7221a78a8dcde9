/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MinHash kernels: Fast Similarity Sketching, and affine maps for the cross-check. */
#include "dedup/sketch.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

/* ---- Fast Similarity Sketching ----
 *
 * Round r < K sends each shingle to one slot of K and offers it the value (r, random); round K + s sends all to slot s, so that no slot
 * stays empty.  A slot keeps its least value.  Only slots that no earlier round filled can change, so we stop when all are full, and
 * of a later round we look only at the shingles that it sends to such a slot.
 *
 * Shingles are hashes already: round 0 takes slot and value from the shingle as it is, later ones from its product with an odd number of
 * the round's own (multiply-shift; Dietzfelbinger and others 1997).  In round 0 a value of all ones is no offer. */

#define LANES 4u      /* copies of the slots in round 0, so that an offer seldom waits for the one before */
#define FEW 1024u
#define CHUNK 256u
#define ROUND_SALT 0x9e3779b1u
#define INLINE static inline __attribute__((always_inline))

/* Products with `multiplier` of those of `set` whose slot is in `empty`, in order; `out` has room for n + 8. */
typedef size_t pick_fn(uint64_t *out, const uint64_t *set, size_t n, uint64_t multiplier, const uint64_t empty[2]);

static size_t pick_portable(uint64_t *out, const uint64_t *set, size_t n, uint64_t multiplier, const uint64_t empty[2])
{
	size_t found = 0;

	for (size_t i = 0; i < n; i++) {
		uint64_t g = set[i] * multiplier;

		out[found] = g;
		found += empty[g >> 63] >> (g >> 57 & 63) & 1;
	}
	return found;
}

/* Which slots have no offer. */
static void empty_portable(uint64_t out[2], const uint32_t value[SKETCH_K])
{
	out[0] = out[1] = 0;
	for (unsigned s = 0; s < SKETCH_K; s++)
		out[s / 64] |= (uint64_t)(value[s] == UINT32_MAX) << (s % 64);
}

#if defined(__x86_64__)
#define AVX512 __attribute__((target("avx512f,avx512bw,avx512dq,popcnt")))

AVX512 static inline size_t pick_avx512(uint64_t *out, const uint64_t *set, size_t n, uint64_t multiplier,
					const uint64_t empty[2])
{
	const __m512i factor = _mm512_set1_epi64((long long)multiplier), one = _mm512_set1_epi64(1);
	const __m512i low = _mm512_set1_epi64((long long)empty[0]), high = _mm512_set1_epi64((long long)empty[1]);
	size_t found = 0;

	for (size_t i = 0; i < n; i += 8) {
		__mmask8 there = (__mmask8)(n - i < 8 ? (1u << (n - i)) - 1 : 0xff);
		__m512i g = _mm512_mullo_epi64(_mm512_maskz_loadu_epi64(there, set + i), factor);
		__m512i word = _mm512_mask_mov_epi64(low, _mm512_movepi64_mask(g), high);
		/* bits 57 to 62 are the place in the word; a rotation looks at six bits of its count only */
		__m512i bit = _mm512_rorv_epi64(word, _mm512_srli_epi64(g, 57));
		__mmask8 keep = _mm512_mask_test_epi64_mask(there, bit, one);

		_mm512_storeu_si512(out + found, _mm512_maskz_compress_epi64(keep, g));
		found += (size_t)_mm_popcnt_u32(keep);
	}
	return found;
}

AVX512 static inline void empty_avx512(uint64_t out[2], const uint32_t value[SKETCH_K])
{
	out[0] = out[1] = 0;
	for (unsigned s = 0; s < SKETCH_K; s += 16)
		out[s / 64] |= (uint64_t)_mm512_cmpeq_epi32_mask(_mm512_loadu_si512(value + s), _mm512_set1_epi32(-1)) << (s % 64);
}
#endif

static inline void offer(uint32_t *slot, uint32_t value)
{
	*slot = value < *slot ? value : *slot;
}

/* Of many offers most come too late: there a branch that is seldom taken beats a conditional move and its store. */
INLINE void first_round(uint32_t value[SKETCH_K], const uint64_t *set, size_t n)
{
	uint32_t lane[LANES][SKETCH_K];
	size_t lanes = n < SKETCH_K ? 1 : LANES, few = n < FEW ? n : FEW;

	memset(lane, 0xff, lanes * sizeof *lane);
	for (size_t i = 0; i < few; i++)
		offer(&lane[i & (lanes - 1)][set[i] >> 57], (uint32_t)set[i]);
	for (unsigned l = 1; l < lanes; l++)
		for (unsigned s = 0; s < SKETCH_K; s++)
			offer(&lane[0][s], lane[l][s]);
	for (size_t i = few; i < n; i++)
		if (__builtin_expect((uint32_t)set[i] < lane[0][set[i] >> 57], 0))
			lane[0][set[i] >> 57] = (uint32_t)set[i];
	memcpy(value, lane[0], sizeof lane[0]);
}

/* `salt` tells values of different rounds apart. */
INLINE void next_round(uint32_t value[SKETCH_K], uint32_t salt[SKETCH_K], uint64_t empty[2], const uint64_t *set, size_t n,
		       uint32_t round, pick_fn *pick)
{
	uint64_t multiplier = hash_mix64(round) | 1, filled[2] = { 0, 0 };
	uint64_t list[CHUNK + 8];

	for (size_t i = 0; i < n; i += CHUNK) {
		size_t found = pick(list, set + i, n - i < CHUNK ? n - i : CHUNK, multiplier, empty);

		for (size_t k = 0; k < found; k++) {
			uint64_t g = list[k], bit = (uint64_t)1 << (g >> 57 & 63), upper = -(g >> 63);

			offer(&value[g >> 57], (uint32_t)(g >> 25));
			salt[g >> 57] = round * ROUND_SALT;
			filled[0] |= bit & ~upper;
			filled[1] |= bit & upper;
		}
	}
	empty[0] &= ~filled[0];
	empty[1] &= ~filled[1];
}

/* Slot `s` of a set that left it empty in all rounds. */
static void last_round(uint32_t *value, uint32_t *salt, unsigned s, const uint64_t *set, size_t n)
{
	uint64_t multiplier = hash_mix64(SKETCH_K + s) | 1;

	for (size_t i = 0; i < n; i++)
		offer(value, (uint32_t)(set[i] * multiplier >> 25));
	*salt = (SKETCH_K + s) * ROUND_SALT;
}

INLINE void fast(uint32_t slots[SKETCH_K], const uint64_t *set, size_t n, pick_fn *pick,
		 void (*find_empty)(uint64_t *, const uint32_t *))
{
	uint32_t salt[SKETCH_K];
	uint64_t empty[2];

	memset(salt, 0, sizeof salt);
	first_round(slots, set, n);
	find_empty(empty, slots);
	for (uint32_t round = 1; round < SKETCH_K && (empty[0] | empty[1]); round++)
		next_round(slots, salt, empty, set, n, round, pick);
	for (unsigned s = 0; (empty[0] | empty[1]) && s < SKETCH_K; s++)
		if (empty[s / 64] >> (s % 64) & 1)
			last_round(&slots[s], &salt[s], s, set, n);
	for (unsigned s = 0; s < SKETCH_K; s++)
		slots[s] ^= salt[s];
}

static void fast_portable(uint32_t slots[SKETCH_K], const uint64_t *set, size_t n)
{
	fast(slots, set, n, pick_portable, empty_portable);
}

#if defined(__x86_64__)
AVX512 static void fast_avx512(uint32_t slots[SKETCH_K], const uint64_t *set, size_t n)
{
	fast(slots, set, n, pick_avx512, empty_avx512);
}
#endif

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
#if defined(__x86_64__)
	if (scheme == MINHASH_FAST && simd >= CPU_AVX512)
		return fast_avx512;
#endif
	if (scheme == MINHASH_FAST)
		return fast_portable;
#if defined(__x86_64__)
	if (simd >= CPU_AVX2)
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
