/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Exact verification in tiles. */
#include "dedup/verify.h"

#include "base/i18n.h"
#include "dedup/banding.h"
#include "dedup/sort.h"

#define PAIRS_PER_TASK 64u
#define TILES_MAX 60000u

struct verify {
	const struct sketches *s;
	struct worker_pool *pool;
	uint32_t threshold;
	const uint64_t *pair;
	uint32_t *common;      /* [pair]; UINT32_MAX: below the threshold */
	uint32_t *doc;         /* documents that occur, ascending */
	uint16_t *tile;        /* [position in doc] */
	uint64_t **set;        /* [position] or NULL */
	size_t n_docs;
	const uint64_t *task;  /* pairs of the tiles at hand: low 32 bits are indexes of `pair` */
	size_t n_task;
	uint32_t *missing;     /* positions to load */
	size_t n_missing;
};

static size_t position(const struct verify *v, uint32_t doc)
{
	size_t lo = 0, hi = v->n_docs;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (v->doc[mid] < doc)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static void find_docs(struct verify *v, size_t n, size_t budget)
{
	uint64_t *all = xreallocarray(NULL, 2 * n, sizeof *all);
	uint64_t bytes = 0, total = 0, limit;
	uint16_t tile = 0;

	for (size_t i = 0; i < n; i++) {
		all[2 * i] = v->pair[i] >> 32;
		all[2 * i + 1] = (uint32_t)v->pair[i];
	}
	sort_u64(all, 2 * n);
	v->n_docs = sort_unique_u64(all, 2 * n);
	v->doc = xreallocarray(NULL, v->n_docs, sizeof *v->doc);
	v->tile = xreallocarray(NULL, v->n_docs, sizeof *v->tile);
	v->set = xcalloc(v->n_docs, sizeof *v->set);
	v->missing = xreallocarray(NULL, v->n_docs, sizeof *v->missing);
	for (size_t i = 0; i < v->n_docs; i++) {
		v->doc[i] = (uint32_t)all[i];
		total += 8 * (uint64_t)v->s->fact[v->doc[i]].n_shingles;
	}
	free(all);
	limit = budget / 2 > total / TILES_MAX ? budget / 2 : total / TILES_MAX;
	for (size_t i = 0; i < v->n_docs; i++) {
		uint64_t size = 8 * (uint64_t)v->s->fact[v->doc[i]].n_shingles;

		if (bytes && bytes + size > limit && tile < UINT16_MAX) {
			tile++;
			bytes = 0;
		}
		bytes += size;
		v->tile[i] = tile;
	}
}

static void load_set(void *ctx, size_t i)
{
	struct verify *v = ctx;
	size_t at = v->missing[i];
	uint32_t doc = v->doc[at];
	struct worker *w = worker_take(v->pool);
	const hash_vec *set;
	struct span text;
	struct error err = { 0 };

	if (w == NULL)
		return;
	if (worker_text(v->pool, w, doc, &text) == 0) {
		struct hash128 raw = hash128(text.p, text.len);

		shingler_text(&w->sketcher.shingler, text);
		set = &w->sketcher.shingler.set;
		if (!hash128_eq(&raw, &v->s->fact[doc].raw)) {
			error_set(&err, TAMIS_ECHANGED, _("document %u is no longer the text that was sketched; import it again"),
				  doc);
			worker_fail(v->pool, &err);
		} else {
			v->set[at] = xreallocarray(NULL, set->n ? set->n : 1, sizeof **v->set);
			memcpy(v->set[at], set->v, set->n * sizeof *set->v);
		}
	}
	worker_give(v->pool, w);
}

static void verify_task(void *ctx, size_t i)
{
	struct verify *v = ctx;
	struct worker *w = worker_take(v->pool);
	size_t end = (i + 1) * PAIRS_PER_TASK < v->n_task ? (i + 1) * PAIRS_PER_TASK : v->n_task;
	uint32_t in_table = UINT32_MAX;

	if (w == NULL)
		return;
	for (size_t k = i * PAIRS_PER_TASK; k < end; k++) {
		uint32_t at = (uint32_t)v->task[k];
		uint32_t a = (uint32_t)(v->pair[at] >> 32), b = (uint32_t)v->pair[at];
		uint32_t na = v->s->fact[a].n_shingles, nb = v->s->fact[b].n_shingles;
		size_t need = jaccard_need(na, nb, v->threshold), common;

		if (need > na || need > nb) {
			v->common[at] = UINT32_MAX;
			continue;
		}
		if (a != in_table)
			shingle_table_fill(&w->table, v->set[position(v, a)], na);
		in_table = a;
		common = shingle_table_common(&w->table, v->set[position(v, b)], nb, need);
		v->common[at] = common >= need ? (uint32_t)common : UINT32_MAX;
	}
	worker_give(v->pool, w);
}

static void drop_sets(struct verify *v, int keep_tile)
{
	for (size_t i = 0; i < v->n_docs; i++) {
		if (v->tile[i] == keep_tile)
			continue;
		free(v->set[i]);
		v->set[i] = NULL;
	}
}

static int run_tiles(struct verify *v, struct error *err)
{
	int rc;

	v->n_missing = 0;
	for (size_t k = 0; k < v->n_task; k++) {
		uint64_t pair = v->pair[(uint32_t)v->task[k]];
		size_t side[2] = { position(v, (uint32_t)(pair >> 32)), position(v, (uint32_t)pair) };

		for (int j = 0; j < 2; j++) {
			if (v->set[side[j]])
				continue;
			v->set[side[j]] = (uint64_t *)1; /* taken note of; replaced below */
			v->missing[v->n_missing++] = (uint32_t)side[j];
		}
	}
	for (size_t i = 0; i < v->n_missing; i++)
		v->set[v->missing[i]] = NULL;
	rc = worker_run(v->pool, v->n_missing, load_set, v, err);
	if (rc == 0)
		rc = worker_run(v->pool, (v->n_task + PAIRS_PER_TASK - 1) / PAIRS_PER_TASK, verify_task, v, err);
	return rc;
}

int verify_pairs(edge_vec *out, const uint64_t *pair, size_t n, const struct sketches *s, struct worker_pool *pool,
		 uint32_t threshold, size_t budget, struct error *err)
{
	struct verify v = { .s = s, .pool = pool, .threshold = threshold, .pair = pair };
	uint64_t *order;
	int rc = 0, held = -1;

	if (n == 0)
		return 0;
	v.common = xreallocarray(NULL, n, sizeof *v.common);
	order = xreallocarray(NULL, n, sizeof *order);
	find_docs(&v, n, budget ? budget : SIZE_MAX);
	for (size_t i = 0; i < n; i++)
		order[i] = (uint64_t)v.tile[position(&v, (uint32_t)(pair[i] >> 32))] << 48 |
			   (uint64_t)v.tile[position(&v, (uint32_t)pair[i])] << 32 | i;
	sort_u64(order, n);
	for (size_t i = 0, j; i < n && rc == 0; i = j) {
		int row = (int)(order[i] >> 48);

		for (j = i + 1; j < n && order[j] >> 32 == order[i] >> 32; j++)
			;
		drop_sets(&v, row == held ? row : -1);
		held = row;
		v.task = order + i;
		v.n_task = j - i;
		rc = run_tiles(&v, err);
	}
	for (size_t i = 0; i < n && rc == 0; i++)
		if (v.common[i] != UINT32_MAX)
			vec_push(out, (struct edge){ (uint32_t)(pair[i] >> 32), (uint32_t)pair[i], v.common[i] });
	drop_sets(&v, -1);
	free(order);
	free(v.common);
	free(v.doc);
	free(v.tile);
	free(v.set);
	free(v.missing);
	return rc;
}
