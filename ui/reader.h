/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Opening one record over the list it stands in.
 */
#ifndef TAMIS_UI_READER_H
#define TAMIS_UI_READER_H

#include "ui/list.h"
#include "ui/rows.h"

struct reader_request {
	struct corpus_view *view;   /* these three belong to the screen below, which outlives the reader */
	struct rows *rows;
	struct list *list;          /* its cursor is the record shown, and moves with it */
	const char *pattern;        /* what the list was filtered by, or NULL: marked in the text when it is a plain pattern */
};

#endif
