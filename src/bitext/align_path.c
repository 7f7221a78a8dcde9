/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The heaviest chain of neighbours that rises in both documents (weighted longest increasing subsequence, by a Fenwick tree
 * of prefix maxima), joined by straight lines and widened to a band.
 */
#include "bitext/align_path.h"

#include <stdlib.h>
#include <string.h>

#include "bitext/align_measure.h"

enum { NEIGHBOURS = 8, STRAIGHT = 32 };

struct point {
	uint32_t x, y;
	double weight;            /* then: weight of the best chain that ends here */
	uint32_t before;          /* 1 + index of the chain's previous point */
};

struct points {
	VEC(struct point) points;
};

static int compare_points(const void *a, const void *b)
{
	const struct point *p = a, *q = b;

	if (p->x != q->x)
		return p->x < q->x ? -1 : 1;
	return p->y > q->y ? -1 : p->y < q->y; /* same x: falling y, so that no chain holds both */
}

/* How much nearer each neighbour is than the sentence's others; common phrases, near everywhere, weigh nothing. */
static void weigh_points(struct points *out, const struct edges *e)
{
	for (size_t i = 0; i < e->edges.n;) {
		size_t end = i;
		double sum = 0;

		for (; end < e->edges.n && e->edges.v[end].x == e->edges.v[i].x; end++)
			sum += (double)e->edges.v[end].s;
		double mean = (end - i > 1) ? (sum - (double)e->edges.v[i].s) / NEIGHBOURS : 0;

		for (; i < end; i++) {
			double weight = (double)e->edges.v[i].s - mean;

			if (weight > .05)
				vec_push(&out->points, (struct point){ e->edges.v[i].x, e->edges.v[i].y, weight, 0 });
		}
	}
	if (out->points.n)
		qsort(out->points.v, out->points.n, sizeof *out->points.v, compare_points);
}

/* Leaves in `out` only the heaviest chain, in order. */
static void keep_chain(struct points *p, size_t n_y)
{
	uint32_t *tree = xcalloc(n_y + 2, sizeof *tree); /* 1 + index of the best point of the prefix */
	uint32_t last = 0;
	VEC(struct point) chain = { 0 };

	for (size_t i = 0; i < p->points.n; i++) {
		struct point *point = &p->points.v[i];

		for (size_t k = point->y; k; k -= k & -k) /* chains that end before y */
			if (tree[k] && (!point->before || p->points.v[tree[k] - 1].weight > p->points.v[point->before - 1].weight))
				point->before = tree[k];
		if (point->before)
			point->weight += p->points.v[point->before - 1].weight;
		for (size_t k = point->y + 1; k <= n_y; k += k & -k)
			if (!tree[k] || p->points.v[tree[k] - 1].weight < point->weight)
				tree[k] = (uint32_t)(i + 1);
		if (!last || point->weight > p->points.v[last - 1].weight)
			last = (uint32_t)(i + 1);
	}
	for (; last; last = p->points.v[last - 1].before)
		vec_push(&chain, p->points.v[last - 1]);
	vec_clear(&p->points);
	for (size_t i = chain.n; i-- > 0;)
		vec_push(&p->points, chain.v[i]);
	vec_free(&chain);
	free(tree);
}

/* A line from one boundary to the next: widens the band of all x it passes. */
static void draw_line(struct band *b, struct point from, struct point to, unsigned margin, size_t n_y)
{
	double slope = to.x > from.x ? (double)(to.y - from.y) / (double)(to.x - from.x) : 0;
	size_t first = from.x > margin ? from.x - margin : 0, last = to.x + margin < b->n - 1 ? to.x + margin : b->n - 1;

	for (size_t i = first; i <= last; i++) {
		double a = (double)from.y + slope * ((double)i - margin - from.x), c = (double)from.y + slope * ((double)i + margin - from.x);
		double low = a < from.y ? from.y : a, high = c > to.y ? to.y : c;

		if (to.x == from.x) {
			low = from.y;
			high = to.y;
		}
		low = low > to.y ? to.y : low;
		high = high < from.y ? from.y : high;
		uint32_t l = low > margin ? (uint32_t)low - margin : 0;
		uint32_t h = (uint32_t)high + margin + 1 < n_y ? (uint32_t)high + margin + 1 : (uint32_t)n_y;

		b->low[i] = l < b->low[i] ? l : b->low[i];
		b->high[i] = h > b->high[i] ? h : b->high[i];
	}
}

bool band_find(struct band *out, const struct alignment *a, const struct pin *pins, size_t n_pins, unsigned margin,
	       unsigned threads, const atomic_bool *cancel)
{
	struct search_options options = SEARCH_OPTIONS_DEFAULT;
	struct edges edges = { { 0 } };
	struct points points = { { 0 } };
	struct point from = { 0, 0, 0, 0 };
	size_t n_x = a->a.n, n_y = a->b.n;
	bool whole;

	options.keep = NEIGHBOURS;
	options.threads = threads;
	options.cancel = cancel;
	*out = (struct band){ xmalloc((n_x + 1) * sizeof(uint32_t)), xcalloc(n_x + 1, sizeof(uint32_t)), n_x + 1 };
	for (size_t i = 0; i <= n_x; i++)
		out->low[i] = (uint32_t)n_y;
	whole = measure_neighbours(&edges, a, &options);
	weigh_points(&points, &edges);
	keep_chain(&points, n_y);
	vec_each(&points.points, i) {
		struct point to = points.points.v[i];

		draw_line(out, from, to, margin, n_y);
		from = (struct point){ to.x + 1, to.y + 1, 0, 0 };
		draw_line(out, to, from, margin, n_y);
	}
	draw_line(out, from, (struct point){ (uint32_t)n_x, (uint32_t)n_y, 0, 0 }, margin, n_y);
	from = (struct point){ 0, 0, 0, 0 };
	for (size_t i = 0; n_pins && i <= n_pins; i++) {
		struct point to = i < n_pins ? (struct point){ pins[i].x, pins[i].y, 0, 0 }
					     : (struct point){ (uint32_t)n_x, (uint32_t)n_y, 0, 0 };

		draw_line(out, from, to, margin, n_y);
		from = to;
	}
	vec_free(&edges.edges);
	vec_free(&points.points);
	return whole;
}

/* Whether one can walk from pin to pin inside the band, along its lower edge. */
static bool connected(const struct band *b, struct pin from, struct pin to)
{
	uint32_t y = from.y;

	if (y < b->low[from.x] || y > b->high[from.x])
		return false;
	for (size_t x = from.x; x < to.x; x++) {
		uint32_t next = b->low[x + 1] > y ? b->low[x + 1] : y;

		if (next > b->high[x] || next > b->high[x + 1] || next > to.y)
			return false;
		y = next;
	}
	return to.y <= b->high[to.x];
}

void band_connect(struct band *b, struct pin from, struct pin to, unsigned margin, bool widen, size_t n_y)
{
	bool near = to.x - from.x <= STRAIGHT && to.y - from.y <= STRAIGHT;

	if ((widen && near) || !connected(b, from, to))
		draw_line(b, (struct point){ .x = from.x, .y = from.y }, (struct point){ .x = to.x, .y = to.y }, margin, n_y);
}

void band_copy(struct band *out, const struct band *b)
{
	*out = (struct band){ xcalloc(b->n, sizeof(uint32_t)), xcalloc(b->n, sizeof(uint32_t)), b->n };
	memcpy(out->low, b->low, b->n * sizeof *b->low);
	memcpy(out->high, b->high, b->n * sizeof *b->high);
}

void band_clear(struct band *b)
{
	for (size_t i = 0; i < b->n; i++) {
		b->low[i] = UINT32_MAX;
		b->high[i] = 0;
	}
}

void band_join(struct band *out, const struct band *p, const struct band *q)
{
	band_copy(out, p);
	for (size_t i = 0; i < out->n; i++) {
		out->low[i] = q->low[i] < out->low[i] ? q->low[i] : out->low[i];
		out->high[i] = q->high[i] > out->high[i] ? q->high[i] : out->high[i];
	}
}

void band_free(struct band *b)
{
	free(b->low);
	free(b->high);
}
