/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One catalogue entry into source and target: msgid and msgstr, the first of its plural forms. */
#include "base/i18n.h"
#include "base/utf8.h"
#include "formats/decode.h"

enum part { PART_NONE, PART_CONTEXT, PART_ID, PART_PLURAL, PART_STRING, PART_OTHER, PARTS };

static const struct {
	const char *word;
	enum part part;
} keywords[] = {
	{ "msgctxt", PART_CONTEXT }, { "msgid_plural", PART_PLURAL }, { "msgid", PART_ID },
	{ "msgstr[0]", PART_STRING }, { "msgstr[", PART_OTHER },      { "msgstr", PART_STRING },
};

static unsigned octal_digit(char c)
{
	return c >= '0' && c <= '7' ? (unsigned)(c - '0') : 8;
}

/* At a backslash at p[i]: appends what it stands for; returns the bytes used. */
static size_t put_escape(struct buf *out, struct span s, size_t i)
{
	static const char from[] = "abfnrtv", to[] = "\a\b\f\n\r\t\v";
	char c = i + 1 < s.len ? s.p[i + 1] : '\\';
	const char *known = strchr(from, c);
	unsigned value = 0;
	size_t n = 0;

	if (known && c) {
		buf_addc(out, to[known - from]);
		return 2;
	}
	while (n < 3 && i + 1 + n < s.len && octal_digit(s.p[i + 1 + n]) < 8)
		value = value * 8 + octal_digit(s.p[i + 1 + n++]);
	if (n) {
		buf_addc(out, (char)value);
		return 1 + n;
	}
	buf_addc(out, c);
	return 2;
}

/* `"text"` with C escapes; false when the quotes are not there. */
static bool put_quoted(struct buf *out, struct span s)
{
	s = span_trim(s);
	if (s.len < 2 || s.p[0] != '"' || s.p[s.len - 1] != '"')
		return false;
	s = span_make(s.p + 1, s.len - 2);
	for (size_t i = 0; i < s.len;) {
		if (s.p[i] == '\\') {
			i += put_escape(out, s, i);
		} else {
			buf_addc(out, s.p[i]);
			i++;
		}
	}
	return true;
}

static enum part keyword(struct span *line)
{
	for (size_t i = 0; i < sizeof keywords / sizeof *keywords; i++) {
		size_t n = strlen(keywords[i].word);

		if (!span_starts(*line, keywords[i].word))
			continue;
		*line = span_make(line->p + n, line->len - n);
		if (keywords[i].part == PART_OTHER) {
			const char *close = memchr(line->p, ']', line->len);

			if (close)
				*line = span_make(close + 1, (size_t)(line->p + line->len - close) - 1);
		}
		return keywords[i].part;
	}
	return PART_NONE;
}

static const char *read_entry(struct buf part[PARTS], unsigned *seen, struct buf *comments, struct span raw,
			      size_t *at)
{
	struct span rest = raw;
	enum part now = PART_NONE;

	while (rest.len) {
		const char *from = rest.p;
		struct span line = span_trim(span_line(&rest));
		enum part next;

		*at = (size_t)(from - raw.p);
		if (line.len == 0)
			continue;
		if (line.p[0] == '#') {
			if (comments->len)
				buf_addc(comments, '\n');
			buf_addspan(comments, line);
			continue;
		}
		next = keyword(&line);
		if (next != PART_NONE)
			now = next;
		else if (line.p[0] != '"')
			return N_("neither a keyword, a comment nor a quoted string");
		if (now == PART_NONE || !put_quoted(&part[now], line))
			return N_("a string in double quotes was expected");
		*seen |= 1u << now;
	}
	return NULL;
}

static void add_part(struct decoder *d, enum role role, const char *name, const struct buf *b)
{
	decode_add(d, role, span_of(name), arena_span(d->arena, buf_span(b)), false);
}

int decode_po(struct decoder *d, struct span raw, struct record_fault *fault)
{
	struct buf part[PARTS], comments = BUF_INIT;
	const char *reason = NULL;
	unsigned seen = 0;
	size_t at;

	for (int i = 0; i < PARTS; i++)
		buf_init(&part[i]);
	if (!utf8_valid(raw, &at))
		reason = N_("not UTF-8");
	else
		reason = read_entry(part, &seen, &comments, raw, &at);
	/* escapes can spell bytes that are no text */
	if (reason == NULL &&
	    !(utf8_valid(buf_span(&part[PART_ID]), NULL) && utf8_valid(buf_span(&part[PART_STRING]), NULL)))
		reason = N_("not UTF-8");
	if (reason == NULL) {
		if (seen & 1u << PART_ID)
			add_part(d, ROLE_SOURCE, "msgid", &part[PART_ID]);
		if (seen & 1u << PART_STRING)
			add_part(d, ROLE_TARGET, "msgstr", &part[PART_STRING]);
		if (d->all && (seen & 1u << PART_CONTEXT))
			add_part(d, ROLE_META, "msgctxt", &part[PART_CONTEXT]);
		if (d->all && (seen & 1u << PART_PLURAL))
			add_part(d, ROLE_META, "msgid_plural", &part[PART_PLURAL]);
		if (d->all && comments.len)
			add_part(d, ROLE_META, "comments", &comments);
	}
	for (int i = 0; i < PARTS; i++)
		buf_free(&part[i]);
	buf_free(&comments);
	return reason ? decode_fault(fault, reason, at) : 0;
}
