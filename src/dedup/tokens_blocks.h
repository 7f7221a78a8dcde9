/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tokens of mostly ASCII text, 64 bytes at a time: the walk that the vector paths share.  Each of them includes this once, after it has
 * defined BLOCK_TARGET (the function attribute), block_look() and block_edges().
 *
 * A block becomes a mask of its word bytes; where the mask changes are the edges of runs, written to a list of offsets (Langdale and
 * Lemire 2019, "Parsing Gigabytes of JSON per Second", section 3.1).  Hashing walks that list afterwards, so that the number of runs in a
 * block, which nobody can predict, is no branch.
 */
#include <immintrin.h>

#define EDGES 1024u
#define EDGES_A_BLOCK 64u
#define SLACK 80u /* a block, and the 16 bytes that the hash of a run beginning in it may load */
#define TAIL 256u

struct block {
	uint64_t words, high; /* word bytes; bytes >= 0x80 */
};

/* mask16[16 - n] starts n bytes of ones followed by zeros. */
static const uint8_t mask16[32] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
				    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };

/* A run of up to 16 ASCII word bytes; 16 bytes are readable at `p`. */
BLOCK_TARGET static inline uint64_t short_hash(const char *p, size_t n)
{
	__m128i x = _mm_loadu_si128((const __m128i *)(const void *)p);
	__m128i keep = _mm_loadu_si128((const __m128i *)(const void *)(mask16 + 16 - n));

	x = _mm_and_si128(_mm_or_si128(x, _mm_set1_epi8(0x20)), keep);
	return token_step(0, (uint64_t)_mm_cvtsi128_si64(x), (uint64_t)_mm_extract_epi64(x, 1));
}

/* `edge` has the first byte of a run and the one after its last, for `n` runs. */
BLOCK_TARGET static void hash_runs(hash_vec *out, const char *base, const uint32_t *edge, size_t n)
{
	uint64_t *v;

	vec_reserve(out, out->n + n);
	v = out->v + out->n;
	for (size_t i = 0; i < n; i++) {
		const char *p = base + edge[2 * i];
		uint32_t len = edge[2 * i + 1] - edge[2 * i];

		v[i] = __builtin_expect(len <= 16, 1) ? short_hash(p, len) : token_hash(p, len, ASCII_FOLD);
	}
	out->n += n;
}

/* The list of edges: offsets from `base`.  An odd number of them: a run is open. */
struct edges {
	size_t base, n;
	uint32_t at[EDGES + EDGES_A_BLOCK];
};

/* Hashes the closed runs; an open one, or `at`, is where the list goes on. */
BLOCK_TARGET static void edges_flush(struct edges *e, hash_vec *out, struct span text, size_t at)
{
	bool open = e->n & 1;

	hash_runs(out, text.p + e->base, e->at, e->n / 2);
	e->base = open ? e->base + e->at[e->n - 1] : at;
	e->at[0] = 0;
	e->n = open;
}

/* Everything but the last SLACK bytes, whose tokens begin at the offset returned. */
BLOCK_TARGET static size_t blocks_walk(hash_vec *out, const struct token_tables *t, struct span text, struct buf *scratch)
{
	struct edges e = { .base = 0, .n = 0 };
	uint64_t carry = 0; /* bit 0: the byte before this block is a word byte */
	size_t at = 0;

	while (at + SLACK <= text.len) {
		struct block b = block_look(text.p + at);
		uint64_t words = b.high ? b.words & _blsmsk_u64(b.high) >> 1 : b.words;

		e.n += block_edges(e.at + e.n, words ^ (words << 1 | carry), (uint32_t)(at - e.base));
		carry = words >> 63;
		if (__builtin_expect(b.high != 0, 0)) {
			size_t start = at + _tzcnt_u64(b.high);

			carry = 0;
			if (e.n && e.base + e.at[e.n - 1] == start) { /* the run goes on beyond ASCII */
				e.n -= 2;
				start = e.base + e.at[e.n];
			}
			edges_flush(&e, out, text, start);
			e.base = at = tokens_unicode(out, t, text, start, scratch);
			continue;
		}
		at += 64;
		if (e.n >= EDGES || at - e.base > (1u << 30)) {
			edges_flush(&e, out, text, at);
			if (at - e.base > (1u << 30)) /* one run: what follows it may as well be read byte by byte */
				return e.base;
		}
	}
	edges_flush(&e, out, text, at);
	return e.base;
}

BLOCK_TARGET static void blocks_tokens(hash_vec *out, const struct token_tables *t, struct span text, struct buf *scratch)
{
	size_t at;

	vec_reserve(out, text.len / 6 + 64);
	at = blocks_walk(out, t, text, scratch);
	if (text.len - at <= TAIL) {
		char tail[TAIL + SLACK] = { 0 }; /* zero bytes separate */

		memcpy(tail, text.p + at, text.len - at);
		blocks_walk(out, t, span_make(tail, text.len - at + SLACK), scratch);
	} else {
		tokens_portable(out, t, text, at, scratch);
	}
}
