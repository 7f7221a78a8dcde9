/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sketch, sample, model. */
#include "jobs/dedup_model.h"

#include <unistd.h>

#include "base/i18n.h"

#define FLOOR 0.2

static void progress(void *ctx, const char *stage, uint64_t done, uint64_t total)
{
	(void)stage;
	if (total)
		job_progress(ctx, done, total);
}

/* The first of each set of equal documents, where it has a signature. */
static uint32_t *choose(const struct sketches *s, uint32_t *n)
{
	uint32_t *doc = xreallocarray(NULL, s->n + 1, sizeof *doc);
	struct map128 seen = { 0 };

	*n = 0;
	for (size_t d = 0; d < s->n; d++) {
		bool made = false;

		if (s->fact[d].n_shingles)
			map128_at(&seen, &s->fact[d].normal, &made);
		if (made)
			doc[(*n)++] = (uint32_t)d;
	}
	map128_free(&seen);
	return doc;
}

static int make(struct dedup_model *m, struct worker_pool *pool, const struct dedup_options *o, const struct dedup_docs *docs,
		uint32_t queries, struct error *err)
{
	struct dedup_counts counts = { 0 };
	struct truth truth;
	uint32_t *doc = NULL;
	int rc = dedup_sketch(&m->sketches, &counts, pool, o, err);

	if (rc)
		return rc;
	doc = choose(&m->sketches, &m->compared);
	rc = truth_sample(&truth, &m->sketches, pool, doc, m->compared, docs->source, queries, FLOOR, err);
	if (rc == 0) {
		m->queries = truth.m;
		rc = tradeoff_new(&m->tradeoff, &m->sketches, &truth, doc, m->compared, err);
	}
	free(doc);
	return rc;
}

int dedup_model_make(struct dedup_model **out, struct job *job, struct store *s, const struct dedup_request *req,
		     struct error *err)
{
	struct dedup_model *m = xcalloc(1, sizeof *m);
	struct dedup_options o = req->options;
	char *index = dedup_index_path(store_workspace(s), req);
	struct dedup_docs docs = { 0 };
	struct dedup_source source;
	struct worker_pool pool;
	int rc;

	*out = NULL;
	m->sketches.fd = -1;
	rc = dedup_docs_open(&docs, s, req->corpora, req->n_corpora, err);
	if (rc == 0) {
		dedup_docs_source(&source, &docs);
		o.progress = progress;
		o.ctx = job;
		o.index = access(index, R_OK) == 0 ? index : NULL;
		job_unit(job, _("documents"));
		worker_pool_init(&pool, &source, o.shingle, o.scheme, job_threads(job), job_cancel_flag(job));
		m->documents = docs.n;
		rc = make(m, &pool, &o, &docs, req->queries ? req->queries : TRADEOFF_QUERIES, err);
		worker_pool_free(&pool);
	}
	dedup_docs_close(&docs);
	free(index);
	if (rc)
		dedup_model_free(m);
	else
		*out = m;
	return rc;
}

void dedup_model_free(struct dedup_model *m)
{
	if (m == NULL)
		return;
	tradeoff_free(m->tradeoff);
	sketches_free(&m->sketches);
	free(m);
}
