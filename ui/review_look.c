/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Moving through the queue and the item; what is in the queue and in which order; how the item is shown. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/i18n.h"
#include "ui/review_inside.h"

/* ---- through the queue ---- */

static void go(struct app *app, struct review *r, size_t to)
{
	if (!r->deck)
		return;
	deck_go(r->deck, to);
	r->top = 0;
	review_anew(app, r);
}

void review_do_next(struct app *app, struct screen *s, const char *argument)
{
	struct review *r = s->state;

	(void)argument;
	if (r->deck && deck_position(r->deck) + 1 >= deck_count(r->deck))
		app_say(app, STYLE_DIM, _("This is the last item of the queue."));
	else if (r->deck)
		go(app, r, deck_position(r->deck) + 1);
}

void review_do_previous(struct app *app, struct screen *s, const char *argument)
{
	struct review *r = s->state;

	(void)argument;
	if (r->deck && deck_position(r->deck) == 0)
		app_say(app, STYLE_DIM, _("This is the first item of the queue."));
	else if (r->deck)
		go(app, r, deck_position(r->deck) - 1);
}

static void to_undecided(struct app *app, struct review *r, int direction)
{
	if (!r->deck)
		return;
	if (deck_next_undecided(r->deck, direction) < 0)
		app_say(app, STYLE_TEXT, direction < 0 ? _("Everything before this item is decided.")
						       : _("Everything after this item is decided."));
	else
		go(app, r, deck_position(r->deck));
}

void review_do_next_undecided(struct app *app, struct screen *s, const char *argument)
{
	(void)argument;
	to_undecided(app, s->state, 1);
}

void review_do_previous_undecided(struct app *app, struct screen *s, const char *argument)
{
	(void)argument;
	to_undecided(app, s->state, -1);
}

void review_do_first(struct app *app, struct screen *s, const char *argument)
{
	(void)argument;
	go(app, s->state, 0);
}

void review_do_last(struct app *app, struct screen *s, const char *argument)
{
	(void)argument;
	go(app, s->state, SIZE_MAX);
}

static void goto_typed(struct app *app, struct screen *s, const char *text)
{
	struct review *r = s->state;
	char *end;
	double to = strtod(text, &end);

	if (!r->deck || end == text || to < 0 || (*end && *end != '%')) {
		app_say(app, STYLE_WARNING, _("Write the number of an item, or a share of the queue such as 50%%."));
		return;
	}
	if (*end == '%')
		to = to / 100 * (double)deck_count(r->deck);
	go(app, r, to < 1 ? 0 : to > 1e15 ? SIZE_MAX : (size_t)to - 1);
}

static const struct prompt_type goto_prompt = {
	.label = N_("go to"), .hint = N_("the number of an item, or a share such as 50%"), .accepted = goto_typed,
};

void review_do_goto(struct app *app, struct screen *s, const char *argument)
{
	if (*argument)
		goto_typed(app, s, argument);
	else
		prompt_open(app, &goto_prompt, "");
}

/* ---- through the item ---- */

static void scroll(struct app *app, struct review *r, long by)
{
	size_t last;

	if (!r->deck || r->rows < 1)
		return;
	review_lay_out(app, r, r->columns, r->top + (size_t)(by > 0 ? by : 0) + 2 * (size_t)r->rows);
	last = r->sheet.lines.n > (size_t)r->rows ? r->sheet.lines.n - (size_t)r->rows : 0;
	if (by < 0)
		r->top = r->top > (size_t)-by ? r->top - (size_t)-by : 0;
	else
		r->top = r->top + (size_t)by < last ? r->top + (size_t)by : last;
	app_dirty(app);
}

void review_do_scroll_down(struct app *app, struct screen *s, const char *argument)
{
	(void)argument;
	scroll(app, s->state, 1);
}

void review_do_scroll_up(struct app *app, struct screen *s, const char *argument)
{
	(void)argument;
	scroll(app, s->state, -1);
}

void review_do_page_down(struct app *app, struct screen *s, const char *argument)
{
	struct review *r = s->state;

	(void)argument;
	scroll(app, r, r->rows > 2 ? r->rows - 1 : 1);
}

void review_do_page_up(struct app *app, struct screen *s, const char *argument)
{
	struct review *r = s->state;

	(void)argument;
	scroll(app, r, r->rows > 2 ? 1 - r->rows : -1);
}

/* ---- fields ---- */

static void choose_field(struct app *app, struct review *r, int direction)
{
	const struct item *item = review_item(r);
	enum role now = review_field(r), before = ROLE_COUNT, chosen = ROLE_COUNT;
	bool passed = false;

	if (!item || now == ROLE_COUNT)
		return;
	for (const enum role *role = review_lens(r)->editable; *role != ROLE_COUNT; role++) {
		if (item_text(item, *role).len == 0 && record_value(&item->record, *role).len == 0)
			continue;
		if (*role == now)
			chosen = direction < 0 ? before : chosen;
		else if (passed && direction > 0 && chosen == ROLE_COUNT)
			chosen = *role;
		passed = passed || *role == now;
		before = *role;
	}
	if (chosen != ROLE_COUNT)
		r->field = chosen;
	for (size_t i = 0; i < r->sheet.lines.n; i++) {
		if (r->sheet.lines.v[i].field != (int)review_field(r))
			continue;
		if (i < r->top || i >= r->top + (size_t)r->rows)
			r->top = i;
		break;
	}
	app_dirty(app);
}

void review_do_left(struct app *app, struct screen *s, const char *argument)
{
	(void)argument;
	choose_field(app, s->state, -1);
}

void review_do_right(struct app *app, struct screen *s, const char *argument)
{
	(void)argument;
	choose_field(app, s->state, 1);
}

void review_pointed(struct app *app, struct screen *s, int y, int x, bool twice)
{
	struct review *r = s->state;
	size_t line = r->top + (size_t)(y - r->first_row);

	(void)x;
	if (r->editor || r->raw || !r->deck || y < r->first_row || y >= r->first_row + r->rows || line >= r->sheet.lines.n)
		return;
	for (const enum role *role = review_lens(r)->editable; *role != ROLE_COUNT; role++) {
		if (r->sheet.lines.v[line].field != (int)*role)
			continue;
		r->field = *role;
		review_anew(app, r);
		if (twice)
			app_do(app, ACTION_EDIT, "");
		return;
	}
}

void review_do_copy(struct app *app, struct screen *s, const char *argument)
{
	struct review *r = s->state;
	const struct item *item = review_item(r);
	enum role field = review_field(r);

	(void)argument;
	if (!item)
		return;
	if (r->raw || field == ROLE_COUNT)
		app_copy(app, buf_span(&item->raw));
	else
		app_copy(app, item_text(item, field));
}

/* ---- what is in the queue ---- */

/* A filter as it stands, or a bare pattern: then /pattern/. */
static bool read_filter(struct app *app, const char *text, struct buf *out)
{
	struct filter *f = NULL;
	struct error err = { 0 };
	bool bare = strpbrk(text, "=~<>") == NULL && text[0] != '/' && text[0] != '!';

	buf_clear(out);
	if (bare && *text) {
		buf_addc(out, '/');
		for (const char *p = text; *p; p++) {
			if (*p == '/')
				buf_addc(out, '\\');
			buf_addc(out, *p);
		}
		buf_addc(out, '/');
	} else {
		buf_adds(out, text);
	}
	if (filter_parse(&f, out->p, &err) < 0) {
		app_fail(app, &err);
		return false;
	}
	filter_free(f);
	return true;
}

static void filter_typed(struct app *app, struct screen *s, const char *text)
{
	struct review *r = s->state;
	struct deck_spec spec = r->spec;
	struct buf where = BUF_INIT;

	if (read_filter(app, text, &where)) {
		const struct item *item = review_item(r);

		spec.where = where.p;
		r->at = item ? item->ref : ITEM_REF_NONE;
		r->top = 0;
		review_reopen(app, s, &spec);
	}
	buf_free(&where);
}

static const struct prompt_type filter_prompt = {
	.label = N_("filter"), .hint = N_("a pattern, or lang=zh verdict=none score>=0.5; empty: everything"),
	.accepted = filter_typed,
};

void review_do_filter(struct app *app, struct screen *s, const char *argument)
{
	struct review *r = s->state;

	if (*argument)
		filter_typed(app, s, argument);
	else
		prompt_open(app, &filter_prompt, r->spec.where ? r->spec.where : "");
}

static const struct {
	const char *name;
	enum deck_order order;
} orders[] = {
	{ "file", DECK_FILE }, { "random", DECK_RANDOM }, { "score", DECK_SCORE_UP }, { "-score", DECK_SCORE_DOWN },
};

static void order_typed(struct app *app, struct screen *s, const char *text)
{
	struct review *r = s->state;
	struct deck_spec spec = r->spec;
	const char *blank = strchr(text, ' ');
	struct span word = span_make(text, blank ? (size_t)(blank - text) : strlen(text));

	for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
		if (!span_is(word, orders[i].name))
			continue;
		spec.order = orders[i].order;
		if (blank)
			spec.seed = strtoull(blank + 1, NULL, 10);
		r->top = 0;
		review_reopen(app, s, &spec);
		return;
	}
	app_say(app, STYLE_WARNING, _("Orders are: file, random [SEED], score, -score."));
}

static const struct prompt_type order_prompt = {
	.label = N_("order"), .hint = N_("file, random [SEED], score or -score"), .accepted = order_typed,
};

void review_do_order(struct app *app, struct screen *s, const char *argument)
{
	if (*argument)
		order_typed(app, s, argument);
	else
		prompt_open(app, &order_prompt, "");
}

void review_do_cancel(struct app *app, struct screen *s, const char *argument)
{
	struct review *r = s->state;

	(void)argument;
	if (r->opening)
		review_cancel(app, r);
	else if (r->editor)
		review_pause_editor(app, r);
	else
		app_do(app, ACTION_BACK, "");
}

/* ---- how it is shown ---- */

static void flip(struct app *app, struct review *r, bool *what)
{
	*what = !*what;
	r->top = 0;
	review_anew(app, r);
}

void review_do_raw(struct app *app, struct screen *s, const char *argument)
{
	struct review *r = s->state;

	(void)argument;
	flip(app, r, &r->raw);
}

void review_do_meta(struct app *app, struct screen *s, const char *argument)
{
	struct review *r = s->state;

	(void)argument;
	flip(app, r, &r->meta);
}

void review_do_variant(struct app *app, struct screen *s, const char *argument)
{
	struct review *r = s->state;
	const struct lens *lens = review_lens(r);

	(void)argument;
	r->variant = (r->variant + 1) % lens_variants(lens);
	app_say(app, STYLE_DIM, _("layout: %s"), _(lens->variants[r->variant]));
	review_anew(app, r);
}

void review_do_history(struct app *app, struct screen *s, const char *argument)
{
	struct review *r = s->state;

	(void)argument;
	r->history = r->history == HISTORY_OFF ? HISTORY_ON : HISTORY_OFF;
	app_dirty(app);
}
