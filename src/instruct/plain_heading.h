/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Headings of books and papers in plain text: "CHAPTER I.", "第三章 风", "3.2 Experiments", "References".  A line for itself can be
 * one; the lines of the whole document decide which are, because a false heading is worse than a missed one: tables of contents,
 * lists, columns of numbers and release numbers look the same.
 */
#ifndef TAMIS_INSTRUCT_PLAIN_HEADING_H
#define TAMIS_INSTRUCT_PLAIN_HEADING_H

#include "base/buf.h"

enum plain_kind { PLAIN_NONE, PLAIN_WORDED, PLAIN_NUMBERED, PLAIN_NAMED };

#define PLAIN_NUMBERS 4

struct plain_heading {
	enum plain_kind kind;
	unsigned level; /* 1 part, 2 chapter, 3 section, 4.. below it */
	unsigned numbers[PLAIN_NUMBERS], depth; /* of PLAIN_NUMBERED: "3.2" has a depth of 2 */
};

/* What the line could be; its kind is PLAIN_NONE for most. */
struct plain_heading plain_heading_read(struct span line);

struct plain_candidate {
	struct plain_heading heading;
	bool text_follows; /* before the next candidate */
	bool kept;         /* the answer */
};

/* Decides `kept` of all candidates of one document, in order. */
void plain_headings_settle(struct plain_candidate *candidates, size_t n);

#endif
