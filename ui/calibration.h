/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The calibration screen: what a run's score is worth (review/scores.h).  A histogram, or the matrix of score against verdict where a
 * judge gave 1 to 5, with a threshold that keys move; below it the figures at the threshold.  From here one goes into the queues that
 * tell the most, and back: the figures follow each verdict.
 */
#ifndef TAMIS_UI_CALIBRATION_H
#define TAMIS_UI_CALIBRATION_H

#include "review/scores.h"
#include "ui/app.h"

/* Reads the scores of `run` in the background, then calls `done` on the main thread with them (to own) or NULL and why. */
typedef void (*scores_ready_fn)(struct app *app, uint32_t screen, struct scores *scores, const struct error *err);
void scores_read_start(struct app *app, int64_t run, uint32_t screen, scores_ready_fn done);

/* Opens the screen on scores that stay the caller's (a screen below). */
int calibration_open_on(struct app *app, struct scores *scores);
/* Reads the scores of `run`, then opens the screen, which owns them. */
void calibration_start(struct app *app, int64_t run);

struct calibration_state {
	struct scores *scores;
	bool owned;
	double threshold;        /* the cursor */
	bool table;              /* instead of the histogram */
	size_t bars;             /* columns of the histogram at the last draw */
};

/* calibration_draw.c */
void calibration_draw(struct app *app, struct screen *s, struct rect area);
/* "precision 89.7 % (76.4–95.9)  recall …  errors …  left …" */
void calibration_words(struct buf *out, const struct scores *sc, double threshold);

/* The row of that name, if it suits the kind; else NULL after saying which there are. */
const struct queue_type *calibration_queue(struct app *app, const char *name, enum item_kind kind);
/* Of a prompt: the queues that suit such items. */
void calibration_complete_pairs(struct app *app, struct buf *text, struct buf *choices);
void calibration_complete_instructions(struct app *app, struct buf *text, struct buf *choices);

#endif
