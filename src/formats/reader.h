/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Bytes into records, in one forward pass of bounded memory.
 *
 * A stream yields a source's content: the file's own bytes, or decompressed, decoded from UTF-16, zipped from
 * two Moses files, or unrolled from a .mo catalogue (the last two as JSON Lines).  A framer cuts content into
 * records.
 */
#ifndef TAMIS_FORMATS_READER_H
#define TAMIS_FORMATS_READER_H

#include <stdatomic.h>
#include <sys/types.h>

#include "formats/shape.h"

struct stream;

/* Opens `path` ("-" is standard input) for content under `shape`, at content byte `start` (only in-place
 * shapes may start elsewhere than 0).  `companion` is the second file of a Moses pair, else NULL.  Memory is
 * bounded whatever the compression ratio; a truncated or corrupt container gives the good bytes first, then
 * the error. */
int stream_open(struct stream **out, const struct shape *shape, const char *path, const char *companion,
		uint64_t start, struct error *err);
/* Up to n bytes; 0 at the end; negative TAMIS_E on failure. */
ssize_t stream_read(struct stream *s, void *p, size_t n, struct error *err);
/* Appends a whole file to `out`, decompressed when its first bytes say gzip, zstd, xz or bzip2, and a NUL that isn't counted;
 * content of more than `limit` bytes is TAMIS_ELIMIT.
 * Pipes can be read as well. */
int stream_read_all(struct buf *out, const char *path, size_t limit, struct error *err);
/* Puts a layer on `below` (owned from then on) that shows each piece of content to `see` as it is read; a
 * negative return fails the read. */
typedef int (*stream_tee_fn)(void *ctx, struct span content, struct error *err);
struct stream *stream_tee(struct stream *below, stream_tee_fn see, void *ctx);
/* Adds what is read of the underlying file from now on to `sum` (borrowed). */
struct block_sum;
void stream_sum(struct stream *s, struct block_sum *sum);
/* Bytes of the underlying file consumed, for progress. */
uint64_t stream_consumed(const struct stream *s);
void stream_close(struct stream *s);

/* One record found by a framer.  `at` is its first content byte, `line` its first line (1-based). */
struct framed {
	uint64_t at;
	uint64_t len;
	uint64_t line;
	struct span bytes;         /* the record in memory; p is NULL when it is over the framer's limit */
	struct hash128 long_key;   /* key over the raw bytes when bytes.p is NULL */
	struct span long_sample;   /* first 512 bytes then */
};

struct framer;
/* `limit`: records up to this many bytes are handed over in memory; longer ones are measured and hashed only.
 */
struct framer *framer_new(const struct shape *shape, uint64_t start, uint64_t line, size_t limit);
void framer_free(struct framer *f);

/* Pulls the next record out of `stream`: 1 and `*out` (valid until the next call), 0 at the end, negative on
 * failure. Skips separators, blank lines, headers.  At a failure everything framed before it has been
 * returned. */
int framer_next(struct framer *f, struct stream *s, struct framed *out, struct error *err);

/* Content bytes consumed by the records returned so far, and the line after them: where an interrupted import
 * resumes. */
uint64_t framer_position(const struct framer *f);
uint64_t framer_line(const struct framer *f);

#endif
