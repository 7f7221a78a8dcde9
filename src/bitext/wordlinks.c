/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Links between the words of two sentences; see wordlinks.h.  The words of y stand in a small table by their number, so that the links of
 * a word of x are gone through once, not once for every word of y.
 */
#include "bitext/wordlinks.h"

#include <math.h>

enum { SLOTS = 256 };

struct places {
	uint8_t head[SLOTS];     /* 1 + position of a word, 0 for none */
	uint8_t next[LINKED_WORDS_MAX];
	const struct word_at *words;
	uint32_t n;
};

static uint32_t slot_of(uint32_t word)
{
	return (uint32_t)(word * 2654435761U) >> 24;
}

static void places_make(struct places *p, const struct side *s, size_t sentence)
{
	p->words = side_words(s, sentence);
	p->n = s->sentences[sentence].n < LINKED_WORDS_MAX ? s->sentences[sentence].n : LINKED_WORDS_MAX;
	memset(p->head, 0, sizeof p->head);
	for (uint32_t k = p->n; k-- > 0;) {
		uint8_t *head = &p->head[slot_of(p->words[k].word)];

		p->next[k] = *head;
		*head = (uint8_t)(k + 1);
	}
}

struct option {
	float weight;
	float off_diagonal;
	uint32_t x, y;
	uint8_t kind;
};

struct options {
	VEC(struct option) options;
};

/* Calls for every link between a word of x and one of y, by x. */
static void add_options(struct options *out, struct word_cover *cover, const struct places *y, uint32_t x, uint32_t n_x,
			const struct link *link)
{
	for (uint32_t k = y->head[slot_of(link->y)]; k; k = y->next[k - 1]) {
		if (y->words[k - 1].word != link->y)
			continue;
		cover->x[x] = link->weight > cover->x[x] ? link->weight : cover->x[x];
		cover->y[k - 1] = link->weight > cover->y[k - 1] ? link->weight : cover->y[k - 1];
		if (out)
			vec_push(&out->options, (struct option){ link->weight, fabsf((float)x / (float)n_x - (float)(k - 1) / (float)y->n),
								 x, k - 1, link->kind });
	}
}

static void look(struct options *out, struct word_cover *cover, const struct side *a, size_t x, const struct side *b, size_t y,
		 const struct link_table *links)
{
	const struct word_at *words = side_words(a, x);
	uint32_t n = a->sentences[x].n < LINKED_WORDS_MAX ? a->sentences[x].n : LINKED_WORDS_MAX;
	struct places places;

	places_make(&places, b, y);
	memset(cover->x, 0, n * sizeof *cover->x);
	memset(cover->y, 0, places.n * sizeof *cover->y);
	for (uint32_t i = 0; i < n; i++)
		for (size_t l = links->first[words[i].word]; l < links->first[words[i].word + 1]; l++)
			add_options(out, cover, &places, i, n, &links->links[l]);
}

void word_cover_of(struct word_cover *out, const struct side *a, size_t x, const struct side *b, size_t y,
		   const struct link_table *links)
{
	look(NULL, out, a, x, b, y, links);
}

static int compare_options(const void *a, const void *b)
{
	const struct option *p = a, *q = b;

	if (p->weight > q->weight || p->weight < q->weight)
		return p->weight > q->weight ? -1 : 1;
	if (p->off_diagonal > q->off_diagonal || p->off_diagonal < q->off_diagonal)
		return p->off_diagonal < q->off_diagonal ? -1 : 1;
	return p->x != q->x ? (p->x < q->x ? -1 : 1) : (p->y > q->y) - (p->y < q->y);
}

void word_links_of(struct word_links *out, struct word_cover *cover, const struct side *a, size_t x, const struct side *b, size_t y,
		   const struct link_table *links)
{
	struct options found = { { 0 } };
	struct word_cover own;
	bool used_x[LINKED_WORDS_MAX] = { false }, used_y[LINKED_WORDS_MAX] = { false };

	look(&found, cover ? cover : &own, a, x, b, y, links);
	vec_clear(&out->links);
	if (found.options.n)
		qsort(found.options.v, found.options.n, sizeof *found.options.v, compare_options);
	vec_each(&found.options, k) {
		struct option *o = &found.options.v[k];

		if (used_x[o->x] || used_y[o->y])
			continue;
		used_x[o->x] = used_y[o->y] = true;
		vec_push(&out->links, (struct word_link){ o->x, o->y, o->weight, o->kind });
	}
	vec_free(&found.options);
}
