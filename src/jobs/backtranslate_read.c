/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Documents into candidates.  Records are read here, a batch at a time; each is cut and checked on any thread; then, in the order of the
 * corpus, what came before is left out and the rest is given to the retriever: the same whatever the number of threads. */
#include "jobs/backtranslate_inside.h"

#include <stdlib.h>

#include "base/i18n.h"
#include "base/thread.h"
#include "instruct/cut.h"
#include "text/langid.h"

enum { RECORD_BYTES = 64 << 20, BATCH = 64, BATCH_BYTES = 16 << 20 };

struct document {
	item_ref ref;
	struct buf bytes;
	struct arena arena;
	struct span text;
	struct cut cut;
	struct error error;
	int rc;
};

struct reading {
	struct work *w;
	struct corpus_view *view;
	struct document *documents; /* BATCH of them */
	size_t n;
	struct twins *twins;
	struct map128 seen;         /* hashes of texts: copies, also of what is too short to have a sketch */
};

static int read_document(struct reading *r, struct document *d, uint64_t i, struct error *err)
{
	const struct source *source;
	struct record record;
	int rc;

	buf_clear(&d->bytes);
	arena_clear(&d->arena);
	d->text = span_make(NULL, 0);
	d->ref = corpus_view_ref(r->view, i);
	source = corpus_view_source(r->view, d->ref);
	rc = corpus_view_read(r->view, r->w->store, i, 0, RECORD_BYTES, &d->bytes, err);
	if (rc == 0 && source && record_parse(&record, &source->shape, buf_span(&d->bytes), &d->arena, NULL) == 0 &&
	    record_field(&record, ROLE_TEXT))
		d->text = record_value(&record, ROLE_TEXT);
	return rc;
}

static void cut_one(void *ctx, size_t i)
{
	struct reading *r = ctx;
	struct document *d = &r->documents[i];

	d->error = (struct error){ 0 };
	d->rc = d->text.len ? cut_document(&d->cut, d->text, r->w->least, r->w->most, &d->error) : 0;
}

/* Likeness to a segment kept before; 1 for a copy. */
static double twin_likeness_of(struct reading *r, const struct cut_segment *row, struct span text)
{
	struct hash128 key = hash128(text.p, text.len);
	bool made;

	map128_at(&r->seen, &key, &made);
	return made ? twins_add(r->twins, &row->sketch, TWINS_ALIKE, NULL) : 1;
}

static void add_segment(struct reading *r, const struct document *d, size_t k)
{
	struct work *w = r->w;
	const struct text_segment *s = &d->cut.segmentation.segments.v[k];
	const struct cut_segment *row = &d->cut.rows.v[k];
	struct candidate c = { .document = d->ref, .markup = d->cut.markup, .segment = *s, .checks = row->checks, .hash = row->hash };
	bool failed = false;

	w->result->segments++;
	for (unsigned i = 0; i < CHECKS; i++) {
		w->result->left_out[i] += c.checks.of[i].outcome == OUTCOME_FAIL;
		failed |= c.checks.of[i].outcome == OUTCOME_FAIL;
	}
	w->result->failed_segments += failed;
	if (failed && !w->req->keep_all)
		return;
	/* After the others, so that a segment is never left out for one that was itself. */
	check_set(&c.checks, CHECK_TWIN, twin_likeness_of(r, row, s->text));
	if (c.checks.of[CHECK_TWIN].outcome == OUTCOME_FAIL) {
		w->result->left_out[CHECK_TWIN]++;
		w->result->duplicates++;
		return;
	}
	c.segment.header = arena_span(&w->arena, s->header);
	c.segment.path = arena_span(&w->arena, s->path);
	c.segment.text = arena_span(&w->arena, s->text);
	c.lang = w->lang != LANG_UNKNOWN ? w->lang : row->lang;
	c.number = retriever_add_terms(w->retriever, s->text, d->cut.terms.v + row->first_term, row->n_terms);
	vec_push(&w->candidates, c);
}

/* Cuts what was read and takes the segments over. */
static int end_batch(struct reading *r, struct error *err)
{
	parallel_for(job_threads(r->w->job), r->n, cut_one, r, NULL);
	for (size_t i = 0; i < r->n; i++) {
		const struct document *d = &r->documents[i];

		if (d->rc) {
			*err = d->error;
			return d->rc;
		}
		r->w->result->documents++;
		r->w->result->unreadable += d->text.len == 0;
		for (size_t k = 0; d->text.len && k < d->cut.rows.n; k++)
			add_segment(r, d, k);
	}
	r->n = 0;
	return 0;
}

static int read_all(struct reading *r, struct error *err)
{
	uint64_t n = corpus_view_count(r->view);
	size_t bytes = 0;
	int rc = 0;

	job_unit(r->w->job, _("documents"));
	for (uint64_t i = 0; i < n && rc == 0; i++) {
		rc = read_document(r, &r->documents[r->n], i, err);
		if (rc)
			break;
		bytes += r->documents[r->n++].bytes.len;
		if (r->n < BATCH && bytes < BATCH_BYTES && i + 1 < n)
			continue;
		rc = end_batch(r, err);
		bytes = 0;
		job_progress(r->w->job, i + 1, n);
		if (rc == 0)
			rc = backtranslate_cancelled(r->w, err);
	}
	return rc;
}

int backtranslate_read(struct work *w, const struct corpus *corpus, struct error *err)
{
	struct reading r = { .w = w, .documents = xcalloc(BATCH, sizeof *r.documents), .twins = twins_new() };
	int rc = corpus_view_open(&r.view, w->store, corpus->id, err);

	for (size_t i = 0; i < BATCH; i++)
		buf_init(&r.documents[i].bytes);
	if (rc == 0)
		rc = read_all(&r, err);
	if (r.view)
		corpus_view_close(r.view);
	for (size_t i = 0; i < BATCH; i++) {
		buf_free(&r.documents[i].bytes);
		arena_free(&r.documents[i].arena);
		cut_free(&r.documents[i].cut);
	}
	free(r.documents);
	twins_free(r.twins);
	map128_free(&r.seen);
	return rc;
}
