/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * UTF-8: validation, decoding, columns on a terminal.
 *
 * Width is what ncurses and the common terminals agree on: the C library's wcwidth() for code points it knows.
 * What terminals disagree on (ZWJ, ZWSP, bidi controls, unassigned, C0/C1) has no width here: text/display.h
 * turns it into a visible token before anything is drawn.
 */
#ifndef TAMIS_BASE_UTF8_H
#define TAMIS_BASE_UTF8_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

/* Decodes one code point at s.p; `*used` bytes taken (>= 1 when s.len > 0).  A malformed byte gives -1 and used = 1. */
int32_t utf8_decode(struct span s, size_t *used);
/* Writes 1-4 bytes; returns the count.  Surrogates and values over 0x10FFFF become U+FFFD. */
size_t utf8_encode(char out[4], uint32_t cp);
/* True when all of `s` is well-formed (no surrogates, no overlong forms); else `*bad` is the first bad byte's offset. */
bool utf8_valid(struct span s, size_t *bad);
/* Number of code points (malformed bytes count one each). */
size_t utf8_count(struct span s);
/* Columns of one code point: 0, 1 or 2; -1 when it must not be sent to a terminal as it is. */
int utf8_width(uint32_t cp);
/* Byte offset of the code point that contains or precedes byte `at` (steps back over continuation bytes). */
size_t utf8_floor(struct span s, size_t at);
/* Length in bytes of the first grapheme cluster of `s` (extended, Unicode TR29, by utf8proc); 0 at the end. */
size_t utf8_grapheme(struct span s);

#endif
