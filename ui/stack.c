/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The stack of screens, actions on its top, and what the app says. */
#include "config.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "text/display.h"
#include "ui/app_inside.h"
#include "ui/batch.h"
#include "ui/global.h"

#define MESSAGES_LIMIT 500

/* ---- screens ---- */

struct screen *app_top(struct app *app)
{
	return app->stack.n ? app->stack.v[app->stack.n - 1] : NULL;
}

struct screen *app_screen(struct app *app, uint32_t serial)
{
	vec_each(&app->stack, i)
		if (app->stack.v[i]->serial == serial)
			return app->stack.v[i];
	return NULL;
}

void app_dirty(struct app *app)
{
	app->dirty = true;
}

int app_push(struct app *app, const struct screen_type *type, const void *arg)
{
	struct screen *s;
	struct error err = { 0 };

	if (app->finishing)
		return TAMIS_ECANCEL;
	s = xcalloc(1, sizeof *s);
	s->type = type;
	s->serial = ++app->next_serial;
	if (type->open && type->open(app, s, arg, &err) < 0) {
		free(s);
		app_fail(app, &err);
		return err.code ? err.code : TAMIS_EUSAGE;
	}
	vec_push(&app->stack, s);
	app->pending_key = 0;
	app_lay_out(app); /* so that keys typed ahead of the first frame know how long its list is */
	app_dirty(app);
	return 0;
}

void app_drop(struct app *app)
{
	struct screen *s = app_top(app);

	if (!s)
		return;
	app->stack.n--;
	app->pending_key = 0;
	if (app->prompt.type)
		prompt_close(app);
	if (s->type->close)
		s->type->close(app, s);
	free(s);
}

void app_pop(struct app *app)
{
	struct screen *top;

	app_drop(app);
	top = app_top(app);
	if (!top)
		app->quitting = true;
	else if (top->type->shown)
		top->type->shown(app, top);
	app_dirty(app);
}

void app_replace(struct app *app, const struct screen_type *type, const void *arg)
{
	app_drop(app);
	if (app_push(app, type, arg) < 0 && !app_top(app))
		app->quitting = true;
}

/* ---- actions ---- */

static const struct action_handler *handler_of(const struct action_handler *handlers, enum action_id id)
{
	for (; handlers && handlers->id != ACTION_NONE; handlers++)
		if (handlers->id == id)
			return handlers;
	return NULL;
}

bool app_do(struct app *app, enum action_id id, const char *argument)
{
	struct screen *top = app_top(app);
	const struct action_handler *h = top ? handler_of(top->type->handlers, id) : NULL;
	enum screen_id screen;

	if (!h)
		h = handler_of(global_handlers, id);
	if (!top || !h)
		return false;
	screen = top->type->id;
	h->run(app, top, argument ? argument : "");
	if (!app->prompt.type) /* else it only asked for its argument */
		batch_log(app, screen, action_row(id, screen), argument ? argument : "");
	app_dirty(app);
	return true;
}

/* ---- talking ---- */

static void keep_message(struct app *app, enum style style, const char *fmt, va_list args)
{
	struct said said = { .style = style, .at_ms = clock_wall_ms() };
	struct buf safe = BUF_INIT;
	char text[1024];
	int columns = (int)sizeof said.text - 8;

	vsnprintf(text, sizeof text, fmt, args);
	do { /* it may quote data: made safe, and cut until its bytes fit */
		buf_clear(&safe);
		display_line(&safe, span_of(text), columns, false);
		columns = columns * 3 / 4;
	} while (safe.len >= sizeof said.text);
	memcpy(said.text, safe.p, safe.len + 1);
	buf_free(&safe);
	if (app->messages.n == MESSAGES_LIMIT)
		memmove(app->messages.v, app->messages.v + 1, --app->messages.n * sizeof *app->messages.v);
	vec_push(&app->messages, said);
	app_dirty(app);
}

void app_say(struct app *app, enum style style, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	keep_message(app, style, fmt, args);
	va_end(args);
	app->message_shown = true;
}

void app_mention(struct app *app, enum style style, const char *fmt, ...)
{
	struct said above;
	va_list args;

	va_start(args, fmt);
	keep_message(app, style, fmt, args);
	va_end(args);
	if (!app->message_shown || app->messages.n < 2) {
		app->message_shown = true;
		return;
	}
	above = app->messages.v[app->messages.n - 2]; /* the newest is the one on the status line */
	app->messages.v[app->messages.n - 2] = app->messages.v[app->messages.n - 1];
	app->messages.v[app->messages.n - 1] = above;
}

void app_fail(struct app *app, const struct error *err)
{
	if (err->code == 0 || err->code == TAMIS_ECANCEL)
		return;
	app_say(app, STYLE_ERROR, "%s", err->msg);
}

void app_post(struct app *app, struct app_message *m)
{
	queue_push(&app->inbox, &m->node);
}
