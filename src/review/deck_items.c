/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The items a deck keeps loaded, and what was decided about them but may not be in the store yet. */
#include "review/deck_inside.h"

#include <stdlib.h>

static void replace_string(char **to, const char *from)
{
	free(*to);
	*to = from && *from ? xstrdup(from) : NULL;
}

static void change_state(struct item *item, const struct decision *change)
{
	struct verdict_state *st = &item->state;

	if (change->fields & DECISION_VERDICT)
		st->verdict = change->verdict;
	if (change->fields & DECISION_REASONS)
		st->reasons = change->reasons;
	if (change->fields & DECISION_NOTE)
		replace_string(&st->note, change->note);
	if (change->fields & DECISION_EDIT)
		replace_string(&st->edit, change->edit);
	if (change->fields & DECISION_EDIT)
		item_take_edits(item);
}

void deck_apply(struct deck *d, const struct decision *change)
{
	for (size_t i = 0; i < DECK_SLOTS; i++)
		if (d->slots[i].loaded && hash128_eq(&d->slots[i].item.key, &change->key))
			change_state(&d->slots[i].item, change);
}

static void waiting_free(struct deck_waiting *w)
{
	free((char *)w->change.note);
	free((char *)w->change.edit);
}

void deck_settle(struct deck *d)
{
	int64_t durable = (int64_t)atomic_load(&d->durable);
	size_t keep = 0;

	vec_each(&d->waiting, i) {
		if (d->waiting.v[i].ticket <= durable)
			waiting_free(&d->waiting.v[i]);
		else
			d->waiting.v[keep++] = d->waiting.v[i];
	}
	d->waiting.n = keep;
}

static struct deck_slot *slot_of(struct deck *d, size_t at)
{
	struct deck_slot *oldest = &d->slots[0];

	for (size_t i = 0; i < DECK_SLOTS; i++) {
		if (d->slots[i].loaded && d->slots[i].at == at)
			return &d->slots[i];
		if (!d->slots[i].loaded || (oldest->loaded && d->slots[i].used < oldest->used))
			oldest = &d->slots[i];
	}
	oldest->loaded = false;
	return oldest;
}

const struct item *deck_load(struct deck *d, size_t at, struct error *err)
{
	struct deck_slot *slot = slot_of(d, at);

	slot->used = ++d->clock;
	if (slot->loaded)
		return &slot->item;
	/* What becomes durable after this line is either seen by the load or still in the list. */
	deck_settle(d);
	if (item_load(&slot->item, d->items, deck_ref(d, at), err) < 0)
		return NULL;
	vec_each(&d->waiting, i)
		if (hash128_eq(&d->waiting.v[i].change.key, &slot->item.key))
			change_state(&slot->item, &d->waiting.v[i].change);
	slot->loaded = true;
	slot->at = at;
	deck_set_verdict(d, at, &slot->item.key, slot->item.state.verdict);
	return &slot->item;
}

void deck_forget_items(struct deck *d)
{
	for (size_t i = 0; i < DECK_SLOTS; i++)
		d->slots[i].loaded = false;
}

static bool is_loaded(const struct deck *d, size_t at)
{
	for (size_t i = 0; i < DECK_SLOTS; i++)
		if (d->slots[i].loaded && d->slots[i].at == at)
			return true;
	return false;
}

bool deck_idle(struct deck *d)
{
	size_t at = d->position, last = d->position + DECK_AHEAD;

	deck_settle(d);
	while (at <= last && at < deck_count(d) && is_loaded(d, at))
		at++;
	if (at > last || at >= deck_count(d))
		return false;
	return deck_load(d, at, NULL) != NULL; /* one that can't be loaded would be tried for ever */
}
