/* SPDX-License-Identifier: GPL-3.0-or-later */
/* JSON strings and numbers, out of and into text. */
#include "base/json.h"

#include <inttypes.h>
#include <locale.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/error.h"
#include "base/utf8.h"

/* ---- strings, reading ---- */

void json_unescape(struct buf *out, struct span escaped)
{
	buf_reserve(out, escaped.len);
	out->len += json_unescape_to(out->p + out->len, escaped);
	if (out->cap)
		out->p[out->len] = '\0';
}

struct span json_member_text(const struct json_member *m, struct arena *arena)
{
	char *text;

	if (m->type != JSON_T_STRING || !m->escaped)
		return m->value;
	text = arena_alloc(arena, m->value.len);
	return span_make(text, json_unescape_to(text, m->value));
}

/* ---- numbers ---- */

static locale_t c_locale;

static void make_c_locale(void)
{
	c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
	if (c_locale == (locale_t)0)
		abort();
}

static double parse_real(const char *s)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, make_c_locale);
	return strtod_l(s, NULL, c_locale);
}

/* Up to 15 digits and a power of ten up to 22 are exact in a double, so one operation rounds correctly
 * (Clinger, "How to read floating point numbers accurately", 1990, section 1). */
static bool exact_real(uint64_t digits, int exponent, double *out)
{
	static const double power[] = { 1e0,  1e1,  1e2,  1e3,	1e4,  1e5,  1e6,  1e7,
					1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
					1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22 };

	if (digits > 999999999999999u || exponent < -22 || exponent > 22)
		return false;
	*out = exponent < 0 ? (double)digits / power[-exponent] : (double)digits * power[exponent];
	return true;
}

/* Reads digits at `*i`; false when there are none.  Sets *digits to a value over 10^15 when there are too
 * many. */
static bool take_digits(struct span s, size_t *i, uint64_t *digits, int *count)
{
	size_t from = *i;

	for (; *i < s.len && s.p[*i] >= '0' && s.p[*i] <= '9'; (*i)++)
		if (*digits <= 999999999999999u)
			*digits = *digits * 10 + (uint64_t)(s.p[*i] - '0');
	*count = *i - from > 10000 ? 10000 : (int)(*i - from);
	return *i > from;
}

static bool take_exponent(struct span s, size_t *i, int *exponent)
{
	uint64_t value = 0;
	bool minus = false;
	int count;

	(*i)++;
	if (*i < s.len && (s.p[*i] == '+' || s.p[*i] == '-'))
		minus = s.p[(*i)++] == '-';
	if (!take_digits(s, i, &value, &count))
		return false;
	if (value > 100000)
		value = 100000;
	*exponent += minus ? -(int)value : (int)value;
	return true;
}

bool json_read_real(struct span s, double *out)
{
	size_t i = s.len && s.p[0] == '-' ? 1 : 0;
	bool minus = i == 1;
	uint64_t digits = 0;
	int exponent = 0, count;
	size_t first = i;

	if (!take_digits(s, &i, &digits, &count) || (s.p[first] == '0' && count > 1))
		return false;
	if (i < s.len && s.p[i] == '.') {
		i++;
		if (!take_digits(s, &i, &digits, &count))
			return false;
		exponent = -count;
	}
	if (i < s.len && (s.p[i] == 'e' || s.p[i] == 'E') && !take_exponent(s, &i, &exponent))
		return false;
	if (i != s.len)
		return false;
	if (exact_real(digits, exponent, out)) {
		*out = minus ? -*out : *out;
	} else {
		char *copy = xstrndup(s.p, s.len);

		*out = parse_real(copy);
		free(copy);
	}
	return true;
}

/* ---- writing ---- */

static void put_control(struct buf *out, unsigned char c)
{
	static const char letter[32] = {
		['\b'] = 'b', ['\f'] = 'f', ['\n'] = 'n', ['\r'] = 'r', ['\t'] = 't'
	};

	if (letter[c]) {
		buf_addc(out, '\\');
		buf_addc(out, letter[c]);
	} else {
		buf_addf(out, "\\u%04x", (unsigned)c);
	}
}

/* `s` is well-formed UTF-8. */
static void put_escaped(struct buf *out, struct span s)
{
	size_t run = 0;

	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c >= 0x20 && c != '"' && c != '\\' && c != 0x7f)
			continue;
		buf_add(out, s.p + run, i - run);
		run = i + 1;
		if (c == '"' || c == '\\') {
			buf_addc(out, '\\');
			buf_addc(out, (char)c);
		} else if (c == 0x7f) {
			buf_adds(out, "\\u007f");
		} else {
			put_control(out, c);
		}
	}
	buf_add(out, s.p + run, s.len - run);
}

/* Code point by code point, so that text full of malformed bytes costs no more than its length. */
static void put_malformed(struct buf *out, struct span s)
{
	for (size_t i = 0, used; i < s.len; i += used) {
		if (utf8_decode(span_make(s.p + i, s.len - i), &used) < 0)
			buf_adds(out, "\xef\xbf\xbd");
		else
			put_escaped(out, span_make(s.p + i, used));
	}
}

void json_put_string(struct buf *out, struct span s)
{
	size_t bad;

	buf_addc(out, '"');
	if (utf8_valid(s, &bad)) {
		put_escaped(out, s);
	} else {
		put_escaped(out, span_make(s.p, bad));
		put_malformed(out, span_make(s.p + bad, s.len - bad));
	}
	buf_addc(out, '"');
}

void json_put_key(struct buf *out, const char *key)
{
	if (out->len && out->p[out->len - 1] != '{')
		buf_addc(out, ',');
	json_put_string(out, span_of(key));
	buf_addc(out, ':');
}

void json_put_member(struct buf *out, const char *key, struct span value)
{
	json_put_key(out, key);
	json_put_string(out, value);
}

void json_put_int(struct buf *out, const char *key, int64_t value)
{
	json_put_key(out, key);
	buf_addf(out, "%" PRId64, value);
}

void json_put_real(struct buf *out, const char *key, double value)
{
	char text[40];

	json_put_key(out, key);
	if (!isfinite(value)) {
		buf_adds(out, "null");
		return;
	}
	/* the shortest form that reads back as the same number; the locale's decimal sign made a full stop
	 * first */
	for (int precision = 15; precision <= 17; precision++) {
		size_t n = 0;

		snprintf(text, sizeof text, "%.*g", precision, value);
		for (const char *p = text; *p; p++) {
			if (strchr("0123456789+-eE", *p))
				text[n++] = *p;
			else if (n == 0 || text[n - 1] != '.')
				text[n++] = '.';
		}
		text[n] = '\0';
		if (parse_real(text) == value)
			break;
	}
	buf_adds(out, text);
}

void json_put_bool(struct buf *out, const char *key, bool value)
{
	json_put_key(out, key);
	buf_adds(out, value ? "true" : "false");
}
