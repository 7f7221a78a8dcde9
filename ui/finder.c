/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The worker behind `/`. */
#include "config.h"

#include "review/filter.h"
#include "ui/app.h"
#include "ui/finder.h"

struct finder {
	struct app *app;
	uint32_t serial;
	struct corpus_view *view;
	void (*got)(struct app *app, struct screen *s, const struct found *found);
	uint64_t generation;       /* of the latest question; main thread */
	bool working;              /* it has not ended; main thread */
	pthread_t thread;
	bool started;

	pthread_mutex_t lock;
	pthread_cond_t asked;
	char *question;            /* under lock; taken by the worker */
	uint64_t question_generation;
	bool closing;
	atomic_bool cancel;
};

struct found_message {
	struct app_message m;
	struct finder *finder;     /* only looked at when its screen is open */
	uint32_t serial;
	struct found found;
	uint32_t records[];
};

static void deliver_found(struct app *app, struct app_message *m)
{
	struct found_message *f = (struct found_message *)m;
	struct screen *s = app_screen(app, f->serial);

	if (s && f->found.generation == f->finder->generation) {
		if (f->found.ended && f->finder->working) {
			f->finder->working = false;
			app->busy--;
		}
		f->finder->got(app, s, &f->found);
	}
	free(f);
}

static void post(struct finder *f, const struct found *found, const item_ref *refs, size_t n)
{
	struct found_message *m = xmalloc(sizeof *m + n * sizeof m->records[0]);
	size_t kept = 0;
	uint64_t record;

	for (size_t i = 0; i < n; i++)
		if (corpus_view_find(f->view, refs[i], &record))
			m->records[kept++] = (uint32_t)record;
	m->m.deliver = deliver_found;
	m->finder = f;
	m->serial = f->serial;
	m->found = *found;
	m->found.records = m->records;
	m->found.n = kept;
	app_post(f->app, &m->m);
}

struct scanning {
	struct finder *finder;
	uint64_t generation;
};

static void on_hits(void *ctx, const item_ref *refs, size_t n, uint64_t scanned)
{
	struct scanning *s = ctx;
	struct found found = { .generation = s->generation, .scanned = scanned };

	post(s->finder, &found, refs, n);
}

static void answer(struct finder *f, struct store *store, const char *question, uint64_t generation)
{
	struct scanning scanning = { f, generation };
	struct found found = { .generation = generation, .ended = true };
	struct filter *filter = NULL;

	found.code = filter_parse(&filter, question, &found.err);
	/* what was decided just before is to be found as well */
	if (found.code == 0)
		found.code = workspace_flush(store_workspace(store), &found.err);
	if (found.code == 0)
		found.code = filter_scan(filter, store, f->view, NULL, 0, &f->cancel, on_hits, &scanning, &found.err);
	filter_free(filter);
	found.scanned = corpus_view_count(f->view);
	post(f, &found, NULL, 0);
}

/* The next question, or NULL when the screen is closing. */
static char *next_question(struct finder *f, uint64_t *generation)
{
	char *question = NULL;

	pthread_mutex_lock(&f->lock);
	while (!f->question && !f->closing)
		pthread_cond_wait(&f->asked, &f->lock);
	if (!f->closing) {
		question = f->question;
		*generation = f->question_generation;
		f->question = NULL;
		atomic_store(&f->cancel, false);
	}
	pthread_mutex_unlock(&f->lock);
	return question;
}

static void *work(void *arg)
{
	struct finder *f = arg;
	struct store *store;
	struct error err = { 0 };
	uint64_t generation = 0;
	char *question;

	if (store_open(&store, f->app->workspace, &err) < 0)
		store = NULL;
	while ((question = next_question(f, &generation))) {
		if (store) {
			answer(f, store, question, generation);
		} else {
			struct found found = { .generation = generation, .ended = true, .code = err.code, .err = err };

			post(f, &found, NULL, 0);
		}
		free(question);
	}
	if (store)
		store_close(store);
	return NULL;
}

struct finder *finder_new(struct app *app, uint32_t serial, struct corpus_view *view,
			  void (*got)(struct app *app, struct screen *s, const struct found *found))
{
	struct finder *f = xcalloc(1, sizeof *f);

	f->app = app;
	f->serial = serial;
	f->view = corpus_view_share(view);
	f->got = got;
	pthread_mutex_init(&f->lock, NULL);
	pthread_cond_init(&f->asked, NULL);
	return f;
}

uint64_t finder_ask(struct finder *f, const char *filter)
{
	struct error err = { 0 };

	if (!f->started && thread_start(&f->thread, "finder", work, f, &err) < 0) {
		app_fail(f->app, &err);
		return f->generation;
	}
	f->started = true;
	if (!f->working)
		f->app->busy++;
	f->working = true;
	pthread_mutex_lock(&f->lock);
	free(f->question);
	f->question = xstrdup(filter);
	f->question_generation = ++f->generation;
	atomic_store(&f->cancel, true);
	pthread_cond_signal(&f->asked);
	pthread_mutex_unlock(&f->lock);
	return f->generation;
}

void finder_stop(struct finder *f)
{
	pthread_mutex_lock(&f->lock);
	free(f->question);
	f->question = NULL;
	atomic_store(&f->cancel, true);
	pthread_mutex_unlock(&f->lock);
	f->generation++; /* what is still on its way is not wanted */
	if (f->working)
		f->app->busy--;
	f->working = false;
}

bool finder_working(const struct finder *f)
{
	return f->working;
}

void finder_free(struct finder *f)
{
	if (!f)
		return;
	finder_stop(f);
	pthread_mutex_lock(&f->lock);
	f->closing = true;
	pthread_cond_signal(&f->asked);
	pthread_mutex_unlock(&f->lock);
	if (f->started)
		pthread_join(f->thread, NULL);
	corpus_view_close(f->view);
	pthread_mutex_destroy(&f->lock);
	pthread_cond_destroy(&f->asked);
	free(f);
}
