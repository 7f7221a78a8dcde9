/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A logistic curve through the verdicts, over cells of neighbouring scores. */
#include "review/calibrate_inside.h"

#include <math.h>

#define STEPS 12
#define SURE 1e-9
#define WEIGHT_MOST 10.0
#define TRUST 0.02       /* a probability nearer to 0 or 1 says no more than this */

/* Width of the prior of intercept and slope: one that is a probability is held to "as it says". */
static const double width[2][2] = { { 2.5, 1 }, { 1.5, .5 } };

/* ---- cells ---- */

static double as_seen(const struct calibration *c, double score)
{
	double p;

	if (!c->probability)
		return fmin(fmax((score - c->mean) / c->deviation, -8), 8);
	p = fmin(fmax(score, TRUST / 10), 1 - TRUST / 10);
	return log(p / (1 - p));
}

/* Equal scores stay together. */
void calibration_cells(struct calibration *c)
{
	size_t least = (c->n + CALIBRATION_CELLS - 1) / CALIBRATION_CELLS, from = 0;

	c->cells = xcalloc(CALIBRATION_CELLS + 1, sizeof *c->cells);
	while (from < c->n) {
		struct cell *cell = &c->cells[c->n_cells++];
		size_t to = from + least < c->n ? from + least : c->n;
		double sum = 0;

		while (to < c->n && !(c->score[to] < c->score[to - 1]))
			to++;
		*cell = (struct cell){ .from = (uint32_t)from, .to = (uint32_t)to };
		for (size_t i = from; i < to; i++)
			sum += as_seen(c, c->score[i]);
		cell->x = sum / (double)(to - from);
		from = to;
	}
}

struct cell *calibration_cell(const struct calibration *c, size_t position)
{
	size_t low = 0, high = c->n_cells;

	while (high - low > 1) {
		size_t mid = (low + high) / 2;

		if (c->cells[mid].from <= position)
			low = mid;
		else
			high = mid;
	}
	return &c->cells[low];
}

/* ---- the fit ---- */

/* How much a verdict of the group stands for: the group's share of the items through its share of the verdicts. */
static void group_weights(const struct calibration *c, double weight[CALIBRATION_GROUPS])
{
	double judged[CALIBRATION_GROUPS] = { 0 }, all = 0;

	for (size_t i = 0; i < c->n_cells; i++)
		for (unsigned g = 0; g < CALIBRATION_GROUPS; g++)
			judged[g] += (double)c->cells[i].judged[g][0] + (double)c->cells[i].judged[g][1];
	for (unsigned g = 0; g < CALIBRATION_GROUPS; g++)
		all += judged[g];
	for (unsigned g = 0; g < CALIBRATION_GROUPS; g++) {
		double share = (double)c->grouped[g][c->n] / (double)(c->n ? c->n : 1);

		weight[g] = judged[g] > 0 ? fmin(share / (judged[g] / all), WEIGHT_MOST) : 0;
	}
}

/* Gradient and curvature of the log posterior at (a, b). */
struct slope {
	double a, b, aa, ab, bb;
};

static void climb(const struct calibration *c, const double weight[CALIBRATION_GROUPS], double a, double b, struct slope *s)
{
	const double *wide = width[c->probability];

	s->aa = 1 / (wide[0] * wide[0]);
	s->bb = 1 / (wide[1] * wide[1]);
	s->ab = 0;
	s->a = -a * s->aa;
	s->b = (1 - b) * s->bb;
	for (size_t i = 0; i < c->n_cells; i++) {
		const struct cell *cell = &c->cells[i];
		double n = 0, right = 0, p, curve;

		for (unsigned g = 0; g < CALIBRATION_GROUPS; g++) {
			n += weight[g] * ((double)cell->judged[g][0] + (double)cell->judged[g][1]);
			right += weight[g] * (double)cell->judged[g][1];
		}
		if (!(n > 0))
			continue;
		p = 1 / (1 + exp(-(a + b * cell->x)));
		curve = n * p * (1 - p);
		s->a += right - n * p;
		s->b += (right - n * p) * cell->x;
		s->aa += curve;
		s->ab += curve * cell->x;
		s->bb += curve * cell->x * cell->x;
	}
}

static double curve_at(const struct calibration *c, double x)
{
	return 1 / (1 + exp(-(c->intercept + c->slope * x)));
}

void calibration_fit(struct calibration *c)
{
	double weight[CALIBRATION_GROUPS], a = 0, b = 1;

	group_weights(c, weight);
	for (int i = 0; i < STEPS; i++) {
		struct slope s;
		double det, da, db, most;

		climb(c, weight, a, b, &s);
		det = s.aa * s.bb - s.ab * s.ab;
		da = (s.bb * s.a - s.ab * s.b) / det;
		db = (s.aa * s.b - s.ab * s.a) / det;
		most = fmax(fabs(da), fabs(db));
		if (most > 2) { /* a first step from far away may overshoot */
			da *= 2 / most;
			db *= 2 / most;
		}
		a += da;
		b += db;
		if (most < SURE)
			break;
	}
	c->intercept = a;
	c->slope = b;
	for (size_t i = 0; i < c->n_cells; i++)
		c->cells[i].probability = curve_at(c, c->cells[i].x);
}

bool calibration_known(const struct calibration *c)
{
	bool judged = c->probability;

	for (unsigned g = 0; g < CALIBRATION_GROUPS && !judged; g++)
		judged = calibration_before(c, g, TALLY_RIGHT, c->n) + calibration_before(c, g, TALLY_WRONG, c->n) > 0;
	return judged && c->n > 0;
}

double calibration_probability(const struct calibration *c, double score)
{
	return calibration_known(c) && !isnan(score) ? curve_at(c, as_seen(c, score)) : NAN;
}
