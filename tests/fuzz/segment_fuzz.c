/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Segmentation of any bytes as each markup (by the first byte): segments stay inside and apart; their headings can be read. */
#include <stdint.h>
#include <stdlib.h>

#include "instruct/cell.h"
#include "instruct/heading.h"
#include "instruct/segment.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct segmentation s = { 0 };
	struct heading h = { 0 };
	struct term_reader *reader;
	struct term_list terms = { 0 };
	struct verb_noun asked;
	size_t end = 0;

	if (size == 0)
		return 0;
	(void)markup_guess(span_make((const char *)data, size));
	if (segmentation_make(&s, span_make((const char *)data + 1, size - 1), (enum markup)(data[0] % MARKUPS), 20, 200, NULL))
		abort();
	reader = term_reader_new();
	vec_each(&s.segments, i) {
		if (s.segments.v[i].at < end || s.segments.v[i].len > size - 1 || s.segments.v[i].at > size - 1 - s.segments.v[i].len)
			abort();
		end = s.segments.v[i].at + s.segments.v[i].len;
		heading_read(&h, s.segments.v[i].header, s.segments.v[i].text);
		if (h.kind == HEADING_ACTION && h.action.len == 0)
			abort();
		verb_noun_of(&asked, reader, &terms, s.segments.v[i].header);
	}
	heading_free(&h);
	vec_free(&terms.terms);
	term_reader_free(reader);
	segmentation_free(&s);
	return 0;
}
