/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Documents into candidates, a batch at a time: each is cut and checked on any thread.  Meanwhile this thread takes over the batch before,
 * in the order of the corpus (what came before is left out, the rest is given to the retriever: the same whatever the number of
 * threads), and reads the batch after; then it cuts as well. */
#include "jobs/backtranslate_inside.h"

#include <stdlib.h>

#include "base/i18n.h"
#include "base/thread.h"
#include "instruct/cut.h"
#include "text/langid.h"

enum { RECORD_BYTES = 64 << 20, BATCH = 256, BATCH_BYTES = 16 << 20, BATCHES = 3 };

struct document {
	item_ref ref;
	struct buf bytes;
	struct arena arena;
	struct span text;
	struct cut cut;
	struct error error;
	int rc;
};

struct batch {
	struct document *of; /* BATCH of them */
	size_t n;
};

struct reading {
	struct work *w;
	struct corpus_view *view;
	struct batch batches[BATCHES], *after, *now, *before;
	struct term_reader **readers; /* one a thread */
	uint64_t next, records;     /* of the corpus */
	struct twins *twins;
	struct map128 seen;         /* hashes of texts: copies, also of what is too short to have a sketch */
	struct error error;         /* of what is done while others cut */
	int rc;
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
	/* A file that is one document. */
	d->cut.name = source && source->records == 1 ? span_of(source->path) : span_of("");
	return rc;
}

static void cut_one(void *ctx, unsigned thread, size_t i)
{
	struct reading *r = ctx;
	struct document *d = &r->now->of[i];

	d->error = (struct error){ 0 };
	d->cut.reader = r->readers[thread];
	d->cut.keep_all = r->w->req->keep_all;
	d->cut.lang = r->w->lang;
	d->rc = d->text.len ? cut_document(&d->cut, d->text, r->w->least, r->w->most, &d->error) : 0;
	d->cut.reader = NULL;
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

	w->result->segments++;
	for (unsigned i = 0; i < CHECKS; i++)
		w->result->left_out[i] += c.checks.of[i].outcome == OUTCOME_FAIL;
	w->result->failed_segments += !row->passes;
	if (!row->passes && !w->req->keep_all)
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
	c.lang = row->lang;
	c.number = cut_retrieve(w->retriever, &d->cut, k);
	vec_push(&w->candidates, c);
}

static void take_batch(struct reading *r)
{
	for (size_t i = 0; i < r->before->n && r->rc == 0; i++) {
		const struct document *d = &r->before->of[i];

		if (d->rc) {
			r->error = d->error;
			r->rc = d->rc;
			return;
		}
		r->w->result->documents++;
		r->w->result->unreadable += d->text.len == 0;
		for (size_t k = 0; d->text.len && k < d->cut.rows.n; k++)
			add_segment(r, d, k);
	}
}

static void read_batch(struct reading *r)
{
	size_t bytes = 0;

	r->after->n = 0;
	while (r->rc == 0 && r->after->n < BATCH && bytes < BATCH_BYTES && r->next < r->records) {
		struct document *d = &r->after->of[r->after->n++];

		r->rc = read_document(r, d, r->next++, &r->error);
		bytes += d->bytes.len;
	}
}

static void take_and_read(void *ctx)
{
	struct reading *r = ctx;

	take_batch(r);
	read_batch(r);
}

static int read_all(struct reading *r, struct error *err)
{
	unsigned threads = job_threads(r->w->job);

	job_unit(r->w->job, _("documents"));
	read_batch(r);
	while (r->rc == 0 && (r->after->n || r->now->n)) {
		struct batch *taken = r->before;

		r->before = r->now;
		r->now = r->after;
		r->after = taken;
		parallel_work(threads, r->now->n, cut_one, take_and_read, r, NULL);
		job_progress(r->w->job, r->next - r->after->n, r->records);
		if (r->rc == 0)
			r->rc = backtranslate_cancelled(r->w, &r->error);
	}
	if (r->rc)
		*err = r->error;
	return r->rc;
}

static void begin_reading(struct reading *r)
{
	r->readers = xcalloc(job_threads(r->w->job), sizeof *r->readers);
	for (unsigned i = 0; i < job_threads(r->w->job); i++)
		r->readers[i] = term_reader_new();
	for (unsigned k = 0; k < BATCHES; k++) {
		r->batches[k].of = xcalloc(BATCH, sizeof *r->batches[k].of);
		for (size_t i = 0; i < BATCH; i++)
			buf_init(&r->batches[k].of[i].bytes);
	}
	r->after = &r->batches[0];
	r->now = &r->batches[1];
	r->before = &r->batches[2];
	r->twins = twins_new();
}

static void end_reading(struct reading *r)
{
	for (unsigned i = 0; i < job_threads(r->w->job); i++)
		term_reader_free(r->readers[i]);
	free(r->readers);
	for (unsigned k = 0; k < BATCHES; k++) {
		for (size_t i = 0; i < BATCH; i++) {
			buf_free(&r->batches[k].of[i].bytes);
			arena_free(&r->batches[k].of[i].arena);
			cut_free(&r->batches[k].of[i].cut);
		}
		free(r->batches[k].of);
	}
	twins_free(r->twins);
	map128_free(&r->seen);
}

int backtranslate_read(struct work *w, const struct corpus *corpus, struct error *err)
{
	struct reading r = { .w = w };
	int rc = corpus_view_open(&r.view, w->store, corpus->id, err);

	begin_reading(&r);
	if (rc == 0) {
		r.records = corpus_view_count(r.view);
		rc = read_all(&r, err);
	}
	if (r.view)
		corpus_view_close(r.view);
	end_reading(&r);
	return rc;
}
