/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How far people agree, beyond what chance would make them. */
#include <math.h>

#include "base/stats.h"

#define CATEGORIES_MAX 32

static double total(const struct stats_pair *t)
{
	return (double)t->both_yes + (double)t->first_only + (double)t->second_only + (double)t->both_no;
}

double stats_agreement(const struct stats_pair *t)
{
	double n = total(t);

	return n > 0 ? ((double)t->both_yes + (double)t->both_no) / n : NAN;
}

double stats_kappa(const struct stats_pair *t, double *se)
{
	double n = total(t), agreed = stats_agreement(t);
	double first = ((double)t->both_yes + (double)t->first_only) / n;
	double second = ((double)t->both_yes + (double)t->second_only) / n;
	double chance = first * second + (1 - first) * (1 - second);

	if (se)
		*se = NAN;
	if (!(n > 0) || chance >= 1)
		return NAN;
	if (se)
		*se = sqrt(agreed * (1 - agreed) / n) / (1 - chance);
	return (agreed - chance) / (1 - chance);
}

double stats_ac1(const struct stats_pair *t)
{
	double n = total(t), yes, chance;

	if (!(n > 0))
		return NAN;
	yes = (2 * (double)t->both_yes + (double)t->first_only + (double)t->second_only) / (2 * n);
	chance = 2 * yes * (1 - yes);
	return (stats_agreement(t) - chance) / (1 - chance);
}

/* Counts of each category in one unit; returns how many rated it. */
static unsigned count_unit(const uint8_t *ratings, size_t raters, unsigned categories, unsigned count[CATEGORIES_MAX])
{
	unsigned rated = 0;

	for (unsigned c = 0; c < categories; c++)
		count[c] = 0;
	for (size_t r = 0; r < raters; r++) {
		if (ratings[r] >= categories)
			continue;
		count[ratings[r]]++;
		rated++;
	}
	return rated;
}

/* alpha = 1 - Do / De (Krippendorff 2011, "Computing Krippendorff's alpha-reliability", nominal metric). */
double stats_krippendorff(const uint8_t *ratings, size_t units, size_t raters, unsigned categories)
{
	double n = 0, observed = 0, expected = 0, of[CATEGORIES_MAX] = { 0 };

	if (categories > CATEGORIES_MAX)
		return NAN;
	for (size_t u = 0; u < units; u++) {
		unsigned count[CATEGORIES_MAX], rated = count_unit(ratings + u * raters, raters, categories, count);
		double alike = 0, pairs = (double)rated * ((double)rated - 1);

		if (rated < 2)
			continue;
		for (unsigned c = 0; c < categories; c++) {
			alike += (double)count[c] * ((double)count[c] - 1);
			of[c] += count[c];
		}
		observed += (pairs - alike) / (rated - 1);
		n += rated;
	}
	expected = n * n;
	for (unsigned c = 0; c < categories; c++)
		expected -= of[c] * of[c];
	if (!(expected > 0))
		return NAN;
	return 1 - (observed / n) / (expected / (n * (n - 1)));
}
