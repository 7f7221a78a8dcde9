/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names of keys. */
#include "config.h"

#include <stdio.h>

#include "base/utf8.h"
#include "ui/key.h"

static const struct {
	const char *name;
	int32_t key;
} named_keys[] = {
	{ "space", ' ' },
	{ "enter", '\r' },
	{ "tab", '\t' },
	{ "esc", 27 },
	{ "up", SPECIAL_UP },
	{ "down", SPECIAL_DOWN },
	{ "left", SPECIAL_LEFT },
	{ "right", SPECIAL_RIGHT },
	{ "home", SPECIAL_HOME },
	{ "end", SPECIAL_END },
	{ "pgup", SPECIAL_PAGE_UP },
	{ "pgdn", SPECIAL_PAGE_DOWN },
	{ "ins", SPECIAL_INSERT },
	{ "del", SPECIAL_DELETE },
	{ "backspace", SPECIAL_BACKSPACE },
	{ "S-tab", SPECIAL_BACK_TAB },
};

#define N_NAMED (sizeof named_keys / sizeof *named_keys)

static int32_t function_key(struct span name)
{
	int32_t n = 0;

	if (name.len < 2 || name.len > 3 || name.p[0] != 'f')
		return 0;
	for (size_t i = 1; i < name.len; i++) {
		if (name.p[i] < '0' || name.p[i] > '9')
			return 0;
		n = n * 10 + (name.p[i] - '0');
	}
	return n >= 1 && n <= 12 ? SPECIAL_F1 + n - 1 : 0;
}

int32_t key_from_name(struct span name)
{
	size_t used;
	int32_t c;

	if (name.len == 0)
		return 0;
	for (size_t i = 0; i < N_NAMED; i++)
		if (span_is(name, named_keys[i].name))
			return named_keys[i].key;
	if (function_key(name))
		return function_key(name);
	if (name.len > 2 && span_starts(name, "M-")) {
		c = key_from_name(span_make(name.p + 2, name.len - 2));
		return c ? KEY_META | c : 0;
	}
	if (name.len == 3 && span_starts(name, "C-")) {
		c = name.p[2];
		return (c >= '@' && c <= '_') || (c >= 'a' && c <= 'z') ? KEY_CTRL_OF(c) : 0;
	}
	c = utf8_decode(name, &used);
	return c > ' ' && c != 0x7f && used == name.len ? c : 0;
}

static const char *special_name(int32_t key)
{
	for (size_t i = 0; i < N_NAMED; i++)
		if (named_keys[i].key == key)
			return named_keys[i].name;
	return NULL;
}

void key_label(char out[24], int32_t key)
{
	const char *meta = key & KEY_META ? "M-" : "";
	const char *name;
	char bytes[5] = "";

	key &= ~KEY_META;
	name = special_name(key);
	if (name)
		snprintf(out, 24, "%s%s", meta, name);
	else if (key >= SPECIAL_F1 && key <= SPECIAL_F12)
		snprintf(out, 24, "%sf%d", meta, (int)(key - SPECIAL_F1 + 1));
	else if (key > 0 && key < ' ')
		snprintf(out, 24, "%sC-%c", meta, key < 27 ? (char)(key + 'a' - 1) : (char)(key + '@'));
	else {
		if (key > 0 && key < 0x110000)
			bytes[utf8_encode(bytes, (uint32_t)key)] = '\0';
		snprintf(out, 24, "%s%s", meta, bytes);
	}
}

bool key_is_text(int32_t key)
{
	return key >= ' ' && key != 0x7f && key < 0x110000 && !(key >= 0x80 && key < 0xa0);
}
