/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Words that a run has linked, to be rejected. */
#include "config.h"

#include "ui/lexicon.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/i18n.h"
#include "review/learned.h"
#include "ui/empty.h"
#include "ui/list.h"
#include "ui/words.h"

/* What undo takes back: it was rejected, or it was not. */
struct step {
	size_t word;
	bool refused;
};

struct lexicon_state {
	struct list list;
	int64_t run;
	struct learned learned;  /* owned */
	VEC(struct step) past;
};

/* ---- opening ---- */

struct start {
	struct app *app;
	int64_t run;
};

struct ready {
	struct app_message m;
	int64_t run;
	struct learned learned;
};

static void deliver(struct app *app, struct app_message *m)
{
	struct ready *r = (struct ready *)m;

	if (app_push(app, &lexicon_screen, r) < 0)
		learned_free(&r->learned);
	free(r);
}

static int gather(struct job *job, struct store *s, void *arg, struct error *err)
{
	const struct start *start = arg;
	struct ready *r = xcalloc(1, sizeof *r);
	int rc = learned_read(&r->learned, s, start->run, job_cancel_flag(job), err);

	if (rc < 0) {
		free(r);
		return rc;
	}
	r->m.deliver = deliver;
	r->run = start->run;
	app_post(start->app, &r->m);
	return 0;
}

void lexicon_start(struct app *app, int64_t run)
{
	struct start *start = xcalloc(1, sizeof *start);
	char *title = xasprintf(_("lexicon of run %lld"), (long long)run);

	*start = (struct start){ app, run };
	jobs_start(app->jobs, title, gather, start, free);
	free(title);
}

/* ---- rejecting ---- */

static void set(struct app *app, struct lexicon_state *l, size_t i, bool refused, bool remember)
{
	struct error err = { 0 };

	if (i >= l->learned.words.n || l->learned.words.v[i].refused == refused)
		return;
	if (learned_refuse(&l->learned, i, refused, app->store, &err) < 0) {
		app_fail(app, &err);
		return;
	}
	if (remember)
		vec_push(&l->past, (struct step){ i, !refused });
	app_dirty(app);
}

static void do_reject(struct app *app, struct screen *s, const char *argument)
{
	struct lexicon_state *l = s->state;

	(void)argument;
	set(app, l, (size_t)l->list.cursor, true, true);
	app_say(app, STYLE_TEXT, _("Rejected: the next tamis mine of the same two does not link them. u takes it back."));
}

static void do_accept(struct app *app, struct screen *s, const char *argument)
{
	struct lexicon_state *l = s->state;

	(void)argument;
	set(app, l, (size_t)l->list.cursor, false, true);
}

static void do_undo(struct app *app, struct screen *s, const char *argument)
{
	struct lexicon_state *l = s->state;
	struct step last;

	(void)argument;
	if (l->past.n == 0) {
		app_say(app, STYLE_TEXT, _("There is nothing left to undo here."));
		return;
	}
	last = l->past.v[--l->past.n];
	set(app, l, last.word, last.refused, false);
	list_go(&l->list, last.word);
}

/* The pairs that have both words. */
static void do_open(struct app *app, struct screen *s, const char *argument)
{
	struct lexicon_state *l = s->state;
	const struct learned_word *w;
	struct review_request request = { .run = l->run };
	struct buf where = BUF_INIT;

	(void)argument;
	if (l->list.cursor >= l->learned.words.n)
		return;
	w = &l->learned.words.v[l->list.cursor];
	buf_adds(&where, "source~\"\\Q");
	buf_addspan(&where, w->source);
	buf_adds(&where, "\\E\" target~\"\\Q");
	buf_addspan(&where, w->target);
	buf_adds(&where, "\\E\"");
	request.where = where.p;
	app_review(app, &request);
	buf_free(&where);
}

/* ---- drawing ---- */

static void draw_word(struct app *app, struct rect r, int y, const struct learned_word *w, bool here)
{
	int half = (r.columns - 34) / 2;
	struct rect source = { r.y, r.x + 5, r.rows, half }, target = { r.y, r.x + 6 + half, r.rows, half };
	enum style style = w->refused ? STYLE_REJECT : here ? STYLE_STRONG : STYLE_TEXT;
	char count[32];

	draw_text(app, r, y, 1, STYLE_CURSOR, here ? "▸" : " ");
	draw_text(app, r, y, 3, style, w->refused ? "✗" : " ");
	draw_data(app, source, y, 0, style, w->source);
	draw_data(app, target, y, 0, style, w->target);
	words_count(count, w->count);
	draw_right(app, r, y, r.columns - 19, STYLE_DIM, count);
	draw_textf(app, r, y, r.columns - 18, STYLE_DIM, "%5.2f", w->weight);
	draw_data(app, r, y, r.columns - 12, STYLE_DIM, w->kind);
}

static void draw(struct app *app, struct screen *s, struct rect area)
{
	static const struct hint hints[] = { { ACTION_BACK, N_("back") }, { ACTION_NONE, NULL } };
	struct lexicon_state *l = s->state;
	struct rect head;
	int half = (area.columns - 34) / 2;

	if (l->learned.words.n == 0) {
		empty_draw(app, area, _("This run has linked no words."), hints);
		return;
	}
	head = rect_top(&area, 1);
	draw_text(app, head, 0, 5, STYLE_LABEL, _("source"));
	draw_text(app, head, 0, 6 + half, STYLE_LABEL, _("target"));
	draw_right(app, head, 0, area.columns - 19, STYLE_LABEL, _("pairs"));
	draw_text(app, head, 0, area.columns - 12, STYLE_LABEL, _("from"));
	list_fit(&l->list, l->learned.words.n, area.rows);
	l->list.first_row = area.y;
	for (int y = 0; y < area.rows && l->list.top + (uint64_t)y < l->learned.words.n; y++)
		draw_word(app, area, y, &l->learned.words.v[l->list.top + (uint64_t)y], l->list.top + (uint64_t)y == l->list.cursor);
	draw_scroll_mark(app, area, l->list.top, (uint64_t)area.rows, l->learned.words.n);
}

/* ---- the screen ---- */

static int open_screen(struct app *app, struct screen *s, const void *arg, struct error *err)
{
	const struct ready *r = arg;
	struct lexicon_state *l = xcalloc(1, sizeof *l);

	(void)app;
	(void)err;
	l->run = r->run;
	l->learned = r->learned;
	s->state = l;
	return 0;
}

static void close_screen(struct app *app, struct screen *s)
{
	struct lexicon_state *l = s->state;

	(void)app;
	learned_free(&l->learned);
	vec_free(&l->past);
	free(l);
}

static void title(struct app *app, struct screen *s, struct buf *out)
{
	const struct lexicon_state *l = s->state;

	(void)app;
	buf_addf(out, _("lexicon of run %lld"), (long long)l->run);
}

static void status(struct app *app, struct screen *s, struct buf *out)
{
	const struct lexicon_state *l = s->state;
	size_t refused = 0;
	char at[32], n[32];

	(void)app;
	vec_each(&l->learned.words, i)
		refused += l->learned.words.v[i].refused;
	words_count(at, l->learned.words.n ? l->list.cursor + 1 : 0);
	words_count(n, l->learned.words.n);
	buf_addf(out, PL_("%s / %s  %zu rejected", "%s / %s  %zu rejected", refused), at, n, refused);
}

static const struct action_handler handlers[] = {
	LIST_HANDLERS,
	{ ACTION_REJECT, do_reject },
	{ ACTION_ACCEPT, do_accept },
	{ ACTION_UNDO, do_undo },
	{ ACTION_OPEN, do_open },
	{ ACTION_NONE, NULL },
};

const struct screen_type lexicon_screen = {
	.id = SCREEN_LEXICON,
	.handlers = handlers,
	.open = open_screen,
	.close = close_screen,
	.draw = draw,
	.title = title,
	.status = status,
	.pointed = list_pointed,
};
