/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Mining by embeddings; see mine_vectors.h. */
#include "bitext/mine_vectors.h"

#include <math.h>
#include <string.h>

#include "base/i18n.h"
#include "bitext/wordmatch.h"

static const double ivf_from = 9e10; /* products */
static const double recall_wanted = .99;

bool vector_index_from_name(enum vector_index *out, const char *name)
{
	static const char *const names[] = { "auto", "exact", "ivf" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (!strcmp(names[i], name)) {
			*out = (enum vector_index)i;
			return true;
		}
	return false;
}

static struct mined explain(const struct mining *m, struct wordmatch *words, const struct vector_pair *p)
{
	struct mined found = { .margin = p->margin, .score = p->margin, .cosine = p->s };
	const struct sentence *x = &m->a.sentences[p->x], *y = &m->b.sentences[p->y];
	struct matched matched;

	wordmatch_set(words, x->first, x->n);
	matched = wordmatch_compare(words, y->first, y->n);
	found.candidate.edge = (struct edge){ p->x, p->y, (float)matched.s, (float)matched.cover_x, (float)matched.cover_y,
					      (float)length_surprise(x->chars, y->chars, &m->length) };
	return found;
}

static int search(struct knn *knn, struct ivf_record *ivf, const struct vector_mining *v, struct error *err)
{
	const struct mine_request *lines = &v->lines;
	struct knn_request r = { lines->k, lines->threads, false, v->memory, lines->cancel, lines->progress, lines->ctx };

	if (v->x->n != lines->n_x || v->y->n != lines->n_y)
		return error_set(err, TAMIS_EUSAGE, _("there are %zu and %zu embeddings for %zu and %zu sentences"), v->x->n, v->y->n,
				 lines->n_x, lines->n_y);
	if (v->index == INDEX_IVF || (v->index == INDEX_AUTO && (double)v->x->n * (double)v->y->n >= ivf_from))
		return knn_ivf(knn, ivf, v->x, v->y, &r, v->recall > 0 ? v->recall : recall_wanted, err);
	return knn_exact(knn, v->x, v->y, &r, err);
}

/* The pairs of an existing bitext, or their decoys, with their margins. */
static int score_given(struct vector_pairs *out, const uint64_t *pairs, size_t n, const struct knn *knn, const struct vector_mining *v,
		       struct error *err)
{
	for (size_t i = 0; i < n; i++)
		vec_push(&out->pairs, (struct vector_pair){ .x = (uint32_t)(pairs[i] >> 32), .y = (uint32_t)pairs[i] });
	return knn_score(out->pairs.v, out->pairs.n, knn, v->x, v->y, v->lines.margin, err);
}

static int explain_all(struct mining *out, const struct vector_mining *v, const struct vector_pairs *pairs,
		       const struct vector_pairs *all, struct error *err)
{
	size_t kept = v->lines.kept + mine_bytes(out) + (all->pairs.cap + pairs->pairs.cap) * sizeof *all->pairs.v +
		      pairs->pairs.n * sizeof *out->pairs.v;
	size_t left = !v->lines.memory ? 0 : v->lines.memory > kept ? v->lines.memory - kept : 1;
	int rc = mine_candidates_room(out, all->pairs.n, left, err);
	struct wordmatch *words = wordmatch_new(&out->a, &out->b, &out->links);

	vec_each(&pairs->pairs, i)
		vec_push(&out->pairs, explain(out, words, &pairs->pairs.v[i]));
	for (size_t i = 0; rc == 0 && i < all->pairs.n; i++) {
		out->candidates.v[i] = explain(out, words, &all->pairs.v[i]);
		mine_candidates_pass(out, i);
	}
	if (rc == 0)
		mine_order_candidates(out);
	mine_order_pairs(out);
	wordmatch_free(words);
	return rc;
}

/* Decoys that are each other's best are what a slipped bitext has slipped from, as mine_leave_out_found() has it. */
static void leave_out_best(struct decoy_pairs *decoys, const struct knn *knn, const struct vector_mining *v)
{
	struct vector_pairs best = { { 0 } };
	struct map64 found = { 0 };
	size_t kept = 0;
	bool made;

	knn_pairs(&best, knn, v->x->n, v->y->n, v->lines.margin, RETRIEVE_INTERSECTION);
	vec_each(&best.pairs, i)
		*map64_at(&found, (uint64_t)best.pairs.v[i].x << 32 | best.pairs.v[i].y, &made) = 1;
	vec_each(&decoys->pairs, i)
		if (!map64_find(&found, decoys->pairs.v[i]))
			decoys->pairs.v[kept++] = decoys->pairs.v[i];
	decoys->pairs.n = kept;
	map64_free(&found);
	vec_free(&best.pairs);
}

/* What the given pairs are worth, by the margins of decoys. */
static int judge_given(struct mining *out, const struct knn *knn, const struct vector_mining *v, struct error *err)
{
	struct decoy_pairs decoys = { { 0 } };
	struct vector_pairs scored = { { 0 } };
	double *margins;
	int rc;

	decoys_draw(&decoys, v->lines.given, v->lines.n_given);
	leave_out_best(&decoys, knn, v);
	rc = score_given(&scored, decoys.pairs.v, decoys.pairs.n, knn, v, err);
	margins = xmalloc((scored.pairs.n + 1) * sizeof *margins);
	vec_each(&scored.pairs, i)
		margins[i] = scored.pairs.v[i].margin;
	if (rc == 0)
		mine_judge(out, margins, scored.pairs.n, false);
	free(margins);
	vec_free(&scored.pairs);
	vec_free(&decoys.pairs);
	return rc;
}

int mine_vectors(struct mining *out, struct ivf_record *ivf, const struct vector_mining *v, struct error *err)
{
	struct knn knn = { 0 };
	struct vector_pairs pairs = { { 0 } }, all = { { 0 } };
	int rc;

	*out = (struct mining){ 0 };
	*ivf = (struct ivf_record){ 0 };
	rc = search(&knn, ivf, v, err);
	if (rc)
		return rc;
	mine_prepare(out, &v->lines);
	if (v->lines.given)
		rc = score_given(&pairs, v->lines.given, v->lines.n_given, &knn, v, err);
	else
		knn_pairs(&pairs, &knn, v->x->n, v->y->n, v->lines.margin, v->retrieval);
	knn_all(&all, &knn, v->x->n, v->y->n, v->lines.margin);
	if (rc == 0)
		rc = explain_all(out, v, &pairs, &all, err);
	if (rc == 0 && v->lines.given)
		rc = judge_given(out, &knn, v, err);
	knn_free(&knn);
	vec_free(&pairs.pairs);
	vec_free(&all.pairs);
	if (rc)
		mining_free(out);
	return rc;
}

/* ---- the threshold ---- */

enum { SCORES_LEAST = 50 };

static const double one_sigma_below = .8413; /* share of a normal distribution above that */

double noise_threshold(const double *scores, size_t n)
{
	double middle, spread, all = 0, best = 0, threshold = NAN;

	if (n < SCORES_LEAST)
		return NAN;
	middle = scores[(n - 1) / 2];
	spread = middle - scores[(size_t)(one_sigma_below * (double)(n - 1))];
	if (!(spread > 0))
		return NAN;
	for (int round = 0; round < 2; round++) /* how many are right in all, then where to cut */
		for (size_t i = 0; i < n / 2; i++) {
			double noise = (double)n * erfc((scores[i] - middle) / spread / sqrt(2)) / 2, right = (double)(i + 1) - noise;

			if (!round)
				all = right > all ? right : all;
			else if (2 * right / ((double)(i + 1) + all) > best) {
				best = 2 * right / ((double)(i + 1) + all);
				threshold = scores[i];
			}
		}
	return threshold;
}
