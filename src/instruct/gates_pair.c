/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Checks of a pair, and what they remember of the pairs before. */
#include "instruct/gates.h"

#include <math.h>
#include <stdlib.h>
#include <strings.h>

#include "base/map.h"
#include "base/utf8.h"
#include "instruct/cell.h"
#include "instruct/phrases.h"
#include "text/langid.h"
#include "text/personal.h"

#define LANGUAGE_BYTES 40 /* a shorter instruction says too little of its language, unless its script differs */
#define LANGUAGE_SURE 0.7f
#define CONTENT_MOST 64u  /* content words compared */
#define CELL_FREE 3u

struct place {
	size_t at, n;              /* words of one instruction */
};

struct chain {
	uint32_t instruction;
	uint64_t before;           /* 1 + the chain of the one before that has the same word */
};

struct instructions_seen {
	struct term_list terms, response;
	VEC(uint64_t) words;       /* content words of all instructions, one after the other */
	VEC(struct place) places;
	struct map64 by_word;      /* word -> 1 + the latest instruction that has it */
	VEC(struct chain) chains;
	struct map64 cells;        /* verb and object -> instructions that ask it */
	size_t expected;
	const struct benchmark *benchmark;
	struct personal_list personal;
};

struct instructions_seen *instructions_seen_new(void)
{
	return xcalloc(1, sizeof(struct instructions_seen));
}

void instructions_seen_free(struct instructions_seen *s)
{
	if (s == NULL)
		return;
	vec_free(&s->terms.terms);
	vec_free(&s->response.terms);
	vec_free(&s->words);
	vec_free(&s->places);
	vec_free(&s->chains);
	vec_free(&s->personal.spans);
	map64_free(&s->by_word);
	map64_free(&s->cells);
	free(s);
}

void instructions_seen_expect(struct instructions_seen *s, size_t instructions)
{
	s->expected = instructions;
}

void instructions_seen_benchmark(struct instructions_seen *s, const struct benchmark *b)
{
	s->benchmark = b;
}

/* The share this verb and object have of all instructions, this one counted; the first CELL_FREE of a kind are never too many. */
static double cell_share(struct instructions_seen *s, struct retriever *r, struct span instruction)
{
	struct verb_noun cell;
	uint64_t *count;
	size_t all = s->expected > s->places.n ? s->expected : s->places.n;

	verb_noun_of(&cell, retriever_terms(r), &s->terms, instruction);
	if (cell.id == 0)
		return 0;
	count = map64_at(&s->cells, cell.id, NULL);
	return ++*count <= CELL_FREE ? 0 : (double)*count / (double)all;
}

/* F-measure of the longest common subsequence. */
static double rouge_l(const uint64_t *a, size_t na, const uint64_t *b, size_t nb)
{
	unsigned row[CONTENT_MOST + 1] = { 0 };

	for (size_t i = 0; i < na; i++) {
		unsigned diagonal = 0;

		for (size_t k = 0; k < nb; k++) {
			unsigned above = row[k + 1];

			if (a[i] == b[k])
				row[k + 1] = diagonal + 1;
			else if (row[k] > above)
				row[k + 1] = row[k];
			diagonal = above;
		}
	}
	return na + nb ? 2.0 * row[nb] / (double)(na + nb) : 0;
}

/* Words that requests of a kind share, whatever they are about. */
static bool is_request_word(struct span word)
{
	static const char *const words[] = { "show", "example", "examples", "explain", "explanation", "list", "overview", "short", "each", "context",
					     "introduction", "give", "main", "points", "compare", "describe", "important", "comes", "first",
					     "table", "write", "tell", "want", NULL };

	for (const char *const *w = words; *w; w++)
		if (word.len == strlen(*w) && strncasecmp(word.p, *w, word.len) == 0)
			return true;
	return false;
}

/* Appends the content words that instructions are compared by; how many. */
static size_t add_words(struct instructions_seen *s, struct span text, bool subject)
{
	size_t n = 0;

	for (size_t i = 0; i < s->terms.terms.n && n < CONTENT_MOST; i++) {
		const struct term *t = &s->terms.terms.v[i];

		if (!t->content || (subject && is_request_word(span_make(text.p + t->at, t->len))))
			continue;
		vec_push(&s->words, t->id);
		n++;
	}
	return n;
}

/* The likest of earlier instructions that share a content word; then this one is remembered. */
static double likest_before(struct instructions_seen *s, struct span text)
{
	struct place here = { s->words.n, 0 };
	double best = 0;

	here.n = add_words(s, text, true);
	if (here.n == 0)
		here.n = add_words(s, text, false);
	for (size_t i = 0; i < here.n; i++) {
		const uint64_t *chain = map64_find(&s->by_word, s->words.v[here.at + i]);
		unsigned looked = 0;

		for (uint64_t at = chain ? *chain : 0; at && looked < 1000; at = s->chains.v[at - 1].before, looked++) {
			struct place other = s->places.v[s->chains.v[at - 1].instruction];
			double like = rouge_l(s->words.v + here.at, here.n, s->words.v + other.at, other.n);

			best = like > best ? like : best;
		}
	}
	for (size_t i = 0; i < here.n; i++) {
		uint64_t *chain = map64_at(&s->by_word, s->words.v[here.at + i], NULL);

		vec_push(&s->chains, (struct chain){ (uint32_t)s->places.n, *chain });
		*chain = s->chains.n;
	}
	vec_push(&s->places, here);
	return best;
}

/* Words of the longest run of the instruction that stands in the response as it is. */
static double copy_ratio(const struct term_list *a, const struct term_list *b)
{
	size_t n = a->terms.n < 256 ? a->terms.n : 256, best = 0;
	size_t row[257] = { 0 };

	for (size_t i = 0; i < b->terms.n; i++) {
		size_t diagonal = 0;

		for (size_t k = 0; k < n; k++) {
			size_t above = row[k + 1];

			row[k + 1] = b->terms.v[i].id == a->terms.v[k].id ? diagonal + 1 : 0;
			best = row[k + 1] > best ? row[k + 1] : best;
			diagonal = above;
		}
	}
	return n ? (double)best / (double)n : 0;
}

/* A response in code or with few letters has no language that could differ. */
static double language_differs(struct span instruction, struct span response, uint8_t declared)
{
	float sure_a, sure_b;
	uint8_t a = lang_guess(instruction, &sure_a), b = lang_guess(response, &sure_b);
	bool short_latin = instruction.len < LANGUAGE_BYTES && phrases_is_latin(instruction) && phrases_is_latin(response);

	if (declared != LANG_UNKNOWN && b != declared && b != LANG_UNKNOWN && sure_b >= LANGUAGE_SURE && response.len >= 200)
		return 1;
	if (a == LANG_UNKNOWN || b == LANG_UNKNOWN || a == b || short_latin)
		return 0;
	return sure_a >= LANGUAGE_SURE && sure_b >= LANGUAGE_SURE;
}

void checks_of_pair(struct check_results *out, struct retriever *r, struct instructions_seen *seen, struct span instruction,
		    struct span response, uint32_t segment, uint8_t lang)
{
	size_t chars = utf8_count(instruction);
	struct retrieved found;

	check_set(out, CHECK_BRIEF, phrases_is_latin(instruction) ? (double)chars : 2 * (double)chars);
	check_set(out, CHECK_WORDY, (double)chars);
	check_set(out, CHECK_LEAK, phrases_count(PHRASES_LEAK, instruction));
	check_set(out, CHECK_REFUSAL, phrases_count(PHRASES_REFUSAL, response));
	check_set(out, CHECK_LANGUAGE, language_differs(instruction, response, lang));
	check_set(out, CHECK_TRUNCATED, text_ends_mid_sentence(response));
	retriever_ask(r, &found, instruction, segment);
	check_set(out, CHECK_MARGIN, isnan(found.margin) ? -1 : found.margin);
	personal_find(&seen->personal, response);
	check_set(out, CHECK_PERSONAL, (double)seen->personal.spans.n);
	personal_find(&seen->personal, instruction);
	check_set(out, CHECK_PERSONAL, out->of[CHECK_PERSONAL].value + (double)seen->personal.spans.n);
	terms_read(retriever_terms(r), &seen->response, response);
	terms_read(retriever_terms(r), &seen->terms, instruction);
	check_set(out, CHECK_COPY, copy_ratio(&seen->terms, &seen->response));
	check_set(out, CHECK_DUPLICATE, likest_before(seen, instruction));
	if (seen->benchmark)
		check_set(out, CHECK_BENCHMARK, benchmark_hits(seen->benchmark, &seen->response, NULL, NULL) +
						benchmark_hits(seen->benchmark, &seen->terms, NULL, NULL));
	check_set(out, CHECK_VERB_NOUN, cell_share(seen, r, instruction));
}
