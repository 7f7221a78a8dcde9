/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a rewritten response says that its source does not, and what it left out: numbers, dates and names that stand on one side
 * only, as spans of that side for a lens to mark; and how long it is and how near to a copy.
 *
 * Numbers agree by value, however they are grouped ("1,260,000", "1 260 000") or, up to twelve, spelt; a date also by what it means
 * ("3 May 2021", "2021-05-03", "2021年5月3日"), and with a fuller one ("May 2021").  A name is a run of capitalised words, one
 * alone not at the start of a sentence; a word with capitals or digits inside ("libcurl4", "PostgreSQL"); a Latin word in Chinese; a
 * title in 《》.  It agrees when the other side has all its words, in any case.
 */
#ifndef TAMIS_INSTRUCT_FACTS_H
#define TAMIS_INSTRUCT_FACTS_H

#include "instruct/terms.h"

enum fact_kind { FACT_NUMBER, FACT_DATE, FACT_NAME, FACT_KINDS };

const char *fact_kind_name(enum fact_kind k); /* "number" "date" "name" */

struct fact {
	size_t at, len;
	enum fact_kind kind;
};

struct fact_list {
	VEC(struct fact) facts; /* in the order of the text, none over another */
};

/* Replaces `out`: facts of `here` that `there` does not have. */
void facts_only_here(struct fact_list *out, struct span here, struct span there);

struct rewriting {
	unsigned added, lost;  /* facts only in the rewritten text, only in the original */
	double length;         /* characters, as a share of the original's */
	double recall;         /* longest common subsequence of terms, as a share of the original's (ROUGE-L recall, Lin 2004) */
	double copied;         /* share of its terms inside runs of 8 that the original has (coverage, Grusky et al. 2018) */
};

void rewriting_compare(struct rewriting *out, struct term_reader *reader, struct span original, struct span rewritten);

#endif
