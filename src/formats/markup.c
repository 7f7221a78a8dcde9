/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "formats/markup.h"

#include "base/utf8.h"

/* What stands for a character; NULL: itself. */
static const char *entity(enum markup markup, int32_t cp)
{
	static const char unknown[] = "\xef\xbf\xbd";

	switch (cp) {
	case '&': return "&amp;";
	case '<': return "&lt;";
	case '>': return "&gt;";
	case '"': return "&quot;";
	case '\r': return markup == MARKUP_XML ? "&#13;" : NULL;
	case '\t':
	case '\n': return NULL;
	case 0xfffe:
	case 0xffff: return unknown;
	default: break;
	}
	if (cp < 0x20 || (markup == MARKUP_HTML && cp >= 0x7f && cp < 0xa0))
		return unknown;
	return NULL;
}

void markup_put_text(struct buf *out, enum markup markup, struct span text)
{
	for (size_t i = 0, used; i < text.len; i += used) {
		int32_t cp = utf8_decode(span_make(text.p + i, text.len - i), &used);
		const char *other = entity(markup, cp);

		if (other)
			buf_adds(out, other);
		else
			buf_add(out, text.p + i, used);
	}
}
