/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Places: what a queue is made of, numbered in the order of its files (or of the run's items), and how they are found from
 * positions and references.  Facts are read a window at a time, so going through places in ascending order is cheap and in any
 * other is not. */
#include "review/deck_inside.h"

#include "base/i18n.h"

size_t deck_places(const struct deck *d)
{
	const struct deck_part *last = d->parts.n ? &d->parts.v[d->parts.n - 1] : NULL;

	return last ? last->first + last->n : d->ids.n;
}

static const struct deck_part *part_at(const struct deck *d, size_t place)
{
	vec_each(&d->parts, i)
		if (place < d->parts.v[i].first + d->parts.v[i].n)
			return &d->parts.v[i];
	return NULL;
}

item_ref deck_place_ref(const struct deck *d, size_t place)
{
	const struct deck_part *part = part_at(d, place);

	if (part)
		return corpus_view_ref(part->view, place - part->first);
	return place < d->ids.n ? item_ref_item(d->ids.v[place]) : ITEM_REF_NONE;
}

bool deck_find_place(const struct deck *d, item_ref ref, size_t *place)
{
	uint64_t index;

	if (!item_ref_is_record(ref)) {
		for (*place = 0; *place < d->ids.n; (*place)++)
			if (d->ids.v[*place] == item_ref_id(ref))
				return true;
		return false;
	}
	vec_each(&d->parts, i) {
		const struct deck_part *part = &d->parts.v[i];

		if (!corpus_view_find(part->view, ref, &index))
			continue;
		*place = part->first + (size_t)index;
		return index < part->n;
	}
	return false;
}

/* ---- what is known of a place ---- */

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

static int mark_item(struct deck *d, item_ref ref, struct deck_mark *out, struct error *err)
{
	struct item_row row;
	struct buf text = BUF_INIT;
	int rc = store_item_get(d->store, &row, &text, item_ref_id(ref), err);

	buf_free(&text);
	*out = (struct deck_mark){ .ref = ref };
	if (rc < 0)
		return rc;
	out->key = row.key;
	out->kind = row.kind;
	out->score = row.score;
	return 0;
}

int deck_mark_place(struct deck *d, size_t place, struct deck_mark *out, struct error *err)
{
	const struct deck_part *part = part_at(d, place);
	const struct record_fact *fact;

	if (!part)
		return mark_item(d, deck_place_ref(d, place), out, err);
	fact = fact_at(d, part->view, place - part->first, err);
	if (!fact)
		return err && err->code < 0 ? err->code : TAMIS_ESTORE;
	*out = (struct deck_mark){ .key = fact->key, .kind = part->kind, .score = (double)fact->score };
	return 0;
}

int deck_mark(struct deck *d, item_ref ref, struct deck_mark *out, struct error *err)
{
	size_t place;
	int rc;

	if (!item_ref_is_record(ref))
		return mark_item(d, ref, out, err);
	if (!deck_find_place(d, ref, &place))
		return error_set(err, TAMIS_ENOTFOUND, _("a record of the queue is no longer in its corpus"));
	rc = deck_mark_place(d, place, out, err);
	out->ref = ref;
	return rc;
}

/* ---- positions ---- */

size_t deck_count(const struct deck *d)
{
	return d->order ? d->n_order : deck_places(d);
}

size_t deck_place(const struct deck *d, size_t i)
{
	return d->order ? d->order[i] : i;
}

item_ref deck_ref(const struct deck *d, size_t i)
{
	return i < deck_count(d) ? deck_place_ref(d, deck_place(d, i)) : ITEM_REF_NONE;
}

bool deck_find(struct deck *d, item_ref ref, size_t *at)
{
	size_t place;

	if (!deck_find_place(d, ref, &place))
		return false;
	if (!d->order) {
		*at = place;
		return true;
	}
	for (size_t i = 0; i < d->n_order; i++) {
		if (d->order[i] == place) {
			*at = i;
			return true;
		}
	}
	return false;
}
