/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Text to tokens, each a 64-bit hash: what two texts must share to be alike.
 *
 * Version 1 of the normalisation: UTF-8 is decoded, a malformed byte separates; runs of letters, digits, marks and '_' are brought
 * to NFC and lower case (Unicode's simple mapping); everything else separates and is dropped, but soft hyphen, ZWNJ, ZWJ, word
 * joiner and BOM, which are left out as if they were not there.  A run is one token, except that every Han, Kana,
 * Bopomofo, Hangul, Thai, Lao, Khmer and Myanmar character is a token of its own (with the marks that follow it).  Digits stay.
 *
 * A token of up to 16 normalised bytes is hashed by one 64x64->128 bit multiplication, a longer one by one per 16 bytes.  The vector
 * paths classify 64 bytes at a time; they and the portable path give the same hashes for any bytes.
 */
#ifndef TAMIS_DEDUP_TOKENS_H
#define TAMIS_DEDUP_TOKENS_H

#include "base/buf.h"
#include "base/cpu.h"
#include "base/vec.h"

#include <stdint.h>

#define TOKENS_VERSION 1u

/* Classes of the code points below 0x10000, made once from utf8proc; shared between threads, read only. */
struct token_tables;
struct token_tables *token_tables_new(void);
void token_tables_free(struct token_tables *t);

typedef VEC(uint64_t) hash_vec;

/* Replaces `out` by the tokens of `text` in order.  `scratch` is working memory to be reused between calls. */
void tokens_words(hash_vec *out, const struct token_tables *t, enum cpu_simd simd, struct span text,
		  struct buf *scratch);

/* The same text as a stream of characters: each code point of a run is a token, and what lies between two runs is one
 * space.  For character shingles. */
void tokens_chars(hash_vec *out, const struct token_tables *t, struct span text, struct buf *scratch);

#endif
