/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the fuzz targets of src/formats share: bytes as a stream, and the promises of framers and decoders
 * over them.
 */
#ifndef TAMIS_TESTS_FORMATS_FUZZ_H
#define TAMIS_TESTS_FORMATS_FUZZ_H

#include <stdlib.h>

#include "base/utf8.h"
#include "driver.h"
#include "formats/reader.h"
#include "formats/stream.h"

static inline void must(bool promise)
{
	if (!promise)
		abort();
}

struct drip {
	struct span rest;
	size_t chunk;
};

static inline ssize_t drip_read(struct stream *s, void *p, size_t n, struct error *err)
{
	struct drip *d = s->state;

	(void)err;
	n = n < d->chunk ? n : d->chunk;
	n = n < d->rest.len ? n : d->rest.len;
	if (n)
		memcpy(p, d->rest.p, n);
	d->rest = span_make(d->rest.p + n, d->rest.len - n);
	return (ssize_t)n;
}

static inline void drip_close(struct stream *s)
{
	free(s->state);
}

static inline struct stream *drip_open(struct span content, size_t chunk)
{
	struct drip *d = xcalloc(1, sizeof *d);

	*d = (struct drip){ content, chunk };
	return stream_layer(NULL, drip_read, drip_close, d);
}

/* Scanning and parsing agree on a record and on its key; what they give is text. */
static inline void check_record(struct record_scanner *scanner, const struct shape *shape, struct span raw)
{
	struct record_facts facts;
	struct record_fault fault = { .reason = NULL };
	struct arena arena = { 0 };
	struct error err = { 0 };
	struct record r;
	int scanned = record_scan(scanner, raw, &facts, &fault);

	must(record_parse(&r, shape, raw, &arena, &err) == scanned);
	if (scanned < 0) {
		must(fault.reason != NULL && fault.at <= raw.len && err.msg[0] != '\0');
	} else {
		struct hash128 key = record_key(&r);

		must(hash128_eq(&key, &facts.key));
		must(facts.sample.len <= 512 && utf8_valid(facts.sample, NULL));
		for (size_t i = 0; i < r.n_fields; i++)
			must(r.fields[i].role == ROLE_META || utf8_valid(r.fields[i].value, NULL));
	}
	arena_free(&arena);
}

/* Records lie one after the other inside the content, the same whether it comes at once or in small pieces.
 */
static inline void check_framing(const struct shape *shape, struct span content, size_t chunk)
{
	struct stream *whole = drip_open(content, content.len + 1), *pieces = drip_open(content, chunk);
	struct framer *a = framer_new(shape, 0, 1, 1 << 20), *b = framer_new(shape, 0, 1, 1 << 20);
	struct record_scanner *scanner = record_scanner_new(shape);
	struct error err = { 0 };
	struct framed x, y;
	uint64_t end = 0, line = 1;

	for (;;) {
		int rc = framer_next(a, whole, &x, &err);

		must(framer_next(b, pieces, &y, &err) == rc);
		if (rc != 1)
			break;
		must(x.at == y.at && x.len == y.len && x.line == y.line && span_eq(x.bytes, y.bytes));
		must(x.at >= end && x.at + x.len <= content.len && x.line >= line);
		must(x.bytes.p == NULL || memcmp(content.p + x.at, x.bytes.p, x.len) == 0);
		end = x.at + x.len;
		line = x.line;
		must(framer_position(a) >= end && framer_position(a) <= content.len);
		if (x.bytes.p)
			check_record(scanner, shape, x.bytes);
	}
	record_scanner_free(scanner);
	framer_free(a);
	framer_free(b);
	stream_close(whole);
	stream_close(pieces);
}

#endif
