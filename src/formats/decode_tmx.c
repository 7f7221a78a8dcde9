/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One <tu> of a translation memory (TMX 1.4b, sections "tu", "tuv", "seg" and "Content Markup").  libxml2
 * parses the unit alone: no document type can stand in it, so no entity can be declared; the network is off
 * and depth is limited.
 */
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <pthread.h>
#include <stdlib.h>
#include <strings.h>

#include "base/i18n.h"
#include "base/utf8.h"
#include "formats/decode.h"

#define UNIT_LIMIT ((size_t)64 << 20)

struct tmx_parser {
	xmlParserCtxtPtr context;
};

void tmx_parser_free(struct tmx_parser *p)
{
	if (p == NULL)
		return;
	xmlFreeParserCtxt(p->context);
	free(p);
}

static bool is_named(const xmlNode *node, const char *name)
{
	return node->type == XML_ELEMENT_NODE && strcmp((const char *)node->name, name) == 0;
}

static struct span keep_string(struct decoder *d, xmlChar *text)
{
	struct span s = arena_span(d->arena, span_of(text ? (const char *)text : ""));

	xmlFree(text);
	return s;
}

static struct span attribute(struct decoder *d, xmlNode *node, const char *name)
{
	return keep_string(d, xmlGetNoNsProp(node, (const xmlChar *)name));
}

static struct span language(struct decoder *d, xmlNode *tuv)
{
	struct span lang = keep_string(d, xmlGetNsProp(tuv, (const xmlChar *)"lang", XML_XML_NAMESPACE));

	return lang.len ? lang : attribute(d, tuv, "lang");
}

/* Native codes of the tool that made the memory are not text; what <hi> marks is. */
static bool is_native_code(const xmlNode *node)
{
	static const char *const codes[] = { "bpt", "ept", "it", "ph", "ut" };

	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
		if (is_named(node, codes[i]))
			return true;
	return false;
}

/* Text below `top`, in document order; walks without recursion. */
static void put_text(struct buf *out, const xmlNode *top)
{
	const xmlNode *node = top->children;

	while (node) {
		if ((node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE) && node->content)
			buf_adds(out, (const char *)node->content);
		if (node->children && node->type == XML_ELEMENT_NODE && !is_native_code(node)) {
			node = node->children;
			continue;
		}
		while (node && node->next == NULL)
			node = node->parent == top ? NULL : node->parent;
		if (node)
			node = node->next;
	}
}

static struct span text_of(struct decoder *d, const xmlNode *node)
{
	struct buf text = BUF_INIT;
	struct span kept;

	put_text(&text, node);
	kept = arena_span(d->arena, buf_span(&text));
	buf_free(&text);
	return kept;
}

/* "en" asked for is answered by "en" and "EN"; failing those, by "en-GB". */
static bool language_matches(struct span have, const char *want, bool exactly)
{
	size_t n = strlen(want);

	if (have.len < n || strncasecmp(have.p, want, n) != 0)
		return false;
	return have.len == n || (!exactly && (have.p[n] == '-' || have.p[n] == '_'));
}

/* ---- properties ---- */

static struct span dotted(struct decoder *d, const char *prefix, struct span name)
{
	struct buf b = BUF_INIT;
	struct span kept;

	buf_adds(&b, prefix);
	buf_addspan(&b, name);
	kept = arena_span(d->arena, buf_span(&b));
	buf_free(&b);
	return kept;
}

/* The better judged of the scores a unit may bring. */
static unsigned score_rank(struct span type)
{
	static const char *const best_last[] = { "score-zipporah", "score", "score-aligner",
						 "score-bicleaner", "score-bicleaner-ai" };

	for (unsigned i = 0; i < sizeof best_last / sizeof *best_last; i++)
		if (span_is(type, best_last[i]))
			return i + 1;
	return 0;
}

static void add_property(struct decoder *d, xmlNode *node, const char *prefix, unsigned *rank)
{
	struct span type = is_named(node, "note") ? span_of("note") : attribute(d, node, "type");
	struct span value = span_trim(text_of(d, node));
	unsigned mine = score_rank(type);

	if (mine > *rank) {
		decode_drop(d, ROLE_SCORE);
		*rank = mine;
		decode_add(d, ROLE_SCORE, type, value, false);
	} else if (d->all && span_is(type, "source-document") && span_starts(value, "http")) {
		decode_add(d, ROLE_URL, dotted(d, prefix, type), value, false);
	}
	if (d->all)
		decode_add(d, ROLE_META, dotted(d, prefix, type), value, false);
}

static void add_properties(struct decoder *d, xmlNode *parent, const char *prefix, unsigned *rank)
{
	for (xmlNode *n = parent->children; n; n = n->next)
		if (is_named(n, "prop") || is_named(n, "note"))
			add_property(d, n, prefix, rank);
}

/* ---- sides ---- */

static xmlNode *variant(struct decoder *d, xmlNode *unit, const char *want, const xmlNode *other)
{
	for (int exactly = 1; exactly >= 0; exactly--)
		for (xmlNode *n = unit->children; n; n = n->next)
			if (is_named(n, "tuv") && n != other &&
			    (want[0] == '\0' || language_matches(language(d, n), want, exactly)))
				return n;
	return NULL;
}

static void add_side(struct decoder *d, xmlNode *tuv, bool source)
{
	unsigned ignored = 99; /* scores stand on the unit */
	struct span lang = language(d, tuv);

	for (xmlNode *n = tuv->children; n; n = n->next)
		if (is_named(n, "seg"))
			decode_add(d, source ? ROLE_SOURCE : ROLE_TARGET, span_of("seg"), text_of(d, n),
				   false);
	if (!d->all)
		return;
	if (lang.len)
		decode_add(d, source ? ROLE_SOURCE_LANG : ROLE_TARGET_LANG, span_of("xml:lang"), lang, false);
	add_properties(d, tuv, source ? "source." : "target.", &ignored);
}

static void add_unit(struct decoder *d, xmlNode *unit)
{
	const struct shape *s = d->shape;
	xmlNode *target = NULL, *source;
	struct span id = attribute(d, unit, "tuid");
	unsigned rank = 0;

	/* where only the target is asked for, it must not be taken as the source */
	if (s->source_lang[0] == '\0' && s->target_lang[0])
		target = variant(d, unit, s->target_lang, NULL);
	source = variant(d, unit, s->source_lang, target);
	if (target == NULL)
		target = variant(d, unit, s->target_lang, source);
	if (id.len)
		decode_add(d, ROLE_ID, span_of("tuid"), id, false);
	add_properties(d, unit, "", &rank);
	if (source)
		add_side(d, source, true);
	if (target)
		add_side(d, target, false);
}

/* libxml2 names line and column; we the byte. */
static size_t error_place(xmlParserCtxtPtr context, struct span raw)
{
	const xmlError *e = xmlCtxtGetLastError(context);
	struct span rest = raw;
	size_t at;

	if (e == NULL || e->line < 1 || e->int2 < 1)
		return 0;
	for (int line = 1; line < e->line && rest.len; line++)
		span_line(&rest);
	at = (size_t)(rest.p - raw.p) + (size_t)e->int2 - 1;
	return at < raw.len ? at : raw.len;
}

int decode_tmx(struct decoder *d, struct span raw, struct record_fault *fault)
{
	const int options = XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_NOBLANKS;
	xmlNode *root;
	xmlDoc *doc;
	size_t bad;

	if (!utf8_valid(raw, &bad))
		return decode_fault(fault, N_("not UTF-8"), bad);
	if (raw.len > UNIT_LIMIT)
		return decode_fault(fault, N_("the unit is too long"), 0);
	if (d->tmx == NULL) {
		static pthread_once_t once =
			PTHREAD_ONCE_INIT; /* scanners of several threads may be the first together */

		pthread_once(&once, xmlInitParser);
		d->tmx = xcalloc(1, sizeof *d->tmx);
		d->tmx->context = xmlNewParserCtxt();
		if (d->tmx->context == NULL)
			abort();
	}
	doc = xmlCtxtReadMemory(d->tmx->context, raw.p, (int)raw.len, NULL, "UTF-8", options);
	if (doc == NULL)
		return decode_fault(fault, N_("the XML of this unit is broken"),
				    error_place(d->tmx->context, raw));
	root = xmlDocGetRootElement(doc);
	if (root && is_named(root, "tu"))
		add_unit(d, root);
	xmlFreeDoc(doc);
	return 0;
}
