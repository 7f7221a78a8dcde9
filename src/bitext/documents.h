/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which document of one pile is the translation of which of the other, when nobody has said: documents whose sentences are one
 * another's nearest, more than they are anybody else's, one to one.
 */
#ifndef TAMIS_BITEXT_DOCUMENTS_H
#define TAMIS_BITEXT_DOCUMENTS_H

#include "bitext/mine.h"

struct document_pair {
	uint32_t x, y;            /* numbers of documents */
	float score;              /* summed margins of neighbours, by the root of both lengths */
};

struct document_pairs {
	VEC(struct document_pair) pairs; /* best first, each document in one at most */
};

/* `prepared` comes from mine_prepare(); of_x[i] is the document of sentence i, of_y likewise.  False when cancelled. */
bool documents_pair(struct document_pairs *out, const struct mining *prepared, const uint32_t *of_x, const uint32_t *of_y,
		    unsigned threads, const atomic_bool *cancel);
void document_pairs_free(struct document_pairs *p);

#endif
