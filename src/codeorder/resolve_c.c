/* SPDX-License-Identifier: GPL-3.0-or-later */
/* C and its kin: the including file's folder, the include folders, then the nearest path that ends so; and the weak links from users of a
 * header to its implementation. */
#include <jansson.h>
#include <stdlib.h>

#include "codeorder/resolve.h"

struct include_paths {
	VEC(struct span) folders; /* in the repo's arena; order of first mention */
};

static void add_folder(struct resolve *r, struct include_paths *paths, struct span folder)
{
	vec_each(&paths->folders, i)
		if (span_eq(paths->folders.v[i], folder))
			return;
	vec_push(&paths->folders, arena_span(&r->repo->arena, folder));
}

/* -I and -iquote of one command, kept when they lie in the repository (they are relative to `directory`). */
static void read_command(struct resolve *r, struct include_paths *paths, struct span base, struct span command)
{
	struct buf folder = BUF_INIT;

	for (size_t i = 0; i + 2 < command.len; i++) {
		struct span rest = { command.p + i + 2, command.len - i - 2 }, dir;
		size_t n = 0;

		if (command.p[i] != '-' || command.p[i + 1] != 'I' || (i && command.p[i - 1] != ' '))
			continue;
		rest = span_trim(rest);
		while (n < rest.len && rest.p[n] != ' ' && rest.p[n] != '"')
			n++;
		dir = span_make(rest.p, n);
		if (dir.len && dir.p[0] != '/' && path_join(&folder, base, dir))
			add_folder(r, paths, buf_span(&folder));
	}
	buf_free(&folder);
}

static void read_compile_commands(struct resolve *r, struct include_paths *paths, const struct code_file *file)
{
	json_t *root = json_loadb(file->manifest.p, file->manifest.len, 0, NULL), *entry;
	size_t i;

	json_array_foreach(root, i, entry) {
		const char *command = json_string_value(json_object_get(entry, "command"));
		json_t *arguments = json_object_get(entry, "arguments"), *word;
		struct buf all = BUF_INIT;
		size_t k;

		if (command)
			buf_adds(&all, command);
		json_array_foreach(arguments, k, word) {
			buf_addc(&all, ' ');
			buf_adds(&all, json_string_value(word) ? json_string_value(word) : "");
		}
		read_command(r, paths, path_folder(file->path), buf_span(&all));
		buf_free(&all);
	}
	json_decref(root);
}

static void c_prepare(struct resolve *r)
{
	static const char *const usual[] = { "include", "src", "inc", "lib" };
	struct include_paths *paths = xcalloc(1, sizeof *paths);

	vec_each(&r->repo->files, i)
		if (span_is(path_base(r->repo->files.v[i].path), "compile_commands.json"))
			read_compile_commands(r, paths, &r->repo->files.v[i]);
	add_folder(r, paths, span_of(""));
	for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
		add_folder(r, paths, span_of(usual[i]));
	r->state = paths;
}

static void c_finish(struct resolve *r)
{
	struct include_paths *paths = r->state;

	vec_free(&paths->folders);
	free(paths);
}

/* x.c beside x.h, or src/x.c beside include/x.h when that is the only one. */
static uint32_t implementation_of(struct resolve *r, uint32_t header)
{
	static const char *const endings[] = { "c", "cc", "cpp", "cxx", "m", "mm", "cu" };
	struct span path = resolve_file(r, header)->path, stem = path_stem(path), ext = path_extension(path);
	struct buf name = BUF_INIT;
	uint32_t to = CODE_NO_FILE;

	if (!ext.len || ext.p[0] != 'h')
		return CODE_NO_FILE;
	for (size_t i = 0; i < sizeof endings / sizeof *endings && to == CODE_NO_FILE; i++) {
		buf_clear(&name);
		buf_addspan(&name, stem);
		buf_addf(&name, ".%s", endings[i]);
		to = resolve_at(r, path_folder(path), buf_span(&name));
		if (to == CODE_NO_FILE)
			to = code_repo_suffix(r->repo, buf_span(&name), path, NULL);
	}
	buf_free(&name);
	return to;
}

static void link_header(struct resolve *r, const struct code_reference *ref, uint32_t header)
{
	uint32_t implementation = implementation_of(r, header);

	resolve_link(r, header, ref->edge);
	if (implementation != CODE_NO_FILE && implementation != r->file)
		resolve_link(r, implementation, EDGE_PAIR);
}

static void c_reference(struct resolve *r, const struct code_reference *ref)
{
	const struct include_paths *paths = r->state;
	const struct code_file *file = resolve_file(r, r->file);
	bool quoted = ref->path.len && ref->path.p[0] == '"';
	struct span name = resolve_unquote(ref->path), tail = name;
	struct file_list candidates = { 0 };
	uint32_t to = CODE_NO_FILE;

	if (ref->path.len == 0 || !strchr("\"<", ref->path.p[0])) {
		resolve_miss(r, ref->path, MISS_DYNAMIC, NULL);
		return;
	}
	if (quoted)
		to = resolve_at(r, path_folder(file->path), name);
	if (to == CODE_NO_FILE && !quoted && language_is_external(file->facts.language, name)) {
		resolve_miss(r, name, MISS_EXTERNAL, NULL);
		return;
	}
	for (size_t i = 0; i < paths->folders.n && to == CODE_NO_FILE; i++)
		to = resolve_at(r, paths->folders.v[i], name);
	while (span_starts(tail, "../"))
		tail = span_make(tail.p + 3, tail.len - 3);
	if (to == CODE_NO_FILE && (quoted || !language_is_external(file->facts.language, name)))
		to = code_repo_suffix(r->repo, tail, file->path, &candidates);
	if (to != CODE_NO_FILE)
		link_header(r, ref, to);
	else
		resolve_miss(r, name, candidates.n ? MISS_AMBIGUOUS : quoted ? MISS_ABSENT : MISS_EXTERNAL, &candidates);
	vec_free(&candidates);
}

const struct resolver resolver_c = { .name = "c", .prepare = c_prepare, .reference = c_reference, .finish = c_finish };
