/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The scores of one run and what was decided about its items: a calibration (review/calibrate.h) with names on it.  Panels, queues
 * and the command line read it; the review loop tells it each verdict.
 *
 * Which score: an instruction's is the judge's (1 to 5) where there is one, else what the item itself has; a pair's is its probability, or
 * its margin or similarity where the run gave none.
 *
 * An item is in doubt when what was measured beside the score speaks another language: numbers, addresses or placeholders that
 * only one side of a pair has, a rank by words far from the rank by embeddings; for instructions, a gate that failed.  Doubt is the
 * calibration's group, so that judging mostly the doubtful does not make the run look worse than it is.
 *
 * A pair that was accepted after its partner was swapped was mined wrongly: here it counts as rejected.
 */
#ifndef TAMIS_REVIEW_SCORES_H
#define TAMIS_REVIEW_SCORES_H

#include "review/calibrate.h"
#include "review/item.h"

enum score_scale { SCALE_PROBABILITY, SCALE_JUDGE, SCALE_OTHER };

struct scored {
	item_ref ref;
	struct hash128 key;
	double score;
	bool doubt;
	bool gates;              /* instructions: a gate failed (the pipeline suggests to reject) */
	bool swapped;
	enum verdict suggestion;
	enum verdict verdict;
	uint32_t twin;           /* the next item with this key, UINT32_MAX: none */
};

struct scores {
	int64_t run;
	enum item_kind kind;
	enum score_scale scale;
	struct scored *item;     /* by ref */
	size_t n;
	size_t unscored;
	size_t doubtful;
	struct map128 places;    /* key -> first item + 1 */
	struct calibration *calibration;
	double threshold;        /* the one kept in the workspace, else a usual one for the scale */
	bool kept;               /* it is kept in the workspace */
};

/* TAMIS_ENOTFOUND: no such run; TAMIS_EUSAGE: its items have no scores. */
int scores_open(struct scores **out, struct store *s, int64_t run, const atomic_bool *cancel, struct error *err);
void scores_free(struct scores *sc);

/* A verdict was given or taken back; false when nothing changes (an unknown item, the same verdict). */
bool scores_set(struct scores *sc, item_ref ref, enum verdict verdict);
/* Whether the partner now stands swapped: tell it before the verdict. */
void scores_set_swapped(struct scores *sc, item_ref ref, bool swapped);
/* All verdicts as the workspace has them. */
int scores_refresh(struct scores *sc, struct store *s, struct error *err);
const struct scored *scores_find(const struct scores *sc, item_ref ref);

/* Keeps the threshold in the workspace; NaN forgets it. */
int scores_keep_threshold(struct scores *sc, struct store *s, double threshold, struct error *err);
/* The threshold kept for a run; NaN when none is. */
double scores_kept_threshold(struct store *s, int64_t run);
/* The bars people look at: five of a judge, else `n` equal ones over the range. Returns how many. */
#define SCORES_BARS 200
size_t scores_bars(const struct scores *sc, size_t n, struct calibration_bar out[SCORES_BARS]);

#endif
