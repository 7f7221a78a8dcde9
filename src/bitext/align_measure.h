/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How much a run of sentences of one document resembles a run of the other's: by words and their links, or by embeddings, where a run
 * is the sum of its sentences' vectors.  Private to align*.c.
 */
#ifndef TAMIS_BITEXT_ALIGN_MEASURE_H
#define TAMIS_BITEXT_ALIGN_MEASURE_H

#include "bitext/align.h"
#include "bitext/search.h"

struct measure;

/* `links` from the own side to the other; `of_x`: x is the own side. */
struct measure *measure_new(const struct alignment *a, const struct link_table *links, bool of_x);
void measure_free(struct measure *m);
/* Chooses sentences [i, i + n) of the own side. */
void measure_set(struct measure *m, size_t i, size_t n);
/* 0..1 against sentences [j, j + n) of the other. */
double measure_compare(struct measure *m, size_t j, size_t n);

/* Sentences near to each sentence of x, ordered by x, then falling similarity; false when cancelled. */
bool measure_neighbours(struct edges *out, const struct alignment *a, const struct search_options *options);

#endif
