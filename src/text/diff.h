/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Word diff (Myers 1986, "An O(ND) Difference Algorithm and Its Variations", linear-space refinement of section 4b), with
 * the meaning of `git diff --word-diff`: words are compared, white space between them is not, but is shown when it changed.
 * A word is a run of letters, marks, digits and `_`; one CJK character; one cluster of Thai, Lao, Khmer or Burmese; or one
 * of anything else that isn't white space.
 *
 * Invariants: the SAME and REMOVED pieces in order are all of a, the SAME and ADDED pieces all of b; SAME pieces are
 * byte-identical; no two neighbours have the same op; no piece is empty.
 */
#ifndef TAMIS_TEXT_DIFF_H
#define TAMIS_TEXT_DIFF_H

#include "base/vec.h"
#include "base/buf.h"

enum diff_op { DIFF_SAME, DIFF_REMOVED, DIFF_ADDED };

/* A stretch of text.  SAME: a and b both valid; REMOVED: in a only; ADDED: in b only.  Byte offsets. */
struct diff_piece {
	enum diff_op op;
	size_t a, a_len;
	size_t b, b_len;
};

struct diff {
	VEC(struct diff_piece) pieces;
	size_t a_words, b_words;
	size_t same_words; /* the longest common subsequence of the two, unless the search gave up somewhere */
	double similarity; /* 2 * same words / words of both; 1 when neither has any */
};

/* Never fails.  Where two stretches differ too much (DIFF_STEPS of search in all, about 20 ms), the rest of the stretch
 * becomes one removed and one added piece.  `out` must be zeroed or used before. */
#define DIFF_STEPS ((size_t)8 << 20)
void diff_words(struct diff *out, struct span a, struct span b);
void diff_free(struct diff *d);

#endif
