/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Expected values: SciPy 1.10.1 (scipy.stats.beta.ppf, .cdf) for the Beta distribution and the exact intervals; the formulas written out
 * in Python for Wilson, kappa and AC1; published examples where named. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/stats.h"

#define NEAR(a, b, tolerance)                                                    \
	do {                                                                     \
		double left_ = (a), right_ = (b);                                \
		if (!(fabs(left_ - right_) <= (tolerance)))                      \
			fail_msg("%s is %.13g, expected %.13g", #a, left_, right_); \
	} while (0)

static void intervals_are_those_of_the_formulas(void **state)
{
	static const struct {
		uint64_t x, n;
		double wilson[2], exact[2];
	} rows[] = {
		{ 0, 10, { 0.000000000000, 0.277532799863 }, { 0.000000000000, 0.308497107819 } },
		{ 1, 10, { 0.017876213095, 0.404150026795 }, { 0.002528578544, 0.445016117028 } },
		{ 10, 10, { 0.722467200137, 1.000000000000 }, { 0.691502892181, 1.000000000000 } },
		{ 45, 50, { 0.786397685625, 0.956524235068 }, { 0.781864633566, 0.966724906411 } },
		{ 93, 100, { 0.862504852609, 0.965680738933 }, { 0.861080271544, 0.971394711093 } },
		{ 470, 500, { 0.915638936875, 0.957651643519 }, { 0.915451446292, 0.959155818237 } },
		{ 9990, 10000, { 0.998160055613, 0.999456714014 }, { 0.998161735866, 0.999520360276 } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		double low, high;

		stats_wilson(rows[i].x, rows[i].n, 1.959963984540054, &low, &high);
		NEAR(low, rows[i].wilson[0], 1e-9);
		NEAR(high, rows[i].wilson[1], 1e-9);
		stats_clopper_pearson(rows[i].x, rows[i].n, 0.05, &low, &high);
		NEAR(low, rows[i].exact[0], 1e-9);
		NEAR(high, rows[i].exact[1], 1e-9);
	}
}

static void nothing_judged_leaves_everything_open(void **state)
{
	double low, high;

	(void)state;
	stats_wilson(0, 0, 1.96, &low, &high);
	NEAR(low, 0, 0);
	NEAR(high, 1, 0);
	stats_clopper_pearson(0, 0, 0.05, &low, &high);
	NEAR(low, 0, 0);
	NEAR(high, 1, 0);
	stats_anytime(0, 0, 0.05, &low, &high);
	NEAR(low, 0, 0);
	NEAR(high, 1, 0);
}

static void beta_distribution_is_that_of_scipy(void **state)
{
	static const struct {
		double a, b, p, quantile, cdf_below; /* at 0.9 of the quantile */
	} rows[] = {
		{ 0.5, 0.5, 0.1, 0.024471741852, 0.094828972128 },
		{ 1, 1, 0.3, 0.300000000000, 0.270000000000 },
		{ 2, 5, 0.025, 0.043271868293, 0.020489028458 },
		{ 93.5, 7.5, 0.025, 0.867490776035, 0.000026902205 },
		{ 93.5, 7.5, 0.975, 0.968145040931, 0.031857749609 },
		{ 1000, 3, 0.5, 0.997332174581, 0.000000000000 },
		{ 9990.5, 10.5, 0.025, 0.998226786979, 0.000000000000 },
		{ 0.7, 300, 0.9, 0.005842885791, 0.878026298207 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		double q = stats_beta_quantile(rows[i].a, rows[i].b, rows[i].p);

		NEAR(q, rows[i].quantile, 1e-9);
		NEAR(stats_beta_cdf(rows[i].a, rows[i].b, 0.9 * q), rows[i].cdf_below, 1e-9);
		NEAR(stats_beta_cdf(rows[i].a, rows[i].b, q), rows[i].p, 1e-9);
	}
}

static void evidence_is_the_mixture_of_likelihood_ratios(void **state)
{
	(void)state;
	NEAR(stats_evidence(0, 0, 0.5), 0, 1e-9);
	NEAR(stats_evidence(88, 88, 0.95), 3.010243509437, 1e-9);
	NEAR(stats_evidence(241, 245, 0.95), 3.027342987950, 1e-9);
	NEAR(stats_evidence(60, 100, 0.5), 0.579005071443, 1e-9);
	NEAR(stats_evidence(40, 100, 0.5), -3.173968829195, 1e-9);
}

/* 88 accepted in a row prove more than 95 % at alpha 0.05; 87 do not. */
static void the_first_88_good_ones_are_enough_for_95_percent(void **state)
{
	(void)state;
	assert_true(stats_evidence(88, 88, 0.95) >= log(20));
	assert_true(stats_evidence(87, 87, 0.95) < log(20));
}

static void anytime_interval_holds_the_estimate_and_is_wider_than_wilson(void **state)
{
	(void)state;
	for (uint64_t n = 1; n <= 300; n += 7) {
		for (uint64_t x = 0; x <= n; x += 1 + n / 9) {
			double low, high, wilson_low, wilson_high, p = (double)x / (double)n;

			stats_anytime(x, n, 0.05, &low, &high);
			stats_wilson(x, n, 1.959963984540054, &wilson_low, &wilson_high);
			assert_true(low <= p && p <= high && low >= 0 && high <= 1);
			assert_true(high - low >= wilson_high - wilson_low - 0.05);
		}
	}
}

static uint64_t seed = 1;

static double uniform(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (double)(seed >> 11) * 0x1p-53;
}

/* True rate exactly m0, looked at after each of 300 decisions: a false claim in at most 5 % of runs (Wilson: about 20 %). */
static void looking_after_every_decision_does_not_break_the_guarantee(void **state)
{
	int claims = 0, runs = 2000;

	(void)state;
	for (int run = 0; run < runs; run++) {
		uint64_t x = 0;

		for (uint64_t n = 1; n <= 300; n++) {
			x += uniform() < 0.9;
			if (n % 10 == 0 && stats_evidence(x, n, 0.9) >= log(20)) {
				claims++;
				break;
			}
		}
	}
	assert_true(claims <= runs * 5 / 100);
}

/* Bounds at alpha 0.05, beta 0.10: 2.890 and -2.251 (log of Wald's A and B). */
static void sequential_test_stops_where_wald_says(void **state)
{
	uint64_t n = 0;

	(void)state;
	while (stats_sprt(0, n, 0.01, 0.05, 0.05, 0.10) == STATS_GO_ON)
		n++;
	assert_int_equal(n, 55); /* ceil(2.251 / -ln(0.95 / 0.99)) */
	assert_int_equal(stats_sprt(0, n, 0.01, 0.05, 0.05, 0.10), STATS_TAKE);
	assert_int_equal(stats_sprt(2, 2, 0.01, 0.05, 0.05, 0.10), STATS_REFUSE);
	assert_int_equal(stats_sprt(1, 1, 0.01, 0.05, 0.05, 0.10), STATS_GO_ON);
}

static void agreement_survives_the_prevalence_paradox(void **state)
{
	static const struct {
		struct stats_pair t;
		double agreed, kappa, se, ac1;
	} rows[] = {
		{ { 940, 25, 25, 10 }, 0.95, 0.259807549963, 0.102028488172, 0.946377821867 },
		{ { 470, 25, 25, 480 }, 0.95, 0.899989999000, 0.013785427295, 0.900009999000 },
		{ { 20, 5, 10, 15 }, 0.70, 0.400000000000, 0.129614813968, 0.405940594059 },
	};
	const struct stats_pair unanimous = { 12, 0, 0, 0 }, none = { 0, 0, 0, 0 };

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		double se;

		NEAR(stats_agreement(&rows[i].t), rows[i].agreed, 1e-9);
		NEAR(stats_kappa(&rows[i].t, &se), rows[i].kappa, 1e-9);
		NEAR(se, rows[i].se, 1e-9);
		NEAR(stats_ac1(&rows[i].t), rows[i].ac1, 1e-9);
	}
	assert_true(isnan(stats_kappa(&unanimous, NULL)));
	NEAR(stats_ac1(&unanimous), 1, 0);
	assert_true(isnan(stats_agreement(&none)) && isnan(stats_ac1(&none)) && isnan(stats_kappa(&none, NULL)));
}

/* Krippendorff 2011, four observers, twelve units: nominal alpha 0.743. */
static void krippendorff_reproduces_the_published_example(void **state)
{
	enum { X = STATS_MISSING };
	static const uint8_t by_observer[4][12] = {
		{ 1, 2, 3, 3, 2, 1, 4, 1, 2, X, X, X },
		{ 1, 2, 3, 3, 2, 2, 4, 1, 2, 5, X, 3 },
		{ X, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, X },
		{ 1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, X },
	};
	uint8_t by_unit[12 * 4];
	const uint8_t same[] = { 1, 1, 1, 1 }, once[] = { 1, X, 0, X };

	(void)state;
	for (size_t u = 0; u < 12; u++)
		for (size_t o = 0; o < 4; o++)
			by_unit[u * 4 + o] = by_observer[o][u];
	NEAR(stats_krippendorff(by_unit, 12, 4, 6), 0.743, 5e-4);
	assert_true(isnan(stats_krippendorff(same, 2, 2, 2)));
	assert_true(isnan(stats_krippendorff(once, 2, 2, 2)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(intervals_are_those_of_the_formulas),
		cmocka_unit_test(nothing_judged_leaves_everything_open),
		cmocka_unit_test(beta_distribution_is_that_of_scipy),
		cmocka_unit_test(evidence_is_the_mixture_of_likelihood_ratios),
		cmocka_unit_test(the_first_88_good_ones_are_enough_for_95_percent),
		cmocka_unit_test(anytime_interval_holds_the_estimate_and_is_wider_than_wilson),
		cmocka_unit_test(looking_after_every_decision_does_not_break_the_guarantee),
		cmocka_unit_test(sequential_test_stops_where_wald_says),
		cmocka_unit_test(agreement_survives_the_prevalence_paradox),
		cmocka_unit_test(krippendorff_reproduces_the_published_example),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
