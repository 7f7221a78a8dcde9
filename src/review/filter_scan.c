/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A filter over a whole corpus or a list of refs, on several threads.  Work is cut into tasks of consecutive records; some
 * tasks a thread make a wave; after each wave the hits are handed out in order.  The first waves are small, so that the first
 * hits come at once. */
#include "review/filter.h"

#include <stdlib.h>

#include "base/i18n.h"
#include "review/filter_worker.h"

#define TASKS_A_THREAD 8
#define FIRST_TASK 128u

/* Consecutive records, or (view NULL) consecutive refs of the list. */
struct stretch {
	struct corpus_view *view;
	uint64_t from, n;
	size_t at; /* where they stand in the sorted list of refs */
};

struct task {
	struct stretch what;
	index_list hits;
	struct error err;
	int rc;
};

/* A ref of the list, for looking at them in the order of the file. */
struct wanted {
	struct corpus_view *view; /* NULL: a run's item */
	uint64_t index;
	size_t place;             /* in the caller's list */
};

struct scan {
	const struct filter *filter;
	struct workspace *workspace;
	struct map128 verdicts;
	struct corpus *corpora;
	size_t n_corpora;
	const atomic_bool *cancel;
	pthread_mutex_t lock;
	struct worker *idle;
	struct task *tasks;
	const item_ref *refs;
	const struct wanted *wanted;
	VEC(struct stretch) stretches;
};

/* ---- workers ---- */

static int take_worker(struct scan *s, struct worker **out, struct error *err)
{
	int rc;

	pthread_mutex_lock(&s->lock);
	*out = s->idle;
	if (*out)
		s->idle = (*out)->next;
	pthread_mutex_unlock(&s->lock);
	if (*out)
		return 0;
	rc = worker_new(out, s->filter, s->workspace, err);
	if (rc == 0) {
		(*out)->verdicts = &s->verdicts;
		(*out)->corpora = s->corpora;
		(*out)->n_corpora = s->n_corpora;
	}
	return rc;
}

static void give_worker(struct scan *s, struct worker *w)
{
	pthread_mutex_lock(&s->lock);
	w->next = s->idle;
	s->idle = w;
	pthread_mutex_unlock(&s->lock);
}

static int try_items(struct scan *s, struct worker *w, struct task *t)
{
	int rc = 0;

	for (uint64_t i = t->what.from; i < t->what.from + t->what.n && rc == 0; i++) {
		bool holds = false;

		if (s->cancel && *s->cancel)
			return error_set(&t->err, TAMIS_ECANCEL, _("stopped"));
		rc = worker_item(w, s->refs[s->wanted[i].place], &holds, &t->err);
		if (rc == 0 && holds)
			vec_push(&t->hits, i);
	}
	return rc;
}

static void run_task(void *ctx, size_t i)
{
	struct scan *s = ctx;
	struct task *t = &s->tasks[i];
	struct worker *w;

	t->rc = take_worker(s, &w, &t->err);
	if (t->rc < 0)
		return;
	if (t->what.view)
		t->rc = worker_records(w, t->what.view, t->what.from, t->what.n, s->cancel, &t->hits, &t->err);
	else
		t->rc = try_items(s, w, t);
	give_worker(s, w);
}

/* ---- waves ---- */

/* What a finished task found, in order. */
typedef void (*found_fn)(struct scan *s, const struct task *t, uint64_t scanned, void *ctx);

/* Cuts the next tasks off the stretches; `*stretch` and `*done` say how far we are. */
static size_t cut_tasks(struct scan *s, size_t max, uint64_t size, size_t *stretch, uint64_t *done)
{
	size_t n = 0;

	while (n < max && *stretch < s->stretches.n) {
		const struct stretch *from = &s->stretches.v[*stretch];
		uint64_t left = from->n - *done, take = left < size ? left : size;

		s->tasks[n].what = (struct stretch){ from->view, from->from + *done, take, from->at + (size_t)*done };
		s->tasks[n].rc = 0;
		s->tasks[n].err = (struct error){ 0 };
		vec_clear(&s->tasks[n].hits);
		n++;
		*done += take;
		if (*done == from->n) {
			*done = 0;
			++*stretch;
		}
	}
	return n;
}

static int run_waves(struct scan *s, found_fn found, void *ctx, struct error *err)
{
	unsigned threads = thread_count_default();
	size_t max = threads * TASKS_A_THREAD, stretch = 0;
	uint64_t done = 0, scanned = 0, size = FIRST_TASK;
	int rc = 0;

	s->tasks = xcalloc(max, sizeof *s->tasks);
	while (rc == 0 && stretch < s->stretches.n) {
		size_t n = cut_tasks(s, max, size, &stretch, &done);

		parallel_for(threads, n, run_task, s, NULL);
		for (size_t i = 0; i < n && rc == 0; i++) {
			rc = s->tasks[i].rc;
			if (rc < 0 && err)
				*err = s->tasks[i].err;
			scanned += s->tasks[i].what.n;
			if (rc == 0)
				found(s, &s->tasks[i], scanned, ctx);
		}
		size = size < 4 * WORKER_SLICE ? size * 2 : size;
	}
	for (size_t i = 0; i < max; i++)
		vec_free(&s->tasks[i].hits);
	free(s->tasks);
	return rc;
}

/* ---- the whole view ---- */

struct caller {
	filter_hits_fn hit;
	void *ctx;
	VEC(item_ref) refs;
};

static void hand_over(struct scan *s, const struct task *t, uint64_t scanned, void *ctx)
{
	struct caller *c = ctx;

	(void)s;
	vec_clear(&c->refs);
	vec_each(&t->hits, i)
		vec_push(&c->refs, corpus_view_ref(t->what.view, t->hits.v[i]));
	c->hit(c->ctx, c->refs.v, c->refs.n, scanned);
}

/* ---- a list of refs ---- */

struct marks {
	bool *holds; /* by place in the caller's list */
	filter_hits_fn hit;
	void *ctx;
};

static void mark_hits(struct scan *s, const struct task *t, uint64_t scanned, void *ctx)
{
	struct marks *m = ctx;

	vec_each(&t->hits, i) {
		uint64_t at = t->what.view ? t->hits.v[i] - t->what.from + t->what.at : t->hits.v[i];

		m->holds[s->wanted[at].place] = true;
	}
	m->hit(m->ctx, NULL, 0, scanned);
}

static int by_file(const void *a, const void *b)
{
	const struct wanted *x = a, *y = b;

	if (x->view != y->view)
		return (uintptr_t)x->view < (uintptr_t)y->view ? -1 : 1;
	if (x->index != y->index)
		return x->index < y->index ? -1 : 1;
	return x->place < y->place ? -1 : x->place > y->place;
}

static int find_wanted(struct wanted *out, struct item_source *items, struct corpus_view *view, const item_ref *refs, size_t n,
		       struct error *err)
{
	for (size_t i = 0; i < n; i++) {
		struct corpus_view *in = view;

		out[i] = (struct wanted){ .place = i };
		if (!item_ref_is_record(refs[i]))
			continue;
		if (!in || !corpus_view_find(in, refs[i], &out[i].index)) {
			in = item_source_view(items, item_ref_source(refs[i]), err);
			if (!in)
				return err && err->code < 0 ? err->code : TAMIS_ENOTFOUND;
			if (!corpus_view_find(in, refs[i], &out[i].index))
				return error_set(err, TAMIS_ENOTFOUND, _("a record of the queue is no longer in its corpus"));
		}
		out[i].view = in;
	}
	return 0;
}

/* Neighbours in a file, and items (whose stretches count places in `wanted`), join into stretches. */
static void join_stretches(struct scan *s, const struct wanted *w, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct stretch *last = s->stretches.n ? &s->stretches.v[s->stretches.n - 1] : NULL;
		uint64_t at = w[i].view ? w[i].index : i;

		if (last && last->view == w[i].view && last->from + last->n == at)
			last->n++;
		else
			vec_push(&s->stretches, (struct stretch){ w[i].view, at, 1, i });
	}
}

static int scan_list(struct scan *s, struct store *store, struct corpus_view *view, size_t n, struct marks *m, struct error *err)
{
	struct item_source *items = item_source_new(store);
	struct wanted *wanted = xcalloc(n + 1, sizeof *wanted);
	VEC(item_ref) hits = { 0 };
	int rc;

	m->holds = xcalloc(n + 1, sizeof *m->holds);
	rc = find_wanted(wanted, items, view, s->refs, n, err);
	if (rc == 0) {
		qsort(wanted, n, sizeof *wanted, by_file);
		s->wanted = wanted;
		join_stretches(s, wanted, n);
		rc = run_waves(s, mark_hits, m, err);
	}
	for (size_t i = 0; i < n && rc == 0; i++)
		if (m->holds[i])
			vec_push(&hits, s->refs[i]);
	if (rc == 0)
		m->hit(m->ctx, hits.v, hits.n, n);
	vec_free(&hits);
	free(m->holds);
	free(wanted);
	item_source_free(items);
	return rc;
}

/* ---- both ---- */

int filter_scan(const struct filter *f, struct store *s, struct corpus_view *view, const item_ref *refs, size_t n_refs,
		const atomic_bool *cancel, filter_hits_fn hit, void *ctx, struct error *err)
{
	struct scan scan = { .filter = f, .workspace = store_workspace(s), .cancel = cancel, .refs = refs };
	struct caller caller = { .hit = hit, .ctx = ctx };
	struct marks marks = { .hit = hit, .ctx = ctx };
	int rc = store_corpus_list(s, &scan.corpora, &scan.n_corpora, err);

	pthread_mutex_init(&scan.lock, NULL);
	if (rc == 0 && f->terms.n > 0 && f->dearest >= TERM_VERDICT)
		rc = store_verdict_map(s, &scan.verdicts, err);
	if (rc == 0 && refs) {
		rc = scan_list(&scan, s, view, n_refs, &marks, err);
	} else if (rc == 0 && corpus_view_count(view) > 0) {
		vec_push(&scan.stretches, (struct stretch){ view, 0, corpus_view_count(view), 0 });
		rc = run_waves(&scan, hand_over, &caller, err);
	}
	while (scan.idle) {
		struct worker *w = scan.idle;

		scan.idle = w->next;
		worker_free(w);
	}
	map128_free(&scan.verdicts);
	vec_free(&scan.stretches);
	vec_free(&caller.refs);
	free(scan.corpora);
	pthread_mutex_destroy(&scan.lock);
	return rc;
}
