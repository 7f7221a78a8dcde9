/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Text into sentences, as byte ranges of the text: ICU's sentence boundaries (Unicode TR29), mended where they are known to
 * fail: abbreviations and initials (share/segment/abbreviations), ordinals written with a dot, wrapped lines, quotations in
 * Chinese and Japanese brackets.  White space around a sentence is left out of its range.
 *
 * A segmenter holds an ICU iterator: one thread each.
 */
#ifndef TAMIS_TEXT_SEGMENT_H
#define TAMIS_TEXT_SEGMENT_H

#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/vec.h"

struct sentence_range {
	size_t at, len;
};

struct sentence_ranges {
	VEC(struct sentence_range) ranges;
};

struct segmenter;

/* Works without the file of abbreviations, only worse. */
int segmenter_open(struct segmenter **out, uint8_t lang, struct error *err);
void segmenter_close(struct segmenter *s);
/* Appends the sentences of `text`, in order; malformed UTF-8 is carried along. */
void segment(struct segmenter *s, struct sentence_ranges *out, struct span text);
/* A sentence on one line: its white space as single spaces, and none where a line of Chinese or Japanese was wrapped. */
struct span sentence_line(struct arena *a, struct span sentence);

#endif
