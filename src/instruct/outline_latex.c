/* SPDX-License-Identifier: GPL-3.0-or-later */
/* LaTeX by its commands for headings.  Mathematics stays as it is written; what only sets or points (labels, citations, floats) is left
 * out; the words of commands that are not known stay, the commands go. */
#include "instruct/outline.h"

#include <ctype.h>

struct latex {
	struct outline *o;
	struct span s;
	size_t i;
};

static const struct {
	const char *name;
	unsigned level;
} headings[] = {
	{ "title", 1 },	     { "part", 2 },	     { "chapter", 3 },	 { "section", 4 }, { "subsection", 5 },
	{ "subsubsection", 6 }, { "paragraph", 7 },  { "subparagraph", 8 },
};

/* Commands whose arguments say nothing to a reader; how many of them. */
static const struct {
	const char *name;
	unsigned arguments;
} dropped[] = {
	{ "label", 1 },	      { "cite", 1 },	    { "citep", 1 },	 { "citet", 1 },       { "ref", 1 },	    { "eqref", 1 },
	{ "pageref", 1 },     { "footnote", 1 },    { "index", 1 },	 { "vspace", 1 },      { "hspace", 1 },	    { "includegraphics", 1 },
	{ "input", 1 },	      { "include", 1 },	    { "bibliography", 1 },{ "bibliographystyle", 1 }, { "usepackage", 1 }, { "documentclass", 1 },
	{ "newcommand", 2 },  { "renewcommand", 2 },{ "setlength", 2 },	 { "setcounter", 2 },  { "addtocounter", 2 },{ "color", 1 },
	{ "thispagestyle", 1 },{ "pagestyle", 1 },  { "author", 1 },	 { "date", 1 },	       { "thanks", 1 },	    { "phantomsection", 0 },
	{ "maketitle", 0 },   { "tableofcontents", 0 },{ "newpage", 0 }, { "clearpage", 0 },   { "centering", 0 },  { "noindent", 0 },
};

static const char *const dropped_environments[] = { "figure", "figure*", "thebibliography", "tikzpicture", "comment", "titlepage", NULL };
static const char *const verbatim_environments[] = { "verbatim", "verbatim*", "lstlisting", "Verbatim", "minted", "alltt", NULL };

static bool starts(const struct latex *l, const char *what)
{
	return span_starts(span_make(l->s.p + l->i, l->s.len - l->i), what);
}

/* Past white space; one line end at most. */
static void skip_space(struct latex *l)
{
	unsigned lines = 0;

	while (l->i < l->s.len && isspace((unsigned char)l->s.p[l->i]) && lines < 2) {
		lines += l->s.p[l->i] == '\n';
		if (lines < 2)
			l->i++;
	}
}

/* Past a group "{…}" or "[…]" that begins here; its inside.  Without one nothing moves. */
static struct span take_group(struct latex *l, char open, char close)
{
	size_t from, depth = 0, before = l->i;

	skip_space(l);
	if (l->i == l->s.len || l->s.p[l->i] != open) {
		l->i = before;
		return span_make("", 0);
	}
	from = l->i + 1;
	for (; l->i < l->s.len; l->i++) {
		char c = l->s.p[l->i];

		if (c == '\\' && l->i + 1 < l->s.len)
			l->i++;
		else if (c == open)
			depth++;
		else if (c == close && --depth == 0) {
			l->i++;
			return span_make(l->s.p + from, l->i - 1 - from);
		}
	}
	l->i = before + 1 < l->s.len ? before + 1 : l->s.len;
	return span_make("", 0);
}

static void begin_text(struct latex *l, size_t at)
{
	if (l->o->blocks.n == 0 || l->o->blocks.v[l->o->blocks.n - 1].level)
		outline_begin(l->o, 0, at);
}

static void add_words(struct buf *out, struct span text);

/* A command inside words, of which only its argument or a sign stays: the bytes it takes. */
static size_t add_inline(struct buf *out, struct span s, size_t i)
{
	struct latex l = { .s = s, .i = i + 1 };
	struct span name;

	if (l.i == s.len)
		return 1;
	if (!isalpha((unsigned char)s.p[l.i])) {
		if (strchr("%&$#_{}", s.p[l.i]))
			buf_addc(out, s.p[l.i]);
		else if (s.p[l.i] == '\\')
			buf_addc(out, '\n');
		else if (s.p[l.i] == ' ' || s.p[l.i] == ',')
			buf_addc(out, ' ');
		return 2;
	}
	while (l.i < s.len && isalpha((unsigned char)s.p[l.i]))
		l.i++;
	name = span_make(s.p + i + 1, l.i - i - 1);
	if (span_is(name, "ldots") || span_is(name, "dots"))
		buf_adds(out, "…");
	if (span_is(name, "textbackslash"))
		buf_addc(out, '\\');
	if (span_is(name, "LaTeX") || span_is(name, "TeX"))
		buf_addspan(out, name);
	while (l.i < s.len && s.p[l.i] == '*')
		l.i++;
	for (size_t k = 0; k < sizeof dropped / sizeof *dropped; k++)
		if (span_is(name, dropped[k].name)) {
			take_group(&l, '[', ']');
			for (unsigned n = 0; n < dropped[k].arguments; n++) {
				take_group(&l, '{', '}');
				if (n + 1 < dropped[k].arguments)
					take_group(&l, '[', ']');
			}
			return l.i - i;
		}
	if (span_is(name, "href")) {
		take_group(&l, '{', '}');
		return l.i - i;
	}
	if (l.i < s.len && s.p[l.i] == ' ')
		l.i++;
	return l.i - i;
}

/* Up to the end of a formula, as it is: the bytes it takes. */
static size_t add_formula(struct buf *out, struct span s, size_t i)
{
	bool display = i + 1 < s.len && s.p[i + 1] == '$';
	size_t from = i;

	i += display ? 2 : 1;
	while (i < s.len && s.p[i] != '$')
		i += s.p[i] == '\\' && i + 1 < s.len ? 2 : 1;
	i += i < s.len;
	i += display && i < s.len && s.p[i] == '$';
	i = i < s.len ? i : s.len;
	buf_add(out, s.p + from, i - from);
	return i - from;
}

/* One piece of running text at `i`; the bytes it takes. */
static size_t add_piece(struct buf *out, struct span s, size_t i)
{
	struct span rest = span_make(s.p + i, s.len - i);

	if (s.p[i] == '\\')
		return add_inline(out, s, i);
	if (s.p[i] == '$')
		return add_formula(out, s, i);
	if (s.p[i] == '%')
		return span_line(&rest).len + (rest.len > 0);
	if (span_starts(rest, "``"))
		return buf_adds(out, "“"), 2;
	if (span_starts(rest, "''"))
		return buf_adds(out, "”"), 2;
	if (span_starts(rest, "---"))
		return buf_adds(out, "—"), 3;
	if (span_starts(rest, "--"))
		return buf_adds(out, "–"), 2;
	if (s.p[i] != '{' && s.p[i] != '}')
		buf_addc(out, s.p[i] == '~' ? ' ' : s.p[i]);
	return 1;
}

static void add_words(struct buf *out, struct span text)
{
	for (size_t i = 0; i < text.len;)
		i += add_piece(out, text, i);
}

static bool is_any(struct span name, const char *const *list)
{
	for (; *list; list++)
		if (span_is(name, *list))
			return true;
	return false;
}

/* Past "\end{name}"; what stands before it. */
static struct span take_environment(struct latex *l, struct span name)
{
	size_t from = l->i;

	for (; l->i < l->s.len; l->i++) {
		struct latex end = *l;

		if (!starts(l, "\\end{"))
			continue;
		end.i += strlen("\\end");
		if (span_eq(take_group(&end, '{', '}'), name)) {
			struct span inside = span_make(l->s.p + from, l->i - from);

			l->i = end.i;
			return inside;
		}
	}
	return span_make(l->s.p + from, l->s.len - from);
}

static void add_verbatim(struct latex *l, struct span inside)
{
	buf_adds(&l->o->text, "\n\n");
	while (inside.len) {
		buf_adds(&l->o->text, "    ");
		buf_addspan(&l->o->text, span_line(&inside));
		buf_addc(&l->o->text, '\n');
	}
	buf_addc(&l->o->text, '\n');
}

/* `\begin{…}` at the place after it. */
static void begin_environment(struct latex *l, struct span name, size_t at)
{
	if (span_is(name, "abstract")) {
		outline_begin(l->o, 4, at);
		buf_adds(&l->o->text, "Abstract");
		outline_reach(l->o, l->i);
		outline_begin(l->o, 0, l->i);
	} else if (is_any(name, dropped_environments)) {
		take_environment(l, name);
	} else if (is_any(name, verbatim_environments)) {
		begin_text(l, at);
		add_verbatim(l, take_environment(l, name));
	} else if (span_starts(name, "equation") || span_starts(name, "align") || span_starts(name, "gather") || span_is(name, "displaymath")) {
		struct span inside = take_environment(l, name);

		begin_text(l, at);
		buf_adds(&l->o->text, "\n$$");
		buf_addspan(&l->o->text, span_trim(inside));
		buf_adds(&l->o->text, "$$\n");
	} else {
		take_group(l, '[', ']');
		if (span_starts(name, "tab") || span_starts(name, "array") || span_is(name, "minipage"))
			take_group(l, '{', '}');
	}
}

/* A heading, an environment's begin or end, an item: false when the command here is none of these. */
static bool add_structure(struct latex *l)
{
	size_t at = l->i, name_end = l->i + 1;
	struct span name, group;

	while (name_end < l->s.len && isalpha((unsigned char)l->s.p[name_end]))
		name_end++;
	name = span_make(l->s.p + at + 1, name_end - at - 1);
	l->i = name_end;
	if (span_is(name, "begin") || span_is(name, "end")) {
		group = take_group(l, '{', '}');
		if (span_is(name, "begin"))
			begin_environment(l, group, at);
		else
			buf_addc(&l->o->text, '\n');
		return true;
	}
	if (span_is(name, "item")) {
		begin_text(l, at);
		buf_adds(&l->o->text, "\n- ");
		add_words(&l->o->text, take_group(l, '[', ']'));
		return true;
	}
	for (size_t i = 0; i < sizeof headings / sizeof *headings; i++) {
		if (!span_is(name, headings[i].name))
			continue;
		l->i += l->i < l->s.len && l->s.p[l->i] == '*';
		take_group(l, '[', ']');
		group = take_group(l, '{', '}');
		outline_begin(l->o, headings[i].level, at);
		add_words(&l->o->text, group);
		outline_reach(l->o, l->i);
		outline_begin(l->o, 0, l->i);
		return true;
	}
	l->i = at;
	return false;
}

/* A title before byte `to`, where the document begins. */
static void add_title(struct latex *l, size_t to)
{
	static const char command[] = "\\title";
	const char *title = to ? memmem(l->s.p, to, command, sizeof command - 1) : NULL;

	if (title == NULL)
		return;
	l->i = (size_t)(title - l->s.p);
	add_structure(l);
}

/* More white space would say nothing. */
static bool ends_apart(const struct buf *text, char space)
{
	if (space != '\n')
		return text->len && strchr(" \n", text->p[text->len - 1]);
	return text->len > 1 && text->p[text->len - 1] == '\n' && text->p[text->len - 2] == '\n';
}

void outline_latex(struct outline *o, struct span source)
{
	static const char begin[] = "\\begin{document}", end[] = "\\end{document}";
	const char *from = source.len ? memmem(source.p, source.len, begin, sizeof begin - 1) : NULL;
	const char *to = source.len ? memmem(source.p, source.len, end, sizeof end - 1) : NULL;
	struct latex l = { .o = o, .s = source };

	if (to && to > from)
		l.s.len = (size_t)(to - source.p);
	add_title(&l, from ? (size_t)(from - source.p) : 0);
	if (from && from < source.p + l.s.len)
		l.i = (size_t)(from - source.p) + sizeof begin - 1;
	while (l.i < l.s.len) {
		char c = l.s.p[l.i];

		if (c == '\\' && add_structure(&l))
			continue;
		if (!isspace((unsigned char)c) && c != '%')
			begin_text(&l, l.i);
		if (isspace((unsigned char)c) && ends_apart(&o->text, c)) {
			l.i++;
			continue;
		}
		l.i += add_piece(&o->text, l.s, l.i);
		if (!isspace((unsigned char)c) && c != '%')
			outline_reach(o, l.i);
	}
}
