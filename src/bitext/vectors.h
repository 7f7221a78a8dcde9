/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Sentence embeddings: a matrix of one row a sentence, seen as rows of length 1 whatever they are stored as.
 *
 * They come from a file (.npy of format 1 to 3, two dimensions, little-endian f4 or f2 in C order; .safetensors, a matrix of F32,
 * F16 or BF16) or from an embedder.  The numbers lie in memory as float32 or, at half the size, float16 or bfloat16; or they
 * stay in their file and are read block by block.  What a block holds does not depend on where the numbers lie: a row of the
 * same file gives the same bits from memory and from the file.
 */
#ifndef TAMIS_BITEXT_VECTORS_H
#define TAMIS_BITEXT_VECTORS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

enum vector_type { VECTOR_F32, VECTOR_F16, VECTOR_BF16 };

enum { VECTOR_DIMENSIONS_MOST = 1 << 16 };

struct vectors {
	size_t n, dimensions;
	enum vector_type type;    /* as they are stored */
	void *values;             /* n * dimensions of `type`, row by row, owned; NULL: they are in the file */
	float *scale;             /* by row, what makes it of length 1 (0: a row of zeros); NULL: they are of length 1 */
	int fd;                   /* owned; -1: none */
	uint64_t at, stride;      /* in the file: where row 0 begins, bytes from row to row */
	uint32_t *rows;           /* owned; row here -> row of the file, or NULL for the same */
	size_t file_rows;
	size_t empty;             /* rows of zeros, or with what is no finite number: counted when they are made of length 1 */
};

#define VECTORS_INIT { .fd = -1 }

/* Zeros in memory, as float32. */
void vectors_init(struct vectors *v, size_t n, size_t dimensions);
void vectors_free(struct vectors *v);
/* The float32 numbers, which lie in memory. */
float *vectors_floats(const struct vectors *v);

/* Reads the head of a .npy or .safetensors file, told apart by their first bytes; the numbers stay there.  `tensor` names one of a
 * .safetensors file's, NULL: the only matrix in it.  TAMIS_EPARSE for what is damaged or cut off, TAMIS_EUNSUPPORTED for other
 * kinds of numbers, TAMIS_EUSAGE when a tensor must be named. */
int vectors_open(struct vectors *out, const char *path, const char *tensor, struct error *err);
/* float32 rows that lie in a file at places that are known: row 0 at byte `at`, `stride` bytes from row to row. */
int vectors_open_at(struct vectors *out, const char *path, uint64_t at, uint64_t stride, size_t n, size_t dimensions,
		    struct error *err);
/* Keeps rows `rows[0..n)` only, in that order; before they are loaded.  TAMIS_EUSAGE when there is no such row. */
int vectors_pick(struct vectors *v, const uint32_t *rows, size_t n, struct error *err);

/* Finds the length of every row: needed before any block.  float32 in memory is scaled in place.  Rows of zeros, and rows with
 * numbers that are not finite, count as zeros. */
int vectors_normalise(struct vectors *v, struct error *err);
/* Brings the numbers of a file into memory, `half` those of float32 as float16, and normalises. */
int vectors_load(struct vectors *v, bool half, struct error *err);
/* Numbers in memory become float32, of length 1: for reading rows here and there by vectors_direct(). */
int vectors_widen(struct vectors *v, struct error *err);
size_t vectors_bytes(const struct vectors *v, bool half); /* memory that loading takes */

/* Rows [first, first + n) of length 1, as float32.  Thread-safe. */
int vectors_block(float *out, const struct vectors *v, size_t first, size_t n, struct error *err);
/* The same for rows here and there. */
int vectors_gather(float *out, const struct vectors *v, const uint32_t *rows, size_t n, struct error *err);
/* A block without a copy, or NULL when there must be one. */
const float *vectors_direct(const struct vectors *v, size_t first);

#endif
