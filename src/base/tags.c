/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/tags.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/utf8.h"

enum { LOOK_AT = 256 * 1024, ENTITY_MOST = 10 };

bool tags_lead(struct span text)
{
	if (span_starts(text, "\xef\xbb\xbf"))
		text = span_make(text.p + 3, text.len - 3);
	while (text.len && isspace((unsigned char)*text.p))
		text = span_make(text.p + 1, text.len - 1);
	return text.len > 2 && text.p[0] == '<' && (isalpha((unsigned char)text.p[1]) || text.p[1] == '!' || text.p[1] == '?');
}

static bool is_named(struct span tag, const char *name)
{
	size_t n = strlen(name);

	return tag.len > n && strncasecmp(tag.p + 1, name, n) == 0 && !isalnum((unsigned char)(tag.len > n + 1 ? tag.p[n + 1] : ' '));
}

/* Bytes from the "<" at the beginning of `rest` to behind what is not to be read.  `*open` has a bit for each element whose end was
 * looked for in vain: looked for again at each of its tags, a page of them would take time with the square of its length. */
static size_t tag_length(struct span rest, unsigned *open)
{
	static const char *const unread[][2] = { { "script", "</script" }, { "style", "</style" }, { "head", "</head" } };
	const char *end;

	if (span_starts(rest, "<!--")) {
		end = memmem(rest.p, rest.len, "-->", 3);
		return end ? (size_t)(end + 3 - rest.p) : rest.len;
	}
	for (size_t i = 0; i < sizeof unread / sizeof *unread; i++) {
		if (*open >> i & 1 || !is_named(rest, unread[i][0]))
			continue;
		for (const char *at = rest.p + 1; (at = memchr(at, '<', (size_t)(rest.p + rest.len - at))) != NULL; at++)
			if ((size_t)(rest.p + rest.len - at) >= strlen(unread[i][1]) &&
			    strncasecmp(at, unread[i][1], strlen(unread[i][1])) == 0)
				return (size_t)(at - rest.p); /* the end tag comes next */
		*open |= 1u << i;
	}
	end = memchr(rest.p, '>', rest.len);
	return end ? (size_t)(end + 1 - rest.p) : rest.len;
}

/* The character of the entity at the beginning of `rest`, 0 when it is none; `*used` its bytes. */
static uint32_t entity(struct span rest, size_t *used)
{
	static const char *const marks[] = { "acute;", "grave;", "circ;", "uml;", "tilde;", "cedil;", "ring;", "caron;", NULL };
	const char *end = memchr(rest.p, ';', rest.len < ENTITY_MOST ? rest.len : ENTITY_MOST);
	unsigned long cp;

	if (end == NULL || end < rest.p + 2 || (rest.p[1] != '#' && !isalpha((unsigned char)rest.p[1])))
		return 0;
	*used = (size_t)(end + 1 - rest.p);
	if (rest.p[1] == '#') {
		bool hexadecimal = rest.p[2] == 'x' || rest.p[2] == 'X';

		cp = strtoul(rest.p + (hexadecimal ? 3 : 2), NULL, hexadecimal ? 16 : 10);
		return cp >= 0x20 && cp < 0x110000 && (cp < 0xD800 || cp > 0xDFFF) ? (uint32_t)cp : ' ';
	}
	for (const char *const *mark = marks; *mark; mark++)
		if (span_ends(span_make(rest.p, *used), *mark) && *used == strlen(*mark) + 2)
			return (uint32_t)(unsigned char)rest.p[1];
	return span_starts(rest, "&szlig;") ? 's' : ' ';
}

/* The next character that is read, at `rest`: white space for a tag; `*used` its bytes. */
static int32_t next_character(struct span rest, size_t *used, unsigned *open)
{
	uint32_t named = 0;

	*used = 1;
	if (rest.p[0] == '<' && rest.len > 1 && (isalpha((unsigned char)rest.p[1]) || strchr("/!?", rest.p[1]))) {
		*used = tag_length(rest, open);
		return ' ';
	}
	if (rest.p[0] == '&')
		named = entity(rest, used);
	return named ? (int32_t)named : utf8_decode(rest, used);
}

size_t tags_strip(char *out, size_t room, struct span text)
{
	size_t n = 0, used;
	unsigned open = 0;

	if (text.len > LOOK_AT)
		text.len = LOOK_AT;
	for (; text.len && n < room; text = span_make(text.p + used, text.len - used)) {
		int32_t cp = next_character(text, &used, &open);
		char bytes[4];
		size_t len;

		if (cp > ' ') {
			len = utf8_encode(bytes, (uint32_t)cp);
			if (len > room - n)
				break;
			memcpy(out + n, bytes, len);
			n += len;
		} else if (n && out[n - 1] != ' ') {
			out[n++] = ' ';
		}
	}
	return n;
}
