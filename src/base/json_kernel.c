/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finding the end of a run of plain string bytes: eight bytes at a time in portable C, 32 with AVX2. */
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
	if (cpu_simd() == CPU_AVX2)
		fn = json_plain_avx2;
#endif
	atomic_store_explicit(&chosen, fn, memory_order_relaxed);
	return fn;
}
