/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The pairs of an existing bitext; see mine.h. */
#include "bitext/mine.h"

#include <math.h>

/* Of an existing bitext's pairs, best first, so many are expected to be right among those kept. */
static const double precision_wanted = .995;

static int by_place(const void *a, const void *b)
{
	const struct edge *p = &((const struct mined *)a)->candidate.edge, *q = &((const struct mined *)b)->candidate.edge;

	return p->x != q->x ? (p->x < q->x ? -1 : 1) : (p->y > q->y) - (p->y < q->y);
}

void mine_judge(struct mining *m, const double *decoys, size_t n, bool probabilities)
{
	double *scores = xmalloc((m->pairs.n + 1) * sizeof *scores), *right = xmalloc((m->pairs.n + 1) * sizeof *right), sum = 0;

	if (m->pairs.n)
		qsort(m->pairs.v, m->pairs.n, sizeof *m->pairs.v, by_place);
	vec_each(&m->pairs, i)
		scores[i] = m->pairs.v[i].score;
	m->judged = decoys_judge(right, scores, m->pairs.n, decoys, n);
	for (size_t i = 0; m->judged && i < m->pairs.n; i++) {
		sum += right[i];
		if (probabilities)
			m->pairs.v[i].score = right[i];
	}
	if (m->judged) {
		m->wrong_share = 1 - sum / (double)m->pairs.n;
		m->threshold = decoys_threshold(probabilities ? right : scores, right, m->pairs.n, precision_wanted);
	}
	mine_order_pairs(m);
	free(scores);
	free(right);
}

size_t mine_leave_out_found(struct mined *decoys, size_t n, const struct mining *m, double least)
{
	struct map64 found = { 0 };
	size_t kept = 0;
	bool made;

	vec_each(&m->pairs, i) {
		const struct mined *p = &m->pairs.v[i];

		if (p->score >= least)
			*map64_at(&found, (uint64_t)p->candidate.edge.x << 32 | p->candidate.edge.y, &made) = 1;
	}
	for (size_t i = 0; i < n; i++) {
		const struct edge *e = &decoys[i].candidate.edge;

		if (!map64_find(&found, (uint64_t)e->x << 32 | e->y))
			decoys[kept++] = decoys[i];
	}
	map64_free(&found);
	return kept;
}

/* The strongest odds of a sentence's candidates, and those of the strongest other one. */
struct claims {
	double best, second;
	uint32_t partner;         /* of the best */
};

static void claim(struct claims *c, uint32_t partner, double odds)
{
	if (odds > c->best) {
		c->second = c->best;
		c->best = odds;
		c->partner = partner;
	} else if (odds > c->second) {
		c->second = odds;
	}
}

static double odds_of(double p)
{
	return p < 1 - 1e-12 ? p / (1 - p) : 1e12;
}

/* A pair competes with what its two sentences could be paired with instead. */
static void weigh_against_rivals(struct mined *list, size_t n, const struct claims *x, const struct claims *y)
{
	for (size_t i = 0; i < n; i++) {
		const struct edge *e = &list[i].candidate.edge;
		double rivals = 1 + (x[e->x].partner == e->y ? x[e->x].second : x[e->x].best) +
				(y[e->y].partner == e->x ? y[e->y].second : y[e->y].best);

		list[i].score = log(odds_of(list[i].score) + 1e-12) - log(rivals);
	}
}

void mine_compete(struct mining *m, struct mined *decoys, size_t n)
{
	struct claims *x = xcalloc(m->a.n + 1, sizeof *x), *y = xcalloc(m->b.n + 1, sizeof *y);

	vec_each(&m->candidates, i) {
		const struct mined *c = &m->candidates.v[i];

		mine_candidates_pass(m, i);
		claim(&x[c->candidate.edge.x], c->candidate.edge.y, odds_of(c->score));
		claim(&y[c->candidate.edge.y], c->candidate.edge.x, odds_of(c->score));
	}
	weigh_against_rivals(m->pairs.v, m->pairs.n, x, y);
	weigh_against_rivals(decoys, n, x, y);
	free(x);
	free(y);
}
