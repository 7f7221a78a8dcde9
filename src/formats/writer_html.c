/* SPDX-License-Identifier: GPL-3.0-or-later */
/* HTML, for people to read: one page, each record an article, each text preformatted.  No script, no style
 * from elsewhere; a policy in the page keeps it so whatever the data says. */
#include "base/i18n.h"
#include "formats/markup.h"
#include "formats/writer.h"

static void begin_html(struct writer *w)
{
	fprintf(w->file,
		"<!DOCTYPE html>\n<html>\n<head>\n<meta charset=\"utf-8\">\n"
		"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
		"'unsafe-inline'\">\n"
		"<title>%s</title>\n"
		"<style>body{max-width:60em;margin:auto;font-family:sans-serif}pre{white-space:pre-wrap;"
		"background:#f4f4f4;"
		"padding:.5em}h3{margin:.5em 0 0;font-size:1em}</style>\n</head>\n<body>\n",
		item_kind_name(w->kind));
}

static void put_text(struct buf *out, const char *heading, struct span text)
{
	buf_adds(out, "<h3>");
	markup_put_text(out, MARKUP_HTML, span_of(heading));
	/* a line end right after <pre> would be swallowed */
	buf_adds(out, "</h3>\n<pre dir=\"auto\">\n");
	markup_put_text(out, MARKUP_HTML, text);
	buf_adds(out, "</pre>\n");
}

static bool write_html(struct writer *w, const struct export_item *item)
{
	struct span id = export_value(item, ROLE_ID);

	buf_addf(&w->line, "<article>\n<h2>%llu", (unsigned long long)w->written + 1);
	if (id.len) {
		buf_adds(&w->line, ": ");
		markup_put_text(&w->line, MARKUP_HTML, id);
	}
	buf_adds(&w->line, "</h2>\n");
	for (int role = 0; role < ROLE_COUNT; role++) {
		struct span value = export_value(item, (enum role)role);

		if (value.len && (role == ROLE_TEXT || (role >= ROLE_SYSTEM && role <= ROLE_TARGET)))
			put_text(&w->line, role_name((enum role)role), value);
	}
	if (w->annotate && item->annotation.len)
		put_text(&w->line, "_tamis", item->annotation);
	buf_adds(&w->line, "</article>\n");
	fwrite(w->line.p, 1, w->line.len, w->file);
	return true;
}

static void end_html(struct writer *w)
{
	fputs("</body>\n</html>\n", w->file);
}

const struct writer_format writer_html = { "html",
					   "html",
					   N_("HTML, to be read by people"),
					   1u << KIND_DOCUMENT | 1u << KIND_INSTRUCTION | 1u << KIND_BITEXT,
					   false,
					   begin_html,
					   write_html,
					   end_html, NULL };
