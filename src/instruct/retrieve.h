/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Does an instruction lead back to its own segment?  BM25 (Robertson and Zaragoza 2009; k1 2, b 1) over all segments of a run, with
 * inverse document frequencies of the same segments.  A word that holds a word of the instruction, or stands in it ("filehandle" and
 * "file", "handle"), counts half, with the lower of the two weights, where the word itself does not count more: of what was tried
 * (prefixes, 4-grams, feedback from the best segments) the one that tells wrong questions better on FAQs it was not chosen on,
 * and hardly worse on any.
 *
 * `own` is the score of the instruction against its segment; `coverage` that score as a share of the most any text could get
 * for these words; `margin` how far it is before (or behind, negative) the best other segment, as a share of the larger.
 */
#ifndef TAMIS_INSTRUCT_RETRIEVE_H
#define TAMIS_INSTRUCT_RETRIEVE_H

#include "instruct/terms.h"

struct retriever;

struct retrieved {
	double own, coverage, margin; /* coverage and margin NaN when no term of the instruction occurs anywhere */
	uint32_t best;                /* the best other segment; UINT32_MAX when none shares a term */
};

struct retriever *retriever_new(void);
void retriever_free(struct retriever *r);
/* Adds a segment's text; they are numbered from 0. */
uint32_t retriever_add(struct retriever *r, struct span text);
/* The same from its terms (terms.h), which somebody read already. */
uint32_t retriever_add_terms(struct retriever *r, struct span text, const struct term *terms, size_t n);
/* After the last one was added and before several threads ask: from then on nothing in it changes. */
void retriever_ready(struct retriever *r);
/* log((N - df + .5) / (df + .5) + 1); the most there is for a term that is nowhere. */
double retriever_idf(const struct retriever *r, uint64_t term);

/* What one thread asks with; it borrows the index and remembers how words of instructions are related to those of segments. */
struct retrieval;
struct retrieval *retrieval_new(struct retriever *r);
void retrieval_free(struct retrieval *q);
/* `lang` is the language the segment was read in (terms.h). */
void retrieval_ask(struct retrieval *q, struct retrieved *out, struct span instruction, uint32_t segment, uint8_t lang);
/* Its reader of terms, for others on the same thread, and its index. */
struct term_reader *retrieval_terms(struct retrieval *q);
const struct retriever *retrieval_of(const struct retrieval *q);

#endif
