/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What can be told of a text by its surface: lists of telling phrases (English and Chinese; without regard to ASCII case, whole
 * words in English), and figures about its lines and letters.
 */
#ifndef TAMIS_INSTRUCT_PHRASES_H
#define TAMIS_INSTRUCT_PHRASES_H

#include "instruct/terms.h"

enum phrases {
	PHRASES_BOILERPLATE,  /* "accept cookies" */
	PHRASES_FIRST_PERSON, /* "I", "my", "we" */
	PHRASES_LEAK,         /* "the text above" */
	PHRASES_REFUSAL,      /* "as an AI language model" */
};

unsigned phrases_count(enum phrases which, struct span text);
bool phrases_is_latin(struct span text); /* no letters but Latin ones */

unsigned text_repetition(const struct term_list *terms, struct span text); /* pairs among the first 60 sentences */
double text_letter_share(struct span text);
double text_bullet_share(struct span text); /* of lines that are not blank */
double text_first_item(struct span text);   /* number of the list the text begins with; 1 when it begins with none */
double text_link_share(struct span text);
bool text_ends_mid_sentence(struct span text); /* its last line is prose with no final mark: code, items, titles and addresses end as they like */
bool heading_says_nothing(struct span header); /* "NAVIGATION", "Advertisement" */

#endif
