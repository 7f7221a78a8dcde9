/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Scores out of a judge's replies (instruct/prompt.h, PROMPT_JUDGE and PROMPT_JUDGE_INSTRUCTION).
 *
 * Where the server tells probabilities, the score is the expected one: sum of k * p(k) over the tokens "1".."5" in the place of
 * the digit, p taken as shares of what these five have (G-Eval, Liu et al. 2023, section 2); nothing can fail to parse, and the
 * entropy says how unsure it is.  Else the object {"reason":…,"score":…}, the reason first so that the score follows
 * from it; else, for servers without schemas, a digit alone or a single line `Score: 4`.  A text with two different scores or one
 * outside 1..5 is unparsed, never guessed.
 *
 * A pair is scored twice, the second time with its fields swapped: scores 2 or more apart go to a person.
 */
#ifndef TAMIS_INSTRUCT_JUDGE_H
#define TAMIS_INSTRUCT_JUDGE_H

#include "instruct/reply.h"

#define JUDGE_DISAGREE 2.0  /* scores this far apart go to a person */
#define JUDGE_MASS 0.5      /* the five digits must have at least this share of all probability, else the text decides */

enum judge_by { JUDGE_BY_NONE, JUDGE_BY_LOGPROBS, JUDGE_BY_JSON, JUDGE_BY_TEXT };

const char *judge_by_name(enum judge_by b); /* "none" "logprobs" "json" "text" */

struct judge_score {
	enum reply_outcome outcome;
	const char *why;     /* N_(), NULL when it is REPLY_OK */
	char detail[REPLY_DETAIL]; /* where and how it leaves the schema, or "" */
	enum judge_by by;
	double score;        /* 1..5; NaN unless REPLY_OK */
	double p[5];         /* by logprobs: of 1..5, sum 1; else 1 for the score's own, or shared between neighbours for 3.5 */
	double entropy;      /* of p, in bits: 0..2.32 */
	double mass;         /* by logprobs: what the five digits had before scaling; else 1 */
	struct buf reason;   /* "" when none was given */
};

/* Replaces `out` (zero it before the first use): the whole body of a reply.  With a `schema`, which the server was given, only an
 * object that follows it is a score. */
void judge_read(struct judge_score *out, struct span body, struct span schema);
void judge_score_free(struct judge_score *s);
/* {"outcome":…,"by":…,"score":…,"p":[…],"entropy":…,"mass":…,"reason":…}; members that mean nothing are left out. */
void judge_score_json(struct buf *out, const struct judge_score *s);

/* The scores of one pair.  Pointers may be NULL where a score was not asked for. */
struct judgement {
	double score;        /* mean of both orders, or the only one; NaN when none was got */
	double instruction;  /* of the instruction alone; NaN when not got */
	double apart;        /* |first - swapped|; NaN when one is missing */
	bool disagrees;      /* apart >= JUDGE_DISAGREE */
	bool unparsed;       /* one that was asked for did not come out as a score */
};

void judge_combine(struct judgement *out, const struct judge_score *first, const struct judge_score *swapped,
		   const struct judge_score *instruction);
/* {"score":…,"instruction":…,"apart":…,"disagrees":…,"unparsed":…} */
void judgement_json(struct buf *out, const struct judgement *j);

#endif
