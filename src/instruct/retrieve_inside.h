/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the files of retrieval share: the index as it lies in memory.  Private to src/instruct/retrieve*.c.
 */
#ifndef TAMIS_INSTRUCT_RETRIEVE_INSIDE_H
#define TAMIS_INSTRUCT_RETRIEVE_INSIDE_H

#include "base/arena.h"
#include "base/map.h"
#include "instruct/retrieve.h"

#define K1 2.0
#define B 1.0
#define PIECE 4u       /* bytes of the shortest word that counts inside another */
#define WORD_MOST 32u

#define ROUNDING 1e-4  /* of sums of floats, as a share: far more than they can be off */

struct posting {
	uint32_t segment, count;
};

/* A word of the segments. */
struct postings {
	VEC(struct posting) list;
	struct span word;                /* in lower case; "" unless it is ASCII of PIECE to WORD_MOST bytes */
	double idf, most;                /* of retriever_ready(): `most` times a weight is the largest score in the list */
};

/* Words that hold a piece, and those that begin with it. */
struct piece {
	VEC(uint32_t) holders, starters;
};

struct retriever {
	struct term_reader *reader;
	struct term_list terms;
	struct map64 numbers;            /* term -> 1 + its place in `words` */
	VEC(struct postings) words;
	struct arena arena;
	struct map64 places;             /* PIECE bytes -> 1 + place in `pieces` */
	VEC(struct piece) pieces;
	size_t indexed;                  /* words that `pieces` knows */
	VEC(uint32_t) lengths;
	VEC(float) saturations;          /* K1 (1 - B + B length / mean length), by segment, of retriever_ready() */
	size_t ready;                    /* segments when it was called */
	double total;
};

/* Four bytes as a key of `places`. */
uint64_t retriever_piece(const char *p);
/* The word as it can be found inside others, in `lower`; "" when it can't. */
struct span retriever_word(char lower[WORD_MOST], struct span word);
/* Robertson and Zaragoza 2009, equation 3.15. */
double retriever_score(const struct retriever *r, const struct posting *p, double idf);

#endif
