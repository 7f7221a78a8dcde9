/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a candidate pair looks like, as numbers: the input of the re-scorer, and kept with each pair so that a person can
 * see why.  Adding a feature is adding a row to the table in features.c and training the weights anew.
 */
#ifndef TAMIS_BITEXT_FEATURES_H
#define TAMIS_BITEXT_FEATURES_H

#include "bitext/search.h"

#define FEATURES_MAX 40

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

size_t feature_count(void);
const char *feature_name(size_t i); /* stable: the rows of share/bitext/rescorer.tsv */
void features_of(float out[FEATURES_MAX], const struct candidate *c, const struct side *a, const struct side *b,
		 const struct link_table *links);

/* The strongest partner in y of each word of x that has one, one line of the explanation on screen. */
struct word_link {
	uint32_t x, y;            /* positions among the sentences' words */
	float weight;
	uint8_t kind;             /* enum link_kind */
};
struct word_links {
	VEC(struct word_link) links;
};
/* One-to-one, greedily by weight, then by distance from the diagonal. */
void word_links_of(struct word_links *out, const struct side *a, size_t x, const struct side *b, size_t y,
		   const struct link_table *links);

#endif
