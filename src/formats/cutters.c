/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where records begin and end, for lines, tables, JSON values, paragraphs and whole files. */
#include "base/i18n.h"
#include "formats/csv.h"
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

/* ---- tables with quotes ----
 *
 * A quote that is not closed swallows rows up to the next quote.  That one then opens a cell itself, so that no separator follows it;
 * or it closes a cell far away, and the row has too many or too few cells; or there is none before the end.  What RFC 4180
 * allows is never doubted: a row of the table's width whose quotes are closed.  Else, when lines within the cell are rows by
 * themselves (csv_resume), the record ends before the first of them: it is rejected, and they are not. */

#define SURE 64 /* rows, when there is no sign yet that the quote was not closed but its length */

/* The row ends before the line with which the table goes on between the line of the quote at `opened` and `to`.  False when
 * none is found, unless one begins at `to`. */
static bool resume_row(struct framer *f, uint64_t opened, size_t to, int64_t least, bool line_at_to)
{
	size_t quote = (size_t)(opened - f->base), from, go_on;
	const char *newline = to > quote ? memchr(f->window + quote, '\n', to - quote) : NULL;

	if (newline == NULL)
		return false;
	from = (size_t)(newline - f->window) + 1;
	go_on = from + csv_resume(span_make(f->window + from, to - from), f->shape->delimiter, f->shape->n_columns,
			    least);
	if (go_on == to && !line_at_to)
		return false;
	f->scan = go_on;
	f->mark = go_on - 1;
	return true;
}

/* At a quote with something behind it that would close a cell over several lines: does it rather open one, in a row that was
 * swallowed?  Then where its line begins, else 0. */
static size_t swallowed_line(const struct framer *f)
{
	size_t line = f->scan, cells = 1;
	char before = f->window[f->scan - 1];

	if (before != '\n' && before != f->shape->delimiter)
		return 0;
	for (; f->window[line - 1] != '\n'; line--)
		cells += f->window[line - 1] == f->shape->delimiter;
	return cells <= f->shape->n_columns || f->shape->n_columns >= SHAPE_COLUMNS ? line : 0;
}

/* Does the cell that was opened last go over several lines? */
static bool note_span(struct framer *f)
{
	size_t quote = (size_t)(f->quote_at - f->base);
	bool spans = !f->is_long && memchr(f->window + quote, '\n', f->scan - quote) != NULL;

	if (spans && !f->spans) {
		f->spans = true;
		f->span_at = f->quote_at;
	}
	return spans;
}

static bool ends_cell(const struct framer *f, char c)
{
	return c == f->shape->delimiter || c == '\n' || c == '\r';
}

/* At a quote inside quotes: over a doubled one, or out (true), or with `*cut` what to say. */
static bool leave_quotes(struct framer *f, enum cut *cut)
{
	size_t line;
	char next;

	*cut = CUT_MORE;
	if (f->scan + 1 == f->have && !f->eof)
		return false;
	next = f->scan + 1 < f->have ? f->window[f->scan + 1] : '\n';
	if (next == '"') {
		f->scan += 2;
		return true;
	}
	if (note_span(f) && !ends_cell(f, next)) {
		f->suspect = true;
		line = swallowed_line(f);
		if (line && resume_row(f, f->quote_at, line, 1, true)) {
			*cut = line_ends(f);
			return false;
		}
	}
	f->scan++;
	f->in_string = false;
	return true;
}

static bool through_quotes(struct framer *f, enum cut *cut)
{
	size_t held = f->begin + f->limit; /* beyond it, the record's bytes will be forgotten */
	bool last_chance = !f->is_long && f->scan < held && f->have >= held;
	size_t to = last_chance ? held : f->have;
	const char *quote = memchr(f->window + f->scan, '"', to - f->scan);

	f->scan = quote ? (size_t)(quote - f->window) : to;
	if (quote)
		return leave_quotes(f, cut);
	*cut = CUT_MORE;
	if (last_chance && resume_row(f, f->quote_at, to, SURE, false))
		*cut = line_ends(f);
	return last_chance && *cut == CUT_MORE;
}

/* Empty cells beyond the last column are none (decode_csv.c). */
static bool has_its_width(const struct framer *f, size_t end)
{
	size_t width = f->shape->n_columns, beyond = f->cells > width ? f->cells - width : 0;

	if (f->cells < width || width >= SHAPE_COLUMNS)
		return f->cells >= width;
	if (end > f->begin && f->window[end - 1] == '\r')
		end--;
	while (beyond && end > f->begin && f->window[end - 1] == f->shape->delimiter)
		beyond--, end--;
	return beyond == 0;
}

/* At its line end, or that of the content. */
static enum cut end_row(struct framer *f)
{
	size_t end = f->scan, to = end;
	bool doubted = f->suspect || f->in_string || !has_its_width(f, end);

	f->mark = end;
	f->scan += end < f->have;
	if (!f->spans || f->is_long || !doubted)
		return line_ends(f);
	while (!f->in_string && f->window[to - 1] != '\n') /* the line with the closing quote is no row in any case */
		to--;
	resume_row(f, f->in_string ? f->quote_at : f->span_at, to, 1, false);
	return line_ends(f);
}

static enum cut before_row(struct framer *f)
{
	f->cell_start = true;
	f->in_string = f->suspect = f->spans = false;
	f->cells = 1;
	return step_line(f);
}

static enum cut step_row(struct framer *f)
{
	enum cut cut;

	if (!f->inside)
		return before_row(f);
	while (f->scan < f->have) {
		char c = f->window[f->scan];

		if (f->in_string) {
			if (!through_quotes(f, &cut))
				return cut;
			continue;
		}
		if (c == '\n')
			return end_row(f);
		if (f->cell_start && c == '"') {
			f->in_string = true;
			f->quote_at = f->base + f->scan;
		}
		f->cell_start = c == f->shape->delimiter;
		f->cells += f->cell_start;
		f->scan++;
	}
	return CUT_MORE;
}

static enum cut finish_row(struct framer *f)
{
	if (!f->inside)
		return CUT_MORE;
	if (f->in_string)
		note_span(f);
	return end_row(f);
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
	static const struct cutter rows = { step_row, finish_row, NULL, false, false };
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
