/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Sentence embeddings: a matrix of one row a sentence, rows of length 1, read from .npy files (format 1 to 3; little-endian f4 or
 * f2, C order, two dimensions) or filled by an embedder.
 */
#ifndef TAMIS_BITEXT_VECTORS_H
#define TAMIS_BITEXT_VECTORS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

struct vectors {
	float *v;                 /* n * dimensions, row by row; owned */
	size_t n, dimensions;
};

void vectors_init(struct vectors *v, size_t n, size_t dimensions); /* zeros */
void vectors_free(struct vectors *v);
int vectors_read_npy(struct vectors *out, const char *path, struct error *err);
/* Keeps rows `rows[0..n)` only, in that order.  TAMIS_EUSAGE when there is no such row. */
int vectors_pick(struct vectors *v, const uint32_t *rows, size_t n, struct error *err);
/* Every row to length 1 (rows of zeros stay). */
void vectors_normalise(struct vectors *v);

#endif
