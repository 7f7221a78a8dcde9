/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What runs in the background, and what ran. */
#include "config.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "text/display.h"
#include "ui/app_inside.h"
#include "ui/empty.h"
#include "ui/list.h"
#include "ui/words.h"

#define JOBS_SHOWN 256
#define ROWS_EACH 2
#define BAR 24

struct jobs_state {
	struct list list;
	struct job_snapshot *jobs;
	size_t n;
};

static void take_snapshot(struct app *app, struct jobs_state *j)
{
	j->n = jobs_snapshot(app->jobs, j->jobs, JOBS_SHOWN);
}

static int jobs_open(struct app *app, struct screen *s, const void *arg, struct error *err)
{
	struct jobs_state *j = xcalloc(1, sizeof *j);

	(void)arg;
	(void)err;
	j->jobs = xcalloc(JOBS_SHOWN, sizeof *j->jobs);
	take_snapshot(app, j);
	s->state = j;
	return 0;
}

static void jobs_close(struct app *app, struct screen *s)
{
	struct jobs_state *j = s->state;

	(void)app;
	free(j->jobs);
	free(j);
}

static void jobs_woken(struct app *app, struct screen *s)
{
	take_snapshot(app, s->state);
	app_dirty(app);
}

static void draw_bar(struct app *app, struct rect r, int y, int x, const struct job_snapshot *job)
{
	int full = words_percent(job->done, job->total) * BAR / 100;

	for (int i = 0; i < BAR; i++)
		draw_text(app, r, y, x + i, i < full ? STYLE_ACCEPT : STYLE_DIM, i < full ? "━" : "─");
}

static const char *state_of(const struct job_snapshot *job, enum style *style)
{
	*style = STYLE_DIM;
	if (!job->ended)
		return NULL;
	if (job->cancelled)
		return _("stopped");
	if (job->code >= 0)
		return _("done");
	*style = STYLE_ERROR;
	return _("failed");
}

static void draw_counts(struct app *app, struct rect r, int y, int x, const struct job_snapshot *job)
{
	char kept[32], rejected[32];

	words_count(kept, job->kept);
	words_count(rejected, job->rejected);
	if (job->kept)
		x += draw_textf(app, r, y, x, STYLE_DIM, _("%s kept"), kept);
	if (job->rejected)
		x += 2 + draw_textf(app, r, y, x + 2, STYLE_WARNING, _("%s rejected"), rejected);
	if (job->note[0])
		draw_data(app, r, y, x + 2, STYLE_DIM, span_of(job->note));
}

static void draw_job(struct app *app, struct rect r, int y, const struct job_snapshot *job, bool here)
{
	struct buf text = BUF_INIT;
	enum style style;
	const char *state = state_of(job, &style);
	char time[32];
	int x;

	words_duration(time, (job->ended ? job->ended_us : clock_steady_us()) - job->started_us);
	draw_text(app, r, y, 1, STYLE_CURSOR, here ? "▸" : "");
	x = 3 + draw_data(app, r, y, 3, here ? STYLE_STRONG : STYLE_TEXT, span_of(job->title));
	if (state)
		x += 2 + draw_text(app, r, y, x + 2, style, state);
	draw_right(app, r, y, r.columns - 2, STYLE_DIM, time);
	if (!job->ended) {
		if (job->total)
			draw_bar(app, r, y + 1, 3, job);
		words_job(&text, job, clock_steady_us(), false);
		x = 3 + (job->total ? BAR : 0);
		x += draw_span(app, r, y + 1, x, STYLE_DIM, buf_span(&text));
		draw_counts(app, r, y + 1, x + 2, job);
	} else if (job->message[0]) {
		draw_data(app, r, y + 1, 3, job->code < 0 ? STYLE_ERROR : STYLE_DIM, span_of(job->message));
	}
	buf_free(&text);
}

static void jobs_draw(struct app *app, struct screen *s, struct rect area)
{
	static const struct hint hints[] = {
		{ ACTION_BACK, N_("back") },
		{ ACTION_NONE, N_("Imports, sorting and large decisions run here while you work.") },
		{ ACTION_NONE, NULL },
	};
	struct jobs_state *j = s->state;
	int shown;

	if (j->n == 0) {
		empty_draw(app, area, _("Nothing has run yet."), hints);
		return;
	}
	if (area.rows > 6)
		rect_top(&area, 1);
	shown = area.rows / (ROWS_EACH + 1) > 0 ? area.rows / (ROWS_EACH + 1) : 1;
	list_fit(&j->list, j->n, shown);
	for (int i = 0; i < shown && j->list.top + (uint64_t)i < j->n; i++)
		draw_job(app, area, i * (ROWS_EACH + 1), &j->jobs[j->list.top + (uint64_t)i],
			 j->list.top + (uint64_t)i == j->list.cursor);
	draw_scroll_mark(app, area, j->list.top, (uint64_t)shown, j->n);
}

static void jobs_title(struct app *app, struct screen *s, struct buf *out)
{
	(void)app;
	(void)s;
	buf_adds(out, _("jobs"));
}

static void jobs_status(struct app *app, struct screen *s, struct buf *out)
{
	const struct jobs_state *j = s->state;
	size_t running = 0;
	char memory[32];

	(void)app;
	for (size_t i = 0; i < j->n; i++)
		running += !j->jobs[i].ended;
	words_bytes(memory, words_memory());
	buf_addf(out, PL_("%zu running", "%zu running", running), running);
	buf_addf(out, _("  memory %s"), memory);
}

static void do_cancel(struct app *app, struct screen *s, const char *argument)
{
	struct jobs_state *j = s->state;

	(void)argument;
	if (j->list.cursor >= j->n || j->jobs[j->list.cursor].ended) {
		app_say(app, STYLE_DIM, _("This job has ended already."));
		return;
	}
	jobs_cancel(app->jobs, j->jobs[j->list.cursor].id);
	app_say(app, STYLE_WARNING, _("Stopping; what is finished is kept."));
}

static const struct action_handler handlers[] = {
	LIST_HANDLERS,
	{ ACTION_CANCEL, do_cancel },
	{ ACTION_NONE, NULL },
};

const struct screen_type jobs_screen = {
	.id = SCREEN_JOBS,
	.handlers = handlers,
	.open = jobs_open,
	.close = jobs_close,
	.draw = jobs_draw,
	.title = jobs_title,
	.status = jobs_status,
	.woken = jobs_woken,
};
