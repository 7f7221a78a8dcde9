/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The tour's guide: what this screen is and the keys that matter on it, in two lines under the title.  A row of the table in
 * guide.c each; screens without one have none.
 */
#ifndef TAMIS_UI_GUIDE_H
#define TAMIS_UI_GUIDE_H

#include "ui/app.h"

/* Takes the lines off the top of `body`; leaves small terminals alone. */
void guide_draw(struct app *app, struct rect *body);

#endif
