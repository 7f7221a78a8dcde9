/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The files of a repository and how to find them by path, suffix, folder and declared name. */
#include "codeorder/repo.h"

#include <stdlib.h>

struct span path_folder(struct span path)
{
	const char *slash = path.len ? memrchr(path.p, '/', path.len) : NULL;

	return slash ? span_make(path.p, (size_t)(slash - path.p)) : span_make(path.p, 0);
}

struct span path_base(struct span path)
{
	size_t folder = path_folder(path).len;

	return folder || (path.len && path.p[0] == '/') ? span_make(path.p + folder + 1, path.len - folder - 1) : path;
}

struct span path_stem(struct span path)
{
	struct span base = path_base(path);
	const char *dot = base.len ? memrchr(base.p, '.', base.len) : NULL;

	return dot && dot != base.p ? span_make(base.p, (size_t)(dot - base.p)) : base;
}

struct span path_extension(struct span path)
{
	struct span base = path_base(path), stem = path_stem(path);

	return stem.len < base.len ? span_make(base.p + stem.len + 1, base.len - stem.len - 1) : span_make("", 0);
}

bool path_join(struct buf *out, struct span folder, struct span relative)
{
	struct span rest = relative;

	buf_clear(out);
	buf_addspan(out, folder);
	while (rest.len) {
		const char *slash = memchr(rest.p, '/', rest.len);
		struct span part = { rest.p, slash ? (size_t)(slash - rest.p) : rest.len };

		rest.p += slash ? part.len + 1 : part.len;
		rest.len -= slash ? part.len + 1 : part.len;
		if (part.len == 0 || span_is(part, "."))
			continue;
		if (span_is(part, "..")) {
			if (out->len == 0)
				return false;
			buf_truncate(out, path_folder(buf_span(out)).len);
			continue;
		}
		if (out->len)
			buf_addc(out, '/');
		buf_addspan(out, part);
	}
	return true;
}

void code_repo_init(struct code_repo *r)
{
	*r = (struct code_repo){ 0 };
}

void code_repo_free(struct code_repo *r)
{
	vec_each(&r->files, i)
		code_facts_free(&r->files.v[i].facts);
	vec_free(&r->files);
	vec_each(&r->lists, i)
		vec_free(&r->lists.v[i]);
	vec_free(&r->lists);
	mapstr_free(&r->by_path);
	mapstr_free(&r->by_base);
	mapstr_free(&r->by_declaration);
	mapstr_free(&r->by_folder);
	arena_free(&r->arena);
}

void code_repo_add(struct code_repo *r, struct span path, struct code_facts *facts, struct span content)
{
	struct code_file file = { .path = arena_span(&r->arena, path), .facts = *facts };

	if (facts->role == CODE_MANIFEST)
		file.manifest = arena_span(&r->arena, content);
	*facts = (struct code_facts){ 0 };
	vec_push(&r->files, file);
}

static int by_path_bytes(const void *a, const void *b)
{
	return span_cmp(((const struct code_file *)a)->path, ((const struct code_file *)b)->path);
}

static void list_add(struct code_repo *r, struct mapstr *map, struct span key, uint32_t file)
{
	bool made;
	uint64_t *slot = mapstr_at(map, key, &made);
	struct file_list *list;

	if (made) {
		*slot = r->lists.n;
		vec_push(&r->lists, (struct file_list){ 0 });
	}
	list = &r->lists.v[*slot];
	if (list->n == 0 || list->v[list->n - 1] != file)
		vec_push(list, file);
}

static const struct file_list *list_of(const struct code_repo *r, const struct mapstr *map, struct span key)
{
	const uint64_t *slot = mapstr_find(map, key);

	return slot ? &r->lists.v[*slot] : NULL;
}

void code_repo_finish(struct code_repo *r)
{
	if (r->files.n)
		qsort(r->files.v, r->files.n, sizeof *r->files.v, by_path_bytes);
	vec_each(&r->files, i) {
		const struct code_file *file = &r->files.v[i];

		if (!code_role_in_graph(file->facts.role))
			continue;
		*mapstr_at(&r->by_path, file->path, NULL) = i;
		list_add(r, &r->by_base, path_base(file->path), (uint32_t)i);
		list_add(r, &r->by_folder, path_folder(file->path), (uint32_t)i);
	}
}

uint32_t code_repo_find(const struct code_repo *r, struct span path)
{
	const uint64_t *file = mapstr_find(&r->by_path, path);

	return file ? (uint32_t)*file : CODE_NO_FILE;
}

const struct file_list *code_repo_folder(const struct code_repo *r, struct span folder)
{
	return list_of(r, &r->by_folder, folder);
}

const struct file_list *code_repo_declared(const struct code_repo *r, struct span name)
{
	return list_of(r, &r->by_declaration, name);
}

void code_repo_declare(struct code_repo *r, struct span name, uint32_t file)
{
	list_add(r, &r->by_declaration, name, file);
}

static bool ends_at_border(struct span path, struct span suffix)
{
	if (suffix.len > path.len || memcmp(path.p + path.len - suffix.len, suffix.p, suffix.len) != 0)
		return false;
	return suffix.len == path.len || path.p[path.len - suffix.len - 1] == '/';
}

/* Whole folders that two paths share from the root. */
static size_t shared_folders(struct span a, struct span b)
{
	size_t n = 0;

	for (size_t i = 0; i < a.len && i < b.len && a.p[i] == b.p[i]; i++)
		n += a.p[i] == '/';
	return n;
}

uint32_t code_repo_suffix(const struct code_repo *r, struct span suffix, struct span from, struct file_list *candidates)
{
	const struct file_list *list = list_of(r, &r->by_base, path_base(suffix));
	uint32_t best = CODE_NO_FILE;
	size_t nearest = 0, ties = 0;

	for (size_t i = 0; list && i < list->n; i++) {
		struct span path = r->files.v[list->v[i]].path;
		size_t shared = shared_folders(path, from);

		if (!ends_at_border(path, suffix))
			continue;
		if (candidates)
			vec_push(candidates, list->v[i]);
		if (best == CODE_NO_FILE || shared > nearest) {
			best = list->v[i];
			nearest = shared;
			ties = 0;
		} else if (shared == nearest) {
			ties++;
		}
	}
	return ties ? CODE_NO_FILE : best;
}
