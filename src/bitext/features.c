/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Features of candidate pairs; see features.h.
 */
#include "bitext/features.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bitext/verbatim.h"

enum { WORDS_MAX = 250 };

static const double names_most = .15;

/* What is computed once per pair and shared by the rows of the table. */
struct view {
	const struct candidate *c;
	const struct sentence *x, *y;
	const struct side *a, *b;
	size_t linked;            /* one-to-one links */
	double linked_weight;     /* weight of linked words of both sides, by link strength */
	double order;             /* agreement of the links' order, -1..1 */
	double rare_x, rare_y;    /* share of the heaviest unlinked word in its sentence's weight */
	double certain;           /* share of weight in links of the same string or number */
	unsigned numbers_same, numbers_other;
	unsigned names_alone, names_linked;
	struct verbatim verbatim;
};

static double min2(double a, double b)
{
	return a < b ? a : b;
}

static double clamp(double v, double low, double high)
{
	return v < low ? low : v > high ? high : v;
}

static double f_bias(const struct view *v) { (void)v; return 1; }
static double f_similarity(const struct view *v) { return v->c->edge.s; }
static double f_distance(const struct view *v) { return v->c->edge.s - v->c->mean; }
static double f_ratio(const struct view *v) { return log((v->c->edge.s + .02) / (v->c->mean + .02)); }
static double f_cover_x(const struct view *v) { return v->c->edge.cover_x; }
static double f_cover_y(const struct view *v) { return v->c->edge.cover_y; }
static double f_cover_min(const struct view *v) { return min2(v->c->edge.cover_x, v->c->edge.cover_y); }
static double f_gap_x(const struct view *v) { return v->c->gap_x; }
static double f_gap_y(const struct view *v) { return v->c->gap_y; }
static double f_gap_min(const struct view *v) { return min2(v->c->gap_x, v->c->gap_y); }
static double f_mutual(const struct view *v) { return v->c->rank_x == 0 && v->c->rank_y == 0; }
static double f_length(const struct view *v) { return clamp(v->c->edge.length, 0, 8); }
static double f_words(const struct view *v) { return log(1 + v->x->n) + log(1 + v->y->n); }
static double f_words_short(const struct view *v) { return min2(v->x->n, v->y->n) < 5 ? 5 - min2(v->x->n, v->y->n) : 0; }
static double f_other_question(const struct view *v) { return (v->x->end == END_QUESTION) != (v->y->end == END_QUESTION); }
static double f_other_exclamation(const struct view *v)
{
	return (v->x->end == END_EXCLAMATION) != (v->y->end == END_EXCLAMATION);
}
static double f_numbers_same(const struct view *v) { return v->numbers_same < 3 ? v->numbers_same : 3; }
static double f_numbers_other(const struct view *v) { return v->numbers_other < 3 ? v->numbers_other : 3; }
static double f_commas(const struct view *v) { return min2(abs(v->x->commas - v->y->commas), 4); }
/* Against what the other corpus would have, as languages and editors differ. */
static double f_commas_usual(const struct view *v)
{
	double ratio = (v->b->commas + .2) / (v->a->commas + .2);

	return min2(fabs(v->x->commas * sqrt(ratio) - v->y->commas / sqrt(ratio)), 4);
}
/* How unlikely it is that two sentences drawn at random end alike, or how far the corpora end alike at all when these do not. */
static double f_end_told(const struct view *v)
{
	double overlap = 0;

	if (v->x->end == v->y->end)
		return min2(-log(v->a->ends[v->x->end] * v->b->ends[v->y->end] + 1e-4), 5);
	for (size_t i = 0; i < END_KINDS; i++)
		overlap += min2(v->a->ends[i], v->b->ends[i]);
	return -3 * overlap;
}
static double f_crowd(const struct view *v) { return log(1 + (double)v->c->crowd_x + v->c->crowd_y); }
static double f_verbatim_same(const struct view *v) { return min2(v->verbatim.same, 3); }
static double f_verbatim_other(const struct view *v) { return min2(v->verbatim.other, 3); }
static double f_names_alone(const struct view *v) { return min2(v->names_alone, 3); }
static double f_names_linked(const struct view *v) { return min2(v->names_linked, 3); }
static double f_linked(const struct view *v) { return log(1 + (double)v->linked); }
static double f_linked_share(const struct view *v)
{
	uint32_t most = v->x->n > v->y->n ? v->x->n : v->y->n;

	return most ? (double)v->linked / most : 0;
}
static double f_linked_weight(const struct view *v)
{
	double total = (double)v->x->weight + (double)v->y->weight;

	return total > 0 ? v->linked_weight / total : 0;
}
static double f_order(const struct view *v) { return v->order; }
static double f_order_long(const struct view *v) { return v->linked >= 4 ? v->order : 0; }
static double f_rare_x(const struct view *v) { return v->rare_x; }
static double f_rare_y(const struct view *v) { return v->rare_y; }
static double f_certain(const struct view *v) { return v->certain; }
static double f_mean(const struct view *v) { return v->c->mean; }
static double f_information(const struct view *v) { return log(1 + (double)v->x->weight) * v->c->edge.s; }
static double f_noise(const struct view *v) { return clamp(v->c->noise, -5, 40); }
static double f_noise_root(const struct view *v) { return sqrt(clamp(v->c->noise, 0, 100)); }
static double f_gap_noise(const struct view *v) { return clamp(v->c->gap_noise, -10, 40); }
static double f_square(const struct view *v) { return v->c->edge.s * v->c->edge.s; }

static const struct {
	const char *name;
	double (*of)(const struct view *v);
} table[] = {
	{ "bias", f_bias },
	{ "similarity", f_similarity },
	{ "distance", f_distance },
	{ "log_ratio", f_ratio },
	{ "cover_source", f_cover_x },
	{ "cover_target", f_cover_y },
	{ "cover_least", f_cover_min },
	{ "gap_source", f_gap_x },
	{ "gap_target", f_gap_y },
	{ "gap_least", f_gap_min },
	{ "mutual_best", f_mutual },
	{ "length_surprise", f_length },
	{ "log_words", f_words },
	{ "words_missing_to_five", f_words_short },
	{ "end_told", f_end_told },
	{ "one_question", f_other_question },
	{ "one_exclamation", f_other_exclamation },
	{ "numbers_shared", f_numbers_same },
	{ "numbers_unshared", f_numbers_other },
	{ "comma_difference", f_commas },
	{ "comma_difference_usual", f_commas_usual },
	{ "crowd", f_crowd },
	{ "verbatim_shared", f_verbatim_same },
	{ "verbatim_unshared", f_verbatim_other },
	{ "names_unlinked", f_names_alone },
	{ "names_linked", f_names_linked },
	{ "log_linked", f_linked },
	{ "linked_share", f_linked_share },
	{ "linked_weight", f_linked_weight },
	{ "order", f_order },
	{ "order_of_four", f_order_long },
	{ "heaviest_uncovered_source", f_rare_x },
	{ "heaviest_uncovered_target", f_rare_y },
	{ "same_string", f_certain },
	{ "neighbourhood", f_mean },
	{ "similarity_information", f_information },
	{ "similarity_squared", f_square },
	{ "distance_over_noise", f_noise },
	{ "root_distance_over_noise", f_noise_root },
	{ "gap_over_noise", f_gap_noise },
};

size_t feature_count(void)
{
	return sizeof table / sizeof *table;
}

const char *feature_name(size_t i)
{
	return table[i].name;
}

/* ---- word links ---- */

struct option {
	float weight;
	float off_diagonal;
	uint32_t x, y;
	uint8_t kind;
};

static int compare_options(const void *a, const void *b)
{
	const struct option *p = a, *q = b;

	if (p->weight > q->weight || p->weight < q->weight)
		return p->weight > q->weight ? -1 : 1;
	if (p->off_diagonal > q->off_diagonal || p->off_diagonal < q->off_diagonal)
		return p->off_diagonal < q->off_diagonal ? -1 : 1;
	return p->x != q->x ? (p->x < q->x ? -1 : 1) : (p->y > q->y) - (p->y < q->y);
}

/* Where a sentence has a word: chains of positions by a few bits of its number. */
struct positions {
	uint8_t first[256];       /* 1 + position; 0: none */
	uint8_t next[WORDS_MAX];
};

static uint8_t chain_of(uint32_t word)
{
	return (uint8_t)(word * 2654435761U >> 24);
}

static void positions_fill(struct positions *p, const struct word_at *w, uint32_t n)
{
	memset(p->first, 0, sizeof p->first);
	for (uint32_t j = 0; j < n; j++) {
		uint8_t *first = &p->first[chain_of(w[j].word)];

		p->next[j] = *first;
		*first = (uint8_t)(j + 1);
	}
}

void word_links_of(struct word_links *out, const struct side *a, size_t x, const struct side *b, size_t y,
		   const struct link_table *links)
{
	const struct word_at *wx = side_words(a, x), *wy = side_words(b, y);
	uint32_t nx = a->sentences[x].n, ny = b->sentences[y].n;
	VEC(struct option) options = { 0 };
	struct positions at;
	bool used_x[WORDS_MAX] = { false }, used_y[WORDS_MAX] = { false };

	nx = nx < WORDS_MAX ? nx : WORDS_MAX;
	ny = ny < WORDS_MAX ? ny : WORDS_MAX;
	vec_clear(&out->links);
	positions_fill(&at, wy, ny);
	for (uint32_t i = 0; i < nx; i++) {
		for (size_t l = links->first[wx[i].word]; l < links->first[wx[i].word + 1]; l++) {
			const struct link *link = &links->links[l];

			for (uint32_t j = at.first[chain_of(link->y)]; j; j = at.next[j - 1])
				if (wy[j - 1].word == link->y)
					vec_push(&options, (struct option){ link->weight,
									    fabsf((float)i / (float)nx - (float)(j - 1) / (float)ny),
									    i, j - 1, link->kind });
		}
	}
	if (options.n)
		qsort(options.v, options.n, sizeof *options.v, compare_options);
	vec_each(&options, k) {
		struct option *o = &options.v[k];

		if (used_x[o->x] || used_y[o->y])
			continue;
		used_x[o->x] = used_y[o->y] = true;
		vec_push(&out->links, (struct word_link){ o->x, o->y, o->weight, o->kind });
	}
	vec_free(&options);
}

/* ---- the view ---- */

/* Kendall's tau over the links. */
static double order_of(const struct word_links *l)
{
	int same = 0, other = 0;

	for (size_t i = 0; i < l->links.n; i++) {
		for (size_t j = i + 1; j < l->links.n; j++) {
			const struct word_link *p = &l->links.v[i], *q = &l->links.v[j];

			if ((p->x < q->x) == (p->y < q->y))
				same++;
			else
				other++;
		}
	}
	return same + other ? (double)(same - other) / (same + other) : 0;
}

static double heaviest_unlinked(const struct side *s, size_t sentence, const struct word_links *l, bool of_x)
{
	const struct word_at *w = side_words(s, sentence);
	float heaviest = 0;
	bool linked[WORDS_MAX] = { false };

	for (size_t i = 0; i < l->links.n; i++)
		if (l->links.v[i].weight >= .3F)
			linked[of_x ? l->links.v[i].x : l->links.v[i].y] = true;
	for (uint32_t k = 0; k < s->sentences[sentence].n && k < WORDS_MAX; k++)
		if (!linked[k] && s->weight[w[k].word] > heaviest)
			heaviest = s->weight[w[k].word];
	return s->sentences[sentence].weight > 0 ? (double)heaviest / (double)s->sentences[sentence].weight : 0;
}

/* Names without a link are no translations of one another, most of the time. */
static void count_names(struct view *v, const struct side *s, size_t sentence, const struct word_links *l, bool of_x)
{
	const struct word_at *w = side_words(s, sentence);
	bool linked[WORDS_MAX] = { false };

	if (s->names > names_most)
		return;
	for (size_t i = 0; i < l->links.n; i++)
		if (l->links.v[i].weight >= .3F)
			linked[of_x ? l->links.v[i].x : l->links.v[i].y] = true;
	for (uint32_t k = 0; k < s->sentences[sentence].n && k < WORDS_MAX; k++) {
		v->names_alone += s->name[w[k].word] && !linked[k];
		v->names_linked += s->name[w[k].word] && linked[k];
	}
}

static unsigned count_numbers(const struct side *s, size_t sentence)
{
	unsigned n = 0;

	for (uint32_t k = 0; k < s->sentences[sentence].n; k++)
		n += s->forms.v[side_words(s, sentence)[k].word].p[0] == '#';
	return n;
}

static void look(struct view *v, const struct link_table *links)
{
	struct word_links l = { { 0 } };
	uint32_t x = v->c->edge.x, y = v->c->edge.y;

	word_links_of(&l, v->a, x, v->b, y, links);
	v->linked = l.links.n;
	vec_each(&l.links, i) {
		const struct word_link *w = &l.links.v[i];
		double weight = (double)v->a->weight[side_words(v->a, x)[w->x].word] +
				(double)v->b->weight[side_words(v->b, y)[w->y].word];

		v->linked_weight += weight * (double)w->weight;
		if (w->kind == LINK_SAME || w->kind == LINK_NUMBER)
			v->certain += weight / ((double)v->x->weight + (double)v->y->weight);
		v->numbers_same += w->kind == LINK_NUMBER;
	}
	v->order = order_of(&l);
	v->rare_x = heaviest_unlinked(v->a, x, &l, true);
	v->rare_y = heaviest_unlinked(v->b, y, &l, false);
	verbatim_compare(&v->verbatim, v->a->lines[x], v->b->lines[y]);
	count_names(v, v->a, x, &l, true);
	count_names(v, v->b, y, &l, false);
	v->numbers_other = count_numbers(v->a, x) + count_numbers(v->b, y) - 2 * v->numbers_same;
	vec_free(&l.links);
}

void features_of(float out[FEATURES_MAX], const struct candidate *c, const struct side *a, const struct side *b,
		 const struct link_table *links)
{
	struct view v = { .c = c, .x = &a->sentences[c->edge.x], .y = &b->sentences[c->edge.y], .a = a, .b = b };

	look(&v, links);
	for (size_t i = 0; i < feature_count(); i++)
		out[i] = (float)table[i].of(&v);
}
