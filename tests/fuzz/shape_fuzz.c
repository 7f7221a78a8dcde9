/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Recognition of anything: a shape that says why, survives being stored, and reads the bytes it was made
 * from; or a refusal in words. */
#include "formats_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span head = { (const char *)data, size };
	struct buf json = BUF_INIT, again = BUF_INIT;
	struct error err = { 0 };
	struct shape shape, back;

	if (shape_recognise_head(&shape, head, (size & 1) != 0, "fuzz", NULL, &err) < 0) {
		must(err.msg[0] != '\0');
		return 0;
	}
	must(shape.reason[0] != '\0' && utf8_valid(span_of(shape.reason), NULL));
	must(shape.kind == KIND_DOCUMENT || shape.kind == KIND_BITEXT || shape.kind == KIND_INSTRUCTION);
	shape_to_json(&json, &shape);
	must(shape_from_json(&back, buf_span(&json), &err) == 0);
	shape_to_json(&again, &back);
	must(span_eq(buf_span(&json), buf_span(&again)));
	if (shape_in_place(&shape))
		check_framing(&shape, head, 7);
	buf_free(&json);
	buf_free(&again);
	return 0;
}
