/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which word of one side stands for which word of the other, and how much (0..1).  Links come from several places (the same
 * string, a cognate, a dictionary, learned from parallel text); where two agree the stronger stays.
 */
#ifndef TAMIS_BITEXT_LINKS_H
#define TAMIS_BITEXT_LINKS_H

#include "bitext/model1.h"

enum link_kind { LINK_SAME, LINK_NUMBER, LINK_COGNATE, LINK_SOUND, LINK_DICTIONARY, LINK_KIN, LINK_LEARNED, LINK_KINDS };

const char *link_kind_name(enum link_kind kind); /* untranslated word of --json */

struct link {
	uint32_t x, y;
	float weight;
	uint8_t kind;
};

/* Under construction: any order, repeats allowed. */
struct link_list {
	VEC(struct link) links;
};

void links_add_same(struct link_list *l, const struct side *a, const struct side *b);
/* Common prefixes of 5 (.7) and 4 (.4) letters, and words that sound alike across scripts. */
void links_add_cognates(struct link_list *l, const struct side *a, const struct side *b);
/* sqrt(F / max F(x) * B / max B(y)), kept from .12 */
void links_add_dictionary(struct link_list *l, const struct model1 *m, size_t words_x, size_t words_y);
/* min(1, 1.3 sqrt(F B)), kept when seen together twice and sqrt(F B) >= .1 */
void links_add_learned(struct link_list *l, const struct model1 *m);

/* Ready to use: for each x its links, strongest first. */
struct link_table {
	struct link *links;
	size_t n;
	size_t *first;            /* words_x + 1 */
};

/* Strongest of each pair; `list` is left sorted. */
void link_table_build(struct link_table *out, struct link_list *list, size_t words_x);
/* The same links seen from the other side. */
void link_table_reverse(struct link_table *out, const struct link_table *t, size_t words_y);
void link_table_free(struct link_table *t);
void link_list_free(struct link_list *l);

#endif
