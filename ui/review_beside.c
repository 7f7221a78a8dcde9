/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What must be seen while a text is being edited: the other texts of the pair, and how the edited one was.  Above the editor, on a wide
 * screen to its left; never more than half of the room. */
#include "config.h"

#include <stdio.h>

#include "base/i18n.h"
#include "ui/review_inside.h"

#define WIDE 120     /* columns from which they stand beside */
#define LEAST 2      /* a rule and a line of text */
#define EDITOR_LEAST 3
#define TEXTS_MAX 8

struct beside {
	char label[64];
	struct span text;
	struct sheet sheet;
	int rows;        /* it may take, the rule included */
};

struct besides {
	struct beside v[TEXTS_MAX];
	size_t n;
	int rows;        /* all together */
};

static void add(struct besides *b, const char *label, const char *more, struct span text, int columns, int most)
{
	struct beside *one = &b->v[b->n];

	if (b->n == TEXTS_MAX || span_trim(text).len == 0 || most < LEAST)
		return;
	snprintf(one->label, sizeof one->label, "%s%s%s", label, *more ? "  " : "", more);
	one->text = text;
	one->sheet.limit = (size_t)most;
	sheet_wrap(&one->sheet, STYLE_TEXT, -1, text, columns, 1);
	one->rows = 1 + (int)one->sheet.lines.n;
	b->rows += one->rows;
	b->n++;
}

/* The longest gives way, until they fit. */
static void shrink(struct besides *b, int most)
{
	while (b->rows > most && b->n > 0) {
		struct beside *longest = &b->v[0];

		for (size_t i = 1; i < b->n; i++)
			longest = b->v[i].rows > longest->rows ? &b->v[i] : longest;
		if (longest->rows > LEAST) {
			longest->rows--;
			b->rows--;
		} else {
			struct beside *last = &b->v[--b->n];

			b->rows -= last->rows;
			sheet_free(&last->sheet);
		}
	}
}

static void draw_one(struct app *app, struct rect r, const struct beside *one)
{
	bool more = (int)one->sheet.lines.n > r.rows - 1 || one->sheet.cut;
	struct rect head = rect_top(&r, 1);

	draw_rule(app, head, 0, STYLE_DIM, one->label);
	draw_sheet(app, r, &one->sheet, 0);
	if (more)
		draw_text(app, r, r.rows - 1, r.columns - 1, STYLE_DIM, "…");
}

void review_draw_beside(struct app *app, struct review *r, const struct item *item, struct rect *area)
{
	bool wide = area->columns >= WIDE;
	int most = wide ? area->rows : (area->rows < 2 * EDITOR_LEAST ? area->rows - EDITOR_LEAST : area->rows / 2);
	struct rect room = *area, rest = *area;
	struct besides b = { .n = 0 };
	int columns;

	if (item->kind != KIND_BITEXT && item->kind != KIND_INSTRUCTION)
		return;
	if (wide)
		room.columns = area->columns / 2 - 1;
	columns = room.columns - 2;
	for (const enum role *role = review_lens(r)->editable; *role != ROLE_COUNT; role++)
		if (*role != r->edited)
			add(&b, role_name(*role), "", item_text(item, *role), columns, most);
	if (b.n == 0)
		return;
	shrink(&b, most);
	add(&b, role_name(r->edited), _("as it came"), record_value(&item->record, r->edited), columns, most - b.rows);
	shrink(&b, most);
	for (size_t i = 0; i < b.n; i++) {
		draw_one(app, rect_top(&room, b.v[i].rows), &b.v[i]);
		sheet_free(&b.v[i].sheet);
	}
	if (wide) {
		rest.x += room.columns + 2;
		rest.columns -= room.columns + 2;
	} else {
		rest = room;
		draw_rule(app, rect_top(&rest, 1), 0, STYLE_DIM, role_name(r->edited));
	}
	*area = rest;
}
