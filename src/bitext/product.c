/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * OpenBLAS, opened late; see product.h.
 */
#include "bitext/product.h"

#include <dlfcn.h>
#include <string.h>

/* The CBLAS interface's numbers (Netlib cblas.h). */
enum { ROW_MAJOR = 101, PLAIN = 111, TRANSPOSED = 112 };

void product_open(struct product *p)
{
	void (*set_threads)(int) = NULL;
	void *symbol;

	*p = (struct product){ .library = dlopen("libopenblas.so.0", RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE) };
	if (!p->library)
		return;
	symbol = dlsym(p->library, "cblas_sgemm");
	memcpy(&p->sgemm, &symbol, sizeof p->sgemm);
	symbol = dlsym(p->library, "openblas_set_num_threads");
	memcpy(&set_threads, &symbol, sizeof set_threads);
	if (!p->sgemm || !set_threads) {
		product_close(p);
		return;
	}
	set_threads(1); /* the threads are ours: one product a thread, and the same sums for any number of them */
}

void product_close(struct product *p)
{
	if (p->library)
		dlclose(p->library);
	*p = (struct product){ 0 };
}

static float dot(const float *a, const float *b, size_t n)
{
	float parts[16] = { 0 }, sum = 0;
	size_t i = 0;

	for (; i + 16 <= n; i += 16)
		for (size_t k = 0; k < 16; k++)
			parts[k] += a[i + k] * b[i + k];
	for (; i < n; i++)
		parts[0] += a[i] * b[i];
	for (size_t k = 0; k < 16; k++)
		sum += parts[k];
	return sum;
}

void product_tile(const struct product *p, float *out, size_t stride, const float *a, size_t rows, const float *b, size_t columns,
		  size_t dimensions)
{
	if (p->sgemm) {
		p->sgemm(ROW_MAJOR, PLAIN, TRANSPOSED, (int)rows, (int)columns, (int)dimensions, 1, a, (int)dimensions, b,
			 (int)dimensions, 0, out, (int)stride);
		return;
	}
	for (size_t r = 0; r < rows; r++)
		for (size_t c = 0; c < columns; c++)
			out[r * stride + c] = dot(a + r * dimensions, b + c * dimensions, dimensions);
}
