/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Kinship by letters; see kin.h.  Words without a link are few and the lexicon is large, so the lexicon's words are walked once past
 * buckets of the former by their first letters.
 */
#include "bitext/kin.h"

#include <math.h>

#include "base/utf8.h"
#include "bitext/names.h"

enum { PREFIX = 4, KIN_MOST = 3, PART_LEAST = 4, COMPOUND_LEAST = 8, FORM_MAX = 48, HAN_MAX = 8, BORROWED_MOST = 24, DICTIONARY_ROUNDS = 5 };

static const double prefix_least = .6, prefix_share = .8, part_share = .6, han_share = .75;
static const double borrowed_least = .15;

struct search {
	const struct lexside *lex;
	struct side *side;
	struct kinships *out;
	bool *useful;             /* by word of the lexicon: an entry with it leads to words of the other side */
	struct map64 buckets;     /* first letters -> 1 + index in `lonely` */
};

/* A word without a link, its best kin so far. */
struct lonely {
	uint32_t word, next;      /* next of the bucket: 1 + index */
	struct {
		float share;
		uint32_t kin;     /* number in the lexicon */
	} best[KIN_MOST];
};

struct lonelies {
	VEC(struct lonely) words;
};

static bool is_han(struct span form)
{
	size_t used;
	int32_t cp = form.len ? utf8_decode(form, &used) : 0;

	return cp >= 0x3400 && cp <= 0x9FFF;
}

/* ---- what is linked, what is useful ---- */

static size_t entry_length(const struct lexside *s, size_t i)
{
	return s->first[i + 1] - s->first[i];
}

static bool *find_linked(const struct search *s, const struct lexside *other, size_t entries)
{
	bool *linked = xcalloc(s->side->forms.n + 1, sizeof *linked);
	uint32_t words[4];

	for (size_t i = 0; i < entries; i++) {
		size_t n = lexside_words(words, other, i);

		if (!n)
			continue;
		for (uint32_t k = s->lex->first[i]; entry_length(s->lex, i) <= 2 && k < s->lex->first[i + 1]; k++)
			s->useful[s->lex->words.v[k]] = true;
		n = lexside_words(words, s->lex, i);
		for (size_t k = 0; k < n; k++)
			linked[words[k]] = true;
	}
	return linked;
}

static void put(struct search *s, uint32_t word, uint32_t kin, double share)
{
	uint32_t there = side_add_word(s->side, s->lex->forms.v[kin]);

	if (there != word)
		vec_push(&s->out->kin, (struct kinship){ word, there, (float)share });
}

/* The number of a useful word of the lexicon, or WORD_NONE. */
static uint32_t useful_word(const struct search *s, struct span form)
{
	uint64_t *id = mapstr_find(&s->lex->ids, form);

	return id && s->useful[*id] ? (uint32_t)*id : WORD_NONE;
}

/* ---- Han: the longest useful words inside, left to right ---- */

static void find_han(struct search *s, uint32_t word)
{
	struct span form = s->side->forms.v[word];
	size_t ends[HAN_MAX + 1] = { 0 }, n = 0, used;

	while (n < HAN_MAX && ends[n] < form.len) {
		utf8_decode(span_make(form.p + ends[n], form.len - ends[n]), &used);
		ends[n + 1] = ends[n] + used;
		n++;
	}
	for (size_t i = 0; n > 1 && i < n;) {
		size_t take = n - i < n ? n - i : n - 1;
		uint32_t kin = WORD_NONE;

		for (; take; take--) {
			kin = useful_word(s, span_make(form.p + ends[i], ends[i + take] - ends[i]));
			if (kin != WORD_NONE)
				break;
		}
		if (take)
			put(s, word, kin, han_share * sqrt((double)take / (double)n));
		i += take ? take : 1;
	}
}

/* ---- compounds ---- */

/* What may stand between the parts of a compound. */
static uint32_t left_part(const struct search *s, struct span left)
{
	static const char *const joints[] = { "", "s", "n", "en", "es", "e", "er", "o" };

	for (size_t i = 0; i < sizeof joints / sizeof *joints; i++) {
		size_t n = strlen(joints[i]);

		if (left.len < n + PART_LEAST || !span_ends(left, joints[i]))
			continue;
		uint32_t kin = useful_word(s, span_make(left.p, left.len - n));

		if (kin != WORD_NONE)
			return kin;
	}
	return WORD_NONE;
}

/* The longest right part, so that few letters are left to chance. */
static bool find_parts(struct search *s, uint32_t word)
{
	struct span form = s->side->forms.v[word];

	if (form.len < COMPOUND_LEAST)
		return false;
	for (size_t at = PART_LEAST; at + PART_LEAST <= form.len; at++) {
		if (utf8_floor(form, at) != at)
			continue;
		uint32_t right = useful_word(s, span_make(form.p + at, form.len - at));
		uint32_t left = right == WORD_NONE ? WORD_NONE : left_part(s, span_make(form.p, at));

		if (left == WORD_NONE)
			continue;
		put(s, word, left, part_share);
		put(s, word, right, part_share);
		return true;
	}
	return false;
}

/* ---- common beginnings ---- */

static uint64_t prefix_key(struct span form)
{
	size_t at = 0, used;

	for (int n = 0; n < PREFIX; n++) {
		if (at >= form.len)
			return 0;
		utf8_decode(span_make(form.p + at, form.len - at), &used);
		at += used;
	}
	return hash64(form.p, at, 0) | 1;
}

static double likeness(struct span a, struct span b)
{
	size_t same = 0, longer = a.len > b.len ? a.len : b.len;

	while (same < a.len && same < b.len && a.p[same] == b.p[same])
		same++;
	return (double)same / (double)longer;
}

static void offer(struct lonely *l, uint32_t kin, double share)
{
	for (size_t k = 0; k < KIN_MOST; k++) {
		if (share <= (double)l->best[k].share)
			continue;
		for (size_t m = KIN_MOST - 1; m > k; m--)
			l->best[m] = l->best[m - 1];
		l->best[k].share = (float)share;
		l->best[k].kin = kin;
		return;
	}
}

static void add_lonely(struct search *s, struct lonelies *l, uint32_t word)
{
	uint64_t key = prefix_key(s->side->forms.v[word]);
	bool made;
	uint64_t *head;

	if (!key)
		return;
	head = map64_at(&s->buckets, key, &made);
	vec_push(&l->words, (struct lonely){ .word = word, .next = (uint32_t)*head });
	*head = l->words.n;
}

static void walk_lexicon(struct search *s, struct lonelies *l)
{
	vec_each(&s->lex->forms, kin) {
		struct span form = s->lex->forms.v[kin];
		uint64_t key = s->useful[kin] ? prefix_key(form) : 0;
		uint64_t *head = key ? map64_find(&s->buckets, key) : NULL;

		for (uint32_t at = head ? (uint32_t)*head : 0; at; at = l->words.v[at - 1].next) {
			struct lonely *lonely = &l->words.v[at - 1];
			double like = likeness(s->side->forms.v[lonely->word], form);

			if (like >= prefix_least)
				offer(lonely, (uint32_t)kin, prefix_share * like);
		}
	}
	vec_each(&l->words, i)
		for (size_t k = 0; k < KIN_MOST && l->words.v[i].best[k].share > 0; k++)
			put(s, l->words.v[i].word, l->words.v[i].best[k].kin, (double)l->words.v[i].best[k].share);
}

void kin_find(struct kinships *out, struct side *side, const struct lexwords *w, bool of_b)
{
	struct search s = { .lex = of_b ? &w->b : &w->a, .side = side, .out = out };
	struct lonelies lonely = { { 0 } };
	size_t words = side->forms.n;
	bool *linked;

	s.useful = xcalloc(s.lex->forms.n + 1, sizeof *s.useful);
	linked = find_linked(&s, of_b ? &w->a : &w->b, w->n);
	for (size_t word = 0; word < words; word++) {
		struct span form = side->forms.v[word];

		if (linked[word] || !side->df[word] || form.p[0] == '#' || form.len > FORM_MAX)
			continue;
		if (is_han(form))
			find_han(&s, (uint32_t)word);
		else if (!find_parts(&s, (uint32_t)word))
			add_lonely(&s, &lonely, (uint32_t)word);
	}
	walk_lexicon(&s, &lonely);
	map64_free(&s.buckets);
	vec_free(&lonely.words);
	free(linked);
	free(s.useful);
}

void kin_free(struct kinships *k)
{
	vec_free(&k->kin);
}

/* ---- borrowing ---- */

static void borrow(struct link_list *l, const struct link_table *t, const struct kinships *k, bool of_b)
{
	vec_each(&k->kin, i) {
		const struct kinship *kin = &k->kin.v[i];
		size_t end = t->first[kin->kin + 1];

		for (size_t at = t->first[kin->kin], n = 0; at < end && n < BORROWED_MOST; at++, n++) {
			float weight = t->links[at].weight * kin->share;

			if (t->links[at].kind != LINK_DICTIONARY || (double)weight < borrowed_least)
				continue;
			vec_push(&l->links, of_b ? (struct link){ t->links[at].y, kin->word, weight, LINK_KIN }
						 : (struct link){ kin->word, t->links[at].y, weight, LINK_KIN });
		}
	}
}

void links_add_kin(struct link_list *l, const struct kinships *of_a, const struct kinships *of_b, size_t words_a, size_t words_b)
{
	struct link_table forward, back;

	link_table_build(&forward, l, words_a);
	link_table_reverse(&back, &forward, words_b);
	borrow(l, &forward, of_a, false);
	borrow(l, &back, of_b, true);
	link_table_free(&forward);
	link_table_free(&back);
}

size_t links_add_lexicon(struct link_list *l, struct side *a, struct side *b, const struct lexicon *lexicon,
			 const struct mapstr *headwords_a, const struct mapstr *headwords_b, unsigned threads)
{
	struct lexwords words;
	struct kinships of_a = { { 0 } }, of_b = { { 0 } };
	struct parallel p = { 0 };
	struct model1 m = { { 0 } };
	size_t rows;

	lexwords_build(&words, lexicon, headwords_a, headwords_b, threads);
	lexwords_match(&words, a, b);
	kin_find(&of_a, a, &words, false);
	kin_find(&of_b, b, &words, true);
	lexwords_match(&words, a, b);
	parallel_add_lexicon(&p, &words);
	rows = p.rows.n;
	model1_train(&m, &p, a->forms.n, b->forms.n, DICTIONARY_ROUNDS, false, threads);
	links_add_dictionary(l, &m, a->forms.n, b->forms.n);
	links_add_names(l, a, b);
	links_add_kin(l, &of_a, &of_b, a->forms.n, b->forms.n);
	model1_free(&m);
	parallel_free(&p);
	kin_free(&of_a);
	kin_free(&of_b);
	lexwords_free(&words);
	return rows;
}
