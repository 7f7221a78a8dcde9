/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Sentences vote for documents; see documents.h.
 */
#include "bitext/documents.h"

#include <math.h>
#include <stdlib.h>

enum { NEIGHBOURS = 8 };

/* A pair must have so many times the votes of the best other partner of either document: without a translation on the other side, all
 * are about as far. */
static const double lead_least = 1.5;

struct sentence_counts {
	uint32_t *x, *y;          /* sentences by document */
	uint32_t n_x, n_y;
};

static uint32_t *count_sentences(const uint32_t *of, size_t n, uint32_t *documents)
{
	uint32_t *counts;

	*documents = 0;
	for (size_t i = 0; i < n; i++)
		*documents = of[i] + 1 > *documents ? of[i] + 1 : *documents;
	counts = xcalloc((size_t)*documents + 1, sizeof *counts);
	for (size_t i = 0; i < n; i++)
		counts[of[i]]++;
	return counts;
}

/* Each neighbour counts by how much nearer it is than the sentence's others are on average; common phrases count nothing. */
static void vote(struct document_pairs *out, const struct edges *e, const uint32_t *of_x, const uint32_t *of_y)
{
	struct map64 at = { 0 };

	for (size_t i = 0, end; i < e->edges.n; i = end) {
		double sum = 0, mean;

		for (end = i; end < e->edges.n && e->edges.v[end].x == e->edges.v[i].x; end++)
			sum += (double)e->edges.v[end].s;
		mean = (sum - (double)e->edges.v[i].s) / NEIGHBOURS;
		for (size_t k = i; k < end; k++) {
			const struct edge *edge = &e->edges.v[k];
			double margin = (double)edge->s - mean;
			bool made;
			uint64_t *slot;

			if (margin <= 0)
				continue;
			slot = map64_at(&at, (uint64_t)of_x[edge->x] << 32 | of_y[edge->y], &made);
			if (made) {
				*slot = out->pairs.n;
				vec_push(&out->pairs, (struct document_pair){ of_x[edge->x], of_y[edge->y], 0 });
			}
			out->pairs.v[*slot].score += (float)(margin * margin);
		}
	}
	map64_free(&at);
}

static int compare_pairs(const void *a, const void *b)
{
	const struct document_pair *p = a, *q = b;

	if (p->score > q->score || p->score < q->score)
		return p->score > q->score ? -1 : 1;
	if (p->x != q->x)
		return p->x < q->x ? -1 : 1;
	return (p->y > q->y) - (p->y < q->y);
}

/* The two best scores of each document of a side. */
struct tops {
	float (*best)[2];
};

static struct tops tops_of(const struct document_pairs *p, uint32_t documents, bool of_x)
{
	struct tops t = { xcalloc((size_t)documents + 1, sizeof *t.best) };

	vec_each(&p->pairs, i) {
		float *best = t.best[of_x ? p->pairs.v[i].x : p->pairs.v[i].y], score = p->pairs.v[i].score;

		if (score > best[0]) {
			best[1] = best[0];
			best[0] = score;
		} else if (score > best[1]) {
			best[1] = score;
		}
	}
	return t;
}

static double tops_other(const struct tops *t, uint32_t document, float score)
{
	return (double)(t->best[document][0] > score ? t->best[document][0] : t->best[document][1]);
}

static void normalise(struct document_pairs *p, const struct sentence_counts *c)
{
	vec_each(&p->pairs, i) {
		struct document_pair *pair = &p->pairs.v[i];

		pair->score /= sqrtf((float)c->x[pair->x] * (float)c->y[pair->y]);
	}
	if (p->pairs.n)
		qsort(p->pairs.v, p->pairs.n, sizeof *p->pairs.v, compare_pairs);
}

/* Best first, each document once. */
static void choose(struct document_pairs *p, const struct sentence_counts *c)
{
	bool *used_x = xcalloc((size_t)c->n_x + 1, sizeof *used_x), *used_y = xcalloc((size_t)c->n_y + 1, sizeof *used_y);
	struct tops x = tops_of(p, c->n_x, true), y = tops_of(p, c->n_y, false);
	size_t kept = 0;

	for (size_t i = 0; i < p->pairs.n; i++) {
		struct document_pair pair = p->pairs.v[i];
		double rival = fmax(tops_other(&x, pair.x, pair.score), tops_other(&y, pair.y, pair.score));

		if (used_x[pair.x] || used_y[pair.y] || (double)pair.score < lead_least * rival)
			continue;
		used_x[pair.x] = used_y[pair.y] = true;
		p->pairs.v[kept++] = pair;
	}
	p->pairs.n = kept;
	free(x.best);
	free(y.best);
	free(used_x);
	free(used_y);
}

bool documents_pair(struct document_pairs *out, const struct mining *prepared, const uint32_t *of_x, const uint32_t *of_y,
		    unsigned threads, const atomic_bool *cancel)
{
	struct search_options options = SEARCH_OPTIONS_DEFAULT;
	struct sentence_counts counts;
	struct edges edges = { { 0 } };
	bool whole;

	options.keep = NEIGHBOURS;
	options.threads = threads;
	options.cancel = cancel;
	*out = (struct document_pairs){ { 0 } };
	whole = search_neighbours(&edges, &prepared->a, &prepared->b, &prepared->links, &prepared->length, &options);
	counts.x = count_sentences(of_x, prepared->a.n, &counts.n_x);
	counts.y = count_sentences(of_y, prepared->b.n, &counts.n_y);
	vote(out, &edges, of_x, of_y);
	normalise(out, &counts);
	choose(out, &counts);
	free(counts.x);
	free(counts.y);
	vec_free(&edges.edges);
	return whole;
}

void document_pairs_free(struct document_pairs *p)
{
	vec_free(&p->pairs);
}
