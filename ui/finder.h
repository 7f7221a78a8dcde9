/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A filter running beside the screen: one worker with its own store.  Each new question ends the one before; hits come back in blocks
 * on the main thread, marked with the generation of the question.
 */
#ifndef TAMIS_UI_FINDER_H
#define TAMIS_UI_FINDER_H

#include "ui/screen.h"
#include "store/store.h"

struct finder;

struct found {
	uint64_t generation;
	const uint32_t *records;  /* ascending */
	size_t n;
	uint64_t scanned;         /* records looked at so far */
	bool ended;               /* the last of this generation; `code` and `err` tell how */
	int code;
	struct error err;
};

/* `got` runs on the main thread with the screen `serial` while that is open. */
struct finder *finder_new(struct app *app, uint32_t serial, struct corpus_view *view,
			  void (*got)(struct app *app, struct screen *s, const struct found *found));
void finder_free(struct finder *f);
/* Starts `filter`; returns its generation. */
uint64_t finder_ask(struct finder *f, const char *filter);
void finder_stop(struct finder *f);
bool finder_working(const struct finder *f);

#endif
