/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Calibration: how far a score can be trusted, from the verdicts given so far.  The same model serves the probability of a mined pair
 * and the 1 to 5 of a judge: items have a score, a group and maybe a verdict; asked are precision and recall at any threshold, what a
 * score means as a probability, and how many good items are left below.  Pure: no store, no screen.
 *
 * Accept counts as good, reject as bad; skip and flag say nothing about either.
 *
 * Two estimates stand beside each other:
 * - from the verdicts: items are cut into strata (ranges of score with the same number of items, times the group), the shares of
 *   each stratum are weighed by its items (Cochran 1977, chapter 5), and the interval is Wilson's with the sample size that
 *   would have that variance (Korn and Graubard 1998), the finite population corrected for.  Choosing whom to judge by score or by
 *   group (queues around the threshold, by stratum, in conflict) so does not bias it.  A range of score where nobody judged, and
 *   a random choice would have, is taken from the fitted curve with all the uncertainty of a share that may be anything.  Choosing within a stratum by what one sees
 *   (only the bad ones, by a filter over text) does, and nothing here can tell;
 * - from the fitted probability: a logistic of the score (Platt 1999), by Newton's method with a prior that holds a score that
 *   is a probability to what it says until verdicts move it, and that knows nothing about any other score.
 *
 * A verdict costs O(log n) and one refit over CALIBRATION_CELLS cells, whatever the number of items.
 */
#ifndef TAMIS_REVIEW_CALIBRATE_H
#define TAMIS_REVIEW_CALIBRATE_H

#include "store/store.h"

#define CALIBRATION_GROUPS 2
#define CALIBRATION_CELLS 256
#define CALIBRATION_STRATA 8     /* ranges of score on one side of a threshold */
#define CALIBRATION_LEAST 5      /* verdicts of a stratum: one with fewer is joined to its neighbour */

struct calibration_item {
	double score;            /* NaN: not counted */
	enum verdict verdict;
	uint8_t group;           /* below CALIBRATION_GROUPS: whatever else verdicts may be chosen by */
};

struct calibration;
/* `probability`: scores lie in 0..1 and mean to be probabilities.  Items are named by their place in the array. */
struct calibration *calibration_new(const struct calibration_item *items, size_t n, bool probability);
void calibration_free(struct calibration *c);
/* Items with a score, and their range (0 and 0 of none). */
size_t calibration_items(const struct calibration *c);
void calibration_range(const struct calibration *c, double *least, double *most);

/* A verdict was given or taken back; true when something changed. */
bool calibration_set(struct calibration *c, size_t item, enum verdict verdict);

/* The chance that an item with this score is good; NaN while nothing is known (no verdict, and no probability for a score). */
double calibration_probability(const struct calibration *c, double score);

/* A share with its 95 % interval; all NaN where there is nothing to tell it from (then 0..1 is all that is known). */
struct calibration_share {
	double share, low, high;
};

struct calibration_figures {
	double threshold;
	size_t kept, below;                      /* items with at least this score, and the others */
	size_t accepted, rejected;               /* of those kept */
	size_t accepted_below, rejected_below;
	struct calibration_share precision, recall;
	double unseen;                           /* of those kept, items in ranges without a verdict: the curve stands in for them */
	double right, errors, left;              /* expected: good and bad among those kept, good below; known verdicts as they are */
	double kappa, kappa_error;               /* "score reaches the threshold" against the verdicts, over the judged as they are */
};
void calibration_at(const struct calibration *c, double threshold, struct calibration_figures *out);

/* Items with `low` <= score < `high`; `high` itself belongs to the last of a row of bars, so pass INFINITY there. */
struct calibration_bar {
	double low, high;
	size_t n, accepted, rejected, other;     /* other: skipped or flagged */
	struct calibration_share good;           /* of the judged, plain Wilson */
	double probability;                      /* fitted, in its middle */
};
void calibration_bar(const struct calibration *c, double low, double high, struct calibration_bar *out);

/* The lowest score from which on the precision (its estimate, or its lower bound when `sure`) is at least `wanted`; NaN when
 * there is none with CALIBRATION_LEAST verdicts. */
double calibration_threshold(const struct calibration *c, double wanted, bool sure);
/* The next score above or below `score` at which something changes; `score` where there is none. */
double calibration_step(const struct calibration *c, double score, int direction);

#endif
