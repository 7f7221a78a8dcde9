/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Leaders: an instruction joins the first earlier leader it is alike enough to, else it leads a cluster of its own.
 *
 * Sets of content words that share Jaccard t of n words have one of the n - ceil(t n) + 1 rarest in common (prefix filter,
 * Chaudhuri et al. 2006): only leaders found through those are compared.  Rare means a small hash here, which needs no counting
 * and costs some more comparisons. */
#include "review/queue_clusters.h"

#include <math.h>
#include <stdlib.h>

#include "base/map.h"
#include "instruct/terms.h"
#include "review/scores_facts.h"

struct leader {
	uint32_t item, members;
	size_t at, n;              /* its words */
};

struct chain {
	uint32_t leader, next;     /* next + 1 of the chain, 0 ends it */
};

struct gathering {
	const struct scores *sc;
	struct facts_room *room;
	struct term_reader *reader;
	struct term_list terms;
	VEC(uint64_t) words;       /* of all leaders, then of the one looked at */
	VEC(struct leader) leaders;
	VEC(struct chain) chains;
	struct map64 by_word;      /* word -> its latest chain + 1 */
	uint32_t item;             /* the next row's place in the scores */
};

static int compare_words(const void *x, const void *y)
{
	uint64_t a = *(const uint64_t *)x, b = *(const uint64_t *)y;

	return a < b ? -1 : a > b;
}

/* The distinct content words, sorted, after those of the leaders; returns how many. */
static size_t read_words(struct gathering *g, struct span text)
{
	size_t at = g->words.n, kept = 0;

	terms_read(g->reader, &g->terms, text);
	vec_each(&g->terms.terms, i)
		if (g->terms.terms.v[i].content)
			vec_push(&g->words, hash_mix64(g->terms.terms.v[i].id));
	if (g->words.n > at)
		qsort(g->words.v + at, g->words.n - at, sizeof *g->words.v, compare_words);
	for (size_t i = at; i < g->words.n; i++)
		if (i == at || g->words.v[i] != g->words.v[i - 1])
			g->words.v[at + kept++] = g->words.v[i];
	g->words.n = at + kept;
	return kept;
}

static double likeness(const uint64_t *a, size_t na, const uint64_t *b, size_t nb)
{
	size_t i = 0, k = 0, both = 0;

	while (i < na && k < nb) {
		both += a[i] == b[k];
		if (a[i] == b[k])
			i++, k++;
		else if (a[i] < b[k])
			i++;
		else
			k++;
	}
	return na + nb - both ? (double)both / (double)(na + nb - both) : 1;
}

static size_t prefix_of(size_t n)
{
	return n - (size_t)ceil(QUEUE_LIKE * (double)n) + 1;
}

static struct leader *leader_of(struct gathering *g, const uint64_t *words, size_t n)
{
	struct leader *best = NULL;

	for (size_t i = 0; i < prefix_of(n) && i < n; i++) {
		const uint64_t *head = map64_find(&g->by_word, words[i]);

		for (uint32_t c = head ? (uint32_t)*head : 0; c; c = g->chains.v[c - 1].next) {
			struct leader *l = &g->leaders.v[g->chains.v[c - 1].leader];

			if ((!best || l < best) && likeness(words, n, g->words.v + l->at, l->n) >= QUEUE_LIKE)
				best = l;
		}
	}
	return best;
}

static void lead(struct gathering *g, size_t at, size_t n)
{
	for (size_t i = 0; i < prefix_of(n) && i < n; i++) {
		bool made;
		uint64_t *head = map64_at(&g->by_word, g->words.v[at + i], &made);

		vec_push(&g->chains, (struct chain){ (uint32_t)g->leaders.n, (uint32_t)*head });
		*head = g->chains.n;
	}
	vec_push(&g->leaders, (struct leader){ g->item, 1, at, n });
}

static int take_row(void *ctx, const struct item_row *row, struct error *err)
{
	struct gathering *g = ctx;
	struct item_facts facts;
	struct leader *leader;
	size_t at = g->words.n, n;

	(void)err;
	while (g->item < g->sc->n && item_ref_id(g->sc->item[g->item].ref) < row->id)
		g->item++;
	if (g->item >= g->sc->n || item_ref_id(g->sc->item[g->item].ref) != row->id)
		return 0; /* added since */
	item_facts_read(&facts, g->room, row);
	n = read_words(g, item_facts_instruction(g->room));
	leader = leader_of(g, g->words.v + at, n);
	if (leader) {
		leader->members++;
		g->words.n = at;
	} else {
		lead(g, at, n);
	}
	return 0;
}

static int by_size(const void *x, const void *y)
{
	const struct leader *a = x, *b = y;

	if (a->members != b->members)
		return a->members > b->members ? -1 : 1;
	return a->item < b->item ? -1 : a->item > b->item;
}

int queue_clusters(queue_refs *out, const struct scores *sc, double threshold, struct store *s, struct error *err)
{
	struct gathering g = { .sc = sc, .room = facts_room_new(), .reader = term_reader_new() };
	int rc = store_items_each(s, sc->run, take_row, &g, err);

	(void)threshold;
	if (g.leaders.n)
		qsort(g.leaders.v, g.leaders.n, sizeof *g.leaders.v, by_size);
	for (size_t i = 0; rc == 0 && i < g.leaders.n; i++)
		vec_push(out, sc->item[g.leaders.v[i].item].ref);
	facts_room_free(g.room);
	term_reader_free(g.reader);
	vec_free(&g.terms.terms);
	vec_free(&g.words);
	vec_free(&g.leaders);
	vec_free(&g.chains);
	map64_free(&g.by_word);
	return rc;
}
