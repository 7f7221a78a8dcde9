/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is in a queue and in which order.  A whole corpus in the order of its files needs no list: refs are computed, verdicts
 * are one byte each.  Anything else is collected, filtered, sorted and cut into a list of refs.
 *
 * Random order sorts by splitmix64(key ^ seed): it is the same for everybody with the seed, and items that arrive later
 * find their place between the old ones without moving them. */
#include "review/deck_inside.h"

#include <math.h>
#include <stdlib.h>

#include "base/i18n.h"
#include "base/json.h"

#define WINDOW 4096
#define FEW 100000 /* positions that are looked through for repeated texts whenever some are added */

/* 24 bytes an item, so that a million of them can be sorted in little memory. */
struct queued {
	item_ref ref;
	uint64_t order; /* what to sort by, and the verdict in the lowest three bits */
	uint64_t half;  /* of the key */
};

#define VERDICT_BITS ((uint64_t)7)

typedef VEC(struct queued) queued_list;
typedef VEC(item_ref) ref_list;

/* ---- facts ---- */

static const struct record_fact *fact_at(struct deck *d, struct corpus_view *view, uint64_t i, struct error *err)
{
	uint64_t from = i - i % DECK_FACTS, count = corpus_view_count(view);

	if (d->facts_view != view || i < d->facts_from || i >= d->facts_from + d->facts_n) {
		d->facts_view = NULL;
		d->facts_n = count - from < DECK_FACTS ? (size_t)(count - from) : DECK_FACTS;
		if (corpus_view_facts(view, d->store, from, d->facts_n, d->facts, err) < 0)
			return NULL;
		d->facts_view = view;
		d->facts_from = from;
	}
	return &d->facts[i - d->facts_from];
}

static const struct deck_part *part_of(const struct deck *d, item_ref ref, uint64_t *index)
{
	vec_each(&d->parts, i)
		if (corpus_view_find(d->parts.v[i].view, ref, index))
			return &d->parts.v[i];
	return NULL;
}

int deck_mark(struct deck *d, item_ref ref, struct deck_mark *out, struct error *err)
{
	const struct record_fact *fact;
	const struct deck_part *part;
	uint64_t index;

	*out = (struct deck_mark){ .ref = ref };
	if (!item_ref_is_record(ref)) {
		struct item_row row;
		struct buf text = BUF_INIT;
		int rc = store_item_get(d->store, &row, &text, item_ref_id(ref), err);

		buf_free(&text);
		if (rc == 0) {
			out->key = row.key;
			out->kind = row.kind;
			out->score = row.score;
		}
		return rc;
	}
	part = part_of(d, ref, &index);
	if (!part)
		return error_set(err, TAMIS_ENOTFOUND, _("a record of the queue is no longer in its corpus"));
	fact = fact_at(d, part->view, index, err);
	if (!fact)
		return err && err->code < 0 ? err->code : TAMIS_ESTORE;
	out->key = fact->key;
	out->kind = part->kind;
	out->score = (double)fact->score;
	return 0;
}

/* ---- verdicts by position ---- */

static uint8_t verdict_in(const struct map128 *verdicts, const struct hash128 *key)
{
	const uint64_t *v = map128_find(verdicts, key);

	return v && *v <= VERDICT_FLAG ? (uint8_t)*v : VERDICT_NONE;
}

/* Of records [from, n) of a part, where the queue is in file order. */
static int add_part_verdicts(struct deck *d, const struct deck_part *part, uint64_t from, const struct map128 *verdicts,
			     const atomic_bool *cancel, struct error *err)
{
	vec_reserve(&d->verdicts, part->first + part->n);
	for (uint64_t i = from; i < part->n; i++) {
		const struct record_fact *fact = fact_at(d, part->view, i, err);

		if (!fact)
			return err && err->code < 0 ? err->code : TAMIS_ESTORE;
		if (i % WINDOW == 0 && cancel && *cancel)
			return error_set(err, TAMIS_ECANCEL, _("stopped"));
		if (d->halves.n == d->verdicts.n)
			vec_push(&d->halves, deck_half(&fact->key));
		deck_add_verdict(d, verdict_in(verdicts, &fact->key));
	}
	return 0;
}

int deck_recount(struct deck *d, struct error *err)
{
	struct map128 verdicts = { 0 };
	int rc = store_verdict_map(d->store, &verdicts, err);
	size_t n = deck_count(d);

	vec_clear(&d->verdicts);
	memset(d->counts, 0, sizeof d->counts);
	d->undecided = 0;
	for (size_t i = 0; !d->refs && i < d->parts.n && rc == 0; i++)
		rc = add_part_verdicts(d, &d->parts.v[i], 0, &verdicts, NULL, err);
	for (size_t i = 0; d->refs && i < n && rc == 0; i++) {
		struct deck_mark mark = { 0 };

		if (verdicts.n > 0)
			rc = deck_mark(d, deck_ref(d, i), &mark, err);
		if (rc == 0)
			deck_add_verdict(d, verdict_in(&verdicts, &mark.key));
	}
	while (d->verdicts.n < n)
		deck_add_verdict(d, VERDICT_NONE);
	map128_free(&verdicts);
	deck_find_twins(d);
	return rc;
}

/* ---- collecting ---- */

void deck_keep_hits(void *ctx, const item_ref *refs, size_t n, uint64_t scanned)
{
	ref_list *out = ctx;

	(void)scanned;
	for (size_t i = 0; i < n; i++)
		vec_push(out, refs[i]);
}

static int collect_records(struct deck *d, const struct filter *f, ref_list *out, const atomic_bool *cancel,
			   struct error *err)
{
	int rc = 0;

	for (size_t p = 0; p < d->parts.n && rc == 0; p++) {
		struct corpus_view *view = d->parts.v[p].view;

		if (f) {
			rc = filter_scan(f, d->store, view, NULL, 0, cancel, deck_keep_hits, out, err);
			continue;
		}
		vec_reserve(out, out->n + d->parts.v[p].n);
		for (uint64_t i = 0; i < d->parts.v[p].n; i++)
			vec_push(out, corpus_view_ref(view, i));
	}
	return rc;
}

static int collect_queue(struct deck *d, ref_list *out, const atomic_bool *cancel, struct error *err)
{
	queue_refs refs = { 0 };
	int rc = queue_fill(&refs, d->spec.queue, d->spec.run, d->spec.threshold > 0 || d->spec.threshold < 0 ? d->spec.threshold : NAN,
			    d->store, cancel, err);

	vec_each(&refs, i)
		vec_push(out, refs.v[i]);
	vec_free(&refs);
	return rc;
}

static int collect_items(struct deck *d, const struct filter *f, ref_list *out, const atomic_bool *cancel, struct error *err)
{
	ref_list all = { 0 };
	int rc = d->spec.queue ? collect_queue(d, &all, cancel, err) : 0;

	for (enum item_kind kind = KIND_DOCUMENT; kind <= KIND_FINDING && rc == 0 && !d->spec.queue; kind++) {
		int64_t *ids = NULL;
		size_t n = 0;

		if (d->spec.kind != KIND_NONE && d->spec.kind != kind)
			continue;
		rc = store_item_ids(d->store, d->spec.run, kind, "id", &ids, &n, err);
		for (size_t i = 0; i < n && rc == 0; i++)
			vec_push(&all, item_ref_item(ids[i]));
		free(ids);
	}
	if (rc == 0 && f) {
		rc = filter_scan(f, d->store, NULL, all.v, all.n, cancel, deck_keep_hits, out, err);
		vec_free(&all);
	} else {
		vec_free(out);
		out->v = all.v;
		out->n = all.n;
		out->cap = all.cap;
	}
	return rc;
}

/* A double as a number that sorts the same; those without a score come last either way.  The lowest bits make room for the
 * verdict: scores are kept as floats, whose doubles end in zeros. */
static uint64_t score_order(double score, bool down)
{
	uint64_t bits;

	if (isnan(score))
		return UINT64_MAX;
	memcpy(&bits, &score, sizeof bits);
	bits = bits >> 63 ? ~bits : bits | (uint64_t)1 << 63;
	return down ? ~bits : bits;
}

static uint64_t order_of(const struct deck *d, const struct deck_mark *mark)
{
	uint64_t half;

	if (d->spec.order == DECK_SCORE_UP || d->spec.order == DECK_SCORE_DOWN)
		return score_order(mark->score, d->spec.order == DECK_SCORE_DOWN);
	memcpy(&half, mark->key.b, sizeof half);
	return d->spec.order == DECK_RANDOM ? hash_mix64(half ^ d->spec.seed) : 0;
}

static int look_up(struct deck *d, const ref_list *refs, queued_list *out, const atomic_bool *cancel, struct error *err)
{
	struct map128 verdicts = { 0 };
	int rc = store_verdict_map(d->store, &verdicts, err);

	vec_reserve(out, refs->n);
	for (size_t i = 0; i < refs->n && rc == 0; i++) {
		struct queued q = { .ref = refs->v[i] };
		struct deck_mark mark;
		uint8_t verdict;

		if (i % WINDOW == 0 && cancel && *cancel)
			rc = error_set(err, TAMIS_ECANCEL, _("stopped"));
		if (rc == 0)
			rc = deck_mark(d, q.ref, &mark, err);
		if (rc < 0)
			break;
		verdict = verdict_in(&verdicts, &mark.key);
		if (d->spec.undecided_only && verdict != VERDICT_NONE)
			continue;
		q.half = deck_half(&mark.key);
		q.order = (order_of(d, &mark) & ~VERDICT_BITS) | verdict;
		vec_push(out, q);
	}
	map128_free(&verdicts);
	return rc;
}

/* ---- ordering ---- */

static int by_order(const void *x, const void *y)
{
	const struct queued *a = x, *b = y;
	uint64_t first = a->order & ~VERDICT_BITS, second = b->order & ~VERDICT_BITS;

	if (first != second)
		return first < second ? -1 : 1;
	return a->ref < b->ref ? -1 : a->ref > b->ref;
}

static void order(struct deck *d, queued_list *all)
{
	if (d->spec.order != DECK_FILE)
		qsort(all->v, all->n, sizeof *all->v, by_order);
	if (d->spec.sample > 0 && all->n > d->spec.sample)
		all->n = (size_t)d->spec.sample;
	d->refs = xcalloc(all->n + 1, sizeof *d->refs);
	d->n_refs = all->n;
	vec_reserve(&d->verdicts, all->n);
	vec_each(all, i) {
		d->refs[i] = all->v[i].ref;
		vec_push(&d->halves, all->v[i].half);
		deck_add_verdict(d, (uint8_t)(all->v[i].order & VERDICT_BITS));
	}
}

/* ---- opening ---- */

static void add_part(struct deck *d, struct corpus_view *view, enum item_kind kind)
{
	size_t first = d->parts.n ? d->parts.v[d->parts.n - 1].first + d->parts.v[d->parts.n - 1].n : 0;

	vec_push(&d->parts, (struct deck_part){ view, kind, first, (size_t)corpus_view_count(view) });
	item_source_use(d->items, view);
}

/* The corpus asked for, or all of the kind asked for. */
static int open_parts(struct deck *d, struct corpus_view *given, struct error *err)
{
	struct corpus *all = NULL;
	size_t n = 0;
	bool any = false;
	int rc = store_corpus_list(d->store, &all, &n, err);

	for (size_t i = 0; i < n && rc == 0; i++) {
		struct corpus_view *view = NULL;

		if (d->spec.corpus ? all[i].id != d->spec.corpus : d->spec.kind != KIND_NONE && all[i].kind != d->spec.kind)
			continue;
		any = true;
		if (given && corpus_view_corpus(given) == all[i].id)
			view = corpus_view_share(given);
		else
			rc = corpus_view_open(&view, d->store, all[i].id, err);
		if (rc == 0)
			add_part(d, view, all[i].kind);
	}
	free(all);
	if (rc == 0 && d->spec.corpus && !any)
		rc = error_set(err, TAMIS_ENOTFOUND, _("the corpus is not in this workspace"));
	return rc;
}

static int fill_in_file_order(struct deck *d, const atomic_bool *cancel, struct error *err)
{
	struct map128 verdicts = { 0 };
	int rc = store_verdict_map(d->store, &verdicts, err);

	for (size_t i = 0; i < d->parts.n && rc == 0; i++)
		rc = add_part_verdicts(d, &d->parts.v[i], 0, &verdicts, cancel, err);
	map128_free(&verdicts);
	return rc;
}

static int fill_list(struct deck *d, const struct filter *f, const atomic_bool *cancel, struct error *err)
{
	ref_list refs = { 0 };
	queued_list all = { 0 };
	int rc = d->spec.run ? collect_items(d, f, &refs, cancel, err) : collect_records(d, f, &refs, cancel, err);

	if (rc == 0)
		rc = look_up(d, &refs, &all, cancel, err);
	vec_free(&refs);
	if (rc == 0)
		order(d, &all);
	vec_free(&all);
	return rc;
}

int deck_fill(struct deck *d, struct corpus_view *view, const atomic_bool *cancel, struct error *err)
{
	struct filter *f = NULL;
	int rc = d->spec.run ? 0 : open_parts(d, view, err);

	if (rc == 0 && d->where && *d->where)
		rc = filter_parse(&f, d->where, err);
	if (rc == 0 && !d->spec.run && !f && d->spec.order == DECK_FILE && d->spec.sample == 0 && !d->spec.undecided_only)
		rc = fill_in_file_order(d, cancel, err);
	else if (rc == 0)
		rc = fill_list(d, f, cancel, err);
	filter_free(f);
	if (rc == 0)
		deck_find_twins(d);
	return rc;
}

bool deck_grow(struct deck *d)
{
	struct deck_part *last = d->parts.n ? &d->parts.v[d->parts.n - 1] : NULL;
	struct map128 verdicts = { 0 };
	size_t before;

	if (d->refs || !last || corpus_view_count(last->view) <= last->n)
		return false;
	if (store_verdict_map(d->store, &verdicts, NULL) < 0)
		return false;
	before = last->n;
	last->n = (size_t)corpus_view_count(last->view);
	d->facts_view = NULL;
	if (add_part_verdicts(d, last, d->verdicts.n - last->first, &verdicts, NULL, NULL) < 0)
		while (d->verdicts.n < last->first + last->n)
			deck_add_verdict(d, VERDICT_NONE); /* facts that can't be read yet: an item tells when it is loaded */
	map128_free(&verdicts);
	/* Not for each few records: what is missed is put right when the item is loaded. */
	if (d->halves.n < FEW || d->halves.n - d->twins_of > d->twins_of / 8)
		deck_find_twins(d);
	return last->n > before;
}

/* ---- places ---- */

size_t deck_count(const struct deck *d)
{
	const struct deck_part *last = d->parts.n ? &d->parts.v[d->parts.n - 1] : NULL;

	return d->refs ? d->n_refs : last ? last->first + last->n : 0;
}

item_ref deck_ref(const struct deck *d, size_t i)
{
	if (d->refs)
		return i < d->n_refs ? d->refs[i] : ITEM_REF_NONE;
	vec_each(&d->parts, p) {
		const struct deck_part *part = &d->parts.v[p];

		if (i < part->first + part->n)
			return corpus_view_ref(part->view, i - part->first);
	}
	return ITEM_REF_NONE;
}

bool deck_find(struct deck *d, item_ref ref, size_t *at)
{
	const struct deck_part *part;
	const uint64_t *place;
	uint64_t index;
	bool made;

	if (!d->refs) {
		part = item_ref_is_record(ref) ? part_of(d, ref, &index) : NULL;
		if (!part || index >= part->n)
			return false;
		*at = part->first + (size_t)index;
		return true;
	}
	for (size_t i = d->places.n; i < d->n_refs; i++)
		*map64_at(&d->places, d->refs[i], &made) = i + 1;
	place = map64_find(&d->places, ref);
	if (!place)
		return false;
	*at = (size_t)*place - 1;
	return true;
}
