/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All sketches of one text. */
#include "dedup/sketch.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

void sketcher_init(struct sketcher *k, const struct token_tables *tables, struct shingle_spec spec,
		   enum minhash_scheme scheme, enum cpu_simd simd)
{
	shingler_init(&k->shingler, tables, spec, simd);
	k->minhash = minhash_kernel(scheme, simd);
	k->simhash = simhash_kernel(simd);
}

void sketcher_free(struct sketcher *k)
{
	shingler_free(&k->shingler);
}

/* Words in little-endian order, so that a stored hash is the same on every machine. */
static struct hash128 hash_tokens(const hash_vec *tokens)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	return hash128(tokens->v, tokens->n * sizeof *tokens->v);
#else
	struct hash128_state *state = hash128_new();
	struct hash128 h;

	vec_each(tokens, i) {
		uint64_t v = __builtin_bswap64(tokens->v[i]);

		hash128_update(state, &v, sizeof v);
	}
	h = hash128_end(state);
	hash128_free(state);
	return h;
#endif
}

static void lowest_bits(uint64_t bits[2], const uint32_t slots[SKETCH_K])
{
	bits[0] = bits[1] = 0;
	for (unsigned s = 0; s < SKETCH_K; s += 4) {
#if defined(__SSE2__)
		__m128i v = _mm_slli_epi32(_mm_loadu_si128((const __m128i *)(const void *)(slots + s)), 31);
		uint64_t four = (uint64_t)_mm_movemask_ps(_mm_castsi128_ps(v));
#else
		uint64_t four = (slots[s] & 1) | (slots[s + 1] & 1) << 1 | (slots[s + 2] & 1) << 2 | (slots[s + 3] & 1) << 3;
#endif

		bits[s / 64] |= four << (s % 64);
	}
}

void sketch_text(struct sketcher *k, struct sketch *out, uint32_t slots[SKETCH_K], struct span text)
{
	const hash_vec *set = &k->shingler.set;

	shingler_text(&k->shingler, text);
	memset(out, 0, sizeof *out);
	out->raw = hash128(text.p, text.len);
	out->normal = hash_tokens(&k->shingler.tokens);
	out->bytes = text.len;
	out->n_tokens = (uint32_t)k->shingler.tokens.n;
	out->n_shingles = (uint32_t)set->n;
	if (set->n == 0) {
		memset(slots, 0, SKETCH_K * sizeof *slots);
		return;
	}
	k->minhash(slots, set->v, set->n);
	out->simhash = k->simhash(set->v, set->n);
	lowest_bits(out->bits, slots);
}
