/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Orders of a dependency graph: dependencies first, and the ones it is compared with. */
#include <stdlib.h>

#include "base/hash.h"
#include "codeorder/graph.h"

/* Bounds the search: a round costs about n * n steps a pass, and this many steps take a fifth of a second. */
#define SEARCH_WORK 8000000u

struct ordering {
	const struct code_graph *g;
	const struct code_order_options *options;
	struct scc_scratch *scratch;
	uint32_t *local;      /* file -> number inside the component at hand */
	uint32_t *sequence;
	uint32_t n_placed;
};

static bool link_on(const struct ordering *o, const struct code_link *l)
{
	return !l->refused && !(o->options->kinds_off >> l->kind & 1);
}

/* What an unsatisfied link costs inside a component.  Every link counts for something whatever its class (a reader meets it all the same), a
 * strong one for twice a weak one; one that the curator accepted outweighs the rest. */
static uint32_t arc_weight(const struct code_link *l)
{
	return l->accepted ? 1u << 16 : 8u + l->weight;
}

struct arcs {
	struct fas_arc *v;
	size_t n;
	size_t cap;
};

/* Links inside member[0..n) as arcs from dependency to user; `local` must number the members and be UINT32_MAX elsewhere. */
static void collect_arcs(struct arcs *arcs, const struct ordering *o, const uint32_t *member, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++) {
		for (uint32_t k = o->g->first[member[i]]; k < o->g->first[member[i] + 1]; k++) {
			const struct code_link *l = &o->g->links.v[k];

			if (link_on(o, l) && o->local[l->to] != UINT32_MAX)
				vec_push(arcs, (struct fas_arc){ o->local[l->to], i, arc_weight(l) });
		}
	}
}

static void number_members(struct ordering *o, const uint32_t *member, uint32_t n, bool on)
{
	for (uint32_t i = 0; i < n; i++)
		o->local[member[i]] = on ? i : UINT32_MAX;
}

/* The weakest and the strongest class of links inside the component; false when all are of one class. */
static bool weakest_class(const struct ordering *o, const uint32_t *member, uint32_t n, uint8_t above, uint8_t *weakest)
{
	uint8_t low = UINT8_MAX, high = 0;

	for (uint32_t i = 0; i < n; i++) {
		for (uint32_t k = o->g->first[member[i]]; k < o->g->first[member[i] + 1]; k++) {
			const struct code_link *l = &o->g->links.v[k];

			if (!link_on(o, l) || l->weight <= above || o->local[l->to] == UINT32_MAX)
				continue;
			low = l->weight < low ? l->weight : low;
			high = l->weight > high ? l->weight : high;
		}
	}
	*weakest = low;
	return low < high;
}

/* Places member[0..n), one component over links of weight > above, by dropping its weakest class and condensing the rest. Recursion is
 * as deep as there are classes of weight. */
static void place_component(struct ordering *o, uint32_t *member, uint32_t n, uint8_t above)
{
	uint32_t *inner, *ends, n_inner, begin = 0;
	struct arcs arcs = { 0 };
	uint8_t weakest;
	bool mixed;

	number_members(o, member, n, true);
	mixed = weakest_class(o, member, n, above, &weakest);
	if (!mixed) {
		uint32_t *places = xcalloc(n, sizeof *places);

		collect_arcs(&arcs, o, member, n);
		fas_greedy(places, n, arcs.v, arcs.n);
		for (uint32_t i = 0; i < n; i++)
			o->sequence[o->n_placed++] = member[places[i]];
		number_members(o, member, n, false);
		free(places);
		vec_free(&arcs);
		return;
	}
	number_members(o, member, n, false);
	inner = xcalloc(n, sizeof *inner);
	ends = xcalloc(n, sizeof *ends);
	n_inner = scc_find(o->scratch, o->g, member, n, o->options->kinds_off, weakest, inner, ends);
	for (uint32_t c = 0; c < n_inner; begin = ends[c++]) {
		if (ends[c] - begin == 1)
			o->sequence[o->n_placed++] = inner[begin];
		else
			place_component(o, inner + begin, ends[c] - begin, weakest);
	}
	free(inner);
	free(ends);
}

/* The whole component again, over all its links: what dropping a class left to chance is mended here.  Sifting finds a local optimum, so it is
 * begun from two places, the order by classes and the greedy one, and the better end is kept. */
static void improve_component(struct ordering *o, uint32_t begin)
{
	uint32_t n = o->n_placed - begin;
	uint32_t *member = o->sequence + begin, *by_class = xcalloc(n, sizeof *by_class);
	uint32_t *greedy = xcalloc(n, sizeof *greedy), *copy = xcalloc(n, sizeof *copy);
	const uint32_t *best = by_class;
	uint64_t square = o->options->quick ? UINT64_MAX : (uint64_t)n * n;
	unsigned rounds = (unsigned)(SEARCH_WORK / square > 200 ? 200 : SEARCH_WORK / square);
	struct arcs arcs = { 0 };

	number_members(o, member, n, true);
	collect_arcs(&arcs, o, member, n);
	for (uint32_t i = 0; i < n; i++) {
		by_class[i] = i;
		copy[i] = member[i];
	}
	fas_greedy(greedy, n, arcs.v, arcs.n);
	if (fas_search(greedy, n, arcs.v, arcs.n, rounds) < fas_search(by_class, n, arcs.v, arcs.n, rounds))
		best = greedy;
	number_members(o, copy, n, false);
	for (uint32_t i = 0; i < n; i++)
		member[i] = copy[best[i]];
	free(by_class);
	free(greedy);
	free(copy);
	vec_free(&arcs);
}

static void order_dependencies(struct ordering *o, struct code_order *out)
{
	uint32_t n = o->g->n, begin = 0;
	uint32_t *all = xcalloc(n, sizeof *all), *member = xcalloc(n, sizeof *member), *ends = xcalloc(n, sizeof *ends);

	for (uint32_t v = 0; v < n; v++)
		all[v] = v;
	out->components = scc_find(o->scratch, o->g, all, n, o->options->kinds_off, 0, member, ends);
	for (uint32_t c = 0; c < out->components; begin = ends[c++]) {
		uint32_t size = ends[c] - begin, placed = o->n_placed;

		for (uint32_t i = begin; i < ends[c]; i++)
			out->component[member[i]] = c;
		if (size > out->largest)
			out->largest = size;
		if (size == 1) {
			o->sequence[o->n_placed++] = member[begin];
			continue;
		}
		place_component(o, member + begin, size, 0);
		improve_component(o, placed);
	}
	free(all);
	free(member);
	free(ends);
}

static uint32_t find_root(uint32_t *parent, uint32_t v)
{
	while (parent[v] != v) {
		parent[v] = parent[parent[v]];
		v = parent[v];
	}
	return v;
}

static void find_groups(struct code_order *out, const struct ordering *o)
{
	uint32_t *parent = xcalloc(out->n, sizeof *parent);

	for (uint32_t v = 0; v < out->n; v++)
		parent[v] = v;
	vec_each(&o->g->links, i) {
		const struct code_link *l = &o->g->links.v[i];
		uint32_t a, b;

		if (!link_on(o, l))
			continue;
		a = find_root(parent, l->from);
		b = find_root(parent, l->to);
		if (a != b)
			parent[a > b ? a : b] = a > b ? b : a;
	}
	/* the root is the smallest file of its group, so numbering in order of files numbers by smallest file */
	for (uint32_t v = 0; v < out->n; v++) {
		uint32_t root = find_root(parent, v);

		out->group[v] = root == v ? out->groups++ : out->group[root];
	}
	free(parent);
}

/* Components come dependencies first, so one pass over files in component order is enough. */
static void find_layers(struct code_order *out, const struct ordering *o)
{
	uint32_t *layer = xcalloc(out->components, sizeof *layer);
	uint32_t *by_component = xcalloc(out->n, sizeof *by_component), *start = xcalloc((size_t)out->components + 1, sizeof *start);

	for (uint32_t v = 0; v < out->n; v++)
		start[out->component[v] + 1]++;
	for (uint32_t c = 0; c < out->components; c++)
		start[c + 1] += start[c];
	for (uint32_t v = 0; v < out->n; v++)
		by_component[start[out->component[v]]++] = v;
	for (uint32_t i = 0; i < out->n; i++) {
		uint32_t v = by_component[i], c = out->component[v];

		for (uint32_t k = o->g->first[v]; k < o->g->first[v + 1]; k++) {
			const struct code_link *l = &o->g->links.v[k];
			uint32_t d = out->component[l->to];

			if (link_on(o, l) && d != c && layer[d] + 1 > layer[c])
				layer[c] = layer[d] + 1;
		}
	}
	for (uint32_t v = 0; v < out->n; v++)
		out->layer[v] = layer[out->component[v]];
	free(layer);
	free(by_component);
	free(start);
}

/* Groups one after another, by smallest file; stable inside. */
static void gather_groups(struct code_order *out)
{
	uint32_t *start = xcalloc((size_t)out->groups + 1, sizeof *start), *old = xcalloc(out->n, sizeof *old);

	for (uint32_t v = 0; v < out->n; v++)
		start[out->group[v] + 1]++;
	for (uint32_t c = 0; c < out->groups; c++)
		start[c + 1] += start[c];
	for (uint32_t p = 0; p < out->n; p++)
		old[p] = out->sequence[p];
	for (uint32_t p = 0; p < out->n; p++)
		out->sequence[start[out->group[old[p]]]++] = old[p];
	free(start);
	free(old);
}

static void reverse(uint32_t *v, uint32_t n)
{
	for (uint32_t i = 0; i < n / 2; i++) {
		uint32_t t = v[i];

		v[i] = v[n - 1 - i];
		v[n - 1 - i] = t;
	}
}

struct shuffled {
	uint64_t key;
	uint32_t file;
};

static int by_key(const void *a, const void *b)
{
	const struct shuffled *x = a, *y = b;

	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return x->file < y->file ? -1 : x->file > y->file;
}

static void order_random(uint32_t *sequence, uint32_t n, uint64_t seed)
{
	struct shuffled *s = xcalloc(n, sizeof *s);

	for (uint32_t v = 0; v < n; v++)
		s[v] = (struct shuffled){ hash_mix64(hash_mix64(seed) ^ v), v };
	if (n)
		qsort(s, n, sizeof *s, by_key);
	for (uint32_t p = 0; p < n; p++)
		sequence[p] = s[p].file;
	free(s);
}

/* DeepSeek-Coder (2024), Algorithm 1: repeatedly the file with the fewest dependencies not yet placed, here with ties by path (theirs are random).
 * Buckets of files by count; a file moves down one bucket each time something it needs is placed. */
static void order_deepseek(uint32_t *sequence, const struct ordering *o)
{
	const struct code_graph *g = o->g;
	uint32_t *missing = xcalloc(g->n, sizeof *missing), *user_first = xcalloc((size_t)g->n + 1, sizeof *user_first);
	uint32_t *user = xcalloc(g->links.n, sizeof *user), *fill;
	uint8_t *placed = xcalloc(g->n, 1);

	vec_each(&g->links, i)
		if (link_on(o, &g->links.v[i])) {
			missing[g->links.v[i].from]++;
			user_first[g->links.v[i].to + 1]++;
		}
	for (uint32_t v = 0; v < g->n; v++)
		user_first[v + 1] += user_first[v];
	fill = xcalloc(g->n, sizeof *fill);
	vec_each(&g->links, i)
		if (link_on(o, &g->links.v[i])) {
			uint32_t to = g->links.v[i].to;

			user[user_first[to] + fill[to]++] = g->links.v[i].from;
		}
	for (uint32_t p = 0; p < g->n; p++) {
		uint32_t best = UINT32_MAX;

		for (uint32_t v = 0; v < g->n; v++)
			if (!placed[v] && (best == UINT32_MAX || missing[v] < missing[best]))
				best = v;
		placed[best] = 1;
		sequence[p] = best;
		for (uint32_t i = user_first[best]; i < user_first[best + 1]; i++)
			missing[user[i]]--;
	}
	free(missing);
	free(user_first);
	free(user);
	free(fill);
	free(placed);
}

static void count_links(struct code_order *out, const struct ordering *o)
{
	vec_each(&o->g->links, i) {
		const struct code_link *l = &o->g->links.v[i];
		bool before = out->position[l->to] < out->position[l->from];
		bool outside = out->component[l->to] != out->component[l->from];

		if (!link_on(o, l))
			continue;
		out->links++;
		out->satisfied += before;
		out->strong += l->weight >= 8;
		out->strong_satisfied += l->weight >= 8 && before;
		out->outside += outside;
		out->outside_satisfied += outside && before;
		if (!before)
			vec_push(&out->cuts, (uint32_t)i);
	}
}

void code_order_make(struct code_order *out, const struct code_graph *g, const struct code_order_options *options)
{
	struct ordering o = { .g = g, .options = options };

	*out = (struct code_order){ .n = g->n };
	out->sequence = xcalloc(g->n, sizeof *out->sequence);
	out->position = xcalloc(g->n, sizeof *out->position);
	out->component = xcalloc(g->n, sizeof *out->component);
	out->group = xcalloc(g->n, sizeof *out->group);
	out->layer = xcalloc(g->n, sizeof *out->layer);
	o.scratch = scc_scratch_new(g->n);
	o.local = xmalloc((size_t)g->n * sizeof *o.local);
	memset(o.local, 0xff, (size_t)g->n * sizeof *o.local);
	o.sequence = out->sequence;
	order_dependencies(&o, out);
	find_groups(out, &o);
	find_layers(out, &o);
	if (options->kind == ORDER_DEEPSEEK)
		order_deepseek(out->sequence, &o);
	else if (options->kind == ORDER_RANDOM)
		order_random(out->sequence, g->n, options->seed);
	else if (options->kind == ORDER_USERS)
		reverse(out->sequence, g->n);
	if (options->kind == ORDER_PATH)
		for (uint32_t v = 0; v < g->n; v++)
			out->sequence[v] = v;
	else if (options->kind != ORDER_RANDOM)
		gather_groups(out);
	for (uint32_t p = 0; p < g->n; p++)
		out->position[out->sequence[p]] = p;
	count_links(out, &o);
	scc_scratch_free(o.scratch);
	free(o.local);
}

void code_order_free(struct code_order *o)
{
	free(o->sequence);
	free(o->position);
	free(o->component);
	free(o->group);
	free(o->layer);
	vec_free(&o->cuts);
	*o = (struct code_order){ 0 };
}

int code_order_kind_from_name(enum code_order_kind *out, struct span name)
{
	static const char *const names[] = { "deps", "users", "path", "random", "deepseek" };

	for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
		if (!span_is(name, names[i]))
			continue;
		*out = (enum code_order_kind)i;
		return 0;
	}
	return TAMIS_EUSAGE;
}
