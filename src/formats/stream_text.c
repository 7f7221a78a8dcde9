/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Layers that change text: decoding to UTF-8, and two line-aligned files zipped into JSON Lines. */
#include <errno.h>
#include <iconv.h>
#include <stdlib.h>

#include "base/i18n.h"
#include "base/json.h"
#include "base/utf8.h"
#include "formats/stream.h"

#define CHUNK ((size_t)128 * 1024)

/* ---- decoding ---- */

struct decode {
	iconv_t converter;
	char in[CHUNK];
	size_t have;
	bool eof;
	char charset[24];
};

static ssize_t undecodable(struct stream *s, struct error *err)
{
	struct decode *d = s->state;

	return error_set(err, TAMIS_EPARSE,
			 _("%s is not valid %s near byte %llu; the records before it are kept"), s->path,
			 d->charset, (unsigned long long)stream_consumed(s));
}

static ssize_t decode_read(struct stream *s, void *p, size_t n, struct error *err)
{
	struct decode *d = s->state;
	char *out = p;
	size_t room = n;

	for (;;) {
		char *in = d->in;
		size_t left = d->have, made;
		size_t rc = left ? iconv(d->converter, &in, &left, &out, &room) : 0;
		int why = rc == (size_t)-1 ? errno : 0;
		ssize_t got;

		memmove(d->in, in, left);
		d->have = left;
		made = (size_t)(out - (char *)p);
		if (made)
			return (ssize_t)made;
		if (why == EILSEQ || (why == EINVAL && d->eof))
			return undecodable(s, err);
		if (why == E2BIG)
			return error_set(err, TAMIS_EUSAGE, _("%s can't be read in such small pieces"),
					 s->path);
		if (d->eof)
			return 0;
		got = stream_read(s->below, d->in + d->have, CHUNK - d->have, err);
		if (got < 0)
			return got;
		d->have += (size_t)got;
		d->eof = got == 0;
	}
}

static void decode_close(struct stream *s)
{
	struct decode *d = s->state;

	iconv_close(d->converter);
	free(d);
}

struct stream *stream_decode(struct stream *below, const char *charset, struct error *err)
{
	iconv_t converter = iconv_open("UTF-8", charset);
	struct decode *d;

	if (converter == (iconv_t)-1) {
		error_set(err, TAMIS_EUNSUPPORTED, _("%s: the encoding %s is not known here"), below->path,
			  charset);
		return NULL;
	}
	d = xcalloc(1, sizeof *d);
	d->converter = converter;
	strncpy(d->charset, charset, sizeof d->charset - 1);
	return stream_layer(below, decode_read, decode_close, d);
}

/* ---- two files, line by line ---- */

#define LINE_LIMIT ((size_t)16 << 20)

struct side {
	struct stream *stream;
	char in[CHUNK];
	size_t at, have;
	bool eof;
	struct buf line;
	bool too_long;
};

struct zip {
	struct side side[2];
	struct buf out;
	size_t given;
	uint64_t line;
};

/* Reads the next line into side->line: 1, or 0 at the end, or an error. */
static int side_line(struct side *side, struct error *err)
{
	bool any = false;

	buf_clear(&side->line);
	side->too_long = false;
	for (;;) {
		const char *newline;
		size_t n;

		if (side->at == side->have) {
			ssize_t got = side->eof ? 0 : stream_read(side->stream, side->in, CHUNK, err);

			if (got < 0)
				return (int)got;
			side->at = 0;
			side->have = (size_t)got;
			side->eof = got == 0;
			if (side->eof)
				return any;
		}
		newline = memchr(side->in + side->at, '\n', side->have - side->at);
		n = (newline ? (size_t)(newline - side->in) : side->have) - side->at;
		any = true;
		if (side->line.len + n <= LINE_LIMIT)
			buf_add(&side->line, side->in + side->at, n);
		else
			side->too_long = true;
		side->at += n + (newline != NULL);
		if (newline)
			return 1;
	}
}

static struct span side_text(const struct side *side)
{
	struct span s = buf_span(&side->line);

	if (s.len && s.p[s.len - 1] == '\r')
		s.len--;
	return s;
}

/* A side as a member; what is not UTF-8 or far too long is left out, so that the scanner names the line. */
static void put_side(struct buf *out, const char *key, const struct side *side)
{
	struct span text = side_text(side);

	if (!side->too_long && utf8_valid(text, NULL))
		json_put_member(out, key, text);
}

/* An empty line stands for a sentence without partner: such pairs are passed over (OPUS). */
static bool has_partner(const struct zip *z)
{
	return span_trim(side_text(&z->side[0])).len && span_trim(side_text(&z->side[1])).len;
}

static int next_pair(struct stream *s, struct zip *z, struct error *err)
{
	for (;;) {
		int a = side_line(&z->side[0], err);
		int b = a < 0 ? 0 : side_line(&z->side[1], err);

		if (a < 0 || b < 0)
			return a < 0 ? a : b;
		if (a != b)
			return error_set(
				err, TAMIS_EPARSE,
				_("%s and its other half have different numbers of lines: one ends after "
				  "line %llu; the pairs before are kept"),
				s->path, (unsigned long long)z->line);
		if (a == 0)
			return 0;
		z->line++;
		if (!has_partner(z))
			continue;
		buf_clear(&z->out);
		z->given = 0;
		buf_addc(&z->out, '{');
		json_put_int(&z->out, "line", (int64_t)z->line);
		put_side(&z->out, "source", &z->side[0]);
		put_side(&z->out, "target", &z->side[1]);
		buf_adds(&z->out, "}\n");
		return 1;
	}
}

static ssize_t zip_read(struct stream *s, void *p, size_t n, struct error *err)
{
	struct zip *z = s->state;

	if (z->given == z->out.len) {
		int rc = next_pair(s, z, err);

		if (rc <= 0)
			return rc;
	}
	if (n > z->out.len - z->given)
		n = z->out.len - z->given;
	memcpy(p, z->out.p + z->given, n);
	z->given += n;
	return (ssize_t)n;
}

static void zip_close(struct stream *s)
{
	struct zip *z = s->state;

	stream_close(z->side[1].stream);
	for (int i = 0; i < 2; i++)
		buf_free(&z->side[i].line);
	buf_free(&z->out);
	free(z);
}

struct stream *stream_zip(struct stream *source, struct stream *target)
{
	struct zip *z = xcalloc(1, sizeof *z);

	z->side[0].stream = source;
	z->side[1].stream = target;
	buf_init(&z->side[0].line);
	buf_init(&z->side[1].line);
	buf_init(&z->out);
	return stream_layer(source, zip_read, zip_close, z);
}
