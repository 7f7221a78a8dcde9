/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "instruct/pieces.h"

#include "base/utf8.h"
#include "text/langid.h"
#include "text/segment.h"

#define TITLE_MOST 80u  /* characters of a title */
#define LEADING_MOST 2u /* paragraphs in a row that go with the next; more of them are a list or a poem */

static void add(struct piece_borders *out, size_t at, size_t chars, enum border_kind kind)
{
	vec_push(&out->borders, (struct piece_border){ at, chars, kind });
}

/* The sentences of a paragraph but its first. */
static void add_sentences(struct piece_borders *out, struct span text, size_t at, size_t chars)
{
	struct sentence_ranges sentences = { 0 };
	size_t counted = 0;

	if (out->segmenter == NULL && segmenter_open(&out->segmenter, lang_guess(text, NULL), NULL) < 0)
		return;
	segment(out->segmenter, &sentences, text);
	vec_each(&sentences.ranges, i) {
		size_t begin = sentences.ranges.v[i].at, end = i ? sentences.ranges.v[i - 1].at + sentences.ranges.v[i - 1].len : 0;
		bool line = memchr(text.p + end, '\n', begin - end) != NULL;

		if (i == 0 || begin <= counted)
			continue;
		chars += utf8_count(span_make(text.p + counted, begin - counted));
		counted = begin;
		add(out, at + begin, chars, line ? BORDER_LINE : BORDER_SENTENCE);
	}
	vec_free(&sentences.ranges);
}

static char fence_of(struct span line)
{
	line = span_trim(line);
	return span_starts(line, "```") ? '`' : span_starts(line, "~~~") ? '~' : 0;
}

/* Takes one paragraph and the empty lines before it off `rest`. */
static struct span next_paragraph(struct span *rest, bool *fenced)
{
	struct span paragraph = { NULL, 0 };
	char fence = 0;

	*fenced = false;
	while (rest->len) {
		struct span before = *rest, line = span_line(rest);
		char mark = fence_of(line);

		if (span_trim(line).len == 0 && !fence) {
			if (paragraph.len)
				return paragraph;
			continue;
		}
		if (mark && (!fence || mark == fence))
			fence = fence ? 0 : mark;
		*fenced |= mark != 0;
		if (paragraph.p == NULL)
			paragraph.p = before.p;
		paragraph.len = (size_t)(line.p + line.len - paragraph.p);
	}
	return paragraph;
}

/* A title without a heading's markup ("NOTE Disks and cluster sizes"), or what leads to a list or listing: it goes with what follows. */
static bool leads(struct span paragraph)
{
	static const char *const ends[] = { ".", "!", "?", "。", "！", "？", "…", "”", "\"", ")", "）", ";", "；", ",", "`", NULL };

	if (span_ends(paragraph, ":") || span_ends(paragraph, "："))
		return true;
	if (memchr(paragraph.p, '\n', paragraph.len) || utf8_count(paragraph) > TITLE_MOST || strchr("-*+|>`~ \t", paragraph.p[0]))
		return false;
	for (const char *const *end = ends; *end; end++)
		if (span_ends(paragraph, *end))
			return false;
	return true;
}

void pieces_read(struct piece_borders *out, struct span text, size_t at, size_t chars, size_t most)
{
	struct span rest = text;
	const char *counted = text.p;
	unsigned led = 0; /* paragraphs before this one that go with it */

	while (rest.len) {
		bool fenced;
		struct span paragraph = next_paragraph(&rest, &fenced);

		if (paragraph.len == 0)
			break;
		chars += utf8_count(span_make(counted, (size_t)(paragraph.p - counted)));
		counted = paragraph.p;
		if (led == 0 || led > LEADING_MOST)
			add(out, at + (size_t)(paragraph.p - text.p), chars, BORDER_PARAGRAPH);
		led = fenced || !leads(paragraph) ? 0 : led > LEADING_MOST ? 1 : led + 1;
		if (!fenced && paragraph.len > most && utf8_count(paragraph) > most)
			add_sentences(out, paragraph, at + (size_t)(paragraph.p - text.p), chars);
	}
}

size_t pieces_next(const struct piece_borders *b, size_t first, size_t least, size_t most)
{
	const struct piece_border *v = b->borders.v;
	size_t last = b->borders.n - 1, within = first, best[BORDER_KINDS] = { 0 }, roomy[BORDER_KINDS] = { 0 };

	if (v[last].chars - v[first].chars <= most)
		return last;
	for (size_t i = first + 1; i < last && v[i].chars - v[first].chars <= most; i++) {
		within = i;
		if (v[i].chars - v[first].chars < least)
			continue;
		best[v[i].kind] = i;
		if (v[last].chars - v[i].chars >= least)
			roomy[v[i].kind] = i;
	}
	for (unsigned kind = 0; kind < BORDER_KINDS; kind++)
		if (best[kind])
			return roomy[kind] ? roomy[kind] : best[kind];
	return within > first ? within : first + 1;
}

void pieces_free(struct piece_borders *b)
{
	vec_free(&b->borders);
	segmenter_close(b->segmenter);
	*b = (struct piece_borders){ 0 };
}
