/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Import: the corpus, its kind, and one file after the other. */
#include "jobs/importer.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/words.h"
#include "text/langid.h"

/* The corpus is named after the first path: its last part without endings. */
static void name_corpus(char out[64], const struct import_request *req)
{
	const char *path = req->n_paths ? req->paths[0] : "-", *slash;
	char *real = strcmp(path, "-") == 0 ? NULL : realpath(path, NULL);
	struct span name;
	const char *dot;

	if (req->corpus && *req->corpus) {
		snprintf(out, 64, "%s", req->corpus);
		free(real);
		return;
	}
	slash = real ? strrchr(real, '/') : NULL;
	name = span_of(slash && slash[1] ? slash + 1 : "stdin");
	dot = memchr(name.p, '.', name.len);
	if (dot && dot > name.p)
		name.len = (size_t)(dot - name.p);
	if (name.len > 63)
		name.len = 63;
	memcpy(out, name.p, name.len);
	out[name.len] = '\0';
	free(real);
}

/* ---- batches ---- */

#define SMALL_FILE ((uint64_t)256 * 1024)
#define BATCH_US 15000

static int end_batch(struct importer *imp, struct error *err)
{
	int rc;

	if (!imp->scan.deferred)
		return 0;
	imp->scan.deferred = false;
	rc = store_batch_end(imp->s, err);
	import_scan_publish(&imp->scan);
	return rc;
}

/* Small files share transactions.  The first file of an import does not: somebody waits to see it. */
static int begin_batch(struct importer *imp, const struct import_file *file, struct error *err)
{
	bool small = file->size <= SMALL_FILE && file->spool == NULL && imp->out->sources + imp->out->skipped_sources > 0;
	int rc = 0;

	if (imp->scan.deferred && (!small || clock_steady_us() - imp->batch_us > BATCH_US))
		rc = end_batch(imp, err);
	if (rc < 0 || !small || imp->scan.deferred)
		return rc;
	rc = store_batch_begin(imp->s, err);
	imp->scan.deferred = rc == 0;
	imp->batch_us = clock_steady_us();
	return rc;
}

/* ---- the whole ---- */

/* The first file that can be read decides what kind of corpus this is; when none can, its error is the answer. */
static int choose_kind(struct importer *imp, const struct import_plan *plan, enum item_kind *kind, struct error *err)
{
	struct error first = {0}, why;
	struct shape *shape = xmalloc(sizeof *shape);
	int rc = TAMIS_ENOTFOUND;

	for (size_t i = 0; rc < 0 && i < plan->files.n; i++) {
		why = (struct error){0};
		rc = import_recognise(imp, shape, &plan->files.v[i], &why);
		if (rc < 0 && first.code == 0)
			first = why;
		if (job_cancelled(imp->job))
			break;
	}
	*kind = shape->kind;
	free(shape);
	return rc < 0 ? error_set(err, first.code, "%s", first.msg) : 0;
}

static int find_corpus(struct importer *imp, const struct import_plan *plan, struct error *err)
{
	enum item_kind kind = KIND_NONE;
	char name[64];
	int rc;

	name_corpus(name, imp->req);
	rc = store_corpus_get(imp->s, &imp->corpus, name, NULL);
	if (rc == TAMIS_ENOTFOUND || (rc == 0 && imp->corpus.sources == 0)) {
		rc = choose_kind(imp, plan, &kind, err);
		if (rc == 0)
			rc = store_corpus_make(imp->s, &imp->corpus, name, kind, err);
	} else if (rc == 0 && plan->files.n == 1) { /* alone, what can't be imported is an error */
		struct source known;

		if (store_source_find(imp->s, &known, imp->corpus.id, plan->files.v[0].path, NULL) == 0) {
			source_free(&known);
		} else {
			rc = choose_kind(imp, plan, &kind, err);
			if (rc == 0 && kind != imp->corpus.kind)
				rc = error_set(err, TAMIS_EUSAGE,
					       _("%s holds items of kind %s, the corpus %s those of kind %s; name another "
						 "with --corpus"), plan->files.v[0].path, item_kind_name(kind), name,
					       item_kind_name(imp->corpus.kind));
		}
	} else if (rc < 0) {
		rc = store_corpus_get(imp->s, &imp->corpus, name, err);
	}
	return rc;
}

static int prepare(struct importer *imp, const struct import_plan *plan, struct error *err)
{
	int rc = find_corpus(imp, plan, err);

	if (rc < 0)
		return rc;
	snprintf(imp->out->corpus, sizeof imp->out->corpus, "%s", imp->corpus.name);
	imp->out->kind = imp->corpus.kind;
	imp->scan.job = imp->job;
	imp->scan.s = imp->s;
	imp->scan.threads = job_threads(imp->job);
	imp->scan.total_bytes = plan->bytes;
	if (imp->corpus.kind == KIND_DOCUMENT && imp->req->wish.lang)
		imp->scan.lang = lang_from_code(span_of(imp->req->wish.lang));
	if (imp->req->on_view) {
		rc = corpus_view_open(&imp->view, imp->s, imp->corpus.id, err);
		if (rc < 0)
			return rc;
		corpus_view_set_indexing(imp->view, true);
		imp->scan.view = imp->view;
		imp->scan.published = import_hand_over;
		imp->scan.ctx = imp;
		if (corpus_view_count(imp->view))
			import_hand_over(imp);
	}
	import_scan_init(&imp->scan);
	imp->scan.out = imp->out;
	job_unit(imp->job, _("bytes"));
	return 0;
}

void import_finish(struct importer *imp)
{
	import_scan_free(&imp->scan);
	if (imp->view) {
		corpus_view_set_indexing(imp->view, false);
		import_hand_over(imp);
	}
	corpus_view_close(imp->view);
	run_free(&imp->run);
}

static void summarise(struct importer *imp)
{
	const struct import_result *r = imp->out;

	char records[32], rejected[32], known[32];
	struct buf text = BUF_INIT;

	words_count(records, r->records);
	words_count(rejected, r->rejected);
	words_count(known, r->skipped_sources);
	buf_addf(&text, PL_("%s: %s record imported, %s rejected", "%s: %s records imported, %s rejected", r->records),
		 r->corpus, records, rejected);
	if (r->skipped_sources)
		buf_addf(&text, PL_(", %s file already there", ", %s files already there", r->skipped_sources), known);
	job_counts(imp->job, r->records, r->rejected);
	job_summary(imp->job, "%s", text.p);
	buf_free(&text);
}

int import_run(struct job *job, struct store *s, const struct import_request *req, struct import_result *out,
	       struct error *err)
{
	struct importer imp = { .job = job, .s = s, .req = req, .out = out };
	struct import_plan plan;
	int rc;

	*out = (struct import_result){0};
	rc = import_plan_make(&plan, req, err);
	if (rc < 0)
		return rc;
	out->media = plan.media;
	rc = prepare(&imp, &plan, err);
	for (size_t i = 0; rc == 0 && i < plan.files.n; i++) {
		rc = begin_batch(&imp, &plan.files.v[i], err);
		if (rc == 0)
			rc = import_one_file(&imp, &plan.files.v[i], err);
		if (rc == 0 && job_cancelled(job))
			rc = error_set(err, TAMIS_ECANCEL, _("stopped; the same import goes on from here"));
	}
	if (imp.scan.batch) {
		int ended = end_batch(&imp, rc < 0 ? NULL : err);

		if (rc == 0 && ended == 0)
			ended = import_end_run(&imp, err);

		rc = rc < 0 ? rc : ended;
		summarise(&imp);
	}
	import_finish(&imp);
	import_plan_free(&plan);
	return rc;
}

int import_job(struct job *job, struct store *s, void *request, struct error *err)
{
	struct import_request *req = request;
	struct import_result result;

	return import_run(job, s, req, req->result ? req->result : &result, err);
}
