/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How candidates get their probabilities: first the best pairs by everything but what words tell; those pairs and their rivals show what
 * the corpora at hand are like and what each word tells there; then all candidates by all there is.  Private to mining.
 */
#ifndef TAMIS_BITEXT_MINE_RESCORE_H
#define TAMIS_BITEXT_MINE_RESCORE_H

#include "bitext/mine.h"

/* Sets the candidates' scores, m->level and m->evidence, and returns by how much the share of true pairs found here shifts log-odds.
 * `to_learn`: only the best of both their sentences, and without words' evidence. */
double mine_rescore(struct mining *m, const struct rescorer *rescorer, unsigned threads, bool to_learn);
/* The same judgement of other pairs, after mine_rescore(). */
void mine_rescore_list(struct mining *m, struct mined *list, size_t n, const struct rescorer *rescorer, unsigned threads, double shift);

#endif
