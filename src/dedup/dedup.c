/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The run: sketches, exact copies, candidates, verification, stars. */
#include "dedup/dedup.h"

#include <time.h>

#include "base/i18n.h"
#include "base/map.h"
#include "dedup/contain.h"

#define DOCS_PER_TASK 32u

static const char *const method_names[] = { "minhash", "simhash", "exact", "imported" };

const char *dedup_method_name(enum dedup_method m)
{
	return method_names[m];
}

int dedup_method_parse(enum dedup_method *out, const char *name, struct error *err)
{
	for (size_t i = 0; i < sizeof method_names / sizeof *method_names; i++) {
		if (strcmp(name, method_names[i]) != 0)
			continue;
		*out = (enum dedup_method)i;
		return 0;
	}
	return error_set(err, TAMIS_EUSAGE, _("'%s' is no method: write minhash, simhash or exact"), name);
}

void dedup_options_init(struct dedup_options *o)
{
	*o = (struct dedup_options){ .threshold = 800000, .shingle = { SHINGLE_WORD, 5 }, .distance = -1, .among = true,
				     .policy = { { KEEPER_LENGTH }, 1 } };
}

static double cpu_seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* ---- sketches ---- */

struct sketching {
	struct worker_pool *pool;
	struct sketches *out;
	const struct dedup_options *o;
	struct sketches known;     /* the index, or n 0 */
	struct map128 row;         /* key -> row of `known` */
	atomic_uint_fast64_t done, from_index;
};

static bool from_index(struct sketching *k, uint32_t doc, uint32_t slots[SKETCH_K], struct error *err, int *rc)
{
	const struct dedup_source *source = k->pool->source;
	struct hash128 key;
	const uint64_t *row;
	const uint32_t *found;

	if (k->known.n == 0)
		return false;
	key = source->key(source->ctx, doc);
	row = map128_find(&k->row, &key);
	if (row == NULL)
		return false;
	found = sketches_get(&k->known, *row, slots, err);
	if (found == NULL) {
		*rc = TAMIS_EIO;
		return false;
	}
	k->out->fact[doc] = k->known.fact[*row];
	atomic_fetch_add(&k->from_index, 1);
	return true;
}

static void sketch_task(void *ctx, size_t task)
{
	struct sketching *k = ctx;
	uint32_t from = (uint32_t)(task * DOCS_PER_TASK), n = k->pool->source->n;
	uint32_t to = n - from < DOCS_PER_TASK ? n : from + DOCS_PER_TASK;
	struct worker *w = worker_take(k->pool);
	uint32_t slots[SKETCH_K];
	struct error err = { 0 };
	int rc = 0;

	if (w == NULL)
		return;
	for (uint32_t doc = from; doc < to && rc == 0; doc++) {
		struct span text;

		if (!from_index(k, doc, slots, &err, &rc) && rc == 0) {
			if (worker_text(k->pool, w, doc, &text) != 0)
				break;
			sketch_text(&w->sketcher, &k->out->fact[doc], slots, text);
		}
		if (rc == 0)
			rc = sketches_put(k->out, doc, slots, &err);
	}
	if (rc)
		worker_fail(k->pool, &err);
	worker_give(k->pool, w);
	if (k->o->progress)
		k->o->progress(k->o->ctx, N_("sketching"), atomic_fetch_add(&k->done, to - from) + to - from, n);
}

static int open_index(struct sketching *k, struct error *err)
{
	struct hash128 *key;
	int rc;

	if (k->o->index == NULL || k->pool->source->key == NULL)
		return 0;
	rc = sketches_load(&k->known, &key, k->o->index, k->o->shingle, k->o->scheme, err);
	if (rc)
		return rc;
	for (size_t i = 0; i < k->known.n; i++)
		*map128_at(&k->row, &key[i], NULL) = i;
	free(key);
	return 0;
}

int dedup_sketch(struct sketches *out, struct dedup_counts *counts, struct worker_pool *pool, const struct dedup_options *o,
		 struct error *err)
{
	struct sketching k = { .pool = pool, .out = out, .o = o, .known.fd = -1 };
	uint32_t n = pool->source->n;
	size_t bytes = (size_t)n * SKETCH_K * sizeof(uint32_t);
	int rc = open_index(&k, err);

	if (rc == 0)
		rc = sketches_init(out, n, o->shingle, o->scheme, o->memory == 0 || bytes <= o->memory / 4, err);
	if (rc == 0)
		rc = worker_run(pool, ((size_t)n + DOCS_PER_TASK - 1) / DOCS_PER_TASK, sketch_task, &k, err);
	for (uint32_t d = 0; d < n && rc == 0; d++) {
		counts->bytes += out->fact[d].bytes;
		counts->without_tokens += out->fact[d].n_tokens == 0;
	}
	counts->documents = n;
	counts->from_index = atomic_load(&k.from_index);
	sketches_free(&k.known);
	map128_free(&k.row);
	return rc;
}

/* ---- exact copies ---- */

/* In order of rank, so that the most preferred of equals stands for them.  Texts without tokens are equal by their bytes only. */
static void find_exact(struct dedup_result *r, const struct dedup_options *o)
{
	uint32_t *by_rank = xreallocarray(NULL, r->n ? r->n : 1, sizeof *by_rank);
	struct map128 first = { 0 };

	for (uint32_t d = 0; d < r->n; d++)
		by_rank[r->rank[d]] = d;
	for (uint32_t i = 0; i < r->n; i++) {
		uint32_t d = by_rank[i];
		const struct sketch *f = &r->sketches.fact[d];
		bool made;
		uint64_t *at = map128_at(&first, f->n_tokens ? &f->normal : &f->raw, &made);

		if (made)
			*at = d;
		r->exact[d] = (uint32_t)*at;
		/* Only the references repeat here, or (without `among`) only the others: nothing to say about that. */
		if (d < o->references || (!o->among && r->exact[d] >= o->references))
			r->exact[d] = d;
	}
	map128_free(&first);
	free(by_rank);
}

/* ---- the run ---- */

static int find_candidates(pair_vec *pairs, struct dedup_result *r, struct worker_pool *pool, const struct dedup_options *o,
			   struct error *err)
{
	struct candidate_search q = {
		.sketches = &r->sketches, .pool = pool, .memory = o->memory, .min_slots = filter_min_slots(o->threshold),
		.rule = { o->threshold, filter_min_bits(o->threshold), o->references, o->among } };
	uint32_t *docs = xreallocarray(NULL, r->n ? r->n : 1, sizeof *docs);
	int rc;

	for (uint32_t d = 0; d < r->n; d++)
		if (r->exact[d] == d && r->sketches.fact[d].n_shingles)
			docs[q.n_docs++] = d;
	q.docs = docs;
	if (o->method == DEDUP_MINHASH)
		rc = candidates_minhash(pairs, &r->counts.candidates, &q, r->banding, err);
	else
		rc = candidates_simhash(pairs, &r->counts.candidates, &q, r->distance, err);
	free(docs);
	return rc;
}

static void count_result(struct dedup_result *r)
{
	struct dedup_counts *c = &r->counts;
	uint8_t *seen = xcalloc((size_t)r->n + 1, 1);

	for (uint32_t d = 0; d < r->n; d++) {
		switch (dedup_why(r, d)) {
		case DEDUP_KEPT: c->kept++; break;
		case DEDUP_SAME_BYTES: c->same_bytes++; break;
		case DEDUP_SAME_TOKENS: c->same_tokens++; break;
		case DEDUP_NEAR: c->near++; break;
		case DEDUP_CONTAINS: c->contains++; break;
		}
		if (r->star.keeper[d] != d)
			seen[r->star.keeper[d]] |= 1;
		if (r->star.group[d] != d)
			seen[r->star.group[d]] |= 2;
	}
	for (uint32_t d = 0; d < r->n; d++) {
		c->clusters += seen[d] & 1;
		c->groups += seen[d] >> 1 & 1;
	}
	c->edges = r->edges.n;
	free(seen);
}

static double lap(double *since)
{
	double now = cpu_seconds(), spent = now - *since;

	*since = now;
	return spent;
}

static void said(const struct dedup_options *o, const char *stage)
{
	if (o->progress)
		o->progress(o->ctx, stage, 0, 0);
}

/* The share asked for, or the threshold when that is less: J >= T says that the text has share T of the reference. */
static int run_contained(struct dedup_result *out, struct worker_pool *pool, const struct dedup_options *o, struct error *err)
{
	struct contain_search q = { .sketches = &out->sketches, .pool = pool, .references = o->references, .exact = out->exact,
				    .share = o->contained < o->threshold ? o->contained : o->threshold,
				    .budget = o->memory ? o->memory / 4 : (size_t)1 << 30 };
	const struct sketch *fact = out->sketches.fact;
	size_t kept = 0;
	int rc;

	said(o, N_("searching"));
	rc = contain_join(&out->edges, &out->counts.too_short, &q, err);
	vec_each(&out->edges, i) {
		const struct edge *e = &out->edges.v[i];

		if ((uint64_t)e->common * THRESHOLD_ONE >= (uint64_t)fact[e->a].n_shingles * o->contained ||
		    jaccard_reaches(e->common, fact[e->a].n_shingles, fact[e->b].n_shingles, o->threshold))
			out->edges.v[kept++] = *e;
	}
	out->counts.verified = out->edges.n;
	out->edges.n = kept;
	return rc;
}

static int run_near(struct dedup_result *out, struct worker_pool *pool, const struct dedup_options *o, double *clock,
		    struct error *err)
{
	pair_vec pairs = { 0 };
	int rc;

	said(o, N_("finding candidates"));
	rc = find_candidates(&pairs, out, pool, o, err);
	out->counts.candidate_cpu = lap(clock);
	out->counts.verified = pairs.n;
	said(o, N_("verifying"));
	if (rc == 0)
		rc = verify_pairs(&out->edges, pairs.v, pairs.n, &out->sketches, pool, o->threshold,
				  o->memory ? o->memory / 4 : (size_t)128 << 20, err);
	out->counts.verify_cpu = lap(clock);
	vec_free(&pairs);
	return rc;
}

int dedup_run(struct dedup_result *out, const struct dedup_source *source, const struct dedup_options *o,
	      struct error *err)
{
	struct worker_pool pool;
	double threshold = (double)o->threshold / THRESHOLD_ONE, clock = cpu_seconds();
	int rc;

	*out = (struct dedup_result){ .n = source->n, .threshold = o->threshold, .sketches.fd = -1 };
	out->contained = o->references && !o->among ? o->contained : 0;
	out->banding = o->banding.bands ? o->banding : banding_choose(threshold, 0.995);
	out->distance = o->distance >= 0 ? (unsigned)o->distance : simhash_choose(threshold, 0.95);
	worker_pool_init(&pool, source, o->shingle, o->scheme, o->threads, o->cancel);
	rc = dedup_sketch(&out->sketches, &out->counts, &pool, o, err);
	out->counts.sketch_cpu = lap(&clock);
	if (rc == 0) {
		out->rank = xreallocarray(NULL, out->n ? out->n : 1, sizeof *out->rank);
		out->exact = xreallocarray(NULL, out->n ? out->n : 1, sizeof *out->exact);
		keeper_rank(out->rank, &o->policy, out->sketches.fact, o->trait, out->n, o->references);
		find_exact(out, o);
	}
	if (rc == 0 && o->method != DEDUP_EXACT && o->method != DEDUP_IMPORTED) {
		if (out->contained)
			rc = run_contained(out, &pool, o, err);
		else
			rc = run_near(out, &pool, o, &clock, err);
		out->counts.verify_cpu += lap(&clock);
	}
	if (rc == 0) {
		star_make(&out->star, &out->edges, out->exact, out->sketches.fact, out->rank, out->n);
		count_result(out);
		out->counts.cluster_cpu = lap(&clock);
	}
	worker_pool_free(&pool);
	if (rc)
		dedup_result_free(out);
	return rc;
}

void dedup_result_free(struct dedup_result *r)
{
	sketches_free(&r->sketches);
	free(r->exact);
	free(r->rank);
	vec_free(&r->edges);
	star_free(&r->star);
	*r = (struct dedup_result){ .sketches.fd = -1 };
}

const char *dedup_reason_name(enum dedup_reason why)
{
	static const char *const names[] = { "kept", "bytes", "tokens", "near", "contains" };

	return names[why];
}

enum dedup_reason dedup_why(const struct dedup_result *r, uint32_t doc)
{
	uint32_t keeper = r->star.keeper[doc];
	const struct sketch *fact = r->sketches.fact;

	if (keeper == doc)
		return DEDUP_KEPT;
	if (hash128_eq(&fact[doc].raw, &fact[keeper].raw))
		return DEDUP_SAME_BYTES;
	if (hash128_eq(&fact[doc].normal, &fact[keeper].normal))
		return DEDUP_SAME_TOKENS;
	if (r->contained && !jaccard_reaches(r->star.common[doc], fact[doc].n_shingles, fact[keeper].n_shingles, r->threshold))
		return DEDUP_CONTAINS;
	return DEDUP_NEAR;
}

double dedup_similarity(const struct dedup_result *r, uint32_t doc)
{
	uint32_t keeper = r->star.keeper[doc];

	if (keeper == doc || r->sketches.fact[doc].n_shingles == 0)
		return 1;
	return jaccard(r->star.common[doc], r->sketches.fact[doc].n_shingles, r->sketches.fact[keeper].n_shingles);
}

int dedup_save_index(const struct dedup_result *r, const struct dedup_source *source, const char *path, struct error *err)
{
	struct hash128 *key = xreallocarray(NULL, r->n ? r->n : 1, sizeof *key);
	int rc;

	for (uint32_t d = 0; d < r->n; d++)
		key[d] = source->key ? source->key(source->ctx, d) : r->sketches.fact[d].raw;
	rc = sketches_save(&r->sketches, key, path, err);
	free(key);
	return rc;
}
