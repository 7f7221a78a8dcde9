/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tiled exact search; see knn.h.
 *
 * Blocks of x, within them blocks of y, within them tiles.  A block is as many rows as fit the memory allowed, widened to float32
 * once; vectors that lie in memory as float32 are one block, without a copy.  Threads take rows of tiles; each keeps its own
 * best of the block's columns, starting from what the columns have reached before, and after the block they are merged by
 * similarity and number, so it does not matter who found what.
 */
#include "bitext/knn.h"

#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "base/thread.h"
#include "bitext/knn_lists.h"
#include "bitext/product.h"

enum { TILE_ROWS = 512, TILE_COLUMNS = 1024, WORKERS_MOST = 256 };

static const size_t ample_bytes = (size_t)256 << 20; /* of blocks, when nothing is said */

struct worker {
	float *products;
	uint32_t hits[TILE_COLUMNS];
	struct knn_lists columns; /* of the block of y */
};

struct block {
	const struct vectors *v;
	float *room;              /* owned; NULL: no copy is needed */
	const float *rows;
	size_t most, first, n;
};

struct search {
	const struct knn_request *request;
	struct knn *out;
	struct block x, y;
	size_t n_x, n_y, dimensions, threads;
	struct worker *workers;
	struct product product;
	knn_hits_fn *find;
	float *least;             /* by row of y: the k-th best so far */
	atomic_size_t tile;       /* next row of tiles of the block */
	atomic_size_t done;       /* products */
};

static bool cancelled(const struct search *s)
{
	return s->request->cancel && atomic_load_explicit(s->request->cancel, memory_order_relaxed);
}

/* ---- memory ---- */

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* As many whole tiles as `rows` have room for, at least one, at most all. */
static size_t whole_tiles(size_t rows, size_t tile, size_t all)
{
	size_t whole = rows / tile * tile;

	return smaller(whole ? whole : tile, all);
}

/* Bytes of a column of the block of y in each thread's lists. */
static size_t column_bytes(const struct search *s)
{
	return s->threads * (s->out->k_back * sizeof(struct neighbour) + sizeof(float));
}

static size_t fixed_bytes(const struct search *s)
{
	size_t lists = s->n_x * s->out->k * sizeof(struct neighbour) +
		       s->n_y * (s->out->k_back * sizeof(struct neighbour) + sizeof(float));

	return lists + s->threads * ((size_t)TILE_ROWS * TILE_COLUMNS * sizeof(float) + sizeof(struct worker));
}

/* Chooses the blocks: whole sides where no copy is needed, else what is left of the memory, x before y. */
static int plan_blocks(struct search *s, struct error *err)
{
	bool x_direct = vectors_direct(s->x.v, 0), y_direct = vectors_direct(s->y.v, 0);
	size_t row = s->dimensions * sizeof(float), fixed = fixed_bytes(s);
	size_t per_x = x_direct ? 0 : row, per_y = (y_direct ? 0 : row) + column_bytes(s);
	size_t least = fixed + per_x * smaller(TILE_ROWS, s->n_x) + per_y * smaller(TILE_COLUMNS, s->n_y);
	size_t memory = s->request->memory ? s->request->memory : fixed + column_bytes(s) * s->n_y + ample_bytes, left;

	if (memory < least)
		return error_set(err, TAMIS_ELIMIT, _("comparing %zu with %zu embeddings takes at least %zu MB of memory"), s->n_x,
				 s->n_y, (least >> 20) + 1);
	left = memory - fixed;
	s->x.most = s->n_x;
	if (!x_direct)
		s->x.most = whole_tiles(smaller(left / 2, left - per_y * smaller(TILE_COLUMNS, s->n_y)) / per_x, TILE_ROWS, s->n_x);
	s->y.most = whole_tiles((left - s->x.most * per_x) / per_y, TILE_COLUMNS, s->n_y);
	s->x.room = x_direct ? NULL : xmalloc(s->x.most * row);
	s->y.room = y_direct ? NULL : xmalloc(s->y.most * row);
	return 0;
}

static void open_workers(struct search *s)
{
	s->workers = xcalloc(s->threads, sizeof *s->workers);
	for (size_t t = 0; t < s->threads; t++) {
		struct worker *w = &s->workers[t];

		w->products = xmalloc((size_t)TILE_ROWS * TILE_COLUMNS * sizeof *w->products);
		w->columns.k = s->out->k_back;
		w->columns.best = xmalloc(s->y.most * s->out->k_back * sizeof *w->columns.best);
		w->columns.least = xmalloc(s->y.most * sizeof *w->columns.least);
	}
}

static void close_workers(struct search *s)
{
	for (size_t t = 0; t < s->threads && s->workers; t++) {
		free(s->workers[t].products);
		free(s->workers[t].columns.best);
		free(s->workers[t].columns.least);
	}
	free(s->workers);
}

static int block_load(struct block *b, size_t first, size_t total, struct error *err)
{
	b->first = first;
	b->n = smaller(b->most, total - first);
	b->rows = b->room ? b->room : vectors_direct(b->v, first);
	return b->room ? vectors_block(b->room, b->v, first, b->n, err) : 0;
}

/* ---- products ---- */

/* Tile row `tile` of the block of x against all of the block of y. */
static void take_tiles(struct search *s, struct worker *w, size_t tile)
{
	size_t first = tile * TILE_ROWS, rows = smaller(TILE_ROWS, s->x.n - first), d = s->dimensions;
	unsigned k = s->out->k;

	for (size_t from = 0; from < s->y.n; from += TILE_COLUMNS) {
		size_t columns = smaller(TILE_COLUMNS, s->y.n - from);
		struct knn_lists part = { w->columns.best + from * w->columns.k, w->columns.least + from, w->columns.k };

		product_tile(&s->product, w->products, TILE_COLUMNS, s->x.rows + first * d, rows, s->y.rows + from * d, columns, d);
		for (size_t r = 0; r < rows; r++) {
			size_t row = s->x.first + first + r;

			knn_take_row(s->out->forward + row * k, k, &part, w->products + r * TILE_COLUMNS, (uint32_t)row,
				     (uint32_t)(s->y.first + from), columns, w->hits, s->find);
		}
	}
}

static void say_progress(struct search *s, size_t rows)
{
	size_t more = rows * s->y.n, done = atomic_fetch_add(&s->done, more) + more;

	if (s->request->progress)
		s->request->progress(s->request->ctx, done / s->n_y, s->n_x);
}

static void work(void *ctx, size_t i)
{
	struct search *s = ctx;
	struct worker *w = &s->workers[i];
	size_t tile;

	knn_lists_clear(w->columns.best, s->y.n * w->columns.k);
	memcpy(w->columns.least, s->least + s->y.first, s->y.n * sizeof *w->columns.least);
	while (!cancelled(s) && (tile = atomic_fetch_add(&s->tile, 1)) * TILE_ROWS < s->x.n) {
		take_tiles(s, w, tile);
		say_progress(s, smaller(TILE_ROWS, s->x.n - tile * TILE_ROWS));
	}
}

static void merge_columns(struct search *s)
{
	unsigned k = s->out->k_back;

	for (size_t t = 0; t < s->threads; t++)
		for (size_t c = 0; c < s->y.n; c++) {
			struct neighbour *list = s->out->backward + (s->y.first + c) * k;
			const struct neighbour *found = s->workers[t].columns.best + c * k;

			for (unsigned j = 0; j < k && found[j].i != UINT32_MAX; j++)
				knn_list_insert(list, k, found[j].s, found[j].i);
			s->least[s->y.first + c] = list[k - 1].s;
		}
}

static int search_blocks(struct search *s, struct error *err)
{
	int rc = 0;

	for (size_t x = 0; x < s->n_x && rc == 0; x += s->x.most) {
		rc = block_load(&s->x, x, s->n_x, err);
		for (size_t y = 0; y < s->n_y && rc == 0; y += s->y.most) {
			if (s->y.most < s->n_y || x == 0)
				rc = block_load(&s->y, y, s->n_y, err);
			if (rc)
				break;
			atomic_store(&s->tile, 0);
			parallel_for((unsigned)s->threads, s->threads, work, s, NULL);
			merge_columns(s);
			if (cancelled(s))
				rc = error_set(err, TAMIS_ECANCEL, _("the search was cancelled"));
		}
	}
	return rc;
}

static void begin(struct search *s)
{
	struct knn *out = s->out;

	out->k = (unsigned)smaller(s->request->k + (s->request->rough ? 0 : KNN_SPARE), s->n_y);
	out->k_back = (unsigned)smaller(s->request->k + (s->request->rough ? 0 : KNN_SPARE), s->n_x);
	out->forward = xmalloc((s->n_x * out->k + 1) * sizeof *out->forward);
	out->backward = xmalloc((s->n_y * out->k_back + 1) * sizeof *out->backward);
	knn_lists_clear(out->forward, s->n_x * out->k);
	knn_lists_clear(out->backward, s->n_y * out->k_back);
	s->least = xmalloc(s->n_y * sizeof *s->least);
	for (size_t i = 0; i < s->n_y; i++)
		s->least[i] = -2;
	s->threads = s->request->threads < 1 ? 1 : smaller(s->request->threads, WORKERS_MOST);
	s->find = knn_hits();
	product_open(&s->product);
}

int knn_refine_both(struct knn *out, const struct vectors *x, const struct vectors *y, const struct knn_request *request,
		    struct error *err)
{
	unsigned k = (unsigned)smaller(request->k, y->n), k_back = (unsigned)smaller(request->k, x->n);
	int rc = knn_refine(&out->forward, out->k, k, x, y, request->threads, err);

	if (rc == 0)
		rc = knn_refine(&out->backward, out->k_back, k_back, y, x, request->threads, err);
	out->k = k;
	out->k_back = k_back;
	return rc;
}

int knn_exact(struct knn *out, const struct vectors *x, const struct vectors *y, const struct knn_request *request,
	      struct error *err)
{
	struct search s = { .request = request, .out = out, .x.v = x, .y.v = y, .n_x = x->n, .n_y = y->n,
			    .dimensions = x->dimensions };
	int rc;

	*out = (struct knn){ 0 };
	if (!x->n || !y->n)
		return error_set(err, TAMIS_EUSAGE, _("there are no embeddings to compare"));
	if (x->dimensions != y->dimensions)
		return error_set(err, TAMIS_EUSAGE, _("embeddings of %zu and of %zu dimensions cannot be compared"), x->dimensions,
				 y->dimensions);
	begin(&s);
	rc = plan_blocks(&s, err);
	if (rc == 0) {
		open_workers(&s);
		rc = search_blocks(&s, err);
	}
	close_workers(&s);
	product_close(&s.product);
	free(s.x.room);
	free(s.y.room);
	free(s.least);
	if (rc == 0 && !request->rough)
		rc = knn_refine_both(out, x, y, request, err);
	if (rc)
		knn_free(out);
	return rc;
}

void knn_free(struct knn *k)
{
	free(k->forward);
	free(k->backward);
	*k = (struct knn){ 0 };
}
