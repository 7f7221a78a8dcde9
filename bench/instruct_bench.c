/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How fast documents become segments with their checks, and pairs with theirs: `find DIR -name '*.html' | instruct_bench [THREADS [values]]`.
 * Files are read first; figures are of what follows.  With a second word every value is printed before. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "base/clock.h"
#include "base/fs.h"
#include "base/thread.h"
#include "instruct/cut.h"
#include "text/langid.h"

enum { BATCH = 256 };

struct bench_pair {
	struct check_results *checks;
	const struct text_segment *segment;
	uint8_t lang;
	struct instruction_words words;
};

struct bench {
	VEC(struct buf) files;
	VEC(struct cut) cuts;
	VEC(struct bench_pair) pairs;
	struct pair_reader **readers;
	struct instructions_seen *seen;
	struct term_reader **terms;
	struct retriever *retriever;
	struct twins *twins;
	size_t cut, taken; /* documents */
	unsigned threads;
	bool keep_all;
};

static double cpu_seconds(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) + (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static bool passes(const struct check_results *r)
{
	return checks_worst(r) != OUTCOME_FAIL;
}

static void cut_one(void *ctx, unsigned thread, size_t i)
{
	struct bench *b = ctx;
	struct cut *c = &b->cuts.v[b->cut + i];

	c->reader = b->terms[thread];
	c->keep_all = b->keep_all;
	cut_document(c, buf_span(&b->files.v[b->cut + i]), SEGMENT_LEAST, SEGMENT_MOST, NULL);
	c->reader = NULL;
}

/* The segments of documents cut before that pass, in their order. */
static void take_segments(void *ctx)
{
	struct bench *b = ctx;

	for (; b->taken < b->cut; b->taken++) {
		struct cut *c = &b->cuts.v[b->taken];

		vec_each(&c->rows, k) {
			struct cut_segment *row = &c->rows.v[k];
			const struct text_segment *s = &c->segmentation.segments.v[k];

			if (!row->passes)
				continue;
			check_set(&row->checks, CHECK_TWIN, twins_add(b->twins, &row->sketch, TWINS_ALIKE, NULL));
			if (!passes(&row->checks))
				continue;
			vec_push(&b->pairs, (struct bench_pair){ .checks = &row->checks, .segment = s, .lang = row->lang });
			cut_retrieve(b->retriever, c, k);
		}
	}
}

/* As jobs/backtranslate_read.c: what was cut is taken over while others are cut. */
static void cut_all(struct bench *b)
{
	b->terms = xcalloc(b->threads, sizeof *b->terms);
	for (unsigned i = 0; i < b->threads; i++)
		b->terms[i] = term_reader_new();
	b->twins = twins_new();
	for (size_t n; b->cut < b->files.n; b->cut += n) {
		n = b->files.n - b->cut < BATCH ? b->files.n - b->cut : BATCH;
		parallel_work(b->threads, n, cut_one, take_segments, b, NULL);
	}
	take_segments(b);
	twins_free(b->twins);
	for (unsigned i = 0; i < b->threads; i++)
		term_reader_free(b->terms[i]);
	free(b->terms);
}

static void read_some(void *ctx, size_t first)
{
	struct bench *b = ctx;

	for (size_t i = first; i < b->pairs.n; i += b->threads) {
		struct bench_pair *p = &b->pairs.v[i];

		checks_of_reading(p->checks, b->readers[first], &p->words,
				  &(struct asked_pair){ p->segment->header, p->segment->text, (uint32_t)i, p->lang, LANG_UNKNOWN });
	}
}

static void compare_some(void *ctx, size_t first)
{
	struct bench *b = ctx;

	for (size_t i = first; i < b->pairs.n; i += b->threads)
		checks_of_duplicate(b->pairs.v[i].checks, b->readers[first], b->seen, &b->pairs.v[i].words);
}

/* The checks of pairs, an instruction being the segment's own heading. */
static void check_pairs(struct bench *b)
{
	retriever_ready(b->retriever);
	b->seen = instructions_seen_new();
	b->readers = xcalloc(b->threads, sizeof *b->readers);
	for (unsigned i = 0; i < b->threads; i++)
		b->readers[i] = pair_reader_new(b->retriever, NULL);
	parallel_for(b->threads, b->threads, read_some, b, NULL);
	vec_each(&b->pairs, i)
		instructions_seen_add(b->seen, b->pairs.v[i].checks, &b->pairs.v[i].words);
	parallel_for(b->threads, b->threads, compare_some, b, NULL);
	for (unsigned i = 0; i < b->threads; i++)
		pair_reader_free(b->readers[i]);
	free(b->readers);
	instructions_seen_free(b->seen);
}

/* Every value, for comparing with what was before or with other counts of threads. */
static void print_values(const struct bench *b)
{
	struct buf line = BUF_INIT;

	vec_each(&b->cuts, i)
		vec_each(&b->cuts.v[i].rows, k) {
			const struct text_segment *s = &b->cuts.v[i].segmentation.segments.v[k];

			buf_clear(&line);
			buf_addspan(&line, s->path);
			checks_json(&line, &b->cuts.v[i].rows.v[k].checks);
			printf("%zu %zu %zu %016llx %.*s\n", i, s->at, s->len, (unsigned long long)b->cuts.v[i].rows.v[k].hash, (int)line.len,
			       line.p);
		}
	buf_free(&line);
}

int main(int argc, char **argv)
{
	struct bench b = { .threads = argc > 1 && atoi(argv[1]) > 0 ? (unsigned)atoi(argv[1]) : thread_count_default(), .keep_all = argc > 2 };
	char path[4096];
	double bytes = 0, cpu, wall, cpu_cut, wall_cut;
	size_t segments = 0;

	while (fgets(path, sizeof path, stdin)) {
		struct buf file = BUF_INIT;

		path[strcspn(path, "\n")] = '\0';
		if (fs_read_all(&file, path, SEGMENT_SOURCE_MOST, NULL) != 0) {
			buf_free(&file);
			continue;
		}
		bytes += (double)file.len;
		vec_push(&b.files, file);
		vec_push(&b.cuts, (struct cut){ 0 });
	}
	cpu = cpu_seconds();
	wall = (double)clock_steady_us() / 1e6;
	b.retriever = retriever_new();
	cut_all(&b);
	cpu_cut = cpu_seconds() - cpu;
	wall_cut = (double)clock_steady_us() / 1e6 - wall;
	vec_each(&b.cuts, i)
		segments += b.cuts.v[i].rows.n;
	cpu = cpu_seconds();
	wall = (double)clock_steady_us() / 1e6;
	check_pairs(&b);
	cpu = cpu_seconds() - cpu;
	wall = (double)clock_steady_us() / 1e6 - wall;
	if (argc > 2)
		print_values(&b);
	printf("{\"files\":%zu,\"bytes\":%.0f,\"segments\":%zu,\"pairs\":%zu,\"cut_cpu_s\":%.3f,\"cut_wall_s\":%.3f,\"pairs_cpu_s\":%.3f,\"pairs_wall_s\":%.3f,"
	       "\"mb_per_cpu_s\":%.1f,\"mb_per_s\":%.1f}\n",
	       b.files.n, bytes, segments, b.pairs.n, cpu_cut, wall_cut, cpu, wall, bytes / 1e6 / (cpu_cut + cpu), bytes / 1e6 / (wall_cut + wall));
	retriever_free(b.retriever);
	vec_each(&b.files, i) {
		buf_free(&b.files.v[i]);
		cut_free(&b.cuts.v[i]);
	}
	vec_free(&b.files);
	vec_free(&b.cuts);
	vec_free(&b.pairs);
	return 0;
}
