/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Indexing one source.
 *
 * Records are framed one after the other into a batch, whose bytes are copied so that slices of it can be scanned on
 * several threads; then the batch is committed in order: good records to the chunk, bad ones to the rejected list.  A chunk is
 * saved when it is full, when the first 64 records are there, and when the last save is a while ago.  Each save carries the
 * position after its last record, so a killed import goes on from there and ends with the same index. */
#include "jobs/import_scan.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/blocksum.h"
#include "base/clock.h"
#include "base/i18n.h"
#include "text/langid.h"

#define BATCH_RECORDS 4096
#define BATCH_BYTES ((size_t)2 * 1024 * 1024)
#define MEMORY_LIMIT ((size_t)4 * 1024 * 1024)  /* longer records are measured and hashed, not held */
#define LONGEST_RECORD ((uint64_t)4 << 30)
#define OFFSET_LIMIT ((uint64_t)1 << INDEX_OFFSET_BITS)
#define FIRST_RECORDS 64
#define SAVE_EVERY_US 250000
#define REJECTED_MAX 1000
#define SLICES 16

struct entry {
	uint64_t at, len, line;
	uint64_t next_at, next_line; /* where an import that stops after this record resumes */
	size_t offset;               /* of its bytes in the batch */
	bool held;
	int code;
	struct record_fault fault;
	struct record_fact fact;
};

struct scan_batch {
	struct buf bytes;
	struct entry entries[BATCH_RECORDS];
	size_t n;
	struct record_scanner *scanners[SLICES];
	size_t slices;
	struct index_chunk chunk;
	VEC(struct rejected) rejected;
	uint32_t published; /* records of the chunk that the view has */
	int64_t saved_us;
	uint8_t lang;
	/* Content of a source that is not in place, on its way to blocks. */
	struct import_scan *scan;
	const struct source *src;
	struct buf block;
	uint64_t block_number;
	bool block_dirty;
	/* Of this run over the source. */
	uint64_t n_rejected;
	uint64_t rejected_byte, rejected_end; /* where the last rejected record has its fault and where it ends */
};

struct scan_waiting {
	int64_t source;
	uint32_t from, to;
	uint64_t *place;   /* the chunk's, from its first record on */
	struct long_record *longs;
	size_t n_longs;
};

void import_scan_init(struct import_scan *scan)
{
	scan->batch = xcalloc(1, sizeof *scan->batch);
	buf_init(&scan->batch->bytes);
	buf_init(&scan->batch->block);
	scan->batch->scan = scan;
}

void import_scan_free(struct import_scan *scan)
{
	struct scan_batch *b = scan->batch;

	if (b == NULL)
		return;
	vec_free(&scan->waiting);
	buf_free(&b->bytes);
	buf_free(&b->block);
	vec_free(&b->chunk.longs);
	vec_free(&b->rejected);
	free(b);
	scan->batch = NULL;
}

/* ---- scanning a batch ---- */

static uint8_t guess(uint8_t told, struct span sample)
{
	return told != LANG_UNKNOWN ? told : lang_guess(sample, NULL);
}

static void scan_entry(const struct scan_batch *b, struct record_scanner *scanner, struct entry *e)
{
	struct record_facts facts;

	if (!e->held)
		return;
	e->code = record_scan(scanner, span_make(b->bytes.p + e->offset, (size_t)e->len), &facts, &e->fault);
	if (e->code < 0)
		return;
	e->fact = (struct record_fact){ .key = facts.key, .score = facts.score, .text_bytes = facts.text_bytes,
					.lang = b->lang ? b->lang : lang_from_code(facts.lang) };
	if (e->fact.lang == LANG_UNKNOWN)
		e->fact.lang = lang_guess(facts.sample, NULL);
}

static void scan_slice(void *ctx, size_t slice)
{
	struct scan_batch *b = ctx;

	for (size_t i = b->n * slice / b->slices; i < b->n * (slice + 1) / b->slices; i++)
		scan_entry(b, b->scanners[slice], &b->entries[i]);
}

static void add_long(struct scan_batch *b, struct entry *e, const struct framed *record)
{
	e->held = false;
	e->fact = (struct record_fact){
		.key = record->long_key,
		.score = __builtin_nanf(""),
		.text_bytes = e->len < UINT32_MAX ? (uint32_t)e->len : UINT32_MAX,
		.lang = guess(b->lang, record->long_sample),
	};
	if (e->len >= LONGEST_RECORD) {
		e->code = TAMIS_ELIMIT;
		e->fault = (struct record_fault){ .reason = N_("longer than 4 GiB") };
	}
}

/* Pulls records until the batch is full.  1 when there may be more, 0 at the end, negative when the stream failed:
 * what was framed before counts in any case. */
static int fill(struct scan_batch *b, struct framer *framer, struct stream *stream, size_t limit, struct error *err)
{
	struct framed record;
	int rc = 1;

	buf_clear(&b->bytes);
	for (b->n = 0; b->n < limit && b->bytes.len < BATCH_BYTES; b->n++) {
		struct entry *e = &b->entries[b->n];

		rc = framer_next(framer, stream, &record, err);
		if (rc <= 0)
			break;
		*e = (struct entry){ .at = record.at, .len = record.len, .line = record.line,
				     .next_at = framer_position(framer), .next_line = framer_line(framer),
				     .offset = b->bytes.len, .held = record.bytes.p != NULL };
		if (e->held)
			buf_add(&b->bytes, record.bytes.p, record.bytes.len);
		else
			add_long(b, e, &record);
	}
	return rc;
}

/* ---- saving ---- */

static int save_block(struct scan_batch *b, struct error *err)
{
	if (!b->block_dirty)
		return 0;
	b->block_dirty = false;
	return store_block_save(b->scan->s, b->src->id, b->block_number, buf_span(&b->block), err);
}

/* What passes through the stream goes to blocks of a fixed size, so that they are the same however often an import was
 * interrupted. */
static int keep_content(void *ctx, struct span content, struct error *err)
{
	struct scan_batch *b = ctx;
	int rc = 0;

	while (rc == 0 && content.len) {
		size_t room = STORE_BLOCK - b->block.len, n = content.len < room ? content.len : room;

		buf_add(&b->block, content.p, n);
		b->block_dirty = true;
		content = span_make(content.p + n, content.len - n);
		if (b->block.len < STORE_BLOCK)
			break;
		rc = save_block(b, err);
		b->block_number++;
		buf_clear(&b->block);
	}
	return rc;
}

static void tell(struct import_scan *scan)
{
	if (scan->published)
		scan->published(scan->ctx);
}

static void wait_for_batch(struct scan_batch *b, int64_t source)
{
	struct scan_waiting w = { .source = source, .from = b->published, .to = b->chunk.n };

	w.place = xcalloc(w.to, sizeof *w.place);
	memcpy(w.place, b->chunk.place, w.to * sizeof *w.place);
	w.n_longs = b->chunk.longs.n;
	w.longs = xcalloc(w.n_longs ? w.n_longs : 1, sizeof *w.longs);
	if (w.n_longs)
		memcpy(w.longs, b->chunk.longs.v, w.n_longs * sizeof *w.longs);
	vec_push(&b->scan->waiting, w);
}

void import_scan_publish(struct import_scan *scan)
{
	struct index_chunk *chunk = scan->waiting.n ? xmalloc(sizeof *chunk) : NULL;

	vec_each(&scan->waiting, i) {
		struct scan_waiting *w = &scan->waiting.v[i];

		memcpy(chunk->place, w->place, w->to * sizeof *w->place);
		chunk->n = w->to;
		chunk->longs.v = w->longs;
		chunk->longs.n = w->n_longs;
		corpus_view_append(scan->view, w->source, chunk, w->from, w->to);
		free(w->place);
		free(w->longs);
	}
	if (scan->waiting.n)
		tell(scan);
	vec_clear(&scan->waiting);
	free(chunk);
}

/* Publishes and, with `full`, begins the next chunk. */
static int save(struct scan_batch *b, const struct source *src, bool full, struct error *err)
{
	struct import_scan *scan = b->scan;
	uint32_t number = (uint32_t)(src->records / INDEX_CHUNK);
	int rc;

	if (full)
		number--;
	rc = save_block(b, err);
	if (rc == 0)
		rc = store_chunk_save(scan->s, src, number, &b->chunk, b->rejected.v, b->rejected.n, err);
	if (rc < 0)
		return rc;
	vec_clear(&b->rejected);
	if (scan->view && b->chunk.n > b->published && scan->deferred) {
		wait_for_batch(b, src->id);
	} else if (scan->view && b->chunk.n > b->published) {
		corpus_view_append(scan->view, src->id, &b->chunk, b->published, b->chunk.n);
		tell(scan);
	}
	b->published = b->chunk.n;
	b->saved_us = clock_steady_us();
	if (full) {
		b->chunk.n = b->published = 0;
		vec_clear(&b->chunk.longs);
	}
	return 0;
}

static void keep_record(struct scan_batch *b, struct source *src, const struct entry *e)
{
	struct index_chunk *chunk = &b->chunk;

	if (e->len >= INDEX_LENGTH_MAX)
		vec_push(&chunk->longs, (struct long_record){ .i = chunk->n, .len = e->len });
	chunk->place[chunk->n] = place_pack(e->at, e->len);
	chunk->fact[chunk->n++] = e->fact;
	src->records++;
	b->scan->total_records++;
}

void import_show_rejected(struct import_result *out, const struct rejected *row)
{
	struct rejected *last = out->n_shown ? &out->shown[out->n_shown - 1] : NULL;

	if (last && last->source == row->source && last->byte == row->byte)
		*last = *row;
	else if (out->n_shown < IMPORT_SHOWN)
		out->shown[out->n_shown++] = *row;
}

static void reject(struct scan_batch *b, struct source *src, uint64_t line, uint64_t byte, const char *reason)
{
	struct rejected row = { .source = src->id, .line = line, .byte = byte };

	if (b->n_rejected++ && row.byte <= b->rejected_byte) /* the list knows them by their bytes */
		row.byte = b->rejected_byte + 1;
	b->rejected_byte = row.byte;
	snprintf(row.reason, sizeof row.reason, "%s", reason);
	vec_push(&b->rejected, row);
	import_show_rejected(b->scan->out, &row);
	src->rejected++;
	b->scan->total_rejected++;
}

static void reject_entry(struct scan_batch *b, struct source *src, const struct entry *e)
{
	char reason[sizeof((struct rejected *)NULL)->reason];

	if (e->fault.wanted == 0) {
		reject(b, src, e->line, e->at + e->fault.at, e->fault.reason);
	} else {
		snprintf(reason, sizeof reason, src->shape.header ? _("has %zu fields, the header %zu")
								  : _("has %zu fields, most rows %zu"),
			 e->fault.fields, e->fault.wanted);
		reject(b, src, e->line, e->at + e->fault.at, reason);
	}
	b->rejected_end = e->next_at;
}

static int commit(struct scan_batch *b, struct source *src, struct error *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < b->n; i++) {
		struct entry *e = &b->entries[i];

		if (e->at >= OFFSET_LIMIT)
			return error_set(err, TAMIS_ELIMIT, _("%s: more than 1 TiB of content; split it"), src->path);
		if (e->code < 0)
			reject_entry(b, src, e);
		else
			keep_record(b, src, e);
		src->position = e->next_at;
		src->line = e->next_line;
		if (b->chunk.n == INDEX_CHUNK)
			rc = save(b, src, true, err);
	}
	return rc;
}

/* ---- one source ---- */

static int load_last_chunk(struct scan_batch *b, struct import_scan *scan, const struct source *src, struct error *err)
{
	uint32_t number = (uint32_t)(src->records / INDEX_CHUNK);

	vec_clear(&b->chunk.longs);
	vec_clear(&b->rejected);
	b->chunk.n = b->published = (uint32_t)(src->records % INDEX_CHUNK);
	if (b->chunk.n == 0)
		return 0;
	return store_chunk_load(scan->s, src->id, number, &b->chunk, err);
}

/* Content before `position` that was indexed by an interrupted import. */
static int skip_to(struct stream *stream, uint64_t position, struct error *err)
{
	char *bytes = xmalloc(64 * 1024);
	ssize_t n = 1;

	while (position && n > 0) {
		n = stream_read(stream, bytes, position < 64 * 1024 ? (size_t)position : 64 * 1024, err);
		if (n > 0)
			position -= (uint64_t)n;
	}
	free(bytes);
	return n < 0 ? (int)n : 0;
}

static int open_source(struct scan_batch *b, struct stream **out, const struct source *src, const char *path,
		       struct error *err)
{
	bool in_place = shape_in_place(&src->shape);
	int rc = stream_open(out, &src->shape, path, src->companion, in_place ? src->position : 0, err);

	buf_clear(&b->block);
	b->block_number = 0;
	b->block_dirty = false;
	if (rc < 0 || in_place)
		return rc;
	*out = stream_tee(*out, keep_content, b);
	rc = skip_to(*out, src->position, err);
	if (rc < 0)
		stream_close(*out);
	return rc;
}

static bool due(const struct scan_batch *b, const struct source *src, bool first)
{
	if (b->chunk.n == b->published && b->rejected.n == 0)
		return false;
	return (first && src->records) || b->rejected.n >= REJECTED_MAX || clock_steady_us() - b->saved_us > SAVE_EVERY_US;
}

static void report(struct import_scan *scan, uint64_t consumed)
{
	job_progress(scan->job, scan->done_bytes + consumed, scan->total_bytes);
	job_counts(scan->job, scan->total_records, scan->total_rejected);
}

/* The list of rejected records names the file already. */
static const char *without_path(const char *message, const char *path)
{
	size_t n = strlen(path);

	return strncmp(message, path, n) == 0 && strncmp(message + n, ": ", 2) == 0 ? message + n + 2 : message;
}

/* A file that breaks off: when its last record was rejected for that, the list gets the better reason, not a second row. */
static void reject_end(struct scan_batch *b, struct source *src, const char *reason)
{
	if (b->n_rejected && b->rejected_end == src->position) {
		struct rejected row = { .source = src->id, .line = src->line, .byte = b->rejected_byte };

		snprintf(row.reason, sizeof row.reason, "%.*s", (int)sizeof row.reason - 1, reason);
		vec_push(&b->rejected, row); /* replaces the one of that byte */
		import_show_rejected(b->scan->out, &row);
		return;
	}
	reject(b, src, src->line, src->position, reason);
}

static int run(struct scan_batch *b, struct source *src, struct framer *framer, struct stream *stream,
	       struct error *err)
{
	struct import_scan *scan = b->scan;
	bool first = scan->view != NULL && scan->published != NULL;
	int more, rc;

	do {
		if (job_cancelled(scan->job))
			return error_set(err, TAMIS_ECANCEL, _("stopped; the same import goes on from here"));
		more = fill(b, framer, stream, first ? FIRST_RECORDS : BATCH_RECORDS, err);
		b->slices = b->n <= FIRST_RECORDS ? 1 : SLICES;
		parallel_for(scan->threads, b->slices, scan_slice, b, NULL);
		rc = commit(b, src, err);
		if (rc == 0 && due(b, src, first))
			rc = save(b, src, false, err);
		first = false;
		report(scan, stream_consumed(stream));
	} while (rc == 0 && more > 0);
	return rc < 0 ? rc : more;
}

int import_scan_source(struct import_scan *scan, struct source *src, const char *path, struct error *err)
{
	struct scan_batch *b = scan->batch;
	bool from_start = src->position == 0;
	struct framer *framer;
	struct stream *stream;
	struct block_sum sum;
	struct error why = {0}, late = {0};
	int rc, saved;

	b->src = src;
	b->n_rejected = 0;
	b->lang = scan->lang != LANG_UNKNOWN ? scan->lang : lang_from_code(span_of(src->shape.source_lang));
	b->saved_us = clock_steady_us();
	rc = load_last_chunk(b, scan, src, err);
	if (rc == 0)
		rc = open_source(b, &stream, src, path, err);
	if (rc < 0)
		return rc;
	block_sum_init(&sum);
	if (from_start)
		stream_sum(stream, &sum);
	framer = framer_new(&src->shape, src->position, src->line, MEMORY_LIMIT);
	for (size_t i = 0; i < SLICES; i++)
		b->scanners[i] = record_scanner_new(&src->shape);
	rc = run(b, src, framer, stream, &why);
	if (rc == TAMIS_EPARSE || rc == TAMIS_ELIMIT) { /* the container or the document ends badly: its good rows stay */
		reject_end(b, src, without_path(why.msg, path));
		rc = 0;
	}
	saved = save(b, src, false, &late);
	if (rc == 0 && saved < 0) {
		rc = saved;
		why = late;
	}
	if (rc == 0)
		rc = store_source_sum(scan->s, src, from_start ? &sum : NULL, &why);
	block_sum_clear(&sum);
	for (size_t i = 0; i < SLICES; i++)
		record_scanner_free(b->scanners[i]);
	framer_free(framer);
	stream_close(stream);
	return rc < 0 ? error_set(err, rc, "%s", why.msg) : 0;
}
