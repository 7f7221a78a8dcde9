/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Word diff (Myers 1986, "An O(ND) Difference Algorithm and Its Variations", linear-space refinement of section 4b).
 * Words are ICU-free runs: letters and digits, one CJK character, one punctuation mark, or a run of white space.
 */
#ifndef TAMIS_TEXT_DIFF_H
#define TAMIS_TEXT_DIFF_H

#include "base/vec.h"
#include "base/buf.h"

enum diff_op { DIFF_SAME, DIFF_REMOVED, DIFF_ADDED };

/* A stretch of whole words; SAME: a_* and b_* both valid; REMOVED: in a only; ADDED: in b only. Byte offsets. */
struct diff_piece {
	enum diff_op op;
	size_t a, a_len;
	size_t b, b_len;
};

struct diff {
	VEC(struct diff_piece) pieces;
	double similarity; /* 2 * same words / words of both */
};

/* Never fails; beyond 20,000 edits the rest becomes one removed and one added piece. */
void diff_words(struct diff *out, struct span a, struct span b);
void diff_free(struct diff *d);

#endif
