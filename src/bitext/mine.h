/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Mining: parallel sentences out of two piles that were never aligned, with no model.
 *
 * Lines -> words -> links (same strings, cognates, lexicon, seed) -> neighbours both ways -> margin -> one-to-one; then the
 * best pairs teach Model 1 once, neighbours are searched again with the learned links, and a logistic re-scorer turns each
 * candidate's features into a probability.  Method and constants: Artetxe and Schwenk 2019 (margin), Azpeitia et al. 2018
 * (weighted lexical overlap), measured on development sets by bench/bitext.
 *
 * Everything is a pure function of the request, whatever the number of threads.
 */
#ifndef TAMIS_BITEXT_MINE_H
#define TAMIS_BITEXT_MINE_H

#include "bitext/decoy.h"
#include "bitext/features.h"
#include "bitext/refused.h"
#include "bitext/rescore.h"

enum margin_kind { MARGIN_DISTANCE, MARGIN_RATIO, MARGIN_ABSOLUTE };

bool margin_from_name(enum margin_kind *out, const char *name); /* "distance" "ratio" "absolute" */
double margin_of(enum margin_kind kind, double s, double mean);

struct mine_request {
	uint8_t lang_x, lang_y;
	const struct span *x, *y;     /* lines, borrowed */
	size_t n_x, n_y;
	const struct lexicon *lexicon;    /* of lang_x against lang_y, or NULL */
	const struct span *seed_x, *seed_y; /* parallel lines to learn from */
	size_t n_seed;
	struct refused_words refused;     /* never linked */
	const uint64_t *given;        /* x << 32 | y, rising: score these pairs and no others; NULL: find pairs */
	size_t n_given;
	const struct rescorer *rescorer;  /* NULL: the score is the margin */
	enum margin_kind margin;
	unsigned k;                   /* neighbours in the mean: 8 */
	unsigned self_training;       /* rounds: 1 */
	unsigned threads;
	size_t memory;                /* bytes for what is kept of the sentences, their words and candidates; 0: no bound */
	size_t kept;                  /* of those, bytes that the caller keeps: the lines, the lexicon */
	const atomic_bool *cancel;
	void (*progress)(void *ctx, size_t done, size_t total); /* sentences searched; from any worker; may be NULL */
	void *ctx;
};

#define MINE_REQUEST_DEFAULT { .k = 8, .self_training = 1, .threads = 1 }

struct mined {
	struct candidate candidate;
	double margin;
	double score;                 /* probability with a rescorer, else the margin */
	float cosine;                 /* of embeddings; 0 without */
	bool given;               /* of an existing bitext: one of its pairs */
};

/* What mining leaves: pairs, and what is needed to explain them. */
struct mining {
	struct side a, b;
	struct link_table links;
	struct evidence evidence;     /* nothing without a rescorer */
	struct feature_level level;
	struct length_model length;   /* as fitted in the end */
	VEC(struct mined) pairs;      /* best first; one-to-one unless they were given */
	VEC(struct mined) candidates; /* all, ordered by x then falling score: rivals */
	size_t on_disk;               /* bytes of the candidates that lie in a temporary file: all or none */
	size_t lexicon_rows, seed_rows, learned_rows; /* what the links were made from */
	bool judged;                  /* of an existing bitext: decoys have told the following */
	double wrong_share, threshold; /* of wrong pairs; lowest score to keep, NAN when no pair seems right */
};

/* 0, TAMIS_ECANCEL, TAMIS_ELIMIT when `memory` cannot do, TAMIS_EIO when there is no room for what memory does not hold.  The
 * result is the same for any memory. */
int mine(struct mining *out, const struct mine_request *request, struct error *err);
/* Sides, length ratio and links only: what it takes to explain pairs that were found by other means. */
void mine_prepare(struct mining *out, const struct mine_request *request);
/* ---- an existing bitext ---- */

/* Judges and orders the given pairs (`pairs`) by the scores of decoys; their scores become probabilities where that is wanted. */
void mine_judge(struct mining *m, const double *decoys, size_t n, bool probabilities);
/* Takes out decoys that mining would pair by itself with a score of `least` or more, which are not surely wrong: where translations have
 * slipped by a line, they are what was slipped from.  `pairs` are those found; returns how many decoys are left. */
size_t mine_leave_out_found(struct mined *decoys, size_t n, const struct mining *m, double least);
/* Sets probabilities of pairs and decoys against those of everything else their sentences could be paired with: scores become log-odds. */
void mine_compete(struct mining *m, struct mined *decoys, size_t n);

/* Best first; equals by their places. */
void mine_order_pairs(struct mining *m);
/* Puts candidates, which lie in the order of x, in their order: those of one x by falling score, then y. */
void mine_order_candidates(struct mining *m);
/* To ask for the features of its candidates as they were judged. */
struct feature_context mining_context(const struct mining *m);
void mining_free(struct mining *m);
/* Room for `n` candidates, which replace those there were: in a file when they take more than `memory` bytes (0: no bound). */
int mine_candidates_room(struct mining *m, size_t n, size_t memory, struct error *err);
void mine_candidates_free(struct mining *m);
/* Takes candidates [from, to) out of memory when they lie in a file, until they are looked at again. */
void mine_candidates_rest(const struct mining *m, size_t from, size_t to);
/* The same for those behind a walk that has come to candidate `i`. */
void mine_candidates_pass(const struct mining *m, size_t i);
/* Bytes of the sides and the links. */
size_t mine_bytes(const struct mining *m);

/* Precision, recall and F1 of pairs with a score of `threshold` or more against gold pairs (x << 32 | y, in a set). */
struct mine_score {
	size_t found, right, gold;
	double precision, recall, f1;
};
void mine_score_at(struct mine_score *out, const struct mining *m, const struct map64 *gold, double threshold);
/* The threshold with the best F1, midway between two neighbouring scores (as LASER's bucc.py does). */
double mine_best_threshold(struct mine_score *out, const struct mining *m, const struct map64 *gold);

#endif
