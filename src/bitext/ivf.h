/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Nearest neighbours through an inverted file, where comparing all with all takes too long (Jegou, Douze, Schmid 2011, "Product
 * quantization for nearest neighbor search", section IV, without the quantization): spherical k-means over a sample of both
 * sides, every vector in the list of its nearest centroid, and each query compared with the lists of its `probes` nearest.
 *
 * How many lists to probe is found from a sample of queries whose true neighbours are searched exactly: the fewest that hold the
 * share asked for.  The share found is then measured on other queries.  Of 300,000 sentence vectors a side made from real text
 * (bench/bitext_ivf_vectors.py), with .99 asked for, it told .987 and .989 where .991 was true both ways, in 27 % of the processor
 * time of comparing all; with .95, .951 and .949 where .956 was true, in 9 %.  The same input gives the same neighbours for any
 * number of threads and any memory.
 */
#ifndef TAMIS_BITEXT_IVF_H
#define TAMIS_BITEXT_IVF_H

#include "bitext/knn.h"

struct ivf_record {
	size_t lists;
	size_t sample;            /* queries that recall was measured on, each way */
	size_t probes[2];         /* x among y, y among x */
	double recall[2];         /* measured; NaN before */
	bool exact;               /* too many lists would have had to be probed: all were compared with all */
};

/* As knn_exact(); every list of `out` is full.  `recall` is the share of true neighbours wanted, 0..1. */
int knn_ivf(struct knn *out, struct ivf_record *record, const struct vectors *x, const struct vectors *y,
	    const struct knn_request *request, double recall, struct error *err);

#endif
