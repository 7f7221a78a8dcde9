/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ruby: what is required by name is found as any path is; a constant that nothing requires is looked up as autoloaders do: A::HTMLParser is
 * a/html_parser.rb, beside the file, above it, or below a folder of app/; or as an `autoload` of the repository says. */
#include <stdlib.h>

#include "codeorder/resolve.h"

struct autoloads {
	struct mapstr paths;     /* constant -> number in path, + 1; 0 when several files are said for one name */
	VEC(struct span) path;
};

static void ruby_prepare(struct resolve *r)
{
	struct autoloads *all = xcalloc(1, sizeof *all);

	vec_each(&r->repo->files, f) {
		const struct code_facts *facts = &resolve_file(r, (uint32_t)f)->facts;

		if (facts->language == NULL || strcmp(facts->language->resolver, "ruby") != 0)
			continue;
		vec_each(&facts->references, i) {
			const struct code_reference *ref = &facts->references.v[i];
			bool made;
			uint64_t *slot;

			if (strcmp(ref->rule->form, "autoload") != 0 || ref->alias.len == 0)
				continue;
			slot = mapstr_at(&all->paths, ref->alias, &made);
			if (made) {
				vec_push(&all->path, resolve_unquote(ref->path));
				*slot = all->path.n;
			} else if (*slot && !span_eq(all->path.v[*slot - 1], resolve_unquote(ref->path))) {
				*slot = 0;
			}
		}
	}
	r->state = all;
}

static void ruby_finish(struct resolve *r)
{
	struct autoloads *all = r->state;

	mapstr_free(&all->paths);
	vec_free(&all->path);
	free(all);
}

/* What an autoload says of the constant's last part. */
static uint32_t autoloaded(struct resolve *r, struct span constant)
{
	const struct autoloads *all = r->state;
	const char *colon = memrchr(constant.p, ':', constant.len);
	struct span last = colon ? span_make(colon + 1, (size_t)(constant.p + constant.len - colon) - 1) : constant;
	const uint64_t *slot = mapstr_find(&all->paths, last);
	struct buf file = BUF_INIT;
	uint32_t to;

	if (slot == NULL || *slot == 0)
		return CODE_NO_FILE;
	buf_addspan(&file, all->path.v[*slot - 1]);
	buf_adds(&file, ".rb");
	to = code_repo_suffix(r->repo, buf_span(&file), resolve_file(r, r->file)->path, NULL);
	buf_free(&file);
	return to;
}

static bool is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

static bool is_lower(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* A::HTMLParser -> a/html_parser.rb */
static void underscored(struct buf *out, struct span constant)
{
	buf_clear(out);
	for (size_t i = 0; i < constant.len; i++) {
		char c = constant.p[i];
		bool after_lower = i && is_lower(constant.p[i - 1]);
		bool before_lower = i + 1 < constant.len && constant.p[i + 1] >= 'a' && constant.p[i + 1] <= 'z';

		if (c == ':') {
			buf_addc(out, '/');
			i++;
			continue;
		}
		if (is_upper(c) && i && (after_lower || (is_upper(constant.p[i - 1]) && before_lower)))
			buf_addc(out, '_');
		buf_addc(out, is_upper(c) ? (char)(c - 'A' + 'a') : c);
	}
	buf_adds(out, ".rb");
}

/* What stands before the suffix is app/ANY or app/ANY/concerns. */
static bool in_autoload_root(struct span path, size_t suffix)
{
	struct span root = path;

	if (path.len <= suffix)
		return false;
	root.len -= suffix + 1;
	if (span_is(path_base(root), "concerns"))
		root = path_folder(root);
	return span_is(path_base(path_folder(root)), "app");
}

static uint32_t below_app(struct resolve *r, struct span file)
{
	struct file_list candidates = { 0 };
	uint32_t found = CODE_NO_FILE;
	size_t n = 0;

	code_repo_suffix(r->repo, file, resolve_file(r, r->file)->path, &candidates);
	vec_each(&candidates, i) {
		if (!in_autoload_root(resolve_file(r, candidates.v[i])->path, file.len))
			continue;
		found = candidates.v[i];
		n++;
	}
	vec_free(&candidates);
	return n == 1 ? found : CODE_NO_FILE;
}

static uint32_t constant_file(struct resolve *r, struct span constant)
{
	struct span own = resolve_file(r, r->file)->path, stem = path_stem(own), folder;
	struct buf file = BUF_INIT;
	uint32_t to = CODE_NO_FILE;

	underscored(&file, constant);
	/* the module that the file itself is, then those around it */
	folder = span_make(own.p, path_folder(own).len + (path_folder(own).len ? 1 : 0) + stem.len);
	for (;;) {
		to = resolve_at(r, folder, buf_span(&file));
		if (to != CODE_NO_FILE || folder.len == 0)
			break;
		folder = path_folder(folder);
	}
	if (to == CODE_NO_FILE)
		to = below_app(r, buf_span(&file));
	if (to == CODE_NO_FILE)
		to = autoloaded(r, constant);
	buf_free(&file);
	return to;
}

/* rack.rb, for a file below rack/: the name of the library itself, which says nothing. */
static bool is_around(struct resolve *r, uint32_t file)
{
	struct span path = resolve_file(r, file)->path, own = resolve_file(r, r->file)->path;

	path.len -= strlen(".rb");
	return own.len > path.len && memcmp(own.p, path.p, path.len) == 0 && own.p[path.len] == '/';
}

/* A::B::C may be defined in a/b.rb or a.rb. */
static void constant(struct resolve *r, const struct code_reference *ref)
{
	struct span name = ref->path;

	while (name.len) {
		const char *colon = memrchr(name.p, ':', name.len);
		bool external = !colon && language_is_external(resolve_file(r, r->file)->facts.language, name);
		uint32_t to = external ? CODE_NO_FILE : constant_file(r, name);

		if (to != CODE_NO_FILE) {
			if (to != r->file && !is_around(r, to))
				resolve_link(r, to, ref->edge);
			return;
		}
		name.len = colon ? (size_t)(colon - name.p) - 1 : 0;
	}
}

static void ruby_reference(struct resolve *r, const struct code_reference *ref)
{
	struct code_reference beside = *ref;

	if (strcmp(ref->rule->form, "constant") == 0) {
		constant(r, ref);
		return;
	}
	/* File.expand_path("../x", __FILE__) climbs out of the file itself first */
	if (strcmp(ref->rule->form, "relfile") == 0) {
		beside.path = resolve_unquote(ref->path);
		if (span_starts(beside.path, "../"))
			beside.path = span_make(beside.path.p + 3, beside.path.len - 3);
	}
	resolver_path.reference(r, &beside);
}

const struct resolver resolver_ruby = { .name = "ruby", .prepare = ruby_prepare, .reference = ruby_reference,
					.finish = ruby_finish };
