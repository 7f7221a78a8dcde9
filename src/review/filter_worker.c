/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A filter on a slice of records: first everything the index can tell, for all of them; then the bytes of those that are left,
 * read in few large pieces.  What a pattern needs is looked for in the bytes of such a piece as they stand, through all its records
 * at once, before anything is decoded, where that can only err on the safe side (pattern_needle, pattern_raw_safe). */
#include "review/filter_worker.h"

#include <unistd.h>

#include "base/fs.h"
#include "base/i18n.h"
#include "text/langid.h"

#define READ_PIECE ((uint64_t)1024 * 1024)
#define READ_GAP ((uint64_t)64 * 1024)    /* reading on through records that don't matter is cheaper than another read */
#define KEEP_BUFFER ((size_t)8 * 1024 * 1024)

int worker_new(struct worker **out, const struct filter *f, struct workspace *ws, struct error *err)
{
	struct worker *w = xcalloc(1, sizeof *w);
	int rc = store_open(&w->store, ws, err);

	*out = NULL;
	if (rc < 0) {
		free(w);
		return rc;
	}
	w->filter = f;
	w->items = item_source_new(w->store);
	item_init(&w->item);
	w->matchers = term_matchers(f);
	w->fd = -1;
	buf_init(&w->raw);
	buf_init(&w->scratch);
	w->facts = xcalloc(WORKER_SLICE, sizeof *w->facts);
	w->places = xcalloc(WORKER_SLICE, sizeof *w->places);
	w->alive = xcalloc(WORKER_SLICE, sizeof *w->alive);
	w->next_place = xcalloc(f->terms.n + 1, sizeof(*w->next_place));
	w->alone = xcalloc(f->terms.n + 1, sizeof *w->alone);
	*out = w;
	return 0;
}

static void leave_source(struct worker *w)
{
	record_scanner_free(w->scanner);
	w->scanner = NULL;
	if (w->fd >= 0)
		close(w->fd);
	w->fd = -1;
	w->source = 0;
}

void worker_free(struct worker *w)
{
	if (!w)
		return;
	leave_source(w);
	item_free(&w->item);
	item_source_free(w->items);
	term_matchers_free(w->filter, w->matchers);
	arena_free(&w->arena);
	buf_free(&w->raw);
	buf_free(&w->scratch);
	free(w->facts);
	free(w->places);
	free(w->alive);
	free(w->next_place);
	free(w->alone);
	store_close(w->store);
	free(w);
}

/* ---- by the index ---- */

static bool needs(const struct filter *f, enum term_class from, enum term_class to)
{
	vec_each(&f->terms, i)
		if (f->terms.v[i].class >= from && f->terms.v[i].class <= to)
			return true;
	return false;
}

/* Terms up to the verdict's look-up; `*state` was loaded when a term needs it. */
static int index_holds(struct worker *w, struct subject *s, const struct record_fact *fact, bool *holds, struct error *err)
{
	const struct filter *f = w->filter;
	struct verdict_state state = { 0 };
	bool loaded = false;
	int rc = 0;

	for (size_t i = 0; i < f->terms.n && *holds && rc == 0 && f->terms.v[i].class < TERM_ID; i++) {
		const struct term *t = &f->terms.v[i];

		if (t->class >= TERM_REASON && !loaded) {
			rc = store_verdict_get(w->store, &state, &fact->key, err);
			rc = rc == TAMIS_ENOTFOUND ? 0 : rc;
			s->state = &state;
			loaded = true;
		}
		if (rc == 0)
			*holds = term_holds(t, w->matchers[i], s, &w->scratch);
	}
	verdict_state_free(&state);
	return rc;
}

static const char *corpus_name(const struct worker *w, int64_t corpus)
{
	for (size_t i = 0; i < w->n_corpora; i++)
		if (w->corpora[i].id == corpus)
			return w->corpora[i].name;
	return "";
}

static int try_index(struct worker *w, struct corpus_view *view, uint64_t from, size_t n, struct error *err)
{
	const char *corpus = corpus_name(w, corpus_view_corpus(view));
	bool facts = needs(w->filter, TERM_LANG, TERM_ANNOTATOR);
	int rc = facts ? corpus_view_facts(view, w->store, from, n, w->facts, err) : 0;

	for (size_t i = 0; i < n && rc == 0; i++) {
		item_ref ref = corpus_view_ref(view, from + i);
		const struct shape *shape = &corpus_view_source(view, ref)->shape;
		struct subject s = { .ref = ref, .kind = shape->kind, .corpus = corpus };

		w->alive[i] = true;
		if (facts) {
			const uint64_t *verdict = map128_find(w->verdicts, &w->facts[i].key);

			s.lang = w->facts[i].lang;
			s.target_lang = shape->kind == KIND_BITEXT ? lang_from_code(span_of(shape->target_lang)) : LANG_UNKNOWN;
			s.score = (double)w->facts[i].score;
			s.bytes = w->facts[i].text_bytes;
			s.verdict = verdict ? (enum verdict)*verdict : VERDICT_NONE;
		}
		rc = index_holds(w, &s, &w->facts[i], &w->alive[i], err);
	}
	return rc;
}

/* ---- by the text ---- */

static int enter_source(struct worker *w, struct corpus_view *view, item_ref ref, uint64_t i, struct error *err)
{
	struct buf first = BUF_INIT;
	int rc;

	if (w->source == item_ref_source(ref))
		return 0;
	leave_source(w);
	rc = corpus_view_read(view, w->store, i, 0, 1, &first, err); /* sees whether the file is still the one indexed */
	buf_free(&first);
	if (rc < 0)
		return rc;
	w->source = item_ref_source(ref);
	w->shape = &corpus_view_source(view, ref)->shape;
	w->scanner = record_scanner_new(w->shape);
	w->fd = corpus_view_source_fd(view, w->store, w->source);
	return 0;
}

/* Escaped only the way JSON escapes, or not at all. */
static bool escapes_like_json(enum format f)
{
	return f == FORMAT_JSONL || f == FORMAT_JSON || f == FORMAT_CSV || f == FORMAT_TEXT;
}

static bool has_unicode_escape(struct span s)
{
	const char *p = s.p, *end = s.p + s.len;

	while (p < end && (p = memchr(p, '\\', (size_t)(end - p))) && p + 1 < end) {
		if (p[1] == 'u')
			return true;
		p += 2;
	}
	return false;
}

/* The next place in [from, end) of the bytes read that may be part of a match; `end` when there is none.  NULL: too much work. */
static const char *find_place(struct worker *w, size_t term, const char *from, const char *end)
{
	const struct pattern *p = w->filter->terms.v[term].pattern;
	struct span needle = pattern_needle(p);
	size_t start, stop;
	const char *at;
	int rc;

	if (needle.len > 0) {
		at = memmem(from, (size_t)(end - from), needle.p, needle.len);
		return at ? at : end;
	}
	rc = matcher_find(w->matchers[term], span_make(from, (size_t)(end - from)), 0, &start, &stop);
	return rc < 0 ? NULL : rc > 0 ? from + start : end;
}

/* True when nothing of what the pattern needs begins in the record. */
static bool lacks(struct worker *w, size_t term, struct span raw)
{
	const char *end = w->raw.p + w->raw.len, *at = w->next_place[term];

	if (w->alone[term])
		return find_place(w, term, raw.p, raw.p + raw.len) == raw.p + raw.len;
	if (at == NULL || at < raw.p)
		at = w->next_place[term] = find_place(w, term, raw.p, end);
	if (at)
		return at >= raw.p + raw.len;
	w->alone[term] = true;
	return false;
}

/* True when the undecoded bytes already show that some term can't hold. */
static bool ruled_out(struct worker *w, struct span raw)
{
	const struct filter *f = w->filter;

	if (!escapes_like_json(w->shape->format))
		return false;
	vec_each(&f->terms, i) {
		const struct term *t = &f->terms.v[i];

		if (t->class < TERM_ROLE || (t->class == TERM_ROLE && is_language_role(t->role)) || t->negated || !t->pattern)
			continue;
		if (!pattern_raw_safe(t->pattern) && pattern_needle(t->pattern).len == 0)
			continue;
		if (lacks(w, i, raw) && !has_unicode_escape(raw))
			return true;
	}
	return false;
}

/* Other bytes are in the buffer. */
static void new_piece(struct worker *w)
{
	vec_each(&w->filter->terms, i) {
		w->next_place[i] = NULL;
		w->alone[i] = false;
	}
}

/* Metadata, and a pair's languages (which may be the file's), come with the whole record only. */
static bool needs_whole(const struct filter *f)
{
	vec_each(&f->terms, i)
		if (f->terms.v[i].class == TERM_ROLE && is_language_role(f->terms.v[i].role))
			return true;
	return needs(f, TERM_META, TERM_META);
}

static bool try_text(struct worker *w, item_ref ref, struct span raw, bool whole)
{
	const struct filter *f = w->filter;
	struct field beginning = { .role = ROLE_TEXT, .value = raw };
	struct record record = { .kind = w->shape->kind, .raw = raw, .fields = &beginning, .n_fields = 1 };
	struct subject s = { .ref = ref, .record = &record };
	struct record_fault fault;
	bool holds = true;
	int rc = 0;

	if (whole && ruled_out(w, raw))
		return false;
	arena_clear(&w->arena);
	if (whole && needs_whole(f))
		rc = record_parse(&record, w->shape, raw, &w->arena, NULL);
	else if (whole)
		rc = record_texts(w->scanner, raw, &record, &fault);
	if (rc < 0)
		return false;
	for (size_t i = 0; i < f->terms.n && holds; i++)
		if (f->terms.v[i].class >= TERM_ID)
			holds = term_holds(&f->terms.v[i], w->matchers[i], &s, &w->scratch);
	return holds;
}

/* Records that don't lie in a file, or are large: one at a time. */
static int read_one(struct worker *w, struct corpus_view *view, uint64_t from, size_t i, struct error *err)
{
	const struct record_place *p = &w->places[i];
	int rc;

	buf_clear(&w->raw);
	rc = corpus_view_read(view, w->store, from + i, 0, ITEM_WHOLE_LIMIT, &w->raw, err);
	if (rc < 0)
		return rc;
	new_piece(w);
	w->alive[i] = try_text(w, p->ref, buf_span(&w->raw), p->len <= ITEM_WHOLE_LIMIT);
	if (w->raw.cap > KEEP_BUFFER)
		buf_free(&w->raw);
	return 0;
}

/* The last record of a piece that begins with record `first` and can be read at once. */
static size_t piece_end(const struct worker *w, size_t first, size_t n)
{
	uint64_t start = w->places[first].at, end = start + w->places[first].len;
	size_t last = first;

	for (size_t i = first + 1; i < n; i++) {
		const struct record_place *p = &w->places[i];

		if (item_ref_source(p->ref) != w->source || p->at < end || p->at + p->len - start > READ_PIECE ||
		    p->at - end > READ_GAP)
			break;
		if (w->alive[i]) {
			last = i;
			end = p->at + p->len;
		}
	}
	return last;
}

static int read_piece(struct worker *w, struct corpus_view *view, size_t first, size_t last, struct error *err)
{
	uint64_t start = w->places[first].at;
	size_t len = (size_t)(w->places[last].at + w->places[last].len - start);

	buf_clear(&w->raw);
	buf_reserve(&w->raw, len);
	if (fs_pread(w->fd, w->raw.p, len, start) != (ssize_t)len)
		return error_set(err, TAMIS_ECHANGED, _("%s is shorter than when it was imported; import it again"),
				 corpus_view_source(view, w->places[first].ref)->path);
	w->raw.len = len;
	new_piece(w);
	for (size_t i = first; i <= last; i++) {
		const struct record_place *p = &w->places[i];

		if (w->alive[i])
			w->alive[i] = try_text(w, p->ref, span_make(w->raw.p + (p->at - start), (size_t)p->len), true);
	}
	return 0;
}

static int try_texts(struct worker *w, struct corpus_view *view, uint64_t from, size_t n, const atomic_bool *cancel,
		     struct error *err)
{
	int rc = corpus_view_places(view, w->store, from, n, w->places, err);

	for (size_t i = 0; i < n && rc == 0; i++) {
		size_t last = i;

		if (!w->alive[i])
			continue;
		if (cancel && *cancel)
			return error_set(err, TAMIS_ECANCEL, _("stopped"));
		rc = enter_source(w, view, w->places[i].ref, from + i, err);
		if (rc < 0)
			break;
		if (w->fd < 0 || w->places[i].len > READ_PIECE) {
			rc = read_one(w, view, from, i, err);
			continue;
		}
		last = piece_end(w, i, n);
		rc = read_piece(w, view, i, last, err);
		i = last;
	}
	return rc;
}

int worker_records(struct worker *w, struct corpus_view *view, uint64_t from, uint64_t n, const atomic_bool *cancel,
		   index_list *hits, struct error *err)
{
	int rc = 0;

	for (uint64_t end = from + n; from < end && rc == 0; from += WORKER_SLICE) {
		size_t slice = end - from < WORKER_SLICE ? (size_t)(end - from) : WORKER_SLICE;

		rc = try_index(w, view, from, slice, err);
		if (rc == 0 && filter_needs_text(w->filter))
			rc = try_texts(w, view, from, slice, cancel, err);
		for (size_t i = 0; i < slice && rc == 0; i++)
			if (w->alive[i])
				vec_push(hits, from + i);
	}
	return rc;
}

int worker_item(struct worker *w, item_ref ref, bool *holds, struct error *err)
{
	struct subject s;
	int rc = item_load(&w->item, w->items, ref, err);

	if (rc < 0)
		return rc;
	item_subject(&s, &w->item);
	*holds = terms_hold(w->filter, w->matchers, &s, &w->scratch);
	return 0;
}
