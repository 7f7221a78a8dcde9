/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Hashes: XXH3 (libxxhash) for keys and indexes, SHA-256 (nettle) where somebody else will check the digest.
 * XXH3 output is stable across versions and machines, so it may be stored.
 */
#ifndef TAMIS_BASE_HASH_H
#define TAMIS_BASE_HASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* 128 bits in big-endian byte order (XXH128_canonical_t), so that memcmp orders and hex prints the same. */
struct hash128 {
	uint8_t b[16];
};

uint64_t hash64(const void *p, size_t n, uint64_t seed);
struct hash128 hash128(const void *p, size_t n);

/* Streaming XXH3-128 for content in several pieces or too large for memory. */
struct hash128_state;
struct hash128_state *hash128_new(void);
void hash128_reset(struct hash128_state *s);
void hash128_update(struct hash128_state *s, const void *p, size_t n);
struct hash128 hash128_end(struct hash128_state *s);
void hash128_free(struct hash128_state *s);

static inline bool hash128_eq(const struct hash128 *a, const struct hash128 *b)
{
	return memcmp(a->b, b->b, 16) == 0;
}

/* Lower-case hexadecimal with a NUL: 33 bytes. */
void hash128_hex(char out[33], const struct hash128 *h);
/* Reads 32 hexadecimal digits; false when `s` is anything else. */
bool hash128_parse(struct hash128 *out, struct span s);

/* SplitMix64's finaliser (Steele, Lea, Flood 2014): a bijection that scrambles. */
static inline uint64_t hash_mix64(uint64_t x)
{
	x += 0x9e3779b97f4a7c15u;
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
	return x ^ (x >> 31);
}

/* SHA-256, incremental. */
struct sha256;
struct sha256 *sha256_begin(void);
void sha256_add(struct sha256 *s, const void *p, size_t n);
void sha256_end_hex(struct sha256 *s, char out[65]); /* ends the digest; s may be used again */
void sha256_free(struct sha256 *s);

#endif
