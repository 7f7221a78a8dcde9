/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is in a queue and in which order.  A whole corpus in the order of its files needs no list: positions are places, verdicts
 * are one byte each.  Anything else is filtered, sorted and cut into a list of places, four bytes each; it is sorted as one array
 * of eight, and whatever reads the index goes through places in ascending order, before that.
 *
 * Random order sorts by splitmix64(key ^ seed): it is the same for everybody with the seed, and items that arrive later
 * find their place between the old ones without moving them. */
#include "review/deck_inside.h"

#include <math.h>
#include <stdlib.h>

#include "base/i18n.h"
#include "base/sort.h"

#define WINDOW 4096
#define FEW 100000 /* positions that are looked through for repeated texts whenever some are added */

typedef VEC(uint32_t) place_list;

static int stopped(size_t i, const atomic_bool *cancel, struct error *err)
{
	if (i % WINDOW == 0 && cancel && *cancel)
		return error_set(err, TAMIS_ECANCEL, _("stopped"));
	return 0;
}

/* ---- verdicts by position ---- */

static uint8_t verdict_in(const struct map128 *verdicts, const struct hash128 *key)
{
	const uint64_t *v = map128_find(verdicts, key);

	return v && *v <= VERDICT_FLAG ? (uint8_t)*v : VERDICT_NONE;
}

/* Of positions [from, n), where the queue is in file order. */
static int add_verdicts(struct deck *d, size_t from, size_t n, const atomic_bool *cancel, struct error *err)
{
	struct map128 verdicts = { 0 };
	int rc = store_verdict_map(d->store, &verdicts, err);

	vec_reserve(&d->verdicts, n);
	for (size_t i = from; i < n && rc == 0; i++) {
		struct deck_mark mark = { 0 };

		rc = stopped(i, cancel, err);
		if (rc == 0 && verdicts.n > 0)
			rc = deck_mark_place(d, i, &mark, err);
		if (rc == 0)
			deck_add_verdict(d, verdict_in(&verdicts, &mark.key));
	}
	map128_free(&verdicts);
	return rc;
}

#define UNWANTED 0xff

/* Of the places of a list: one byte a place. */
static int read_list_verdicts(struct deck *d, uint8_t *by_place, struct error *err)
{
	struct map128 verdicts = { 0 };
	int rc = store_verdict_map(d->store, &verdicts, err);
	size_t n = deck_places(d);

	memset(by_place, UNWANTED, n);
	for (size_t i = 0; i < d->n_order; i++)
		by_place[d->order[i]] = VERDICT_NONE;
	for (size_t place = 0; place < n && rc == 0 && verdicts.n > 0; place++) {
		struct deck_mark mark;

		if (by_place[place] == UNWANTED)
			continue;
		rc = deck_mark_place(d, place, &mark, err);
		if (rc == 0)
			by_place[place] = verdict_in(&verdicts, &mark.key);
	}
	map128_free(&verdicts);
	return rc;
}

int deck_recount(struct deck *d, struct error *err)
{
	uint8_t *by_place = NULL;
	int rc;

	vec_clear(&d->verdicts);
	d->all_changed = true;
	if (d->order) {
		by_place = xcalloc(deck_places(d) + 1, 1);
		rc = read_list_verdicts(d, by_place, err);
		for (size_t i = 0; i < d->n_order; i++)
			deck_add_verdict(d, by_place[d->order[i]]);
		free(by_place);
	} else {
		rc = add_verdicts(d, 0, deck_places(d), NULL, err);
		while (d->verdicts.n < deck_places(d))
			deck_add_verdict(d, VERDICT_NONE);
	}
	deck_count_verdicts(d);
	return rc;
}

/* ---- what the list holds ---- */

struct collecting {
	struct deck *deck;
	place_list places;
	size_t next; /* item of the run */
};

static void keep_hits(void *ctx, const item_ref *refs, size_t n, uint64_t scanned)
{
	struct collecting *c = ctx;
	struct deck *d = c->deck;

	(void)scanned;
	for (size_t i = 0; i < n; i++) {
		size_t place;

		if (!d->spec.run) {
			if (!deck_find_place(d, refs[i], &place))
				continue;
		} else {
			while (c->next < d->ids.n && d->ids.v[c->next] != item_ref_id(refs[i]))
				c->next++;
			place = c->next;
		}
		if (place < deck_places(d))
			vec_push(&c->places, (uint32_t)place);
	}
}

static int filter_items(struct deck *d, const struct filter *f, struct collecting *out, const atomic_bool *cancel,
			struct error *err)
{
	item_ref *refs = xcalloc(d->ids.n + 1, sizeof *refs);
	int rc;

	vec_each(&d->ids, i)
		refs[i] = item_ref_item(d->ids.v[i]);
	rc = filter_scan(f, d->store, NULL, refs, d->ids.n, cancel, keep_hits, out, err);
	free(refs);
	return rc;
}

static int collect(struct deck *d, const struct filter *f, struct collecting *out, const atomic_bool *cancel, struct error *err)
{
	int rc = 0;

	if (d->spec.run)
		return filter_items(d, f, out, cancel, err);
	for (size_t p = 0; p < d->parts.n && rc == 0; p++)
		rc = filter_scan(f, d->store, d->parts.v[p].view, NULL, 0, cancel, keep_hits, out, err);
	return rc;
}

static uint32_t order_of(const struct deck *d, const struct deck_mark *mark)
{
	uint32_t bits;

	switch (d->spec.order) {
	case DECK_SCORE_UP:
	case DECK_SCORE_DOWN: /* what has no score comes last either way */
		bits = sort_by_float((float)mark->score);
		return d->spec.order == DECK_SCORE_DOWN && !isnan(mark->score) ? ~bits : bits;
	case DECK_RANDOM: return (uint32_t)(hash_mix64(deck_half(&mark->key) ^ d->spec.seed) >> 32);
	default: return 0;
	}
}

/* What is known of each place, in ascending order. */
struct looking_up {
	uint64_t *pairs;   /* what to sort by, and the place */
	size_t n;
	uint64_t *halves;  /* of the keys, where looking at them again would take long; else NULL */
	uint8_t *by_place; /* verdicts */
};

static int look_up(struct deck *d, const place_list *places, struct looking_up *out, const atomic_bool *cancel,
		   struct error *err)
{
	struct map128 verdicts = { 0 };
	size_t n = places ? places->n : deck_places(d);
	int rc = store_verdict_map(d->store, &verdicts, err);

	for (size_t i = 0; i < n && rc == 0; i++) {
		size_t place = places ? places->v[i] : i;
		struct deck_mark mark;
		uint8_t verdict;

		rc = stopped(i, cancel, err);
		if (rc == 0)
			rc = deck_mark_place(d, place, &mark, err);
		if (rc < 0)
			break;
		verdict = verdict_in(&verdicts, &mark.key);
		if (d->spec.undecided_only && verdict != VERDICT_NONE)
			continue;
		if (verdict != VERDICT_NONE) /* it is zeros already, mostly of pages never touched */
			out->by_place[place] = verdict;
		if (out->halves)
			out->halves[out->n] = deck_half(&mark.key);
		out->pairs[out->n++] = sort_pair(order_of(d, &mark), (uint32_t)place);
	}
	map128_free(&verdicts);
	return rc;
}

/* Takes the pairs. */
static void put_in_order(struct deck *d, struct looking_up *found)
{
	sort_u64_in_place(found->pairs, found->n);
	if (d->spec.sample > 0 && found->n > d->spec.sample)
		found->n = (size_t)d->spec.sample;
	d->order = sort_pairs_to_places(found->pairs, found->n);
	d->n_order = found->n;
	found->pairs = NULL;
	vec_reserve(&d->verdicts, found->n);
	for (size_t i = 0; i < found->n; i++)
		deck_add_verdict(d, found->by_place[d->order[i]]);
}

static int fill_list(struct deck *d, const struct filter *f, const atomic_bool *cancel, struct error *err)
{
	struct collecting hits = { .deck = d };
	struct looking_up found = { 0 };
	int rc = f ? collect(d, f, &hits, cancel, err) : 0;
	size_t n = f ? hits.places.n : deck_places(d);

	if (rc == 0 && deck_places(d) > UINT32_MAX)
		rc = error_set(err, TAMIS_ELIMIT, _("more than 4,294,967,295 records can't be put in order; review them by corpus"));
	if (rc == 0) {
		found.pairs = xcalloc(n + 1, sizeof *found.pairs);
		found.halves = d->spec.run ? xcalloc(n + 1, sizeof *found.halves) : NULL;
		found.by_place = xcalloc(deck_places(d) + 1, 1);
		rc = look_up(d, f ? &hits.places : NULL, &found, cancel, err);
	}
	vec_free(&hits.places);
	if (rc == 0)
		rc = deck_find_twins(d, found.pairs, found.halves, found.n, err);
	free(found.halves);
	if (rc == 0)
		put_in_order(d, &found);
	free(found.pairs);
	free(found.by_place);
	deck_place_twins(d);
	return rc;
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

/* The items of a queue that has an order of its own: their places follow it. */
static int list_queue(struct deck *d, const atomic_bool *cancel, struct error *err)
{
	queue_refs refs = { 0 };
	int rc = queue_fill(&refs, d->spec.queue, d->spec.run, d->spec.threshold > 0 || d->spec.threshold < 0 ? d->spec.threshold : NAN,
			    d->store, cancel, err);

	vec_each(&refs, i)
		vec_push(&d->ids, item_ref_id(refs.v[i]));
	vec_free(&refs);
	return rc;
}

static int list_items(struct deck *d, const atomic_bool *cancel, struct error *err)
{
	int rc = 0;

	if (d->spec.queue)
		return list_queue(d, cancel, err);

	for (enum item_kind kind = KIND_DOCUMENT; kind <= KIND_FINDING && rc == 0; kind++) {
		int64_t *ids = NULL;
		size_t n = 0;

		if (d->spec.kind != KIND_NONE && d->spec.kind != kind)
			continue;
		rc = store_item_ids(d->store, d->spec.run, kind, "id", &ids, &n, err);
		for (size_t i = 0; i < n && rc == 0; i++)
			vec_push(&d->ids, ids[i]);
		free(ids);
	}
	return rc;
}

static int fill_in_file_order(struct deck *d, const atomic_bool *cancel, struct error *err)
{
	int rc = add_verdicts(d, 0, deck_places(d), cancel, err);

	if (rc == 0)
		rc = deck_find_twins(d, NULL, NULL, deck_places(d), err);
	deck_place_twins(d);
	return rc;
}

int deck_fill(struct deck *d, struct corpus_view *view, const atomic_bool *cancel, struct error *err)
{
	struct filter *f = NULL;
	int rc = d->spec.run ? list_items(d, cancel, err) : open_parts(d, view, err);

	if (rc == 0 && d->where && *d->where)
		rc = filter_parse(&f, d->where, err);
	if (rc == 0 && !d->spec.run && !f && d->spec.order == DECK_FILE && d->spec.sample == 0 && !d->spec.undecided_only)
		rc = fill_in_file_order(d, cancel, err);
	else if (rc == 0)
		rc = fill_list(d, f, cancel, err);
	filter_free(f);
	return rc;
}

/* Repeated texts are not looked for at each few records that come: what is missed is put right when the item is loaded. */
static bool look_for_twins(struct deck *d, const struct corpus_view *view)
{
	size_t n = d->verdicts.n;

	if (d->twins_of == n || (n > FEW && corpus_view_indexing(view)))
		return false;
	d->twins_of = n;
	deck_find_twins(d, NULL, NULL, n, NULL);
	deck_place_twins(d);
	return true;
}

bool deck_grow(struct deck *d)
{
	struct deck_part *last = d->parts.n ? &d->parts.v[d->parts.n - 1] : NULL;
	bool grown;

	if (d->order || !last)
		return false;
	grown = corpus_view_count(last->view) > last->n;
	if (grown) {
		last->n = (size_t)corpus_view_count(last->view);
		d->facts_view = NULL;
		add_verdicts(d, d->verdicts.n, deck_places(d), NULL, NULL);
		while (d->verdicts.n < deck_places(d))
			deck_add_verdict(d, VERDICT_NONE); /* facts that can't be read yet: an item tells when it is loaded */
	}
	return look_for_twins(d, last->view) || grown;
}
