/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "jobs/backtranslate.h"

#include <math.h>
#include <stdlib.h>

#include "base/i18n.h"
#include "base/json.h"
#include "base/map.h"
#include "text/langid.h"

enum { RECORD_BYTES = 64 << 20, BATCH = 200, CLEAR = 16 };

struct candidate {
	struct text_segment segment; /* its texts are in the arena */
	item_ref document;
	uint32_t number;             /* in the retriever */
	uint64_t hash;
	uint8_t lang;
	enum markup markup;
	bool left;                   /* not drawn */
	struct check_results checks;
};

struct work {
	const struct backtranslate_request *req;
	struct backtranslate_result *result;
	struct job *job;
	struct store *store;
	uint8_t lang;
	size_t least, most;
	struct arena arena;
	VEC(struct candidate) candidates;
	struct map128 seen;
	struct retriever *retriever;
	struct draft_templates *templates;
	struct instructions_seen *instructions;
	struct segmentation segmentation;
};

static int check_cancel(const struct work *w, struct error *err)
{
	return job_cancelled(w->job) ? error_set(err, TAMIS_ECANCEL, _("back-translation was cancelled")) : 0;
}

/* ---- segments ---- */

static void add_segment(struct work *w, const struct text_segment *s, item_ref document, enum markup markup)
{
	struct candidate c = { .document = document, .markup = markup, .segment = *s };
	struct hash128 key = hash128(s->text.p, s->text.len);
	bool failed = false, made;

	w->result->segments++;
	map128_at(&w->seen, &key, &made);
	if (!made) {
		w->result->duplicates++;
		return;
	}
	checks_of_segment(&c.checks, retriever_terms(w->retriever), s, w->least, w->most);
	for (unsigned i = 0; i < CHECKS; i++)
		if (c.checks.of[i].outcome == OUTCOME_FAIL) {
			w->result->left_out[i]++;
			failed = true;
		}
	w->result->failed_segments += failed;
	if (failed && !w->req->keep_all)
		return;
	c.segment.header = arena_span(&w->arena, s->header);
	c.segment.path = arena_span(&w->arena, s->path);
	c.segment.text = arena_span(&w->arena, s->text);
	c.hash = hash64(s->text.p, s->text.len, 2);
	c.lang = w->lang != LANG_UNKNOWN ? w->lang : lang_guess(s->text, NULL);
	c.number = retriever_add(w->retriever, s->text);
	vec_push(&w->candidates, c);
}

static int add_record(struct work *w, struct corpus_view *view, uint64_t i, struct buf *bytes, struct error *err)
{
	item_ref ref = corpus_view_ref(view, i);
	const struct source *source = corpus_view_source(view, ref);
	struct arena arena = { 0 };
	struct record record;
	struct span text = { NULL, 0 };
	int rc;

	buf_clear(bytes);
	rc = corpus_view_read(view, w->store, i, 0, RECORD_BYTES, bytes, err);
	if (rc == 0 && source && record_parse(&record, &source->shape, buf_span(bytes), &arena, NULL) == 0 &&
	    record_field(&record, ROLE_TEXT))
		text = record_value(&record, ROLE_TEXT);
	w->result->documents++;
	if (rc == 0 && text.len == 0)
		w->result->unreadable++;
	if (rc == 0 && text.len) {
		enum markup markup = markup_guess(text);

		rc = segmentation_make(&w->segmentation, text, markup, w->least, w->most, err);
		for (size_t k = 0; rc == 0 && k < w->segmentation.segments.n; k++)
			add_segment(w, &w->segmentation.segments.v[k], ref, markup);
	}
	arena_free(&arena);
	return rc;
}

static int read_corpus(struct work *w, const struct corpus *corpus, struct error *err)
{
	struct corpus_view *view = NULL;
	struct buf bytes = BUF_INIT;
	int rc = corpus_view_open(&view, w->store, corpus->id, err);
	uint64_t n = rc ? 0 : corpus_view_count(view);

	job_unit(w->job, _("documents"));
	for (uint64_t i = 0; i < n && rc == 0; i++) {
		if (i % CLEAR == 0) {
			job_progress(w->job, i, n);
			rc = check_cancel(w, err);
		}
		if (rc == 0)
			rc = add_record(w, view, i, &bytes, err);
	}
	if (view)
		corpus_view_close(view);
	buf_free(&bytes);
	return rc;
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
	free(hashes);
}

/* ---- pairs ---- */

static void put_body(struct buf *out, const struct candidate *c, const struct draft *d)
{
	char ref[32];

	item_ref_format(ref, c->document);
	buf_addc(out, '{');
	json_put_member(out, "instruction", buf_span(&d->instruction));
	json_put_member(out, "input", span_of(""));
	json_put_member(out, "response", c->segment.text);
	json_put_member(out, "source_document", span_of(ref));
	json_put_int(out, "source_byte", (int64_t)c->segment.at);
	json_put_int(out, "source_bytes", (int64_t)c->segment.len);
	json_put_member(out, "source_path", c->segment.path);
	json_put_member(out, "markup", span_of(markup_name(c->markup)));
	json_put_member(out, "lang", span_of(lang_code(c->lang)));
	json_put_member(out, "generator", span_of("extract"));
	json_put_member(out, "type", span_of(draft_type_name(d->type)));
	json_put_member(out, "template", span_of(d->template));
	json_put_key(out, "checks");
	checks_json(out, &c->checks);
	buf_addc(out, '}');
}

/* The question of an item is whether this instruction and this response belong together. */
static struct hash128 pair_key(const struct candidate *c, const struct draft *d)
{
	struct buf text = BUF_INIT;
	struct hash128 key;

	buf_adds(&text, "instruction");
	buf_addc(&text, '\0');
	buf_addspan(&text, buf_span(&d->instruction));
	buf_addc(&text, '\0');
	buf_addspan(&text, c->segment.text);
	key = hash128(text.p, text.len);
	buf_free(&text);
	return key;
}

/* Checks the pair, counts it and appends its body. */
static void add_pair(struct work *w, struct candidate *c, const struct draft *d, struct item_row *row, struct buf *bodies)
{
	size_t at = bodies->len;
	enum outcome worst;

	checks_of_pair(&c->checks, w->retriever, w->instructions, buf_span(&d->instruction), c->segment.text, c->number, w->lang);
	worst = checks_worst(&c->checks);
	w->result->outcomes[worst]++;
	w->result->pairs++;
	for (unsigned i = 0; i < CHECKS; i++)
		w->result->failed[i] += c->checks.of[i].outcome == OUTCOME_FAIL;
	put_body(bodies, c, d);
	*row = (struct item_row){ .run = w->result->run, .kind = KIND_INSTRUCTION, .key = pair_key(c, d),
				  .score = c->checks.of[CHECK_MARGIN].value, .body_len = bodies->len - at,
				  .suggestion = worst == OUTCOME_FAIL ? VERDICT_REJECT : VERDICT_NONE };
}

static int save_batch(struct work *w, struct item_row *rows, size_t n, struct buf *bodies, struct error *err)
{
	size_t at = 0;
	int rc;

	for (size_t i = 0; i < n; i++) {
		rows[i].body = bodies->p + at;
		at += rows[i].body_len;
	}
	rc = n ? store_items_add(w->store, w->result->run, rows, n, err) : 0;
	buf_clear(bodies);
	return rc;
}

static int make_pairs(struct work *w, struct error *err)
{
	struct item_row rows[BATCH];
	struct buf bodies = BUF_INIT;
	struct draft draft = { 0 };
	size_t n = 0;
	int rc = 0;

	job_unit(w->job, _("pairs"));
	for (size_t i = 0; i < w->candidates.n && rc == 0; i++) {
		struct candidate *c = &w->candidates.v[i];

		if (i % CLEAR == 0) {
			job_progress(w->job, i, w->candidates.n);
			rc = check_cancel(w, err);
		}
		if (c->left || rc)
			continue;
		draft_make(&draft, w->templates, w->retriever, &c->segment, c->lang);
		if (draft.instruction.len == 0)
			continue;
		add_pair(w, c, &draft, &rows[n++], &bodies);
		if (n == BATCH) {
			rc = save_batch(w, rows, n, &bodies, err);
			n = 0;
		}
	}
	if (rc == 0)
		rc = save_batch(w, rows, n, &bodies, err);
	draft_free(&draft);
	buf_free(&bodies);
	return rc;
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

void backtranslate_summary_json(struct buf *out, const struct backtranslate_result *r)
{
	json_put_int(out, "documents", (int64_t)r->documents);
	json_put_int(out, "unreadable", (int64_t)r->unreadable);
	json_put_int(out, "segments", (int64_t)r->segments);
	json_put_int(out, "duplicates", (int64_t)r->duplicates);
	json_put_int(out, "failed_segments", (int64_t)r->failed_segments);
	put_counts_by(out, "segment_reasons", r->left_out);
	json_put_int(out, "other_types", (int64_t)r->other_types);
	json_put_int(out, "pairs", (int64_t)r->pairs);
	for (unsigned i = 0; i < 3; i++)
		json_put_int(out, outcome_name((enum outcome)i), (int64_t)r->outcomes[i]);
	put_counts_by(out, "pair_reasons", r->failed);
}

static void put_parameters(struct buf *out, const struct work *w)
{
	buf_addc(out, '{');
	json_put_member(out, "corpus", span_of(w->req->corpus));
	json_put_member(out, "generator", span_of("extract"));
	json_put_member(out, "lang", span_of(w->lang != LANG_UNKNOWN ? lang_code(w->lang) : ""));
	json_put_int(out, "types", w->req->types);
	json_put_int(out, "least", (int64_t)w->least);
	json_put_int(out, "most", (int64_t)w->most);
	json_put_int(out, "n", (int64_t)w->req->n);
	json_put_bool(out, "keep_all", w->req->keep_all);
	buf_addc(out, '}');
}

static int save_run(struct work *w, const struct corpus *corpus, struct error *err)
{
	struct buf parameters = BUF_INIT, inputs = BUF_INIT, counts = BUF_INIT;
	struct run r = { .pipeline = BACKTRANSLATE_PIPELINE, .engine = BACKTRANSLATE_ENGINE };
	int rc;

	put_parameters(&parameters, w);
	buf_addc(&inputs, '{');
	json_put_member(&inputs, "corpus", span_of(corpus->name));
	json_put_int(&inputs, "records", (int64_t)corpus->records);
	json_put_int(&inputs, "bytes", (int64_t)corpus->bytes);
	buf_addc(&inputs, '}');
	r.parameters = buf_steal(&parameters, NULL);
	r.inputs = buf_steal(&inputs, NULL);
	rc = store_run_begin(w->store, &r, err);
	w->result->run = r.id;
	if (rc == 0)
		rc = make_pairs(w, err);
	if (rc == 0) {
		buf_addc(&counts, '{');
		backtranslate_summary_json(&counts, w->result);
		buf_addc(&counts, '}');
		r.counts = buf_steal(&counts, NULL);
		rc = store_run_end(w->store, &r, err);
	}
	run_free(&r);
	buf_free(&counts);
	return rc;
}

int backtranslate_run(struct job *job, struct store *s, const struct backtranslate_request *req, struct backtranslate_result *out,
		      struct error *err)
{
	struct work w = { .req = req, .result = out, .job = job, .store = s, .least = req->least ? req->least : SEGMENT_LEAST,
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
	if (rc == 0)
		rc = read_corpus(&w, &corpus, err);
	if (rc == 0) {
		draw_sample(&w);
		rc = save_run(&w, &corpus, err);
	}
	draft_templates_close(w.templates);
	retriever_free(w.retriever);
	instructions_seen_free(w.instructions);
	segmentation_free(&w.segmentation);
	vec_free(&w.candidates);
	map128_free(&w.seen);
	arena_free(&w.arena);
	return rc;
}
