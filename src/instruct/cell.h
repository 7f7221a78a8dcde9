/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What an instruction asks, as verb and object ("explain difference"), for the histogram that shows a set asking the same thing
 * over and over (Wang et al. 2023, "Self-Instruct", figure 3).  There a parser finds them; here the first verb after the words of
 * politeness and the last noun before a preposition do, by lists and word order: English and Chinese.  A question without a verb of
 * its own has its question word ("what", "why").
 */
#ifndef TAMIS_INSTRUCT_CELL_H
#define TAMIS_INSTRUCT_CELL_H

#include "instruct/terms.h"

struct verb_noun {
	struct span verb, noun; /* in the instruction; noun "" when there is none */
	uint64_t id;            /* of both, by stem; 0 when one is missing */
};

void verb_noun_of(struct verb_noun *out, struct term_reader *reader, struct term_list *scratch, struct span instruction);

#endif
