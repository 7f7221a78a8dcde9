/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Clusters that another tool wrote into the records (datatrove's minhash_cluster_id, text-dedup's __cluster__, NeMo's
 * _duplicate_group_id), as a result of our own engine: the keeper by policy, and how like it each member really is. */
#include "base/i18n.h"
#include "dedup/sort.h"
#include "jobs/dedup_items.h"

/* Numbers the groups in order of appearance; UINT32_MAX where a record names none. */
static int read_groups(uint32_t *group, struct dedup_docs *docs, const struct job *job, struct error *err)
{
	struct dedup_source source;
	struct mapstr known = { 0 };
	struct buf id = BUF_INIT;
	void *reader;
	uint32_t n = 0;
	int rc = 0;

	dedup_docs_source(&source, docs);
	reader = source.reader_open(source.ctx, err);
	if (reader == NULL)
		return TAMIS_ESTORE;
	for (uint32_t d = 0; d < docs->n && rc == 0; d++) {
		bool made;
		uint64_t *at;

		rc = job_cancelled(job) ? error_set(err, TAMIS_ECANCEL, _("cancelled")) : dedup_docs_cluster(&id, docs, reader, d, err);
		group[d] = UINT32_MAX;
		if (rc || id.len == 0)
			continue;
		at = mapstr_at(&known, buf_span(&id), &made);
		if (made)
			*at = n++;
		group[d] = (uint32_t)*at;
	}
	source.reader_close(source.ctx, reader);
	mapstr_free(&known);
	buf_free(&id);
	if (rc == 0 && n == 0)
		rc = error_set(err, TAMIS_ENOTFOUND, _("no record names a cluster: import what datatrove, text-dedup or NeMo Curator wrote"));
	return rc;
}

/* The most preferred of each group keeps it. */
static void choose_keepers(struct dedup_result *r, const uint32_t *group)
{
	struct map64 best = { 0 };

	for (uint32_t d = 0; d < r->n; d++) {
		bool made;
		uint64_t *at;

		if (group[d] == UINT32_MAX)
			continue;
		at = map64_at(&best, group[d], &made);
		if (made || r->rank[d] < r->rank[*at])
			*at = d;
	}
	for (uint32_t d = 0; d < r->n; d++) {
		r->exact[d] = d;
		r->star.keeper[d] = group[d] == UINT32_MAX ? d : (uint32_t)*map64_find(&best, group[d]);
		r->star.group[d] = r->star.keeper[d];
		r->star.common[d] = r->star.keeper[d] == d ? r->sketches.fact[d].n_shingles : 0;
	}
	map64_free(&best);
}

/* Exact counts of each member with its keeper, however small. */
static int count_members(struct dedup_result *r, struct worker_pool *pool, const struct dedup_options *o, struct error *err)
{
	uint64_t *pair = xreallocarray(NULL, (size_t)r->n + 1, sizeof *pair);
	size_t n = 0;
	int rc;

	for (uint32_t d = 0; d < r->n; d++) {
		uint32_t k = r->star.keeper[d];

		if (k != d && r->sketches.fact[d].n_shingles && r->sketches.fact[k].n_shingles)
			pair[n++] = d < k ? (uint64_t)d << 32 | k : (uint64_t)k << 32 | d;
	}
	sort_u64(pair, n);
	rc = verify_pairs(&r->edges, pair, n, &r->sketches, pool, 1, o->memory ? o->memory / 4 : (size_t)128 << 20, err);
	free(pair);
	vec_each(&r->edges, i) {
		const struct edge *e = &r->edges.v[i];

		r->star.common[r->star.keeper[e->a] == e->b ? e->a : e->b] = e->common;
	}
	r->counts.verified = n;
	return rc;
}

static void count_kinds(struct dedup_counts *c, const struct dedup_result *r)
{
	uint32_t *members = xcalloc((size_t)r->n + 1, sizeof *members);

	for (uint32_t d = 0; d < r->n; d++) {
		switch (dedup_why(r, d)) {
		case DEDUP_KEPT: c->kept++; break;
		case DEDUP_SAME_BYTES: c->same_bytes++; break;
		case DEDUP_SAME_TOKENS: c->same_tokens++; break;
		case DEDUP_NEAR: c->near++; break;
		case DEDUP_CONTAINS: break; /* a test set's; there is none here */
		}
		if (r->star.keeper[d] != d && members[r->star.keeper[d]]++ == 0)
			c->clusters++;
	}
	c->groups = c->clusters;
	c->edges = r->edges.n;
	free(members);
}

int dedup_imported_run(struct dedup_result *r, const struct dedup_options *o, struct dedup_docs *docs, const struct job *job,
		       struct error *err)
{
	struct dedup_source source;
	struct worker_pool pool;
	size_t n = (size_t)docs->n + 1;
	uint32_t *group = xcalloc(n, sizeof *group);
	int rc;

	*r = (struct dedup_result){ .n = docs->n, .threshold = o->threshold, .sketches.fd = -1 };
	dedup_docs_source(&source, docs);
	worker_pool_init(&pool, &source, o->shingle, o->scheme, o->threads, o->cancel);
	rc = read_groups(group, docs, job, err);
	if (rc == 0)
		rc = dedup_sketch(&r->sketches, &r->counts, &pool, o, err);
	if (rc == 0) {
		r->rank = xcalloc(n, sizeof *r->rank);
		r->exact = xcalloc(n, sizeof *r->exact);
		r->star = (struct star){ xcalloc(n, 4), xcalloc(n, 4), xcalloc(n, 4) };
		keeper_rank(r->rank, &o->policy, r->sketches.fact, o->trait, r->n, 0);
		choose_keepers(r, group);
		rc = count_members(r, &pool, o, err);
	}
	if (rc == 0)
		count_kinds(&r->counts, r);
	worker_pool_free(&pool);
	free(group);
	if (rc)
		dedup_result_free(r);
	return rc;
}
