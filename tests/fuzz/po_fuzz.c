/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Message catalogues as text: any bytes framed into entries and decoded. */
#include "formats_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct shape shape = { .format = FORMAT_PO, .kind = KIND_BITEXT };

	check_framing(&shape, span_make((const char *)data, size), 2);
	return 0;
}
