/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finding an action by typing a part of its name; it is done on the screen below. */
#include "config.h"

#include <ctype.h>
#include <stdio.h>

#include "base/i18n.h"
#include "text/display.h"
#include "ui/app.h"
#include "ui/key.h"
#include "ui/list.h"

struct candidate {
	const struct action *action;
	int rank;              /* smaller is better */
};

struct palette_state {
	struct list list;
	enum screen_id of;
	VEC(struct candidate) candidates;
	char argument[512];    /* what was typed after the name */
};

/* How well `typed` fits: letters in order, better when together, at a word's start, near the front. -1: not at all. */
static int fit(const char *name, const char *typed, size_t n)
{
	int rank = 0;
	int last = -1;

	for (size_t i = 0, at = 0; i < n; i++) {
		while (name[at] && tolower((unsigned char)name[at]) != tolower((unsigned char)typed[i]))
			at++;
		if (!name[at])
			return -1;
		if ((int)at != last + 1)
			rank += at > 0 && name[at - 1] == '-' ? 2 : 5 + (int)at;
		last = (int)at++;
	}
	return rank + (int)strlen(name) / 4;
}

static int by_rank(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	return x->rank != y->rank ? (x->rank < y->rank ? -1 : 1) : x->action < y->action ? -1 : 1;
}

static bool offered(const struct action *a, enum screen_id screen)
{
	return (a->screens & (1u << screen)) && action_row(a->id, screen) == a && a->id != ACTION_PALETTE;
}

static void choose(struct palette_state *p, const char *typed)
{
	size_t n = strcspn(typed, " ");
	struct span argument = span_trim(span_of(typed + n));

	vec_clear(&p->candidates);
	for (const struct action *a = actions; a->id != ACTION_NONE; a++) {
		int rank = offered(a, p->of) ? fit(a->name, typed, n) : -1;
		const char *words = rank < 0 && offered(a, p->of) ? strstr(_(a->help), typed) : NULL;

		if (rank >= 0)
			vec_push(&p->candidates, (struct candidate){ a, rank });
		else if (words && n >= 2)
			vec_push(&p->candidates, (struct candidate){ a, 1000 });
	}
	if (p->candidates.n)
		qsort(p->candidates.v, p->candidates.n, sizeof *p->candidates.v, by_rank);
	snprintf(p->argument, sizeof p->argument, "%.*s", (int)argument.len, argument.p);
	p->list.cursor = p->list.top = 0;
}

static void changed(struct app *app, struct screen *s, const char *text)
{
	(void)app;
	choose(s->state, text);
}

static void cancelled(struct app *app, struct screen *s)
{
	(void)s;
	app_pop(app);
}

static void accepted(struct app *app, struct screen *s, const char *text)
{
	struct palette_state *p = s->state;
	enum action_id id = p->list.cursor < p->candidates.n ? p->candidates.v[p->list.cursor].action->id : ACTION_NONE;
	char argument[512];

	(void)text;
	memcpy(argument, p->argument, sizeof argument);
	app_pop(app);
	if (id == ACTION_NONE)
		app_say(app, STYLE_WARNING, _("No such action."));
	else
		app_do(app, id, argument);
}

static void complete(struct app *app, struct buf *text, struct buf *choices)
{
	struct palette_state *p = app_top(app)->state;

	(void)choices;
	if (p->list.cursor >= p->candidates.n)
		return;
	buf_clear(text);
	buf_addf(text, "%s%s", p->candidates.v[p->list.cursor].action->name,
		 p->candidates.v[p->list.cursor].action->argument ? " " : "");
}

/* Up and down choose while one types. */
static bool chosen_by_key(struct app *app, struct screen *s, int32_t key)
{
	struct palette_state *p = s->state;

	(void)app;
	if (key != SPECIAL_UP && key != SPECIAL_DOWN && key != KEY_CTRL_OF('p') && key != KEY_CTRL_OF('n'))
		return false;
	list_move(&p->list, key == SPECIAL_UP || key == KEY_CTRL_OF('p') ? -1 : 1);
	return true;
}

static const struct prompt_type palette_prompt = {
	.label = N_("action"),
	.hint = N_("a part of its name; Enter does it, Tab completes"),
	.changed = changed,
	.accepted = accepted,
	.cancelled = cancelled,
	.complete = complete,
	.key = chosen_by_key,
};

static int palette_open(struct app *app, struct screen *s, const void *arg, struct error *err)
{
	struct palette_state *p = xcalloc(1, sizeof *p);

	(void)err;
	p->of = ((const struct screen *)arg)->type->id;
	choose(p, "");
	s->state = p;
	prompt_open(app, &palette_prompt, "");
	return 0;
}

static void palette_close(struct app *app, struct screen *s)
{
	struct palette_state *p = s->state;

	(void)app;
	vec_free(&p->candidates);
	free(p);
}

static void draw_candidate(struct app *app, const struct palette_state *p, struct rect r, int y, const struct action *a, bool here)
{
	char key[48];
	char name[64];

	keymap_key_of(&app->keymap, p->of, a->id, NULL, key);
	snprintf(name, sizeof name, "%s%s%s", a->name, a->argument ? " " : "", a->argument ? a->argument : "");
	draw_text(app, r, y, 1, STYLE_CURSOR, here ? "▸" : "");
	draw_text(app, r, y, 3, here ? STYLE_STRONG : STYLE_TEXT, name);
	draw_text(app, r, y, 26, STYLE_HEADING, key);
	draw_text(app, r, y, 38, STYLE_DIM, _(a->help));
}

static void palette_draw(struct app *app, struct screen *s, struct rect area)
{
	struct palette_state *p = s->state;

	if (area.rows > 8)
		rect_top(&area, 1);
	if (p->candidates.n == 0)
		draw_text(app, area, 0, 3, STYLE_DIM, _("nothing by this name"));
	list_fit(&p->list, p->candidates.n, area.rows);
	for (int y = 0; y < area.rows && p->list.top + (uint64_t)y < p->candidates.n; y++)
		draw_candidate(app, p, area, y, p->candidates.v[p->list.top + (uint64_t)y].action,
			       p->list.top + (uint64_t)y == p->list.cursor);
	draw_scroll_mark(app, area, p->list.top, (uint64_t)area.rows, p->candidates.n);
}

static void palette_title(struct app *app, struct screen *s, struct buf *out)
{
	(void)app;
	(void)s;
	buf_adds(out, _("actions"));
}

static const struct action_handler handlers[] = {
	{ ACTION_NONE, NULL },
};

const struct screen_type palette_screen = {
	.id = SCREEN_PALETTE,
	.handlers = handlers,
	.open = palette_open,
	.close = palette_close,
	.draw = palette_draw,
	.title = palette_title,
};
