/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Entries of a gettext catalogue.  An entry ends at a blank line, or where the next one begins (a comment,
 * msgctxt or msgid after a msgstr).  What is no translation is passed over: the header, fuzzy, obsolete and
 * untranslated entries.
 */
#include "formats/cutters.h"

#define LINE_LIMIT ((size_t)64 * 1024) /* a longer line is looked at in pieces: it can only be text */

enum line { LINE_BLANK, LINE_COMMENT, LINE_BEGINS, LINE_TRANSLATION, LINE_OTHER };

static enum line classify(struct span line)
{
	line = span_trim(line);
	if (line.len == 0)
		return LINE_BLANK;
	if (span_starts(line, "#~")) {
		line = span_trim(span_make(line.p + 2, line.len - 2));
		if (span_starts(line, "|"))
			return LINE_OTHER;
	} else if (line.p[0] == '#') {
		return LINE_COMMENT;
	}
	if (span_starts(line, "msgstr"))
		return LINE_TRANSLATION;
	if (span_starts(line, "msgctxt") ||
	    (span_starts(line, "msgid") && !span_starts(line, "msgid_plural")))
		return LINE_BEGINS;
	return LINE_OTHER;
}

static enum cut entry_ends(struct framer *f, size_t mark)
{
	while (mark > f->begin && (f->window[mark - 1] == '\n' || f->window[mark - 1] == '\r'))
		mark--;
	f->mark = mark;
	return CUT_END;
}

static enum cut step_po(struct framer *f)
{
	while (f->scan < f->have) {
		const char *newline = memchr(f->window + f->scan, '\n', f->have - f->scan);
		size_t to = newline ? (size_t)(newline - f->window) : f->have;
		enum line line;

		if (newline == NULL && !f->eof && f->have - f->scan < LINE_LIMIT)
			return CUT_MORE;
		line = classify(span_make(f->window + f->scan, to - f->scan));
		if (!f->inside && line != LINE_BLANK) {
			f->translated = false;
			f->mark = f->scan;
			return CUT_BEGIN;
		}
		if (f->inside && f->translated && (line == LINE_COMMENT || line == LINE_BEGINS)) {
			f->translated = false;
			return entry_ends(f, f->scan);
		}
		if (f->inside && f->translated && line == LINE_BLANK) {
			size_t mark = f->scan;

			f->scan = newline ? to + 1 : to;
			return entry_ends(f, mark);
		}
		f->translated |= line == LINE_TRANSLATION;
		f->scan = newline ? to + 1 : to;
	}
	return CUT_MORE;
}

static enum cut finish_po(struct framer *f)
{
	return f->inside ? entry_ends(f, f->have) : CUT_MORE;
}

/* True when every string after this keyword is empty; `rest` begins after the keyword. */
static bool is_empty_string(struct span rest)
{
	bool first = true;

	while (rest.len) {
		struct span line = span_trim(span_line(&rest));

		if (line.len == 0 || (!first && line.p[0] != '"'))
			break;
		if (!span_is(line, "\"\""))
			return false;
		first = false;
	}
	return true;
}

static bool skip_po(const struct framer *f, struct span record)
{
	bool has_id = false, id_empty = false, has_translation = false, translation_empty = true;
	struct span rest = record;

	(void)f;
	while (rest.len) {
		struct span line = span_trim(span_line(&rest));
		const char *from = line.p;

		if (span_starts(line, "#~"))
			return true;
		if (span_starts(line, "#,") && memmem(line.p, line.len, "fuzzy", 5))
			return true;
		if (span_starts(line, "msgid") && !span_starts(line, "msgid_plural")) {
			has_id = true;
			id_empty = is_empty_string(
				span_make(from + 5, (size_t)(record.p + record.len - from) - 5));
		} else if (span_starts(line, "msgstr") && !has_translation) {
			size_t word = span_starts(line, "msgstr[0]") ? 9 : 6;

			has_translation = true;
			translation_empty = is_empty_string(
				span_make(from + word, (size_t)(record.p + record.len - from) - word));
		}
	}
	/* comments alone, the header, or not translated yet; what is broken is for record_scan to say */
	return (!has_id && !has_translation) || (has_id && id_empty) ||
	       (has_translation && translation_empty);
}

const struct cutter cutter_po = { step_po, finish_po, skip_po, false, false };
