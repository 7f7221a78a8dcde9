/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pairs of a bucket at linear cost. */
#include "dedup/bucket.h"

#include <math.h>

#include "dedup/banding.h"

unsigned filter_min_slots(uint32_t threshold)
{
	double t = (double)threshold / THRESHOLD_ONE;
	double least = SKETCH_K * (t - 3 * sqrt(t * (1 - t) / SKETCH_K));

	return least > 0 ? (unsigned)least : 0;
}

unsigned filter_min_bits(uint32_t threshold)
{
	double p = (1 + (double)threshold / THRESHOLD_ONE) / 2;

	return (unsigned)(SKETCH_K * (p - 4 * sqrt(p * (1 - p) / SKETCH_K)));
}

/* J >= T needs smaller / larger >= T. */
static inline bool sizes_allow(uint32_t smaller, uint32_t larger, uint32_t threshold)
{
	return (uint64_t)smaller * THRESHOLD_ONE >= (uint64_t)larger * threshold;
}

static inline bool roles_allow(uint32_t a, uint32_t b, const struct bucket_rule *rule)
{
	bool ref_a = a < rule->references, ref_b = b < rule->references;

	return ref_a ? !ref_b : ref_b || rule->among;
}

static inline void look(pair_vec *out, const struct bucket_member *x, const struct bucket_member *y,
			const struct bucket_rule *rule)
{
	uint32_t a = x->doc < y->doc ? x->doc : y->doc;
	uint32_t b = x->doc < y->doc ? y->doc : x->doc;

	if (bits_agree(x->bits, y->bits) >= rule->min_bits && roles_allow(a, b, rule))
		vec_push(out, (uint64_t)a << 32 | b);
}

static int by_bits(const void *a, const void *b)
{
	const struct bucket_member *x = a, *y = b;

	for (int w = 0; w < 2; w++)
		if (x->bits[w] != y->bits[w])
			return x->bits[w] < y->bits[w] ? -1 : 1;
	return (x->doc > y->doc) - (x->doc < y->doc);
}

static void hot_pairs(pair_vec *out, struct bucket_counts *counts, struct bucket_member *m, size_t n,
		      const struct bucket_rule *rule)
{
	qsort(m, n, sizeof *m, by_bits);
	for (size_t i = 0; i < n; i++) {
		size_t end = i + 1 + HOT_WINDOW < n ? i + 1 + HOT_WINDOW : n;

		for (size_t j = i + 1; j < end; j++) {
			bool first = m[i].size <= m[j].size;

			if (sizes_allow(m[first ? i : j].size, m[first ? j : i].size, rule->threshold))
				look(out, &m[i], &m[j], rule);
		}
		counts->looked_at += end - i - 1;
	}
	counts->hot++;
	counts->hot_docs += n;
}

void bucket_pairs(pair_vec *out, struct bucket_counts *counts, struct bucket_member *m, size_t n,
		  const struct bucket_rule *rule)
{
	size_t window = n && BUCKET_PAIRS / n > BUCKET_WINDOW ? BUCKET_PAIRS / n : BUCKET_WINDOW;
	uint64_t cut_off = 0;

	for (size_t i = 0, allowed = 1; i < n; i++) {
		size_t end;

		if (allowed < i + 1)
			allowed = i + 1;
		while (allowed < n && sizes_allow(m[i].size, m[allowed].size, rule->threshold))
			allowed++;
		end = allowed - i - 1 > window ? i + 1 + window : allowed;
		cut_off += allowed - end;
		for (size_t j = i + 1; j < end; j++)
			look(out, &m[i], &m[j], rule);
		counts->looked_at += end - i - 1;
	}
	counts->not_looked_at += cut_off;
	if (cut_off)
		hot_pairs(out, counts, m, n, rule);
}
