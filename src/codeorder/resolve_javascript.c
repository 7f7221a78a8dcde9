/* SPDX-License-Identifier: GPL-3.0-or-later */
/* JavaScript, TypeScript and what embeds them: relative paths with TypeScript's extension rules, tsconfig paths, package.json imports,
 * exports, self references and workspaces. */
#include <jansson.h>
#include <stdlib.h>

#include "codeorder/resolve.h"

/* One manifest in force below its folder. */
struct manifest {
	struct span folder;
	json_t *root;
};

struct packages {
	VEC(struct manifest) package;  /* package.json */
	VEC(struct manifest) config;   /* tsconfig.json, jsconfig.json */
};

/* tsconfig allows comments and trailing commas; both are blanked outside strings. */
static json_t *load_relaxed(struct span text)
{
	struct buf copy = BUF_INIT;
	bool quoted = false;
	json_t *root;

	for (size_t i = 0; i < text.len; i++) {
		char c = text.p[i];

		if (c == '"' && (i == 0 || text.p[i - 1] != '\\'))
			quoted = !quoted;
		if (!quoted && c == '/' && i + 1 < text.len && text.p[i + 1] == '/') {
			while (i < text.len && text.p[i] != '\n')
				i++;
			continue;
		}
		if (!quoted && c == '/' && i + 1 < text.len && text.p[i + 1] == '*') {
			for (i += 2; i + 1 < text.len && !(text.p[i] == '*' && text.p[i + 1] == '/'); i++)
				;
			i++;
			continue;
		}
		if (!quoted && (c == '}' || c == ']')) {
			struct span before = span_trim(buf_span(&copy));

			if (span_ends(before, ","))
				copy.p[(size_t)(before.p - copy.p) + before.len - 1] = ' ';
		}
		buf_addc(&copy, c);
	}
	root = json_loadb(copy.p, copy.len, 0, NULL);
	buf_free(&copy);
	return root;
}

static void js_prepare(struct resolve *r)
{
	struct packages *all = xcalloc(1, sizeof *all);

	vec_each(&r->repo->files, i) {
		const struct code_file *file = &r->repo->files.v[i];
		struct span base = path_base(file->path);
		bool package = span_is(base, "package.json");
		bool config = span_is(base, "tsconfig.json") || span_is(base, "jsconfig.json");
		json_t *root = package || config ? load_relaxed(file->manifest) : NULL;

		if (root && package)
			vec_push(&all->package, (struct manifest){ path_folder(file->path), root });
		else if (root)
			vec_push(&all->config, (struct manifest){ path_folder(file->path), root });
	}
	r->state = all;
}

static void js_finish(struct resolve *r)
{
	struct packages *all = r->state;

	vec_each(&all->package, i)
		json_decref(all->package.v[i].root);
	vec_each(&all->config, i)
		json_decref(all->config.v[i].root);
	vec_free(&all->package);
	vec_free(&all->config);
	free(all);
}

static bool lies_in(struct span path, struct span folder)
{
	return folder.len == 0 ||
	       (path.len > folder.len && memcmp(path.p, folder.p, folder.len) == 0 && path.p[folder.len] == '/');
}

static struct span text_of(const json_t *value)
{
	return json_is_string(value) ? span_make(json_string_value(value), json_string_length(value)) : span_make("", 0);
}

static uint32_t with_ending(struct resolve *r, struct span folder, struct span relative, const char *const *endings)
{
	struct buf path = BUF_INIT;
	uint32_t to = CODE_NO_FILE;

	for (; *endings && to == CODE_NO_FILE; endings++) {
		buf_clear(&path);
		buf_addspan(&path, relative);
		buf_adds(&path, *endings);
		to = resolve_at(r, folder, buf_span(&path));
	}
	buf_free(&path);
	return to;
}

/* A script's import is another script before it is a declaration beside that; TypeScript looks for its own first. */
static uint32_t with_extension(struct resolve *r, struct span folder, struct span relative)
{
	static const char *const script[] = { ".js", ".jsx", ".mjs", ".cjs", ".json", NULL };
	static const char *const script_index[] = { "/index.js", "/index.jsx", "/index.mjs", "/index.cjs", NULL };
	static const char *const typed[] = { ".ts", ".tsx", ".d.ts", ".js", ".jsx", ".mjs", ".cjs", ".mts", ".cts", ".json",
					     ".vue", ".svelte", "/index.ts", "/index.tsx", "/index.d.ts", "/index.js",
					     "/index.jsx", "/index.mjs", "/index.cjs", "/index.mts", "/index.vue", NULL };
	struct span user = path_extension(resolve_file(r, r->file)->path);
	bool plain = span_is(user, "js") || span_is(user, "jsx") || span_is(user, "mjs") || span_is(user, "cjs");
	uint32_t to = plain ? with_ending(r, folder, relative, script) : CODE_NO_FILE;

	if (to == CODE_NO_FILE && plain)
		to = with_ending(r, folder, relative, script_index);
	return to != CODE_NO_FILE ? to : with_ending(r, folder, relative, typed);
}

/* folder/relative as written, with TypeScript's stand-ins, with an extension added, or as a folder's index. */
static uint32_t js_at(struct resolve *r, struct span folder, struct span relative)
{
	static const struct { const char *written, *real[4]; } stand_ins[] = {
		{ ".js", { ".ts", ".tsx", ".d.ts", ".jsx" } },
		{ ".jsx", { ".tsx", NULL } },
		{ ".mjs", { ".mts", ".d.mts", NULL } },
		{ ".cjs", { ".cts", ".d.cts", NULL } },
	};
	const char *query = relative.len ? memchr(relative.p, '?', relative.len) : NULL;
	struct buf path = BUF_INIT;
	uint32_t to;

	if (query)
		relative.len = (size_t)(query - relative.p);
	to = resolve_at(r, folder, relative);
	for (size_t i = 0; i < sizeof stand_ins / sizeof *stand_ins && to == CODE_NO_FILE; i++) {
		if (!span_ends(relative, stand_ins[i].written))
			continue;
		for (size_t k = 0; k < 4 && stand_ins[i].real[k] && to == CODE_NO_FILE; k++) {
			buf_clear(&path);
			buf_add(&path, relative.p, relative.len - strlen(stand_ins[i].written));
			buf_adds(&path, stand_ins[i].real[k]);
			to = resolve_at(r, folder, buf_span(&path));
		}
	}
	if (to == CODE_NO_FILE)
		to = with_extension(r, folder, relative);
	buf_free(&path);
	return to;
}

/* `pattern` with at most one '*' against `name`; `*rest` is what the star took. */
static bool star_match(struct span pattern, struct span name, struct span *rest)
{
	const char *star = pattern.len ? memchr(pattern.p, '*', pattern.len) : NULL;
	size_t before, after;

	*rest = span_make("", 0);
	if (star == NULL)
		return span_eq(pattern, name);
	before = (size_t)(star - pattern.p);
	after = pattern.len - before - 1;
	if (name.len < before + after || memcmp(name.p, pattern.p, before) != 0 ||
	    memcmp(name.p + name.len - after, star + 1, after) != 0)
		return false;
	*rest = span_make(name.p + before, name.len - before - after);
	return true;
}

static uint32_t at_target(struct resolve *r, struct span folder, struct span target, struct span rest)
{
	struct buf path = BUF_INIT;
	const char *star = target.len ? memchr(target.p, '*', target.len) : NULL;
	uint32_t to;

	buf_add(&path, target.p, star ? (size_t)(star - target.p) : target.len);
	if (star) {
		buf_addspan(&path, rest);
		buf_add(&path, star + 1, target.len - (size_t)(star - target.p) - 1);
	}
	to = js_at(r, folder, buf_span(&path));
	buf_free(&path);
	return to;
}

/* A target of imports/exports: a string, the first usable of a list, or the first usable condition of an object. */
static uint32_t at_conditional(struct resolve *r, struct span folder, const json_t *target, struct span rest, int depth)
{
	uint32_t to = CODE_NO_FILE;
	const char *key;
	json_t *value;
	size_t i;

	if (json_is_string(target))
		return at_target(r, folder, text_of(target), rest);
	if (depth > 8)
		return to;
	json_array_foreach((json_t *)target, i, value)
		if (to == CODE_NO_FILE)
			to = at_conditional(r, folder, value, rest, depth + 1);
	json_object_foreach((json_t *)target, key, value)
		if (to == CODE_NO_FILE)
			to = at_conditional(r, folder, value, rest, depth + 1);
	return to;
}

static uint32_t by_table(struct resolve *r, struct span folder, const json_t *table, struct span name)
{
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)table, key, value) {
		struct span rest;
		uint32_t to;

		if (!star_match(span_of(key), name, &rest))
			continue;
		to = at_conditional(r, folder, value, rest, 0);
		if (to != CODE_NO_FILE)
			return to;
	}
	return CODE_NO_FILE;
}

/* compilerOptions of the config or of what it extends. */
static const json_t *compiler_option(const struct packages *all, const struct manifest *config, const char *name, struct span *folder,
				     struct buf *scratch, int depth)
{
	const json_t *value = json_object_get(json_object_get(config->root, "compilerOptions"), name);
	struct span parent = text_of(json_object_get(config->root, "extends"));

	*folder = config->folder;
	if (value || parent.len == 0 || depth > 8 || !path_join(scratch, config->folder, parent))
		return value;
	vec_each(&all->config, i) {
		struct span where = path_folder(buf_span(scratch));

		if (&all->config.v[i] != config && span_eq(all->config.v[i].folder, where))
			return compiler_option(all, &all->config.v[i], name, folder, scratch, depth + 1);
	}
	return NULL;
}

static uint32_t by_config(struct resolve *r, struct span path, struct span name)
{
	const struct packages *all = r->state;
	const struct manifest *nearest = NULL;
	struct buf base = BUF_INIT, scratch = BUF_INIT;
	struct span folder, paths_folder;
	const json_t *base_url, *paths;
	uint32_t to = CODE_NO_FILE;

	vec_each(&all->config, i)
		if (lies_in(path, all->config.v[i].folder) && (!nearest || all->config.v[i].folder.len > nearest->folder.len))
			nearest = &all->config.v[i];
	if (nearest) {
		paths = compiler_option(all, nearest, "paths", &paths_folder, &scratch, 0);
		base_url = compiler_option(all, nearest, "baseUrl", &folder, &scratch, 0);
		if (!path_join(&base, base_url ? folder : paths_folder, base_url ? text_of(base_url) : span_of(".")))
			buf_clear(&base);
		if (paths)
			to = by_table(r, buf_span(&base), paths, name);
		if (to == CODE_NO_FILE && base_url)
			to = js_at(r, buf_span(&base), name);
	}
	buf_free(&base);
	buf_free(&scratch);
	return to;
}

/* The package's own entry: exports, then module, types, main, then index. `below` is "." or "./sub". */
static uint32_t by_entry(struct resolve *r, const struct manifest *m, struct span below)
{
	static const char *const entries[] = { "source", "module", "types", "typings", "main" };
	const json_t *exports = json_object_get(m->root, "exports");
	uint32_t to = CODE_NO_FILE;

	if (json_is_object(exports))
		to = by_table(r, m->folder, exports, below);
	if (to == CODE_NO_FILE && exports && span_is(below, "."))
		to = at_conditional(r, m->folder, exports, span_make("", 0), 0);
	for (size_t i = 0; i < sizeof entries / sizeof *entries && to == CODE_NO_FILE && span_is(below, "."); i++) {
		struct span entry = text_of(json_object_get(m->root, entries[i]));

		if (entry.len)
			to = js_at(r, m->folder, entry);
	}
	if (to == CODE_NO_FILE)
		to = js_at(r, m->folder, below);
	if (to == CODE_NO_FILE && span_is(below, "."))
		to = js_at(r, m->folder, span_of("src/index"));
	return to;
}

/* "name" or "name/sub" of a package in this repository. */
static uint32_t by_package(struct resolve *r, struct span name)
{
	const struct packages *all = r->state;

	vec_each(&all->package, i) {
		const struct manifest *m = &all->package.v[i];
		struct span own = text_of(json_object_get(m->root, "name"));
		struct buf below = BUF_INIT;
		uint32_t to;

		if (own.len == 0 || !span_starts(name, json_string_value(json_object_get(m->root, "name"))))
			continue;
		if (name.len > own.len && name.p[own.len] != '/')
			continue;
		buf_addc(&below, '.');
		buf_add(&below, name.p + own.len, name.len - own.len);
		to = by_entry(r, m, buf_span(&below));
		buf_free(&below);
		if (to != CODE_NO_FILE)
			return to;
	}
	return CODE_NO_FILE;
}

static uint32_t by_imports(struct resolve *r, struct span path, struct span name)
{
	const struct packages *all = r->state;
	const struct manifest *nearest = NULL;

	vec_each(&all->package, i)
		if (lies_in(path, all->package.v[i].folder) && (!nearest || all->package.v[i].folder.len > nearest->folder.len))
			nearest = &all->package.v[i];
	return nearest ? by_table(r, nearest->folder, json_object_get(nearest->root, "imports"), name) : CODE_NO_FILE;
}

static void js_reference(struct resolve *r, const struct code_reference *ref)
{
	struct span name = resolve_unquote(ref->path), path = resolve_file(r, r->file)->path;
	bool relative = span_starts(name, "./") || span_starts(name, "../") || span_is(name, ".") || span_is(name, "..");
	uint32_t to;

	if (name.len == 0 || memmem(name.p, name.len, "${", 2)) {
		resolve_miss(r, name, MISS_DYNAMIC, NULL);
		return;
	}
	if (relative || strcmp(ref->rule->form, "relative") == 0)
		to = js_at(r, path_folder(path), name);
	else if (name.p[0] == '#')
		to = by_imports(r, path, name);
	else
		to = by_config(r, path, name);
	if (to == CODE_NO_FILE && !relative)
		to = by_package(r, name);
	if (to == CODE_NO_FILE && name.p[0] == '/')
		to = js_at(r, span_make("", 0), span_make(name.p + 1, name.len - 1));
	if (to != CODE_NO_FILE)
		resolve_link(r, to, ref->edge);
	else
		resolve_miss(r, name, relative ? MISS_ABSENT : MISS_EXTERNAL, NULL);
}

const struct resolver resolver_javascript = {
	.name = "javascript", .prepare = js_prepare, .reference = js_reference, .finish = js_finish,
};
