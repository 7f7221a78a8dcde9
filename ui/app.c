/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The loop: wait, take what came, draw one frame. */
#include "config.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/log.h"
#include "ui/app_inside.h"
#include "ui/batch.h"
#include "ui/documents.h"
#include "ui/guard.h"
#include "ui/key.h"
#include "ui/terminal.h"
#include "ui/verdicts.h"

#define FRAME_US 16000
#define PASTE_END_US 1000000
#define KEYS_AT_ONCE 512
#define HOLD_US 60000

/* ---- keys ---- */

static void take_pointed(struct app *app)
{
	struct screen *s = app_top(app);
	int y, x;
	bool alt, up;
	enum pointed what = terminal_pointed(app->terminal, &y, &x, &alt);

	if (what == POINTED_WHEEL_UP || what == POINTED_WHEEL_DOWN) {
		up = what == POINTED_WHEEL_UP;
		if (s->type->id == SCREEN_REVIEW && alt) {
			app_do(app, up ? ACTION_PREVIOUS : ACTION_NEXT, "");
			return;
		}
		for (int i = 0; i < 3; i++)
			app_do(app, s->type->id != SCREEN_REVIEW ? (up ? ACTION_UP : ACTION_DOWN) : up ? ACTION_SCROLL_UP : ACTION_SCROLL_DOWN,
			       "");
	} else if (what != POINTED_NOTHING && s->type->pointed) {
		s->type->pointed(app, s, y, x, what == POINTED_DOUBLE);
		app_dirty(app);
	}
}

/* Pasted text outside a prompt must not act as keys.  True when the key was part of a paste. */
static bool swallow_paste(struct app *app, int32_t key)
{
	int64_t now = clock_steady_us();

	if (key == SPECIAL_PASTE_BEGIN) {
		app->pasting = true;
		app->pasted_us = now;
		app_say(app, STYLE_WARNING, _("Pasted text was left out: open a prompt first (/ or :)."));
		return true;
	}
	if (app->pasting && now - app->pasted_us > PASTE_END_US)
		app->pasting = false; /* the end mark got lost */
	if (!app->pasting)
		return false;
	app->pasted_us = now;
	if (key == SPECIAL_PASTE_END)
		app->pasting = false;
	return true;
}

static void run_binding(struct app *app, int32_t key)
{
	enum screen_id screen = app_top(app)->type->id;
	const struct binding *b = NULL;
	bool prefix = false;
	char name[24];

	if (app->pending_key)
		b = keymap_find(&app->keymap, screen, app->pending_key, key, &prefix);
	if (!b)
		b = keymap_find(&app->keymap, screen, key, 0, &prefix);
	app->pending_key = !b && prefix ? key : 0;
	if (b) {
		app_do(app, b->action, b->argument);
		return;
	}
	app_dirty(app);
	if (prefix || key == SPECIAL_PASTE_END)
		return;
	key_label(name, key);
	app_say(app, STYLE_DIM, _("%s does nothing here; ? shows the keys"), name);
}

void app_key(struct app *app, int32_t key)
{
	struct screen *s = app_top(app);

	if (app->message_shown && !app->pasting) {
		app->message_shown = false;
		app_dirty(app);
	}
	if (key == SPECIAL_MOUSE) {
		do
			take_pointed(app);
		while (terminal_pointed_again(app->terminal));
		return;
	}
	if (app->prompt.type) {
		prompt_key(app, key);
		return;
	}
	if (s->type->typed && s->type->typed(app, s, key)) {
		app_dirty(app);
		return;
	}
	if (!swallow_paste(app, key))
		run_binding(app, key);
}

static void take_keys(struct app *app)
{
	for (int i = 0; i < KEYS_AT_ONCE && !app->quitting; i++) {
		int32_t key = terminal_key(app->terminal);

		if (key == 0)
			return;
		app->answer = true;
		verdicts_look(app);
		app_key(app, key);
	}
}

/* ---- signals, messages ---- */

static void resize(struct app *app)
{
	terminal_size(app->terminal, &app->rows, &app->columns);
	app_dirty(app);
}

static void take_signals(struct app *app)
{
	int asked = guard_asked();

	if (guard_ending()) {
		app->status = 128 + guard_ending();
		app->quitting = true;
		return;
	}
	if (asked & GUARD_SUSPEND)
		app_suspend(app);
	if (asked & (GUARD_RESIZED | GUARD_CONTINUED))
		resize(app);
}

static void take_messages(struct app *app)
{
	struct queue_node *node;
	struct screen *top;

	while ((node = queue_try_pop(&app->inbox))) {
		struct app_message *m = (struct app_message *)node;

		m->deliver(app, m);
	}
	app_look_at_jobs(app);
	verdicts_woken(app);
	top = app_top(app);
	if (top && top->type->woken)
		top->type->woken(app, top);
}

void app_suspend(struct app *app)
{
	terminal_leave(app->terminal);
	guard_suspend();
	terminal_return(app->terminal);
	resize(app);
}

/* ---- one turn ---- */

/* When the next frame may be drawn.  What a key asked for is drawn at once: keys that came together were all taken before.  What
 * workers have to say waits for its turn. */
static int64_t frame_due(const struct app *app)
{
	int64_t due = app->answer ? 0 : app->drawn_us + FRAME_US;

	return due > app->hold_until_us ? due : app->hold_until_us;
}

/* Milliseconds poll() may wait; -1 for ever. */
static int patience(struct app *app, bool idle_work)
{
	int64_t now = clock_steady_us();

	if (app->dirty) {
		int64_t due = frame_due(app);

		return due <= now ? 0 : (int)((due - now + 999) / 1000);
	}
	return idle_work || batch_ready(app) ? 0 : -1;
}

static void frame_if_due(struct app *app)
{
	int64_t now = clock_steady_us();
	struct screen *top = app_top(app);

	if (!app->dirty || !top || now < frame_due(app))
		return;
	app->dirty = app->answer = false;
	app_frame(app);
	app->drawn_us = clock_steady_us();
	if (top->type->painted)
		top->type->painted(app, top);
}

static bool idle_work(struct app *app)
{
	struct screen *top = app_top(app);

	if (app->dirty || !top || !top->type->idle)
		return false;
	return top->type->idle(app, top);
}

static void wait_for_something(struct app *app, int ms)
{
	struct pollfd fds[2] = {
		{ .fd = app->wake.read_fd, .events = POLLIN },
		{ .fd = terminal_input(app->terminal), .events = POLLIN },
	};
	int ready = poll(fds, 2, ms);

	if (ready < 0 && errno != EINTR)
		app->quitting = true;
	if (fds[0].revents & POLLIN)
		wake_drain(&app->wake);
	/* The terminal is gone, as after SIGHUP (which a debugger or a lost session leader may keep from us).  POLLIN comes with it: what
	 * would be read is the end of file, for ever. */
	if (fds[1].revents & (POLLHUP | POLLERR | POLLNVAL)) {
		app->status = 129;
		app->quitting = true;
	}
	take_signals(app);
	if (fds[0].revents & POLLIN && !app->quitting)
		take_messages(app);
	if (fds[1].revents & POLLIN && !app->quitting)
		take_keys(app);
}

static void loop(struct app *app)
{
	bool more = false;
	bool warm = false;

	while (!app->quitting && app_top(app)) {
		wait_for_something(app, patience(app, more));
		if (app->quitting)
			break;
		frame_if_due(app);
		more = idle_work(app);
		if (!app->dirty)
			batch_step(app);
		if (!warm && !app->dirty && !more) {
			guard_warm_up();
			warm = true;
		}
	}
}

/* ---- from start to end ---- */

static void report_line(void *ctx, const char *message)
{
	app_say(ctx, STYLE_WARNING, "%s", message);
}

int app_use_theme(struct app *app, const char *name, struct error *err)
{
	bool no_colour = terminal_no_colour();
	struct theme theme;
	int code;

	if (!name)
		name = theme_suited(terminal_colours(app->terminal), no_colour);
	code = theme_load(&theme, name, report_line, app, err);
	if (code == 0 || app->theme.name[0] == '\0') {
		app->theme = theme;
		terminal_use(app->terminal, &app->theme);
		app_dirty(app);
	}
	return code;
}

int app_use_keys(struct app *app, const char *name, struct error *err)
{
	int code = keymap_load(&app->keymap, name ? name : "default", report_line, app, err);

	app_dirty(app);
	return code;
}

static void start_looks(struct app *app)
{
	struct error err = { 0 };

	if (app_use_theme(app, app->options->theme, &err) < 0)
		app_fail(app, &err);
	err = (struct error){ 0 };
	if (app_use_keys(app, app->options->keys, &err) < 0)
		app_fail(app, &err);
}

/* The import runs while the terminal is set up: its first rows are what one waits for. */
static void start_work(struct app *app)
{
	const struct app_options *options = app->options;

	app->jobs = jobs_new(app->workspace, &app->wake);
	if (options->threads)
		jobs_set_threads(app->jobs, options->threads);
	app->items = item_source_new(app->store);
	if (options->n_paths) {
		app->hold_until_us = clock_steady_us() + HOLD_US;
		app_import(app, options->paths, options->n_paths, NULL);
	}
}

static int start(struct app *app, struct error *err)
{
	const struct app_options *options = app->options;
	bool headless = options->batch && !isatty(STDOUT_FILENO);
	int code = headless ? 0 : terminal_check(err);

	if (code == 0)
		code = wake_init(&app->wake, err);
	if (code < 0)
		return code;
	queue_init(&app->inbox, &app->wake);
	guard_start(&app->wake);
	code = batch_open(app, options->batch, options->record, headless, err);
	if (code < 0)
		return code;
	start_work(app);
	code = terminal_open(&app->terminal, headless, err);
	if (code < 0)
		return code;
	terminal_size(app->terminal, &app->rows, &app->columns);
	start_looks(app);
	verdicts_new(app);
	app_push(app, &corpora_screen, NULL);
	if (options->corpus)
		app_push(app, &documents_screen, &(struct documents_request){ .corpus = options->corpus });
	if (options->queue && !options->n_paths)
		app_open_queue(app, options->queue);
	return 0;
}

static void drop_messages(struct app *app)
{
	struct queue_node *node;

	while ((node = queue_try_pop(&app->inbox))) {
		struct app_message *m = (struct app_message *)node;

		m->deliver(app, m); /* no screens are left: frees what it brought */
	}
}

static int finish(struct app *app, struct error *err)
{
	int code = 0;

	app->finishing = true;
	if (app->workspace)
		code = workspace_flush(app->workspace, err);
	while (app_top(app))
		app_drop(app);
	if (app->jobs)
		jobs_free(app->jobs);
	verdicts_free(app->verdicts);
	drop_messages(app);
	batch_close(app);
	if (app->items)
		item_source_free(app->items);
	terminal_close(app->terminal);
	if (app->wake.read_fd >= 0)
		guard_stop();
	prompt_free(&app->prompt);
	keymap_free(&app->keymap);
	vec_free(&app->stack);
	vec_free(&app->messages);
	vec_free(&app->announced);
	vec_each(&app->live, i)
		corpus_view_close(app->live.v[i]);
	vec_free(&app->live);
	if (app->wake.read_fd >= 0) {
		queue_close(&app->inbox);
		queue_free(&app->inbox);
		wake_free(&app->wake);
	}
	return code;
}

int app_run(const struct app_options *options, struct error *err)
{
	struct app app = {
		.options = options,
		.workspace = options->workspace,
		.store = options->store,
		.wake = { -1, -1 },
		.cursor_y = -1,
	};
	struct error late = { 0 };
	int code;

	buf_init(&app.prompt.text);
	buf_init(&app.prompt.choices);
	code = start(&app, err);
	if (code == 0) {
		loop(&app);
		log_line("leaving with status %d", app.status);
	}
	if (finish(&app, &late) < 0 && code == 0) {
		*err = late;
		return late.code;
	}
	return code < 0 ? code : app.status;
}
