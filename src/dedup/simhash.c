/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SimHash kernels: counting, for each of 64 bits, how many of the set's hashes have it. */
#include "dedup/sketch.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

static uint64_t majority(const uint32_t count[64], size_t n)
{
	uint64_t bits = 0;

	for (unsigned i = 0; i < 64; i++)
		bits |= (uint64_t)(2 * (uint64_t)count[i] > n) << i;
	return bits;
}

/* Vertical counters: plane p holds bit p of all 64 counts, and adding a hash is a ripple of carries, two on average. */
static uint64_t simhash_portable(const uint64_t *set, size_t n)
{
	uint64_t plane[32] = { 0 };
	uint32_t count[64] = { 0 };

	for (size_t i = 0; i < n; i++) {
		uint64_t carry = set[i];

		for (unsigned p = 0; carry && p < 32; p++) {
			uint64_t next = plane[p] & carry;

			plane[p] ^= carry;
			carry = next;
		}
	}
	for (unsigned p = 0; p < 32; p++)
		for (unsigned i = 0; i < 64; i++)
			count[i] += (uint32_t)(plane[p] >> i & 1) << p;
	return majority(count, n);
}

#if defined(__x86_64__)
/* Byte i of `bytes` becomes 0xff where bit i of the 32-bit half in `v` is set. */
__attribute__((target("avx2"))) static inline __m256i spread(__m256i v, __m256i pick, __m256i bit)
{
	return _mm256_cmpeq_epi8(_mm256_and_si256(_mm256_shuffle_epi8(v, pick), bit), bit);
}

__attribute__((target("avx2"))) static uint64_t simhash_avx2(const uint64_t *set, size_t n)
{
	const __m256i bit = _mm256_set1_epi64x((long long)0x8040201008040201u);
	const __m256i low = _mm256_setr_epi8(0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 3,
					     3, 3, 3, 3, 3, 3, 3);
	const __m256i high = _mm256_add_epi8(low, _mm256_set1_epi8(4));
	uint32_t count[64] = { 0 };

	for (size_t i = 0; i < n;) {
		size_t stop = i + 255 < n ? i + 255 : n; /* a byte counts to 255 */
		__m256i a = _mm256_setzero_si256(), b = a;
		uint8_t bytes[64];

		for (; i < stop; i++) {
			__m256i v = _mm256_set1_epi64x((long long)set[i]);

			a = _mm256_sub_epi8(a, spread(v, low, bit));
			b = _mm256_sub_epi8(b, spread(v, high, bit));
		}
		_mm256_storeu_si256((__m256i *)(void *)bytes, a);
		_mm256_storeu_si256((__m256i *)(void *)(bytes + 32), b);
		for (unsigned j = 0; j < 64; j++)
			count[j] += bytes[j];
	}
	return majority(count, n);
}

/* A hash is a mask of 64 byte counters.  Four sets of counters, so that none waits for the sum before. */
__attribute__((target("avx512f,avx512bw"))) static uint64_t simhash_avx512(const uint64_t *set, size_t n)
{
	const __m512i one = _mm512_set1_epi8(1);
	uint32_t count[64] = { 0 };

	for (size_t i = 0; i < n;) {
		size_t stop = i + 4 * 255 < n ? i + 4 * 255 : n; /* a byte counts to 255 */
		__m512i sum[4];
		uint8_t bytes[4][64];

		for (int k = 0; k < 4; k++)
			sum[k] = _mm512_setzero_si512();
		for (; i + 4 <= stop; i += 4)
			for (int k = 0; k < 4; k++)
				sum[k] = _mm512_mask_add_epi8(sum[k], (__mmask64)set[i + (size_t)k], sum[k], one);
		for (; i < stop; i++)
			sum[i & 3] = _mm512_mask_add_epi8(sum[i & 3], (__mmask64)set[i], sum[i & 3], one);
		for (int k = 0; k < 4; k++)
			_mm512_storeu_si512(bytes[k], sum[k]);
		for (unsigned j = 0; j < 64; j++)
			count[j] += (uint32_t)bytes[0][j] + bytes[1][j] + bytes[2][j] + bytes[3][j];
	}
	return majority(count, n);
}
#endif

simhash_fn *simhash_kernel(enum cpu_simd simd)
{
#if defined(__x86_64__)
	if (simd >= CPU_AVX512)
		return simhash_avx512;
	if (simd >= CPU_AVX2)
		return simhash_avx2;
#endif
	(void)simd;
	return simhash_portable;
}
