/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The lexicon screen: which words a mining run has linked; those rejected are not linked by the next run over the same two
 * corpora (review/learned.h).
 */
#ifndef TAMIS_UI_LEXICON_H
#define TAMIS_UI_LEXICON_H

#include "ui/app.h"

/* Gathers the words in the background and opens the screen when that is done. */
void lexicon_start(struct app *app, int64_t run);

#endif
