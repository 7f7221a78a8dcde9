/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the files of the order screen share.
 */
#ifndef TAMIS_UI_ORDER_INSIDE_H
#define TAMIS_UI_ORDER_INSIDE_H

#include "jobs/order.h"
#include "ui/app.h"
#include "ui/list.h"

enum order_view { ORDER_FILES, ORDER_CUTS, ORDER_UNRESOLVED, ORDER_RULES, ORDER_VIEWS };

struct order_state {
	struct list list;          /* of the view at hand; first, for LIST_HANDLERS */
	struct list other[ORDER_VIEWS]; /* where the views were left */
	enum order_view view;
	struct order_work *work;   /* owned */
	struct order_request request;
	char *path;                /* request.path */
	uint32_t *shown;           /* files that are not left out, in order */
	uint32_t n_shown;
	uint32_t *window;          /* window of a file, the first it stands in */
	struct code_order compared; /* another order of the same graph; n = 0: none */
	enum code_order_kind compared_kind;
	bool hide_why;
};

extern const char *const order_kind_names[5]; /* "deps" … */

/* After the work has changed: the lists of the screen. */
void order_refresh(struct order_state *o);
/* The file, link or unresolved name under the cursor; false when the view is another or empty. */
bool order_file_here(const struct order_state *o, uint32_t *file);
const struct code_link *order_cut_here(const struct order_state *o);
const struct order_rule *order_rule_here(const struct order_state *o);
const struct code_unresolved *order_unresolved_here(const struct order_state *o);

/* order_draw.c */
void order_draw(struct app *app, struct screen *s, struct rect area);
void order_title(struct app *app, struct screen *s, struct buf *out);
void order_status(struct app *app, struct screen *s, struct buf *out);

/* order_rules.c: what the curator changes */
void order_do_hold(struct app *app, struct screen *s, const char *argument);
void order_do_drop(struct app *app, struct screen *s, const char *argument);
void order_do_alias(struct app *app, struct screen *s, const char *argument);
void order_do_kinds(struct app *app, struct screen *s, const char *argument);
void order_do_order(struct app *app, struct screen *s, const char *argument);
void order_do_budget(struct app *app, struct screen *s, const char *argument);
void order_do_bundle(struct app *app, struct screen *s, const char *argument);
void order_do_compare(struct app *app, struct screen *s, const char *argument);

/* order_decide.c: verdicts on samples */
void order_do_accept(struct app *app, struct screen *s, const char *argument);
void order_do_reject(struct app *app, struct screen *s, const char *argument);
void order_do_skip(struct app *app, struct screen *s, const char *argument);
void order_do_flag(struct app *app, struct screen *s, const char *argument);
void order_do_undecide(struct app *app, struct screen *s, const char *argument);

#endif
