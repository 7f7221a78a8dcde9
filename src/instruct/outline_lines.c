/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Markup that goes by lines: Markdown, and text without any. */
#include "instruct/outline.h"

#include <ctype.h>

#include "base/utf8.h"

#define HEADING_COLUMNS 80

/* A line of the source and where it starts. */
struct lined {
	struct span source, rest;
	size_t at, end; /* of `line`, its line end left out */
	struct span line;
};

static bool next_line(struct lined *l)
{
	if (l->rest.len == 0)
		return false;
	l->at = (size_t)(l->rest.p - l->source.p);
	l->line = span_line(&l->rest);
	l->end = l->at + l->line.len;
	return true;
}

static struct span peek_line(const struct lined *l)
{
	struct span rest = l->rest;

	return span_line(&rest);
}

static void add_line(struct outline *o, const struct lined *l)
{
	if (o->blocks.n == 0 || o->blocks.v[o->blocks.n - 1].level)
		outline_begin(o, 0, l->at);
	buf_addspan(&o->text, l->line);
	buf_addc(&o->text, '\n');
	if (span_trim(l->line).len)
		outline_reach(o, l->end);
}

static void add_heading(struct outline *o, unsigned level, const struct lined *l, struct span text, size_t end)
{
	outline_begin(o, level, l->at);
	buf_addspan(&o->text, span_trim(text));
	outline_reach(o, end);
	outline_begin(o, 0, end);
}

/* A line of at least two of the same character and nothing else. */
static bool is_rule(struct span line, char c)
{
	line = span_trim(line);
	for (size_t i = 0; i < line.len; i++)
		if (line.p[i] != c)
			return false;
	return line.len >= 2;
}

static unsigned atx_level(struct span line, struct span *text)
{
	unsigned n = 0;

	while (n < line.len && line.p[n] == '#')
		n++;
	if (n == 0 || n > 6 || (n < line.len && line.p[n] != ' ' && line.p[n] != '\t'))
		return 0;
	*text = span_trim(span_make(line.p + n, line.len - n));
	while (text->len && text->p[text->len - 1] == '#')
		text->len--;
	return n;
}

/* The character a fence is made of, or 0. */
static char fence_of(struct span line)
{
	line = span_trim(line);
	return span_starts(line, "```") ? '`' : span_starts(line, "~~~") ? '~' : 0;
}

void outline_markdown(struct outline *o, struct span source)
{
	struct lined l = { .source = source, .rest = source };
	char fence = 0;

	while (next_line(&l)) {
		struct span text = { NULL, 0 }, below = peek_line(&l);
		unsigned level = fence ? 0 : atx_level(l.line, &text);
		char mark = fence_of(l.line);

		if (level) {
			add_heading(o, level, &l, text, l.end);
		} else if (!fence && !mark && l.line.len && (unsigned char)l.line.p[0] > ' ' && strchr("-*+>|#", l.line.p[0]) == NULL &&
			   (is_rule(below, '=') || (is_rule(below, '-') && below.len >= 3))) {
			struct lined heading = l;

			next_line(&l);
			add_heading(o, below.p[0] == '=' ? 1 : 2, &heading, heading.line, l.end);
		} else {
			add_line(o, &l);
			if (mark && (!fence || fence == mark))
				fence = fence ? 0 : mark;
		}
	}
}

/* "INTRODUCTION", "2.1 Building", "What is it?": short, alone, not ended like a sentence or a list's item. */
static bool looks_like_heading(struct span line)
{
	struct span text = span_trim(line);
	unsigned char first = text.len ? (unsigned char)text.p[0] : 0;

	if (text.len < 3 || utf8_count(text) > HEADING_COLUMNS || (unsigned char)line.p[0] <= ' ')
		return false;
	if (!isalnum(first) && first < 0x80)
		return false;
	if (islower(first) || strchr(".,;:)", text.p[text.len - 1]))
		return false;
	return !span_ends(text, "。") && !span_ends(text, "，") && !span_ends(text, "：");
}

void outline_plain(struct outline *o, struct span source)
{
	struct lined l = { .source = source, .rest = source };
	bool blank = true;

	while (next_line(&l)) {
		struct span text = span_trim(l.line), below = peek_line(&l);
		bool underlined = text.len && (is_rule(below, '=') || is_rule(below, '-') || is_rule(below, '*') || is_rule(below, '~'));

		if (text.len == 0) {
			blank = true;
			continue;
		}
		if (blank && underlined && looks_like_heading(l.line)) {
			struct lined heading = l;

			next_line(&l);
			add_heading(o, 1, &heading, heading.line, l.end);
			continue;
		}
		if (blank && span_trim(below).len == 0 && l.rest.len && looks_like_heading(l.line)) {
			add_heading(o, 1, &l, l.line, l.end);
			continue;
		}
		if (blank && o->blocks.n && o->blocks.v[o->blocks.n - 1].level == 0 && o->blocks.v[o->blocks.n - 1].end > o->blocks.v[o->blocks.n - 1].at)
			outline_begin(o, 0, l.at);
		add_line(o, &l);
		blank = false;
	}
}
