/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Exact containment join by rare shingles. */
#include "dedup/contain.h"

#include "base/i18n.h"
#include "dedup/banding.h"
#include "dedup/sort.h"

#define DOCS_PER_TASK 64u
#define BYTES_PER_SHINGLE 48u /* of a tile: the set, how often it occurs, its entry in the index */
#define FILTER_BITS 24u
#define NO_ENTRY 0

struct posting {
	uint32_t at;   /* place of the reference in the tile */
	uint32_t next; /* number of the next posting of the same shingle, from 1; NO_ENTRY */
};

struct join {
	const struct contain_search *q;
	uint32_t share;          /* as asked */
	uint32_t *ref;           /* of the tile */
	uint64_t **set;          /* [place]; the rarest first */
	size_t n;
	struct map64 frequency;  /* shingle -> references of the tile that have it */
	struct map64 first;      /* shingle -> its first posting */
	VEC(struct posting) postings;
	uint64_t *filter;        /* a bit of every shingle in `first`, so that most look-ups end in one load */
	uint32_t *doc;           /* to be searched */
	size_t n_docs;
	pthread_mutex_t lock;
	edge_vec found;
};

static uint64_t filter_place(uint64_t shingle)
{
	return shingle & (((uint64_t)1 << FILTER_BITS) - 1);
}

/* Least number of shared shingles that is the share of `n`. */
static uint64_t share_need(uint64_t n, uint32_t share)
{
	return (n * share + THRESHOLD_ONE - 1) / THRESHOLD_ONE;
}

/* ---- a tile of references ---- */

/* Nobody is removed on the word of another version. */
static bool unchanged(struct join *j, uint32_t doc, struct span text)
{
	struct hash128 raw = hash128(text.p, text.len);
	struct error err = { 0 };

	if (hash128_eq(&raw, &j->q->sketches->fact[doc].raw))
		return true;
	error_set(&err, TAMIS_ECHANGED, _("document %u is no longer the text that was sketched; import it again"), doc);
	worker_fail(j->q->pool, &err);
	return false;
}

static void load_reference(void *ctx, size_t i)
{
	struct join *j = ctx;
	uint32_t doc = j->ref[i];
	struct worker *w = worker_take(j->q->pool);
	const hash_vec *set;
	struct span text;

	if (w == NULL)
		return;
	if (worker_text(j->q->pool, w, doc, &text) == 0 && unchanged(j, doc, text)) {
		shingler_text(&w->sketcher.shingler, text);
		set = &w->sketcher.shingler.set;
		j->set[i] = xreallocarray(NULL, set->n ? set->n : 1, sizeof **j->set);
		memcpy(j->set[i], set->v, set->n * sizeof *set->v);
	}
	worker_give(j->q->pool, w);
}

static int rarer(const void *pa, const void *pb, void *ctx)
{
	const struct map64 *frequency = ctx;
	uint64_t a = *(const uint64_t *)pa, b = *(const uint64_t *)pb;
	uint64_t fa = *map64_find(frequency, a), fb = *map64_find(frequency, b);

	if (fa != fb)
		return fa < fb ? -1 : 1;
	return (a > b) - (a < b);
}

static void index_reference(struct join *j, size_t place)
{
	size_t n = j->q->sketches->fact[j->ref[place]].n_shingles, prefix = n - share_need(n, j->share) + 1;

	qsort_r(j->set[place], n, sizeof **j->set, rarer, &j->frequency);
	for (size_t i = 0; i < prefix && i < n; i++) {
		uint64_t shingle = j->set[place][i], bit = filter_place(shingle);
		uint64_t *first = map64_at(&j->first, shingle, NULL);

		vec_push(&j->postings, (struct posting){ (uint32_t)place, (uint32_t)*first });
		*first = j->postings.n;
		j->filter[bit / 64] |= (uint64_t)1 << (bit % 64);
	}
}

static void index_tile(struct join *j)
{
	for (size_t place = 0; place < j->n; place++)
		for (size_t i = 0; i < j->q->sketches->fact[j->ref[place]].n_shingles; i++)
			++*map64_at(&j->frequency, j->set[place][i], NULL);
	for (size_t place = 0; place < j->n; place++)
		index_reference(j, place);
}

static void drop_tile(struct join *j)
{
	for (size_t place = 0; place < j->n; place++) {
		free(j->set[place]);
		j->set[place] = NULL;
	}
	map64_free(&j->frequency);
	map64_free(&j->first);
	vec_clear(&j->postings);
	memset(j->filter, 0, ((size_t)1 << FILTER_BITS) / 8);
}

/* ---- texts ---- */

/* A task's working memory. */
struct searching {
	uint32_t *stamp;         /* [place]: the last text, numbered within the task, that met the reference */
	VEC(uint32_t) met;
	edge_vec found;
};

static void meet(struct searching *s, const struct join *j, const hash_vec *set, uint32_t number)
{
	vec_clear(&s->met);
	vec_each(set, i) {
		uint64_t bit = filter_place(set->v[i]);
		const uint64_t *first;

		if (!(j->filter[bit / 64] >> (bit % 64) & 1))
			continue;
		first = map64_find(&j->first, set->v[i]);
		for (size_t p = first ? *first : NO_ENTRY; p != NO_ENTRY; p = j->postings.v[p - 1].next) {
			uint32_t place = j->postings.v[p - 1].at;

			if (s->stamp[place] == number)
				continue;
			s->stamp[place] = number;
			vec_push(&s->met, place);
		}
	}
}

static void count_met(struct searching *s, const struct join *j, struct worker *w, uint32_t doc)
{
	const hash_vec *set = &w->sketcher.shingler.set;

	if (s->met.n)
		shingle_table_fill(&w->table, set->v, set->n);
	vec_each(&s->met, i) {
		uint32_t place = s->met.v[i], ref = j->ref[place];
		size_t n = j->q->sketches->fact[ref].n_shingles;
		size_t need = (size_t)share_need(n, j->share), common = shingle_table_common(&w->table, j->set[place], n, need);

		if (common >= need)
			vec_push(&s->found, (struct edge){ ref, doc, (uint32_t)common });
	}
}

static void search_task(void *ctx, size_t task)
{
	struct join *j = ctx;
	size_t from = task * DOCS_PER_TASK, to = from + DOCS_PER_TASK < j->n_docs ? from + DOCS_PER_TASK : j->n_docs;
	struct worker *w = worker_take(j->q->pool);
	struct searching s = { 0 };
	struct span text;

	if (w == NULL)
		return;
	s.stamp = xcalloc(j->n, sizeof *s.stamp);
	for (size_t i = from; i < to && worker_text(j->q->pool, w, j->doc[i], &text) == 0; i++) {
		shingler_text(&w->sketcher.shingler, text);
		meet(&s, j, &w->sketcher.shingler.set, (uint32_t)(i - from) + 1);
		if (s.met.n && !unchanged(j, j->doc[i], text))
			break;
		count_met(&s, j, w, j->doc[i]);
	}
	pthread_mutex_lock(&j->lock);
	vec_each(&s.found, i)
		vec_push(&j->found, s.found.v[i]);
	pthread_mutex_unlock(&j->lock);
	free(s.stamp);
	vec_free(&s.met);
	vec_free(&s.found);
	worker_give(j->q->pool, w);
}

static int run_tile(struct join *j, struct error *err)
{
	int rc = worker_run(j->q->pool, j->n, load_reference, j, err);

	if (rc == 0) {
		index_tile(j);
		rc = worker_run(j->q->pool, (j->n_docs + DOCS_PER_TASK - 1) / DOCS_PER_TASK, search_task, j, err);
	}
	drop_tile(j);
	return rc;
}

static int compare_edges(const void *pa, const void *pb)
{
	const struct edge *a = pa, *b = pb;

	if (a->a != b->a)
		return a->a < b->a ? -1 : 1;
	return (a->b > b->b) - (a->b < b->b);
}

/* References in tiles of what the budget holds, at least one at a time. */
static int run_tiles(struct join *j, uint64_t *too_short, struct error *err)
{
	const struct contain_search *q = j->q;
	size_t budget = q->budget / BYTES_PER_SHINGLE, held = 0;
	int rc = 0;

	for (uint32_t r = 0; r < q->references && rc == 0; r++) {
		const struct sketch *f = &q->sketches->fact[r];

		if (f->n_tokens < CONTAIN_TOKENS || f->n_shingles == 0) {
			++*too_short;
			continue;
		}
		if (j->n && held + f->n_shingles > budget) {
			rc = run_tile(j, err);
			held = j->n = 0;
		}
		held += f->n_shingles;
		j->ref[j->n++] = r;
	}
	return rc == 0 && j->n ? run_tile(j, err) : rc;
}

int contain_join(edge_vec *out, uint64_t *too_short, const struct contain_search *q, struct error *err)
{
	struct join j = { .q = q, .share = q->share };
	uint32_t n = q->pool->source->n;
	int rc;

	*too_short = 0;
	j.ref = xreallocarray(NULL, (size_t)q->references + 1, sizeof *j.ref);
	j.set = xcalloc((size_t)q->references + 1, sizeof *j.set);
	j.doc = xreallocarray(NULL, (size_t)(n - q->references) + 1, sizeof *j.doc);
	j.filter = xcalloc(((size_t)1 << FILTER_BITS) / 64, sizeof *j.filter);
	pthread_mutex_init(&j.lock, NULL);
	for (uint32_t d = q->references; d < n; d++)
		if (q->exact[d] >= q->references && q->sketches->fact[d].n_shingles)
			j.doc[j.n_docs++] = d;
	rc = run_tiles(&j, too_short, err);
	if (j.found.n)
		qsort(j.found.v, j.found.n, sizeof *j.found.v, compare_edges);
	for (size_t i = 0; rc == 0 && i < j.found.n; i++)
		vec_push(out, j.found.v[i]);
	pthread_mutex_destroy(&j.lock);
	vec_free(&j.found);
	vec_free(&j.postings);
	free(j.filter);
	free(j.doc);
	free(j.set);
	free(j.ref);
	return rc;
}
