/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "instruct/retrieve.h"

#include <math.h>
#include <stdlib.h>

#include "base/map.h"

#define K1 2.0
#define B 1.0

struct posting {
	uint32_t segment, count;
};

struct postings {
	VEC(struct posting) list;
};

struct retriever {
	struct term_reader *reader;
	struct term_list terms;
	struct map64 numbers;            /* term -> 1 + its place in `words` */
	VEC(struct postings) words;
	VEC(uint32_t) lengths;
	VEC(double) scores;              /* by segment, all zero between questions */
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
	vec_free(&r->lengths);
	vec_free(&r->scores);
	map64_free(&r->numbers);
	free(r);
}

struct term_reader *retriever_terms(struct retriever *r)
{
	return r->reader;
}

/* Puts one term of the segment into its list. */
static void add_term(struct retriever *r, uint32_t segment, uint64_t term)
{
	bool made;
	uint64_t *number = map64_at(&r->numbers, term, &made);
	struct postings *p;

	if (made) {
		vec_push(&r->words, (struct postings){ 0 });
		*number = r->words.n;
	}
	p = &r->words.v[*number - 1];
	if (p->list.n == 0 || p->list.v[p->list.n - 1].segment != segment)
		vec_push(&p->list, (struct posting){ segment, 0 });
	p->list.v[p->list.n - 1].count++;
}

uint32_t retriever_add_terms(struct retriever *r, const uint64_t *terms, size_t n)
{
	uint32_t segment = (uint32_t)r->lengths.n;

	for (size_t i = 0; i < n; i++)
		add_term(r, segment, terms[i]);
	vec_push(&r->lengths, (uint32_t)n);
	vec_push(&r->scores, 0);
	r->total += (double)n;
	return segment;
}

uint32_t retriever_add(struct retriever *r, struct span text)
{
	uint32_t segment = (uint32_t)r->lengths.n;

	terms_read(r->reader, &r->terms, text);
	vec_each(&r->terms.terms, i)
		add_term(r, segment, r->terms.terms.v[i].id);
	vec_push(&r->lengths, (uint32_t)r->terms.terms.n);
	vec_push(&r->scores, 0);
	r->total += (double)r->terms.terms.n;
	return segment;
}

double retriever_idf(const struct retriever *r, uint64_t term)
{
	const uint64_t *number = map64_find(&r->numbers, term);
	double df = number ? (double)r->words.v[*number - 1].list.n : 0, n = (double)r->lengths.n;

	return log((n - df + 0.5) / (df + 0.5) + 1);
}

/* Adds one word's part to every segment that has it. */
static void score_word(struct retriever *r, uint64_t term, double idf)
{
	const uint64_t *number = map64_find(&r->numbers, term);
	double mean = r->total / (double)r->lengths.n;
	const struct postings *p = number ? &r->words.v[*number - 1] : NULL;

	for (size_t i = 0; p && i < p->list.n; i++) {
		double count = (double)p->list.v[i].count, length = (double)r->lengths.v[p->list.v[i].segment] / (mean > 0 ? mean : 1);

		r->scores.v[p->list.v[i].segment] += idf * count * (K1 + 1) / (count + K1 * (1 - B + B * length));
	}
}

static bool seen_before(const struct term_list *t, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (t->terms.v[k].id == t->terms.v[i].id)
			return true;
	return false;
}

void retriever_ask(struct retriever *r, struct retrieved *out, struct span instruction, uint32_t segment)
{
	double most = 0, best = 0;

	*out = (struct retrieved){ .best = UINT32_MAX, .coverage = NAN, .margin = NAN };
	if (instruction.len > 4096)
		instruction.len = 4096;
	terms_read(r->reader, &r->terms, instruction);
	vec_each(&r->terms.terms, i) {
		double idf = retriever_idf(r, r->terms.terms.v[i].id);

		if (seen_before(&r->terms, i) || !r->terms.terms.v[i].content)
			continue;
		most += idf * (K1 + 1);
		score_word(r, r->terms.terms.v[i].id, idf);
	}
	vec_each(&r->scores, i) {
		if (i == segment)
			out->own = r->scores.v[i];
		else if (r->scores.v[i] > best) {
			best = r->scores.v[i];
			out->best = (uint32_t)i;
		}
		r->scores.v[i] = 0;
	}
	if (most > 0)
		out->coverage = out->own / most;
	if (out->own > 0 || best > 0)
		out->margin = (out->own - best) / (out->own > best ? out->own : best);
}
