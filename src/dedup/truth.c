/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Exact similarities of a sample with everything, by counting. */
#include "dedup/truth.h"

#include "dedup/banding.h"
#include "dedup/sort.h"

#define DOCS_PER_TASK 64u

/* The queries' shingles: an open-addressed table of postings, behind a bitmap that most lookups don't get past. */
struct postings {
	uint64_t *key;        /* 0: free */
	uint32_t *first;      /* [slot]: postings query[first] .. until the next key's */
	uint32_t *count;
	uint32_t *query;
	unsigned shift;
	size_t mask;
	uint64_t *seen;       /* bit of the key's middle bits */
};

#define SEEN_BITS 24u

struct counting {
	struct truth *out;
	const struct sketches *s;
	struct worker_pool *pool;
	const uint32_t *docs;
	uint32_t n_docs;
	struct postings p;
	struct keyed *all;    /* (shingle, query) while they are gathered */
	size_t n_all;
	pthread_mutex_t lock;
};

static int compare_strata(const void *pa, const void *pb, void *ctx)
{
	const uint64_t *a = pa, *b = pb;

	(void)ctx;
	return a[0] != b[0] ? (a[0] > b[0]) - (a[0] < b[0]) : (a[1] > b[1]) - (a[1] < b[1]);
}

/* Every n/m-th document in order of stratum, size, number. */
static void draw(struct truth *t, const struct sketches *s, const uint32_t *docs, uint32_t n, const uint32_t *stratum)
{
	uint64_t (*order)[2] = xreallocarray(NULL, n ? n : 1, sizeof *order);

	for (uint32_t i = 0; i < n; i++) {
		order[i][0] = (uint64_t)(stratum ? stratum[docs[i]] : 0) << 32 | s->fact[docs[i]].n_shingles;
		order[i][1] = docs[i];
	}
	qsort_r(order, n, sizeof *order, compare_strata, NULL);
	t->query = xreallocarray(NULL, t->m ? t->m : 1, sizeof *t->query);
	for (uint32_t i = 0; i < t->m; i++)
		t->query[i] = (uint32_t)order[((uint64_t)i * 2 + 1) * n / (2 * (uint64_t)t->m)][1];
	free(order);
}

static void gather_task(void *ctx, size_t i)
{
	struct counting *c = ctx;
	struct worker *w = worker_take(c->pool);
	struct span text;

	if (w == NULL)
		return;
	if (worker_text(c->pool, w, c->out->query[i], &text) == 0) {
		const hash_vec *set = &w->sketcher.shingler.set;

		shingler_text(&w->sketcher.shingler, text);
		pthread_mutex_lock(&c->lock);
		c->all = xreallocarray(c->all, c->n_all + set->n + 1, sizeof *c->all);
		vec_each(set, k)
			c->all[c->n_all++] = (struct keyed){ set->v[k], (uint32_t)i, 0 };
		pthread_mutex_unlock(&c->lock);
	}
	worker_give(c->pool, w);
}

static void postings_make(struct postings *p, struct keyed *all, size_t n)
{
	unsigned bits = 6;

	while (((size_t)1 << bits) < 2 * n)
		bits++;
	sort_keyed(all, n);
	p->shift = 64 - bits;
	p->mask = ((size_t)1 << bits) - 1;
	p->key = xcalloc(p->mask + 1, sizeof *p->key);
	p->first = xreallocarray(NULL, p->mask + 1, sizeof *p->first);
	p->count = xreallocarray(NULL, p->mask + 1, sizeof *p->count);
	p->query = xreallocarray(NULL, n + 1, sizeof *p->query);
	p->seen = xcalloc(((size_t)1 << SEEN_BITS) / 64, sizeof *p->seen);
	for (size_t i = 0, j; i < n; i = j) {
		size_t at = all[i].key >> p->shift;
		uint64_t bit = all[i].key & (((uint64_t)1 << SEEN_BITS) - 1);

		while (p->key[at])
			at = (at + 1) & p->mask;
		p->key[at] = all[i].key;
		p->first[at] = (uint32_t)i;
		p->seen[bit / 64] |= (uint64_t)1 << (bit % 64);
		for (j = i; j < n && all[j].key == all[i].key; j++)
			p->query[j] = all[j].doc;
		p->count[at] = (uint32_t)(j - i);
	}
}

static void postings_free(struct postings *p)
{
	free(p->key);
	free(p->first);
	free(p->count);
	free(p->query);
	free(p->seen);
}

/* Counts one document's shared shingles per query; returns how many queries were touched. */
static size_t count_doc(const struct postings *p, const hash_vec *set, uint32_t *common, uint32_t *touched)
{
	size_t n = 0;

	vec_each(set, i) {
		uint64_t key = set->v[i];
		uint64_t bit = key & (((uint64_t)1 << SEEN_BITS) - 1);
		size_t at = key >> p->shift;

		if (!(p->seen[bit / 64] >> (bit % 64) & 1))
			continue;
		while (p->key[at] && p->key[at] != key)
			at = (at + 1) & p->mask;
		if (p->key[at] == 0)
			continue;
		for (uint32_t k = p->first[at]; k < p->first[at] + p->count[at]; k++)
			if (common[p->query[k]]++ == 0)
				touched[n++] = p->query[k];
	}
	return n;
}

static void count_task(void *ctx, size_t task)
{
	struct counting *c = ctx;
	struct truth *out = c->out;
	size_t from = task * DOCS_PER_TASK, to = from + DOCS_PER_TASK < c->n_docs ? from + DOCS_PER_TASK : c->n_docs;
	struct worker *w = worker_take(c->pool);
	uint32_t *common = xcalloc(out->m, sizeof *common), *touched = xreallocarray(NULL, out->m, sizeof *touched);
	VEC(struct truth_pair) found = { 0 };
	struct span text;

	for (size_t i = from; w && i < to; i++) {
		uint32_t doc = c->docs[i];
		size_t n;

		if (worker_text(c->pool, w, doc, &text) != 0)
			break;
		shingler_text(&w->sketcher.shingler, text);
		n = count_doc(&c->p, &w->sketcher.shingler.set, common, touched);
		for (size_t k = 0; k < n; k++) {
			uint32_t q = touched[k];
			uint32_t size = c->s->fact[out->query[q]].n_shingles;

			if (out->query[q] != doc && jaccard(common[q], size, c->s->fact[doc].n_shingles) >= out->floor)
				vec_push(&found, (struct truth_pair){ q, doc, common[q] });
			common[q] = 0;
		}
	}
	pthread_mutex_lock(&c->lock);
	vec_each(&found, i)
		vec_push(&out->pairs, found.v[i]);
	pthread_mutex_unlock(&c->lock);
	if (w)
		worker_give(c->pool, w);
	vec_free(&found);
	free(common);
	free(touched);
}

static int compare_pairs(const void *pa, const void *pb)
{
	const struct truth_pair *a = pa, *b = pb;

	if (a->query != b->query)
		return a->query < b->query ? -1 : 1;
	return (a->doc > b->doc) - (a->doc < b->doc);
}

int truth_sample(struct truth *out, const struct sketches *s, struct worker_pool *pool, const uint32_t *docs, uint32_t n_docs,
		 const uint32_t *stratum, uint32_t m, double floor, struct error *err)
{
	struct counting c = { .out = out, .s = s, .pool = pool, .docs = docs, .n_docs = n_docs };
	int rc;

	*out = (struct truth){ .m = m < n_docs ? m : n_docs, .n = n_docs, .floor = floor };
	draw(out, s, docs, n_docs, stratum);
	pthread_mutex_init(&c.lock, NULL);
	rc = worker_run(pool, out->m, gather_task, &c, err);
	if (rc == 0 && c.n_all) {
		postings_make(&c.p, c.all, c.n_all);
		rc = worker_run(pool, (n_docs + DOCS_PER_TASK - 1) / DOCS_PER_TASK, count_task, &c, err);
		postings_free(&c.p);
	}
	if (out->pairs.n)
		qsort(out->pairs.v, out->pairs.n, sizeof *out->pairs.v, compare_pairs);
	pthread_mutex_destroy(&c.lock);
	free(c.all);
	if (rc)
		truth_free(out);
	return rc;
}

void truth_free(struct truth *t)
{
	free(t->query);
	vec_free(&t->pairs);
	*t = (struct truth){ 0 };
}
