/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Spherical k-means; see kmeans.h. */
#include "bitext/kmeans.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

enum { ROUNDS = 8, SAMPLE_PER_LIST = 40, SAMPLE_MOST = 1 << 16 };

/* Rows in an order of their own: the same for the same n. */
static int by_hash(const void *a, const void *b)
{
	uint64_t p = hash_mix64(*(const uint32_t *)a + 1), q = hash_mix64(*(const uint32_t *)b + 1);

	return (p > q) - (p < q);
}

static uint32_t *shuffled(size_t n)
{
	uint32_t *rows = xmalloc((n + 1) * sizeof *rows);

	for (size_t i = 0; i < n; i++)
		rows[i] = (uint32_t)i;
	qsort(rows, n, sizeof *rows, by_hash);
	return rows;
}

/* Rows of both sides, in proportion. */
static int take_sample(struct vectors *out, const struct vectors *x, const struct vectors *y, size_t most, struct error *err)
{
	size_t total = x->n + y->n, n = total < most ? total : most;
	size_t of_x = (size_t)((double)n * (double)x->n / (double)total), of_y = n - of_x;
	uint32_t *rows_x = shuffled(x->n), *rows_y = shuffled(y->n);
	int rc;

	if (of_y > y->n)
		of_y = y->n;
	vectors_init(out, of_x + of_y, x->dimensions);
	rc = vectors_gather(vectors_floats(out), x, rows_x, of_x, err);
	if (rc == 0)
		rc = vectors_gather(vectors_floats(out) + of_x * x->dimensions, y, rows_y, of_y, err);
	free(rows_x);
	free(rows_y);
	return rc;
}

/* A list that has lost all its rows starts again from the row that lies farthest from its own centroid. */
static void fill_empty(struct vectors *centroids, const struct vectors *sample, struct knn *k, const size_t *sizes)
{
	size_t d = sample->dimensions;

	for (size_t c = 0; c < centroids->n; c++) {
		size_t farthest = 0;

		if (sizes[c])
			continue;
		for (size_t i = 1; i < sample->n; i++)
			if (k->forward[i].s < k->forward[farthest].s)
				farthest = i;
		k->forward[farthest].s = 2; /* taken */
		memcpy(vectors_floats(centroids) + c * d, vectors_floats(sample) + farthest * d, d * sizeof(float));
	}
}

static int move_centroids(struct vectors *centroids, const struct vectors *sample, struct knn *k, struct error *err)
{
	size_t d = sample->dimensions, *sizes = xcalloc(centroids->n, sizeof *sizes);
	float *sums = vectors_floats(centroids);
	int rc;

	memset(sums, 0, centroids->n * d * sizeof *sums);
	for (size_t i = 0; i < sample->n; i++) {
		uint32_t c = k->forward[i].i;

		sizes[c]++;
		for (size_t j = 0; j < d; j++)
			sums[c * d + j] += vectors_floats(sample)[i * d + j];
	}
	fill_empty(centroids, sample, k, sizes);
	rc = vectors_normalise(centroids, err);
	free(sizes);
	return rc;
}

int kmeans(struct vectors *out, const struct vectors *x, const struct vectors *y, size_t lists, const struct knn_request *request,
	   struct error *err)
{
	struct knn_request r = { .k = 1, .threads = request->threads, .rough = true, .cancel = request->cancel };
	struct vectors sample;
	size_t most = lists * SAMPLE_PER_LIST < SAMPLE_MOST ? lists * SAMPLE_PER_LIST : SAMPLE_MOST;
	int rc = take_sample(&sample, x, y, most, err);

	if (lists > sample.n)
		lists = sample.n;
	vectors_init(out, lists, x->dimensions);
	/* The sample is in the order of a hash within each side: every n-th row is as good as any. */
	for (size_t c = 0; c < lists && rc == 0; c++)
		memcpy(vectors_floats(out) + c * x->dimensions, vectors_floats(&sample) + c * sample.n / lists * x->dimensions,
		       x->dimensions * sizeof(float));
	for (int round = 0; round < ROUNDS && rc == 0; round++) {
		struct knn k;

		rc = knn_exact(&k, &sample, out, &r, err);
		if (rc == 0)
			rc = move_centroids(out, &sample, &k, err);
		knn_free(&k);
	}
	vectors_free(&sample);
	return rc;
}
