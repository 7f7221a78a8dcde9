/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From an outline to segments that do not overlap. */
#include "instruct/segment.h"

#include "base/i18n.h"
#include "base/utf8.h"
#include "instruct/code.h"
#include "instruct/outline.h"
#include "instruct/pieces.h"

#define PATH_DEPTH 8

void outline_begin(struct outline *o, unsigned level, size_t at)
{
	if (o->blocks.n)
		o->blocks.v[o->blocks.n - 1].text_len = o->text.len - o->blocks.v[o->blocks.n - 1].text;
	vec_push(&o->blocks, (struct outline_block){ .level = level, .at = at, .end = at, .text = o->text.len });
}

/* One at the end of each line, and in a line one in 64 bytes, say well enough where to look. */
static void mark(struct outline *o, size_t at)
{
	size_t n = o->marks.n;
	struct outline_mark *last = n ? &o->marks.v[n - 1] : NULL;
	bool close = n > 1 && o->text.len < o->marks.v[n - 2].text + 64;

	if (last && o->text.len < last->text)
		return;
	if (close && memchr(o->text.p + last->text, '\n', o->text.len - last->text) == NULL)
		*last = (struct outline_mark){ o->text.len, at };
	else
		vec_push(&o->marks, (struct outline_mark){ o->text.len, at });
}

void outline_reach(struct outline *o, size_t end)
{
	struct outline_block *b = o->blocks.n ? &o->blocks.v[o->blocks.n - 1] : NULL;

	if (b == NULL || end <= b->end)
		return;
	b->end = end;
	mark(o, end);
}

/* Is the text at `text` the source's at `at`? */
static bool reads_as(const struct outline *o, struct span source, size_t text, size_t at, size_t len)
{
	return at + len <= source.len && memcmp(o->text.p + text, source.p + at, len) == 0;
}

size_t outline_source(const struct outline *o, const struct outline_block *b, struct span source, size_t text)
{
	struct outline_mark from = { b->text, b->at }, to = { b->text + b->text_len, b->end };
	size_t low = 0, high = o->marks.n, len = 0, end = b->text + b->text_len;
	const char *found = NULL;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (o->marks.v[middle].text <= text)
			low = middle + 1;
		else
			high = middle;
	}
	if (low && o->marks.v[low - 1].at > from.at)
		from = o->marks.v[low - 1];
	if (low < o->marks.n && o->marks.v[low].at < to.at)
		to = o->marks.v[low];
	while (text + len < end && len < 32 && o->text.p[text + len] != '\n')
		len++;
	/* Markup that leaves the text as it is: as far from the mark as in the source. */
	for (size_t lag = 0; lag < 2; lag++)
		if (len && from.at >= b->at && reads_as(o, source, text, from.at + (text - from.text) + lag, len))
			return from.at + (text - from.text) + lag;
	/* Else the words it begins with, and fewer of them where tags stand between. */
	for (; len > 3 && found == NULL; len /= 2)
		found = to.at > from.at ? memmem(source.p + from.at, to.at - from.at, o->text.p + text, len) : NULL;
	return found ? (size_t)(found - source.p) : from.at;
}

void outline_end(struct outline *o)
{
	size_t kept = 0;

	if (o->blocks.n)
		o->blocks.v[o->blocks.n - 1].text_len = o->text.len - o->blocks.v[o->blocks.n - 1].text;
	vec_each(&o->blocks, i) {
		struct outline_block b = o->blocks.v[i];
		struct span text = span_trim(span_make(o->text.p + b.text, b.text_len));

		if (b.level == 0 && (text.len == 0 || b.end <= b.at))
			continue;
		b.text = text.len ? (size_t)(text.p - o->text.p) : b.text;
		b.text_len = text.len;
		o->blocks.v[kept++] = b;
	}
	o->blocks.n = kept;
}

void outline_free(struct outline *o)
{
	buf_free(&o->text);
	vec_free(&o->blocks);
	vec_free(&o->marks);
}

struct cutting {
	struct segmentation *out;
	const struct outline *o;
	struct span source;
	bool plain;
	struct piece_borders borders; /* of the text being cut into pieces */
	size_t least, most;
	size_t path[PATH_DEPTH]; /* headings above, as blocks */
	size_t depth;
};

/* A heading without the mark that links to itself. */
static struct span without_mark(struct span text)
{
	static const char *const marks[] = { "¶", "§", "🔗", "#", NULL };

	for (const char *const *mark = marks; *mark; mark++)
		/* "Anchors #", but "Anchors in C#" */
		if (text.len > strlen(*mark) && span_ends(text, *mark) && (**mark != '#' || text.p[text.len - 2] == ' '))
			return span_trim(span_make(text.p, text.len - strlen(*mark)));
	return text;
}

static struct span block_text(const struct cutting *c, size_t i)
{
	struct span text = span_make(c->o->text.p + c->o->blocks.v[i].text, c->o->blocks.v[i].text_len);

	return c->o->blocks.v[i].level ? without_mark(text) : text;
}

/* A heading on one line. */
static void add_line(struct buf *out, struct span text)
{
	bool space = false;

	for (size_t i = 0; i < text.len; i++) {
		if ((unsigned char)text.p[i] <= ' ') {
			space = true;
			continue;
		}
		if (space)
			buf_addc(out, ' ');
		space = false;
		buf_addc(out, text.p[i]);
	}
}

static size_t chars_of(const struct cutting *c, size_t from, size_t to)
{
	size_t chars = 0;

	for (size_t i = from; i < to; i++)
		chars += utf8_count(block_text(c, i)) + (i > from ? 2 : 0);
	return chars;
}

/* "A › B › C" of the headings above and `head` (SIZE_MAX: none). */
static void name(struct cutting *c, struct text_segment *s, size_t head)
{
	struct buf line = BUF_INIT, text = BUF_INIT;

	for (size_t i = 0; i < c->depth; i++) {
		if (i)
			buf_adds(&line, " › ");
		add_line(&line, block_text(c, c->path[i]));
	}
	if (head != SIZE_MAX) {
		if (c->depth)
			buf_adds(&line, " › ");
		add_line(&text, block_text(c, head));
		s->header = arena_span(&c->out->arena, buf_span(&text));
		buf_addspan(&line, s->header);
	}
	s->path = arena_span(&c->out->arena, buf_span(&line));
	buf_free(&line);
	buf_free(&text);
}

/* Adds what block i has of the text [from, to). */
static void add_part(const struct cutting *c, struct buf *out, size_t i, size_t from, size_t to)
{
	struct span text = block_text(c, i);
	size_t at = (size_t)(text.p - c->o->text.p), end = at + text.len;

	at = at < from ? from : at;
	end = end > to ? to : end;
	if (end <= at)
		return;
	text = span_trim(span_make(c->o->text.p + at, end - at));
	if (out->len && text.len)
		buf_adds(out, "\n\n");
	if (c->o->blocks.v[i].level)
		add_line(out, text);
	else
		buf_addspan(out, text);
}

/* The text [s->at, s->at + s->len) of blocks [from, to), which begins at `text` and ends at `end` of the outline. */
static void push(struct cutting *c, struct text_segment *s, size_t from, size_t to, size_t text, size_t end)
{
	struct buf all = BUF_INIT;

	for (size_t i = from; i < to && c->o->blocks.v[i].text < end; i++)
		add_part(c, &all, i, text, end);
	s->text = arena_span(&c->out->arena, buf_span(&all));
	s->chars = utf8_count(s->text);
	if (s->chars)
		vec_push(&c->out->segments, *s);
	buf_free(&all);
}

static size_t source_end(const struct cutting *c, size_t from, size_t to, size_t at)
{
	size_t end = at;

	for (size_t i = from; i < to; i++)
		end = c->o->blocks.v[i].end > end ? c->o->blocks.v[i].end : end;
	return end;
}

/* The borders of blocks [from, to), the end of everything last. */
static void read_borders(struct cutting *c, size_t from, size_t to)
{
	size_t chars = 0, end = 0;

	vec_clear(&c->borders.borders);
	for (size_t i = from; i < to; i++) {
		struct span text = block_text(c, i);
		size_t at = (size_t)(text.p - c->o->text.p), n = c->borders.borders.n;

		if (c->o->blocks.v[i].level)
			vec_push(&c->borders.borders, (struct piece_border){ at, chars, BORDER_PARAGRAPH });
		else
			pieces_read(&c->borders, text, at, chars, c->most);
		/* A heading is not cut off from what it stands above. */
		if (i > from && c->o->blocks.v[i - 1].level && c->borders.borders.n > n) {
			c->borders.borders.n--;
			memmove(c->borders.borders.v + n, c->borders.borders.v + n + 1, (c->borders.borders.n - n) * sizeof *c->borders.borders.v);
		}
		chars += utf8_count(text) + 2;
		end = at + text.len;
	}
	vec_push(&c->borders.borders, (struct piece_border){ end, chars - 2, BORDER_PARAGRAPH });
}

/* Where border k stands in the source. */
static size_t border_source(const struct cutting *c, size_t k, size_t from, size_t to)
{
	size_t text = c->borders.borders.v[k].at, i = from;

	while (i + 1 < to && c->o->blocks.v[i + 1].text <= text)
		i++;
	return text == c->o->blocks.v[i].text ? c->o->blocks.v[i].at : outline_source(c->o, &c->o->blocks.v[i], c->source, text);
}

/* What is too long for one segment as several, each under the same heading.  A border whose place in the source is not known to lie
 * behind the one before is passed over. */
static void emit_pieces(struct cutting *c, struct text_segment s, size_t from, size_t to)
{
	size_t end = s.at + s.len, text, next, last;

	read_borders(c, from, to);
	last = c->borders.borders.n - 1;
	text = c->borders.borders.v[0].at;
	for (size_t k = 0; k < last; k = next) {
		size_t at = end;

		for (next = pieces_next(&c->borders, k, c->least, c->most); next < last; next++) {
			at = border_source(c, next, from, to);
			if (at > s.at && at < end)
				break;
			at = end;
		}
		s.len = at - s.at;
		while (s.len > 1 && (unsigned char)c->source.p[s.at + s.len - 1] <= ' ')
			s.len--;
		push(c, &s, from, to, text, c->borders.borders.v[next].at);
		s.at = at;
		text = c->borders.borders.v[next].at;
		while (from + 1 < to && c->o->blocks.v[from + 1].text <= text)
			from++;
	}
}

/* Blocks [from, to) as one segment, under heading `head` (SIZE_MAX: none); as several when it is too long. */
static void emit(struct cutting *c, size_t head, size_t from, size_t to)
{
	const struct outline_block *blocks = c->o->blocks.v;
	struct text_segment s = { 0 };

	if (from >= to)
		return;
	s.at = blocks[head != SIZE_MAX ? head : from].at;
	s.len = source_end(c, from, to, s.at) - s.at;
	name(c, &s, head);
	if (chars_of(c, from, to) > c->most)
		emit_pieces(c, s, from, to);
	else
		push(c, &s, from, to, 0, SIZE_MAX);
}

static bool asks(struct span text)
{
	return span_ends(text, "?") || span_ends(text, "？");
}

/* The end of the subtree that heading `head` opens. */
static size_t subtree_end(const struct outline *o, size_t head)
{
	size_t i = head + 1;

	while (i < o->blocks.n && (o->blocks.v[i].level == 0 || o->blocks.v[i].level > o->blocks.v[head].level))
		i++;
	return i;
}

static bool opens(const struct outline *o, size_t i)
{
	return o->blocks.v[i].level > 0 && o->blocks.v[i].level < OUTLINE_WEAK;
}

static void cut_range(struct cutting *c, size_t head, size_t from, size_t to);
static void cut_plain(struct cutting *c, size_t from, size_t to);

/* What has no headings below it but weak ones.  These count outside of books, whose short lines are mostly somebody's words. */
static void cut_leaf(struct cutting *c, size_t head, size_t from, size_t to)
{
	size_t first = from;

	if (!c->plain || (head != SIZE_MAX && (c->o->blocks.v[head].level <= OUTLINE_CHAPTER || chars_of(c, from, to) <= c->most))) {
		emit(c, head, from, to);
		return;
	}
	while (head != SIZE_MAX && first < to && c->o->blocks.v[first].level == 0)
		first++;
	emit(c, head, from, first);
	if (head != SIZE_MAX && c->depth < PATH_DEPTH)
		c->path[c->depth++] = head;
	else
		head = SIZE_MAX;
	cut_plain(c, first, to);
	c->depth -= head != SIZE_MAX;
}

/* Whole when it fits and asks one question at most; else its own text and each subtree below. */
static void cut_subtree(struct cutting *c, size_t head, size_t to)
{
	size_t lower = 0, questions = 0;

	for (size_t i = head + 1; i < to; i++) {
		lower += opens(c->o, i);
		questions += opens(c->o, i) && asks(block_text(c, i));
	}
	if (lower == 0) {
		cut_leaf(c, head, head + 1, to);
		return;
	}
	if (questions == 0 && chars_of(c, head + 1, to) <= c->most) {
		emit(c, head, head + 1, to);
		return;
	}
	cut_range(c, head, head + 1, to);
}

/* Text before the first heading goes under `head`; headings open subtrees.  Deeper than PATH_DEPTH the path stays as it was. */
static void cut_range(struct cutting *c, size_t head, size_t from, size_t to)
{
	size_t first = from;
	bool pushed = false;

	while (first < to && !opens(c->o, first))
		first++;
	cut_leaf(c, head, from, first);
	if (head != SIZE_MAX && c->depth < PATH_DEPTH) {
		c->path[c->depth++] = head;
		pushed = true;
	}
	for (size_t i = first, end; i < to; i = end) {
		end = subtree_end(c->o, i);
		cut_subtree(c, i, end < to ? end : to);
	}
	c->depth -= pushed;
}

/* Paragraphs are gathered until there are `least` characters; the next would make it more than `most`; or a heading comes. */
static void cut_plain(struct cutting *c, size_t from, size_t to)
{
	size_t head = SIZE_MAX, begin = from;

	for (size_t i = from; i < to; i++) {
		bool heading = c->o->blocks.v[i].level > 0;
		size_t chars = chars_of(c, from, i);

		if (heading ? (chars >= c->least || (from == i && head != SIZE_MAX && head + 1 == i) || i == begin || from == i)
			    : (from < i && chars + utf8_count(block_text(c, i)) + 2 > c->most) ||
				      (chars >= c->least && head == SIZE_MAX)) {
			emit(c, head, from, i);
			head = heading ? i : SIZE_MAX;
			from = heading ? i + 1 : i;
		}
	}
	emit(c, head, from, to);
}

static void (*const outlines[MARKUPS])(struct outline *o, struct span source) = {
	[MARKUP_PLAIN] = outline_plain, [MARKUP_MARKDOWN] = outline_markdown, [MARKUP_POD] = outline_pod,
	[MARKUP_MAN] = outline_man,	[MARKUP_LATEX] = outline_latex,	[MARKUP_RST] = outline_rst,
};

int outline_read(struct outline *o, struct span source, enum markup markup, struct error *err)
{
	int rc = 0;

	if (markup == MARKUP_HTML)
		rc = outline_html(o, source, err);
	else
		outlines[markup](o, source);
	outline_end(o);
	return rc;
}

int segmentation_make(struct segmentation *out, struct span source, enum markup markup, size_t least, size_t most, struct error *err)
{
	struct outline o = { .text = BUF_INIT };
	struct cutting c = { .out = out, .o = &o, .source = source, .plain = markup == MARKUP_PLAIN, .least = least, .most = most };
	int rc;

	vec_clear(&out->segments);
	arena_clear(&out->arena);
	if (least >= most)
		return error_set(err, TAMIS_EUSAGE, _("the shortest segment (%zu characters) must be shorter than the longest (%zu)"), least,
				 most);
	if (source.len > SEGMENT_SOURCE_MOST)
		return error_set(err, TAMIS_ELIMIT, _("the document has %zu bytes; segments are cut from documents of up to %zu"), source.len,
				 SEGMENT_SOURCE_MOST);
	if (markup == MARKUP_CODE) {
		code_segments(out, source, most);
		return 0;
	}
	rc = outline_read(&o, source, markup, err);
	if (rc == 0)
		cut_range(&c, SIZE_MAX, 0, o.blocks.n);
	pieces_free(&c.borders);
	outline_free(&o);
	return rc;
}

void segmentation_free(struct segmentation *s)
{
	vec_free(&s->segments);
	arena_free(&s->arena);
	*s = (struct segmentation){ 0 };
}
