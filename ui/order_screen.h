/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The order screen: the files of a repository in dependency order, why each stands where it does, the links that were cut and the imports
 * that could not be resolved; the curator changes the rules and sees the figures change.
 */
#ifndef TAMIS_UI_ORDER_SCREEN_H
#define TAMIS_UI_ORDER_SCREEN_H

#include "ui/app.h"

/* Orders the tree at `path` in the background, keeps the run, and opens the screen when it is done. */
void order_screen_start(struct app *app, const char *path);
/* The action: asks for a path when there is no argument. */
void order_screen_ask(struct app *app, struct screen *s, const char *argument);

#endif
