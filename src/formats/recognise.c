/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From a path or its first bytes to a shape: container, encoding, refusals, then one recogniser after the
 * other. */
#include "formats/recognise.h"

#include <iconv.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/i18n.h"
#include "base/utf8.h"
#include "formats/catalogue.h"
#include "formats/stream.h"

#define HEAD_BYTES ((size_t)256 * 1024)
#define CATALOGUE_BYTES ((size_t)256 << 20) /* a larger one is not read */

/* ---- what is refused by name ---- */

static const struct magic {
	const char *bytes;
	size_t len;
	size_t at;
	const char *name;
	const char *advice; /* N_() */
} refused[] = {
	{ "PAR1", 4, 0, "Parquet",
	  N_("convert it to JSON Lines first, for example with DuckDB: COPY (FROM 'file.parquet') TO "
	     "'file.jsonl'") },
	{ "PARE", 4, 0, "encrypted Parquet", N_("decrypt it and convert it to JSON Lines first") },
	{ "ARROW1", 6, 0, "Arrow",
	  N_("convert it to JSON Lines first, for example with datasets: "
	     "Dataset.from_file(…).to_json(…)") },
	{ "\xff\xff\xff\xff", 4, 0, "Arrow stream",
	  N_("convert it to JSON Lines first, for example with datasets: "
	     "Dataset.from_file(…).to_json(…)") },
	{ "WARC/", 5, 0, "WARC",
	  N_("extract its texts to JSON Lines first, for example with datatrove or resiliparse") },
	{ "%PDF-", 5, 0, "PDF", N_("extract its text first, for example with pdftotext") },
	{ "PK\x03\x04", 4, 0, "ZIP", N_("unpack it and import the files inside") },
	{ "7z\xbc\xaf\x27\x1c", 6, 0, "7-Zip", N_("unpack it and import the files inside") },
	{ "Rar!", 4, 0, "RAR", N_("unpack it and import the files inside") },
	{ "ustar", 5, 257, "tar", N_("unpack it and import the files inside") },
	{ "SQLite format 3", 15, 0, "SQLite", N_("write the table as JSON Lines or CSV first") },
	{ "\x04\x22\x4d\x18", 4, 0, "LZ4", N_("unpack it with lz4 -d first") },
	{ "\x89HDF", 4, 0, "HDF5", N_("write it as JSON Lines first") },
	{ "Obj\x01", 4, 0, "Avro", N_("convert it to JSON Lines first, for example with avro-tools tojson") },
};

int refuse_by_magic(struct span head, const char *name, struct error *err)
{
	for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
		const struct magic *m = &refused[i];

		if (head.len >= m->at + m->len && memcmp(head.p + m->at, m->bytes, m->len) == 0)
			return error_set(err, TAMIS_EUNSUPPORTED,
					 _("%s is a %s file, which is not read yet: %s"), name, m->name,
					 _(m->advice));
	}
	return 0;
}

enum container container_sniff(struct span head)
{
	static const struct {
		const char *bytes;
		size_t len;
		enum container container;
	} magic[] = {
		{ "\x1f\x8b", 2, CONTAINER_GZIP },
		{ "\x28\xb5\x2f\xfd", 4, CONTAINER_ZSTD },
		{ "\xfd" "7zXZ", 5, CONTAINER_XZ },
		{ "BZh", 3, CONTAINER_BZIP2 },
	};

	for (size_t i = 0; i < sizeof magic / sizeof *magic; i++)
		if (head.len >= magic[i].len && memcmp(head.p, magic[i].bytes, magic[i].len) == 0)
			return magic[i].container;
	/* a zstd file may begin with a skippable frame, 0x184D2A5? */
	if (head.len >= 4 && (head.p[0] & 0xf0) == 0x50 && memcmp(head.p + 1, "\x2a\x4d\x18", 3) == 0)
		return CONTAINER_ZSTD;
	return CONTAINER_NONE;
}

/* ---- helpers of the recognisers ---- */

void set_reason(struct shape *out, const char *fmt, ...)
{
	char sentence[sizeof out->reason];
	va_list args;
	int n;

	va_start(args, fmt);
	n = vsnprintf(sentence, sizeof sentence, fmt, args);
	va_end(args);
	if (n >= (int)sizeof sentence) /* cut between characters */
		sentence[utf8_floor(span_make(sentence, sizeof sentence - 1), sizeof sentence - 4)] = '\0';
	if (out->container != CONTAINER_NONE)
		n = snprintf(out->reason, sizeof out->reason, _("in %s: %s"), container_name(out->container),
			     sentence);
	else
		n = snprintf(out->reason, sizeof out->reason, "%s", sentence);
	if (n >= (int)sizeof out->reason)
		out->reason[utf8_floor(span_of(out->reason), sizeof out->reason - 4)] = '\0';
}

void set_column(struct shape *out, const char *name, enum role role)
{
	struct shape_column *c = &out->columns[out->n_columns++];

	snprintf(c->name, sizeof c->name, "%s", name);
	c->role = role;
}

void set_code(char *out, size_t size, struct span s)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.:@";

	out[0] = '\0';
	if (s.len >= size)
		return;
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] == '\0' || strchr(allowed, s.p[i]) == NULL)
			return;
	if (s.len)
		memcpy(out, s.p, s.len);
	out[s.len] = '\0';
}

/* Length of a language code at `p`: two or three small letters, perhaps with _XX or _Latn; 0 for none. */
static size_t code_length(const char *p)
{
	size_t n = strspn(p, "abcdefghijklmnopqrstuvwxyz"), more;

	if (n < 2 || n > 3)
		return 0;
	if (p[n] != '_')
		return n;
	more = strspn(p + n + 1, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
	return more >= 2 && more <= 4 ? n + 1 + more : n;
}

static bool pair_at(const char *p, char source[16], char target[16])
{
	size_t a = code_length(p), b;

	if (a == 0 || p[a] != '-')
		return false;
	b = code_length(p + a + 1);
	if (b == 0 || (p[a + 1 + b] != '\0' && p[a + 1 + b] != '.' && p[a + 1 + b] != '_'))
		return false;
	snprintf(source, 16, "%.*s", (int)a, p);
	snprintf(target, 16, "%.*s", (int)b, p + a + 1);
	return true;
}

void set_languages(struct shape *out, const struct head *h)
{
	const char *slash, *name;

	if (h->wish && h->wish->lang) {
		if (pair_at(h->wish->lang, out->source_lang, out->target_lang))
			return;
		set_code(out->source_lang, sizeof out->source_lang, span_of(h->wish->lang));
		return;
	}
	if (out->source_lang[0] || h->name == NULL)
		return;
	slash = strrchr(h->name, '/');
	name = slash ? slash + 1 : h->name;
	for (const char *p = name; *p; p++)
		if ((p == name || p[-1] == '.' || p[-1] == '_') &&
		    pair_at(p, out->source_lang, out->target_lang))
			return;
}

struct memory {
	struct span rest;
};

static ssize_t memory_read(struct stream *s, void *p, size_t n, struct error *err)
{
	struct memory *m = s->state;

	(void)err;
	if (n > m->rest.len)
		n = m->rest.len;
	if (n)
		memcpy(p, m->rest.p, n);
	m->rest = span_make(m->rest.p + n, m->rest.len - n);
	return (ssize_t)n;
}

static void memory_close(struct stream *s)
{
	free(s->state);
}

void sample_records(const struct shape *shape, const struct head *h, size_t max,
		    void (*each)(void *ctx, struct span record), void *ctx)
{
	struct memory *m = xcalloc(1, sizeof *m);
	struct stream *s = stream_layer(NULL, memory_read, memory_close, m);
	struct framer *f = framer_new(shape, 0, 1, HEAD_BYTES * 2);
	struct framed got;
	struct error err = { 0 };

	m->rest = h->bytes;
	for (size_t i = 0; i < max && framer_next(f, s, &got, &err) == 1; i++) {
		bool touches_end = got.at + got.len >= h->bytes.len;

		if (touches_end && !h->complete)
			break;
		each(ctx, got.bytes);
	}
	framer_free(f);
	stream_close(s);
}

/* ---- encodings ---- */

/* UTF-16 with or without mark (text that begins with ASCII shows as every other byte zero). */
static const char *utf16_name(struct span head)
{
	if (head.len < 4)
		return NULL;
	if (memcmp(head.p, "\xff\xfe", 2) == 0 || memcmp(head.p, "\xfe\xff", 2) == 0)
		return "UTF-16";
	if (head.p[0] && !head.p[1] && head.p[2] && !head.p[3])
		return "UTF-16LE";
	if (!head.p[0] && head.p[1] && !head.p[2] && head.p[3])
		return "UTF-16BE";
	return NULL;
}

static int decode_head(struct buf *out, struct span head, const char *charset)
{
	iconv_t converter = iconv_open("UTF-8", charset);
	char *in = (char *)head.p, *to;
	size_t left = head.len, room = head.len * 4 + 16;

	if (converter == (iconv_t)-1)
		return -1;
	buf_reserve(out, room);
	to = out->p;
	/* stops at what is cut off or wrong: the head before it counts */
	iconv(converter, &in, &left, &to, &room);
	iconv_close(converter);
	out->len = (size_t)(to - out->p);
	return 0;
}

/* Binary: many control bytes, or many bytes that are no UTF-8. */
static int refuse_junk(struct span head, const char *name, struct error *err)
{
	size_t control = 0, malformed = 0;

	for (size_t i = 0, used; i < head.len; i += used) {
		int32_t cp = utf8_decode(span_make(head.p + i, head.len - i), &used);

		malformed += cp < 0;
		control += cp >= 0 && cp < 0x20 && cp != '\t' && cp != '\n' && cp != '\r' && cp != '\f' &&
			   cp != 0x1b;
	}
	if (control * 50 > head.len + 50)
		return error_set(err, TAMIS_EPARSE, _("%s is binary data, not text in any format known here"),
				 name);
	if (malformed * 10 > head.len + 10)
		return error_set(err, TAMIS_EPARSE,
				 _("%s is text in another encoding than UTF-8 or UTF-16: convert it with "
				   "iconv -f ENCODING first"),
				 name);
	return 0;
}

/* ---- in order ---- */

/* Comma-separated unless another separator gives rows that are more alike; tab-separated by tabs only. */
static int recognise_asked_table(struct shape *out, const struct head *h, struct error *err)
{
	char wished = h->wish->delimiter, delimiter = wished ? wished : ',';
	int rc = recognise_table(out, h, delimiter, false, err);

	if (rc == 0 && wished == 0)
		rc = recognise_table(out, h, 0, false, err);
	if (rc == 0)
		rc = recognise_table(out, h, delimiter, true, err);
	if (rc != 0)
		return rc;
	if (wished == '\t')
		return error_set(err, TAMIS_EUSAGE, _("%s:1: is not in the format %s: no tab in the first row"), h->name,
				 "tsv");
	return error_set(err, TAMIS_EUSAGE, _("%s:1: is not in the format %s: no comma in the first row"), h->name, "csv");
}

static int recognise_asked(struct shape *out, const struct head *h, struct error *err)
{
	static int (*const by_format[])(struct shape *, const struct head *, struct error *) = {
		[FORMAT_JSONL] = recognise_json, [FORMAT_JSON] = recognise_json,
		[FORMAT_TEXT] = recognise_text,	 [FORMAT_TMX] = recognise_tmx,
		[FORMAT_PO] = recognise_po,	 [FORMAT_MO] = recognise_mo,
	};
	enum format format = h->wish->format;
	int rc;

	if (format == FORMAT_CSV)
		return recognise_asked_table(out, h, err);
	else if (format == FORMAT_MOSES)
		return error_set(err, TAMIS_EUSAGE,
				 _("%s has no companion whose name differs only in the language"), h->name);
	else
		rc = by_format[format](out, h, err);
	if (rc == 0)
		return error_set(err, TAMIS_EUSAGE, _("%s is not in the format %s"), h->name,
				 format_name(format));
	return rc;
}

static int recognise_content(struct shape *out, const struct head *h, struct error *err)
{
	static int (*const recognisers[])(struct shape *, const struct head *, struct error *) = {
		recognise_json, recognise_tmx, recognise_po
	};
	int rc;

	if (h->wish && h->wish->format != FORMAT_AUTO)
		return recognise_asked(out, h, err);
	rc = refuse_junk(h->bytes, h->name, err);
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < sizeof recognisers / sizeof *recognisers; i++) {
		rc = recognisers[i](out, h, err);
		if (rc != 0)
			return rc;
	}
	rc = h->wish && h->wish->split ? 0 : recognise_table(out, h, 0, false, err);
	return rc != 0 ? rc : recognise_text(out, h, err);
}

/* `out` has its container set, everything else zero. */
static int recognise_decompressed(struct shape *out, struct span bytes, bool complete, const char *path, const char *name,
				  const struct shape_wish *wish, struct error *err)
{
	struct head h = { bytes, complete, name ? name : _("the input"), wish, path, out->container };
	const char *utf16 = utf16_name(bytes);
	struct buf decoded = BUF_INIT;
	int rc = refuse_by_magic(bytes, h.name, err);

	if (rc < 0)
		return rc;
	if (mo_sniff(bytes))
		return recognise_mo(out, &h, err) < 0 ? TAMIS_EPARSE : 0;
	if (utf16) {
		out->utf16 = true;
		snprintf(out->charset, sizeof out->charset, "%s", utf16);
		decode_head(&decoded, bytes, utf16);
		h.bytes = buf_span(&decoded);
	}
	if (span_starts(h.bytes, "\xef\xbb\xbf"))
		h.bytes = span_make(h.bytes.p + 3, h.bytes.len - 3);
	rc = recognise_content(out, &h, err);
	buf_free(&decoded);
	return rc < 0 ? rc : 0;
}

int shape_recognise_head(struct shape *out, struct span head, bool complete, const char *name,
			 const struct shape_wish *wish, struct error *err)
{
	*out = (struct shape){ 0 };
	return recognise_decompressed(out, head, complete, NULL, name, wish, err);
}

static int read_up_to(struct buf *out, size_t limit, enum container container, const char *path, struct error *err)
{
	struct stream *s;
	ssize_t got;
	int rc = stream_open_raw(&s, container, path, 0, err);

	if (rc < 0)
		return rc;
	buf_clear(out);
	do {
		buf_reserve(out, HEAD_BYTES);
		got = stream_read_full(s, out->p + out->len, HEAD_BYTES, err);
		out->len += got > 0 ? (size_t)got : 0;
	} while (got == (ssize_t)HEAD_BYTES && out->len < limit);
	stream_close(s);
	return got < 0 ? (int)got : 0;
}

bool head_is_large(const struct head *h)
{
	struct stream *s;
	struct stat st;
	uint64_t seen = 0;
	ssize_t got = 1;
	char *bytes;

	if (h->complete || h->path == NULL)
		return !h->complete;
	if (h->container == CONTAINER_NONE)
		return stat(h->path, &st) != 0 || (uint64_t)st.st_size > TEXT_WHOLE;
	if (stream_open_raw(&s, h->container, h->path, 0, NULL) < 0)
		return true;
	bytes = xmalloc(HEAD_BYTES);
	while (got > 0 && seen <= TEXT_WHOLE) {
		got = stream_read(s, bytes, HEAD_BYTES, NULL);
		seen += got > 0 ? (uint64_t)got : 0;
	}
	free(bytes);
	stream_close(s);
	return seen > TEXT_WHOLE;
}

/* The beginning; of a compiled catalogue all, since its header text comes after all originals. */
static int read_head(struct buf *out, enum container container, const char *path, struct error *err)
{
	int rc = read_up_to(out, HEAD_BYTES, container, path, err);

	if (rc == 0 && out->len == HEAD_BYTES && mo_sniff(buf_span(out)))
		rc = read_up_to(out, CATALOGUE_BYTES, container, path, err);
	return rc;
}

int shape_recognise(struct shape *out, const char *path, const struct shape_wish *wish, struct error *err)
{
	struct buf head = BUF_INIT;
	int rc;

	*out = (struct shape){ 0 };
	if (strcmp(path, "-") == 0)
		return error_set(err, TAMIS_EUSAGE,
				 _("standard input can't be read twice: keep it in a file first"));
	rc = read_head(&head, CONTAINER_NONE, path, err);
	if (rc < 0)
		goto done;
	out->container = container_sniff(buf_span(&head));
	if (out->container != CONTAINER_NONE) {
		rc = read_head(&head, out->container, path, err);
		if (rc < 0)
			goto done;
	}
	if (recognise_moses(out, path, buf_span(&head), wish))
		goto done;
	rc = recognise_decompressed(out, buf_span(&head), head.len < HEAD_BYTES, path, path, wish, err);
done:
	buf_free(&head);
	return rc;
}
