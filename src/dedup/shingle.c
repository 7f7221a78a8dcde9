/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rolling shingles (cyclic polynomial; Cohen 1997, "Recursive hashing functions for n-grams") and sets of them. */
#include "dedup/shingle.h"

#include <stdio.h>

#include "base/i18n.h"

#define ROTATION 13u /* odd: n <= 32 tokens get rotations that differ */

static inline uint64_t rotate(uint64_t x, unsigned by)
{
	by &= 63;
	return by ? x << by | x >> (64 - by) : x;
}

/* A bijection: two shingles collide only if their rolled hashes do. 0 is kept for empty slots. */
static inline uint64_t finish(uint64_t h)
{
	h ^= h >> 32;
	h *= 0xe9846af9b1a615d1u;
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

/* Logarithm of a table's size for n: a quarter full where that fits the cache (fewer collisions cost less than wiping costs more),
 * half full beyond. */
static unsigned table_bits(size_t n)
{
	size_t room = n < 16384 ? 4 * n : 2 * n;
	unsigned bits = 6;

	while (((size_t)1 << bits) < room)
		bits++;
	return bits;
}

/* Appends `h` to the set unless the table has it. */
static inline size_t add_once(uint64_t *table, unsigned shift, size_t mask, uint64_t *set, size_t n, uint64_t h)
{
	size_t i = h >> shift;

	while (table[i] != 0 && table[i] != h)
		i = (i + 1) & mask;
	set[n] = h;
	n += table[i] == 0;
	table[i] = h;
	return n;
}

static size_t roll(struct shingler *s, unsigned shift, size_t mask)
{
	const uint64_t *t = s->tokens.v;
	size_t n_tokens = s->tokens.n, n = 0;
	unsigned width = s->spec.n;
	unsigned leaving = ROTATION * (width - 1);
	size_t first = n_tokens < width ? n_tokens : width;
	uint64_t h = 0;

	for (size_t i = 0; i < first; i++)
		h = rotate(h, ROTATION) ^ t[i];
	n = add_once(s->table, shift, mask, s->set.v, n, finish(h));
	for (size_t i = first; i < n_tokens; i++) {
		h = rotate(h ^ rotate(t[i - width], leaving), ROTATION) ^ t[i];
		n = add_once(s->table, shift, mask, s->set.v, n, finish(h));
	}
	return n;
}

void shingler_text(struct shingler *s, struct span text)
{
	unsigned bits;
	size_t cap;

	if (s->spec.unit == SHINGLE_WORD)
		tokens_words(&s->tokens, s->tables, s->simd, text, &s->scratch);
	else
		tokens_chars(&s->tokens, s->tables, text, &s->scratch);
	vec_clear(&s->set);
	if (s->tokens.n == 0)
		return;
	bits = table_bits(s->tokens.n);
	cap = (size_t)1 << bits;
	if (s->table_cap < cap) {
		free(s->table);
		s->table = xmalloc(cap * sizeof *s->table);
		s->table_cap = cap;
	}
	memset(s->table, 0, cap * sizeof *s->table);
	vec_reserve(&s->set, s->tokens.n + 1);
	s->set.n = roll(s, 64 - bits, cap - 1);
}

void shingle_table_fill(struct shingle_table *t, const uint64_t *set, size_t n)
{
	unsigned bits = table_bits(n);
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
