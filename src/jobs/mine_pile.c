/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From a corpus or a file to a pile of sentences. */
#include "jobs/mine_pile.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/i18n.h"
#include "base/utf8.h"
#include "formats/reader.h"
#include "instruct/plain_text.h"
#include "text/langid.h"
#include "text/segment.h"

#define MIXED_SHARE .1 /* of a second language that is there on purpose */

enum { RECORD_BYTES = 64 << 20, LANGUAGE_SAMPLES = 2000, SENTENCES_MOST = 1 << 30 };

/* Sentences of whole records, before the language of the pile is known. */
struct loading {
	struct pile *pile;
	const struct pile_wish *wish;
	struct store *store;
	struct job *job;
	struct segmenter *segmenter; /* for `lang`; NULL before the first document */
	uint8_t lang;
	struct sentence_ranges ranges;
	struct buf plain; /* a document without its markup */
};

/* `text` lives in the pile's arena. */
static void add_sentence(struct loading *l, struct span text, item_ref document, uint32_t index)
{
	struct pile *p = l->pile;

	vec_push(&p->text, text);
	vec_push(&p->sentences, (struct pile_sentence){ document, index, (uint32_t)p->documents });
}

static void add_lines(struct loading *l, struct span text, item_ref document)
{
	for (uint32_t index = 0; text.len; index++)
		add_sentence(l, arena_span(&l->pile->arena, span_line(&text)), document, index);
}

/* The segmenter of the document's language: the one asked for, else a guess. */
static int choose_segmenter(struct loading *l, struct span text, struct error *err)
{
	uint8_t lang = l->pile->lang != LANG_UNKNOWN ? l->pile->lang : lang_guess(text, NULL);

	if (l->segmenter && lang == l->lang)
		return 0;
	segmenter_close(l->segmenter);
	l->lang = lang;
	return segmenter_open(&l->segmenter, lang, err);
}

/* Lines as they are, or the sentences of what a person reads of the document. */
static int add_document(struct loading *l, struct span text, item_ref document, bool lines, struct error *err)
{
	int rc;

	if (!lines && plain_text_of(&l->plain, text))
		text = buf_span(&l->plain);
	rc = lines ? 0 : choose_segmenter(l, text, err);
	if (lines) {
		add_lines(l, text, document);
	} else if (rc == 0) {
		vec_clear(&l->ranges.ranges);
		segment(l->segmenter, &l->ranges, text);
		vec_each(&l->ranges.ranges, i) {
			struct sentence_range r = l->ranges.ranges.v[i];

			add_sentence(l, sentence_line(&l->pile->arena, span_make(text.p + r.at, r.len)), document, (uint32_t)i);
		}
	}
	l->pile->documents++;
	return rc;
}

/* ---- a corpus ---- */

/* Text imported line by line is one sentence a line already, as in a file that was not imported. */
static bool is_by_line(const struct shape *shape)
{
	return shape->format == FORMAT_TEXT && shape->split == SPLIT_LINE;
}

static int read_record(struct loading *l, struct corpus_view *view, uint64_t i, struct buf *bytes, struct error *err)
{
	item_ref ref = corpus_view_ref(view, i);
	const struct source *source = corpus_view_source(view, ref);
	struct arena arena = { 0 };
	struct record record;
	int rc;

	buf_clear(bytes);
	rc = corpus_view_read(view, l->store, i, 0, RECORD_BYTES, bytes, err);
	if (rc == 0 && source && record_parse(&record, &source->shape, buf_span(bytes), &arena, NULL) == 0)
		rc = add_document(l, record_main_text(&record), ref, l->wish->lines || is_by_line(&source->shape), err);
	arena_free(&arena);
	return rc;
}

static int load_corpus(struct loading *l, const struct corpus *corpus, struct error *err)
{
	struct corpus_view *view = NULL;
	struct buf bytes = BUF_INIT;
	int rc = corpus_view_open(&view, l->store, corpus->id, err);
	uint64_t n = rc ? 0 : corpus_view_count(view);

	for (uint64_t i = 0; i < n && rc == 0 && l->pile->text.n < SENTENCES_MOST; i++) {
		if (i % 64 == 0) {
			job_progress(l->job, i, n);
			if (job_cancelled(l->job))
				rc = error_set(err, TAMIS_ECANCEL, _("mining was cancelled"));
		}
		if (rc == 0)
			rc = read_record(l, view, i, &bytes, err);
	}
	if (view)
		corpus_view_close(view);
	buf_free(&bytes);
	return rc;
}

/* ---- a file ---- */

static int read_framed(struct loading *l, const struct shape *shape, struct stream *stream, struct error *err)
{
	struct framer *framer = framer_new(shape, 0, 1, RECORD_BYTES);
	struct framed f;
	int rc = 0;

	while (!job_cancelled(l->job) && (rc = framer_next(framer, stream, &f, err)) > 0) {
		struct arena arena = { 0 };
		struct record record;

		if (f.bytes.p && record_parse(&record, shape, f.bytes, &arena, NULL) == 0)
			rc = add_document(l, record_main_text(&record), ITEM_REF_NONE, l->wish->lines, err);
		arena_free(&arena);
		if (rc < 0)
			break;
	}
	framer_free(framer);
	if (rc == 0 && job_cancelled(l->job))
		return error_set(err, TAMIS_ECANCEL, _("mining was cancelled"));
	return rc;
}

/* Lines that are not UTF-8 become blank, and are counted; a file of them is refused. */
static int blank_malformed(struct loading *l, struct span text, struct error *err)
{
	size_t bad, lines = 0, malformed = 0, first = 0;

	if (utf8_valid(text, &bad))
		return 0;
	while (text.len) {
		struct span line = span_line(&text);

		lines++;
		if (utf8_valid(line, &bad))
			continue;
		malformed++;
		first = first ? first : lines;
		memset((char *)line.p, ' ', line.len);
	}
	if (malformed > 10 && malformed * 20 > lines)
		return error_set(err, TAMIS_EPARSE, _("%s:%zu is not UTF-8, and %zu more of %zu lines are not; convert the file, as with "
						      "iconv -f latin1 -t utf8"),
				 l->wish->name, first, malformed - 1, lines);
	if (malformed == lines)
		return error_set(err, TAMIS_EPARSE, _("%s:%zu is not UTF-8; convert the file, as with iconv -f latin1 -t utf8"), l->wish->name, first);
	l->pile->left_out[CLEAN_ENCODING] += malformed;
	return 0;
}

/* Every line is a sentence, blank ones too: others count lines. */
static int read_lines(struct loading *l, struct stream *stream, struct error *err)
{
	struct buf text = BUF_INIT;
	ssize_t n;
	int rc;

	for (;;) {
		buf_reserve(&text, 1 << 20);
		n = stream_read(stream, text.p + text.len, 1 << 20, err);
		if (n <= 0)
			break;
		text.len += (size_t)n;
		text.p[text.len] = '\0';
	}
	rc = n < 0 ? (int)n : blank_malformed(l, buf_span(&text), err);
	if (rc == 0)
		add_lines(l, buf_span(&text), ITEM_REF_NONE);
	l->pile->documents = 1;
	buf_free(&text);
	return rc;
}

static int load_file(struct loading *l, struct error *err)
{
	struct shape shape;
	struct stream *stream = NULL;
	int rc = shape_recognise(&shape, l->wish->name, &(struct shape_wish){ .split = "line" }, err);

	if (rc == 0)
		rc = stream_open(&stream, &shape, l->wish->name, NULL, 0, err);
	if (rc == 0)
		rc = shape.format == FORMAT_TEXT ? read_lines(l, stream, err) : read_framed(l, &shape, stream, err);
	if (stream)
		stream_close(stream);
	return rc;
}

/* ---- language and cleaning ---- */

/* What most of a sample of the sentences are written in, and what the most of the others. */
static void guess_languages(struct pile *p)
{
	double votes[256] = { 0 }, all = 0;
	size_t step = p->text.n / LANGUAGE_SAMPLES + 1;
	uint8_t best = LANG_UNKNOWN, second = LANG_UNKNOWN;

	for (size_t i = 0; i < p->text.n; i += step) {
		float sure;
		uint8_t lang = lang_guess(p->text.v[i], &sure);
		double vote = (double)sure * (double)(p->text.v[i].len < 200 ? p->text.v[i].len : 200);

		if (lang != LANG_UNKNOWN)
			votes[lang] += vote;
		all += vote;
	}
	for (unsigned lang = 1; lang < 256; lang++)
		if (votes[lang] > votes[best])
			best = (uint8_t)lang;
	for (unsigned lang = 1; lang < 256; lang++)
		if (lang != best && votes[lang] > votes[second])
			second = (uint8_t)lang;
	p->lang = best;
	p->second = second;
	p->second_share = all > 0 ? votes[second] / all : 0;
}

bool piles_tell_apart(struct pile *a, struct pile *b)
{
	struct pile *mixed = a->second_share >= b->second_share ? a : b;

	if (a->lang != b->lang || mixed->second == LANG_UNKNOWN || mixed->second_share < MIXED_SHARE)
		return a->lang != b->lang;
	mixed->lang = mixed->second;
	return true;
}

static void clean(struct pile *p, bool keep_all)
{
	struct cleaner c;
	size_t kept = 0;
	struct hash128_state *h = hash128_new();

	cleaner_init(&c, p->lang, true);
	vec_each(&p->text, i) {
		if (!keep_all && clean_sentence(&c, p->text.v[i]) != CLEAN_OK)
			continue;
		p->text.v[kept] = p->text.v[i];
		p->sentences.v[kept++] = p->sentences.v[i];
		hash128_update(h, p->text.v[i].p, p->text.v[i].len);
		hash128_update(h, "\n", 1);
	}
	p->text.n = p->sentences.n = kept;
	for (int r = 0; r < CLEAN_REASONS; r++)
		p->left_out[r] += c.counts[r];
	if (!keep_all) /* they are blank now, and were counted as such */
		p->left_out[CLEAN_SHORT] -= p->left_out[CLEAN_ENCODING];
	p->hash = hash128_end(h);
	hash128_free(h);
	cleaner_free(&c);
}

bool pile_left_out(struct buf *out, const struct pile *p)
{
	bool any = false;

	for (int r = CLEAN_OK + 1; r < CLEAN_REASONS; r++)
		if (p->left_out[r]) {
			buf_addf(out, "%s%s %llu", any ? _(", ") : "", _(clean_reason_text((enum clean_reason)r)),
				 (unsigned long long)p->left_out[r]);
			any = true;
		}
	return any;
}

bool pile_is_foreign(const struct pile *p)
{
	uint64_t all = p->text.n;

	for (int r = CLEAN_OK + 1; r < CLEAN_REASONS; r++)
		all += p->left_out[r];
	return 2 * p->left_out[CLEAN_OTHER_LANGUAGE] > all;
}

static int refuse_empty(const struct pile *p, struct error *err)
{
	struct buf why = BUF_INIT;
	int rc;

	if (pile_left_out(&why, p))
		rc = error_set(err, TAMIS_EUSAGE, _("%s holds no sentences to mine from as %s; all were left out: %s"), p->name,
			       lang_code(p->lang), why.p);
	else
		rc = error_set(err, TAMIS_EUSAGE, _("%s holds no sentences to mine from: it has no text"), p->name);
	buf_free(&why);
	return rc;
}

int pile_load(struct pile *out, struct store *s, const struct pile_wish *wish, struct job *job, struct error *err)
{
	struct loading l = { .pile = out, .wish = wish, .store = s, .job = job, .plain = BUF_INIT };
	struct corpus corpus;
	int rc;

	*out = (struct pile){ .name = xstrdup(wish->name) };
	out->lang = wish->lang ? lang_from_code(span_of(wish->lang)) : LANG_UNKNOWN;
	if (wish->lang && out->lang == LANG_UNKNOWN)
		rc = error_set(err, TAMIS_EUSAGE, _("“%s” is no language code this program knows"), wish->lang);
	else
		rc = 0;
	if (rc == 0 && store_corpus_get(s, &corpus, wish->name, NULL) == 0) {
		rc = load_corpus(&l, &corpus, err);
	} else if (rc == 0) {
		out->of_file = true;
		rc = access(wish->name, R_OK) == 0 ? load_file(&l, err)
						   : error_set(err, TAMIS_ENOTFOUND, _("there is no corpus and no file “%s”"), wish->name);
	}
	segmenter_close(l.segmenter);
	vec_free(&l.ranges.ranges);
	buf_free(&l.plain);
	out->read = out->text.n;
	if (rc == 0 && out->lang == LANG_UNKNOWN)
		guess_languages(out);
	if (rc)
		pile_free(out);
	return rc;
}

int pile_clean(struct pile *p, bool keep_all, struct error *err)
{
	clean(p, keep_all);
	return p->text.n ? 0 : refuse_empty(p, err);
}

uint32_t pile_number(const struct pile *p, uint32_t sentence)
{
	const struct pile_sentence *s = &p->sentences.v[sentence];

	return p->documents > 1 ? s->record : s->index;
}

uint64_t pile_numbers(const struct pile *p)
{
	return p->documents > 1 ? p->documents : p->sentences.n;
}

size_t pile_bytes(const struct pile *p)
{
	return p->text.cap * sizeof *p->text.v + p->sentences.cap * sizeof *p->sentences.v + arena_bytes(&p->arena);
}

void pile_free(struct pile *p)
{
	free(p->name);
	vec_free(&p->text);
	vec_free(&p->sentences);
	arena_free(&p->arena);
	*p = (struct pile){ 0 };
}
