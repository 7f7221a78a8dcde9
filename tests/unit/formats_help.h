/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the tests of src/formats share: files in a temporary folder, and reading a source to its end.
 */
#ifndef TAMIS_TESTS_FORMATS_HELP_H
#define TAMIS_TESTS_FORMATS_HELP_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/vec.h"
#include "formats/reader.h"

struct scratch {
	char folder[64];
};

static inline int scratch_make(void **state)
{
	struct scratch *s = xcalloc(1, sizeof *s);

	strcpy(s->folder, "/tmp/tamis-formats-XXXXXX");
	*state = s;
	return mkdtemp(s->folder) ? 0 : -1;
}

static inline int scratch_remove(void **state)
{
	struct scratch *s = *state;
	char command[128];
	int rc;

	snprintf(command, sizeof command, "rm -rf -- %s", s->folder);
	rc = system(command);
	free(s);
	return rc;
}

/* Path of `name` in the folder, with `bytes` in it. The caller frees. */
static inline char *scratch_file(void **state, const char *name, struct span bytes)
{
	struct scratch *s = *state;
	char *path = xasprintf("%s/%s", s->folder, name);
	FILE *f = fopen(path, "wb");

	assert_non_null(f);
	assert_int_equal(fwrite(bytes.p, 1, bytes.len, f), bytes.len);
	assert_int_equal(fclose(f), 0);
	return path;
}

/* What came out of a source. */
struct outcome {
	struct shape shape;
	VEC(struct hash128) keys;
	size_t good, bad;
	const char *first_reason; /* of the first bad record */
	uint64_t first_bad_line;
	int code;                 /* of the reading: 0 or what stopped it */
	struct error err;
	struct arena arena;
	struct record first;      /* the first good record, parsed */
};

static inline void outcome_free(struct outcome *o)
{
	vec_free(&o->keys);
	arena_free(&o->arena);
}

/* Scans and parses every record; the two must agree on what is good and on its key. */
static inline void outcome_add(struct outcome *o, struct record_scanner *scanner, const struct framed *framed)
{
	struct record_facts facts;
	struct record_fault fault = { .reason = NULL };
	struct arena arena = { 0 };
	struct error err = { 0 };
	struct record r;
	int scanned = framed->bytes.p ? record_scan(scanner, framed->bytes, &facts, &fault) : TAMIS_ELIMIT;
	int parsed =
		framed->bytes.p ? record_parse(&r, &o->shape, framed->bytes, &arena, &err) : TAMIS_ELIMIT;

	assert_int_equal(scanned, parsed);
	if (scanned < 0) {
		if (o->bad++ == 0) {
			o->first_reason = framed->bytes.p ? fault.reason : "too long";
			o->first_bad_line = framed->line;
		}
	} else {
		struct hash128 key = record_key(&r);

		assert_memory_equal(key.b, facts.key.b, 16);
		vec_push(&o->keys, key);
		if (o->good++ == 0) {
			struct span kept = arena_span(&o->arena, framed->bytes);

			assert_int_equal(record_parse(&o->first, &o->shape, kept, &o->arena, &err), 0);
		}
	}
	arena_free(&arena);
}

/* Recognises and reads `path` (and its other half, for a Moses pair). */
static inline struct outcome read_source(const char *path, const struct shape_wish *wish)
{
	struct outcome o = { .good = 0 };
	struct buf other = BUF_INIT;
	struct record_scanner *scanner;
	struct framer *framer;
	struct framed framed;
	struct stream *stream;
	bool first = true;

	o.code = shape_recognise(&o.shape, path, wish, &o.err);
	if (o.code < 0)
		return o;
	assert_true(o.shape.reason[0] != '\0');
	if (o.shape.format == FORMAT_MOSES)
		assert_true(shape_companion(&other, &first, path, wish));
	assert_int_equal(
		stream_open(&stream, &o.shape, first ? path : other.p, first ? other.p : path, 0, &o.err), 0);
	framer = framer_new(&o.shape, 0, 1, 1 << 20);
	scanner = record_scanner_new(&o.shape);
	while ((o.code = framer_next(framer, stream, &framed, &o.err)) == 1)
		outcome_add(&o, scanner, &framed);
	record_scanner_free(scanner);
	framer_free(framer);
	stream_close(stream);
	buf_free(&other);
	return o;
}

static inline struct outcome read_text(void **state, const char *name, const char *text)
{
	char *path = scratch_file(state, name, span_of(text));
	struct outcome o = read_source(path, NULL);

	free(path);
	return o;
}

static inline void assert_role(const struct record *r, enum role role, const char *text)
{
	struct span value = record_value(r, role);

	if (!span_is(value, text))
		fail_msg("%s is \"%.*s\", not \"%s\"", role_name(role), (int)value.len,
			 value.p ? value.p : "", text);
}

#endif
