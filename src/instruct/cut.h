/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What can be known of a document for itself, on any thread: its segments, with the checks of each, the sketch that finds its twins
 * and its terms for the retriever.  What depends on other documents is the caller's, in their order.
 */
#ifndef TAMIS_INSTRUCT_CUT_H
#define TAMIS_INSTRUCT_CUT_H

#include "instruct/gates.h"
#include "instruct/twins.h"

struct cut_segment {
	struct check_results checks;  /* of the segment, but CHECK_TWIN */
	bool passes;                  /* them all; the rest is not read of one that doesn't, unless `keep_all` is set */
	struct twin_sketch sketch;
	uint64_t hash;                /* of its text, seed 2: chooses samples, styles, templates */
	size_t first_term, n_terms;   /* in `terms` of the cut */
	uint8_t lang;                 /* declared, or guessed; its terms are those of this language */
};

/* Used again and again; a zeroed one is empty.  The i-th row belongs to the i-th segment. */
struct cut {
	bool keep_all;                /* set before */
	struct span name;             /* set before: of the document's file, or "" */
	uint8_t lang;                 /* set before: declared for the document, or LANG_UNKNOWN */
	enum markup markup;
	struct segmentation segmentation;
	VEC(struct cut_segment) rows;
	VEC(struct term) terms;       /* of all segments one after the other; their bytes are those of the segment's text */
	struct term_reader *reader;
	struct term_list scratch;
};

/* Replaces `*out`; the errors are segmentation_make's. */
int cut_document(struct cut *out, struct span text, size_t least, size_t most, struct error *err);
void cut_free(struct cut *c);
/* Gives segment i to the retriever. */
uint32_t cut_retrieve(struct retriever *r, const struct cut *c, size_t i);

#endif
