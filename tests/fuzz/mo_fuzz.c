/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Compiled catalogues: whatever the offsets say, what comes out are JSON Lines. */
#include "base/json.h"
#include "formats_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct stream *s = stream_mo(drip_open(span_make((const char *)data, size), 100));
	struct buf out = BUF_INIT;
	struct error err = { 0 };
	struct span rest;
	ssize_t got;

	do {
		buf_reserve(&out, 4096);
		got = stream_read(s, out.p + out.len, 4096, &err);
		out.len += got > 0 ? (size_t)got : 0;
	} while (got > 0 && out.len < (size_t)8 << 20);
	must(got >= 0 || err.msg[0] != '\0');
	rest = buf_span(&out);
	while (got == 0 && rest.len) {
		struct span line = span_line(&rest);
		struct json_member m[4];
		struct json_fault fault;
		size_t n;

		must(json_scan_object(line, m, 4, &n, &fault) == 0 && n >= 2);
	}
	buf_free(&out);
	stream_close(s);
	return 0;
}
