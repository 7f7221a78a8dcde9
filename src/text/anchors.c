/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One finder for each kind of anchor, tried in order at each place a token may start. */
#include "text/anchors.h"

#include <stdio.h>

#include <utf8proc.h>

#include "base/hash.h"
#include "base/utf8.h"
#include "text/numerals.h"

static bool ascii_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool name_char(char c)
{
	return ascii_letter(c) || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-' || c == ':';
}

/* Value of a decimal digit of any script, or -1.  Each script's ten digits stand alone in a row; only the mathematical
 * ones (five rows on end) do not. */
static int digit_value(int32_t cp)
{
	int32_t zero = cp;

	if (cp >= '0' && cp <= '9')
		return cp - '0';
	if (cp < 0x660 || utf8proc_category(cp) != UTF8PROC_CATEGORY_ND)
		return -1;
	if (cp >= 0x1d7ce && cp <= 0x1d7ff)
		return (cp - 0x1d7ce) % 10;
	while (cp - zero < 9 && utf8proc_category(zero - 1) == UTF8PROC_CATEGORY_ND)
		zero--;
	return cp - zero;
}

/* `1`, `1,000.5`, `2026-11-22` as three numbers: a separator counts only between two digits. */
static size_t find_number(struct anchor *out, struct span s)
{
	char digits[64];
	size_t n = 0, at = 0, end = 0, used;

	while (at < s.len) {
		int32_t cp = utf8_decode(span_make(s.p + at, s.len - at), &used);
		int value = cp < 0 ? -1 : digit_value(cp);

		if (value < 0 && (end == 0 || end != at || (cp != '.' && cp != ',' && cp != 0xa0 && cp != 0x202f && cp != '\'')))
			break;
		if (value >= 0 && n < sizeof digits)
			digits[n++] = (char)('0' + value);
		at += used;
		if (value >= 0)
			end = at;
	}
	out->kind = ANCHOR_NUMBER;
	out->same = hash64(digits, n, ANCHOR_NUMBER);
	return end;
}

static size_t find_url(struct anchor *out, struct span s)
{
	static const char *const starts[] = { "http://", "https://", "ftp://", "mailto:", "www." };
	size_t n = 0, end;

	for (size_t i = 0; i < sizeof starts / sizeof *starts && n == 0; i++)
		if (span_starts(s, starts[i]))
			n = strlen(starts[i]);
	if (n == 0)
		return 0;
	for (end = n; end < s.len && s.p[end] > ' ' && s.p[end] != '\x7f' && !strchr("<>\"'`|\\^{}", s.p[end]);)
		end++;
	while (end > n && strchr(".,;:!?)]", s.p[end - 1]))
		end--;
	if (end == n)
		return 0;
	out->kind = ANCHOR_URL;
	out->same = hash64(s.p, end, ANCHOR_URL);
	return end;
}

/* %s %-5d %1$s %(name)s %lu; not `% s`, not `100%`, and %% is text. */
static size_t find_printf(struct span s)
{
	size_t at = 1;

	if (at < s.len && s.p[at] == '(') {
		while (at < s.len && s.p[at] != ')' && at < 64)
			at++;
		if (at >= s.len || s.p[at] != ')' || at == 2)
			return 0;
		at++;
	}
	while (at < s.len && at < 64 && strchr("-+#0123456789.$*'", s.p[at]) && s.p[at])
		at++;
	while (at < s.len && at < 64 && strchr("hlLqjzt", s.p[at]) && s.p[at])
		at++;
	if (at >= s.len || !s.p[at] || !strchr("diouxXeEfFgGaAcspn@", s.p[at]))
		return 0;
	return at + 1;
}

/* {0} {name} ${name} {{ name }} {n:02d} */
static size_t find_braces(struct span s)
{
	size_t at = 0, open = 0;

	if (at < s.len && s.p[at] == '$')
		at++;
	while (at < s.len && s.p[at] == '{' && open < 2)
		at++, open++;
	if (open == 0)
		return 0;
	for (size_t start = at; at < s.len && s.p[at] != '}' && at - start < 64; at++)
		if (!name_char(s.p[at]) && !strchr(" [],!%", s.p[at]))
			return 0;
	if (at < s.len && s.p[at] == '}')
		at += open == 2 && at + 1 < s.len && s.p[at + 1] == '}' ? 2 : open == 1 ? 1 : 0;
	return at > open && s.p[at - 1] == '}' ? at : 0;
}

static size_t find_placeholder(struct anchor *out, struct span s)
{
	size_t n = s.p[0] == '%' ? find_printf(s) : find_braces(s);

	out->kind = ANCHOR_PLACEHOLDER;
	out->same = hash64(s.p, n, ANCHOR_PLACEHOLDER);
	return n;
}

static size_t find_tag(struct anchor *out, struct span s)
{
	size_t at = 1, name;

	if (at < s.len && s.p[at] == '/')
		at++;
	if (at >= s.len || !ascii_letter(s.p[at]))
		return 0;
	while (at < s.len && name_char(s.p[at]))
		at++;
	name = at;
	while (at < s.len && at < 512 && s.p[at] != '>' && s.p[at] != '<' && s.p[at] != '\n')
		at++;
	if (at >= s.len || s.p[at] != '>')
		return 0;
	out->kind = ANCHOR_TAG;
	out->same = hash64(s.p, name, ANCHOR_TAG);
	return at + 1;
}

/* Numbers other than plain digits: as if their value stood there. */
static size_t find_numeral(struct anchor *out, struct span text, size_t at, uint8_t lang)
{
	unsigned char c = (unsigned char)text.p[at];
	bool digit = c >= '0' && c <= '9';
	struct numeral numeral;
	char digits[24];
	int n;

	if (!digit && c < 0x80 && !ascii_letter((char)c))
		return 0;
	if (!((digit || c >= 0xE3) && numeral_in_signs(&numeral, text, at, lang)) && (digit || !numeral_in_words(&numeral, text, at, lang)))
		return 0;
	n = snprintf(digits, sizeof digits, "%llu", (unsigned long long)numeral.value);
	out->kind = ANCHOR_NUMBER;
	out->spelled = !digit;
	out->same = hash64(digits, (size_t)n, ANCHOR_NUMBER);
	return numeral.len;
}

static size_t find_at(struct anchor *out, struct span text, size_t at, bool word_start, uint8_t lang)
{
	struct span s = span_make(text.p + at, text.len - at);
	unsigned char c = (unsigned char)s.p[0];
	size_t used;

	if (c == '%' || c == '{' || (c == '$' && s.len > 1 && s.p[1] == '{'))
		return find_placeholder(out, s);
	if (c == '<')
		return find_tag(out, s);
	used = find_numeral(out, text, at, lang);
	if (used)
		return used;
	if ((c >= '0' && c <= '9') || (c >= 0xd9 && digit_value(utf8_decode(s, &used)) >= 0))
		return find_number(out, s);
	if (word_start && (c == 'h' || c == 'f' || c == 'm' || c == 'w'))
		return find_url(out, s);
	return 0;
}

void anchors_find(struct anchors *a, struct span text, uint8_t lang)
{
	bool word_start = true;

	vec_clear(&a->all);
	for (size_t at = 0; at < text.len && a->all.n < ANCHORS_MAX;) {
		struct anchor found = { .at = at };
		struct span rest = span_make(text.p + at, text.len - at);
		size_t used = find_at(&found, text, at, word_start, lang);

		if (used > 0) {
			found.len = used;
			vec_push(&a->all, found);
		} else if (rest.len > 1 && rest.p[0] == '%' && rest.p[1] == '%') {
			used = 2;
		} else {
			utf8_decode(rest, &used);
		}
		word_start = !ascii_letter(text.p[at + used - 1]);
		at += used;
	}
}

static int by_meaning(const void *x, const void *y)
{
	const struct anchor *a = *(const struct anchor *const *)x, *b = *(const struct anchor *const *)y;

	if (a->same != b->same)
		return a->same < b->same ? -1 : 1;
	return a->at < b->at ? -1 : a->at > b->at;
}

static struct anchor **sorted(struct anchors *a)
{
	struct anchor **list = xcalloc(a->all.n + 1, sizeof *list);

	vec_each(&a->all, i) {
		a->all.v[i].alone = true;
		list[i] = &a->all.v[i];
	}
	qsort(list, a->all.n, sizeof *list, by_meaning);
	return list;
}

static bool has_number_alone(const struct anchors *a)
{
	vec_each(&a->all, i)
		if (a->all.v[i].alone && a->all.v[i].kind == ANCHOR_NUMBER)
			return true;
	return false;
}

static size_t count_alone(struct anchors *a, bool spelled)
{
	size_t n = 0;

	vec_each(&a->all, i) {
		a->all.v[i].alone = a->all.v[i].alone && (spelled || !a->all.v[i].spelled);
		n += a->all.v[i].alone;
	}
	return n;
}

size_t anchors_compare(struct anchors *a, struct anchors *b)
{
	struct anchor **x = sorted(a), **y = sorted(b);
	bool number_of_a, number_of_b;
	size_t i = 0, j = 0;

	while (i < a->all.n && j < b->all.n) {
		if (x[i]->same == y[j]->same) {
			x[i++]->alone = false;
			y[j++]->alone = false;
		} else if (x[i]->same < y[j]->same) {
			i++;
		} else {
			j++;
		}
	}
	free(x);
	free(y);
	number_of_a = has_number_alone(a);
	number_of_b = has_number_alone(b);
	return count_alone(a, number_of_b) + count_alone(b, number_of_a);
}

void anchors_free(struct anchors *a)
{
	vec_free(&a->all);
}
