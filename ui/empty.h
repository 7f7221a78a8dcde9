/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a screen shows when it has nothing to show: one sentence, and what to do next with which key.
 */
#ifndef TAMIS_UI_EMPTY_H
#define TAMIS_UI_EMPTY_H

#include "ui/app.h"

struct hint {
	enum action_id action;  /* ACTION_NONE ends the list, unless `words` is set: then a line without a key */
	const char *words;      /* N_() */
};

void empty_draw(struct app *app, struct rect area, const char *sentence, const struct hint *hints);

#endif
