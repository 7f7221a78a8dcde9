/* SPDX-License-Identifier: GPL-3.0-or-later */
/* UTF-8 over any bytes: always moves on, never past the end, and encoding gives back what was decoded. */
#include "config.h"

#include <stdlib.h>

#include "base/utf8.h"
#include "driver.h"

static void must(bool promise)
{
	if (!promise)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span all = { (const char *)data, size };
	size_t bad = size, points = 0, first_malformed = size;
	bool valid = utf8_valid(all, &bad);
	for (size_t at = 0; at < size;) {
		struct span rest = { all.p + at, size - at };
		size_t used = 0;
		int32_t cp = utf8_decode(rest, &used);
		must(used >= 1 && used <= 4 && used <= rest.len);
		if (cp < 0) {
			must(used == 1);
			first_malformed = first_malformed == size ? at : first_malformed;
		} else {
			char again[4];
			must(utf8_encode(again, (uint32_t)cp) == used && memcmp(again, rest.p, used) == 0);
			must(utf8_width((uint32_t)cp) <= 2);
		}
		size_t cluster = utf8_grapheme(rest);
		must(cluster >= 1 && cluster <= rest.len);
		must(utf8_floor(all, at) <= at);
		at += used;
		points++;
	}
	must(valid == (first_malformed == size));
	must(valid || bad == first_malformed);
	must(utf8_count(all) == points);
	return 0;
}
