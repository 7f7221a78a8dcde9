/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From a run's rows to a calibration. */
#include "review/scores.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/i18n.h"
#include "base/json.h"
#include "review/scores_facts.h"

#define CANCEL_EVERY 1024

struct reading {
	struct scores *sc;
	const atomic_bool *cancel;
	struct facts_room *room;
	VEC(struct scored) items;
	VEC(struct item_facts) facts;
};

/* ---- reading ---- */

static int take_row(void *ctx, const struct item_row *row, struct error *err)
{
	struct reading *r = ctx;
	struct item_facts facts;

	if (r->items.n % CANCEL_EVERY == 0 && r->cancel && *r->cancel)
		return error_set(err, TAMIS_ECANCEL, _("stopped"));
	if (r->items.n >= UINT32_MAX - 1)
		return error_set(err, TAMIS_ELIMIT, _("the run has more items than can be calibrated"));
	item_facts_read(&facts, r->room, row);
	vec_push(&r->facts, facts);
	vec_push(&r->items, (struct scored){ .ref = item_ref_item(row->id), .key = row->key, .score = row->score,
					     .suggestion = (enum verdict)row->suggestion,
					     .gates = row->suggestion == VERDICT_REJECT, .twin = UINT32_MAX });
	if (r->sc->kind == KIND_NONE)
		r->sc->kind = row->kind;
	return 0;
}

static int compare_doubles(const void *x, const void *y)
{
	double a = *(const double *)x, b = *(const double *)y;

	return a < b ? -1 : a > b;
}

/* Share of sorted values that are below `x`. */
static double rank_of(const double *sorted, size_t n, double x)
{
	size_t low = 0, high = n;

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (sorted[mid] < x)
			low = mid + 1;
		else
			high = mid;
	}
	return (double)low / (double)n;
}

/* Ranks by words and by embeddings that are more than half the run apart. */
static void doubt_ranks(struct reading *r)
{
	double *words = xcalloc(r->facts.n + 1, sizeof *words), *vectors = xcalloc(r->facts.n + 1, sizeof *vectors);
	size_t n = 0;

	vec_each(&r->facts, i) {
		if (isnan(r->facts.v[i].lexical) || isnan(r->facts.v[i].cosine))
			continue;
		words[n] = r->facts.v[i].lexical;
		vectors[n++] = r->facts.v[i].cosine;
	}
	qsort(words, n, sizeof *words, compare_doubles);
	qsort(vectors, n, sizeof *vectors, compare_doubles);
	for (size_t i = 0; n > 0 && i < r->facts.n; i++) {
		const struct item_facts *f = &r->facts.v[i];

		if (!isnan(f->lexical) && !isnan(f->cosine) &&
		    fabs(rank_of(words, n, f->lexical) - rank_of(vectors, n, f->cosine)) > .5)
			r->items.v[i].doubt = true;
	}
	free(words);
	free(vectors);
}

static void choose_scores(struct reading *r, const struct run *run)
{
	struct scores *sc = r->sc;
	size_t judged = 0;

	vec_each(&r->facts, i)
		judged += !isnan(r->facts.v[i].judge);
	if (judged)
		sc->scale = SCALE_JUDGE;
	else
		sc->scale = strcmp(run->pipeline, "mine") == 0 && run->parameters && strstr(run->parameters, "\"probability\"") &&
					    !strstr(run->parameters, "\"align\":true")
				    ? SCALE_PROBABILITY
				    : SCALE_OTHER;
	vec_each(&r->items, i) {
		struct scored *item = &r->items.v[i];

		if (sc->scale == SCALE_JUDGE)
			item->score = r->facts.v[i].judge;
		item->doubt = sc->kind == KIND_INSTRUCTION ? item->gates : r->facts.v[i].mismatch;
		sc->unscored += isnan(item->score);
	}
	if (sc->kind == KIND_BITEXT)
		doubt_ranks(r);
	vec_each(&r->items, i)
		sc->doubtful += r->items.v[i].doubt;
}

static void find_twins(struct scores *sc)
{
	for (size_t i = sc->n; i-- > 0;) {
		bool made;
		uint64_t *place = map128_at(&sc->places, &sc->item[i].key, &made);

		if (!made)
			sc->item[i].twin = (uint32_t)(*place - 1);
		*place = i + 1;
	}
}

/* ---- verdicts ---- */

static enum verdict counted(const struct scored *item, enum verdict v)
{
	return v == VERDICT_ACCEPT && item->swapped ? VERDICT_REJECT : v;
}

static int read_verdicts(struct scores *sc, struct store *s, struct error *err)
{
	struct map128 verdicts = { 0 }, edits = { 0 };
	int rc = store_verdict_map(s, &verdicts, err);

	if (rc == 0 && sc->kind == KIND_BITEXT)
		rc = store_edit_map(s, &edits, err);
	for (size_t i = 0; i < sc->n && rc == 0; i++) {
		struct scored *item = &sc->item[i];
		const uint64_t *v = map128_find(&verdicts, &item->key);

		item->verdict = v && *v <= VERDICT_FLAG ? (enum verdict)*v : VERDICT_NONE;
		item->swapped = edits.n > 0 && map128_find(&edits, &item->key) && item_facts_swapped(s, item->ref);
	}
	map128_free(&verdicts);
	map128_free(&edits);
	return rc;
}

static double usual_threshold(const struct scores *sc)
{
	double least, most;

	calibration_range(sc->calibration, &least, &most);
	return sc->scale == SCALE_PROBABILITY ? fmax(.5, least) : sc->scale == SCALE_JUDGE ? 4 : least;
}

static int calibrate(struct scores *sc)
{
	struct calibration_item *items = xcalloc(sc->n + 1, sizeof *items);

	for (size_t i = 0; i < sc->n; i++)
		items[i] = (struct calibration_item){ sc->item[i].score, counted(&sc->item[i], sc->item[i].verdict), sc->item[i].doubt };
	calibration_free(sc->calibration);
	sc->calibration = calibration_new(items, sc->n, sc->scale == SCALE_PROBABILITY);
	free(items);
	return 0;
}

int scores_open(struct scores **out, struct store *s, int64_t run_id, const atomic_bool *cancel, struct error *err)
{
	struct scores *sc = xcalloc(1, sizeof *sc);
	struct reading r = { .sc = sc, .cancel = cancel, .room = facts_room_new() };
	struct run run = { 0 };
	int rc = store_run_get(s, &run, run_id, err);

	sc->run = run_id;
	if (rc == 0)
		rc = store_items_each(s, run_id, take_row, &r, err);
	if (rc == 0) {
		choose_scores(&r, &run);
		sc->item = r.items.v;
		sc->n = r.items.n;
		find_twins(sc);
		if (sc->unscored == sc->n)
			rc = error_set(err, TAMIS_EUSAGE, _("run %lld has no items with a score"), (long long)run_id);
	} else {
		vec_free(&r.items);
	}
	if (rc == 0)
		rc = read_verdicts(sc, s, err);
	if (rc == 0)
		rc = calibrate(sc);
	if (rc == 0) {
		sc->threshold = scores_kept_threshold(s, run_id);
		sc->kept = !isnan(sc->threshold);
		if (!sc->kept)
			sc->threshold = usual_threshold(sc);
	}
	vec_free(&r.facts);
	facts_room_free(r.room);
	run_free(&run);
	if (rc < 0) {
		scores_free(sc);
		sc = NULL;
	}
	*out = sc;
	return rc;
}

void scores_free(struct scores *sc)
{
	if (sc == NULL)
		return;
	free(sc->item);
	map128_free(&sc->places);
	calibration_free(sc->calibration);
	free(sc);
}

/* ---- following the review ---- */

/* Items are in the order of their numbers. */
static struct scored *find(const struct scores *sc, item_ref ref)
{
	size_t low = 0, high = sc->n;

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (sc->item[mid].ref < ref)
			low = mid + 1;
		else
			high = mid;
	}
	return low < sc->n && sc->item[low].ref == ref ? &sc->item[low] : NULL;
}

const struct scored *scores_find(const struct scores *sc, item_ref ref)
{
	return find(sc, ref);
}

/* Of the item and of all that have its key. */
static uint32_t first_of(const struct scores *sc, const struct scored *item)
{
	const uint64_t *place = map128_find(&sc->places, &item->key);

	return place ? (uint32_t)(*place - 1) : UINT32_MAX;
}

bool scores_set(struct scores *sc, item_ref ref, enum verdict verdict)
{
	struct scored *item = find(sc, ref);
	bool changed = false;

	for (uint32_t i = item ? first_of(sc, item) : UINT32_MAX; i != UINT32_MAX; i = sc->item[i].twin) {
		sc->item[i].verdict = verdict;
		changed |= calibration_set(sc->calibration, i, counted(&sc->item[i], verdict));
	}
	return changed;
}

void scores_set_swapped(struct scores *sc, item_ref ref, bool swapped)
{
	struct scored *item = find(sc, ref);

	for (uint32_t i = item ? first_of(sc, item) : UINT32_MAX; i != UINT32_MAX; i = sc->item[i].twin) {
		sc->item[i].swapped = swapped;
		calibration_set(sc->calibration, i, counted(&sc->item[i], sc->item[i].verdict));
	}
}

int scores_refresh(struct scores *sc, struct store *s, struct error *err)
{
	int rc = read_verdicts(sc, s, err);

	return rc < 0 ? rc : calibrate(sc);
}

/* ---- the threshold ---- */

static void threshold_key(char out[48], int64_t run)
{
	snprintf(out, 48, "threshold.%lld", (long long)run);
}

double scores_kept_threshold(struct store *s, int64_t run)
{
	struct buf value = BUF_INIT;
	char key[48];
	double t = NAN;

	threshold_key(key, run);
	if (store_setting_get(s, key, &value, NULL) < 0 || !json_read_real(buf_span(&value), &t))
		t = NAN;
	buf_free(&value);
	return t;
}

int scores_keep_threshold(struct scores *sc, struct store *s, double threshold, struct error *err)
{
	struct buf value = BUF_INIT;
	char key[48];
	int rc;

	threshold_key(key, sc->run);
	if (isnan(threshold))
		buf_adds(&value, "null");
	else
		buf_addf(&value, "%.17g", threshold);
	rc = store_setting_put(s, key, buf_span(&value), err);
	buf_free(&value);
	if (rc == 0) {
		sc->kept = !isnan(threshold);
		sc->threshold = sc->kept ? threshold : usual_threshold(sc);
	}
	return rc;
}

/* ---- bars ---- */

/* Those a judge rounds to `k`. */
static void judge_bar(const struct scores *sc, int k, struct calibration_bar *out)
{
	calibration_bar(sc->calibration, k == 1 ? -INFINITY : k - .5, k == 5 ? INFINITY : k + .5, out);
	out->low = k - .5;
	out->high = k + .5;
	out->probability = calibration_probability(sc->calibration, k);
}

size_t scores_bars(const struct scores *sc, size_t n, struct calibration_bar out[SCORES_BARS])
{
	double least, most;

	calibration_range(sc->calibration, &least, &most);
	if (sc->scale == SCALE_JUDGE) {
		for (int k = 1; k <= 5; k++)
			judge_bar(sc, k, &out[k - 1]);
		return 5;
	}
	if (n > SCORES_BARS)
		n = SCORES_BARS;
	if (n == 0 || !(most > least))
		n = 1;
	for (size_t i = 0; i < n; i++) {
		double low = least + (most - least) * (double)i / (double)n;
		double high = least + (most - least) * (double)(i + 1) / (double)n;

		calibration_bar(sc->calibration, low, i + 1 == n ? INFINITY : high, &out[i]);
		out[i].high = i + 1 == n ? most : high;
	}
	return n;
}
