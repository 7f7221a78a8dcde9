/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of checks, and those of a pair. */
#include "instruct/gates.h"

#include <math.h>
#include <stdlib.h>

#include "base/json.h"
#include "base/map.h"
#include "base/utf8.h"
#include "instruct/phrases.h"
#include "text/langid.h"

#define LANGUAGE_BYTES 40 /* a shorter instruction says too little of its language, unless its script differs */
#define LANGUAGE_SURE 0.7f
#define CONTENT_MOST 64u  /* content words compared */

static const struct {
	const char *name, *reason;
	double threshold;
	bool at_least;      /* the threshold is the least value that passes */
	enum outcome worst; /* what beyond it is */
	double warning;     /* passes, but warns from here on; NaN: never */
} checks[CHECKS] = {
	[CHECK_SHORT] = { "length_least", "segment-short", SEGMENT_LEAST, true, OUTCOME_FAIL, NAN },
	[CHECK_LONG] = { "length_most", "segment-long", SEGMENT_MOST, false, OUTCOME_FAIL, NAN },
	[CHECK_REPETITION] = { "repetition", "repeats-itself", 1, false, OUTCOME_FAIL, NAN },
	[CHECK_LETTERS] = { "letter_share", "few-letters", 0.6, true, OUTCOME_FAIL, NAN },
	[CHECK_BULLETS] = { "bullet_share", "bullets-only", 0.9, false, OUTCOME_FAIL, NAN },
	[CHECK_BOILERPLATE] = { "boilerplate", "boilerplate", 0, false, OUTCOME_FAIL, NAN },
	[CHECK_FIRST_PERSON] = { "first_person", "first-person", 2, false, OUTCOME_WARN, NAN },
	[CHECK_MID_LIST] = { "first_item", "starts-mid-list", 1, false, OUTCOME_FAIL, NAN },
	[CHECK_LINKS] = { "link_share", "links", 0.3, false, OUTCOME_FAIL, NAN },
	[CHECK_HEADING] = { "empty_heading", "navigation-heading", 0, false, OUTCOME_FAIL, NAN },
	[CHECK_BRIEF] = { "instruction_least", "instruction-short", 10, true, OUTCOME_FAIL, NAN },
	[CHECK_WORDY] = { "instruction_most", "instruction-long", 500, false, OUTCOME_FAIL, NAN },
	[CHECK_COPY] = { "copy_ratio", "copies-response", 0.6, false, OUTCOME_FAIL, 0.35 },
	[CHECK_LEAK] = { "leaks", "names-the-source", 0, false, OUTCOME_FAIL, NAN },
	[CHECK_REFUSAL] = { "refusals", "refuses", 0, false, OUTCOME_FAIL, NAN },
	[CHECK_LANGUAGE] = { "language_differs", "language-mismatch", 0, false, OUTCOME_FAIL, NAN },
	[CHECK_TRUNCATED] = { "truncated", "ends-mid-sentence", 0, false, OUTCOME_FAIL, NAN },
	[CHECK_MARGIN] = { "margin", "vague-or-mismatched", -0.6, true, OUTCOME_FAIL, 0 },
	[CHECK_DUPLICATE] = { "duplicate", "near-duplicate", 0.7, false, OUTCOME_FAIL, NAN },
};

static const char *const outcomes[] = { "pass", "warn", "fail" };

const char *check_name(enum check c)
{
	return checks[c].name;
}

const char *check_reason(enum check c)
{
	return checks[c].reason;
}

const char *outcome_name(enum outcome o)
{
	return outcomes[o];
}

static void set_against(struct check_results *out, enum check c, double value, double threshold)
{
	struct check_result *r = &out->of[c];
	bool beyond = checks[c].at_least ? value < threshold : value > threshold;
	bool near = !isnan(checks[c].warning) && (checks[c].at_least ? value < checks[c].warning : value > checks[c].warning);

	*r = (struct check_result){ value, threshold, beyond ? checks[c].worst : near ? OUTCOME_WARN : OUTCOME_PASS };
}

static void set(struct check_results *out, enum check c, double value)
{
	set_against(out, c, value, checks[c].threshold);
}

void checks_of_segment(struct check_results *out, struct term_reader *terms, const struct text_segment *s, size_t least, size_t most)
{
	set_against(out, CHECK_SHORT, (double)s->chars, (double)least);
	set_against(out, CHECK_LONG, (double)s->chars, (double)most);
	set(out, CHECK_REPETITION, text_repetition(terms, s->text));
	set(out, CHECK_LETTERS, text_letter_share(s->text));
	set(out, CHECK_BULLETS, text_bullet_share(s->text));
	set(out, CHECK_BOILERPLATE, phrases_count(PHRASES_BOILERPLATE, s->text));
	set(out, CHECK_FIRST_PERSON, phrases_count(PHRASES_FIRST_PERSON, s->text));
	set(out, CHECK_MID_LIST, text_first_item(s->text));
	set(out, CHECK_LINKS, text_link_share(s->text));
	set(out, CHECK_HEADING, heading_says_nothing(s->header));
}

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
	map64_free(&s->by_word);
	free(s);
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

/* The likest of earlier instructions that share a content word; then this one is remembered. */
static double likest_before(struct instructions_seen *s)
{
	struct place here = { s->words.n, 0 };
	double best = 0;

	for (size_t i = 0; i < s->terms.terms.n && here.n < CONTENT_MOST; i++)
		if (s->terms.terms.v[i].content) {
			vec_push(&s->words, s->terms.terms.v[i].id);
			here.n++;
		}
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

	set(out, CHECK_BRIEF, phrases_is_latin(instruction) ? (double)chars : 2 * (double)chars);
	set(out, CHECK_WORDY, (double)chars);
	set(out, CHECK_LEAK, phrases_count(PHRASES_LEAK, instruction));
	set(out, CHECK_REFUSAL, phrases_count(PHRASES_REFUSAL, response));
	set(out, CHECK_LANGUAGE, language_differs(instruction, response, lang));
	set(out, CHECK_TRUNCATED, text_ends_mid_sentence(response));
	retriever_ask(r, &found, instruction, segment);
	set(out, CHECK_MARGIN, isnan(found.margin) ? -1 : found.margin);
	terms_read(retriever_terms(r), &seen->response, response);
	terms_read(retriever_terms(r), &seen->terms, instruction);
	set(out, CHECK_COPY, copy_ratio(&seen->terms, &seen->response));
	set(out, CHECK_DUPLICATE, likest_before(seen));
}

void checks_json(struct buf *out, const struct check_results *r)
{
	buf_addc(out, '{');
	for (unsigned c = 0; c < CHECKS; c++) {
		json_put_key(out, checks[c].name);
		buf_addc(out, '{');
		json_put_real(out, "value", round(r->of[c].value * 10000) / 10000);
		json_put_real(out, "threshold", r->of[c].threshold);
		json_put_member(out, "outcome", span_of(outcomes[r->of[c].outcome]));
		if (r->of[c].outcome != OUTCOME_PASS)
			json_put_member(out, "reason", span_of(checks[c].reason));
		buf_addc(out, '}');
	}
	buf_addc(out, '}');
}

enum outcome checks_worst(const struct check_results *r)
{
	enum outcome worst = OUTCOME_PASS;

	for (unsigned c = 0; c < CHECKS; c++)
		if (r->of[c].outcome > worst)
			worst = r->of[c].outcome;
	return worst;
}
