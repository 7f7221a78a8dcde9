/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Segments that came before, exactly or nearly: found before anything is asked about them.  A segment is the set of its runs of two
 * content terms; of it the 128 smallest hashes are kept (bottom-k sketch: Cohen and Kaplan 2007), from which the Jaccard likeness
 * of two sets is estimated; below 128 runs it is exact.  Segments are compared when they share one of their 24 smallest, with
 * 256 others at most, those that share the rarest of them first: what fills a template is compared before the template is, and a
 * segment costs the same however many came before.  The likeness said of one that is no twin is that of the likest compared.
 *
 * 1 kB a segment.  The first of several alike is the one that stays: the order of calls decides, not the threads.
 */
#ifndef TAMIS_INSTRUCT_TWINS_H
#define TAMIS_INSTRUCT_TWINS_H

#include "instruct/terms.h"

#define TWINS_SKETCH 128u
#define TWINS_ALIKE 0.8 /* over this two segments are one */

/* Made on any thread; a value. */
struct twin_sketch {
	uint32_t n;
	uint32_t hash[TWINS_SKETCH]; /* ascending, no two alike */
};

void twin_sketch(struct twin_sketch *out, const struct term_list *terms);
double twin_likeness(const struct twin_sketch *a, const struct twin_sketch *b); /* 0..1; 0 when one is empty */

struct twins;
struct twins *twins_new(void);
void twins_free(struct twins *t);
/* The likeness of the likest segment compared of those kept so far; this one is kept when that is not over `most`. `*which` (may be NULL) is the
 * number of the likest, in the order they were kept, UINT32_MAX for none. */
double twins_add(struct twins *t, const struct twin_sketch *s, double most, uint32_t *which);

#endif
