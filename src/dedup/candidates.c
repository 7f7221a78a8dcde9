/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MinHash candidates: band records by partition of the key, buckets, pairs by partition of the first document, filter. */
#include "dedup/candidates.h"

#include "dedup/sort.h"
#include "dedup/spill.h"

#define DOCS_PER_TASK 2048u
#define PARTS_MIN 64u
#define PARTS_MAX 4096u
#define PAIR_PARTS 64u
#define PAIRS_HELD ((size_t)64 << 20) /* bytes of pairs, repeats included, before they go to a file, without a limit */

struct bands {
	const struct candidate_search *search;
	struct banding banding;
	struct spill keys;      /* struct keyed, by upper bits of the key */
	struct spill pairs;     /* uint64_t, by first document */
	unsigned part_shift;
	uint32_t pair_divisor;
	pair_vec part[PAIR_PARTS];
	struct candidate_counts counts;
	pthread_mutex_t lock;
};

static void fail(const struct bands *b, const struct error *err)
{
	worker_fail(b->search->pool, err);
}

/* Records of one task's documents, gathered by partition with a counting pass. */
static void band_task(void *ctx, size_t task)
{
	struct bands *b = ctx;
	const struct candidate_search *q = b->search;
	size_t from = task * DOCS_PER_TASK;
	size_t to = from + DOCS_PER_TASK < q->n_docs ? from + DOCS_PER_TASK : q->n_docs;
	size_t n = (to - from) * b->banding.bands, k = 0;
	struct keyed *record = xreallocarray(NULL, n, sizeof *record);
	struct keyed *sorted = xreallocarray(NULL, n, sizeof *sorted);
	size_t *start = xcalloc(b->keys.parts + 1, sizeof *start);
	struct error err = { 0 };
	uint32_t room[SKETCH_K];
	int rc = 0;

	for (size_t i = from; i < to && rc == 0; i++) {
		uint32_t doc = q->docs[i];
		const uint32_t *slots = sketches_get(q->sketches, doc, room, &err);

		rc = slots ? 0 : TAMIS_EIO;
		for (unsigned band = 0; slots && band < b->banding.bands; band++) {
			record[k] = (struct keyed){ band_key(slots, b->banding, band), doc,
						    q->sketches->fact[doc].n_shingles };
			start[(record[k++].key >> b->part_shift) + 1]++;
		}
	}
	for (unsigned p = 0; p < b->keys.parts; p++)
		start[p + 1] += start[p];
	for (size_t i = 0; i < k; i++)
		sorted[start[record[i].key >> b->part_shift]++] = record[i];
	for (unsigned p = 0, at = 0; p < b->keys.parts && rc == 0; p++) {
		size_t end = start[p];

		if (end > at)
			rc = spill_add(&b->keys, p, sorted + at, end - at, &err);
		at = (unsigned)end;
	}
	if (rc)
		fail(b, &err);
	free(record);
	free(sorted);
	free(start);
}

/* Hands a task's pairs over, by partition of the first document. */
static int add_pairs(struct bands *b, pair_vec *pairs, struct error *err)
{
	int rc = 0;

	sort_u64(pairs->v, pairs->n);
	pairs->n = sort_unique_u64(pairs->v, pairs->n);
	for (size_t i = 0, j; i < pairs->n && rc == 0; i = j) {
		uint32_t p = (uint32_t)(pairs->v[i] >> 32) / b->pair_divisor;

		for (j = i + 1; j < pairs->n && (uint32_t)(pairs->v[j] >> 32) / b->pair_divisor == p; j++)
			;
		rc = spill_add(&b->pairs, p, pairs->v + i, j - i, err);
	}
	vec_clear(pairs);
	return rc;
}

static void bucket_task(void *ctx, size_t part)
{
	struct bands *b = ctx;
	const struct sketch *fact = b->search->sketches->fact;
	struct keyed *v = NULL;
	VEC(struct bucket_member) members = { 0 };
	pair_vec pairs = { 0 };
	struct bucket_counts counts = { 0 };
	struct error err = { 0 };
	size_t n = 0;
	int rc = spill_take(&b->keys, (unsigned)part, (void **)&v, &n, &err);

	if (rc == 0)
		sort_keyed(v, n);
	for (size_t i = 0, j; i < n && rc == 0; i = j) {
		for (j = i + 1; j < n && v[j].key == v[i].key; j++)
			;
		if (j - i < 2)
			continue;
		vec_clear(&members);
		for (size_t k = i; k < j; k++)
			vec_push(&members, (struct bucket_member){ v[k].doc, v[k].size,
								   { fact[v[k].doc].bits[0], fact[v[k].doc].bits[1] } });
		bucket_pairs(&pairs, &counts, members.v, members.n, &b->search->rule);
		if (pairs.n > 1u << 18)
			rc = add_pairs(b, &pairs, &err);
	}
	if (rc == 0)
		rc = add_pairs(b, &pairs, &err);
	if (rc)
		fail(b, &err);
	pthread_mutex_lock(&b->lock);
	b->counts.bucket.looked_at += counts.looked_at;
	b->counts.bucket.hot += counts.hot;
	b->counts.bucket.hot_docs += counts.hot_docs;
	b->counts.bucket.not_looked_at += counts.not_looked_at;
	pthread_mutex_unlock(&b->lock);
	vec_free(&pairs);
	vec_free(&members);
	free(v);
}

/* The pairs of one partition, once each, whose slots agree well enough. */
static void filter_task(void *ctx, size_t part)
{
	struct bands *b = ctx;
	const struct candidate_search *q = b->search;
	uint64_t *v = NULL;
	uint32_t room_a[SKETCH_K], room_b[SKETCH_K];
	const uint32_t *slots_a = NULL;
	struct error err = { 0 };
	size_t n = 0, kept = 0;
	int rc = spill_take(&b->pairs, (unsigned)part, (void **)&v, &n, &err);

	sort_u64(v, n);
	n = sort_unique_u64(v, n);
	for (size_t i = 0; i < n && rc == 0; i++) {
		const uint32_t *slots_b;

		if (i == 0 || v[i] >> 32 != v[i - 1] >> 32)
			slots_a = sketches_get(q->sketches, v[i] >> 32, room_a, &err);
		slots_b = sketches_get(q->sketches, (uint32_t)v[i], room_b, &err);
		rc = slots_a && slots_b ? 0 : TAMIS_EIO;
		if (rc == 0 && minhash_agree(slots_a, slots_b) >= q->min_slots)
			vec_push(&b->part[part], v[i]);
	}
	kept = b->part[part].n;
	if (rc)
		fail(b, &err);
	pthread_mutex_lock(&b->lock);
	b->counts.unique += n;
	b->counts.filtered += kept;
	pthread_mutex_unlock(&b->lock);
	free(v);
}

/* Partitions small enough that a few fit in a sixteenth of the memory. */
static unsigned choose_parts(const struct candidate_search *q, struct banding banding)
{
	uint64_t bytes = (uint64_t)q->n_docs * banding.bands * sizeof(struct keyed);
	unsigned parts = PARTS_MIN;

	while (parts < PARTS_MAX && bytes / parts > (q->memory ? q->memory / 16 : 1u << 22))
		parts *= 2;
	return parts;
}

int candidates_minhash(pair_vec *out, struct candidate_counts *counts, const struct candidate_search *search,
		       struct banding banding, struct error *err)
{
	struct bands b = { .search = search, .banding = banding };
	unsigned parts = choose_parts(search, banding);
	size_t limit = search->memory / 4;
	int rc;

	spill_init(&b.keys, sizeof(struct keyed), parts, limit);
	spill_init(&b.pairs, sizeof(uint64_t), PAIR_PARTS, limit ? limit : PAIRS_HELD);
	b.part_shift = 64 - (unsigned)__builtin_ctz(parts);
	b.pair_divisor = (uint32_t)(search->sketches->n / PAIR_PARTS + 1);
	pthread_mutex_init(&b.lock, NULL);
	rc = worker_run(search->pool, (search->n_docs + DOCS_PER_TASK - 1) / DOCS_PER_TASK, band_task, &b, err);
	if (rc == 0)
		rc = worker_run(search->pool, parts, bucket_task, &b, err);
	if (rc == 0)
		rc = worker_run(search->pool, PAIR_PARTS, filter_task, &b, err);
	for (unsigned p = 0; p < PAIR_PARTS; p++) {
		vec_reserve(out, out->n + b.part[p].n);
		if (b.part[p].n)
			memcpy(out->v + out->n, b.part[p].v, b.part[p].n * sizeof *out->v);
		out->n += b.part[p].n;
		vec_free(&b.part[p]);
	}
	*counts = b.counts;
	spill_free(&b.keys);
	spill_free(&b.pairs);
	pthread_mutex_destroy(&b.lock);
	return rc;
}
