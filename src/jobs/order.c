/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From a folder to an order. */
#include "jobs/order.h"

#include <math.h>
#include <stdlib.h>

#include "base/data.h"
#include "base/i18n.h"
#include "base/json.h"
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
	return end - start == 1 && *start == '.' ? xstrdup("repository") : xstrndup(start, (size_t)(end - start));
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

	code_order_free(&w->order);
	code_windows_free(&w->windows);
	code_order_make(&w->order, &w->resolution.graph, &req->options);
	if (req->bundle) {
		code_windows_bundles(&w->windows, &w->repo, &w->resolution.graph, w->order.sequence, w->order.position, w->order.n,
				     budget, bytes_per_token(req));
		return 0;
	}
	return code_windows_flat(&w->windows, &w->repo, &w->resolution.graph, w->order.sequence, w->order.n, budget,
				 bytes_per_token(req), order_load, w, err);
}

int order_work_open(struct order_work *w, const struct order_request *req, struct store *s, struct job *job, struct error *err)
{
	int rc;

	*w = (struct order_work){ 0 };
	code_repo_init(&w->repo);
	w->name = req->name ? xstrdup(req->name) : last_part(req->path);
	rc = load_languages(&w->languages, err);
	if (rc == 0)
		rc = tree_open(&w->tree, req->path, &req->wish, job ? job_cancel_flag(job) : NULL, err);
	if (rc == 0 && w->tree.files.n == 0)
		rc = error_set(err, TAMIS_ENOTFOUND, _("%s: no files to order"), req->path);
	if (rc == 0)
		rc = order_facts_collect(w, s, job, err);
	if (rc == 0) {
		code_repo_finish(&w->repo);
		code_resolve(&w->resolution, &w->repo, NULL, 0);
		rc = order_work_again(w, req, err);
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
	code_repo_free(&w->repo);
	languages_free(w->languages);
	tree_close(&w->tree);
	free(w->name);
	*w = (struct order_work){ 0 };
}

static void put_dependencies(struct buf *out, const struct order_work *w, uint32_t file)
{
	const struct code_graph *g = &w->resolution.graph;

	json_put_key(out, "depends_on");
	buf_addc(out, '[');
	for (uint32_t k = g->first[file]; k < g->first[file + 1]; k++) {
		if (k > g->first[file])
			buf_addc(out, ',');
		json_put_string(out, w->repo.files.v[g->links.v[k].to].path);
	}
	buf_addc(out, ']');
}

void order_item_json(struct buf *out, const struct order_work *w, uint32_t file, uint32_t position)
{
	const struct code_file *f = &w->repo.files.v[file];
	const struct code_graph *g = &w->resolution.graph;
	bool cut = false;

	buf_addc(out, '{');
	json_put_int(out, "position", (int64_t)position + 1);
	json_put_member(out, "path", f->path);
	json_put_member(out, "language", span_of(f->facts.language ? f->facts.language->name : ""));
	json_put_int(out, "component", (int64_t)w->order.component[file]);
	json_put_int(out, "group", (int64_t)w->order.group[file]);
	json_put_int(out, "layer", (int64_t)w->order.layer[file]);
	for (uint32_t k = g->first[file]; k < g->first[file + 1]; k++)
		cut |= w->order.position[g->links.v[k].to] > w->order.position[file];
	json_put_bool(out, "cycle", cut);
	json_put_member(out, "role", span_of(code_role_name(f->facts.role)));
	json_put_int(out, "bytes", (int64_t)f->facts.bytes);
	json_put_member(out, "repository", span_of(w->name));
	put_dependencies(out, w, file);
	buf_addc(out, '}');
}

void order_summary_json(struct buf *out, const struct order_work *w)
{
	size_t skipped = 0;

	vec_each(&w->repo.files, i)
		skipped += code_role_skipped(w->repo.files.v[i].facts.role);
	json_put_member(out, "repository", span_of(w->name));
	json_put_int(out, "files", (int64_t)(w->repo.files.n - skipped));
	json_put_int(out, "left_out", (int64_t)skipped);
	json_put_int(out, "reused", (int64_t)w->reused);
	json_put_int(out, "links", (int64_t)w->order.links);
	json_put_int(out, "satisfied", (int64_t)w->order.satisfied);
	json_put_int(out, "strong", (int64_t)w->order.strong);
	json_put_int(out, "strong_satisfied", (int64_t)w->order.strong_satisfied);
	json_put_int(out, "outside_cycles", (int64_t)w->order.outside);
	json_put_int(out, "outside_cycles_satisfied", (int64_t)w->order.outside_satisfied);
	json_put_int(out, "components", (int64_t)w->order.components);
	json_put_int(out, "largest_component", (int64_t)w->order.largest);
	json_put_int(out, "groups", (int64_t)w->order.groups);
	json_put_int(out, "cuts", (int64_t)w->order.cuts.n);
	json_put_int(out, "unresolved", (int64_t)w->resolution.unresolved.n);
	json_put_int(out, "windows", (int64_t)w->windows.n);
	json_put_int(out, "tokens", (int64_t)w->windows.tokens);
	json_put_real(out, "window_coverage", w->windows.links ? (double)w->windows.covered / (double)w->windows.links : 1);
	json_put_real(out, "duplication",
		      w->windows.source_tokens ? (double)w->windows.tokens / (double)w->windows.source_tokens : 1);
}

static void put_parameters(struct buf *out, const struct order_request *req)
{
	static const char *const names[] = { "deps", "users", "path", "random", "deepseek" };

	buf_addc(out, '{');
	json_put_member(out, "path", span_of(req->path));
	json_put_member(out, "order", span_of(names[req->options.kind]));
	json_put_int(out, "seed", (int64_t)req->options.seed);
	json_put_int(out, "kinds_off", (int64_t)req->options.kinds_off);
	json_put_int(out, "budget", (int64_t)req->budget);
	json_put_bool(out, "bundle", req->bundle);
	json_put_key(out, "exclude");
	buf_addc(out, '[');
	for (const char *const *glob = req->wish.exclude; glob && *glob; glob++) {
		if (glob != req->wish.exclude)
			buf_addc(out, ',');
		json_put_string(out, span_of(*glob));
	}
	buf_adds(out, "]}");
}

/* An item is the question "does this file stand right?": its path and content and what it needs. */
static struct hash128 item_key(const struct order_work *w, uint32_t file, struct buf *scratch)
{
	buf_clear(scratch);
	buf_adds(scratch, "order");
	buf_addc(scratch, '\0');
	buf_addspan(scratch, w->repo.files.v[file].path);
	buf_addc(scratch, '\0');
	buf_add(scratch, w->repo.files.v[file].facts.content.b, 16);
	put_dependencies(scratch, w, file);
	return hash128(scratch->p, scratch->len);
}

#define BATCH 500

static int save_items(const struct order_work *w, struct store *s, int64_t run, struct error *err)
{
	struct buf bodies = BUF_INIT, key = BUF_INIT;
	struct item_row rows[BATCH];
	size_t starts[BATCH], n = 0;
	uint32_t position = 0;
	int rc = 0;

	for (uint32_t p = 0; p < w->order.n && rc == 0; p++) {
		uint32_t file = w->order.sequence[p];

		if (!code_role_skipped(w->repo.files.v[file].facts.role)) {
			starts[n] = bodies.len;
			order_item_json(&bodies, w, file, position++);
			rows[n] = (struct item_row){ .run = run, .kind = KIND_ORDER, .key = item_key(w, file, &key), .score = NAN,
						     .body_len = bodies.len - starts[n] };
			n++;
		}
		if (n < BATCH && p + 1 < w->order.n)
			continue;
		for (size_t i = 0; i < n; i++)
			rows[i].body = bodies.p + starts[i];
		rc = store_items_add(s, run, rows, n, err);
		buf_clear(&bodies);
		n = 0;
	}
	buf_free(&bodies);
	buf_free(&key);
	return rc;
}

int order_work_save(const struct order_work *w, const struct order_request *req, struct store *s, int64_t *run, struct error *err)
{
	struct buf parameters = BUF_INIT, inputs = BUF_INIT, counts = BUF_INIT;
	struct run r = { .pipeline = "order", .engine = ORDER_ENGINE };
	int rc;

	put_parameters(&parameters, req);
	buf_addc(&inputs, '{');
	json_put_member(&inputs, "path", span_of(w->tree.root));
	json_put_int(&inputs, "files", (int64_t)w->tree.files.n);
	buf_addc(&inputs, '}');
	buf_addc(&counts, '{');
	order_summary_json(&counts, w);
	buf_addc(&counts, '}');
	r.parameters = buf_steal(&parameters, NULL);
	r.inputs = buf_steal(&inputs, NULL);
	rc = store_run_begin(s, &r, err);
	if (rc == 0)
		rc = save_items(w, s, r.id, err);
	if (rc == 0) {
		r.counts = buf_steal(&counts, NULL);
		rc = store_run_end(s, &r, err);
	}
	*run = r.id;
	run_free(&r);
	buf_free(&counts);
	return rc;
}
