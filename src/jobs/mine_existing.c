/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A bitext that exists already, taken apart so that its pairs can be scored like mined ones.  A sentence that stands there many
 * times becomes one: its copies would be each other's rivals, and no margin would be left. */
#include <stdlib.h>

#include "base/i18n.h"
#include "base/map.h"
#include "jobs/mine.h"
#include "text/langid.h"

enum { RECORD_BYTES = 1 << 20, SIDE_MOST = 1 << 30 };

struct existing {
	struct mine_work *work;
	struct map128 seen[2];    /* sentence -> its number in the pile + 1 */
	struct corpus_view *view;
	uint8_t langs[2];         /* as the sources name them */
};

static uint32_t number_of(struct existing *e, int side, struct span text, uint64_t record)
{
	struct pile *p = side ? &e->work->target : &e->work->source;
	struct hash128 key = hash128(text.p, text.len);
	bool made;
	uint64_t *at = map128_at(&e->seen[side], &key, &made);

	if (made) {
		vec_push(&p->text, arena_span(&p->arena, text));
		vec_push(&p->sentences, (struct pile_sentence){ corpus_view_ref(e->view, record), (uint32_t)record, (uint32_t)record });
		*at = p->text.n;
	}
	return (uint32_t)(*at - 1);
}

static void add_pair(struct existing *e, struct span source, struct span target, uint64_t record)
{
	struct mine_work *w = e->work;
	uint32_t x, y;

	source = span_trim(source);
	target = span_trim(target);
	if (!source.len || !target.len) {
		w->source.left_out[CLEAN_SHORT]++;
		return;
	}
	x = number_of(e, 0, source, record);
	y = number_of(e, 1, target, record);
	vec_push(&w->given, (uint64_t)x << 32 | y);
}

static int read_record(struct existing *e, struct store *s, uint64_t i, struct buf *bytes, struct error *err)
{
	const struct source *source = corpus_view_source(e->view, corpus_view_ref(e->view, i));
	struct arena arena = { 0 };
	struct record r;
	int rc;

	buf_clear(bytes);
	rc = corpus_view_read(e->view, s, i, 0, RECORD_BYTES, bytes, err);
	if (rc == 0 && record_parse(&r, &source->shape, buf_span(bytes), &arena, NULL) == 0) {
		add_pair(e, record_value(&r, ROLE_SOURCE), record_value(&r, ROLE_TARGET), i);
		e->langs[0] = lang_from_code(span_of(source->shape.source_lang));
		e->langs[1] = lang_from_code(span_of(source->shape.target_lang));
	}
	arena_free(&arena);
	return rc;
}

static int read_records(struct existing *e, struct store *s, struct job *job, struct error *err)
{
	struct buf bytes = BUF_INIT;
	uint64_t n = corpus_view_count(e->view);
	int rc = 0;

	for (uint64_t i = 0; i < n && rc == 0; i++) {
		if (i % 256 == 0 && job_cancelled(job))
			rc = error_set(err, TAMIS_ECANCEL, _("mining was cancelled"));
		else if (e->work->given.n >= SIDE_MOST)
			rc = error_set(err, TAMIS_ELIMIT, _("the corpus holds more pairs than can be scored at once"));
		else
			rc = read_record(e, s, i, &bytes, err);
	}
	buf_free(&bytes);
	return rc;
}

static int by_number(const void *a, const void *b)
{
	const uint64_t *p = a, *q = b;

	return (*p > *q) - (*p < *q);
}

static void order_pairs(struct mine_work *w)
{
	size_t kept = 0;

	qsort(w->given.v, w->given.n, sizeof *w->given.v, by_number);
	vec_each(&w->given, i)
		if (!kept || w->given.v[i] != w->given.v[kept - 1])
			w->given.v[kept++] = w->given.v[i];
	w->repeated = w->given.n - kept;
	w->given.n = kept;
}

/* The language asked for, else the one the file names, else a guess from a thousand sentences. */
static uint8_t language_of(const struct pile *p, const char *wanted, uint8_t named)
{
	struct buf sample = BUF_INIT;
	uint8_t lang = wanted ? lang_from_code(span_of(wanted)) : named;

	for (size_t i = 0; i < p->text.n && i < 1000 && lang == LANG_UNKNOWN; i++) {
		buf_addspan(&sample, p->text.v[i]);
		buf_addc(&sample, '\n');
	}
	if (lang == LANG_UNKNOWN)
		lang = lang_guess(buf_span(&sample), NULL);
	buf_free(&sample);
	return lang;
}

static void close_piles(struct mine_work *w, const struct mine_wish *wish, const struct existing *e)
{
	struct pile *piles[2] = { &w->source, &w->target };
	const char *wanted[2] = { wish->source_lang, wish->target_lang };

	for (int side = 0; side < 2; side++) {
		struct pile *p = piles[side];
		struct buf all = BUF_INIT;

		p->name = xstrdup(wish->source);
		p->lang = language_of(p, wanted[side], e->langs[side]);
		p->documents = corpus_view_count(e->view);
		vec_each(&p->text, i) {
			struct hash128 h = hash128(p->text.v[i].p, p->text.v[i].len);

			buf_add(&all, h.b, sizeof h.b);
		}
		p->hash = hash128(all.p, all.len);
		buf_free(&all);
	}
}

int mine_work_existing(struct mine_work *w, const struct mine_wish *wish, struct store *s, struct job *job, struct error *err)
{
	struct existing e = { .work = w, .langs = { LANG_UNKNOWN, LANG_UNKNOWN } };
	struct corpus corpus;
	int rc = store_corpus_get(s, &corpus, wish->source, err);

	if (rc == 0)
		rc = corpus_view_open(&e.view, s, corpus.id, err);
	if (rc == 0)
		rc = read_records(&e, s, job, err);
	if (rc == 0 && !w->given.n)
		rc = error_set(err, TAMIS_ENOTFOUND, _("%s holds no pairs of sentences"), wish->source);
	if (rc == 0) {
		order_pairs(w);
		close_piles(w, wish, &e);
	}
	if (e.view)
		corpus_view_close(e.view);
	map128_free(&e.seen[0]);
	map128_free(&e.seen[1]);
	return rc;
}
