/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bands, thresholds and the theory of both methods. */
#include "dedup/banding.h"

#include <math.h>
#include <stdio.h>

#include "base/i18n.h"

int banding_parse(struct banding *out, const char *text, struct error *err)
{
	unsigned b, r;
	char more;

	if (sscanf(text, "%ux%u%c", &b, &r, &more) != 2 || b < 1 || r < 1 || b > SKETCH_K || r > SKETCH_K ||
	    b * r > SKETCH_K)
		return error_set(err, TAMIS_EUSAGE,
				 _("'%s' is no banding: write BANDSxROWS with a product of at most %u, such as 21x6"),
				 text, SKETCH_K);
	*out = (struct banding){ b, r };
	return 0;
}

int threshold_parse(uint32_t *out, const char *text, struct error *err)
{
	char *end;
	double t = strtod(text, &end);

	if (end != text && *end == '%') {
		t /= 100;
		end++;
	}
	if (end == text || *end || !(t > 0 && t <= 1))
		return error_set(err, TAMIS_EUSAGE, _("'%s' is no threshold: write a similarity over 0 and up to 1, such as 0.8"),
				 text);
	*out = (uint32_t)lround(t * THRESHOLD_ONE);
	if (*out == 0)
		*out = 1;
	return 0;
}

double banding_probability(struct banding b, double similarity)
{
	return 1 - pow(1 - pow(similarity, b.rows), b.bands);
}

/* Integral of the S-curve from 0 to `threshold`, by the midpoint rule. */
static double area_below(struct banding b, double threshold)
{
	enum { STEPS = 200 };
	double sum = 0;

	for (int i = 0; i < STEPS; i++)
		sum += banding_probability(b, threshold * (i + 0.5) / STEPS);
	return sum * threshold / STEPS;
}

struct banding banding_choose(double threshold, double recall)
{
	struct banding best = { SKETCH_K, 1 };
	double best_area = 2;

	for (unsigned rows = 1; rows <= SKETCH_K; rows++) {
		struct banding b = { 1, rows };
		double area;

		while (b.bands * rows <= SKETCH_K && banding_probability(b, threshold) < recall)
			b.bands++;
		if (b.bands * rows > SKETCH_K)
			continue;
		area = area_below(b, threshold);
		if (area < best_area) {
			best = b;
			best_area = area;
		}
	}
	return best;
}

uint64_t band_key(const uint32_t slots[SKETCH_K], struct banding b, unsigned band)
{
	return hash64(slots + (size_t)band * b.rows, b.rows * sizeof *slots, band);
}

/* Bits [from, from + n) of the 128-bit mask, all set? */
static bool all_set(const uint64_t mask[2], unsigned from, unsigned n)
{
	while (n) {
		unsigned bit = from % 64;
		unsigned take = 64 - bit < n ? 64 - bit : n;
		uint64_t want = take == 64 ? UINT64_MAX : ((uint64_t)1 << take) - 1;

		if ((mask[from / 64] >> bit & want) != want)
			return false;
		from += take;
		n -= take;
	}
	return true;
}

unsigned banding_first_match(const uint64_t mask[2], struct banding b)
{
	for (unsigned band = 0; band < b.bands; band++)
		if (all_set(mask, band * b.rows, b.rows))
			return band;
	return b.bands;
}

double simhash_distance(double similarity)
{
	double cosine = 2 * similarity / (1 + similarity);

	return 64 * acos(cosine < 1 ? cosine : 1) / M_PI;
}

double simhash_probability(unsigned k, double similarity)
{
	double p = simhash_distance(similarity) / 64, sum = 0;

	if (p <= 0)
		return 1;
	for (unsigned i = 0; i <= k && i <= 64; i++)
		sum += exp(lgamma(65) - lgamma(i + 1) - lgamma(65 - i) + i * log(p) + (64 - i) * log1p(-p));
	return sum < 1 ? sum : 1;
}

unsigned simhash_choose(double threshold, double recall)
{
	unsigned k = 0;

	while (k < 32 && simhash_probability(k, threshold) < recall)
		k++;
	return k;
}
