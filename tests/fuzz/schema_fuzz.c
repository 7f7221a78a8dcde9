/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a schema (up to the first empty line or zero) and a value: what follows says nothing, what does not says why. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "net/overlong.h"
#include "net/schema.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What a service may say of a question's length, of the same bytes. */
static void look_for_overlong(struct span bytes)
{
	static const long status[] = { 200, 400, 413, 429, 500 };

	for (size_t i = 0; i < sizeof status / sizeof *status; i++) {
		struct overlong o;

		if (overlong_says(&o, status[i], bytes) &&
		    ((o.asked == 0) != (o.limit == 0) || overlong_keep(&o, 4000, 3000, 512) > 3000 || status[i] == 429))
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data, *cut = size ? memmem(text, size, "\n\n", 2) : NULL;
	size_t at = cut ? (size_t)(cut - text) : size / 2;
	json_t *schema = json_loadb(text, at, JSON_ALLOW_NUL | JSON_DECODE_ANY, NULL);
	json_t *value = json_loadb(text + at, size - at, JSON_ALLOW_NUL | JSON_DECODE_ANY, NULL);
	char why[100] = "", again[100] = "";

	if (schema && value) {
		if (schema_check(value, schema, why, sizeof why) != (why[0] == '\0'))
			abort();
		if (schema_check(value, schema, again, 2) && why[0])
			abort();
	}
	look_for_overlong(span_make(text, size));
	json_decref(schema);
	json_decref(value);
	return 0;
}
