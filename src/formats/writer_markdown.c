/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Markdown, for people to read: a heading, then each text of the record in a block of its own. */
#include "base/i18n.h"
#include "base/utf8.h"
#include "formats/writer.h"

/* What a pager would send on to the terminal as a command becomes U+FFFD. */
static void put_visible(struct buf *out, struct span text)
{
	for (size_t i = 0, used; i < text.len; i += used) {
		int32_t cp = utf8_decode(span_make(text.p + i, text.len - i), &used);

		if (cp < 0 || (cp < 0x20 && cp != '\t' && cp != '\n') || (cp >= 0x7f && cp < 0xa0))
			buf_adds(out, "\xef\xbf\xbd");
		else
			buf_add(out, text.p + i, used);
	}
}

/* A fence longer than any run of backquotes inside. */
static void put_block(struct buf *out, struct span text)
{
	size_t longest = 2, run = 0;

	for (size_t i = 0; i < text.len; i++) {
		run = text.p[i] == '`' ? run + 1 : 0;
		longest = run > longest ? run : longest;
	}
	buf_fill(out, '`', longest + 1);
	buf_addc(out, '\n');
	put_visible(out, text);
	if (text.len && text.p[text.len - 1] != '\n')
		buf_addc(out, '\n');
	buf_fill(out, '`', longest + 1);
	buf_adds(out, "\n\n");
}

static bool write_markdown(struct writer *w, const struct export_item *item)
{
	struct span id = export_value(item, ROLE_ID);

	buf_addf(&w->line, "## %llu", (unsigned long long)w->written + 1);
	if (id.len) {
		buf_adds(&w->line, ": ");
		for (size_t i = 0; i < id.len; i++)
			buf_addc(&w->line, (unsigned char)id.p[i] < 0x20 || id.p[i] == 0x7f ? ' ' : id.p[i]);
	}
	buf_adds(&w->line, "\n\n");
	for (int role = 0; role < ROLE_COUNT; role++) {
		struct span value = export_value(item, (enum role)role);

		if (value.len == 0 || (role != ROLE_TEXT && (role < ROLE_SYSTEM || role > ROLE_TARGET)))
			continue;
		buf_addf(&w->line, "**%s**\n\n", role_name((enum role)role));
		put_block(&w->line, value);
	}
	if (w->annotate && item->annotation.len)
		put_block(&w->line, item->annotation);
	fwrite(w->line.p, 1, w->line.len, w->file);
	return true;
}

const struct writer_format writer_markdown = {
	"markdown", "md", N_("Markdown, to be read by people"),
	1u << KIND_DOCUMENT | 1u << KIND_INSTRUCTION | 1u << KIND_BITEXT, false, NULL, write_markdown, NULL, NULL
};
