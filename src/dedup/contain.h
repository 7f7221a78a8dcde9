/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What of a test set stands in training texts (decontamination): for each text, the references of whose shingles it has at least
 * a given share, however long the text is.  A question of 20 words inside a page of 5,000 has a Jaccard similarity of .004 with it, and
 * no signature finds that; here every reference that qualifies is found, and the share is counted, not estimated.
 *
 * A text that has at least share c of a reference's n shingles has at least one of any n - ceil(c n) + 1 of them.  So only the
 * rarest so many of each reference are looked up (Chaudhuri, Ganti, Kaushik 2006, "A Primitive Operator for Similarity Joins in Data
 * Cleaning", the prefix filter), which keeps boilerplate out of the index, and what meets one is counted in full.
 *
 * References of fewer than CONTAIN_TOKENS tokens are left out: a few words in a row stand in many texts by chance.  They are found as
 * whole texts only, which is not done here.
 */
#ifndef TAMIS_DEDUP_CONTAIN_H
#define TAMIS_DEDUP_CONTAIN_H

#include "dedup/verify.h"

#define CONTAIN_TOKENS 8u

struct contain_search {
	const struct sketches *sketches;
	struct worker_pool *pool;
	uint32_t references;   /* documents 0 .. references-1; the others are searched */
	const uint32_t *exact; /* [doc]: others that are a copy of a reference are not searched */
	uint32_t share;        /* millionths, > 0: of a reference's shingles */
	size_t budget;         /* bytes for the references held at a time; with less, texts are read in several turns */
};

/* Appends edges (reference, text, shared shingles), in order.  `*too_short`: references left out. */
int contain_join(edge_vec *out, uint64_t *too_short, const struct contain_search *search, struct error *err);

#endif
