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
#define LOOKED_MOST 1000u /* instructions compared that share a word, the latest */
#define COPY_RUN 6
#define CELL_FREE 3u

/* Words of one instruction. */
struct place {
	size_t at, n;
};

/* Instructions that have a word, in the order they came: twice when they have it twice. */
struct word_list {
	VEC(uint32_t) instructions;
};

struct instructions_seen {
	VEC(uint64_t) words;       /* content words of all instructions, one after the other */
	VEC(struct place) places;
	struct map64 by_word;      /* word -> 1 + its place in `lists` */
	VEC(struct word_list) lists;
	struct map64 cells;        /* verb and object -> instructions that ask it */
	size_t expected;
};

struct instructions_seen *instructions_seen_new(void)
{
	return xcalloc(1, sizeof(struct instructions_seen));
}

void instructions_seen_free(struct instructions_seen *s)
{
	if (s == NULL)
		return;
	vec_each(&s->lists, i)
		vec_free(&s->lists.v[i].instructions);
	vec_free(&s->lists);
	vec_free(&s->words);
	vec_free(&s->places);
	map64_free(&s->by_word);
	map64_free(&s->cells);
	free(s);
}

void instructions_seen_expect(struct instructions_seen *s, size_t instructions)
{
	s->expected = instructions;
}

/* The share this verb and object have of all instructions, this one counted; the first CELL_FREE of a kind are never too many. */
static double cell_share(struct instructions_seen *s, uint64_t cell)
{
	size_t all = s->expected > s->places.n ? s->expected : s->places.n;
	uint64_t *count;

	if (cell == 0)
		return 0;
	count = map64_at(&s->cells, cell, NULL);
	return ++*count <= CELL_FREE ? 0 : (double)*count / (double)all;
}

void instructions_seen_add(struct instructions_seen *s, struct check_results *out, struct instruction_words *w)
{
	vec_reserve(&s->words, s->words.n + w->n);
	for (uint32_t i = 0; i < w->n; i++) {
		uint64_t *list = map64_at(&s->by_word, w->word[i], NULL);

		if (*list == 0) {
			vec_push(&s->lists, (struct word_list){ 0 });
			*list = s->lists.n;
		}
		w->list[i] = (uint32_t)*list - 1;
		w->before[i] = (uint32_t)s->lists.v[*list - 1].instructions.n;
	}
	for (uint32_t i = 0; i < w->n; i++)
		vec_push(&s->lists.v[w->list[i]].instructions, (uint32_t)s->places.n);
	vec_push(&s->places, (struct place){ s->words.n, w->n });
	for (uint32_t i = 0; i < w->n; i++)
		s->words.v[s->words.n++] = w->word[i];
	check_set(out, CHECK_VERB_NOUN, cell_share(s, w->cell));
}

/* ---- one thread's ---- */

struct pair_reader {
	struct retrieval *retrieval;
	const struct benchmark *benchmark;
	struct term_list terms, response;
	struct personal_list personal;
	VEC(uint16_t) shared;      /* words that an instruction shares with the one compared; zero between two */
	VEC(uint32_t) sharing;     /* those that are not zero */
};

struct pair_reader *pair_reader_new(struct retriever *r, const struct benchmark *b)
{
	struct pair_reader *p = xcalloc(1, sizeof *p);

	p->retrieval = retrieval_new(r);
	p->benchmark = b;
	return p;
}

void pair_reader_free(struct pair_reader *p)
{
	if (p == NULL)
		return;
	retrieval_free(p->retrieval);
	vec_free(&p->terms.terms);
	vec_free(&p->response.terms);
	vec_free(&p->personal.spans);
	vec_free(&p->shared);
	vec_free(&p->sharing);
	free(p);
}

struct retrieval *pair_reader_retrieval(struct pair_reader *p)
{
	return p->retrieval;
}

/* F-measure of the longest common subsequence. */
static double rouge_l(const uint64_t *a, size_t na, const uint64_t *b, size_t nb)
{
	unsigned row[INSTRUCTION_WORDS + 1];

	memset(row, 0, (nb + 1) * sizeof *row);
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

/* What a word says of an instruction: that it asks, what kind of request it makes, what it is about. */
enum word_weight { WORD_ANY, WORD_CONTENT, WORD_SUBJECT };

static enum word_weight weight_of(const struct term *t, struct span text)
{
	if (!t->content)
		return WORD_ANY;
	return is_request_word(span_make(text.p + t->at, t->len)) ? WORD_CONTENT : WORD_SUBJECT;
}

static void read_words(struct instruction_words *out, const struct term_list *terms, struct span text, enum word_weight least)
{
	out->n = 0;
	for (size_t i = 0; i < terms->terms.n && out->n < INSTRUCTION_WORDS; i++)
		if (weight_of(&terms->terms.v[i], text) >= least)
			out->word[out->n++] = terms->terms.v[i].id;
}

/* The words that instructions are compared by: what they are about, if that is more than one word; "What is Python?" and "Why is it called
 * Python?" ask different things. */
static void read_subject(struct instruction_words *out, const struct term_list *terms, struct span text)
{
	read_words(out, terms, text, WORD_SUBJECT);
	if (out->n == 0)
		read_words(out, terms, text, WORD_CONTENT);
	if (out->n < 2)
		read_words(out, terms, text, WORD_ANY);
}

/* Counts the words that earlier instructions share; of a word that very many have, the latest of them.  Returns how many words were
 * not looked for in all. */
static unsigned count_shared(struct pair_reader *p, const struct instructions_seen *s, const struct instruction_words *w)
{
	unsigned cut = 0;

	while (p->shared.n < s->places.n)
		vec_push(&p->shared, 0);
	for (uint32_t i = 0; i < w->n; i++) {
		const uint32_t *list = s->lists.v[w->list[i]].instructions.v;
		uint32_t to = w->before[i], from = to > LOOKED_MOST ? to - LOOKED_MOST : 0;

		cut += from > 0;
		vec_reserve(&p->sharing, p->sharing.n + (to - from));
		for (uint32_t k = from; k < to; k++) {
			uint16_t *shared = &p->shared.v[list[k]];

			p->sharing.v[p->sharing.n] = list[k];
			p->sharing.n += *shared == 0;
			*shared = (uint16_t)(*shared + (*shared < UINT16_MAX));
		}
	}
	return cut;
}

void checks_of_duplicate(struct check_results *out, struct pair_reader *p, const struct instructions_seen *s,
			 const struct instruction_words *w)
{
	unsigned cut = count_shared(p, s, w);
	double best = 0;

	vec_each(&p->sharing, i) {
		uint32_t other = p->sharing.v[i];
		struct place place = s->places.v[other];
		size_t most = p->shared.v[other] + cut;

		p->shared.v[other] = 0;
		most = most < w->n ? most : w->n;
		most = most < place.n ? most : place.n;
		if (2.0 * (double)most / (double)(w->n + place.n) > best) {
			double like = rouge_l(w->word, w->n, s->words.v + place.at, place.n);

			best = like > best ? like : best;
		}
	}
	vec_clear(&p->sharing);
	check_set(out, CHECK_DUPLICATE, best);
}

/* Words of the longest run of the instruction that stands in the response as it is.  A run of fewer than COPY_RUN words is a name or
 * a turn of phrase, and counts as much less as it is shorter. */
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
	return n ? (double)best / (double)n * (best < COPY_RUN ? (double)best / COPY_RUN : 1) : 0;
}

/* Verbs and objects are found in English and Chinese; what is not known may be either. */
static bool has_cells(uint8_t lang)
{
	const char *code = lang_code(lang);

	return lang == LANG_UNKNOWN || strcmp(code, "en") == 0 || strcmp(code, "zh") == 0;
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

/* A benchmark's runs of words are those of English stems. */
static double benchmark_runs(struct pair_reader *p, struct span instruction, struct span response)
{
	struct term_reader *reader = retrieval_terms(p->retrieval);
	unsigned hits;

	terms_read(reader, &p->terms, response);
	hits = benchmark_hits(p->benchmark, &p->terms, NULL, NULL);
	terms_read(reader, &p->terms, instruction);
	return hits + benchmark_hits(p->benchmark, &p->terms, NULL, NULL);
}

static double count_personal(struct pair_reader *p, struct span text)
{
	personal_find(&p->personal, text);
	return (double)p->personal.spans.n;
}

void checks_of_reading(struct check_results *out, struct pair_reader *p, struct instruction_words *words, const struct asked_pair *pair)
{
	struct span instruction = pair->instruction, response = pair->response;
	struct term_reader *reader = retrieval_terms(p->retrieval);
	size_t chars = utf8_count(instruction);
	struct retrieved found;
	struct verb_noun cell = { .id = 0 };

	check_set(out, CHECK_BRIEF, phrases_is_latin(instruction) ? (double)chars : 2 * (double)chars);
	check_set(out, CHECK_WORDY, (double)chars);
	check_set(out, CHECK_LEAK, phrases_count(PHRASES_LEAK, instruction));
	check_set(out, CHECK_REFUSAL, phrases_count(PHRASES_REFUSAL, response));
	check_set(out, CHECK_LANGUAGE, language_differs(instruction, response, pair->declared));
	check_set(out, CHECK_TRUNCATED, text_ends_mid_sentence(response));
	retrieval_ask(p->retrieval, &found, instruction, pair->segment, pair->lang);
	check_set(out, CHECK_MARGIN, isnan(found.margin) ? -1 : found.margin);
	check_set(out, CHECK_PERSONAL, count_personal(p, response) + count_personal(p, instruction));
	terms_read_in(reader, &p->response, response, pair->lang);
	terms_read_in(reader, &p->terms, instruction, pair->lang);
	check_set(out, CHECK_COPY, copy_ratio(&p->terms, &p->response));
	read_subject(words, &p->terms, instruction);
	if (p->benchmark)
		check_set(out, CHECK_BENCHMARK, benchmark_runs(p, instruction, response));
	if (has_cells(pair->lang))
		verb_noun_of(&cell, reader, &p->terms, instruction);
	words->cell = cell.id;
}

void checks_of_pair(struct check_results *out, struct pair_reader *p, struct instructions_seen *seen, const struct asked_pair *pair)
{
	struct instruction_words words;

	checks_of_reading(out, p, &words, pair);
	instructions_seen_add(seen, out, &words);
	checks_of_duplicate(out, p, seen, &words);
}
