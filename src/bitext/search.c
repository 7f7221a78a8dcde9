/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Inverted index and exact scoring; see search.h.  A chunk of sentences is one unit of work with its own scratch memory,
 * so the result does not depend on the number of threads.
 */
#include "bitext/search.h"

#include <math.h>

#include "base/thread.h"
#include "bitext/wordmatch.h"

/* What a sentence has gathered is a number of so many bits, beside those that name a word. */
enum { CHUNK_LEAST = 128, CHUNK_MOST = 4096 }; /* sentences that share scratch memory */

/* Rare words have reached enough when it is so many times the candidates wanted. */
enum { REACHED = 16 };

enum { TAG_BITS = 8, TAG_MASK = (1 << TAG_BITS) - 1, SUM_BITS = 32 - TAG_BITS };

/* However large the corpora, a word finds about so many sentences at most: else the time would grow with the square. */
static const double common_most = 700;

/* Gale and Church 1993, section 4.1. */
static const double usual_variance = 6.8;

/* As if so many pairs had been seen before. */
static const double prior_pairs = 40;

static const double length_weight = .1, length_cap = 8;

struct length_model length_model_of(double ratio)
{
	return (struct length_model){ ratio, usual_variance * fmin(1, ratio) };
}

struct length_model length_model_reverse(const struct length_model *m)
{
	return (struct length_model){ 1 / m->ratio, m->variance / m->ratio };
}

struct length_model length_model_fit(const struct length_model *before, const double *x, const double *y, size_t n)
{
	struct length_model out;
	double sum_x = 0, sum_y = 0, surprise = 0, mean = 0;

	for (size_t i = 0; i < n; i++) {
		sum_x += x[i];
		sum_y += y[i];
	}
	mean = n ? sum_x / (double)n : 1;
	out.ratio = (sum_y + prior_pairs * mean * before->ratio) / (sum_x + prior_pairs * mean);
	for (size_t i = 0; i < n; i++) {
		double expected = x[i] * out.ratio;

		surprise += (y[i] - expected) * (y[i] - expected) / fmax(1, (expected + y[i]) / 2);
	}
	out.variance = (surprise + prior_pairs * before->variance) / ((double)n + prior_pairs);
	return out;
}

/* -ln of the chance of a length that is `delta` standard deviations off. */
static double surprise_of(double delta)
{
	double p = erfc(delta / sqrt(2));

	return p >= 1 ? 0 : p > 1e-30 ? -log(p) : 69;
}

double length_surprise(double chars_x, double chars_y, const struct length_model *m)
{
	double expected = chars_x * m->ratio, mean = (expected + chars_y) / 2;

	return surprise_of(mean > 0 ? fabs(chars_y - expected) / sqrt(mean * m->variance) : 0);
}

double side_length_ratio(const struct side *a, const struct side *b)
{
	double x = 1, y = 1;

	for (size_t i = 0; i < a->n; i++)
		x += a->sentences[i].chars;
	for (size_t i = 0; i < b->n; i++)
		y += b->sentences[i].chars;
	return (y / (double)(b->n + 1)) / (x / (double)(a->n + 1));
}

/* ---- inverted index ---- */

struct postings {
	size_t *first;            /* words + 1 */
	uint32_t *sentence;
};

static void postings_build(struct postings *p, const struct side *s)
{
	size_t words = s->forms.n;
	uint32_t *last = xcalloc(words + 1, sizeof *last);
	size_t *fill = xcalloc(words + 1, sizeof *fill);

	p->first = xcalloc(words + 2, sizeof *p->first);
	for (size_t w = 0; w < words; w++)
		p->first[w + 1] = p->first[w] + s->df[w];
	p->sentence = xmalloc((p->first[words] + 1) * sizeof *p->sentence);
	for (size_t i = 0; i < s->n; i++) {
		for (uint32_t k = 0; k < s->sentences[i].n; k++) {
			uint32_t w = side_words(s, i)[k].word;

			if (last[w] == i + 1)
				continue;
			last[w] = (uint32_t)(i + 1);
			p->sentence[p->first[w] + fill[w]++] = (uint32_t)i;
		}
	}
	free(last);
	free(fill);
}

static void postings_free(struct postings *p)
{
	free(p->first);
	free(p->sentence);
}

/* ---- one sentence against the rest ---- */

struct found {
	float score;
	uint32_t y;
};

/* Beyond so many standard deviations a length takes off no more. */
enum { FACTOR_STEPS = 64, FACTORS = 5 * FACTOR_STEPS };

/* A score of what was gathered is in 0..1: so many steps, to find the best without sorting. */
enum { STEPS = 2048 };

/* A word of the sentence that searches. */
struct weighed {
	float weight;
	uint32_t word, times;
};

struct scratch {
	VEC(struct weighed) words;
	uint32_t *gathered;       /* by sentence of b: see gather() */
	uint32_t *touched;        /* those that hold anything */
	float *scores;            /* of touched */
	size_t n;
	VEC(struct found) found;
	struct wordmatch *matcher;
};

struct search {
	const struct side *a, *b;
	const struct link_table *links;
	const struct search_options *options;
	struct postings postings;
	const struct length_model *length;
	float factors[FACTORS + 1]; /* what a length takes off, by standard deviations times FACTOR_STEPS */
	float *weight;            /* by sentence of b, close together: they are asked for in no order */
	float most;               /* df from which a word is too common to find by, for a link of weight 1 */
	size_t chunk;
	struct edges *parts;      /* by chunk */
	pthread_mutex_t taking;
	size_t taken;             /* chunks, from the first */
	bool *done;               /* by chunk */
};

static void scratch_init(struct scratch *s, const struct search *search)
{
	size_t n = search->b->n + 1;

	*s = (struct scratch){ 0 };
	s->gathered = xcalloc(n, sizeof *s->gathered);
	s->touched = xmalloc(n * sizeof *s->touched);
	s->scores = xmalloc(n * sizeof *s->scores);
	s->matcher = wordmatch_new(search->a, search->b, search->links);
}

size_t search_scratch_bytes(size_t n, unsigned keep)
{
	return n * (2 * sizeof(uint32_t) + sizeof(float)) + (size_t)CHUNK_MOST * keep * sizeof(struct edge);
}

static void scratch_free(struct scratch *s)
{
	vec_free(&s->words);
	free(s->gathered);
	free(s->touched);
	free(s->scores);
	vec_free(&s->found);
	wordmatch_free(s->matcher);
}

/* What a length takes off a similarity. */
static double length_factor(double surprise)
{
	return exp(-length_weight * fmin(surprise, length_cap));
}

/* Completes `e`, whose x is set in the matcher. */
static void score(struct wordmatch *m, struct edge *e, const struct side *a, const struct side *b,
		  const struct length_model *lengths)
{
	const struct sentence *x = &a->sentences[e->x], *y = &b->sentences[e->y];
	struct matched matched = wordmatch_compare(m, y->first, y->n);
	double length = length_surprise(x->chars, y->chars, lengths);

	e->length = (float)length;
	e->cover_x = (float)matched.cover_x;
	e->cover_y = (float)matched.cover_y;
	e->s = (float)(matched.s * length_factor(length));
}

/* length_factor(length_surprise()), from the table. */
static float factor_of(const struct search *s, float chars_x, float chars_y)
{
	float expected = chars_x * (float)s->length->ratio, mean = (expected + chars_y) / 2;
	float at = mean > 0 ? fabsf(chars_y - expected) / sqrtf(mean * (float)s->length->variance) * FACTOR_STEPS : 0;
	size_t i = (size_t)at;

	return i < FACTORS ? s->factors[i] + (s->factors[i + 1] - s->factors[i]) * (at - (float)i) : s->factors[FACTORS];
}

/* Adds a link's gain to the sentences of a list, unless word `tag` has reached them before.  A sentence's number holds the sum, and
 * in its last eight bits the word that added to it last. */
static void add_gain(struct scratch *s, const uint32_t *y, const uint32_t *end, uint32_t gain, uint32_t tag)
{
	uint32_t *gathered = s->gathered, *touched = s->touched;
	size_t n = s->n;

	for (; y < end; y++) {
		uint32_t had = gathered[*y];

		if ((had & TAG_MASK) == tag)
			continue;
		touched[n] = *y;
		n += !had;
		gathered[*y] = (had & ~(uint32_t)TAG_MASK) + (gain << TAG_BITS | tag);
	}
	s->n = n;
}

/* The same for sentences that were reached before. */
static void add_gain_again(struct scratch *s, const uint32_t *y, const uint32_t *end, uint32_t gain, uint32_t tag)
{
	uint32_t *gathered = s->gathered;

	for (; y < end; y++) {
		uint32_t had = gathered[*y];

		if (had && (had & TAG_MASK) != tag)
			gathered[*y] = (had & ~(uint32_t)TAG_MASK) + (gain << TAG_BITS | tag);
	}
}

static int compare_weighed(const void *a, const void *b)
{
	const struct weighed *p = a, *q = b;

	if (p->weight > q->weight || p->weight < q->weight)
		return p->weight > q->weight ? -1 : 1;
	return p->word < q->word ? -1 : p->word > q->word;
}

/* The words of x, the rarest first, each once. */
static void weigh_words(struct scratch *s, const struct side *a, uint32_t x)
{
	const struct word_at *w = side_words(a, x);
	size_t n = 0;

	vec_clear(&s->words);
	for (uint32_t k = 0; k < a->sentences[x].n; k++)
		vec_push(&s->words, (struct weighed){ a->weight[w[k].word], w[k].word, 1 });
	if (s->words.n)
		qsort(s->words.v, s->words.n, sizeof *s->words.v, compare_weighed);
	vec_each(&s->words, k) {
		if (n && s->words.v[n - 1].word == s->words.v[k].word)
			s->words.v[n - 1].times++;
		else
			s->words.v[n++] = s->words.v[k];
	}
	s->words.n = n;
}

/* Links come strongest first, so the first time a word reaches a sentence is the strongest.  The weaker a link, the rarer must
 * be the word it leads to: long lists of sentences for a weak hint cost most and find least.  Once rare words have reached many
 * sentences, commoner ones only add to those: who shares nothing but common words with x is behind them. */
static void gather(struct scratch *s, const struct search *search, uint32_t x)
{
	float whole = (float)(1 << SUM_BITS) / (search->a->sentences[x].weight + 1); /* all of the words' weights fit */
	size_t enough = REACHED * search->options->candidates;

	s->n = 0;
	weigh_words(s, search->a, x);
	vec_each(&s->words, k) {
		const struct weighed *w = &s->words.v[k];
		void (*add)(struct scratch *, const uint32_t *, const uint32_t *, uint32_t, uint32_t) =
			s->n < enough ? add_gain : add_gain_again;

		for (size_t l = search->links->first[w->word]; l < search->links->first[w->word + 1]; l++) {
			const struct link *link = &search->links->links[l];
			const size_t *first = search->postings.first + link->y;

			if ((float)search->b->df[link->y] <= search->most * link->weight * link->weight)
				add(s, search->postings.sentence + first[0], search->postings.sentence + first[1],
				    (uint32_t)(w->weight * (float)w->times * whole * link->weight), (uint32_t)(k % TAG_MASK + 1));
		}
	}
}

/* Scores what was gathered, and forgets it; returns the least score of the best `most`, a few more with it. */
static float score_gathered(struct scratch *s, const struct search *search, uint32_t x, size_t most)
{
	float own = search->a->sentences[x].weight, part = (own + 1) / (float)(1 << SUM_BITS);
	uint32_t steps[STEPS + 1] = { 0 };
	size_t step = STEPS, n = 0;

	for (size_t i = 0; i < s->n; i++) {
		uint32_t y = s->touched[i];
		float score = (float)(s->gathered[y] >> TAG_BITS) * part / (own + search->weight[y]);

		s->gathered[y] = 0;
		s->scores[i] = score;
		steps[(size_t)(score * STEPS)]++;
	}
	for (n = steps[step]; step && n < most; n += steps[step])
		step--;
	return (float)step / STEPS;
}

static bool found_before(const struct found *a, const struct found *b)
{
	return a->score > b->score || (!(a->score < b->score) && a->y < b->y);
}

/* Brings the `k` best to the front (Hoare's selection). */
static void select_best(struct found *f, size_t n, size_t k)
{
	size_t low = 0, high = n;

	while (high - low > 1 && k > low && k < high) {
		struct found pivot = f[low + (high - low) / 2];
		size_t i = low, j = high - 1;

		for (;;) {
			while (found_before(&f[i], &pivot))
				i++;
			while (found_before(&pivot, &f[j]))
				j--;
			if (i >= j)
				break;
			struct found t = f[i];

			f[i++] = f[j];
			f[j--] = t;
		}
		if (k <= i)
			high = i;
		else
			low = i;
	}
}

static void keep_best(struct scratch *s, size_t most)
{
	if (s->found.n <= most)
		return;
	select_best(s->found.v, s->found.n, most);
	s->found.n = most;
}

/* The best by what they gathered, twice as many as asked for, then the best of those by length as well. */
static void find_candidates(struct scratch *s, const struct search *search, uint32_t x)
{
	size_t most = search->options->candidates;
	float least;

	gather(s, search, x);
	least = score_gathered(s, search, x, 2 * most);
	vec_clear(&s->found);
	for (size_t i = 0; i < s->n; i++)
		if (s->scores[i] >= least)
			vec_push(&s->found, (struct found){ s->scores[i], s->touched[i] });
	keep_best(s, 2 * most);
	vec_each(&s->found, i)
		s->found.v[i].score *= factor_of(search, (float)search->a->sentences[x].chars, (float)search->b->sentences[s->found.v[i].y].chars);
	keep_best(s, most);
}

static int compare_edges(const void *a, const void *b)
{
	const struct edge *p = a, *q = b;

	if (p->s > q->s || p->s < q->s)
		return p->s > q->s ? -1 : 1;
	return p->y < q->y ? -1 : p->y > q->y;
}

static void search_one(struct scratch *s, const struct search *search, uint32_t x, struct edges *out)
{
	size_t n, before = out->edges.n;

	find_candidates(s, search, x);
	n = s->found.n;
	if (!n)
		return;
	wordmatch_set(s->matcher, search->a->sentences[x].first, search->a->sentences[x].n);
	for (size_t i = 0; i < n; i++) {
		const struct sentence *y = &search->b->sentences[s->found.v[i].y];
		struct matched matched = wordmatch_compare(s->matcher, y->first, y->n);
		float factor = factor_of(search, (float)search->a->sentences[x].chars, (float)y->chars);

		if (matched.s > 0)
			vec_push(&out->edges, (struct edge){ x, s->found.v[i].y, (float)matched.s * factor, (float)matched.cover_x,
							     (float)matched.cover_y, 0 });
	}
	n = out->edges.n - before;
	if (n)
		qsort(out->edges.v + before, n, sizeof *out->edges.v, compare_edges);
	if (n > search->options->keep)
		out->edges.n = before + search->options->keep;
	for (size_t i = before; i < out->edges.n; i++) {
		struct edge *e = &out->edges.v[i];

		e->length = (float)length_surprise(search->a->sentences[x].chars, search->b->sentences[e->y].chars, search->length);
	}
}

static void give(struct search *search, size_t i)
{
	search->options->take(search->options->ctx, search->parts[i].edges.v, search->parts[i].edges.n);
	vec_free(&search->parts[i].edges);
}

static void search_chunk(void *ctx, size_t i)
{
	struct search *search = ctx;
	struct scratch s;
	size_t end = (i + 1) * search->chunk < search->a->n ? (i + 1) * search->chunk : search->a->n;

	scratch_init(&s, search);
	for (size_t x = i * search->chunk; x < end; x++) {
		if (search->options->cancel && atomic_load_explicit(search->options->cancel, memory_order_relaxed))
			break;
		search_one(&s, search, (uint32_t)x, &search->parts[i]);
	}
	scratch_free(&s);
	if (search->options->take) {
		pthread_mutex_lock(&search->taking);
		search->done[i] = true;
		for (; search->done[search->taken]; search->taken++)
			give(search, search->taken);
		pthread_mutex_unlock(&search->taking);
	}
	if (search->options->step)
		search->options->step(search->options->ctx, end - i * search->chunk);
}

static void join(struct edges *out, struct edges *parts, size_t chunks)
{
	size_t total = 0;

	for (size_t i = 0; i < chunks; i++)
		total += parts[i].edges.n;
	vec_reserve(&out->edges, out->edges.n + total);
	for (size_t i = 0; i < chunks; i++) {
		if (parts[i].edges.n)
			memcpy(out->edges.v + out->edges.n, parts[i].edges.v, parts[i].edges.n * sizeof *out->edges.v);
		out->edges.n += parts[i].edges.n;
		vec_free(&parts[i].edges);
	}
}

bool search_neighbours(struct edges *out, const struct side *a, const struct side *b, const struct link_table *links,
		       const struct length_model *length, const struct search_options *options)
{
	struct search search = { .a = a, .b = b, .links = links, .options = options, .length = length,
				 .taking = PTHREAD_MUTEX_INITIALIZER };
	size_t chunks;
	bool whole;

	search.most = (float)fmin(fmax(50, options->common * (double)b->n), common_most + (double)b->n / 1000);
	search.chunk = a->n / 64 < CHUNK_LEAST ? CHUNK_LEAST : a->n / 64 > CHUNK_MOST ? CHUNK_MOST : a->n / 64;
	chunks = (a->n + search.chunk - 1) / search.chunk;
	search.parts = xcalloc(chunks + 1, sizeof *search.parts);
	search.done = xcalloc(chunks + 1, sizeof *search.done); /* the last stays false */
	postings_build(&search.postings, b);
	for (size_t i = 0; i <= FACTORS; i++)
		search.factors[i] = (float)length_factor(surprise_of((double)i / FACTOR_STEPS));
	search.weight = xmalloc((b->n + 1) * sizeof *search.weight);
	for (size_t y = 0; y < b->n; y++)
		search.weight[y] = b->sentences[y].weight;
	whole = parallel_for(options->threads, chunks, search_chunk, &search, options->cancel);
	if (options->cancel && atomic_load(options->cancel))
		whole = false;
	if (!options->take)
		join(out, search.parts, chunks);
	for (size_t i = search.taken; i < chunks; i++) /* of a search that was cancelled */
		vec_free(&search.parts[i].edges);
	free(search.parts);
	free(search.done);
	free(search.weight);
	postings_free(&search.postings);
	return whole;
}

void search_score(struct edge *e, size_t n, const struct side *a, const struct side *b, const struct link_table *links,
		  const struct length_model *length)
{
	struct wordmatch *m = wordmatch_new(a, b, links);

	for (size_t i = 0; i < n; i++) {
		wordmatch_set(m, a->sentences[e[i].x].first, a->sentences[e[i].x].n);
		score(m, &e[i], a, b, length);
	}
	wordmatch_free(m);
}
