/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An existing bitext, taken apart and mined: what the tour shows, and a quick look at how well mining does on one's own text. */
#include <stdlib.h>

#include "base/i18n.h"
#include "jobs/mine.h"
#include "text/langid.h"

enum { RECORD_BYTES = 1 << 16, WORDS_LEAST = 5 };

struct hidden_pair {
	uint64_t order;           /* pseudo-random, by content: the same for the same text */
	uint64_t record;
	struct span source, target;
};

struct hidden {
	VEC(struct hidden_pair) pairs;
	struct map64 seen;        /* hashes of both sides: a sentence that stands twice has no one truth */
	struct arena text;
};

static bool is_sentence(struct span s)
{
	size_t spaces = 0;

	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] == '\n')
			return false;
		spaces += s.p[i] == ' ';
	}
	return spaces + 1 >= WORDS_LEAST && s.len < 600;
}

static bool is_new(struct hidden *h, struct span s, uint64_t seed)
{
	bool made;

	map64_at(&h->seen, hash64(s.p, s.len, seed), &made);
	return made;
}

static void add_pair(struct hidden *h, struct span source, struct span target, uint64_t record)
{
	bool new_source, new_target;

	if (!is_sentence(source) || target.len < 4 || memchr(target.p, '\n', target.len) || span_eq(source, target))
		return;
	new_source = is_new(h, source, 1);
	new_target = is_new(h, target, 2);
	if (new_source && new_target)
		vec_push(&h->pairs, (struct hidden_pair){ hash64(source.p, source.len, 3), record, arena_span(&h->text, source),
							  arena_span(&h->text, target) });
}

static int compare_order(const void *a, const void *b)
{
	const struct hidden_pair *p = a, *q = b;

	if (p->order != q->order)
		return p->order < q->order ? -1 : 1;
	return p->record < q->record ? -1 : p->record > q->record;
}

static int compare_target(const void *a, const void *b)
{
	const struct hidden_pair *p = a, *q = b;
	uint64_t x = hash_mix64(p->order), y = hash_mix64(q->order);

	return x < y ? -1 : x > y;
}

static int read_pairs(struct hidden *h, struct corpus_view *view, struct store *s, uint8_t langs[2], struct job *job,
		      struct error *err)
{
	struct buf bytes = BUF_INIT;
	uint64_t n = corpus_view_count(view);
	int rc = 0;

	for (uint64_t i = 0; i < n && rc == 0; i++) {
		const struct source *source = corpus_view_source(view, corpus_view_ref(view, i));
		struct arena arena = { 0 };
		struct record r;

		if (i % 256 == 0 && job_cancelled(job))
			rc = error_set(err, TAMIS_ECANCEL, _("mining was cancelled"));
		buf_clear(&bytes);
		if (rc == 0)
			rc = corpus_view_read(view, s, i, 0, RECORD_BYTES, &bytes, err);
		if (rc == 0 && record_parse(&r, &source->shape, buf_span(&bytes), &arena, NULL) == 0) {
			add_pair(h, record_value(&r, ROLE_SOURCE), record_value(&r, ROLE_TARGET), i);
			langs[0] = lang_from_code(span_of(source->shape.source_lang));
			langs[1] = lang_from_code(span_of(source->shape.target_lang));
		}
		arena_free(&arena);
	}
	buf_free(&bytes);
	return rc;
}

static void pile_put(struct pile *p, const struct hidden_pair *pair, struct span text, struct corpus_view *view)
{
	vec_push(&p->text, arena_span(&p->arena, text));
	vec_push(&p->sentences, (struct pile_sentence){ corpus_view_ref(view, pair->record), 0, (uint32_t)p->documents });
	p->documents++;
}

/* The first third goes to both sides, the second to the source, the last to the target. */
static void deal(struct mine_work *w, struct hidden *h, size_t most, struct corpus_view *view, struct map64 *gold)
{
	size_t n = h->pairs.n < most ? h->pairs.n : most, third = n / 3;
	struct map64 source_at = { 0 };

	if (h->pairs.n)
		qsort(h->pairs.v, h->pairs.n, sizeof *h->pairs.v, compare_order);
	for (size_t i = 0; i < 2 * third; i++) {
		bool made;

		if (i < third)
			*map64_at(&source_at, h->pairs.v[i].record, &made) = i;
		pile_put(&w->source, &h->pairs.v[i], h->pairs.v[i].source, view);
	}
	for (size_t i = 0; i < third && 2 * third + i < n; i++)
		h->pairs.v[third + i] = h->pairs.v[2 * third + i];
	if (third)
		qsort(h->pairs.v, 2 * third, sizeof *h->pairs.v, compare_target);
	for (size_t i = 0; i < 2 * third; i++) {
		uint64_t *x = map64_find(&source_at, h->pairs.v[i].record);
		bool made;

		if (x)
			*map64_at(gold, *x << 32 | i, &made) = 1;
		pile_put(&w->target, &h->pairs.v[i], h->pairs.v[i].target, view);
	}
	map64_free(&source_at);
}

int mine_work_hidden(struct mine_work *w, struct mine_score *score, const struct mine_wish *wish, const char *corpus_name, size_t most,
		     struct store *s, struct job *job, struct error *err)
{
	struct hidden h = { .text = { 0 } };
	struct corpus_view *view = NULL;
	struct corpus corpus;
	struct map64 gold = { 0 };
	uint8_t langs[2] = { LANG_UNKNOWN, LANG_UNKNOWN };
	int rc = store_corpus_get(s, &corpus, corpus_name, err);

	*w = (struct mine_work){ 0 };
	if (rc == 0)
		rc = corpus_view_open(&view, s, corpus.id, err);
	if (rc == 0)
		rc = read_pairs(&h, view, s, langs, job, err);
	if (rc == 0) {
		w->source = (struct pile){ .name = xstrdup(corpus_name), .lang = langs[0] };
		w->target = (struct pile){ .name = xstrdup(corpus_name), .lang = langs[1] };
		deal(w, &h, most, view, &gold);
		rc = gold.n ? mine_work_on_piles(w, wish, job, err)
			    : error_set(err, TAMIS_ENOTFOUND, _("%s holds no pairs of sentences"), corpus_name);
	}
	if (rc == 0)
		mine_score_at(score, &w->mining, &gold, w->threshold);
	else
		mine_work_free(w);
	if (view)
		corpus_view_close(view);
	vec_free(&h.pairs);
	map64_free(&h.seen);
	map64_free(&gold);
	arena_free(&h.text);
	return rc;
}
