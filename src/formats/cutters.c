/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where records begin and end, for lines, tables, JSON values, paragraphs and whole files. */
#include "base/i18n.h"
#include "formats/cutters.h"
#include "formats/framer.h"

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* ---- lines ---- */

static enum cut line_ends(struct framer *f)
{
	if (f->mark > f->begin && f->window[f->mark - 1] == '\r')
		f->mark--;
	return CUT_END;
}

static enum cut finish_line(struct framer *f)
{
	return f->inside ? line_ends(f) : CUT_MORE;
}

static enum cut inside_line(struct framer *f)
{
	const char *newline = memchr(f->window + f->scan, '\n', f->have - f->scan);

	if (newline == NULL) {
		f->scan = f->have;
		return CUT_MORE;
	}
	f->mark = (size_t)(newline - f->window);
	f->scan = f->mark + 1;
	return line_ends(f);
}

/* JSON Lines: white space around an object is not part of it. */
static enum cut step_json_line(struct framer *f)
{
	if (f->inside)
		return inside_line(f);
	while (f->scan < f->have && is_space(f->window[f->scan]))
		f->scan++;
	f->mark = f->scan;
	return f->scan < f->have ? CUT_BEGIN : CUT_MORE;
}

/* Other lines begin with their first byte, even a tab. */
static enum cut step_line(struct framer *f)
{
	if (f->inside)
		return inside_line(f);
	while (f->scan < f->have) {
		char c = f->window[f->scan];

		if (c == '\r' && f->scan + 1 == f->have && !f->eof)
			return CUT_MORE;
		if (c != '\n' && !(c == '\r' && f->scan + 1 < f->have && f->window[f->scan + 1] == '\n'))
			break;
		f->scan++;
	}
	f->mark = f->scan;
	return f->scan < f->have ? CUT_BEGIN : CUT_MORE;
}

static bool is_blank(const struct framer *f, struct span record)
{
	(void)f;
	return span_trim(record).len == 0;
}

/* ---- tables with quotes ---- */

/* At a quote inside quotes: over a doubled one, or out.  False: the next byte is not here yet. */
static bool leave_quotes(struct framer *f)
{
	if (f->scan + 1 == f->have && !f->eof)
		return false;
	if (f->scan + 1 < f->have && f->window[f->scan + 1] == '"') {
		f->scan += 2;
	} else {
		f->scan++;
		f->in_string = false;
	}
	return true;
}

static enum cut step_row(struct framer *f)
{
	if (!f->inside) {
		f->cell_start = true;
		f->in_string = false;
		return step_line(f);
	}
	while (f->scan < f->have) {
		char c = f->window[f->scan];

		if (f->in_string) {
			const char *quote = memchr(f->window + f->scan, '"', f->have - f->scan);

			f->scan = quote ? (size_t)(quote - f->window) : f->have;
			if (quote && !leave_quotes(f))
				return CUT_MORE;
			continue;
		}
		if (c == '\n') {
			f->mark = f->scan++;
			return line_ends(f);
		}
		f->in_string = f->cell_start && c == '"';
		f->cell_start = c == f->shape->delimiter;
		f->scan++;
	}
	return CUT_MORE;
}

/* ---- JSON values: the elements of one array, or one after the other ---- */

static enum cut json_begins(struct framer *f)
{
	char c = f->window[f->scan];

	f->mark = f->scan;
	f->depth = 0;
	f->in_string = false;
	f->scalar = c != '{' && c != '[' && c != '"';
	if (f->scalar)
		f->scan++; /* whatever it is, it is one byte at least */
	return CUT_BEGIN;
}

static enum cut before_json(struct framer *f)
{
	for (; f->scan < f->have; f->scan++) {
		char c = f->window[f->scan];

		bool within = (f->in_array || f->resumed) && !f->closed;

		if (is_space(c) || (c == ',' && within))
			continue;
		if (c == '[' && !f->in_array && !f->resumed && !f->shape->single)
			f->in_array = true;
		else if (c == ']' && within)
			f->closed = true;
		else
			return json_begins(f);
	}
	return CUT_MORE;
}

static enum cut scalar_json(struct framer *f)
{
	for (; f->scan < f->have; f->scan++) {
		char c = f->window[f->scan];

		if (is_space(c) || c == ',' || c == ']' || c == '}') {
			f->mark = f->scan;
			return CUT_END;
		}
	}
	return CUT_MORE;
}

/* Inside a string: to its closing quote. False: not in the window. */
static bool through_string(struct framer *f)
{
	while (f->scan < f->have) {
		f->scan += f->plain(f->window + f->scan, f->have - f->scan);
		if (f->scan == f->have)
			return false;
		if (f->window[f->scan] == '\\') {
			if (f->scan + 1 == f->have)
				return false;
			f->scan += 2;
			continue;
		}
		f->in_string = f->window[f->scan] != '"';
		f->scan++;
		if (!f->in_string)
			return true;
	}
	return false;
}

static enum cut step_json(struct framer *f)
{
	if (!f->inside)
		return before_json(f);
	if (f->scalar)
		return scalar_json(f);
	while (f->scan < f->have) {
		char c;

		if (f->in_string) {
			if (!through_string(f))
				return CUT_MORE;
		} else {
			c = f->window[f->scan++];
			if (c == '"')
				f->in_string = true;
			else if (c == '{' || c == '[')
				f->depth++;
			else if ((c == '}' || c == ']') && f->depth > 0)
				f->depth--;
		}
		if (f->depth == 0 && !f->in_string) {
			f->mark = f->scan;
			return CUT_END;
		}
	}
	return CUT_MORE;
}

static enum cut finish_json(struct framer *f)
{
	if (f->inside)
		return CUT_END;
	if (f->in_array && !f->closed) {
		f->closed = true; /* said once */
		f->reason = N_("the JSON array is not closed: the file may be cut short; the records before "
			       "are kept");
		return CUT_BROKEN;
	}
	return CUT_MORE;
}

/* ---- paragraphs ---- */

#define BLANK_LIMIT ((size_t)64 * 1024) /* more white space than this is nobody's indentation */

static bool holds_text(const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!is_space(p[i]))
			return true;
	return false;
}

/* Moves to the end of the line or window; true at the end of a line, whose newline is at scan - 1. */
static bool through_line(struct framer *f)
{
	const char *newline = memchr(f->window + f->scan, '\n', f->have - f->scan);
	size_t to = newline ? (size_t)(newline - f->window) : f->have;

	if (!f->nonblank)
		f->nonblank = holds_text(f->window + f->scan, to - f->scan);
	f->scan = newline ? to + 1 : to;
	return newline != NULL;
}

static enum cut before_paragraph(struct framer *f)
{
	while (f->scan < f->have) {
		size_t from = f->scan;
		bool ended;

		f->nonblank = false;
		ended = through_line(f);
		if (f->nonblank) {
			f->mark = f->line_begin > f->base ? (size_t)(f->line_begin - f->base) : 0;
			f->scan = from;
			return CUT_BEGIN;
		}
		if (ended || f->base + f->scan - f->line_begin > BLANK_LIMIT)
			f->line_begin = f->base + f->scan;
	}
	return CUT_MORE;
}

static enum cut paragraph_ends(struct framer *f)
{
	f->mark = f->text_end > f->base ? (size_t)(f->text_end - f->base) : 0;
	if (f->is_long && f->mark < f->hashed)
		f->mark = f->hashed;
	return line_ends(f);
}

static enum cut step_paragraph(struct framer *f)
{
	if (!f->inside)
		return before_paragraph(f);
	while (f->scan < f->have) {
		if (!through_line(f)) {
			if (f->nonblank)
				f->text_end = f->base + f->scan;
			return CUT_MORE;
		}
		if (!f->nonblank)
			return paragraph_ends(f);
		f->text_end = f->base + f->scan - 1;
		f->nonblank = false;
	}
	return CUT_MORE;
}

static enum cut finish_paragraph(struct framer *f)
{
	return f->inside ? paragraph_ends(f) : CUT_MORE;
}

/* ---- whole files ---- */

static enum cut step_file(struct framer *f)
{
	f->mark = f->scan;
	if (!f->inside)
		return CUT_BEGIN;
	f->scan = f->have;
	return CUT_MORE;
}

/* ---- which ---- */

const struct cutter *cutter_for(const struct shape *shape)
{
	static const struct cutter json_lines = { step_json_line, finish_line, NULL, false, true };
	static const struct cutter lines = { step_line, finish_line, is_blank, false, true };
	static const struct cutter rows = { step_row, finish_line, NULL, false, false };
	static const struct cutter plain_rows = { step_line, finish_line, NULL, false, true };
	static const struct cutter json = { step_json, finish_json, NULL, false, false };
	static const struct cutter paragraphs = { step_paragraph, finish_paragraph, NULL, true, false };
	static const struct cutter file = { step_file, NULL, is_blank, false, false };

	switch (shape->format) {
	case FORMAT_JSON: return &json;
	case FORMAT_CSV: return shape->quoted ? &rows : &plain_rows;
	case FORMAT_TMX: return &cutter_tmx;
	case FORMAT_PO: return &cutter_po;
	case FORMAT_TEXT:
		return shape->split == SPLIT_FILE ? &file : shape->split == SPLIT_LINE ? &lines : &paragraphs;
	default: return &json_lines;
	}
}
