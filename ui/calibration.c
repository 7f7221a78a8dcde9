/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The calibration screen: its life, its threshold, and the ways into queues. */
#include "config.h"

#include "ui/calibration.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/i18n.h"
#include "ui/words.h"

/* ---- reading in the background ---- */

struct reading {
	struct app *app;
	int64_t run;
	uint32_t screen;
	scores_ready_fn done;
};

struct ready {
	struct app_message m;
	uint32_t screen;
	scores_ready_fn done;
	struct scores *scores;
	struct error err;
};

static void deliver(struct app *app, struct app_message *m)
{
	struct ready *r = (struct ready *)m;

	r->done(app, r->screen, r->scores, &r->err);
	app_dirty(app);
	free(r);
}

/* What is wrong with the scores is for whoever asked to say: the job itself has done its work. */
static int read_scores(struct job *job, struct store *s, void *arg, struct error *err)
{
	const struct reading *reading = arg;
	struct ready *r = xcalloc(1, sizeof *r);

	(void)err;
	r->m.deliver = deliver;
	r->screen = reading->screen;
	r->done = reading->done;
	scores_open(&r->scores, s, reading->run, job_cancel_flag(job), &r->err);
	app_post(reading->app, &r->m);
	return 0;
}

void scores_read_start(struct app *app, int64_t run, uint32_t screen, scores_ready_fn done)
{
	struct reading *r = xcalloc(1, sizeof *r);
	char *title = xasprintf(_("reading the scores of run %lld"), (long long)run);

	*r = (struct reading){ app, run, screen, done };
	jobs_start(app->jobs, title, read_scores, r, free);
	free(title);
}

/* What the screen is opened with. */
struct opening {
	struct scores *scores;
	bool owned;
};

int calibration_open_on(struct app *app, struct scores *scores)
{
	struct opening o = { scores, false };

	return app_push(app, &calibration_screen, &o);
}

static void open_own(struct app *app, uint32_t screen, struct scores *scores, const struct error *err)
{
	struct opening o = { scores, true };

	(void)screen;
	if (!scores)
		app_fail(app, err);
	else if (app_push(app, &calibration_screen, &o) < 0)
		scores_free(scores);
}

void calibration_start(struct app *app, int64_t run)
{
	scores_read_start(app, run, 0, open_own);
}

/* ---- the threshold ---- */

static void move_to(struct app *app, struct calibration_state *c, double threshold)
{
	double least, most;

	calibration_range(c->scores->calibration, &least, &most);
	c->threshold = fmin(fmax(threshold, least), most);
	app_dirty(app);
}

/* To the edge of the next bar. */
static void by_bar(struct app *app, struct calibration_state *c, int direction)
{
	struct calibration_bar bars[SCORES_BARS];
	size_t n = scores_bars(c->scores, c->bars ? c->bars : 1, bars), at = 0;

	for (size_t i = 0; i < n; i++)
		if (bars[i].low <= c->threshold + 1e-12)
			at = i;
	if (direction < 0 && at > 0 && !(c->threshold > bars[at].low + 1e-12))
		at--;
	else if (direction > 0 && at + 1 < n)
		at++;
	else if (direction > 0) {
		move_to(app, c, INFINITY);
		return;
	}
	move_to(app, c, bars[at].low);
}

static void do_left(struct app *app, struct screen *s, const char *argument)
{
	(void)argument;
	by_bar(app, s->state, -1);
}

static void do_right(struct app *app, struct screen *s, const char *argument)
{
	(void)argument;
	by_bar(app, s->state, 1);
}

static void by_score(struct app *app, struct calibration_state *c, int direction)
{
	move_to(app, c, calibration_step(c->scores->calibration, c->threshold, direction));
}

static void do_up(struct app *app, struct screen *s, const char *argument)
{
	(void)argument;
	by_score(app, s->state, 1);
}

static void do_down(struct app *app, struct screen *s, const char *argument)
{
	(void)argument;
	by_score(app, s->state, -1);
}

static void do_first(struct app *app, struct screen *s, const char *argument)
{
	(void)argument;
	move_to(app, s->state, -INFINITY);
}

static void do_last(struct app *app, struct screen *s, const char *argument)
{
	(void)argument;
	move_to(app, s->state, INFINITY);
}

static bool read_number(struct app *app, double *out, const char *text)
{
	char *end;

	*out = strtod(text, &end);
	if (end != text && *end == '%' && !end[1]) {
		*out /= 100;
		end++;
	}
	if (end != text && !*end && isfinite(*out))
		return true;
	app_say(app, STYLE_WARNING, _("“%s” is no number."), text);
	return false;
}

static void threshold_typed(struct app *app, struct screen *s, const char *text)
{
	double t;

	if (text[0] && read_number(app, &t, text))
		move_to(app, s->state, t);
}

static const struct prompt_type threshold_prompt = {
	.label = N_("threshold"), .hint = N_("a score: items with at least this much are kept"), .accepted = threshold_typed,
};

static void do_threshold(struct app *app, struct screen *s, const char *argument)
{
	if (argument[0])
		threshold_typed(app, s, argument);
	else
		prompt_open(app, &threshold_prompt, "");
}

static void precision_typed(struct app *app, struct screen *s, const char *text)
{
	struct calibration_state *c = s->state;
	double wanted, t;

	if (!text[0] || !read_number(app, &wanted, text))
		return;
	if (wanted > 1)
		wanted /= 100;
	t = calibration_threshold(c->scores->calibration, wanted, true);
	if (isnan(t))
		app_say(app, STYLE_WARNING, _("No score is shown to be that precise yet: judge more items."));
	else
		move_to(app, c, t);
}

static const struct prompt_type precision_prompt = {
	.label = N_("precision"), .hint = N_("such as 0.9 or 90%: the lowest threshold that has it, with 95 % confidence"),
	.accepted = precision_typed,
};

static void do_precision(struct app *app, struct screen *s, const char *argument)
{
	if (argument[0])
		precision_typed(app, s, argument);
	else
		prompt_open(app, &precision_prompt, "");
}

/* Keeps the threshold of the cursor; once more at the same place forgets it. */
static void do_keep(struct app *app, struct screen *s, const char *argument)
{
	struct calibration_state *c = s->state;
	double threshold = c->threshold;
	bool forget = c->scores->kept && !(fabs(c->scores->threshold - threshold) > 0);
	struct error err = { 0 };

	(void)argument;
	if (scores_keep_threshold(c->scores, app->store, forget ? NAN : threshold, &err) < 0)
		app_fail(app, &err);
	else if (forget)
		app_say(app, STYLE_TEXT, _("No threshold is kept any more."));
	else
		app_say(app, STYLE_TEXT, _("Kept: tamis export --calibrated leaves out what is below %.4g."), threshold);
	app_dirty(app);
}

/* ---- queues ---- */

static void complete_queue(enum item_kind kind, struct buf *text, struct buf *choices)
{
	struct span typed = span_trim(buf_span(text));
	const struct queue_type *only = NULL;
	size_t n = 0;

	for (const struct queue_type *q = queue_types; q->name; q++) {
		if (!queue_suits(q, kind) || strncmp(q->name, typed.p ? typed.p : "", typed.len) != 0)
			continue;
		buf_addf(choices, "%s%s", n++ ? "  " : "", q->name);
		only = q;
	}
	if (n == 1) {
		buf_clear(text);
		buf_adds(text, only->name);
	}
}

void calibration_complete_pairs(struct app *app, struct buf *text, struct buf *choices)
{
	(void)app;
	complete_queue(KIND_BITEXT, text, choices);
}

void calibration_complete_instructions(struct app *app, struct buf *text, struct buf *choices)
{
	(void)app;
	complete_queue(KIND_INSTRUCTION, text, choices);
}

const struct queue_type *calibration_queue(struct app *app, const char *name, enum item_kind kind)
{
	const struct queue_type *q = queue_find(span_trim(span_of(name)));
	struct buf names = BUF_INIT;

	if (q && queue_suits(q, kind))
		return q;
	for (q = queue_types; q->name; q++)
		if (queue_suits(q, kind))
			buf_addf(&names, "%s%s", names.len ? ", " : "", q->name);
	app_say(app, STYLE_WARNING, _("Queues are: %s."), names.p);
	buf_free(&names);
	return NULL;
}

static void queue_typed(struct app *app, struct screen *s, const char *text)
{
	struct calibration_state *c = s->state;
	const struct queue_type *q = calibration_queue(app, text, c->scores->kind);
	struct review_request request = {
		.run = c->scores->run, .next = q, .threshold = c->threshold, .scores = c->scores,
	};

	if (q)
		app_review(app, &request);
}

static const struct prompt_type prompt_of_pairs = {
	.label = N_("queue"), .hint = N_("threshold, above, strata, conflict or audit"), .accepted = queue_typed,
	.complete = calibration_complete_pairs,
};

static const struct prompt_type prompt_of_instructions = {
	.label = N_("queue"), .hint = N_("threshold, above, strata, conflict, band, audit or clusters"), .accepted = queue_typed,
	.complete = calibration_complete_instructions,
};

static void do_queue(struct app *app, struct screen *s, const char *argument)
{
	const struct calibration_state *c = s->state;

	if (argument[0])
		queue_typed(app, s, argument);
	else
		prompt_open(app, c->scores->kind == KIND_INSTRUCTION ? &prompt_of_instructions : &prompt_of_pairs, "");
}

static void do_review(struct app *app, struct screen *s, const char *argument)
{
	(void)argument;
	queue_typed(app, s, "above");
}

static void do_near(struct app *app, struct screen *s, const char *argument)
{
	(void)argument;
	queue_typed(app, s, "threshold");
}

static void do_variant(struct app *app, struct screen *s, const char *argument)
{
	struct calibration_state *c = s->state;

	(void)argument;
	c->table = !c->table;
	app_dirty(app);
}

/* ---- the screen ---- */

static int open_screen(struct app *app, struct screen *s, const void *arg, struct error *err)
{
	const struct opening *o = arg;
	struct calibration_state *c = xcalloc(1, sizeof *c);

	(void)err;
	c->scores = o->scores;
	c->owned = o->owned;
	s->state = c;
	move_to(app, c, o->scores->threshold);
	return 0;
}

static void close_screen(struct app *app, struct screen *s)
{
	struct calibration_state *c = s->state;

	(void)app;
	if (c->owned)
		scores_free(c->scores);
	free(c);
}

static void title(struct app *app, struct screen *s, struct buf *out)
{
	const struct calibration_state *c = s->state;

	(void)app;
	buf_addf(out, _("calibration of run %lld"), (long long)c->scores->run);
}

static void status(struct app *app, struct screen *s, struct buf *out)
{
	const struct calibration_state *c = s->state;
	struct calibration_figures f;
	char items[32], judged[32];

	(void)app;
	calibration_at(c->scores->calibration, -INFINITY, &f);
	words_count(items, f.kept);
	words_count(judged, f.accepted + f.rejected);
	buf_addf(out, PL_("%s item", "%s items", f.kept), items);
	buf_addf(out, PL_(", %s judged", ", %s judged", f.accepted + f.rejected), judged);
	if (c->scores->kept)
		buf_addf(out, _("  kept threshold %.4g"), c->scores->threshold);
}

static const struct action_handler handlers[] = {
	{ ACTION_LEFT, do_left },           { ACTION_RIGHT, do_right },         { ACTION_UP, do_up },
	{ ACTION_DOWN, do_down },           { ACTION_FIRST, do_first },         { ACTION_LAST, do_last },
	{ ACTION_THRESHOLD, do_threshold }, { ACTION_PRECISION, do_precision }, { ACTION_KEEP, do_keep },
	{ ACTION_QUEUE, do_queue },         { ACTION_REVIEW, do_review },       { ACTION_NEAR, do_near },
	{ ACTION_VARIANT, do_variant },     { ACTION_NONE, NULL },
};

const struct screen_type calibration_screen = {
	.id = SCREEN_CALIBRATION,
	.handlers = handlers,
	.open = open_screen,
	.close = close_screen,
	.draw = calibration_draw,
	.title = title,
	.status = status,
};
