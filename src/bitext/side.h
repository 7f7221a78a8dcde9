/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One side of a pair of corpora, made ready to compare: every sentence as word numbers, every word with its weight.
 * The lines themselves are borrowed and must outlive the side.  Read-only once built, so any number of threads may use it.
 */
#ifndef TAMIS_BITEXT_SIDE_H
#define TAMIS_BITEXT_SIDE_H

#include "bitext/tokens.h"

#define WORD_NONE UINT32_MAX

struct word_at {
	uint32_t word;
	uint32_t at, len;         /* bytes of the sentence */
};

enum sentence_end { END_NONE, END_STOP, END_QUESTION, END_EXCLAMATION, END_COLON, END_ELLIPSIS, END_KINDS };

struct sentence {
	size_t first;             /* of its words in `words` */
	uint32_t n;               /* words */
	uint32_t chars;           /* code points that are not white space */
	uint8_t end;              /* enum sentence_end */
	uint8_t commas;           /* commas and semicolons, saturating */
	float weight;             /* sum of the weights of its words */
};

struct side {
	uint8_t lang;
	const struct span *lines;
	size_t n;
	struct sentence *sentences;
	VEC(struct word_at) words;
	struct mapstr ids;        /* form -> word number */
	VEC(struct span) forms;   /* word number -> form */
	uint32_t *df;             /* sentences that hold the word */
	float *weight;            /* idf^0.7, idf = ln((n + 1) / (df + 0.5)) */
	bool *name;               /* the word is written with a capital inside sentences, and hardly ever without */
	double names;             /* share of such words in the text: German nouns are no names */
	double ends[END_KINDS];   /* share of sentences by their end */
	double commas;            /* a sentence */
};

void side_build(struct side *out, uint8_t lang, const struct span *lines, size_t n, const struct mapstr *headwords);
void side_free(struct side *s);
/* The number of a form that no sentence may hold: weight and df 0 when it is new. */
uint32_t side_add_word(struct side *s, struct span form);
/* The number of a form, or WORD_NONE. */
uint32_t side_word(const struct side *s, struct span form);

static inline const struct word_at *side_words(const struct side *s, size_t sentence)
{
	return s->words.v + s->sentences[sentence].first;
}

/* Where the words of sentence `i` begin; those of the end when i is n. */
static inline size_t side_first(const struct side *s, size_t i)
{
	return i < s->n ? s->sentences[i].first : s->words.n;
}

#endif
