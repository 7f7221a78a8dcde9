/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rolling shingles (cyclic polynomial; Cohen 1997, "Recursive hashing functions for n-grams") and sets of them. */
#include "dedup/shingle.h"

#include <stdio.h>

#include "base/i18n.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#define ROTATION 13u /* odd: n <= 32 tokens get rotations that differ */
#define FINISH_MULTIPLIER 0xe9846af9b1a615d1u

static inline uint64_t rotate(uint64_t x, unsigned by)
{
	by &= 63;
	return by ? x << by | x >> (64 - by) : x;
}

/* A bijection: two shingles collide only if their rolled hashes do. 0 is kept for empty slots. */
static inline uint64_t finish(uint64_t h)
{
	h ^= h >> 32;
	h *= FINISH_MULTIPLIER;
	h ^= h >> 29;
	return h ? h : 1;
}

int shingle_parse(struct shingle_spec *out, const char *text, struct error *err)
{
	char *end;
	unsigned long n;

	*out = (struct shingle_spec){ SHINGLE_WORD, 5 };
	if (strcmp(text, "auto") == 0)
		return 0;
	if (strncmp(text, "char:", 5) == 0)
		out->unit = SHINGLE_CHAR;
	else if (strncmp(text, "word:", 5) != 0)
		return error_set(err, TAMIS_EUSAGE, _("'%s' is no shingle: write word:N, char:N or auto"), text);
	n = strtoul(text + 5, &end, 10);
	if (end == text + 5 || *end || n < 1 || n > SHINGLE_MAX)
		return error_set(err, TAMIS_EUSAGE, _("'%s': the length of a shingle is 1 to %u"), text, SHINGLE_MAX);
	out->n = (unsigned)n;
	return 0;
}

void shingle_format(char out[24], struct shingle_spec spec)
{
	snprintf(out, 24, "%s:%u", spec.unit == SHINGLE_WORD ? "word" : "char", spec.n);
}

void shingler_init(struct shingler *s, const struct token_tables *tables, struct shingle_spec spec, enum cpu_simd simd)
{
	*s = (struct shingler){ .tables = tables, .spec = spec, .simd = simd };
	buf_init(&s->scratch);
}

void shingler_free(struct shingler *s)
{
	vec_free(&s->tokens);
	vec_free(&s->set);
	buf_free(&s->scratch);
	free(s->table);
	*s = (struct shingler){ 0 };
}

/* Logarithm of a table's size with at least `room` slots.  How many a shingle gets: while the table fits the cache, fewer collisions save
 * more than wiping costs. */
static unsigned table_bits(size_t room)
{
	unsigned bits = 6;

	while (((size_t)1 << bits) < room)
		bits++;
	return bits;
}

/* ---- rolling ---- */

static inline size_t shingle_count(size_t n_tokens, unsigned width)
{
	return n_tokens < width ? 1 : n_tokens - width + 1;
}

/* Hashes of shingles `from` to `n` of the tokens `t`, each from the one before. */
static void roll(uint64_t *out, const uint64_t *t, size_t n_tokens, unsigned width, size_t from)
{
	unsigned leaving = ROTATION * (width - 1);
	size_t n = shingle_count(n_tokens, width);
	uint64_t h = 0;

	if (from >= n)
		return;
	for (size_t i = from; i < from + width && i < n_tokens; i++)
		h = rotate(h, ROTATION) ^ t[i];
	out[from] = finish(h);
	for (size_t i = from + 1; i < n; i++) {
		h = rotate(h ^ rotate(t[i - 1], leaving), ROTATION) ^ t[i + width - 1];
		out[i] = finish(h);
	}
}

#if defined(__x86_64__)
/* Eight at a time, each from its tokens. */
__attribute__((target("avx512f,avx512dq"))) static void roll_avx512(uint64_t *out, const uint64_t *t, size_t n_tokens,
								     unsigned width)
{
	const __m512i multiplier = _mm512_set1_epi64((long long)FINISH_MULTIPLIER), one = _mm512_set1_epi64(1);
	__m512i turn[SHINGLE_MAX];
	size_t n = shingle_count(n_tokens, width), i = 0;

	for (unsigned w = 0; w < width; w++)
		turn[w] = _mm512_set1_epi64((int)(ROTATION * (width - 1 - w) & 63));
	for (; i + 8 <= n && n_tokens >= width; i += 8) {
		__m512i h = _mm512_loadu_si512(t + i + width - 1);

		for (unsigned w = 0; w + 1 < width; w++)
			h = _mm512_xor_si512(h, _mm512_rolv_epi64(_mm512_loadu_si512(t + i + w), turn[w]));
		h = _mm512_xor_si512(h, _mm512_srli_epi64(h, 32));
		h = _mm512_mullo_epi64(h, multiplier);
		h = _mm512_xor_si512(h, _mm512_srli_epi64(h, 29));
		_mm512_storeu_si512(out + i, _mm512_mask_mov_epi64(h, _mm512_testn_epi64_mask(h, h), one));
	}
	roll(out, t, n_tokens, width, i);
}
#endif

/* ---- each once ---- */

/* The table of places: entry 0 means the first of the set, or nothing yet: which of the two, comparing with it tells.  So an empty table
 * is all zeros, and the entries are as small as the number of shingles allows. */
static inline size_t place_get(const void *table, size_t i, bool narrow)
{
	return narrow ? ((const uint16_t *)table)[i] : ((const uint32_t *)table)[i];
}

static inline void place_put(void *table, size_t i, size_t place, bool narrow)
{
	if (narrow)
		((uint16_t *)table)[i] = (uint16_t)place;
	else
		((uint32_t *)table)[i] = (uint32_t)place;
}

/* Moves the first of each of `set[0 .. total)` to the front; returns how many there are. */
static inline __attribute__((always_inline)) size_t once(uint64_t *set, size_t total, void *table, unsigned shift, size_t mask,
							  bool narrow)
{
	size_t n = 1;

	for (size_t k = 1; k < total; k++) {
		uint64_t h = set[k];
		size_t i = h >> shift, place = place_get(table, i, narrow);
		bool fresh;

		while ((place != 0) & (set[place] != h)) {
			i = (i + 1) & mask;
			place = place_get(table, i, narrow);
		}
		fresh = set[place] != h; /* no branch: nobody can predict what repeats */
		place_put(table, i, fresh ? n : place, narrow);
		set[n] = h;
		n += fresh;
	}
	return n;
}

static size_t unique(struct shingler *s, size_t total)
{
	bool narrow = total <= UINT16_MAX;
	unsigned bits = table_bits(total < 4096 ? 8 * total : 4 * total);
	size_t bytes = (narrow ? sizeof(uint16_t) : sizeof(uint32_t)) << bits;

	if (s->table_bytes < bytes) {
		free(s->table);
		s->table = xmalloc(bytes);
		s->table_bytes = bytes;
	}
	memset(s->table, 0, bytes);
	if (narrow)
		return once(s->set.v, total, s->table, 64 - bits, ((size_t)1 << bits) - 1, true);
	return once(s->set.v, total, s->table, 64 - bits, ((size_t)1 << bits) - 1, false);
}

void shingler_text(struct shingler *s, struct span text)
{
	size_t total;

	if (s->spec.unit == SHINGLE_WORD)
		tokens_words(&s->tokens, s->tables, s->simd, text, &s->scratch);
	else
		tokens_chars(&s->tokens, s->tables, text, &s->scratch);
	vec_clear(&s->set);
	if (s->tokens.n == 0)
		return;
	total = shingle_count(s->tokens.n, s->spec.n);
	vec_reserve(&s->set, total);
#if defined(__x86_64__)
	if (s->simd >= CPU_AVX512)
		roll_avx512(s->set.v, s->tokens.v, s->tokens.n, s->spec.n);
	else
#endif
		roll(s->set.v, s->tokens.v, s->tokens.n, s->spec.n, 0);
	s->set.n = unique(s, total);
}

void shingle_table_fill(struct shingle_table *t, const uint64_t *set, size_t n)
{
	unsigned bits = table_bits(n < 16384 ? 4 * n : 2 * n);
	size_t cap = (size_t)1 << bits;

	if (t->cap < cap) {
		free(t->slot);
		t->slot = xmalloc(cap * sizeof *t->slot);
		t->cap = cap;
	}
	memset(t->slot, 0, cap * sizeof *t->slot);
	t->shift = 64 - bits;
	t->mask = cap - 1;
	for (size_t k = 0; k < n; k++) {
		size_t i = set[k] >> t->shift;

		while (t->slot[i] != 0)
			i = (i + 1) & t->mask;
		t->slot[i] = set[k];
	}
}

void shingle_table_free(struct shingle_table *t)
{
	free(t->slot);
	*t = (struct shingle_table){ 0 };
}

size_t shingle_table_common(const struct shingle_table *t, const uint64_t *set, size_t n, size_t need)
{
	size_t common = 0;

	for (size_t k = 0; k < n;) {
		size_t stop = k + 64 < n ? k + 64 : n;

		for (; k < stop; k++) {
			size_t i = set[k] >> t->shift;

			while (t->slot[i] != 0 && t->slot[i] != set[k])
				i = (i + 1) & t->mask;
			common += t->slot[i] == set[k];
		}
		if (common + (n - k) < need)
			break;
	}
	return common;
}
