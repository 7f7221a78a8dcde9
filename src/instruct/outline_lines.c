/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Markup that goes by lines: Markdown, and text without any. */
#include "instruct/outline.h"

#include <ctype.h>

#include "base/utf8.h"
#include "instruct/plain_heading.h"

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
	unsigned n = 0, indent = 0;
	size_t closing;

	while (indent < 3 && indent < line.len && line.p[indent] == ' ')
		indent++;
	line = span_make(line.p + indent, line.len - indent);
	while (n < line.len && line.p[n] == '#')
		n++;
	if (n == 0 || n > 6 || (n < line.len && line.p[n] != ' ' && line.p[n] != '\t'))
		return 0;
	*text = span_trim(span_make(line.p + n, line.len - n));
	/* "## A ##", but "## C#" */
	for (closing = text->len; closing && text->p[closing - 1] == '#'; closing--)
		;
	if (closing == 0 || text->p[closing - 1] == ' ')
		text->len = closing;
	return n;
}

/* The character a fence is made of, or 0. */
static char fence_of(struct span line)
{
	line = span_trim(line);
	return span_starts(line, "```") ? '`' : span_starts(line, "~~~") ? '~' : 0;
}

/* "---", "title: …", "---" (or "+++") before the text is about the page, not of it. */
static void skip_front_matter(struct lined *l)
{
	struct span rest = l->rest, first = span_trim(span_line(&rest));

	if (!span_is(first, "---") && !span_is(first, "+++"))
		return;
	for (unsigned n = 0; n < 200 && rest.len; n++)
		if (span_eq(span_trim(span_line(&rest)), first)) {
			l->rest = rest;
			return;
		}
}

void outline_markdown(struct outline *o, struct span source)
{
	struct lined l = { .source = source, .rest = source };
	bool blank = true; /* the line before was empty: what stands above "---" is else the end of a paragraph before a rule */
	char fence = 0;

	skip_front_matter(&l);
	while (next_line(&l)) {
		struct span text = { NULL, 0 }, below = peek_line(&l);
		unsigned level = fence ? 0 : atx_level(l.line, &text);
		char mark = fence_of(l.line);

		if (level) {
			add_heading(o, level, &l, text, l.end);
		} else if (!fence && !mark && l.line.len && (unsigned char)l.line.p[0] > ' ' && strchr("-*+>|#", l.line.p[0]) == NULL &&
			   (is_rule(below, '=') || (blank && is_rule(below, '-') && below.len >= 3))) {
			struct lined heading = l;

			next_line(&l);
			add_heading(o, below.p[0] == '=' ? 1 : 2, &heading, heading.line, l.end);
		} else {
			add_line(o, &l);
			if (mark && (!fence || fence == mark))
				fence = fence ? 0 : mark;
		}
		blank = level || span_trim(l.line).len == 0 || is_rule(l.line, '=') || is_rule(l.line, '-');
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

/* A line that could be a book's or paper's heading: its block, and what it is when it is none. */
struct candidate {
	size_t block;
	unsigned otherwise;
};

struct plain {
	struct outline *o;
	struct lined l;
	bool blank; /* the line before is empty, or there is none */
	bool ended; /* the line before ends a sentence or is a heading */
	VEC(struct candidate) places;
	VEC(struct plain_candidate) candidates;
};

static bool ends_sentence(struct span text)
{
	static const char *const ends[] = { "。", "！", "？", "”", "」", "…", ".", "!", "?", "\"", NULL };

	for (const char *const *end = ends; *end; end++)
		if (span_ends(text, *end))
			return true;
	return false;
}

/* Chapters stand alone, or, in Chinese, between lines that are paragraphs; "Abstract" may have its text on the next line. */
static bool take_candidate(struct plain *p)
{
	struct plain_heading h = plain_heading_read(p->l.line), next = { 0 };
	struct span below = span_trim(peek_line(&p->l));
	bool alone = p->blank && below.len == 0;
	struct lined first = p->l;

	if (h.kind == PLAIN_NONE)
		return false;
	if (below.len)
		next = plain_heading_read(below);
	if (!alone && !(h.kind == PLAIN_NAMED && p->blank && utf8_count(below) >= 40) &&
	    !(h.kind == PLAIN_WORDED && (p->blank || (p->ended && span_starts(span_trim(p->l.line), "第"))) && next.kind == PLAIN_NONE))
		return false;
	if (!alone && h.kind == PLAIN_WORDED && !span_starts(span_trim(p->l.line), "第")) {
		/* "CHAPTER I" and its title on the line below it. */
		next_line(&p->l);
		if (span_trim(peek_line(&p->l)).len || !looks_like_heading(p->l.line)) {
			p->l = first;
			return false;
		}
	}
	vec_push(&p->places, (struct candidate){ p->o->blocks.n, alone && looks_like_heading(first.line) ? OUTLINE_WEAK : 0 });
	vec_push(&p->candidates, (struct plain_candidate){ .heading = h });
	add_heading(p->o, h.level, &first, span_make(first.line.p, (size_t)(p->l.line.p + p->l.line.len - first.line.p)), p->l.end);
	p->ended = true;
	return true;
}

static void settle(struct plain *p)
{
	vec_each(&p->candidates, i) {
		size_t end = i + 1 < p->places.n ? p->places.v[i + 1].block : p->o->blocks.n;

		for (size_t k = p->places.v[i].block + 1; k < end; k++)
			p->candidates.v[i].text_follows |= p->o->blocks.v[k].end > p->o->blocks.v[k].at;
	}
	plain_headings_settle(p->candidates.v, p->candidates.n);
	vec_each(&p->candidates, i)
		if (!p->candidates.v[i].kept)
			p->o->blocks.v[p->places.v[i].block].level = p->places.v[i].otherwise;
}

/* A line that stands above a rule, or alone. */
static bool take_weak(struct plain *p)
{
	struct span text = span_trim(p->l.line), below = peek_line(&p->l);
	bool underlined = text.len && (is_rule(below, '=') || is_rule(below, '-') || is_rule(below, '*') || is_rule(below, '~'));
	struct lined heading = p->l;

	if (!p->blank || !looks_like_heading(p->l.line) || (!underlined && (span_trim(below).len || p->l.rest.len == 0)))
		return false;
	if (underlined)
		next_line(&p->l);
	add_heading(p->o, OUTLINE_WEAK, &heading, heading.line, p->l.end);
	return true;
}

void outline_plain(struct outline *o, struct span source)
{
	struct plain p = { .o = o, .l = { .source = source, .rest = source }, .blank = true, .ended = true };

	while (next_line(&p.l)) {
		struct span text = span_trim(p.l.line);
		const struct outline_block *last;

		if (text.len == 0) {
			p.blank = true;
			continue;
		}
		if (take_candidate(&p) || take_weak(&p))
			continue;
		last = o->blocks.n ? &o->blocks.v[o->blocks.n - 1] : NULL;
		if (p.blank && last && last->level == 0 && last->end > last->at)
			outline_begin(o, 0, p.l.at);
		add_line(o, &p.l);
		p.blank = false;
		p.ended = ends_sentence(text);
	}
	settle(&p);
	vec_free(&p.places);
	vec_free(&p.candidates);
}
