/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The trade-off screen: what MinHash at (bands, rows) and SimHash at a distance find, miss and cost on one corpus.  Moving a setting
 * computes its figures anew from the stored signatures; the points seen so far stay in the plot.
 */
#ifndef TAMIS_UI_TRADEOFF_H
#define TAMIS_UI_TRADEOFF_H

#include "jobs/dedup_model.h"
#include "ui/app.h"

/* Measures `corpus` in the background and opens the screen when that is done.  Says so, or that this is being done already. */
void tradeoff_screen_start(struct app *app, const char *corpus);

struct tradeoff_state {
	char corpus[64];
	struct dedup_model *model;       /* owned */
	uint32_t threshold;
	enum dedup_method method;        /* the one that moves: MinHash or SimHash */
	struct tradeoff_point now[2];    /* [method] */
	VEC(struct tradeoff_point) seen; /* all points computed at this threshold */
};

/* tradeoff_draw.c */
void tradeoff_draw(struct app *app, struct screen *s, struct rect area);

#endif
