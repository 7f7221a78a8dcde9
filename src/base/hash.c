/* SPDX-License-Identifier: GPL-3.0-or-later */
/* XXH3 and SHA-256 behind our own names. */
#include "base/hash.h"

#include <nettle/sha2.h>
#include <stdlib.h>
#include <xxhash.h>
#if defined(__x86_64__) && __has_include(<xxh_x86dispatch.h>)
#include <xxh_x86dispatch.h> /* the same functions by the widest vectors the processor has: Debian's others are for SSE2 */
#endif

#include "base/error.h"

struct sha256 {
	struct sha256_ctx ctx;
};

uint64_t hash64(const void *p, size_t n, uint64_t seed)
{
	return XXH3_64bits_withSeed(p, n, seed);
}

static struct hash128 canonical(XXH128_hash_t h)
{
	XXH128_canonical_t c;
	struct hash128 out;

	XXH128_canonicalFromHash(&c, h);
	memcpy(out.b, c.digest, sizeof out.b);
	return out;
}

struct hash128 hash128(const void *p, size_t n)
{
	return canonical(XXH3_128bits(p, n));
}

struct hash128_state *hash128_new(void)
{
	XXH3_state_t *s = XXH3_createState();

	if (s == NULL)
		abort();
	XXH3_128bits_reset(s);
	return (struct hash128_state *)s;
}

void hash128_reset(struct hash128_state *s)
{
	XXH3_128bits_reset((XXH3_state_t *)s);
}

void hash128_update(struct hash128_state *s, const void *p, size_t n)
{
	XXH3_128bits_update((XXH3_state_t *)s, p, n);
}

struct hash128 hash128_end(struct hash128_state *s)
{
	return canonical(XXH3_128bits_digest((XXH3_state_t *)s));
}

void hash128_free(struct hash128_state *s)
{
	XXH3_freeState((XXH3_state_t *)s);
}

static void to_hex(char *out, const uint8_t *bytes, size_t n)
{
	static const char digit[] = "0123456789abcdef";

	for (size_t i = 0; i < n; i++) {
		out[2 * i] = digit[bytes[i] >> 4];
		out[2 * i + 1] = digit[bytes[i] & 15];
	}
	out[2 * n] = '\0';
}

void hash128_hex(char out[33], const struct hash128 *h)
{
	to_hex(out, h->b, sizeof h->b);
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

bool hash128_parse(struct hash128 *out, struct span s)
{
	if (s.len != 32)
		return false;
	for (size_t i = 0; i < 16; i++) {
		int hi = hex_value(s.p[2 * i]);
		int lo = hex_value(s.p[2 * i + 1]);

		if (hi < 0 || lo < 0)
			return false;
		out->b[i] = (uint8_t)(hi << 4 | lo);
	}
	return true;
}

struct sha256 *sha256_begin(void)
{
	struct sha256 *s = xmalloc(sizeof *s);

	sha256_init(&s->ctx);
	return s;
}

void sha256_add(struct sha256 *s, const void *p, size_t n)
{
	sha256_update(&s->ctx, n, p);
}

void sha256_end_hex(struct sha256 *s, char out[65])
{
	uint8_t digest[SHA256_DIGEST_SIZE];

	sha256_digest(&s->ctx, sizeof digest, digest);
	to_hex(out, digest, sizeof digest);
}

void sha256_free(struct sha256 *s)
{
	free(s);
}
