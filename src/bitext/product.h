/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Products of tiles: out = a b^T in single precision.  OpenBLAS does the work when libopenblas.so.0 is on the machine; it is
 * opened when the first product is needed, because linking it would cost every start of the program its loading, and then
 * stays.  Without it a plain loop gives the same neighbours, slower.
 */
#ifndef TAMIS_BITEXT_PRODUCT_H
#define TAMIS_BITEXT_PRODUCT_H

#include <stddef.h>

struct product {
	void *library;            /* NULL: the plain loop */
	void (*sgemm)(int order, int transpose_a, int transpose_b, int m, int n, int k, float alpha, const float *a, int lda,
		      const float *b, int ldb, float beta, float *c, int ldc);
};

void product_open(struct product *p);
void product_close(struct product *p);
/* rows x columns products of vectors of `dimensions`; `out` has `stride` floats a row.  Thread-safe. */
void product_tile(const struct product *p, float *out, size_t stride, const float *a, size_t rows, const float *b, size_t columns,
		  size_t dimensions);

#endif
