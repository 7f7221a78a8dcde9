/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * <tu> elements of a translation memory.  Tags are found by their '<' alone (XML escapes it everywhere else);
 * comments are skipped, CDATA sections inside a unit too.
 */
#include "formats/cutters.h"

#define LOOK 9 /* strlen("<![CDATA[") */

/* True when `tag` ("<tu", "</tu") is what stands at `scan`, and its name ends there. */
static bool at_tag(const struct framer *f, const char *tag)
{
	size_t n = strlen(tag), left = f->have - f->scan;
	char after;

	if (left < n || memcmp(f->window + f->scan, tag, n) != 0)
		return false;
	after = left > n ? f->window[f->scan + n] : '>';
	return after == '>' || after == ' ' || after == '\t' || after == '\n' || after == '\r' ||
	       after == '/';
}

static bool at(const struct framer *f, const char *word)
{
	size_t n = strlen(word);

	return f->have - f->scan >= n && memcmp(f->window + f->scan, word, n) == 0;
}

/* Moves after the next `end` ("-->", "]]>"); false when it is not in the window (and scan is where to look
 * on). */
static bool past(struct framer *f, const char *end)
{
	size_t n = strlen(end);
	const char *hit = memmem(f->window + f->scan, f->have - f->scan, end, n);

	if (hit == NULL) {
		f->scan = f->have - f->scan > n ? f->have - n + 1 : f->scan;
		if (f->eof)
			f->scan = f->have;
		return false;
	}
	f->scan = (size_t)(hit - f->window) + n;
	return true;
}

/* To the next '<' that has enough after it to be told what it is. */
static bool find_tag(struct framer *f)
{
	const char *open = memchr(f->window + f->scan, '<', f->have - f->scan);

	f->scan = open ? (size_t)(open - f->window) : f->have;
	return open && (f->eof || f->have - f->scan >= LOOK);
}

static enum cut unit_ends(struct framer *f)
{
	const char *close = memchr(f->window + f->scan, '>', f->have - f->scan);

	if (close == NULL) {
		if (f->eof)
			f->scan = f->have;
		return CUT_MORE;
	}
	f->scan = f->mark = (size_t)(close - f->window) + 1;
	return CUT_END;
}

/* Through the unit's own tag; `<tu/>` is a whole unit. */
static enum cut through_tag(struct framer *f)
{
	const char *close = memchr(f->window + f->scan, '>', f->have - f->scan);

	if (close == NULL) {
		f->scan = f->eof ? f->have : f->have - 1; /* a slash before it must stay in sight */
		return CUT_MORE;
	}
	f->in_tag = false;
	f->scan = f->mark = (size_t)(close - f->window) + 1;
	return close > f->window && close[-1] == '/' ? CUT_END : CUT_BEGIN;
}

static enum cut step_tmx(struct framer *f)
{
	if (f->inside && f->in_tag) {
		enum cut cut = through_tag(f);

		if (cut != CUT_BEGIN)
			return cut;
	}
	for (;;) {
		if (f->comment || f->in_string) {
			if (!past(f, f->comment ? "-->" : "]]>"))
				return CUT_MORE;
			f->comment = f->in_string = false;
		}
		if (!find_tag(f))
			return CUT_MORE;
		if (at(f, "<!--")) {
			f->comment = true;
			continue;
		}
		if (f->inside && at(f, "<![CDATA[")) {
			f->in_string = true;
			continue;
		}
		if (f->inside && at_tag(f, "</tu"))
			return unit_ends(f);
		if (at_tag(f, "<tu")) {
			if (!f->inside) {
				f->mark = f->scan++;
				f->in_tag = true;
				return CUT_BEGIN;
			}
			/* the unit before was not closed: it ends here and will be rejected alone */
			f->mark = f->scan;
			return CUT_END;
		}
		f->scan++;
	}
}

const struct cutter cutter_tmx = { step_tmx, NULL, NULL, false, false };
