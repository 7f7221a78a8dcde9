/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A thin coat over PCRE2, and a small reader that tells which patterns may look into escaped text. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "text/pattern.h"

#include <pcre2.h>

#include "base/i18n.h"
#include "base/utf8.h"

#define STEPS_MAX 2000000u   /* PCRE2's own count: a few milliseconds of backtracking */
#define HEAP_MAX_KIB 20480u
#define STACK_MAX ((size_t)1024 * 1024)

struct pattern {
	pcre2_code *code;
	bool raw_safe;
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

static bool read_raw_safe(struct span s)
{
	for (size_t at = span_starts(s, "(?i)") ? 4 : 0; at < s.len;) {
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

int pattern_compile(struct pattern **out, struct span text, struct error *err)
{
	struct pattern *p;
	PCRE2_SIZE at = 0;
	int code = 0;

	*out = NULL;
	if (span_starts(text, "(*"))
		return error_set(err, TAMIS_EUSAGE, _("at character 1: settings (*…) are not allowed here"));
	p = xcalloc(1, sizeof *p);
	p->code = pcre2_compile((PCRE2_SPTR)text.p, text.len,
				PCRE2_UTF | PCRE2_UCP | PCRE2_MATCH_INVALID_UTF | PCRE2_NEVER_BACKSLASH_C, &code, &at, NULL);
	if (!p->code) {
		PCRE2_UCHAR reason[160] = "";

		free(p);
		pcre2_get_error_message(code, reason, sizeof reason);
		return error_set(err, TAMIS_EUSAGE, _("at character %zu: %s"),
				 utf8_count(span_make(text.p, at < text.len ? at : text.len)) + 1, (const char *)reason);
	}
	pcre2_jit_compile(p->code, PCRE2_JIT_COMPLETE); /* without it matching is slower, not wrong */
	p->raw_safe = read_raw_safe(text);
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
