/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a candidate pair looks like, as numbers: the input of the re-scorer, and kept with each pair so that a person can
 * see why.  Adding a feature is adding a row to the table in features.c and training the weights anew.
 */
#ifndef TAMIS_BITEXT_FEATURES_H
#define TAMIS_BITEXT_FEATURES_H

#include "bitext/evidence.h"
#include "bitext/search.h"

#define FEATURES_MAX 80

/* An edge with its neighbourhood, as mining computes it. */
struct candidate {
	struct edge edge;
	float mean;               /* of both sentences' k nearest */
	float gap_x, gap_y;       /* to the best other candidate of x, of y (negative when that is better) */
	float noise;              /* margin over the corpora's usual best margin, in units of its spread */
	float gap_noise;          /* the smaller gap in the same units */
	uint8_t crowd_x, crowd_y; /* other neighbours of x, of y almost as near: texts made from one template */
	uint8_t rank_x, rank_y;   /* among the neighbours, from 0, saturating */
};

/* Features as they are come first; then some of them again, as they are in relation to what wrong pairs look like in the same corpora. */
size_t feature_count(void);
size_t feature_count_plain(void);
const char *feature_name(size_t i); /* stable: the rows of share/bitext/rescorer.tsv */

/* Mean and spread of each plain feature over wrong pairs: how rich the dictionary is, how much the sentences are alike. */
struct feature_level {
	float mean[FEATURES_MAX], spread[FEATURES_MAX];
};
struct feature_sums {
	size_t n;
	double sum[FEATURES_MAX], squares[FEATURES_MAX];
};
void feature_sums_add(struct feature_sums *s, const float features[FEATURES_MAX]);
void feature_level_of(struct feature_level *out, const struct feature_sums *s);

/* All it takes; borrowed. */
struct feature_context {
	const struct side *a, *b;
	const struct link_table *links;
	const struct evidence *evidence;   /* or NULL: what it would tell is 0 */
	const struct feature_level *level; /* or NULL: features in relation to it are 0 */
};
void features_of(float out[FEATURES_MAX], const struct candidate *c, const struct feature_context *context);

#endif
