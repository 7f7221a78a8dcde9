/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A calibration's inside, for calibrate*.c only.  Items stand by falling score: "position".
 */
#ifndef TAMIS_REVIEW_CALIBRATE_INSIDE_H
#define TAMIS_REVIEW_CALIBRATE_INSIDE_H

#include "review/calibrate.h"

enum tally { TALLY_RIGHT, TALLY_WRONG, TALLY_OTHER, TALLIES };

/* Positions [from, to) with scores so near that one probability does for them. */
struct cell {
	uint32_t from, to;
	double x;                                     /* mean of the scores as the fit sees them */
	uint32_t judged[CALIBRATION_GROUPS][2];       /* wrong, right */
	double probability;
};

struct calibration {
	size_t n;
	double *score;                                /* by position, falling */
	uint32_t *position;                           /* of an item; UINT32_MAX without a score */
	uint8_t *verdict, *group;                     /* by position */
	uint32_t *grouped[CALIBRATION_GROUPS];        /* items of the group before a position, n + 1 */
	uint32_t *tree[CALIBRATION_GROUPS][TALLIES];  /* Fenwick (1994) trees over positions */
	bool probability;
	double mean, deviation;                       /* of the scores, where they are no probabilities */
	struct cell *cells;
	size_t n_cells;
	double intercept, slope;                      /* of the fit */
};

/* Judged positions before `at`. */
size_t calibration_before(const struct calibration *c, unsigned group, enum tally t, size_t at);
static inline size_t calibration_between(const struct calibration *c, unsigned group, enum tally t, size_t from, size_t to)
{
	return calibration_before(c, group, t, to) - calibration_before(c, group, t, from);
}
size_t calibration_place(const struct calibration *c, double threshold); /* positions with at least this score */

/* The share of good ones among some positions. */
struct estimate {
	double share;
	double smooth;   /* the same with a good and a bad one more in each stratum: never 0 or 1 */
	double variance; /* of the estimate, by the smooth shares */
	double unseen;   /* items that lie where nobody judged */
};
/* Of positions [from, to); false without a verdict there. */
bool calibration_estimate(const struct calibration *c, size_t from, size_t to, struct estimate *out);
/* Wilson's interval for a share known as well as `size` independent verdicts would tell it. */
struct calibration_share calibration_interval(double share, double size);

/* calibrate_fit.c */
void calibration_cells(struct calibration *c);        /* cuts them; verdicts are all none yet */
struct cell *calibration_cell(const struct calibration *c, size_t position);
void calibration_fit(struct calibration *c);          /* after the cells' counts have changed */
bool calibration_known(const struct calibration *c);  /* whether the fit says anything */

#endif
