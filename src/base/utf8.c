/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UTF-8 decoding and validation (the automaton is Table 3-7 of the Unicode Standard written out), widths. */
#include "base/utf8.h"

#include <string.h>
#include <utf8proc.h>
#include <wchar.h>

static inline bool continues(unsigned char c)
{
	return (c & 0xc0) == 0x80;
}

int32_t utf8_decode(struct span s, size_t *used)
{
	const unsigned char *p = (const unsigned char *)s.p;
	unsigned char c = p[0];

	*used = 1;
	if (c < 0x80)
		return c;
	if (c >= 0xc2 && c <= 0xdf && s.len >= 2 && continues(p[1])) {
		*used = 2;
		return (c & 0x1f) << 6 | (p[1] & 0x3f);
	}
	if (c >= 0xe0 && c <= 0xef && s.len >= 3 && continues(p[1]) && continues(p[2])) {
		int32_t cp = (c & 0x0f) << 12 | (p[1] & 0x3f) << 6 | (p[2] & 0x3f);

		if (cp < 0x800 || (cp >= 0xd800 && cp <= 0xdfff))
			return -1;
		*used = 3;
		return cp;
	}
	if (c >= 0xf0 && c <= 0xf4 && s.len >= 4 && continues(p[1]) && continues(p[2]) && continues(p[3])) {
		int32_t cp = (c & 7) << 18 | (p[1] & 0x3f) << 12 | (p[2] & 0x3f) << 6 | (p[3] & 0x3f);

		if (cp < 0x10000 || cp > 0x10ffff)
			return -1;
		*used = 4;
		return cp;
	}
	return -1;
}

size_t utf8_encode(char out[4], uint32_t cp)
{
	if (cp > 0x10ffff || (cp >= 0xd800 && cp <= 0xdfff))
		cp = 0xfffd;
	if (cp < 0x80) {
		out[0] = (char)cp;
		return 1;
	}
	if (cp < 0x800) {
		out[0] = (char)(0xc0 | cp >> 6);
		out[1] = (char)(0x80 | (cp & 0x3f));
		return 2;
	}
	if (cp < 0x10000) {
		out[0] = (char)(0xe0 | cp >> 12);
		out[1] = (char)(0x80 | (cp >> 6 & 0x3f));
		out[2] = (char)(0x80 | (cp & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | cp >> 18);
	out[1] = (char)(0x80 | (cp >> 12 & 0x3f));
	out[2] = (char)(0x80 | (cp >> 6 & 0x3f));
	out[3] = (char)(0x80 | (cp & 0x3f));
	return 4;
}

size_t utf8_count(struct span s)
{
	size_t n = 0, i = 0, used;

	while (i < s.len) {
		uint64_t eight;

		if (i + sizeof eight <= s.len) {
			memcpy(&eight, s.p + i, sizeof eight);
			if ((eight & UINT64_C(0x8080808080808080)) == 0) {
				i += sizeof eight;
				n += sizeof eight;
				continue;
			}
		}
		utf8_decode(span_make(s.p + i, s.len - i), &used);
		i += used;
		n++;
	}
	return n;
}

int utf8_width(uint32_t cp)
{
	if (cp >= 0x20 && cp < 0x7f)
		return 1;
	if (cp < 0xa0)
		return -1;
	return wcwidth((wchar_t)cp);
}

size_t utf8_floor(struct span s, size_t at)
{
	size_t back = 0;

	if (at > s.len)
		at = s.len;
	while (at > 0 && at < s.len && back < 3 && continues((unsigned char)s.p[at])) {
		at--;
		back++;
	}
	return at;
}

size_t utf8_grapheme(struct span s)
{
	utf8proc_int32_t state = 0;
	size_t used, at;
	int32_t before;

	if (s.len == 0)
		return 0;
	before = utf8_decode(s, &used);
	at = used;
	while (at < s.len && before >= 0) {
		int32_t next = utf8_decode(span_make(s.p + at, s.len - at), &used);

		if (next < 0 || utf8proc_grapheme_break_stateful(before, next, &state))
			break;
		before = next;
		at += used;
	}
	return at;
}
