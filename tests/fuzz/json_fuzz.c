/* SPDX-License-Identifier: GPL-3.0-or-later */
/* JSON: members lie inside the text, in order; each value is JSON again; strings survive unescaping and
 * escaping. */
#include "base/json.h"
#include "base/json_kernel.h"
#include "formats_fuzz.h"

static void check_string(struct span escaped)
{
	struct buf plain = BUF_INIT, again = BUF_INIT, twice = BUF_INIT;

	json_unescape(&plain, escaped);
	must(plain.len <= escaped.len && utf8_valid(buf_span(&plain), NULL));
	json_put_string(&again, buf_span(&plain));
	json_unescape(&twice, span_make(again.p + 1, again.len - 2));
	must(span_eq(buf_span(&plain), buf_span(&twice)));
	buf_free(&plain);
	buf_free(&again);
	buf_free(&twice);
}

static void check_member(struct span text, const struct json_member *m)
{
	struct json_member inner[4];
	struct json_fault fault;
	double number;
	size_t n;

	must(m->value.p >= text.p && m->value.p + m->value.len <= text.p + text.len);
	if (m->key.p)
		check_string(m->key);
	if (m->type == JSON_T_STRING)
		check_string(m->value);
	if (m->type == JSON_T_NUMBER)
		must(json_read_real(m->value, &number));
	if (m->type == JSON_T_OBJECT)
		must(json_scan_object(m->value, inner, 4, &n, &fault) == 0);
	if (m->type == JSON_T_ARRAY)
		must(json_scan_array(m->value, inner, 4, &n, &fault) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = { (const char *)data, size };
	struct json_member m[64];
	struct json_fault fault = { NULL, 0 };
	size_t n = 0;

	for (int array = 0; array < 2; array++) {
		int rc = array ? json_scan_array(text, m, 64, &n, &fault)
			       : json_scan_object(text, m, 64, &n, &fault);

		if (rc < 0) {
			must(fault.reason != NULL && fault.at <= size);
			continue;
		}
		must(utf8_valid(text, NULL));
		for (size_t i = 0; i < n && i < 64; i++) {
			must(i == 0 || m[i].value.p >= m[i - 1].value.p + m[i - 1].value.len);
			check_member(text, &m[i]);
		}
	}
	must(json_plain_choose()(text.p, size) == json_plain_portable(text.p, size));
	must(utf8_valid(text, NULL) == utf8_whole_portable(text));
	return 0;
}
