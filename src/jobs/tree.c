/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Walking a folder, or reading an archive through libarchive. */
#include "jobs/tree.h"

#include <archive.h>
#include <archive_entry.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/i18n.h"
#include "base/thread.h"

#define DEPTH_LIMIT 64

/* One line of a .gitignore and the folder it holds for. */
struct ignore {
	char *folder;  /* relative, "" at the root */
	char *pattern;
	bool negated, folders_only, anchored;
};

struct walk {
	struct tree *tree;
	const struct tree_wish *wish;
	const atomic_bool *cancel;
	VEC(struct ignore) ignores;
};

static void read_ignores(struct walk *w, int folder_fd, const char *folder)
{
	struct buf text = BUF_INIT;
	int fd = openat(folder_fd, ".gitignore", O_RDONLY | O_CLOEXEC);
	struct span rest;
	char block[4096];
	ssize_t n;

	if (fd < 0)
		return;
	while ((n = read(fd, block, sizeof block)) > 0 && text.len < 1 << 20)
		buf_add(&text, block, (size_t)n);
	close(fd);
	for (rest = buf_span(&text); rest.len;) {
		struct span line = span_trim(span_line(&rest));
		struct ignore rule = { 0 };

		if (line.len == 0 || line.p[0] == '#')
			continue;
		if (line.p[0] == '!') {
			rule.negated = true;
			line = span_make(line.p + 1, line.len - 1);
		}
		if (span_ends(line, "/")) {
			rule.folders_only = true;
			line.len--;
		}
		rule.anchored = line.len && memchr(line.p, '/', line.len) != NULL;
		if (span_starts(line, "/"))
			line = span_make(line.p + 1, line.len - 1);
		rule.folder = xstrdup(folder);
		rule.pattern = xstrndup(line.p ? line.p : "", line.len);
		vec_push(&w->ignores, rule);
	}
	buf_free(&text);
}

/* "**" means any number of folders: fnmatch without FNM_PATHNAME lets '*' cross them, which is what it needs. */
static bool glob_matches(const char *pattern, const char *path)
{
	int flags = strstr(pattern, "**") ? 0 : FNM_PATHNAME;

	return fnmatch(pattern, path, flags) == 0;
}

static bool is_ignored(const struct walk *w, const char *path, bool folder)
{
	const char *base = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
	bool ignored = false;

	vec_each(&w->ignores, i) {
		const struct ignore *rule = &w->ignores.v[i];
		size_t n = strlen(rule->folder);

		if ((rule->folders_only && !folder) || (n && (strncmp(path, rule->folder, n) != 0 || path[n] != '/')))
			continue;
		if (glob_matches(rule->pattern, rule->anchored ? path + (n ? n + 1 : 0) : base))
			ignored = !rule->negated;
	}
	return ignored;
}

static bool is_excluded(const struct walk *w, const char *path, bool folder)
{
	const char *base = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;

	for (const char *const *glob = w->wish ? w->wish->exclude : NULL; glob && *glob; glob++)
		if (glob_matches(*glob, path) || (!strchr(*glob, '/') && glob_matches(*glob, base)))
			return true;
	return w->wish && w->wish->gitignore && is_ignored(w, path, folder);
}

static int visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.' && strcmp(entry->d_name, "CVS") != 0;
}

static int by_bytes(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int walk_folder(struct walk *w, int parent, const char *name, const char *relative, int depth, struct error *err);

/* What an entry is; asks the file system when the folder does not say. */
static unsigned char type_of(int fd, const struct dirent *entry)
{
	struct stat st;

	if (entry->d_type != DT_UNKNOWN)
		return entry->d_type;
	if (fstatat(fd, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return DT_UNKNOWN; /* gone since it was listed */
	return S_ISDIR(st.st_mode) ? DT_DIR : S_ISREG(st.st_mode) ? DT_REG : DT_UNKNOWN;
}

static int visit_entry(struct walk *w, int fd, const struct dirent *entry, const char *relative, int depth, struct error *err)
{
	unsigned char type = type_of(fd, entry);

	if ((type != DT_DIR && type != DT_REG) || is_excluded(w, relative, type == DT_DIR))
		return 0;
	if (type == DT_DIR)
		return walk_folder(w, fd, entry->d_name, relative, depth + 1, err);
	vec_push(&w->tree->files, (struct tree_file){ .path = xstrdup(relative) });
	return 0;
}

static int walk_folder(struct walk *w, int parent, const char *name, const char *relative, int depth, struct error *err)
{
	struct dirent **entries;
	int n, rc = 0, fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 && depth) {
		w->tree->closed++;
		return 0;
	}
	if (fd < 0)
		return error_errno(err, TAMIS_EIO, errno, _("%s: can't be opened"), w->tree->root);
	if (depth > DEPTH_LIMIT) {
		close(fd);
		return error_set(err, TAMIS_ELIMIT, _("%s/%s: folders are nested more than %d deep"), w->tree->root, relative, DEPTH_LIMIT);
	}
	if (w->wish && w->wish->gitignore)
		read_ignores(w, fd, relative);
	n = scandirat(fd, ".", &entries, visible, by_bytes);
	for (int i = 0; i < n; i++) {
		char *path = *relative ? xasprintf("%s/%s", relative, entries[i]->d_name) : xstrdup(entries[i]->d_name);

		if (rc == 0 && w->cancel && atomic_load_explicit(w->cancel, memory_order_relaxed))
			rc = error_set(err, TAMIS_ECANCEL, _("stopped"));
		if (rc == 0)
			rc = visit_entry(w, fd, entries[i], path, depth, err);
		free(path);
		free(entries[i]);
	}
	if (n >= 0)
		free(entries);
	close(fd);
	return rc;
}

static int by_path(const void *a, const void *b)
{
	return strcmp(((const struct tree_file *)a)->path, ((const struct tree_file *)b)->path);
}

/* The name inside the tree, or NULL when it must not be there. */
static const char *safe_name(const char *name)
{
	while (strncmp(name, "./", 2) == 0)
		name += 2;
	if (*name == '/' || *name == '\0' || *name == '.' || strstr(name, "/.") || strstr(name, "../"))
		return NULL;
	return name;
}

static int read_entry(struct tree *t, struct archive *a, struct archive_entry *entry, uint64_t *total, struct error *err)
{
	const char *name = archive_entry_pathname(entry) ? safe_name(archive_entry_pathname(entry)) : NULL;
	struct tree_file file = { .mtime_ns = (int64_t)archive_entry_mtime(entry) * 1000000000 };
	struct buf content = BUF_INIT;
	char block[65536];
	la_ssize_t n;

	if (name == NULL || archive_entry_filetype(entry) != AE_IFREG)
		return 0;
	while ((n = archive_read_data(a, block, sizeof block)) > 0) {
		file.size += (uint64_t)n;
		*total += (uint64_t)n;
		if (*total > TREE_ARCHIVE_LIMIT)
			break;
		if (file.size <= TREE_FILE_LIMIT)
			buf_add(&content, block, (size_t)n);
	}
	if (n < 0 || *total > TREE_ARCHIVE_LIMIT) {
		buf_free(&content);
		return n < 0 ? error_set(err, TAMIS_EPARSE, _("%s: damaged at %s: %s"), t->root, name, archive_error_string(a)) :
			       error_set(err, TAMIS_ELIMIT, _("%s: unpacks to more than 4 GiB"), t->root);
	}
	file.path = xstrdup(name);
	if (file.size <= TREE_FILE_LIMIT)
		file.content = buf_steal(&content, NULL);
	buf_free(&content);
	vec_push(&t->files, file);
	return 0;
}

/* libarchive has no words for some damage. */
static const char *why_not(struct archive *a)
{
	const char *text = archive_error_string(a);

	return text ? text : _("it is damaged, or ends too early");
}

static int read_archive(struct walk *w, struct error *err)
{
	struct tree *t = w->tree;
	struct archive *a = archive_read_new();
	struct archive_entry *entry;
	uint64_t total = 0;
	int status, rc = 0;

	archive_read_support_filter_all(a);
	archive_read_support_format_tar(a);
	archive_read_support_format_zip(a);
	archive_read_support_format_cpio(a);
	archive_read_support_format_7zip(a);
	if (archive_read_open_filename(a, t->root, 65536) != ARCHIVE_OK)
		rc = error_set(err, TAMIS_EPARSE, _("%s: neither a folder nor an archive: %s"), t->root, why_not(a));
	while (rc == 0 && (status = archive_read_next_header(a, &entry)) != ARCHIVE_EOF) {
		if (status < ARCHIVE_WARN)
			rc = error_set(err, TAMIS_EPARSE, _("%s: neither a folder nor an archive: %s"), t->root, why_not(a));
		else
			rc = read_entry(t, a, entry, &total, err);
		if (rc == 0 && w->cancel && atomic_load_explicit(w->cancel, memory_order_relaxed))
			rc = error_set(err, TAMIS_ECANCEL, _("stopped"));
	}
	archive_read_free(a);
	return rc;
}

static void drop_excluded(struct walk *w)
{
	size_t kept = 0;

	vec_each(&w->tree->files, i) {
		struct tree_file *file = &w->tree->files.v[i];

		if (!is_excluded(w, file->path, false)) {
			w->tree->files.v[kept++] = *file;
			continue;
		}
		free(file->path);
		free(file->content);
	}
	w->tree->files.n = kept;
}

struct stats {
	struct tree *tree;
	int root;
};

static void stat_one(void *ctx, size_t i)
{
	struct stats *s = ctx;
	struct tree_file *file = &s->tree->files.v[i];
	struct stat st;

	if (fstatat(s->root, file->path, &st, AT_SYMLINK_NOFOLLOW) != 0 || !S_ISREG(st.st_mode)) {
		free(file->path); /* gone since it was listed */
		file->path = NULL;
		return;
	}
	file->size = (uint64_t)st.st_size;
	file->mtime_ns = (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec;
}

/* Sizes and times of all files, by several threads: of a large tree this is most of the walk. */
static int stat_files(struct tree *t, const atomic_bool *cancel, struct error *err)
{
	struct stats s = { .tree = t, .root = open(t->root, O_RDONLY | O_DIRECTORY | O_CLOEXEC) };
	size_t kept = 0;

	if (s.root < 0)
		return error_errno(err, TAMIS_EIO, errno, _("%s: can't be opened"), t->root);
	if (!parallel_for(thread_count_default(), t->files.n, stat_one, &s, cancel))
		error_set(err, TAMIS_ECANCEL, _("stopped"));
	close(s.root);
	vec_each(&t->files, i)
		if (t->files.v[i].path)
			t->files.v[kept++] = t->files.v[i];
	t->files.n = kept;
	return cancel && atomic_load(cancel) ? TAMIS_ECANCEL : 0;
}

int tree_open(struct tree *out, const char *path, const struct tree_wish *wish, const atomic_bool *cancel, struct error *err)
{
	struct walk w = { .tree = out, .wish = wish, .cancel = cancel };
	size_t len = strlen(path);
	struct stat st;
	int rc;

	while (len > 1 && path[len - 1] == '/')
		len--;
	*out = (struct tree){ .root = xstrndup(path, len) };
	if (stat(out->root, &st) != 0) {
		rc = error_errno(err, TAMIS_EIO, errno, _("%s: can't be opened"), out->root);
	} else if (S_ISDIR(st.st_mode)) {
		rc = walk_folder(&w, AT_FDCWD, out->root, "", 0, err);
		if (rc == 0)
			rc = stat_files(out, cancel, err);
	} else {
		out->archive = true;
		rc = read_archive(&w, err);
		drop_excluded(&w);
	}
	/* names sort inside their folders; whole paths sort otherwise ("a-b" comes before "a/b") */
	if (out->files.n)
		qsort(out->files.v, out->files.n, sizeof *out->files.v, by_path);
	vec_each(&w.ignores, i) {
		free(w.ignores.v[i].folder);
		free(w.ignores.v[i].pattern);
	}
	vec_free(&w.ignores);
	if (rc)
		tree_close(out);
	return rc;
}

void tree_close(struct tree *t)
{
	vec_each(&t->files, i) {
		free(t->files.v[i].path);
		free(t->files.v[i].content);
	}
	vec_free(&t->files);
	free(t->root);
	*t = (struct tree){ 0 };
}

int tree_read(const struct tree *t, size_t i, struct buf *out, struct error *err)
{
	const struct tree_file *file = &t->files.v[i];
	char *path;
	int rc;

	if (file->content) {
		buf_add(out, file->content, (size_t)file->size);
		return 0;
	}
	if (t->archive || file->size > TREE_FILE_LIMIT)
		return error_set(err, TAMIS_ELIMIT, _("%s/%s: larger than 16 MiB"), t->root, file->path);
	path = fs_join(t->root, file->path);
	rc = fs_read_all(out, path, TREE_FILE_LIMIT, err);
	free(path);
	return rc;
}
