/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A fuzz target is one function over bytes, in tests/fuzz/NAME_fuzz.c:
 *
 *	int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
 *	{
 *		... feed the parser; abort() or assert() when a promise is broken ...
 *		return 0;
 *	}
 *
 * Its seeds, small files or files made by code, lie in tests/fuzz/seeds/NAME/ (a target may do without).  In tests/local.am append
 * "tests/fuzz/NAME_fuzz" to FUZZ_TARGETS, and the target's _SOURCES (with $(FUZZ_DRIVER)) and _LDADD.
 *
 * tests/fuzz/driver.c is its main(): it runs every seed, then changed copies of them for TAMIS_FUZZ_SECONDS (1), keeping
 * what reaches new code when built with --enable-sanitizers=address,… (which counts edges).  The same function also links
 * with libFuzzer.  By hand:
 *
 *	tests/fuzz/NAME_fuzz FILE…                        run these once
 *	tests/fuzz/NAME_fuzz -seconds=60 -seed=7 SEEDS/   and search for a minute
 *
 * An input that crashes, or takes over ten seconds, is left in fuzz-NAME-crash.
 */
#ifndef TAMIS_TESTS_FUZZ_DRIVER_H
#define TAMIS_TESTS_FUZZ_DRIVER_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A function that edges aren't counted in. */
#ifdef __clang__
#define UNCOUNTED __attribute__((no_sanitize("coverage")))
#else
#define UNCOUNTED __attribute__((no_sanitize_coverage))
#endif

/* Called at each edge of instrumented code, when set (tests/fuzz/coverage.c). */
extern void (*fuzz_edge)(uintptr_t pc);

#endif
