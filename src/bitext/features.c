/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Features of candidate pairs; see features.h.
 */
#include "bitext/features.h"

#include <math.h>
#include <stdlib.h>

#include "bitext/verbatim.h"

static const double names_most = .15, spread_least = 1e-3;

/* However far from the level, it tells no more. */
static const double here_most = 12;

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
	struct testimony told_x, told_y; /* by the words' evidence */
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
static double f_told_found(const struct view *v) { return v->told_x.found + v->told_y.found; }
static double f_told_missing_x(const struct view *v) { return v->told_x.missing; }
static double f_told_missing_y(const struct view *v) { return v->told_y.missing; }
static double f_told_missing_least(const struct view *v) { return min2(v->told_x.missing, v->told_y.missing); }
static double f_told_worst(const struct view *v) { return min2(v->told_x.worst, v->told_y.worst); }
static double f_told_worst_most(const struct view *v) { return -min2(-v->told_x.worst, -v->told_y.worst); }
/* A word the more, a witness the less independent. */
static double f_told_spread(const struct view *v)
{
	return (v->told_x.found + v->told_x.missing) / sqrt(1. + v->x->n) + (v->told_y.found + v->told_y.missing) / sqrt(1. + v->y->n);
}
static double f_square(const struct view *v) { return v->c->edge.s * v->c->edge.s; }

static const struct {
	const char *name;
	double (*of)(const struct view *v);
	const char *here;         /* name of the same in relation to the level of wrong pairs, or NULL */
} table[] = {
	{ "bias", f_bias, NULL },
	{ "similarity", f_similarity, "similarity_here" },
	{ "distance", f_distance, "distance_here" },
	{ "log_ratio", f_ratio, "log_ratio_here" },
	{ "cover_source", f_cover_x, "cover_source_here" },
	{ "cover_target", f_cover_y, "cover_target_here" },
	{ "cover_least", f_cover_min, "cover_least_here" },
	{ "gap_source", f_gap_x, "gap_source_here" },
	{ "gap_target", f_gap_y, "gap_target_here" },
	{ "gap_least", f_gap_min, "gap_least_here" },
	{ "mutual_best", f_mutual, NULL },
	{ "length_surprise", f_length, NULL },
	{ "log_words", f_words, NULL },
	{ "words_missing_to_five", f_words_short, NULL },
	{ "end_told", f_end_told, NULL },
	{ "one_question", f_other_question, NULL },
	{ "one_exclamation", f_other_exclamation, NULL },
	{ "numbers_shared", f_numbers_same, NULL },
	{ "numbers_unshared", f_numbers_other, NULL },
	{ "comma_difference", f_commas, NULL },
	{ "comma_difference_usual", f_commas_usual, NULL },
	{ "crowd", f_crowd, NULL },
	{ "verbatim_shared", f_verbatim_same, NULL },
	{ "verbatim_unshared", f_verbatim_other, NULL },
	{ "names_unlinked", f_names_alone, NULL },
	{ "names_linked", f_names_linked, NULL },
	{ "log_linked", f_linked, NULL },
	{ "linked_share", f_linked_share, "linked_share_here" },
	{ "linked_weight", f_linked_weight, "linked_weight_here" },
	{ "order", f_order, "order_here" },
	{ "order_of_four", f_order_long, NULL },
	{ "heaviest_uncovered_source", f_rare_x, "heaviest_uncovered_source_here" },
	{ "heaviest_uncovered_target", f_rare_y, "heaviest_uncovered_target_here" },
	{ "same_string", f_certain, "same_string_here" },
	{ "neighbourhood", f_mean, "neighbourhood_here" },
	{ "similarity_information", f_information, "similarity_information_here" },
	{ "similarity_squared", f_square, "similarity_squared_here" },
	{ "distance_over_noise", f_noise, NULL },
	{ "root_distance_over_noise", f_noise_root, NULL },
	{ "gap_over_noise", f_gap_noise, NULL },
	{ "told_found", f_told_found, "told_found_here" },
	{ "told_missing_source", f_told_missing_x, "told_missing_source_here" },
	{ "told_missing_target", f_told_missing_y, "told_missing_target_here" },
	{ "told_missing_least", f_told_missing_least, "told_missing_least_here" },
	{ "told_worst", f_told_worst, "told_worst_here" },
	{ "told_worst_of_better", f_told_worst_most, "told_worst_of_better_here" },
	{ "told_by_length", f_told_spread, "told_by_length_here" },
};

enum { PLAIN = sizeof table / sizeof *table };

size_t feature_count_plain(void)
{
	return PLAIN;
}

size_t feature_count(void)
{
	size_t n = PLAIN;

	for (size_t i = 0; i < PLAIN; i++)
		n += table[i].here != NULL;
	return n;
}

const char *feature_name(size_t i)
{
	size_t n = PLAIN;

	if (i < PLAIN)
		return table[i].name;
	for (size_t k = 0; k < PLAIN; k++)
		if (table[k].here && n++ == i)
			return table[k].here;
	return NULL;
}

void feature_sums_add(struct feature_sums *s, const float features[FEATURES_MAX])
{
	s->n++;
	for (size_t i = 0; i < PLAIN; i++) {
		s->sum[i] += (double)features[i];
		s->squares[i] += (double)features[i] * (double)features[i];
	}
}

void feature_level_of(struct feature_level *out, const struct feature_sums *s)
{
	double n = s->n ? (double)s->n : 1;

	for (size_t i = 0; i < PLAIN; i++) {
		double mean = s->sum[i] / n;

		out->mean[i] = (float)mean;
		out->spread[i] = (float)fmax(sqrt(fmax(0, s->squares[i] / n - mean * mean)), spread_least);
	}
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
	bool linked[LINKED_WORDS_MAX] = { false };

	for (size_t i = 0; i < l->links.n; i++)
		if (l->links.v[i].weight >= .3F)
			linked[of_x ? l->links.v[i].x : l->links.v[i].y] = true;
	for (uint32_t k = 0; k < s->sentences[sentence].n && k < LINKED_WORDS_MAX; k++)
		if (!linked[k] && s->weight[w[k].word] > heaviest)
			heaviest = s->weight[w[k].word];
	return s->sentences[sentence].weight > 0 ? (double)heaviest / (double)s->sentences[sentence].weight : 0;
}

/* Names without a link are no translations of one another, most of the time. */
static void count_names(struct view *v, const struct side *s, size_t sentence, const struct word_links *l, bool of_x)
{
	const struct word_at *w = side_words(s, sentence);
	bool linked[LINKED_WORDS_MAX] = { false };

	if (s->names > names_most)
		return;
	for (size_t i = 0; i < l->links.n; i++)
		if (l->links.v[i].weight >= .3F)
			linked[of_x ? l->links.v[i].x : l->links.v[i].y] = true;
	for (uint32_t k = 0; k < s->sentences[sentence].n && k < LINKED_WORDS_MAX; k++) {
		v->names_alone += s->name[w[k].word] && !linked[k];
		v->names_linked += s->name[w[k].word] && linked[k];
	}
}

/* Numbers in digits stay: those in words may be put otherwise. */
static bool is_in_digits(const struct side *s, size_t sentence, uint32_t k)
{
	const struct word_at *w = side_words(s, sentence) + k;
	unsigned char first = (unsigned char)s->lines[sentence].p[w->at];

	return s->forms.v[w->word].p[0] == '#' && ((first >= '0' && first <= '9') || first == 0xEF); /* full-width ones */
}

static unsigned count_numbers(const struct side *s, size_t sentence)
{
	unsigned n = 0;

	for (uint32_t k = 0; k < s->sentences[sentence].n; k++)
		n += is_in_digits(s, sentence, k);
	return n;
}

static void look(struct view *v, const struct feature_context *context)
{
	struct word_links l = { { 0 } };
	struct word_cover cover;
	const struct evidence *e = context->evidence;
	uint32_t x = v->c->edge.x, y = v->c->edge.y;
	unsigned alike = 0;

	word_links_of(&l, &cover, v->a, x, v->b, y, context->links);
	v->linked = l.links.n;
	vec_each(&l.links, i) {
		const struct word_link *w = &l.links.v[i];
		double weight = (double)v->a->weight[side_words(v->a, x)[w->x].word] +
				(double)v->b->weight[side_words(v->b, y)[w->y].word];

		v->linked_weight += weight * (double)w->weight;
		if (w->kind == LINK_SAME || w->kind == LINK_NUMBER)
			v->certain += weight / ((double)v->x->weight + (double)v->y->weight);
		if (w->kind == LINK_NUMBER) {
			v->numbers_same++;
			alike += is_in_digits(v->a, x, w->x) + is_in_digits(v->b, y, w->y);
		}
	}
	v->order = order_of(&l);
	v->rare_x = heaviest_unlinked(v->a, x, &l, true);
	v->rare_y = heaviest_unlinked(v->b, y, &l, false);
	verbatim_compare(&v->verbatim, v->a->lines[x], v->b->lines[y]);
	count_names(v, v->a, x, &l, true);
	count_names(v, v->b, y, &l, false);
	v->numbers_other = count_numbers(v->a, x) + count_numbers(v->b, y) - alike;
	if (e) {
		v->told_x = testimony_of(e->x, v->a, x, cover.x);
		v->told_y = testimony_of(e->y, v->b, y, cover.y);
	}
	vec_free(&l.links);
}

void features_of(float out[FEATURES_MAX], const struct candidate *c, const struct feature_context *context)
{
	struct view v = { .c = c, .a = context->a, .b = context->b };
	size_t n = PLAIN;

	v.x = &v.a->sentences[c->edge.x];
	v.y = &v.b->sentences[c->edge.y];
	look(&v, context);
	for (size_t i = 0; i < PLAIN; i++)
		out[i] = (float)table[i].of(&v);
	for (size_t i = 0; i < PLAIN; i++) {
		const struct feature_level *l = context->level;

		if (table[i].here)
			out[n++] = l ? (float)clamp((double)((out[i] - l->mean[i]) / l->spread[i]), -here_most, here_most) : 0;
	}
}
