/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One record, read from its beginning to its end: the screen, its life and its actions. */
#include "config.h"

#include <stdio.h>

#include "base/i18n.h"
#include "ui/app_inside.h"
#include "ui/reader_inside.h"
#include "ui/verdicts.h"

#define COPY_LIMIT 80000u

/* The list's filter, when it is just words: they are marked in the text as well. */
static void take_pattern(struct reader *r, const char *filter)
{
	struct error err = { 0 };

	if (filter && !strpbrk(filter, "=<>~/!"))
		reader_set_pattern(r, filter, &err);
}

static int reader_open(struct app *app, struct screen *s, const void *arg, struct error *err)
{
	struct reader *r = xcalloc(1, sizeof *r);

	(void)err;
	r->from = *(const struct reader_request *)arg;
	item_init(&r->item);
	pager_init(&r->pager);
	take_pattern(r, r->from.pattern);
	reader_load(app, r);
	s->state = r;
	return 0;
}

static void reader_close(struct app *app, struct screen *s)
{
	struct reader *r = s->state;

	(void)app;
	matcher_free(r->matcher);
	pattern_free(r->pattern);
	free(r->typed);
	pager_free(&r->pager);
	sheet_free(&r->sheet);
	item_free(&r->item);
	free(r);
}

/* ---- moving ---- */

static void move(struct reader *r, int rows)
{
	if (r->mode == READER_SHEET) {
		if (rows < 0 && (size_t)-rows > r->sheet_top)
			r->sheet_top = 0;
		else
			r->sheet_top = (size_t)((int64_t)r->sheet_top + rows); /* drawing clamps it */
	} else if (rows < 0) {
		pager_up(&r->pager, -rows);
	} else {
		pager_down(&r->pager, rows, r->rows);
	}
}

static int page(const struct reader *r)
{
	return r->rows > 2 ? r->rows - 1 : 1;
}

static void do_down(struct app *app, struct screen *s, const char *argument)
{
	(void)app;
	(void)argument;
	move(s->state, 1);
}

static void do_up(struct app *app, struct screen *s, const char *argument)
{
	(void)app;
	(void)argument;
	move(s->state, -1);
}

static void do_page_down(struct app *app, struct screen *s, const char *argument)
{
	(void)app;
	(void)argument;
	move(s->state, page(s->state));
}

static void do_page_up(struct app *app, struct screen *s, const char *argument)
{
	(void)app;
	(void)argument;
	move(s->state, -page(s->state));
}

static void do_half_down(struct app *app, struct screen *s, const char *argument)
{
	(void)app;
	(void)argument;
	move(s->state, (page(s->state) + 1) / 2);
}

static void do_half_up(struct app *app, struct screen *s, const char *argument)
{
	(void)app;
	(void)argument;
	move(s->state, -(page(s->state) + 1) / 2);
}

static void do_first(struct app *app, struct screen *s, const char *argument)
{
	struct reader *r = s->state;

	(void)app;
	(void)argument;
	r->sheet_top = 0;
	pager_go(&r->pager, 0);
}

static void do_last(struct app *app, struct screen *s, const char *argument)
{
	struct reader *r = s->state;

	(void)app;
	(void)argument;
	if (r->mode == READER_SHEET) {
		r->sheet_top = r->sheet.lines.n;
	} else if (!pager_last(&r->pager, r->rows)) {
		r->seeking_end = true;
		r->seek_at = r->pager.top;
	}
}

static void goto_accepted(struct app *app, struct screen *s, const char *text)
{
	(void)s;
	if (text[0])
		app_do(app, ACTION_GOTO, text);
}

static const struct prompt_type goto_prompt = {
	.label = N_("go to"),
	.hint = N_("a record's number, or a part of this text like 50%"),
	.accepted = goto_accepted,
};

static void go_part(struct reader *r, double part)
{
	part = part < 0 ? 0 : part > 100 ? 100 : part;
	if (r->mode == READER_SHEET)
		r->sheet_top = (size_t)((double)r->sheet.lines.n * part / 100);
	else
		pager_go(&r->pager, (uint64_t)((double)r->pager.source.size * part / 100));
}

static void do_goto(struct app *app, struct screen *s, const char *argument)
{
	struct reader *r = s->state;
	size_t n = strlen(argument);

	if (n == 0) {
		prompt_open(app, &goto_prompt, "");
	} else if (argument[n - 1] == '%') {
		go_part(r, strtod(argument, NULL));
	} else if (list_goto(r->from.list, argument)) {
		reader_load(app, r);
	} else {
		app_say(app, STYLE_WARNING, _("Go to a number, or to a part of the way like 50%%."));
	}
}

static bool step(struct app *app, struct reader *r, int64_t by)
{
	uint64_t before = r->from.list->cursor;

	list_fit(r->from.list, rows_count(r->from.rows), r->from.list->rows);
	list_move(r->from.list, by);
	if (r->from.list->cursor == before)
		return false;
	reader_load(app, r);
	return true;
}

static void do_next(struct app *app, struct screen *s, const char *argument)
{
	(void)argument;
	if (!step(app, s->state, 1))
		app_say(app, STYLE_DIM, _("This is the last one."));
}

static void do_previous(struct app *app, struct screen *s, const char *argument)
{
	(void)argument;
	if (!step(app, s->state, -1))
		app_say(app, STYLE_DIM, _("This is the first one."));
}

/* ---- looking ---- */

static void do_raw(struct app *app, struct screen *s, const char *argument)
{
	struct reader *r = s->state;

	(void)argument;
	r->raw = !r->raw;
	reader_load(app, r);
}

static void do_meta(struct app *app, struct screen *s, const char *argument)
{
	struct reader *r = s->state;

	(void)app;
	(void)argument;
	r->meta = !r->meta;
}

static void do_copy(struct app *app, struct screen *s, const char *argument)
{
	struct reader *r = s->state;
	struct buf text = BUF_INIT;
	struct error err = { 0 };

	(void)argument;
	if (r->mode == READER_SHEET && r->has_item)
		buf_addspan(&text, buf_span(&r->item.raw));
	else if (pager_text(&r->pager, COPY_LIMIT, &text, &err) < 0)
		app_fail(app, &err);
	if (text.len)
		app_copy(app, buf_span(&text));
	buf_free(&text);
}

static void do_cancel(struct app *app, struct screen *s, const char *argument)
{
	struct reader *r = s->state;

	if (r->searching || r->seeking_end)
		r->searching = r->seeking_end = false;
	else
		app_cancel(app, s, argument);
}

/* ---- deciding ---- */

static void decide(struct app *app, struct reader *r, enum verdict verdict)
{
	struct error err = { 0 };

	if (r->failed.code)
		return;
	if (verdicts_decide(app, r->from.view, &r->record, 1, verdict, &err) < 0)
		app_fail(app, &err);
	else if (verdict != VERDICT_NONE && !step(app, r, 1))
		app_say(app, STYLE_TEXT, _("That was the last one."));
}

static void do_accept(struct app *app, struct screen *s, const char *argument)
{
	(void)argument;
	decide(app, s->state, VERDICT_ACCEPT);
}

static void do_reject(struct app *app, struct screen *s, const char *argument)
{
	(void)argument;
	decide(app, s->state, VERDICT_REJECT);
}

static void do_skip(struct app *app, struct screen *s, const char *argument)
{
	(void)argument;
	decide(app, s->state, VERDICT_SKIP);
}

static void do_flag(struct app *app, struct screen *s, const char *argument)
{
	(void)argument;
	decide(app, s->state, VERDICT_FLAG);
}

static void do_undecide(struct app *app, struct screen *s, const char *argument)
{
	(void)argument;
	decide(app, s->state, VERDICT_NONE);
}

static const struct action_handler handlers[] = {
	{ ACTION_DOWN, do_down },
	{ ACTION_UP, do_up },
	{ ACTION_PAGE_DOWN, do_page_down },
	{ ACTION_PAGE_UP, do_page_up },
	{ ACTION_HALF_DOWN, do_half_down },
	{ ACTION_HALF_UP, do_half_up },
	{ ACTION_FIRST, do_first },
	{ ACTION_LAST, do_last },
	{ ACTION_GOTO, do_goto },
	{ ACTION_NEXT, do_next },
	{ ACTION_PREVIOUS, do_previous },
	{ ACTION_SEARCH, reader_do_search },
	{ ACTION_NEXT_HIT, reader_do_next_hit },
	{ ACTION_PREVIOUS_HIT, reader_do_previous_hit },
	{ ACTION_RAW, do_raw },
	{ ACTION_META, do_meta },
	{ ACTION_COPY, do_copy },
	{ ACTION_CANCEL, do_cancel },
	{ ACTION_ACCEPT, do_accept },
	{ ACTION_REJECT, do_reject },
	{ ACTION_SKIP, do_skip },
	{ ACTION_FLAG, do_flag },
	{ ACTION_UNDECIDE, do_undecide },
	{ ACTION_UNDO, verdicts_do_undo },
	{ ACTION_REDO, verdicts_do_redo },
	{ ACTION_NONE, NULL },
};

const struct screen_type reader_screen = {
	.id = SCREEN_READER,
	.handlers = handlers,
	.open = reader_open,
	.close = reader_close,
	.draw = reader_draw,
	.title = reader_title,
	.status = reader_status,
	.idle = reader_idle,
};
