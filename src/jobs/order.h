/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Ordering a repository: walk it, extract what has changed, resolve, order; then keep the result as a run whose items are the
 * files in order, or hand it to a face that recomputes it as the curator changes the rules.
 */
#ifndef TAMIS_JOBS_ORDER_H
#define TAMIS_JOBS_ORDER_H

#include "codeorder/resolve.h"
#include "codeorder/sample.h"
#include "jobs/order_rules.h"
#include "jobs/tree.h"

#define ORDER_ENGINE "codeorder 2"

struct order_request {
	const char *path;             /* folder or archive; or a corpus whose sources are files */
	const char *name;             /* of the repository in the output; NULL: the path's last part */
	struct tree_wish wish;
	struct code_order_options options;
	uint64_t budget;              /* tokens of a window; 0: one window a group */
	bool bundle;
	bool per_group;               /* a window never mixes weakly connected groups */
	double bytes_per_token;       /* 0: 3.5 */
};

/* A repository, understood. Everything in it lives until order_work_free(). */
struct order_work {
	struct tree tree;
	struct languages *languages;
	struct code_repo repo;        /* file i is tree.files.v[i] */
	struct order_rules rules;     /* of this tree, from the workspace */
	struct code_resolution resolution;
	struct code_order order;
	struct code_windows windows;
	struct buf kept;              /* the cache's bytes, which facts point into */
	char *name;
	uint32_t *user_first, *user;  /* who links to file f: user[user_first[f] .. user_first[f + 1]) */
	size_t reused;                /* files whose facts came from the cache */
};

/* All but writing to the store (which is used for the cache of facts only, and may be NULL).  `job` may be NULL. */
int order_work_open(struct order_work *out, const struct order_request *req, struct store *s, struct job *job, struct error *err);
/* After aliases have changed: resolves again, then as order_work_again(). */
int order_work_resolve(struct order_work *w, const struct order_request *req, struct error *err);
/* Order and windows again after rules or options have changed. */
int order_work_again(struct order_work *w, const struct order_request *req, struct error *err);
void order_work_free(struct order_work *w);

/* A run with one item for each file that stands in the training text, in order. */
int order_work_save(const struct order_work *w, const struct order_request *req, struct store *s, int64_t *run, struct error *err);
/* What an item of this order is about: `file` at its place, by path, content and dependencies. */
struct hash128 order_item_key(const struct order_work *w, uint32_t file);
/* One item's body: position path language component cycle depends_on … and used_by, cuts (at most ORDER_LIST paths each); `position`
 * from 0 among the files kept. */
#define ORDER_LIST 200u
void order_item_json(struct buf *out, const struct order_work *w, uint32_t file, uint32_t position);
/* {"files":…,"satisfied":…}: the figures of the summary line, without braces around. */
void order_summary_json(struct buf *out, const struct order_work *w);

/* code_load over the tree. */
int order_load(void *work, uint32_t file, struct buf *out, struct error *err);

#endif
