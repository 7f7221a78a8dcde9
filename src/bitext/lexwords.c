/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Entries as word numbers; see lexwords.h.
 */
#include "bitext/lexwords.h"

#include "base/thread.h"

enum { ENTRY_WORDS = 4 };

struct building {
	struct lexwords *out;
	const struct lexicon *l;
	const struct mapstr *headwords_a, *headwords_b;
};

static uint32_t number_of(struct lexside *s, struct span form)
{
	bool made;
	uint64_t *id = mapstr_at(&s->ids, form, &made);

	if (made) {
		*id = s->forms.n;
		vec_push(&s->forms, arena_span(&s->ids.keys, form));
	}
	return (uint32_t)*id;
}

static void build(void *ctx, size_t which)
{
	const struct building *b = ctx;
	struct lexside *s = which ? &b->out->b : &b->out->a;
	struct tokenizer *t = tokenizer_new(which ? b->l->b : b->l->a, which ? b->headwords_b : b->headwords_a);
	struct token_list list = { { 0 }, BUF_INIT };

	s->first = xcalloc(b->l->entries.n + 1, sizeof *s->first);
	vec_each(&b->l->entries, i) {
		tokens_cut(t, &list, which ? b->l->entries.v[i].b : b->l->entries.v[i].a);
		if (list.tokens.n <= ENTRY_WORDS)
			vec_each(&list.tokens, k)
				vec_push(&s->words, number_of(s, list.tokens.v[k].form));
		s->first[i + 1] = (uint32_t)s->words.n;
	}
	s->in_side = xcalloc(s->forms.n + 1, sizeof *s->in_side);
	token_list_free(&list);
	tokenizer_free(t);
}

void lexwords_build(struct lexwords *out, const struct lexicon *l, const struct mapstr *headwords_a,
		    const struct mapstr *headwords_b, unsigned threads)
{
	struct building b = { out, l, headwords_a, headwords_b };

	*out = (struct lexwords){ .n = l->entries.n };
	parallel_for(threads, 2, build, &b, NULL);
}

static void match(struct lexside *l, const struct side *s)
{
	vec_each(&l->forms, i)
		l->in_side[i] = side_word(s, l->forms.v[i]);
}

void lexwords_match(struct lexwords *w, const struct side *a, const struct side *b)
{
	match(&w->a, a);
	match(&w->b, b);
}

static void lexside_free(struct lexside *s)
{
	mapstr_free(&s->ids);
	vec_free(&s->forms);
	vec_free(&s->words);
	free(s->first);
	free(s->in_side);
}

void lexwords_free(struct lexwords *w)
{
	lexside_free(&w->a);
	lexside_free(&w->b);
	*w = (struct lexwords){ 0 };
}

size_t lexside_words(uint32_t out[4], const struct lexside *s, size_t i)
{
	size_t n = 0;

	for (uint32_t k = s->first[i]; k < s->first[i + 1]; k++) {
		out[n] = s->in_side[s->words.v[k]];
		if (out[n++] == WORD_NONE)
			return 0;
	}
	return n;
}
