/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Themes: how each style of a sheet looks.  share/themes/NAME, or the user's file of that name; a line is `STYLE [FG [BG]]
 * [bold dim italic underline reverse]`, colours are `default`, 0-255, one of the eight names, or #rrggbb.  Lines that can't be read are
 * reported with file:line and skipped.  What the terminal can't show falls back: true colour to 256 to 16 to 8 to attributes alone.  With
 * NO_COLOR set, or no colours at all, only attributes remain; every style that carries meaning has a mark in the text besides.
 */
#ifndef TAMIS_UI_THEME_H
#define TAMIS_UI_THEME_H

#include "base/error.h"
#include "review/sheet.h"

enum look_attribute { LOOK_BOLD = 1, LOOK_DIM = 2, LOOK_ITALIC = 4, LOOK_UNDERLINE = 8, LOOK_REVERSE = 16 };

#define COLOUR_NONE (-1)              /* the terminal's own */
#define COLOUR_RGB 0x1000000          /* + 0xrrggbb */

struct look {
	int32_t foreground, background; /* COLOUR_NONE, 0-255, or COLOUR_RGB + value */
	unsigned attributes;
};

struct theme {
	char name[64];
	struct look look[STYLE_COUNT];
};

typedef void (*theme_report)(void *ctx, const char *message);

void theme_mono(struct theme *t);
void theme_parse(struct theme *t, struct span text, const char *file, theme_report report, void *ctx);
/* TAMIS_ENOTFOUND with what names exist. */
int theme_load(struct theme *t, const char *name, theme_report report, void *ctx, struct error *err);
/* Which of the shipped ones suits a terminal. */
const char *theme_suited(int colours, bool no_colour);

/* What to show on a terminal of `colours`: nearest of its colours by distance in RGB, or COLOUR_NONE. */
int theme_colour(int32_t colour, int colours);

#endif
