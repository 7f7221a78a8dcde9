/* SPDX-License-Identifier: GPL-3.0-or-later */
/* HTML by libxml2's forgiving parser, as events: no tree is built, nothing is fetched, and the parser's place in its input tells
 * which bytes of the source a text came from. */
#include "instruct/outline.h"

#include <limits.h>
#include <stdint.h>
#include <strings.h>

#include <libxml/HTMLparser.h>

#include "base/i18n.h"
#include "base/utf8.h"

struct reading {
	struct outline *o;
	struct span source;
	htmlParserCtxtPtr parser;
	unsigned skip;      /* depth inside something that is no text */
	unsigned pre;       /* depth of <pre> */
	unsigned heading;   /* level of the open heading, 0 outside */
	bool space;         /* white space was seen since the last word */
};

static bool is_one_of(const xmlChar *name, const char *const *list)
{
	for (; *list; list++)
		if (strcasecmp((const char *)name, *list) == 0)
			return true;
	return false;
}

static const char *const no_text[] = { "script", "style", "nav", "footer", "aside", "form", "noscript", "template", "svg",
				       "button", "select", "title", "iframe", "object", NULL };
static const char *const lines[] = { "br", "li", "tr", "dt", "dd", "div", NULL };
static const char *const paragraphs[] = { "p", "pre", "table", "ul", "ol", "dl", "blockquote", "section", "article", "hr", "figure",
					  "main", NULL };

/* Where the parser is: bytes of the source it has consumed. */
static size_t place(const struct reading *r)
{
	long at = xmlByteConsumed(r->parser);

	return at < 0 ? 0 : (size_t)at < r->source.len ? (size_t)at : r->source.len;
}

/* Line ends at the end of the text, in all `want`. */
static void break_line(struct reading *r, unsigned want)
{
	struct buf *text = &r->o->text;
	size_t from = r->o->blocks.n ? r->o->blocks.v[r->o->blocks.n - 1].text : 0;
	unsigned have = 0;

	r->space = false;
	while (have < want && text->len > from + have && text->p[text->len - 1 - have] == '\n')
		have++;
	if (text->len == from)
		return;
	buf_fill(text, '\n', want - have);
}

static unsigned heading_level(const xmlChar *name)
{
	return (name[0] == 'h' || name[0] == 'H') && name[1] >= '1' && name[1] <= '6' && name[2] == '\0' ? (unsigned)(name[1] - '0') : 0;
}

/* The "<" of the tag that ends before `at`. */
static size_t tag_start(const struct reading *r, const xmlChar *name, size_t at)
{
	size_t len = strlen((const char *)name);
	size_t floor = r->o->blocks.n ? r->o->blocks.v[r->o->blocks.n - 1].end : 0;

	for (size_t i = at; i > floor; i--)
		if (r->source.p[i - 1] == '<' && i + len <= r->source.len &&
		    strncasecmp(r->source.p + i, (const char *)name, len) == 0)
			return i - 1;
	return at > floor ? at : floor;
}

static void start_element(void *ctx, const xmlChar *name, const xmlChar **attributes)
{
	struct reading *r = ctx;
	unsigned level = heading_level(name);

	(void)attributes;
	if (r->skip || is_one_of(name, no_text)) {
		r->skip++;
		return;
	}
	if (strcasecmp((const char *)name, "pre") == 0)
		r->pre++;
	if (level) {
		outline_begin(r->o, level, tag_start(r, name, place(r)));
		r->heading = level;
		r->space = false;
	} else if (r->heading) {
		r->space = true;
	} else if (is_one_of(name, paragraphs)) {
		break_line(r, 2);
	} else if (is_one_of(name, lines)) {
		break_line(r, 1);
		if (strcasecmp((const char *)name, "li") == 0)
			buf_adds(&r->o->text, "- ");
	} else if (strcasecmp((const char *)name, "td") == 0 || strcasecmp((const char *)name, "th") == 0) {
		r->space = true;
	}
}

static void end_element(void *ctx, const xmlChar *name)
{
	struct reading *r = ctx;

	if (r->skip) {
		r->skip--;
		return;
	}
	if (r->pre && strcasecmp((const char *)name, "pre") == 0)
		r->pre--;
	if (r->heading && heading_level(name)) {
		size_t at = place(r);

		outline_reach(r->o, at);
		outline_begin(r->o, 0, at);
		r->heading = 0;
		r->space = false;
	} else if (!r->heading && is_one_of(name, paragraphs)) {
		break_line(r, 2);
	} else if (!r->heading && is_one_of(name, lines)) {
		break_line(r, 1);
	}
}

static void add_words(struct reading *r, const char *p, size_t n)
{
	struct buf *text = &r->o->text;
	const struct outline_block *b = &r->o->blocks.v[r->o->blocks.n - 1];

	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)p[i];

		if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f') {
			r->space = true;
			continue;
		}
		if (r->space && text->len > b->text && text->p[text->len - 1] != '\n' && text->p[text->len - 1] != ' ')
			buf_addc(text, ' ');
		r->space = false;
		buf_addc(text, (char)c);
	}
}

static void characters(void *ctx, const xmlChar *p, int n)
{
	struct reading *r = ctx;
	size_t at = place(r);

	if (r->skip || n <= 0)
		return;
	if (r->o->blocks.n == 0)
		outline_begin(r->o, 0, at > (size_t)n ? at - (size_t)n : 0);
	if (r->pre && !r->heading)
		buf_add(&r->o->text, p, (size_t)n);
	else
		add_words(r, (const char *)p, (size_t)n);
	outline_reach(r->o, at);
}

/* libxml2 guesses an encoding when bytes are not UTF-8, which would move its places: bad bytes become "?", NULs spaces. */
static void make_sound(struct buf *out, struct span source)
{
	size_t i = 0;

	buf_add(out, source.p, source.len);
	while (i < out->len) {
		size_t used = 1;
		int32_t cp = utf8_decode(span_make(out->p + i, out->len - i), &used);

		if (cp < 0)
			out->p[i] = '?';
		else if (cp == 0)
			out->p[i] = ' ';
		i += used;
	}
}

int outline_html(struct outline *o, struct span source, struct error *err)
{
	htmlSAXHandler handler = { .startElement = start_element, .endElement = end_element, .characters = characters,
				   .cdataBlock = characters, .ignorableWhitespace = characters };
	struct reading r = { .o = o, .source = source };
	struct buf sound = BUF_INIT;

	if (source.len == 0)
		return 0;
	make_sound(&sound, source);
	r.parser = sound.len < INT_MAX ? htmlCreateMemoryParserCtxt(sound.p, (int)sound.len) : NULL;
	if (r.parser == NULL) {
		buf_free(&sound);
		return error_set(err, TAMIS_ELIMIT, _("libxml2 can't read an HTML document of %zu bytes"), source.len);
	}
	htmlCtxtUseOptions(r.parser, HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NONET |
					     HTML_PARSE_IGNORE_ENC | HTML_PARSE_COMPACT);
	*r.parser->sax = handler;
	r.parser->userData = &r;
	r.parser->charset = XML_CHAR_ENCODING_UTF8;
	htmlParseDocument(r.parser);
	r.parser->userData = r.parser;
	htmlFreeParserCtxt(r.parser);
	buf_free(&sound);
	return 0;
}
