/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tiled exact search; see knn.h.  Threads take whole stripes of tiles, and every stripe keeps its own best of the columns; the
 * merge orders by similarity and number, so it does not matter who found what.
 */
#include "bitext/knn.h"

#include <stdlib.h>

#include "base/i18n.h"
#include "base/thread.h"
#include "bitext/product.h"

enum { TILE_ROWS = 512, TILE_COLUMNS = 1024, LANES = 8, STRIPES_MOST = 64 };

struct stripe {
	struct neighbour *backward;
	float *least;             /* by column: the k-th best so far; what is not above cannot enter */
};

struct search {
	const struct vectors *x, *y;
	struct knn *out;
	size_t tiles, per_stripe;
	struct stripe *stripes;
	struct product product;
	const atomic_bool *cancel;
	atomic_size_t done;
	void (*progress)(void *ctx, size_t done, size_t total);
	void *ctx;
};

/* Puts a neighbour in its place of a falling list of k; returns the new least. */
static float list_insert(struct neighbour *list, unsigned k, float s, uint32_t i)
{
	unsigned at = k - 1;

	if (list[at].s > s || (!(list[at].s < s) && list[at].i <= i))
		return list[at].s;
	while (at > 0 && (list[at - 1].s < s || (!(list[at - 1].s > s) && list[at - 1].i > i))) {
		list[at] = list[at - 1];
		at--;
	}
	list[at] = (struct neighbour){ s, i };
	return list[k - 1].s;
}

static void list_clear(struct neighbour *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		list[i] = (struct neighbour){ -2, UINT32_MAX };
}

typedef float lanes __attribute__((vector_size(LANES * sizeof(float))));
typedef int32_t mask __attribute__((vector_size(LANES * sizeof(float))));

static bool any(mask m)
{
	uint64_t parts[LANES / 2], all = 0;

	memcpy(parts, &m, sizeof parts);
	for (int i = 0; i < LANES / 2; i++)
		all |= parts[i];
	return all != 0;
}

/* One row of products against columns [from, from + n). */
static void take_row(struct search *s, struct stripe *stripe, const float *product, uint32_t row, size_t from, size_t n)
{
	struct neighbour *list = s->out->forward + (size_t)row * s->out->k;
	float least = list[s->out->k - 1].s;

	for (size_t c = 0; c < n; c += LANES) {
		lanes p, l;
		size_t width = n - c < LANES ? n - c : LANES;

		if (width == LANES) {
			memcpy(&p, product + c, sizeof p);
			memcpy(&l, stripe->least + from + c, sizeof l);
			if (!any((p >= least) | (p >= l)))
				continue;
		}
		for (size_t j = c; j < c + width; j++) {
			uint32_t column = (uint32_t)(from + j);

			if (product[j] >= least)
				least = list_insert(list, s->out->k, product[j], column);
			if (product[j] >= stripe->least[column])
				stripe->least[column] = list_insert(stripe->backward + (size_t)column * s->out->k_back, s->out->k_back,
								    product[j], row);
		}
	}
}

static void take_tile(struct search *s, struct stripe *stripe, float *products, size_t tile)
{
	size_t first = tile * TILE_ROWS, rows = s->x->n - first < TILE_ROWS ? s->x->n - first : TILE_ROWS;
	size_t d = s->x->dimensions;

	list_clear(s->out->forward + first * s->out->k, rows * s->out->k);
	for (size_t from = 0; from < s->y->n; from += TILE_COLUMNS) {
		size_t columns = s->y->n - from < TILE_COLUMNS ? s->y->n - from : TILE_COLUMNS;

		product_tile(&s->product, products, TILE_COLUMNS, s->x->v + first * d, rows, s->y->v + from * d, columns, d);
		for (size_t r = 0; r < rows; r++)
			take_row(s, stripe, products + r * TILE_COLUMNS, (uint32_t)(first + r), from, columns);
	}
}

static void search_stripe(void *ctx, size_t i)
{
	struct search *s = ctx;
	struct stripe *stripe = &s->stripes[i];
	float *products = xmalloc((size_t)TILE_ROWS * TILE_COLUMNS * sizeof *products);
	size_t end = (i + 1) * s->per_stripe < s->tiles ? (i + 1) * s->per_stripe : s->tiles;

	stripe->backward = xmalloc((s->y->n * s->out->k_back + 1) * sizeof *stripe->backward);
	stripe->least = xmalloc((s->y->n + 1) * sizeof *stripe->least);
	list_clear(stripe->backward, s->y->n * s->out->k_back);
	for (size_t c = 0; c < s->y->n; c++)
		stripe->least[c] = -2;
	for (size_t tile = i * s->per_stripe; tile < end; tile++) {
		if (s->cancel && atomic_load_explicit(s->cancel, memory_order_relaxed))
			break;
		take_tile(s, stripe, products, tile);
		size_t done = atomic_fetch_add(&s->done, 1) + 1;

		if (s->progress)
			s->progress(s->ctx, done * TILE_ROWS < s->x->n ? done * TILE_ROWS : s->x->n, s->x->n);
	}
	free(products);
}

static void merge_stripes(struct search *s, size_t stripes)
{
	unsigned k = s->out->k_back;

	list_clear(s->out->backward, s->y->n * k);
	for (size_t i = 0; i < stripes; i++) {
		for (size_t c = 0; c < s->y->n; c++)
			for (unsigned j = 0; j < k; j++) {
				const struct neighbour *n = &s->stripes[i].backward[c * k + j];

				if (n->i != UINT32_MAX)
					list_insert(s->out->backward + c * k, k, n->s, n->i);
			}
		free(s->stripes[i].backward);
		free(s->stripes[i].least);
	}
}

int knn_exact(struct knn *out, const struct vectors *x, const struct vectors *y, unsigned k, unsigned threads,
	      const atomic_bool *cancel, void (*progress)(void *ctx, size_t done, size_t total), void *ctx, struct error *err)
{
	struct search s = { .x = x, .y = y, .out = out, .cancel = cancel, .progress = progress, .ctx = ctx };
	struct stripe stripes[STRIPES_MOST] = { { 0 } };
	size_t n;

	*out = (struct knn){ 0 };
	if (x->dimensions != y->dimensions || !x->n || !y->n)
		return error_set(err, TAMIS_EUSAGE, _("embeddings of %zu and of %zu dimensions cannot be compared"), x->dimensions,
				 y->dimensions);
	out->k = k < y->n ? k : (unsigned)y->n;
	out->k_back = k < x->n ? k : (unsigned)x->n;
	out->forward = xmalloc((x->n * out->k + 1) * sizeof *out->forward);
	out->backward = xmalloc((y->n * out->k_back + 1) * sizeof *out->backward);
	s.stripes = stripes;
	s.tiles = (x->n + TILE_ROWS - 1) / TILE_ROWS;
	n = threads < 1 ? 1 : threads < STRIPES_MOST ? threads : STRIPES_MOST;
	s.per_stripe = (s.tiles + n - 1) / n;
	n = (s.tiles + s.per_stripe - 1) / s.per_stripe;
	product_open(&s.product);
	parallel_for(threads, n, search_stripe, &s, NULL);
	product_close(&s.product);
	merge_stripes(&s, n);
	if (cancel && atomic_load(cancel)) {
		knn_free(out);
		return error_set(err, TAMIS_ECANCEL, _("the search was cancelled"));
	}
	return 0;
}

void knn_free(struct knn *k)
{
	free(k->forward);
	free(k->backward);
	*k = (struct knn){ 0 };
}

/* ---- margin and assignment ---- */

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

/* As margin_of(), but a ratio is the plain quotient: cosines are dense, their means are never near nothing. */
static double cosine_margin(enum margin_kind kind, double s, double mean)
{
	return kind == MARGIN_RATIO ? s / mean : margin_of(kind, s, mean);
}

/* The candidate of row i with the best margin; the first of equals, as argmax does. */
static struct vector_pair best_of(const struct neighbour *list, unsigned k, uint32_t i, bool forward, const struct means *m,
				  enum margin_kind kind)
{
	struct vector_pair best = { 0 };

	for (unsigned j = 0; j < k; j++) {
		uint32_t x = forward ? i : list[j].i, y = forward ? list[j].i : i;
		double margin = cosine_margin(kind, (double)list[j].s, (m->x[x] + m->y[y]) / 2);

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

void knn_pairs(struct vector_pairs *out, const struct knn *k, size_t n_x, size_t n_y, enum margin_kind margin)
{
	struct means m = means_of(k, n_x, n_y);

	vec_reserve(&out->pairs, n_x + n_y);
	for (size_t i = 0; i < n_x; i++)
		vec_push(&out->pairs, best_of(k->forward + i * k->k, k->k, (uint32_t)i, true, &m, margin));
	for (size_t i = 0; i < n_y; i++)
		vec_push(&out->pairs, best_of(k->backward + i * k->k_back, k->k_back, (uint32_t)i, false, &m, margin));
	if (out->pairs.n)
		qsort(out->pairs.v, out->pairs.n, sizeof *out->pairs.v, compare_pairs);
	keep_one_to_one(out, n_x, n_y);
	free(m.x);
	free(m.y);
}

void knn_all(struct vector_pairs *out, const struct knn *k, size_t n_x, size_t n_y, enum margin_kind margin)
{
	struct means m = means_of(k, n_x, n_y);

	for (size_t i = 0; i < n_x; i++)
		for (unsigned j = 0; j < k->k; j++) {
			const struct neighbour *n = &k->forward[i * k->k + j];

			vec_push(&out->pairs, (struct vector_pair){ (uint32_t)i, n->i, n->s,
								    cosine_margin(margin, (double)n->s, (m.x[i] + m.y[n->i]) / 2) });
		}
	free(m.x);
	free(m.y);
}
