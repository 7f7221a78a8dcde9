/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of checks, and those of a segment and of a rewritten response. */
#include "instruct/gates.h"

#include <math.h>
#include <stdlib.h>

#include "base/json.h"
#include "instruct/facts.h"
#include "instruct/phrases.h"
#include "instruct/twins.h"

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
	[CHECK_TWIN] = { "twin", "near-duplicate-segment", TWINS_ALIKE, false, OUTCOME_FAIL, NAN },
	[CHECK_BRIEF] = { "instruction_least", "instruction-short", 10, true, OUTCOME_FAIL, NAN },
	[CHECK_WORDY] = { "instruction_most", "instruction-long", 500, false, OUTCOME_FAIL, NAN },
	[CHECK_COPY] = { "copy_ratio", "copies-response", 0.6, false, OUTCOME_FAIL, 0.35 },
	[CHECK_LEAK] = { "leaks", "names-the-source", 0, false, OUTCOME_FAIL, NAN },
	[CHECK_REFUSAL] = { "refusals", "refuses", 0, false, OUTCOME_FAIL, NAN },
	[CHECK_LANGUAGE] = { "language_differs", "language-mismatch", 0, false, OUTCOME_FAIL, NAN },
	[CHECK_TRUNCATED] = { "truncated", "ends-mid-sentence", 0, false, OUTCOME_FAIL, NAN },
	[CHECK_MARGIN] = { "margin", "vague-or-mismatched", -0.95, true, OUTCOME_FAIL, -0.6 },
	[CHECK_DUPLICATE] = { "duplicate", "near-duplicate", 0.7, false, OUTCOME_FAIL, NAN },
	[CHECK_VERB_NOUN] = { "verb_noun_share", "overused-request", 0.02, false, OUTCOME_FAIL, NAN },
	[CHECK_BENCHMARK] = { "benchmark_runs", "in-benchmark", 0, false, OUTCOME_FAIL, NAN },
	[CHECK_PERSONAL] = { "personal_data", "personal-data", 0, false, OUTCOME_FAIL, NAN },
	[CHECK_ADDED] = { "facts_added", "adds-facts", 0, false, OUTCOME_WARN, NAN },
	[CHECK_LOST] = { "facts_lost", "loses-facts", 3, false, OUTCOME_WARN, NAN },
	[CHECK_SHRINKS] = { "rewrite_length_least", "rewrite-short", 0.5, true, OUTCOME_WARN, NAN },
	[CHECK_GROWS] = { "rewrite_length_most", "rewrite-long", 1.5, false, OUTCOME_WARN, NAN },
	[CHECK_STRAYS] = { "rewrite_recall", "rewrite-strays", 0.2, true, OUTCOME_WARN, NAN },
	[CHECK_COPIES] = { "rewrite_copied", "rewrite-copies", 0.9, false, OUTCOME_WARN, NAN },
	[CHECK_REWRITE_LEAK] = { "rewrite_leaks", "rewrite-names-source", 0, false, OUTCOME_WARN, NAN },
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

	*r = (struct check_result){ value, threshold, beyond ? checks[c].worst : near ? OUTCOME_WARN : OUTCOME_PASS, true };
}

void check_set(struct check_results *out, enum check c, double value)
{
	set_against(out, c, value, checks[c].threshold);
}

void checks_of_segment(struct check_results *out, const struct term_list *terms, const struct text_segment *s, size_t least, size_t most)
{
	set_against(out, CHECK_SHORT, (double)s->chars, (double)least);
	set_against(out, CHECK_LONG, (double)s->chars, (double)most);
	check_set(out, CHECK_REPETITION, text_repetition(terms, s->text));
	check_set(out, CHECK_LETTERS, text_letter_share(s->text));
	check_set(out, CHECK_BULLETS, text_bullet_share(s->text));
	check_set(out, CHECK_BOILERPLATE, phrases_count(PHRASES_BOILERPLATE, s->text));
	check_set(out, CHECK_FIRST_PERSON, phrases_count(PHRASES_FIRST_PERSON, s->text));
	check_set(out, CHECK_MID_LIST, text_first_item(s->text));
	check_set(out, CHECK_LINKS, text_link_share(s->text));
	check_set(out, CHECK_HEADING, heading_says_nothing(s->header));
}

void checks_of_rewriting(struct check_results *out, struct term_reader *terms, struct span original, struct span rewritten)
{
	struct rewriting r;

	rewriting_compare(&r, terms, original, rewritten);
	check_set(out, CHECK_ADDED, r.added);
	check_set(out, CHECK_LOST, r.lost);
	check_set(out, CHECK_SHRINKS, r.length);
	check_set(out, CHECK_GROWS, r.length);
	check_set(out, CHECK_STRAYS, r.recall);
	check_set(out, CHECK_COPIES, r.copied);
	check_set(out, CHECK_REWRITE_LEAK, phrases_count(PHRASES_LEAK, rewritten) + phrases_count(PHRASES_REFUSAL, rewritten));
}

void checks_json(struct buf *out, const struct check_results *r)
{
	buf_addc(out, '{');
	for (unsigned c = 0; c < CHECKS; c++) {
		if (!r->of[c].measured)
			continue;
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
