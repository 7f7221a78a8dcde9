/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Priorities, stars and components. */
#include "dedup/cluster.h"

#include <math.h>

#include "base/i18n.h"
#include "dedup/sort.h"

static const struct {
	const char *name;
	enum keeper_key key;
} keys[] = {
	{ "source", KEEPER_SOURCE }, { "label", KEEPER_LABEL },   { "score", KEEPER_SCORE },
	{ "length", KEEPER_LENGTH }, { "date", KEEPER_DATE },     { "id", KEEPER_ID },
};

int keeper_policy_parse(struct keeper_policy *out, const char *text, struct error *err)
{
	*out = (struct keeper_policy){ 0 };
	while (*text) {
		size_t n = strcspn(text, ","), k = 0;

		while (k < KEEPER_KEYS && !(strlen(keys[k].name) == n && memcmp(keys[k].name, text, n) == 0))
			k++;
		if (k == KEEPER_KEYS || out->n == KEEPER_KEYS)
			return error_set(err, TAMIS_EUSAGE,
					 _("'%.*s' is no way to choose a keeper: write a list of source, label, score, length, date, id"),
					 (int)n, text);
		out->key[out->n++] = keys[k].key;
		text += n + (text[n] == ',');
	}
	return 0;
}

struct ranking {
	const struct keeper_policy *policy;
	const struct sketch *fact;
	const struct dedup_trait *trait;
	uint32_t references;
};

static int prefer(double a, double b)
{
	if (isnan(a) || isnan(b))
		return isnan(a) - isnan(b);
	return (a < b) - (a > b);
}

static int compare_key(const struct ranking *r, enum keeper_key key, uint32_t a, uint32_t b)
{
	const struct dedup_trait *t = r->trait;
	uint32_t la = r->fact[a].n_tokens, lb = r->fact[b].n_tokens;

	if (key == KEEPER_LENGTH)
		return (la < lb) - (la > lb);
	if (t == NULL || key == KEEPER_ID)
		return 0;
	switch (key) {
	case KEEPER_SOURCE: return (t[a].source_rank > t[b].source_rank) - (t[a].source_rank < t[b].source_rank);
	case KEEPER_LABEL: return t[b].label - t[a].label;
	case KEEPER_SCORE: return prefer((double)t[a].score, (double)t[b].score);
	default: return (t[a].date < t[b].date) - (t[a].date > t[b].date);
	}
}

static int compare_docs(const void *pa, const void *pb, void *ctx)
{
	const struct ranking *r = ctx;
	uint32_t a = *(const uint32_t *)pa, b = *(const uint32_t *)pb;
	bool ref_a = a < r->references, ref_b = b < r->references;

	if (ref_a != ref_b)
		return ref_a ? -1 : 1;
	for (unsigned k = 0; k < r->policy->n; k++) {
		int c = compare_key(r, r->policy->key[k], a, b);

		if (c)
			return c;
		if (r->policy->key[k] == KEEPER_ID)
			break;
	}
	return (a > b) - (a < b);
}

/* The default policy, by radix sort. */
static void rank_by_length(uint32_t *rank, const struct sketch *fact, uint32_t n)
{
	uint64_t *v = xreallocarray(NULL, n ? n : 1, sizeof *v);

	for (uint32_t i = 0; i < n; i++)
		v[i] = (uint64_t)~fact[i].n_tokens << 32 | i;
	sort_u64(v, n);
	for (uint32_t i = 0; i < n; i++)
		rank[(uint32_t)v[i]] = i;
	free(v);
}

void keeper_rank(uint32_t *rank, const struct keeper_policy *policy, const struct sketch *fact,
		 const struct dedup_trait *trait, uint32_t n, uint32_t references)
{
	struct ranking r = { policy, fact, trait, references };
	uint32_t *order;

	if (references == 0 && policy->n >= 1 && policy->key[0] == KEEPER_LENGTH &&
	    (policy->n == 1 || policy->key[1] == KEEPER_ID || trait == NULL)) {
		rank_by_length(rank, fact, n);
		return;
	}
	order = xreallocarray(NULL, n ? n : 1, sizeof *order);
	for (uint32_t i = 0; i < n; i++)
		order[i] = i;
	qsort_r(order, n, sizeof *order, compare_docs, &r);
	for (uint32_t i = 0; i < n; i++)
		rank[order[i]] = i;
	free(order);
}

/* Edges by end: the neighbours of doc are link[start[doc]] .. link[start[doc + 1] - 1], as edge numbers. */
struct adjacency {
	uint64_t *start;
	uint32_t *link;
};

static void adjacency_make(struct adjacency *adj, const edge_vec *edges, uint32_t n)
{
	adj->start = xcalloc((size_t)n + 2, sizeof *adj->start);
	adj->link = xreallocarray(NULL, 2 * edges->n + 1, sizeof *adj->link);
	vec_each(edges, i) {
		adj->start[edges->v[i].a + 2]++;
		adj->start[edges->v[i].b + 2]++;
	}
	for (uint32_t d = 0; d < n; d++)
		adj->start[d + 2] += adj->start[d + 1];
	vec_each(edges, i) {
		adj->link[adj->start[edges->v[i].a + 1]++] = (uint32_t)i;
		adj->link[adj->start[edges->v[i].b + 1]++] = (uint32_t)i;
	}
}

/* True when edge x binds `doc` closer than edge y: a larger Jaccard similarity, compared as fractions. */
static bool closer(const struct edge *x, const struct edge *y, const struct sketch *fact)
{
	uint64_t ux = (uint64_t)fact[x->a].n_shingles + fact[x->b].n_shingles - x->common;
	uint64_t uy = (uint64_t)fact[y->a].n_shingles + fact[y->b].n_shingles - y->common;

	return (uint64_t)x->common * uy > (uint64_t)y->common * ux;
}

static void choose_keeper(struct star *s, uint32_t doc, const edge_vec *edges, const struct adjacency *adj,
			  const struct sketch *fact, const uint32_t *rank)
{
	const struct edge *best = NULL;
	uint32_t keeper = doc;

	for (uint64_t k = adj->start[doc]; k < adj->start[doc + 1]; k++) {
		const struct edge *e = &edges->v[adj->link[k]];
		uint32_t other = e->a == doc ? e->b : e->a;

		if (rank[other] > rank[doc] || s->keeper[other] != other)
			continue;
		if (best == NULL || closer(e, best, fact) || (!closer(best, e, fact) && rank[other] < rank[keeper])) {
			best = e;
			keeper = other;
		}
	}
	s->keeper[doc] = keeper;
	s->common[doc] = best ? best->common : fact[doc].n_shingles;
}

static uint32_t find(uint32_t *parent, uint32_t x)
{
	while (parent[x] != x) {
		parent[x] = parent[parent[x]];
		x = parent[x];
	}
	return x;
}

static void unite(uint32_t *parent, uint32_t a, uint32_t b)
{
	a = find(parent, a);
	b = find(parent, b);
	if (a < b)
		parent[b] = a;
	else
		parent[a] = b;
}

void star_make(struct star *out, const edge_vec *edges, const uint32_t *exact, const struct sketch *fact,
	       const uint32_t *rank, uint32_t n)
{
	uint32_t *by_rank = xreallocarray(NULL, n ? n : 1, sizeof *by_rank);
	struct adjacency adj;

	out->keeper = xreallocarray(NULL, n ? n : 1, sizeof *out->keeper);
	out->common = xreallocarray(NULL, n ? n : 1, sizeof *out->common);
	out->group = xreallocarray(NULL, n ? n : 1, sizeof *out->group);
	adjacency_make(&adj, edges, n);
	for (uint32_t d = 0; d < n; d++)
		by_rank[rank[d]] = d;
	for (uint32_t i = 0; i < n; i++)
		if (exact[by_rank[i]] == by_rank[i])
			choose_keeper(out, by_rank[i], edges, &adj, fact, rank);
	for (uint32_t d = 0; d < n; d++) {
		if (exact[d] == d)
			continue;
		out->keeper[d] = out->keeper[exact[d]];
		out->common[d] = out->common[exact[d]];
	}
	for (uint32_t d = 0; d < n; d++)
		out->group[d] = d;
	for (uint32_t d = 0; d < n; d++)
		unite(out->group, d, exact[d]);
	vec_each(edges, i)
		unite(out->group, edges->v[i].a, edges->v[i].b);
	for (uint32_t d = 0; d < n; d++)
		out->group[d] = find(out->group, d);
	free(by_rank);
	free(adj.start);
	free(adj.link);
}

void star_free(struct star *s)
{
	free(s->keeper);
	free(s->common);
	free(s->group);
	*s = (struct star){ 0 };
}
