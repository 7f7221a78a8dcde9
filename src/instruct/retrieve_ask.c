/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Asking the index. */
#include "instruct/retrieve_inside.h"

#include <math.h>
#include <stdlib.h>

#define RELATED 0.5    /* what a word inside another counts */
#define RELATED_MOST 64u
#define KNOWN_MOST 65536u /* words whose relations one asker remembers */
#define FEW 24u        /* candidates that are sooner scored one by one than by another word's list */

/* The segments of one word, and what each counts. */
struct weighted {
	const struct postings *p;
	double weight;
};

/* A word of the instruction: its own list and those of related words, of which the best counts. */
struct asked {
	size_t first, n;  /* in `lists` */
	double most;      /* it can add to a segment */
};

struct candidate {
	uint32_t segment;
	double bound;
};

struct retrieval {
	struct retriever *r;
	struct term_reader *reader;
	struct term_list terms;
	struct mapstr known;             /* word -> 1 + place of its relations */
	VEC(uint32_t) relations;         /* how many, and their numbers, one word after the other */
	size_t known_for;                /* segments the index had */
	VEC(struct asked) words;         /* of the instruction */
	VEC(uint32_t) order;             /* of them, those that can add most first */
	VEC(struct weighted) lists;
	VEC(float) scores, parts;        /* by segment, all zero between questions */
	VEC(uint32_t) touched, part_touched;
	VEC(struct candidate) candidates;
};

struct retrieval *retrieval_new(struct retriever *r)
{
	struct retrieval *q = xcalloc(1, sizeof *q);

	q->r = r;
	q->reader = term_reader_new();
	return q;
}

void retrieval_free(struct retrieval *q)
{
	if (q == NULL)
		return;
	term_reader_free(q->reader);
	vec_free(&q->terms.terms);
	mapstr_free(&q->known);
	vec_free(&q->relations);
	vec_free(&q->words);
	vec_free(&q->order);
	vec_free(&q->lists);
	vec_free(&q->scores);
	vec_free(&q->parts);
	vec_free(&q->touched);
	vec_free(&q->part_touched);
	vec_free(&q->candidates);
	free(q);
}

struct term_reader *retrieval_terms(struct retrieval *q)
{
	return q->reader;
}

const struct retriever *retrieval_of(const struct retrieval *q)
{
	return q->r;
}

/* What was known of an index that has grown since is forgotten. */
static void get_ready(struct retrieval *q)
{
	size_t n = q->r->lengths.n;

	retriever_ready(q->r);
	if (q->known_for != n || q->known.n > KNOWN_MOST) {
		mapstr_free(&q->known);
		vec_clear(&q->relations);
	}
	q->known_for = n;
	while (q->scores.n < n) {
		vec_push(&q->scores, 0);
		vec_push(&q->parts, 0);
	}
}

static bool inside(struct span small, struct span large)
{
	return small.len && small.len < large.len && memmem(large.p, large.len, small.p, small.len) != NULL;
}

static const struct piece *piece_of(const struct retriever *r, const char *p)
{
	const uint64_t *place = map64_find(&r->places, retriever_piece(p));

	return place ? &r->pieces.v[*place - 1] : NULL;
}

/* Words that hold this one or stand in it, at most RELATED_MOST, behind their number in `relations`. */
static void add_relations(struct retrieval *q, struct span word)
{
	const struct retriever *r = q->r;
	size_t at = q->relations.n;
	const struct piece *piece;

	vec_push(&q->relations, 0);
	/* The first piece of a word that holds this one finds it; of one inside, its own first. */
	for (size_t i = 0; i + PIECE <= word.len; i++) {
		piece = piece_of(r, word.p + i);
		for (size_t k = 0; piece && k < (i ? piece->starters.n : piece->holders.n) && q->relations.v[at] < RELATED_MOST; k++) {
			uint32_t number = i ? piece->starters.v[k] : piece->holders.v[k];
			struct span other = r->words.v[number].word;

			if ((i == 0 && inside(word, other)) || (inside(other, word) && memcmp(other.p, word.p + i, PIECE) == 0)) {
				vec_push(&q->relations, number);
				q->relations.v[at]++;
			}
		}
	}
}

static const uint32_t *relations_of(struct retrieval *q, struct span word)
{
	uint64_t *place;
	bool made;

	if (word.len == 0)
		return NULL;
	place = mapstr_at(&q->known, word, &made);
	if (made) {
		*place = q->relations.n;
		add_relations(q, word);
	}
	return &q->relations.v[*place];
}

static bool seen_before(const struct term_list *t, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (t->terms.v[k].id == t->terms.v[i].id)
			return true;
	return false;
}

/* Puts the lists of one word; a word that is nowhere and related to none has none. */
static void ask_word(struct retrieval *q, uint64_t term, struct span word, double idf)
{
	const struct retriever *r = q->r;
	const uint64_t *number = map64_find(&r->numbers, term);
	const uint32_t *related = relations_of(q, word);
	struct asked a = { .first = q->lists.n };

	if (number)
		vec_push(&q->lists, (struct weighted){ &r->words.v[*number - 1], idf });
	for (size_t i = 1; related && i <= related[0]; i++) {
		const struct postings *p = &r->words.v[related[i]];

		if (number == NULL || related[i] != *number - 1)
			vec_push(&q->lists, (struct weighted){ p, RELATED * (p->idf < idf ? p->idf : idf) });
	}
	a.n = q->lists.n - a.first;
	for (size_t i = a.first; i < q->lists.n; i++) {
		double most = q->lists.v[i].weight * q->lists.v[i].p->most;

		a.most = most > a.most ? most : a.most;
	}
	vec_push(&q->words, a);
}

/* The instruction's words; returns the most there is to get. */
static double ask_words(struct retrieval *q, struct span instruction, uint8_t lang)
{
	double most = 0;

	vec_clear(&q->words);
	vec_clear(&q->order);
	vec_clear(&q->lists);
	terms_read_in(q->reader, &q->terms, instruction, lang);
	vec_each(&q->terms.terms, i) {
		const struct term *t = &q->terms.terms.v[i];
		char lower[WORD_MOST];
		double idf;

		if (!t->content || seen_before(&q->terms, i))
			continue;
		idf = retriever_idf(q->r, t->id);
		most += idf * (K1 + 1);
		ask_word(q, t->id, retriever_word(lower, span_make(instruction.p + t->at, t->len)), idf);
	}
	vec_each(&q->words, i) {
		size_t k = q->order.n;

		vec_push(&q->order, 0);
		for (; k > 0 && q->words.v[q->order.v[k - 1]].most < q->words.v[i].most; k--)
			q->order.v[k] = q->order.v[k - 1];
		q->order.v[k] = (uint32_t)i;
	}
	return most;
}

/* ---- scoring ----
 *
 * Only two scores are asked for: the segment's own, and the best of the others.  Words are added to the sums of all segments that have
 * them, those that can add most first, until what is left could not lift a segment that has none of them over the best; then
 * what may still be the best is scored exactly, by itself (MaxScore: Turtle and Flood 1995).  Sums of the first part are floats,
 * with room left for their rounding, so that the order of words decides nothing. */

static const struct posting *find_posting(const struct postings *p, uint32_t segment)
{
	size_t low = 0, high = p->list.n;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (p->list.v[middle].segment < segment)
			low = middle + 1;
		else
			high = middle;
	}
	return low < p->list.n && p->list.v[low].segment == segment ? &p->list.v[low] : NULL;
}

static double score_exactly(const struct retrieval *q, uint32_t segment)
{
	double sum = 0;

	vec_each(&q->words, i) {
		const struct asked *a = &q->words.v[i];
		double best = 0;

		for (size_t k = a->first; k < a->first + a->n; k++) {
			const struct posting *p = find_posting(q->lists.v[k].p, segment);
			double score = p ? retriever_score(q->r, p, q->lists.v[k].weight) : 0;

			best = score > best ? score : best;
		}
		sum += best;
	}
	return sum;
}

/* What the word counts in each segment that has one of its lists, the best of them. */
static void read_parts(struct retrieval *q, const struct asked *a)
{
	const float *saturation = q->r->saturations.v;
	float *parts = q->parts.v;

	for (size_t k = a->first; k < a->first + a->n; k++) {
		const struct postings *p = q->lists.v[k].p;
		float weight = (float)(q->lists.v[k].weight * (K1 + 1));

		vec_reserve(&q->part_touched, q->part_touched.n + p->list.n);
		vec_each(&p->list, i) {
			uint32_t segment = p->list.v[i].segment;
			float count = (float)p->list.v[i].count, score = weight * count / (count + saturation[segment]);

			q->part_touched.v[q->part_touched.n] = segment;
			q->part_touched.n += parts[segment] == 0;
			parts[segment] = score > parts[segment] ? score : parts[segment];
		}
	}
}

/* Adds one word's part to the sums; the best of them but the segment's own, `best` or better. */
static float add_word(struct retrieval *q, const struct asked *a, uint32_t own, float best)
{
	float *scores = q->scores.v, *parts = q->parts.v;

	read_parts(q, a);
	vec_reserve(&q->touched, q->touched.n + q->part_touched.n);
	vec_each(&q->part_touched, i) {
		uint32_t segment = q->part_touched.v[i];
		float score = scores[segment] + parts[segment];

		q->touched.v[q->touched.n] = segment;
		q->touched.n += scores[segment] == 0;
		scores[segment] = score;
		parts[segment] = 0;
		best = score > best && segment != own ? score : best;
	}
	vec_clear(&q->part_touched);
	return best;
}

/* Those that may be the best when `left` is the most any can still get. */
static void read_candidates(struct retrieval *q, uint32_t own, float best, double left)
{
	double least = (double)best * (1 - ROUNDING);

	vec_clear(&q->candidates);
	vec_each(&q->touched, i) {
		uint32_t segment = q->touched.v[i];
		double bound = (double)q->scores.v[segment] * (1 + ROUNDING) + left;

		if (segment != own && bound >= least)
			vec_push(&q->candidates, (struct candidate){ segment, bound });
	}
}

static int by_bound(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	return x->bound > y->bound ? -1 : x->bound < y->bound;
}

static void find_candidates(struct retrieval *q, uint32_t own)
{
	double left = 0;
	float best = 0;

	vec_clear(&q->candidates);
	vec_each(&q->words, i)
		left += q->words.v[i].most;
	left *= 1 + ROUNDING;
	vec_each(&q->order, i) {
		const struct asked *a = &q->words.v[q->order.v[i]];

		best = add_word(q, a, own, best);
		left = i + 1 < q->order.n ? left - a->most : 0;
		if (i + 1 < q->order.n && left >= (double)best * (1 - ROUNDING))
			continue;
		read_candidates(q, own, best, left);
		if (q->candidates.n <= FEW)
			break;
	}
	vec_each(&q->touched, i)
		q->scores.v[q->touched.v[i]] = 0;
	vec_clear(&q->touched);
	if (q->candidates.n > 1)
		qsort(q->candidates.v, q->candidates.n, sizeof *q->candidates.v, by_bound);
}

void retrieval_ask(struct retrieval *q, struct retrieved *out, struct span instruction, uint32_t segment, uint8_t lang)
{
	double most, best = 0;

	*out = (struct retrieved){ .best = UINT32_MAX, .coverage = NAN, .margin = NAN };
	if (instruction.len > 4096)
		instruction.len = 4096;
	get_ready(q);
	most = ask_words(q, instruction, lang);
	out->own = score_exactly(q, segment);
	find_candidates(q, segment);
	for (size_t i = 0; i < q->candidates.n && q->candidates.v[i].bound >= best; i++) {
		uint32_t other = q->candidates.v[i].segment;
		double score = score_exactly(q, other);

		if (score > best || (score == best && other < out->best)) {
			best = score;
			out->best = other;
		}
	}
	if (most > 0)
		out->coverage = out->own / most;
	if (out->own > 0 || best > 0)
		out->margin = (out->own - best) / (out->own > best ? out->own : best);
}
