/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The resolver for languages whose imports are paths, or module names that map to paths: templates and bases come from the data file.
 *
 * In a template %s is the name with its separators as '/', %d its folder part with a '/' after it, %b its last part.  Each is tried in the
 * file's own folder (forms that begin with "rel" nowhere else), in the bases, at the root, and last as a suffix of any path. */
#include "codeorder/resolve.h"

static void fill_template(struct buf *out, const char *template, struct span name)
{
	struct span folder = path_folder(name);

	buf_clear(out);
	for (const char *p = template; *p; p++) {
		if (p[0] != '%' || !p[1]) {
			buf_addc(out, *p);
			continue;
		}
		p++;
		if (*p == 's')
			buf_addspan(out, name);
		else if (*p == 'b')
			buf_addspan(out, path_base(name));
		else if (*p == 'd' && folder.len) {
			buf_addspan(out, folder);
			buf_addc(out, '/');
		}
	}
}

/* "a.b.c" -> "a/b/c"; "$(dirname $0)/x.sh" and "${DIR}/x.sh" -> "x.sh": what stands after the last variable. */
static bool name_to_path(struct buf *out, const char *separator, struct span name)
{
	size_t start = 0, sep = strlen(separator);

	/* Dart's package:name/path */
	if (span_starts(name, "package:")) {
		const char *slash = memchr(name.p, '/', name.len);

		start = slash ? (size_t)(slash - name.p) + 1 : 0;
	}

	buf_clear(out);
	for (size_t i = 0; i < name.len; i++)
		if (name.p[i] == ')' || name.p[i] == '}' || name.p[i] == '"')
			start = i + 1;
	if (start == 0 && name.len && name.p[0] == '$')
		for (start = 1; start < name.len && name.p[start] != '/'; start++)
			;
	name = span_make(name.p + start, name.len - start);
	while (name.len && name.p[0] == '/' && start)
		name = span_make(name.p + 1, name.len - 1);
	if (name.len == 0 || memchr(name.p, '$', name.len))
		return false;
	for (size_t i = 0; i < name.len; i++) {
		if (sep && name.len - i >= sep && memcmp(name.p + i, separator, sep) == 0) {
			buf_addc(out, '/');
			i += sep - 1;
		} else {
			buf_addc(out, name.p[i]);
		}
	}
	return true;
}

static uint32_t in_place(struct resolve *r, const struct language *l, struct span candidate, bool relative_only)
{
	struct span folder = path_folder(resolve_file(r, r->file)->path);
	uint32_t to = resolve_at(r, folder, candidate);

	if (to != CODE_NO_FILE || relative_only)
		return to;
	/* bases of the file's own ancestors come before those of the root: packages inside a repository */
	for (;;) {
		vec_each(&l->bases, i) {
			struct buf base = BUF_INIT;

			if (path_join(&base, folder, span_of(l->bases.v[i])))
				to = resolve_at(r, buf_span(&base), candidate);
			buf_free(&base);
			if (to != CODE_NO_FILE)
				return to;
		}
		if (folder.len == 0)
			return resolve_at(r, folder, candidate);
		folder = path_folder(folder);
	}
}

static bool is_name_byte(char c)
{
	return c == '_' || c == ':' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Config is no Debconf::Config: where module names are capitalised, a file below another module's folder is another module. */
static bool inside_other_module(struct span path, struct span suffix)
{
	struct span above = path_base(path_folder(span_make(path.p, path.len - suffix.len + 1)));

	return suffix.len && suffix.p[0] >= 'A' && suffix.p[0] <= 'Z' && above.len && above.p[0] >= 'A' && above.p[0] <= 'Z';
}

/* What a path's end may follow: anything, or, where names are looked for in load paths only, a folder called like one. */
static bool in_a_base(const struct language *l, struct span path, struct span suffix)
{
	struct span above = { path.p, path.len - suffix.len };

	if (l->suffix[0] == '\0' || above.len == 0)
		return true;
	above.len--;
	vec_each(&l->bases, i)
		if (span_is(path_base(above), l->bases.v[i]))
			return true;
	return false;
}

/* The file that `path` (with '/' between folders) names, or CODE_NO_FILE; `candidates` when several are as near. */
static uint32_t find_path(struct resolve *r, const struct code_reference *ref, struct span path, struct file_list *candidates)
{
	const struct code_file *file = resolve_file(r, r->file);
	const struct language *l = file->facts.language;
	bool relative = strncmp(ref->rule->form, "rel", 3) == 0;
	bool module = l->separator[0] && strncmp(ref->rule->form, "file", 4) != 0;
	struct buf candidate = BUF_INIT;
	uint32_t to = CODE_NO_FILE;

	for (size_t i = 0; i < l->tries.n && to == CODE_NO_FILE; i++) {
		fill_template(&candidate, l->tries.v[i], path);
		to = in_place(r, l, buf_span(&candidate), relative);
		/* Perl's modules have whole names: what lies beside a file is no better than what lies anywhere */
		if (to != CODE_NO_FILE && module && strcmp(l->separator, "::") == 0 &&
		    inside_other_module(resolve_file(r, to)->path, buf_span(&candidate)))
			to = CODE_NO_FILE;
	}
	for (size_t i = 0; i < l->tries.n && to == CODE_NO_FILE && !candidates->n && !relative; i++) {
		struct span suffix;

		if (language_is_external(l, resolve_unquote(ref->path)))
			break;
		fill_template(&candidate, l->tries.v[i], path);
		suffix = buf_span(&candidate);
		while (span_starts(suffix, "../") || span_starts(suffix, "./")) {
			size_t n = suffix.p[1] == '.' ? 3 : 2;

			suffix = span_make(suffix.p + n, suffix.len - n);
		}
		to = code_repo_suffix(r->repo, suffix, file->path, candidates);
		if (to != CODE_NO_FILE && ((module && inside_other_module(resolve_file(r, to)->path, suffix)) ||
					   !in_a_base(l, resolve_file(r, to)->path, suffix))) {
			to = CODE_NO_FILE;
			vec_clear(candidates);
		}
	}
	buf_free(&candidate);
	return to;
}

static void path_reference(struct resolve *r, const struct code_reference *ref)
{
	const struct language *l = resolve_file(r, r->file)->facts.language;
	struct span name = resolve_unquote(ref->path);
	bool relative = strncmp(ref->rule->form, "rel", 3) == 0, maybe = strcmp(ref->rule->form, "maybe") == 0;
	/* forms that name a file take it as it is; the others name a module */
	const char *separator = relative || strncmp(ref->rule->form, "file", 4) == 0 ? "" : l->separator;
	struct buf path = BUF_INIT;
	struct file_list candidates = { 0 };
	uint32_t to = CODE_NO_FILE;
	bool named = name_to_path(&path, separator, name);

	if (named)
		to = find_path(r, ref, buf_span(&path), &candidates);
	if (to != CODE_NO_FILE)
		resolve_link(r, to, ref->edge);
	else if (!named)
		resolve_miss(r, name, MISS_DYNAMIC, NULL);
	else if (!maybe)
		resolve_miss(r, name, candidates.n ? MISS_AMBIGUOUS : relative ? MISS_ABSENT : MISS_EXTERNAL, &candidates);
	vec_free(&candidates);
	buf_free(&path);
}

/* Perl lists modules in any quotes, qw/A::B C/ among them: what looks like a name is one. */
static bool next_module(struct span *list, struct span *name)
{
	static const char *const operators[] = { "q", "qq", "qw" };
	bool operator;

	do {
		while (list->len && !is_name_byte(list->p[0]))
			*list = span_make(list->p + 1, list->len - 1);
		*name = span_make(list->p, 0);
		while (list->len && is_name_byte(list->p[0])) {
			*list = span_make(list->p + 1, list->len - 1);
			name->len++;
		}
		operator = false;
		for (size_t i = 0; i < sizeof operators / sizeof *operators; i++)
			operator |= span_is(*name, operators[i]);
	} while (operator);
	return name->len > 0;
}

/* Some forms name several modules at once ("use parent qw(A B)"): each is a reference of its own.  Those of form "maybe" may be
 * anything; what has the separator in it and is a module is meant. */
static void each_name(struct resolve *r, const struct code_reference *ref)
{
	const char *separator = resolve_file(r, r->file)->facts.language->separator;
	bool modules = strcmp(separator, "::") == 0, maybe = strcmp(ref->rule->form, "maybe") == 0;
	struct span list = ref->names, name;

	if (ref->path.len) {
		path_reference(r, ref);
		return;
	}
	while (modules ? next_module(&list, &name) : resolve_next_name(&list, &name)) {
		struct code_reference one = *ref;

		one.path = name;
		if (!maybe || memmem(name.p, name.len, separator, strlen(separator)))
			path_reference(r, &one);
	}
}

const struct resolver resolver_path = { .name = "path", .reference = each_name };
