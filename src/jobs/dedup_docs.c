/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Texts of corpora, by number. */
#include "jobs/dedup_docs.h"

#include <math.h>

#include "base/i18n.h"

#define FACTS_AT_ONCE 16384u
#define RECORD_MAX ((size_t)256 << 20)

/* What a text is made of when there is no ROLE_TEXT, in this order. */
static const enum role content[] = { ROLE_SYSTEM, ROLE_INSTRUCTION, ROLE_INPUT, ROLE_RESPONSE, ROLE_MESSAGES,
				     ROLE_CHOSEN, ROLE_REJECTED,    ROLE_SOURCE, ROLE_TARGET };

struct doc_reader {
	struct dedup_docs *docs;
	struct store *store;
	const struct shape *shape;       /* of `scanner` */
	struct record_scanner *scanner;
	struct buf raw, text;
	struct record record;            /* of the last document read */
};

static int open_view(struct dedup_docs *d, struct store *s, const char *name, struct error *err)
{
	size_t i = d->n_views;
	int rc = store_corpus_get(s, &d->corpus[i], name, err);

	if (rc == 0)
		rc = corpus_view_open(&d->view[i], s, d->corpus[i].id, err);
	if (rc)
		return rc;
	d->n_views++;
	if (corpus_view_count(d->view[i]) > UINT32_MAX - 1 - d->start[i])
		return error_set(err, TAMIS_ELIMIT, _("more than four billion records at once; deduplicate in parts"));
	d->start[i + 1] = d->start[i] + (uint32_t)corpus_view_count(d->view[i]);
	return 0;
}

static int read_facts(struct dedup_docs *d, struct store *s, size_t view, const struct map128 *verdicts, struct error *err)
{
	struct record_fact *fact = xreallocarray(NULL, FACTS_AT_ONCE, sizeof *fact);
	uint64_t count = d->start[view + 1] - d->start[view];
	int rc = 0;

	for (uint64_t from = 0; from < count && rc == 0; from += FACTS_AT_ONCE) {
		size_t n = count - from < FACTS_AT_ONCE ? (size_t)(count - from) : FACTS_AT_ONCE;

		rc = corpus_view_facts(d->view[view], s, from, n, fact, err);
		for (size_t i = 0; i < n && rc == 0; i++) {
			uint32_t doc = d->start[view] + (uint32_t)(from + i);
			const uint64_t *verdict = map128_find(verdicts, &fact[i].key);

			d->key[doc] = fact[i].key;
			d->source[doc] = (uint32_t)item_ref_source(corpus_view_ref(d->view[view], from + i));
			d->trait[doc] = (struct dedup_trait){ .source_rank = (uint32_t)view, .score = fact[i].score };
			if (verdict && *verdict == VERDICT_ACCEPT)
				d->trait[doc].label = 1;
			if (verdict && *verdict == VERDICT_REJECT)
				d->trait[doc].label = -1;
		}
	}
	free(fact);
	return rc;
}

int dedup_docs_open(struct dedup_docs *d, struct store *s, const char *const *corpora, size_t n, struct error *err)
{
	struct map128 verdicts = { 0 };
	int rc;

	*d = (struct dedup_docs){ .ws = store_workspace(s) };
	d->view = xcalloc(n, sizeof *d->view);
	d->corpus = xcalloc(n, sizeof *d->corpus);
	d->start = xcalloc(n + 1, sizeof *d->start);
	rc = store_verdict_map(s, &verdicts, err);
	for (size_t i = 0; i < n && rc == 0; i++)
		rc = open_view(d, s, corpora[i], err);
	if (rc == 0) {
		d->n = d->start[n];
		d->key = xcalloc((size_t)d->n + 1, sizeof *d->key);
		d->trait = xcalloc((size_t)d->n + 1, sizeof *d->trait);
		d->source = xcalloc((size_t)d->n + 1, sizeof *d->source);
	}
	for (size_t i = 0; i < n && rc == 0; i++)
		rc = read_facts(d, s, i, &verdicts, err);
	map128_free(&verdicts);
	if (rc)
		dedup_docs_close(d);
	return rc;
}

void dedup_docs_close(struct dedup_docs *d)
{
	for (size_t i = 0; i < d->n_views; i++)
		corpus_view_close(d->view[i]);
	free(d->view);
	free(d->corpus);
	free(d->start);
	free(d->key);
	free(d->trait);
	free(d->source);
	*d = (struct dedup_docs){ 0 };
}

size_t dedup_docs_view(const struct dedup_docs *d, uint32_t doc)
{
	size_t i = 0;

	while (doc >= d->start[i + 1])
		i++;
	return i;
}

item_ref dedup_docs_ref(const struct dedup_docs *d, uint32_t doc)
{
	size_t view = dedup_docs_view(d, doc);

	return corpus_view_ref(d->view[view], doc - d->start[view]);
}

/* ---- reading ---- */

static void *reader_open(void *ctx, struct error *err)
{
	struct dedup_docs *d = ctx;
	struct doc_reader *r = xcalloc(1, sizeof *r);

	r->docs = d;
	buf_init(&r->raw);
	buf_init(&r->text);
	if (store_open(&r->store, d->ws, err) == 0)
		return r;
	free(r);
	return NULL;
}

static void reader_close(void *ctx, void *reader)
{
	struct doc_reader *r = reader;

	(void)ctx;
	record_scanner_free(r->scanner);
	store_close(r->store);
	buf_free(&r->raw);
	buf_free(&r->text);
	free(r);
}

/* Sources of one folder mostly have the same shape: a scanner is kept for as long as it does. */
static void use_shape(struct doc_reader *r, const struct shape *shape)
{
	if (r->scanner && (shape == r->shape || memcmp(shape, r->shape, sizeof *shape) == 0))
		return;
	record_scanner_free(r->scanner);
	r->scanner = record_scanner_new(shape);
	r->shape = shape;
}

static int read_record(struct doc_reader *r, uint32_t doc, struct error *err)
{
	struct dedup_docs *d = r->docs;
	size_t view = dedup_docs_view(d, doc);
	uint64_t i = doc - d->start[view];
	struct record_fault fault;
	int rc;

	buf_clear(&r->raw);
	rc = corpus_view_read(d->view[view], r->store, i, 0, RECORD_MAX, &r->raw, err);
	if (rc)
		return rc;
	use_shape(r, &corpus_view_source(d->view[view], corpus_view_ref(d->view[view], i))->shape);
	rc = record_texts(r->scanner, buf_span(&r->raw), &r->record, &fault);
	if (rc) {
		char ref[32];

		item_ref_format(ref, dedup_docs_ref(d, doc));
		error_set(err, rc, _("record %s: %s at byte %zu"), ref, _(fault.reason), fault.at);
	}
	return rc;
}

static int read_text(void *ctx, void *reader, uint32_t doc, struct span *text, struct error *err)
{
	struct doc_reader *r = reader;
	const struct field *f;
	int rc = read_record(r, doc, err);

	(void)ctx;
	if (rc)
		return rc;
	f = record_field(&r->record, ROLE_TEXT);
	if (f) {
		*text = f->value;
		return 0;
	}
	buf_clear(&r->text);
	for (size_t i = 0; i < sizeof content / sizeof *content; i++) {
		struct span value = record_value(&r->record, content[i]);

		if (value.len == 0)
			continue;
		if (r->text.len)
			buf_addc(&r->text, '\n');
		buf_addspan(&r->text, value);
	}
	*text = buf_span(&r->text);
	return 0;
}

static struct hash128 read_key(void *ctx, uint32_t doc)
{
	const struct dedup_docs *d = ctx;

	return d->key[doc];
}

void dedup_docs_source(struct dedup_source *out, struct dedup_docs *d)
{
	*out = (struct dedup_source){ .n = d->n, .ctx = d, .reader_open = reader_open, .reader_close = reader_close,
				      .text = read_text, .key = read_key };
}

int dedup_docs_name(struct buf *out, struct dedup_docs *d, void *reader, uint32_t doc, struct error *err)
{
	struct doc_reader *r = reader;
	item_ref ref = dedup_docs_ref(d, doc);
	const struct source *source = corpus_view_source(d->view[dedup_docs_view(d, doc)], ref);
	struct span id;
	const char *slash;
	int rc = read_record(r, doc, err);

	buf_clear(out);
	if (rc)
		return rc;
	id = record_value(&r->record, ROLE_ID);
	if (id.len) {
		buf_addspan(out, id);
		return 0;
	}
	if (source->records == 1) { /* a file that is one document: its path says most */
		buf_adds(out, source->path);
		return 0;
	}
	slash = strrchr(source->path, '/');
	buf_addf(out, "%s:%llu", slash ? slash + 1 : source->path, (unsigned long long)item_ref_number(ref) + 1);
	return 0;
}

int dedup_docs_cluster(struct buf *out, struct dedup_docs *d, void *reader, uint32_t doc, struct error *err)
{
	struct doc_reader *r = reader;
	int rc = read_record(r, doc, err);

	(void)d;
	buf_clear(out);
	if (rc == 0)
		buf_addspan(out, record_value(&r->record, ROLE_CLUSTER));
	return rc;
}
