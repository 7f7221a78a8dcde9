/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables: any bytes under any dialect (the first byte chooses it), framed and decoded. */
#include "formats_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct shape shape = { .format = FORMAT_CSV, .kind = KIND_DOCUMENT, .n_columns = 2 };

	if (size < 1)
		return 0;
	shape.delimiter = ",;\t|"[data[0] & 3];
	shape.quoted = (data[0] & 4) != 0;
	shape.header = (data[0] & 8) != 0;
	shape.columns[0].role = ROLE_ID;
	shape.columns[1].role = ROLE_TEXT;
	if (data[0] & 16) {
		shape.kind = KIND_BITEXT;
		shape.columns[0].role = ROLE_SOURCE;
		shape.columns[1].role = ROLE_TARGET;
	}
	check_framing(&shape, span_make((const char *)data + 1, size - 1), 1 + (data[0] >> 5));
	return 0;
}
