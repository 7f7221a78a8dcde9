/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From paths to the list of files to import. */
#include "jobs/import_plan.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/i18n.h"
#include "base/log.h"

#define WALK_DEPTH 64

void import_plan_free(struct import_plan *plan)
{
	vec_each(&plan->files, i) {
		struct import_file *file = &plan->files.v[i];

		free(file->path);
		free(file->spool);
		if (file->spool_fd >= 0)
			close(file->spool_fd);
	}
	vec_free(&plan->files);
}

int import_spool_open(int *fd, char **path, struct error *err)
{
	const char *folder = getenv("TMPDIR");
	char *name = fs_join(folder && *folder ? folder : "/tmp", "tamis-XXXXXX");

	*fd = mkostemp(name, O_CLOEXEC);
	if (*fd < 0)
		error_errno(err, TAMIS_EIO, errno, _("%s: a temporary file can't be made"), name);
	else
		unlink(name);
	free(name);
	if (*fd < 0)
		return TAMIS_EIO;
	*path = xasprintf("/proc/self/fd/%d", *fd);
	return 0;
}

/* Standard input and named pipes can be read once: their bytes are put aside first. */
static int spool(struct import_plan *plan, int from, const char *shown, struct error *err)
{
	struct import_file file = { .spool_fd = -1 };
	char *bytes = xmalloc(256 * 1024);
	int rc = import_spool_open(&file.spool_fd, &file.spool, err);

	while (rc == 0) {
		ssize_t n = read(from, bytes, 256 * 1024);

		if (n == 0)
			break;
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			rc = error_errno(err, TAMIS_EIO, errno, _("%s: can't be read"), shown);
		else if (fs_write_all(file.spool_fd, bytes, (size_t)n) < 0)
			rc = error_errno(err, TAMIS_EIO, errno, _("a temporary file can't be written"));
		else
			file.size += (uint64_t)n;
	}
	free(bytes);
	file.path = xstrdup("-");
	vec_push(&plan->files, file);
	plan->bytes += file.size;
	return rc;
}

static void add_file(struct import_plan *plan, char *path, uint64_t size)
{
	vec_push(&plan->files, (struct import_file){ .path = path, .size = size, .spool_fd = -1 });
	plan->bytes += size;
}

/* What other tools leave beside the data: binary side files of datatrove's dedup. */
static bool is_side_file(const char *name)
{
	static const char *const ends[] = { ".remove", ".clusters", ".sizes", ".dups" };

	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
		if (span_ends(span_of(name), ends[i]))
			return true;
	return false;
}

/* Pictures, fonts, sound, film and compiled programs: in a folder of documents they belong to the pages beside them. */
static bool is_media(const char *name)
{
	static const char *const ends[] = {
		"png", "jpg", "jpeg", "gif", "webp", "ico", "bmp", "tif", "tiff", "svg", "svgz", "avif",   /* pictures */
		"woff", "woff2", "ttf", "otf", "eot",                                                       /* fonts */
		"mp3", "ogg", "oga", "opus", "flac", "wav", "mp4", "webm", "mkv", "avi", "mov",             /* sound and film */
		"o", "so", "a", "pyc", "class", "jar", "exe", "dll", "wasm",                                 /* programs */
	};
	const char *dot = strrchr(name, '.');

	for (size_t i = 0; dot && i < sizeof ends / sizeof *ends; i++)
		if (strcasecmp(dot + 1, ends[i]) == 0)
			return true;
	return false;
}

static bool has_folder(const char *path, const char *name)
{
	char *joined = fs_join(path, name);
	struct stat st;
	bool found = stat(joined, &st) == 0 && S_ISDIR(st.st_mode);

	free(joined);
	return found;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int list_folder(const char *path, char ***out, size_t *n, struct error *err)
{
	VEC(char *) names = {0};
	DIR *dir = opendir(path);
	struct dirent *entry;

	if (dir == NULL)
		return error_errno(err, TAMIS_EIO, errno, _("%s: can't be opened"), path);
	while ((entry = readdir(dir)) != NULL)
		if (entry->d_name[0] != '.')
			vec_push(&names, xstrdup(entry->d_name));
	closedir(dir);
	if (names.n)
		qsort(names.v, names.n, sizeof *names.v, compare_names);
	*out = names.v;
	*n = names.n;
	return 0;
}

static int walk(struct import_plan *plan, const char *path, unsigned depth, struct error *err);

/* One entry of a folder.  Links to files are followed, links to folders are not: they may lead back. */
static int walk_entry(struct import_plan *plan, char *path, const char *name, bool dolma, unsigned depth,
		      struct error *err)
{
	struct stat st, target;
	char *real;

	if (lstat(path, &st) != 0 || (S_ISLNK(st.st_mode) && stat(path, &target) != 0))
		return 0; /* vanished, or a link to nothing */
	if (S_ISDIR(st.st_mode)) {
		if (dolma && strcmp(name, "attributes") == 0) {
			plan->noted++;
			return 0;
		}
		return walk(plan, path, depth + 1, err);
	}
	if (S_ISLNK(st.st_mode))
		st = target;
	if (!S_ISREG(st.st_mode))
		return 0;
	if (is_side_file(name)) {
		plan->noted++;
		return 0;
	}
	if (is_media(name)) {
		plan->media++;
		return 0;
	}
	if (access(path, R_OK) != 0)
		return error_errno(err, TAMIS_EIO, errno, _("%s: can't be read"), path);
	real = realpath(path, NULL); /* a link beside its file is the same source */
	add_file(plan, real ? real : xstrdup(path), (uint64_t)st.st_size);
	return 0;
}

static int walk(struct import_plan *plan, const char *path, unsigned depth, struct error *err)
{
	bool dolma = has_folder(path, "documents") && has_folder(path, "attributes");
	char **names = NULL;
	size_t n = 0;
	int rc;

	if (depth > WALK_DEPTH)
		return error_set(err, TAMIS_ELIMIT, _("%s: folders inside folders more than %d deep"), path, WALK_DEPTH);
	rc = list_folder(path, &names, &n, err);
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < n; i++) {
		char *entry = fs_join(path, names[i]);

		if (rc == 0)
			rc = walk_entry(plan, entry, names[i], dolma, depth, err);
		free(entry);
		free(names[i]);
	}
	free(names);
	return rc;
}

/* A path a person gave: it must be readable now. */
static int add_given_file(struct import_plan *plan, const char *path, const struct stat *st, struct error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY), rc = 0;
	char *real = NULL;

	if (fd < 0)
		return error_errno(err, TAMIS_EIO, errno, _("%s: can't be opened"), path);
	if (!S_ISREG(st->st_mode)) { /* a pipe: what its name stands for may have no path at all */
		rc = spool(plan, fd, path, err);
	} else {
		real = realpath(path, NULL);
		if (real)
			add_file(plan, real, (uint64_t)st->st_size);
		else
			rc = error_errno(err, TAMIS_EIO, errno, _("%s: can't be opened"), path);
	}
	close(fd);
	return rc;
}

static int add_path(struct import_plan *plan, const char *path, struct error *err)
{
	struct stat st;
	char *real;
	int rc;

	if (strcmp(path, "-") == 0)
		return spool(plan, STDIN_FILENO, path, err);
	if (stat(path, &st) != 0)
		return error_errno(err, TAMIS_EIO, errno, _("%s: can't be opened"), path);
	if (!S_ISDIR(st.st_mode))
		return add_given_file(plan, path, &st, err);
	real = realpath(path, NULL);
	if (real == NULL)
		return error_errno(err, TAMIS_EIO, errno, _("%s: can't be opened"), path);
	rc = walk(plan, real, 0, err);
	free(real);
	return rc;
}

int import_plan_make(struct import_plan *out, const struct import_request *req, struct error *err)
{
	int rc = 0;

	*out = (struct import_plan){0};
	for (size_t i = 0; rc == 0 && i < req->n_paths; i++)
		rc = add_path(out, req->paths[i], err);
	if (rc == 0 && out->files.n == 0)
		rc = error_set(err, TAMIS_ENOTFOUND, _("%s: no files to import in it"), req->n_paths ? req->paths[0] : "");
	if (rc == 0 && out->noted)
		log_line("import: %zu side files of other tools left out", out->noted);
	if (rc < 0)
		import_plan_free(out);
	return rc;
}
