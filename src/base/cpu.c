/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Choice of the vector path at run time. */
#include "base/cpu.h"

#include <stdlib.h>
#include <string.h>

static enum cpu_simd best(void)
{
#if defined(__x86_64__)
	__builtin_cpu_init();
	if (!__builtin_cpu_supports("sse4.1"))
		return CPU_PORTABLE;
	if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("bmi") || !__builtin_cpu_supports("bmi2"))
		return CPU_SSE41;
	if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
	    __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512vbmi") && __builtin_cpu_supports("avx512vbmi2"))
		return CPU_AVX512;
	return CPU_AVX2;
#else
	return CPU_PORTABLE;
#endif
}

enum cpu_simd cpu_simd(void)
{
	static const char *const cap_name[] = { "none", "sse4", "avx2" };
	const char *cap = getenv("TAMIS_SIMD");
	enum cpu_simd level = best();

	for (unsigned i = 0; cap && i < sizeof cap_name / sizeof *cap_name; i++)
		if (strcmp(cap, cap_name[i]) == 0 && level > (enum cpu_simd)i)
			level = (enum cpu_simd)i;
	return level;
}

const char *cpu_simd_name(enum cpu_simd level)
{
	switch (level) {
	case CPU_AVX512: return "avx512";
	case CPU_AVX2: return "avx2";
	case CPU_SSE41: return "sse4.1";
	default: return "portable";
	}
}
