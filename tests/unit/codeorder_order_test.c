/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Orders: components against reachability worked out by brute force, links outside cycles, cuts, windows, samples; the same bytes whatever
 * the order of input. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/json.h"
#include "codeorder/sample.h"

#define N 24u

static void random_graph(struct code_graph *g, uint32_t n, uint32_t links, uint64_t seed)
{
	static const enum code_edge kinds[] = { EDGE_STRONG, EDGE_STRONG, EDGE_LATE, EDGE_SYMBOL };
	uint64_t number = seed << 32;

	code_graph_init(g, n);
	for (uint32_t i = 0; i < links; i++) {
		uint32_t a = (uint32_t)(hash_mix64(number++) % n), b = (uint32_t)(hash_mix64(number++) % n);
		enum code_edge kind = kinds[hash_mix64(number++) % 4];

		code_graph_add(g, a, b, kind, code_edge_weight(kind));
	}
	code_graph_finish(g);
}

/* Floyd and Warshall's closure: the other way to know who reaches whom. */
static void reachable(bool reach[N][N], const struct code_graph *g)
{
	memset(reach, 0, sizeof(bool[N][N]));
	vec_each(&g->links, i)
		reach[g->links.v[i].from][g->links.v[i].to] = true;
	for (uint32_t k = 0; k < N; k++)
		for (uint32_t a = 0; a < N; a++)
			for (uint32_t b = 0; b < N; b++)
				reach[a][b] |= reach[a][k] && reach[k][b];
}

static void components_are_sets_that_reach_each_other(void **state)
{
	bool reach[N][N];

	(void)state;
	for (uint64_t seed = 0; seed < 200; seed++) {
		struct code_order_options options = { 0 };
		struct code_graph g;
		struct code_order o;

		random_graph(&g, N, 10 + (uint32_t)seed % 50, seed);
		reachable(reach, &g);
		code_order_make(&o, &g, &options);
		for (uint32_t a = 0; a < N; a++)
			for (uint32_t b = 0; b < N; b++)
				assert_int_equal(o.component[a] == o.component[b], a == b || (reach[a][b] && reach[b][a]));
		code_order_free(&o);
		code_graph_free(&g);
	}
}

static void satisfies_every_link_between_components_and_lists_the_rest(void **state)
{
	(void)state;
	for (uint64_t seed = 0; seed < 200; seed++) {
		struct code_order_options options = { 0 };
		bool seen[N] = { 0 };
		struct code_graph g;
		struct code_order o;
		size_t cut = 0;

		random_graph(&g, N, 20 + (uint32_t)seed % 80, seed);
		code_order_make(&o, &g, &options);
		for (uint32_t p = 0; p < N; p++) {
			assert_false(seen[o.sequence[p]]);
			seen[o.sequence[p]] = true;
			assert_int_equal(o.position[o.sequence[p]], p);
		}
		assert_int_equal(o.outside, o.outside_satisfied);
		assert_int_equal(o.satisfied + o.cuts.n, o.links);
		vec_each(&g.links, i) {
			bool after = o.position[g.links.v[i].to] > o.position[g.links.v[i].from];

			if (after) {
				assert_int_equal(o.cuts.v[cut++], i);
				assert_int_equal(o.component[g.links.v[i].to], o.component[g.links.v[i].from]);
			} else if (o.component[g.links.v[i].to] != o.component[g.links.v[i].from]) {
				assert_true(o.layer[g.links.v[i].to] < o.layer[g.links.v[i].from]);
			}
		}
		code_order_free(&o);
		code_graph_free(&g);
	}
}

/* The best order of a small component, by trying all of them. */
static uint64_t best_by_force(uint32_t *p, uint32_t k, uint32_t n, const struct fas_arc *arcs, size_t n_arcs)
{
	uint64_t best = UINT64_MAX;

	if (k == n) {
		uint32_t position[8];
		uint64_t sum = 0;

		for (uint32_t i = 0; i < n; i++)
			position[p[i]] = i;
		for (size_t i = 0; i < n_arcs; i++)
			sum += position[arcs[i].a] > position[arcs[i].b] ? arcs[i].weight : 0;
		return sum;
	}
	for (uint32_t i = k; i < n; i++) {
		uint32_t t = p[k];
		uint64_t found;

		p[k] = p[i];
		p[i] = t;
		found = best_by_force(p, k + 1, n, arcs, n_arcs);
		best = found < best ? found : best;
		t = p[k];
		p[k] = p[i];
		p[i] = t;
	}
	return best;
}

static void search_finds_the_best_order_of_small_components(void **state)
{
	uint64_t number = 1, total = 0, best_total = 0;

	(void)state;
	for (int round = 0; round < 60; round++) {
		struct fas_arc arcs[20];
		uint32_t sequence[7], order[7] = { 0, 1, 2, 3, 4, 5, 6 };
		uint64_t left;

		for (size_t i = 0; i < 20; i++) {
			arcs[i].a = (uint32_t)(hash_mix64(number++) % 7);
			arcs[i].b = (uint32_t)((arcs[i].a + 1 + hash_mix64(number++) % 6) % 7);
			arcs[i].weight = 1 + (uint32_t)(hash_mix64(number++) % 8);
		}
		fas_greedy(sequence, 7, arcs, 20);
		left = fas_search(sequence, 7, arcs, 20, 100);
		total += left;
		best_total += best_by_force(order, 0, 7, arcs, 20);
	}
	assert_int_equal(total, best_total);
}

static void orders_the_same_whatever_the_order_of_input(void **state)
{
	struct code_order_options options = { 0 };
	struct code_graph a, b;
	struct code_order oa, ob;

	(void)state;
	random_graph(&a, 300, 900, 5);
	code_graph_init(&b, 300);
	for (size_t i = a.links.n; i-- > 0;)
		code_graph_add(&b, a.links.v[i].from, a.links.v[i].to, (enum code_edge)a.links.v[i].kind, a.links.v[i].weight);
	code_graph_finish(&b);
	code_order_make(&oa, &a, &options);
	code_order_make(&ob, &b, &options);
	assert_memory_equal(oa.sequence, ob.sequence, 300 * sizeof *oa.sequence);
	code_order_free(&oa);
	code_order_free(&ob);
	code_graph_free(&a);
	code_graph_free(&b);
}

static void refused_links_are_left_out_and_accepted_ones_hold(void **state)
{
	struct code_order_options options = { 0 };
	struct code_graph g;
	struct code_order o;

	(void)state;
	code_graph_init(&g, 2);
	code_graph_add(&g, 0, 1, EDGE_STRONG, 8);
	code_graph_add(&g, 1, 0, EDGE_LATE, 2);
	code_graph_finish(&g);
	code_order_make(&o, &g, &options);
	assert_true(o.position[1] < o.position[0]);
	code_order_free(&o);
	g.links.v[1].accepted = true;
	code_order_make(&o, &g, &options);
	assert_true(o.position[0] < o.position[1]);
	code_order_free(&o);
	g.links.v[1].accepted = false;
	g.links.v[1].refused = true;
	code_order_make(&o, &g, &options);
	assert_int_equal(o.components, 2);
	assert_int_equal(o.cuts.n, 0);
	code_order_free(&o);
	code_graph_free(&g);
}

static int load_letters(void *ctx, uint32_t file, struct buf *out, struct error *err)
{
	const struct code_repo *repo = ctx;

	(void)err;
	while (out->len < repo->files.v[file].facts.bytes)
		buf_adds(out, out->len % 35 == 34 ? "\n" : "x");
	return 0;
}

static void small_repo(struct code_repo *repo, const uint64_t *bytes, uint32_t n)
{
	code_repo_init(repo);
	for (uint32_t i = 0; i < n; i++) {
		struct code_facts facts = { .bytes = bytes[i] };
		char name[8] = { (char)('a' + i), '.', 'c', 0 };

		code_repo_add(repo, span_of(name), &facts, span_make("", 0));
	}
	code_repo_finish(repo);
}

static void windows_hold_their_budget_and_count_what_they_cover(void **state)
{
	static const uint64_t bytes[] = { 350, 350, 700, 3500 };
	uint32_t sequence[] = { 0, 1, 2, 3 }, position[] = { 0, 1, 2, 3 };
	struct code_windows w;
	struct code_graph g;
	struct code_repo repo;
	struct error err;

	(void)state;
	small_repo(&repo, bytes, 4);
	code_graph_init(&g, 4);
	code_graph_add(&g, 1, 0, EDGE_STRONG, 8);
	code_graph_add(&g, 2, 0, EDGE_STRONG, 8);
	code_graph_finish(&g);
	/* 100 + 100 tokens, then 200, then 1000 in parts of 250 at most */
	assert_int_equal(code_windows_flat(&w, &repo, &g, sequence, 4, NULL, 250, 3.5, load_letters, &repo, &err), 0);
	assert_int_equal(w.links, 2);
	assert_int_equal(w.covered, 1);
	assert_true(w.n >= 6);
	vec_each(&w.parts, i)
		assert_true(w.parts.v[i].end - w.parts.v[i].begin <= 875);
	for (size_t i = 3; i < w.parts.n; i++) {
		assert_int_equal(w.parts.v[i].begin, w.parts.v[i - 1].file == 3 ? w.parts.v[i - 1].end : 0);
		assert_int_equal(w.parts.v[i].parts, w.parts.n - 2 - (w.parts.v[2].file == 2));
	}
	code_windows_free(&w);
	static const uint32_t group[] = { 0, 0, 1, 2 };
	assert_int_equal(code_windows_flat(&w, &repo, &g, sequence, 4, group, 5000, 3.5, load_letters, &repo, &err), 0);
	assert_int_equal(w.n, 3);
	assert_int_equal(w.parts.v[1].window, 0);
	assert_int_equal(w.parts.v[2].window, 1);
	code_windows_free(&w);
	code_windows_bundles(&w, &repo, &g, sequence, position, 4, 350, 3.5);
	assert_int_equal(w.n, 4);
	assert_int_equal(w.covered, 2);
	assert_true(w.parts.v[1].context && w.parts.v[1].file == 0);
	code_windows_free(&w);
	code_graph_free(&g);
	code_repo_free(&repo);
}

static int load_sentinel(void *ctx, uint32_t file, struct buf *out, struct error *err)
{
	(void)ctx;
	(void)err;
	buf_adds(out, file ? "#!/bin/sh\necho '<|file_sep|>'" : "\xef\xbb\xbfplain\n");
	return 0;
}

static void writes_samples_that_no_file_can_break_out_of(void **state)
{
	static const uint64_t bytes[] = { 9, 29 };
	struct code_writing how = { .format = CODE_QWEN25, .repository = "r" };
	struct json_member members[4];
	struct json_fault fault;
	struct file_list refused = { 0 };
	struct buf out = BUF_INIT;
	struct code_windows w = { .n = 1 };
	struct code_repo repo;
	struct error err;
	size_t n;

	(void)state;
	small_repo(&repo, bytes, 2);
	repo.files.v[1].facts.sentinel = true;
	for (uint32_t i = 0; i < 2; i++)
		vec_push(&w.parts, (struct code_part){ .file = i, .end = bytes[i], .part = 1, .parts = 1 });
	assert_int_equal(code_write_window(&out, &how, &repo, &w, 0, load_sentinel, NULL, &refused, &err), 0);
	assert_string_equal(out.p, "<|repo_name|>r\n<|file_sep|>a.c\nplain\n<|file_sep|>b.c\n#!/bin/sh\necho '< |file_sep|>'\n<|endoftext|>\n");
	buf_clear(&out);
	how.format = CODE_DEEPSEEK;
	assert_int_equal(code_write_window(&out, &how, &repo, &w, 0, load_sentinel, NULL, &refused, &err), 0);
	assert_string_equal(out.p, "#a.c\nplain\n#!/bin/sh\n#b.c\necho '< |file_sep|>'\n");
	buf_clear(&out);
	how.refuse_sentinels = true;
	assert_int_equal(code_write_window(&out, &how, &repo, &w, 0, load_sentinel, NULL, &refused, &err), 0);
	assert_string_equal(out.p, "#a.c\nplain\n");
	assert_int_equal(refused.n, 1);
	buf_clear(&out);
	how.format = CODE_JSONL;
	assert_int_equal(code_write_window(&out, &how, &repo, &w, 0, load_sentinel, NULL, &refused, &err), 0);
	assert_int_equal(json_scan_object(span_trim(buf_span(&out)), members, 4, &n, &fault), 0);
	assert_int_equal(n, 3);
	buf_free(&out);
	vec_free(&refused);
	code_windows_free(&w);
	code_repo_free(&repo);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(components_are_sets_that_reach_each_other),
		cmocka_unit_test(satisfies_every_link_between_components_and_lists_the_rest),
		cmocka_unit_test(search_finds_the_best_order_of_small_components),
		cmocka_unit_test(orders_the_same_whatever_the_order_of_input),
		cmocka_unit_test(refused_links_are_left_out_and_accepted_ones_hold),
		cmocka_unit_test(windows_hold_their_budget_and_count_what_they_cover),
		cmocka_unit_test(writes_samples_that_no_file_can_break_out_of),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
