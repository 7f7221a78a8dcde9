/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Lexical nearest neighbours: which sentences of the other side share most of their weight through word links.
 *
 * Similarity is a soft Dice coefficient: every word finds its strongest partner in the other sentence, words count by their
 * weight (idf^0.7), and a length that a translation would hardly have (Gale and Church 1993, section 4.1) pulls it down.
 * Candidates come from an inverted index and are then scored exactly.
 */
#ifndef TAMIS_BITEXT_SEARCH_H
#define TAMIS_BITEXT_SEARCH_H

#include <stdatomic.h>

#include "bitext/links.h"

struct edge {
	uint32_t x, y;
	float s;                  /* similarity 0..1 */
	float cover_x, cover_y;   /* share of each side's weight that found a partner */
	float length;             /* Gale-Church: -ln p */
};

struct edges {
	VEC(struct edge) edges;
};

struct search_options {
	unsigned candidates;      /* taken from the index for exact scoring: 96 */
	unsigned keep;            /* neighbours kept of each sentence: 32 */
	double common;            /* words in more than this share of sentences find nobody: .05 */
	unsigned threads;
	const atomic_bool *cancel; /* may be NULL */
	void (*step)(void *ctx, size_t n); /* n more sentences are searched; from any worker; may be NULL */
	void *ctx;
	/* What a stretch of sentences found, ordered as below, instead of keeping it for the end; one call at a time, in the order of x.
	 * NULL: the edges go to `out`. */
	void (*take)(void *ctx, const struct edge *edges, size_t n);
};

#define SEARCH_OPTIONS_DEFAULT { .candidates = 96, .keep = 32, .common = .05, .threads = 1 }

/* How long translations are: `ratio` is expected characters of y for one of x, `variance` that of y for an expected one. */
struct length_model {
	double ratio, variance;
};

/* Before any pair is known: the ratio of the mean lengths, and Gale and Church's variance (less for scripts of few characters). */
struct length_model length_model_of(double ratio);
/* From `n` pairs of lengths, drawn a little towards `before`, so that a few pairs change little. */
struct length_model length_model_fit(const struct length_model *before, const double *x, const double *y, size_t n);
/* The same seen from y. */
struct length_model length_model_reverse(const struct length_model *m);
/* -ln of the chance that two sentences of these lengths translate each other. */
double length_surprise(double chars_x, double chars_y, const struct length_model *m);
double side_length_ratio(const struct side *a, const struct side *b);

/* Memory a thread takes to search among n sentences. */
size_t search_scratch_bytes(size_t n, unsigned keep);

/* Neighbours in b of each sentence of a, ordered by x, then falling s, then y.  False when cancelled. */
bool search_neighbours(struct edges *out, const struct side *a, const struct side *b, const struct link_table *links,
		       const struct length_model *length, const struct search_options *options);

/* Exact similarity of n pairs; `x`, `y` are set by the caller. */
void search_score(struct edge *e, size_t n, const struct side *a, const struct side *b, const struct link_table *links,
		  const struct length_model *length);

#endif
