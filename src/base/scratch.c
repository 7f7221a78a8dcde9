/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Nameless files; see scratch.h. */
#include "base/scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/i18n.h"

int scratch_file(struct error *err)
{
	const char *dir = getenv("TMPDIR");
	char *path;
	int fd;

	if (dir == NULL || *dir == '\0')
		dir = "/tmp";
	fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (fd >= 0)
		return fd;
	path = fs_join(dir, "tamis-XXXXXX"); /* file systems without O_TMPFILE */
	fd = mkostemp(path, O_CLOEXEC);
	if (fd >= 0)
		unlink(path);
	else
		error_errno(err, TAMIS_EIO, errno, _("a temporary file can't be made in %s; set TMPDIR to another folder"),
			    dir);
	free(path);
	return fd >= 0 ? fd : TAMIS_EIO;
}

/* The blocks are reserved before: a full disk is an error here, and no signal when the memory is written. */
int scratch_map(void **out, size_t bytes, struct error *err)
{
	int fd = scratch_file(err), rc = fd < 0 ? fd : posix_fallocate(fd, 0, (off_t)bytes);

	*out = NULL;
	if (fd < 0)
		return fd;
	if (rc == 0) {
		*out = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
		rc = *out == MAP_FAILED ? errno : 0;
	}
	close(fd);
	if (rc == 0)
		return 0;
	*out = NULL;
	return error_errno(err, TAMIS_EIO, rc, _("there is no room for a temporary file of %zu MB; set TMPDIR to a folder with space"),
			   (bytes >> 20) + 1);
}

void scratch_rest(void *p, size_t bytes)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), at = (uintptr_t)p / page * page;

	if (p)
		madvise((void *)at, (uintptr_t)p + bytes - at, MADV_DONTNEED); /* of a shared mapping: the file keeps the contents */
}

void scratch_unmap(void *p, size_t bytes)
{
	if (p)
		munmap(p, bytes);
}
