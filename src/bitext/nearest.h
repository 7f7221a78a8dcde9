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

void nearest_init(struct nearest *out, size_t n_x, size_t n_y, unsigned depth);
/* Adds edges that x found, then those that y found (`backward`: their x is of y).  Each pair counts once, as x saw it.  Edges of one
 * direction may come in any order. */
void nearest_add(struct nearest *n, const struct edge *edges, size_t count, bool backward);
size_t nearest_bytes(size_t n_x, size_t n_y, unsigned depth);
void nearest_free(struct nearest *n);

struct candidate_wish {
	unsigned k;               /* neighbours in the mean, at most the depth */
	unsigned rivals;          /* among so many of the nearest of either sentence */
	enum margin_kind margin;
	const struct edge *given; /* candidates whatever their place; rising by x, then y */
	size_t n_given;
	unsigned threads;
	size_t memory;            /* bytes for the candidates: more go to a file */
};

/* Replaces m->candidates, in the order of x.  TAMIS_EIO when they have no room. */
int nearest_candidates(struct mining *m, const struct nearest *n, const struct candidate_wish *wish, struct error *err);

#endif
