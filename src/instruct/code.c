/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "instruct/code.h"

#include <ctype.h>
#include <strings.h>

#include "base/utf8.h"

#define DEPTH 4u
#define TAB 8u
#define HEADER_MOST 160u
#define GUESS_BYTES 65536u

struct code_line {
	size_t at, end;   /* bytes, the line end left out */
	unsigned indent;
	bool blank, comment;
};

struct code {
	struct segmentation *out;
	struct span source;
	size_t most;
	VEC(struct code_line) lines;
};

static bool starts_any(struct span text, const char *const *list)
{
	for (; *list; list++)
		if (span_starts(text, *list))
			return true;
	return false;
}

/* Comments, documentation, attributes: what belongs to the definition under it. */
static bool is_comment(struct span text)
{
	static const char *const marks[] = { "//", "/*", "*", "#[", "# ", "##", "#!", "@", "--", ";;", "%", "\"\"\"", "'''", "template", "///", NULL };

	return starts_any(text, marks) || span_is(text, "#");
}

/* Does the line end inside a text between three quotes that it or one before began? */
static bool in_quotes(struct span line, bool inside)
{
	for (size_t i = 0; i + 3 <= line.len; i++)
		if (memcmp(line.p + i, "\"\"\"", 3) == 0 || memcmp(line.p + i, "'''", 3) == 0) {
			inside = !inside;
			i += 2;
		}
	return inside;
}

static void read_lines(struct code *c)
{
	struct span rest = c->source;
	bool inside = false;

	while (rest.len) {
		struct code_line l = { .at = (size_t)(rest.p - c->source.p) };
		struct span line = span_line(&rest), text = span_trim(line);

		l.end = l.at + line.len;
		l.blank = text.len == 0;
		l.comment = is_comment(text) || inside;
		inside = in_quotes(text, inside);
		for (size_t i = 0; i < line.len && (line.p[i] == ' ' || line.p[i] == '\t'); i++)
			l.indent = line.p[i] == '\t' ? (l.indent / TAB + 1) * TAB : l.indent + 1;
		vec_push(&c->lines, l);
	}
}

static struct span text_of(const struct code *c, size_t i)
{
	return span_trim(span_make(c->source.p + c->lines.v[i].at, c->lines.v[i].end - c->lines.v[i].at));
}

static size_t next_written(const struct code *c, size_t i, size_t to)
{
	while (i < to && c->lines.v[i].blank)
		i++;
	return i;
}

static bool closes(struct span text)
{
	return text.len && (strchr("})]", text.p[0]) || span_starts(text, "end") || span_starts(text, "fi") || span_starts(text, "done") ||
			    span_starts(text, "esac"));
}

/* A line that opens something with a name, not a loop, a table or a call. */
static bool opens(const struct code *c, size_t i, size_t to)
{
	static const char *const control[] = { "if ", "if(", "for ", "for(", "while ", "while(", "else", "try", "switch", "do ", "do{", "with ",
					       "elif", "except", "finally", "case ", "catch", "return", "{", "}", "import ", "from ", "use ",
					       "#include", "#if", "#define", "#else", "#endif", "#pragma", "unless ", "until ", NULL };
	struct span text = text_of(c, i);
	size_t below = next_written(c, i + 1, to);
	bool brace;

	if (c->lines.v[i].blank || c->lines.v[i].comment || starts_any(text, control) || below == to)
		return false;
	brace = span_is(text_of(c, below), "{") && c->lines.v[below].indent == c->lines.v[i].indent;
	if (!brace && c->lines.v[below].indent <= c->lines.v[i].indent)
		return false;
	return memchr(text.p, '(', text.len) || span_ends(text, "{") || span_ends(text, ":") || brace || span_starts(text, "class ") ||
	       span_starts(text, "def ") || span_starts(text, "module ");
}

/* The line after the definition that line `i` opens. */
static size_t definition_end(const struct code *c, size_t i, size_t to)
{
	unsigned indent = c->lines.v[i].indent;
	size_t end = i + 1;

	for (size_t k = i + 1; k < to; k++) {
		if (c->lines.v[k].blank)
			continue;
		if (c->lines.v[k].indent > indent) {
			end = k + 1;
			continue;
		}
		if (c->lines.v[k].indent == indent && (closes(text_of(c, k)) || (k == next_written(c, i + 1, to) && span_is(text_of(c, k), "{")) ||
						       starts_any(text_of(c, k), (const char *const[]){ "public:", "private:", "protected:", NULL }))) {
			end = k + 1;
			if (closes(text_of(c, k)) && !span_ends(text_of(c, k), "{"))
				break;
			continue;
		}
		break;
	}
	return end;
}

/* The first line of the comment straight above. */
static size_t comment_start(const struct code *c, size_t i, size_t from)
{
	size_t start = i;

	while (start > from && !c->lines.v[start - 1].blank && c->lines.v[start - 1].comment)
		start--;
	return start;
}

static struct span header_of(struct span line)
{
	while (line.len && strchr("{:( \t", line.p[line.len - 1]))
		line.len--;
	return span_make(line.p, line.len < HEADER_MOST ? line.len : utf8_floor(line, HEADER_MOST));
}

static void emit(struct code *c, struct span path, size_t first, size_t line, size_t end)
{
	size_t at = c->lines.v[first].at;
	struct text_segment s = { .at = at, .len = c->lines.v[end - 1].end - at };
	struct buf whole = BUF_INIT;

	s.header = arena_span(&c->out->arena, header_of(text_of(c, line)));
	buf_addspan(&whole, path);
	buf_adds(&whole, path.len ? " › " : "");
	buf_addspan(&whole, s.header);
	s.path = arena_span(&c->out->arena, buf_span(&whole));
	s.text = arena_span(&c->out->arena, span_make(c->source.p + at, s.len));
	s.chars = utf8_count(s.text);
	if (s.chars)
		vec_push(&c->out->segments, s);
	buf_free(&whole);
}

/* Definitions among lines [from, to), those too long by what is inside them. */
static void cut_lines(struct code *c, struct span path, size_t from, size_t to, unsigned depth)
{
	size_t floor = from;

	for (size_t i = from; i < to;) {
		size_t first, end, chars, before;
		struct buf inner = BUF_INIT;

		if (!opens(c, i, to)) {
			i++;
			continue;
		}
		first = comment_start(c, i, floor);
		end = definition_end(c, i, to);
		chars = utf8_count(span_make(c->source.p + c->lines.v[first].at, c->lines.v[end - 1].end - c->lines.v[first].at));
		before = c->out->segments.n;
		if (chars > c->most && depth < DEPTH) {
			buf_addspan(&inner, path);
			buf_adds(&inner, path.len ? " › " : "");
			buf_addspan(&inner, header_of(text_of(c, i)));
			cut_lines(c, buf_span(&inner), i + 1, end, depth + 1);
		}
		if (c->out->segments.n == before)
			emit(c, path, first, i, end);
		buf_free(&inner);
		floor = i = end;
	}
}

void code_segments(struct segmentation *out, struct span source, size_t most)
{
	struct code c = { .out = out, .source = source, .most = most };

	read_lines(&c);
	cut_lines(&c, span_make("", 0), 0, c.lines.n, 0);
	vec_free(&c.lines);
}

bool code_guess(struct span source)
{
	static const char *const words[] = { "import ", "from ", "#include", "package ", "using ", "use ", "def ", "class ", "fn ", "func ",
					     "pub ", "const ", "let ", "var ", "function ", "return", "static ", "void ", "int ", "public ",
					     "private ", "if (", "if(", "for (", "for(", "while (", "} else", "#define", "#if", "#end", "struct ",
					     "enum ", "export ", "module ", "impl ", "local ", "else:", "try:", "raise ", "sub ", "my ", NULL };
	struct code c = { .source = span_make(source.p, source.len < GUESS_BYTES ? source.len : GUESS_BYTES) };
	size_t lines = 0, code = 0, definitions = 0;

	read_lines(&c);
	vec_each(&c.lines, i) {
		struct span text = text_of(&c, i);

		if (c.lines.v[i].blank || c.lines.v[i].comment)
			continue;
		lines++;
		code += starts_any(text, words) || strchr(";{}", text.p[text.len - 1]) || (span_ends(text, "):") || span_ends(text, ")")) ||
			(span_ends(text, ",") && memchr(text.p, '(', text.len)) || memmem(text.p, text.len, " = ", 3);
		definitions += opens(&c, i, c.lines.n);
	}
	vec_free(&c.lines);
	return lines >= 5 && definitions && code * 10 >= lines * 6;
}
