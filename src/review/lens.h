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
	bool verdict_shown;  /* the face shows verdict and annotator itself */
	const char *match;   /* a pattern to mark, or NULL */
	unsigned variant;    /* cycles through the lens's layouts (side by side / stacked, diff / plain) */
};

struct lens {
	enum item_kind kind;
	const char *name;                  /* "instruction"; also of its list of reasons (review/reasons.h) */
	const char *help;                  /* N_() */
	const char *const *variants;       /* N_() names of the layouts, NULL-terminated, at least one */
	void (*draw)(struct sheet *out, const struct item *item, const struct lens_view *view);
	/* One line for lists: at most `columns`. */
	void (*head)(struct sheet *out, const struct item *item, int columns);
	const enum role *editable;         /* ends with ROLE_COUNT */
};

/* Never NULL: kinds without a lens of their own get one that lists their fields. */
const struct lens *lens_for(enum item_kind kind);
const struct lens *const *lens_all(void); /* NULL-terminated */
unsigned lens_variants(const struct lens *lens);

/* What faces call: the item whole, by the lens of its kind, or its raw bytes.  `out` is cleared first; with out->limit set, laying
 * out stops there (out->cut).  The head appends one line. */
void lens_draw(struct sheet *out, const struct item *item, const struct lens_view *view);
void lens_head(struct sheet *out, const struct item *item, int columns);

#endif
