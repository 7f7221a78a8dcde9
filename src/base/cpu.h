/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which vector instructions to use.  Every kernel has a portable path that gives bit-identical results; TAMIS_SIMD=none|sse4|avx2|avx512
 * in the environment lowers the choice (never raises it above what the processor has), for tests and benchmarks.
 */
#ifndef TAMIS_BASE_CPU_H
#define TAMIS_BASE_CPU_H

/* Ascending: each has all that those before it have.  CPU_AVX512 stands for F, BW, DQ, VL, VBMI and VBMI2 together (Ice Lake, Zen 4). */
enum cpu_simd { CPU_PORTABLE, CPU_SSE41, CPU_AVX2, CPU_AVX512 };

enum cpu_simd cpu_simd(void);
const char *cpu_simd_name(enum cpu_simd level);

#endif
