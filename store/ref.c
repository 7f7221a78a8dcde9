/* SPDX-License-Identifier: GPL-3.0-or-later */
/* References: 23 bits of source above 40 bits of record number (from 1), or no source and an item's id. */
#include "store/store.h"

#include <inttypes.h>
#include <stdio.h>

#define NUMBER_BITS 40
#define NUMBER_MASK (((uint64_t)1 << NUMBER_BITS) - 1)
#define SOURCE_MAX (((int64_t)1 << 23) - 1)

item_ref item_ref_record(int64_t source, uint64_t number0)
{
	if (source < 1 || source > SOURCE_MAX || number0 >= NUMBER_MASK)
		return ITEM_REF_NONE;
	return (uint64_t)source << NUMBER_BITS | (number0 + 1);
}

item_ref item_ref_item(int64_t id)
{
	return id > 0 && (uint64_t)id <= NUMBER_MASK ? (item_ref)id : ITEM_REF_NONE;
}

bool item_ref_is_record(item_ref ref)
{
	return ref >> NUMBER_BITS != 0;
}

int64_t item_ref_source(item_ref ref)
{
	return (int64_t)(ref >> NUMBER_BITS);
}

uint64_t item_ref_number(item_ref ref)
{
	return (ref & NUMBER_MASK) - 1;
}

int64_t item_ref_id(item_ref ref)
{
	return item_ref_is_record(ref) ? 0 : (int64_t)ref;
}

void item_ref_format(char out[32], item_ref ref)
{
	if (item_ref_is_record(ref))
		snprintf(out, 32, "%" PRId64 ".%" PRIu64, item_ref_source(ref), item_ref_number(ref) + 1);
	else
		snprintf(out, 32, "%" PRIu64, ref);
}

/* Digits without sign or leading zero, at most 13 of them; false when there are none. */
static bool read_number(struct span *text, uint64_t *out)
{
	size_t n = 0;

	*out = 0;
	while (n < text->len && n < 14 && text->p[n] >= '0' && text->p[n] <= '9')
		*out = *out * 10 + (uint64_t)(text->p[n++] - '0');
	if (n == 0 || n == 14 || text->p[0] == '0')
		return false;
	*text = span_make(text->p + n, text->len - n);
	return true;
}

item_ref item_ref_parse(struct span text)
{
	uint64_t first, second;

	if (!read_number(&text, &first))
		return ITEM_REF_NONE;
	if (text.len == 0)
		return item_ref_item((int64_t)first);
	if (text.p[0] != '.')
		return ITEM_REF_NONE;
	text = span_make(text.p + 1, text.len - 1);
	if (!read_number(&text, &second) || text.len)
		return ITEM_REF_NONE;
	return item_ref_record((int64_t)first, second - 1);
}
