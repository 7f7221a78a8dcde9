/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A thin coat over PCRE2, and a small reader that tells which patterns may look into escaped text. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "text/pattern.h"

#include <pcre2.h>
#include <stdio.h>

#include "base/i18n.h"
#include "base/utf8.h"

#define STEPS_MAX 2000000u   /* PCRE2's own count: a few milliseconds of backtracking */
#define HEAP_MAX_KIB 20480u
#define NEEDLE_MAX 64
#define NEEDLE_LEAST 3
#define STACK_MAX ((size_t)1024 * 1024)

struct pattern {
	pcre2_code *code;
	bool raw_safe;
	char needle[NEEDLE_MAX];
	size_t needle_len;
};

struct matcher {
	const struct pattern *pattern;
	pcre2_match_data *data;
	pcre2_match_context *context;
	pcre2_jit_stack *stack;
};

/* A character that stands for itself in JSON (apart from \u) and in a pattern. */
static bool plain(char c)
{
	return (unsigned char)c >= 0x80 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c != '\0' && strchr(" _-,;:!@#%&=~'<>", c));
}

/* The length of a plain class like [a-z0-9_], or 0. */
static size_t plain_class(struct span s)
{
	size_t at = 1;

	if (s.len > 1 && (s.p[1] == '^' || s.p[1] == ']'))
		return 0;
	while (at < s.len && s.p[at] != ']') {
		char low = s.p[at];

		if (!plain(low) || (unsigned char)low >= 0x80)
			return 0;
		if (at + 2 < s.len && s.p[at + 1] == '-' && s.p[at + 2] != ']') {
			char high = s.p[at + 2];
			bool same_row = (low >= '0' && high <= '9') || (low >= 'a' && high <= 'z') ||
					(low >= 'A' && high <= 'Z');

			if (!same_row)
				return 0;
			at += 2;
		}
		at++;
	}
	return at < s.len ? at + 1 : 0;
}

/* The length of a beginning like (?im), which changes nothing that matters here; or 0. */
static size_t leading_flags(struct span s, const char *allowed)
{
	size_t at = 2;

	if (!span_starts(s, "(?"))
		return 0;
	while (at < s.len && strchr(allowed, s.p[at]))
		at++;
	return at > 2 && at < s.len && s.p[at] == ')' ? at + 1 : 0;
}

static bool read_raw_safe(struct span s)
{
	for (size_t at = leading_flags(s, "im"); at < s.len;) {
		char c = s.p[at], next = at + 1 < s.len ? s.p[at + 1] : '\0';
		size_t used = 1;

		if (c == '\\')
			used = next && strchr("wd.?*+|()[]{}^$-", next) ? 2 : 0;
		else if (c == '(')
			used = next != '?' && next != '*' ? 1 : span_starts(span_make(s.p + at, s.len - at), "(?:") ? 3 : 0;
		else if (c == '[')
			used = plain_class(span_make(s.p + at, s.len - at));
		else if (c == '+' && at > 0 && strchr("?*+}", s.p[at - 1]))
			used = 0; /* possessive: what it takes depends on what follows */
		else if (!plain(c) && !strchr("|)?*+{}", c))
			used = 0;
		if (used == 0)
			return false;
		at += used;
	}
	return true;
}

/* Over a group or a class: where it ends, or 0 when it can't be told simply. */
static size_t skip_class(struct span s, size_t at)
{
	at++;
	if (at < s.len && s.p[at] == '^')
		at++;
	if (at < s.len && s.p[at] == ']')
		at++;
	for (; at < s.len && s.p[at] != ']'; at++) {
		if (s.p[at] == '[') /* [:alpha:] */
			return 0;
		if (s.p[at] == '\\')
			at++;
	}
	return at < s.len ? at + 1 : 0;
}

static size_t skip_group(struct span s, size_t at)
{
	size_t depth = 0;

	while (at < s.len) {
		char c = s.p[at], next = at + 1 < s.len ? s.p[at + 1] : '\0';

		if (c == '\\' && (next == 'Q' || next == 'E'))
			return 0;
		if (c == '(' && (next == '?' || next == '*') && !(at + 2 < s.len && s.p[at + 2] == ':'))
			return 0;
		if (c == '[') {
			at = skip_class(s, at);
			if (at == 0)
				return 0;
			continue;
		}
		depth += c == '(';
		depth -= c == ')';
		at += c == '\\' ? 2 : 1;
		if (depth == 0)
			return at;
	}
	return 0;
}

/* How a piece of a pattern that is no plain character goes on; 0 when it can't be told simply.  Alternatives end the search. */
static size_t skip_piece(struct span s, size_t at)
{
	switch (s.p[at]) {
	case '\\':
		return at + 1 < s.len && strchr("wWdDsSbB.?*+|()[]{}^$-/\"\\", s.p[at + 1]) && s.p[at + 1] ? at + 2 : 0;
	case '(':
		return skip_group(s, at);
	case '[':
		return skip_class(s, at);
	case '.':
	case '^':
	case '$':
	case '/':
	case '"':
	case '+':
	case '*':
	case '?':
		return at + 1;
	case '{': {
		const char *end = memchr(s.p + at, '}', s.len - at);

		return end ? (size_t)(end - s.p) + 1 : 0;
	}
	default:
		return 0;
	}
}

/* True when the character before may be left out. */
static bool makes_optional(struct span s, size_t at)
{
	return at < s.len && (s.p[at] == '?' || s.p[at] == '*' || s.p[at] == '{');
}

/* The longest run of plain characters that no quantifier, group or alternative makes optional. */
static struct span read_needle(struct span s)
{
	struct span best = { NULL, 0 };
	size_t at = leading_flags(s, "m"), begin = at;

	for (;;) {
		bool end = at >= s.len || !plain(s.p[at]);
		size_t run = at;

		if (!end) {
			at++;
			continue;
		}
		if (makes_optional(s, at))
			while (run > begin && ((unsigned char)s.p[--run] & 0xc0) == 0x80) /* without the whole character */
				continue;
		if (run - begin > best.len && run > begin)
			best = span_make(s.p + begin, run - begin);
		if (at >= s.len)
			return best;
		at = skip_piece(s, at);
		if (at == 0)
			return (struct span){ NULL, 0 };
		begin = at;
	}
}

/* What people get wrong, so that it can be said in their language; anything else PCRE2 says in English. */
void pattern_fault(char out[160], int code)
{
	static const struct {
		int code;
		const char *words;
	} faults[] = {
		{ PCRE2_ERROR_END_BACKSLASH, N_("\\ at end of pattern") },
		{ PCRE2_ERROR_UNKNOWN_ESCAPE, N_("unrecognized character follows \\") },
		{ PCRE2_ERROR_QUANTIFIER_OUT_OF_ORDER, N_("numbers out of order in {} quantifier") },
		{ PCRE2_ERROR_QUANTIFIER_TOO_BIG, N_("number too big in {} quantifier") },
		{ PCRE2_ERROR_MISSING_SQUARE_BRACKET, N_("missing terminating ] for character class") },
		{ PCRE2_ERROR_ESCAPE_INVALID_IN_CLASS, N_("escape sequence is invalid in character class") },
		{ PCRE2_ERROR_CLASS_RANGE_ORDER, N_("range out of order in character class") },
		{ PCRE2_ERROR_QUANTIFIER_INVALID, N_("quantifier does not follow a repeatable item") },
		{ PCRE2_ERROR_INVALID_AFTER_PARENS_QUERY, N_("unrecognized character after (? or (?-") },
		{ PCRE2_ERROR_POSIX_CLASS_NOT_IN_CLASS, N_("POSIX named classes are supported only within a class") },
		{ PCRE2_ERROR_MISSING_CLOSING_PARENTHESIS, N_("missing closing parenthesis") },
		{ PCRE2_ERROR_BAD_SUBPATTERN_REFERENCE, N_("reference to non-existent subpattern") },
		{ PCRE2_ERROR_PARENTHESES_NEST_TOO_DEEP, N_("parentheses are too deeply nested") },
		{ PCRE2_ERROR_PATTERN_TOO_LARGE, N_("regular expression is too large") },
		{ PCRE2_ERROR_UNMATCHED_CLOSING_PARENTHESIS, N_("unmatched closing parenthesis") },
		{ PCRE2_ERROR_LOOKBEHIND_NOT_FIXED_LENGTH, N_("lookbehind assertion is not fixed length") },
		{ PCRE2_ERROR_UNKNOWN_POSIX_CLASS, N_("unknown POSIX class name") },
		{ PCRE2_ERROR_CODE_POINT_TOO_BIG, N_("character code point value in \\x{} or \\o{} is too large") },
		{ PCRE2_ERROR_UNSUPPORTED_ESCAPE_SEQUENCE, N_("PCRE2 does not support \\F, \\L, \\l, \\N{name}, \\U, or \\u") },
		{ PCRE2_ERROR_MISSING_NAME_TERMINATOR, N_("syntax error in subpattern name (missing terminator?)") },
		{ PCRE2_ERROR_DUPLICATE_SUBPATTERN_NAME, N_("two named subpatterns have the same name") },
		{ PCRE2_ERROR_INVALID_SUBPATTERN_NAME, N_("subpattern name must start with a non-digit") },
		{ PCRE2_ERROR_MALFORMED_UNICODE_PROPERTY, N_("malformed \\P or \\p sequence") },
		{ PCRE2_ERROR_UNKNOWN_UNICODE_PROPERTY, N_("unknown property after \\P or \\p") },
		{ PCRE2_ERROR_CLASS_INVALID_RANGE, N_("invalid range in character class") },
		{ PCRE2_ERROR_SUBPATTERN_NAME_EXPECTED, N_("subpattern name expected") },
		{ PCRE2_ERROR_INVALID_HEXADECIMAL, N_("non-hex character in \\x{} (closing brace missing?)") },
		{ PCRE2_ERROR_LOOKBEHIND_TOO_COMPLICATED, N_("lookbehind is too complicated") },
		{ PCRE2_ERROR_PATTERN_TOO_COMPLICATED, N_("regular expression is too complicated") },
		{ PCRE2_ERROR_BACKSLASH_K_IN_LOOKAROUND, N_("\\K is not allowed in lookarounds") },
		{ PCRE2_ERROR_BACKSLASH_C_CALLER_DISABLED, N_("\\C is not allowed") },
	};

	pcre2_get_error_message(code, (PCRE2_UCHAR *)out, 160);
	for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
		if (faults[i].code == code)
			snprintf(out, 160, "%s", _(faults[i].words));
}

static int refuse(struct span text, int code, size_t at, struct error *err)
{
	char reason[160] = "";

	pattern_fault(reason, code);
	return error_set(err, TAMIS_EUSAGE, _("at character %zu: %s"),
			 utf8_count(span_make(text.p, at < text.len ? at : text.len)) + 1, reason);
}

int pattern_compile(struct pattern **out, struct span text, struct error *err)
{
	struct pattern *p;
	struct span needle;
	PCRE2_SIZE at = 0;
	int code = 0;

	*out = NULL;
	if (span_starts(text, "(*"))
		return error_set(err, TAMIS_EUSAGE, _("at character 1: settings (*…) are not allowed here"));
	p = xcalloc(1, sizeof *p);
	p->code = pcre2_compile((PCRE2_SPTR)text.p, text.len,
				PCRE2_UTF | PCRE2_UCP | PCRE2_MATCH_INVALID_UTF | PCRE2_NEVER_BACKSLASH_C, &code, &at, NULL);
	if (!p->code) {
		free(p);
		return refuse(text, code, at, err);
	}
	pcre2_jit_compile(p->code, PCRE2_JIT_COMPLETE); /* without it matching is slower, not wrong */
	p->raw_safe = read_raw_safe(text);
	needle = read_needle(text);
	if (needle.len >= NEEDLE_LEAST && needle.len <= sizeof p->needle) {
		memcpy(p->needle, needle.p, needle.len);
		p->needle_len = needle.len;
	}
	*out = p;
	return 0;
}

void pattern_free(struct pattern *p)
{
	if (!p)
		return;
	pcre2_code_free(p->code);
	free(p);
}

bool pattern_raw_safe(const struct pattern *p)
{
	return p->raw_safe;
}

struct span pattern_needle(const struct pattern *p)
{
	return span_make(p->needle, p->needle_len);
}

struct matcher *matcher_new(const struct pattern *p)
{
	struct matcher *m = xcalloc(1, sizeof *m);

	m->pattern = p;
	m->data = pcre2_match_data_create(1, NULL);
	m->context = pcre2_match_context_create(NULL);
	m->stack = pcre2_jit_stack_create(32 * 1024, STACK_MAX, NULL);
	if (!m->data || !m->context || !m->stack)
		abort();
	pcre2_set_match_limit(m->context, STEPS_MAX);
	pcre2_set_heap_limit(m->context, HEAP_MAX_KIB);
	pcre2_jit_stack_assign(m->context, NULL, m->stack);
	return m;
}

void matcher_free(struct matcher *m)
{
	if (!m)
		return;
	pcre2_match_data_free(m->data);
	pcre2_match_context_free(m->context);
	pcre2_jit_stack_free(m->stack);
	free(m);
}

int matcher_find(struct matcher *m, struct span subject, size_t from, size_t *start, size_t *end)
{
	const char *text = subject.p ? subject.p : "";
	PCRE2_SIZE *ovector;
	int rc = pcre2_match(m->pattern->code, (PCRE2_SPTR)text, subject.len, from, 0, m->data, m->context);

	if (rc == PCRE2_ERROR_NOMATCH)
		return 0;
	if (rc < 0)
		return TAMIS_ELIMIT;
	ovector = pcre2_get_ovector_pointer(m->data);
	*start = ovector[0];
	*end = ovector[1] < ovector[0] ? ovector[0] : ovector[1]; /* \K can put the start behind the end */
	return 1;
}
