/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From a folder to an order. */
#include "jobs/order.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/data.h"
#include "base/i18n.h"
#include "jobs/order_facts.h"

static int load_languages(struct languages **out, struct error *err)
{
	char *one = data_path_shipped("languages", "python.lang");
	int rc;

	if (one == NULL)
		return error_set(err, TAMIS_EIO, _("the language files (share/languages) are not found; set TAMIS_DATADIR"));
	*strrchr(one, '/') = '\0';
	rc = languages_load(out, one, err);
	free(one);
	return rc;
}

static char *last_part(const char *path)
{
	const char *end = path + strlen(path), *start;

	while (end > path + 1 && end[-1] == '/')
		end--;
	for (start = end; start > path && start[-1] != '/'; start--)
		;
	return xstrndup(start, (size_t)(end - start));
}

/* The folder's own name, also when the path is "." or ends in "..". */
static char *own_name(const char *given)
{
	char *path = realpath(given, NULL);
	char *name = last_part(path ? path : given);

	free(path);
	return name;
}

int order_load(void *work, uint32_t file, struct buf *out, struct error *err)
{
	const struct order_work *w = work;

	return tree_read(&w->tree, file, out, err);
}

static double bytes_per_token(const struct order_request *req)
{
	return req->bytes_per_token > 0 ? req->bytes_per_token : 3.5;
}

int order_work_again(struct order_work *w, const struct order_request *req, struct error *err)
{
	uint64_t budget = req->budget ? req->budget : 32768;

	struct code_order_options options = req->options;

	code_order_free(&w->order);
	code_windows_free(&w->windows);
	order_rules_apply(&w->rules, &w->repo, &w->resolution.graph);
	options.kinds_off |= w->rules.kinds_off;
	code_order_make(&w->order, &w->resolution.graph, &options);
	if (req->bundle) {
		code_windows_bundles(&w->windows, &w->repo, &w->resolution.graph, w->order.sequence, w->order.position, w->order.n,
				     budget, bytes_per_token(req));
		return 0;
	}
	return code_windows_flat(&w->windows, &w->repo, &w->resolution.graph, w->order.sequence, w->order.n,
				 req->per_group ? w->order.group : NULL, budget, bytes_per_token(req), order_load, w, err);
}

/* Links turned round, so that "is needed by" costs no search. */
static void find_users(struct order_work *w)
{
	const struct code_graph *g = &w->resolution.graph;
	uint32_t *fill = xcalloc(g->n, sizeof *fill);

	w->user_first = xcalloc((size_t)g->n + 1, sizeof *w->user_first);
	w->user = xcalloc(g->links.n, sizeof *w->user);
	vec_each(&g->links, i)
		w->user_first[g->links.v[i].to + 1]++;
	for (uint32_t v = 0; v < g->n; v++)
		w->user_first[v + 1] += w->user_first[v];
	vec_each(&g->links, i) {
		uint32_t to = g->links.v[i].to;

		w->user[w->user_first[to] + fill[to]++] = g->links.v[i].from;
	}
	free(fill);
}

int order_work_resolve(struct order_work *w, const struct order_request *req, struct error *err)
{
	size_t n;
	struct code_alias *aliases = order_rules_aliases(&w->rules, &n);

	code_resolution_free(&w->resolution);
	code_resolve(&w->resolution, &w->repo, aliases, n);
	free(aliases);
	free(w->user_first);
	free(w->user);
	find_users(w);
	return order_work_again(w, req, err);
}

/* A path that is not there may be a corpus. */
static int open_tree(struct order_work *w, const struct order_request *req, struct store *s, struct job *job, struct error *err)
{
	const atomic_bool *cancel = job ? job_cancel_flag(job) : NULL;
	struct corpus corpus;

	if (s && access(req->path, F_OK) != 0 && store_corpus_get(s, &corpus, req->path, NULL) == 0)
		return tree_open_corpus(&w->tree, s, req->path, cancel, err);
	return tree_open(&w->tree, req->path, &req->wish, cancel, err);
}

int order_work_open(struct order_work *w, const struct order_request *req, struct store *s, struct job *job, struct error *err)
{
	int rc;

	*w = (struct order_work){ .kept = BUF_INIT };
	code_repo_init(&w->repo);
	w->name = req->name ? xstrdup(req->name) : own_name(req->path);
	rc = load_languages(&w->languages, err);
	if (rc == 0)
		rc = open_tree(w, req, s, job, err);
	if (rc == 0 && w->tree.files.n == 0)
		rc = error_set(err, TAMIS_ENOTFOUND, _("%s: no files to order"), req->path);
	if (rc == 0)
		rc = order_rules_load(&w->rules, s, req->path, err);
	if (rc == 0)
		rc = order_facts_collect(w, s, job, err);
	if (rc == 0) {
		code_repo_finish(&w->repo);
		w->repo.name = span_of(w->name);
		rc = order_work_resolve(w, req, err);
	}
	if (rc)
		order_work_free(w);
	return rc;
}

void order_work_free(struct order_work *w)
{
	code_windows_free(&w->windows);
	code_order_free(&w->order);
	code_resolution_free(&w->resolution);
	order_rules_free(&w->rules);
	code_repo_free(&w->repo);
	languages_free(w->languages);
	tree_close(&w->tree);
	free(w->user_first);
	free(w->user);
	free(w->name);
	buf_free(&w->kept);
	*w = (struct order_work){ 0 };
}
