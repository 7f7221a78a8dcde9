/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Margins over cosines and who is paired with whom, as LASER's source/mine_bitexts.py has it; see knn.h. */
#include "bitext/knn.h"

#include <stdlib.h>
#include <string.h>

static const char *const retrieval_names[] = { "max", "forward", "backward", "intersection" };

bool retrieval_from_name(enum retrieval *out, const char *name)
{
	for (size_t i = 0; i < sizeof retrieval_names / sizeof *retrieval_names; i++)
		if (!strcmp(name, retrieval_names[i])) {
			*out = (enum retrieval)i;
			return true;
		}
	return false;
}

const char *retrieval_name(enum retrieval r)
{
	return retrieval_names[r];
}

static double mean_of(const struct neighbour *list, unsigned k)
{
	double sum = 0;

	for (unsigned i = 0; i < k; i++)
		sum += (double)list[i].s;
	return sum / k;
}

static int compare_pairs(const void *a, const void *b)
{
	const struct vector_pair *p = a, *q = b;

	if (p->margin > q->margin || p->margin < q->margin)
		return p->margin > q->margin ? -1 : 1;
	return p->x != q->x ? (p->x < q->x ? -1 : 1) : (p->y > q->y) - (p->y < q->y);
}

struct means {
	double *x, *y;
};

/* As margin_of(), but a ratio is the plain quotient: cosines are dense, and their means are nothing only among rows of zeros. */
double vector_margin(enum margin_kind kind, double s, double mean)
{
	if (kind != MARGIN_RATIO)
		return margin_of(kind, s, mean);
	return mean > 0 || mean < 0 ? s / mean : 0;
}

/* The candidate of row i with the best margin; the first of equals, as argmax does. */
static struct vector_pair best_of(const struct neighbour *list, unsigned k, uint32_t i, bool forward, const struct means *m,
				  enum margin_kind kind)
{
	struct vector_pair best = { 0 };

	for (unsigned j = 0; j < k; j++) {
		uint32_t x = forward ? i : list[j].i, y = forward ? list[j].i : i;
		double margin = vector_margin(kind, (double)list[j].s, (m->x[x] + m->y[y]) / 2);

		if (j == 0 || margin > best.margin)
			best = (struct vector_pair){ x, y, list[j].s, margin };
	}
	return best;
}

static void keep_one_to_one(struct vector_pairs *out, size_t n_x, size_t n_y)
{
	bool *used_x = xcalloc(n_x + 1, 1), *used_y = xcalloc(n_y + 1, 1);
	size_t kept = 0;

	vec_each(&out->pairs, i) {
		struct vector_pair p = out->pairs.v[i];

		if (used_x[p.x] || used_y[p.y])
			continue;
		used_x[p.x] = used_y[p.y] = true;
		out->pairs.v[kept++] = p;
	}
	out->pairs.n = kept;
	free(used_x);
	free(used_y);
}

static struct means means_of(const struct knn *k, size_t n_x, size_t n_y)
{
	struct means m = { xcalloc(n_x + 1, sizeof(double)), xcalloc(n_y + 1, sizeof(double)) };

	for (size_t i = 0; i < n_x; i++)
		m.x[i] = mean_of(k->forward + i * k->k, k->k);
	for (size_t i = 0; i < n_y; i++)
		m.y[i] = mean_of(k->backward + i * k->k_back, k->k_back);
	return m;
}

static void means_free(struct means *m)
{
	free(m->x);
	free(m->y);
}

void knn_choose(struct vector_pairs *out, const struct vector_pair *of_x, size_t n_x, const struct vector_pair *of_y, size_t n_y,
		enum retrieval retrieval)
{
	vec_reserve(&out->pairs, n_x + n_y);
	for (size_t i = 0; i < n_x && retrieval != RETRIEVE_BACKWARD; i++) {
		uint32_t y = of_x[i].y;

		if (y != UINT32_MAX && (retrieval != RETRIEVE_INTERSECTION || of_y[y].x == i))
			vec_push(&out->pairs, of_x[i]);
	}
	for (size_t i = 0; i < n_y && (retrieval == RETRIEVE_MAX || retrieval == RETRIEVE_BACKWARD); i++)
		if (of_y[i].x != UINT32_MAX)
			vec_push(&out->pairs, of_y[i]);
	if (out->pairs.n)
		qsort(out->pairs.v, out->pairs.n, sizeof *out->pairs.v, compare_pairs);
	if (retrieval == RETRIEVE_MAX)
		keep_one_to_one(out, n_x, n_y);
}

void knn_pairs(struct vector_pairs *out, const struct knn *k, size_t n_x, size_t n_y, enum margin_kind margin,
	       enum retrieval retrieval)
{
	struct means m = means_of(k, n_x, n_y);
	struct vector_pair *of_x = xmalloc((n_x + 1) * sizeof *of_x), *of_y = xmalloc((n_y + 1) * sizeof *of_y);

	for (size_t i = 0; i < n_x; i++)
		of_x[i] = best_of(k->forward + i * k->k, k->k, (uint32_t)i, true, &m, margin);
	for (size_t i = 0; i < n_y; i++)
		of_y[i] = best_of(k->backward + i * k->k_back, k->k_back, (uint32_t)i, false, &m, margin);
	knn_choose(out, of_x, n_x, of_y, n_y, retrieval);
	free(of_x);
	free(of_y);
	means_free(&m);
}

/* ---- pairs that are given ---- */

int knn_score(struct vector_pair *pairs, size_t n, const struct knn *k, const struct vectors *x, const struct vectors *y,
	      enum margin_kind margin, struct error *err)
{
	struct means m = means_of(k, x->n, y->n);
	float *rows = xmalloc(2 * x->dimensions * sizeof *rows);
	int rc = 0;

	for (size_t i = 0; i < n && rc == 0; i++) {
		struct vector_pair *p = &pairs[i];

		rc = vectors_block(rows, x, p->x, 1, err);
		if (rc == 0)
			rc = vectors_block(rows + x->dimensions, y, p->y, 1, err);
		p->s = vector_cosine(rows, rows + x->dimensions, x->dimensions);
		p->margin = vector_margin(margin, (double)p->s, (m.x[p->x] + m.y[p->y]) / 2);
	}
	free(rows);
	means_free(&m);
	return rc;
}

void knn_all(struct vector_pairs *out, const struct knn *k, size_t n_x, size_t n_y, enum margin_kind margin)
{
	struct means m = means_of(k, n_x, n_y);

	for (size_t i = 0; i < n_x; i++)
		for (unsigned j = 0; j < k->k; j++) {
			const struct neighbour *n = &k->forward[i * k->k + j];

			vec_push(&out->pairs, (struct vector_pair){ (uint32_t)i, n->i, n->s,
								    vector_margin(margin, (double)n->s, (m.x[i] + m.y[n->i]) / 2) });
		}
	means_free(&m);
}
