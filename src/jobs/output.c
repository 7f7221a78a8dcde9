/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files that are there already. */
#include "jobs/output.h"

#include <libgen.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/fs.h"
#include "base/i18n.h"
#include "base/json.h"

#define MANIFEST_LIMIT ((size_t)64 * 1024)
#define MEMBERS 64

static const struct json_member *member(const struct json_member *m, size_t n, const char *key)
{
	for (size_t i = 0; i < n && i < MEMBERS; i++)
		if (span_is(m[i].key, key))
			return &m[i];
	return NULL;
}

/* One of the manifest's files has this name and size. */
static bool lists(struct span files, const char *name, uint64_t size)
{
	struct json_member file[8], m[MEMBERS];
	struct json_fault fault;
	size_t n, k;

	if (json_scan_array(files, file, 8, &n, &fault) < 0)
		return false;
	for (size_t i = 0; i < n && i < 8; i++) {
		const struct json_member *its_name, *its_bytes;
		struct buf text = BUF_INIT;
		double bytes = -1;
		bool same;

		if (file[i].type != JSON_T_OBJECT || json_scan_object(file[i].value, m, MEMBERS, &k, &fault) < 0)
			continue;
		its_name = member(m, k, "name");
		its_bytes = member(m, k, "bytes");
		if (!its_name || !its_bytes || !json_read_real(its_bytes->value, &bytes))
			continue;
		json_unescape(&text, its_name->value);
		same = span_is(buf_span(&text), name) && bytes >= 0 && (uint64_t)bytes == size;
		buf_free(&text);
		if (same)
			return true;
	}
	return false;
}

/* Reads a manifest of tamis into `text`; false when it is none. `*files` is the list in it. */
static bool read_manifest(const char *path, struct buf *text, struct span *files)
{
	struct json_member m[MEMBERS];
	const struct json_member *list;
	struct json_fault fault;
	size_t n;

	if (fs_read_all(text, path, MANIFEST_LIMIT, NULL) < 0 || json_scan_object(buf_span(text), m, MEMBERS, &n, &fault) < 0)
		return false;
	list = member(m, n, "files");
	if (!member(m, n, "tamis") || !list || list->type != JSON_T_ARRAY)
		return false;
	*files = list->value;
	return true;
}

static bool is_own_export(const char *path, const char *manifest, uint64_t size)
{
	struct buf text = BUF_INIT;
	char *copy = xstrdup(path), *real = realpath(path, NULL);
	struct span files;
	bool own = read_manifest(manifest, &text, &files) &&
		   (lists(files, basename(copy), size) || (real && lists(files, basename(real), size)));

	free(copy);
	free(real);
	buf_free(&text);
	return own;
}

static int check_file(struct store *s, struct stat *st, const char *path, bool *there, struct error *err)
{
	int rc = s ? store_guard(s, path, err) : 0;

	*there = stat(path, st) == 0;
	if (rc == 0 && *there && S_ISDIR(st->st_mode))
		return error_set(err, TAMIS_EUSAGE, _("%s is a folder; name a file in it"), path);
	if (rc == 0 && *there && !S_ISREG(st->st_mode))
		return error_set(err, TAMIS_EUSAGE, _("%s is no ordinary file; leave --to out and send standard output there"), path);
	return rc;
}

int output_check(struct store *s, const char *path, const char *manifest, bool force, struct error *err)
{
	struct stat st;
	bool there;
	int rc = check_file(s, &st, path, &there, err);

	if (rc < 0 || !there || force || st.st_size == 0)
		return rc;
	if (manifest && is_own_export(path, manifest, (uint64_t)st.st_size))
		return 0;
	if (manifest)
		return error_set(err, TAMIS_EUSAGE,
				 _("%s is there already, and is no export of tamis as it was written; name another file, or add --force"), path);
	return error_set(err, TAMIS_EUSAGE, _("%s is there already; name another file, or add --force"), path);
}

int output_check_beside(struct store *s, const char *path, const char *manifest, bool force, struct error *err)
{
	struct buf text = BUF_INIT;
	struct span files;
	struct stat st;
	bool there;
	int rc = check_file(s, &st, path, &there, err);

	if (rc == 0 && there && !force && st.st_size > 0 && !read_manifest(manifest, &text, &files))
		rc = error_set(err, TAMIS_EUSAGE, _("%s is there already; name another file, or add --force"), path);
	buf_free(&text);
	return rc;
}
