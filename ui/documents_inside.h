/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the files of the documents screen share.
 */
#ifndef TAMIS_UI_DOCUMENTS_INSIDE_H
#define TAMIS_UI_DOCUMENTS_INSIDE_H

#include "ui/app.h"
#include "ui/documents.h"
#include "ui/finder.h"
#include "ui/list.h"
#include "ui/rows.h"

#define ROWS_CACHED 128u
#define NO_RANGE UINT64_MAX

/* A row as it was last laid out. */
struct cached_row {
	bool used;
	uint64_t record;
	unsigned layout;           /* of the screen when it was made */
	struct record_fact fact;
	struct piece *pieces;      /* with their text in one allocation */
	size_t n;
};

struct documents {
	struct list list;          /* first: LIST_HANDLERS */
	struct corpus_view *view;
	struct corpus corpus;
	struct rows rows;
	uint64_t count_seen;       /* records when last drawn */
	bool was_indexing;

	struct cached_row cache[ROWS_CACHED];
	unsigned layout;           /* changes when rows must be laid out anew */
	int layout_columns;
	bool layout_shapes;
	int skip;                  /* columns scrolled out on the left */
	bool raw, meta;
	struct item item;          /* in the metadata pane */
	bool item_loaded;
	uint64_t item_record;

	struct finder *finder;
	char *filter;              /* as typed; NULL: none */
	uint64_t generation;
	uint64_t scanned;
	uint64_t scanned_to;       /* records the last finished scan saw */
	struct error filter_error;
	uint64_t anchor;           /* record under the cursor when the filter began */
	bool settling;             /* the cursor goes there if it is a hit, unless it was moved */

	char sort[16];             /* "" file order */
	uint64_t sorting;          /* number of the sort under way, 0 none */
	uint64_t generation_of_sorts;

	VEC(uint32_t) marks;       /* records, ascending */
	uint64_t range;            /* row where a range began, or NO_RANGE */
};

/* documents_draw.c */
void documents_draw(struct app *app, struct screen *s, struct rect area);
void documents_title(struct app *app, struct screen *s, struct buf *out);
void documents_status(struct app *app, struct screen *s, struct buf *out);
void documents_forget_rows(struct documents *d);
bool documents_is_marked(const struct documents *d, uint64_t record);

/* documents_find.c: filter and sorting */
void documents_do_filter(struct app *app, struct screen *s, const char *argument);
void documents_do_context(struct app *app, struct screen *s, const char *argument);
void documents_do_next_hit(struct app *app, struct screen *s, const char *argument);
void documents_do_previous_hit(struct app *app, struct screen *s, const char *argument);
void documents_do_sort(struct app *app, struct screen *s, const char *argument);
/* What a person typed, as a filter: words that are none become /WORDS/.  The caller frees. */
char *documents_filter_text(const char *typed);
void documents_clear_filter(struct app *app, struct screen *s);
void documents_grown(struct app *app, struct screen *s); /* more records, or the import has ended */

/* documents_decide.c */
void documents_do_accept(struct app *app, struct screen *s, const char *argument);
void documents_do_reject(struct app *app, struct screen *s, const char *argument);
void documents_do_skip(struct app *app, struct screen *s, const char *argument);
void documents_do_flag(struct app *app, struct screen *s, const char *argument);
void documents_do_undecide(struct app *app, struct screen *s, const char *argument);
void documents_do_accept_all(struct app *app, struct screen *s, const char *argument);
void documents_do_reject_all(struct app *app, struct screen *s, const char *argument);
void documents_do_range(struct app *app, struct screen *s, const char *argument);
void documents_do_mark(struct app *app, struct screen *s, const char *argument);
void documents_do_next_mark(struct app *app, struct screen *s, const char *argument);

#endif
