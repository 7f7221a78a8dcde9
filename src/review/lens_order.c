/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A file's place in an order: why it stands here, what it uses, what uses it, which links were cut. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/i18n.h"
#include "review/lens_parts.h"

static const enum role editable[] = { ROLE_COUNT };
static const enum role shown[] = { ROLE_ID, ROLE_LANG, ROLE_COUNT };
static const char *const variants[] = { N_("why here"), NULL };

static struct span member(const struct item *item, const char *name)
{
	for (size_t i = 0; i < item->record.n_fields; i++)
		if (span_is(item->record.fields[i].name, name))
			return item->record.fields[i].value;
	return span_make("", 0);
}

static long long number(const struct item *item, const char *name)
{
	struct span text = member(item, name);
	char digits[24] = "";

	if (text.len < sizeof digits)
		memcpy(digits, text.p, text.len);
	return strtoll(digits, NULL, 10);
}

/* One path a line with a sign before it; nothing when the list is empty. */
static void draw_paths(struct sheet *out, const struct item *item, const struct lens_view *view, const char *name, const char *heading,
		       const char *sign, enum style style)
{
	struct span text = member(item, name);
	json_t *list = json_loadb(text.p, text.len, 0, NULL), *path;
	char count[32];
	size_t i;

	snprintf(count, sizeof count, "%zu", json_array_size(list));
	if (json_array_size(list))
		lens_heading(out, -1, heading, count);
	json_array_foreach(list, i, path) {
		sheet_line(out, -1);
		sheet_put(out, STYLE_DIM, span_of(sign));
		sheet_data(out, style, span_make(json_string_value(path), json_string_length(path)), view->columns - 4);
	}
	json_decref(list);
}

static void draw(struct sheet *out, const struct item *item, const struct lens_view *view)
{
	lens_info(out, item, view);
	lens_heading(out, -1, _("file"), NULL);
	sheet_wrap(out, STYLE_STRONG, -1, record_value(&item->record, ROLE_ID), view->columns, 0);
	sheet_line(out, -1);
	sheet_putf(out, STYLE_DIM, _("position %lld · layer %lld · component %lld · group %lld · %lld bytes · "), number(item, "position"),
		   number(item, "layer"), number(item, "component"), number(item, "group"), number(item, "bytes"));
	sheet_data(out, STYLE_DIM, record_value(&item->record, ROLE_LANG), 20);
	draw_paths(out, item, view, "cuts", _("needs, but comes before (a cut link)"), " ✂  ", STYLE_WARNING);
	draw_paths(out, item, view, "depends_on", _("needs"), " ↑  ", STYLE_TEXT);
	draw_paths(out, item, view, "used_by", _("is needed by"), " ↓  ", STYLE_TEXT);
	if (view->meta)
		lens_meta(out, item, view, shown);
}

static void head(struct sheet *out, const struct item *item, int columns)
{
	struct buf line = BUF_INIT;
	struct span cuts = member(item, "cuts");

	buf_addf(&line, "%6lld  ", number(item, "position"));
	buf_addspan(&line, record_value(&item->record, ROLE_ID));
	if (cuts.len > 2)
		buf_adds(&line, "  ✂");
	sheet_data(out, STYLE_TEXT, buf_span(&line), columns);
	buf_free(&line);
}

const struct lens order_lens = {
	.kind = KIND_ORDER,
	.name = "order",
	.help = N_("a file's place in a dependency order, and why"),
	.variants = variants,
	.draw = draw,
	.head = head,
	.editable = editable,
};
