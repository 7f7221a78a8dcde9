/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The dependency graph of one repository, and orders of it.
 *
 * Vertices are files, numbered by the byte order of their paths; a link goes from a user to what it needs.  All of this is integer
 * arithmetic over sorted arrays: no time, no hashing order, no chance, so the same graph gives the same order everywhere.
 *
 * The order (deps): strongly connected components by Tarjan (1972) without recursion; the condensation in depth-first post-order, so that
 * every link between components is satisfied; inside a component the weakest class of links is dropped first and the rest
 * condensed again (the rule of mypy's build manager); a uniform rest is put in order by the greedy heuristic of Eades, Lin and
 * Smyth (1993, section 3), then improved by sifting (each vertex moved to its best place) over all links of the component.
 */
#ifndef TAMIS_CODEORDER_GRAPH_H
#define TAMIS_CODEORDER_GRAPH_H

#include "base/vec.h"
#include "codeorder/language.h"

struct code_link {
	uint32_t from;   /* the user */
	uint32_t to;     /* what it needs */
	uint8_t kind;    /* enum code_edge */
	uint8_t weight;  /* code_edge_weight(), lowered for barrels */
	bool accepted;   /* a curator's word: never cut this … */
	bool refused;    /* … or leave it out of the order altogether */
};

/* 8 strong, 4 symbol and structure, 2 late, conditional, type and re-export, 1 pair and test. */
uint8_t code_edge_weight(enum code_edge kind);

struct code_graph {
	uint32_t n;
	VEC(struct code_link) links; /* after code_graph_finish: by (from, to), each pair once, the heaviest kept */
	uint32_t *first;             /* n + 1: links of a vertex */
};

void code_graph_init(struct code_graph *g, uint32_t n);
/* Self-links are ignored. */
void code_graph_add(struct code_graph *g, uint32_t from, uint32_t to, enum code_edge kind, uint8_t weight);
void code_graph_finish(struct code_graph *g);
void code_graph_free(struct code_graph *g);

enum code_order_kind { ORDER_DEPENDENCIES, ORDER_USERS, ORDER_PATH, ORDER_RANDOM, ORDER_DEEPSEEK };
int code_order_kind_from_name(enum code_order_kind *out, struct span name); /* deps users path random deepseek */

struct code_order_options {
	enum code_order_kind kind;
	uint64_t seed;       /* ORDER_RANDOM */
	unsigned kinds_off;  /* bit per enum code_edge: left out */
	bool quick;          /* no search inside components, only sifting: for a screen that recomputes */
};

struct code_order {
	uint32_t n;
	uint32_t *sequence;   /* sequence[position] = file */
	uint32_t *position;   /* position[file] */
	uint32_t *component;  /* strongly connected component of a file, numbered from 0 in order of output */
	uint32_t *group;      /* weakly connected component, numbered by smallest file */
	uint32_t *layer;      /* 0 for files that need nothing; longest path in the condensation */
	uint32_t components, groups;
	uint32_t largest;     /* size of the largest strongly connected component */
	VEC(uint32_t) cuts;   /* indexes of links whose dependency comes after its user, ascending */
	uint64_t links, satisfied;              /* those switched on; dependency before user */
	uint64_t strong, strong_satisfied;      /* of full weight: needed at load time, not by way of a barrel */
	uint64_t outside, outside_satisfied;    /* links between different components */
};

void code_order_make(struct code_order *out, const struct code_graph *g, const struct code_order_options *options);
void code_order_free(struct code_order *o);

/* --- the parts, for tests --- */

/* Strongly connected components of the vertices in `member[0..n_member)` over links with weight > `above` that are not refused and
 * whose kind is on.  `scratch` is sized for the graph.  Components come out dependencies first: ends[c] is where component c ends in
 * `out` (n_member vertices).  Returns how many. */
struct scc_scratch;
struct scc_scratch *scc_scratch_new(uint32_t n);
void scc_scratch_free(struct scc_scratch *s);
uint32_t scc_find(struct scc_scratch *s, const struct code_graph *g, const uint32_t *member, uint32_t n_member, unsigned kinds_off,
		  uint8_t above, uint32_t *out, uint32_t *ends);

/* Small arcs for the feedback heuristics: `a` should stand before `b`; both in [0, n). */
struct fas_arc {
	uint32_t a, b;
	uint32_t weight;
};
/* Eades-Lin-Smyth: fills `sequence` (n places). Ties by number. */
void fas_greedy(uint32_t *sequence, uint32_t n, const struct fas_arc *arcs, size_t n_arcs);
/* Sifting: at most `passes`; for n over 2,000 adjacent exchanges only. Returns the weight of arcs still violated. */
uint64_t fas_sift(uint32_t *sequence, uint32_t n, const struct fas_arc *arcs, size_t n_arcs, unsigned passes);

/* Iterated local search around fas_sift: kicks a twentieth of the vertices elsewhere (by a fixed sequence of numbers), sifts again and keeps
 * what is no worse, `rounds` times; for n up to 2,000, above that it does nothing.  Returns the weight still violated. */
uint64_t fas_search(uint32_t *sequence, uint32_t n, const struct fas_arc *arcs, size_t n_arcs, unsigned rounds);

#endif
