/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A repository as the ordering sees it: its files with their facts, and the indexes by which names are found.
 *
 * Files are added in any order and numbered by the byte order of their paths when code_repo_finish() is called; from then on
 * the repo does not change.  Texts are not kept, except of manifests (package.json, go.mod …) that resolvers read.
 */
#ifndef TAMIS_CODEORDER_REPO_H
#define TAMIS_CODEORDER_REPO_H

#include "base/map.h"
#include "codeorder/extract.h"
#include "codeorder/graph.h"

#define CODE_NO_FILE UINT32_MAX

struct code_file {
	struct span path;        /* relative, '/' between folders; owned by the repo */
	struct code_facts facts;
	struct span manifest;    /* content, for manifests only */
};

struct file_list {
	uint32_t *v;
	size_t n;
	size_t cap;
};

struct code_repo {
	VEC(struct code_file) files;
	struct mapstr by_path;                   /* whole path -> file */
	struct mapstr by_base;                   /* last component -> index into lists */
	struct mapstr by_declaration;            /* qualified name -> index into lists (resolvers fill it) */
	struct mapstr by_folder;                 /* folder ("" is the root) -> index into lists */
	VEC(struct file_list) lists;
	struct span name;                        /* of the folder itself: Python's package when the root is one; may be empty */
	struct arena arena;
};

void code_repo_init(struct code_repo *r);
void code_repo_free(struct code_repo *r);
/* Takes over `facts` (zeroed afterwards). `content` is copied for manifests only. */
void code_repo_add(struct code_repo *r, struct span path, struct code_facts *facts, struct span content);
void code_repo_finish(struct code_repo *r);

uint32_t code_repo_find(const struct code_repo *r, struct span path);            /* CODE_NO_FILE when absent */
const struct file_list *code_repo_folder(const struct code_repo *r, struct span folder); /* NULL when none */
const struct file_list *code_repo_declared(const struct code_repo *r, struct span name);
void code_repo_declare(struct code_repo *r, struct span name, uint32_t file);

/* The file whose path ends in `suffix` at a folder's border; of several, the one that shares the longest folder with `from`.
 * CODE_NO_FILE when none, or when two are equally near: then `*candidates` (may be NULL) gets them all. */
uint32_t code_repo_suffix(const struct code_repo *r, struct span suffix, struct span from, struct file_list *candidates);

/* "a/b/c.py" -> "a/b", "c.py" -> "". */
struct span path_folder(struct span path);
struct span path_base(struct span path);
struct span path_stem(struct span path);      /* base name without its last extension */
struct span path_extension(struct span path); /* without the dot; empty when none */
/* folder + "/" + relative with "." and ".." worked out; false when it leaves the repository. */
bool path_join(struct buf *out, struct span folder, struct span relative);

#endif
