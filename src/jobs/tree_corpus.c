/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A corpus of source files as a tree: records that bring a path (and a repository's name), as code data sets have them, or one
 * record a file, as a folder of sources is imported. */
#include <stdlib.h>

#include "base/i18n.h"
#include "jobs/tree.h"
#include "review/item.h"

static struct span field_named(const struct item *item, const char *const *names)
{
	for (; *names; names++)
		for (size_t i = 0; i < item->record.n_fields; i++) {
			struct span name = item->record.fields[i].name;
			const char *dot = name.len ? memrchr(name.p, '.', name.len) : NULL;

			if (dot) /* metadata.path is as good as path */
				name = span_make(dot + 1, (size_t)(name.p + name.len - dot) - 1);
			if (span_is(name, *names))
				return item->record.fields[i].value;
		}
	return span_make("", 0);
}

/* repository/path, or the file's own path; empty when the record says neither. */
static char *path_of(const struct item *item, const struct source *source)
{
	static const char *const paths[] = { "path", "file_path", "max_stars_repo_path", "filepath", "filename", "file_name", NULL };
	static const char *const repos[] = { "repo_name", "repo", "repository", "max_stars_repo_name", "repository_name", NULL };
	struct span path = field_named(item, paths), repo = field_named(item, repos);

	while (path.len && path.p[0] == '/')
		path = span_make(path.p + 1, path.len - 1);
	if (path.len == 0)
		return source->records == 1 ? xstrdup(source->path + (source->path[0] == '/')) : NULL;
	if (repo.len)
		return xasprintf("%.*s/%.*s", (int)repo.len, repo.p, (int)path.len, path.p);
	return xstrndup(path.p, path.len);
}

static int add_record(struct tree *out, struct item *item, struct item_source *items, struct corpus_view *view, uint64_t i,
		      struct error *err)
{
	item_ref ref = corpus_view_ref(view, i);
	struct tree_file file = { 0 };
	struct span text;
	int rc = item_load(item, items, ref, err);

	if (rc)
		return rc;
	text = record_value(&item->record, ROLE_TEXT);
	file.path = path_of(item, corpus_view_source(view, ref));
	if (file.path == NULL || !item->whole || text.len > TREE_FILE_LIMIT) {
		free(file.path);
		return 0;
	}
	file.size = text.len;
	file.content = xmalloc(text.len + 1);
	memcpy(file.content, text.p, text.len);
	file.content[text.len] = '\0';
	vec_push(&out->files, file);
	return 0;
}

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct tree_file *)a)->path, ((const struct tree_file *)b)->path);
}

/* The same path twice (two versions of a file) is one file: the first stays. */
static void drop_doubles(struct tree *t)
{
	size_t kept = 0;

	for (size_t i = 0; i < t->files.n; i++) {
		if (kept && strcmp(t->files.v[i].path, t->files.v[kept - 1].path) == 0) {
			free(t->files.v[i].path);
			free(t->files.v[i].content);
		} else {
			t->files.v[kept++] = t->files.v[i];
		}
	}
	t->files.n = kept;
}

/* Folders that all paths begin with say nothing. */
static void drop_common_folder(struct tree *t)
{
	size_t common = t->files.n ? strlen(t->files.v[0].path) : 0;

	vec_each(&t->files, i)
		for (size_t k = 0; k < common; k++)
			if (t->files.v[i].path[k] != t->files.v[0].path[k])
				common = k;
	while (common && t->files.v[0].path[common - 1] != '/')
		common--;
	vec_each(&t->files, i)
		memmove(t->files.v[i].path, t->files.v[i].path + common, strlen(t->files.v[i].path + common) + 1);
}

int tree_open_corpus(struct tree *out, struct store *s, const char *name, const atomic_bool *cancel, struct error *err)
{
	struct item_source *items = NULL;
	struct corpus_view *view = NULL;
	struct corpus corpus;
	struct item item;
	int rc = store_corpus_get(s, &corpus, name, err);

	*out = (struct tree){ .root = xstrdup(name), .archive = true };
	item_init(&item);
	if (rc == 0)
		rc = corpus_view_open(&view, s, corpus.id, err);
	if (rc)
		goto done;
	items = item_source_new(s);
	item_source_use(items, view);
	for (uint64_t i = 0; rc == 0 && i < corpus_view_count(view); i++) {
		rc = add_record(out, &item, items, view, i, err);
		if (rc == 0 && cancel && atomic_load_explicit(cancel, memory_order_relaxed))
			rc = error_set(err, TAMIS_ECANCEL, _("stopped"));
	}
	if (rc == 0 && out->files.n == 0)
		rc = error_set(err, TAMIS_ENOTFOUND, _("corpus %s: no record says which file it is; a field “path” is wanted"), name);
	if (out->files.n)
		qsort(out->files.v, out->files.n, sizeof *out->files.v, by_path);
	drop_doubles(out);
	drop_common_folder(out);
done:
	item_free(&item);
	item_source_free(items);
	corpus_view_close(view);
	if (rc)
		tree_close(out);
	return rc;
}
