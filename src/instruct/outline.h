/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A document as a flat list of headings and the text between them, each with its bytes in the source: what every markup's
 * reader makes and segment.c cuts.
 */
#ifndef TAMIS_INSTRUCT_OUTLINE_H
#define TAMIS_INSTRUCT_OUTLINE_H

#include "base/buf.h"
#include "base/error.h"
#include "base/vec.h"
#include "instruct/segment.h"

struct outline_block {
	unsigned level;      /* 1.. of a heading; 0: text */
	size_t at, end;      /* bytes of the source */
	size_t text, text_len; /* in outline.text */
};

/* The text's first `text` bytes come from the source before `at`. */
struct outline_mark {
	size_t text, at;
};

struct outline {
	struct buf text;
	VEC(struct outline_block) blocks;
	VEC(struct outline_mark) marks;
};

/* Begins a block at byte `at`; ends the one before. */
void outline_begin(struct outline *o, unsigned level, size_t at);
/* The block being filled has text up to byte `end` of the source. */
void outline_reach(struct outline *o, size_t end);
/* Where byte `text` of the outline's text, which lies in block b, stands in the source; at worst a little before it. */
size_t outline_source(const struct outline *o, const struct outline_block *b, struct span source, size_t text);
/* Trims the texts and drops empty blocks of text; headings stay. */
void outline_end(struct outline *o);
void outline_free(struct outline *o);

/* The one for `markup`, any but MARKUP_CODE, ended. */
int outline_read(struct outline *o, struct span source, enum markup markup, struct error *err);
int outline_html(struct outline *o, struct span source, struct error *err);
void outline_markdown(struct outline *o, struct span source);
void outline_rst(struct outline *o, struct span source);
void outline_pod(struct outline *o, struct span source);
void outline_man(struct outline *o, struct span source);
void outline_latex(struct outline *o, struct span source);
#define OUTLINE_CHAPTER 2u /* level of a plain text's chapters; 1 of its parts, 3.. of a paper's sections */
#define OUTLINE_WEAK 9u    /* level of what only looks like a heading of plain text */
/* One block a paragraph; headings are those of plain_heading.h, and, of level OUTLINE_WEAK, short lines alone that do not end like
 * a sentence. */
void outline_plain(struct outline *o, struct span source);

#endif
