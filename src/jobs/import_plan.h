/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What an import is going to read: the paths a person gave, folders walked in byte order of names.
 * Private to jobs/.
 */
#ifndef TAMIS_JOBS_IMPORT_PLAN_H
#define TAMIS_JOBS_IMPORT_PLAN_H

#include "base/vec.h"
#include "jobs/import.h"

struct import_file {
	char *path;      /* absolute; "-" when the bytes came through a pipe */
	char *spool;     /* where a pipe's bytes can be read, or NULL */
	int spool_fd;    /* -1, or the open spool (it has no name, so a killed import leaves nothing) */
	uint64_t size;
};

struct import_plan {
	VEC(struct import_file) files;
	size_t noted;    /* side files of other tools, left out */
	uint64_t media;  /* pictures, fonts, sound, film, programs inside a folder, left out by their names */
	uint64_t bytes;
};

/* Nothing is written yet: a path that can't be read fails here. */
int import_plan_make(struct import_plan *out, const struct import_request *req, struct error *err);
void import_plan_free(struct import_plan *plan);
/* A nameless temporary file and a path that opens it. */
int import_spool_open(int *fd, char **path, struct error *err);

#endif
