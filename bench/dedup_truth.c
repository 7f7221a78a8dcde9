/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The truth about a JSON Lines file, and how much of it the engine finds.
 *
 *	dedup_truth FILE [T] [METHOD] [BxR]
 *
 * Exact Jaccard similarity of all pairs of documents (one of each set of equal ones) by an inverted index: for each document, counts of the
 * others are added up over the postings of its shingles.  Nothing of the engine's search is used, only its shingles. */
#include <stdio.h>
#include <time.h>

#include "dedup/dedup.h"
#include "dedup/sort.h"
#include "dedup_lines.h"

struct index {
	uint32_t n;
	uint64_t *first;       /* [doc]: its shingles are id[first[doc]] .. */
	uint32_t *id;
	uint64_t *start;       /* [id]: its documents are posting[start[id]] .. */
	uint32_t *posting;
	uint32_t *size;        /* [doc] */
};

struct tally {
	uint64_t pairs, found, wrong;      /* J >= T; of these among the engine's edges; edges whose count is wrong */
	uint64_t bucket[11];               /* pairs by tenth of J, from 0.2 on */
};

static double cpu(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int read_sets(struct keyed **out, size_t *n, struct index *x, const struct dedup_result *r,
		     const struct dedup_source *source, struct error *err)
{
	struct token_tables *tables = token_tables_new();
	struct shingler s;
	void *reader = source->reader_open(source->ctx, err);
	VEC(struct keyed) all = { 0 };
	int rc = 0;

	shingler_init(&s, tables, r->sketches.spec, cpu_simd());
	x->size = xcalloc(x->n, sizeof *x->size);
	for (uint32_t d = 0; d < x->n && rc == 0; d++) {
		struct span text;

		if (r->exact[d] != d)
			continue;
		rc = source->text(source->ctx, reader, d, &text, err);
		if (rc)
			break;
		shingler_text(&s, text);
		x->size[d] = (uint32_t)s.set.n;
		vec_each(&s.set, i)
			vec_push(&all, (struct keyed){ s.set.v[i], d, 0 });
	}
	shingler_free(&s);
	token_tables_free(tables);
	source->reader_close(source->ctx, reader);
	*out = all.v;
	*n = all.n;
	return rc;
}

/* Postings in order of document; shingles of one document only are left out of everything. */
static void build(struct index *x, struct keyed *v, size_t n)
{
	uint32_t ids = 0;
	uint64_t kept = 0;

	sort_keyed(v, n);
	x->first = xcalloc((size_t)x->n + 2, sizeof *x->first);
	x->start = xreallocarray(NULL, n + 1, sizeof *x->start);
	x->posting = xreallocarray(NULL, n + 1, sizeof *x->posting);
	for (size_t i = 0, j; i < n; i = j) {
		for (j = i + 1; j < n && v[j].key == v[i].key; j++)
			;
		if (j - i < 2)
			continue;
		x->start[ids] = kept;
		for (size_t k = i; k < j; k++) {
			x->posting[kept] = v[k].doc;
			v[kept++] = (struct keyed){ ids, v[k].doc, 0 };
			x->first[v[k].doc + 2]++;
		}
		ids++;
	}
	x->start[ids] = kept;
	for (uint32_t d = 0; d < x->n; d++)
		x->first[d + 2] += x->first[d + 1];
	x->id = xreallocarray(NULL, kept + 1, sizeof *x->id);
	for (uint64_t i = 0; i < kept; i++)
		x->id[x->first[v[i].doc + 1]++] = (uint32_t)v[i].key;
}

static const struct edge *find_edge(const edge_vec *edges, uint32_t a, uint32_t b)
{
	size_t lo = 0, hi = edges->n;
	uint64_t want = (uint64_t)a << 32 | b;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (((uint64_t)edges->v[mid].a << 32 | edges->v[mid].b) < want)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < edges->n && edges->v[lo].a == a && edges->v[lo].b == b ? &edges->v[lo] : NULL;
}

static void judge(struct tally *t, const struct index *x, const struct dedup_result *r, uint32_t a, uint32_t b, uint32_t common)
{
	double j = jaccard(common, x->size[a], x->size[b]);
	const struct edge *e;

	if (j >= 0.2)
		t->bucket[(int)(j * 10)]++;
	if (!jaccard_reaches(common, x->size[a], x->size[b], r->threshold))
		return;
	t->pairs++;
	e = find_edge(&r->edges, a, b);
	t->found += e != NULL;
	t->wrong += e && e->common != common;
}

static void join(struct tally *t, const struct index *x, const struct dedup_result *r)
{
	uint32_t *count = xcalloc(x->n, sizeof *count), *touched = xreallocarray(NULL, x->n, sizeof *touched);

	for (uint32_t a = 0; a < x->n; a++) {
		size_t n = 0;

		for (uint64_t i = x->first[a]; i < x->first[a + 1]; i++) {
			uint64_t end = x->start[x->id[i] + 1];

			for (uint64_t p = end; p-- > x->start[x->id[i]] && x->posting[p] > a;)
				if (count[x->posting[p]]++ == 0)
					touched[n++] = x->posting[p];
		}
		for (size_t i = 0; i < n; i++) {
			judge(t, x, r, a, touched[i], count[touched[i]]);
			count[touched[i]] = 0;
		}
	}
	free(count);
	free(touched);
}

int main(int argc, char **argv)
{
	struct lines l;
	struct error err = { 0 };
	struct dedup_source source;
	struct dedup_options o;
	struct dedup_result r;
	struct index x = { 0 };
	struct tally t = { 0 };
	struct keyed *v;
	size_t n;
	double start;

	dedup_options_init(&o);
	if (argc < 2 || lines_open(&l, argv[1], &err) != 0 ||
	    (argc > 2 && threshold_parse(&o.threshold, argv[2], &err) != 0) ||
	    (argc > 3 && dedup_method_parse(&o.method, argv[3], &err) != 0) ||
	    (argc > 4 && banding_parse(&o.banding, argv[4], &err) != 0))
		return fprintf(stderr, "usage: dedup_truth FILE [T] [METHOD] [BxR]\n%s\n", err.msg), 2;
	lines_source(&source, &l);
	if (dedup_run(&r, &source, &o, &err) != 0)
		return fprintf(stderr, "%s\n", err.msg), 1;
	start = cpu();
	x.n = r.n;
	if (read_sets(&v, &n, &x, &r, &source, &err) != 0)
		return fprintf(stderr, "%s\n", err.msg), 1;
	build(&x, v, n);
	free(v);
	join(&t, &x, &r);
	printf("{\"documents\":%u,\"postings\":%zu,\"truth_cpu\":%.1f,\"pairs\":%llu,\"found\":%llu,\"recall\":%.5f,\"edges\":%zu,"
	       "\"wrong_counts\":%llu,\"not_true\":%lld,\"verified\":%llu,\"by_tenth\":[",
	       r.n, n, cpu() - start, (unsigned long long)t.pairs, (unsigned long long)t.found,
	       t.pairs ? (double)t.found / (double)t.pairs : 1, r.edges.n, (unsigned long long)t.wrong,
	       (long long)r.edges.n - (long long)t.found, (unsigned long long)r.counts.verified);
	for (int i = 2; i <= 10; i++)
		printf("%s%llu", i > 2 ? "," : "", (unsigned long long)t.bucket[i]);
	printf("]}\n");
	dedup_result_free(&r);
	return 0;
}
