/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The first pass: a rough monotone path through two documents.  Private to align*.c.
 */
#ifndef TAMIS_BITEXT_ALIGN_PATH_H
#define TAMIS_BITEXT_ALIGN_PATH_H

#include "bitext/align.h"
#include "bitext/search.h"

/* For each boundary i of x (0..n_x), the boundaries of y from low[i] to high[i] that the second pass looks at. */
struct band {
	uint32_t *low, *high;
	size_t n;
};

/* `margin` sentences on every side of the path; the straight lines between pins are inside as well. */
bool band_find(struct band *out, const struct alignment *a, const struct pin *pins, size_t n_pins, unsigned margin, unsigned threads,
	        const atomic_bool *cancel);
/* Makes sure that the band leads from pin to pin: by a straight line where it does not, and, to `widen` it, where the two are near each
 * other; what lies far apart the path knows better. */
void band_connect(struct band *b, struct pin from, struct pin to, unsigned margin, bool widen, size_t n_y);
void band_copy(struct band *out, const struct band *b);
/* Leaves nothing in it: low > high everywhere. */
void band_clear(struct band *b);
/* What lies in either, and between the two. */
void band_join(struct band *out, const struct band *p, const struct band *q);
void band_free(struct band *b);

#endif
