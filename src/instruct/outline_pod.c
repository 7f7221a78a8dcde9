/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Perl's Plain Old Documentation (perlpod): commands, verbatim paragraphs, formatting codes. */
#include "instruct/outline.h"

#include <ctype.h>

#define CODE_DEPTH 32 /* formatting codes inside each other; deeper ones stay as they are */

struct open_code {
	char letter;
	unsigned width;   /* how many "<" opened it */
	size_t text;      /* where its text starts in the output */
};

struct pod {
	struct outline *o;
	struct span source;
	struct open_code open[CODE_DEPTH];
	unsigned depth;

};

static const struct {
	const char *name, *text;
} escapes[] = { { "lt", "<" }, { "gt", ">" }, { "verbar", "|" }, { "sol", "/" }, { "amp", "&" }, { "quot", "\"" }, { "nbsp", " " } };

/* The text of a code that ends here, made from what was written between its brackets. */
static void close_code(struct buf *out, const struct open_code *code)
{
	struct span text = span_make(out->p + code->text, out->len - code->text);
	const char *bar;

	switch (code->letter) {
	case 'X':
	case 'Z':
		buf_truncate(out, code->text);
		break;
	case 'C':
		buf_addc(out, '`');
		break;
	case 'L':
		bar = memchr(text.p, '|', text.len);
		if (bar)
			buf_truncate(out, (size_t)(bar - out->p));
		break;
	case 'E':
		for (size_t i = 0; i < sizeof escapes / sizeof *escapes; i++)
			if (span_is(text, escapes[i].name)) {
				buf_truncate(out, code->text);
				buf_adds(out, escapes[i].text);
				break;
			}
		break;
	default:
		break;
	}
}

/* How many `c` stand at `i`. */
static unsigned run_of(struct span s, size_t i, char c)
{
	unsigned n = 0;

	while (i + n < s.len && s.p[i + n] == c)
		n++;
	return n;
}

static void trim_end(struct buf *out, size_t floor)
{
	while (out->len > floor && out->p[out->len - 1] == ' ')
		buf_truncate(out, out->len - 1);
}

/* A paragraph without its formatting codes, on one line. */
static void add_formatted(struct pod *p, struct span s)
{
	struct buf *out = &p->o->text;

	p->depth = 0;
	for (size_t i = 0; i < s.len;) {
		char c = s.p[i];
		struct open_code *top = p->depth ? &p->open[p->depth - 1] : NULL;

		if (c >= 'A' && c <= 'Z' && i + 1 < s.len && s.p[i + 1] == '<' && p->depth < CODE_DEPTH) {
			unsigned width = run_of(s, i + 1, '<');

			if (width > 1 && !(i + 1 + width < s.len && isspace((unsigned char)s.p[i + 1 + width])))
				width = 1;
			if (c == 'C')
				buf_addc(out, '`');
			p->open[p->depth++] = (struct open_code){ c, width, out->len };
			i += 1 + width;
			while (width > 1 && i < s.len && isspace((unsigned char)s.p[i]))
				i++;
		} else if (top && c == '>' && (top->width == 1 || (run_of(s, i, '>') >= top->width && isspace((unsigned char)s.p[i - 1])))) {
			if (top->width > 1)
				trim_end(out, top->text);
			i += top->width;
			p->depth--;
			close_code(out, &p->open[p->depth]);
		} else {
			buf_addc(out, c == '\n' || c == '\r' ? ' ' : c);
			i++;
		}
	}
}

static void begin_text(struct pod *p, size_t at)
{
	if (p->o->blocks.n == 0)
		outline_begin(p->o, 0, at);
}

/* "=head2 Title" and its kind; unknown commands say nothing. */
static void add_command(struct pod *p, struct span text, size_t at, size_t end)
{
	struct span word = text, rest = text;

	word.len = 0;
	while (word.len < text.len && !isspace((unsigned char)text.p[word.len]))
		word.len++;
	rest = span_trim(span_make(text.p + word.len, text.len - word.len));
	if (word.len == 6 && span_starts(word, "=head") && word.p[5] >= '1' && word.p[5] <= '6') {
		outline_begin(p->o, (unsigned)(word.p[5] - '0'), at);
		add_formatted(p, rest);
		outline_reach(p->o, end);
		outline_begin(p->o, 0, end);
	} else if (span_is(word, "=item")) {
		begin_text(p, at);
		while (rest.len && (rest.p[0] == '*' || rest.p[0] == ' '))
			rest = span_make(rest.p + 1, rest.len - 1);
		buf_adds(&p->o->text, "- ");
		add_formatted(p, rest);
		buf_adds(&p->o->text, rest.len ? "\n\n" : "");
		outline_reach(p->o, end);
	}
}

static void add_paragraph(struct pod *p, struct span text, size_t at, size_t end)
{
	begin_text(p, at);
	if (text.p[0] == ' ' || text.p[0] == '\t') {
		buf_addspan(&p->o->text, text);
	} else {
		add_formatted(p, text);
	}
	buf_adds(&p->o->text, "\n\n");
	outline_reach(p->o, end);
}

/* The lines from `*at` on that are not blank; `*at` moves behind them and the blank ones after. */
static struct span next_paragraph(struct span source, size_t *at, size_t *start)
{
	struct span rest = span_make(source.p + *at, source.len - *at), text;
	size_t end;

	while (rest.len) {
		struct span next = rest, line = span_line(&next);

		if (span_trim(line).len)
			break;
		rest = next;
	}
	*start = end = (size_t)(rest.p - source.p);
	while (rest.len) {
		struct span line = span_line(&rest);

		if (span_trim(line).len == 0)
			break;
		end = (size_t)(line.p - source.p) + line.len;
	}
	*at = (size_t)(rest.p - source.p);
	text = span_make(source.p + *start, end - *start);
	return text;
}

void outline_pod(struct outline *o, struct span source)
{
	struct pod p = { .o = o, .source = source };
	bool pod = false, other = false; /* inside POD; inside =begin of another format */
	size_t at = 0, start = 0;

	while (at < source.len) {
		struct span text = next_paragraph(source, &at, &start);
		bool command = text.len > 1 && text.p[0] == '=' && isalpha((unsigned char)text.p[1]);

		if (text.len == 0)
			break;
		if (command && span_starts(text, "=cut")) {
			pod = false;
		} else if (command && span_starts(text, "=begin")) {
			pod = other = true;
		} else if (command && span_starts(text, "=end")) {
			other = false;
		} else if (command && !other) {
			pod = true;
			add_command(&p, text, start, start + text.len);
		} else if (pod && !other) {
			add_paragraph(&p, text, start, start + text.len);
		}
	}
}
