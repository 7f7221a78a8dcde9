/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Streams from the inside: a chain of layers, each reading the one below (file, decompression, decoding,
 * unrolling). Internal to formats/; everybody else uses formats/reader.h.
 */
#ifndef TAMIS_FORMATS_STREAM_H
#define TAMIS_FORMATS_STREAM_H

#include "formats/reader.h"

struct stream {
	ssize_t (*read)(struct stream *s, void *p, size_t n, struct error *err);
	void (*close)(struct stream *s); /* frees the layer's own state, not `below`, not `s` */
	struct stream *below;            /* NULL for a file; owned */
	void *state;
	const char *path;                /* for messages; owned by the lowest layer */
};

/* Each puts a layer on `below`, which it owns from then on. */
struct stream *stream_layer(struct stream *below,
			    ssize_t (*read)(struct stream *, void *, size_t, struct error *),
			    void (*close)(struct stream *), void *state);
struct stream *stream_gzip(struct stream *below);
struct stream *stream_zstd(struct stream *below);
struct stream *stream_xz(struct stream *below);
struct stream *stream_bzip2(struct stream *below);
/* NULL with `err` when iconv does not know `charset`. */
struct stream *stream_decode(struct stream *below, const char *charset, struct error *err);
struct stream *stream_mo(struct stream *below);
struct stream *stream_zip(struct stream *source, struct stream *target);

/* The file itself, decompressed but not decoded: what recognition looks at.  `start` only without a
 * container. */
int stream_open_raw(struct stream **out, enum container container, const char *path, uint64_t start,
		    struct error *err);
/* Reads until `n` bytes or the end. */
ssize_t stream_read_full(struct stream *s, void *p, size_t n, struct error *err);

/* The container a file's first bytes announce. */
enum container container_sniff(struct span head);

#endif
