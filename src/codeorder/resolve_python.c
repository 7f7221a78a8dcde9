/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Python: absolute names from the roots a file can see, relative names by dots, submodules before the package's __init__. */
#include "codeorder/resolve.h"

/* folder/a/b as module file or package; `name` is dotted. */
static uint32_t module_in(struct resolve *r, struct span folder, struct span name)
{
	static const char *const endings[] = { ".py", "/__init__.py", ".pyi", "/__init__.pyi", ".pyx", ".pyw" };
	struct buf path = BUF_INIT;
	uint32_t to = CODE_NO_FILE;

	for (size_t e = 0; e < sizeof endings / sizeof *endings && to == CODE_NO_FILE; e++) {
		buf_clear(&path);
		for (size_t i = 0; i < name.len; i++)
			buf_addc(&path, name.p[i] == '.' ? '/' : name.p[i]);
		if (name.len == 0 && e % 2 == 0)
			continue;
		buf_adds(&path, name.len ? endings[e] : endings[e] + 1);
		to = resolve_at(r, folder, buf_span(&path));
	}
	buf_free(&path);
	return to;
}

static bool is_package(struct resolve *r, struct span folder)
{
	return resolve_at(r, folder, span_of("__init__.py")) != CODE_NO_FILE ||
	       resolve_at(r, folder, span_of("__init__.pyi")) != CODE_NO_FILE;
}

/* The first ancestor that is no package: where absolute names begin. */
static struct span package_root(struct resolve *r)
{
	struct span folder = path_folder(resolve_file(r, r->file)->path);

	while (folder.len && is_package(r, folder))
		folder = path_folder(folder);
	return folder;
}

/* The root of the repository may be the package itself: then its own name stands for it. */
static uint32_t below_own_name(struct resolve *r, struct span name)
{
	struct span own = r->repo->name, root = { "", 0 };

	if (own.len == 0 || name.len < own.len || memcmp(name.p, own.p, own.len) != 0 || !is_package(r, root))
		return CODE_NO_FILE;
	if (name.len == own.len)
		return module_in(r, root, root);
	return name.p[own.len] == '.' ? module_in(r, root, span_make(name.p + own.len + 1, name.len - own.len - 1)) : CODE_NO_FILE;
}

/* Absolute name from each root in turn: the package's root, its ancestors (namespace packages, src layouts), src and lib. */
static uint32_t absolute(struct resolve *r, struct span name)
{
	static const char *const extra[] = { "src", "lib", "python" };
	struct span folder = package_root(r);
	uint32_t to;

	for (;;) {
		to = module_in(r, folder, name);
		if (to != CODE_NO_FILE || folder.len == 0)
			break;
		folder = path_folder(folder);
	}
	for (size_t i = 0; i < sizeof extra / sizeof *extra && to == CODE_NO_FILE; i++)
		to = module_in(r, span_of(extra[i]), name);
	return to != CODE_NO_FILE ? to : below_own_name(r, name);
}

/* import a.b.c: the longest prefix that is a module. */
static void plain_import(struct resolve *r, const struct code_reference *ref, struct span name)
{
	struct span prefix = name;

	while (prefix.len) {
		uint32_t to = absolute(r, prefix);
		const char *dot;

		if (to != CODE_NO_FILE) {
			if (to != r->file)
				resolve_link(r, to, ref->edge);
			return;
		}
		dot = memrchr(prefix.p, '.', prefix.len);
		prefix.len = dot ? (size_t)(dot - prefix.p) : 0;
	}
	resolve_miss(r, name, MISS_EXTERNAL, NULL);
}

/* Where a relative name starts: one dot is the file's own package. False when the dots leave the repository. */
static bool relative_base(struct resolve *r, struct span *module, struct span *folder)
{
	*folder = path_folder(resolve_file(r, r->file)->path);
	for (size_t dots = 0; module->len && module->p[0] == '.'; dots++) {
		if (dots && folder->len == 0)
			return false;
		if (dots)
			*folder = path_folder(*folder);
		module->p++;
		module->len--;
	}
	return true;
}

static uint32_t submodule(struct resolve *r, struct span folder, struct span module, struct span name, bool relative)
{
	struct buf full = BUF_INIT;
	uint32_t to;

	buf_addspan(&full, module);
	if (module.len)
		buf_addc(&full, '.');
	buf_addspan(&full, name);
	to = relative ? module_in(r, folder, buf_span(&full)) : absolute(r, buf_span(&full));
	buf_free(&full);
	return to;
}

static void from_import(struct resolve *r, const struct code_reference *ref)
{
	struct span module = span_trim(ref->path), names = ref->names, folder = { "", 0 }, name;
	bool relative = module.len && module.p[0] == '.', base_wanted = false, any = false;
	uint32_t base;

	if (relative && !relative_base(r, &module, &folder)) {
		resolve_miss(r, ref->path, MISS_ABSENT, NULL);
		return;
	}
	base = relative ? module_in(r, folder, module) : absolute(r, module);
	while (resolve_next_name(&names, &name)) {
		uint32_t to = span_is(name, "*") ? CODE_NO_FILE : submodule(r, folder, module, name, relative);

		any = true;
		if (to != CODE_NO_FILE && to != base)
			resolve_link(r, to, ref->edge);
		else
			base_wanted = true;
	}
	if (base != CODE_NO_FILE && (base_wanted || !any))
		resolve_link(r, base, ref->edge);
	else if (base == CODE_NO_FILE && (base_wanted || !any))
		resolve_miss(r, ref->path, relative ? MISS_ABSENT : MISS_EXTERNAL, NULL);
}

static void python_reference(struct resolve *r, const struct code_reference *ref)
{
	struct span names = ref->names, name;

	if (strcmp(ref->rule->form, "from") == 0) {
		from_import(r, ref);
		return;
	}
	if (strcmp(ref->rule->form, "dynamic") == 0) {
		struct span module = resolve_unquote(ref->path), folder;

		if (!span_starts(module, "."))
			plain_import(r, ref, module);
		else if (relative_base(r, &module, &folder) && module_in(r, folder, module) != CODE_NO_FILE)
			resolve_link(r, module_in(r, folder, module), ref->edge);
		else
			resolve_miss(r, ref->path, MISS_ABSENT, NULL);
		return;
	}
	while (resolve_next_name(&names, &name))
		plain_import(r, ref, name);
}

const struct resolver resolver_python = { .name = "python", .reference = python_reference };
