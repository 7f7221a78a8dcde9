/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Translation pairs: TMX 1.4 and the two files of Moses. */
#include "base/i18n.h"
#include "formats/markup.h"
#include "formats/writer.h"

/* ---- TMX ---- */

static struct span or_undetermined(const char *lang)
{
	return span_of(lang[0] ? lang : "und");
}

/* As BCP 47 writes a language: zh-CN for zh_CN, without the encoding and modifier of a locale (de_DE.UTF-8@euro). */
static void put_language(struct buf *b, struct span lang)
{
	size_t from = 0, i = 0;

	for (; i < lang.len && lang.p[i] != '.' && lang.p[i] != '@'; i++) {
		if (lang.p[i] != '_')
			continue;
		markup_put_text(b, MARKUP_XML, span_make(lang.p + from, i - from));
		buf_addc(b, '-');
		from = i + 1;
	}
	markup_put_text(b, MARKUP_XML, span_make(lang.p + from, i - from));
}

static void begin_tmx(struct writer *w)
{
	struct buf *b = &w->line;

	buf_clear(b);
	buf_adds(b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE tmx SYSTEM \"tmx14.dtd\">\n<tmx "
		    "version=\"1.4\">\n"
		    "<header creationtool=\"tamis\" creationtoolversion=\"0.1\" segtype=\"sentence\" "
		    "o-tmf=\"tamis\" "
		    "adminlang=\"en\" srclang=\"");
	put_language(b, or_undetermined(w->source_lang));
	buf_adds(b, "\" datatype=\"plaintext\"/>\n<body>\n");
	fwrite(b->p, 1, b->len, w->file);
}

static void put_property(struct buf *b, const char *type, struct span value)
{
	if (value.len == 0)
		return;
	buf_adds(b, "<prop type=\"");
	markup_put_text(b, MARKUP_XML, span_of(type));
	buf_adds(b, "\">");
	markup_put_text(b, MARKUP_XML, value);
	buf_adds(b, "</prop>\n");
}

static void put_variant(struct buf *b, struct span lang, const char *fallback, struct span text)
{
	buf_adds(b, "<tuv xml:lang=\"");
	put_language(b, lang.len ? lang : or_undetermined(fallback));
	buf_adds(b, "\"><seg>");
	markup_put_text(b, MARKUP_XML, text);
	buf_adds(b, "</seg></tuv>\n");
}

static bool write_tmx(struct writer *w, const struct export_item *item)
{
	struct span source = export_value(item, ROLE_SOURCE), target = export_value(item, ROLE_TARGET);
	struct span id = export_value(item, ROLE_ID);
	struct buf *b = &w->line;

	if (source.len == 0 || target.len == 0)
		return false;
	buf_adds(b, "<tu");
	if (id.len) {
		buf_adds(b, " tuid=\"");
		markup_put_text(b, MARKUP_XML, id);
		buf_addc(b, '"');
	}
	buf_adds(b, ">\n");
	put_property(b, "score", export_value(item, ROLE_SCORE));
	if (w->annotate)
		put_property(b, "tamis", item->annotation);
	put_variant(b, export_value(item, ROLE_SOURCE_LANG), w->source_lang, source);
	put_variant(b, export_value(item, ROLE_TARGET_LANG), w->target_lang, target);
	buf_adds(b, "</tu>\n");
	fwrite(b->p, 1, b->len, w->file);
	return true;
}

static void end_tmx(struct writer *w)
{
	fputs("</body>\n</tmx>\n", w->file);
}

const struct writer_format writer_tmx = {
	"tmx",	   "tmx",  N_("a translation memory, TMX 1.4"), 1u << KIND_BITEXT, false, begin_tmx,
	write_tmx, end_tmx, NULL
};

/* ---- Moses ---- */

/* One line: every line end in it, of ASCII or Unicode, becomes a space. */
static void put_line(struct buf *b, struct span text)
{
	for (size_t i = 0; i < text.len; i++) {
		struct span rest = span_make(text.p + i, text.len - i);

		if (text.p[i] == '\n' || text.p[i] == '\r' || text.p[i] == '\v' || text.p[i] == '\f') {
			buf_addc(b, ' ');
		} else if (span_starts(rest, "\xe2\x80\xa8") || span_starts(rest, "\xe2\x80\xa9")) {
			buf_addc(b, ' ');
			i += 2;
		} else if (span_starts(rest, "\xc2\x85")) {
			buf_addc(b, ' ');
			i++;
		} else {
			buf_addc(b, text.p[i]);
		}
	}
	buf_addc(b, '\n');
}

static bool write_moses(struct writer *w, const struct export_item *item)
{
	struct span source = export_value(item, ROLE_SOURCE), target = export_value(item, ROLE_TARGET);

	/* an empty line would mean a sentence without partner */
	if (span_trim(source).len == 0 || span_trim(target).len == 0)
		return false;
	put_line(&w->line, source);
	fwrite(w->line.p, 1, w->line.len, w->file);
	buf_clear(&w->line);
	put_line(&w->line, target);
	fwrite(w->line.p, 1, w->line.len, w->target);
	return true;
}

const struct writer_format writer_moses = {
	"moses", "txt", N_("two line-aligned files"), 1u << KIND_BITEXT, true, NULL, write_moses, NULL, NULL
};
