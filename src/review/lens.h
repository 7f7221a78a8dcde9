/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A lens is how one kind of item is drawn, and the few things that can be done to that kind only.  Adding a kind is
 * adding a row here; the review loop does not change.
 */
#ifndef TAMIS_REVIEW_LENS_H
#define TAMIS_REVIEW_LENS_H

#include "review/item.h"
#include "review/sheet.h"

struct lens_view {
	int columns;         /* of the pane */
	bool raw_shapes;
	bool raw;            /* the original bytes instead of the fields */
	bool meta;           /* the metadata as well */
	const char *match;   /* a pattern to mark, or NULL */
	unsigned variant;    /* cycles through the lens's layouts (side by side / stacked, diff / plain) */
};

struct lens {
	enum item_kind kind;
	const char *name;          /* "instruction" */
	const char *help;          /* N_() */
	unsigned variants;
	void (*draw)(struct sheet *out, const struct item *item, const struct lens_view *view);
	/* One line for lists: at most `columns`. */
	void (*head)(struct sheet *out, const struct item *item, int columns);
	const enum role *editable; /* ends with ROLE_COUNT */
	const char *reasons;       /* file under share/reasons/: one reason a line, keys 1-9 in order */
};

const struct lens *lens_for(enum item_kind kind);
const struct lens *const *lens_all(void); /* NULL-terminated */

#endif
