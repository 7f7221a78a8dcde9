/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A text as terms to compare by: words (of identifiers too: an underscore parts them) in lower case
 * cut to their stem (Snowball), each Han character or hiragana with the
 * next as one, katakana as words.  A reader of terms holds stemmers: one thread each.
 */
#ifndef TAMIS_INSTRUCT_TERMS_H
#define TAMIS_INSTRUCT_TERMS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/vec.h"

struct term {
	uint64_t id;     /* hash of its stem */
	size_t at, len;  /* bytes of the text */
	bool content;    /* not one of the commonest function words */
};

struct term_list {
	VEC(struct term) terms;
};

struct term_reader;
struct term_reader *term_reader_new(void);
void term_reader_free(struct term_reader *r);
/* Replaces `out`; the order is the text's.  English stems and function words. */
void terms_read(struct term_reader *r, struct term_list *out, struct span text);
/* Those of another language (text/langid.h) where there is a stemmer for it, else the same.  Terms agree only within a language. */
void terms_read_in(struct term_reader *r, struct term_list *out, struct span text, uint8_t lang);

#endif
