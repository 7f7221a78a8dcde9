/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Export: which records, in what order, past the verdicts, into a writer. */
#include "jobs/export.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/i18n.h"
#include "base/fs.h"
#include "jobs/dedup_removed.h"
#include "jobs/export_file.h"
#include "jobs/output.h"
#include "review/filter.h"
#include "review/rivals.h"
#include "text/langid.h"

#define SLICE 4096u
#define PIECE ((size_t)1024 * 1024) /* of a record too large to be held */

struct exporter {
	struct job *job;
	struct store *s;
	const struct export_request *req;
	struct export_result *out;
	const struct writer_format *format;
	struct writer writer;
	bool writing;              /* the writer was begun */
	bool surveying;            /* the first of two passes: which columns the table has */
	struct export_file file;
	struct filter *filter;     /* NULL when none */
	struct map128 verdicts;    /* loaded with `accepted` */
	struct map128 edits;       /* items that have been edited */
	struct dedup_removals removals; /* of the latest run of the corpus at hand */
	struct fs_atomic removed;  /* who went, one JSON object a line; no file when there is none */
	struct item_source *items;
	struct item item;
	struct corpus_view *view;  /* of the corpus at hand */
	struct buf bytes;
	uint64_t done_before, total;
	int failed;                /* of a hit, which can't return it */
	struct error why;
};

/* ---- one record ---- */

static bool edited_text(const void *ctx, enum role role, struct span *value)
{
	const struct item *item = ctx;

	*value = item->edited[role];
	return value->p != NULL;
}

/* What the edited texts were, so that nothing is lost. */
static void put_originals(struct buf *out, const struct item *item)
{
	json_put_key(out, "original");
	buf_addc(out, '{');
	for (int role = 0; role < ROLE_COUNT; role++)
		if (item->edited[role].p)
			json_put_member(out, role_name((enum role)role), record_value(&item->record, (enum role)role));
	buf_addc(out, '}');
}

static void annotate(struct buf *out, const struct item *item)
{
	char ref[32];

	item_ref_format(ref, item->ref);
	buf_clear(out);
	buf_addc(out, '{');
	json_put_member(out, "item", span_of(ref));
	item_put_verdict(out, item);
	if (item->state.edit) {
		json_put_key(out, "edit");
		buf_adds(out, item->state.edit);
		put_originals(out, item);
	}
	if (item->state.annotator[0])
		json_put_member(out, "annotator", span_of(item->state.annotator));
	if (item->state.seq)
		json_put_int(out, "at", item->state.at_ms);
	buf_addc(out, '}');
}

/* What a run made has no source: its body is its record. */
static const struct shape body_shape = { .format = FORMAT_JSONL };

/* The tags of Li et al. 2024, "Self-Alignment with Instruction Backtranslation", section 2.3: training tells apart what people wrote
 * from what was made out of texts, and answers in the manner of the former. */
#define TAG_WRITTEN "Answer in the style of an AI Assistant."
#define TAG_MADE "Answer with knowledge from web search."

static int write_item(struct exporter *x, const struct shape *shape, struct error *err)
{
	struct item *item = &x->item;
	struct export_item out = { .shape = shape, .record = &item->record, .edited = edited_text, .ctx = item };
	struct record mined = item->record;
	struct buf note = BUF_INIT;
	int rc;

	if (x->surveying) {
		writer_survey(&x->writer, &out);
		return 0;
	}
	if (item->run && item->kind == KIND_BITEXT && x->format == &writer_jsonl) {
		buf_clear(&x->bytes);
		rival_body(&x->bytes, item);
		mined.raw = buf_span(&x->bytes);
		out.record = &mined;
	}
	if (x->req->tags)
		out.tag = span_of(export_named(&out, "generator").len ? TAG_MADE : TAG_WRITTEN);
	if (x->req->annotate) {
		annotate(&note, item);
		out.annotation = buf_span(&note);
	}
	rc = writer_record(&x->writer, &out, err);
	buf_free(&note);
	if (rc > 0 && item->state.edit)
		x->out->edited++;
	return rc < 0 ? rc : 0;
}

/* The record's own bytes, without a look inside. */
static int copy_bytes(struct exporter *x, const struct shape *shape, uint64_t i, struct error *err)
{
	struct record record = { .kind = shape->kind };
	struct export_item out = { .shape = shape, .record = &record };
	int rc;

	buf_clear(&x->bytes);
	rc = corpus_view_read(x->view, x->s, i, 0, SIZE_MAX, &x->bytes, err);
	record.raw = buf_span(&x->bytes);
	if (rc == 0)
		rc = writer_record(&x->writer, &out, err);
	return rc < 0 ? rc : 0;
}

/* A record too large to be held goes through in pieces. */
static int copy_pieces(struct exporter *x, const struct record_place *place, uint64_t i, struct error *err)
{
	FILE *file = x->writer.file;

	for (uint64_t at = 0; at < place->len; at += PIECE) {
		int rc;

		if (job_cancelled(x->job))
			return error_set(err, TAMIS_ECANCEL, _("stopped; nothing was written"));
		buf_clear(&x->bytes);
		rc = corpus_view_read(x->view, x->s, i, at, PIECE, &x->bytes, err);
		if (rc < 0)
			return rc;
		fwrite(x->bytes.p, 1, x->bytes.len, file);
	}
	putc('\n', file);
	x->writer.written++;
	return ferror(file) ? export_file_fail(&x->file, err) : 0;
}

static int export_record(struct exporter *x, uint64_t i, const struct record_fact *fact, struct error *err)
{
	item_ref ref = corpus_view_ref(x->view, i);
	const struct source *source = corpus_view_source(x->view, ref);
	bool same = x->format == &writer_jsonl && source->shape.format == FORMAT_JSONL && !x->req->annotate;
	bool edited = map128_find(&x->edits, &fact->key) != NULL;
	struct record_place place;
	int rc = corpus_view_place(x->view, x->s, i, &place, err);

	if (rc < 0)
		return rc;
	if (same && place.len > ITEM_WHOLE_LIMIT) {
		x->out->edits_left_out += edited;
		return copy_pieces(x, &place, i, err);
	}
	if (same && !edited)
		return copy_bytes(x, &source->shape, i, err);
	rc = item_load(&x->item, x->items, ref, err);
	if (rc < 0)
		return rc;
	if (!x->item.whole) {
		x->writer.left_out += !x->surveying;
		return 0;
	}
	return write_item(x, &source->shape, err);
}

/* ---- which records ---- */

/* A duplicate is noted where it is left out. */
static bool is_duplicate(struct exporter *x, item_ref ref, const struct hash128 *key)
{
	const struct dedup_removal *removal = x->removals.run ? dedup_removal_of(&x->removals, ref, key) : NULL;

	if (removal == NULL)
		return false;
	x->out->duplicates++;
	if (x->removed.file && !x->surveying) {
		buf_clear(&x->bytes);
		dedup_removal_json(&x->bytes, removal);
		buf_addc(&x->bytes, '\n');
		fwrite(x->bytes.p, 1, x->bytes.len, x->removed.file);
	}
	return true;
}

static bool wanted(struct exporter *x, item_ref ref, const struct hash128 *key)
{
	const uint64_t *verdict;

	if (is_duplicate(x, ref, key))
		return false;
	if (!x->req->accepted)
		return true;
	verdict = map128_find(&x->verdicts, key);
	return verdict && *verdict == VERDICT_ACCEPT;
}

static int export_range(struct exporter *x, uint64_t from, size_t n, struct error *err)
{
	struct record_fact *facts = xcalloc(n, sizeof *facts);
	int rc = corpus_view_facts(x->view, x->s, from, n, facts, err);

	for (size_t i = 0; rc == 0 && i < n; i++)
		if (wanted(x, corpus_view_ref(x->view, from + i), &facts[i].key))
			rc = export_record(x, from + i, &facts[i], err);
	free(facts);
	return rc;
}

/* The filter hands over what matches; whether it is accepted is asked here. */
static void take_hits(void *ctx, const item_ref *refs, size_t n, uint64_t scanned)
{
	struct exporter *x = ctx;

	for (size_t i = 0; x->failed == 0 && i < n; i++) {
		struct record_fact fact;
		uint64_t at;

		if (!corpus_view_find(x->view, refs[i], &at))
			continue;
		x->failed = corpus_view_facts(x->view, x->s, at, 1, &fact, &x->why);
		if (x->failed == 0 && wanted(x, refs[i], &fact.key))
			x->failed = export_record(x, at, &fact, &x->why);
	}
	job_progress(x->job, x->done_before + scanned, x->total);
}

static int export_corpus(struct exporter *x, struct error *err)
{
	uint64_t count = corpus_view_count(x->view);
	int rc = 0;

	if (x->filter) {
		rc = filter_scan(x->filter, x->s, x->view, NULL, 0, job_cancel_flag(x->job), take_hits, x, err);
		if (x->failed)
			rc = error_set(err, x->failed, "%s", x->why.msg);
	}
	for (uint64_t i = 0; rc == 0 && !x->filter && i < count; i += SLICE) {
		rc = export_range(x, i, count - i < SLICE ? (size_t)(count - i) : SLICE, err);
		job_progress(x->job, x->done_before + i, x->total);
		if (rc == 0 && job_cancelled(x->job))
			rc = error_set(err, TAMIS_ECANCEL, _("stopped; nothing was written"));
	}
	x->done_before += count;
	x->out->seen += count;
	return rc;
}

static bool has_field(const struct item *item, const char *name, const char *value)
{
	for (size_t i = 0; i < item->record.n_fields; i++)
		if (span_is(item->record.fields[i].name, name))
			return value == NULL || span_is(item->record.fields[i].value, value);
	return false;
}

/* A draft is nobody's word until a person accepted it, or edited it, whoever wrote it.  Where a model's reply could not be used
 * (`outcome`) there is no instruction until a person writes one. */
static bool is_undecided_draft(struct exporter *x)
{
	const struct item *item = &x->item;

	if (item->kind != KIND_INSTRUCTION || (item->state.edit && item->state.verdict != VERDICT_REJECT))
		return false;
	if (!item_lacks_instruction(item) && (item->state.verdict == VERDICT_ACCEPT || !has_field(item, "generator", NULL)))
		return false;
	x->out->drafts++;
	return true;
}

static void take_item_hits(void *ctx, const item_ref *refs, size_t n, uint64_t scanned)
{
	struct exporter *x = ctx;

	for (size_t i = 0; x->failed == 0 && i < n; i++) {
		x->failed = item_load(&x->item, x->items, refs[i], &x->why);
		if (x->failed == 0 && wanted(x, refs[i], &x->item.key) && !is_undecided_draft(x))
			x->failed = write_item(x, &body_shape, &x->why);
	}
	job_progress(x->job, scanned, x->total);
}

static int export_run_items(struct exporter *x, struct error *err)
{
	int64_t *ids;
	item_ref *refs;
	size_t n;
	int rc = store_item_ids(x->s, x->req->run, x->req->kind, "id", &ids, &n, err);

	if (rc < 0)
		return rc;
	refs = xcalloc(n ? n : 1, sizeof *refs);
	for (size_t i = 0; i < n; i++)
		refs[i] = item_ref_item(ids[i]);
	x->total = x->out->seen = n;
	if (x->filter && n) {
		rc = filter_scan(x->filter, x->s, NULL, refs, n, job_cancel_flag(x->job), take_item_hits, x, err);
	} else {
		for (size_t i = 0; x->failed == 0 && i < n && !job_cancelled(x->job); i += SLICE)
			take_item_hits(x, refs + i, n - i < SLICE ? n - i : SLICE, i);
		if (job_cancelled(x->job))
			rc = error_set(err, TAMIS_ECANCEL, _("stopped; nothing was written"));
	}
	if (x->failed)
		rc = error_set(err, x->failed, "%s", x->why.msg);
	free(refs);
	free(ids);
	return rc;
}

/* ---- the whole ---- */

static int begin_writer(struct exporter *x, enum item_kind kind, const char *from, const char *to, struct error *err)
{
	int rc;

	if (x->writing)
		return 0;
	rc = export_file_open(&x->file, x->s, x->req, x->format, from, to, err);
	if (rc < 0)
		return rc;
	rc = writer_begin(&x->writer, x->format, x->file.part[0].file, x->file.part[1].file, kind, x->req->annotate, from,
			  to, err);
	x->writing = rc == 0;
	return rc;
}

/* The removals of the run that `corpus` took part in last; corpora of one run share them. */
static int load_removals(struct exporter *x, const char *corpus, struct error *err)
{
	int64_t run = 0;
	int rc = x->req->deduplicated ? dedup_run_of_corpus(&run, x->s, corpus, err) : 0;

	if (rc < 0 || run == x->removals.run)
		return rc;
	dedup_removals_free(&x->removals);
	return dedup_removals_load(&x->removals, x->s, run, err);
}

static int open_removed(struct exporter *x, struct error *err)
{
	char *path, *manifest;
	int rc;

	if (!x->req->deduplicated || x->req->to == NULL || strcmp(x->req->to, "-") == 0)
		return 0;
	path = xasprintf("%s.removed.jsonl", x->req->to);
	manifest = xasprintf("%s.manifest.json", x->req->to);
	rc = output_check_beside(x->s, path, manifest, x->req->force, err);
	if (rc == 0)
		rc = fs_atomic_open(&x->removed, path, err);
	free(manifest);
	free(path);
	return rc;
}

static int begin_source_writer(struct exporter *x, enum item_kind kind, const struct source *first, struct error *err)
{
	return begin_writer(x, kind, first ? first->shape.source_lang : "", first ? first->shape.target_lang : "", err);
}

/* A known code or "": what a workspace says becomes part of a file's name. */
static const char *language_of_run(const json_t *counts, const char *key)
{
	const char *code = json_string_value(json_object_get(counts, key));
	uint8_t lang = code ? lang_from_code(span_of(code)) : LANG_UNKNOWN;

	return lang == LANG_UNKNOWN ? "" : lang_code(lang);
}

/* The languages its pairs were found in, where it is a run of pairs. */
static int begin_run_writer(struct exporter *x, struct error *err)
{
	struct run run = { 0 };
	int rc = store_run_get(x->s, &run, x->req->run, err);
	json_t *counts = rc == 0 && run.counts ? json_loads(run.counts, 0, NULL) : NULL;

	if (rc == 0)
		rc = begin_writer(x, x->req->kind, language_of_run(counts, "source_lang"), language_of_run(counts, "target_lang"), err);
	json_decref(counts);
	run_free(&run);
	return rc;
}

static int export_corpora(struct exporter *x, const struct corpus *list, size_t n, struct error *err)
{
	int rc = 0;

	x->total = 0;
	for (size_t i = 0; i < n; i++)
		x->total += list[i].records;
	for (size_t i = 0; rc == 0 && i < n; i++) {
		rc = corpus_view_open(&x->view, x->s, list[i].id, err);
		if (rc == 0)
			rc = load_removals(x, list[i].name, err);
		if (rc == 0)
			rc = begin_source_writer(x, list[i].kind, corpus_view_source(x->view, corpus_view_ref(x->view, 0)), err);
		if (rc == 0) {
			item_source_use(x->items, x->view);
			rc = export_corpus(x, err);
		}
		corpus_view_close(x->view);
		x->view = NULL;
	}
	return rc;
}

/* The named corpus, or every one of the kind. */
static int choose_corpora(struct exporter *x, struct corpus **out, size_t *n, struct error *err)
{
	struct corpus *list;
	size_t all, kept = 0;
	int rc;

	*out = NULL;
	*n = 0;
	if (x->req->corpus) {
		*out = xcalloc(1, sizeof **out);
		*n = 1;
		return store_corpus_get(x->s, *out, x->req->corpus, err);
	}
	rc = store_corpus_list(x->s, &list, &all, err);
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < all; i++)
		if (x->req->kind == KIND_NONE || list[i].kind == x->req->kind)
			list[kept++] = list[i];
	*out = list;
	*n = kept;
	return kept ? 0 : error_set(err, TAMIS_ENOTFOUND, _("no corpus holds items of this kind"));
}

static int check_request(struct exporter *x, enum item_kind kind, struct error *err)
{
	if (!writer_format_takes(x->format, kind))
		return error_set(err, TAMIS_EUSAGE, _("%s can't hold items of kind %s"), x->format->name,
				 item_kind_name(kind));
	return 0;
}

static int prepare(struct exporter *x, struct error *err)
{
	const char *name = x->req->format ? x->req->format : "jsonl";
	int rc = 0;

	x->format = writer_format_find(span_of(name));
	if (x->format == NULL)
		return error_set(err, TAMIS_EUSAGE, _("no export format is named %s"), name);
	if (x->req->where && *x->req->where)
		rc = filter_parse(&x->filter, x->req->where, err);
	if (rc == 0)
		rc = workspace_flush(store_workspace(x->s), err);
	if (rc == 0 && x->req->accepted)
		rc = store_verdict_map(x->s, &x->verdicts, err);
	if (rc == 0)
		rc = store_edit_map(x->s, &x->edits, err);
	x->items = item_source_new(x->s);
	item_init(&x->item);
	buf_init(&x->bytes);
	job_unit(x->job, _("records"));
	return rc;
}

static int export_all(struct exporter *x, struct error *err)
{
	struct corpus *list = NULL;
	size_t n = 0;
	int rc;

	if (x->req->run > 0) {
		rc = check_request(x, x->req->kind, err);
		if (rc == 0)
			rc = begin_run_writer(x, err);
		return rc < 0 ? rc : export_run_items(x, err);
	}
	rc = choose_corpora(x, &list, &n, err);
	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = check_request(x, list[i].kind, err);
	if (rc == 0)
		rc = export_corpora(x, list, n, err);
	free(list);
	return rc;
}

/* A table's columns stand in its first row, so that all it will hold is looked at before. */
static int survey_all(struct exporter *x, struct error *err)
{
	int rc;

	if (x->format->survey == NULL)
		return 0;
	x->surveying = true;
	rc = export_all(x, err);
	x->surveying = false;
	x->done_before = 0;
	*x->out = (struct export_result){0};
	return rc;
}

int export_run(struct job *job, struct store *s, const struct export_request *req, struct export_result *out,
	       struct error *err)
{
	struct exporter x = { .job = job, .s = s, .req = req, .out = out };
	int rc, ended;

	*out = (struct export_result){0};
	rc = prepare(&x, err);
	if (rc == 0)
		rc = open_removed(&x, err);
	if (rc == 0)
		rc = survey_all(&x, err);
	if (rc == 0)
		rc = export_all(&x, err);
	if (x.writing) {
		ended = writer_end(&x.writer, rc < 0 ? NULL : err);
		rc = rc < 0 ? rc : ended;
		out->written = x.writer.written;
		out->skipped = x.writer.left_out;
		out->unedited = x.writer.unedited;
		out->partial = x.writer.partial;
	}
	if (rc == 0 && x.writing)
		rc = export_file_commit(&x.file, req, out, err);
	export_file_abort(&x.file);
	out->reader_gone = x.file.part[0].reader_gone;
	if (rc == 0 && x.removed.file)
		rc = fs_atomic_commit(&x.removed, err);
	fs_atomic_abort(&x.removed);
	dedup_removals_free(&x.removals);
	if (rc == 0) {
		job_counts(job, out->written, out->skipped);
		job_summary(job, _("%llu of %llu records exported"), (unsigned long long)out->written,
			    (unsigned long long)out->seen);
	}
	item_free(&x.item);
	item_source_free(x.items);
	filter_free(x.filter);
	map128_free(&x.verdicts);
	map128_free(&x.edits);
	buf_free(&x.bytes);
	return rc;
}
