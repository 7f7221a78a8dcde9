/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Documents into segments: stretches of text under one heading that could answer one instruction (Li et al. 2024,
 * "Self-Alignment with Instruction Backtranslation", appendix E).  There a segment holds its lower headings too and may
 * lie inside another; here the largest subtree of the tree of headings that is not over `most` characters is taken, and nothing
 * inside it again: segments never overlap.  Where a heading asks a question, its text is a segment of its own, because
 * the subtree above it would answer several.
 *
 * Text under one heading that is over `most` becomes several segments under that heading, cut between paragraphs (pieces.h).
 *
 * Nothing is dropped: what is too short or too long (one sentence, a fenced listing) comes out as well, with its length, and
 * gates.h says why it should not be used.  Plain text has the tree of a book's chapters or a paper's sections (plain_heading.h), if
 * it is one; elsewhere its paragraphs are gathered to at least `least` characters and cut before `most`.
 * Source code is cut by its definitions (code.h).
 *
 * Invariants: segments are in the order of the source; [at, at + len) lies inside the source and before the next one's `at`.
 */
#ifndef TAMIS_INSTRUCT_SEGMENT_H
#define TAMIS_INSTRUCT_SEGMENT_H

#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/vec.h"
#include "instruct/markup.h"

#define SEGMENT_LEAST 600u /* characters; of the paper */
#define SEGMENT_MOST 3000u
#define SEGMENT_SOURCE_MOST ((size_t)64 << 20) /* bytes of a document */

struct text_segment {
	size_t at, len;     /* bytes of the source, its heading included */
	struct span header; /* "" when there is none */
	struct span path;   /* "A › B › C", the header last */
	struct span text;   /* what stands under the header, without markup; lower headings on lines of their own */
	size_t chars;       /* of `text` */
};

/* Owns what its segments point to, never the source. */
struct segmentation {
	VEC(struct text_segment) segments;
	struct arena arena;
};

/* Replaces `*out`.  TAMIS_ELIMIT when the source is over SEGMENT_SOURCE_MOST, TAMIS_EUSAGE when least >= most.
 * Nothing outside the source is ever read. */
int segmentation_make(struct segmentation *out, struct span source, enum markup markup, size_t least, size_t most, struct error *err);
void segmentation_free(struct segmentation *s);

#endif
