/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tokens to the set of shingles: every n tokens in a row, hashed to 64 bits, each once.
 *
 * A text with fewer than n tokens is one shingle of all it has; a text without tokens has none, and so is like nothing but
 * its own copies.  Jaccard similarity, everywhere in this folder, is |A and B| / |A or B| of these sets.
 */
#ifndef TAMIS_DEDUP_SHINGLE_H
#define TAMIS_DEDUP_SHINGLE_H

#include "base/error.h"
#include "dedup/tokens.h"

#define SHINGLE_MAX 32u

enum shingle_unit { SHINGLE_WORD, SHINGLE_CHAR };

struct shingle_spec {
	enum shingle_unit unit;
	unsigned n; /* 1 .. SHINGLE_MAX */
};

/* "word:5", "char:13", or "auto" (word:5: the tokenizer already takes scripts without spaces by the character). */
int shingle_parse(struct shingle_spec *out, const char *text, struct error *err);
void shingle_format(char out[24], struct shingle_spec spec);

/* One thread's working memory for making sets. */
struct shingler {
	const struct token_tables *tables;
	struct shingle_spec spec;
	enum cpu_simd simd;
	hash_vec tokens;  /* of the last text */
	hash_vec set;     /* its distinct shingles in order of first occurrence, none 0 */
	struct buf scratch;
	void *table;
	size_t table_bytes;
};

void shingler_init(struct shingler *s, const struct token_tables *tables, struct shingle_spec spec, enum cpu_simd simd);
void shingler_free(struct shingler *s);
/* Fills s->tokens and s->set. */
void shingler_text(struct shingler *s, struct span text);

/* A set as an open-addressed table, to look many others up in. */
struct shingle_table {
	uint64_t *slot;
	size_t cap;   /* allocated */
	unsigned shift;
	size_t mask;
};

void shingle_table_fill(struct shingle_table *t, const uint64_t *set, size_t n);
void shingle_table_free(struct shingle_table *t);
/* |set and t|, or any number below `need` as soon as `need` can't be reached. */
size_t shingle_table_common(const struct shingle_table *t, const uint64_t *set, size_t n, size_t need);

#endif
