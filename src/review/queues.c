/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The queues by score. */
#include "review/queues.h"

#include <math.h>
#include <stdlib.h>

#include "base/i18n.h"
#include "review/queue_clusters.h"

#define STRATA 10
#define BAND_LOW 3
#define BAND_HIGH 4

/* ---- what queues sort by ---- */

struct choice {
	double order;
	uint64_t tie;   /* of the key's hash */
	uint32_t item;
};
typedef VEC(struct choice) choices;

static uint64_t tie_of(const struct scored *item)
{
	uint64_t half;

	memcpy(&half, item->key.b, sizeof half);
	return hash_mix64(half);
}

static int compare(const void *x, const void *y)
{
	const struct choice *a = x, *b = y;

	if (a->order < b->order || a->order > b->order)
		return a->order < b->order ? -1 : 1;
	if (a->tie != b->tie)
		return a->tie < b->tie ? -1 : 1;
	return a->item < b->item ? -1 : a->item > b->item;
}

static void choose(choices *c, const struct scores *sc, size_t i, double order)
{
	vec_push(c, (struct choice){ order, tie_of(&sc->item[i]), (uint32_t)i });
}

static void hand_over(queue_refs *out, const struct scores *sc, choices *c)
{
	if (c->n)
		qsort(c->v, c->n, sizeof *c->v, compare);
	vec_each(c, i)
		vec_push(out, sc->item[c->v[i].item].ref);
	vec_free(c);
}

/* ---- the queues ---- */

static int around(queue_refs *out, const struct scores *sc, double threshold, struct store *s, struct error *err)
{
	choices c = { 0 };

	(void)s;
	(void)err;
	for (size_t i = 0; i < sc->n; i++)
		if (!isnan(sc->item[i].score))
			choose(&c, sc, i, fabs(sc->item[i].score - threshold));
	hand_over(out, sc, &c);
	return 0;
}

static size_t stratum_of(const struct scores *sc, double score, double least, double most)
{
	double place = sc->scale == SCALE_JUDGE ? floor(score + .5) - 1 : (score - least) / (most - least) * STRATA;

	return !(place > 0) ? 0 : place >= STRATA ? STRATA - 1 : (size_t)place;
}

static int above(queue_refs *out, const struct scores *sc, double threshold, struct store *s, struct error *err)
{
	choices c = { 0 };

	(void)s;
	(void)err;
	for (size_t i = 0; i < sc->n; i++)
		if (sc->item[i].score >= threshold)
			choose(&c, sc, i, -sc->item[i].score);
	hand_over(out, sc, &c);
	return 0;
}

/* One of each stratum, then the second of each, and so on. */
static int by_stratum(queue_refs *out, const struct scores *sc, double threshold, struct store *s, struct error *err)
{
	choices of[STRATA] = { 0 }, c = { 0 };
	double least, most;

	(void)s;
	(void)err;
	(void)threshold;
	calibration_range(sc->calibration, &least, &most);
	for (size_t i = 0; i < sc->n; i++)
		if (!isnan(sc->item[i].score))
			choose(&of[stratum_of(sc, sc->item[i].score, least, most)], sc, i, 0);
	for (size_t k = 0; k < STRATA; k++) {
		if (of[k].n)
			qsort(of[k].v, of[k].n, sizeof *of[k].v, compare);
		vec_each(&of[k], i)
			choose(&c, sc, of[k].v[i].item, (double)i + (double)(STRATA - k) / (STRATA + 1));
		vec_free(&of[k]);
	}
	hand_over(out, sc, &c);
	return 0;
}

/* Pairs in doubt by falling score; of instructions those the judge likes and a gate refuses, and the other way round, the
 * boldest contradiction first. */
static int in_conflict(queue_refs *out, const struct scores *sc, double threshold, struct store *s, struct error *err)
{
	choices c = { 0 };

	(void)s;
	(void)err;
	for (size_t i = 0; i < sc->n; i++) {
		const struct scored *item = &sc->item[i];

		if (isnan(item->score))
			continue;
		if (item->doubt && item->score >= threshold)
			choose(&c, sc, i, -fabs(item->score - threshold));
		else if (sc->kind == KIND_INSTRUCTION && !item->doubt && item->score < threshold)
			choose(&c, sc, i, -fabs(item->score - threshold));
	}
	hand_over(out, sc, &c);
	return 0;
}

static int judged_middling(queue_refs *out, const struct scores *sc, double threshold, struct store *s, struct error *err)
{
	choices c = { 0 };

	(void)s;
	(void)threshold;
	if (sc->scale != SCALE_JUDGE)
		return error_set(err, TAMIS_EUSAGE, _("run %lld has no judge's scores"), (long long)sc->run);
	for (size_t i = 0; i < sc->n; i++)
		if (sc->item[i].score >= BAND_LOW && sc->item[i].score <= BAND_HIGH)
			choose(&c, sc, i, 0);
	hand_over(out, sc, &c);
	return 0;
}

/* One in twenty of what would be left out with nobody looking. */
static int audit(queue_refs *out, const struct scores *sc, double threshold, struct store *s, struct error *err)
{
	choices c = { 0 };

	(void)s;
	(void)err;
	for (size_t i = 0; i < sc->n; i++) {
		const struct scored *item = &sc->item[i];
		bool refused = item->score < threshold || item->suggestion == VERDICT_REJECT;

		if (refused && hash_mix64(tie_of(item) ^ QUEUE_AUDIT_ONE_IN) % QUEUE_AUDIT_ONE_IN == 0)
			choose(&c, sc, i, 0);
	}
	hand_over(out, sc, &c);
	return 0;
}

const struct queue_type queue_types[] = {
	{ "threshold", KIND_NONE, N_("nearest to the threshold first"), around },
	{ "above", KIND_NONE, N_("all from the threshold on, best first"), above },
	{ "strata", KIND_NONE, N_("one of each range of scores, again and again"), by_stratum },
	{ "conflict", KIND_NONE, N_("score and other signs contradict each other"), in_conflict },
	{ "band", KIND_INSTRUCTION, N_("judged 3 to 4"), judged_middling },
	{ "audit", KIND_NONE, N_("one in twenty of the automatic rejects"), audit },
	{ "clusters", KIND_INSTRUCTION, N_("one of each cluster of near-duplicate instructions"), queue_clusters },
	{ NULL, KIND_NONE, NULL, NULL },
};

const struct queue_type *queue_find(struct span name)
{
	for (const struct queue_type *q = queue_types; q->name; q++)
		if (span_is(name, q->name))
			return q;
	return NULL;
}

bool queue_suits(const struct queue_type *q, enum item_kind kind)
{
	return q->kind == KIND_NONE || q->kind == kind;
}

int queue_fill(queue_refs *out, const struct queue_type *q, int64_t run, double threshold, struct store *s,
	       const atomic_bool *cancel, struct error *err)
{
	struct scores *sc;
	int rc = scores_open(&sc, s, run, cancel, err);

	if (rc < 0)
		return rc;
	if (!queue_suits(q, sc->kind))
		rc = error_set(err, TAMIS_EUSAGE, _("the queue %s is not for this kind of items"), q->name);
	else
		rc = q->fill(out, sc, isnan(threshold) ? sc->threshold : threshold, s, err);
	scores_free(sc);
	return rc;
}
