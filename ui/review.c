/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The review screen: its life, and how a queue is opened.
 *
 * A queue may take a second to make (a filter over a gigabyte), so it is made on a thread of its own with a store of its own, which
 * the deck keeps.  A quick one is waited for, so that no empty frame is drawn. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/i18n.h"
#include "review/draft_saver.h"
#include "ui/review_inside.h"
#include "ui/verdicts.h"

struct opening {
	struct app_message message;
	uint32_t screen;          /* its serial */
	struct workspace *workspace;
	struct deck_spec spec;    /* `where` is owned */
	struct corpus_view *view; /* shared, or NULL */
	atomic_bool cancel;
	pthread_t thread;
	bool joined;
	sem_t done;
	struct app *app;
	struct deck *deck;
	struct store *store;
	int code;
	struct error err;
};

/* ---- opening a queue ---- */

static void *run_opening(void *arg)
{
	struct opening *o = arg;

	o->code = store_open(&o->store, o->workspace, &o->err);
	if (o->code == 0)
		o->code = deck_open(&o->deck, o->workspace, o->store, &o->spec, o->view, &o->cancel, &o->err);
	if (o->code < 0 && o->store) {
		store_close(o->store);
		o->store = NULL;
	}
	sem_post(&o->done);
	app_post(o->app, &o->message);
	return NULL;
}

static void drop_deck(struct deck *deck, struct store *store)
{
	deck_free(deck);
	if (store)
		store_close(store);
}

static void join(struct opening *o)
{
	if (!o->joined)
		pthread_join(o->thread, NULL);
	o->joined = true;
}

/* Takes over what the thread made.  The message that it posted frees the rest. */
static void install(struct app *app, struct review *r, struct opening *o)
{
	struct error none = { 0 };
	size_t at;

	r->opening = NULL;
	if (o->code < 0) {
		if (o->code != TAMIS_ECANCEL || !r->deck)
			r->failed = o->err;
		if (o->code == TAMIS_ECANCEL)
			app_say(app, STYLE_WARNING, _("Stopped: the queue is as it was."));
		else
			app_fail(app, &o->err);
		app_dirty(app);
		return;
	}
	drop_deck(r->deck, r->store);
	free((char *)r->spec.where);
	r->deck = o->deck;
	r->store = o->store;
	r->spec = o->spec;
	r->failed = none;
	r->range = REVIEW_NO_RANGE;
	o->deck = NULL;
	o->store = NULL;
	o->spec.where = NULL;
	if (r->at != ITEM_REF_NONE && deck_find(r->deck, r->at, &at))
		deck_go(r->deck, at);
	r->at = ITEM_REF_NONE;
	review_anew(app, r);
}

static void deliver(struct app *app, struct app_message *m)
{
	struct opening *o = (struct opening *)m;
	struct screen *s = app_screen(app, o->screen);
	struct review *r = s ? s->state : NULL;

	join(o);
	app->busy--;
	if (r && r->opening == o)
		install(app, r, o);
	drop_deck(o->deck, o->store);
	if (o->view)
		corpus_view_close(o->view);
	free((char *)o->spec.where);
	sem_destroy(&o->done);
	free(o);
}

void review_reopen(struct app *app, struct screen *s, const struct deck_spec *spec)
{
	struct review *r = s->state;
	struct opening *o;
	struct error err = { 0 };

	if (r->work) {
		app_say(app, STYLE_WARNING, _("The step before is not finished yet."));
		return;
	}
	o = xcalloc(1, sizeof *o);
	if (r->opening) {
		r->opening->cancel = true;
		join(r->opening); /* its message frees it */
	}
	o->message.deliver = deliver;
	o->app = app;
	o->screen = s->serial;
	o->workspace = app->workspace;
	o->spec = *spec;
	o->spec.where = spec->where && *spec->where ? xstrdup(spec->where) : NULL;
	o->view = r->view ? corpus_view_share(r->view) : NULL;
	sem_init(&o->done, 0, 0);
	app->busy++;
	if (thread_start(&o->thread, "tamis-queue", run_opening, o, &err) < 0) {
		o->joined = true;
		deliver(app, &o->message);
		app_fail(app, &err);
		return;
	}
	r->opening = o;
	if (review_done_soon(&o->done))
		install(app, r, o);
	app_dirty(app);
}

void review_cancel(struct app *app, struct review *r)
{
	r->opening->cancel = true;
	app_say(app, STYLE_WARNING, _("Stopping …"));
}

/* ---- what is on the screen ---- */

const struct item *review_item(struct review *r)
{
	r->failed = (struct error){ 0 };
	return r->deck ? deck_item(r->deck, &r->failed) : NULL;
}

void review_anew(struct app *app, struct review *r)
{
	r->drawn = ITEM_REF_NONE;
	app_dirty(app);
}

const struct lens *review_lens(struct review *r)
{
	const struct item *item = review_item(r);

	return lens_for(item ? item->kind : KIND_NONE);
}

static bool has(const struct item *item, enum role role)
{
	return item_text(item, role).len > 0 || record_value(&item->record, role).len > 0;
}

enum role review_field(struct review *r)
{
	const struct item *item = review_item(r);
	enum role last = ROLE_COUNT;

	if (!item)
		return ROLE_COUNT;
	for (const enum role *role = review_lens(r)->editable; *role != ROLE_COUNT; role++) {
		if (!has(item, *role))
			continue;
		if (*role == r->field)
			return r->field;
		last = *role;
	}
	return last;
}

/* ---- the screen ---- */

static void name_queue(struct app *app, struct review *r)
{
	struct corpus *all = NULL;
	size_t n = 0;

	if (r->spec.run)
		snprintf(r->name, sizeof r->name, _("run %lld"), (long long)r->spec.run);
	else if (store_corpus_list(app->store, &all, &n, NULL) == 0)
		for (size_t i = 0; i < n; i++)
			if (all[i].id == r->spec.corpus)
				snprintf(r->name, sizeof r->name, "%s", all[i].name);
	free(all);
}

static void on_durable(void *ctx, int64_t ticket, const struct error *err)
{
	struct app *app = ctx;

	(void)ticket;
	(void)err;
	wake_up(&app->wake);
}

bool review_look_elsewhere(struct app *app, struct review *r)
{
	bool here;

	if (!r->deck || !deck_look(r->deck, &here))
		return false;
	r->scores_stale = true;
	review_anew(app, r);
	if (here)
		app_say(app, STYLE_WARNING, _("Another session has decided this item meanwhile; the key was not taken."));
	return here;
}

/* An index that the cache has lost is made first: a queue of what is left of it would look like all there is. */
static void await_indexes(struct app *app, struct review *r)
{
	struct corpus *all = NULL;
	size_t n = 0;

	store_corpus_list(app->store, &all, &n, NULL);
	for (size_t i = 0; i < n; i++) {
		struct corpus_view *view;
		bool lost;

		if (r->spec.corpus && all[i].id != r->spec.corpus)
			continue;
		view = app_whole_view(app, all[i].id, &lost, NULL);
		if (view && lost)
			vec_push(&r->awaited, corpus_view_share(view));
		if (view && !r->view && r->spec.corpus)
			r->view = corpus_view_share(view);
		if (view)
			corpus_view_close(view);
	}
	free(all);
}

static void forget_indexes(struct review *r)
{
	vec_each(&r->awaited, i)
		corpus_view_close(r->awaited.v[i]);
	vec_free(&r->awaited);
}

/* Opens the queue when all that it waited for is there. */
static void look_at_indexes(struct app *app, struct screen *s)
{
	struct review *r = s->state;

	vec_each(&r->awaited, i)
		if (corpus_view_indexing(r->awaited.v[i]))
			return;
	if (r->awaited.n == 0)
		return;
	forget_indexes(r);
	review_reopen(app, s, &r->spec);
}

static int open_review(struct app *app, struct screen *s, const void *arg, struct error *err)
{
	const struct review_request *request = arg;
	struct review *r = xcalloc(1, sizeof *r);
	struct deck_spec spec = {
		.corpus = request->corpus, .run = request->run, .kind = request->kind, .where = request->where,
		.sample = request->sample, .order = request->order, .seed = request->seed,
		.undecided_only = request->undecided, .queue = request->next, .threshold = request->threshold,
	};

	(void)err;
	r->at = request->at;
	r->guide = request->guide;
	r->field = ROLE_COUNT;
	r->range = REVIEW_NO_RANGE;
	r->view = request->view ? corpus_view_share(request->view) : NULL;
	r->spec = spec;
	r->spec.where = spec.where && *spec.where ? xstrdup(spec.where) : NULL;
	s->state = r;
	name_queue(app, r);
	r->scores = request->scores;
	if (!r->view)
		await_indexes(app, r);
	if (r->awaited.n == 0)
		review_reopen(app, s, &spec);
	review_read_scores(app, s);
	workspace_on_durable(app->workspace, on_durable, app); /* after the deck's own listener */
	return 0;
}

static void close_review(struct app *app, struct screen *s)
{
	struct review *r = s->state;

	review_keep_draft(app, r);
	review_follow(app, r);
	workspace_off_durable(app->workspace, on_durable, app);
	if (r->opening) {
		r->opening->cancel = true;
		join(r->opening); /* its message frees it */
	}
	if (r->work) {
		review_join_work(r->work);
		r->deck = r->work->deck;
		r->work->deck = NULL;
	}
	review_settle_draft(r);
	draft_saver_free(r->drafts);
	drop_deck(r->deck, r->store);
	if (r->view)
		corpus_view_close(r->view);
	forget_indexes(r);
	review_free_scores(r);
	review_drop_replies(r);
	editor_free(r->editor);
	sheet_free(&r->sheet);
	free((char *)r->spec.where);
	free(r->again.note);
	free(r->all_where);
	free(r);
	verdicts_refresh(app);
}

static bool idle(struct app *app, struct screen *s)
{
	struct review *r = s->state;

	review_take_replies(app, r);
	return r->deck && deck_idle(r->deck);
}

static void woken(struct app *app, struct screen *s)
{
	struct review *r = s->state;
	struct error err = { 0 };

	look_at_indexes(app, s);
	if (!r->deck)
		return;
	if (deck_trouble(r->deck, &err) < 0) {
		app_fail(app, &err);
		review_anew(app, r);
		r->draft_done = false; /* its text may be the only one there is */
	}
	review_settle_draft(r);
	if (deck_grow(r->deck) || r->waiting)
		app_dirty(app);
}

static void painted(struct app *app, struct screen *s)
{
	struct review *r = s->state;

	review_keep_draft(app, r);
	if (r->deck && !r->editor)
		deck_painted(r->deck);
}

static bool leave(struct app *app, struct screen *s)
{
	struct review *r = s->state;

	if (r->editor) {
		review_leave_editor(app, r);
		return false;
	}
	if (r->range != REVIEW_NO_RANGE) {
		r->range = REVIEW_NO_RANGE;
		app_dirty(app);
		return false;
	}
	return true;
}

static void shown(struct app *app, struct screen *s)
{
	review_anew(app, s->state);
	look_at_indexes(app, s);
}

static const struct action_handler handlers[] = {
	{ ACTION_NEXT, review_do_next },
	{ ACTION_PREVIOUS, review_do_previous },
	{ ACTION_NEXT_UNDECIDED, review_do_next_undecided },
	{ ACTION_PREVIOUS_UNDECIDED, review_do_previous_undecided },
	{ ACTION_SCROLL_DOWN, review_do_scroll_down },
	{ ACTION_SCROLL_UP, review_do_scroll_up },
	{ ACTION_PAGE_DOWN, review_do_page_down },
	{ ACTION_PAGE_UP, review_do_page_up },
	{ ACTION_FIRST, review_do_first },
	{ ACTION_LAST, review_do_last },
	{ ACTION_GOTO, review_do_goto },
	{ ACTION_LEFT, review_do_left },
	{ ACTION_RIGHT, review_do_right },
	{ ACTION_FILTER, review_do_filter },
	{ ACTION_ORDER, review_do_order },
	{ ACTION_RAW, review_do_raw },
	{ ACTION_META, review_do_meta },
	{ ACTION_VARIANT, review_do_variant },
	{ ACTION_HISTORY, review_do_history },
	{ ACTION_COPY, review_do_copy },
	{ ACTION_CANCEL, review_do_cancel },
	{ ACTION_ACCEPT, review_do_accept },
	{ ACTION_REJECT, review_do_reject },
	{ ACTION_SKIP, review_do_skip },
	{ ACTION_FLAG, review_do_flag },
	{ ACTION_UNDECIDE, review_do_undecide },
	{ ACTION_REASON, review_do_reason },
	{ ACTION_REASON_BEFORE, review_do_reason_before },
	{ ACTION_NOTE, review_do_note },
	{ ACTION_AGAIN, review_do_again },
	{ ACTION_UNDO, review_do_undo },
	{ ACTION_REDO, review_do_redo },
	{ ACTION_RANGE, review_do_range },
	{ ACTION_ACCEPT_ALL, review_do_accept_all },
	{ ACTION_REJECT_ALL, review_do_reject_all },
	{ ACTION_BULK, review_do_bulk },
	{ ACTION_EDIT, review_do_edit },
	{ ACTION_EDIT_EXTERNAL, review_do_edit_external },
	{ ACTION_SAVE, review_do_save },
	{ ACTION_CALIBRATE, review_do_calibrate },
	{ ACTION_QUEUE, review_do_queue },
	{ ACTION_SWAP, review_do_swap },
	{ ACTION_BEADS, review_do_beads },
	{ ACTION_LEXICON, review_do_lexicon },
	{ ACTION_ASK, review_do_ask },
	{ ACTION_NONE, NULL },
};

const struct screen_type review_screen = {
	.id = SCREEN_REVIEW,
	.handlers = handlers,
	.open = open_review,
	.close = close_review,
	.draw = review_draw,
	.title = review_title,
	.status = review_status,
	.idle = idle,
	.woken = woken,
	.shown = shown,
	.painted = painted,
	.typed = review_typed,
	.pointed = review_pointed,
	.leave = leave,
};
