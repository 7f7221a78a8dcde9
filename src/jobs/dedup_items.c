/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One item a keeper that has others to stand for. */
#include "jobs/dedup_items.h"

#include "base/i18n.h"
#include "base/json.h"
#include "dedup/sort.h"

#define BATCH 256u
#define BODIES_MAX ((size_t)4 << 20)
#define BORDER 50000u          /* millionths above the threshold */
#define LOSS_LEAST 20u

enum flag { FLAG_BORDERLINE, FLAG_CONTAINED, FLAG_DISAGREEMENT, FLAG_LOSS, FLAGS };
const char *const dedup_flags[4] = { N_("borderline"), N_("contained"), N_("disagreement"), N_("loss") };

struct saving {
	struct store *store;
	int64_t run;
	const struct dedup_request *req;
	struct dedup_docs *docs;
	const struct dedup_result *r;
	struct dedup_summary *summary;
	struct dedup_source source;
	void *reader;
	struct map64 losing;         /* sources that would lose over half */
	struct map64 keepers;        /* group -> keepers in it */
	uint64_t *found;             /* document << 32 | number of the edge, ascending: the references it has; NULL */
	struct banding other_bands;  /* what MinHash would use, for SimHash runs */
	unsigned other_distance;     /* what SimHash would use, for MinHash runs */
	struct buf bodies, name, members, keys;
	struct item_row row[BATCH];
	size_t from[BATCH], n;
};

static void count_losses(struct saving *s)
{
	struct map64 all = { 0 }, gone = { 0 };
	size_t pos = 0;
	uint64_t source, total;

	for (uint32_t d = 0; d < s->r->n; d++) {
		++*map64_at(&all, s->docs->source[d], NULL);
		if (s->r->star.keeper[d] != d)
			++*map64_at(&gone, s->docs->source[d], NULL);
		else
			++*map64_at(&s->keepers, s->r->star.group[d], NULL);
	}
	while (map64_next(&all, &pos, &source, &total)) {
		const uint64_t *lost = map64_find(&gone, source);

		if (total >= LOSS_LEAST && lost && 2 * *lost > total)
			*map64_at(&s->losing, source, NULL) = 1;
	}
	map64_free(&all);
	map64_free(&gone);
}

/* Of a run against a test set: edges by document. */
static void sort_found(struct saving *s)
{
	const edge_vec *edges = &s->r->edges;

	if (s->r->contained == 0 || edges->n == 0 || edges->n > UINT32_MAX)
		return;
	s->found = xreallocarray(NULL, edges->n, sizeof *s->found);
	vec_each(edges, i)
		s->found[i] = (uint64_t)edges->v[i].b << 32 | i;
	sort_u64(s->found, edges->n);
}

/* Would the other method, left to itself, have compared these two? */
static int disagrees(const struct saving *s, uint32_t doc, uint32_t keeper, bool *yes, struct error *err)
{
	const struct sketch *fact = s->r->sketches.fact;
	uint32_t room_a[SKETCH_K], room_b[SKETCH_K];
	const uint32_t *a, *b;
	uint64_t mask[2];

	*yes = false;
	if (s->req->options.method == DEDUP_MINHASH) {
		*yes = (unsigned)__builtin_popcountll(fact[doc].simhash ^ fact[keeper].simhash) > s->other_distance;
		return 0;
	}
	if (s->req->options.method == DEDUP_IMPORTED)
		*yes = !jaccard_reaches(s->r->star.common[doc], fact[doc].n_shingles, fact[keeper].n_shingles, s->r->threshold);
	if (s->req->options.method != DEDUP_SIMHASH)
		return 0;
	a = sketches_get(&s->r->sketches, doc, room_a, err);
	b = sketches_get(&s->r->sketches, keeper, room_b, err);
	if (a == NULL || b == NULL)
		return TAMIS_EIO;
	minhash_agree_mask(mask, a, b);
	*yes = banding_first_match(mask, s->other_bands) == s->other_bands.bands;
	return 0;
}

static int flags_of(const struct saving *s, uint32_t doc, unsigned *flags, struct error *err)
{
	const struct dedup_result *r = s->r;
	uint32_t keeper = r->star.keeper[doc];
	uint64_t common = r->star.common[doc], size = r->sketches.fact[doc].n_shingles;
	bool other = false;
	int rc;

	if (map64_find(&s->losing, s->docs->source[doc]))
		*flags |= 1u << FLAG_LOSS;
	if (dedup_why(r, doc) != DEDUP_NEAR)
		return 0;
	if (r->threshold + BORDER <= THRESHOLD_ONE &&
	    !jaccard_reaches(common, size, r->sketches.fact[keeper].n_shingles, r->threshold + BORDER))
		*flags |= 1u << FLAG_BORDERLINE;
	if (common * 100 >= size * 95 && !jaccard_reaches(common, size, r->sketches.fact[keeper].n_shingles, 900000))
		*flags |= 1u << FLAG_CONTAINED;
	rc = disagrees(s, doc, keeper, &other, err);
	if (other)
		*flags |= 1u << FLAG_DISAGREEMENT;
	return rc;
}

static double share(uint64_t part, uint64_t whole)
{
	return whole ? (double)part / (double)whole : 1;
}

/* References that a document has besides its keeper, with the share of their shingles. */
static void put_also(struct saving *s, uint32_t doc)
{
	const struct dedup_result *r = s->r;
	size_t lo = 0, hi = s->found ? r->edges.n : 0;
	bool any = false;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (s->found[mid] >> 32 < doc)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (; s->found && lo < r->edges.n && s->found[lo] >> 32 == doc; lo++) {
		const struct edge *e = &r->edges.v[(uint32_t)s->found[lo]];
		char ref[32];

		if (e->a == r->star.keeper[doc])
			continue;
		if (!any)
			json_put_key(&s->members, "also");
		buf_adds(&s->members, any ? ",{" : "[{");
		any = true;
		item_ref_format(ref, dedup_docs_ref(s->docs, e->a));
		json_put_member(&s->members, "document", span_of(ref));
		json_put_real(&s->members, "covers", share(e->common, r->sketches.fact[e->a].n_shingles));
		buf_addc(&s->members, '}');
	}
	if (any)
		buf_addc(&s->members, ']');
}

static int put_member(struct saving *s, uint32_t doc, struct error *err)
{
	const struct dedup_result *r = s->r;
	struct buf *out = &s->members;
	uint32_t keeper = r->star.keeper[doc];
	char text[40];
	int rc = dedup_docs_name(&s->name, s->docs, s->reader, doc, err);

	if (rc)
		return rc;
	if (out->len)
		buf_addc(out, ',');
	buf_addc(out, '{');
	item_ref_format(text, dedup_docs_ref(s->docs, doc));
	json_put_member(out, "document", span_of(text));
	json_put_member(out, "name", buf_span(&s->name));
	hash128_hex(text, &s->docs->key[doc]);
	json_put_member(out, "key", span_of(text));
	json_put_member(out, "corpus", span_of(s->docs->corpus[dedup_docs_view(s->docs, doc)].name));
	json_put_real(out, "similarity", dedup_similarity(r, doc));
	json_put_real(out, "containment", doc == keeper ? 1 : share(r->star.common[doc], r->sketches.fact[doc].n_shingles));
	json_put_real(out, "covers", doc == keeper ? 1 : share(r->star.common[doc], r->sketches.fact[keeper].n_shingles));
	json_put_member(out, "why", span_of(dedup_reason_name(dedup_why(r, doc))));
	if (doc != keeper)
		put_also(s, doc);
	buf_addc(out, '}');
	buf_add(&s->keys, s->docs->key[doc].b, sizeof s->docs->key[doc].b);
	return 0;
}

static void put_corpora(struct saving *s, const uint32_t *doc, size_t n)
{
	bool *seen = xcalloc(s->docs->n_views, sizeof *seen);
	bool first = true;

	json_put_key(&s->bodies, "sources");
	buf_addc(&s->bodies, '[');
	for (size_t i = 0; i < n; i++)
		seen[dedup_docs_view(s->docs, doc[i])] = true;
	for (size_t v = 0; v < s->docs->n_views; v++) {
		if (!seen[v])
			continue;
		if (!first)
			buf_addc(&s->bodies, ',');
		first = false;
		json_put_string(&s->bodies, span_of(s->docs->corpus[v].name));
	}
	buf_addc(&s->bodies, ']');
	free(seen);
}

static void put_flags(struct saving *s, unsigned flags)
{
	bool first = true;

	json_put_key(&s->bodies, "flags");
	buf_addc(&s->bodies, '[');
	for (int i = 0; i < FLAGS; i++) {
		if (!(flags >> i & 1))
			continue;
		s->summary->flagged[i]++;
		if (!first)
			buf_addc(&s->bodies, ',');
		first = false;
		json_put_string(&s->bodies, span_of(dedup_flags[i]));
	}
	buf_addc(&s->bodies, ']');
}

/* doc[0] is the keeper. */
static int put_cluster(struct saving *s, const uint32_t *doc, size_t n, struct error *err)
{
	const struct dedup_result *r = s->r;
	struct buf *out = &s->bodies;
	unsigned flags = 0;
	double least = 1;
	bool exact = true;
	char ref[32];
	int rc = 0;

	buf_clear(&s->members);
	buf_clear(&s->keys);
	buf_adds(&s->keys, "cluster");
	for (size_t i = 0; i < n && rc == 0; i++) {
		double j = dedup_similarity(r, doc[i]);

		least = j < least ? j : least;
		exact &= dedup_why(r, doc[i]) < DEDUP_NEAR;
		rc = put_member(s, doc[i], err);
		if (rc == 0 && i > 0)
			rc = flags_of(s, doc[i], &flags, err);
	}
	s->from[s->n] = out->len;
	item_ref_format(ref, dedup_docs_ref(s->docs, doc[0]));
	buf_addc(out, '{');
	json_put_member(out, "method", span_of(dedup_method_name(s->req->options.method)));
	json_put_real(out, "threshold", (double)r->threshold / THRESHOLD_ONE);
	json_put_member(out, "keep", span_of(ref));
	json_put_int(out, "size", (int64_t)n);
	json_put_real(out, "min_similarity", least);
	put_corpora(s, doc, n);
	json_put_int(out, "group", (int64_t)r->star.group[doc[0]]);
	json_put_bool(out, "chained", *map64_find(&s->keepers, r->star.group[doc[0]]) > 1);
	put_flags(s, flags);
	json_put_key(out, "members");
	buf_addc(out, '[');
	buf_addspan(out, buf_span(&s->members));
	buf_adds(out, "]}");
	s->row[s->n] = (struct item_row){ .run = s->run, .kind = KIND_CLUSTER, .key = hash128(s->keys.p, s->keys.len),
					  .score = least, .suggestion = exact ? VERDICT_ACCEPT : VERDICT_NONE,
					  .body_len = out->len - s->from[s->n] };
	s->n++;
	return rc;
}

static int flush(struct saving *s, struct error *err)
{
	int rc = 0;

	for (size_t i = 0; i < s->n; i++)
		s->row[i].body = s->bodies.p + s->from[i];
	if (s->n)
		rc = store_items_add(s->store, s->run, s->row, s->n, err);
	s->n = 0;
	buf_clear(&s->bodies);
	return rc;
}

static int by_similarity(const void *pa, const void *pb, void *ctx)
{
	const uint32_t *a = pa, *b = pb;
	double x = dedup_similarity(ctx, *a), y = dedup_similarity(ctx, *b);

	return x != y ? (x < y) - (x > y) : (*a > *b) - (*a < *b);
}

/* Members by keeper: the keeper first, then the others by falling similarity. */
static int save_all(struct saving *s, const struct job *job, struct error *err)
{
	const struct dedup_result *r = s->r;
	uint64_t *pair = xreallocarray(NULL, (size_t)r->n + 1, sizeof *pair);
	VEC(uint32_t) docs = { 0 };
	size_t n = 0;
	int rc = 0;

	for (uint32_t d = 0; d < r->n; d++)
		if (r->star.keeper[d] != d)
			pair[n++] = (uint64_t)r->star.keeper[d] << 32 | d;
	sort_u64(pair, n);
	for (size_t i = 0, j; i < n && rc == 0; i = j) {
		vec_clear(&docs);
		vec_push(&docs, (uint32_t)(pair[i] >> 32));
		for (j = i; j < n && pair[j] >> 32 == pair[i] >> 32; j++)
			vec_push(&docs, (uint32_t)pair[j]);
		qsort_r(docs.v + 1, docs.n - 1, sizeof *docs.v, by_similarity, (void *)(uintptr_t)r);
		s->summary->removed += j - i;
		rc = job_cancelled(job) ? error_set(err, TAMIS_ECANCEL, _("cancelled")) : put_cluster(s, docs.v, docs.n, err);
		if (rc == 0 && (s->n == BATCH || s->bodies.len > BODIES_MAX))
			rc = flush(s, err);
	}
	if (rc == 0)
		rc = flush(s, err);
	vec_free(&docs);
	free(pair);
	return rc;
}

int dedup_items_save(struct store *store, int64_t run, const struct dedup_request *req, struct dedup_docs *docs,
		     const struct dedup_result *r, struct dedup_summary *summary, const struct job *job, struct error *err)
{
	double t = (double)r->threshold / THRESHOLD_ONE;
	struct saving *s = xcalloc(1, sizeof *s);
	int rc = TAMIS_EIO;

	*s = (struct saving){ .store = store, .run = run, .req = req, .docs = docs, .r = r, .summary = summary,
			      .other_bands = banding_choose(t, 0.995), .other_distance = simhash_choose(t, 0.95) };
	buf_init(&s->bodies);
	buf_init(&s->name);
	buf_init(&s->members);
	buf_init(&s->keys);
	dedup_docs_source(&s->source, docs);
	s->reader = s->source.reader_open(s->source.ctx, err);
	if (s->reader) {
		count_losses(s);
		sort_found(s);
		rc = save_all(s, job, err);
		s->source.reader_close(s->source.ctx, s->reader);
	}
	map64_free(&s->losing);
	map64_free(&s->keepers);
	free(s->found);
	buf_free(&s->bodies);
	buf_free(&s->name);
	buf_free(&s->members);
	buf_free(&s->keys);
	free(s);
	return rc;
}
