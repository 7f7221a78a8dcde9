/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Feedback arc set heuristics for one component: Eades, Lin and Smyth's greedy sequence, and sifting.
 *
 * The greedy rule takes sinks to the back, sources to the front, and otherwise the vertex with the largest (weight out - weight in) to the
 * front.  A binary heap with stale entries left in place serves all three: sources and sinks are kept in lists as they arise. */
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "codeorder/graph.h"

#define SIFT_LIMIT 2000u
#define SEARCH_PASSES 24u

struct adjacency {
	uint32_t *out_first, *out_arc; /* arc indexes leaving a vertex */
	uint32_t *in_first, *in_arc;
};

static void adjacency_init(struct adjacency *adj, uint32_t n, const struct fas_arc *arcs, size_t n_arcs)
{
	uint32_t *fill_out, *fill_in;

	adj->out_first = xcalloc((size_t)n + 1, sizeof *adj->out_first);
	adj->in_first = xcalloc((size_t)n + 1, sizeof *adj->in_first);
	adj->out_arc = xcalloc(n_arcs, sizeof *adj->out_arc);
	adj->in_arc = xcalloc(n_arcs, sizeof *adj->in_arc);
	for (size_t i = 0; i < n_arcs; i++) {
		adj->out_first[arcs[i].a + 1]++;
		adj->in_first[arcs[i].b + 1]++;
	}
	for (uint32_t v = 0; v < n; v++) {
		adj->out_first[v + 1] += adj->out_first[v];
		adj->in_first[v + 1] += adj->in_first[v];
	}
	fill_out = xcalloc(n, sizeof *fill_out);
	fill_in = xcalloc(n, sizeof *fill_in);
	for (size_t i = 0; i < n_arcs; i++) {
		uint32_t a = arcs[i].a, b = arcs[i].b;

		adj->out_arc[adj->out_first[a] + fill_out[a]++] = (uint32_t)i;
		adj->in_arc[adj->in_first[b] + fill_in[b]++] = (uint32_t)i;
	}
	free(fill_out);
	free(fill_in);
}

static void adjacency_free(struct adjacency *adj)
{
	free(adj->out_first);
	free(adj->in_first);
	free(adj->out_arc);
	free(adj->in_arc);
}

struct heap_entry {
	int64_t delta;
	uint32_t vertex;
};

struct greedy {
	const struct fas_arc *arcs;
	struct adjacency adj;
	int64_t *out, *in;
	uint8_t *gone;
	VEC(struct heap_entry) heap;
	VEC(uint32_t) sources, sinks;
};

static bool heap_before(struct heap_entry x, struct heap_entry y)
{
	return x.delta != y.delta ? x.delta > y.delta : x.vertex < y.vertex;
}

static void heap_push(struct greedy *g, struct heap_entry entry)
{
	size_t i;

	vec_push(&g->heap, entry);
	for (i = g->heap.n - 1; i && heap_before(entry, g->heap.v[(i - 1) / 2]); i = (i - 1) / 2)
		g->heap.v[i] = g->heap.v[(i - 1) / 2];
	g->heap.v[i] = entry;
}

static struct heap_entry heap_pop(struct greedy *g)
{
	struct heap_entry top = g->heap.v[0], last = g->heap.v[--g->heap.n];
	size_t i = 0;

	for (;;) {
		size_t child = 2 * i + 1;

		if (child >= g->heap.n)
			break;
		if (child + 1 < g->heap.n && heap_before(g->heap.v[child + 1], g->heap.v[child]))
			child++;
		if (!heap_before(g->heap.v[child], last))
			break;
		g->heap.v[i] = g->heap.v[child];
		i = child;
	}
	if (g->heap.n)
		g->heap.v[i] = last;
	return top;
}

static void classify(struct greedy *g, uint32_t v)
{
	if (g->out[v] == 0)
		vec_push(&g->sinks, v);
	else if (g->in[v] == 0)
		vec_push(&g->sources, v);
	else
		heap_push(g, (struct heap_entry){ g->out[v] - g->in[v], v });
}

static void take_away(struct greedy *g, uint32_t v)
{
	g->gone[v] = 1;
	for (uint32_t i = g->adj.out_first[v]; i < g->adj.out_first[v + 1]; i++) {
		const struct fas_arc *arc = &g->arcs[g->adj.out_arc[i]];

		if (g->gone[arc->b])
			continue;
		g->in[arc->b] -= arc->weight;
		classify(g, arc->b);
	}
	for (uint32_t i = g->adj.in_first[v]; i < g->adj.in_first[v + 1]; i++) {
		const struct fas_arc *arc = &g->arcs[g->adj.in_arc[i]];

		if (g->gone[arc->a])
			continue;
		g->out[arc->a] -= arc->weight;
		classify(g, arc->a);
	}
}

/* Next vertex: a sink, else a source, else the best of the heap; entries of vertices that are gone or have changed are passed over. */
static uint32_t choose(struct greedy *g, bool *to_back)
{
	*to_back = true;
	while (g->sinks.n) {
		uint32_t v = g->sinks.v[--g->sinks.n];

		if (!g->gone[v])
			return v;
	}
	*to_back = false;
	while (g->sources.n) {
		uint32_t v = g->sources.v[--g->sources.n];

		if (!g->gone[v])
			return v;
	}
	for (;;) {
		struct heap_entry top = heap_pop(g);

		if (!g->gone[top.vertex] && top.delta == g->out[top.vertex] - g->in[top.vertex])
			return top.vertex;
	}
}

void fas_greedy(uint32_t *sequence, uint32_t n, const struct fas_arc *arcs, size_t n_arcs)
{
	struct greedy g = { .arcs = arcs };
	uint32_t front = 0, back = n;

	adjacency_init(&g.adj, n, arcs, n_arcs);
	g.out = xcalloc(n, sizeof *g.out);
	g.in = xcalloc(n, sizeof *g.in);
	g.gone = xcalloc(n, 1);
	for (size_t i = 0; i < n_arcs; i++) {
		g.out[arcs[i].a] += arcs[i].weight;
		g.in[arcs[i].b] += arcs[i].weight;
	}
	for (uint32_t v = n; v-- > 0;)
		classify(&g, v);
	while (front < back) {
		bool to_back;
		uint32_t v = choose(&g, &to_back);

		sequence[to_back ? --back : front++] = v;
		take_away(&g, v);
	}
	adjacency_free(&g.adj);
	free(g.out);
	free(g.in);
	free(g.gone);
	vec_free(&g.heap);
	vec_free(&g.sources);
	vec_free(&g.sinks);
}

static uint64_t violated(const uint32_t *position, const struct fas_arc *arcs, size_t n_arcs)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < n_arcs; i++)
		if (position[arcs[i].a] > position[arcs[i].b])
			sum += arcs[i].weight;
	return sum;
}

/* `gain[p]`: what passing the vertex at place p is worth when moving v over it, leftwards negative signs included. */
static void weigh_neighbours(int64_t *gain, const struct adjacency *adj, const struct fas_arc *arcs, const uint32_t *position, uint32_t v,
			     int sign)
{
	for (uint32_t i = adj->out_first[v]; i < adj->out_first[v + 1]; i++)
		gain[position[arcs[adj->out_arc[i]].b]] += sign * (int64_t)arcs[adj->out_arc[i]].weight;
	for (uint32_t i = adj->in_first[v]; i < adj->in_first[v + 1]; i++)
		gain[position[arcs[adj->in_arc[i]].a]] -= sign * (int64_t)arcs[adj->in_arc[i]].weight;
}

/* The place where v violates least; the nearest to where it stands on a tie, so that nothing moves without cause. */
static uint32_t best_place(const int64_t *gain, uint32_t here, uint32_t n)
{
	int64_t cost = 0, best = 0;
	uint32_t place = here;

	/* moving left over a vertex that v should precede mends that arc; over one that should precede v breaks it */
	for (uint32_t p = here; p-- > 0;) {
		cost -= gain[p];
		if (cost < best)
			best = cost, place = p;
	}
	cost = 0;
	for (uint32_t p = here + 1; p < n; p++) {
		cost += gain[p];
		if (cost < best)
			best = cost, place = p;
	}
	return place;
}

static void move_to(uint32_t *sequence, uint32_t *position, uint32_t from, uint32_t to)
{
	uint32_t v = sequence[from];

	if (to < from)
		memmove(sequence + to + 1, sequence + to, (from - to) * sizeof *sequence);
	else
		memmove(sequence + from, sequence + from + 1, (to - from) * sizeof *sequence);
	sequence[to] = v;
	for (uint32_t p = to < from ? to : from; p <= (to < from ? from : to); p++)
		position[sequence[p]] = p;
}

static bool sift_pass(uint32_t *sequence, uint32_t *position, uint32_t n, const struct adjacency *adj, const struct fas_arc *arcs,
		      int64_t *gain)
{
	bool moved = false;

	for (uint32_t v = 0; v < n; v++) {
		uint32_t here = position[v], place;

		weigh_neighbours(gain, adj, arcs, position, v, 1);
		place = best_place(gain, here, n);
		weigh_neighbours(gain, adj, arcs, position, v, -1);
		if (place == here)
			continue;
		move_to(sequence, position, here, place);
		moved = true;
	}
	return moved;
}

static bool exchange_pass(uint32_t *sequence, uint32_t *position, uint32_t n, const struct adjacency *adj, const struct fas_arc *arcs)
{
	bool moved = false;

	for (uint32_t p = 0; p + 1 < n; p++) {
		uint32_t v = sequence[p], w = sequence[p + 1];
		int64_t sum = 0; /* weight that wants v before w, less what wants w before v */

		for (uint32_t i = adj->out_first[v]; i < adj->out_first[v + 1]; i++)
			if (arcs[adj->out_arc[i]].b == w)
				sum += arcs[adj->out_arc[i]].weight;
		for (uint32_t i = adj->in_first[v]; i < adj->in_first[v + 1]; i++)
			if (arcs[adj->in_arc[i]].a == w)
				sum -= arcs[adj->in_arc[i]].weight;
		if (sum >= 0)
			continue;
		move_to(sequence, position, p, p + 1);
		moved = true;
	}
	return moved;
}

struct sifter {
	struct adjacency adj;
	const struct fas_arc *arcs;
	size_t n_arcs;
	uint32_t n;
	uint32_t *position;
	int64_t *gain;
};

static void sifter_init(struct sifter *s, uint32_t n, const struct fas_arc *arcs, size_t n_arcs)
{
	*s = (struct sifter){ .arcs = arcs, .n_arcs = n_arcs, .n = n };
	s->position = xcalloc(n, sizeof *s->position);
	s->gain = xcalloc(n, sizeof *s->gain);
	adjacency_init(&s->adj, n, arcs, n_arcs);
}

static void sifter_free(struct sifter *s)
{
	adjacency_free(&s->adj);
	free(s->position);
	free(s->gain);
}

static uint64_t sifter_run(struct sifter *s, uint32_t *sequence, unsigned passes)
{
	for (uint32_t p = 0; p < s->n; p++)
		s->position[sequence[p]] = p;
	for (bool moved = true; moved && passes; passes--)
		moved = s->n <= SIFT_LIMIT ? sift_pass(sequence, s->position, s->n, &s->adj, s->arcs, s->gain) :
					     exchange_pass(sequence, s->position, s->n, &s->adj, s->arcs);
	return violated(s->position, s->arcs, s->n_arcs);
}

uint64_t fas_sift(uint32_t *sequence, uint32_t n, const struct fas_arc *arcs, size_t n_arcs, unsigned passes)
{
	struct sifter s;
	uint64_t left;

	sifter_init(&s, n, arcs, n_arcs);
	left = sifter_run(&s, sequence, passes);
	sifter_free(&s);
	return left;
}

uint64_t fas_search(uint32_t *sequence, uint32_t n, const struct fas_arc *arcs, size_t n_arcs, unsigned rounds)
{
	uint32_t *trial = xcalloc(n, sizeof *trial);
	struct sifter s;
	uint64_t best, number = 0;

	sifter_init(&s, n, arcs, n_arcs);
	best = sifter_run(&s, sequence, SEARCH_PASSES);
	for (unsigned round = 0; round < rounds && n > 2 && n <= SIFT_LIMIT && best; round++) {
		uint64_t left;

		memcpy(trial, sequence, n * sizeof *trial);
		for (uint32_t p = 0; p < n; p++)
			s.position[trial[p]] = p;
		for (uint32_t kick = 0; kick < n / 20 + 1; kick++) {
			uint32_t from = (uint32_t)(hash_mix64(number++) % n), to = (uint32_t)(hash_mix64(number++) % n);

			move_to(trial, s.position, from, to);
		}
		left = sifter_run(&s, trial, SEARCH_PASSES);
		if (left > best)
			continue;
		best = left;
		memcpy(sequence, trial, n * sizeof *trial);
	}
	sifter_free(&s);
	free(trial);
	return best;
}
