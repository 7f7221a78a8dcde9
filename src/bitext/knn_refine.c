/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The last bits of the cosines.  What sgemm adds up in which order depends on the processor, its library and the shape of a tile.
 * So the search keeps a few neighbours more than asked for, and here their cosines are computed again in a fixed order, in double
 * (where a product of two floats is exact): the same bits on any machine and from any partition of the work.
 */
#include "bitext/knn_lists.h"

#include <stdlib.h>
#include <string.h>

#include "base/thread.h"

enum { CHUNK = 256, LANES = 8 };

float vector_cosine(const float *a, const float *b, size_t n)
{
	double parts[LANES] = { 0 };
	size_t i = 0;

	for (; i + LANES <= n; i += LANES)
		for (size_t j = 0; j < LANES; j++)
			parts[j] += (double)a[i + j] * (double)b[i + j];
	for (size_t j = 0; i < n; i++, j++)
		parts[j] += (double)a[i] * (double)b[i];
	return (float)(((parts[0] + parts[4]) + (parts[1] + parts[5])) + ((parts[2] + parts[6]) + (parts[3] + parts[7])));
}

struct refining {
	const struct vectors *queries, *base;
	const struct neighbour *rough;
	struct neighbour *out;
	unsigned k_rough, k;
	atomic_int rc;
	struct error *errors;     /* by chunk */
};

/* Row `i`: a pointer into memory, or a copy in `room`. */
static const float *row_of(float *room, const struct vectors *v, size_t i, int *rc, struct error *err)
{
	const float *direct = vectors_direct(v, i);

	if (!direct)
		*rc = vectors_block(room, v, i, 1, err);
	return direct ? direct : room;
}

static int refine_row(const struct refining *r, size_t i, float *room, struct error *err)
{
	size_t d = r->base->dimensions;
	int rc = 0;
	const float *query = row_of(room, r->queries, i, &rc, err);
	struct neighbour *list = r->out + i * r->k;

	knn_lists_clear(list, r->k);
	for (unsigned j = 0; j < r->k_rough && rc == 0; j++) {
		uint32_t at = r->rough[i * r->k_rough + j].i;

		if (at == UINT32_MAX)
			break;
		const float *row = row_of(room + d, r->base, at, &rc, err);

		if (rc == 0)
			knn_list_insert(list, r->k, vector_cosine(query, row, d), at);
	}
	return rc;
}

static void refine_chunk(void *ctx, size_t chunk)
{
	struct refining *r = ctx;
	size_t end = (chunk + 1) * CHUNK < r->queries->n ? (chunk + 1) * CHUNK : r->queries->n;
	float *room = xmalloc(2 * r->base->dimensions * sizeof *room);
	int rc = 0;

	for (size_t i = chunk * CHUNK; i < end && rc == 0; i++)
		rc = refine_row(r, i, room, &r->errors[chunk]);
	if (rc)
		atomic_store(&r->rc, rc);
	free(room);
}

int knn_refine(struct neighbour **lists, unsigned k_rough, unsigned k, const struct vectors *queries, const struct vectors *base,
	       unsigned threads, struct error *err)
{
	size_t chunks = (queries->n + CHUNK - 1) / CHUNK;
	struct refining r = { queries, base, *lists, xmalloc((queries->n * k + 1) * sizeof(struct neighbour)), k_rough, k, 0,
			      xcalloc(chunks + 1, sizeof(struct error)) };

	parallel_for(threads, chunks, refine_chunk, &r, NULL);
	for (size_t c = 0; c < chunks; c++)
		if (r.errors[c].code)
			*err = r.errors[c];
	free(r.errors);
	free(*lists);
	*lists = r.out;
	return atomic_load(&r.rc);
}
