/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The order screen: opening, views, moving. */
#include "config.h"

#include <jansson.h>
#include <stdlib.h>

#include "base/i18n.h"
#include "ui/app_inside.h"
#include "ui/order_inside.h"
#include "ui/order_screen.h"
#include "ui/verdicts.h"

const char *const order_kind_names[5] = { "deps", "users", "path", "random", "deepseek" };

/* ---- in the background ---- */

struct start {
	struct app *app;
	struct order_request request;
	char *path;
	struct order_work *work;
};

struct ready {
	struct app_message m;
	struct order_work *work;
	char *path;
};

static void deliver(struct app *app, struct app_message *m)
{
	struct ready *ready = (struct ready *)m;

	if (app_push(app, &order_screen, ready) < 0) {
		order_work_free(ready->work);
		free(ready->work);
		free(ready->path);
	}
	free(ready);
}

static int run_start(struct job *job, struct store *s, void *arg, struct error *err)
{
	struct start *start = arg;
	struct order_work *work = xcalloc(1, sizeof *work);
	struct ready *ready;
	int64_t run;
	int rc = order_work_open(work, &start->request, s, job, err);

	if (rc == 0)
		rc = order_work_save(work, &start->request, s, &run, err);
	if (rc) {
		order_work_free(work);
		free(work);
		return rc;
	}
	ready = xcalloc(1, sizeof *ready);
	ready->m.deliver = deliver;
	ready->work = work;
	ready->path = xstrdup(start->path);
	app_post(start->app, &ready->m);
	return 0;
}

static void release_start(void *arg)
{
	struct start *start = arg;

	free(start->path);
	free(start);
}

void order_screen_start(struct app *app, const char *path)
{
	const char *home = path[0] == '~' && path[1] == '/' ? getenv("HOME") : NULL;
	struct start *start = xcalloc(1, sizeof *start);
	char *title;

	start->app = app;
	start->path = home ? xasprintf("%s%s", home, path + 1) : xstrdup(path);
	start->request.path = start->path;
	title = xasprintf(_("ordering %s"), path);
	jobs_start(app->jobs, title, run_start, start, release_start);
	free(title);
}

static void path_accepted(struct app *app, struct screen *s, const char *text)
{
	(void)s;
	if (text[0])
		app_do(app, ACTION_ORDER_TREE, text);
}

static const struct prompt_type path_prompt = {
	.label = N_("order"),
	.hint = N_("path of a source tree or an archive; Tab completes"),
	.accepted = path_accepted,
	.complete = prompt_complete_path,
};

void order_screen_ask(struct app *app, struct screen *s, const char *argument)
{
	(void)s;
	if (argument[0])
		order_screen_start(app, argument);
	else
		prompt_open(app, &path_prompt, "");
}

/* ---- the state ---- */

void order_refresh(struct order_state *o)
{
	const struct order_work *w = o->work;

	o->shown = xreallocarray(o->shown, w->order.n, sizeof *o->shown);
	o->window = xreallocarray(o->window, w->order.n, sizeof *o->window);
	o->n_shown = 0;
	for (uint32_t p = 0; p < w->order.n; p++)
		if (!code_role_skipped(w->repo.files.v[w->order.sequence[p]].facts.role))
			o->shown[o->n_shown++] = w->order.sequence[p];
	for (uint32_t f = 0; f < w->order.n; f++)
		o->window[f] = UINT32_MAX;
	vec_each(&w->windows.parts, i)
		if (!w->windows.parts.v[i].context && o->window[w->windows.parts.v[i].file] == UINT32_MAX)
			o->window[w->windows.parts.v[i].file] = w->windows.parts.v[i].window;
}

static int order_open(struct app *app, struct screen *s, const void *arg, struct error *err)
{
	const struct ready *ready = arg;
	struct order_state *o = xcalloc(1, sizeof *o);

	(void)app;
	(void)err;
	o->work = ready->work;
	o->path = ready->path;
	o->request.path = o->path;
	o->request.options.quick = true;
	order_refresh(o);
	s->state = o;
	return 0;
}

static void order_close(struct app *app, struct screen *s)
{
	struct order_state *o = s->state;

	(void)app;
	order_work_free(o->work);
	free(o->work);
	code_order_free(&o->compared);
	free(o->shown);
	free(o->window);
	free(o->path);
	free(o);
}

bool order_file_here(const struct order_state *o, uint32_t *file)
{
	if (o->view != ORDER_FILES || o->list.cursor >= o->n_shown)
		return false;
	*file = o->shown[o->list.cursor];
	return true;
}

const struct code_link *order_cut_here(const struct order_state *o)
{
	if (o->view != ORDER_CUTS || o->list.cursor >= o->work->order.cuts.n)
		return NULL;
	return &o->work->resolution.graph.links.v[o->work->order.cuts.v[o->list.cursor]];
}

const struct code_unresolved *order_unresolved_here(const struct order_state *o)
{
	if (o->view != ORDER_UNRESOLVED || o->list.cursor >= o->work->resolution.unresolved.n)
		return NULL;
	return &o->work->resolution.unresolved.v[o->list.cursor];
}

const struct order_rule *order_rule_here(const struct order_state *o)
{
	if (o->view != ORDER_RULES || o->list.cursor >= o->work->rules.list.n)
		return NULL;
	return &o->work->rules.list.v[o->list.cursor];
}

/* ---- actions ---- */

static void show_view(struct order_state *o, enum order_view view)
{
	o->other[o->view] = o->list;
	o->view = view;
	o->list = o->other[view];
}

static void do_view(struct app *app, struct screen *s, const char *argument)
{
	struct order_state *o = s->state;

	(void)argument;
	show_view(o, (o->view + 1) % ORDER_VIEWS);
	app_dirty(app);
}

/* To the row of a file in the list of files. */
static void go_to_file(struct order_state *o, uint32_t file)
{
	show_view(o, ORDER_FILES);
	for (uint32_t i = 0; i < o->n_shown; i++)
		if (o->shown[i] == file)
			list_go(&o->list, i);
}

static void do_open(struct app *app, struct screen *s, const char *argument)
{
	struct order_state *o = s->state;
	const struct code_link *cut = order_cut_here(o);
	const struct code_unresolved *unresolved = order_unresolved_here(o);

	(void)argument;
	if (cut)
		go_to_file(o, cut->from);
	else if (unresolved)
		go_to_file(o, unresolved->file);
	else if (o->view == ORDER_FILES)
		o->hide_why = !o->hide_why;
	app_dirty(app);
}

static void goto_accepted(struct app *app, struct screen *s, const char *text)
{
	(void)s;
	app_do(app, ACTION_GOTO, text);
}

static const struct prompt_type goto_prompt = { .label = N_("go to"), .hint = N_("a row, 50%, or a part of a path"), .accepted = goto_accepted };

static void do_goto(struct app *app, struct screen *s, const char *argument)
{
	struct order_state *o = s->state;

	if (!argument[0]) {
		prompt_open(app, &goto_prompt, "");
		return;
	}
	app_dirty(app);
	if (list_goto(&o->list, argument))
		return;
	for (uint32_t i = 1; i <= o->n_shown; i++) {
		uint32_t row = (uint32_t)((o->list.cursor + i) % o->n_shown);

		if (!strstr(o->work->repo.files.v[o->shown[row]].path.p, argument))
			continue;
		show_view(o, ORDER_FILES);
		list_go(&o->list, row);
		return;
	}
	app_say(app, STYLE_WARNING, _("no path holds “%s”"), argument);
}

static void do_copy(struct app *app, struct screen *s, const char *argument)
{
	struct order_state *o = s->state;
	uint32_t file;

	(void)argument;
	if (order_file_here(o, &file))
		app_copy(app, o->work->repo.files.v[file].path);
}

static const struct action_handler handlers[] = {
	LIST_HANDLERS,
	{ ACTION_OPEN, do_open },
	{ ACTION_GOTO, do_goto },
	{ ACTION_VARIANT, do_view },
	{ ACTION_COPY, do_copy },
	{ ACTION_HOLD, order_do_hold },
	{ ACTION_DROP, order_do_drop },
	{ ACTION_ALIAS, order_do_alias },
	{ ACTION_KINDS, order_do_kinds },
	{ ACTION_ORDER, order_do_order },
	{ ACTION_BUDGET, order_do_budget },
	{ ACTION_BUNDLE, order_do_bundle },
	{ ACTION_COMPARE, order_do_compare },
	{ ACTION_ACCEPT, order_do_accept },
	{ ACTION_REJECT, order_do_reject },
	{ ACTION_SKIP, order_do_skip },
	{ ACTION_FLAG, order_do_flag },
	{ ACTION_UNDECIDE, order_do_undecide },
	{ ACTION_UNDO, verdicts_do_undo },
	{ ACTION_REDO, verdicts_do_redo },
	{ ACTION_ORDER_TREE, order_screen_ask },
	{ ACTION_NONE, NULL },
};

const struct screen_type order_screen = {
	.id = SCREEN_ORDER,
	.handlers = handlers,
	.open = order_open,
	.close = order_close,
	.draw = order_draw,
	.title = order_title,
	.status = order_status,
	.pointed = list_pointed,
};
