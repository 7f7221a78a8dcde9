/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "instruct/markup.h"

#include <ctype.h>
#include <strings.h>

#include "instruct/code.h"

#define LOOKED_AT 65536u /* bytes */

static const char *const markups[MARKUPS] = { "plain", "html", "markdown", "pod", "man", "latex", "rst", "code" };

const char *markup_name(enum markup m)
{
	return markups[m];
}

static bool starts_with_any(struct span line, const char *const *starts)
{
	for (; *starts; starts++)
		if (line.len >= strlen(*starts) && strncasecmp(line.p, *starts, strlen(*starts)) == 0)
			return true;
	return false;
}

static bool is_atx(struct span line)
{
	size_t n = 0;

	while (n < line.len && line.p[n] == '#')
		n++;
	return n >= 1 && n <= 6 && n + 1 < line.len && line.p[n] == ' ';
}

/* A piece of a page, without its head: several elements are closed. */
static bool has_tags(struct span source)
{
	static const char *const ends[] = { "</p>", "</div>", "</span>", "</a>", "</li>", "</td>", "</pre>", "</code>", NULL };
	size_t closed = 0, tried = 0;

	for (const char *at = source.p; source.len && (at = memmem(at, (size_t)(source.p + source.len - at), "</", 2)) != NULL && tried++ < 50; at += 2)
		closed += starts_with_any(span_make(at, (size_t)(source.p + source.len - at)), ends);
	return closed >= 4;
}

/* Lines that tell Markdown and reStructuredText from each other and from code. */
struct tally {
	unsigned lines, atx, deeper, fences, underlines, equals, directives;
};

/* A line of one sign as long as the one above it, nearly. */
static bool is_underline(struct span line, struct span above)
{
	size_t n = 0;

	above = span_trim(above);
	while (n < line.len && line.p[n] == line.p[0])
		n++;
	return n >= 3 && span_trim(span_make(line.p + n, line.len - n)).len == 0 && strchr("=-~^\"'*+#", line.p[0]) && above.len &&
	       n + 2 >= above.len && n <= 2 * above.len + 4 && isalnum((unsigned char)above.p[0] | ((unsigned char)above.p[0] >= 0x80 ? 'a' : 0));
}

static void count_line(struct tally *t, struct span line, struct span above)
{
	bool underline = line.len && is_underline(line, above);

	t->lines += span_trim(line).len > 0;
	t->atx += is_atx(line);
	t->deeper += is_atx(line) && line.p[1] == '#';
	t->fences += span_starts(line, "```") || span_starts(line, "~~~");
	t->underlines += underline;
	t->equals += underline && line.p[0] == '=';
	t->directives += span_starts(line, ".. ") && line.len > 5;
}

enum markup markup_guess(struct span source)
{
	static const char *const html[] = { "<!doctype html", "<html", "<h1", "<h2", "<h3", "<body", NULL };
	static const char *const pod[] = { "=head1 ", "=head2 ", "=pod", NULL };
	static const char *const man[] = { ".TH ", ".Dd ", ".Dt ", ".Sh NAME", ".SH NAME", NULL };
	static const char *const latex[] = { "\\documentclass", "\\begin{document}", "\\section{", "\\chapter{", "\\subsection{", NULL };
	struct span rest = span_make(source.p, source.len < LOOKED_AT ? source.len : LOOKED_AT), above = { "", 0 };
	struct tally t = { 0 };

	while (rest.len) {
		struct span line = span_line(&rest), word = span_trim(line);

		if (starts_with_any(word, html))
			return MARKUP_HTML;
		if (starts_with_any(line, pod))
			return MARKUP_POD;
		if (starts_with_any(line, man))
			return MARKUP_MAN;
		if (starts_with_any(word, latex))
			return MARKUP_LATEX;
		count_line(&t, line, above);
		above = line;
	}
	/* Shell comments start with # as well, but are rarely a small part of the text and rarely of two depths; nothing but prose about
	 * code fences it. */
	if (t.atx && (t.fences >= 2 || ((t.deeper || t.lines == t.atx + 1 || t.atx * 8 <= t.lines) && !code_guess(source))))
		return MARKUP_MARKDOWN;
	if (t.directives >= 1 && t.underlines >= 1 && !code_guess(source))
		return MARKUP_RST;
	if (t.fences >= 2 && t.underlines >= 1)
		return MARKUP_MARKDOWN;
	if (has_tags(span_make(source.p, source.len < LOOKED_AT ? source.len : LOOKED_AT)))
		return MARKUP_HTML;
	return code_guess(source) ? MARKUP_CODE : MARKUP_PLAIN;
}

static const struct {
	const char *end;
	enum markup markup;
} endings[] = {
	{ ".html", MARKUP_HTML },    { ".htm", MARKUP_HTML },	  { ".xhtml", MARKUP_HTML }, { ".md", MARKUP_MARKDOWN },
	{ ".markdown", MARKUP_MARKDOWN }, { ".mkd", MARKUP_MARKDOWN }, { ".pod", MARKUP_POD },   { ".tex", MARKUP_LATEX },
	{ ".ltx", MARKUP_LATEX },    { ".rst", MARKUP_RST },	  { ".c", MARKUP_CODE },     { ".h", MARKUP_CODE },
	{ ".cc", MARKUP_CODE },	     { ".cpp", MARKUP_CODE },	  { ".hpp", MARKUP_CODE },   { ".cs", MARKUP_CODE },
	{ ".py", MARKUP_CODE },	     { ".js", MARKUP_CODE },	  { ".mjs", MARKUP_CODE },   { ".ts", MARKUP_CODE },
	{ ".java", MARKUP_CODE },    { ".go", MARKUP_CODE },	  { ".rs", MARKUP_CODE },    { ".rb", MARKUP_CODE },
	{ ".php", MARKUP_CODE },     { ".lua", MARKUP_CODE },	  { ".sh", MARKUP_CODE },    { ".kt", MARKUP_CODE },
	{ ".swift", MARKUP_CODE },   { ".scala", MARKUP_CODE },    { ".pl", MARKUP_CODE },	  { ".pm", MARKUP_CODE },    { ".bash", MARKUP_CODE },
};

/* Perl's sources hold their manual: where there is one, that is the text. */
static enum markup with_manual(enum markup m, struct span source)
{
	static const char *const pod[] = { "=head1 ", "=head2 ", "=pod", NULL };

	while (m == MARKUP_CODE && source.len) {
		struct span line = span_line(&source);

		if (line.len && line.p[0] == '=' && starts_with_any(line, pod))
			return MARKUP_POD;
	}
	return m;
}

enum markup markup_of_file(struct span name, struct span source)
{
	static const char *const packed[] = { ".gz", ".zst", ".xz", ".bz2", NULL };

	for (const char *const *end = packed; *end; end++)
		if (span_ends(name, *end))
			name.len -= strlen(*end);
	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
		if (name.len > strlen(endings[i].end) &&
		    strncasecmp(name.p + name.len - strlen(endings[i].end), endings[i].end, strlen(endings[i].end)) == 0)
			return with_manual(endings[i].markup, source);
	return markup_guess(source);
}
