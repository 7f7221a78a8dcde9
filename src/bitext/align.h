/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Alignment of two documents in order: beads of n source and m target sentences, n + m up to 6, or a sentence that has no
 * partner.
 *
 * Dynamic programming in two passes: a monotone chain of lexical neighbours gives the path (whatever the length, and over
 * insertions of any size), then all bead types are weighed in a band around it.  A bead costs
 *	(a b)^.3 ((a + b) / 2)^.65 2 (1 - s) / (n_x + n_y) + .115 min(10, length surprise) + .2 (a + b - 2) + .15 if its ends differ
 * where n is one less the mean similarity to random spans of the other document (Thompson and Koehn 2019, "Vecalign",
 * section 3), and ends are stops, question marks, colons and so on.  When the first result looks sound, Model 1 learns from its beads and
 * the second pass is repeated.  Without dictionary and embeddings, lengths count .35 first (Gale and Church 1993), and Model 1 learns
 * the dictionary from the documents themselves, in four rounds.
 */
#ifndef TAMIS_BITEXT_ALIGN_H
#define TAMIS_BITEXT_ALIGN_H

#include <stdatomic.h>

#include "bitext/lexicon.h"
#include "bitext/refused.h"
#include "bitext/search.h"

#define BEAD_MAX 5            /* sentences of one side of a bead */

struct bead {
	uint32_t x, y;        /* first sentences */
	uint8_t nx, ny;       /* 0: the other side has no partner */
	float s;              /* similarity; 0 for a deletion */
	float cost;
};

/* What differs with what there is to compare by. */
struct bead_costs {
	double deletion;      /* a sentence without partner */
	double length;        /* a unit of length surprise */
	unsigned margin;      /* sentences on each side of the path that are looked at */
};

/* A forced boundary: sentence x and sentence y both begin a bead. */
struct pin {
	uint32_t x, y;
};

struct align_request {
	uint8_t lang_x, lang_y;
	const struct span *x, *y;
	size_t n_x, n_y;
	const struct lexicon *lexicon; /* or NULL */
	const struct vectors *vectors_x, *vectors_y; /* a row a sentence, float32 in memory, of length 1; NULL: compare by words */
	const struct pin *pins;        /* rising in both; others are ignored */
	size_t n_pins;
	struct refused_words refused;  /* never linked */
	unsigned rounds;               /* of learning from the beads: 1; more where there is no dictionary, unless 0 */
	unsigned threads;
	bool again;                    /* keep what was measured, for align_again(); some 4 kB a sentence; vectors must stay as long */
	const atomic_bool *cancel;
};

struct second_pass;

struct alignment {
	struct side a, b;
	struct link_table links;
	struct length_model length;
	const struct vectors *vectors_x, *vectors_y; /* borrowed, for align_again(); NULL: by words */
	VEC(struct bead) beads;        /* in order, covering both documents */
	double confidence;             /* mean similarity of the beads, weighted by words */
	struct bead_costs costs;       /* of the last round */
	struct second_pass *pass;      /* what was measured, or NULL */
};

/* 0, or TAMIS_ECANCEL. */
int align(struct alignment *out, const struct align_request *request, struct error *err);
void alignment_free(struct alignment *a);

/* Aligns again after pins have changed, with the links as they are.  What was measured before is not measured again, and stretches
 * between the same pins keep their beads: milliseconds for a chapter, the first time too when align() was asked to keep
 * its measures.  The result is that of a computation of the whole with these pins. */
int align_again(struct alignment *a, const struct pin *pins, size_t n_pins, unsigned threads, struct error *err);

/* A bead as people mark it: sentences need not be consecutive.  Bit k of `in_x` is sentence x + k. */
struct gold_bead {
	uint32_t x, y;
	uint64_t in_x, in_y;
	size_t line;          /* of the file */
};

/* Counts as Vecalign's score.py does: precision over all beads found, recall over the gold beads that are no deletions; strict
 * is the same bead, lax shares a sentence on both sides. */
struct align_score {
	size_t found, found_strict, found_lax;
	size_t gold, gold_strict, gold_lax;
	double strict_precision, strict_recall, strict_f1;
	double lax_precision, lax_recall, lax_f1;
};
void align_score(struct align_score *out, const struct bead *found, size_t n_found, const struct gold_bead *gold,
		 size_t n_gold);
/* The figures of several documents together: adds the counts of `more` and computes anew. */
void align_score_add(struct align_score *sum, const struct align_score *more);
/* Reads "[0, 1]:[2]" lines (Vecalign's notation; its costs may follow); a side spans at most 64 sentences, and no sentence is in two
 * beads.  The caller frees *out.  TAMIS_EPARSE names the line. */
int align_read_gold(struct gold_bead **out, size_t *n, const char *path, struct error *err);
/* TAMIS_EPARSE, with the line, when a bead names a sentence that the documents do not have. */
int align_check_gold(const struct gold_bead *gold, size_t n, const char *path, const char *name_x, size_t n_x, const char *name_y,
		     size_t n_y, struct error *err);

#endif
