/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Looking at files beside the screen. */
#include "config.h"

#include <stdlib.h>

#include "ui/corpora_health.h"

struct health_check {
	struct app_message message;
	struct app *app;
	uint32_t screen;          /* its serial */
	health_done done;
	pthread_t thread;
	bool joined;
	atomic_bool stop;
	struct corpus_health *found;
	size_t n;
	int code;
};

static void *look(void *arg)
{
	struct health_check *check = arg;
	struct corpus *corpora = NULL;
	struct store *s;
	size_t n = 0;

	check->code = store_open(&s, check->app->workspace, NULL);
	if (check->code == 0) {
		check->code = store_corpus_list(s, &corpora, &n, NULL);
		check->found = xcalloc(n + 1, sizeof *check->found);
		for (size_t i = 0; i < n && check->code == 0; i++)
			check->code = store_corpus_health(s, corpora[i].id, &check->stop, &check->found[check->n++], NULL);
		free(corpora);
		store_close(s);
	}
	app_post(check->app, &check->message);
	return NULL;
}

static void deliver(struct app *app, struct app_message *m)
{
	struct health_check *check = (struct health_check *)m;
	struct screen *screen = check->stop ? NULL : app_screen(app, check->screen);

	if (!check->joined)
		pthread_join(check->thread, NULL);
	if (screen) {
		bool good = check->code == 0;

		check->done(app, screen, good ? check->found : NULL, good ? check->n : 0);
		if (good)
			check->found = NULL;
	}
	free(check->found);
	free(check);
}

struct health_check *health_check_start(struct app *app, struct screen *screen, health_done done)
{
	struct health_check *check = xcalloc(1, sizeof *check);

	check->message.deliver = deliver;
	check->app = app;
	check->screen = screen->serial;
	check->done = done;
	if (thread_start(&check->thread, "tamis-files", look, check, NULL) == 0)
		return check;
	free(check);
	return NULL;
}

void health_check_stop(struct health_check *check)
{
	check->stop = true;
	pthread_join(check->thread, NULL);
	check->joined = true; /* its message frees it */
}
