/* SPDX-License-Identifier: GPL-3.0-or-later */
/* reStructuredText: a heading is a line above a line of signs, or between two; which signs stand for which level is decided by the order
 * in which they come (Docutils, "reStructuredText Markup Specification", sections). */
#include "instruct/outline.h"

#include <ctype.h>

#include "base/utf8.h"

#define LEVELS 8u

struct styles {
	char sign[LEVELS];
	bool over[LEVELS];
	unsigned n;
};

/* The sign a line consists of, three times at least; 0 for none. */
static char adornment(struct span line)
{
	size_t n = 0;

	while (line.len && (line.p[line.len - 1] == ' ' || line.p[line.len - 1] == '\t' || line.p[line.len - 1] == '\r'))
		line.len--;
	while (n < line.len && line.p[n] == line.p[0])
		n++;
	return n >= 3 && n == line.len && ispunct((unsigned char)line.p[0]) ? line.p[0] : 0;
}

static unsigned level_of(struct styles *s, char sign, bool over)
{
	unsigned i = 0;

	while (i < s->n && (s->sign[i] != sign || s->over[i] != over))
		i++;
	if (i == s->n && s->n < LEVELS) {
		s->sign[i] = sign;
		s->over[i] = over;
		s->n++;
	}
	return i + 1 < LEVELS ? i + 1 : LEVELS;
}

/* Lines from `rest` on, without taking them. */
static void peek(struct span lines[3], struct span rest)
{
	for (unsigned i = 0; i < 3; i++)
		lines[i] = rest.len ? span_line(&rest) : span_make("", 0);
}

/* Is the line wide enough for the title? */
static bool spans(struct span line, struct span title)
{
	return span_trim(line).len + 1 >= utf8_count(span_trim(title));
}

/* Takes the lines of a heading off `rest`; false when it does not begin with one. */
static bool take_heading(struct outline *o, struct styles *s, struct span source, struct span *rest, bool blank)
{
	struct span lines[3], title;
	char first, second;
	bool over;
	size_t at = (size_t)(rest->p - source.p), end;

	peek(lines, *rest);
	first = adornment(lines[0]);
	second = adornment(lines[1]);
	over = first && !second && span_trim(lines[1]).len && adornment(lines[2]) == first && spans(lines[0], lines[1]);
	title = over ? lines[1] : lines[0];
	if (!over && (first || !second || !blank || !spans(lines[1], title) || span_trim(title).len == 0 || isspace((unsigned char)title.p[0])))
		return false;
	end = (size_t)(lines[over ? 2 : 1].p - source.p) + lines[over ? 2 : 1].len;
	outline_begin(o, level_of(s, over ? first : second, over), at);
	buf_addspan(&o->text, span_trim(title));
	outline_reach(o, end);
	outline_begin(o, 0, end);
	for (unsigned i = 0; i < (over ? 3u : 2u); i++)
		span_line(rest);
	return true;
}

/* Comments, labels, and what only the maker of pages needs; a note or a listing is text. */
static bool is_silent(struct span line)
{
	static const char *const silent[] = { ".. toctree::", ".. index::", ".. contents::", ".. _", ".. meta::", ".. image::", ".. figure::",
					      ".. include::", ".. raw::", ".. role::", ".. default-domain::", ".. highlight::", ".. currentmodule::",
					      ".. module::", ".. sectionauthor::", ".. moduleauthor::", ".. |", NULL };

	if (!span_starts(line, ".. "))
		return false;
	for (const char *const *s = silent; *s; s++)
		if (span_starts(line, *s))
			return true;
	return memmem(line.p, line.len, "::", 2) == NULL && memchr(line.p, '[', line.len) == NULL;
}

void outline_rst(struct outline *o, struct span source)
{
	struct styles styles = { .n = 0 };
	struct span rest = source;
	bool blank = true, silent = false;

	while (rest.len) {
		struct span line;

		if (take_heading(o, &styles, source, &rest, blank)) {
			blank = true;
			silent = false;
			continue;
		}
		line = span_line(&rest);
		blank = span_trim(line).len == 0;
		if (!blank && !isspace((unsigned char)line.p[0]))
			silent = is_silent(line);
		if (silent)
			continue;
		if (o->blocks.n == 0 || o->blocks.v[o->blocks.n - 1].level)
			outline_begin(o, 0, (size_t)(line.p - source.p));
		buf_addspan(&o->text, line);
		buf_addc(&o->text, '\n');
		if (!blank)
			outline_reach(o, (size_t)(line.p - source.p) + line.len);
	}
}
