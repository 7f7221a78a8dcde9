/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Translation memories: any bytes framed into units and decoded, with and without languages asked for. */
#include "formats_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct shape shape = { .format = FORMAT_TMX, .kind = KIND_BITEXT };

	check_framing(&shape, span_make((const char *)data, size), 3);
	shape.target_lang[0] = 'e';
	shape.target_lang[1] = 'n';
	check_framing(&shape, span_make((const char *)data, size), 1);
	return 0;
}
