/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Mining by embeddings cut into filters for a cluster of machines: tab-separated lines in and out, key first, nothing kept between
 * runs.  What a map-reduce system (or `LC_ALL=C sort`) does between them is in brackets.  A side is "x" or "y"; ids are the user's,
 * without tabs.
 *
 *	embed    side id text -> side id vector
 *	spread   side id vector -> block side id vector, once for each block of the other side      [by 1]
 *	knn      the lines of one block -> side id other cosine: the k nearest within the block      [by 1, 2]
 *	nearest  all lines of one sentence -> side id ! mean, and for each neighbour: its side, its id + id cosine mean    [by 1, 2, 3]
 *	margin   a sentence's mean and all who are near to it -> side id other margin cosine
 *	match    all lines, in any order -> x y margin cosine, best first
 *
 * A vector is its float32 numbers in base64, of length 1.  In however many blocks and partitions, `match` says what mine --embedder
 * file finds in one process, bit for bit: cosines do not depend on the work's partition (knn.h), and equal ones are ordered by id
 * (numbers by their value, else by their bytes), which for line numbers is the order of the lines.
 */
#ifndef TAMIS_BITEXT_STAGE_H
#define TAMIS_BITEXT_STAGE_H

#include <stdio.h>

#include "bitext/knn.h"

struct bitext_stage {
	unsigned k;               /* 4 */
	enum margin_kind margin;
	enum retrieval retrieval;
	unsigned blocks;          /* of each side */
	unsigned threads;
	/* embed: rows of a file by line, or `fetch` for 1,024 lines at a time (rows for the caller to free) */
	struct vectors *vectors;  /* normalised, or NULL */
	int (*fetch)(float **rows, size_t *dimensions, const struct span *texts, size_t n, void *ctx, struct error *err);
	void *ctx;
};

/* All: 0, TAMIS_EPARSE with the line's number, or TAMIS_EIO. */
typedef int bitext_stage_fn(FILE *in, FILE *out, const struct bitext_stage *o, struct error *err);
bitext_stage_fn bitext_stage_embed, bitext_stage_spread, bitext_stage_knn, bitext_stage_nearest, bitext_stage_margin,
	bitext_stage_match;

#endif
