/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Keys as numbers and names.  A key is a Unicode code point (control keys are 1-31), or KEY_SPECIAL + a value below.
 * KEY_META is added when Alt is held.  Names in key map files: "j" "J" "C-d" "M-x" "space" "enter" "esc" "tab" "S-tab" "up" …
 */
#ifndef TAMIS_UI_KEY_H
#define TAMIS_UI_KEY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

#define KEY_SPECIAL 0x200000
#define KEY_META 0x400000

enum special_key {
	SPECIAL_UP = KEY_SPECIAL, SPECIAL_DOWN, SPECIAL_LEFT, SPECIAL_RIGHT, SPECIAL_HOME, SPECIAL_END, SPECIAL_PAGE_UP,
	SPECIAL_PAGE_DOWN, SPECIAL_INSERT, SPECIAL_DELETE, SPECIAL_BACKSPACE, SPECIAL_BACK_TAB, SPECIAL_F1,
	SPECIAL_F12 = SPECIAL_F1 + 11, SPECIAL_PASTE_BEGIN, SPECIAL_PASTE_END, SPECIAL_MOUSE
};

#define KEY_CTRL_OF(c) ((c) & 0x1f)

/* 0 when `name` is no key. */
int32_t key_from_name(struct span name);
/* "C-d", "space", "j" …; `out` is NUL-terminated. */
void key_label(char out[24], int32_t key);
/* A character that can be typed into a field. */
bool key_is_text(int32_t key);

#endif
