/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The strict one-pass validator.  UTF-8 is checked for the whole text first (base/utf8_valid.c), so the
 * string loop has only quotes, backslashes and control bytes to look for.  Nesting below the outermost
 * container is walked with a stack of one byte per level: no recursion, nothing allocated.
 */
#include "base/json.h"

#include "base/error.h"
#include "base/i18n.h"
#include "base/json_kernel.h"
#include "base/utf8.h"

struct scan {
	const char *p;
	const char *end;
	json_inside_fn inside;
	json_plain_fn plain;
	const char *reason; /* of the first fault, at `p` */
};

static bool fail(struct scan *s, const char *reason)
{
	if (s->reason == NULL)
		s->reason = reason;
	return false;
}

static inline void skip_space(struct scan *s)
{
	while (s->p < s->end && (*s->p == ' ' || *s->p == '\n' || *s->p == '\r' || *s->p == '\t'))
		s->p++;
}

static inline bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline bool is_hex(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* At a backslash: steps over the escape. */
static bool scan_escape(struct scan *s)
{
	size_t left = (size_t)(s->end - s->p);

	if (left < 2)
		return fail(s, N_("the string is not closed"));
	switch (s->p[1]) {
	case '"': case '\\': case '/': case 'b': case 'f': case 'n': case 'r': case 't':
		s->p += 2;
		return true;
	case 'u':
		break;
	default:
		return fail(s, N_("unknown escape in a string"));
	}
	if (left < 6 || !is_hex(s->p[2]) || !is_hex(s->p[3]) || !is_hex(s->p[4]) || !is_hex(s->p[5]))
		return fail(s, N_("\\u is not followed by four hexadecimal digits"));
	s->p += 6;
	return true;
}

/* After the opening quote: steps over the closing one.  `*out` is what lies between. */
static bool scan_string(struct scan *s, struct span *out, bool *escaped)
{
	const char *from = s->p;

	*escaped = false;
	for (;;) {
		s->p += s->inside(s->p, (size_t)(s->end - s->p), escaped);
		s->p += s->plain(s->p, (size_t)(s->end - s->p));
		if (s->p == s->end)
			return fail(s, N_("the string is not closed"));
		if (*s->p == '"') {
			*out = span_make(from, (size_t)(s->p - from));
			s->p++;
			return true;
		}
		if (*s->p != '\\')
			return fail(s, N_("a control character in a string is not escaped"));
		*escaped = true;
		if (!scan_escape(s))
			return false;
	}
}

static bool scan_digits(struct scan *s)
{
	if (s->p == s->end || !is_digit(*s->p))
		return fail(s, N_("a number without digits"));
	while (s->p < s->end && is_digit(*s->p))
		s->p++;
	return true;
}

static bool scan_number(struct scan *s)
{
	if (*s->p == '-')
		s->p++;
	if (s->p < s->end && *s->p == '0') {
		s->p++;
		if (s->p < s->end && is_digit(*s->p))
			return fail(s, N_("a number begins with a zero"));
	} else if (!scan_digits(s)) {
		return false;
	}
	if (s->p < s->end && *s->p == '.') {
		s->p++;
		if (!scan_digits(s))
			return false;
	}
	if (s->p < s->end && (*s->p == 'e' || *s->p == 'E')) {
		s->p++;
		if (s->p < s->end && (*s->p == '+' || *s->p == '-'))
			s->p++;
		return scan_digits(s);
	}
	return true;
}

static bool scan_word(struct scan *s, const char *word, size_t n)
{
	if ((size_t)(s->end - s->p) < n || memcmp(s->p, word, n) != 0)
		return fail(s, N_("a value was expected"));
	s->p += n;
	return true;
}

/* A value that is no container. */
static bool scan_scalar(struct scan *s, enum json_type *type)
{
	struct span unused;
	bool escaped;

	if (s->p == s->end)
		return fail(s, N_("the text ends where a value was expected"));
	switch (*s->p) {
	case '"':
		*type = JSON_T_STRING;
		s->p++;
		return scan_string(s, &unused, &escaped);
	case 't':
		*type = JSON_T_TRUE;
		return scan_word(s, "true", 4);
	case 'f':
		*type = JSON_T_FALSE;
		return scan_word(s, "false", 5);
	case 'n':
		*type = JSON_T_NULL;
		return scan_word(s, "null", 4);
	case '-':
	case '0':
	case '1':
	case '2':
	case '3':
	case '4':
	case '5':
	case '6':
	case '7':
	case '8':
	case '9': *type = JSON_T_NUMBER; return scan_number(s);
	default:
		return fail(s, N_("a value was expected"));
	}
}

/* `"key" :` and the white space around them. */
static bool scan_key(struct scan *s, struct span *key, bool *escaped)
{
	skip_space(s);
	if (s->p == s->end || *s->p != '"')
		return fail(s, N_("a key in quotes was expected"));
	s->p++;
	if (!scan_string(s, key, escaped))
		return false;
	skip_space(s);
	if (s->p == s->end || *s->p != ':')
		return fail(s, N_("a colon was expected after a key"));
	s->p++;
	skip_space(s);
	return true;
}

/* The open containers below the outermost one. */
struct nest {
	unsigned depth;
	char close[JSON_DEPTH];
};

/* After a complete value: closes what ends here, and steps over one comma (and key).  True with depth > 0: at
 * a value. */
static bool after_value(struct scan *s, struct nest *nest)
{
	struct span key;
	bool escaped;

	while (nest->depth > 0) {
		char close = nest->close[nest->depth - 1];

		skip_space(s);
		if (s->p == s->end)
			return fail(s, N_("the text ends before all brackets are closed"));
		if (*s->p == close) {
			s->p++;
			nest->depth--;
			continue;
		}
		if (*s->p != ',')
			return fail(s, N_("a comma or a closing bracket was expected"));
		s->p++;
		if (close == '}')
			return scan_key(s, &key, &escaped);
		skip_space(s);
		return true;
	}
	return true;
}

/* At `{` or `[`: opens it, and steps to its first value, or over its end when it is empty. */
static bool open_container(struct scan *s, struct nest *nest, bool *empty)
{
	char close = *s->p == '{' ? '}' : ']';
	struct span key;
	bool escaped;

	if (nest->depth == JSON_DEPTH - 1)
		return fail(s, N_("nested too deeply"));
	s->p++;
	skip_space(s);
	*empty = s->p < s->end && *s->p == close;
	if (*empty) {
		s->p++;
		return true;
	}
	nest->close[nest->depth++] = close;
	return close == ']' || scan_key(s, &key, &escaped);
}

static bool scan_nested(struct scan *s)
{
	struct nest nest = { 0 };

	do {
		enum json_type type;
		bool complete = true;

		if (s->p < s->end && (*s->p == '{' || *s->p == '[')) {
			if (!open_container(s, &nest, &complete))
				return false;
		} else if (!scan_scalar(s, &type)) {
			return false;
		}
		if (complete && !after_value(s, &nest))
			return false;
	} while (nest.depth > 0);
	return true;
}

static bool scan_value(struct scan *s, struct json_member *m)
{
	const char *from = s->p;

	m->escaped = false;
	if (s->p < s->end && *s->p == '"') {
		m->type = JSON_T_STRING;
		s->p++;
		return scan_string(s, &m->value, &m->escaped);
	}
	if (s->p < s->end && (*s->p == '{' || *s->p == '[')) {
		m->type = *s->p == '{' ? JSON_T_OBJECT : JSON_T_ARRAY;
		if (!scan_nested(s))
			return false;
	} else if (!scan_scalar(s, &m->type)) {
		return false;
	}
	m->value = span_make(from, (size_t)(s->p - from));
	return true;
}

static bool scan_members(struct scan *s, char close, struct json_member *out, size_t max, size_t *n)
{
	skip_space(s);
	if (s->p < s->end && *s->p == close) {
		s->p++;
		return true;
	}
	for (;;) {
		struct json_member m = { .key = { NULL, 0 } };

		if (close == '}' && !scan_key(s, &m.key, &m.key_escaped))
			return false;
		if (!scan_value(s, &m))
			return false;
		if (*n < max)
			out[*n] = m;
		(*n)++;
		skip_space(s);
		if (s->p == s->end)
			return fail(s, N_("the text ends before all brackets are closed"));
		if (*s->p == close) {
			s->p++;
			return true;
		}
		if (*s->p != ',')
			return fail(s, N_("a comma or a closing bracket was expected"));
		s->p++;
		skip_space(s);
	}
}

static bool scan_outermost(struct scan *s, char open, struct json_member *out, size_t max, size_t *n)
{
	skip_space(s);
	if (s->p == s->end || *s->p != open)
		return fail(s, open == '{' ? N_("not a JSON object") : N_("not a JSON array"));
	s->p++;
	if (!scan_members(s, open == '{' ? '}' : ']', out, max, n))
		return false;
	skip_space(s);
	return s->p == s->end || fail(s, N_("something follows the end of the JSON text"));
}

static int scan_text(struct span text, char open, struct json_member *out, size_t max, size_t *n,
		     struct json_fault *fault)
{
	struct scan s = { text.p, text.p + text.len, json_inside_choose(), json_plain_choose(), NULL };
	size_t bad;

	*n = 0;
	if (text.len == 0) {
		*fault = (struct json_fault){ N_("empty"), 0 };
		return TAMIS_EPARSE;
	}
	if (!utf8_valid(text, &bad)) {
		*fault = (struct json_fault){ N_("not UTF-8"), bad };
		return TAMIS_EPARSE;
	}
	if (scan_outermost(&s, open, out, max, n))
		return 0;
	*fault = (struct json_fault){ s.reason, (size_t)(s.p - text.p) };
	return TAMIS_EPARSE;
}

int json_scan_object(struct span text, struct json_member *out, size_t max, size_t *n,
		     struct json_fault *fault)
{
	return scan_text(text, '{', out, max, n, fault);
}

int json_scan_array(struct span text, struct json_member *out, size_t max, size_t *n,
		    struct json_fault *fault)
{
	return scan_text(text, '[', out, max, n, fault);
}
