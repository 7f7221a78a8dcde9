/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Moving in lists. */
#include "config.h"

#include <math.h>
#include <stdlib.h>

#include "ui/app.h"
#include "ui/list.h"

static uint64_t last_top(const struct list *l)
{
	uint64_t rows = l->rows > 0 ? (uint64_t)l->rows : 1;

	return l->count > rows ? l->count - rows : 0;
}

void list_fit(struct list *l, uint64_t count, int rows)
{
	uint64_t shown = rows > 0 ? (uint64_t)rows : 1;

	l->count = count;
	l->rows = rows;
	if (l->cursor >= count)
		l->cursor = count ? count - 1 : 0;
	if (!l->cursorless && l->cursor < l->top)
		l->top = l->cursor;
	if (!l->cursorless && l->cursor >= l->top + shown)
		l->top = l->cursor - shown + 1;
	if (l->top > last_top(l))
		l->top = last_top(l);
}

void list_go(struct list *l, uint64_t row)
{
	uint64_t rows = l->rows > 0 ? (uint64_t)l->rows : 1;

	if (l->count && row >= l->count)
		row = l->count - 1;
	if (l->cursorless) {
		l->top = row < last_top(l) ? row : last_top(l);
		return;
	}
	if (row < l->top || row >= l->top + rows) /* a jump: with some rows around it */
		l->top = row > rows / 2 ? row - rows / 2 : 0;
	l->cursor = row;
}

void list_move(struct list *l, int64_t by)
{
	uint64_t *at = l->cursorless ? &l->top : &l->cursor;
	uint64_t end = l->cursorless ? last_top(l) : l->count ? l->count - 1 : 0;

	if (by < 0)
		*at = (uint64_t)-by > *at ? 0 : *at - (uint64_t)-by;
	else
		*at = (uint64_t)by > end - (*at < end ? *at : end) ? end : *at + (uint64_t)by;
}

/* A page: the window moves as far as the cursor, which keeps its place in it. */
static void page(struct list *l, int64_t by)
{
	list_move(l, by);
	if (l->cursorless)
		return;
	if (by < 0)
		l->top = (uint64_t)-by > l->top ? 0 : l->top - (uint64_t)-by;
	else
		l->top = l->top + (uint64_t)by > last_top(l) ? last_top(l) : l->top + (uint64_t)by;
}

bool list_goto(struct list *l, const char *text)
{
	char *end;
	double n = strtod(text, &end);

	if (end == text || isnan(n) || n < 0 || l->count == 0)
		return false;
	if (*end == '%') {
		n = n > 100 ? 100 : n;
		list_go(l, (uint64_t)((double)(l->count - 1) * n / 100));
		return true;
	}
	if (*end)
		return false;
	list_go(l, n < 1 ? 0 : n > 1e18 ? l->count - 1 : (uint64_t)n - 1);
	return true;
}

static struct list *list_of(struct screen *s)
{
	return s->state; /* its first member */
}

static int64_t page_rows(const struct list *l)
{
	return l->rows > 2 ? l->rows - 1 : 1;
}

void list_do_down(struct app *app, struct screen *s, const char *argument)
{
	(void)app;
	(void)argument;
	list_move(list_of(s), 1);
}

void list_do_up(struct app *app, struct screen *s, const char *argument)
{
	(void)app;
	(void)argument;
	list_move(list_of(s), -1);
}

void list_do_page_down(struct app *app, struct screen *s, const char *argument)
{
	(void)app;
	(void)argument;
	page(list_of(s), page_rows(list_of(s)));
}

void list_do_page_up(struct app *app, struct screen *s, const char *argument)
{
	(void)app;
	(void)argument;
	page(list_of(s), -page_rows(list_of(s)));
}

void list_do_half_down(struct app *app, struct screen *s, const char *argument)
{
	(void)app;
	(void)argument;
	page(list_of(s), (page_rows(list_of(s)) + 1) / 2);
}

void list_do_half_up(struct app *app, struct screen *s, const char *argument)
{
	(void)app;
	(void)argument;
	page(list_of(s), -(page_rows(list_of(s)) + 1) / 2);
}

void list_do_first(struct app *app, struct screen *s, const char *argument)
{
	(void)app;
	(void)argument;
	list_of(s)->top = list_of(s)->cursor = 0;
}

void list_do_last(struct app *app, struct screen *s, const char *argument)
{
	struct list *l = list_of(s);

	(void)app;
	(void)argument;
	l->cursor = l->count ? l->count - 1 : 0;
	l->top = last_top(l);
}

void list_pointed(struct app *app, struct screen *s, int y, int x, bool twice)
{
	struct list *l = list_of(s);
	uint64_t row = l->top + (uint64_t)(y - l->first_row);

	(void)x;
	if (y < l->first_row || y >= l->first_row + l->rows || row >= l->count || l->cursorless)
		return;
	l->cursor = row;
	if (twice)
		app_do(app, ACTION_OPEN, "");
}
