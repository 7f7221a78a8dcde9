/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Decompression layers.  Each holds one input chunk and its library's window, whatever the ratio: a bomb
 * costs time, never memory.  Good bytes come out before an error is reported.  All four read concatenated
 * members or frames.
 */
#include <bzlib.h>
#include <lzma.h>
#include <stdlib.h>
#include <zlib.h>
#include <zstd.h>
#include <zstd_errors.h>

#include "base/i18n.h"
#include "formats/stream.h"

#define CHUNK ((size_t)256 * 1024)
#define XZ_MEMORY ((uint64_t)256 << 20) /* every preset's dictionary fits; a larger one is refused */
#define ZSTD_WINDOW_LOG 27              /* what zstd itself accepts without --long */

struct unpack {
	unsigned char *in;
	size_t at, have;
	bool eof;       /* the file below has ended */
	bool inside;    /* within a member or frame */
	bool finished;  /* nothing more to come */
	bool broken;    /* good bytes were handed out, the error comes next */
	bool too_large; /* the error is that it asks for more memory than is given */
	int failed;     /* code of the error to repeat */
	union {
		z_stream gzip;
		ZSTD_DStream *zstd;
		lzma_stream xz;
		bz_stream bzip2;
	} u;
	void (*end)(struct unpack *u);
	/* Decodes from in[at, have) into out; returns bytes made, or -1 when the data is corrupt.  Clears
	 * `inside` at the end of a member. */
	ssize_t (*step)(struct unpack *u, void *out, size_t n);
	const char *name;
};

static int refill(struct stream *s, struct unpack *u, struct error *err)
{
	ssize_t got;

	if (u->eof || u->at < u->have)
		return 0;
	got = stream_read(s->below, u->in, CHUNK, err);
	if (got < 0)
		return (int)got;
	u->at = 0;
	u->have = (size_t)got;
	u->eof = got == 0;
	return 0;
}

static ssize_t unpack_failed(struct stream *s, struct unpack *u, struct error *err, const char *what)
{
	u->failed = TAMIS_EPARSE;
	return error_set(err, TAMIS_EPARSE, what, s->path, u->name, (unsigned long long)stream_consumed(s));
}

static ssize_t unpack_read(struct stream *s, void *p, size_t n, struct error *err)
{
	struct unpack *u = s->state;

	if (u->failed)
		return error_set(err, u->failed, _("%s: the %s data is corrupt"), s->path, u->name);
	while (!u->finished) {
		ssize_t made;
		int rc = refill(s, u, err);

		if (rc < 0)
			return u->failed = rc;
		if (u->eof && u->at == u->have && !u->inside) {
			u->finished = true;
			break;
		}
		made = u->step(u, p, n);
		if (made > 0)
			return made;
		if (made < 0 && u->too_large)
			return unpack_failed(
				s, u, err,
				_("%s: the %s data needs more memory to unpack than is given (near byte "
				  "%llu): unpack it first, or pack it again without --long"));
		if (made < 0)
			return unpack_failed(s, u, err,
					     _("%s: the %s data is corrupt near byte %llu; the records "
					       "before it are kept"));
		if (u->eof && u->at == u->have && u->inside)
			return unpack_failed(s, u, err,
					     _("%s: the %s data ends too early, after byte %llu; the records "
					       "before it are kept"));
	}
	return 0;
}

static void unpack_close(struct stream *s)
{
	struct unpack *u = s->state;

	u->end(u);
	free(u->in);
	free(u);
}

static struct stream *unpack_layer(struct stream *below, struct unpack *u)
{
	u->in = xmalloc(CHUNK);
	return stream_layer(below, unpack_read, unpack_close, u);
}

/* ---- gzip ---- */

static ssize_t gzip_step(struct unpack *u, void *out, size_t n)
{
	z_stream *z = &u->u.gzip;
	int rc;

	if (!u->inside) {
		/* between members: padding zeros are allowed (tapes, dd) */
		while (u->at < u->have && u->in[u->at] == 0)
			u->at++;
		if (u->at == u->have)
			return 0;
		inflateReset(z);
		u->inside = true;
	}
	z->next_in = u->in + u->at;
	z->avail_in = (unsigned)(u->have - u->at);
	z->next_out = out;
	z->avail_out = n > CHUNK ? (unsigned)CHUNK : (unsigned)n;
	rc = inflate(z, Z_NO_FLUSH);
	u->at = u->have - z->avail_in;
	n = (size_t)((unsigned char *)z->next_out - (unsigned char *)out);
	if (rc == Z_STREAM_END)
		u->inside = false;
	else if (rc != Z_OK && rc != Z_BUF_ERROR && n == 0)
		return -1;
	return (ssize_t)n;
}

static void gzip_end(struct unpack *u)
{
	inflateEnd(&u->u.gzip);
}

struct stream *stream_gzip(struct stream *below)
{
	struct unpack *u = xcalloc(1, sizeof *u);

	u->name = "gzip";
	u->step = gzip_step;
	u->end = gzip_end;
	if (inflateInit2(&u->u.gzip, 15 + 16) != Z_OK)
		abort();
	return unpack_layer(below, u);
}

/* ---- zstd ---- */

static ssize_t zstd_step(struct unpack *u, void *out, size_t n)
{
	ZSTD_inBuffer in = { u->in, u->have, u->at };
	ZSTD_outBuffer to = { out, n, 0 };
	size_t rc;

	if (u->broken)
		return -1;
	rc = ZSTD_decompressStream(u->u.zstd, &to, &in);
	u->at = in.pos;
	if (ZSTD_isError(rc)) {
		u->broken = true;
		u->too_large = ZSTD_getErrorCode(rc) == ZSTD_error_frameParameter_windowTooLarge;
		return to.pos ? (ssize_t)to.pos : -1;
	}
	u->inside = rc != 0;
	return (ssize_t)to.pos;
}

static void zstd_end(struct unpack *u)
{
	ZSTD_freeDStream(u->u.zstd);
}

struct stream *stream_zstd(struct stream *below)
{
	struct unpack *u = xcalloc(1, sizeof *u);

	u->name = "zstd";
	u->step = zstd_step;
	u->end = zstd_end;
	u->u.zstd = ZSTD_createDStream();
	if (u->u.zstd == NULL)
		abort();
	ZSTD_DCtx_setParameter(u->u.zstd, ZSTD_d_windowLogMax, ZSTD_WINDOW_LOG);
	return unpack_layer(below, u);
}

/* ---- xz ---- */

static ssize_t xz_step(struct unpack *u, void *out, size_t n)
{
	lzma_stream *x = &u->u.xz;
	lzma_ret rc;

	x->next_in = u->in + u->at;
	x->avail_in = u->have - u->at;
	x->next_out = out;
	x->avail_out = n;
	rc = lzma_code(x, u->eof ? LZMA_FINISH : LZMA_RUN);
	u->at = u->have - x->avail_in;
	n -= x->avail_out;
	u->too_large = rc == LZMA_MEMLIMIT_ERROR;
	if (rc == LZMA_STREAM_END) {
		u->inside = false;
		u->finished = true;
	} else if (rc != LZMA_OK && rc != LZMA_BUF_ERROR && n == 0) {
		return -1;
	}
	return (ssize_t)n;
}

static void xz_end(struct unpack *u)
{
	lzma_end(&u->u.xz);
}

struct stream *stream_xz(struct stream *below)
{
	struct unpack *u = xcalloc(1, sizeof *u);

	u->name = "xz";
	u->step = xz_step;
	u->end = xz_end;
	u->inside = true; /* concatenated streams end only where the file does */
	if (lzma_stream_decoder(&u->u.xz, XZ_MEMORY, LZMA_CONCATENATED) != LZMA_OK)
		abort();
	return unpack_layer(below, u);
}

/* ---- bzip2 ---- */

static ssize_t bzip2_step(struct unpack *u, void *out, size_t n)
{
	bz_stream *b = &u->u.bzip2;
	int rc;

	if (!u->inside) {
		if (u->at == u->have)
			return 0;
		if (BZ2_bzDecompressInit(b, 0, 0) != BZ_OK)
			abort();
		u->inside = true;
	}
	b->next_in = (char *)u->in + u->at;
	b->avail_in = (unsigned)(u->have - u->at);
	b->next_out = out;
	b->avail_out = n > CHUNK ? (unsigned)CHUNK : (unsigned)n;
	rc = BZ2_bzDecompress(b);
	u->at = u->have - b->avail_in;
	n = (size_t)(b->next_out - (char *)out);
	if (rc == BZ_STREAM_END) {
		BZ2_bzDecompressEnd(b);
		u->inside = false;
	} else if (rc != BZ_OK && n == 0) {
		return -1;
	}
	return (ssize_t)n;
}

static void bzip2_end(struct unpack *u)
{
	if (u->inside)
		BZ2_bzDecompressEnd(&u->u.bzip2);
}

struct stream *stream_bzip2(struct stream *below)
{
	struct unpack *u = xcalloc(1, sizeof *u);

	u->name = "bzip2";
	u->step = bzip2_step;
	u->end = bzip2_end;
	return unpack_layer(below, u);
}
