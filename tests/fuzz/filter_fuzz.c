/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any text as a filter: it is refused with a sentence, or it can be tried on an item; and whatever a pattern that may look into
 * escaped text finds after decoding, it finds (or is told to look closer) before. */
#include "config.h"

#include <locale.h>
#include <math.h>
#include <stdlib.h>

#include "base/json.h"
#include "driver.h"
#include "review/filter.h"
#include "text/pattern.h"

static void must(bool promise)
{
	if (!promise)
		abort();
}

static void try_filter(const char *text, struct span sample)
{
	struct filter *f = NULL;
	struct error err = { 0 };
	struct field fields[] = {
		{ .role = ROLE_TEXT, .name = span_of("text"), .value = sample },
		{ .role = ROLE_ID, .name = span_of("id"), .value = span_of("r1") },
		{ .role = ROLE_META, .name = span_of("metadata.dump"), .value = sample },
		{ .role = ROLE_MESSAGES, .name = span_of("messages"), .value = sample, .json = true },
	};
	struct item item;

	if (filter_parse(&f, text, &err) < 0) {
		must(f == NULL && err.code == TAMIS_EUSAGE && err.msg[0]);
		return;
	}
	item_init(&item);
	item.kind = KIND_DOCUMENT;
	item.record = (struct record){ .kind = KIND_DOCUMENT, .fields = fields, .n_fields = 4, .score = NAN };
	filter_item(f, &item);
	item_free(&item);
	filter_free(f);
}

static void try_pattern(struct span text, struct span escaped)
{
	struct pattern *p = NULL;
	struct matcher *m;
	struct buf decoded = BUF_INIT;
	size_t start, end;
	bool unicode = false;

	for (size_t i = 0; i + 1 < escaped.len; i++)
		unicode = unicode || (escaped.p[i] == '\\' && escaped.p[i + 1] == 'u');
	if (pattern_compile(&p, text, NULL) < 0)
		return;
	m = matcher_new(p);
	json_unescape(&decoded, escaped);
	if (pattern_raw_safe(p) && !unicode && matcher_find(m, buf_span(&decoded), 0, &start, &end) == 1) {
		must(start <= end && end <= decoded.len);
		must(matcher_find(m, escaped, 0, &start, &end) != 0);
	}
	matcher_free(m);
	pattern_free(p);
	buf_free(&decoded);
}

/* A JSON string's inside made of any bytes: those that must be escaped are. */
static void escape(struct buf *out, struct span s)
{
	struct buf quoted = BUF_INIT;

	json_put_string(&quoted, s);
	buf_add(out, quoted.p + 1, quoted.len - 2);
	buf_free(&quoted);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *nul = size ? memchr(data, '\0', size) : NULL;
	size_t n = nul ? (size_t)(nul - data) : size;
	struct span sample = nul ? span_make((const char *)nul + 1, size - n - 1) : span_of("some text 12");
	struct buf escaped = BUF_INIT;
	char *text;

	setlocale(LC_ALL, "C.UTF-8");
	if (n > 300 || sample.len > 2000)
		return 0;
	text = xstrndup((const char *)data, n);
	escape(&escaped, sample);
	try_filter(text, sample);
	try_pattern(span_of(text), buf_span(&escaped));
	buf_free(&escaped);
	free(text);
	return 0;
}
