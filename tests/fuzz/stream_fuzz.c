/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Decompression and decoding: any bytes through any layer (the first byte chooses it) end, in an error or
 * not. */
#include "formats_fuzz.h"

static struct stream *layer(unsigned char which, struct stream *below)
{
	struct error err = { 0 };

	switch (which % 6) {
	case 0: return stream_gzip(below);
	case 1: return stream_zstd(below);
	case 2: return stream_xz(below);
	case 3: return stream_bzip2(below);
	case 4: return stream_decode(below, "UTF-16", &err);
	default: return stream_zip(below, drip_open(span_of("one\ntwo\n"), 3));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct stream *s;
	struct error err = { 0 };
	char out[5000];
	size_t total = 0;
	ssize_t got;

	if (size < 1)
		return 0;
	s = layer(data[0], drip_open(span_make((const char *)data + 1, size - 1), 1 + data[0] / 6));
	do {
		got = stream_read(s, out, sizeof out, &err);
		must(got <= (ssize_t)sizeof out);
		total += got > 0 ? (size_t)got : 0;
	} while (got > 0 && total < (size_t)16 << 20);
	must(got >= 0 || err.msg[0] != '\0');
	if (got < 0)
		must(stream_read(s, out, sizeof out, &err) <= 0);
	stream_close(s);
	return 0;
}
