/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whole-file reads, ranged reads, atomic writes. */
#include "base/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/i18n.h"

int fs_read_all(struct buf *out, const char *path, size_t limit, struct error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t start = out->len;
	int rc = 0;

	if (fd < 0)
		return error_errno(err, TAMIS_EIO, errno, _("%s: can't be opened"), path);
	for (;;) {
		ssize_t n;

		buf_reserve(out, 64 * 1024);
		n = read(fd, out->p + out->len, out->cap - out->len - 1);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			rc = error_errno(err, TAMIS_EIO, errno, _("%s: can't be read"), path);
		if (n <= 0)
			break;
		out->len += (size_t)n;
		out->p[out->len] = '\0';
		if (out->len - start > limit) {
			rc = error_set(err, TAMIS_ELIMIT, _("%s: larger than %zu bytes"), path, limit);
			break;
		}
	}
	close(fd);
	return rc;
}

ssize_t fs_pread(int fd, void *p, size_t n, uint64_t offset)
{
	size_t done = 0;

	while (done < n) {
		ssize_t got = pread(fd, (char *)p + done, n - done, (off_t)(offset + done));

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -1;
		if (got == 0)
			break;
		done += (size_t)got;
	}
	return (ssize_t)done;
}

int fs_write_all(int fd, const void *p, size_t n)
{
	const char *at = p;

	while (n) {
		ssize_t put = write(fd, at, n);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return -1;
		at += put;
		n -= (size_t)put;
	}
	return 0;
}

int fs_atomic_open(struct fs_atomic *a, const char *path, struct error *err)
{
	int fd;

	a->path = realpath(path, NULL); /* what a link stands for is replaced, not the link */
	if (a->path == NULL)
		a->path = xstrdup(path);
	a->temporary = xasprintf("%s.%ld.tmp", a->path, (long)getpid());
	a->file = NULL;
	fd = open(a->temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (fd < 0 || (a->file = fdopen(fd, "w")) == NULL) {
		error_errno(err, TAMIS_EIO, errno, _("%s: can't be written"), path);
		if (fd >= 0)
			close(fd);
		fs_atomic_abort(a);
		return TAMIS_EIO;
	}
	setvbuf(a->file, NULL, _IOFBF, 256 * 1024);
	return 0;
}

static int sync_folder_of(const char *path)
{
	char *copy = xstrdup(path);
	int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	free(copy);
	if (fd < 0)
		return -1;
	fsync(fd); /* some file systems refuse it on a folder; the rename is then as durable as it gets */
	close(fd);
	return 0;
}

int fs_atomic_commit(struct fs_atomic *a, struct error *err)
{
	int failed = fflush(a->file) != 0 || fsync(fileno(a->file)) != 0;
	int saved = errno;

	if (fclose(a->file) != 0 && !failed) {
		failed = 1;
		saved = errno;
	}
	a->file = NULL;
	if (!failed && rename(a->temporary, a->path) != 0) {
		failed = 1;
		saved = errno;
	}
	if (failed) {
		error_errno(err, TAMIS_EIO, saved, _("%s: can't be written"), a->path);
		fs_atomic_abort(a);
		return TAMIS_EIO;
	}
	sync_folder_of(a->path);
	free(a->temporary);
	a->temporary = NULL;
	fs_atomic_abort(a);
	return 0;
}

void fs_atomic_abort(struct fs_atomic *a)
{
	if (a->file)
		fclose(a->file);
	if (a->temporary)
		unlink(a->temporary);
	free(a->temporary);
	free(a->path);
	*a = (struct fs_atomic){0};
}

bool fs_is_network(const char *path, const char **name)
{
	static const struct {
		unsigned long magic;
		const char *name;
	} table[] = {
		{ 0x6969, "NFS" },        { 0x517b, "SMB" },        { 0xff534d42, "CIFS" },
		{ 0xfe534d42, "SMB2" },   { 0x5346414f, "AFS" },    { 0x01021997, "9p" },
		{ 0x65735546, "FUSE" },   { 0x0bd00bd0, "Lustre" }, { 0x00c36400, "Ceph" },
		{ 0x47504653, "GPFS" },
	};
	struct statfs fs;

	if (statfs(path, &fs) != 0)
		return false;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		if ((unsigned long)fs.f_type != table[i].magic)
			continue;
		if (name)
			*name = table[i].name;
		return true;
	}
	return false;
}

int fs_mkdirs(const char *path, struct error *err)
{
	char *copy = xstrdup(path);
	int rc = 0;

	for (char *p = copy + 1; rc == 0; p++) {
		char c = *p;

		if (c != '/' && c != '\0')
			continue;
		*p = '\0';
		if (mkdir(copy, 0700) != 0 && errno != EEXIST)
			rc = error_errno(err, TAMIS_EIO, errno, _("%s: can't be made"), copy);
		*p = c;
		if (c == '\0')
			break;
	}
	free(copy);
	return rc;
}

char *fs_join(const char *dir, const char *name)
{
	size_t len = strlen(dir);

	return xasprintf("%s%s%s", dir, len && dir[len - 1] == '/' ? "" : "/", name);
}

#define FULL_BELOW ((uint64_t)64 * 1024)

bool fs_is_full(const char *path)
{
	char *copy = xstrdup(path);
	struct statvfs st;
	bool full = statvfs(dirname(copy), &st) == 0 && (uint64_t)st.f_bavail * st.f_frsize < FULL_BELOW;

	free(copy);
	return full;
}
