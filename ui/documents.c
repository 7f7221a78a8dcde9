/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The records of a corpus: the screen, its life and its plain actions. */
#include "config.h"

#include <stdio.h>

#include "base/i18n.h"
#include "ui/app_inside.h"
#include "ui/documents_inside.h"
#include "ui/reader.h"
#include "ui/verdicts.h"

static int find_corpus(struct app *app, struct documents *d, int64_t id, struct error *err)
{
	struct corpus *all = NULL;
	size_t n = 0;
	int code = store_corpus_list(app->store, &all, &n, err);
	bool found = false;

	for (size_t i = 0; code == 0 && i < n; i++) {
		if (all[i].id != id)
			continue;
		d->corpus = all[i];
		found = true;
	}
	free(all);
	if (code == 0 && !found)
		code = error_set(err, TAMIS_ENOTFOUND, _("this corpus is no longer in the workspace"));
	return code;
}

static int documents_open(struct app *app, struct screen *s, const void *arg, struct error *err)
{
	const struct documents_request *request = arg;
	struct documents *d = xcalloc(1, sizeof *d);
	uint64_t row;
	bool lost;
	int code = 0;

	d->range = NO_RANGE;
	item_init(&d->item);
	d->view = request->view ? corpus_view_share(request->view) : app_whole_view(app, request->corpus, &lost, err);
	if (!d->view)
		code = corpus_view_open(&d->view, app->store, request->corpus, err);
	if (code == 0)
		code = find_corpus(app, d, corpus_view_corpus(d->view), err);
	if (code < 0) {
		if (d->view)
			corpus_view_close(d->view);
		item_free(&d->item);
		free(d);
		return code;
	}
	d->rows.view = d->view;
	d->was_indexing = corpus_view_indexing(d->view);
	s->state = d;
	item_source_use(app->items, d->view);
	if (request->at != ITEM_REF_NONE && corpus_view_find(d->view, request->at, &row)) {
		list_fit(&d->list, rows_count(&d->rows), app->rows - 3);
		list_go(&d->list, row);
	}
	return 0;
}

static void documents_close(struct app *app, struct screen *s)
{
	struct documents *d = s->state;

	(void)app;
	finder_free(d->finder);
	documents_forget_rows(d);
	item_free(&d->item);
	rows_free(&d->rows);
	vec_free(&d->marks);
	free(d->filter);
	corpus_view_close(d->view);
	free(d);
}

static void documents_woken(struct app *app, struct screen *s)
{
	struct documents *d = s->state;
	bool indexing = corpus_view_indexing(d->view);

	if (corpus_view_count(d->view) != d->count_seen || indexing != d->was_indexing)
		app_dirty(app);
	if (d->was_indexing && !indexing)
		documents_grown(app, s);
	d->was_indexing = indexing;
}

static void documents_shown(struct app *app, struct screen *s)
{
	struct documents *d = s->state;

	item_source_use(app->items, d->view);
	d->item_loaded = false;
	verdicts_refresh(app);
}

/* ---- actions ---- */

static void do_open(struct app *app, struct screen *s, const char *argument)
{
	struct documents *d = s->state;
	struct reader_request request = { .view = d->view, .rows = &d->rows, .list = &d->list, .pattern = NULL };

	(void)argument;
	if (rows_count(&d->rows) == 0)
		return;
	request.pattern = d->filter;
	app_push(app, &reader_screen, &request);
}

static void do_review(struct app *app, struct screen *s, const char *argument)
{
	struct documents *d = s->state;
	struct review_request request = { .corpus = d->corpus.id, .kind = d->corpus.kind, .view = d->view };
	char *where = d->filter ? documents_filter_text(d->filter) : NULL;

	(void)argument;
	request.where = where;
	if (rows_count(&d->rows))
		request.at = corpus_view_ref(d->view, rows_record(&d->rows, d->list.cursor));
	app_review(app, &request);
	free(where);
}

static void goto_accepted(struct app *app, struct screen *s, const char *text)
{
	(void)s;
	if (text[0])
		app_do(app, ACTION_GOTO, text);
}

static const struct prompt_type goto_prompt = {
	.label = N_("go to"), .hint = N_("a number, or a part of the way like 50%"), .accepted = goto_accepted,
};

static void do_goto(struct app *app, struct screen *s, const char *argument)
{
	struct documents *d = s->state;

	if (!argument[0])
		prompt_open(app, &goto_prompt, "");
	else if (!list_goto(&d->list, argument))
		app_say(app, STYLE_WARNING, _("Go to a number, or to a part of the way like 50%%."));
}

static void scroll_sideways(struct documents *d, int by)
{
	int skip = d->skip + by;

	d->skip = skip < 0 ? 0 : skip > 4000 ? 4000 : skip;
	d->layout++;
}

static void do_left(struct app *app, struct screen *s, const char *argument)
{
	(void)app;
	(void)argument;
	scroll_sideways(s->state, -20);
}

static void do_right(struct app *app, struct screen *s, const char *argument)
{
	(void)app;
	(void)argument;
	scroll_sideways(s->state, 20);
}

static void do_raw(struct app *app, struct screen *s, const char *argument)
{
	struct documents *d = s->state;

	(void)app;
	(void)argument;
	d->raw = !d->raw;
	d->layout++;
}

static void do_meta(struct app *app, struct screen *s, const char *argument)
{
	struct documents *d = s->state;

	(void)app;
	(void)argument;
	d->meta = !d->meta;
}

static void do_copy(struct app *app, struct screen *s, const char *argument)
{
	struct documents *d = s->state;
	struct error err = { 0 };
	struct buf bytes = BUF_INIT;

	(void)argument;
	if (rows_count(&d->rows) == 0)
		return;
	if (corpus_view_read(d->view, app->store, rows_record(&d->rows, d->list.cursor), 0, 100000, &bytes, &err) < 0)
		app_fail(app, &err);
	else
		app_copy(app, buf_span(&bytes));
	buf_free(&bytes);
}

/* Takes one thing away at a time: range, marks, filter, sorting; then the screen. */
static void do_clear(struct app *app, struct screen *s, const char *argument)
{
	struct documents *d = s->state;

	(void)argument;
	if (d->range != NO_RANGE)
		d->range = NO_RANGE;
	else if (d->marks.n)
		vec_clear(&d->marks);
	else if (d->filter)
		documents_clear_filter(app, s);
	else if (d->sort[0])
		documents_do_sort(app, s, "file");
	else
		app_do(app, ACTION_BACK, "");
}

static void do_cancel(struct app *app, struct screen *s, const char *argument)
{
	struct documents *d = s->state;

	if (d->finder && finder_working(d->finder)) {
		finder_stop(d->finder);
		app_say(app, STYLE_WARNING, _("The search was stopped; what it found so far is shown."));
		return;
	}
	app_cancel(app, s, argument);
}

static const struct action_handler handlers[] = {
	LIST_HANDLERS,
	{ ACTION_OPEN, do_open },
	{ ACTION_REVIEW, do_review },
	{ ACTION_IMPORT, app_ask_import },
	{ ACTION_GOTO, do_goto },
	{ ACTION_LEFT, do_left },
	{ ACTION_RIGHT, do_right },
	{ ACTION_RAW, do_raw },
	{ ACTION_META, do_meta },
	{ ACTION_COPY, do_copy },
	{ ACTION_CLEAR, do_clear },
	{ ACTION_CANCEL, do_cancel },
	{ ACTION_FILTER, documents_do_filter },
	{ ACTION_VARIANT, documents_do_context },
	{ ACTION_NEXT_HIT, documents_do_next_hit },
	{ ACTION_PREVIOUS_HIT, documents_do_previous_hit },
	{ ACTION_SORT, documents_do_sort },
	{ ACTION_ACCEPT, documents_do_accept },
	{ ACTION_REJECT, documents_do_reject },
	{ ACTION_SKIP, documents_do_skip },
	{ ACTION_FLAG, documents_do_flag },
	{ ACTION_UNDECIDE, documents_do_undecide },
	{ ACTION_ACCEPT_ALL, documents_do_accept_all },
	{ ACTION_REJECT_ALL, documents_do_reject_all },
	{ ACTION_RANGE, documents_do_range },
	{ ACTION_MARK, documents_do_mark },
	{ ACTION_NEXT_MARK, documents_do_next_mark },
	{ ACTION_UNDO, verdicts_do_undo },
	{ ACTION_REDO, verdicts_do_redo },
	{ ACTION_NONE, NULL },
};

const struct screen_type documents_screen = {
	.id = SCREEN_DOCUMENTS,
	.handlers = handlers,
	.open = documents_open,
	.close = documents_close,
	.draw = documents_draw,
	.title = documents_title,
	.status = documents_status,
	.woken = documents_woken,
	.shown = documents_shown,
	.pointed = list_pointed,
};
