/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Import: which sources there are already, which have grown or changed, and what to do with each. */
#include "jobs/import.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fs.h"
#include "base/i18n.h"
#include "base/json.h"
#include "base/log.h"
#include "config.h"
#include "jobs/import_plan.h"
#include "jobs/import_scan.h"
#include "text/langid.h"

struct importer {
	struct job *job;
	struct store *s;
	const struct import_request *req;
	struct import_result *out;
	struct corpus corpus;
	struct corpus_view *view;
	bool handed;           /* the receiver has its view */
	struct import_scan scan;
	struct run run;        /* id 0 until something is indexed */
	int64_t batch_us;      /* when the open batch was begun */
};

/* ---- names and provenance ---- */

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

static void put_wish(struct buf *json, const struct import_request *req)
{
	const struct shape_wish *wish = &req->wish;
	const struct {
		const char *key, *value;
	} words[] = {
		{ "split", wish->split }, { "text", wish->text_field }, { "id", wish->id_field }, { "lang", wish->lang },
	};

	buf_addc(json, '{');
	if (wish->format != FORMAT_AUTO)
		json_put_member(json, "format", span_of(format_name(wish->format)));
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (words[i].value)
			json_put_member(json, words[i].key, span_of(words[i].value));
	buf_addc(json, '}');
}

static int begin_run(struct importer *imp, struct error *err)
{
	struct buf parameters = BUF_INIT, inputs = BUF_INIT;
	int rc;

	if (imp->run.id)
		return 0;
	put_wish(&parameters, imp->req);
	buf_addc(&inputs, '{');
	json_put_member(&inputs, "corpus", span_of(imp->corpus.name));
	json_put_key(&inputs, "paths");
	buf_addc(&inputs, '[');
	for (size_t i = 0; i < imp->req->n_paths; i++) {
		buf_adds(&inputs, i ? "," : "");
		json_put_string(&inputs, span_of(imp->req->paths[i]));
	}
	buf_adds(&inputs, "]}");
	snprintf(imp->run.pipeline, sizeof imp->run.pipeline, "import");
	snprintf(imp->run.engine, sizeof imp->run.engine, "%s", PACKAGE_VERSION);
	imp->run.parameters = buf_steal(&parameters, NULL);
	imp->run.inputs = buf_steal(&inputs, NULL);
	rc = store_run_begin(imp->s, &imp->run, err);
	return rc;
}

static int end_run(struct importer *imp, struct error *err)
{
	struct buf counts = BUF_INIT;
	const struct import_result *r = imp->out;

	if (imp->run.id == 0)
		return 0;
	buf_addc(&counts, '{');
	json_put_int(&counts, "sources", (int64_t)r->sources);
	json_put_int(&counts, "skipped_sources", (int64_t)r->skipped_sources);
	json_put_int(&counts, "records", (int64_t)r->records);
	json_put_int(&counts, "rejected", (int64_t)r->rejected);
	json_put_int(&counts, "bytes", (int64_t)r->bytes);
	buf_addc(&counts, '}');
	free(imp->run.counts);
	imp->run.counts = buf_steal(&counts, NULL);
	return store_run_end(imp->s, &imp->run, err);
}

/* ---- one source ---- */

/* The receiver gets the view as soon as there is something to see. */
static void hand_over(void *ctx)
{
	struct importer *imp = ctx;

	if (imp->handed || imp->view == NULL)
		return;
	imp->handed = true;
	imp->req->on_view(imp->req->ctx, corpus_view_share(imp->view));
}

static bool can_be_named(const char *path)
{
	return strcmp(path, "-") != 0;
}

static int recognise(struct importer *imp, struct shape *shape, const struct import_file *file, struct error *err)
{
	*shape = (struct shape){0};
	return shape_recognise(shape, file->spool ? file->spool : file->path, &imp->req->wish, err);
}

/* One of two line-aligned files: the source is named after the first of them, whichever was given. */
static int join_halves(struct importer *imp, struct source *src, struct error *err)
{
	struct buf other = BUF_INIT;
	bool first;

	if (!shape_companion(&other, &first, src->path, &imp->req->wish)) {
		buf_free(&other);
		return error_set(err, TAMIS_EIO, _("%s: the other file of the pair has gone"), src->path);
	}
	src->companion = buf_steal(&other, NULL);
	if (!first) {
		char *path = src->path;

		src->path = src->companion;
		src->companion = path;
	}
	return source_stat(src, err);
}

static const char *content_path(const struct source *src, const struct import_file *file)
{
	return file && file->spool ? file->spool : src->path;
}

/* Indexes from where src stands and saves how it ended. */
static int index_source(struct importer *imp, struct source *src, const char *path, struct error *err)
{
	uint64_t records = src->records, rejected = src->rejected, position = src->position;
	int rc;

	if (imp->view)
		corpus_view_add_source(imp->view, src);
	if (src->shape.format != FORMAT_AUTO)
		rc = import_scan_source(&imp->scan, src, path, err);
	else
		rc = 0; /* refused by name: its reason is saved already */
	if (rc == 0) {
		src->state = SOURCE_READY;
		rc = store_source_update(imp->s, src, err);
	}
	imp->scan.done_bytes += src->size;
	imp->out->sources++;
	imp->out->records += src->records - records;
	imp->out->rejected += src->rejected - rejected;
	imp->out->bytes += src->position - position;
	return rc < 0 ? rc : begin_run(imp, err);
}

static int keep_spool(struct importer *imp, const struct source *src, const struct import_file *file,
		      struct error *err)
{
	char *bytes = xmalloc(STORE_BLOCK);
	uint64_t number = 0;
	int rc = 0;

	for (;;) {
		ssize_t n = fs_pread(file->spool_fd, bytes, STORE_BLOCK, number * STORE_BLOCK);

		if (n < 0)
			rc = error_errno(err, TAMIS_EIO, errno, _("a temporary file can't be read"));
		if (n <= 0)
			break;
		rc = store_kept_save(imp->s, src->id, number++, span_make(bytes, (size_t)n), err);
		if (rc < 0)
			break;
	}
	free(bytes);
	return rc;
}

/* A file of a folder that is not something to import: a source without records that says why. */
static int refuse_source(struct importer *imp, struct source *src, const char *why, struct error *err)
{
	struct index_chunk *none = xcalloc(1, sizeof *none);
	struct rejected row = { .source = src->id };
	int rc;

	src->shape = (struct shape){0};
	src->rejected = 1;
	src->line = 1;
	snprintf(row.reason, sizeof row.reason, "%s", why);
	rc = store_chunk_save(imp->s, src, 0, none, &row, 1, err);
	free(none);
	imp->out->rejected++;
	imp->scan.total_rejected++;
	return rc;
}

/* `known` and `why`: how recognition went; its shape is in `src`. */
static int add_source(struct importer *imp, struct source *src, const struct import_file *file, int known,
		      struct error *why, struct error *err)
{
	int rc;

	if (known == 0 && src->shape.kind != imp->corpus.kind)
		known = error_set(why, TAMIS_EUSAGE, _("holds items of kind %s, the corpus those of kind %s"),
				  item_kind_name(src->shape.kind), item_kind_name(imp->corpus.kind));
	if (known == TAMIS_EIO)
		return error_set(err, known, "%s", why->msg);
	if (known < 0)
		src->shape = (struct shape){0};
	src->state = SOURCE_INDEXING;
	src->line = 1;
	rc = store_source_add(imp->s, src, err);
	if (rc == 0 && known < 0)
		rc = refuse_source(imp, src, why->msg, err);
	if (rc == 0 && file->spool)
		rc = keep_spool(imp, src, file, err);
	return rc < 0 ? rc : index_source(imp, src, content_path(src, file), err);
}

/* From nothing again: the file is another, or was never finished in a form that can be continued. */
static int index_anew(struct importer *imp, struct source *src, const struct import_file *file, struct error *err)
{
	struct error why = {0};
	int known, rc = store_source_forget(imp->s, src->id, err);

	src->records = src->rejected = src->position = 0;
	src->line = 1;
	src->state = SOURCE_INDEXING;
	if (rc < 0)
		return rc;
	known = recognise(imp, &src->shape, file, &why);
	if (known == 0 && src->shape.format == FORMAT_MOSES && src->companion == NULL)
		rc = join_halves(imp, src, err);
	else if (known < 0)
		rc = refuse_source(imp, src, why.msg, err);
	if (rc == 0)
		rc = store_source_update(imp->s, src, err);
	return rc < 0 ? rc : index_source(imp, src, content_path(src, file), err);
}

/* Lines can be added to: the records before stay what they are when the old content ended with a line. */
static bool can_grow(const struct source *src)
{
	bool by_line = src->shape.format == FORMAT_JSONL || src->shape.format == FORMAT_CSV ||
		       (src->shape.format == FORMAT_TEXT && src->shape.split == SPLIT_LINE);
	FILE *file;
	int last;

	if (!by_line || !shape_in_place(&src->shape) || src->position == 0)
		return false;
	file = fopen(src->path, "rb");
	if (file == NULL)
		return false;
	last = fseeko(file, (off_t)src->position - 1, SEEK_SET) == 0 ? getc(file) : EOF;
	fclose(file);
	return last == '\n';
}

static bool asked_otherwise(struct importer *imp, const struct source *src, const struct import_file *file)
{
	const struct shape_wish *wish = &imp->req->wish;
	struct buf a = BUF_INIT, b = BUF_INIT;
	struct shape now, then = src->shape;
	bool other = false;

	if (wish->format == FORMAT_AUTO && !wish->split && !wish->text_field && !wish->id_field && !wish->lang)
		return false;
	if (recognise(imp, &now, file, NULL) == 0) {
		memset(now.reason, 0, sizeof now.reason);
		memset(then.reason, 0, sizeof then.reason);
		shape_to_json(&a, &now);
		shape_to_json(&b, &then);
		other = !span_eq(buf_span(&a), buf_span(&b));
	}
	buf_free(&a);
	buf_free(&b);
	return other;
}

/* A source that is there: skip, go on, or do it again. */
static int renew_source(struct importer *imp, struct source *src, const struct import_file *file, struct error *err)
{
	bool named = can_be_named(src->path);
	bool lost = src->state == SOURCE_READY && src->position == 0 && src->rejected == 0 && src->size > 0;
	uint64_t size;
	int how = source_check(src, &size, NULL), rc;

	if (how == 0 && src->state == SOURCE_READY && !lost && !asked_otherwise(imp, src, file)) {
		imp->out->skipped_sources++;
		imp->scan.done_bytes += src->size;
		return 0;
	}
	if (how == 0 && src->state == SOURCE_INDEXING && src->position && !asked_otherwise(imp, src, file)) {
		log_line("import: %s goes on at byte %" PRIu64, src->path, src->position);
		return index_source(imp, src, content_path(src, file), err);
	}
	if (how == 1 && can_grow(src) && !asked_otherwise(imp, src, file)) {
		rc = source_stat(src, err);
		src->state = SOURCE_INDEXING;
		if (rc == 0)
			rc = store_source_update(imp->s, src, err);
		return rc < 0 ? rc : index_source(imp, src, src->path, err);
	}
	rc = named ? source_stat(src, err) : keep_spool(imp, src, file, err);
	return rc < 0 ? rc : index_anew(imp, src, file, err);
}

/* The same bytes under a name that is gone: the file was moved. */
static int follow_move(struct importer *imp, struct source *old, const struct source *now, struct error *err)
{
	int rc;

	log_line("import: %s is now %s", old->path, now->path);
	free(old->path);
	old->path = xstrdup(now->path);
	old->mtime_ns = now->mtime_ns;
	old->inode = now->inode;
	rc = store_source_update(imp->s, old, err);
	if (imp->view)
		corpus_view_add_source(imp->view, old);
	return rc;
}

static int find_existing(struct importer *imp, struct source *out, const struct source *now, struct error *err)
{
	int rc = TAMIS_ENOTFOUND;

	if (can_be_named(now->path))
		rc = store_source_find(imp->s, out, imp->corpus.id, now->path, err);
	if (rc != TAMIS_ENOTFOUND || now->size == 0)
		return rc;
	rc = store_source_find_content(imp->s, out, imp->corpus.id, &now->head, now->size, err);
	if (rc < 0 || !can_be_named(now->path) || !can_be_named(out->path))
		return rc < 0 || strcmp(out->path, now->path) == 0 ? rc : (source_free(out), TAMIS_ENOTFOUND);
	if (access(out->path, F_OK) == 0) { /* a second copy, not a move */
		source_free(out);
		return TAMIS_ENOTFOUND;
	}
	return follow_move(imp, out, now, err);
}

static int import_new(struct importer *imp, struct source *now, const struct import_file *file, struct error *err)
{
	struct error why = {0};
	struct source old;
	int known = recognise(imp, &now->shape, file, &why), rc = 0;

	if (known == 0 && now->shape.format == FORMAT_MOSES) {
		rc = join_halves(imp, now, err);
		if (rc == 0 && store_source_find(imp->s, &old, imp->corpus.id, now->path, NULL) == 0) {
			source_free(&old); /* by its other half */
			return 0;
		}
	}
	return rc < 0 ? rc : add_source(imp, now, file, known, &why, err);
}

static int import_file(struct importer *imp, const struct import_file *file, struct error *err)
{
	struct source now = { .corpus = imp->corpus.id, .path = xstrdup(file->spool ? file->spool : file->path) };
	struct error why = {0};
	struct source old;
	int rc = source_stat(&now, err);

	if (rc == 0 && file->spool) {
		free(now.path);
		now.path = xstrdup("-");
		now.mtime_ns = 0;
		now.inode = 0;
	}
	if (rc == 0) {
		rc = find_existing(imp, &old, &now, &why);
		if (rc == 0) {
			rc = renew_source(imp, &old, file, err);
			source_free(&old);
		} else if (rc == TAMIS_ENOTFOUND) {
			rc = import_new(imp, &now, file, err);
		} else {
			error_set(err, rc, "%s", why.msg);
		}
	}
	source_free(&now);
	return rc;
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
		rc = recognise(imp, shape, &plan->files.v[i], &why);
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
		imp->scan.published = hand_over;
		imp->scan.ctx = imp;
		if (corpus_view_count(imp->view))
			hand_over(imp);
	}
	import_scan_init(&imp->scan);
	job_unit(imp->job, _("bytes"));
	return 0;
}

static void finish(struct importer *imp)
{
	import_scan_free(&imp->scan);
	if (imp->view) {
		corpus_view_set_indexing(imp->view, false);
		hand_over(imp);
	}
	corpus_view_close(imp->view);
	run_free(&imp->run);
}

static void summarise(struct importer *imp)
{
	const struct import_result *r = imp->out;

	job_counts(imp->job, r->records, r->rejected);
	job_summary(imp->job, _("%s: %" PRIu64 " records imported, %" PRIu64 " rejected, %" PRIu64 " files already there"),
		    r->corpus, r->records, r->rejected, r->skipped_sources);
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
	rc = prepare(&imp, &plan, err);
	for (size_t i = 0; rc == 0 && i < plan.files.n; i++) {
		rc = begin_batch(&imp, &plan.files.v[i], err);
		if (rc == 0)
			rc = import_file(&imp, &plan.files.v[i], err);
		if (rc == 0 && job_cancelled(job))
			rc = error_set(err, TAMIS_ECANCEL, _("stopped; the same import goes on from here"));
	}
	if (imp.scan.batch) {
		int ended = end_batch(&imp, rc < 0 ? NULL : err);

		if (rc == 0 && ended == 0)
			ended = end_run(&imp, err);

		rc = rc < 0 ? rc : ended;
		summarise(&imp);
	}
	finish(&imp);
	import_plan_free(&plan);
	return rc;
}

int import_job(struct job *job, struct store *s, void *request, struct error *err)
{
	struct import_request *req = request;
	struct import_result result;

	return import_run(job, s, req, req->result ? req->result : &result, err);
}

/* ---- what the cache has lost ---- */

bool import_refresh_needed(struct store *s, int64_t corpus)
{
	int64_t *ids;
	size_t n;

	if (store_source_stale(s, corpus, &ids, &n, NULL) < 0)
		return false;
	free(ids);
	return n > 0;
}

static int refresh_source(struct importer *imp, int64_t id, struct error *err)
{
	struct import_file file = { .spool_fd = -1 };
	struct error why = {0};
	struct source src;
	int rc = store_source_get(imp->s, &src, id, err), how;

	if (rc < 0)
		return rc;
	how = source_check(&src, NULL, &why);
	if (how < 0) {
		log_line("refresh: %s", why.msg);
		imp->out->skipped_sources++;
		src.state = how == TAMIS_ECHANGED ? SOURCE_CHANGED : SOURCE_MISSING;
		src.records = src.rejected = 0;
		rc = store_source_update(imp->s, &src, err);
		source_free(&src);
		return rc;
	}
	rc = store_source_forget(imp->s, id, err);
	src.records = src.rejected = src.position = 0;
	src.line = 1;
	file.path = src.path;
	if (rc == 0 && !can_be_named(src.path)) {
		rc = import_spool_open(&file.spool_fd, &file.spool, err);
		if (rc == 0)
			rc = store_kept_write(imp->s, id, file.spool_fd, err);
	}
	if (rc == 0 && src.shape.format == FORMAT_AUTO) {
		recognise(imp, &src.shape, &file, &why);
		rc = refuse_source(imp, &src, why.msg, err);
	}
	if (rc == 0)
		rc = index_source(imp, &src, content_path(&src, &file), err);
	free(file.spool);
	if (file.spool_fd >= 0)
		close(file.spool_fd);
	source_free(&src);
	return rc;
}

static int refresh(struct importer *imp, int64_t corpus, struct error *err)
{
	static const struct import_request nothing;
	int64_t *ids;
	size_t n;
	int rc = store_source_stale(imp->s, corpus, &ids, &n, err);

	*imp->out = (struct import_result){0};
	imp->req = &nothing;
	imp->handed = true;
	if (rc < 0 || n == 0) {
		free(ids);
		return rc;
	}
	imp->run.id = -1; /* making an index again is no run of its own */
	imp->scan.job = imp->job;
	imp->scan.s = imp->s;
	imp->scan.view = imp->view;
	imp->scan.threads = job_threads(imp->job);
	import_scan_init(&imp->scan);
	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = refresh_source(imp, ids[i], err);
	job_summary(imp->job,
		    _("index made again: %" PRIu64 " records of %" PRIu64 " files; %" PRIu64 " files are gone or changed"),
		    imp->out->records, imp->out->sources, imp->out->skipped_sources);
	free(ids);
	return rc;
}

int import_refresh(struct job *job, struct store *s, int64_t corpus, struct import_result *out, struct error *err)
{
	struct import_result unasked;
	struct importer imp = { .job = job, .s = s, .out = out ? out : &unasked };
	int rc = refresh(&imp, corpus, err);

	finish(&imp);
	return rc;
}

int import_refresh_view(struct job *job, struct store *s, struct corpus_view *view, struct error *err)
{
	struct import_result unasked;
	struct importer imp = { .job = job, .s = s, .out = &unasked, .view = corpus_view_share(view) };
	int rc;

	corpus_view_set_indexing(view, true);
	rc = refresh(&imp, corpus_view_corpus(view), err);
	finish(&imp);
	return rc;
}
