/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Text made safe to draw: one code point is looked at once, classed as a base, a mark or a token, and clusters are a base with the
 * marks and spacing marks that Unicode TR29 keeps with it.  What terminals agree on was measured (width_disagreement.h). */
#include "text/display.h"

#include <ctype.h>
#include <stdio.h>
#include <utf8proc.h>

#include "base/utf8.h"
#include "text/width_disagreement.h"

#define TAB_STOP 8
#define MARKS_MAX 4     /* ncurses keeps five wide characters in a cell, the base among them */
#define CLUSTER_WIDE 8  /* columns after which a cluster ends, however many spacing marks follow */

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

static const char control_name[33][4] = {
	"NUL", "SOH", "STX", "ETX", "EOT", "ENQ", "ACK", "BEL", "BS", "HT", "LF", "VT", "FF", "CR", "SO", "SI", "DLE",
	"DC1", "DC2", "DC3", "DC4", "NAK", "SYN", "ETB", "CAN", "EM", "SUB", "ESC", "FS", "GS", "RS", "US", "DEL",
};

static const struct {
	uint32_t cp;
	const char *name;
} format_name[] = {
	{ 0x00ad, "SHY" },  { 0x034f, "CGJ" },  { 0x061c, "ALM" },  { 0x200b, "ZWSP" }, { 0x200c, "ZWNJ" },
	{ 0x200d, "ZWJ" },  { 0x200e, "LRM" },  { 0x200f, "RLM" },  { 0x2028, "LS" },   { 0x2029, "PS" },
	{ 0x2060, "WJ" },   { 0xfe0e, "VS15" }, { 0xfe0f, "VS16" }, { 0xfeff, "BOM" },
};

static bool disagreed(uint32_t cp)
{
	size_t low = 0, high = LENGTH(width_disagreement);

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (cp > width_disagreement[middle].last)
			low = middle + 1;
		else if (cp < width_disagreement[middle].first)
			high = middle;
		else
			return true;
	}
	return false;
}

static bool joiner_or_selector(uint32_t cp)
{
	return cp == 0x200c || cp == 0x200d || (cp >= 0xfe00 && cp <= 0xfe0f) || (cp >= 0xe0100 && cp <= 0xe01ef);
}

/* Columns of a code point that may be drawn as it is: 0 for a mark, 1 or 2 for a base; -1 for a token. */
static int safe_width(uint32_t cp, bool raw_shapes)
{
	const utf8proc_property_t *property;

	if (cp < 0x7f)
		return cp < 0x20 ? -1 : 1;
	if (cp < 0xa0)
		return -1;
	if (joiner_or_selector(cp))
		return raw_shapes ? 0 : -1;
	property = utf8proc_get_property((utf8proc_int32_t)cp);
	switch (property->category) {
	case UTF8PROC_CATEGORY_CN:
	case UTF8PROC_CATEGORY_CC:
	case UTF8PROC_CATEGORY_CF:
	case UTF8PROC_CATEGORY_CS:
	case UTF8PROC_CATEGORY_CO:
	case UTF8PROC_CATEGORY_ZL:
	case UTF8PROC_CATEGORY_ZP:
		return -1;
	default:
		break;
	}
	if (property->ignorable || (!raw_shapes && disagreed(cp)))
		return -1;
	return utf8_width(cp);
}

static bool is_one_of(uint32_t cp, const uint16_t *set, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (set[i] == cp)
			return true;
	return false;
}

/* What begins no row beside ideographs, after JIS X 4051 and GB/T 15834: closing brackets and quotes, stops, marks of repetition and
 * length, small kana, dashes and dots that come in pairs; ASCII signs too, which stand at the end of Chinese sentences. */
static bool closes(uint32_t cp)
{
	static const uint16_t closing[] = {
		'!',    '%',    ')',	',',	'.',	':',	';',	'?',	']',	'}',	0x00b7, 0x2014, 0x2019, 0x201d,
		0x2025, 0x2026, 0x2030, 0x3001, 0x3002, 0x3005, 0x3009, 0x300b, 0x300d, 0x300f, 0x3011, 0x3015, 0x3017, 0x3019,
		0x301b, 0x301f, 0x3041, 0x3043, 0x3045, 0x3047, 0x3049, 0x3063, 0x3083, 0x3085, 0x3087, 0x308e, 0x30a1, 0x30a3,
		0x30a5, 0x30a7, 0x30a9, 0x30c3, 0x30e3, 0x30e5, 0x30e7, 0x30ee, 0x30fb, 0x30fc, 0x30fd, 0x30fe, 0xff01, 0xff05,
		0xff09, 0xff0c, 0xff0e, 0xff1a, 0xff1b, 0xff1f, 0xff3d, 0xff5d, 0xff60,
	};

	return is_one_of(cp, closing, LENGTH(closing));
}

/* What ends no row: opening brackets and quotes. */
static bool opens(uint32_t cp)
{
	static const uint16_t opening[] = {
		'(',    '[',    '{',	0x2018, 0x201c, 0x3008, 0x300a, 0x300c, 0x300e, 0x3010,
		0x3014, 0x3016, 0x3018, 0x301a, 0x301d, 0xff08, 0xff3b, 0xff5b, 0xff5f,
	};

	return is_one_of(cp, opening, LENGTH(opening));
}

static size_t put_token(struct cluster *out, int32_t cp, struct span source)
{
	const char *name = NULL;

	if (cp >= 0 && (cp < 0x20 || cp == 0x7f))
		name = control_name[cp == 0x7f ? 32 : cp];
	for (size_t i = 0; cp >= 0 && !name && i < LENGTH(format_name); i++)
		if (format_name[i].cp == (uint32_t)cp)
			name = format_name[i].name;
	if (cp < 0)
		out->columns = snprintf(out->text, sizeof out->text, "<x%02X>", (unsigned char)source.p[0]);
	else if (name)
		out->columns = snprintf(out->text, sizeof out->text, "<%s>", name);
	else
		out->columns = snprintf(out->text, sizeof out->text, "<U+%04X>", (unsigned)cp);
	out->token = true;
	out->source = source;
	return source.len;
}

/* Adds to the cluster what belongs to its base: up to MARKS_MAX marks a cell, spacing marks, the second half of a flag. */
static size_t take_marks(struct cluster *out, struct span s, int32_t base, size_t at, bool raw_shapes)
{
	utf8proc_int32_t state = 0;
	size_t used, length = at;
	int marks = 0;

	while (at < s.len && out->columns < CLUSTER_WIDE) {
		int32_t next = utf8_decode(span_make(s.p + at, s.len - at), &used);
		int width = next < 0 ? -1 : safe_width((uint32_t)next, raw_shapes);

		if (width < 0 || (width == 0 && marks == MARKS_MAX) || length + used >= sizeof out->text)
			break;
		if (width > 0 && utf8proc_grapheme_break_stateful(base, next, &state))
			break;
		if (width == 0)
			utf8proc_grapheme_break_stateful(base, next, &state);
		memcpy(out->text + length, s.p + at, used);
		length += used;
		marks = width == 0 ? marks + 1 : 0;
		out->columns += width;
		out->space = false;
		base = next;
		at += used;
	}
	out->text[length] = '\0';
	return at;
}

static size_t line_or_tab(struct cluster *out, struct span s, int column)
{
	size_t used = 1;

	if (s.p[0] == '\t') {
		out->columns = TAB_STOP - column % TAB_STOP;
		memset(out->text, ' ', (size_t)out->columns);
		out->text[out->columns] = '\0';
		out->space = true;
	} else {
		used = s.p[0] == '\r' ? 2 : 1;
		out->line_end = true;
		out->text[0] = '\0';
	}
	out->source = span_make(s.p, used);
	return used;
}

size_t cluster_next(struct cluster *out, struct span s, int column, bool raw_shapes)
{
	unsigned char c;
	int32_t cp;
	size_t used;
	int width;

	out->token = out->line_end = out->space = out->wide = out->closing = out->opening = false;
	out->columns = 0;
	out->source = span_make(s.p, 0);
	out->text[0] = '\0';
	if (s.len == 0)
		return 0;
	c = (unsigned char)s.p[0];
	if (c >= 0x20 && c < 0x7f && (s.len == 1 || (unsigned char)s.p[1] < 0x80)) {
		out->text[0] = (char)c;
		out->text[1] = '\0';
		out->columns = 1;
		out->space = c == ' ';
		out->closing = ispunct(c) && closes(c);
		out->source.len = 1;
		return 1;
	}
	if (c == '\n' || c == '\t' || (c == '\r' && s.len > 1 && s.p[1] == '\n'))
		return line_or_tab(out, s, column < 0 ? 0 : column);
	cp = utf8_decode(s, &used);
	width = cp < 0 ? -1 : safe_width((uint32_t)cp, raw_shapes);
	if (width <= 0)
		return put_token(out, cp, span_make(s.p, used));
	memcpy(out->text, s.p, used);
	out->columns = width;
	out->space = c == ' ';
	out->wide = width == 2;
	out->closing = closes((uint32_t)cp);
	out->opening = opens((uint32_t)cp);
	out->source.len = take_marks(out, s, cp, used, raw_shapes);
	return out->source.len;
}

int display_line(struct buf *out, struct span s, int columns, bool raw_shapes)
{
	size_t fits = out->len;
	int drawn = 0, fits_columns = 0;
	struct cluster c;

	if (columns <= 0)
		return 0;
	while (s.len > 0) {
		size_t used = cluster_next(&c, s, drawn, raw_shapes);
		int wide = c.line_end ? 1 : c.columns;

		if (drawn + wide > columns) {
			buf_truncate(out, fits);
			buf_adds(out, "…");
			return fits_columns + 1;
		}
		buf_adds(out, c.line_end ? "⏎" : c.text);
		drawn += wide;
		if (drawn < columns) {
			fits = out->len;
			fits_columns = drawn;
		}
		s = span_make(s.p + used, s.len - used);
	}
	return drawn;
}

int display_columns(struct span s, bool raw_shapes)
{
	int columns = 0;
	struct cluster c;

	while (s.len > 0) {
		size_t used = cluster_next(&c, s, columns, raw_shapes);

		columns += c.columns;
		s = span_make(s.p + used, s.len - used);
	}
	return columns;
}

/* The row is full at `at`, before the cluster `over`: where to break, given the last place that allows it. */
static size_t break_row(struct span s, size_t at, const struct cluster *over, size_t last_break, size_t last_drawn,
			size_t *drawn)
{
	if (over->space) {
		*drawn = at;
		while (at < s.len && s.p[at] == ' ')
			at++;
		if (at + 1 < s.len && s.p[at] == '\r' && s.p[at + 1] == '\n')
			return at + 2;
		return at < s.len && s.p[at] == '\n' ? at + 1 : at;
	}
	if (last_break > 0) {
		*drawn = last_drawn;
		return last_break;
	}
	*drawn = at;
	return at;
}

size_t display_wrap(struct span s, int columns, bool raw_shapes, size_t *drawn)
{
	size_t at = 0, last_break = 0, last_drawn = 0;
	int column = 0;
	bool after_wide = false, after_opening = false;
	struct cluster c;

	while (at < s.len) {
		size_t used = cluster_next(&c, span_make(s.p + at, s.len - at), column, raw_shapes);

		if (c.line_end) {
			*drawn = at;
			return at + used;
		}
		if (at > 0 && !c.closing && !after_opening && (c.wide || after_wide))
			last_break = last_drawn = at;
		if (at > 0 && column + c.columns > columns)
			return break_row(s, at, &c, last_break, last_drawn, drawn);
		at += used;
		column += c.columns;
		if (c.space) {
			last_break = at;
			last_drawn = at;
		}
		after_wide = c.wide || (after_wide && c.closing);
		after_opening = c.opening;
	}
	*drawn = at;
	return at;
}
