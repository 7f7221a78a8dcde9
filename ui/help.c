/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The keys of the screen below, made from the table of actions and the key map in use. */
#include "config.h"

#include <stdio.h>

#include "base/i18n.h"
#include "text/display.h"
#include "text/pattern.h"
#include "ui/app.h"
#include "ui/list.h"

#define KEYS_COLUMNS 18

struct help_state {
	struct list list;
	struct sheet sheet;
	enum screen_id of;
	int columns; /* it was laid out for */
	struct pattern *pattern;
	struct matcher *matcher;
};

/* Is this row the one that holds for the screen? (An action may have a row of its own for it.) */
static bool belongs(const struct action *a, enum screen_id screen, bool any)
{
	if (!(a->screens & (1u << screen)) || any != (a->screens == ON_ANY))
		return false;
	return action_row(a->id, screen) == a;
}

static void put_row(struct app *app, struct help_state *h, const struct action *a)
{
	struct buf keys = BUF_INIT;
	struct sheet left = { 0 }, right = { 0 };
	struct flow *flow;

	keymap_keys_of(&app->keymap, h->of, a->id, &keys);
	sheet_wrap(&left, STYLE_STRONG, -1, buf_span(&keys), KEYS_COLUMNS, 2);
	flow = flow_begin(&right, -1, h->columns - KEYS_COLUMNS - 4, 0, false);
	flow_data(flow, STYLE_TEXT, span_of(_(a->help)));
	flow_data(flow, STYLE_DIM, span_of("  "));
	flow_data(flow, STYLE_DIM, span_of(a->name));
	if (a->argument) {
		flow_data(flow, STYLE_DIM, span_of(" "));
		flow_data(flow, STYLE_DIM, span_of(a->argument));
	}
	flow_end(flow);
	sheet_beside(&h->sheet, &left, &right, KEYS_COLUMNS + 2, "");
	sheet_free(&left);
	sheet_free(&right);
	buf_free(&keys);
}

static void put_section(struct app *app, struct help_state *h, const char *heading, bool any)
{
	if (h->sheet.lines.n)
		sheet_line(&h->sheet, -1);
	sheet_line(&h->sheet, -1);
	sheet_put(&h->sheet, STYLE_TEXT, span_of(" "));
	sheet_put(&h->sheet, STYLE_HEADING, span_of(heading));
	for (const struct action *a = actions; a->id != ACTION_NONE; a++)
		if (belongs(a, h->of, any))
			put_row(app, h, a);
}

static void put_notes(struct help_state *h, int columns)
{
	static const char *const notes[] = {
		N_("Keys come from the key map (tamis-keys(7) says how to make your own); : finds an action by its name."),
		N_("A filter: words are a regular expression; lang=zh score>=0.5 verdict=none text~PATTERN !TERM also work."),
		N_("Every verdict is saved as it is made: ✓ accepted  ✗ rejected  » skipped  ⚑ flagged  · on its way to the disk"),
	};

	sheet_line(&h->sheet, -1);
	for (size_t i = 0; i < sizeof notes / sizeof *notes; i++) {
		sheet_wrap(&h->sheet, STYLE_DIM, -1, span_of(_(notes[i])), columns, 1);
	}
}

/* For the width the terminal has now; the place one has scrolled to stays. */
static void lay_out(struct app *app, struct help_state *h)
{
	char heading[80];

	if (h->columns == app->columns)
		return;
	h->columns = app->columns;
	sheet_clear(&h->sheet);
	snprintf(heading, sizeof heading, _("keys of this screen (%s)"), screen_names[h->of]);
	put_section(app, h, heading, false);
	put_section(app, h, _("everywhere"), true);
	put_notes(h, app->columns > 22 ? app->columns - 2 : 20);
}

static int help_open(struct app *app, struct screen *s, const void *arg, struct error *err)
{
	struct help_state *h = xcalloc(1, sizeof *h);
	const struct screen *below = arg;

	(void)err;
	h->list.cursorless = true;
	h->of = below->type->id;
	lay_out(app, h);
	s->state = h;
	return 0;
}

static void help_close(struct app *app, struct screen *s)
{
	struct help_state *h = s->state;

	(void)app;
	sheet_free(&h->sheet);
	matcher_free(h->matcher);
	pattern_free(h->pattern);
	free(h);
}

static void help_draw(struct app *app, struct screen *s, struct rect area)
{
	struct help_state *h = s->state;

	lay_out(app, h);
	if (area.rows > 8)
		rect_top(&area, 1);
	list_fit(&h->list, h->sheet.lines.n, area.rows);
	draw_sheet(app, area, &h->sheet, h->list.top);
	draw_scroll_mark(app, area, h->list.top, (uint64_t)area.rows, h->sheet.lines.n);
}

static void help_title(struct app *app, struct screen *s, struct buf *out)
{
	(void)app;
	(void)s;
	buf_adds(out, _("help"));
}

static void next_hit(struct app *app, struct help_state *h, int direction)
{
	struct buf line = BUF_INIT;
	size_t start, end;

	for (uint64_t i = h->list.top + (uint64_t)direction; h->matcher && i < h->sheet.lines.n; i += (uint64_t)direction) {
		buf_clear(&line);
		sheet_line_text(&line, &h->sheet, i);
		if (matcher_find(h->matcher, buf_span(&line), 0, &start, &end) != 1)
			continue;
		list_go(&h->list, i);
		buf_free(&line);
		return;
	}
	buf_free(&line);
	app_say(app, STYLE_DIM, _("No hit there."));
}

static void search_accepted(struct app *app, struct screen *s, const char *text)
{
	(void)s;
	if (text[0])
		app_do(app, ACTION_SEARCH, text);
}

static const struct prompt_type search_prompt = {
	.label = N_("search"), .hint = N_("a regular expression"), .accepted = search_accepted,
};

static void do_search(struct app *app, struct screen *s, const char *argument)
{
	struct help_state *h = s->state;
	struct pattern *pattern = NULL;
	struct error err = { 0 };

	if (!argument[0]) {
		prompt_open(app, &search_prompt, "");
		return;
	}
	if (pattern_compile(&pattern, span_of(argument), &err) < 0) {
		app_fail(app, &err);
		return;
	}
	matcher_free(h->matcher);
	pattern_free(h->pattern);
	h->pattern = pattern;
	h->matcher = matcher_new(pattern);
	next_hit(app, h, 1);
}

static void do_next_hit(struct app *app, struct screen *s, const char *argument)
{
	(void)argument;
	next_hit(app, s->state, 1);
}

static void do_previous_hit(struct app *app, struct screen *s, const char *argument)
{
	(void)argument;
	next_hit(app, s->state, -1);
}

static const struct action_handler handlers[] = {
	LIST_HANDLERS,
	{ ACTION_SEARCH, do_search },
	{ ACTION_NEXT_HIT, do_next_hit },
	{ ACTION_PREVIOUS_HIT, do_previous_hit },
	{ ACTION_NONE, NULL },
};

const struct screen_type help_screen = {
	.id = SCREEN_HELP,
	.handlers = handlers,
	.open = help_open,
	.close = help_close,
	.draw = help_draw,
	.title = help_title,
};
