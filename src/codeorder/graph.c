/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Links in sorted arrays, and Tarjan's strongly connected components on an explicit stack. */
#include "codeorder/graph.h"

#include <stdlib.h>

uint8_t code_edge_weight(enum code_edge kind)
{
	static const uint8_t weight[EDGE_KINDS] = {
		[EDGE_STRONG] = 8, [EDGE_LATE] = 2, [EDGE_CONDITIONAL] = 2, [EDGE_TYPE] = 2, [EDGE_REEXPORT] = 2,
		[EDGE_SYMBOL] = 4, [EDGE_PAIR] = 1, [EDGE_TEST] = 1,        [EDGE_STRUCTURE] = 4,
	};

	return kind < EDGE_KINDS ? weight[kind] : 0;
}

void code_graph_init(struct code_graph *g, uint32_t n)
{
	*g = (struct code_graph){ .n = n };
}

void code_graph_add(struct code_graph *g, uint32_t from, uint32_t to, enum code_edge kind, uint8_t weight)
{
	if (from != to)
		vec_push(&g->links, (struct code_link){ .from = from, .to = to, .kind = (uint8_t)kind, .weight = weight });
}

static int by_ends(const void *a, const void *b)
{
	const struct code_link *x = a, *y = b;

	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	if (x->to != y->to)
		return x->to < y->to ? -1 : 1;
	if (x->weight != y->weight)
		return x->weight > y->weight ? -1 : 1;
	return (int)x->kind - (int)y->kind;
}

void code_graph_finish(struct code_graph *g)
{
	size_t kept = 0;

	if (g->links.n)
		qsort(g->links.v, g->links.n, sizeof *g->links.v, by_ends);
	for (size_t i = 0; i < g->links.n; i++)
		if (!kept || g->links.v[i].from != g->links.v[kept - 1].from || g->links.v[i].to != g->links.v[kept - 1].to)
			g->links.v[kept++] = g->links.v[i];
	g->links.n = kept;
	free(g->first);
	g->first = xcalloc((size_t)g->n + 1, sizeof *g->first);
	for (size_t i = 0; i < kept; i++)
		g->first[g->links.v[i].from + 1]++;
	for (uint32_t v = 0; v < g->n; v++)
		g->first[v + 1] += g->first[v];
}

void code_graph_free(struct code_graph *g)
{
	vec_free(&g->links);
	free(g->first);
	*g = (struct code_graph){ 0 };
}

/* Tarjan's state. `index` is 0 for unvisited; vertices outside the member set are OUTSIDE and are never entered. */
struct scc_scratch {
	uint32_t *index, *low, *stack, *next_link;
	uint32_t *path;
	uint8_t *on_stack, *member;
};

struct scc_scratch *scc_scratch_new(uint32_t n)
{
	struct scc_scratch *s = xmalloc(sizeof *s);

	s->index = xcalloc(n, sizeof *s->index);
	s->low = xcalloc(n, sizeof *s->low);
	s->stack = xcalloc(n, sizeof *s->stack);
	s->path = xcalloc(n, sizeof *s->path);
	s->next_link = xcalloc(n, sizeof *s->next_link);
	s->on_stack = xcalloc(n, 1);
	s->member = xcalloc(n, 1);
	return s;
}

void scc_scratch_free(struct scc_scratch *s)
{
	free(s->index);
	free(s->low);
	free(s->stack);
	free(s->path);
	free(s->next_link);
	free(s->on_stack);
	free(s->member);
	free(s);
}

static bool link_counts(const struct code_link *l, unsigned kinds_off, uint8_t above)
{
	return l->weight > above && !l->refused && !(kinds_off >> l->kind & 1);
}

struct tarjan {
	struct scc_scratch *s;
	const struct code_graph *g;
	unsigned kinds_off;
	uint8_t above;
	uint32_t counter, stacked, depth;
	uint32_t *out, *ends;
	uint32_t n_out, n_components;
};

static void enter(struct tarjan *t, uint32_t v)
{
	struct scc_scratch *s = t->s;

	s->index[v] = s->low[v] = ++t->counter;
	s->stack[t->stacked++] = v;
	s->on_stack[v] = 1;
	s->next_link[v] = t->g->first[v];
	s->path[t->depth++] = v;
}

static int ascending(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

static void leave(struct tarjan *t, uint32_t v)
{
	struct scc_scratch *s = t->s;
	uint32_t begin = t->n_out, w;

	t->depth--;
	if (t->depth && s->low[v] < s->low[s->path[t->depth - 1]])
		s->low[s->path[t->depth - 1]] = s->low[v];
	if (s->low[v] != s->index[v])
		return;
	do {
		w = s->stack[--t->stacked];
		s->on_stack[w] = 0;
		t->out[t->n_out++] = w;
	} while (w != v);
	qsort(t->out + begin, t->n_out - begin, sizeof *t->out, ascending);
	t->ends[t->n_components++] = t->n_out;
}

static void visit(struct tarjan *t, uint32_t root)
{
	struct scc_scratch *s = t->s;

	enter(t, root);
	while (t->depth) {
		uint32_t v = s->path[t->depth - 1];
		bool entered = false;

		while (s->next_link[v] < t->g->first[v + 1] && !entered) {
			const struct code_link *l = &t->g->links.v[s->next_link[v]++];

			if (!s->member[l->to] || !link_counts(l, t->kinds_off, t->above))
				continue;
			if (!s->index[l->to]) {
				enter(t, l->to);
				entered = true;
			} else if (s->on_stack[l->to] && s->index[l->to] < s->low[v]) {
				s->low[v] = s->index[l->to];
			}
		}
		if (!entered)
			leave(t, v);
	}
}

uint32_t scc_find(struct scc_scratch *s, const struct code_graph *g, const uint32_t *member, uint32_t n_member, unsigned kinds_off,
		  uint8_t above, uint32_t *out, uint32_t *ends)
{
	struct tarjan t = { .s = s, .g = g, .kinds_off = kinds_off, .above = above, .out = out, .ends = ends };

	for (uint32_t i = 0; i < n_member; i++)
		s->member[member[i]] = 1;
	for (uint32_t i = 0; i < n_member; i++)
		if (!s->index[member[i]])
			visit(&t, member[i]);
	for (uint32_t i = 0; i < n_member; i++)
		s->member[member[i]] = 0, s->index[member[i]] = 0;
	return t.n_components;
}
