/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Word pairs a curator has rejected: whatever would link them (dictionary, cognates, learning), they are not linked.
 */
#ifndef TAMIS_BITEXT_REFUSED_H
#define TAMIS_BITEXT_REFUSED_H

#include "bitext/links.h"

struct refused_words {
	const struct span *x, *y; /* words as they stand in the text, or their forms */
	size_t n;
};

/* Takes their links out of the list.  Headwords as the sides were built with. */
void links_refuse(struct link_list *l, const struct side *a, const struct side *b, const struct mapstr *headwords_x,
		  const struct mapstr *headwords_y, const struct refused_words *r);

#endif
