/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * `extract`: an instruction for a segment without any model, from its heading, the shape of its text and its key phrases, in the
 * text's language (English and Chinese; others get English templates).  A draft for a person to accept or edit: never more.
 *
 * Templates are data: share/prompts/extract.LANG, one per line, `TYPE<TAB>text`, with places for the heading ({header}), what it
 * says to do ({do}), the heading above ({parent}; {opening} when the heading is but "Introduction"), both sides of a comparison
 * ({first}, {second}) and the key phrase of a text without a heading ({phrase}): see heading.h.  Of the templates that can be
 * filled those that say most are taken; which of them is decided by the hash of the segment.
 */
#ifndef TAMIS_INSTRUCT_DRAFT_H
#define TAMIS_INSTRUCT_DRAFT_H

#include "base/error.h"
#include "instruct/retrieve.h"
#include "instruct/segment.h"

/* Kinds of instruction.  `summarise` (the text is the input) needs a model; `creative` is not seen by the surface of a text, so that
 * draft_type_of() never says either. */
enum draft_type {
	DRAFT_QUESTION,
	DRAFT_HOW_TO,
	DRAFT_EXPLAIN,
	DRAFT_LIST,
	DRAFT_COMPARE,
	DRAFT_SUMMARISE,
	DRAFT_CODE,
	DRAFT_MATHS,
	DRAFT_TABLE,
	DRAFT_CREATIVE,
	DRAFT_TYPES
};

const char *draft_type_name(enum draft_type t); /* "question" "how-to" … */

struct draft_templates;
/* The user's own file before the shipped one.  TAMIS_ENOTFOUND, or TAMIS_EPARSE with the line. */
int draft_templates_open(struct draft_templates **out, struct error *err);
void draft_templates_close(struct draft_templates *t);

/* What kind of instruction the segment answers. */
enum draft_type draft_type_of(const struct text_segment *s);

struct draft {
	struct buf instruction;
	enum draft_type type;
	char template[80];  /* "extract.en how-to 2 3f9a…": file, type, which, hash of its text */
};

/* Replaces `out`.  `r` weighs key phrases. */
void draft_make(struct draft *out, const struct draft_templates *t, struct retrieval *r, const struct text_segment *s, uint8_t lang);
void draft_free(struct draft *d);

#endif
