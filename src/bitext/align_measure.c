/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs of sentences compared; see align_measure.h. */
#include "bitext/align_measure.h"

#include <math.h>
#include <stdlib.h>

#include "bitext/knn.h"
#include "bitext/wordmatch.h"

struct measure {
	const struct side *own, *other;
	struct wordmatch *words;  /* NULL: by vectors */
	const struct vectors *own_vectors, *other_vectors;
	float *own_sum, *other_sum;
};

struct measure *measure_new(const struct alignment *a, const struct link_table *links, bool of_x)
{
	struct measure *m = xcalloc(1, sizeof *m);

	m->own = of_x ? &a->a : &a->b;
	m->other = of_x ? &a->b : &a->a;
	m->own_vectors = of_x ? a->vectors_x : a->vectors_y;
	m->other_vectors = of_x ? a->vectors_y : a->vectors_x;
	if (m->own_vectors) {
		m->own_sum = xcalloc(m->own_vectors->dimensions, sizeof *m->own_sum);
		m->other_sum = xcalloc(m->own_vectors->dimensions, sizeof *m->other_sum);
	} else {
		m->words = wordmatch_new(m->own, m->other, links);
	}
	return m;
}

void measure_free(struct measure *m)
{
	if (m->words)
		wordmatch_free(m->words);
	free(m->own_sum);
	free(m->other_sum);
	free(m);
}

/* The sum of rows [i, i + n), of length 1; of one row the row itself. */
static const float *sum_rows(float *out, const struct vectors *v, size_t i, size_t n)
{
	size_t d = v->dimensions;
	double length = 0;

	if (n == 1)
		return vectors_direct(v, i);
	memcpy(out, vectors_direct(v, i), d * sizeof *out);
	for (size_t r = 1; r < n; r++)
		for (size_t k = 0; k < d; k++)
			out[k] += vectors_direct(v, i + r)[k];
	for (size_t k = 0; k < d; k++)
		length += (double)out[k] * (double)out[k];
	for (size_t k = 0; k < d && length > 0; k++)
		out[k] = (float)((double)out[k] / sqrt(length));
	return out;
}

void measure_set(struct measure *m, size_t i, size_t n)
{
	if (m->words) {
		wordmatch_set(m->words, side_first(m->own, i), side_first(m->own, i + n) - side_first(m->own, i));
		return;
	}
	const float *sum = sum_rows(m->own_sum, m->own_vectors, i, n);

	if (sum != m->own_sum)
		memcpy(m->own_sum, sum, m->own_vectors->dimensions * sizeof *sum);
}

double measure_compare(struct measure *m, size_t j, size_t n)
{
	if (m->words)
		return wordmatch_compare(m->words, side_first(m->other, j), side_first(m->other, j + n) - side_first(m->other, j)).s;
	double s = (double)vector_cosine(m->own_sum, sum_rows(m->other_sum, m->other_vectors, j, n), m->own_vectors->dimensions);

	return s > 0 ? s : 0;
}

static bool vector_neighbours(struct edges *out, const struct alignment *a, const struct search_options *o)
{
	struct knn_request r = { .k = o->keep, .threads = o->threads, .cancel = o->cancel };
	struct error err = { 0 };
	struct knn k;

	if (knn_exact(&k, a->vectors_x, a->vectors_y, &r, &err) != 0)
		return err.code != TAMIS_ECANCEL; /* sides without sentences have no neighbours */
	for (size_t i = 0; i < a->vectors_x->n * k.k; i++)
		vec_push(&out->edges, (struct edge){ .x = (uint32_t)(i / k.k), .y = k.forward[i].i, .s = k.forward[i].s });
	knn_free(&k);
	return true;
}

bool measure_neighbours(struct edges *out, const struct alignment *a, const struct search_options *options)
{
	if (a->vectors_x)
		return vector_neighbours(out, a, options);
	return search_neighbours(out, &a->a, &a->b, &a->links, &a->length, options);
}
