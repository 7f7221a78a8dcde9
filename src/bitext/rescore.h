/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The re-scorer: a logistic model over a candidate's features, shipped as data (share/bitext/rescorer.tsv), so that a score is a
 * probability and the same threshold means the same in every language.
 */
#ifndef TAMIS_BITEXT_RESCORE_H
#define TAMIS_BITEXT_RESCORE_H

#include "bitext/features.h"

struct rescorer {
	float weight[FEATURES_MAX];   /* by feature, on standardised values */
	float first[FEATURES_MAX];    /* the same as long as words have no evidence */
	float mean[FEATURES_MAX];
	float scale[FEATURES_MAX];
	double prior;                 /* share of true pairs among the mutual-best candidates it was trained on */
};

/* Rows "name TAB weight TAB mean TAB scale TAB first weight" for features this version knows, and "prior TAB value".  A missing feature is
 * TAMIS_EPARSE: the file is of another version. */
int rescorer_read(struct rescorer *out, const char *path, struct error *err);
/* The log-odds that the pair is true. */
double rescore(const struct rescorer *r, const float weight[FEATURES_MAX], const float features[FEATURES_MAX]);

/* New share of true pairs among mutual-best candidates, by expectation maximisation over their log-odds (Saerens, Latinne,
 * Decaestecker 2002, "Adjusting the outputs of a classifier to new a priori probabilities", equation 2.9). */
double rescore_prior(const double *log_odds, size_t n, double trained_prior);

#endif
