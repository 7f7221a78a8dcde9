/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tour's guide. */
#include "config.h"

#include "ui/guide.h"

#include "base/i18n.h"
#include "text/display.h"

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

static void put_keys(struct app *app, struct sheet *sheet, const struct guide *guide, int columns)
{
	int used = columns;

	for (size_t i = 0; guide->keys[i].action != ACTION_NONE; i++) {
		const char *words = _(guide->keys[i].words);
		char key[48];
		int width;

		keymap_key_of(&app->keymap, guide->screen, guide->keys[i].action, NULL, key);
		width = display_columns(span_of(key), false) + 1 + display_columns(span_of(words), false);
		if (used + 3 + width > columns) {
			sheet_line(sheet, -1);
			sheet_put(sheet, STYLE_TEXT, span_of(" "));
			used = 1;
		} else {
			sheet_put(sheet, STYLE_TEXT, span_of("   "));
			used += 3;
		}
		sheet_put(sheet, STYLE_STRONG, span_of(key));
		sheet_putf(sheet, STYLE_TEXT, " %s", words);
		used += width;
	}
}

void guide_draw(struct app *app, struct rect *body)
{
	enum screen_id id = app_top(app)->type->id;
	struct sheet sheet = { 0 };

	if (body->rows < ROWS_LEAST)
		return;
	for (size_t i = 0; i < sizeof guides / sizeof guides[0]; i++) {
		if (guides[i].screen == id) {
			sheet_wrap(&sheet, STYLE_HEADING, -1, span_of(_(guides[i].text)), body->columns - 1, 1);
			put_keys(app, &sheet, &guides[i], body->columns);
		}
	}
	if (sheet.lines.n)
		draw_sheet(app, rect_top(body, (int)sheet.lines.n), &sheet, 0);
	sheet_free(&sheet);
}
