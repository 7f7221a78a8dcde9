/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Records that were kept out of imports: where they are, and why. */
#include "config.h"

#include <stdio.h>

#include "base/i18n.h"
#include "text/display.h"
#include "ui/app.h"
#include "ui/empty.h"
#include "ui/list.h"
#include "ui/words.h"

#define REJECTED_SHOWN 100000u

struct rejected_state {
	struct list list;
	struct rejected *rows;
	size_t n;
	struct source *sources;   /* those the rows are of, loaded when first drawn */
	size_t n_sources;
};

static int rejected_open(struct app *app, struct screen *s, const void *arg, struct error *err)
{
	struct rejected_state *r = xcalloc(1, sizeof *r);
	int code = store_rejected_list(app->store, 0, REJECTED_SHOWN, &r->rows, &r->n, err);

	(void)arg;
	if (code < 0) {
		free(r);
		return code;
	}
	s->state = r;
	return 0;
}

static void rejected_close(struct app *app, struct screen *s)
{
	struct rejected_state *r = s->state;

	(void)app;
	for (size_t i = 0; i < r->n_sources; i++)
		source_free(&r->sources[i]);
	free(r->sources);
	free(r->rows);
	free(r);
}

static const char *path_of(struct app *app, struct rejected_state *r, int64_t id)
{
	struct error err = { 0 };
	struct source source;

	for (size_t i = 0; i < r->n_sources; i++)
		if (r->sources[i].id == id)
			return r->sources[i].path;
	memset(&source, 0, sizeof source);
	if (store_source_get(app->store, &source, id, &err) < 0)
		return "?";
	r->sources = xreallocarray(r->sources, r->n_sources + 1, sizeof *r->sources);
	r->sources[r->n_sources++] = source;
	return source.path;
}

static void draw_rejected(struct app *app, struct rejected_state *state, struct rect r, int y, const struct rejected *row, bool here)
{
	const char *path = path_of(app, state, row->source);
	const char *slash = strrchr(path, '/');
	struct rect place = r;
	char line[64];
	int width = r.columns >= 100 ? 44 : 30;

	place.columns = width;
	draw_text(app, r, y, 1, STYLE_CURSOR, here ? "▸" : "");
	snprintf(line, sizeof line, ":%llu", (unsigned long long)row->line);
	place.columns = width - (int)strlen(line);
	draw_text(app, r, y, 3 + draw_data(app, place, y, 3, here ? STYLE_STRONG : STYLE_TEXT, span_of(slash ? slash + 1 : path)),
		  STYLE_LABEL, line);
	draw_data(app, r, y, width + 2, STYLE_WARNING, span_of(row->reason));
}

static void rejected_draw(struct app *app, struct screen *s, struct rect area)
{
	static const struct hint hints[] = {
		{ ACTION_BACK, N_("back") },
		{ ACTION_NONE, N_("Broken JSON, bad UTF-8, missing fields and NUL bytes are listed here, with file and line.") },
		{ ACTION_NONE, NULL },
	};
	struct rejected_state *r = s->state;

	if (r->n == 0) {
		empty_draw(app, area, _("No record was rejected."), hints);
		return;
	}
	if (area.rows >= 8) {
		struct rect header = rect_top(&area, 1);

		draw_text(app, header, 0, 3, STYLE_LABEL, _("file:line"));
		draw_text(app, header, 0, header.columns >= 100 ? 46 : 32, STYLE_LABEL, _("why"));
	}
	list_fit(&r->list, r->n, area.rows);
	r->list.first_row = area.y;
	for (int y = 0; y < area.rows && r->list.top + (uint64_t)y < r->n; y++)
		draw_rejected(app, r, area, y, &r->rows[r->list.top + (uint64_t)y], r->list.top + (uint64_t)y == r->list.cursor);
	draw_scroll_mark(app, area, r->list.top, (uint64_t)area.rows, r->n);
}

static void rejected_title(struct app *app, struct screen *s, struct buf *out)
{
	(void)app;
	(void)s;
	buf_adds(out, _("rejected records"));
}

static void rejected_status(struct app *app, struct screen *s, struct buf *out)
{
	struct rejected_state *r = s->state;
	char number[32];

	(void)app;
	if (r->n == 0)
		return;
	words_count(number, r->list.cursor + 1);
	buf_adds(out, number);
	words_count(number, r->n);
	buf_addf(out, " / %s", number);
	buf_addf(out, _("  byte %llu of its file"), (unsigned long long)r->rows[r->list.cursor].byte);
}

/* The whole path and reason, which the row may have cut. */
static void do_open(struct app *app, struct screen *s, const char *argument)
{
	struct rejected_state *r = s->state;
	const struct rejected *row;

	(void)argument;
	if (r->n == 0)
		return;
	row = &r->rows[r->list.cursor];
	app_say(app, STYLE_TEXT, "%s:%llu: %s", path_of(app, r, row->source), (unsigned long long)row->line, row->reason);
}

static const struct action_handler handlers[] = {
	LIST_HANDLERS,
	{ ACTION_OPEN, do_open },
	{ ACTION_NONE, NULL },
};

const struct screen_type rejected_screen = {
	.id = SCREEN_REJECTED,
	.handlers = handlers,
	.open = rejected_open,
	.close = rejected_close,
	.draw = rejected_draw,
	.title = rejected_title,
	.status = rejected_status,
	.pointed = list_pointed,
};
