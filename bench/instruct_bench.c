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

struct bench_pair {
	struct check_results *checks;
	const struct text_segment *segment;
	struct instruction_words words;
};

struct bench {
	VEC(struct buf) files;
	VEC(struct cut) cuts;
	VEC(struct bench_pair) pairs;
	struct pair_reader **readers;
	struct instructions_seen *seen;
	unsigned threads;
	bool keep_all;
};

static double cpu_seconds(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) + (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

/* Every `threads`-th document, with one reader of terms. */
static void cut_some(void *ctx, size_t first)
{
	struct bench *b = ctx;
	struct term_reader *reader = term_reader_new();

	for (size_t i = first; i < b->files.n; i += b->threads) {
		b->cuts.v[i].reader = reader;
		b->cuts.v[i].keep_all = b->keep_all;
		cut_document(&b->cuts.v[i], buf_span(&b->files.v[i]), SEGMENT_LEAST, SEGMENT_MOST, NULL);
		b->cuts.v[i].reader = NULL;
	}
	term_reader_free(reader);
}

static bool passes(const struct check_results *r)
{
	return checks_worst(r) != OUTCOME_FAIL;
}

/* Those that pass, in the order of the documents, as the program takes them. */
static struct retriever *take_segments(struct bench *b)
{
	struct retriever *r = retriever_new();
	struct twins *twins = twins_new();

	vec_each(&b->cuts, i) {
		struct cut *c = &b->cuts.v[i];

		vec_each(&c->rows, k) {
			struct cut_segment *row = &c->rows.v[k];
			const struct text_segment *s = &c->segmentation.segments.v[k];

			if (!passes(&row->checks))
				continue;
			check_set(&row->checks, CHECK_TWIN, twins_add(twins, &row->sketch, TWINS_ALIKE, NULL));
			if (!passes(&row->checks))
				continue;
			vec_push(&b->pairs, (struct bench_pair){ .checks = &row->checks, .segment = s });
			retriever_add_terms(r, s->text, c->terms.v + row->first_term, row->n_terms);
		}
	}
	retriever_ready(r);
	twins_free(twins);
	return r;
}

static void read_some(void *ctx, size_t first)
{
	struct bench *b = ctx;

	for (size_t i = first; i < b->pairs.n; i += b->threads) {
		struct bench_pair *p = &b->pairs.v[i];

		checks_of_reading(p->checks, b->readers[first], &p->words, p->segment->header, p->segment->text, (uint32_t)i, LANG_UNKNOWN);
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
	struct retriever *r = take_segments(b);

	b->seen = instructions_seen_new();
	b->readers = xcalloc(b->threads, sizeof *b->readers);
	for (unsigned i = 0; i < b->threads; i++)
		b->readers[i] = pair_reader_new(r, NULL);
	parallel_for(b->threads, b->threads, read_some, b, NULL);
	vec_each(&b->pairs, i)
		instructions_seen_add(b->seen, b->pairs.v[i].checks, &b->pairs.v[i].words);
	parallel_for(b->threads, b->threads, compare_some, b, NULL);
	for (unsigned i = 0; i < b->threads; i++)
		pair_reader_free(b->readers[i]);
	free(b->readers);
	retriever_free(r);
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
		if (fs_read_all(&file, path, SEGMENT_SOURCE_MOST, NULL) == 0) {
			bytes += (double)file.len;
			vec_push(&b.files, file);
			vec_push(&b.cuts, (struct cut){ 0 });
		}
	}
	cpu = cpu_seconds();
	wall = (double)clock_steady_us() / 1e6;
	parallel_for(b.threads, b.threads, cut_some, &b, NULL);
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
	vec_each(&b.files, i) {
		buf_free(&b.files.v[i]);
		cut_free(&b.cuts.v[i]);
	}
	vec_free(&b.files);
	vec_free(&b.cuts);
	vec_free(&b.pairs);
	return 0;
}
