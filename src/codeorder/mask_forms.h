/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The inside of the masking lexer: its state, and the forms that need more than a pair of delimiters.
 */
#ifndef TAMIS_CODEORDER_MASK_FORMS_H
#define TAMIS_CODEORDER_MASK_FORMS_H

#include "codeorder/mask.h"

#define MASK_HEREDOCS 8

struct mask {
	const struct lexis *lx;
	const char *in;
	char *out;
	size_t n;
	unsigned template_depth;        /* nested JavaScript templates */
	struct {                        /* here-documents announced on this line */
		size_t at, len;
		bool indented;
	} pending[MASK_HEREDOCS];
	size_t n_pending;
};

/* Each takes the position where a form may begin, writes out[at, end) and returns end; `at` when it is not that form. */
size_t mask_special(struct mask *m, size_t at);
size_t mask_string(struct mask *m, size_t at, const struct lexis_pair *pair);
size_t mask_step(struct mask *m, size_t at);
/* Forms that may stand on the very first line (POD, =begin). */
size_t mask_first_line(struct mask *m);

void mask_blank(struct mask *m, size_t from, size_t to);
void mask_cover(struct mask *m, size_t from, size_t to);
void mask_copy(struct mask *m, size_t from, size_t to);
size_t mask_line_end(const struct mask *m, size_t at);

#endif
