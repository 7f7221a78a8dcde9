/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Soft Dice through lists of partners: every word of b knows which words of the set run link to it; see wordmatch.h.
 */
#include "bitext/wordmatch.h"

/* A word of the set run, as seen from a word of b. */
struct partner {
	uint32_t next;            /* 1 + index, 0 at the end */
	uint32_t word;            /* position in the run */
	float weight;
};

/* What is asked of a word of b, close together. */
struct slot {
	uint32_t head;            /* first partner, 1 + index */
	float weight;
};

struct wordmatch {
	const struct side *a, *b;
	const struct link_table *links;
	struct slot *slots;       /* by word of b */
	VEC(struct partner) partners;
	VEC(float) best;          /* by position in the run: strongest partner in the run compared */
	size_t first, n;
	double weight;
};

struct wordmatch *wordmatch_new(const struct side *a, const struct side *b, const struct link_table *links)
{
	struct wordmatch *m = xcalloc(1, sizeof *m);

	m->a = a;
	m->b = b;
	m->links = links;
	m->slots = xmalloc((b->forms.n + 1) * sizeof *m->slots);
	vec_each(&b->forms, w)
		m->slots[w] = (struct slot){ 0, b->weight[w] };
	return m;
}

void wordmatch_free(struct wordmatch *m)
{
	if (!m)
		return;
	free(m->slots);
	vec_free(&m->partners);
	vec_free(&m->best);
	free(m);
}

static void forget(struct wordmatch *m)
{
	for (size_t k = 0; k < m->n; k++) {
		uint32_t w = m->a->words.v[m->first + k].word;

		for (size_t l = m->links->first[w]; l < m->links->first[w + 1]; l++)
			m->slots[m->links->links[l].y].head = 0;
	}
}

void wordmatch_set(struct wordmatch *m, size_t first, size_t n)
{
	forget(m);
	vec_clear(&m->partners);
	vec_clear(&m->best);
	m->first = first;
	m->n = n;
	m->weight = 0;
	for (size_t k = 0; k < n; k++) {
		uint32_t w = m->a->words.v[first + k].word;

		vec_push(&m->best, 0);
		m->weight += (double)m->a->weight[w];
		for (size_t l = m->links->first[w]; l < m->links->first[w + 1]; l++) {
			uint32_t u = m->links->links[l].y;

			vec_push(&m->partners, (struct partner){ m->slots[u].head, (uint32_t)k, m->links->links[l].weight });
			m->slots[u].head = (uint32_t)m->partners.n;
		}
	}
}

struct matched wordmatch_compare(struct wordmatch *m, size_t first, size_t n)
{
	const struct word_at *wx = m->a->words.v + m->first, *wy = m->b->words.v + first;
	double got_x = 0, got_y = 0, weight_y = 0;

	for (size_t k = 0; k < m->n; k++)
		m->best.v[k] = 0;
	for (size_t k = 0; k < n; k++) {
		struct slot slot = m->slots[wy[k].word];
		float best = 0;

		for (uint32_t p = slot.head; p; p = m->partners.v[p - 1].next) {
			const struct partner *partner = &m->partners.v[p - 1];

			if (partner->weight > best)
				best = partner->weight;
			if (partner->weight > m->best.v[partner->word])
				m->best.v[partner->word] = partner->weight;
		}
		got_y += (double)(best * slot.weight);
		weight_y += (double)slot.weight;
	}
	for (size_t k = 0; k < m->n; k++)
		got_x += (double)(m->best.v[k] * m->a->weight[wx[k].word]);
	return (struct matched){
		.s = m->weight + weight_y > 0 ? (got_x + got_y) / (m->weight + weight_y) : 0,
		.cover_x = m->weight > 0 ? got_x / m->weight : 0,
		.cover_y = weight_y > 0 ? got_y / weight_y : 0,
	};
}
