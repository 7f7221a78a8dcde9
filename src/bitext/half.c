/* SPDX-License-Identifier: GPL-3.0-or-later */
/* binary16 and bfloat16; see half.h. */
#include "bitext/half.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/cpu.h"

static float of_bits(uint32_t bits)
{
	float f;

	memcpy(&f, &bits, sizeof f);
	return f;
}

static float widen(uint16_t h)
{
	uint32_t sign = (uint32_t)(h & 0x8000) << 16, exponent = (h >> 10) & 31, fraction = h & 0x3FF;

	if (exponent == 0) {
		float f = ldexpf((float)fraction, -24);

		return sign ? -f : f;
	}
	if (exponent == 31)
		return of_bits(sign | 0x7F800000 | fraction << 13);
	return of_bits(sign | (exponent + 112) << 23 | fraction << 13);
}

/* `bits` of a float without its sign, at most 65504 rounded: exponent and fraction move down by 13 bits. */
static uint32_t narrow_magnitude(uint32_t bits)
{
	uint32_t fraction = (bits & 0x7FFFFF) | 0x800000, shift = 13, down;
	int exponent = (int)(bits >> 23) - 112;

	if (exponent < -11)
		return 0;
	if (exponent <= 0) { /* subnormal: the leading one is written out */
		shift += (uint32_t)(1 - exponent);
		exponent = 0;
	} else {
		fraction &= 0x7FFFFF;
	}
	down = (uint32_t)exponent << 10;
	down += fraction >> shift;
	uint32_t rest = fraction & ((1U << shift) - 1), middle = 1U << (shift - 1);

	if (rest > middle || (rest == middle && (down & 1)))
		down++; /* may carry into the exponent, which is right */
	return down < 0x7C00 ? down : 0x7C00;
}

static uint16_t narrow(float f)
{
	uint32_t bits, sign, magnitude;

	memcpy(&bits, &f, sizeof bits);
	sign = bits >> 16 & 0x8000;
	magnitude = bits & 0x7FFFFFFF;
	if (magnitude > 0x7F800000)
		return (uint16_t)(sign | 0x7E00);
	if (magnitude >= 0x47800000)
		return (uint16_t)(sign | 0x7C00);
	return (uint16_t)(sign | narrow_magnitude(magnitude));
}

#if defined(__x86_64__)
#include <immintrin.h>

static bool has_f16c(void)
{
	return cpu_simd() >= CPU_AVX2 && __builtin_cpu_supports("f16c");
}

__attribute__((target("avx,f16c"))) static size_t widen_f16c(float *out, const uint16_t *in, size_t n)
{
	size_t i = 0;

	for (; i + 8 <= n; i += 8)
		_mm256_storeu_ps(out + i, _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)(const void *)(in + i))));
	return i;
}

__attribute__((target("avx,f16c"))) static size_t narrow_f16c(uint16_t *out, const float *in, size_t n)
{
	size_t i = 0;

	for (; i + 8 <= n; i += 8)
		_mm_storeu_si128((__m128i *)(void *)(out + i),
				 _mm256_cvtps_ph(_mm256_loadu_ps(in + i), _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC));
	return i;
}
#else
static bool has_f16c(void)
{
	return false;
}

static size_t widen_f16c(float *out, const uint16_t *in, size_t n)
{
	(void)out, (void)in, (void)n;
	return 0;
}

static size_t narrow_f16c(uint16_t *out, const float *in, size_t n)
{
	(void)out, (void)in, (void)n;
	return 0;
}
#endif

void half_to_float(float *out, const uint16_t *in, size_t n)
{
	for (size_t i = has_f16c() ? widen_f16c(out, in, n) : 0; i < n; i++)
		out[i] = widen(in[i]);
}

void half_from_float(uint16_t *out, const float *in, size_t n)
{
	for (size_t i = has_f16c() ? narrow_f16c(out, in, n) : 0; i < n; i++)
		out[i] = narrow(in[i]);
}

void bfloat_to_float(float *out, const uint16_t *in, size_t n)
{
	for (size_t i = 0; i < n; i++)
		out[i] = of_bits((uint32_t)in[i] << 16);
}
