/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The nearest few of every sentence of both sides, and the candidates among them: what mining keeps of all the pairs it scores.
 * A pair is a candidate when either of its sentences has it among the nearest.  Private to mining.
 */
#ifndef TAMIS_BITEXT_NEAREST_H
#define TAMIS_BITEXT_NEAREST_H

#include "bitext/mine.h"

/* A pair as one of its sentences sees it. */
struct near {
	float s;
	float cover_x, cover_y, length; /* as struct edge has them */
	uint32_t other;           /* sentence of the other side; UINT32_MAX: nobody */
};

struct nearest {
	struct near *x, *y;       /* n * depth each, every row falling by s, then rising by `other` */
	size_t n_x, n_y;
	unsigned depth;
};

/* From the edges found by x and those found by y (`backward`, whose x and covers are of y), each pair once whoever found it. */
void nearest_build(struct nearest *out, const struct edges *forward, const struct edges *backward, size_t n_x, size_t n_y,
		   unsigned depth, unsigned threads);
void nearest_free(struct nearest *n);

struct candidate_wish {
	unsigned k;               /* neighbours in the mean, at most the depth */
	unsigned rivals;          /* among so many of the nearest of either sentence */
	enum margin_kind margin;
	const struct edge *given; /* candidates whatever their place; rising by x, then y */
	size_t n_given;
	unsigned threads;
};

/* Replaces m->candidates, in the order of x. */
void nearest_candidates(struct mining *m, const struct nearest *n, const struct candidate_wish *wish);

#endif
