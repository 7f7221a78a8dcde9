/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Files: read whole, read a range, write so that a crash leaves either the old file or the new one.
 */
#ifndef TAMIS_BASE_FS_H
#define TAMIS_BASE_FS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/error.h"

/* Appends the whole file to `out`; a file over `limit` bytes is TAMIS_ELIMIT. */
int fs_read_all(struct buf *out, const char *path, size_t limit, struct error *err);

/* pread until `n` bytes or end of file; returns the count, or -1 with errno set. EINTR is retried. */
ssize_t fs_pread(int fd, void *p, size_t n, uint64_t offset);
/* write until all of `n`; 0 or -1 with errno set. */
int fs_write_all(int fd, const void *p, size_t n);

/* A file that appears under its name only when complete: written beside the target, fsynced, renamed. */
struct fs_atomic {
	FILE *file;
	char *path;
	char *temporary;
};

int fs_atomic_open(struct fs_atomic *a, const char *path, struct error *err);
int fs_atomic_commit(struct fs_atomic *a, struct error *err); /* closes in any case */
void fs_atomic_abort(struct fs_atomic *a);                    /* removes the temporary; safe after commit */

/* True when `path` lies on a network file system (NFS, SMB, AFS, 9p, FUSE sshfs …); `*name` says which. */
bool fs_is_network(const char *path, const char **name);

/* True when next to nothing can be written any more beside `path` (which need not exist). */
bool fs_is_full(const char *path);

/* mkdir -p with mode 0700 for what is made. */
int fs_mkdirs(const char *path, struct error *err);

/* Joins with exactly one '/'; the caller frees. */
char *fs_join(const char *dir, const char *name);

#endif
