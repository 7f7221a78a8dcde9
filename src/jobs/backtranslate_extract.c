/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pairs without a model, a batch at a time.  Drafts and what a pair says for itself are made on all threads, meanwhile the batch before is
 * written; then the instructions are remembered in their order, and compared with those before on all threads: the items are the
 * same whatever the number of threads. */
#include "jobs/backtranslate_inside.h"

#include <math.h>
#include <stdlib.h>

#include "base/thread.h"
#include "base/i18n.h"

enum { BATCH = 512, BATCHES = 2 };

struct drafted {
	struct candidate *candidate;
	struct draft draft;
	struct instruction_words words;
	struct written_pair written;
};

struct batch {
	struct drafted *of; /* BATCH of them */
	size_t n;
};

struct extracting {
	struct work *w;
	unsigned threads;
	struct pair_reader **readers; /* one a thread */
	struct batch batches[BATCHES];
	struct batch *now, *before;
	struct error error;           /* of writing the batch before */
	int rc;
};

static struct pair pair_of(const struct drafted *d)
{
	return (struct pair){ .instruction = buf_span(&d->draft.instruction), .response = d->candidate->segment.text,
			      .generator = "extract", .type = draft_type_name(d->draft.type), .template = d->draft.template,
			      .score = NAN, .checked = true };
}

static void draft_one(void *ctx, unsigned thread, size_t i)
{
	struct extracting *x = ctx;
	struct drafted *d = &x->now->of[i];
	struct candidate *c = d->candidate;

	draft_make(&d->draft, x->w->templates, pair_reader_retrieval(x->readers[thread]), &c->segment, c->lang);
	if (d->draft.instruction.len)
		checks_of_reading(&c->checks, x->readers[thread], &d->words,
				  &(struct asked_pair){ buf_span(&d->draft.instruction), c->segment.text, c->number, c->lang, x->w->lang });
}

static void compare_one(void *ctx, unsigned thread, size_t i)
{
	struct extracting *x = ctx;
	struct drafted *d = &x->now->of[i];
	struct pair pair = pair_of(d);

	if (d->draft.instruction.len == 0)
		return;
	checks_of_duplicate(&d->candidate->checks, x->readers[thread], x->w->instructions, &d->words);
	backtranslate_write(&d->written, d->candidate, &pair);
}

/* Nobody else touches the store meanwhile. */
static void write_before(void *ctx)
{
	struct extracting *x = ctx;

	for (size_t i = 0; i < x->before->n && x->rc == 0; i++) {
		const struct drafted *d = &x->before->of[i];

		if (d->draft.instruction.len)
			x->rc = backtranslate_keep(x->w, d->candidate, &d->written, true, &x->error);
	}
	x->before->n = 0;
}

static void run_batch(struct extracting *x)
{
	parallel_work(x->threads, x->now->n, draft_one, write_before, x, NULL);
	for (size_t i = 0; i < x->now->n; i++) {
		struct drafted *d = &x->now->of[i];

		if (d->draft.instruction.len)
			instructions_seen_add(x->w->instructions, &d->candidate->checks, &d->words);
	}
	parallel_work(x->threads, x->now->n, compare_one, NULL, x, NULL);
}

static void swap_batches(struct extracting *x)
{
	struct batch *other = x->before;

	x->before = x->now;
	x->now = other;
}

static int extract_all(struct extracting *x, struct error *err)
{
	struct work *w = x->w;
	int rc = 0;

	for (size_t i = 0; i < w->candidates.n && rc == 0; i++) {
		if (!w->candidates.v[i].left)
			x->now->of[x->now->n++].candidate = &w->candidates.v[i];
		if (x->now->n < BATCH && i + 1 < w->candidates.n)
			continue;
		run_batch(x);
		swap_batches(x);
		job_progress(w->job, i, w->candidates.n);
		rc = backtranslate_cancelled(w, err);
	}
	write_before(x);
	if (rc == 0 && x->rc) {
		rc = x->rc;
		*err = x->error;
	}
	return rc == 0 ? backtranslate_flush(w, err) : rc;
}

int backtranslate_extract(struct work *w, struct error *err)
{
	struct extracting x = { .w = w, .threads = job_threads(w->job) };
	int rc;

	x.readers = xcalloc(x.threads, sizeof *x.readers);
	for (unsigned i = 0; i < x.threads; i++)
		x.readers[i] = pair_reader_new(w->retriever, w->benchmark);
	for (unsigned i = 0; i < BATCHES; i++) {
		x.batches[i].of = xcalloc(BATCH, sizeof *x.batches[i].of);
		for (size_t k = 0; k < BATCH; k++)
			buf_init(&x.batches[i].of[k].written.body);
	}
	x.now = &x.batches[0];
	x.before = &x.batches[1];
	retriever_ready(w->retriever);
	job_unit(w->job, _("pairs"));
	rc = extract_all(&x, err);
	for (unsigned i = 0; i < x.threads; i++)
		pair_reader_free(x.readers[i]);
	free(x.readers);
	for (unsigned i = 0; i < BATCHES; i++) {
		for (size_t k = 0; k < BATCH; k++) {
			draft_free(&x.batches[i].of[k].draft);
			buf_free(&x.batches[i].of[k].written.body);
		}
		free(x.batches[i].of);
	}
	return rc;
}
