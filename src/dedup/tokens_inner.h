/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Shared by the portable and the vector tokenizers; nobody else's business.
 */
#ifndef TAMIS_DEDUP_TOKENS_INNER_H
#define TAMIS_DEDUP_TOKENS_INNER_H

#include <endian.h>

#include "dedup/tokens.h"

__extension__ typedef unsigned __int128 wide;

/* Class of a code point in the low bits; flags above. */
enum { CLASS_BREAK, CLASS_WORD, CLASS_SINGLE, CLASS_MARK, CLASS_IGNORE, CLASS_MASK = 7, CLASS_COMPOSE = 8 };

struct token_tables {
	uint8_t ascii[256];    /* 1: a word byte; 2: a byte of a longer sequence; 0: separates */
	uint8_t class[0x10000];
};

#define TOKEN_K0 0x9e3779b97f4a7c15u
#define TOKEN_K1 0xd6e8feb86659fd93u

static inline uint64_t fold_multiply(uint64_t a, uint64_t b)
{
	wide p = (wide)a * b;

	return (uint64_t)p ^ (uint64_t)(p >> 64);
}

/* 16 bytes (zero padded) of a token, `h` what came before. */
static inline uint64_t token_step(uint64_t h, uint64_t lo, uint64_t hi)
{
	return fold_multiply(lo ^ TOKEN_K0 ^ h, hi ^ TOKEN_K1 ^ (h << 32 | h >> 32));
}

static inline uint64_t load_le64(const void *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof v);
	return le64toh(v);
}

/* Setting bit 5 is lower case for every ASCII word byte: digits have it, and '_' becomes DEL, which nothing else does. */
#define ASCII_FOLD 0x2020202020202020u

/* Hash of a token's bytes; `fold` has the bits to set in each byte (ASCII_FOLD, or 0 when already normalised). */
uint64_t token_hash(const char *p, size_t n, uint64_t fold);

/* From the start of a run that holds a byte >= 0x80 (or such a byte itself): takes everything up to the next ASCII separator
 * or the end, and returns its offset. */
size_t tokens_unicode(hash_vec *out, const struct token_tables *t, struct span text, size_t at, struct buf *scratch);

/* Tokens from `at` to the end, byte by byte. */
void tokens_portable(hash_vec *out, const struct token_tables *t, struct span text, size_t at, struct buf *scratch);

#if defined(__x86_64__)
void tokens_avx2(hash_vec *out, const struct token_tables *t, struct span text, struct buf *scratch);
void tokens_avx512(hash_vec *out, const struct token_tables *t, struct span text, struct buf *scratch);
#endif

#endif
