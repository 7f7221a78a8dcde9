/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The second pass, with what it has measured: similarities and costs of beads in a band around the path of the first pass, and
 * the beads last found between each two pins.  None of it depends on pins beyond which cells are looked at, so that
 * aligning again measures only cells that nobody has looked at yet, and searches only stretches that have changed; the result is
 * the same as when all is done anew.  Private to align*.c.
 */
#ifndef TAMIS_BITEXT_ALIGN_PASS_H
#define TAMIS_BITEXT_ALIGN_PASS_H

#include "bitext/align.h"

struct second_pass;

/* Finds the path (`pins` widen it) and measures around it; NULL when cancelled.  The costs are those of `a`. */
struct second_pass *pass_new(const struct alignment *a, const struct pin *pins, size_t n_pins, unsigned threads,
			     const atomic_bool *cancel);
void pass_free(struct second_pass *p);

/* Sets the beads and the confidence of `a`, the alignment of pass_new() wherever it lies now; false when cancelled.
 * Pins that do not rise are passed over. */
bool pass_run(struct second_pass *p, struct alignment *a, const struct pin *pins, size_t n_pins, unsigned threads,
	      const atomic_bool *cancel);

#endif
