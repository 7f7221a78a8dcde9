/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "jobs/backtranslate_inside.h"

#include <math.h>
#include <stdlib.h>

#include "base/i18n.h"
#include "base/json.h"
#include "text/langid.h"

int backtranslate_cancelled(const struct work *w, struct error *err)
{
	return job_cancelled(w->job) ? error_set(err, TAMIS_ECANCEL, _("back-translation was cancelled")) : 0;
}

static int by_hash(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* Of the types asked for, the n whose texts have the smallest hashes: a random sample that is the same every time. */
static void draw_sample(struct work *w)
{
	uint64_t *hashes = xcalloc(w->candidates.n + 1, sizeof *hashes), limit = UINT64_MAX;
	size_t n = 0;

	vec_each(&w->candidates, i) {
		struct candidate *c = &w->candidates.v[i];

		if (w->req->generator == GENERATOR_HTTP)
			c->left = prompt_task_of(&c->segment, w->req->types) == DRAFT_TYPES;
		else
			c->left = w->req->types && !(w->req->types & 1u << draft_type_of(&c->segment));
		w->result->other_types += c->left;
		if (!c->left)
			hashes[n++] = c->hash;
	}
	qsort(hashes, n, sizeof *hashes, by_hash);
	if (w->req->n && w->req->n < n)
		limit = hashes[w->req->n - 1];
	vec_each(&w->candidates, i)
		w->candidates.v[i].left |= w->candidates.v[i].hash > limit;
	instructions_seen_expect(w->instructions, w->req->n && w->req->n < n ? (size_t)w->req->n : n);
	free(hashes);
}

/* ---- the run ---- */

static void put_counts_by(struct buf *out, const char *key, const uint64_t counts[CHECKS])
{
	json_put_key(out, key);
	buf_addc(out, '{');
	for (unsigned i = 0; i < CHECKS; i++)
		if (counts[i])
			json_put_int(out, check_reason((enum check)i), (int64_t)counts[i]);
	buf_addc(out, '}');
}

static void put_asked(struct buf *out, const struct backtranslate_result *r)
{
	const struct asker_counts *c = &r->asker;
	const struct {
		const char *name;
		uint64_t n;
	} counts[] = {
		{ "truncated", r->truncated }, { "judged", r->judged }, { "unjudged", r->unjudged }, { "rewritten", r->rewritten }, { "unwritten", r->unwritten },
		{ "requests", c->asked }, { "replies", c->answered }, { "failed_requests", c->failed }, { "known", c->known },
		{ "recovered", c->recovered }, { "in_doubt", c->in_doubt }, { "retried", c->retried }, { "throttled", c->throttled },
		{ "prompt_tokens", (uint64_t)c->prompt_tokens }, { "completion_tokens", (uint64_t)c->completion_tokens },
		{ "run_tokens", (uint64_t)c->run_tokens },
	};

	json_put_bool(out, "resumed", r->resumed);
	json_put_key(out, "outcomes");
	buf_addc(out, '{');
	for (unsigned i = 0; i < ENDED; i++)
		json_put_int(out, backtranslate_ended_name(i), (int64_t)r->ended[i]);
	buf_addc(out, '}');
	for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
		json_put_int(out, counts[i].name, (int64_t)counts[i].n);
}

void backtranslate_summary_json(struct buf *out, const struct backtranslate_result *r)
{
	json_put_int(out, "pairs", (int64_t)r->pairs); /* first: a list shows the beginning */
	json_put_int(out, "documents", (int64_t)r->documents);
	json_put_int(out, "unreadable", (int64_t)r->unreadable);
	json_put_int(out, "segments", (int64_t)r->segments);
	json_put_int(out, "duplicates", (int64_t)r->duplicates);
	json_put_int(out, "failed_segments", (int64_t)r->failed_segments);
	put_counts_by(out, "segment_reasons", r->left_out);
	json_put_int(out, "other_types", (int64_t)r->other_types);
	for (unsigned i = 0; i < 3; i++)
		json_put_int(out, outcome_name((enum outcome)i), (int64_t)r->outcomes[i]);
	put_counts_by(out, "pair_reasons", r->failed);
	if (r->asked)
		put_asked(out, r);
}

static void put_parameters(struct buf *out, const struct work *w, const struct model_work *m)
{
	buf_addc(out, '{');
	json_put_member(out, "corpus", span_of(w->req->corpus));
	json_put_member(out, "generator", span_of(m ? "http" : "extract"));
	json_put_member(out, "lang", span_of(w->lang != LANG_UNKNOWN ? lang_code(w->lang) : ""));
	json_put_int(out, "types", w->req->types);
	json_put_int(out, "least", (int64_t)w->least);
	json_put_int(out, "most", (int64_t)w->most);
	json_put_int(out, "n", (int64_t)w->req->n);
	json_put_bool(out, "keep_all", w->req->keep_all);
	if (w->benchmark) {
		json_put_member(out, "benchmark", span_of(w->req->benchmark));
		json_put_int(out, "benchmark_runs", (int64_t)benchmark_grams(w->benchmark));
	}
	if (m)
		model_work_parameters(out, m);
	buf_addc(out, '}');
}

/* A run that asks a model and was cut off is gone on with. */
static int begin_run(struct work *w, struct run *r, bool may_resume, struct error *err)
{
	int rc = may_resume ? store_run_adopt(w->store, r, err) : 0;

	if (rc > 0) {
		w->result->resumed = true;
		return store_item_keys(w->store, r->id, &w->written, err);
	}
	return rc < 0 ? rc : store_run_begin(w->store, r, err);
}

static int save_run(struct work *w, const struct corpus *corpus, struct error *err)
{
	struct buf parameters = BUF_INIT, inputs = BUF_INIT, counts = BUF_INIT;
	struct run r = { .pipeline = BACKTRANSLATE_PIPELINE, .engine = BACKTRANSLATE_ENGINE };
	struct model_work *m = NULL;
	int rc = w->req->generator == GENERATOR_HTTP ? model_work_open(&m, w, err) : 0;

	if (rc < 0) {
		model_work_close(m);
		return rc;
	}
	put_parameters(&parameters, w, m);
	buf_addc(&inputs, '{');
	json_put_member(&inputs, "corpus", span_of(corpus->name));
	json_put_int(&inputs, "records", (int64_t)corpus->records);
	json_put_int(&inputs, "bytes", (int64_t)corpus->bytes);
	buf_addc(&inputs, '}');
	r.parameters = buf_steal(&parameters, NULL);
	r.inputs = buf_steal(&inputs, NULL);
	rc = begin_run(w, &r, m != NULL, err);
	w->result->run = r.id;
	if (rc == 0)
		rc = m ? model_work_run(m, err) : backtranslate_extract(w, err);
	if (rc == 0) {
		buf_addc(&counts, '{');
		backtranslate_summary_json(&counts, w->result);
		buf_addc(&counts, '}');
		r.counts = buf_steal(&counts, NULL);
		rc = store_run_end(w->store, &r, err);
	}
	/* Only what is not under way any more may be taken over, and what came last lies in a spool by then that nobody holds. */
	model_work_close(m);
	if (rc < 0 && w->req->generator == GENERATOR_HTTP && r.id)
		store_run_release(w->store, r.id, NULL);
	run_free(&r);
	buf_free(&counts);
	return rc;
}

int backtranslate_run(struct job *job, struct store *s, const struct backtranslate_request *req, struct backtranslate_result *out,
		      struct error *err)
{
	struct work w = { .req = req, .result = out, .job = job, .store = s, .bodies = BUF_INIT, .pair = { .body = BUF_INIT }, .least = req->least ? req->least : SEGMENT_LEAST,
			  .most = req->most ? req->most : SEGMENT_MOST };
	struct corpus corpus;
	int rc;

	*out = (struct backtranslate_result){ 0 };
	w.lang = req->lang ? lang_from_code(span_of(req->lang)) : LANG_UNKNOWN;
	if (req->lang && w.lang == LANG_UNKNOWN)
		return error_set(err, TAMIS_EUSAGE, _("“%s” is no language code this program knows"), req->lang);
	rc = store_corpus_get(s, &corpus, req->corpus, err);
	if (rc == 0 && corpus.kind != KIND_DOCUMENT)
		rc = error_set(err, TAMIS_EUSAGE, _("corpus %s does not hold documents; instructions are drawn from documents"), req->corpus);
	if (rc == 0)
		rc = draft_templates_open(&w.templates, err);
	w.retriever = retriever_new();
	w.instructions = instructions_seen_new();
	if (rc == 0 && req->benchmark)
		rc = benchmark_open(&w.benchmark, req->benchmark, err);
	w.reader = pair_reader_new(w.retriever, w.benchmark);
	if (rc == 0)
		rc = backtranslate_read(&w, &corpus, err);
	if (rc == 0) {
		draw_sample(&w);
		rc = save_run(&w, &corpus, err);
	}
	draft_templates_close(w.templates);
	pair_reader_free(w.reader);
	retriever_free(w.retriever);
	instructions_seen_free(w.instructions);
	vec_free(&w.candidates);
	benchmark_close(w.benchmark);
	map128_free(&w.written);
	buf_free(&w.pair.body);
	buf_free(&w.bodies);
	arena_free(&w.arena);
	return rc;
}
