/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Checks of a segment and of a pair, each kept as a value beside its threshold, with the code of the reason it fails for: a curator
 * can move a threshold later without computing anything again.  A check never drops anything; a failing one makes a
 * suggestion to reject, a warning a place to look.
 */
#ifndef TAMIS_INSTRUCT_GATES_H
#define TAMIS_INSTRUCT_GATES_H

#include "instruct/benchmark.h"
#include "instruct/retrieve.h"
#include "instruct/segment.h"

enum check {
	/* of the segment */
	CHECK_SHORT,        /* characters, at least */
	CHECK_LONG,         /* characters, at most */
	CHECK_REPETITION,   /* pairs of sentences with word 3-gram Jaccard >= .7, at most */
	CHECK_LETTERS,      /* share of letters among what is not white space, at least */
	CHECK_BULLETS,      /* share of lines that are items of a list, at most */
	CHECK_BOILERPLATE,  /* phrases of cookie notices and share bars, at most */
	CHECK_FIRST_PERSON, /* pronouns, at most: a warning */
	CHECK_MID_LIST,     /* number the first item has when it is not 1, at most 1 */
	CHECK_LINKS,        /* share of bytes in web addresses, at most */
	CHECK_HEADING,      /* 1 when the heading is a navigation word or all capitals: at most 0 */
	CHECK_TWIN,         /* likeness to a segment before (twins.h), at most; 1 for a copy */
	/* of the pair */
	CHECK_BRIEF,        /* characters of the instruction, at least; those of Chinese and other scripts count twice */
	CHECK_WORDY,        /* at most */
	CHECK_COPY,         /* longest run of words it shares with the response, as a share of its own, at most; short runs count less */
	CHECK_LEAK,         /* mentions of "this text" and the like, at most */
	CHECK_REFUSAL,      /* phrases of refusal in the response, at most */
	CHECK_LANGUAGE,     /* 1 when instruction and response are in different languages: at most 0 */
	CHECK_TRUNCATED,    /* 1 when the response ends inside a sentence: at most 0 */
	CHECK_MARGIN,       /* retrieve.h, at least */
	CHECK_DUPLICATE,    /* likeness of content words to an earlier instruction (ROUGE-L), at most */
	CHECK_VERB_NOUN,    /* share of all instructions that ask the same (cell.h), at most: the first ones pass, those beyond don't */
	CHECK_BENCHMARK,    /* runs of words that a benchmark has as well (benchmark.h), at most */
	CHECK_PERSONAL,     /* e-mail addresses and the like (text/personal.h) in instruction and response, at most */
	/* of a rewritten response beside its original (facts.h): warnings, for the original stands */
	CHECK_ADDED,        /* numbers, dates and names that only the rewritten one has, at most */
	CHECK_LOST,         /* that only the original has, at most: a warning */
	CHECK_SHRINKS,      /* its length as a share of the original's, at least */
	CHECK_GROWS,        /* the same, at most */
	CHECK_STRAYS,       /* share of the original's words it keeps in order, at least */
	CHECK_COPIES,       /* share of its words in runs copied from the original, at most: a warning */
	CHECK_REWRITE_LEAK, /* mentions of "this text" and phrases of refusal in it, at most */
	CHECKS
};

enum outcome { OUTCOME_PASS, OUTCOME_WARN, OUTCOME_FAIL };

struct check_result {
	double value;       /* NaN: does not apply */
	double threshold;
	enum outcome outcome;
	bool measured;      /* false: nobody asked; it passes and is not written */
};

struct check_results {
	struct check_result of[CHECKS];
};

const char *check_name(enum check c);   /* "copy_ratio": key of the JSON */
const char *check_reason(enum check c); /* "copies-response": code for a failure */
const char *outcome_name(enum outcome o);

/* Sets one check beside its usual threshold. */
void check_set(struct check_results *out, enum check c, double value);
/* Fills the checks of the segment but CHECK_TWIN, which needs those before; `terms` are those of its text, `least` and `most` its
 * limits. */
void checks_of_segment(struct check_results *out, const struct term_list *terms, const struct text_segment *s, size_t least, size_t most);

/* Checks of pairs come in three steps, so that those of many pairs can be made on several threads and are the same as one after the
 * other: what the pair says itself (any thread), what it adds to those before (one thread, in the order of the pairs), and what of
 * those before it is like (any thread). */

/* What earlier instructions were about. */
struct instructions_seen;
struct instructions_seen *instructions_seen_new(void);
void instructions_seen_free(struct instructions_seen *s);
/* How many there will be: what CHECK_VERB_NOUN's shares are of.  Without, of those seen so far. */
void instructions_seen_expect(struct instructions_seen *s, size_t instructions);

#define INSTRUCTION_WORDS 64u /* content words compared */

/* An instruction between the steps. */
struct instruction_words {
	uint64_t cell;             /* verb and object, cell.h */
	uint32_t n;
	uint64_t word[INSTRUCTION_WORDS];
	uint32_t list[INSTRUCTION_WORDS], before[INSTRUCTION_WORDS]; /* of each word: its list, and how many had it before */
};

struct asked_pair {
	struct span instruction, response;
	uint32_t segment; /* the response's number in the retriever */
	uint8_t lang;     /* that it was read in there (cut.h) */
	uint8_t declared; /* for both (text/langid.h), or LANG_UNKNOWN */
};

/* What one thread reads pairs with.  Both are borrowed; CHECK_BENCHMARK looks `b` up, and is not made when it is NULL. */
struct pair_reader;
struct pair_reader *pair_reader_new(struct retriever *r, const struct benchmark *b);
void pair_reader_free(struct pair_reader *p);
/* For others on the same thread. */
struct retrieval *pair_reader_retrieval(struct pair_reader *p);

/* Fills the checks of the pair but CHECK_DUPLICATE and CHECK_VERB_NOUN. */
void checks_of_reading(struct check_results *out, struct pair_reader *p, struct instruction_words *words, const struct asked_pair *pair);
/* Remembers the instruction; CHECK_VERB_NOUN. */
void instructions_seen_add(struct instructions_seen *s, struct check_results *out, struct instruction_words *w);
/* CHECK_DUPLICATE: among those remembered before this one, whatever was remembered since. */
void checks_of_duplicate(struct check_results *out, struct pair_reader *p, const struct instructions_seen *s,
			 const struct instruction_words *w);
/* All three steps. */
void checks_of_pair(struct check_results *out, struct pair_reader *p, struct instructions_seen *seen, const struct asked_pair *pair);
/* Fills the checks of a rewritten response. */
void checks_of_rewriting(struct check_results *out, struct term_reader *terms, struct span original, struct span rewritten);
/* {"copy_ratio":{"value":…,"threshold":…,"outcome":"pass"},…}: failing and warning ones with "reason". */
void checks_json(struct buf *out, const struct check_results *r);
enum outcome checks_worst(const struct check_results *r);

#endif
