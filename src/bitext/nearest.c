/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The nearest of both sides; see nearest.h. */
#include "bitext/nearest.h"

#include <stdlib.h>

#include "base/thread.h"

enum { CHUNK = 512 };

/* ---- the nearest ---- */

static void put(struct near *row, unsigned depth, const struct near *new)
{
	unsigned at = depth;

	for (unsigned j = 0; j < depth && row[j].other != UINT32_MAX; j++)
		if (row[j].other == new->other)
			return;
	while (at > 0 && (row[at - 1].s < new->s || (!(row[at - 1].s > new->s) && row[at - 1].other > new->other))) {
		if (at < depth)
			row[at] = row[at - 1];
		at--;
	}
	if (at < depth)
		row[at] = *new;
}

void nearest_init(struct nearest *out, size_t n_x, size_t n_y, unsigned depth)
{
	const struct near nobody = { .s = 0, .other = UINT32_MAX };

	*out = (struct nearest){ xmalloc((n_x * depth + 1) * sizeof *out->x), xmalloc((n_y * depth + 1) * sizeof *out->y), n_x, n_y,
				 depth };
	for (size_t i = 0; i < n_x * depth; i++)
		out->x[i] = nobody;
	for (size_t i = 0; i < n_y * depth; i++)
		out->y[i] = nobody;
}

size_t nearest_bytes(size_t n_x, size_t n_y, unsigned depth)
{
	return (n_x + n_y) * depth * sizeof(struct near);
}

void nearest_add(struct nearest *n, const struct edge *edges, size_t count, bool backward)
{
	for (size_t i = 0; i < count; i++) {
		struct edge e = edges[i];

		if (backward)
			e = (struct edge){ e.y, e.x, e.s, e.cover_y, e.cover_x, e.length };
		put(n->x + (size_t)e.x * n->depth, n->depth, &(struct near){ e.s, e.cover_x, e.cover_y, e.length, e.y });
		put(n->y + (size_t)e.y * n->depth, n->depth, &(struct near){ e.s, e.cover_x, e.cover_y, e.length, e.x });
	}
}

void nearest_free(struct nearest *n)
{
	free(n->x);
	free(n->y);
	*n = (struct nearest){ 0 };
}

/* ---- what a sentence knows of a pair ---- */

/* How many are nearer; the depth when it is not among them. */
static unsigned rank_of(const struct near *row, unsigned depth, uint32_t other)
{
	unsigned at = 0;

	while (at < depth && row[at].other != other)
		at++;
	while (at < depth && at > 0 && !(row[at - 1].s > row[at].s))
		at--;
	return at;
}

static double mean_of(const struct near *row, unsigned k)
{
	double sum = 0;

	for (unsigned j = 0; j < k; j++)
		sum += (double)row[j].s;
	return sum / k;
}

/* Distance to the best other. */
static float gap_of(const struct near *row, unsigned depth, unsigned rank, float s)
{
	return s - (rank ? row[0].s : depth > 1 ? row[1].s : 0);
}

/* How many others come within a tenth. */
static uint8_t crowd_of(const struct near *row, unsigned depth, float s)
{
	unsigned n = 0;

	while (n < depth && row[n].other != UINT32_MAX && row[n].s >= .9F * s)
		n++;
	return (uint8_t)(n ? n - 1 : 0);
}

/* ---- candidates ---- */

struct making {
	struct mining *m;
	const struct nearest *near;
	const struct candidate_wish *wish;
	size_t *first;            /* by x: of those of y that have it among their nearest, into `seen_by` */
	uint32_t *seen_by;
	size_t *start;            /* by chunk: its candidates, once they are counted */
	bool counting;
};

static const struct near *row_x(const struct nearest *n, uint32_t x)
{
	return n->x + (size_t)x * n->depth;
}

static const struct near *row_y(const struct nearest *n, uint32_t y)
{
	return n->y + (size_t)y * n->depth;
}

static const struct near *find_near(const struct near *row, unsigned depth, uint32_t other)
{
	for (unsigned j = 0; j < depth; j++)
		if (row[j].other == other)
			return &row[j];
	return NULL;
}

static const struct edge *find_given(const struct candidate_wish *w, uint32_t x, uint32_t y)
{
	size_t low = 0, high = w->n_given;

	while (low < high) {
		size_t mid = (low + high) / 2;
		const struct edge *e = &w->given[mid];

		if (e->x < x || (e->x == x && e->y < y))
			low = mid + 1;
		else
			high = mid;
	}
	return low < w->n_given ? &w->given[low] : NULL;
}

static bool is_given(const struct candidate_wish *w, uint32_t x, uint32_t y)
{
	const struct edge *e = w->n_given ? find_given(w, x, y) : NULL;

	return e && e->x == x && e->y == y;
}

static void fill(struct mined *out, const struct making *k, const struct edge *e, unsigned rank_x, unsigned rank_y)
{
	const struct nearest *n = k->near;
	const struct near *of_x = row_x(n, e->x), *of_y = row_y(n, e->y);
	struct candidate c = { .edge = *e, .rank_x = (uint8_t)rank_x, .rank_y = (uint8_t)rank_y };
	double margin;

	c.mean = (float)((mean_of(of_x, k->wish->k) + mean_of(of_y, k->wish->k)) / 2);
	c.crowd_x = crowd_of(of_x, n->depth, e->s);
	c.crowd_y = crowd_of(of_y, n->depth, e->s);
	c.gap_x = gap_of(of_x, n->depth, rank_x, e->s);
	c.gap_y = gap_of(of_y, n->depth, rank_y, e->s);
	margin = margin_of(k->wish->margin, e->s, c.mean);
	*out = (struct mined){ .candidate = c, .margin = margin, .score = margin };
}

/* One pair, if it is a candidate, at *at, which moves on; while counting nothing is written. */
static void offer(const struct making *k, size_t *at, const struct edge *e)
{
	const struct nearest *n = k->near;
	unsigned rank_x = rank_of(row_x(n, e->x), n->depth, e->y), rank_y = rank_of(row_y(n, e->y), n->depth, e->x);

	if (rank_x >= k->wish->rivals && rank_y >= k->wish->rivals && !is_given(k->wish, e->x, e->y))
		return;
	if (!k->counting)
		fill(&k->m->candidates.v[*at], k, e, rank_x, rank_y);
	(*at)++;
}

static void offer_near(const struct making *k, size_t *at, uint32_t x, uint32_t y, const struct near *pair)
{
	offer(k, at, &(struct edge){ x, y, pair->s, pair->cover_x, pair->cover_y, pair->length });
}

static void offer_all(const struct making *k, size_t *at, uint32_t x)
{
	const struct nearest *n = k->near;
	const struct near *row = row_x(n, x);
	const struct edge *e = k->wish->n_given ? find_given(k->wish, x, 0) : NULL;

	for (unsigned j = 0; j < n->depth && row[j].other != UINT32_MAX; j++)
		offer_near(k, at, x, row[j].other, &row[j]);
	for (size_t i = k->first[x]; i < k->first[x + 1]; i++) {
		uint32_t y = k->seen_by[i];

		if (!find_near(row, n->depth, y))
			offer_near(k, at, x, y, find_near(row_y(n, y), n->depth, x));
	}
	for (; e && e < k->wish->given + k->wish->n_given && e->x == x; e++)
		if (!find_near(row, n->depth, e->y) && !find_near(row_y(n, e->y), n->depth, x))
			offer(k, at, e);
}

static void walk(void *ctx, size_t chunk)
{
	struct making *k = ctx;
	size_t end = (chunk + 1) * CHUNK < k->near->n_x ? (chunk + 1) * CHUNK : k->near->n_x;
	size_t at = k->counting ? 0 : k->start[chunk];

	for (size_t x = chunk * CHUNK; x < end; x++)
		offer_all(k, &at, (uint32_t)x);
	if (k->counting)
		k->start[chunk + 1] = at;
	else
		mine_candidates_rest(k->m, k->start[chunk], at);
}

/* The nearest of y, by x. */
static void turn_round(struct making *k)
{
	const struct nearest *n = k->near;
	size_t all = n->n_y * n->depth;

	k->first = xcalloc(n->n_x + 2, sizeof *k->first);
	for (size_t i = 0; i < all; i++)
		if (n->y[i].other != UINT32_MAX)
			k->first[n->y[i].other + 2]++;
	for (size_t x = 0; x < n->n_x; x++)
		k->first[x + 2] += k->first[x + 1];
	k->seen_by = xmalloc((k->first[n->n_x + 1] + 1) * sizeof *k->seen_by);
	for (size_t i = 0; i < all; i++) /* first[x + 1] moves from the start of x to its end */
		if (n->y[i].other != UINT32_MAX)
			k->seen_by[k->first[n->y[i].other + 1]++] = (uint32_t)(i / n->depth);
}

int nearest_candidates(struct mining *m, const struct nearest *n, const struct candidate_wish *wish, struct error *err)
{
	size_t chunks = (n->n_x + CHUNK - 1) / CHUNK;
	struct making k = { .m = m, .near = n, .wish = wish, .start = xcalloc(chunks + 1, sizeof *k.start), .counting = true };
	int rc;

	turn_round(&k);
	parallel_for(wish->threads, chunks, walk, &k, NULL);
	for (size_t c = 0; c < chunks; c++)
		k.start[c + 1] += k.start[c];
	rc = mine_candidates_room(m, k.start[chunks], wish->memory, err);
	k.counting = false;
	if (rc == 0)
		parallel_for(wish->threads, chunks, walk, &k, NULL);
	free(k.first);
	free(k.seen_by);
	free(k.start);
	return rc;
}
