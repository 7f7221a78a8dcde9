/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The terminal: the only code that knows curses' start, end, keys and colours (draw.c paints through it).
 */
#ifndef TAMIS_UI_TERMINAL_H
#define TAMIS_UI_TERMINAL_H

#include "base/error.h"
#include "ui/key.h"
#include "ui/theme.h"

struct terminal;

/* Whether there is a terminal that can be used: TAMIS_EUSAGE with a sentence when there is none, or one that cannot place a
 * cursor.  Touches nothing. */
int terminal_check(struct error *err);
/* Takes the terminal over. `headless` paints into nothing (for --batch without a terminal): 80x24, or $COLUMNS x $LINES. */
int terminal_open(struct terminal **out, bool headless, struct error *err);
void terminal_close(struct terminal *t); /* gives it back as it was */
int terminal_input(const struct terminal *t); /* fd to poll; -1 when headless */
int terminal_colours(const struct terminal *t); /* 0, 8, 16, 256 or 16777216 */
bool terminal_no_colour(void);                  /* NO_COLOR is set and not empty */

/* The next key that has arrived, or 0. */
int32_t terminal_key(struct terminal *t);
/* Of the SPECIAL_MOUSE just got: where, what, and whether with Alt. */
enum pointed { POINTED_NOTHING, POINTED_CLICK, POINTED_DOUBLE, POINTED_WHEEL_UP, POINTED_WHEEL_DOWN };
enum pointed terminal_pointed(struct terminal *t, int *y, int *x, bool *alt);
bool terminal_pointed_again(struct terminal *t); /* more came with the same SPECIAL_MOUSE; ask until it is false */
void terminal_mouse(struct terminal *t, bool on);

/* The size now, told to curses when it changed. */
void terminal_size(struct terminal *t, int *rows, int *columns);
void terminal_use(struct terminal *t, const struct theme *theme);
/* curses attributes and pair of a style laid over another (STYLE_TEXT: over nothing). */
void terminal_look(const struct terminal *t, enum style style, enum style over, unsigned long *attributes, short *pair);

void terminal_begin(struct terminal *t);                      /* of a frame */
void terminal_end(struct terminal *t, int y, int x);          /* sends it; the cursor at y, x, hidden when y < 0 */
void terminal_anew(struct terminal *t);                       /* the next frame in full */

/* The frame as text: rows without trailing blanks, each with a line end. */
void terminal_text(struct terminal *t, struct buf *out);

/* Gives the terminal to a child or the shell, and takes it back. */
void terminal_leave(struct terminal *t);
void terminal_return(struct terminal *t);
void terminal_bell(struct terminal *t);
/* Puts text on the clipboard (OSC 52, wrapped for tmux). False when it is too long for that. */
bool terminal_copy(struct terminal *t, struct span text);

#endif
