/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Go: a package is a folder.  An import links to the files of the package whose exported names are really used; inside a package, files
 * that use each other's top-level names are linked. */
#include <stdlib.h>

#include "codeorder/resolve.h"

struct go_module {
	struct span path;   /* "example.com/m" */
	struct span folder; /* of its go.mod */
};

struct go_modules {
	VEC(struct go_module) list;
	struct map64 names;             /* folder and top-level name, hashed -> index into declarers */
	VEC(struct file_list) declarers;
};

static uint64_t name_key(uint64_t folder, uint64_t name)
{
	return hash_mix64(folder) ^ name;
}

static void read_module(struct go_modules *all, const struct code_file *file)
{
	struct span rest = file->manifest;

	while (rest.len) {
		struct span line = span_trim(span_line(&rest));

		if (!span_starts(line, "module "))
			continue;
		line = span_trim(span_make(line.p + 7, line.len - 7));
		vec_push(&all->list, (struct go_module){ resolve_unquote(line), path_folder(file->path) });
		return;
	}
}

static bool is_go_source(const struct resolve *r, uint32_t f)
{
	const struct code_file *file = resolve_file(r, f);

	return file->facts.language && strcmp(file->facts.language->resolver, "go") == 0 && !span_ends(file->path, "_test.go");
}

/* A name that others can mean: not the package clause, not what every file may have. */
static bool is_common(const struct code_declaration *d)
{
	return strcmp(d->rule->form, "package") == 0 || span_is(d->name, "_") || span_is(d->name, "init") || span_is(d->name, "main");
}

/* Who declares what, by folder: a file then asks for its words instead of trying every name of its package. */
static void index_names(struct resolve *r, struct go_modules *all, uint32_t f)
{
	const struct code_file *file = resolve_file(r, f);
	struct span folder = path_folder(file->path);
	uint64_t folder_hash = hash64(folder.p, folder.len, 0);

	vec_each(&file->facts.declarations, k) {
		struct span name = file->facts.declarations.v[k].name;
		struct file_list *list;
		uint64_t *slot;
		bool made;

		if (is_common(&file->facts.declarations.v[k]))
			continue;
		slot = map64_at(&all->names, name_key(folder_hash, hash64(name.p, name.len, 0)), &made);
		if (made) {
			*slot = all->declarers.n;
			vec_push(&all->declarers, (struct file_list){ 0 });
		}
		list = &all->declarers.v[*slot];
		if (list->n == 0 || list->v[list->n - 1] != f)
			vec_push(list, f);
	}
}

static void go_prepare(struct resolve *r)
{
	struct go_modules *all = xcalloc(1, sizeof *all);

	vec_each(&r->repo->files, i)
		if (span_is(path_base(r->repo->files.v[i].path), "go.mod"))
			read_module(all, &r->repo->files.v[i]);
	vec_each(&r->repo->files, i)
		if (is_go_source(r, (uint32_t)i))
			index_names(r, all, (uint32_t)i);
	r->state = all;
}

static void go_finish(struct resolve *r)
{
	struct go_modules *all = r->state;

	vec_each(&all->declarers, i)
		vec_free(&all->declarers.v[i]);
	vec_free(&all->declarers);
	map64_free(&all->names);
	vec_free(&all->list);
	free(all);
}

/* The folder of import path `name`: below its module, in a vendor folder, or (no go.mod at all, as in the standard library) from the root or
 * src.  NULL when it is not in this repository. */
static const struct file_list *package_files(struct resolve *r, struct span name)
{
	const struct go_modules *all = r->state;
	const struct go_module *best = NULL;
	const struct file_list *files;
	struct buf path = BUF_INIT;

	vec_each(&all->list, i) {
		const struct go_module *m = &all->list.v[i];

		if (name.len >= m->path.len && memcmp(name.p, m->path.p, m->path.len) == 0 &&
		    (name.len == m->path.len || name.p[m->path.len] == '/') && (!best || m->path.len > best->path.len))
			best = m;
	}
	if (best) {
		buf_addspan(&path, best->folder);
		if (name.len > best->path.len && path.len)
			buf_addc(&path, '/');
		if (name.len > best->path.len)
			buf_add(&path, name.p + best->path.len + 1, name.len - best->path.len - 1);
	} else {
		buf_addspan(&path, name);
	}
	files = code_repo_folder(r->repo, buf_span(&path));
	if (!files && !best && all->list.n == 0) {
		buf_clear(&path);
		buf_adds(&path, "src/");
		buf_addspan(&path, name);
		files = code_repo_folder(r->repo, buf_span(&path));
	}
	buf_free(&path);
	return files;
}

/* What the importer calls the package: the alias, else the package clause, else the last part of the path. */
static struct span local_name(struct resolve *r, const struct code_reference *ref, struct span path, const struct file_list *files)
{
	if (ref->alias.len)
		return ref->alias;
	for (size_t i = 0; i < files->n; i++) {
		const struct code_facts *facts = &resolve_file(r, files->v[i])->facts;

		if (!is_go_source(r, files->v[i]))
			continue;
		vec_each(&facts->declarations, k)
			if (strcmp(facts->declarations.v[k].rule->form, "package") == 0)
				return facts->declarations.v[k].name;
	}
	return path_base(path);
}

/* Does the file at hand say package.Name (or Name, for a dot import) for any name that `of` declares? */
static bool uses_any(struct resolve *r, struct span package, const struct code_facts *of)
{
	const struct code_facts *user = &resolve_file(r, r->file)->facts;
	struct buf word = BUF_INIT;
	bool hit = false;

	for (size_t k = 0; k < of->declarations.n && !hit; k++) {
		if (is_common(&of->declarations.v[k]))
			continue;
		buf_clear(&word);
		if (!span_is(package, ".")) {
			buf_addspan(&word, package);
			buf_addc(&word, '.');
		}
		buf_addspan(&word, of->declarations.v[k].name);
		hit = code_uses_word(user, buf_span(&word));
	}
	buf_free(&word);
	return hit;
}

static void go_reference(struct resolve *r, const struct code_reference *ref)
{
	struct span path = resolve_unquote(ref->path), name;
	const struct file_list *files = package_files(r, path);
	uint32_t first = CODE_NO_FILE;
	bool linked = false;

	if (files == NULL) {
		resolve_miss(r, path, MISS_EXTERNAL, NULL);
		return;
	}
	name = local_name(r, ref, path, files);
	for (size_t i = 0; i < files->n; i++) {
		if (!is_go_source(r, files->v[i]) || files->v[i] == r->file)
			continue;
		if (first == CODE_NO_FILE)
			first = files->v[i];
		if (!span_is(name, "_") && uses_any(r, name, &resolve_file(r, files->v[i])->facts)) {
			resolve_link(r, files->v[i], ref->edge);
			linked = true;
		}
	}
	/* imported for its effects, or used in a way no name shows: the package still comes first */
	if (!linked && first != CODE_NO_FILE)
		resolve_link(r, first, ref->edge);
	else if (!linked)
		resolve_miss(r, path, MISS_ABSENT, NULL);
}

static void go_symbols(struct resolve *r)
{
	const struct go_modules *all = r->state;
	const struct code_file *file = resolve_file(r, r->file);
	struct span folder = path_folder(file->path);
	uint64_t folder_hash = hash64(folder.p, folder.len, 0);

	vec_each(&file->facts.words, i) {
		const uint64_t *slot = map64_find(&all->names, name_key(folder_hash, file->facts.words.v[i]));
		const struct file_list *list = slot ? &all->declarers.v[*slot] : NULL;
		bool own = false;

		for (size_t k = 0; list && k < list->n; k++)
			own |= list->v[k] == r->file;
		/* a name that the file declares itself means its own; several programs may share a folder */
		for (size_t k = 0; list && k < list->n && !own; k++)
			resolve_link(r, list->v[k], EDGE_SYMBOL);
	}
}

const struct resolver resolver_go = {
	.name = "go", .prepare = go_prepare, .reference = go_reference, .symbols = go_symbols, .finish = go_finish,
};
