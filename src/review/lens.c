/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of lenses, the one for kinds that have none of their own, and the raw view. */
#include "review/lens.h"

#include "base/i18n.h"
#include "review/lens_parts.h"
#include "review/lens_table.h"

#define DECLARE(name) extern const struct lens name##_lens;
LENS_TABLE(DECLARE)

#define ROW(name) &name##_lens,
static const struct lens *const table[] = { LENS_TABLE(ROW) NULL };

static const enum role nothing[] = { ROLE_COUNT };
static const char *const one_variant[] = { N_("fields"), NULL };

static void draw_fields(struct sheet *out, const struct item *item, const struct lens_view *view)
{
	lens_info(out, item, view);
	lens_meta(out, item, view, nothing);
}

static void head_fields(struct sheet *out, const struct item *item, int columns)
{
	struct buf line = BUF_INIT;

	for (size_t i = 0; i < item->record.n_fields && line.len < 1000; i++) {
		buf_addspan(&line, item->record.fields[i].name);
		buf_adds(&line, ": ");
		buf_addspan(&line, lens_first_words(item->record.fields[i].value));
		buf_adds(&line, "  ");
	}
	sheet_data(out, STYLE_TEXT, buf_span(&line), columns);
	buf_free(&line);
}

static const struct lens plain_lens = {
	.kind = KIND_NONE,
	.name = "item",
	.help = N_("its fields, name and value"),
	.variants = one_variant,
	.draw = draw_fields,
	.head = head_fields,
	.editable = nothing,
};

const struct lens *lens_for(enum item_kind kind)
{
	for (size_t i = 0; table[i]; i++)
		if (table[i]->kind == kind)
			return table[i];
	return &plain_lens;
}

const struct lens *const *lens_all(void)
{
	return table;
}

unsigned lens_variants(const struct lens *lens)
{
	unsigned n = 0;

	while (lens->variants[n])
		n++;
	return n;
}

void lens_draw(struct sheet *out, const struct item *item, const struct lens_view *view)
{
	const struct lens *lens = lens_for(item->kind);
	struct lens_view use = *view;

	sheet_clear(out);
	use.variant %= lens_variants(lens);
	if (use.raw)
		lens_text(out, &use, -1, buf_span(&item->raw), NULL);
	else
		lens->draw(out, item, &use);
}

void lens_head(struct sheet *out, const struct item *item, int columns)
{
	sheet_line(out, -1);
	lens_for(item->kind)->head(out, item, columns);
}
