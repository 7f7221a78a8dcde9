/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bench/bitext_knn N M D K THREADS [FOLDER]: the machine's sgemm rate, then exact k-nearest both ways of N x M random unit vectors of D
 * numbers.  Prints "name value" lines: rates in GFLOP/s of wall time and of CPU time, seconds, share of the sgemm rate.  With FOLDER
 * it leaves x.npy, y.npy and the neighbours found (forward.npy: N x K numbers) there, for bench/bitext_knn_peer.py.
 * With RECALL in the environment it compares the index, asked for that recall, with the exact search of SAMPLE rows of each side instead;
 * N and M may then be .npy files. */
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "base/hash.h"
#include "base/thread.h"
#include "bitext/ivf.h"
#include "bitext/product.h"

enum { PEAK_SIDE = 2048, PEAK_ROUNDS = 12, SAMPLE = 4096 };

static double wall(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static double cpu(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void fill(struct vectors *v, size_t n, size_t d, uint64_t seed)
{
	struct error err = { 0 };

	vectors_init(v, n, d);
	for (size_t i = 0; i < n * d; i++) {
		seed = hash_mix64(seed);
		vectors_floats(v)[i] = (float)(int32_t)(seed >> 32) * 0x1p-31F;
	}
	vectors_normalise(v, &err);
}

struct peak {
	struct product product;
	const float *a;
};

/* Which kernels OpenBLAS chose. */
static void say_kernels(const struct product *p)
{
	void *symbol = p->library ? dlsym(p->library, "openblas_get_corename") : NULL;
	char *(*core)(void) = NULL;

	memcpy(&core, &symbol, sizeof core);
	printf("kernels %s\n", core ? core() : "plain");
}

static void multiply(void *ctx, size_t i)
{
	const struct peak *p = ctx;
	float *out = xmalloc((size_t)PEAK_SIDE * PEAK_SIDE * sizeof *out);

	(void)i;
	for (int round = 0; round < PEAK_ROUNDS; round++)
		product_tile(&p->product, out, PEAK_SIDE, p->a, PEAK_SIDE, p->a, PEAK_SIDE, PEAK_SIDE);
	free(out);
}

/* GFLOP/s of large square products, one on each thread. */
static void measure_peak(double *of_wall, double *of_cpu, unsigned threads)
{
	struct peak p;
	struct vectors a;
	double flops = 2.0 * PEAK_SIDE * PEAK_SIDE * PEAK_SIDE * PEAK_ROUNDS * threads, w, c;

	fill(&a, PEAK_SIDE, PEAK_SIDE, 1);
	p.a = vectors_floats(&a);
	product_open(&p.product);
	say_kernels(&p.product);
	w = wall();
	c = cpu();
	parallel_for(threads, threads, multiply, &p, NULL);
	*of_wall = flops / (wall() - w) * 1e-9;
	*of_cpu = flops / (cpu() - c) * 1e-9;
	product_close(&p.product);
	vectors_free(&a);
}

static void write_matrix(const char *folder, const char *name, const char *type, const void *numbers, size_t n, size_t d)
{
	char path[4096], head[128];
	FILE *f;
	size_t length;

	snprintf(path, sizeof path, "%s/%s.npy", folder, name);
	f = fopen(path, "wb");
	if (!f)
		exit(1);
	length = (size_t)snprintf(head, sizeof head, "{'descr': '%s', 'fortran_order': False, 'shape': (%zu, %zu), }", type, n, d);
	fwrite("\x93NUMPY\1\0", 1, 8, f);
	fputc((int)length, f);
	fputc(0, f);
	fwrite(head, 1, length, f);
	fwrite(numbers, 4, n * d, f);
	if (fclose(f))
		exit(1);
}

static void write_all(const char *folder, const struct vectors *x, const struct vectors *y, const struct knn *k)
{
	uint32_t *forward = xmalloc(x->n * k->k * sizeof *forward);

	for (size_t i = 0; i < x->n * k->k; i++)
		forward[i] = k->forward[i].i;
	write_matrix(folder, "x", "<f4", x->values, x->n, x->dimensions);
	write_matrix(folder, "y", "<f4", y->values, y->n, y->dimensions);
	write_matrix(folder, "forward", "<u4", forward, x->n, k->k);
	free(forward);
}

/* Vectors round a few thousand subjects, as sentences are; subjects are the same on both sides. */
static void fill_clustered(struct vectors *v, size_t n, size_t d, uint64_t seed)
{
	struct error err = { 0 };

	vectors_init(v, n, d);
	for (size_t i = 0; i < n; i++) {
		uint64_t subject = hash_mix64(seed + i) % 4096;

		for (size_t k = 0; k < d; k++) {
			uint64_t centre = hash_mix64(subject * d + k + 1), own = hash_mix64((seed + i) * d + k);

			vectors_floats(v)[i * d + k] = (float)(int32_t)(centre >> 32) * 0x1p-31F + (float)(int32_t)(own >> 32) * 0x1p-31F;
		}
	}
	vectors_normalise(v, &err);
}

/* Rows of a .npy file, or made up. */
static int fill_side(struct vectors *v, const char *what, size_t d, uint64_t seed)
{
	struct error err = { 0 };
	int rc = 0;

	if (!strstr(what, ".npy"))
		fill_clustered(v, strtoul(what, NULL, 10), d, seed);
	else if ((rc = vectors_open(v, what, NULL, &err)) == 0)
		rc = vectors_load(v, false, &err);
	if (rc)
		fprintf(stderr, "%s\n", err.msg);
	return rc;
}

/* The share of the true neighbours of SAMPLE rows of x that the index found; their exact search tells what that of all takes. */
static int true_recall(double *recall, double *cpu_s, const struct neighbour *found, unsigned k, const struct vectors *x,
		       const struct vectors *y, const struct knn_request *r)
{
	struct vectors sample;
	struct knn exact;
	struct error err = { 0 };
	size_t n = x->n < SAMPLE ? x->n : SAMPLE, same = 0;
	double c;

	vectors_init(&sample, n, x->dimensions);
	for (size_t i = 0; i < n; i++)
		memcpy(vectors_floats(&sample) + i * x->dimensions, vectors_direct(x, i * x->n / n), x->dimensions * sizeof(float));
	c = cpu();
	if (knn_exact(&exact, &sample, y, r, &err))
		return 1;
	*cpu_s = (cpu() - c) * (double)x->n / (double)n;
	for (size_t i = 0; i < n * exact.k; i++)
		for (unsigned j = 0; j < k; j++)
			same += found[i / exact.k * x->n / n * k + j].i == exact.forward[i].i;
	*recall = (double)same / (double)(n * exact.k);
	knn_free(&exact);
	vectors_free(&sample);
	return 0;
}

static int compare_index(char **sides, size_t d, const struct knn_request *r, double recall)
{
	struct vectors x, y;
	struct knn found;
	struct ivf_record record;
	struct error err = { 0 };
	double c, w, forward, back, exact, exact_back;

	if (fill_side(&x, sides[0], d, 1ULL << 40) || fill_side(&y, sides[1], d, 1ULL << 41))
		return 1;
	printf("size %zux%zux%zu k=%u threads=%u\n", x.n, y.n, x.dimensions, r->k, r->threads);
	c = cpu();
	w = wall();
	if (knn_ivf(&found, &record, &x, &y, r, recall, &err))
		return 1;
	printf("ivf_cpu_s %.2f\nivf_wall_s %.2f\nlists %zu\nprobes %zu %zu\n", cpu() - c, wall() - w, record.lists, record.probes[0],
	       record.probes[1]);
	if (true_recall(&forward, &exact, found.forward, found.k, &x, &y, r) ||
	    true_recall(&back, &exact_back, found.backward, found.k_back, &y, &x, r))
		return 1;
	printf("exact_cpu_s_by_sample %.1f\n", (exact + exact_back) / 2);
	printf("recall_told %.4f %.4f\nrecall_true %.4f %.4f\nall_compared %d\n", record.recall[0], record.recall[1], forward, back,
	       record.exact);
	knn_free(&found);
	vectors_free(&x);
	vectors_free(&y);
	return 0;
}

int main(int argc, char **argv)
{
	struct vectors x, y;
	struct knn found;
	struct error err = { 0 };
	struct knn_request r = { 0 };
	double peak_wall, peak_cpu, w, c, flops;
	size_t n, m, d;

	if (argc < 6)
		return 2;
	n = strtoul(argv[1], NULL, 10);
	m = strtoul(argv[2], NULL, 10);
	d = strtoul(argv[3], NULL, 10);
	r.k = (unsigned)strtoul(argv[4], NULL, 10);
	r.threads = (unsigned)strtoul(argv[5], NULL, 10);
	if (getenv("RECALL"))
		return compare_index(argv + 1, d, &r, atof(getenv("RECALL")));
	fill(&x, n, d, 2);
	fill(&y, m, d, 3);
	measure_peak(&peak_wall, &peak_cpu, r.threads);
	w = wall();
	c = cpu();
	if (knn_exact(&found, &x, &y, &r, &err)) {
		fprintf(stderr, "%s\n", err.msg);
		return 1;
	}
	w = wall() - w;
	c = cpu() - c;
	flops = 2.0 * (double)n * (double)m * (double)d * 1e-9;
	printf("sgemm_gflops %.1f\nsgemm_gflops_per_cpu_second %.1f\n", peak_wall, peak_cpu);
	printf("knn_wall_s %.2f\nknn_cpu_s %.2f\nknn_gflops %.1f\n", w, c, flops / w);
	printf("share_of_sgemm_wall %.3f\nshare_of_sgemm_cpu %.3f\n", flops / w / peak_wall, flops / c / peak_cpu);
	if (argc > 6)
		write_all(argv[6], &x, &y, &found);
	knn_free(&found);
	vectors_free(&x);
	vectors_free(&y);
	return 0;
}
