/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A heading as words for a sentence: without its number, in the case the text itself uses ("Installing the Kernel" stands as
 * "install the kernel" after "How do I"), and what kind of request it makes of the text under it.
 *
 * A capital is kept when the text has the word so inside a sentence and never small; an abbreviation always keeps its own.
 */
#ifndef TAMIS_INSTRUCT_HEADING_H
#define TAMIS_INSTRUCT_HEADING_H

#include "base/buf.h"

enum heading_kind {
	HEADING_NOTHING,    /* empty, or too long to stand in a sentence */
	HEADING_OPENING,    /* "Introduction": about what the heading above says */
	HEADING_QUESTION,
	HEADING_ACTION,     /* "Installing …", "How to install …", "Install …", "安装…" */
	HEADING_COMPARISON, /* "A vs. B", "Differences between A and B" */
	HEADING_TOPIC
};

struct heading {
	enum heading_kind kind;
	struct buf words;   /* for the inside of a sentence; of a question as it stands */
	struct buf action;  /* "install the kernel", "" unless it is one */
	struct buf first, second; /* of a comparison, or "" */
};

/* Replaces `out` (zero it before the first use); `text` is what stands under the heading. */
void heading_read(struct heading *out, struct span header, struct span text);
void heading_free(struct heading *h);

/* Holds a Han character. */
bool heading_is_chinese(struct span header);
/* Without "1.2.", "Chapter 3:", "B.2.", "第 3 章", "§ 4" and the mark that links to itself. */
struct span heading_bare(struct span header);

#endif
