/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Word links from all sources, merged into a table; see links.h.
 */
#include "bitext/links.h"

#include <math.h>

#include "bitext/sound.h"

enum { PREFIX_LONG = 5, PREFIX_SHORT = 4, CROWD = 48, SKELETON_MIN = 3 };

static const float prefix_long_weight = .7F, prefix_short_weight = .4F;
static const double dictionary_least = .12, learned_least = .1, learned_boost = 1.3;

const char *link_kind_name(enum link_kind kind)
{
	static const char *const names[LINK_KINDS] = { "same", "number", "cognate", "sound", "dictionary", "kin", "learned" };

	return names[kind];
}

static void put(struct link_list *l, uint32_t x, uint32_t y, double weight, enum link_kind kind)
{
	vec_push(&l->links, (struct link){ x, y, (float)weight, (uint8_t)kind });
}

void links_add_same(struct link_list *l, const struct side *a, const struct side *b)
{
	vec_each(&a->forms, x) {
		uint32_t y = side_word(b, a->forms.v[x]);

		if (y != WORD_NONE)
			put(l, (uint32_t)x, y, 1, a->forms.v[x].p[0] == '#' ? LINK_NUMBER : LINK_SAME);
	}
}

/* ---- cognates: words in buckets by a key; every pair of a bucket is linked unless it is crowded ---- */

struct bucket_word {
	uint64_t key;
	uint32_t word;
};

struct buckets {
	VEC(struct bucket_word) words;
};

static int compare_bucket_words(const void *a, const void *b)
{
	const struct bucket_word *x = a, *y = b;

	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return x->word < y->word ? -1 : x->word > y->word;
}

static void buckets_sort(struct buckets *b)
{
	if (b->words.n)
		qsort(b->words.v, b->words.n, sizeof *b->words.v, compare_bucket_words);
}

static size_t bucket_end(const struct buckets *b, size_t i)
{
	size_t end = i;

	while (end < b->words.n && b->words.v[end].key == b->words.v[i].key)
		end++;
	return end;
}

static void link_buckets(struct link_list *l, struct buckets *xs, struct buckets *ys, double weight, enum link_kind kind)
{
	size_t i = 0, j = 0;

	buckets_sort(xs);
	buckets_sort(ys);
	while (i < xs->words.n && j < ys->words.n) {
		uint64_t kx = xs->words.v[i].key, ky = ys->words.v[j].key;
		size_t end_x = bucket_end(xs, i), end_y = bucket_end(ys, j);

		if (kx == ky && end_x - i <= CROWD && end_y - j <= CROWD)
			for (size_t a = i; a < end_x; a++)
				for (size_t b = j; b < end_y; b++)
					put(l, xs->words.v[a].word, ys->words.v[b].word, weight, kind);
		i = kx <= ky ? end_x : i;
		j = ky <= kx ? end_y : j;
	}
}

static void prefix_buckets(struct buckets *out, const struct side *s, size_t prefix)
{
	vec_each(&s->forms, w) {
		char sound[SOUND_MAX];
		size_t n = s->forms.v[w].p[0] == '#' ? 0 : sound_of(sound, s->forms.v[w]);

		if (n >= prefix)
			vec_push(&out->words, (struct bucket_word){ hash64(sound, prefix, 0), (uint32_t)w });
	}
}

static void skeleton_buckets(struct buckets *out, const struct side *s, bool want_katakana, size_t length)
{
	vec_each(&s->forms, w) {
		char skeleton[SOUND_MAX];
		bool katakana;
		size_t n = sound_skeleton(skeleton, s->forms.v[w], &katakana);

		if (katakana != want_katakana || n < length || (!want_katakana && n != length))
			continue;
		vec_push(&out->words, (struct bucket_word){ hash64(skeleton, length, 0), (uint32_t)w });
	}
}

/* Katakana words whose consonants begin with all consonants of a Latin word. */
static void link_skeletons(struct link_list *l, const struct side *a, const struct side *b, bool katakana_a)
{
	for (size_t length = SKELETON_MIN; length <= 8; length++) {
		struct buckets xs = { 0 }, ys = { 0 };

		skeleton_buckets(&xs, a, katakana_a, length);
		skeleton_buckets(&ys, b, !katakana_a, length);
		link_buckets(l, &xs, &ys, .3 + .1 * (double)(length > 6 ? 6 : length) - .1, LINK_SOUND);
		vec_free(&xs.words);
		vec_free(&ys.words);
	}
}

void links_add_cognates(struct link_list *l, const struct side *a, const struct side *b)
{
	static const size_t prefixes[] = { PREFIX_SHORT, PREFIX_LONG };

	for (size_t k = 0; k < 2; k++) {
		struct buckets xs = { 0 }, ys = { 0 };

		prefix_buckets(&xs, a, prefixes[k]);
		prefix_buckets(&ys, b, prefixes[k]);
		link_buckets(l, &xs, &ys, prefixes[k] == PREFIX_LONG ? prefix_long_weight : prefix_short_weight, LINK_COGNATE);
		vec_free(&xs.words);
		vec_free(&ys.words);
	}
	link_skeletons(l, a, b, true);
	link_skeletons(l, a, b, false);
}

/* ---- dictionaries and learned pairs ---- */

void links_add_dictionary(struct link_list *l, const struct model1 *m, size_t words_x, size_t words_y)
{
	float *max_x = xcalloc(words_x + 1, sizeof *max_x), *max_y = xcalloc(words_y + 1, sizeof *max_y);

	vec_each(&m->pairs, k) {
		const struct word_pair *p = &m->pairs.v[k];

		if (p->forward > max_x[p->x])
			max_x[p->x] = p->forward;
		if (p->backward > max_y[p->y])
			max_y[p->y] = p->backward;
	}
	vec_each(&m->pairs, k) {
		const struct word_pair *p = &m->pairs.v[k];
		double top = (double)max_x[p->x] * (double)max_y[p->y];
		double weight = top > 0 ? sqrt((double)p->forward * (double)p->backward / top) : 0;

		if (weight >= dictionary_least)
			put(l, p->x, p->y, weight, LINK_DICTIONARY);
	}
	free(max_x);
	free(max_y);
}

void links_add_learned(struct link_list *l, const struct model1 *m)
{
	vec_each(&m->pairs, k) {
		const struct word_pair *p = &m->pairs.v[k];
		double both = sqrt((double)p->forward * (double)p->backward);

		if (p->together >= 2 && both >= learned_least)
			put(l, p->x, p->y, learned_boost * both < 1 ? learned_boost * both : 1, LINK_LEARNED);
	}
}

/* ---- tables ---- */

static int compare_pairs(const void *a, const void *b)
{
	const struct link *p = a, *q = b;

	if (p->x != q->x)
		return p->x < q->x ? -1 : 1;
	if (p->y != q->y)
		return p->y < q->y ? -1 : 1;
	if (p->weight > q->weight || p->weight < q->weight)
		return p->weight > q->weight ? -1 : 1;
	return (p->kind > q->kind) - (p->kind < q->kind);
}

static int compare_strength(const void *a, const void *b)
{
	const struct link *p = a, *q = b;

	if (p->x != q->x)
		return p->x < q->x ? -1 : 1;
	if (p->weight > q->weight || p->weight < q->weight)
		return p->weight > q->weight ? -1 : 1;
	return p->y < q->y ? -1 : p->y > q->y;
}

static void table_index(struct link_table *t, size_t words_x)
{
	size_t k = 0;

	if (t->n)
		qsort(t->links, t->n, sizeof *t->links, compare_strength);
	t->first = xcalloc(words_x + 1, sizeof *t->first);
	for (size_t x = 0; x <= words_x; x++) {
		while (k < t->n && t->links[k].x < x)
			k++;
		t->first[x] = k;
	}
}

void link_table_build(struct link_table *out, struct link_list *list, size_t words_x)
{
	*out = (struct link_table){ .links = xmalloc((list->links.n + 1) * sizeof *out->links) };
	if (list->links.n)
		qsort(list->links.v, list->links.n, sizeof *list->links.v, compare_pairs);
	vec_each(&list->links, k) {
		const struct link *p = &list->links.v[k];

		if (!k || p->x != p[-1].x || p->y != p[-1].y)
			out->links[out->n++] = *p;
	}
	table_index(out, words_x);
}

void link_table_reverse(struct link_table *out, const struct link_table *t, size_t words_y)
{
	*out = (struct link_table){ .links = xmalloc((t->n + 1) * sizeof *out->links), .n = t->n };
	for (size_t k = 0; k < t->n; k++)
		out->links[k] = (struct link){ t->links[k].y, t->links[k].x, t->links[k].weight, t->links[k].kind };
	table_index(out, words_y);
}

void link_table_free(struct link_table *t)
{
	free(t->links);
	free(t->first);
	*t = (struct link_table){ 0 };
}

void link_list_free(struct link_list *l)
{
	vec_free(&l->links);
}
