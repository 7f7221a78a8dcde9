/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Empty screens that say what to do. */
#include "config.h"

#include "base/i18n.h"
#include "text/display.h"
#include "ui/empty.h"

#define KEY_COLUMNS 10

static bool is_end(const struct hint *h)
{
	return h->action == ACTION_NONE && !h->words;
}

void empty_draw(struct app *app, struct rect area, const char *sentence, const struct hint *hints)
{
	enum screen_id screen = app_top(app)->type->id;
	int width = display_columns(span_of(sentence), false);
	int n = 0;
	int y, x;

	for (; !is_end(&hints[n]); n++) {
		int columns = KEY_COLUMNS + display_columns(span_of(_(hints[n].words)), false);

		width = columns > width ? columns : width;
	}
	y = (area.rows - n - 2) / 3;
	x = (area.columns - width) / 2;
	y = y < 0 ? 0 : y;
	x = x < 1 ? 1 : x;
	draw_text(app, area, y, x, STYLE_STRONG, sentence);
	for (int i = 0; i < n; i++) {
		char key[48] = "";

		if (hints[i].action != ACTION_NONE)
			keymap_key_of(&app->keymap, screen, hints[i].action, NULL, key);
		draw_text(app, area, y + 2 + i, x, STYLE_HEADING, key);
		draw_text(app, area, y + 2 + i, x + KEY_COLUMNS, STYLE_TEXT, _(hints[i].words));
	}
}
