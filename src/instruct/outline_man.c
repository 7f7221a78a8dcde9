/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Manual pages in man(7) and mdoc(7): what their macros say, not how roff would set it.  Conditions, macro definitions and registers are
 * left out. */
#include "instruct/outline.h"

#include <ctype.h>

#define ARGUMENTS 32u

struct page {
	struct outline *o;
	struct span source, rest;
	struct span name;          /* of .Nm: what .Nm alone stands for */
	size_t at, end;            /* of the line */
	unsigned pending;          /* level of a heading whose words are on the next line */
	bool item;                 /* the next line is the tag of an item */
	bool literal;              /* lines stay as they are */
	bool skipping;             /* inside a definition, up to ".." */
};

/* ---- escapes ---- */

static const struct {
	const char *name, *text;
} characters[] = {
	{ "en", "–" }, { "em", "—" }, { "bu", "•" }, { "aq", "'" }, { "dq", "\"" }, { "lq", "“" }, { "rq", "”" }, { "oq", "‘" }, { "cq", "’" },
	{ "co", "©" }, { "hy", "-" }, { "mi", "-" }, { "ti", "~" }, { "ha", "^" }, { "rs", "\\" }, { "ba", "|" }, { "br", "|" }, { "->", "→" },
	{ "<-", "←" }, { ">=", "≥" }, { "<=", "≤" }, { "!=", "≠" }, { "mu", "×" }, { "de", "°" }, { "Tm", "™" }, { "rg", "®" }, { "ga", "`" },
	{ "sq", "'" }, { "at", "@" }, { "sh", "#" }, { "Do", "$" }, { "+-", "±" }, { "em", "—" }, { "fo", "‹" }, { "fc", "›" }, { "la", "<" },
	{ "ra", ">" }, { "lB", "[" }, { "rB", "]" }, { "lC", "{" }, { "rC", "}" },
};

/* The name after \( \[ \* \f and the like at `i`: one character, "(xx" or "[…]"; returns the bytes it takes. */
static size_t take_name(struct span s, size_t i, struct span *name)
{
	const char *close;

	*name = span_make("", 0);
	if (i >= s.len)
		return 0;
	if (s.p[i] == '(' && i + 2 < s.len) {
		*name = span_make(s.p + i + 1, 2);
		return 3;
	}
	if (s.p[i] == '[') {
		close = memchr(s.p + i, ']', s.len - i);
		if (close == NULL)
			return s.len - i;
		*name = span_make(s.p + i + 1, (size_t)(close - s.p) - i - 1);
		return name->len + 2;
	}
	*name = span_make(s.p + i, 1);
	return 1;
}

static void add_character(struct buf *out, struct span name)
{
	for (size_t i = 0; i < sizeof characters / sizeof *characters; i++)
		if (span_is(name, characters[i].name)) {
			buf_adds(out, characters[i].text);
			return;
		}
}

/* The escape after the backslash at i - 1: appends what it stands for, returns the bytes it takes. */
static size_t add_escape(struct buf *out, struct span s, size_t i)
{
	struct span name;
	size_t n;

	switch (s.p[i]) {
	case '-':
		buf_addc(out, '-');
		return 1;
	case 'e':
	case '\\':
		buf_addc(out, '\\');
		return 1;
	case ' ':
	case '~':
	case '0':
		buf_addc(out, ' ');
		return 1;
	case '\'':
	case '`':
	case '.':
		buf_addc(out, s.p[i]);
		return 1;
	case '"':
		return s.len - i;
	case '(':
	case '[':
		n = take_name(s, i, &name);
		add_character(out, name);
		return n;
	case '*':
		n = take_name(s, i + 1, &name);
		add_character(out, name);
		return n + 1;
	case 'f':
	case 'm':
	case 'n':
	case 'F':
	case 'g':
	case 'k':
		return take_name(s, i + 1, &name) + 1;
	case 's':
		i++;
		n = 1 + (i < s.len && (s.p[i] == '+' || s.p[i] == '-'));
		return n + (i + n - 1 < s.len ? take_name(s, i + n - 1, &name) : 0);
	default:
		return 1;
	}
}

static void add_text(struct buf *out, struct span s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] == '\\' && i + 1 < s.len)
			i += add_escape(out, s, i + 1);
		else if (s.p[i] != '\\')
			buf_addc(out, s.p[i]);
	}
}

/* ---- arguments ---- */

/* The words of a macro line; quoted ones without their quotes. */
static size_t take_arguments(struct span line, struct span out[ARGUMENTS])
{
	size_t n = 0, i = 0;

	while (i < line.len && n < ARGUMENTS) {
		size_t from;

		while (i < line.len && (line.p[i] == ' ' || line.p[i] == '\t'))
			i++;
		if (i == line.len || (line.p[i] == '\\' && i + 1 < line.len && line.p[i + 1] == '"'))
			break;
		if (line.p[i] == '"') {
			from = ++i;
			while (i < line.len && line.p[i] != '"')
				i++;
			out[n++] = span_make(line.p + from, i - from);
			i += i < line.len;
			continue;
		}
		from = i;
		while (i < line.len && line.p[i] != ' ' && line.p[i] != '\t')
			i += line.p[i] == '\\' && i + 1 < line.len ? 2 : 1;
		out[n++] = span_make(line.p + from, i - from);
	}
	return n;
}

static void add_arguments(struct buf *out, const struct span *argument, size_t n, const char *between)
{
	for (size_t i = 0; i < n; i++) {
		if (i)
			buf_adds(out, between);
		add_text(out, argument[i]);
	}
}

/* ---- lines ---- */

static void begin_text(struct page *p)
{
	if (p->o->blocks.n == 0 || p->o->blocks.v[p->o->blocks.n - 1].level)
		outline_begin(p->o, 0, p->at);
}

/* Ends the line being written, in all `want` line ends. */
static void break_line(struct page *p, unsigned want)
{
	struct buf *text = &p->o->text;
	unsigned have = 0;

	while (text->len && have < want && text->len > have && text->p[text->len - 1 - have] == '\n')
		have++;
	buf_fill(text, '\n', want - have);
}

/* Filled text goes on in the same line. */
static void begin_words(struct page *p)
{
	struct buf *text = &p->o->text;

	begin_text(p);
	if (p->item) {
		break_line(p, 1);
		buf_adds(text, "- ");
	} else if (text->len && text->p[text->len - 1] != '\n' && text->p[text->len - 1] != ' ') {
		buf_addc(text, ' ');
	}
}

static void end_words(struct page *p)
{
	if (p->item)
		break_line(p, 1);
	p->item = false;
	outline_reach(p->o, p->end);
}

static void add_heading(struct page *p, unsigned level, const struct span *argument, size_t n)
{
	if (n == 0) {
		p->pending = level;
		return;
	}
	outline_begin(p->o, level, p->at);
	add_arguments(&p->o->text, argument, n, " ");
	outline_reach(p->o, p->end);
	outline_begin(p->o, 0, p->end);
	p->literal = p->item = false;
	p->pending = 0;
}

/* "LS(1)" of `.TH LS 1 …` and `.Dt LS 1`. */
static void add_title(struct page *p, const struct span *argument, size_t n)
{
	if (n == 0)
		return;
	outline_begin(p->o, 1, p->at);
	add_text(&p->o->text, argument[0]);
	if (n > 1) {
		buf_addc(&p->o->text, '(');
		add_text(&p->o->text, argument[1]);
		buf_addc(&p->o->text, ')');
	}
	outline_reach(p->o, p->end);
	outline_begin(p->o, 0, p->end);
}

/* mdoc's macros that stand around words; they may follow each other on a line. */
static const struct {
	const char *name, *before, *after;
	bool whole;  /* goes to the end of the line, not to the next macro */
} around[] = {
	{ "Fl", "-", "", false },  { "Op", "[", "]", true },   { "Oo", "[", "", false },  { "Oc", "]", "", false }, { "Dq", "“", "”", true },
	{ "Do", "“", "", false },  { "Dc", "”", "", false },   { "Sq", "‘", "’", true },  { "Ql", "'", "'", true }, { "Qq", "\"", "\"", true },
	{ "Pq", "(", ")", true },  { "Po", "(", "", false },   { "Pc", ")", "", false },  { "Bq", "[", "]", true }, { "Aq", "<", ">", true },
	{ "Brq", "{", "}", true }, { "Ar", "", "", false },    { "Nm", "", "", false },   { "Cm", "", "", false },  { "Ic", "", "", false },
	{ "Li", "", "", false },   { "Em", "", "", false },    { "Sy", "", "", false },   { "Pa", "", "", false },  { "Va", "", "", false },
	{ "Vt", "", "", false },   { "Fn", "", "", false },    { "Fa", "", "", false },   { "Ft", "", "", false },  { "Ev", "", "", false },
	{ "Dv", "", "", false },   { "Er", "", "", false },    { "Ad", "", "", false },   { "An", "", "", false },  { "Sx", "", "", false },
	{ "Xr", "", "", false },   { "Ns", "", "", false },    { "No", "", "", false },   { "Nd", "– ", "", true }, { "Lk", "", "", false },
	{ "Mt", "", "", false },   { "St", "", "", false },    { "Bx", "BSD", "", false },{ "Fx", "FreeBSD", "", false }, { "Ox", "OpenBSD", "", false },
	{ "Nx", "NetBSD", "", false }, { "Ux", "UNIX", "", false }, { "Cd", "", "", false }, { "In", "#include <", ">", true },
	{ "Tn", "", "", false },   { "Ap", "'", "", false },   { "Ms", "", "", false },   { "Fd", "", "", true },   { "Fo", "", "", true },
};
#define AROUND (sizeof around / sizeof *around)

static size_t around_of(struct span word)
{
	size_t i = 0;

	while (i < AROUND && !span_is(word, around[i].name))
		i++;
	return i;
}

static bool is_mark(struct span word)
{
	return word.len == 1 && strchr(".,;:?!)]", word.p[0]);
}

/* A space unless the words before end with what opens, or these are a mark that closes. */
static void space_before(struct buf *out, size_t floor, struct span word)
{
	if (out->len > floor && out->p[out->len - 1] != ' ' && out->p[out->len - 1] != '\n' && !strchr("([<", out->p[out->len - 1]) && !is_mark(word))
		buf_addc(out, ' ');
}

/* Writes the words of an mdoc line from `i` on. */
static void add_mdoc(struct page *p, const struct span *word, size_t n)
{
	struct buf *out = &p->o->text;
	const char *closing[ARGUMENTS];
	size_t floor = out->len, open = 0;
	bool glued = false;

	for (size_t i = 0; i < n; i++) {
		size_t macro = around_of(word[i]);

		if (macro == AROUND) {
			if (!glued)
				space_before(out, floor, word[i]);
			glued = false;
			add_text(out, word[i]);
			continue;
		}
		if (span_is(word[i], "Ns") || span_is(word[i], "Ap")) {
			buf_adds(out, around[macro].before);
			glued = true;
			continue;
		}
		if (!glued)
			space_before(out, floor, span_of(around[macro].before[0] == ']' || around[macro].before[0] == ')' ? ")" : ""));
		buf_adds(out, around[macro].before);
		glued = around[macro].before[0] != '\0' && !strchr("])", around[macro].before[0]);
		if (around[macro].whole)
			closing[open++] = around[macro].after;
		if (span_is(word[i], "Nm") && (i + 1 == n || is_mark(word[i + 1])))
			buf_addspan(out, p->name);
		if (span_is(word[i], "Xr") && i + 2 < n + 0 && !is_mark(word[i + 2])) {
			add_text(out, word[i + 1]);
			buf_addc(out, '(');
			add_text(out, word[i + 2]);
			buf_addc(out, ')');
			i += 2;
		}
	}
	while (open)
		buf_adds(out, closing[--open]);
}

enum request { MAN_HEADING, MAN_SUBHEADING, MAN_TITLE, MAN_PARAGRAPH, MAN_ITEM, MAN_TAG, MAN_LITERAL, MAN_FILLED, MAN_WORDS, MAN_JOINED, MAN_SKIP };

static const struct {
	const char *name;
	enum request request;
} requests[] = {
	{ "SH", MAN_HEADING },	  { "Sh", MAN_HEADING },  { "SS", MAN_SUBHEADING }, { "Ss", MAN_SUBHEADING }, { "TH", MAN_TITLE },
	{ "Dt", MAN_TITLE },	  { "PP", MAN_PARAGRAPH },{ "LP", MAN_PARAGRAPH },  { "P", MAN_PARAGRAPH },   { "Pp", MAN_PARAGRAPH },
	{ "sp", MAN_PARAGRAPH },  { "HP", MAN_PARAGRAPH },{ "IP", MAN_ITEM },	    { "It", MAN_ITEM },	      { "TP", MAN_TAG },
	{ "TQ", MAN_TAG },	  { "nf", MAN_LITERAL },  { "EX", MAN_LITERAL },    { "fi", MAN_FILLED },     { "EE", MAN_FILLED },
	{ "Ed", MAN_FILLED },	  { "B", MAN_WORDS },	  { "I", MAN_WORDS },	    { "SM", MAN_WORDS },      { "SB", MAN_WORDS },
	{ "BR", MAN_JOINED },	  { "RB", MAN_JOINED },	  { "BI", MAN_JOINED },	    { "IB", MAN_JOINED },     { "IR", MAN_JOINED },
	{ "RI", MAN_JOINED },	  { "UR", MAN_WORDS },	  { "MT", MAN_WORDS },	    { "MR", MAN_JOINED },     { "br", MAN_PARAGRAPH },
};

static enum request request_of(struct span name, const struct span *argument, size_t n)
{
	if (span_is(name, "Bd"))
		return n && (span_is(argument[0], "-literal") || span_is(argument[0], "-unfilled")) ? MAN_LITERAL : MAN_PARAGRAPH;
	for (size_t i = 0; i < sizeof requests / sizeof *requests; i++)
		if (span_is(name, requests[i].name))
			return requests[i].request;
	return MAN_SKIP;
}

static void add_words(struct page *p, struct span name, const struct span *argument, size_t n, enum request request)
{
	struct span words[ARGUMENTS + 1];

	if (p->pending) {
		add_heading(p, p->pending, argument, n);
		return;
	}
	begin_words(p);
	if (request == MAN_WORDS || request == MAN_JOINED) {
		add_arguments(&p->o->text, argument, n, request == MAN_WORDS ? " " : "");
	} else {
		words[0] = name;
		memcpy(words + 1, argument, n * sizeof *argument);
		if (span_is(name, "Nm") && n && p->name.len == 0)
			p->name = argument[0];
		add_mdoc(p, words, n + 1);
	}
	if (p->literal)
		buf_addc(&p->o->text, '\n');
	end_words(p);
}

static void add_item(struct page *p, const struct span *argument, size_t n)
{
	begin_text(p);
	break_line(p, 2);
	p->item = n > 0;
	if (n == 0)
		return;
	begin_words(p);
	add_mdoc(p, argument, n);
	end_words(p);
}

static void add_request(struct page *p, struct span line)
{
	struct span name = span_make(line.p + 1, 0), argument[ARGUMENTS];
	size_t n;
	enum request request;

	while (name.len + 1 < line.len && !isspace((unsigned char)line.p[name.len + 1]))
		name.len++;
	if (name.len == 0 || name.p[0] == '\\')
		return;
	if (span_is(name, "de") || span_is(name, "ig") || span_is(name, "am")) {
		p->skipping = true;
		return;
	}
	n = take_arguments(span_make(name.p + name.len, line.len - 1 - name.len), argument);
	request = request_of(name, argument, n);
	switch (request) {
	case MAN_HEADING:
	case MAN_SUBHEADING:
		add_heading(p, request == MAN_HEADING ? 2 : 3, argument, n);
		break;
	case MAN_TITLE:
		add_title(p, argument, n);
		break;
	case MAN_ITEM:
		add_item(p, argument, span_is(name, "IP") && n > 1 ? 1 : n);
		break;
	case MAN_TAG:
		begin_text(p);
		break_line(p, 2);
		p->item = true;
		break;
	case MAN_LITERAL:
	case MAN_FILLED:
	case MAN_PARAGRAPH:
		begin_text(p);
		break_line(p, span_is(name, "br") ? 1 : 2);
		p->literal = request == MAN_PARAGRAPH ? p->literal : request == MAN_LITERAL;
		break;
	default:
		if (request != MAN_SKIP || around_of(name) < AROUND)
			add_words(p, name, argument, n, request);
	}
}

static void add_line(struct page *p, struct span line)
{
	if (p->pending) {
		add_heading(p, p->pending, &line, 1);
		return;
	}
	if (span_trim(line).len == 0) {
		begin_text(p);
		break_line(p, 2);
		return;
	}
	if (p->literal) {
		begin_text(p);
		buf_adds(&p->o->text, "    ");
		add_text(&p->o->text, line);
		buf_addc(&p->o->text, '\n');
		outline_reach(p->o, p->end);
		return;
	}
	begin_words(p);
	add_text(&p->o->text, span_trim(line));
	end_words(p);
}

void outline_man(struct outline *o, struct span source)
{
	struct page p = { .o = o, .source = source, .rest = source, .name = { "", 0 } };

	while (p.rest.len) {
		struct span line;

		p.at = (size_t)(p.rest.p - source.p);
		line = span_line(&p.rest);
		p.end = p.at + line.len;
		if (p.skipping)
			p.skipping = !span_is(span_trim(line), "..");
		else if (line.len > 1 && (line.p[0] == '.' || line.p[0] == '\''))
			add_request(&p, line);
		else if (line.len != 1 || line.p[0] != '.')
			add_line(&p, line);
	}
}
