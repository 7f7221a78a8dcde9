/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs the resolvers over a repository, and what they share. */
#include "codeorder/resolve.h"

#include <stdlib.h>

static const struct resolver *const resolvers[] = {
	&resolver_path, &resolver_python, &resolver_c, &resolver_javascript, &resolver_declared, &resolver_go, &resolver_rust,
	&resolver_ruby,
};
#define N_RESOLVERS (sizeof resolvers / sizeof *resolvers)

const char *code_miss_name(enum code_miss why)
{
	static const char *const names[] = { "external", "ambiguous", "dynamic", "absent" };

	return names[why];
}

/* Barrels only hand on: a link to one is worth a quarter. */
static bool is_barrel(const struct code_file *file)
{
	struct span stem = path_stem(file->path);

	if (!span_is(stem, "__init__") && !span_is(stem, "index") && !span_is(stem, "mod"))
		return false;
	vec_each(&file->facts.references, i)
		if (file->facts.references.v[i].edge == EDGE_REEXPORT || span_is(stem, "__init__"))
			return true;
	return false;
}

void resolve_link(struct resolve *r, uint32_t to, enum code_edge kind)
{
	const struct code_file *user = resolve_file(r, r->file), *used = resolve_file(r, to);
	uint8_t weight;

	if (user->facts.role == CODE_TEST && used->facts.role != CODE_TEST)
		kind = kind == EDGE_SYMBOL || kind == EDGE_PAIR ? EDGE_TEST : kind;
	weight = code_edge_weight(kind);
	if (is_barrel(used))
		weight = weight >= 4 ? weight / 4 : 1;
	code_graph_add(&r->out->graph, r->file, to, kind, weight);
}

void resolve_miss(struct resolve *r, struct span name, enum code_miss why, const struct file_list *candidates)
{
	struct code_unresolved miss = {
		.file = r->file,
		.line = r->reference ? r->reference->line : 0,
		.why = why,
		.name = arena_span(&r->out->arena, name),
	};

	for (size_t i = 0; candidates && i < candidates->n; i++)
		vec_push(&miss.candidates, candidates->v[i]);
	vec_push(&r->out->unresolved, miss);
}

uint32_t resolve_at(struct resolve *r, struct span folder, struct span relative)
{
	if (!path_join(&r->scratch, folder, relative))
		return CODE_NO_FILE;
	return code_repo_find(r->repo, buf_span(&r->scratch));
}

struct span resolve_unquote(struct span text)
{
	text = span_trim(text);
	if (text.len >= 2 && strchr("\"'`<", text.p[0]))
		return span_make(text.p + 1, text.len - 2);
	return text;
}

static bool is_separator(char c)
{
	return c == ',' || c == '(' || c == ')' || c == '{' || c == '}' || c == '\\' || c == ' ' || (c >= '\t' && c <= '\r');
}

static struct span next_word(struct span *list)
{
	struct span w;

	while (list->len && is_separator(list->p[0])) {
		list->p++;
		list->len--;
	}
	w = span_make(list->p, 0);
	while (list->len && !is_separator(list->p[0])) {
		list->p++;
		list->len--;
		w.len++;
	}
	return w;
}

bool resolve_next_name(struct span *list, struct span *name)
{
	struct span ahead, next;

	do {
		*name = next_word(list);
	} while (span_is(*name, "as") || span_is(*name, "=>"));
	if (name->len == 0)
		return false;
	ahead = *list;
	next = next_word(&ahead);
	if (span_is(next, "as") || span_is(next, "=>")) {
		next_word(&ahead);
		*list = ahead;
	}
	return true;
}

static const struct resolver *resolver_of(const struct code_file *file)
{
	if (file->facts.language == NULL || !code_role_in_graph(file->facts.role))
		return NULL;
	for (size_t i = 0; i < N_RESOLVERS; i++)
		if (strcmp(resolvers[i]->name, file->facts.language->resolver) == 0)
			return resolvers[i];
	return NULL;
}

static bool by_alias(struct resolve *r, const struct code_reference *ref)
{
	for (size_t i = 0; i < r->n_aliases; i++) {
		uint32_t to;

		if (!span_eq(resolve_unquote(ref->path), r->aliases[i].name))
			continue;
		to = code_repo_find(r->repo, r->aliases[i].path);
		if (to == CODE_NO_FILE)
			continue;
		resolve_link(r, to, ref->edge);
		return true;
	}
	return false;
}

static void run_resolver(struct resolve *r, const struct resolver *resolver)
{
	bool prepared = false;

	vec_each(&r->repo->files, f) {
		struct code_facts *facts = &r->repo->files.v[f].facts;

		if (resolver_of(&r->repo->files.v[f]) != resolver)
			continue;
		if (!prepared && resolver->prepare)
			resolver->prepare(r);
		prepared = true;
		r->file = (uint32_t)f;
		vec_each(&facts->references, i) {
			r->reference = &facts->references.v[i];
			if (!by_alias(r, r->reference))
				resolver->reference(r, r->reference);
		}
		r->reference = NULL;
		if (resolver->symbols)
			resolver->symbols(r);
	}
	if (prepared && resolver->finish)
		resolver->finish(r);
	r->state = NULL;
}

/* What a curator can mend comes first; names of other libraries last. */
static int by_place(const void *a, const void *b)
{
	static const int rank[] = { [MISS_AMBIGUOUS] = 0, [MISS_ABSENT] = 1, [MISS_DYNAMIC] = 2, [MISS_EXTERNAL] = 3 };
	const struct code_unresolved *x = a, *y = b;

	if (x->why != y->why)
		return rank[x->why] - rank[y->why];
	if (x->file != y->file)
		return x->file < y->file ? -1 : 1;
	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	return span_cmp(x->name, y->name);
}

void code_resolve(struct code_resolution *out, struct code_repo *repo, const struct code_alias *aliases, size_t n_aliases)
{
	struct resolve r = { .repo = repo, .out = out, .aliases = aliases, .n_aliases = n_aliases, .scratch = BUF_INIT };

	*out = (struct code_resolution){ 0 };
	/* what an earlier resolution of the same repo declared is declared again */
	mapstr_free(&repo->by_declaration);
	code_graph_init(&out->graph, (uint32_t)repo->files.n);
	for (size_t i = 0; i < N_RESOLVERS; i++)
		run_resolver(&r, resolvers[i]);
	code_graph_finish(&out->graph);
	if (out->unresolved.n)
		qsort(out->unresolved.v, out->unresolved.n, sizeof *out->unresolved.v, by_place);
	buf_free(&r.scratch);
}

void code_resolution_free(struct code_resolution *res)
{
	code_graph_free(&res->graph);
	vec_each(&res->unresolved, i)
		vec_free(&res->unresolved.v[i].candidates);
	vec_free(&res->unresolved);
	arena_free(&res->arena);
}
