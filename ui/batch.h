/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The action log, both ways: --record writes every action as a line `NAME [ARGUMENT]`, --batch does the lines of such a file, each
 * when the screen has come to rest.  Blank lines and lines starting with # are skipped; `wait` lets background work end first.
 * Without a terminal the screen is painted into nothing and the program ends with the file.
 */
#ifndef TAMIS_UI_BATCH_H
#define TAMIS_UI_BATCH_H

#include "ui/app.h"

int batch_open(struct app *app, const char *replay, const char *record, bool headless, struct error *err);
void batch_close(struct app *app);
bool batch_ready(struct app *app);  /* a line could be done now */
void batch_step(struct app *app);   /* does one, if there is one */
void batch_wait(struct app *app);   /* the action `wait` */
void batch_log(struct app *app, enum screen_id screen, const struct action *a, const char *argument);

#endif
