/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Whether the files of the corpora are still those that were imported, looked at on a thread of its own: disks may be slow.
 */
#ifndef TAMIS_UI_CORPORA_HEALTH_H
#define TAMIS_UI_CORPORA_HEALTH_H

#include "ui/app.h"

struct health_check;

/* `done` is called on the main thread with what was found (its to free), if `screen` is still there and the check went well. */
typedef void (*health_done)(struct app *app, struct screen *screen, struct corpus_health *found, size_t n);
/* NULL when it can't be started.  Ends by itself; the pointer is good until `done` was called or health_check_stop() was. */
struct health_check *health_check_start(struct app *app, struct screen *screen, health_done done);
void health_check_stop(struct health_check *check); /* the screen goes: waits for the thread */

#endif
