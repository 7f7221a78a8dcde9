/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The index of segments. */
#include "instruct/retrieve_inside.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>

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
	vec_each(&r->pieces, i) {
		vec_free(&r->pieces.v[i].holders);
		vec_free(&r->pieces.v[i].starters);
	}
	vec_free(&r->pieces);
	map64_free(&r->places);
	arena_free(&r->arena);
	vec_free(&r->lengths);
	vec_free(&r->saturations);
	map64_free(&r->numbers);
	free(r);
}

struct span retriever_word(char lower[WORD_MOST], struct span word)
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
		struct span word = retriever_word(lower, span_make(text.p + t->at, t->len));

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

/* ---- ready to be asked ---- */

uint64_t retriever_piece(const char *p)
{
	uint32_t piece;

	memcpy(&piece, p, sizeof piece);
	return piece;
}

static void index_pieces(struct retriever *r)
{
	for (; r->indexed < r->words.n; r->indexed++) {
		struct span word = r->words.v[r->indexed].word;

		for (size_t i = 0; i + PIECE <= word.len; i++) {
			uint64_t *place = map64_at(&r->places, retriever_piece(word.p + i), NULL);

			if (*place == 0) {
				vec_push(&r->pieces, (struct piece){ 0 });
				*place = r->pieces.n;
			}
			vec_push(&r->pieces.v[*place - 1].holders, (uint32_t)r->indexed);
			if (i == 0)
				vec_push(&r->pieces.v[*place - 1].starters, (uint32_t)r->indexed);
		}
	}
}

double retriever_score(const struct retriever *r, const struct posting *p, double idf)
{
	double mean = r->total / (double)r->lengths.n;
	double count = (double)p->count, length = (double)r->lengths.v[p->segment] / (mean > 0 ? mean : 1);

	return idf * count * (K1 + 1) / (count + K1 * (1 - B + B * length));
}

void retriever_ready(struct retriever *r)
{
	double mean = r->lengths.n ? r->total / (double)r->lengths.n : 0;

	if (r->ready == r->lengths.n)
		return;
	r->ready = r->lengths.n;
	index_pieces(r);
	vec_clear(&r->saturations);
	vec_each(&r->lengths, i)
		vec_push(&r->saturations, (float)(K1 * (1 - B + B * (double)r->lengths.v[i] / (mean > 0 ? mean : 1))));
	vec_each(&r->words, i) {
		struct postings *p = &r->words.v[i];

		p->idf = idf_of(r, p->list.n);
		p->most = 0;
		vec_each(&p->list, k) {
			float count = (float)p->list.v[k].count, score = count / (count + r->saturations.v[p->list.v[k].segment]);

			p->most = score > p->most ? score : p->most;
		}
		p->most *= (K1 + 1) * (1 + ROUNDING);
	}
}

