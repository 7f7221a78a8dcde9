/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Asking a model from the screen: a run over a corpus, begun by one line (jobs/ask_line.h) that is remembered in the workspace, and gone
 * on with from the run it belongs to.  The service's key is read from TAMIS_API_KEY, never typed and never kept.
 */
#ifndef TAMIS_UI_ASK_H
#define TAMIS_UI_ASK_H

#include "jobs/ask_line.h"
#include "ui/app.h"

/* For the list of corpora: asks for the line, beginning with the last one, or the run's; with an `argument`, that is the line.  One of
 * `corpus` and `run` is NULL. */
void ask_model(struct app *app, const char *corpus, const struct run *run, const char *argument);

/* The service and model an item was made with (`run`), or those asked last.  False when there are none. */
bool ask_remembered(struct app *app, struct ask_line *out, int64_t run);

#endif
