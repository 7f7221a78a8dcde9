/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The dedup job: corpora, engine, items, comparison, run. */
#include "jobs/dedup.h"

#include <errno.h>
#include <math.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fs.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/log.h"
#include "jobs/dedup_items.h"

#define COUNT_LIMIT 30e6       /* candidates a comparison generates for real at most, a row */
#define FLOOR 0.2              /* least similarity the sampled truth keeps */

void dedup_summary_free(struct dedup_summary *s)
{
	vec_free(&s->points);
}

static void progress(void *ctx, const char *stage, uint64_t done, uint64_t total)
{
	(void)stage;
	if (total)
		job_progress(ctx, done, total);
}

/* ---- the index ---- */

char *dedup_index_path(const struct workspace *w, const struct dedup_request *req)
{
	struct buf what = BUF_INIT;
	char shingle[24], hex[33];
	struct hash128 h;
	char *path;

	shingle_format(shingle, req->options.shingle);
	for (size_t i = 0; i < req->n_corpora; i++)
		buf_addf(&what, "%s\n", req->corpora[i]);
	buf_addf(&what, "%s\n%s\n%d", req->against ? req->against : "", shingle, (int)req->options.scheme);
	h = hash128(what.p, what.len);
	hash128_hex(hex, &h);
	buf_free(&what);
	path = xasprintf("%s-signatures/%.12s.sig", workspace_path(w), hex);
	return path;
}

/* Signatures are a cache: what can't be written is said in the log and made again next time. */
static void save_index(const struct dedup_result *r, const struct dedup_source *source, const char *path)
{
	struct error err = { 0 };
	char *dir = xstrdup(path);

	*strrchr(dir, '/') = '\0';
	if (fs_mkdirs(dir, &err) != 0 || dedup_save_index(r, source, path, &err) != 0)
		log_line("signatures not kept: %s", err.msg);
	free(dir);
}

/* ---- the comparison ---- */

struct comparing {
	struct dedup_summary *out;
	const struct dedup_result *r;
	struct tradeoff *model;
	struct candidate_search search;
	struct job *job;
};

static int add_point(struct comparing *c, struct tradeoff_point *p, struct error *err)
{
	int rc = tradeoff_count(p, &c->search, COUNT_LIMIT, err);

	if (rc == 0)
		vec_push(&c->out->points, *p);
	return rc;
}

static int add_points(struct comparing *c, struct error *err)
{
	struct banding banding[16];
	unsigned distance[8];
	size_t n = tradeoff_bandings(banding, c->r->threshold), k = tradeoff_distances(distance, c->r->threshold);
	struct tradeoff_point p;
	int rc = 0;

	job_unit(c->job, _("settings"));
	for (size_t i = 0; i < n && rc == 0; i++) {
		rc = tradeoff_minhash(&p, c->model, banding[i], c->r->threshold, err);
		if (rc == 0)
			rc = add_point(c, &p, err);
		job_progress(c->job, i + 1, n + k);
	}
	for (size_t i = 0; i < k && rc == 0; i++) {
		tradeoff_simhash(&p, c->model, distance[i], c->r->threshold);
		rc = add_point(c, &p, err);
		job_progress(c->job, n + i + 1, n + k);
	}
	return rc;
}

static int compare(struct dedup_summary *out, const struct dedup_request *req, const struct dedup_options *o,
		   const struct dedup_source *source, const struct dedup_docs *docs, const struct dedup_result *r,
		   struct job *job, struct error *err)
{
	struct worker_pool pool;
	struct truth truth;
	struct comparing c = { .out = out, .r = r, .job = job };
	uint32_t *doc = xreallocarray(NULL, (size_t)r->n + 1, sizeof *doc), n = 0;
	int rc;

	for (uint32_t d = 0; d < r->n; d++)
		if (r->exact[d] == d && r->sketches.fact[d].n_shingles)
			doc[n++] = d;
	worker_pool_init(&pool, source, o->shingle, o->scheme, o->threads, o->cancel);
	c.search = (struct candidate_search){
		.sketches = &r->sketches, .pool = &pool, .docs = doc, .n_docs = n, .memory = o->memory,
		.rule = { o->threshold, filter_min_bits(o->threshold), 0, true }, .min_slots = filter_min_slots(o->threshold) };
	rc = truth_sample(&truth, &r->sketches, &pool, doc, n, docs->source, req->queries ? req->queries : TRADEOFF_QUERIES, FLOOR,
			  err);
	if (rc == 0)
		rc = tradeoff_new(&c.model, &r->sketches, &truth, doc, n, err);
	if (rc == 0)
		rc = add_points(&c, err);
	tradeoff_free(c.model);
	worker_pool_free(&pool);
	free(doc);
	return rc;
}

/* ---- the run ---- */

static void put_parameters(struct buf *out, const struct dedup_request *req, const struct dedup_result *r)
{
	const struct dedup_options *o = &req->options;
	char text[40];

	buf_addc(out, '{');
	json_put_member(out, "method", span_of(dedup_method_name(o->method)));
	json_put_real(out, "threshold", (double)o->threshold / THRESHOLD_ONE);
	shingle_format(text, o->shingle);
	json_put_member(out, "shingle", span_of(text));
	json_put_member(out, "signature", span_of(o->scheme == MINHASH_FAST ? "fast" : "classic"));
	snprintf(text, sizeof text, "%ux%u", r->banding.bands, r->banding.rows);
	json_put_member(out, "bands", span_of(text));
	json_put_int(out, "distance", (int64_t)r->distance);
	json_put_member(out, "keep", span_of(req->policy));
	if (req->against)
		json_put_member(out, "against", span_of(req->against));
	if (req->against)
		json_put_real(out, "contained", (double)o->contained / THRESHOLD_ONE);
	json_put_int(out, "normalisation", TOKENS_VERSION);
	buf_addc(out, '}');
}

static void put_inputs(struct buf *out, const struct dedup_docs *docs)
{
	buf_adds(out, "{\"corpora\":[");
	for (size_t v = 0; v < docs->n_views; v++) {
		size_t n = docs->start[v + 1] - docs->start[v];
		struct hash128 h = hash128(docs->key + docs->start[v], n * sizeof *docs->key);
		char hex[33];

		hash128_hex(hex, &h);
		buf_adds(out, v ? ",{" : "{");
		json_put_member(out, "name", span_of(docs->corpus[v].name));
		json_put_int(out, "records", (int64_t)n);
		json_put_member(out, "keys", span_of(hex));
		buf_addc(out, '}');
	}
	buf_adds(out, "]}");
}

static int save_run(struct store *s, const struct dedup_request *req, struct dedup_docs *docs, const struct dedup_result *r,
		    struct dedup_summary *out, const struct job *job, struct error *err)
{
	struct buf parameters = BUF_INIT, inputs = BUF_INIT, counts = BUF_INIT;
	struct run run = { .pipeline = "dedup", .engine = DEDUP_ENGINE };
	int rc;

	put_parameters(&parameters, req, r);
	put_inputs(&inputs, docs);
	run.parameters = buf_steal(&parameters, NULL);
	run.inputs = buf_steal(&inputs, NULL);
	rc = store_run_begin(s, &run, err);
	out->run = run.id;
	if (rc == 0)
		rc = dedup_items_save(s, run.id, req, docs, r, out, job, err);
	if (rc == 0) {
		buf_addc(&counts, '{');
		dedup_summary_json(&counts, out);
		json_put_key(&counts, "compare");
		buf_addc(&counts, '[');
		vec_each(&out->points, i) {
			if (i)
				buf_addc(&counts, ',');
			dedup_point_json(&counts, &out->points.v[i]);
		}
		buf_adds(&counts, "]}");
		run.counts = buf_steal(&counts, NULL);
		rc = store_run_end(s, &run, err);
	}
	run_free(&run);
	buf_free(&counts);
	return rc;
}

static int run_engine(struct dedup_result *r, struct dedup_summary *out, const struct dedup_request *req,
		      struct dedup_docs *docs, struct job *job, struct error *err)
{
	struct dedup_options o = req->options;
	struct dedup_source source;
	char *index = req->no_index ? NULL : dedup_index_path(docs->ws, req);
	int rc;

	dedup_docs_source(&source, docs);
	o.trait = docs->trait;
	o.threads = job_threads(job);
	o.cancel = job_cancel_flag(job);
	o.progress = progress;
	o.ctx = job;
	if (req->against) {
		o.references = docs->start[1];
		o.among = false;
	} else {
		o.contained = 0;
	}
	o.index = index && access(index, R_OK) == 0 ? index : NULL;
	job_unit(job, _("documents"));
	if (o.method == DEDUP_IMPORTED) {
		free(index);
		o.index = NULL;
		rc = dedup_imported_run(r, &o, docs, job, err);
		if (rc == 0)
			out->counts = r->counts;
		return rc;
	}
	rc = dedup_run(r, &source, &o, err);
	if (rc && rc != TAMIS_ECANCEL && o.index && (rc == TAMIS_EPARSE || rc == TAMIS_EUNSUPPORTED)) {
		*err = (struct error){ 0 }; /* a cache that doesn't fit is made again */
		unlink(o.index);
		o.index = NULL;
		rc = dedup_run(r, &source, &o, err);
	}
	if (rc == 0 && index && r->counts.from_index < r->n)
		save_index(r, &source, index);
	if (rc == 0)
		out->counts = r->counts;
	if (rc == 0 && req->compare && (rc = compare(out, req, &o, &source, docs, r, job, err)) != 0)
		dedup_result_free(r);
	free(index);
	return rc;
}

int dedup_job_run(struct job *job, struct store *s, const struct dedup_request *req, struct dedup_summary *out,
		  struct error *err)
{
	const char **names = xcalloc(req->n_corpora + 1, sizeof *names);
	int64_t since = clock_steady_us();
	struct dedup_docs docs = { 0 };
	struct dedup_result r;
	size_t n = 0;
	int rc;

	*out = (struct dedup_summary){ 0 };
	if (req->against)
		names[n++] = req->against;
	for (size_t i = 0; i < req->n_corpora; i++)
		names[n++] = req->corpora[i];
	rc = dedup_docs_open(&docs, s, names, n, err);
	free(names);
	if (rc)
		return rc;
	rc = run_engine(&r, out, req, &docs, job, err);
	if (rc == 0) {
		out->banding = r.banding;
		out->distance = r.distance;
		out->seconds = (double)(clock_steady_us() - since) / 1e6;
		rc = save_run(s, req, &docs, &r, out, job, err);
		job_counts(job, r.counts.kept, out->removed);
		dedup_result_free(&r);
	}
	dedup_docs_close(&docs);
	return rc;
}

/* ---- figures ---- */

void dedup_summary_json(struct buf *out, const struct dedup_summary *s)
{
	const struct dedup_counts *c = &s->counts;
	const struct {
		const char *name;
		uint64_t value;
	} figure[] = {
		{ "documents", c->documents },     { "kept", c->kept },
		{ "removed", s->removed },         { "same_bytes", c->same_bytes },
		{ "same_tokens", c->same_tokens }, { "near", c->near },
		{ "contains", c->contains },       { "too_short", c->too_short },
		{ "clusters", c->clusters },       { "groups", c->groups },
		{ "without_tokens", c->without_tokens }, { "bytes", c->bytes },
		{ "pairs_compared", c->candidates.bucket.looked_at }, { "candidates", c->candidates.unique },
		{ "verified", c->verified },       { "pairs", c->edges },
		{ "hot_buckets", c->candidates.bucket.hot }, { "hot_pairs_left_out", c->candidates.bucket.not_looked_at },
		{ "from_index", c->from_index },
	};

	for (size_t i = 0; i < sizeof figure / sizeof *figure; i++)
		json_put_int(out, figure[i].name, (int64_t)figure[i].value);
	for (int i = 0; i < 4; i++)
		json_put_int(out, dedup_flags[i], (int64_t)s->flagged[i]);
}

void dedup_point_json(struct buf *out, const struct tradeoff_point *p)
{
	char bands[24];

	buf_addc(out, '{');
	json_put_member(out, "method", span_of(dedup_method_name(p->method)));
	if (p->method == DEDUP_MINHASH) {
		snprintf(bands, sizeof bands, "%ux%u", p->banding.bands, p->banding.rows);
		json_put_member(out, "bands", span_of(bands));
	} else {
		json_put_int(out, "distance", (int64_t)p->distance);
	}
	json_put_int(out, "sample_pairs", (int64_t)p->pairs);
	json_put_int(out, "sample_found", (int64_t)p->found);
	json_put_real(out, "recall", p->recall);
	json_put_real(out, "recall_low", p->low);
	json_put_real(out, "recall_high", p->high);
	json_put_real(out, "recall_theory", p->theory);
	json_put_real(out, "candidates", round(p->candidates));
	json_put_real(out, "verified", round(p->verified));
	json_put_real(out, "precision", p->precision);
	json_put_real(out, "false_positive_rate", p->false_positive_rate);
	json_put_int(out, "bytes_per_document", (int64_t)p->bytes);
	json_put_real(out, "cpu_seconds", p->cpu);
	buf_addc(out, '}');
}
