/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Spherical k-means (Dhillon and Modha 2001, "Concept decompositions for large sparse text data", section 3) over a sample of two
 * sides of unit vectors.  Deterministic.
 */
#ifndef TAMIS_BITEXT_KMEANS_H
#define TAMIS_BITEXT_KMEANS_H

#include "bitext/knn.h"

/* `out` gets `lists` centroids of length 1. */
int kmeans(struct vectors *out, const struct vectors *x, const struct vectors *y, size_t lists, const struct knn_request *request,
	   struct error *err);

#endif
