/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the files of the app share with each other and with nobody else.
 */
#ifndef TAMIS_UI_APP_INSIDE_H
#define TAMIS_UI_APP_INSIDE_H

#include "ui/app.h"

void app_key(struct app *app, int32_t key);
void app_frame(struct app *app);         /* frame.c: title, screen, status line; sends it */
void app_lay_out(struct app *app);       /* the same without sending it */
void app_drop(struct app *app);          /* closes the top screen without showing the one below */
void app_suspend(struct app *app);
void app_look_at_jobs(struct app *app);  /* outside.c: says the ends, keeps the status line's job */
void app_open_queue(struct app *app, const char *queue);
int app_use_theme(struct app *app, const char *name, struct error *err);
int app_use_keys(struct app *app, const char *name, struct error *err);
/* The action `cancel` where the screen has nothing of its own to stop. */
void app_cancel(struct app *app, struct screen *s, const char *argument);
/* The action `import` of the screens that have it: asks for a path when there is none. */
void app_ask_import(struct app *app, struct screen *s, const char *argument);

#endif
