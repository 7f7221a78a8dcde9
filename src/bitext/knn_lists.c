/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The k best while products come in; see knn_lists.h. */
#include "bitext/knn_lists.h"

#include "base/cpu.h"

float knn_list_insert(struct neighbour *list, unsigned k, float s, uint32_t i)
{
	unsigned at = k - 1;

	if (list[at].s > s || (!(list[at].s < s) && list[at].i <= i))
		return list[at].s;
	while (at > 0 && (list[at - 1].s < s || (!(list[at - 1].s > s) && list[at - 1].i > i))) {
		list[at] = list[at - 1];
		at--;
	}
	list[at] = (struct neighbour){ s, i };
	return list[k - 1].s;
}

void knn_lists_clear(struct neighbour *best, size_t n)
{
	for (size_t i = 0; i < n; i++)
		best[i] = (struct neighbour){ -2, UINT32_MAX };
}

/* ---- what may enter ---- */

static size_t hits_portable(uint32_t *hits, const float *products, float least, const float *leasts, size_t n)
{
	size_t found = 0;

	for (size_t c = 0; c < n; c++)
		if (products[c] >= least || products[c] >= leasts[c])
			hits[found++] = (uint32_t)c;
	return found;
}

#if defined(__x86_64__)
#include <immintrin.h>

#define TARGET __attribute__((target("avx2,bmi")))

TARGET static inline __m256 reaches(const float *products, const float *leasts, __m256 least)
{
	__m256 bar = _mm256_min_ps(least, _mm256_loadu_ps(leasts));

	return _mm256_cmp_ps(_mm256_loadu_ps(products), bar, _CMP_GE_OQ);
}

TARGET static inline size_t put_hits(uint32_t *hits, __m256 mask, size_t at)
{
	size_t found = 0;

	for (uint32_t bits = (uint32_t)_mm256_movemask_ps(mask); bits; bits &= bits - 1)
		hits[found++] = (uint32_t)at + (uint32_t)__builtin_ctz(bits);
	return found;
}

TARGET static size_t hits_avx2(uint32_t *hits, const float *products, float least, const float *leasts, size_t n)
{
	__m256 row = _mm256_set1_ps(least);
	size_t found = 0, c = 0;

	for (; c + 32 <= n; c += 32) {
		__m256 m[4];

		for (size_t j = 0; j < 4; j++)
			m[j] = reaches(products + c + 8 * j, leasts + c + 8 * j, row);
		if (!_mm256_movemask_ps(_mm256_or_ps(_mm256_or_ps(m[0], m[1]), _mm256_or_ps(m[2], m[3]))))
			continue;
		for (size_t j = 0; j < 4; j++)
			found += put_hits(hits + found, m[j], c + 8 * j);
	}
	for (; c < n; c++)
		if (products[c] >= least || products[c] >= leasts[c])
			hits[found++] = (uint32_t)c;
	return found;
}

__attribute__((target("avx512f"))) static size_t hits_avx512(uint32_t *hits, const float *products, float least, const float *leasts,
							      size_t n)
{
	__m512 row = _mm512_set1_ps(least);
	size_t found = 0, c = 0;

	for (; c + 64 <= n; c += 64) {
		uint64_t bits = 0;

		for (size_t j = 0; j < 4; j++) {
			__m512 bar = _mm512_min_ps(row, _mm512_loadu_ps(leasts + c + 16 * j));

			bits |= (uint64_t)_mm512_cmp_ps_mask(_mm512_loadu_ps(products + c + 16 * j), bar, _CMP_GE_OQ) << 16 * j;
		}
		for (; bits; bits &= bits - 1)
			hits[found++] = (uint32_t)c + (uint32_t)__builtin_ctzll(bits);
	}
	for (; c < n; c++)
		if (products[c] >= least || products[c] >= leasts[c])
			hits[found++] = (uint32_t)c;
	return found;
}

knn_hits_fn *knn_hits(void)
{
	return cpu_simd() >= CPU_AVX512 ? hits_avx512 : cpu_simd() >= CPU_AVX2 ? hits_avx2 : hits_portable;
}
#else
knn_hits_fn *knn_hits(void)
{
	return hits_portable;
}
#endif

void knn_take_row(struct neighbour *list, unsigned k, const struct knn_lists *columns, const float *products, uint32_t row,
		  uint32_t from, size_t n, uint32_t *hits, knn_hits_fn *find)
{
	float least = list[k - 1].s;
	size_t found = find(hits, products, least, columns->least, n);

	for (size_t i = 0; i < found; i++) {
		uint32_t c = hits[i];
		float s = products[c];

		if (s >= least)
			least = knn_list_insert(list, k, s, from + c);
		if (s >= columns->least[c]) {
			float last = knn_list_insert(columns->best + (size_t)c * columns->k, columns->k, s, row);

			if (last > columns->least[c])
				columns->least[c] = last;
		}
	}
}

void knn_take_members(struct neighbour *list, unsigned k, const float *products, const uint32_t *members, const float *never,
		      size_t n, uint32_t *hits, knn_hits_fn *find)
{
	float least = list[k - 1].s;
	size_t found = find(hits, products, least, never, n);

	for (size_t i = 0; i < found; i++)
		if (products[hits[i]] >= least)
			least = knn_list_insert(list, k, products[hits[i]], members[hits[i]]);
}
