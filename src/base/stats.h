/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Statistics for people who judge samples.  Pure functions of counts; nothing is random.  Formulas and sources are beside each
 * function in stats*.c; the expected values of the tests come from SciPy and from the formulas written out.
 */
#ifndef TAMIS_BASE_STATS_H
#define TAMIS_BASE_STATS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- one proportion, a sample of fixed size ---- */

/* Wilson score interval (Wilson 1927) of x successes in n; z = 1.959964 for 95 %. n = 0 gives 0..1.  Right on average; for a number
 * looked at while the sample grows use stats_anytime(). */
void stats_wilson(uint64_t x, uint64_t n, double z, double *low, double *high);
/* Clopper-Pearson (1934): never below the nominal coverage 1 - alpha. */
void stats_clopper_pearson(uint64_t x, uint64_t n, double alpha, double *low, double *high);

/* Beta distribution, a and b > 0: P(X <= x), and the x for which that is p.  To 1e-10. */
double stats_beta_cdf(double a, double b, double x);
double stats_beta_quantile(double a, double b, double p);

/* ---- one proportion, looked at after every decision ---- */

/* Log of the e-process against "the proportion is at most m0" (a mixture of 64 likelihood ratios; Ramdas et al. 2023,
 * section 3).  Reaching log(1/alpha) at any time at all proves, with error at most alpha, that the proportion is above m0. */
double stats_evidence(uint64_t x, uint64_t n, double m0);
/* The values of m0 that neither this nor its mirror image has rejected at alpha / 2 each: valid at every n at once. */
void stats_anytime(uint64_t x, uint64_t n, double alpha, double *low, double *high);

/* Wald's sequential test (1947) of a lot: is its rate of defects p0 (fine) or p1 > p0 (too many)?  Error rates: alpha, a fine lot refused;
 * beta, a bad one taken. */
enum stats_answer { STATS_GO_ON, STATS_TAKE, STATS_REFUSE };
enum stats_answer stats_sprt(uint64_t defects, uint64_t n, double p0, double p1, double alpha, double beta);

/* ---- two or more people judging the same items ---- */

/* How two people judged yes or no. */
struct stats_pair {
	uint64_t both_yes, first_only, second_only, both_no;
};
double stats_agreement(const struct stats_pair *t);             /* share of items judged alike; NaN of none */
/* Cohen (1960); `*se` (may be NULL) its approximate standard error.  NaN when chance alone would agree always. */
double stats_kappa(const struct stats_pair *t, double *se);
/* Gwet (2008): does not collapse when nearly everything is accepted. */
double stats_ac1(const struct stats_pair *t);
/* Krippendorff's alpha, nominal.  ratings[unit * raters + rater] is a category below `categories` (at most 32), or STATS_MISSING.
 * NaN when everybody said the same (call that unanimous, not perfect) or no unit was judged twice. */
#define STATS_MISSING 255
double stats_krippendorff(const uint8_t *ratings, size_t units, size_t raters, unsigned categories);

#endif
