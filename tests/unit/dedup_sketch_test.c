/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sketches against theory: bias, variance, probability of a shared band, distance of SimHashes; and path against path. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <unistd.h>

#include "base/hash.h"
#include "dedup/banding.h"
#include "dedup/sketches.h"

static const size_t sizes[] = { 5, 20, 60, 200, 1000 };
#define N_SIZES (sizeof sizes / sizeof *sizes)

/* Two sets of `n` random shingles that share the first `common`. */
static void make_pair(uint64_t *a, uint64_t *b, size_t n, size_t common, uint64_t *seed)
{
	for (size_t i = 0; i < n; i++) {
		a[i] = hash_mix64(++*seed);
		b[i] = i < common ? a[i] : hash_mix64(++*seed);
	}
}

static size_t common_for(size_t n, double j)
{
	return (size_t)lround(2 * (double)n * j / (1 + j));
}

static void every_path_makes_the_same_sketch(void **state)
{
	static const enum cpu_simd level[] = { CPU_PORTABLE, CPU_SSE41, CPU_AVX2, CPU_AVX512 };
	uint64_t set[3000], seed = 7;

	(void)state;
	for (size_t n = 1; n < 3000; n = n * 3 / 2 + 1) {
		uint32_t first[SKETCH_K], other[SKETCH_K];

		for (size_t i = 0; i < n; i++)
			set[i] = hash_mix64(++seed);
		for (int l = 0; l < 4 && level[l] <= cpu_simd(); l++) {
			for (enum minhash_scheme scheme = MINHASH_FAST; scheme <= MINHASH_CLASSIC; scheme++) {
				minhash_kernel(scheme, CPU_PORTABLE)(first, set, n);
				minhash_kernel(scheme, level[l])(other, set, n);
				assert_memory_equal(first, other, sizeof first);
			}
			assert_true(simhash_kernel(level[l])(set, n) == simhash_kernel(CPU_PORTABLE)(set, n));
		}
	}
}

static void signature_does_not_depend_on_the_order_of_shingles(void **state)
{
	uint64_t set[300], back[300], seed = 3;
	uint32_t a[SKETCH_K], b[SKETCH_K];

	(void)state;
	for (size_t i = 0; i < 300; i++)
		set[i] = back[299 - i] = hash_mix64(++seed);
	for (int scheme = 0; scheme < 2; scheme++) {
		minhash_fn *f = minhash_kernel((enum minhash_scheme)scheme, cpu_simd());

		f(a, set, 300);
		f(b, back, 300);
		assert_memory_equal(a, b, sizeof a);
	}
}

struct outcome {
	double mean, variance, band; /* of the share of agreeing slots; share of trials with a common band */
};

static struct outcome try_scheme(enum minhash_scheme scheme, size_t n, size_t common, struct banding banding, int trials,
				 uint64_t seed)
{
	minhash_fn *f = minhash_kernel(scheme, cpu_simd());
	uint64_t a[1000], b[1000];
	double sum = 0, squares = 0;
	int hits = 0;

	for (int t = 0; t < trials; t++) {
		uint32_t x[SKETCH_K], y[SKETCH_K];
		uint64_t mask[2];
		double share;

		make_pair(a, b, n, common, &seed);
		f(x, a, n);
		f(y, b, n);
		share = minhash_agree_mask(mask, x, y) / (double)SKETCH_K;
		assert_int_equal(minhash_agree(x, y), (unsigned)lround(share * SKETCH_K));
		hits += banding_first_match(mask, banding) < banding.bands;
		sum += share;
		squares += share * share;
	}
	sum /= trials;
	return (struct outcome){ sum, squares / trials - sum * sum, (double)hits / trials };
}

/* Bias within 4 standard errors; variance at most a binomial's (+15 % for the sample). */
static void estimates_are_unbiased_and_no_wider_than_binomial(void **state)
{
	const int trials = 1500;

	(void)state;
	for (int scheme = 0; scheme < 2; scheme++)
		for (size_t i = 0; i < N_SIZES; i++)
			for (double wish = 0.3; wish < 0.95; wish += 0.3) {
				size_t common = common_for(sizes[i], wish);
				double j = jaccard(common, sizes[i], sizes[i]);
				double binomial = j * (1 - j) / SKETCH_K;
				struct outcome o = try_scheme((enum minhash_scheme)scheme, sizes[i], common,
							      (struct banding){ 21, 6 }, trials, i * 1000003);

				assert_true(fabs(o.mean - j) <= 4 * sqrt(binomial / trials));
				assert_true(o.variance <= 1.15 * binomial + 1e-12);
			}
}

/* Affine maps follow 1 - (1 - s^r)^b within 4 standard errors; the fast scheme's curve is at least as steep: not less above the middle,
 * not more below it. */
static void bands_meet_as_often_as_theory_says(void **state)
{
	const struct banding b = { 16, 8 };
	const int trials = 2000;

	(void)state;
	for (size_t i = 0; i < N_SIZES; i++)
		for (int high = 0; high < 2; high++) {
			size_t common = common_for(sizes[i], high ? 0.8 : 0.5);
			double p = banding_probability(b, jaccard(common, sizes[i], sizes[i]));
			double error = 4 * sqrt(p * (1 - p) / trials);
			struct outcome classic = try_scheme(MINHASH_CLASSIC, sizes[i], common, b, trials, i * 7919 + 1);
			struct outcome fast = try_scheme(MINHASH_FAST, sizes[i], common, b, trials, i * 7919 + 1);

			assert_true(fabs(classic.band - p) <= error);
			assert_true(p > 0.5 ? fast.band >= p - error : fast.band <= p + error);
		}
}

static void simhash_distance_follows_the_angle(void **state)
{
	const int trials = 1500;
	uint64_t a[1000], b[1000], seed = 11;

	(void)state;
	for (double j = 0.5; j < 0.96; j += 0.1) {
		size_t common = common_for(1000, j);
		double expected = simhash_distance(jaccard(common, 1000, 1000)), sum = 0;
		double p = expected / 64;

		for (int t = 0; t < trials; t++) {
			make_pair(a, b, 1000, common, &seed);
			sum += __builtin_popcountll(simhash_kernel(cpu_simd())(a, 1000) ^ simhash_kernel(cpu_simd())(b, 1000));
		}
		/* the angle's formula is that of a large set: 2 % for 1000 shingles, and chance */
		assert_true(fabs(sum / trials - expected) < 0.02 * expected + 4 * sqrt(64 * p * (1 - p) / trials));
	}
}

static void a_tie_of_bits_is_zero(void **state)
{
	const uint64_t two[2] = { 0xff, 0xf0 };

	(void)state;
	assert_true(simhash_kernel(CPU_PORTABLE)(two, 2) == 0xf0);
	assert_true(simhash_kernel(cpu_simd())(two, 2) == 0xf0);
}

static void chooses_bands_that_reach_the_wanted_recall(void **state)
{
	(void)state;
	for (double t = 0.5; t <= 1; t += 0.05) {
		struct banding b = banding_choose(t, 0.995);

		assert_true(b.bands * b.rows <= SKETCH_K);
		assert_true(banding_probability(b, t) >= 0.995);
	}
	assert_true(fabs(banding_probability((struct banding){ 14, 8 }, 0.8) - 0.924) < 0.001);
	assert_true(fabs(banding_probability((struct banding){ 21, 6 }, 0.7) - 0.928) < 0.001);
}

/* c / (a + b - c) >= T decided in integers: 8 of 10 is 0.8, whatever a double makes of it. */
static void the_threshold_is_exact(void **state)
{
	uint32_t t;

	(void)state;
	assert_int_equal(threshold_parse(&t, "0.8", NULL), 0);
	assert_true(jaccard_reaches(8, 9, 9, t));
	assert_false(jaccard_reaches(7, 8, 9, t));
	assert_int_equal(jaccard_need(9, 9, t), 8);
	for (uint64_t a = 1; a < 60; a++)
		for (uint64_t b = a; b < 60; b++) {
			uint64_t need = jaccard_need(a, b, t);

			assert_true(jaccard_reaches(need, a, b, t));
			assert_true(need == 0 || !jaccard_reaches(need - 1, a, b, t));
		}
	assert_int_equal(threshold_parse(&t, "1.2", NULL), TAMIS_EUSAGE);
	assert_int_equal(threshold_parse(&t, "0", NULL), TAMIS_EUSAGE);
	assert_int_equal(threshold_parse(&t, "nan", NULL), TAMIS_EUSAGE);
}

/* ---- the index file ---- */

static void write_index(const char *path, enum minhash_scheme scheme)
{
	struct sketches s;
	struct hash128 key[3];
	uint32_t slots[SKETCH_K];

	assert_int_equal(sketches_init(&s, 3, (struct shingle_spec){ SHINGLE_WORD, 5 }, scheme, true, NULL), 0);
	for (uint32_t d = 0; d < 3; d++) {
		for (uint32_t i = 0; i < SKETCH_K; i++)
			slots[i] = d * 1000 + i;
		s.fact[d].n_shingles = d + 1;
		key[d] = hash128(&d, sizeof d);
		assert_int_equal(sketches_put(&s, d, slots, NULL), 0);
	}
	assert_int_equal(sketches_save(&s, key, path, NULL), 0);
	sketches_free(&s);
}

static int load_index(const char *path, enum minhash_scheme scheme, uint32_t *slot)
{
	struct sketches s;
	struct hash128 *key;
	uint32_t room[SKETCH_K];
	int rc = sketches_load(&s, &key, path, (struct shingle_spec){ SHINGLE_WORD, 5 }, scheme, NULL);

	if (rc == 0 && slot)
		*slot = sketches_get(&s, 2, room, NULL)[7];
	if (rc == 0) {
		sketches_free(&s);
		free(key);
	}
	return rc;
}

static void index_is_read_back_and_refused_when_it_does_not_fit(void **state)
{
	char path[] = "/tmp/tamis-index-XXXXXX";
	int fd = mkstemp(path);
	uint32_t slot = 0;

	(void)state;
	assert_true(fd >= 0);
	write_index(path, MINHASH_FAST);
	assert_int_equal(load_index(path, MINHASH_FAST, &slot), 0);
	assert_int_equal(slot, 2007);
	assert_int_equal(load_index(path, MINHASH_CLASSIC, NULL), TAMIS_EUNSUPPORTED);
	close(fd);
	fd = -1;
	{
		FILE *f = fopen(path, "r+");

		fseek(f, 100, SEEK_SET);
		fputc('x', f);
		fclose(f);
	}
	assert_int_equal(load_index(path, MINHASH_FAST, NULL), TAMIS_EPARSE);
	write_index(path, MINHASH_FAST);
	assert_int_equal(truncate(path, 700), 0);
	assert_int_equal(load_index(path, MINHASH_FAST, NULL), TAMIS_EPARSE);
	unlink(path);
	assert_int_equal(load_index(path, MINHASH_FAST, NULL), TAMIS_ENOTFOUND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_path_makes_the_same_sketch),
		cmocka_unit_test(signature_does_not_depend_on_the_order_of_shingles),
		cmocka_unit_test(estimates_are_unbiased_and_no_wider_than_binomial),
		cmocka_unit_test(bands_meet_as_often_as_theory_says),
		cmocka_unit_test(simhash_distance_follows_the_angle),
		cmocka_unit_test(a_tie_of_bits_is_zero),
		cmocka_unit_test(chooses_bands_that_reach_the_wanted_recall),
		cmocka_unit_test(the_threshold_is_exact),
		cmocka_unit_test(index_is_read_back_and_refused_when_it_does_not_fit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
