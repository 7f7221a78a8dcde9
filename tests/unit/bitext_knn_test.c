/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Nearest neighbours, exact and through the index, and LASER's margins. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "base/buf.h"
#include "bitext/align.h"
#include "bitext/half.h"
#include "bitext/mine_vectors.h"
#include "vectors_fixture.h"

/* ---- neighbours ---- */

static void fill_random(struct vectors *v, size_t n, size_t d, unsigned distinct)
{
	struct error err = { 0 };

	vectors_init(v, n, d);
	for (size_t i = 0; i < n * d; i++)
		vectors_floats(v)[i] = (float)random_below(distinct) - (float)(distinct / 2);
	assert_int_equal(vectors_normalise(v, &err), 0);
}

static void assert_same(const struct knn *a, const struct knn *b, size_t n, size_t m)
{
	assert_int_equal(a->k, b->k);
	assert_memory_equal(a->forward, b->forward, n * a->k * sizeof *a->forward);
	assert_memory_equal(a->backward, b->backward, m * a->k_back * sizeof *a->backward);
}

/* Against all products in double: nobody who is not in the list is nearer than its last. */
static void assert_exact(const struct neighbour *lists, unsigned k, const struct vectors *x, const struct vectors *y, size_t step)
{
	size_t d = x->dimensions;

	for (size_t i = 0; i < x->n; i += step) {
		size_t better = 0;

		for (size_t j = 0; j < y->n; j++) {
			double s = 0;

			for (size_t c = 0; c < d; c++)
				s += (double)vectors_floats(x)[i * d + c] * (double)vectors_floats(y)[j * d + c];
			better += s > (double)lists[i * k + k - 1].s + 1e-5;
		}
		assert_true(better <= k - 1);
	}
}

static void neighbours_are_exact_for_any_number_of_threads(void **state)
{
	struct vectors x, y;
	struct knn one, four, plain;
	struct error err = { 0 };
	struct knn_request r = { .k = 5, .threads = 1 };
	enum { N = 1100, M = 2300, D = 24 };

	(void)state;
	random_state = 3;
	fill_random(&x, N, D, 2001);
	fill_random(&y, M, D, 2001);
	assert_int_equal(knn_exact(&one, &x, &y, &r, &err), 0);
	r.threads = 4;
	assert_int_equal(knn_exact(&four, &x, &y, &r, &err), 0);
	assert_same(&one, &four, N, M);
	for (size_t i = 0; i < 2; i++) { /* the ways of looking through a tile that this processor would not choose */
		setenv("TAMIS_SIMD", i ? "avx2" : "none", 1);
		assert_int_equal(knn_exact(&plain, &x, &y, &r, &err), 0);
		unsetenv("TAMIS_SIMD");
		assert_same(&one, &plain, N, M);
		knn_free(&plain);
	}
	assert_exact(one.forward, one.k, &x, &y, 97);
	assert_exact(one.backward, one.k_back, &y, &x, 97);
	knn_free(&one);
	knn_free(&four);
	vectors_free(&x);
	vectors_free(&y);
}

/* Few distinct numbers make many equal cosines: then the lower number comes first, whatever the tiles and threads. */
static void equal_cosines_are_ordered_by_number(void **state)
{
	struct vectors x, y;
	struct knn one, three;
	struct error err = { 0 };
	struct knn_request r = { .k = 4, .threads = 1 };
	enum { N = 1600, M = 2100, D = 3 };

	(void)state;
	random_state = 4;
	fill_random(&x, N, D, 3);
	fill_random(&y, M, D, 3);
	assert_int_equal(knn_exact(&one, &x, &y, &r, &err), 0);
	r.threads = 3;
	assert_int_equal(knn_exact(&three, &x, &y, &r, &err), 0);
	assert_same(&one, &three, N, M);
	for (size_t i = 0; i < N; i++)
		for (unsigned j = 1; j < 4; j++) {
			const struct neighbour *a = &one.forward[i * 4 + j - 1], *b = a + 1;

			assert_true(a->s > b->s || (!(a->s < b->s) && a->i < b->i));
		}
	knn_free(&one);
	knn_free(&three);
	vectors_free(&x);
	vectors_free(&y);
}

static void write_npy(char path[32], const struct vectors *v, bool half)
{
	struct buf file = BUF_INIT;
	char head[64];
	size_t n = v->n * v->dimensions;
	uint16_t *halves = xmalloc(n * sizeof *halves);

	snprintf(head, sizeof head, "{'descr': '<f%d', 'fortran_order': False, 'shape': (%zu, %zu), }", half ? 2 : 4, v->n,
		 v->dimensions);
	buf_add(&file, "\x93NUMPY\x01\0", 8);
	buf_addc(&file, (char)strlen(head));
	buf_addc(&file, 0);
	buf_adds(&file, head);
	half_from_float(halves, vectors_floats(v), n);
	buf_add(&file, half ? (const void *)halves : vectors_floats(v), n * (half ? 2 : 4));
	write_file(path, file.p, file.len);
	free(halves);
	buf_free(&file);
}

static void open_side(struct vectors *v, const char *path, bool load, bool half)
{
	struct error err = { 0 };

	assert_int_equal(vectors_open(v, path, NULL, &err), 0);
	assert_int_equal(load ? vectors_load(v, half, &err) : vectors_normalise(v, &err), 0);
}

/* From memory or streamed, with ample memory or the least that will do, with one thread or three: the same bytes. */
static void assert_memory_changes_nothing(bool half)
{
	enum { N = 2700, M = 3500, D = 40 };
	char x_path[32], y_path[32];
	struct vectors x, y;
	struct knn loaded, found;
	struct error err = { 0 };
	struct knn_request r = { .k = 4, .threads = 2 };

	random_state = 9;
	fill_random(&x, N, D, 2001);
	fill_random(&y, M, D, 2001);
	write_npy(x_path, &x, half);
	write_npy(y_path, &y, half);
	vectors_free(&x);
	vectors_free(&y);
	open_side(&x, x_path, true, false);
	open_side(&y, y_path, true, false);
	assert_int_equal(vectors_bytes(&x, false), (size_t)N * D * (half ? 2 : 4));
	assert_int_equal(knn_exact(&loaded, &x, &y, &r, &err), 0);
	vectors_free(&x);
	vectors_free(&y);
	open_side(&x, x_path, false, false);
	open_side(&y, y_path, false, false);
	for (size_t blocks = 0; blocks < 2; blocks++) /* of about 1,000 rows, or one of all */
		for (r.threads = 1; r.threads <= 3; r.threads += 2) {
			r.memory = blocks ? ((size_t)r.threads << 21) + (1100 << 10) : 0;
			assert_int_equal(knn_exact(&found, &x, &y, &r, &err), 0);
			assert_same(&loaded, &found, N, M);
			knn_free(&found);
		}
	r.memory = 1 << 20;
	assert_int_equal(knn_exact(&found, &x, &y, &r, &err), TAMIS_ELIMIT);
	assert_non_null(strstr(err.msg, "at least"));
	knn_free(&loaded);
	vectors_free(&x);
	vectors_free(&y);
	unlink(x_path);
	unlink(y_path);
}

static void neighbours_are_the_same_at_any_memory(void **state)
{
	(void)state;
	assert_memory_changes_nothing(false);
	assert_memory_changes_nothing(true);
}

static void float16_keeps_neighbours_in_half_the_memory(void **state)
{
	enum { N = 900, D = 64 };
	char path[32];
	struct vectors x, full, half;
	struct knn a, b;
	struct error err = { 0 };
	struct knn_request r = { .k = 1, .threads = 2 };
	size_t same = 0;

	(void)state;
	random_state = 11;
	fill_random(&x, N, D, 2001);
	write_npy(path, &x, false);
	open_side(&full, path, true, false);
	open_side(&half, path, true, true);
	assert_int_equal(vectors_bytes(&half, false) * 2, vectors_bytes(&full, false));
	assert_int_equal(knn_exact(&a, &x, &full, &r, &err), 0);
	assert_int_equal(knn_exact(&b, &x, &half, &r, &err), 0);
	for (size_t i = 0; i < N; i++) {
		same += a.forward[i].i == b.forward[i].i;
		assert_true(fabsf(a.forward[i].s - b.forward[i].s) < 5e-4F);
	}
	assert_int_equal(same, N); /* each is its own nearest */
	knn_free(&a);
	knn_free(&b);
	vectors_free(&x);
	vectors_free(&full);
	vectors_free(&half);
	unlink(path);
}

static void zeros_and_numbers_that_are_not_finite_are_near_to_nobody(void **state)
{
	struct vectors x;
	struct knn found;
	struct vector_pairs pairs = { { 0 } };
	struct error err = { 0 };
	struct knn_request r = { .k = 2, .threads = 1 };
	float *v;

	(void)state;
	vectors_init(&x, 4, 2);
	v = vectors_floats(&x);
	v[0] = 1;
	v[2] = NAN;
	v[4] = INFINITY;
	assert_int_equal(vectors_normalise(&x, &err), 0);
	assert_int_equal(knn_exact(&found, &x, &x, &r, &err), 0);
	assert_true(found.forward[0].i == 0 && found.forward[0].s > .99F);
	for (size_t i = 2; i < 8; i++)
		assert_true(fabsf(found.forward[i].s) < 1e-9F);
	knn_pairs(&pairs, &found, 4, 4, MARGIN_RATIO, RETRIEVE_MAX);
	vec_each(&pairs.pairs, i)
		assert_true(isfinite(pairs.pairs.v[i].margin));
	vec_free(&pairs.pairs);
	knn_free(&found);
	vectors_free(&x);
}

/* ---- the index ---- */

/* Sentences of 40 subjects: rows round 40 centres. */
static void fill_clustered(struct vectors *v, size_t n, size_t d)
{
	struct error err = { 0 };

	vectors_init(v, n, d);
	for (size_t i = 0; i < n; i++) {
		uint64_t subject = random_below(40);

		for (size_t j = 0; j < d; j++)
			vectors_floats(v)[i * d + j] = (float)(hash_mix64(subject * 64 + j + 1) % 2001) - 1000 + (float)random_below(1601) - 800;
	}
	assert_int_equal(vectors_normalise(v, &err), 0);
}

static double share_found(const struct neighbour *found, const struct neighbour *truth, size_t n, unsigned k)
{
	size_t same = 0;

	for (size_t i = 0; i < n; i++)
		for (unsigned a = 0; a < k; a++)
			for (unsigned b = 0; b < k; b++)
				same += found[i * k + a].i == truth[i * k + b].i;
	return (double)same / (double)(n * k);
}

static void the_index_finds_the_share_it_was_asked_for(void **state)
{
	enum { N = 5000, M = 18000, D = 24, K = 4 };
	char path[32];
	struct vectors x, y, streamed;
	struct knn truth, found, again;
	struct ivf_record record, second;
	struct error err = { 0 };
	struct knn_request r = { .k = K, .threads = 1 };

	(void)state;
	random_state = 41;
	fill_clustered(&x, N, D);
	fill_clustered(&y, M, D);
	write_npy(path, &y, false);
	assert_int_equal(knn_exact(&truth, &x, &y, &r, &err), 0);
	assert_int_equal(knn_ivf(&found, &record, &x, &y, &r, .95, &err), 0);
	assert_true(record.probes[0] < record.lists / 2); /* or nothing was gained */
	assert_true(share_found(found.forward, truth.forward, N, K) > .93);
	assert_true(share_found(found.backward, truth.backward, M, K) > .93);
	assert_true(fabs(share_found(found.forward, truth.forward, N, K) - record.recall[0]) < .03);
	assert_true(fabs(share_found(found.backward, truth.backward, M, K) - record.recall[1]) < .03);
	r.threads = 3;
	open_side(&streamed, path, false, false);
	vectors_free(&y);
	open_side(&y, path, true, false);
	knn_free(&found);
	assert_int_equal(knn_ivf(&found, &record, &x, &y, &r, .95, &err), 0);
	r.threads = 2;
	assert_int_equal(knn_ivf(&again, &second, &x, &streamed, &r, .95, &err), 0);
	assert_same(&found, &again, N, M);
	assert_memory_equal(&record, &second, sizeof record);
	knn_free(&truth);
	knn_free(&found);
	knn_free(&again);
	vectors_free(&x);
	vectors_free(&y);
	vectors_free(&streamed);
	unlink(path);
}

static void the_index_fills_every_list_even_of_few_rows(void **state)
{
	struct vectors x, y;
	struct knn found;
	struct ivf_record record;
	struct error err = { 0 };
	struct knn_request r = { .k = 9, .threads = 2 };

	(void)state;
	random_state = 43;
	fill_clustered(&x, 30, 8);
	fill_clustered(&y, 9, 8);
	assert_int_equal(knn_ivf(&found, &record, &x, &y, &r, .5, &err), 0);
	for (size_t i = 0; i < 30 * 9; i++)
		assert_true(found.forward[i].i < 9);
	for (size_t i = 0; i < 9 * 9; i++)
		assert_true(found.backward[i].i < 30);
	knn_free(&found);
	vectors_free(&x);
	vectors_free(&y);
}

/* ---- margins, said again from LASER's source/mine_bitexts.py: no lists, no thresholds, all in the plainest way ---- */

enum { LX = 61, LY = 83, LD = 16, LK = 4 };

struct restated {
	double s[LX][LY];
	double mean_x[LX], mean_y[LY];
	bool near_x[LX][LY], near_y[LX][LY]; /* y is among the k of x; x among the k of y */
};

static void restate(struct restated *r, const struct vectors *x, const struct vectors *y)
{
	memset(r, 0, sizeof *r);
	for (size_t i = 0; i < LX; i++)
		for (size_t j = 0; j < LY; j++)
			for (size_t d = 0; d < LD; d++)
				r->s[i][j] += (double)vectors_floats(x)[i * LD + d] * (double)vectors_floats(y)[j * LD + d];
	for (size_t i = 0; i < LX; i++)
		for (int round = 0; round < LK; round++) {
			size_t best = LY;

			for (size_t j = 0; j < LY; j++)
				if (!r->near_x[i][j] && (best == LY || r->s[i][j] > r->s[i][best]))
					best = j;
			r->near_x[i][best] = true;
			r->mean_x[i] += r->s[i][best] / LK;
		}
	for (size_t j = 0; j < LY; j++)
		for (int round = 0; round < LK; round++) {
			size_t best = LX;

			for (size_t i = 0; i < LX; i++)
				if (!r->near_y[i][j] && (best == LX || r->s[i][j] > r->s[best][j]))
					best = i;
			r->near_y[best][j] = true;
			r->mean_y[j] += r->s[best][j] / LK;
		}
}

static double restated_margin(const struct restated *r, size_t i, size_t j, enum margin_kind kind)
{
	double mean = (r->mean_x[i] + r->mean_y[j]) / 2;

	return kind == MARGIN_ABSOLUTE ? r->s[i][j] : kind == MARGIN_DISTANCE ? r->s[i][j] - mean : r->s[i][j] / mean;
}

static size_t best_y(const struct restated *r, size_t i, enum margin_kind kind)
{
	size_t best = LY;

	for (size_t j = 0; j < LY; j++)
		if (r->near_x[i][j] && (best == LY || restated_margin(r, i, j, kind) > restated_margin(r, i, best, kind)))
			best = j;
	return best;
}

static size_t best_x(const struct restated *r, size_t j, enum margin_kind kind)
{
	size_t best = LX;

	for (size_t i = 0; i < LX; i++)
		if (r->near_y[i][j] && (best == LX || restated_margin(r, i, j, kind) > restated_margin(r, best, j, kind)))
			best = i;
	return best;
}

/* The pairs of a retrieval, best first, as a list x * LY + y. */
static size_t restated_pairs(size_t *out, const struct restated *r, enum margin_kind kind, enum retrieval how)
{
	bool chosen[LX * LY] = { false }, used_x[LX] = { false }, used_y[LY] = { false };
	size_t n = 0;

	for (size_t i = 0; i < LX; i++)
		if (how == RETRIEVE_MAX || how == RETRIEVE_FORWARD ||
		    (how == RETRIEVE_INTERSECTION && best_x(r, best_y(r, i, kind), kind) == i))
			chosen[i * LY + best_y(r, i, kind)] = true;
	for (size_t j = 0; j < LY; j++)
		if (how == RETRIEVE_MAX || how == RETRIEVE_BACKWARD)
			chosen[best_x(r, j, kind) * LY + j] = true;
	for (;;) {
		size_t best = LX * LY;

		for (size_t p = 0; p < LX * LY; p++)
			if (chosen[p] && (best == LX * LY || restated_margin(r, p / LY, p % LY, kind) > restated_margin(r, best / LY, best % LY, kind)))
				best = p;
		if (best == LX * LY)
			return n;
		chosen[best] = false;
		if (how == RETRIEVE_MAX && (used_x[best / LY] || used_y[best % LY]))
			continue;
		used_x[best / LY] = used_y[best % LY] = true;
		out[n++] = best;
	}
}

static void assert_as_laser(const struct restated *r, const struct knn *k, enum margin_kind kind, enum retrieval how)
{
	size_t expected[LX + LY], n = restated_pairs(expected, r, kind, how);
	struct vector_pairs found = { { 0 } };

	knn_pairs(&found, k, LX, LY, kind, how);
	assert_int_equal(found.pairs.n, n);
	for (size_t i = 0; i < n; i++) {
		const struct vector_pair *p = &found.pairs.v[i];

		assert_int_equal((size_t)p->x * LY + p->y, expected[i]);
		assert_true(fabs(p->margin - restated_margin(r, p->x, p->y, kind)) < 1e-5);
	}
	vec_free(&found.pairs);
}

static void margins_and_ranks_are_lasers(void **state)
{
	struct vectors x, y;
	struct knn k;
	struct restated r;
	struct error err = { 0 };
	struct knn_request request = { .k = LK, .threads = 2 };

	(void)state;
	for (uint64_t seed = 20; seed < 25; seed++) {
		random_state = seed;
		fill_random(&x, LX, LD, 2001);
		fill_random(&y, LY, LD, 2001);
		for (size_t i = 0; i < LX / 2 * LD; i++) /* half of x has a partner */
			vectors_floats(&y)[i] = vectors_floats(&x)[i] + (float)random_below(101) / 400 - .125F;
		assert_int_equal(vectors_normalise(&y, &err), 0);
		restate(&r, &x, &y);
		assert_int_equal(knn_exact(&k, &x, &y, &request, &err), 0);
		for (int kind = MARGIN_DISTANCE; kind <= MARGIN_ABSOLUTE; kind++)
			for (int how = RETRIEVE_MAX; how <= RETRIEVE_INTERSECTION; how++)
				assert_as_laser(&r, &k, (enum margin_kind)kind, (enum retrieval)how);
		knn_free(&k);
		vectors_free(&x);
		vectors_free(&y);
	}
}

static void given_pairs_are_scored_by_the_same_margin(void **state)
{
	struct vectors x, y;
	struct knn k;
	struct restated r;
	struct error err = { 0 };
	struct knn_request request = { .k = LK, .threads = 1 };
	struct vector_pair pairs[3] = { { .x = 3, .y = 3 }, { .x = 60, .y = 82 }, { .x = 0, .y = 17 } };

	(void)state;
	random_state = 31;
	fill_random(&x, LX, LD, 2001);
	fill_random(&y, LY, LD, 2001);
	restate(&r, &x, &y);
	assert_int_equal(knn_exact(&k, &x, &y, &request, &err), 0);
	assert_int_equal(knn_score(pairs, 3, &k, &x, &y, MARGIN_RATIO, &err), 0);
	for (size_t i = 0; i < 3; i++)
		assert_true(fabs(pairs[i].margin - restated_margin(&r, pairs[i].x, pairs[i].y, MARGIN_RATIO)) < 1e-5);
	knn_free(&k);
	vectors_free(&x);
	vectors_free(&y);
}

/* ---- the threshold ---- */

static int falling(const void *a, const void *b)
{
	const double *p = a, *q = b;

	return (*p < *q) - (*p > *q);
}

static void the_threshold_stands_between_noise_and_pairs(void **state)
{
	enum { NOISE = 1500, PAIRS = 200, ALL = NOISE + PAIRS };
	double scores[ALL], threshold;
	size_t kept = 0;

	(void)state;
	random_state = 61;
	for (size_t i = 0; i < ALL; i++) {
		scores[i] = i < NOISE ? 1 : 1.05;
		for (int k = 0; k < 12; k++) /* twelve dice: nearly normal, of spread .01 */
			scores[i] += ((double)random_below(10001) / 10000 - .5) / 100;
	}
	qsort(scores, ALL, sizeof *scores, falling);
	threshold = noise_threshold(scores, ALL);
	while (kept < ALL && scores[kept] >= threshold)
		kept++;
	assert_true(threshold > 1.015 && threshold < 1.035);
	assert_true(kept > PAIRS * 95 / 100 && kept < PAIRS * 105 / 100);
	assert_true(isnan(noise_threshold(scores, 20)));
	for (size_t i = 0; i < ALL; i++)
		scores[i] = 1;
	assert_true(isnan(noise_threshold(scores, ALL)));
}

/* ---- alignment ---- */

static void put_line(struct buf *all, struct span *line, char side, unsigned number)
{
	size_t at = all->len;

	for (unsigned k = 0; k < 6; k++)
		buf_addf(all, "%s%c%c%c%c%c", k ? " " : "", side, 'b' + (int)((number + k) % 19), 'b' + (int)(number / 19 % 19), side,
			 'c' + (int)((number + k) % 17));
	buf_addc(all, '.');
	*line = span_make(all->p + at, all->len - at);
}

/* Two documents without a word in common.  The second has every ninth pair of sentences as one, and lacks a paragraph of six. */
static void embeddings_align_what_shares_no_word(void **state)
{
	enum { N = 120, D = 32 };
	struct vectors x, y;
	struct buf text = BUF_INIT;
	struct span x_lines[N], y_lines[N];
	struct { unsigned x, y, nx, ny; } truth[2 * N];
	struct alignment a;
	struct error err = { 0 };
	size_t m = 0, beads = 0, right = 0;

	(void)state;
	buf_reserve(&text, 2 * N * 64);
	random_state = 51;
	fill_random(&x, N, D, 2001);
	vectors_init(&y, N, D);
	for (unsigned i = 0; i < N; i++)
		put_line(&text, &x_lines[i], 'q', i);
	for (unsigned i = 0; i < N; i++) {
		unsigned nx = i % 9 == 4 && (i < 59 || i >= 66) && i + 1 < N ? 2 : 1, ny = i < 60 || i >= 66;

		truth[beads].x = i;
		truth[beads].y = (unsigned)m;
		truth[beads].nx = nx;
		truth[beads++].ny = ny;
		if (ny) {
			for (size_t d = 0; d < D; d++)
				vectors_floats(&y)[m * D + d] = vectors_floats(&x)[i * D + d] + (nx == 2 ? vectors_floats(&x)[(i + 1) * D + d] : 0) +
								((float)random_below(101) - 50) / 1000;
			put_line(&text, &y_lines[m++], 'z', i);
		}
		i += nx - 1;
	}
	y.n = m;
	assert_int_equal(vectors_normalise(&y, &err), 0);
	struct align_request r = { .x = x_lines, .n_x = N, .y = y_lines, .n_y = m, .vectors_x = &x, .vectors_y = &y, .rounds = 1, .threads = 2 };

	assert_int_equal(align(&a, &r, &err), 0);
	vec_each(&a.beads, i)
		for (size_t k = 0; k < beads; k++)
			right += a.beads.v[i].x == truth[k].x && a.beads.v[i].y == truth[k].y && a.beads.v[i].nx == truth[k].nx &&
				 a.beads.v[i].ny == truth[k].ny;
	assert_true(right >= beads * 95 / 100);
	assert_true(a.beads.n <= beads + beads / 20);
	alignment_free(&a);
	vectors_free(&x);
	vectors_free(&y);
	buf_free(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(neighbours_are_exact_for_any_number_of_threads),
		cmocka_unit_test(equal_cosines_are_ordered_by_number),
		cmocka_unit_test(neighbours_are_the_same_at_any_memory),
		cmocka_unit_test(float16_keeps_neighbours_in_half_the_memory),
		cmocka_unit_test(zeros_and_numbers_that_are_not_finite_are_near_to_nobody),
		cmocka_unit_test(the_index_finds_the_share_it_was_asked_for),
		cmocka_unit_test(the_index_fills_every_list_even_of_few_rows),
		cmocka_unit_test(margins_and_ranks_are_lasers),
		cmocka_unit_test(the_threshold_stands_between_noise_and_pairs),
		cmocka_unit_test(embeddings_align_what_shares_no_word),
		cmocka_unit_test(given_pairs_are_scored_by_the_same_margin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
