/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Counting how often words find their partners; see evidence.h.
 */
#include "bitext/evidence.h"

#include <math.h>

enum { STRENGTHS = 5, RARITIES = 5, KINDS = STRENGTHS * RARITIES };

/* As if so many sentences had been seen of a word before. */
static const double word_prior = 4, kind_prior = 20;

/* Of words as well linked and as common: how often found and not, in wrong pairs [0] and true ones [1]. */
struct tally {
	double found[2], missing[2];
};

static size_t strength_of(float strongest)
{
	static const float least[STRENGTHS - 1] = { EVIDENCE_FOUND, .45F, .65F, .9F };
	size_t k = 0;

	while (k < STRENGTHS - 1 && strongest >= least[k])
		k++;
	return k;
}

static size_t rarity_of(uint32_t df)
{
	return df < 2 ? 0 : df < 5 ? 1 : df < 20 ? 2 : df < 100 ? 3 : 4;
}

/* By word, the kind of word it is. */
static uint8_t *kinds_of(const struct side *s, const float *strongest)
{
	uint8_t *kind = xmalloc(s->forms.n + 1);

	for (size_t w = 0; w < s->forms.n; w++)
		kind[w] = (uint8_t)(strength_of(strongest[w]) * RARITIES + rarity_of(s->df[w]));
	return kind;
}

static void add(struct tally *t, bool found, double p)
{
	double *to = found ? t->found : t->missing;

	to[0] += 1 - p;
	to[1] += p;
}

static double rate(double found, double missing, double usual, double prior)
{
	return (found + prior * usual) / (found + missing + prior);
}

static void conclude(struct word_evidence *out, const struct tally *words, const uint8_t *kind, size_t n)
{
	struct tally kinds[KINDS] = { 0 }, all = { { 0 }, { 0 } };
	double usual[2];

	for (size_t w = 0; w < n; w++) {
		for (size_t t = 0; t < 2; t++) {
			kinds[kind[w]].found[t] += words[w].found[t];
			kinds[kind[w]].missing[t] += words[w].missing[t];
			all.found[t] += words[w].found[t];
			all.missing[t] += words[w].missing[t];
		}
	}
	for (size_t t = 0; t < 2; t++)
		usual[t] = rate(all.found[t], all.missing[t], .5, 1);
	for (size_t w = 0; w < n; w++) {
		const struct tally *k = &kinds[kind[w]];
		double share[2];

		for (size_t t = 0; t < 2; t++)
			share[t] = rate(words[w].found[t], words[w].missing[t],
					rate(k->found[t], k->missing[t], usual[t], kind_prior), word_prior);
		for (size_t t = 0; t < 2; t++)
			share[t] = fmin(fmax(share[t], .005), .995);
		out[w].found = (float)log(share[1] / share[0]);
		out[w].missing = (float)log((1 - share[1]) / (1 - share[0]));
	}
}

static void count(struct tally *t, const struct side *s, size_t sentence, const float *cover, double p)
{
	const struct word_at *w = side_words(s, sentence);

	for (uint32_t k = 0; k < s->sentences[sentence].n && k < LINKED_WORDS_MAX; k++)
		add(&t[w[k].word], cover[k] >= EVIDENCE_FOUND, p);
}

void evidence_learn(struct evidence *out, const struct witness *w, size_t n, const struct side *a, const struct side *b,
		    const struct link_table *links)
{
	struct tally *x = xcalloc(a->forms.n + 1, sizeof *x), *y = xcalloc(b->forms.n + 1, sizeof *y);
	float *strongest_x = xcalloc(a->forms.n + 1, sizeof *strongest_x), *strongest_y = xcalloc(b->forms.n + 1, sizeof *strongest_y);
	uint8_t *kind_x, *kind_y;
	struct word_cover cover;

	for (size_t i = 0; i < n; i++) {
		word_cover_of(&cover, a, w[i].x, b, w[i].y, links);
		count(x, a, w[i].x, cover.x, (double)w[i].p);
		count(y, b, w[i].y, cover.y, (double)w[i].p);
	}
	for (size_t v = 0; v < a->forms.n; v++) {
		for (size_t l = links->first[v]; l < links->first[v + 1]; l++) {
			const struct link *link = &links->links[l];

			strongest_x[v] = fmaxf(strongest_x[v], link->weight);
			strongest_y[link->y] = fmaxf(strongest_y[link->y], link->weight);
		}
	}
	kind_x = kinds_of(a, strongest_x);
	kind_y = kinds_of(b, strongest_y);
	out->x = xcalloc(a->forms.n + 1, sizeof *out->x);
	out->y = xcalloc(b->forms.n + 1, sizeof *out->y);
	conclude(out->x, x, kind_x, a->forms.n);
	conclude(out->y, y, kind_y, b->forms.n);
	free(x);
	free(y);
	free(strongest_x);
	free(strongest_y);
	free(kind_x);
	free(kind_y);
}

void evidence_free(struct evidence *e)
{
	free(e->x);
	free(e->y);
	*e = (struct evidence){ NULL, NULL };
}

struct testimony testimony_of(const struct word_evidence *e, const struct side *s, size_t sentence, const float *cover)
{
	struct testimony t = { 0, 0, 0 };
	const struct word_at *w = side_words(s, sentence);

	for (uint32_t k = 0; e && k < s->sentences[sentence].n && k < LINKED_WORDS_MAX; k++) {
		if (cover[k] >= EVIDENCE_FOUND) {
			t.found += (double)e[w[k].word].found;
			continue;
		}
		t.missing += (double)e[w[k].word].missing;
		t.worst = fmin(t.worst, (double)e[w[k].word].missing);
	}
	return t;
}
