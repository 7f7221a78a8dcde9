/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Truth: the C library's qsort(). */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/error.h"
#include "base/hash.h"
#include "base/sort.h"

static int by_value(const void *x, const void *y)
{
	const uint64_t *a = x, *b = y;

	return *a < *b ? -1 : *a > *b;
}

static void assert_sorts(size_t n, uint64_t mask)
{
	uint64_t *mine = xcalloc(n + 1, sizeof *mine), *theirs = xcalloc(n + 1, sizeof *theirs);

	for (size_t i = 0; i < n; i++)
		mine[i] = theirs[i] = hash_mix64(i) & mask;
	sort_u64_in_place(mine, n);
	qsort(theirs, n, sizeof *theirs, by_value);
	assert_memory_equal(mine, theirs, n * sizeof *mine);
	free(mine);
	free(theirs);
}

static void sorts_as_the_c_library_does(void **state)
{
	static const uint64_t masks[] = { UINT64_MAX, 0, 1, 0xff, 0xff00, UINT64_MAX << 56, 0x8000000000000001u };

	(void)state;
	for (size_t i = 0; i < sizeof masks / sizeof *masks; i++) {
		assert_sorts(0, masks[i]);
		assert_sorts(1, masks[i]);
		assert_sorts(2, masks[i]);
		assert_sorts(25, masks[i]);
		assert_sorts(4096, masks[i]);
		assert_sorts(100003, masks[i]);
	}
}

static void pairs_become_places_and_ties_keep_their_order(void **state)
{
	uint64_t *pairs = xcalloc(5, sizeof *pairs);
	const uint32_t by[] = { 7, UINT32_MAX, 7, 0, 7 }, expected[] = { 3, 0, 2, 4, 1 };
	uint32_t *places;

	(void)state;
	for (uint32_t i = 0; i < 5; i++)
		pairs[i] = sort_pair(by[i], i);
	sort_u64_in_place(pairs, 5);
	places = sort_pairs_to_places(pairs, 5);
	assert_memory_equal(places, expected, sizeof expected);
	free(places);
}

static void floats_become_numbers_in_the_same_order(void **state)
{
	static const float ascending[] = { -INFINITY, -1e30F, -1, -1e-40F, 0, 1e-40F, .5F, 1, 3e38F, INFINITY, NAN };

	(void)state;
	for (size_t i = 1; i < sizeof ascending / sizeof *ascending; i++)
		assert_true(sort_by_float(ascending[i - 1]) < sort_by_float(ascending[i]));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(sorts_as_the_c_library_does),
		cmocka_unit_test(pairs_become_places_and_ties_keep_their_order),
		cmocka_unit_test(floats_become_numbers_in_the_same_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
