/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Points of the trade-off curve, from stored signatures and sampled truth. */
#include "dedup/tradeoff.h"

#include <math.h>
#include <time.h>

#define BOOTSTRAPS 1000u
#define SEEN_BITS 16384u
#define WORK 1500000u   /* looks at a band or at a pair for one point: what keeps a slider fluent */
#define STRIDE 2654435761u /* a prime: documents are looked at in an order that has nothing to do with theirs */

struct tradeoff {
	const struct sketches *s;
	struct truth truth;
	uint64_t (*mask)[2];         /* [truth pair]: slots that agree */
	uint8_t *distance;           /* [truth pair] */
	double *similarity;          /* [truth pair] */
	uint32_t *docs;              /* the documents looked at for candidates */
	uint32_t n_docs;             /* at most TRADEOFF_DOCS */
	uint32_t n_all;
	uint32_t *query_slots;       /* m signatures */
	uint64_t near[65];           /* pairs of the sample by SimHash distance */
	uint64_t *found, *pairs;     /* [query]: scratch */
};

/* Documents evenly drawn when there are too many. */
static void choose_docs(struct tradeoff *t, const uint32_t *docs, uint32_t n)
{
	t->n_all = n;
	t->n_docs = n < TRADEOFF_DOCS ? n : TRADEOFF_DOCS;
	t->docs = xreallocarray(NULL, t->n_docs ? t->n_docs : 1, sizeof *t->docs);
	for (uint32_t i = 0; i < t->n_docs; i++)
		t->docs[i] = docs[(uint64_t)i * n / t->n_docs];
}

static int measure_pairs(struct tradeoff *t, struct error *err)
{
	uint32_t room_a[SKETCH_K], room_b[SKETCH_K];
	const struct sketch *fact = t->s->fact;

	vec_each(&t->truth.pairs, i) {
		const struct truth_pair *p = &t->truth.pairs.v[i];
		uint32_t query = t->truth.query[p->query];
		const uint32_t *a = sketches_get(t->s, query, room_a, err), *b = sketches_get(t->s, p->doc, room_b, err);

		if (a == NULL || b == NULL)
			return TAMIS_EIO;
		minhash_agree_mask(t->mask[i], a, b);
		t->distance[i] = (uint8_t)__builtin_popcountll(fact[query].simhash ^ fact[p->doc].simhash);
		t->similarity[i] = jaccard(p->common, fact[query].n_shingles, fact[p->doc].n_shingles);
	}
	for (uint32_t q = 0; q < t->truth.m; q++) {
		const uint32_t *slots = sketches_get(t->s, t->truth.query[q], room_a, err);

		if (slots == NULL)
			return TAMIS_EIO;
		memcpy(t->query_slots + (size_t)q * SKETCH_K, slots, sizeof room_a);
	}
	return 0;
}

/* Distances of all pairs of the sample whose sizes allow a similarity worth a table row. */
static void measure_distances(struct tradeoff *t)
{
	for (uint32_t q = 0; q < t->truth.m; q++) {
		uint64_t hash = t->s->fact[t->truth.query[q]].simhash;

		for (uint32_t i = 0; i < t->n_docs; i++)
			if (t->docs[i] != t->truth.query[q])
				t->near[__builtin_popcountll(hash ^ t->s->fact[t->docs[i]].simhash)]++;
	}
}

int tradeoff_new(struct tradeoff **out, const struct sketches *sketches, struct truth *truth, const uint32_t *docs,
		 uint32_t n_docs, struct error *err)
{
	struct tradeoff *t = xcalloc(1, sizeof *t);
	size_t n = truth->pairs.n + 1;
	int rc;

	t->s = sketches;
	t->truth = *truth;
	*truth = (struct truth){ 0 };
	t->mask = xreallocarray(NULL, n, sizeof *t->mask);
	t->distance = xreallocarray(NULL, n, sizeof *t->distance);
	t->similarity = xreallocarray(NULL, n, sizeof *t->similarity);
	t->query_slots = xreallocarray(NULL, (size_t)t->truth.m * SKETCH_K + 1, sizeof *t->query_slots);
	t->found = xcalloc((size_t)t->truth.m + 1, sizeof *t->found);
	t->pairs = xcalloc((size_t)t->truth.m + 1, sizeof *t->pairs);
	choose_docs(t, docs, n_docs);
	rc = measure_pairs(t, err);
	if (rc == 0)
		measure_distances(t);
	*out = t;
	if (rc) {
		tradeoff_free(t);
		*out = NULL;
	}
	return rc;
}

void tradeoff_free(struct tradeoff *t)
{
	if (t == NULL)
		return;
	truth_free(&t->truth);
	free(t->mask);
	free(t->distance);
	free(t->similarity);
	free(t->docs);
	free(t->query_slots);
	free(t->found);
	free(t->pairs);
	free(t);
}

static int compare_doubles(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Queries are drawn again with replacement; the interval is that of their recalls. */
static void bootstrap(struct tradeoff_point *p, const struct tradeoff *t)
{
	double recall[BOOTSTRAPS];
	uint64_t seed = 1;
	VEC(uint32_t) useful = { 0 }; /* queries without a true pair say nothing */

	for (uint32_t q = 0; q < t->truth.m; q++)
		if (t->pairs[q])
			vec_push(&useful, q);
	for (unsigned i = 0; i < BOOTSTRAPS && useful.n; i++) {
		uint64_t found = 0, pairs = 0;

		for (size_t k = 0; k < useful.n; k++) {
			uint32_t q;

			seed = hash_mix64(seed);
			q = useful.v[seed % useful.n];
			found += t->found[q];
			pairs += t->pairs[q];
		}
		recall[i] = (double)found / (double)pairs;
	}
	p->low = p->high = NAN;
	if (useful.n) {
		qsort(recall, BOOTSTRAPS, sizeof *recall, compare_doubles);
		p->low = recall[BOOTSTRAPS * 25 / 1000];
		p->high = recall[BOOTSTRAPS * 975 / 1000];
	}
	vec_free(&useful);
}

static void fill_recall(struct tradeoff_point *p, const struct tradeoff *t, uint32_t threshold)
{
	memset(t->found, 0, t->truth.m * sizeof *t->found);
	memset(t->pairs, 0, t->truth.m * sizeof *t->pairs);
	vec_each(&t->truth.pairs, i) {
		const struct truth_pair *pair = &t->truth.pairs.v[i];
		bool hit = p->method == DEDUP_SIMHASH ? t->distance[i] <= p->distance
						      : banding_first_match(t->mask[i], p->banding) < p->banding.bands;

		if (!jaccard_reaches(pair->common, t->s->fact[t->truth.query[pair->query]].n_shingles,
				     t->s->fact[pair->doc].n_shingles, threshold))
			continue;
		t->pairs[pair->query]++;
		t->found[pair->query] += hit;
	}
	p->pairs = p->found = 0;
	for (uint32_t q = 0; q < t->truth.m; q++) {
		p->pairs += t->pairs[q];
		p->found += t->found[q];
	}
	p->recall = p->pairs ? (double)p->found / (double)p->pairs : NAN;
	bootstrap(p, t);
}

/* From what the sample met to what the corpus holds: a pair has two ends, and m of n documents were asked. */
static void fill_cost(struct tradeoff_point *p, const struct tradeoff *t, uint32_t docs, uint64_t candidates, uint64_t verified)
{
	double looked = (double)t->truth.m * docs * (1 - 1.0 / (t->n_all ? t->n_all : 1)); /* ordered, not with itself */
	double all = (double)t->n_all * ((double)t->n_all - 1) / 2;
	double scale = looked > 0 ? all / looked : 0;
	double docs_share = t->n_all ? (double)docs / t->n_all : 1;
	double found = (double)p->found * docs_share;                        /* among the documents looked at */

	p->candidates = (double)candidates * scale;
	p->verified = (double)verified * scale;
	p->precision = candidates ? (found < (double)candidates ? found / (double)candidates : 1) : NAN;
	p->false_positive_rate = looked > 0 && (double)candidates > found ? ((double)candidates - found) / looked : 0;
	p->cpu = NAN;
	p->counted = false;
}

struct lookup {
	uint64_t *key;
	uint32_t *query;     /* + 1; 0: free */
	size_t mask;
	uint64_t seen[SEEN_BITS / 64]; /* a bit of every key: most documents meet nobody, and this stays in the cache */
};

static void lookup_band(struct lookup *l, const struct tradeoff *t, struct banding b, unsigned band)
{
	memset(l->query, 0, (l->mask + 1) * sizeof *l->query);
	memset(l->seen, 0, sizeof l->seen);
	for (uint32_t q = 0; q < t->truth.m; q++) {
		uint64_t key = band_key(t->query_slots + (size_t)q * SKETCH_K, b, band);
		size_t at = key & l->mask;

		while (l->query[at])
			at = (at + 1) & l->mask;
		l->key[at] = key;
		l->seen[key % SEEN_BITS / 64] |= (uint64_t)1 << (key % 64);
		l->query[at] = q + 1;
	}
}

/* Queries that `doc` meets, each counted in the first band it meets it in; returns how much was looked at. */
static uint64_t meet(uint64_t *candidates, uint64_t *verified, const struct tradeoff *t, const struct lookup *bands,
		 struct banding b, uint32_t doc, const uint32_t *slots, unsigned min_slots)
{
	uint64_t work = b.bands;

	for (unsigned band = 0; band < b.bands; band++) {
		const struct lookup *l = &bands[band];
		uint64_t key = band_key(slots, b, band), mask[2];

		if (!(l->seen[key % SEEN_BITS / 64] >> (key % 64) & 1))
			continue;
		for (size_t at = key & l->mask; l->query[at]; at = (at + 1) & l->mask) {
			uint32_t q = l->query[at] - 1;
			unsigned agree;

			work++;
			if (l->key[at] != key || t->truth.query[q] == doc)
				continue;
			agree = minhash_agree_mask(mask, t->query_slots + (size_t)q * SKETCH_K, slots);
			if (banding_first_match(mask, b) != band)
				continue;
			(*candidates)++;
			*verified += agree >= min_slots;
		}
	}
	return work;
}

int tradeoff_minhash(struct tradeoff_point *out, struct tradeoff *t, struct banding banding, uint32_t threshold,
		     struct error *err)
{
	struct lookup *bands = xcalloc(banding.bands, sizeof *bands);
	unsigned min_slots = filter_min_slots(threshold);
	uint64_t candidates = 0, verified = 0, work = 0;
	uint32_t room[SKETCH_K], looked = 0;
	size_t slots_of_table = 4096;
	int rc = 0;

	*out = (struct tradeoff_point){ .method = DEDUP_MINHASH, .banding = banding,
					.bytes = banding.bands * banding.rows * 4,
					.theory = banding_probability(banding, (double)threshold / THRESHOLD_ONE) };
	while (slots_of_table < 4 * (size_t)t->truth.m)
		slots_of_table *= 2;
	for (unsigned band = 0; band < banding.bands; band++) {
		bands[band].key = xreallocarray(NULL, slots_of_table, sizeof(uint64_t));
		bands[band].query = xreallocarray(NULL, slots_of_table, sizeof(uint32_t));
		bands[band].mask = slots_of_table - 1;
		lookup_band(&bands[band], t, banding, band);
	}
	for (; looked < t->n_docs && work < WORK && rc == 0; looked++) {
		uint32_t doc = t->docs[(uint64_t)looked * STRIDE % t->n_docs];
		const uint32_t *slots = sketches_get(t->s, doc, room, err);

		if (slots == NULL)
			rc = TAMIS_EIO;
		else
			work += meet(&candidates, &verified, t, bands, banding, doc, slots, min_slots);
	}
	for (unsigned band = 0; band < banding.bands; band++) {
		free(bands[band].key);
		free(bands[band].query);
	}
	free(bands);
	fill_recall(out, t, threshold);
	fill_cost(out, t, looked, candidates, verified);
	return rc;
}

void tradeoff_simhash(struct tradeoff_point *out, const struct tradeoff *t, unsigned distance, uint32_t threshold)
{
	uint64_t candidates = 0;

	*out = (struct tradeoff_point){ .method = DEDUP_SIMHASH, .distance = distance, .bytes = 8,
					.theory = simhash_probability(distance, (double)threshold / THRESHOLD_ONE) };
	for (unsigned d = 0; d <= distance && d <= 64; d++)
		candidates += t->near[d];
	fill_recall(out, t, threshold);
	fill_cost(out, t, t->n_docs, candidates, candidates);
}

size_t tradeoff_bandings(struct banding out[16], uint32_t threshold)
{
	static const struct banding usual[] = { { 8, 16 }, { 9, 13 }, { 14, 8 }, { 16, 8 },
						{ 18, 7 }, { 21, 6 }, { 25, 5 }, { 32, 4 } };
	struct banding chosen = banding_choose((double)threshold / THRESHOLD_ONE, 0.995);
	size_t n = 0;
	bool known = false;

	for (size_t i = 0; i < sizeof usual / sizeof *usual; i++) {
		known |= usual[i].bands == chosen.bands && usual[i].rows == chosen.rows;
		if (!known && (usual[i].rows < chosen.rows || (usual[i].rows == chosen.rows && usual[i].bands > chosen.bands))) {
			out[n++] = chosen;
			known = true;
		}
		out[n++] = usual[i];
	}
	if (!known)
		out[n++] = chosen;
	return n;
}

size_t tradeoff_distances(unsigned out[8], uint32_t threshold)
{
	static const unsigned usual[] = { 3, 5, 7, 10, 14, 18 };
	unsigned chosen = simhash_choose((double)threshold / THRESHOLD_ONE, 0.95);
	size_t n = 0;
	bool known = false;

	for (size_t i = 0; i < sizeof usual / sizeof *usual; i++) {
		if (!known && chosen <= usual[i]) {
			known = true;
			if (chosen < usual[i])
				out[n++] = chosen;
		}
		out[n++] = usual[i];
	}
	if (!known)
		out[n++] = chosen;
	return n;
}

int tradeoff_count(struct tradeoff_point *point, const struct candidate_search *search, double limit, struct error *err)
{
	struct candidate_counts counts;
	struct timespec from, to;
	pair_vec pairs = { 0 };
	int rc;

	if (point->candidates > limit)
		return 0;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
	if (point->method == DEDUP_SIMHASH)
		rc = candidates_simhash(&pairs, &counts, search, point->distance, err);
	else
		rc = candidates_minhash(&pairs, &counts, search, point->banding, err);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
	vec_free(&pairs);
	if (rc)
		return rc;
	point->cpu = (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9;
	point->verified = (double)counts.filtered;
	point->counted = true;
	return 0;
}
