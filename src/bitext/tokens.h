/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Sentences into comparable words.  A token keeps where it came from (byte offset and length in the sentence) and what it is
 * compared by: lower case, NFKC, stemmed by Snowball where it knows the language.  Numbers are "#" and their digits, so
 * that 1,000 and 1.000 meet; those in words, Han and Roman numerals are their values, months "#m5"
 * (text/numerals.h).  Han runs are cut by longest match against the headwords of the lexicon, single characters
 * where it has none; katakana runs stay whole; hiragana counts only where it is a headword of three characters or more.
 * Words of one letter are dropped.
 *
 * A tokenizer has caches: one thread each.
 */
#ifndef TAMIS_BITEXT_TOKENS_H
#define TAMIS_BITEXT_TOKENS_H

#include <stdint.h>

#include "base/map.h"
#include "base/vec.h"

struct token {
	uint32_t at, len;  /* bytes of the sentence */
	struct span form;  /* what it is compared by; lives until the next tokens_cut() */
};

struct token_list {
	VEC(struct token) tokens;
	struct buf forms;  /* backing of the forms */
};

struct tokenizer;

/* `headwords` (may be NULL) is borrowed: keys are runs of Han or hiragana. */
struct tokenizer *tokenizer_new(uint8_t lang, const struct mapstr *headwords);
void tokenizer_free(struct tokenizer *t);
void tokens_cut(struct tokenizer *t, struct token_list *out, struct span sentence);
void token_list_free(struct token_list *l);

/* Adds the runs of Han and hiragana of a dictionary's headword to the headwords. */
void headwords_add(struct mapstr *headwords, struct span phrase);

#endif
