/* SPDX-License-Identifier: GPL-3.0-or-later */
/* HTML by libxml2's forgiving parser, as events: no tree is built, nothing is fetched, and the parser's place in its input tells
 * which bytes of the source a text came from. */
#include "instruct/outline.h"

#include <limits.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <strings.h>

#include <libxml/HTMLparser.h>

#include "base/i18n.h"
#include "base/utf8.h"

#define NAMES 64u
#define LISTS 16u
#define NO_NUMBER UINT_MAX
#define DEPTH_MOST 5000   /* open elements; libxml2 looks through all of them for what an end tag closes */
#define LISTING_MOST 3000u /* bytes; what is longer is a text kept in its lines, and may be cut */

struct known_name {
	const xmlChar *name;
	unsigned element;
};

struct reading {
	struct outline *o;
	struct known_name names[NAMES]; /* by address */
	struct span source;
	htmlParserCtxtPtr parser;
	unsigned skip;      /* depth inside something that is no text */
	unsigned pre;       /* depth of <pre> */
	unsigned lists;     /* depth of <ol> and <ul> */
	unsigned item[LISTS]; /* number of the last item, by depth; NO_NUMBER in <ul> */
	size_t item_from, item_at; /* where the mark of an item that has no text yet begins and ends, else 0 */
	bool listing;       /* a fence is open */
	size_t fence;       /* where in the text it stands */
	unsigned heading;   /* level of the open heading, 0 outside */
	bool space;         /* white space was seen since the last word */
};

enum element { ELEMENT_INLINE, ELEMENT_NO_TEXT, ELEMENT_LINE, ELEMENT_ITEM, ELEMENT_PARAGRAPH, ELEMENT_PRE, ELEMENT_CELL, ELEMENT_HEADING,
	       ELEMENT_ORDERED, ELEMENT_UNORDERED };

/* Sorted by name. */
static const struct {
	const char *name;
	enum element element;
} elements[] = {
	{ "article", ELEMENT_PARAGRAPH }, { "aside", ELEMENT_NO_TEXT },	   { "blockquote", ELEMENT_PARAGRAPH }, { "br", ELEMENT_LINE },
	{ "button", ELEMENT_NO_TEXT },	  { "dd", ELEMENT_LINE },	   { "div", ELEMENT_LINE },		{ "dl", ELEMENT_PARAGRAPH },
	{ "dt", ELEMENT_LINE },		  { "figure", ELEMENT_PARAGRAPH }, { "footer", ELEMENT_NO_TEXT },	{ "form", ELEMENT_NO_TEXT },
	{ "h1", ELEMENT_HEADING },	  { "h2", ELEMENT_HEADING },	   { "h3", ELEMENT_HEADING },		{ "h4", ELEMENT_HEADING },
	{ "h5", ELEMENT_HEADING },	  { "h6", ELEMENT_HEADING },	   { "hr", ELEMENT_PARAGRAPH },		{ "iframe", ELEMENT_NO_TEXT },
	{ "li", ELEMENT_ITEM },		  { "main", ELEMENT_PARAGRAPH },   { "nav", ELEMENT_NO_TEXT },		{ "noscript", ELEMENT_NO_TEXT },
	{ "object", ELEMENT_NO_TEXT },	  { "ol", ELEMENT_ORDERED },	   { "p", ELEMENT_PARAGRAPH },		{ "pre", ELEMENT_PRE },
	{ "script", ELEMENT_NO_TEXT },	  { "section", ELEMENT_PARAGRAPH },{ "select", ELEMENT_NO_TEXT },	{ "style", ELEMENT_NO_TEXT },
	{ "svg", ELEMENT_NO_TEXT },	  { "table", ELEMENT_PARAGRAPH },  { "td", ELEMENT_CELL },		{ "template", ELEMENT_NO_TEXT },
	{ "th", ELEMENT_CELL },		  { "title", ELEMENT_NO_TEXT },	   { "tr", ELEMENT_LINE },		{ "ul", ELEMENT_UNORDERED },
};

/* What generators of pages call what is around the text: whole words of class, id or role. */
static const char *const around[] = { "breadcrumb", "breadcrumbs", "docnav", "footer", "nav", "navbar", "navfooter", "navheader", "navigation",
				      "page-footer", "page-header", "related", "sidebar", "site-footer", "site-header", "sphinxsidebar",
				      "sphinxsidebarwrapper", "topnav", "bottomnav", "pagefooter", "langmenu", "toplang", "bottomlang", NULL };

static int compare_names(const void *name, const void *row)
{
	return strcasecmp(name, *(const char *const *)row);
}

static enum element element_named(const xmlChar *name)
{
	const char *const *row = bsearch(name, elements, sizeof elements / sizeof *elements, sizeof *elements, compare_names);

	return row ? elements[((const char *)row - (const char *)elements) / (long)sizeof *elements].element : ELEMENT_INLINE;
}

/* The parser hands out one pointer a name, so that it is looked up once. */
static enum element element_of(struct reading *r, const xmlChar *name)
{
	struct known_name *known = &r->names[((uintptr_t)name >> 3) % NAMES];

	if (known->name != name)
		*known = (struct known_name){ name, element_named(name) };
	return known->element;
}

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
	if (r->item_at && r->item_at == text->len) /* <li><p>: what comes is the item's own text */
		return;
	while (have < want && text->len > from + have && text->p[text->len - 1 - have] == '\n')
		have++;
	if (text->len == from)
		return;
	buf_fill(text, '\n', want - have);
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

static void open_list(struct reading *r, bool ordered, const xmlChar **attributes)
{
	unsigned before = 0;

	for (; ordered && attributes && *attributes; attributes += 2)
		if (strcasecmp((const char *)attributes[0], "start") == 0 && attributes[1])
			before = (unsigned)strtoul((const char *)attributes[1], NULL, 10);
	break_line(r, r->lists ? 1 : 2);
	if (r->lists < LISTS)
		r->item[r->lists] = !ordered ? NO_NUMBER : before && before < 10000 ? before - 1 : 0;
	r->lists++;
}

/* An item without a word leaves no mark. */
static void close_item(struct reading *r)
{
	if (r->item_at && r->item_at == r->o->text.len)
		r->o->text.len = r->item_from;
	r->item_at = 0;
}

static void open_item(struct reading *r)
{
	unsigned depth = r->lists ? (r->lists < LISTS ? r->lists : LISTS) - 1 : 0;

	close_item(r);
	break_line(r, 1);
	r->item_from = r->o->text.len;
	buf_fill(&r->o->text, ' ', 2 * (size_t)depth);
	if (r->lists && r->item[depth] != NO_NUMBER)
		buf_addf(&r->o->text, "%u. ", ++r->item[depth]);
	else
		buf_adds(&r->o->text, "- ");
	r->item_at = r->o->text.len;
}

/* A listing is fenced as in Markdown: without its markup nobody would know it from prose.  Whole texts within <pre> are not. */
static void open_listing(struct reading *r)
{
	break_line(r, 2);
	r->listing = true;
	r->fence = r->o->text.len;
	buf_adds(&r->o->text, "```\n");
}

static void close_listing(struct reading *r)
{
	struct buf *text = &r->o->text;
	struct span listing = span_trim(span_make(text->p + r->fence + 4, text->len - r->fence - 4));
	const char *mark = memmem(listing.p, listing.len, "```", 3) ? "~~~" : "```";

	r->listing = false;
	if (r->item_at > r->fence) /* an item within: what was trimmed must not be taken for its mark */
		r->item_at = 0;
	if (listing.len == 0) {
		text->len = r->fence;
		return;
	}
	if (listing.len > LISTING_MOST) {
		memset(text->p + r->fence, '\n', 4);
		break_line(r, 2);
		return;
	}
	while (text->p[text->len - 1] == '\n' || text->p[text->len - 1] == ' ')
		text->len--;
	memcpy(text->p + r->fence, mark, 3);
	buf_addc(text, '\n');
	buf_adds(text, mark);
	break_line(r, 2);
}

static bool names_what_is_around(const char *words)
{
	while (*words) {
		size_t n = strcspn(words, " \t\r\n");

		for (const char *const *name = around; *name; name++)
			if (strlen(*name) == n && strncasecmp(words, *name, n) == 0)
				return true;
		words += n;
		words += strspn(words, " \t\r\n");
	}
	return false;
}

/* Navigation and the like, by what it is called; never the whole page. */
static bool is_around(enum element element, const xmlChar *name, const xmlChar **attributes)
{
	if (element == ELEMENT_INLINE || element == ELEMENT_HEADING || strcasecmp((const char *)name, "main") == 0)
		return false;
	for (; attributes && attributes[0]; attributes += 2) {
		const char *key = (const char *)attributes[0];
		bool telling = strcasecmp(key, "class") == 0 || strcasecmp(key, "id") == 0 || strcasecmp(key, "role") == 0;

		if (telling && attributes[1] && names_what_is_around((const char *)attributes[1]))
			return true;
	}
	return false;
}

/* No page is so deep: what came so far is its text. */
static void stop(struct reading *r)
{
	r->skip = UINT_MAX; /* the ends that are still reported have no place any more */
	xmlStopParser(r->parser);
}

static void start_element(void *ctx, const xmlChar *name, const xmlChar **attributes)
{
	struct reading *r = ctx;
	enum element element = element_of(r, name);

	if (r->parser->nameNr > DEPTH_MOST) {
		stop(r);
		return;
	}
	if (r->skip || element == ELEMENT_NO_TEXT || is_around(element, name, attributes)) {
		r->skip++;
		return;
	}
	r->pre += element == ELEMENT_PRE;
	if (element == ELEMENT_HEADING) {
		close_item(r); /* its mark belongs to the block before */
		if (r->listing)
			close_listing(r);
		r->heading = (unsigned)(name[1] - '0');
		outline_begin(r->o, r->heading, tag_start(r, name, place(r)));
		r->space = false;
	} else if (r->heading) {
		r->space |= element != ELEMENT_INLINE;
	} else if (element == ELEMENT_PRE && r->pre == 1 && r->o->blocks.n) {
		open_listing(r);
	} else if (element == ELEMENT_PARAGRAPH || element == ELEMENT_PRE) {
		break_line(r, 2);
	} else if (element == ELEMENT_LINE || element == ELEMENT_ITEM) {
		if (element == ELEMENT_ITEM)
			open_item(r);
		else
			break_line(r, 1);
	} else if (element == ELEMENT_ORDERED || element == ELEMENT_UNORDERED) {
		open_list(r, element == ELEMENT_ORDERED, attributes);
	} else if (element == ELEMENT_CELL) {
		r->space = true;
	}
}

static void end_element(void *ctx, const xmlChar *name)
{
	struct reading *r = ctx;
	enum element element = element_of(r, name);

	if (r->skip) {
		r->skip--;
		return;
	}
	if (element == ELEMENT_PRE && r->pre && --r->pre == 0 && r->listing)
		close_listing(r);
	if (r->heading && element == ELEMENT_HEADING) {
		size_t at = place(r);

		outline_reach(r->o, at);
		outline_begin(r->o, 0, at);
		r->heading = 0;
		r->space = false;
	} else if (!r->heading && (element == ELEMENT_PARAGRAPH || element == ELEMENT_PRE)) {
		break_line(r, 2);
	} else if (!r->heading && (element == ELEMENT_LINE || element == ELEMENT_ITEM)) {
		if (element == ELEMENT_ITEM)
			close_item(r);
		break_line(r, 1);
	} else if (!r->heading && (element == ELEMENT_ORDERED || element == ELEMENT_UNORDERED)) {
		r->lists -= r->lists > 0;
		break_line(r, r->lists ? 1 : 2);
	}
}

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static void add_words(struct reading *r, const char *p, size_t n)
{
	struct buf *text = &r->o->text;
	const struct outline_block *b = &r->o->blocks.v[r->o->blocks.n - 1];

	for (size_t i = 0, end; i < n; i = end) {
		end = i;
		while (end < n && !is_space(p[end]))
			end++;
		if (end == i) {
			r->space = true;
			end++;
			continue;
		}
		if (r->space && text->len > b->text && text->p[text->len - 1] != '\n' && text->p[text->len - 1] != ' ')
			buf_addc(text, ' ');
		r->space = false;
		buf_add(text, p + i, end - i);
	}
}

static void characters(void *ctx, const xmlChar *p, int n)
{
	struct reading *r = ctx;
	size_t at = place(r);

	if (r->skip || n <= 0)
		return;
	if (r->o->blocks.n == 0) {
		outline_begin(r->o, 0, at > (size_t)n ? at - (size_t)n : 0);
		r->o->blocks.v[0].text = 0; /* with the mark of an item it begins with */
	}
	while (n && r->listing && r->o->text.len == r->fence + 4 && p[0] == '\n') {
		p++;
		n--;
	}
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
		int32_t cp;

		if (out->p[i] > 0) {
			i++;
			continue;
		}
		cp = utf8_decode(span_make(out->p + i, out->len - i), &used);
		if (cp < 0)
			out->p[i] = '?';
		else if (cp == 0)
			out->p[i] = ' ';
		i += used;
	}
}

/* The library sets itself up on first use, which two threads must not do at once. */
static void set_up(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, xmlInitParser);
}

int outline_html(struct outline *o, struct span source, struct error *err)
{
	htmlSAXHandler handler = { .startElement = start_element, .endElement = end_element, .characters = characters,
				   .cdataBlock = characters, .ignorableWhitespace = characters };
	struct reading r = { .o = o, .source = source };
	struct buf sound = BUF_INIT;

	if (source.len == 0)
		return 0;
	set_up();
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
	if (r.listing)
		close_listing(&r);
	r.parser->userData = r.parser;
	htmlFreeParserCtxt(r.parser);
	buf_free(&sound);
	return 0;
}
