/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Choice of the vector path at run time. */
#include "base/cpu.h"

#include <stdlib.h>
#include <string.h>

enum cpu_simd cpu_simd(void)
{
	const char *cap = getenv("TAMIS_SIMD");
	enum cpu_simd level = CPU_PORTABLE;

#if defined(__x86_64__)
	__builtin_cpu_init();
	if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi"))
		level = CPU_AVX2;
	else if (__builtin_cpu_supports("sse4.1"))
		level = CPU_SSE41;
#endif
	if (cap && strcmp(cap, "none") == 0)
		return CPU_PORTABLE;
	if (cap && strcmp(cap, "sse4") == 0 && level > CPU_SSE41)
		return CPU_SSE41;
	return level;
}

const char *cpu_simd_name(enum cpu_simd level)
{
	switch (level) {
	case CPU_AVX2: return "avx2";
	case CPU_SSE41: return "sse4.1";
	default: return "portable";
	}
}
