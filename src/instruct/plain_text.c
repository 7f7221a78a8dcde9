/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "instruct/plain_text.h"

#include "instruct/outline.h"
#include "instruct/segment.h"

bool plain_text_of(struct buf *out, struct span source)
{
	enum markup markup = markup_guess(source);
	struct outline o = { .text = BUF_INIT };
	bool read = markup != MARKUP_PLAIN && markup != MARKUP_CODE && outline_read(&o, source, markup, NULL) == 0;

	buf_clear(out);
	for (size_t i = 0; read && i < o.blocks.n; i++) {
		buf_add(out, o.text.p + o.blocks.v[i].text, o.blocks.v[i].text_len);
		buf_adds(out, "\n\n");
	}
	outline_free(&o);
	return read;
}
