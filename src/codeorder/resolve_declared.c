/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Languages whose imports name declarations, not files: Java, Kotlin, Scala, Groovy, C#, Swift, PHP, Elixir.
 *
 * Every file says its package (or namespace) and the types it declares; an import is looked up as a qualified name, a wildcard or a
 * namespace brings in the files whose types are really used, and types of the same package need no import at all. */
#include <stdlib.h>

#include "codeorder/resolve.h"

struct name_list {
	struct span *v;
	size_t n;
	size_t cap;
};

struct declared {
	struct mapstr packages;       /* package -> index into members */
	VEC(struct name_list) members; /* the qualified names a package declares, each once */
	struct map64 simple;           /* package and simple name, hashed -> number among the members */
	struct map64 imported;         /* of the file at hand: hash of a simple name or alias -> number in imports, + 1 */
	struct name_list imports;      /* the qualified names they stand for */
	struct name_list everywhere;   /* C#'s global using: namespaces that every file sees */
};

static uint64_t simple_key(uint64_t package, uint64_t name)
{
	return hash_mix64(package) ^ name;
}

static bool form_is(const struct code_rule *rule, const char *form)
{
	return strcmp(rule->form, form) == 0;
}

/* PHP writes A\B, Elixir A.B, Scala a.b; inside the index all are dotted. */
static void dotted(struct buf *out, struct span name)
{
	buf_clear(out);
	for (size_t i = 0; i < name.len; i++) {
		if (name.p[i] == '\\' || name.p[i] == '/' || name.p[i] == '.') {
			if (out->len && i + 1 < name.len)
				buf_addc(out, '.');
		} else if (name.p[i] != ' ' && name.p[i] != '\n' && name.p[i] != '\t') {
			buf_addc(out, name.p[i]);
		}
	}
}

static void package_of(struct buf *out, const struct code_facts *facts)
{
	buf_clear(out);
	vec_each(&facts->declarations, i) {
		if (!form_is(facts->declarations.v[i].rule, "package"))
			continue;
		dotted(out, facts->declarations.v[i].name);
		return;
	}
}

static struct span last_part(struct span name)
{
	const char *dot = name.len ? memrchr(name.p, '.', name.len) : NULL;

	return dot ? span_make(dot + 1, (size_t)(name.p + name.len - dot) - 1) : name;
}

static struct name_list *members_of(struct declared *d, struct span package)
{
	bool made;
	uint64_t *slot = mapstr_at(&d->packages, package, &made);

	if (made) {
		*slot = d->members.n;
		vec_push(&d->members, (struct name_list){ 0 });
	}
	return &d->members.v[*slot];
}

static void declare_name(struct resolve *r, struct declared *d, struct span package, struct span name, uint32_t file)
{
	struct name_list *members = members_of(d, package);

	if (code_repo_declared(r->repo, name) == NULL) {
		struct span kept = arena_span(&r->repo->arena, name), simple = last_part(kept);
		uint64_t number = (uint64_t)(members - d->members.v);

		*map64_at(&d->simple, simple_key(number, hash64(simple.p, simple.len, 0)), NULL) = members->n;
		vec_push(members, kept);
	}
	code_repo_declare(r->repo, name, file);
}

static void declare_file(struct resolve *r, uint32_t f, struct declared *d)
{
	const struct code_facts *facts = &resolve_file(r, f)->facts;
	struct buf package = BUF_INIT, name = BUF_INIT;

	package_of(&package, facts);
	members_of(d, buf_span(&package));
	vec_each(&facts->declarations, i) {
		const struct code_declaration *decl = &facts->declarations.v[i];

		if (form_is(decl->rule, "package")) {
			/* a later namespace of the same file holds for what follows it */
			dotted(&package, decl->name);
			members_of(d, buf_span(&package));
			continue;
		}
		buf_clear(&name);
		if (package.len && !form_is(decl->rule, "module"))
			buf_addf(&name, "%s.", package.p);
		buf_addspan(&name, decl->name);
		declare_name(r, d, buf_span(&package), buf_span(&name), f);
	}
	buf_free(&package);
	buf_free(&name);
}

static int by_line(const void *a, const void *b)
{
	const struct code_declaration *x = a, *y = b;
	int x_package = form_is(x->rule, "package"), y_package = form_is(y->rule, "package");

	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	return y_package - x_package;
}

static void declared_prepare(struct resolve *r)
{
	struct declared *d = xcalloc(1, sizeof *d);

	vec_each(&r->repo->files, f) {
		struct code_facts *facts = &r->repo->files.v[f].facts;

		if (facts->language == NULL || strcmp(facts->language->resolver, "declared") != 0)
			continue;
		/* rules ran one after another; namespaces and types must interleave as in the file */
		if (facts->declarations.n)
			qsort(facts->declarations.v, facts->declarations.n, sizeof *facts->declarations.v, by_line);
		declare_file(r, (uint32_t)f, d);
		vec_each(&facts->references, i)
			if (form_is(facts->references.v[i].rule, "global"))
				vec_push(&d->everywhere, facts->references.v[i].path);
	}
	r->state = d;
}

static void declared_finish(struct resolve *r)
{
	struct declared *d = r->state;

	vec_each(&d->members, i)
		vec_free(&d->members.v[i]);
	vec_free(&d->members);
	mapstr_free(&d->packages);
	map64_free(&d->simple);
	map64_free(&d->imported);
	vec_free(&d->imports);
	vec_free(&d->everywhere);
	free(d);
}

static bool same_family(const struct code_file *a, const struct code_file *b)
{
	static const char *const jvm[] = { "java", "kotlin", "scala", "groovy" };
	bool in_a = false, in_b = false;

	if (a->facts.language == b->facts.language)
		return true;
	for (size_t i = 0; i < sizeof jvm / sizeof *jvm; i++) {
		in_a |= strcmp(a->facts.language->name, jvm[i]) == 0;
		in_b |= strcmp(b->facts.language->name, jvm[i]) == 0;
	}
	return in_a && in_b;
}

/* Links to the files that declare `name`; with several (partial classes, one file a platform) to each, nearest folder first being no
 * better guess.  False when none of this family does. */
static bool link_declared(struct resolve *r, struct span name, enum code_edge kind)
{
	const struct file_list *list = code_repo_declared(r->repo, name);
	const struct code_file *user = resolve_file(r, r->file);
	bool linked = false, self = false;

	for (size_t i = 0; list && i < list->n; i++)
		self |= list->v[i] == r->file;
	for (size_t i = 0; list && i < list->n; i++) {
		if (self || !same_family(user, resolve_file(r, list->v[i])))
			continue;
		resolve_link(r, list->v[i], kind);
		linked = true;
	}
	return linked || self;
}

/* What an import names shadows a type of the same simple name, in the package or behind a wildcard. */
static void note_import(struct resolve *r, struct span name, struct span alias)
{
	struct declared *d = r->state;
	struct span simple = alias.len ? alias : last_part(name);

	vec_push(&d->imports, arena_span(&r->out->arena, name));
	*map64_at(&d->imported, hash64(simple.p, simple.len, 0), NULL) = d->imports.n;
}

/* Every type of `package` that the file at hand uses by its simple name; a type of its own package, if that is another, hides one behind a
 * wildcard. */
static void link_used_types(struct resolve *r, struct span package, const uint64_t *own, enum code_edge kind)
{
	const struct code_file *user = resolve_file(r, r->file);
	const struct declared *d = r->state;
	const uint64_t *slot = mapstr_find(&d->packages, package);

	for (size_t i = 0; slot && i < user->facts.words.n; i++) {
		uint64_t word = user->facts.words.v[i];
		const uint64_t *member = map64_find(&d->simple, simple_key(*slot, word));

		if (member && own && own != slot && map64_find(&d->simple, simple_key(*own, word)))
			continue;
		if (member && !map64_find(&d->imported, word))
			link_declared(r, d->members.v[*slot].v[*member], kind);
	}
}

/* A qualified name: the declaration itself, or that of its longest prefix (nested types, static members). */
static bool link_qualified(struct resolve *r, struct span name, enum code_edge kind)
{
	while (name.len) {
		if (link_declared(r, name, kind))
			return true;
		name.len -= last_part(name).len;
		if (name.len)
			name.len--;
	}
	return false;
}

static const uint64_t *own_package(struct resolve *r, struct buf *name)
{
	const struct declared *d = r->state;

	package_of(name, &resolve_file(r, r->file)->facts);
	return mapstr_find(&d->packages, buf_span(name));
}

/* A name of several parts in the middle of code: its first part may be an import's alias; a language that writes names with '\\' looks in the
 * file's namespace when the name does not begin with one.  It may be anything, so it is no import that failed. */
static void qualified(struct resolve *r, const struct code_reference *ref, struct span name)
{
	const struct declared *d = r->state;
	const char *dot = name.len ? memchr(name.p, '.', name.len) : NULL;
	struct span first = { name.p, dot ? (size_t)(dot - name.p) : name.len };
	bool spaced = memchr(ref->path.p, '\\', ref->path.len), rooted = spaced && ref->path.p[0] == '\\';
	const uint64_t *import = rooted ? NULL : map64_find(&d->imported, hash64(first.p, first.len, 0));
	struct buf full = BUF_INIT;

	if (import)
		buf_addspan(&full, d->imports.v[*import - 1]);
	else if (spaced && !rooted)
		own_package(r, &full);
	if (!import && full.len)
		buf_addc(&full, '.');
	buf_add(&full, name.p + (import ? first.len : 0), name.len - (import ? first.len : 0));
	if (spaced)
		link_declared(r, buf_span(&full), ref->edge);
	else
		link_qualified(r, buf_span(&full), ref->edge);
	buf_free(&full);
}

static void one_import(struct resolve *r, const struct code_reference *ref, struct span name, struct span alias)
{
	const struct declared *d = r->state;
	bool wildcard = span_ends(name, ".*") || span_ends(name, "._") || form_is(ref->rule, "namespace");

	if (span_ends(name, ".*") || span_ends(name, "._"))
		name.len -= 2;
	if (wildcard && mapstr_find(&d->packages, name)) {
		struct buf package = BUF_INIT;

		link_used_types(r, name, own_package(r, &package), ref->edge);
		buf_free(&package);
		return;
	}
	if (!wildcard)
		note_import(r, name, alias);
	if (!link_qualified(r, name, ref->edge))
		resolve_miss(r, name, MISS_EXTERNAL, NULL);
}

/* PHP's include: a path beside the file, or the end of one. */
static void include_file(struct resolve *r, const struct code_reference *ref)
{
	struct span path = resolve_unquote(ref->path), tail = path;
	uint32_t to = resolve_at(r, path_folder(resolve_file(r, r->file)->path), path);

	while (tail.len && (tail.p[0] == '/' || tail.p[0] == '.'))
		tail = span_make(tail.p + 1, tail.len - 1);
	if (to == CODE_NO_FILE && tail.len)
		to = code_repo_suffix(r->repo, tail, resolve_file(r, r->file)->path, NULL);
	if (to != CODE_NO_FILE)
		resolve_link(r, to, ref->edge);
	else
		resolve_miss(r, path, MISS_DYNAMIC, NULL);
}

/* The last word between a name of a list and the next one: "Two as Zwei" -> Zwei. */
static struct span alias_between(struct span name, struct span rest)
{
	struct span between = span_trim(span_make(name.p + name.len, (size_t)(rest.p - name.p) - name.len));
	size_t n = 0;

	while (n < between.len && !strchr(" \t\n,{}>", between.p[between.len - 1 - n]))
		n++;
	return span_make(between.p + between.len - n, n);
}

static void declared_reference(struct resolve *r, const struct code_reference *ref)
{
	struct span names = ref->names, name;
	struct buf base = BUF_INIT, full = BUF_INIT, part = BUF_INIT;

	dotted(&base, resolve_unquote(ref->path));
	if (form_is(ref->rule, "global"))
		; /* for every file: declared_symbols */
	else if (form_is(ref->rule, "file"))
		include_file(r, ref);
	else if (form_is(ref->rule, "qualified"))
		qualified(r, ref, buf_span(&base));
	else if (names.len == 0)
		one_import(r, ref, buf_span(&base), ref->alias);
	while (names.len && resolve_next_name(&names, &name)) {
		buf_clear(&full);
		dotted(&part, name);
		if (base.len)
			buf_addf(&full, "%s.", base.p);
		buf_addspan(&full, buf_span(&part));
		one_import(r, ref, buf_span(&full), alias_between(name, names));
	}
	buf_free(&base);
	buf_free(&full);
	buf_free(&part);
}

/* Types of the same package, and for languages with nested namespaces of the enclosing ones, need no import. */
static void declared_symbols(struct resolve *r)
{
	const struct code_file *file = resolve_file(r, r->file);
	struct declared *d = r->state;
	struct buf package = BUF_INIT;

	if (file->facts.words.n) {
		package_of(&package, &file->facts);
		link_used_types(r, buf_span(&package), NULL, EDGE_SYMBOL);
		vec_each(&d->everywhere, i)
			link_used_types(r, d->everywhere.v[i], mapstr_find(&d->packages, buf_span(&package)), EDGE_SYMBOL);
	}
	buf_free(&package);
	map64_free(&d->imported);
	vec_clear(&d->imports);
}

const struct resolver resolver_declared = {
	.name = "declared", .prepare = declared_prepare, .reference = declared_reference, .symbols = declared_symbols,
	.finish = declared_finish,
};
