/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Intervals and tests for one proportion. */
#include "base/stats.h"

#include <math.h>

#define MIXTURE 64 /* likelihood ratios in the e-process */

void stats_wilson(uint64_t x, uint64_t n, double z, double *low, double *high)
{
	double p, size = (double)n, centre, half, scale;

	if (n == 0) {
		*low = 0;
		*high = 1;
		return;
	}
	p = (double)x / size;
	scale = 1 + z * z / size;
	centre = (p + z * z / (2 * size)) / scale;
	half = z / scale * sqrt(p * (1 - p) / size + z * z / (4 * size * size));
	*low = x == 0 ? 0 : centre - half;
	*high = x == n ? 1 : centre + half;
}

void stats_clopper_pearson(uint64_t x, uint64_t n, double alpha, double *low, double *high)
{
	double yes = (double)x, no = (double)(n - x);

	*low = x == 0 ? 0 : stats_beta_quantile(yes, no + 1, alpha / 2);
	*high = x == n ? 1 : stats_beta_quantile(yes + 1, no, 1 - alpha / 2);
}

/* Continued fraction of the incomplete beta function by the modified Lentz method (DLMF 8.17.22; Press et al., 6.4). */
static double beta_fraction(double a, double b, double x)
{
	const double tiny = 1e-300;
	double c = 1, d = 1 - (a + b) * x / (a + 1), h;

	d = 1 / (fabs(d) < tiny ? tiny : d);
	h = d;
	for (int m = 1; m < 10000; m++) {
		double k = (double)m, even = k * (b - k) * x / ((a + 2 * k - 1) * (a + 2 * k));
		double odd = -(a + k) * (a + b + k) * x / ((a + 2 * k) * (a + 2 * k + 1)), step;

		d = 1 + even * d;
		c = 1 + even / c;
		d = 1 / (fabs(d) < tiny ? tiny : d);
		c = fabs(c) < tiny ? tiny : c;
		h *= d * c;
		d = 1 + odd * d;
		c = 1 + odd / c;
		d = 1 / (fabs(d) < tiny ? tiny : d);
		c = fabs(c) < tiny ? tiny : c;
		step = d * c;
		h *= step;
		if (fabs(step - 1) < 1e-15)
			break;
	}
	return h;
}

/* lgamma() without its global `signgam`. */
static double log_gamma(double x)
{
	int sign;

	return lgamma_r(x, &sign);
}

double stats_beta_cdf(double a, double b, double x)
{
	double front;

	if (x <= 0 || x >= 1)
		return x <= 0 ? 0 : 1;
	front = exp(log_gamma(a + b) - log_gamma(a) - log_gamma(b) + a * log(x) + b * log1p(-x));
	if (x < (a + 1) / (a + b + 2))
		return front * beta_fraction(a, b, x) / a;
	return 1 - front * beta_fraction(b, a, 1 - x) / b;
}

double stats_beta_quantile(double a, double b, double p)
{
	double low = 0, high = 1;

	if (p <= 0 || p >= 1)
		return p <= 0 ? 0 : 1;
	while (high - low > 1e-16 && high - low > 1e-14 * low) {
		double middle = (low + high) / 2;

		if (middle <= low || middle >= high)
			break;
		if (stats_beta_cdf(a, b, middle) < p)
			low = middle;
		else
			high = middle;
	}
	return (low + high) / 2;
}

/* E = 1/K sum_j (g_j / m0)^x ((1 - g_j) / (1 - m0))^(n - x), g_j spread evenly above m0.  Summed in logs. */
double stats_evidence(uint64_t x, uint64_t n, double m0)
{
	double term[MIXTURE], largest = -INFINITY, sum = 0, yes = (double)x, no = (double)(n - x);

	if (m0 <= 0)
		return x > 0 ? INFINITY : 0;
	if (m0 >= 1)
		return -INFINITY;
	for (int j = 0; j < MIXTURE; j++) {
		double g = m0 + (1 - m0) * ((double)j + 0.5) / MIXTURE;

		term[j] = yes * log(g / m0) + no * log((1 - g) / (1 - m0));
		largest = term[j] > largest ? term[j] : largest;
	}
	for (int j = 0; j < MIXTURE; j++)
		sum += exp(term[j] - largest);
	return largest + log(sum / MIXTURE);
}

/* The largest m0 that is rejected: evidence against m0 falls as m0 grows. */
static double rejected_below(uint64_t x, uint64_t n, double alpha)
{
	double low = 0, high = n > 0 ? (double)x / (double)n : 0, wanted = log(1 / alpha);

	if (x == 0)
		return 0;
	for (int i = 0; i < 60; i++) {
		double middle = (low + high) / 2;

		if (stats_evidence(x, n, middle) >= wanted)
			low = middle;
		else
			high = middle;
	}
	return low;
}

void stats_anytime(uint64_t x, uint64_t n, double alpha, double *low, double *high)
{
	*low = rejected_below(x, n, alpha / 2);
	*high = 1 - rejected_below(n - x, n, alpha / 2);
}

enum stats_answer stats_sprt(uint64_t defects, uint64_t n, double p0, double p1, double alpha, double beta)
{
	double ratio = (double)defects * log(p1 / p0) + (double)(n - defects) * log((1 - p1) / (1 - p0));

	if (ratio >= log((1 - beta) / alpha))
		return STATS_REFUSE;
	if (ratio <= log(beta / (1 - alpha)))
		return STATS_TAKE;
	return STATS_GO_ON;
}
