/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The alignment screen: the beads of a run side by side, to be merged, split, shifted and pinned (jobs/bead_desk.h).
 */
#ifndef TAMIS_UI_BEADS_H
#define TAMIS_UI_BEADS_H

#include "ui/app.h"

/* Reads the documents of the run in the background and opens the screen when that is done. */
void beads_start(struct app *app, int64_t run);

#endif
