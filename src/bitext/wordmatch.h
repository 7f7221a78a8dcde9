/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Soft Dice between runs of words: one run of side a is set, runs of side b are compared with it.  Runs are ranges of a
 * side's `words`, so a span of sentences is as good as a sentence.  One thread each.
 */
#ifndef TAMIS_BITEXT_WORDMATCH_H
#define TAMIS_BITEXT_WORDMATCH_H

#include "bitext/links.h"

struct wordmatch;

struct matched {
	double s;                 /* 0..1, no regard to length */
	double cover_x, cover_y;  /* share of each run's weight that found a partner */
};

struct wordmatch *wordmatch_new(const struct side *a, const struct side *b, const struct link_table *links);
void wordmatch_free(struct wordmatch *m);
/* Sets the run of a: `n` words from `first`. */
void wordmatch_set(struct wordmatch *m, size_t first, size_t n);
/* Compares with a run of b. */
struct matched wordmatch_compare(struct wordmatch *m, size_t first, size_t n);

#endif
