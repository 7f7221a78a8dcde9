/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What must not be written over: the workspace's own files and those its records are read from.
 *
 * Files are told apart by device and inode, so that a link, or another way to write the same path, is no way round. */
#include "store/internal.h"

#include <libgen.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/i18n.h"

static bool is_file(const struct stat *st, const char *path)
{
	struct stat other;

	return stat(path, &other) == 0 && other.st_dev == st->st_dev && other.st_ino == st->st_ino;
}

static bool is_own_file(const struct workspace *w, const struct stat *st)
{
	static const char *const ends[] = { "", "-wal", "-shm", "-journal" };
	const char *const paths[] = { w->path, w->cache_path };
	bool own = false;

	for (size_t i = 0; !own && i < sizeof ends / sizeof *ends * 2; i++) {
		char *name = xasprintf("%s%s", paths[i % 2], ends[i / 2]);

		own = is_file(st, name);
		free(name);
	}
	return own;
}

/* The path with its folder's links resolved, whether the file is there or not; NULL when the folder isn't. */
static char *whole_path(const char *path)
{
	char *copy = xstrdup(path), *last = xstrdup(path);
	char *folder = realpath(dirname(copy), NULL), *whole = NULL;

	if (folder)
		whole = xasprintf("%s/%s", strcmp(folder, "/") ? folder : "", basename(last));
	free(folder);
	free(copy);
	free(last);
	return whole;
}

/* Also names that are not there yet: a file of that name would be taken for the workspace's own. */
static bool has_own_name(const struct workspace *w, const char *path)
{
	static const char *const ends[] = { "", "-wal", "-shm", "-journal", "-cache", "-cache-wal", "-cache-shm", "-cache-journal", "-signatures" };
	char *whole = whole_path(path), *own = whole_path(w->path);
	size_t n = own ? strlen(own) : 0;
	bool found = false;

	if (whole && own && strncmp(whole, own, n) == 0) {
		found = strncmp(whole + n, "-signatures/", 12) == 0;
		for (size_t i = 0; !found && i < sizeof ends / sizeof *ends; i++)
			found = strcmp(whole + n, ends[i]) == 0;
	}
	free(whole);
	free(own);
	return found;
}

static int is_source(struct store *s, const struct stat *st, struct error *err)
{
	sqlite3_stmt *stmt;
	bool found = false;
	int rc = db_query(&s->db, &stmt, err, "SELECT path, companion FROM source WHERE path <> '-'", "");

	while (rc >= 0 && (rc = db_step(&s->db, stmt, err)) > 0) {
		char *path = db_text(stmt, 0), *companion = db_text(stmt, 1);

		found = found || (path && is_file(st, path)) || (companion && is_file(st, companion));
		free(path);
		free(companion);
	}
	return rc < 0 ? rc : found;
}

int store_guard(struct store *s, const char *path, struct error *err)
{
	struct stat st;
	bool there = stat(path, &st) == 0;
	int rc;

	if (has_own_name(s->w, path) || (there && is_own_file(s->w, &st)))
		return error_set(err, TAMIS_EUSAGE, _("%s: belongs to this workspace; write to another file"), path);
	rc = there ? is_source(s, &st, err) : 0;
	if (rc > 0)
		rc = error_set(err, TAMIS_EUSAGE, _("%s: records of this workspace are read from it; write to another file"), path);
	return rc;
}
