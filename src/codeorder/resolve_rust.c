/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rust: `mod x;` finds the child's file, `use` paths walk the module tree from the crate's root, the module itself or its parents, and the
 * crates of one workspace see each other by name. */
#include <stdlib.h>

#include "codeorder/resolve.h"

struct crate {
	struct span name;   /* with '-' as '_' */
	struct span source; /* folder of lib.rs or main.rs */
	struct span folder; /* of its Cargo.toml */
};

struct crates {
	VEC(struct crate) list;
};

static struct span cargo_name(struct resolve *r, struct span toml)
{
	bool in_package = false;

	while (toml.len) {
		struct span line = span_trim(span_line(&toml)), key = line;
		const char *equals = line.len ? memchr(line.p, '=', line.len) : NULL;
		struct buf name = BUF_INIT;
		struct span kept;

		if (line.len && line.p[0] == '[')
			in_package = span_is(line, "[package]");
		if (!in_package || equals == NULL)
			continue;
		key.len = (size_t)(equals - line.p);
		if (!span_is(span_trim(key), "name"))
			continue;
		buf_addspan(&name, resolve_unquote(span_make(equals + 1, line.len - key.len - 1)));
		for (size_t i = 0; i < name.len; i++)
			if (name.p[i] == '-')
				name.p[i] = '_';
		kept = arena_span(&r->repo->arena, buf_span(&name));
		buf_free(&name);
		return kept;
	}
	return span_make("", 0);
}

static void rust_prepare(struct resolve *r)
{
	struct crates *all = xcalloc(1, sizeof *all);
	struct buf source = BUF_INIT;

	vec_each(&r->repo->files, i) {
		const struct code_file *file = &r->repo->files.v[i];
		struct span folder = path_folder(file->path);

		if (!span_is(path_base(file->path), "Cargo.toml"))
			continue;
		path_join(&source, folder, span_of("src"));
		vec_push(&all->list, (struct crate){ cargo_name(r, file->manifest),
						     arena_span(&r->repo->arena, buf_span(&source)), folder });
	}
	buf_free(&source);
	r->state = all;
}

static void rust_finish(struct resolve *r)
{
	struct crates *all = r->state;

	vec_free(&all->list);
	free(all);
}

/* Where children of the file's module live: its own folder for mod.rs and crate roots, folder/stem otherwise. */
static void module_folder(struct buf *out, struct span path)
{
	struct span stem = path_stem(path), folder = path_folder(path);

	buf_clear(out);
	buf_addspan(out, folder);
	if (span_is(stem, "mod") || span_is(stem, "lib") || span_is(stem, "main") || span_is(stem, "build"))
		return;
	if (folder.len)
		buf_addc(out, '/');
	buf_addspan(out, stem);
}

static uint32_t child_of(struct resolve *r, struct span folder, struct span name)
{
	struct buf path = BUF_INIT;
	uint32_t to;

	buf_addspan(&path, name);
	buf_adds(&path, ".rs");
	to = resolve_at(r, folder, buf_span(&path));
	if (to == CODE_NO_FILE) {
		buf_truncate(&path, name.len);
		buf_adds(&path, "/mod.rs");
		to = resolve_at(r, folder, buf_span(&path));
	}
	buf_free(&path);
	return to;
}

/* mod a { mod b { mod c; } } looks in a/b */
static void add_modules(struct buf *folder, struct span names)
{
	for (size_t i = 0; i < names.len; i++) {
		if ((i == 0 && folder->len) || names.p[i] == ':')
			buf_addc(folder, '/');
		if (names.p[i] == ':')
			i++;
		else
			buf_addc(folder, names.p[i]);
	}
}

static void child_module(struct resolve *r, const struct code_reference *ref)
{
	struct span own = resolve_file(r, r->file)->path;
	struct buf folder = BUF_INIT;
	uint32_t to;

	if (ref->alias.len && ref->names.len == 0) { /* #[path = "…"] */
		to = resolve_at(r, path_folder(own), resolve_unquote(ref->alias));
	} else {
		module_folder(&folder, own);
		add_modules(&folder, ref->names);
		to = ref->alias.len ? resolve_at(r, buf_span(&folder), resolve_unquote(ref->alias)) :
				      child_of(r, buf_span(&folder), ref->path);
		/* integration tests, examples and other crate roots have their children beside them */
		if (to == CODE_NO_FILE) {
			buf_clear(&folder);
			buf_addspan(&folder, path_folder(own));
			add_modules(&folder, ref->names);
			to = child_of(r, buf_span(&folder), ref->path);
		}
	}
	if (to != CODE_NO_FILE)
		resolve_link(r, to, ref->edge);
	else
		resolve_miss(r, ref->path, MISS_ABSENT, NULL);
	buf_free(&folder);
}

static const struct crate *crate_of(struct resolve *r, struct span path)
{
	const struct crates *all = r->state;
	const struct crate *best = NULL;

	vec_each(&all->list, i) {
		const struct crate *c = &all->list.v[i];
		bool inside = c->folder.len == 0 || (path.len > c->folder.len && memcmp(path.p, c->folder.p, c->folder.len) == 0 &&
						     path.p[c->folder.len] == '/');

		if (inside && (!best || c->folder.len > best->folder.len))
			best = c;
	}
	return best;
}

static uint32_t crate_root(struct resolve *r, struct span source)
{
	uint32_t to = resolve_at(r, source, span_of("lib.rs"));

	return to != CODE_NO_FILE ? to : resolve_at(r, source, span_of("main.rs"));
}

static struct span first_part(struct span path)
{
	const char *colon = path.len ? memmem(path.p, path.len, "::", 2) : NULL;

	return colon ? span_make(path.p, (size_t)(colon - path.p)) : path;
}

static struct span without_first(struct span path)
{
	size_t n = first_part(path).len;

	return n + 2 <= path.len ? span_make(path.p + n + 2, path.len - n - 2) : span_make("", 0);
}

/* Follows a::b::C down from `folder`: the deepest part that is a file. */
static uint32_t walk_down(struct resolve *r, struct span folder, struct span path, uint32_t start)
{
	struct buf at = BUF_INIT;
	uint32_t best = start;

	buf_addspan(&at, folder);
	while (path.len) {
		struct span part = first_part(path);
		uint32_t to = child_of(r, buf_span(&at), part);

		if (to == CODE_NO_FILE)
			break;
		best = to;
		if (at.len)
			buf_addc(&at, '/');
		buf_addspan(&at, part);
		path = without_first(path);
	}
	buf_free(&at);
	return best;
}

/* self:: and super:: (several): the folder of that module, and its own file. */
static bool from_module(struct resolve *r, struct span *path, struct buf *folder, uint32_t *start)
{
	struct span own = resolve_file(r, r->file)->path;

	module_folder(folder, own);
	*start = r->file;
	if (span_is(first_part(*path), "self")) {
		*path = without_first(*path);
		return true;
	}
	if (!span_is(first_part(*path), "super"))
		return false;
	while (span_is(first_part(*path), "super")) {
		if (folder->len == 0)
			return false;
		buf_truncate(folder, path_folder(buf_span(folder)).len);
		*path = without_first(*path);
	}
	/* the parent's file: folder/mod.rs, folder.rs or the crate's root */
	*start = resolve_at(r, buf_span(folder), span_of("mod.rs"));
	if (*start == CODE_NO_FILE && folder->len)
		*start = child_of(r, path_folder(buf_span(folder)), path_base(buf_span(folder)));
	if (*start == CODE_NO_FILE)
		*start = crate_root(r, buf_span(folder));
	return true;
}

static void use_one(struct resolve *r, const struct code_reference *ref, struct span path)
{
	const struct crates *all = r->state;
	struct span own = resolve_file(r, r->file)->path, first = first_part(path), whole = path;
	const struct crate *crate = crate_of(r, own);
	struct buf folder = BUF_INIT;
	uint32_t to = CODE_NO_FILE, start;

	if (span_is(first, "crate")) {
		struct span source = crate ? crate->source : span_of("src");

		to = walk_down(r, source, without_first(path), crate_root(r, source));
	} else if (from_module(r, &path, &folder, &start)) {
		to = walk_down(r, buf_span(&folder), path, start);
	} else {
		for (size_t i = 0; i < all->list.n && to == CODE_NO_FILE; i++)
			if (span_eq(all->list.v[i].name, first))
				to = walk_down(r, all->list.v[i].source, without_first(path),
					       crate_root(r, all->list.v[i].source));
		if (to == CODE_NO_FILE) { /* 2015 paths and children named without self:: */
			module_folder(&folder, own);
			to = walk_down(r, buf_span(&folder), path, CODE_NO_FILE);
		}
	}
	if (to != CODE_NO_FILE && to != r->file)
		resolve_link(r, to, ref->edge);
	else if (to == CODE_NO_FILE)
		resolve_miss(r, whole, MISS_EXTERNAL, NULL);
	buf_free(&folder);
}

/* Expands a::{b, c::{d, e}, self} into its paths. `prefix` keeps what stands before the brace. */
static void use_tree(struct resolve *r, const struct code_reference *ref, struct buf *prefix, struct span *rest, int depth)
{
	size_t base = prefix->len;

	while (rest->len && depth < 32) {
		char c = rest->p[0];

		rest->p++;
		rest->len--;
		if (c == '{') {
			use_tree(r, ref, prefix, rest, depth + 1);
			buf_truncate(prefix, base);
			continue;
		}
		if (c == ',' || c == '}' || c == ';') {
			struct span path = span_trim(span_make(prefix->p, prefix->len));
			const char *as = path.len ? memmem(path.p, path.len, " as ", 4) : NULL;

			if (as)
				path.len = (size_t)(as - path.p);
			while (path.len && strchr(":* ", path.p[path.len - 1]))
				path.len--;
			if (span_ends(path, "::self"))
				path.len -= 6;
			if (prefix->len > base || depth == 0)
				use_one(r, ref, path);
			buf_truncate(prefix, base);
			if (c != ',')
				return;
			continue;
		}
		if (c != ' ' && c != '\n' && c != '\t' && c != '\r')
			buf_addc(prefix, c);
		else if (prefix->len > base && prefix->p[prefix->len - 1] != ' ')
			buf_addc(prefix, ' ');
	}
	if (depth == 0 && prefix->len)
		use_one(r, ref, span_trim(buf_span(prefix)));
}

static void rust_reference(struct resolve *r, const struct code_reference *ref)
{
	struct buf prefix = BUF_INIT;
	struct span rest = ref->path;

	if (strcmp(ref->rule->form, "mod") == 0) {
		child_module(r, ref);
	} else if (strcmp(ref->rule->form, "include") == 0) {
		uint32_t to = resolve_at(r, path_folder(resolve_file(r, r->file)->path), resolve_unquote(ref->path));

		if (to != CODE_NO_FILE)
			resolve_link(r, to, ref->edge);
		else
			resolve_miss(r, ref->path, MISS_ABSENT, NULL);
	} else {
		if (span_starts(rest, "::"))
			rest = span_make(rest.p + 2, rest.len - 2);
		use_tree(r, ref, &prefix, &rest, 0);
	}
	buf_free(&prefix);
}

const struct resolver resolver_rust = {
	.name = "rust", .prepare = rust_prepare, .reference = rust_reference, .finish = rust_finish,
};
