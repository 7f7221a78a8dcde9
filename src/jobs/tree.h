/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The files of a folder or an archive, in byte order of their paths, for pipelines that look at whole trees.
 *
 * Hidden entries and version control folders are left out, as are links (a link that leaves the tree would bring in files from
 * elsewhere, one that does not would bring them in twice).  In an archive, names that are absolute or climb with ".." are left out.
 */
#ifndef TAMIS_JOBS_TREE_H
#define TAMIS_JOBS_TREE_H

#include "base/vec.h"
#include "jobs/job.h"

struct tree_file {
	char *path;        /* relative, '/' between folders */
	uint64_t size;
	int64_t mtime_ns;
	char *content;     /* archives: the bytes (at most TREE_FILE_LIMIT; NULL when larger or from a folder) */
};

#define TREE_FILE_LIMIT ((size_t)16 << 20)
#define TREE_ARCHIVE_LIMIT ((uint64_t)4 << 30) /* unpacked bytes of one archive */

struct tree {
	char *root;        /* as given, without a '/' at the end */
	bool archive;      /* or a corpus: contents are held here */
	size_t closed;     /* folders inside that could not be opened, and are left out */
	VEC(struct tree_file) files;
};

struct tree_wish {
	const char *const *exclude; /* globs over the relative path such as *.min.js, NULL-terminated; may be NULL */
	bool gitignore;             /* leave out what .gitignore files say */
};

int tree_open(struct tree *out, const char *path, const struct tree_wish *wish, const atomic_bool *cancel, struct error *err);
/* The records of a corpus that say which file they are (a field `path`, with `repo_name` before it), or whose source is one file each; all
 * texts are held in memory.  TAMIS_ENOTFOUND when there is no such corpus, or none of its records is a file. */
int tree_open_corpus(struct tree *out, struct store *s, const char *name, const atomic_bool *cancel, struct error *err);
void tree_close(struct tree *t);
/* Appends file i's bytes to `out`. */
int tree_read(const struct tree *t, size_t i, struct buf *out, struct error *err);

#endif
