/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the status line said so far, newest first. */
#include "config.h"

#include <time.h>

#include "base/i18n.h"
#include "ui/app.h"
#include "ui/empty.h"
#include "ui/list.h"

struct messages_state {
	struct list list;
};

static int messages_open(struct app *app, struct screen *s, const void *arg, struct error *err)
{
	(void)app;
	(void)arg;
	(void)err;
	s->state = xcalloc(1, sizeof(struct messages_state));
	return 0;
}

static void messages_close(struct app *app, struct screen *s)
{
	(void)app;
	free(s->state);
}

static void draw_said(struct app *app, struct rect r, int y, const struct said *said, bool here)
{
	time_t at = (time_t)(said->at_ms / 1000);
	struct tm local;
	char text[16] = "";

	if (localtime_r(&at, &local))
		strftime(text, sizeof text, "%H:%M:%S", &local);
	draw_text(app, r, y, 1, STYLE_CURSOR, here ? "▸" : "");
	draw_text(app, r, y, 3, STYLE_DIM, text);
	draw_text(app, r, y, 13, said->style, said->text);
}

static void messages_draw(struct app *app, struct screen *s, struct rect area)
{
	static const struct hint hints[] = { { ACTION_BACK, N_("back") }, { ACTION_NONE, NULL } };
	struct messages_state *m = s->state;

	if (app->messages.n == 0) {
		empty_draw(app, area, _("Nothing has been said yet."), hints);
		return;
	}
	list_fit(&m->list, app->messages.n, area.rows);
	m->list.first_row = area.y;
	for (int y = 0; y < area.rows && m->list.top + (uint64_t)y < app->messages.n; y++) {
		uint64_t row = m->list.top + (uint64_t)y;

		draw_said(app, area, y, &app->messages.v[app->messages.n - 1 - row], row == m->list.cursor);
	}
	draw_scroll_mark(app, area, m->list.top, (uint64_t)area.rows, app->messages.n);
}

static void messages_title(struct app *app, struct screen *s, struct buf *out)
{
	(void)app;
	(void)s;
	buf_adds(out, _("messages"));
}

static const struct action_handler handlers[] = {
	LIST_HANDLERS,
	{ ACTION_NONE, NULL },
};

const struct screen_type messages_screen = {
	.id = SCREEN_MESSAGES,
	.handlers = handlers,
	.open = messages_open,
	.close = messages_close,
	.draw = messages_draw,
	.title = messages_title,
	.pointed = list_pointed,
};
