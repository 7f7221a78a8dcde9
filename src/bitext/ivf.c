/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The inverted file; see ivf.h.
 *
 * Queries go in blocks of a fixed size.  Of a block, each list's queries meet the list's members in one product; threads take whole
 * lists, keep their own best, and are merged by similarity and number.
 */
#include "bitext/ivf.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/thread.h"
#include "bitext/kmeans.h"
#include "bitext/knn_lists.h"
#include "bitext/product.h"

enum { BLOCK = 16384, TILE_ROWS = 256, TILE_COLUMNS = 1024, SAMPLE = 512, LISTS_LEAST = 4, LISTS_MOST = 1 << 14, WORTH = 5, WORKERS_MOST = 256 };

/* The members of each list, rising. */
struct lists {
	size_t n;
	size_t *first;            /* n + 1 */
	uint32_t *members;
	uint32_t *of;             /* member -> list */
};

/* Products of small lists cost a few times those of large tiles: WORTH is the share of the lists from which comparing all is faster. */

/* One direction. */
struct direction {
	const struct knn_request *request;
	const struct vectors *queries, *base, *centroids;
	const struct lists *lists;
	struct neighbour *out;    /* queries * k */
	unsigned k;
	size_t probes;
	/* of the block at hand */
	size_t first, n;
	float *rows;              /* its vectors */
	size_t *asked_first;      /* by list, into asked */
	uint32_t *asked;          /* queries of the block that probe the list */
	atomic_size_t list;
	struct product product;
	knn_hits_fn *find;
	struct worker *workers;
	size_t threads;
};

struct worker {
	struct neighbour *best;   /* BLOCK * k */
	float *queries, *base, *products;
	uint32_t hits[TILE_COLUMNS];
	float never[TILE_COLUMNS]; /* above every cosine */
	int rc;
	struct error err;
};

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

static bool cancelled(const struct knn_request *r)
{
	return r->cancel && atomic_load_explicit(r->cancel, memory_order_relaxed);
}

/* ---- lists ---- */

static void lists_free(struct lists *l)
{
	free(l->first);
	free(l->members);
	free(l->of);
}

/* The nearest `k` centroids of rows [first, first + n), which lie in `rows`. */
static int nearest_centroids(struct knn *out, float *rows, size_t n, const struct vectors *centroids, unsigned k, unsigned threads,
			     struct error *err)
{
	struct vectors block = { .n = n, .dimensions = centroids->dimensions, .values = rows, .fd = -1 };
	struct knn_request r = { .k = k, .threads = threads, .rough = true };

	return knn_exact(out, &block, centroids, &r, err);
}

static int lists_build(struct lists *l, const struct vectors *v, const struct vectors *centroids, unsigned threads,
		       struct error *err)
{
	float *rows = xmalloc(smaller(BLOCK, v->n) * v->dimensions * sizeof *rows);
	int rc = 0;

	*l = (struct lists){ centroids->n, xcalloc(centroids->n + 2, sizeof(size_t)), xmalloc((v->n + 1) * sizeof(uint32_t)),
			     xmalloc((v->n + 1) * sizeof(uint32_t)) };
	for (size_t at = 0; at < v->n && rc == 0; at += BLOCK) {
		size_t n = smaller(BLOCK, v->n - at);
		struct knn k = { 0 };

		rc = vectors_block(rows, v, at, n, err);
		if (rc == 0)
			rc = nearest_centroids(&k, rows, n, centroids, 1, threads, err);
		for (size_t i = 0; i < n && rc == 0; i++) {
			l->of[at + i] = k.forward[i].i;
			l->first[k.forward[i].i + 2]++;
		}
		knn_free(&k);
	}
	free(rows);
	for (size_t c = 0; c < l->n && rc == 0; c++)
		l->first[c + 2] += l->first[c + 1];
	for (size_t i = 0; i < v->n && rc == 0; i++) /* first[c + 1] moves from the list's start to its end */
		l->members[l->first[l->of[i] + 1]++] = (uint32_t)i;
	return rc;
}

/* ---- search ---- */

static int compare_list(struct direction *d, struct worker *w, size_t c)
{
	const uint32_t *asked = d->asked + d->asked_first[c], *members = d->lists->members + d->lists->first[c];
	size_t n_asked = d->asked_first[c + 1] - d->asked_first[c], n_members = d->lists->first[c + 1] - d->lists->first[c];
	size_t dimensions = d->base->dimensions;

	for (size_t from = 0; from < n_members && n_asked; from += TILE_COLUMNS) {
		size_t columns = smaller(TILE_COLUMNS, n_members - from);
		int rc = vectors_gather(w->base, d->base, members + from, columns, &w->err);

		if (rc)
			return rc;
		for (size_t at = 0; at < n_asked; at += TILE_ROWS) {
			size_t rows = smaller(TILE_ROWS, n_asked - at);

			for (size_t r = 0; r < rows; r++)
				memcpy(w->queries + r * dimensions, d->rows + asked[at + r] * dimensions, dimensions * sizeof(float));
			product_tile(&d->product, w->products, TILE_COLUMNS, w->queries, rows, w->base, columns, dimensions);
			for (size_t r = 0; r < rows; r++)
				knn_take_members(w->best + (size_t)asked[at + r] * d->k, d->k, w->products + r * TILE_COLUMNS,
						 members + from, w->never, columns, w->hits, d->find);
		}
	}
	return 0;
}

static void work(void *ctx, size_t i)
{
	struct direction *d = ctx;
	struct worker *w = &d->workers[i];
	size_t c;

	knn_lists_clear(w->best, d->n * d->k);
	while (w->rc == 0 && !cancelled(d->request) && (c = atomic_fetch_add(&d->list, 1)) < d->lists->n)
		w->rc = compare_list(d, w, c);
}

/* Who asks which list: the block's queries, by list. */
static int ask(struct direction *d, struct error *err)
{
	struct knn k = { 0 };
	size_t lists = d->lists->n;
	int rc = nearest_centroids(&k, d->rows, d->n, d->centroids, (unsigned)d->probes, d->request->threads, err);

	memset(d->asked_first, 0, (lists + 2) * sizeof *d->asked_first);
	for (size_t i = 0; i < d->n * d->probes && rc == 0; i++)
		d->asked_first[k.forward[i].i + 2]++;
	for (size_t c = 0; c < lists && rc == 0; c++)
		d->asked_first[c + 2] += d->asked_first[c + 1];
	for (size_t i = 0; i < d->n * d->probes && rc == 0; i++)
		d->asked[d->asked_first[k.forward[i].i + 1]++] = (uint32_t)(i / d->probes);
	knn_free(&k);
	return rc;
}

static int merge(struct direction *d, struct error *err)
{
	for (size_t t = 0; t < d->threads; t++) {
		const struct worker *w = &d->workers[t];

		if (w->rc) {
			*err = w->err;
			return w->rc;
		}
		for (size_t i = 0; i < d->n; i++)
			for (unsigned j = 0; j < d->k && w->best[i * d->k + j].i != UINT32_MAX; j++)
				knn_list_insert(d->out + (d->first + i) * d->k, d->k, w->best[i * d->k + j].s,
						w->best[i * d->k + j].i);
	}
	return cancelled(d->request) ? error_set(err, TAMIS_ECANCEL, _("the search was cancelled")) : 0;
}

/* Queries whose lists held fewer than k: compared with everything. */
static int complete(struct direction *d, struct error *err)
{
	VEC(uint32_t) rows = { 0 };
	struct knn k = { 0 };
	struct vectors v;
	struct knn_request r = { .k = d->k, .threads = d->request->threads, .rough = true, .memory = d->request->memory,
				 .cancel = d->request->cancel };
	int rc;

	for (size_t i = 0; i < d->n; i++)
		if (d->out[(d->first + i + 1) * d->k - 1].i == UINT32_MAX)
			vec_push(&rows, (uint32_t)(d->first + i));
	if (!rows.n)
		return 0;
	vectors_init(&v, rows.n, d->queries->dimensions);
	rc = vectors_gather(vectors_floats(&v), d->queries, rows.v, rows.n, err);
	if (rc == 0)
		rc = knn_exact(&k, &v, d->base, &r, err);
	vec_each(&rows, i)
		if (rc == 0)
			memcpy(d->out + (size_t)rows.v[i] * d->k, k.forward + i * d->k, d->k * sizeof *d->out);
	knn_free(&k);
	vectors_free(&v);
	vec_free(&rows);
	return rc;
}

static void open_workers(struct direction *d)
{
	size_t row = d->base->dimensions * sizeof(float);

	d->threads = d->request->threads < 1 ? 1 : smaller(d->request->threads, WORKERS_MOST);
	d->workers = xcalloc(d->threads, sizeof *d->workers);
	for (size_t t = 0; t < d->threads; t++) {
		struct worker *w = &d->workers[t];

		w->best = xmalloc(smaller(BLOCK, d->queries->n) * d->k * sizeof *w->best);
		w->queries = xmalloc(TILE_ROWS * row);
		w->base = xmalloc(TILE_COLUMNS * row);
		w->products = xmalloc((size_t)TILE_ROWS * TILE_COLUMNS * sizeof *w->products);
		for (size_t c = 0; c < TILE_COLUMNS; c++)
			w->never[c] = 4;
	}
	d->rows = xmalloc(smaller(BLOCK, d->queries->n) * row);
	d->asked_first = xcalloc(d->lists->n + 2, sizeof *d->asked_first);
	d->asked = xmalloc((smaller(BLOCK, d->queries->n) * d->probes + 1) * sizeof *d->asked);
	d->find = knn_hits();
	product_open(&d->product);
}

static void close_workers(struct direction *d)
{
	for (size_t t = 0; t < d->threads; t++) {
		free(d->workers[t].best);
		free(d->workers[t].queries);
		free(d->workers[t].base);
		free(d->workers[t].products);
	}
	free(d->workers);
	free(d->rows);
	free(d->asked_first);
	free(d->asked);
	product_close(&d->product);
}

static int search(struct direction *d, size_t done_before, size_t total, struct error *err)
{
	const struct knn_request *r = d->request;
	int rc = 0;

	knn_lists_clear(d->out, d->queries->n * d->k);
	open_workers(d);
	for (d->first = 0; d->first < d->queries->n && rc == 0; d->first += BLOCK) {
		d->n = smaller(BLOCK, d->queries->n - d->first);
		rc = vectors_block(d->rows, d->queries, d->first, d->n, err);
		if (rc == 0)
			rc = ask(d, err);
		if (rc)
			break;
		atomic_store(&d->list, 0);
		parallel_for((unsigned)d->threads, d->threads, work, d, NULL);
		rc = merge(d, err);
		if (rc == 0)
			rc = complete(d, err);
		if (r->progress)
			r->progress(r->ctx, done_before + d->first + d->n, total);
	}
	close_workers(d);
	return rc;
}

/* ---- how many lists to probe ---- */

/* The place of list c in the order that queries probe lists: nearest first, then by number. */
static size_t place_of(const float *products, size_t lists, uint32_t c)
{
	size_t place = 0;

	for (size_t i = 0; i < lists; i++)
		place += products[i] > products[c] || (i < c && !(products[i] < products[c]));
	return place;
}

static void note_places(size_t *places[2], const struct direction *d, const struct vectors *sample, const struct knn *k)
{
	size_t lists = d->lists->n;
	float *products = xmalloc(TILE_ROWS * lists * sizeof *products);
	struct product product;

	product_open(&product);
	for (size_t at = 0; at < sample->n; at += TILE_ROWS) {
		size_t rows = smaller(TILE_ROWS, sample->n - at);

		product_tile(&product, products, lists, vectors_direct(sample, at), rows, vectors_direct(d->centroids, 0), lists,
			     sample->dimensions);
		for (size_t i = 0; i < rows * d->k; i++)
			places[(at + i / d->k) % 2][place_of(products + i / d->k * lists, lists,
							     d->lists->of[k->forward[at * d->k + i].i])]++;
	}
	product_close(&product);
	free(products);
}

/* Counts true neighbours by the place of their list, for even and odd queries of the sample. */
static int count_places(size_t *places[2], struct direction *d, size_t n, struct error *err)
{
	struct vectors sample;
	struct knn k = { 0 };
	struct knn_request r = { .k = d->k, .threads = d->request->threads, .rough = true, .memory = d->request->memory,
				 .cancel = d->request->cancel };
	uint32_t *rows = xmalloc(n * sizeof *rows);
	int rc;

	for (size_t i = 0; i < n; i++)
		rows[i] = (uint32_t)(i * d->queries->n / n);
	vectors_init(&sample, n, d->queries->dimensions);
	rc = vectors_gather(vectors_floats(&sample), d->queries, rows, n, err);
	if (rc == 0)
		rc = knn_exact(&k, &sample, d->base, &r, err);
	if (rc == 0)
		note_places(places, d, &sample, &k);
	knn_free(&k);
	vectors_free(&sample);
	free(rows);
	return rc;
}

static size_t probes_for(const size_t *places, size_t lists, double recall)
{
	size_t all = 0, found = 0, probes = 0;

	for (size_t i = 0; i < lists; i++)
		all += places[i];
	while (probes < lists && (double)found < recall * (double)all)
		found += places[probes++];
	return probes ? probes : 1;
}

static double recall_at(const size_t *places, size_t lists, size_t probes)
{
	size_t all = 0, found = 0;

	for (size_t i = 0; i < lists; i++) {
		all += places[i];
		found += i < probes ? places[i] : 0;
	}
	return all ? (double)found / (double)all : NAN;
}

static int choose_probes(struct ivf_record *record, int way, struct direction *d, double recall, struct error *err)
{
	size_t lists = d->lists->n, *places[2] = { xcalloc(lists, sizeof(size_t)), xcalloc(lists, sizeof(size_t)) };
	size_t n = smaller(2 * SAMPLE, d->queries->n);
	int rc = count_places(places, d, n, err);

	record->sample = n / 2;
	d->probes = record->probes[way] = probes_for(places[0], lists, recall);
	record->recall[way] = recall_at(places[n > 1], lists, d->probes);
	free(places[0]);
	free(places[1]);
	return rc;
}

static int one_way(struct neighbour *out, unsigned k, struct ivf_record *record, int way, const struct vectors *queries,
		   const struct vectors *base, const struct vectors *centroids, const struct knn_request *request, double recall,
		   struct error *err)
{
	struct lists lists = { 0 };
	struct direction d = { .request = request, .queries = queries, .base = base, .centroids = centroids, .lists = &lists,
			       .out = out, .k = k };
	int rc = lists_build(&lists, base, centroids, request->threads, err);

	if (rc == 0)
		rc = choose_probes(record, way, &d, recall, err);
	record->exact = rc == 0 && lists.n >= WORTH * LISTS_LEAST && d.probes > lists.n / WORTH;
	if (rc == 0 && !record->exact)
		rc = search(&d, way ? base->n : 0, queries->n + base->n, err);
	lists_free(&lists);
	return rc;
}

int knn_ivf(struct knn *out, struct ivf_record *record, const struct vectors *x, const struct vectors *y,
	    const struct knn_request *request, double recall, struct error *err)
{
	struct vectors centroids = VECTORS_INIT;
	size_t larger = x->n > y->n ? x->n : y->n, lists = (size_t)(2 * sqrt((double)larger));
	int rc;

	*out = (struct knn){ 0 };
	*record = (struct ivf_record){ .recall = { NAN, NAN } };
	if (!x->n || !y->n || x->dimensions != y->dimensions)
		return knn_exact(out, x, y, request, err); /* which says what is wrong */
	out->k = (unsigned)smaller(request->k + KNN_SPARE, y->n);
	out->k_back = (unsigned)smaller(request->k + KNN_SPARE, x->n);
	out->forward = xmalloc(x->n * out->k * sizeof *out->forward);
	out->backward = xmalloc(y->n * out->k_back * sizeof *out->backward);
	lists = lists < LISTS_LEAST ? LISTS_LEAST : smaller(lists, LISTS_MOST);
	rc = kmeans(&centroids, x, y, lists, request, err);
	record->lists = centroids.n;
	if (rc == 0)
		rc = one_way(out->forward, out->k, record, 0, x, y, &centroids, request, recall, err);
	if (rc == 0 && !record->exact)
		rc = one_way(out->backward, out->k_back, record, 1, y, x, &centroids, request, recall, err);
	vectors_free(&centroids);
	if (rc == 0 && record->exact) {
		knn_free(out);
		record->recall[0] = record->recall[1] = 1;
		return knn_exact(out, x, y, request, err);
	}
	if (rc == 0)
		rc = knn_refine_both(out, x, y, request, err);
	if (rc)
		knn_free(out);
	return rc;
}
