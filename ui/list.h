/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A cursor in a list of any length, or a window over long content (`cursorless`).  It knows numbers only: the screen asks its own
 * source for rows [top, top + rows).  A screen whose state begins with a struct list gets all movements by putting
 * LIST_HANDLERS into its table.
 */
#ifndef TAMIS_UI_LIST_H
#define TAMIS_UI_LIST_H

#include "ui/screen.h"

struct list {
	uint64_t count;
	uint64_t top;
	uint64_t cursor;   /* < count, or 0 */
	int rows;          /* shown at the last draw */
	bool cursorless;
	int first_row;     /* terminal row of the first one, for the mouse */
};

/* Before drawing: `count` rows exist and `rows` fit. Keeps the cursor inside and visible. */
void list_fit(struct list *l, uint64_t count, int rows);
void list_go(struct list *l, uint64_t row);
void list_move(struct list *l, int64_t by);
/* "500", "50%"; the words of a goto. False when it is neither. */
bool list_goto(struct list *l, const char *text);

void list_do_down(struct app *app, struct screen *s, const char *argument);
void list_do_up(struct app *app, struct screen *s, const char *argument);
void list_do_page_down(struct app *app, struct screen *s, const char *argument);
void list_do_page_up(struct app *app, struct screen *s, const char *argument);
void list_do_half_down(struct app *app, struct screen *s, const char *argument);
void list_do_half_up(struct app *app, struct screen *s, const char *argument);
void list_do_first(struct app *app, struct screen *s, const char *argument);
void list_do_last(struct app *app, struct screen *s, const char *argument);
void list_pointed(struct app *app, struct screen *s, int y, int x, bool twice);

#define LIST_HANDLERS                                                                              \
	{ ACTION_DOWN, list_do_down }, { ACTION_UP, list_do_up }, { ACTION_PAGE_DOWN, list_do_page_down },     \
	{ ACTION_PAGE_UP, list_do_page_up }, { ACTION_HALF_DOWN, list_do_half_down },                  \
	{ ACTION_HALF_UP, list_do_half_up }, { ACTION_FIRST, list_do_first }, { ACTION_LAST, list_do_last }

#endif
