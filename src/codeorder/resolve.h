/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From names to files: each reference of each file becomes links of the graph, or an entry of what could not be resolved and why.
 * A resolver is a function and a row of a table; languages name theirs in their data file.
 */
#ifndef TAMIS_CODEORDER_RESOLVE_H
#define TAMIS_CODEORDER_RESOLVE_H

#include "codeorder/repo.h"

enum code_miss { MISS_EXTERNAL, MISS_AMBIGUOUS, MISS_DYNAMIC, MISS_ABSENT };
const char *code_miss_name(enum code_miss why); /* "external" … */

struct code_unresolved {
	uint32_t file;
	uint32_t line;
	enum code_miss why;
	struct span name;            /* as written */
	struct file_list candidates; /* for MISS_AMBIGUOUS */
};

/* A rule of the curator: in this repository, `name` means `path` (a file, or a folder that stands for a prefix). */
struct code_alias {
	struct span name;
	struct span path;
};

struct code_resolution {
	struct code_graph graph;
	VEC(struct code_unresolved) unresolved; /* ambiguous, absent, dynamic, external; then by file and line */
	struct arena arena;
};

void code_resolve(struct code_resolution *out, struct code_repo *repo, const struct code_alias *aliases, size_t n_aliases);
void code_resolution_free(struct code_resolution *res);

/* --- for resolvers --- */

struct resolve {
	struct code_repo *repo;
	struct code_resolution *out;
	const struct code_alias *aliases;
	size_t n_aliases;
	uint32_t file;                       /* whose references are at hand */
	const struct code_reference *reference;
	struct buf scratch;
	void *state;                         /* a resolver's own, made by its prepare */
};

struct resolver {
	const char *name;
	/* Once before the first file of this resolver: index declarations, read manifests.  May be NULL. */
	void (*prepare)(struct resolve *r);
	/* One reference of r->file. */
	void (*reference)(struct resolve *r, const struct code_reference *ref);
	/* Once a file, after its references: symbol links. May be NULL. */
	void (*symbols)(struct resolve *r);
	void (*finish)(struct resolve *r);   /* frees the state; may be NULL */
};

extern const struct resolver resolver_path, resolver_python, resolver_c, resolver_javascript, resolver_declared, resolver_go,
	resolver_rust, resolver_ruby;

static inline const struct code_file *resolve_file(const struct resolve *r, uint32_t i)
{
	return &r->repo->files.v[i];
}

/* Links r->file to `to` with the kind of the reference at hand, or with `kind`. */
void resolve_link(struct resolve *r, uint32_t to, enum code_edge kind);
void resolve_miss(struct resolve *r, struct span name, enum code_miss why, const struct file_list *candidates);
/* The file at folder/relative, or CODE_NO_FILE. */
uint32_t resolve_at(struct resolve *r, struct span folder, struct span relative);
/* Cuts the next item off a list of names separated by commas or white space: "a.b as c" gives name a.b; braces, brackets and "as x",
 * "=> x" are left out.  False at the end. */
bool resolve_next_name(struct span *list, struct span *name);
/* The bytes between quotes, when `text` is quoted; else `text`. */
struct span resolve_unquote(struct span text);

#endif
