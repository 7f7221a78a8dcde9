/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tour's guide. */
#include "config.h"

#include "ui/guide.h"

#include "base/i18n.h"

#define ROWS_LEAST 12

static const struct guide {
	enum screen_id screen;
	const char *text;
	struct {
		enum action_id action; /* ends with ACTION_NONE */
		const char *words;
	} keys[6];
} guides[] = {
	{ SCREEN_CORPORA, N_("This machine's own texts, read where they lie: licences, and messages with their translation."),
	  { { ACTION_OPEN, N_("read") }, { ACTION_REVIEW, N_("judge") }, { ACTION_HELP, N_("all keys") }, { ACTION_QUIT, N_("leave") } } },
	{ SCREEN_DOCUMENTS, N_("One line a record, there at once however many there are."),
	  { { ACTION_OPEN, N_("read") }, { ACTION_FILTER, N_("filter while typing") }, { ACTION_SORT, N_("sort") },
	    { ACTION_REVIEW, N_("judge") }, { ACTION_BACK, N_("back") } } },
	{ SCREEN_READER, N_("One record whole. Nothing in it can touch your terminal."),
	  { { ACTION_NEXT, N_("next") }, { ACTION_SEARCH, N_("search") }, { ACTION_RAW, N_("its own bytes") }, { ACTION_META, N_("metadata") },
	    { ACTION_BACK, N_("back") } } },
	{ SCREEN_REVIEW, N_("One key is one verdict; its mark goes away when it is on disk. Undo has no end."),
	  { { ACTION_ACCEPT, N_("accept") }, { ACTION_REJECT, N_("reject") }, { ACTION_SKIP, N_("skip") }, { ACTION_UNDO, N_("undo") },
	    { ACTION_HELP, N_("all keys") } } },
};

static void draw_keys(struct app *app, struct rect line, const struct guide *guide)
{
	int x = 1;

	for (size_t i = 0; guide->keys[i].action != ACTION_NONE && x < line.columns; i++) {
		char key[48];

		keymap_key_of(&app->keymap, guide->screen, guide->keys[i].action, NULL, key);
		x += draw_text(app, line, 0, x, STYLE_STRONG, key) + 1;
		x += draw_text(app, line, 0, x, STYLE_TEXT, _(guide->keys[i].words)) + 3;
	}
}

void guide_draw(struct app *app, struct rect *body)
{
	enum screen_id id = app_top(app)->type->id;

	if (body->rows < ROWS_LEAST)
		return;
	for (size_t i = 0; i < sizeof guides / sizeof guides[0]; i++) {
		if (guides[i].screen == id) {
			draw_text(app, rect_top(body, 1), 0, 1, STYLE_HEADING, _(guides[i].text));
			draw_keys(app, rect_top(body, 1), &guides[i]);
		}
	}
}
