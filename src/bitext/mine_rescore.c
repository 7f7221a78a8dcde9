/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From candidates to probabilities; see mine_rescore.h. */
#include "bitext/mine_rescore.h"

#include <math.h>

#include "base/thread.h"

/* EVIDENCE_ROUNDS: what words tell shows better which pairs are true, and those what words tell. */
enum { RIVALS_SEEN = 2000, EVIDENCE_ROUNDS = 2 };

/* Text unlike any the re-scorer was trained on can look better than it is, and then the estimate of the share runs away upwards:
 * more than e times the odds trained on is not believed. */
static const double shift_most = 1;

/* Log-odds of what is not looked at. */
static const double no_chance = -30;

struct feature_context mining_context(const struct mining *m)
{
	return (struct feature_context){ &m->a, &m->b, &m->links, m->evidence.x ? &m->evidence : NULL, &m->level };
}

struct rescoring {
	struct mining *m;
	const struct rescorer *rescorer;
	struct mined *list;
	size_t n, chunk;
	const float *weight;
	struct feature_context context;
	bool mutual;                  /* only candidates that are the best of both their sentences */
};

static void rescore_chunk(void *ctx, size_t i)
{
	struct rescoring *r = ctx;
	size_t end = (i + 1) * r->chunk < r->n ? (i + 1) * r->chunk : r->n;

	for (size_t k = i * r->chunk; k < end; k++) {
		const struct candidate *c = &r->list[k].candidate;
		float f[FEATURES_MAX];

		if (r->mutual && (c->rank_x || c->rank_y)) {
			r->list[k].score = no_chance;
			continue;
		}
		features_of(f, c, &r->context);
		r->list[k].score = rescore(r->rescorer, r->weight, f);
	}
	if (r->list == r->m->candidates.v)
		mine_candidates_rest(r->m, i * r->chunk, end);
}

/* Log-odds: by what words tell, too, once they have been asked. */
static void set_log_odds(struct rescoring *r, unsigned threads)
{
	r->chunk = 1024;
	r->weight = r->m->evidence.x ? r->rescorer->weight : r->rescorer->first;
	r->context = mining_context(r->m);
	parallel_for(threads, (r->n + r->chunk - 1) / r->chunk, rescore_chunk, r, NULL);
}

static double probable(double log_odds, double shift)
{
	return 1 / (1 + exp(-(log_odds + shift)));
}

void mine_rescore_list(struct mining *m, struct mined *list, size_t n, const struct rescorer *rescorer, unsigned threads, double shift)
{
	struct rescoring r = { .m = m, .rescorer = rescorer, .list = list, .n = n };

	set_log_odds(&r, threads);
	for (size_t i = 0; i < n; i++)
		list[i].score = probable(list[i].score, shift);
}

/* Log-odds become probabilities under the share of true pairs these corpora seem to hold. */
static double set_probabilities(struct mining *m, const struct rescorer *rescorer, unsigned threads, bool mutual)
{
	struct rescoring r = { .m = m, .rescorer = rescorer, .list = m->candidates.v, .n = m->candidates.n, .mutual = mutual };
	double trained = rescorer->prior, prior, shift;
	VEC(double) best = { 0 };

	set_log_odds(&r, threads);
	vec_each(&m->candidates, i) {
		mine_candidates_pass(m, i);
		if (!m->candidates.v[i].candidate.rank_x && !m->candidates.v[i].candidate.rank_y)
			vec_push(&best, m->candidates.v[i].score);
	}
	prior = rescore_prior(best.v, best.n, trained);
	vec_free(&best);
	shift = log(prior / (1 - prior)) - log(trained / (1 - trained));
	shift = shift > shift_most ? shift_most : shift;
	vec_each(&m->candidates, i) {
		mine_candidates_pass(m, i);
		m->candidates.v[i].score = probable(m->candidates.v[i].score, shift);
	}
	return shift;
}

/* Words are judged by the pairs that seem true so far and their nearest rivals. */
static void gather_evidence(struct mining *m)
{
	VEC(struct witness) w = { 0 };

	vec_each(&m->candidates, i) {
		const struct candidate *c = &m->candidates.v[i].candidate;

		mine_candidates_pass(m, i);
		if (c->rank_x <= 1 || c->rank_y <= 1)
			vec_push(&w, (struct witness){ c->edge.x, c->edge.y, (float)m->candidates.v[i].score });
	}
	evidence_free(&m->evidence);
	evidence_learn(&m->evidence, w.v, w.n, &m->a, &m->b, &m->links);
	vec_free(&w);
}

/* What the features of wrong pairs are in these corpora: of those that are the best for one of their sentences and not for the other, which
 * are wrong with few exceptions however many sentences have a partner. */
static void look_at_rivals(struct mining *m)
{
	VEC(struct candidate) rivals = { 0 };
	struct feature_sums sums = { 0 };
	struct feature_context context = mining_context(m);
	float f[FEATURES_MAX];
	size_t stride;

	context.level = NULL;
	vec_each(&m->candidates, i) {
		const struct candidate *c = &m->candidates.v[i].candidate;

		mine_candidates_pass(m, i);
		if (!c->rank_x != !c->rank_y)
			vec_push(&rivals, *c);
	}
	stride = rivals.n / RIVALS_SEEN + 1;
	for (size_t i = 0; i < rivals.n; i += stride) {
		features_of(f, &rivals.v[i], &context);
		feature_sums_add(&sums, f);
	}
	feature_level_of(&m->level, &sums);
	vec_free(&rivals);
}

double mine_rescore(struct mining *m, const struct rescorer *rescorer, unsigned threads, bool to_learn)
{
	double shift;

	evidence_free(&m->evidence);
	look_at_rivals(m);
	shift = set_probabilities(m, rescorer, threads, true);
	if (to_learn)
		return shift;
	for (int round = 0; round < EVIDENCE_ROUNDS; round++) {
		if (round)
			set_probabilities(m, rescorer, threads, true);
		gather_evidence(m);
		look_at_rivals(m);
	}
	return set_probabilities(m, rescorer, threads, false);
}
