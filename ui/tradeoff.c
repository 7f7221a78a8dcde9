/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MinHash against SimHash, with a slider. */
#include "config.h"

#include "ui/tradeoff.h"
#include "ui/words.h"

#include <math.h>
#include <stdio.h>

#include "base/i18n.h"

#define JOBS_LOOKED_AT 32u

/* ---- made in the background ---- */

struct start {
	struct app *app;
	char corpus[64];
	const char *names[1];
	struct dedup_request request;
};

struct ready {
	struct app_message m;
	char corpus[64];
	struct dedup_model *model;
};

/* What the screen is opened with; it takes the model over. */
struct opening {
	const char *corpus;
	struct dedup_model *model;
};

static void deliver(struct app *app, struct app_message *m)
{
	struct ready *r = (struct ready *)m;
	struct opening opening = { r->corpus, r->model };

	if (app_push(app, &tradeoff_screen, &opening) < 0)
		dedup_model_free(r->model);
	free(r);
}

static int measure(struct job *job, struct store *s, void *arg, struct error *err)
{
	struct start *start = arg;
	struct dedup_model *model;
	struct ready *r;
	int rc = dedup_model_make(&model, job, s, &start->request, err);

	if (rc)
		return rc;
	r = xcalloc(1, sizeof *r);
	r->m.deliver = deliver;
	r->model = model;
	memcpy(r->corpus, start->corpus, sizeof r->corpus);
	app_post(start->app, &r->m);
	return 0;
}

/* A key pressed twice is no wish for two of the same. */
static bool is_running(struct app *app, const char *title)
{
	struct job_snapshot job[JOBS_LOOKED_AT];
	size_t n = jobs_snapshot(app->jobs, job, JOBS_LOOKED_AT);

	for (size_t i = 0; i < n; i++) {
		if (job[i].ended || strncmp(job[i].title, title, sizeof job[i].title - 1) != 0)
			continue;
		app_say(app, STYLE_WARNING, _("This is already being done; it will say when it has ended."));
		return true;
	}
	return false;
}

void tradeoff_screen_start(struct app *app, const char *corpus)
{
	char *title = xasprintf(_("measuring duplicates of %s"), corpus);
	struct start *start;

	if (is_running(app, title)) {
		free(title);
		return;
	}
	start = xcalloc(1, sizeof *start);
	start->app = app;
	snprintf(start->corpus, sizeof start->corpus, "%s", corpus);
	start->names[0] = start->corpus;
	dedup_options_init(&start->request.options);
	start->request.corpora = start->names;
	start->request.n_corpora = 1;
	start->request.policy = "length";
	jobs_start(app->jobs, title, measure, start, free);
	app_say(app, STYLE_TEXT, _("Measuring; the trade-off opens when it is done."));
	free(title);
}

/* ---- settings ---- */

static void add_seen(struct tradeoff_state *t, const struct tradeoff_point *p)
{
	vec_each(&t->seen, i) {
		const struct tradeoff_point *q = &t->seen.v[i];

		if (q->method == p->method && q->distance == p->distance && q->banding.bands == p->banding.bands &&
		    q->banding.rows == p->banding.rows)
			return;
	}
	vec_push(&t->seen, *p);
}

static void set_banding(struct app *app, struct tradeoff_state *t, struct banding b)
{
	struct error err = { 0 };

	if (tradeoff_minhash(&t->now[DEDUP_MINHASH], t->model->tradeoff, b, t->threshold, &err) < 0)
		app_fail(app, &err);
	else
		add_seen(t, &t->now[DEDUP_MINHASH]);
	app_dirty(app);
}

static void set_distance(struct app *app, struct tradeoff_state *t, unsigned k)
{
	tradeoff_simhash(&t->now[DEDUP_SIMHASH], t->model->tradeoff, k, t->threshold);
	add_seen(t, &t->now[DEDUP_SIMHASH]);
	app_dirty(app);
}

/* The settings of the threshold, and a few others to draw a curve with. */
static void start_curve(struct app *app, struct tradeoff_state *t)
{
	double threshold = (double)t->threshold / THRESHOLD_ONE;
	static const struct banding usual[] = { { 8, 16 }, { 14, 8 }, { 18, 7 }, { 25, 5 } };
	unsigned distance[8];
	size_t n = tradeoff_distances(distance, t->threshold);

	vec_clear(&t->seen);
	for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
		set_banding(app, t, usual[i]);
	for (size_t i = 0; i < n; i++)
		set_distance(app, t, distance[i]);
	set_banding(app, t, banding_choose(threshold, 0.995));
	set_distance(app, t, simhash_choose(threshold, 0.95));
}

static void move(struct app *app, struct screen *s, int rows, int bands)
{
	struct tradeoff_state *t = s->state;
	struct banding b = t->now[DEDUP_MINHASH].banding;
	int k = (int)t->now[DEDUP_SIMHASH].distance + rows + bands;

	if (t->method == DEDUP_SIMHASH) {
		if (k >= 0 && k <= 32)
			set_distance(app, t, (unsigned)k);
		return;
	}
	b.rows = (unsigned)((int)b.rows + rows);
	b.bands = (unsigned)((int)b.bands + bands);
	if (rows && b.rows && b.bands * b.rows > SKETCH_K)
		b.bands = SKETCH_K / b.rows;
	if (b.rows >= 1 && b.rows <= 32 && b.bands >= 1 && b.bands * b.rows <= SKETCH_K)
		set_banding(app, t, b);
	else
		app_say(app, STYLE_DIM, _("A signature has %u slots: no more bands of so many rows."), SKETCH_K);
}

static void do_left(struct app *app, struct screen *s, const char *argument)
{
	(void)argument;
	move(app, s, -1, 0);
}

static void do_right(struct app *app, struct screen *s, const char *argument)
{
	(void)argument;
	move(app, s, 1, 0);
}

static void do_up(struct app *app, struct screen *s, const char *argument)
{
	(void)argument;
	move(app, s, 0, 1);
}

static void do_down(struct app *app, struct screen *s, const char *argument)
{
	(void)argument;
	move(app, s, 0, -1);
}

static void do_method(struct app *app, struct screen *s, const char *argument)
{
	struct tradeoff_state *t = s->state;

	(void)argument;
	t->method = t->method == DEDUP_MINHASH ? DEDUP_SIMHASH : DEDUP_MINHASH;
	app_dirty(app);
}

static void threshold_accepted(struct app *app, struct screen *s, const char *text)
{
	struct tradeoff_state *t = s->state;
	struct error err = { 0 };

	if (!text[0])
		return;
	if (threshold_parse(&t->threshold, text, &err) < 0)
		app_fail(app, &err);
	else
		start_curve(app, t);
}

static const struct prompt_type threshold_prompt = {
	.label = N_("threshold"),
	.hint = N_("similarity from which two documents are duplicates, such as 0.8"),
	.accepted = threshold_accepted,
};

static void do_threshold(struct app *app, struct screen *s, const char *argument)
{
	if (argument[0])
		threshold_accepted(app, s, argument);
	else
		prompt_open(app, &threshold_prompt, "");
}

/* ---- deduplicating with what was chosen ---- */

struct dedup_work {
	struct start start;
	struct dedup_summary summary;
};

static int deduplicate(struct job *job, struct store *s, void *arg, struct error *err)
{
	struct dedup_work *w = arg;
	char removed[32], clusters[32];
	int rc = dedup_job_run(job, s, &w->start.request, &w->summary, err);

	words_count(removed, w->summary.removed);
	words_count(clusters, w->summary.counts.clusters);
	if (rc == 0)
		job_summary(job, PL_("run %lld: %s removed in %s cluster", "run %lld: %s removed in %s clusters", w->summary.counts.clusters),
			    (long long)w->summary.run, removed, clusters);
	return rc;
}

static void release_work(void *arg)
{
	struct dedup_work *w = arg;

	dedup_summary_free(&w->summary);
	free(w);
}

static void do_dedup(struct app *app, struct screen *s, const char *argument)
{
	const struct tradeoff_state *t = s->state;
	char *title = xasprintf(_("deduplicating %s"), t->corpus);
	struct dedup_request *q;
	struct dedup_work *w;

	(void)argument;
	if (is_running(app, title)) {
		free(title);
		return;
	}
	w = xcalloc(1, sizeof *w);
	q = &w->start.request;
	memcpy(w->start.corpus, t->corpus, sizeof w->start.corpus);
	w->start.names[0] = w->start.corpus;
	dedup_options_init(&q->options);
	q->corpora = w->start.names;
	q->n_corpora = 1;
	q->policy = "length";
	q->options.threshold = t->threshold;
	q->options.method = t->method;
	q->options.banding = t->now[DEDUP_MINHASH].banding;
	q->options.distance = (int)t->now[DEDUP_SIMHASH].distance;
	jobs_start(app->jobs, title, deduplicate, w, release_work);
	app_say(app, STYLE_TEXT, _("Deduplicating in the background; its clusters will stand under the corpora."));
	free(title);
}

/* ---- the screen ---- */

static int open_screen(struct app *app, struct screen *s, const void *arg, struct error *err)
{
	const struct opening *o = arg;
	struct tradeoff_state *t = xcalloc(1, sizeof *t);

	(void)err;
	snprintf(t->corpus, sizeof t->corpus, "%s", o->corpus);
	t->model = o->model;
	t->threshold = 800000;
	s->state = t;
	start_curve(app, t);
	return 0;
}

static void close_screen(struct app *app, struct screen *s)
{
	struct tradeoff_state *t = s->state;

	(void)app;
	dedup_model_free(t->model);
	vec_free(&t->seen);
	free(t);
}

static void title(struct app *app, struct screen *s, struct buf *out)
{
	const struct tradeoff_state *t = s->state;

	(void)app;
	buf_addf(out, _("duplicates of %s"), t->corpus);
}

static void status(struct app *app, struct screen *s, struct buf *out)
{
	const struct tradeoff_state *t = s->state;

	(void)app;
	buf_addf(out, PL_("%u document", "%u documents", t->model->documents), t->model->documents);
	buf_addf(out, _(", %u asked about, threshold %.4g"), t->model->queries, (double)t->threshold / THRESHOLD_ONE);
}

static const struct action_handler handlers[] = {
	{ ACTION_LEFT, do_left },     { ACTION_RIGHT, do_right },         { ACTION_UP, do_up },
	{ ACTION_DOWN, do_down },     { ACTION_VARIANT, do_method },      { ACTION_THRESHOLD, do_threshold },
	{ ACTION_DEDUP, do_dedup },   { ACTION_NONE, NULL },
};

const struct screen_type tradeoff_screen = {
	.id = SCREEN_TRADEOFF,
	.handlers = handlers,
	.open = open_screen,
	.close = close_screen,
	.draw = tradeoff_draw,
	.title = title,
	.status = status,
};
