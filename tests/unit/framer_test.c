/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Framers: the same records, places and line numbers however the content arrives, from wherever one resumes,
 * and bounded memory however long a record is. */
#include "formats_help.h"

#include "formats/framer.h"
#include "formats/stream.h"

/* ---- a stream that gives a few bytes at a time ---- */

struct drip {
	struct span rest;
	size_t chunk;
};

static ssize_t drip_read(struct stream *s, void *p, size_t n, struct error *err)
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

static void drip_close(struct stream *s)
{
	free(s->state);
}

static struct stream *drip_open(struct span content, size_t chunk)
{
	struct drip *d = xcalloc(1, sizeof *d);

	*d = (struct drip){ content, chunk };
	return stream_layer(NULL, drip_read, drip_close, d);
}

/* ---- what each format's framer must find ---- */

struct expected {
	const char *bytes;
	uint64_t line;
};

struct framing {
	const char *what;
	struct shape shape;
	const char *content;
	int code; /* at the end */
	struct expected record[6];
};

#define QUOTED { .format = FORMAT_CSV, .delimiter = ',', .quoted = true, .header = true }

#define TABLE(width) { .format = FORMAT_CSV, .delimiter = ',', .quoted = true, .header = true, .n_columns = (width) }

static const struct framing framings[] = {
	{ "JSON Lines",
	  { .format = FORMAT_JSONL },
	  "\xef\xbb\xbf{\"a\":1}\r\n\n \t\n  {\"b\":2}\r\n\r\n{\"c\":3}",
	  0,
	  { { "{\"a\":1}", 1 }, { "{\"b\":2}", 4 }, { "{\"c\":3}", 6 } } },
	{ "text lines",
	  { .format = FORMAT_TEXT, .split = SPLIT_LINE },
	  "\n\none\n  two\r\n   \nthr\ree\n\n",
	  0,
	  { { "one", 3 }, { "  two", 4 }, { "thr\ree", 6 } } },
	{ "tab-separated lines",
	  { .format = FORMAT_CSV, .delimiter = '\t' },
	  "\ta\n\"x\tb\n\n\"y\"\t\r\n",
	  0,
	  { { "\ta", 1 }, { "\"x\tb", 2 }, { "\"y\"\t", 4 } } },
	{ "a table with quotes",
	  QUOTED,
	  "id,t\r\n1,\"a\nb\"\"\nc\"\r\n\r\n2,x\"y\n3,\"\"\n4,\"\"\"\n\"\"\"",
	  0,
	  { { "1,\"a\nb\"\"\nc\"", 2 }, { "2,x\"y", 6 }, { "3,\"\"", 7 }, { "4,\"\"\"\n\"\"\"", 8 } } },
	{ "a table whose last quote is open", QUOTED, "h\n1,\"a\nb\n2,c\n", 0, { { "1,\"a\nb\n2,c\n", 2 } } },
	{ "a quote nobody closes, and quoted rows after it",
	  TABLE(2),
	  "id,t\n1,\"a\"\n2,\"b\n3,\"c\"\n4,\"d\ne\"\n",
	  0,
	  { { "1,\"a\"", 2 }, { "2,\"b", 3 }, { "3,\"c\"", 4 }, { "4,\"d\ne\"", 5 } } },
	{ "a quote nobody closes, and bare rows after it",
	  TABLE(3),
	  "id,t,n\r\n2,\"b,1\r\n3,c,2\r\n\r\n4,,3\r\n5,\"e\",4\r\n",
	  0,
	  { { "2,\"b,1", 2 }, { "3,c,2", 3 }, { "4,,3", 5 }, { "5,\"e\",4", 6 } } },
	{ "a quote nobody closes, and no other",
	  TABLE(2),
	  "id,t\n2,\"b\n3,c\n4,d",
	  0,
	  { { "2,\"b", 2 }, { "3,c", 3 }, { "4,d", 4 } } },
	{ "a text over lines whose quote nobody closes",
	  TABLE(2),
	  "id,t\n2,\"b\nwell, then\nlast\n3,\"c\"\n4,d\n",
	  0,
	  { { "2,\"b\nwell, then\nlast", 2 }, { "3,\"c\"", 5 }, { "4,d", 6 } } },
	{ "a quote nobody closes up to an empty quoted cell and one at the end of a cell",
	  TABLE(3),
	  "id,t,n\n2,\"b,1\n3,\"\",2\n4,d,3\n5,inch 6\"\n",
	  0,
	  { { "2,\"b,1", 2 }, { "3,\"\",2", 3 }, { "4,d,3", 4 }, { "5,inch 6\"", 5 } } },
	{ "quotes within a text over lines",
	  TABLE(2),
	  "id,t\n2,\"b\nhe said \"yes\" and\"\n3,\"c\"\n",
	  0,
	  { { "2,\"b\nhe said \"yes\" and\"", 2 }, { "3,\"c\"", 4 } } },
	{ "rows of another table within a quoted cell",
	  TABLE(2),
	  "id,t\n2,\"a,b\nc,d\ne,f\"\n3,\"c,d\n\"\"e,f\"\"\",\n",
	  0,
	  { { "2,\"a,b\nc,d\ne,f\"", 2 }, { "3,\"c,d\n\"\"e,f\"\"\",", 5 } } },
	{ "a JSON array",
	  { .format = FORMAT_JSON },
	  "[\n {\"a\":\"]}\\\"\"},\n\n{\"b\":[1,{\"c\":2}]} , 3,\"s\\\\\",[{}]\n]\n",
	  0,
	  { { "{\"a\":\"]}\\\"\"}", 2 },
	    { "{\"b\":[1,{\"c\":2}]}", 4 },
	    { "3", 4 },
	    { "\"s\\\\\"", 4 },
	    { "[{}]", 4 } } },
	{ "a JSON array cut short",
	  { .format = FORMAT_JSON },
	  "[{\"a\":1},\n{\"b\":2}",
	  TAMIS_EPARSE,
	  { { "{\"a\":1}", 1 }, { "{\"b\":2}", 2 } } },
	{ "JSON objects in a row",
	  { .format = FORMAT_JSON },
	  "{\n\"a\":1}\n{\"b\":{}}{}",
	  0,
	  { { "{\n\"a\":1}", 1 }, { "{\"b\":{}}", 3 }, { "{}", 3 } } },
	{ "one JSON object",
	  { .format = FORMAT_JSON, .single = true },
	  "{\n\"a\":[1,\n2]}\n",
	  0,
	  { { "{\n\"a\":[1,\n2]}", 1 } } },
	{ "what follows a JSON array",
	  { .format = FORMAT_JSON },
	  "[{}]\n,x",
	  0,
	  { { "{}", 1 }, { ",x", 2 } } },
	{ "paragraphs",
	  { .format = FORMAT_TEXT, .split = SPLIT_PARAGRAPH },
	  "\n \n  a\nb\r\n\t\n\nc\n \nd",
	  0,
	  { { "  a\nb", 3 }, { "c", 7 }, { "d", 9 } } },
	{ "a whole file",
	  { .format = FORMAT_TEXT, .split = SPLIT_FILE },
	  "a\n\nb\n",
	  0,
	  { { "a\n\nb\n", 1 } } },
	{ "a file of blanks", { .format = FORMAT_TEXT, .split = SPLIT_FILE }, " \n\n", 0, { { NULL, 0 } } },
	{ "translation units",
	  { .format = FORMAT_TMX },
	  "<?xml version=\"1.0\"?>\n<tmx><!-- <tu>x</tu> --><body>\n<tu>\n<tuv><seg>a</seg></tuv></tu>\n<tu "
	  "a=\"1\"><![CDATA[</tu>]]></tu >"
	  "<tuv/><tu/>\n</body></tmx>",
	  0,
	  { { "<tu>\n<tuv><seg>a</seg></tuv></tu>", 3 },
	    { "<tu a=\"1\"><![CDATA[</tu>]]></tu >", 5 },
	    { "<tu/>", 5 } } },
	{ "a unit that is not closed",
	  { .format = FORMAT_TMX },
	  "<tu><seg>a\n<tu>b</tu>",
	  0,
	  { { "<tu><seg>a\n", 1 }, { "<tu>b</tu>", 2 } } },
	{ "catalogue entries",
	  { .format = FORMAT_PO },
	  "# c\nmsgid \"\"\nmsgstr \"\"\n\"H\\n\"\n\n#: a\nmsgid \"a\"\nmsgstr \"b\"\n#, fuzzy\nmsgid "
	  "\"f\"\nmsgstr \"g\"\n\n"
	  "msgid \"u\"\nmsgstr \"\"\n\n#~ msgid \"o\"\n#~ msgstr \"p\"\n\nmsgid \"x\"\nmsgid_plural "
	  "\"xs\"\nmsgstr[0] \"y\"\nmsgstr[1] \"ys\"\nmsgid \"l\"\nmsgstr \"\"\n\"m\"",
	  0,
	  { { "#: a\nmsgid \"a\"\nmsgstr \"b\"", 6 },
	    { "msgid \"x\"\nmsgid_plural \"xs\"\nmsgstr[0] \"y\"\nmsgstr[1] \"ys\"", 19 },
	    { "msgid \"l\"\nmsgstr \"\"\n\"m\"", 23 } } },
};

#define FRAMINGS (sizeof framings / sizeof *framings)

/* Reads on from `start` and compares with what is expected from record `first` on. */
static void check_from(const struct framing *c, size_t first, uint64_t start, uint64_t line, size_t chunk)
{
	struct span content = span_of(c->content);
	struct stream *s = drip_open(span_make(content.p + start, content.len - start), chunk);
	struct framer *f = framer_new(&c->shape, start, line, 1 << 20);
	struct error err = { 0 };
	struct framed got;
	int rc;

	for (size_t i = first; i < 6 && c->record[i].bytes; i++) {
		const struct expected *want = &c->record[i];

		rc = framer_next(f, s, &got, &err);
		if (rc != 1)
			fail_msg("%s: record %zu is missing (chunks of %zu, from %zu)", c->what, i, chunk,
				 (size_t)start);
		if (!span_is(got.bytes, want->bytes) || got.line != want->line)
			fail_msg("%s: record %zu is line %zu \"%.*s\", not line %zu \"%s\" (chunks of %zu, "
				 "from %zu)",
				 c->what, i, (size_t)got.line, (int)got.bytes.len, got.bytes.p,
				 (size_t)want->line, want->bytes, chunk, (size_t)start);
		assert_int_equal(got.len, got.bytes.len);
		assert_memory_equal(content.p + got.at, want->bytes, got.len);
		assert_true(framer_position(f) >= got.at + got.len);
	}
	rc = framer_next(f, s, &got, &err);
	if (rc == 1)
		fail_msg("%s: one record too many: \"%.*s\"", c->what, (int)got.bytes.len, got.bytes.p);
	if (start == 0)
		assert_int_equal(rc, c->code);
	framer_free(f);
	stream_close(s);
}

static void finds_the_same_records_however_content_arrives(void **state)
{
	(void)state;
	for (size_t i = 0; i < FRAMINGS; i++)
		for (size_t chunk = 1; chunk < 40; chunk++)
			check_from(&framings[i], 0, 0, 1, chunk);
}

static void goes_on_where_it_stopped(void **state)
{
	(void)state;
	for (size_t i = 0; i < FRAMINGS; i++) {
		const struct framing *c = &framings[i];
		struct stream *s = drip_open(span_of(c->content), 4096);
		struct framer *f = framer_new(&c->shape, 0, 1, 1 << 20);
		struct error err = { 0 };
		struct framed got;

		if (c->shape.split == SPLIT_FILE && c->shape.format == FORMAT_TEXT) {
			framer_free(f);
			stream_close(s);
			continue;
		}
		for (size_t k = 0; framer_next(f, s, &got, &err) == 1; k++)
			check_from(c, k + 1, framer_position(f), framer_line(f), 5);
		framer_free(f);
		stream_close(s);
	}
}

/* ---- records of any length ---- */

static const struct {
	const char *what;
	struct shape shape;
	const char *before, *begin, *end, *after; /* the long record is begin + filling + end */
} longs[] = {
	{ "a line", { .format = FORMAT_JSONL }, "{}\n", "{\"a\":\"", "\"}", "\r\n{}\n" },
	{ "a quoted cell", QUOTED, "h,i\na,b\n", "1,\"", "\"\"\n\"", "\na,b\n" },
	{ "a JSON value", { .format = FORMAT_JSON }, "[{},", "{\"a\":\"\\\"", "\"}", ",{}]" },
	{ "a paragraph",
	  { .format = FORMAT_TEXT, .split = SPLIT_PARAGRAPH },
	  "x\n\n",
	  "q\n",
	  "\nlast",
	  "\n\n\nz" },
	{ "a translation unit",
	  { .format = FORMAT_TMX },
	  "<tmx><tu>a</tu>",
	  "<tu><seg>",
	  "</seg></tu>",
	  "<tu>b</tu>" },
	{ "a catalogue entry",
	  { .format = FORMAT_PO },
	  "msgid \"a\"\nmsgstr \"b\"\n\n",
	  "msgid \"",
	  "\"\nmsgstr \"x\"",
	  "\n\nmsgid \"c\"\nmsgstr \"d\"\n" },
};

#define FILLING ((size_t)6 << 20)

static void measures_a_record_it_does_not_hold(void **state)
{
	char *filling = xmalloc(FILLING);

	(void)state;
	memset(filling, 'a', FILLING);
	for (size_t i = 0; i < sizeof longs / sizeof *longs; i++) {
		struct buf text = BUF_INIT;
		size_t from, to;
		struct hash128 key;

		buf_adds(&text, longs[i].before);
		from = text.len;
		buf_adds(&text, longs[i].begin);
		buf_add(&text, filling, FILLING);
		buf_adds(&text, longs[i].end);
		to = text.len;
		buf_adds(&text, longs[i].after);
		key = hash128(text.p + from, to - from);
		for (size_t chunk = 7919; chunk < 2000000; chunk *= 16) {
			struct stream *s = drip_open(buf_span(&text), chunk);
			struct framer *f = framer_new(&longs[i].shape, 0, 1, 64 * 1024);
			struct error err = { 0 };
			struct framed got;

			assert_int_equal(framer_next(f, s, &got, &err), 1);
			assert_non_null(got.bytes.p);
			assert_int_equal(framer_next(f, s, &got, &err), 1);
			assert_null(got.bytes.p);
			if (got.at != from || got.len != to - from)
				fail_msg("%s: %zu bytes at %zu, not %zu at %zu", longs[i].what,
					 (size_t)got.len, (size_t)got.at, to - from, from);
			assert_memory_equal(got.long_key.b, key.b, 16);
			assert_memory_equal(got.long_sample.p, text.p + from, got.long_sample.len);
			assert_true(f->cap <= (size_t)4 << 20);
			assert_int_equal(framer_next(f, s, &got, &err), 1);
			assert_non_null(got.bytes.p);
			assert_int_equal(framer_next(f, s, &got, &err), 0);
			framer_free(f);
			stream_close(s);
		}
		buf_free(&text);
	}
	free(filling);
}

static void endless_blanks_cost_no_memory(void **state)
{
	static const struct shape shapes[] = { { .format = FORMAT_JSONL },
					       { .format = FORMAT_TEXT, .split = SPLIT_LINE },
					       { .format = FORMAT_TEXT, .split = SPLIT_PARAGRAPH },
					       { .format = FORMAT_JSON },
					       { .format = FORMAT_PO },
					       { .format = FORMAT_TMX } };
	char *blanks = xmalloc(FILLING);

	(void)state;
	for (int kind = 0; kind < 2; kind++) {
		memset(blanks, kind ? '\n' : ' ', FILLING);
		for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
			struct stream *s = drip_open(span_make(blanks, FILLING), 1 << 20);
			struct framer *f = framer_new(&shapes[i], 0, 1, 64 * 1024);
			struct error err = { 0 };
			struct framed got;

			while (framer_next(f, s, &got, &err) == 1)
				;
			assert_true(f->cap <= (size_t)4 << 20);
			framer_free(f);
			stream_close(s);
		}
	}
	free(blanks);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_the_same_records_however_content_arrives),
		cmocka_unit_test(goes_on_where_it_stopped),
		cmocka_unit_test(measures_a_record_it_does_not_hold),
		cmocka_unit_test(endless_blanks_cost_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
