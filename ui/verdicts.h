/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The current verdicts as the browsing screens show them: a map from item key to verdict, filled by a worker at start and kept up
 * by decisions.  Deciding here goes the same way as in the review loop: workspace_decide() and its undo log.
 */
#ifndef TAMIS_UI_VERDICTS_H
#define TAMIS_UI_VERDICTS_H

#include "review/sheet.h"
#include "store/store.h"

struct app;
struct screen;
struct verdicts;

struct verdicts *verdicts_new(struct app *app); /* becomes app->verdicts; starts filling */
void verdicts_free(struct verdicts *v);
void verdicts_woken(struct app *app);           /* the loop calls it: decisions may have become durable */
void verdicts_look(struct app *app);            /* at each key: has another session decided anything? */
void verdicts_refresh(struct app *app);         /* after others may have decided (the review screen, undo) */
enum verdict verdicts_of(const struct verdicts *v, const struct hash128 *key, bool *pending);
/* One step: the same verdict for `n` records of a view, by index; NULL: for all of them.  Many are decided by a job. */
int verdicts_decide(struct app *app, struct corpus_view *view, const uint64_t *records, size_t n, enum verdict verdict,
		    struct error *err);
/* One step over decisions made by the caller, all with `verdict`; shown at once, durable soon. */
void verdicts_submit(struct app *app, const struct decision *d, size_t n, enum verdict verdict);
/* The actions undo and redo, the same on every screen that isn't the review loop's. */
void verdicts_do_undo(struct app *app, struct screen *s, const char *argument);
void verdicts_do_redo(struct app *app, struct screen *s, const char *argument);

/* The sign that tells a verdict without colour: "✓" "✗" "»" "⚑", " " for none; and its style. */
const char *verdict_sign(enum verdict v);
enum style verdict_style(enum verdict v);

#endif
