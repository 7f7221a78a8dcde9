/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Documents: the text, and the metadata when asked. */
#include "base/i18n.h"
#include "review/lens_parts.h"

static const enum role editable[] = { ROLE_TEXT, ROLE_COUNT };
static const enum role shown[] = { ROLE_TEXT, ROLE_COUNT };
static const char *const variants[] = { N_("changes marked"), N_("as exported"), NULL };

static void draw(struct sheet *out, const struct item *item, const struct lens_view *view)
{
	bool edited = lens_edited(item, ROLE_TEXT);

	lens_info(out, item, view);
	if (view->meta)
		lens_meta(out, item, view, shown);
	if (edited)
		lens_heading(out, ROLE_TEXT, _("text"), _("edited"));
	else
		sheet_line(out, -1);
	lens_field(out, item, view, ROLE_TEXT, NULL, view->variant == 1);
}

static void head(struct sheet *out, const struct item *item, int columns)
{
	sheet_data(out, STYLE_TEXT, lens_first_words(item_text(item, ROLE_TEXT)), columns);
}

const struct lens document_lens = {
	.kind = KIND_DOCUMENT,
	.name = "document",
	.help = N_("a document's text and metadata"),
	.variants = variants,
	.draw = draw,
	.head = head,
	.editable = editable,
};
