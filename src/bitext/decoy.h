/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which pairs of an existing bitext are right, told by decoys: the same sentences paired with others' partners, which are surely wrong.
 * What share of the pairs scores like decoys is the share of wrong ones; above any score, so many decoys stand for so many wrong pairs
 * (Elias and Gygi 2007, "Target-decoy search strategy"; Storey 2002, "A direct approach to false discovery rates"; Efron 2004 for the
 * probability of a single pair).  Where translations have slipped by a line, wrong pairs stand together: a chain of two hidden states,
 * right and wrong, learns from the pairs' order how much neighbours tell (Baum and Welch; Rabiner 1989, section III).  Nothing needs to be known of the scores but that more is better, so that it serves probabilities,
 * lexical margins and the margins of any model's embeddings.
 */
#ifndef TAMIS_BITEXT_DECOY_H
#define TAMIS_BITEXT_DECOY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/vec.h"

#define DECOY_PAIRS_LEAST 50 /* with fewer nothing is estimated */

struct decoy_pairs {
	VEC(uint64_t) pairs;      /* x << 32 | y */
};

/* Decoys of n given pairs (rising): partners from a few pairs further on or back, as alike as wrong ones mostly are, none of them given.  As many as pairs, some
 * thousands at least where there are enough to choose from.  Same pairs, same decoys. */
void decoys_draw(struct decoy_pairs *out, const uint64_t *given, size_t n);

/* `given` in the order the pairs stand in the bitext; `probability[i]` is that of given pair i to be right.  False, and nothing is
 * written, when there are fewer than DECOY_PAIRS_LEAST scores of pairs or of decoys. */
bool decoys_judge(double *probability, const double *given, size_t n, const double *decoys, size_t n_decoys);

/* The lowest of n scores that leaves a share of `precision` right among those at or above it, by their probabilities; NAN: none does. */
double decoys_threshold(const double *scores, const double *probability, size_t n, double precision);

#endif
