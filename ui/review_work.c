/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Work on a deck that may take seconds (a verdict for a hundred thousand items, undoing it, counting what a filter matches): a
 * thread takes the deck with it and brings it back, so that nobody else can touch it meanwhile.  What is quick is waited
 * for, and looks as if it had been done at once. */
#include "config.h"

#include <semaphore.h>
#include <stdlib.h>
#include <time.h>

#include "base/i18n.h"
#include "ui/review_inside.h"

bool review_done_soon(sem_t *done)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_nsec += REVIEW_WAIT_MS * 1000000L;
	until.tv_sec += until.tv_nsec / 1000000000L;
	until.tv_nsec %= 1000000000L;
	return sem_timedwait(done, &until) == 0;
}

static void *run(void *arg)
{
	struct work *w = arg;

	w->code = w->run(w);
	sem_post(&w->finished);
	app_post(w->app, &w->message);
	return NULL;
}

static void give_back(struct app *app, struct screen *s, struct work *w)
{
	struct review *r = s->state;

	r->work = NULL;
	r->deck = w->deck;
	w->deck = NULL;
	w->done(app, s, w);
	r->top = 0;
	review_anew(app, r);
}

static void deliver(struct app *app, struct app_message *m)
{
	struct work *w = (struct work *)m;
	struct screen *s = app_screen(app, w->screen);

	review_join_work(w);
	app->busy--;
	if (s && w->deck && ((struct review *)s->state)->work == w)
		give_back(app, s, w);
	sem_destroy(&w->finished);
	buf_free(&w->said);
	free(w->where);
	free(w->note);
	free(w);
}

void review_join_work(struct work *w)
{
	if (!w->joined)
		pthread_join(w->thread, NULL);
	w->joined = true;
}

struct work *review_work_new(int (*fn)(struct work *w), void (*done)(struct app *app, struct screen *s, struct work *w))
{
	struct work *w = xcalloc(1, sizeof *w);

	w->message.deliver = deliver;
	w->run = fn;
	w->done = done;
	buf_init(&w->said);
	sem_init(&w->finished, 0, 0);
	return w;
}

void review_work(struct app *app, struct screen *s, struct work *w)
{
	struct review *r = s->state;
	struct error err = { 0 };

	w->app = app;
	w->screen = s->serial;
	w->deck = r->deck;
	app->busy++;
	if (!r->deck || thread_start(&w->thread, "tamis-step", run, w, &err) < 0) {
		w->joined = true;
		w->deck = NULL;
		deliver(app, &w->message);
		if (err.code < 0)
			app_fail(app, &err);
		return;
	}
	r->work = w;
	r->deck = NULL;
	if (review_done_soon(&w->finished))
		give_back(app, s, w);
	app_dirty(app);
}
