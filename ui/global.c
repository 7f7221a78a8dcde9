/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What works on every screen. */
#include "config.h"

#include <stdio.h>

#include "base/fs.h"
#include "base/i18n.h"
#include "ui/app_inside.h"
#include "ui/batch.h"
#include "base/data.h"
#include "ui/global.h"
#include "ui/terminal.h"

static void do_back(struct app *app, struct screen *s, const char *argument)
{
	(void)argument;
	if (s->type->leave && !s->type->leave(app, s))
		return;
	app_pop(app);
}

static void do_quit(struct app *app, struct screen *s, const char *argument)
{
	(void)s;
	(void)argument;
	app->quitting = true;
}

/* Opens a screen over the top one, unless it is that one already. */
static void show(struct app *app, const struct screen_type *type)
{
	if (app_top(app)->type != type)
		app_push(app, type, app_top(app));
}

static void do_help(struct app *app, struct screen *s, const char *argument)
{
	(void)s;
	(void)argument;
	show(app, &help_screen);
}

static void do_palette(struct app *app, struct screen *s, const char *argument)
{
	(void)s;
	(void)argument;
	show(app, &palette_screen);
}

static void do_jobs(struct app *app, struct screen *s, const char *argument)
{
	(void)s;
	(void)argument;
	show(app, &jobs_screen);
}

static void do_messages(struct app *app, struct screen *s, const char *argument)
{
	(void)s;
	(void)argument;
	show(app, &messages_screen);
}

static void do_rejected(struct app *app, struct screen *s, const char *argument)
{
	(void)s;
	(void)argument;
	show(app, &rejected_screen);
}

void app_cancel(struct app *app, struct screen *s, const char *argument)
{
	(void)s;
	(void)argument;
	if (jobs_running(app->jobs)) {
		jobs_cancel(app->jobs, 0);
		app_say(app, STYLE_WARNING, _("Stopping what runs in the background; what is finished is kept."));
		return;
	}
	app->status = 130;
	app->quitting = true;
}

static void do_redraw(struct app *app, struct screen *s, const char *argument)
{
	(void)s;
	(void)argument;
	terminal_anew(app->terminal);
}

static void do_suspend(struct app *app, struct screen *s, const char *argument)
{
	(void)s;
	(void)argument;
	app_suspend(app);
}

static void do_mouse(struct app *app, struct screen *s, const char *argument)
{
	(void)s;
	(void)argument;
	app->mouse = !app->mouse;
	terminal_mouse(app->terminal, app->mouse);
	app_say(app, STYLE_TEXT, "%s", app->mouse ? _("Mouse on: click to move, wheel to scroll, Shift to select text.") : _("Mouse off."));
}

static void do_shapes(struct app *app, struct screen *s, const char *argument)
{
	(void)s;
	(void)argument;
	app->raw_shapes = !app->raw_shapes;
	terminal_anew(app->terminal);
	app_say(app, STYLE_TEXT, "%s",
		app->raw_shapes ? _("Invisible characters are drawn as the terminal wants them; control characters never.")
				: _("Invisible characters are shown as tokens."));
}

/* ---- with an argument ---- */

static void complete_from(const char *kind, struct buf *text, struct buf *choices)
{
	struct buf names = BUF_INIT;
	struct span rest;

	data_names(kind, &names);
	rest = buf_span(&names);
	while (rest.len) {
		const char *comma = memchr(rest.p, ',', rest.len);
		struct span name = span_trim(span_make(rest.p, comma ? (size_t)(comma - rest.p) : rest.len));

		rest = comma ? span_make(comma + 1, rest.len - (size_t)(comma + 1 - rest.p)) : span_make(NULL, 0);
		if (name.len < text->len || memcmp(name.p, text->p, text->len) != 0)
			continue;
		buf_addf(choices, "%s%.*s", choices->len ? "  " : "", (int)name.len, name.p);
	}
	if (choices->len && !strstr(choices->p, "  ")) {
		buf_clear(text);
		buf_addspan(text, buf_span(choices));
	}
	buf_free(&names);
}

static void complete_theme(struct app *app, struct buf *text, struct buf *choices)
{
	(void)app;
	complete_from("themes", text, choices);
}

static void complete_keys(struct app *app, struct buf *text, struct buf *choices)
{
	(void)app;
	complete_from("keys", text, choices);
}

static void theme_chosen(struct app *app, struct screen *s, const char *text)
{
	(void)s;
	app_do(app, ACTION_THEME, text);
}

static void keys_chosen(struct app *app, struct screen *s, const char *text)
{
	(void)s;
	app_do(app, ACTION_KEYS, text);
}

static const struct prompt_type theme_prompt = {
	.label = N_("theme"), .hint = N_("a name, Tab shows them"), .accepted = theme_chosen, .complete = complete_theme,
};

static const struct prompt_type keys_prompt = {
	.label = N_("key map"), .hint = N_("a name, Tab shows them"), .accepted = keys_chosen, .complete = complete_keys,
};

static void do_theme(struct app *app, struct screen *s, const char *argument)
{
	struct error err = { 0 };

	(void)s;
	if (!argument[0])
		prompt_open(app, &theme_prompt, "");
	else if (app_use_theme(app, argument, &err) < 0)
		app_fail(app, &err);
	else
		terminal_anew(app->terminal);
}

static void do_keys(struct app *app, struct screen *s, const char *argument)
{
	struct error err = { 0 };

	(void)s;
	if (!argument[0])
		prompt_open(app, &keys_prompt, "");
	else if (app_use_keys(app, argument, &err) < 0)
		app_fail(app, &err);
}

static void do_wait(struct app *app, struct screen *s, const char *argument)
{
	(void)s;
	(void)argument;
	batch_wait(app);
}

static void do_dump(struct app *app, struct screen *s, const char *argument)
{
	struct buf text = BUF_INIT;
	struct error err = { 0 };
	FILE *file;

	(void)s;
	app_frame(app);
	terminal_text(app->terminal, &text);
	file = !argument[0] || strcmp(argument, "-") == 0 ? stdout : fopen(argument, "we");
	if (!file)
		error_set(&err, TAMIS_EIO, _("can't write %s"), argument);
	else if (fwrite(text.p, 1, text.len, file) != text.len || fflush(file) != 0)
		error_set(&err, TAMIS_EIO, _("could not write all of %s"), argument);
	if (file && file != stdout)
		fclose(file);
	app_fail(app, &err);
	buf_free(&text);
}

const struct action_handler global_handlers[] = {
	{ ACTION_BACK, do_back },
	{ ACTION_QUIT, do_quit },
	{ ACTION_HELP, do_help },
	{ ACTION_PALETTE, do_palette },
	{ ACTION_SHOW_JOBS, do_jobs },
	{ ACTION_SHOW_MESSAGES, do_messages },
	{ ACTION_SHOW_REJECTED, do_rejected },
	{ ACTION_CANCEL, app_cancel },
	{ ACTION_REDRAW, do_redraw },
	{ ACTION_SUSPEND, do_suspend },
	{ ACTION_MOUSE, do_mouse },
	{ ACTION_SHAPES, do_shapes },
	{ ACTION_THEME, do_theme },
	{ ACTION_KEYS, do_keys },
	{ ACTION_WAIT, do_wait },
	{ ACTION_DUMP, do_dump },
	{ ACTION_NONE, NULL },
};
