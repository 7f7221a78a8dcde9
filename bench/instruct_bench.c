/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How fast documents become segments with their checks, and pairs with theirs: `find DIR -name '*.html' | instruct_bench [THREADS]`.  Files
 * are read first; figures are of what follows. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "base/clock.h"
#include "base/fs.h"
#include "base/thread.h"
#include "instruct/cut.h"
#include "text/langid.h"

struct bench {
	VEC(struct buf) files;
	VEC(struct cut) cuts;
	unsigned threads;
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
		cut_document(&b->cuts.v[i], buf_span(&b->files.v[i]), SEGMENT_LEAST, SEGMENT_MOST, NULL);
		b->cuts.v[i].reader = NULL;
	}
	term_reader_free(reader);
}

static bool passes(const struct check_results *r)
{
	return checks_worst(r) != OUTCOME_FAIL;
}

/* The checks of pairs, an instruction being the segment's own heading. */
static size_t check_pairs(struct bench *b)
{
	struct retriever *r = retriever_new();
	struct instructions_seen *seen = instructions_seen_new();
	struct twins *twins = twins_new();
	size_t pairs = 0;

	for (unsigned pass = 0; pass < 2; pass++) {
		uint32_t number = 0;

		vec_each(&b->cuts, i) {
			struct cut *c = &b->cuts.v[i];

			vec_each(&c->rows, k) {
				struct cut_segment *row = &c->rows.v[k];
				const struct text_segment *s = &c->segmentation.segments.v[k];

				if (!passes(&row->checks))
					continue;
				if (pass == 0) {
					check_set(&row->checks, CHECK_TWIN, twins_add(twins, &row->sketch, TWINS_ALIKE, NULL));
					if (passes(&row->checks))
						retriever_add_terms(r, s->text, c->terms.v + row->first_term, row->n_terms);
					continue;
				}
				checks_of_pair(&row->checks, r, seen, s->header, s->text, number++, LANG_UNKNOWN);
				pairs++;
			}
		}
	}
	retriever_free(r);
	instructions_seen_free(seen);
	twins_free(twins);
	return pairs;
}

int main(int argc, char **argv)
{
	struct bench b = { .threads = argc > 1 && atoi(argv[1]) > 0 ? (unsigned)atoi(argv[1]) : thread_count_default() };
	char path[4096];
	double bytes = 0, cpu, wall, cpu_cut, wall_cut;
	size_t segments = 0, pairs;

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
	pairs = check_pairs(&b);
	cpu = cpu_seconds() - cpu;
	printf("{\"files\":%zu,\"bytes\":%.0f,\"segments\":%zu,\"pairs\":%zu,\"cut_cpu_s\":%.3f,\"cut_wall_s\":%.3f,\"pairs_cpu_s\":%.3f,"
	       "\"mb_per_cpu_s\":%.1f,\"mb_per_s\":%.1f}\n",
	       b.files.n, bytes, segments, pairs, cpu_cut, wall_cut, cpu, bytes / 1e6 / (cpu_cut + cpu), bytes / 1e6 / (wall_cut + cpu));
	vec_each(&b.files, i) {
		buf_free(&b.files.v[i]);
		cut_free(&b.cuts.v[i]);
	}
	vec_free(&b.files);
	vec_free(&b.cuts);
	return 0;
}
