/* SPDX-License-Identifier: GPL-3.0-or-later */
/* C and its kin: the including file's folder, the include folders, then the nearest path that ends so; and the weak links from users of a
 * header to its implementation. */
#include <jansson.h>
#include <stdlib.h>

#include "codeorder/resolve.h"

struct include_paths {
	VEC(struct span) folders; /* in the repo's arena; order of first mention */
	struct map64 found;           /* folder, name and quotes, hashed -> file + 1; what is ambiguous is not kept */
	struct map64 implementations; /* header -> its implementation */
	struct mapstr macros;         /* #define NAME "path": NAME -> index into macro_paths, + 1; 0 when several disagree */
	VEC(struct span) macro_paths; /* quoted */
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

/* #define CONFIG_H "config.h", which an #include may name; and C++ modules, by name. */
static void note_names(struct resolve *r, struct include_paths *paths, uint32_t f)
{
	const struct code_facts *facts = &resolve_file(r, f)->facts;

	vec_each(&facts->references, i) {
		const struct code_reference *ref = &facts->references.v[i];
		bool made;
		uint64_t *slot;

		if (strcmp(ref->rule->form, "macro") != 0)
			continue;
		slot = mapstr_at(&paths->macros, ref->alias, &made);
		if (made) {
			vec_push(&paths->macro_paths, ref->path);
			*slot = paths->macro_paths.n;
		} else if (*slot && !span_eq(paths->macro_paths.v[*slot - 1], ref->path)) {
			*slot = 0;
		}
	}
	vec_each(&facts->declarations, i)
		if (strcmp(facts->declarations.v[i].rule->form, "module") == 0)
			code_repo_declare(r->repo, facts->declarations.v[i].name, f);
}

static void c_prepare(struct resolve *r)
{
	static const char *const usual[] = { "include", "src", "inc", "lib" };
	struct include_paths *paths = xcalloc(1, sizeof *paths);

	vec_each(&r->repo->files, i)
		if (span_is(path_base(r->repo->files.v[i].path), "compile_commands.json"))
			read_compile_commands(r, paths, &r->repo->files.v[i]);
	vec_each(&r->repo->files, i)
		if (r->repo->files.v[i].facts.language && strcmp(r->repo->files.v[i].facts.language->resolver, "c") == 0)
			note_names(r, paths, (uint32_t)i);
	add_folder(r, paths, span_of(""));
	for (size_t i = 0; i < sizeof usual / sizeof *usual; i++)
		add_folder(r, paths, span_of(usual[i]));
	r->state = paths;
}

static void c_finish(struct resolve *r)
{
	struct include_paths *paths = r->state;

	vec_free(&paths->folders);
	map64_free(&paths->found);
	map64_free(&paths->implementations);
	mapstr_free(&paths->macros);
	vec_free(&paths->macro_paths);
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
	struct include_paths *paths = r->state;
	bool made;
	uint64_t *slot = map64_at(&paths->implementations, header, &made);
	uint32_t implementation = made ? implementation_of(r, header) : (uint32_t)*slot;

	*slot = implementation;
	resolve_link(r, header, ref->edge);
	if (implementation != CODE_NO_FILE && implementation != r->file)
		resolve_link(r, implementation, EDGE_PAIR);
}

/* Where an include leads from this file's folder. */
static uint32_t find_include(struct resolve *r, struct span name, bool quoted, struct file_list *candidates)
{
	const struct include_paths *paths = r->state;
	const struct code_file *file = resolve_file(r, r->file);
	uint32_t to = quoted ? resolve_at(r, path_folder(file->path), name) : CODE_NO_FILE;
	bool external = language_is_external(file->facts.language, name);
	struct span tail = name;

	if (to == CODE_NO_FILE && !quoted && external)
		return to;
	for (size_t i = 0; i < paths->folders.n && to == CODE_NO_FILE; i++)
		to = resolve_at(r, paths->folders.v[i], name);
	while (span_starts(tail, "../"))
		tail = span_make(tail.p + 3, tail.len - 3);
	if (to == CODE_NO_FILE && (quoted || !external))
		to = code_repo_suffix(r->repo, tail, file->path, candidates);
	return to;
}

static void c_reference(struct resolve *r, const struct code_reference *ref);

/* ":part" is a part of the module that the file itself belongs to. */
static const struct file_list *module_files(struct resolve *r, struct span name)
{
	const struct code_facts *facts = &resolve_file(r, r->file)->facts;
	const struct file_list *found = NULL;
	struct buf full = BUF_INIT;

	vec_each(&facts->declarations, i) {
		struct span own = facts->declarations.v[i].name;
		const char *colon = memchr(own.p, ':', own.len);

		if (name.len == 0 || name.p[0] != ':' || full.len || strcmp(facts->declarations.v[i].rule->form, "module") != 0)
			continue;
		buf_add(&full, own.p, colon ? (size_t)(colon - own.p) : own.len);
	}
	buf_addspan(&full, name);
	found = code_repo_declared(r->repo, buf_span(&full));
	buf_free(&full);
	return found;
}

/* import a.b; of C++, @import Kit; of Objective-C (Kit/Kit.h), or an #include of a macro. */
static void by_name(struct resolve *r, const struct code_reference *ref)
{
	const struct include_paths *paths = r->state;
	const uint64_t *macro = mapstr_find(&paths->macros, ref->path);
	const struct file_list *modules = module_files(r, ref->path);
	struct code_reference one = *ref;
	struct buf umbrella = BUF_INIT;

	if (strcmp(ref->rule->form, "module") == 0) {
		for (size_t i = 0; modules && i < modules->n; i++)
			resolve_link(r, modules->v[i], ref->edge);
		if (modules == NULL)
			resolve_miss(r, ref->path, MISS_EXTERNAL, NULL);
	} else if (strcmp(ref->rule->form, "kit") == 0) {
		buf_addf(&umbrella, "<%.*s/%.*s.h>", (int)ref->path.len, ref->path.p, (int)ref->path.len, ref->path.p);
		one.path = buf_span(&umbrella);
		c_reference(r, &one);
	} else if (macro && *macro) {
		one.path = paths->macro_paths.v[*macro - 1];
		c_reference(r, &one);
	} else {
		resolve_miss(r, ref->path, MISS_DYNAMIC, NULL);
	}
	buf_free(&umbrella);
}

static void c_reference(struct resolve *r, const struct code_reference *ref)
{
	struct include_paths *paths = r->state;
	struct span folder = path_folder(resolve_file(r, r->file)->path), name = resolve_unquote(ref->path);
	bool quoted = ref->path.len && ref->path.p[0] == '"';
	struct file_list candidates = { 0 };
	uint64_t key, *known;
	uint32_t to;

	if (ref->path.len == 0 || !strchr("\"<", ref->path.p[0])) {
		by_name(r, ref);
		return;
	}
	if (strcmp(ref->rule->form, "macro") == 0)
		return;
	/* files of one folder include the same headers over and over */
	key = hash64(folder.p, folder.len, hash64(ref->path.p, ref->path.len, 0));
	known = map64_find(&paths->found, key);
	to = known ? (uint32_t)*known - 1 : find_include(r, name, quoted, &candidates);
	if (to != CODE_NO_FILE)
		link_header(r, ref, to);
	else
		resolve_miss(r, name, candidates.n ? MISS_AMBIGUOUS : quoted ? MISS_ABSENT : MISS_EXTERNAL, &candidates);
	if (!known && (to != CODE_NO_FILE || candidates.n == 0))
		*map64_at(&paths->found, key, NULL) = (uint64_t)to + 1;
	vec_free(&candidates);
}

const struct resolver resolver_c = { .name = "c", .prepare = c_prepare, .reference = c_reference, .finish = c_finish };
