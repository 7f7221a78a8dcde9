/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Deduplication on a JSON Lines file, timed: CPU seconds of the process, wall clock, peak memory.
 *
 *	dedup_bench sketch FILE [fast|classic]         one thread: lines to exact hashes, SimHash and MinHash
 *	dedup_bench kernel FILE HASHES OFFSETS         MinHash and SimHash of sets made beforehand; the sets (uint64) for others to sketch
 *	dedup_bench slider FILE                        the trade-off screen's model: milliseconds for each step of its slider
 *	dedup_bench run FILE [T] [THREADS] [MEMORY_MB] [METHOD] [OUT]   the whole job; OUT gets "document keeper common" lines
 */
#include <stdio.h>
#include <sys/resource.h>
#include <time.h>

#include "base/clock.h"
#include "dedup/tradeoff.h"
#include "dedup_lines.h"

static double cpu(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double peak_mb(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return (double)u.ru_maxrss / 1024;
}

static int bench_sketch(const struct dedup_source *source, const struct lines *l, enum minhash_scheme scheme)
{
	struct token_tables *tables = token_tables_new();
	struct sketcher k;
	struct error err = { 0 };
	void *r = source->reader_open(source->ctx, &err);
	uint64_t bytes = 0, shingles = 0, check = 0;
	double start, read, end;

	sketcher_init(&k, tables, (struct shingle_spec){ SHINGLE_WORD, 5 }, scheme, cpu_simd());
	start = cpu();
	for (uint32_t d = 0; d < source->n; d++) {
		struct span text;

		if (source->text(source->ctx, r, d, &text, &err) != 0)
			return fprintf(stderr, "%s\n", err.msg), 1;
		bytes += text.len;
	}
	read = cpu() - start;
	start = cpu();
	for (uint32_t d = 0; d < source->n; d++) {
		struct sketch sketch;
		uint32_t slots[SKETCH_K];
		struct span text;

		if (source->text(source->ctx, r, d, &text, &err) != 0)
			return 1;
		sketch_text(&k, &sketch, slots, text);
		shingles += sketch.n_shingles;
		check += sketch.simhash ^ slots[0];
	}
	end = cpu() - start;
	printf("{\"documents\":%u,\"jsonl_mb\":%.1f,\"text_mb\":%.1f,\"shingles\":%llu,\"simd\":\"%s\",\"read_cpu\":%.3f,"
	       "\"cpu\":%.3f,\"jsonl_mb_per_s\":%.0f,\"sketch_only_mb_per_s\":%.0f,\"check\":\"%016llx\"}\n",
	       source->n, (double)l->start.v[source->n] / 1e6, (double)bytes / 1e6, (unsigned long long)shingles,
	       cpu_simd_name(cpu_simd()), read, end, (double)l->start.v[source->n] / 1e6 / end,
	       (double)bytes / 1e6 / (end - read), (unsigned long long)check);
	source->reader_close(source->ctx, r);
	sketcher_free(&k);
	token_tables_free(tables);
	return 0;
}

static double time_minhash(enum minhash_scheme scheme, const hash_vec *all, const hash_vec *start)
{
	minhash_fn *f = minhash_kernel(scheme, cpu_simd());
	double best = 1e9;

	for (int run = 0; run < 3; run++) {
		double from = cpu();
		uint32_t slots[SKETCH_K];

		for (size_t d = 0; d + 1 < start->n; d++)
			if (start->v[d + 1] > start->v[d])
				f(slots, all->v + start->v[d], (size_t)(start->v[d + 1] - start->v[d]));
		from = cpu() - from;
		best = from < best ? from : best;
	}
	return best;
}

static int put_numbers(const char *path, const hash_vec *v)
{
	FILE *f = fopen(path, "w");
	bool well = f && fwrite(v->v, sizeof *v->v, v->n, f) == v->n;

	return f && fclose(f) == 0 && well ? 0 : (perror(path), 1);
}

static int bench_kernel(const struct dedup_source *source, const char *hashes, const char *offsets)
{
	struct token_tables *tables = token_tables_new();
	struct shingler s;
	struct error err = { 0 };
	void *r = source->reader_open(source->ctx, &err);
	hash_vec all = { 0 }, start = { 0 };
	struct span text;
	double fast, classic;

	shingler_init(&s, tables, (struct shingle_spec){ SHINGLE_WORD, 5 }, cpu_simd());
	for (uint32_t d = 0; d < source->n && source->text(source->ctx, r, d, &text, &err) == 0; d++) {
		shingler_text(&s, text);
		vec_push(&start, all.n);
		vec_reserve(&all, all.n + s.set.n);
		memcpy(all.v + all.n, s.set.v, s.set.n * sizeof *s.set.v);
		all.n += s.set.n;
	}
	vec_push(&start, all.n);
	fast = time_minhash(MINHASH_FAST, &all, &start);
	classic = time_minhash(MINHASH_CLASSIC, &all, &start);
	printf("{\"documents\":%u,\"shingles\":%zu,\"fast_ns\":%.2f,\"classic_ns\":%.2f}\n", source->n, all.n,
	       1e9 * fast / (double)all.n, 1e9 * classic / (double)all.n);
	return put_numbers(hashes, &all) || put_numbers(offsets, &start);
}

/* As the screen does: a thousand documents asked, then every step the slider can take from the setting it begins with. */
static int bench_slider(const struct dedup_source *source)
{
	struct dedup_options o;
	struct dedup_counts counts = { 0 };
	struct sketches s;
	struct worker_pool pool;
	struct truth truth;
	struct tradeoff *t = NULL;
	struct tradeoff_point p;
	struct error err = { 0 };
	uint32_t *doc = xreallocarray(NULL, (size_t)source->n + 1, sizeof *doc), n = 0;
	double model, worst[2] = { 0, 0 }, sum[2] = { 0, 0 }, wall = 0;
	unsigned steps[2] = { 0, 0 };
	int rc;

	dedup_options_init(&o);
	worker_pool_init(&pool, source, o.shingle, o.scheme, 0, NULL);
	rc = dedup_sketch(&s, &counts, &pool, &o, &err);
	for (uint32_t d = 0; rc == 0 && d < source->n; d++)
		if (s.fact[d].n_shingles)
			doc[n++] = d;
	model = cpu();
	if (rc == 0)
		rc = truth_sample(&truth, &s, &pool, doc, n, NULL, TRADEOFF_QUERIES, 0.2, &err);
	if (rc == 0)
		rc = tradeoff_new(&t, &s, &truth, doc, n, &err);
	model = cpu() - model;
	for (unsigned step = 0; rc == 0 && step < 2 * 33; step++) {
		unsigned method = step % 2, rows = 1 + step / 2 % 16;
		double from = cpu();
		int64_t since = clock_steady_us();

		if (method == 0)
			rc = tradeoff_minhash(&p, t, (struct banding){ SKETCH_K / rows, rows }, o.threshold, &err);
		else
			tradeoff_simhash(&p, t, step / 2, o.threshold);
		from = 1000 * (cpu() - from);
		worst[method] = from > worst[method] ? from : worst[method];
		sum[method] += from;
		steps[method]++;
		since = clock_steady_us() - since;
		wall = (double)since / 1000 > wall ? (double)since / 1000 : wall;
	}
	if (rc)
		return fprintf(stderr, "%s\n", err.msg), 1;
	printf("{\"documents\":%u,\"model_cpu\":%.2f,\"bands_ms\":%.1f,\"bands_worst_ms\":%.1f,\"distance_ms\":%.1f,"
	       "\"distance_worst_ms\":%.1f,\"worst_wall_ms\":%.1f}\n",
	       n, model, sum[0] / steps[0], worst[0], sum[1] / steps[1], worst[1], wall);
	tradeoff_free(t);
	sketches_free(&s);
	worker_pool_free(&pool);
	free(doc);
	return 0;
}

static void print_run(const struct dedup_result *r, double wall, double used)
{
	const struct dedup_counts *c = &r->counts;
	uint64_t below = 0;

	for (uint32_t d = 0; d < r->n; d++)
		below += dedup_why(r, d) == DEDUP_NEAR &&
			 !jaccard_reaches(r->star.common[d], r->sketches.fact[d].n_shingles,
					  r->sketches.fact[r->star.keeper[d]].n_shingles, r->threshold);
	printf("{\"documents\":%llu,\"text_mb\":%.1f,\"banding\":\"%ux%u\",\"distance\":%u,\"kept\":%llu,\"same_bytes\":%llu,"
	       "\"same_tokens\":%llu,\"near\":%llu,\"clusters\":%llu,\"looked_at\":%llu,\"unique\":%llu,\"verified\":%llu,"
	       "\"edges\":%llu,\"hot\":%llu,\"not_looked_at\":%llu,\"below_threshold\":%llu,",
	       (unsigned long long)c->documents, (double)c->bytes / 1e6, r->banding.bands, r->banding.rows, r->distance,
	       (unsigned long long)c->kept, (unsigned long long)c->same_bytes, (unsigned long long)c->same_tokens,
	       (unsigned long long)c->near, (unsigned long long)c->clusters,
	       (unsigned long long)c->candidates.bucket.looked_at, (unsigned long long)c->candidates.unique,
	       (unsigned long long)c->verified, (unsigned long long)c->edges, (unsigned long long)c->candidates.bucket.hot,
	       (unsigned long long)c->candidates.bucket.not_looked_at, (unsigned long long)below);
	printf("\"sketch_cpu\":%.3f,\"candidate_cpu\":%.3f,\"verify_cpu\":%.3f,\"cluster_cpu\":%.3f,\"cpu\":%.3f,\"wall\":%.3f,"
	       "\"peak_mb\":%.1f,\"signatures_mb\":%.1f}\n",
	       c->sketch_cpu, c->candidate_cpu, c->verify_cpu, c->cluster_cpu, used, wall, peak_mb(),
	       (double)r->n * (SKETCH_K * 4 + sizeof(struct sketch)) / 1e6);
}

static int bench_run(const struct dedup_source *source, int argc, char **argv)
{
	struct dedup_options o;
	struct dedup_result r;
	struct error err = { 0 };
	double start = cpu();
	int64_t wall = clock_steady_us();
	FILE *out;

	dedup_options_init(&o);
	if (argc > 3 && threshold_parse(&o.threshold, argv[3], &err) != 0)
		return fprintf(stderr, "%s\n", err.msg), 1;
	o.threads = argc > 4 ? (unsigned)atoi(argv[4]) : 0;
	o.memory = argc > 5 ? (size_t)atoi(argv[5]) << 20 : 0;
	if (argc > 6 && dedup_method_parse(&o.method, argv[6], &err) != 0)
		return fprintf(stderr, "%s\n", err.msg), 1;
	if (dedup_run(&r, source, &o, &err) != 0)
		return fprintf(stderr, "%s\n", err.msg), 1;
	print_run(&r, (double)(clock_steady_us() - wall) / 1e6, cpu() - start);
	if (argc > 7 && (out = fopen(argv[7], "w")) != NULL) {
		for (uint32_t d = 0; d < r.n; d++)
			fprintf(out, "%u\t%u\t%u\n", d, r.star.keeper[d], r.star.common[d]);
		fclose(out);
	}
	dedup_result_free(&r);
	return 0;
}

int main(int argc, char **argv)
{
	struct lines l;
	struct error err = { 0 };
	struct dedup_source source;

	if (argc < 3)
		return fprintf(stderr, "usage: dedup_bench sketch|kernel|slider|run FILE …\n"), 2;
	if (lines_open(&l, argv[2], &err) != 0)
		return fprintf(stderr, "%s\n", err.msg), 1;
	lines_source(&source, &l);
	if (strcmp(argv[1], "sketch") == 0)
		return bench_sketch(&source, &l, argc > 3 && strcmp(argv[3], "classic") == 0 ? MINHASH_CLASSIC : MINHASH_FAST);
	if (strcmp(argv[1], "kernel") == 0 && argc > 4)
		return bench_kernel(&source, argv[3], argv[4]);
	if (strcmp(argv[1], "slider") == 0)
		return bench_slider(&source);
	return bench_run(&source, argc, argv);
}
