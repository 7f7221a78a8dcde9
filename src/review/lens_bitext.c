/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bitext: source and target beside each other where there is room, else below each other; numbers, URLs, placeholders and tags that
 * one side lacks are marked as [!30] and listed in one line.  Pairs that were mined show which words were linked, and the other
 * candidates. */
#include <stdio.h>

#include "base/i18n.h"
#include "review/item_context.h"
#include "review/lens_links.h"
#include "review/lens_parts.h"
#include "text/anchors.h"
#include "text/display.h"
#include "text/langid.h"

#define WIDE 120
#define GAP " │ "
#define GAP_COLUMNS 3
#define LISTED_MAX 12 /* anchors named in the one line */

static const enum role editable[] = { ROLE_SOURCE, ROLE_TARGET, ROLE_COUNT };
static const enum role shown[] = { ROLE_SOURCE, ROLE_TARGET, ROLE_SOURCE_LANG, ROLE_TARGET_LANG, ROLE_COUNT };
static const char *const variants[] = { N_("beside each other"), N_("below each other"), N_("linked words"), N_("as exported"),
					 NULL };

enum variant { BESIDE, BELOW, LINKED, PLAIN };

struct sides {
	struct anchors anchors[2];
	struct span text[2];
	struct word_marks words;  /* drawn in the variant LINKED */
};

static void list_alone(struct flow *f, const struct anchors *a, struct span text, const char *label, bool *any)
{
	size_t listed = 0, left = 0;

	vec_each(&a->all, i) {
		const struct anchor *at = &a->all.v[i];

		if (!at->alone)
			continue;
		if (listed == LISTED_MAX) {
			left++;
			continue;
		}
		if (listed++ == 0) {
			flow_data(f, STYLE_WARNING, span_of(*any ? "  " : "! "));
			flow_data(f, STYLE_WARNING, span_of(label));
		}
		flow_data(f, STYLE_WARNING, span_of(" "));
		flow_data(f, STYLE_WARNING, span_make(text.p + at->at, at->len < 60 ? at->len : 60));
	}
	if (left > 0) {
		char more[32];

		snprintf(more, sizeof more, " +%zu", left);
		flow_data(f, STYLE_WARNING, span_of(more));
	}
	*any = *any || listed > 0;
}

/* The one line: what only one side has. */
static void draw_mismatches(struct sheet *out, const struct sides *s, const struct lens_view *view)
{
	struct flow *f = flow_begin(out, -1, view->columns, 0, false);
	bool any = false;

	list_alone(f, &s->anchors[0], s->text[0], _("only in the source:"), &any);
	list_alone(f, &s->anchors[1], s->text[1], _("only in the target:"), &any);
	flow_end(f);
}

/* The sentence before or after in the document, one line of it. */
static void draw_neighbour(struct sheet *out, const struct item *item, const struct lens_view *view, int side, bool after)
{
	const struct item_context *c = item->context;
	struct span text = c ? lens_first_words(after ? c->after[side] : c->before[side]) : (struct span){ NULL, 0 };

	if (text.len == 0)
		return;
	sheet_line(out, -1);
	sheet_put(out, STYLE_DIM, span_of(after ? "↓ " : "↑ "));
	sheet_data(out, STYLE_DIM, text, view->columns - 2);
}

static void draw_side(struct sheet *out, const struct item *item, const struct lens_view *view, const struct sides *s, int side)
{
	enum role role = side ? ROLE_TARGET : ROLE_SOURCE;
	struct span lang = record_value(&item->record, side ? ROLE_TARGET_LANG : ROLE_SOURCE_LANG);
	bool edited = lens_edited(item, role);
	stretches marks = { 0 };

	sheet_line(out, role);
	sheet_put(out, STYLE_HEADING, span_of(side ? _("target") : _("source")));
	if (lang.len > 0) {
		sheet_put(out, STYLE_DIM, span_of(" "));
		sheet_data(out, STYLE_DIM, lang, 16);
	}
	if (edited)
		sheet_putf(out, STYLE_CHANGED, "  %s", _("edited"));
	for (size_t i = 0; view->variant != PLAIN && view->variant != LINKED && i < s->anchors[side].all.n; i++) {
		const struct anchor *a = &s->anchors[side].all.v[i];

		if (a->alone)
			vec_push(&marks, (struct stretch){ a->at, a->len, STYLE_WARNING, "[!", "]" });
	}
	if (view->variant != PLAIN)
		draw_neighbour(out, item, view, side, false);
	if (edited && view->variant != PLAIN)
		lens_word_diff(out, view, role, record_value(&item->record, role), s->text[side]);
	else
		lens_text(out, view, role, s->text[side], view->variant == LINKED ? &s->words.sides[side] : &marks);
	if (view->variant != PLAIN)
		draw_neighbour(out, item, view, side, true);
	vec_free(&marks);
}

static void draw_beside(struct sheet *out, const struct item *item, const struct lens_view *view, const struct sides *s)
{
	struct sheet left = { .limit = out->limit }, right = { .limit = out->limit };
	struct lens_view half = *view;

	half.columns = (view->columns - GAP_COLUMNS) / 2;
	draw_side(&left, item, &half, s, 0);
	half.columns = view->columns - GAP_COLUMNS - half.columns;
	draw_side(&right, item, &half, s, 1);
	sheet_beside(out, &left, &right, (view->columns - GAP_COLUMNS) / 2, GAP);
	sheet_free(&left);
	sheet_free(&right);
}

static void draw(struct sheet *out, const struct item *item, const struct lens_view *view)
{
	struct sides s = { .text = { item_text(item, ROLE_SOURCE), item_text(item, ROLE_TARGET) } };
	size_t alone;

	anchors_find(&s.anchors[0], s.text[0], lang_from_code(record_value(&item->record, ROLE_SOURCE_LANG)));
	anchors_find(&s.anchors[1], s.text[1], lang_from_code(record_value(&item->record, ROLE_TARGET_LANG)));
	alone = anchors_compare(&s.anchors[0], &s.anchors[1]);
	lens_info(out, item, view);
	if (alone > 0)
		draw_mismatches(out, &s, view);
	sheet_line(out, -1);
	word_marks_find(&s.words, item);
	if (view->columns >= WIDE && (view->variant == BESIDE || view->variant == LINKED)) {
		draw_beside(out, item, view, &s);
	} else {
		draw_side(out, item, view, &s, 0);
		sheet_line(out, -1);
		draw_side(out, item, view, &s, 1);
	}
	if (view->variant == LINKED)
		lens_uncovered(out, item, view, &s.words);
	if (view->variant != PLAIN)
		lens_rivals(out, item, view);
	if (view->meta)
		lens_meta(out, item, view, shown);
	word_marks_free(&s.words);
	anchors_free(&s.anchors[0]);
	anchors_free(&s.anchors[1]);
}

static void head(struct sheet *out, const struct item *item, int columns)
{
	int half = (columns - GAP_COLUMNS) / 2;
	struct buf source = BUF_INIT;
	int used = display_line(&source, lens_first_words(item_text(item, ROLE_SOURCE)), half, false);

	sheet_put(out, STYLE_TEXT, buf_span(&source));
	sheet_put(out, STYLE_DIM, span_of(GAP));
	sheet_data(out, STYLE_TEXT, lens_first_words(item_text(item, ROLE_TARGET)), columns - GAP_COLUMNS - used);
	buf_free(&source);
}

const struct lens bitext_lens = {
	.kind = KIND_BITEXT,
	.name = "bitext",
	.help = N_("a sentence pair: source, target, and what one of them lacks"),
	.variants = variants,
	.draw = draw,
	.head = head,
	.editable = editable,
};
