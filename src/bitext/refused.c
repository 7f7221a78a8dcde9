/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Refused words are cut as sentences are, so that a word stands for all that share its form. */
#include "bitext/refused.h"

#include "base/map.h"

/* The number a refused word has on a side, WORD_NONE when it is no single word of it. */
static uint32_t word_of(const struct side *s, const struct mapstr *headwords, struct span text)
{
	struct side alone;
	uint32_t word = WORD_NONE;

	side_build(&alone, s->lang, &text, 1, headwords);
	if (alone.words.n == 1)
		word = side_word(s, alone.forms.v[alone.words.v[0].word]);
	side_free(&alone);
	return word;
}

void links_refuse(struct link_list *l, const struct side *a, const struct side *b, const struct mapstr *headwords_x,
		  const struct mapstr *headwords_y, const struct refused_words *r)
{
	struct map64 pairs = { 0 };
	size_t kept = 0;

	for (size_t i = 0; i < r->n; i++) {
		uint32_t x = word_of(a, headwords_x, r->x[i]), y = word_of(b, headwords_y, r->y[i]);
		bool made;

		if (x != WORD_NONE && y != WORD_NONE)
			map64_at(&pairs, (uint64_t)x << 32 | y, &made);
	}
	for (size_t i = 0; pairs.n > 0 && i < l->links.n; i++) {
		const struct link *k = &l->links.v[i];

		if (!map64_find(&pairs, (uint64_t)k->x << 32 | k->y))
			l->links.v[kept++] = *k;
	}
	if (pairs.n > 0)
		l->links.n = kept;
	map64_free(&pairs);
}
