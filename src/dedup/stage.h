/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The engine cut into filters for a cluster of machines: lines in, lines out, key first, nothing kept between runs.  What a map-reduce
 * system (or `LC_ALL=C sort`) does between them is in brackets; every reducer reads its input sorted by the named fields.
 *
 *	sign      JSON Lines -> b<band>:<key> entity shingles bits   [by 1, 2]   and   d:<entity> document tokens shingles
 *	sign with sets: JSON Lines -> entity 0 set                   [joined below]
 *	bucket    b lines of one key -> entity:entity 1              [by 1]
 *	edges     each pair once -> entity 1 entity                  [with the sets, by 1, 2]
 *	attach    entity 0 set, entity 1 other -> other 1 entity set [with the sets, by 1, 2], and once more -> pair set set
 *	verify    pair set set -> pair common shingles shingles
 *	star      verified pairs and d lines, any order -> document keeper common shingles shingles why, sorted
 *
 * One `star` for all needs one machine's memory for all pairs and documents (about 200 bytes each).  In many partitions:
 *
 *	links       verified pairs -> entity smaller                       [by 1, 2]
 *	small-star  a node and its smaller neighbours -> both directions   [by 1, 2]
 *	large-star  a node and all its neighbours -> entity smaller        [by 1, 2]; again from small-star until its lines stay the same
 *	scatter     verified pairs and d lines -> entity ~pair ... , entity ~text ...  [with the last lines of large-star, by 1, 2]
 *	place       -> c:<component> and the line as it was                [by 1]
 *	star        c lines -> the removals of each component              [by 1]
 *
 * An entity is a text as the engine sees it: the hash of its tokens in 32 hexadecimal digits (of its bytes when it has none), so equal
 * documents are one from the start.  Priority: more tokens first, then the smaller entity, then the smaller document id.  A set is
 * its shingles in base64.  Fields are separated by tabs; document ids must not hold tabs or line ends.
 *
 * Bit for bit what stage_local() says, in however many partitions: bucket applies the filter on bits, verify the filter on
 * whole slots (it has the sets, so it makes the signatures again), exactly as the engine does.
 */
#ifndef TAMIS_DEDUP_STAGE_H
#define TAMIS_DEDUP_STAGE_H

#include <stdio.h>

#include "dedup/dedup.h"

struct stage_options {
	uint32_t threshold;
	struct shingle_spec shingle;
	enum minhash_scheme scheme;
	struct banding banding;   /* bands 0: chosen for the threshold */
	const char *text_field;   /* "text" */
	const char *id_field;     /* "id"; a record without it is named SOURCE:BYTE */
	const char *source;       /* "-" */
	bool sets;                /* sign: the sets instead of the bands */
	unsigned threads;         /* local */
};
void stage_options_init(struct stage_options *o);

/* All: 0, TAMIS_EPARSE with the line's number, or TAMIS_EIO. */
typedef int stage_fn(FILE *in, FILE *out, const struct stage_options *o, struct error *err);
stage_fn stage_sign, stage_bucket, stage_edges, stage_attach, stage_verify, stage_star;
stage_fn stage_links, stage_small_star, stage_large_star, stage_scatter, stage_place;
/* JSON Lines in, what `star` would say out: the whole job in this process. */
stage_fn stage_local;

#endif
