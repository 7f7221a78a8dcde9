/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An order as a run, its items, and the figures of its summary. */
#include <math.h>
#include <stdlib.h>

#include "base/json.h"
#include "base/thread.h"
#include "jobs/order.h"

static void put_path(struct buf *out, const struct order_work *w, uint32_t file)
{
	if (out->p[out->len - 1] != '[')
		buf_addc(out, ',');
	json_put_string(out, w->repo.files.v[file].path);
}

static void put_dependencies(struct buf *out, const struct order_work *w, uint32_t file, uint32_t most, bool cuts_only)
{
	const struct code_graph *g = &w->resolution.graph;

	json_put_key(out, cuts_only ? "cuts" : "depends_on");
	buf_addc(out, '[');
	for (uint32_t k = g->first[file]; k < g->first[file + 1] && most; k++) {
		if (cuts_only && w->order.position[g->links.v[k].to] < w->order.position[file])
			continue;
		put_path(out, w, g->links.v[k].to);
		most--;
	}
	buf_addc(out, ']');
}

static void put_users(struct buf *out, const struct order_work *w, uint32_t file)
{
	json_put_key(out, "used_by");
	buf_addc(out, '[');
	for (uint32_t k = w->user_first[file]; k < w->user_first[file + 1] && k < w->user_first[file] + ORDER_LIST; k++)
		put_path(out, w, w->user[k]);
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
	put_dependencies(out, w, file, ORDER_LIST, false);
	put_users(out, w, file);
	put_dependencies(out, w, file, ORDER_LIST, true);
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
	json_put_bool(out, "per_group", req->per_group);
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
struct hash128 order_item_key(const struct order_work *w, uint32_t file)
{
	struct buf text = BUF_INIT;
	struct hash128 key;

	buf_adds(&text, "order");
	buf_addc(&text, '\0');
	buf_addspan(&text, w->repo.files.v[file].path);
	buf_addc(&text, '\0');
	buf_add(&text, w->repo.files.v[file].facts.content.b, 16);
	put_dependencies(&text, w, file, UINT32_MAX, false);
	key = hash128(text.p, text.len);
	buf_free(&text);
	return key;
}

#define BATCH 1000
#define BATCHES 8 /* made by several threads at once, then written by one */

struct batch {
	struct buf bodies;
	struct item_row rows[BATCH];
	size_t n;
};

struct saving {
	const struct order_work *w;
	int64_t run;
	struct batch *batches;
	uint32_t *kept; /* files that have an item, in order */
	size_t n, done; /* of them */
};

static void make_batch(void *ctx, size_t b)
{
	const struct saving *s = ctx;
	struct batch *batch = &s->batches[b];
	size_t first = s->done + b * BATCH, starts[BATCH];

	buf_clear(&batch->bodies);
	for (batch->n = 0; batch->n < BATCH && first + batch->n < s->n; batch->n++) {
		size_t at = first + batch->n;

		starts[batch->n] = batch->bodies.len;
		order_item_json(&batch->bodies, s->w, s->kept[at], (uint32_t)at);
		batch->rows[batch->n] = (struct item_row){ .run = s->run, .kind = KIND_ORDER, .score = NAN,
							   .key = order_item_key(s->w, s->kept[at]),
							   .body_len = batch->bodies.len - starts[batch->n] };
	}
	for (size_t i = 0; i < batch->n; i++)
		batch->rows[i].body = batch->bodies.p + starts[i];
}

static int save_items(const struct order_work *w, struct store *store, int64_t run, struct error *err)
{
	struct saving s = { .w = w, .run = run, .batches = xcalloc(BATCHES, sizeof *s.batches) };
	int rc = 0;

	s.kept = xcalloc(w->order.n, sizeof *s.kept);
	for (uint32_t p = 0; p < w->order.n; p++)
		if (!code_role_skipped(w->repo.files.v[w->order.sequence[p]].facts.role))
			s.kept[s.n++] = w->order.sequence[p];
	while (s.done < s.n && rc == 0) {
		size_t left = (s.n - s.done + BATCH - 1) / BATCH, n = left < BATCHES ? left : BATCHES;

		parallel_for(thread_count_default(), n, make_batch, &s, NULL);
		for (size_t b = 0; b < n && rc == 0; b++)
			rc = store_items_add(store, run, s.batches[b].rows, s.batches[b].n, err);
		s.done += n * BATCH;
	}
	for (size_t b = 0; b < BATCHES; b++)
		buf_free(&s.batches[b].bodies);
	free(s.batches);
	free(s.kept);
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
