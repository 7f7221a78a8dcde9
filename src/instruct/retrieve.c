/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "instruct/retrieve.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/map.h"

#define K1 2.0
#define B 1.0
#define RELATED 0.5    /* what a word inside another counts */
#define PIECE 4u       /* bytes of the shortest word that counts inside another */
#define WORD_MOST 32u
#define RELATED_MOST 64u

struct posting {
	uint32_t segment, count;
};

/* A word of the segments. */
struct postings {
	VEC(struct posting) list;
	struct span word;                /* in lower case; "" unless it is ASCII of PIECE to WORD_MOST bytes */
};

struct numbers {
	VEC(uint32_t) list;              /* of words */
};

struct retriever {
	struct term_reader *reader;
	struct term_list terms;
	struct map64 numbers;            /* term -> 1 + its place in `words` */
	VEC(struct postings) words;
	struct arena arena;
	struct map64 pieces;             /* PIECE bytes -> 1 + place in `holders` */
	VEC(struct numbers) holders;     /* the words that hold them */
	size_t indexed;                  /* words that `pieces` knows */
	VEC(uint32_t) lengths;
	VEC(double) scores, parts;       /* by segment, all zero between questions */
	VEC(uint32_t) touched, part_touched;
	double total;
};

struct retriever *retriever_new(void)
{
	struct retriever *r = xcalloc(1, sizeof *r);

	r->reader = term_reader_new();
	return r;
}

void retriever_free(struct retriever *r)
{
	if (r == NULL)
		return;
	term_reader_free(r->reader);
	vec_free(&r->terms.terms);
	vec_each(&r->words, i)
		vec_free(&r->words.v[i].list);
	vec_free(&r->words);
	vec_each(&r->holders, i)
		vec_free(&r->holders.v[i].list);
	vec_free(&r->holders);
	map64_free(&r->pieces);
	arena_free(&r->arena);
	vec_free(&r->parts);
	vec_free(&r->touched);
	vec_free(&r->part_touched);
	vec_free(&r->lengths);
	vec_free(&r->scores);
	map64_free(&r->numbers);
	free(r);
}

struct term_reader *retriever_terms(struct retriever *r)
{
	return r->reader;
}

/* The word as it can be found inside others, in `lower`. */
static struct span plain_word(char lower[WORD_MOST], struct span word)
{
	if (word.len < PIECE || word.len > WORD_MOST)
		return span_make("", 0);
	for (size_t i = 0; i < word.len; i++) {
		if ((unsigned char)word.p[i] >= 0x80)
			return span_make("", 0);
		lower[i] = (char)tolower((unsigned char)word.p[i]);
	}
	return span_make(lower, word.len);
}

/* Puts one term of the segment into its list. */
static void add_term(struct retriever *r, uint32_t segment, struct span text, const struct term *t)
{
	bool made;
	uint64_t *number = map64_at(&r->numbers, t->id, &made);
	struct postings *p;
	char lower[WORD_MOST];

	if (made) {
		struct span word = plain_word(lower, span_make(text.p + t->at, t->len));

		vec_push(&r->words, (struct postings){ .word = word.len ? arena_span(&r->arena, word) : word });
		*number = r->words.n;
	}
	p = &r->words.v[*number - 1];
	if (p->list.n == 0 || p->list.v[p->list.n - 1].segment != segment)
		vec_push(&p->list, (struct posting){ segment, 0 });
	p->list.v[p->list.n - 1].count++;
}

uint32_t retriever_add_terms(struct retriever *r, struct span text, const struct term *terms, size_t n)
{
	uint32_t segment = (uint32_t)r->lengths.n;

	for (size_t i = 0; i < n; i++)
		add_term(r, segment, text, &terms[i]);
	vec_push(&r->lengths, (uint32_t)n);
	vec_push(&r->scores, 0);
	vec_push(&r->parts, 0);
	r->total += (double)n;
	return segment;
}

uint32_t retriever_add(struct retriever *r, struct span text)
{
	terms_read(r->reader, &r->terms, text);
	return retriever_add_terms(r, text, r->terms.terms.v, r->terms.terms.n);
}

static double idf_of(const struct retriever *r, size_t segments)
{
	double df = (double)segments, n = (double)r->lengths.n;

	return log((n - df + 0.5) / (df + 0.5) + 1);
}

double retriever_idf(const struct retriever *r, uint64_t term)
{
	const uint64_t *number = map64_find(&r->numbers, term);

	return idf_of(r, number ? r->words.v[*number - 1].list.n : 0);
}

/* ---- words inside words ---- */

static uint64_t piece_at(const char *p)
{
	uint32_t piece;

	memcpy(&piece, p, sizeof piece);
	return piece;
}

/* Notes which words hold which pieces, for words that came since. */
static void index_pieces(struct retriever *r)
{
	for (; r->indexed < r->words.n; r->indexed++) {
		struct span word = r->words.v[r->indexed].word;

		for (size_t i = 0; i + PIECE <= word.len; i++) {
			uint64_t *place = map64_at(&r->pieces, piece_at(word.p + i), NULL);

			if (*place == 0) {
				vec_push(&r->holders, (struct numbers){ 0 });
				*place = r->holders.n;
			}
			vec_push(&r->holders.v[*place - 1].list, (uint32_t)r->indexed);
		}
	}
}

static bool inside(struct span small, struct span large)
{
	return small.len && small.len < large.len && memmem(large.p, large.len, small.p, small.len) != NULL;
}

/* Words that hold this one or stand in it, at most RELATED_MOST: their numbers. */
static size_t related_words(struct retriever *r, struct span word, uint32_t out[RELATED_MOST])
{
	size_t n = 0;

	for (size_t i = 0; i + PIECE <= word.len; i++) {
		const uint64_t *place = map64_find(&r->pieces, piece_at(word.p + i));
		const struct numbers *holders = place ? &r->holders.v[*place - 1] : NULL;

		for (size_t k = 0; holders && k < holders->list.n && n < RELATED_MOST; k++) {
			struct span other = r->words.v[holders->list.v[k]].word;

			/* The first piece of a word that holds this one finds it; of one inside, its own first. */
			if ((i == 0 && inside(word, other)) || (inside(other, word) && memcmp(other.p, word.p + i, PIECE) == 0))
				out[n++] = holders->list.v[k];
		}
	}
	return n;
}

/* ---- asking ---- */

/* What a word counts in each segment that has it, where that is more than what is there. */
static void score_postings(struct retriever *r, const struct postings *p, double idf)
{
	double mean = r->total / (double)r->lengths.n;

	vec_each(&p->list, i) {
		double count = (double)p->list.v[i].count, length = (double)r->lengths.v[p->list.v[i].segment] / (mean > 0 ? mean : 1);
		double score = idf * count * (K1 + 1) / (count + K1 * (1 - B + B * length));
		double *part = &r->parts.v[p->list.v[i].segment];

		if (*part == 0)
			vec_push(&r->part_touched, p->list.v[i].segment);
		*part = score > *part ? score : *part;
	}
}

/* Adds one word's part to every segment that has it or a word it is related to. */
static void score_word(struct retriever *r, uint64_t term, struct span word, double idf)
{
	const uint64_t *number = map64_find(&r->numbers, term);
	uint32_t related[RELATED_MOST];
	size_t n = related_words(r, word, related);

	if (number)
		score_postings(r, &r->words.v[*number - 1], idf);
	for (size_t i = 0; i < n; i++) {
		const struct postings *p = &r->words.v[related[i]];
		double own = idf_of(r, p->list.n);

		if (number == NULL || related[i] != *number - 1)
			score_postings(r, p, RELATED * (own < idf ? own : idf));
	}
	vec_each(&r->part_touched, i) {
		uint32_t segment = r->part_touched.v[i];

		if (r->scores.v[segment] == 0)
			vec_push(&r->touched, segment);
		r->scores.v[segment] += r->parts.v[segment];
		r->parts.v[segment] = 0;
	}
	vec_clear(&r->part_touched);
}

static bool seen_before(const struct term_list *t, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (t->terms.v[k].id == t->terms.v[i].id)
			return true;
	return false;
}

/* The instruction's words into scores; returns the most there is to get. */
static double score_instruction(struct retriever *r, struct span instruction)
{
	double most = 0;

	terms_read(r->reader, &r->terms, instruction);
	vec_each(&r->terms.terms, i) {
		const struct term *t = &r->terms.terms.v[i];
		double idf = retriever_idf(r, t->id);
		char lower[WORD_MOST];

		if (seen_before(&r->terms, i) || !t->content)
			continue;
		most += idf * (K1 + 1);
		score_word(r, t->id, plain_word(lower, span_make(instruction.p + t->at, t->len)), idf);
	}
	return most;
}

void retriever_ask(struct retriever *r, struct retrieved *out, struct span instruction, uint32_t segment)
{
	double most, best = 0;

	*out = (struct retrieved){ .best = UINT32_MAX, .coverage = NAN, .margin = NAN };
	if (instruction.len > 4096)
		instruction.len = 4096;
	index_pieces(r);
	most = score_instruction(r, instruction);
	vec_each(&r->touched, i) {
		uint32_t other = r->touched.v[i];
		double score = r->scores.v[other];

		if (other == segment) {
			out->own = score;
		} else if (score > best || (score == best && other < out->best)) {
			best = score;
			out->best = other;
		}
		r->scores.v[other] = 0;
	}
	vec_clear(&r->touched);
	if (most > 0)
		out->coverage = out->own / most;
	if (out->own > 0 || best > 0)
		out->margin = (out->own - best) / (out->own > best ? out->own : best);
}
