/* SPDX-License-Identifier: GPL-3.0-or-later */
/* base/json.h: the validator against jansson and against itself on both instruction sets; strings, numbers,
 * writing. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "base/cpu.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/json_kernel.h"
#include "base/utf8.h"

static int scan(struct span text, struct json_member *m, size_t max, size_t *n, struct json_fault *fault)
{
	struct span trimmed = span_trim(text);

	if (trimmed.len && trimmed.p[0] == '[')
		return json_scan_array(text, m, max, n, fault);
	return json_scan_object(text, m, max, n, fault);
}

static void accepts_what_rfc_8259_accepts(void **state)
{
	static const char *const good[] = {
		"{}",
		" { } ",
		"[]",
		"{\"a\":1}",
		"{\"a\":-0}",
		"{\"a\":0.5e-10,\"b\":1E+2}",
		"{\"\":\"\"}",
		"[1,2,3]",
		"[[[[]]]]",
		"{\"a\":{\"b\":[{\"c\":null}]}}",
		"[true,false,null]",
		"{\"\\u0041\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\"}",
		"{\"a\":1,\"a\":2}",
		"\t{\n\"a\" :\r1 }\n",
		"[\"\xe4\xbd\xa0\xe5\xa5\xbd\", \"\xf0\x9f\x98\x80\"]",
		"[\"\x7f\"]",
	};
	struct json_member m[8];
	struct json_fault fault;
	size_t n;

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		assert_int_equal(scan(span_of(good[i]), m, 8, &n, &fault), 0);
}

static void says_at_which_byte_a_text_stops_being_json(void **state)
{
	static const struct {
		const char *text;
		size_t at;
	} bad[] = {
		{ "", 0 },
		{ "x", 0 },
		{ "{\"a\":1", 6 },
		{ "{\"a\" 1}", 5 },
		{ "{\"a\":01}", 6 },
		{ "{\"a\":1.}", 7 },
		{ "{\"a\":.5}", 5 },
		{ "{\"a\":+1}", 5 },
		{ "{\"a\":1e}", 7 },
		{ "{\"a\":tru}", 5 },
		{ "{\"a\":'b'}", 5 },
		{ "{a:1}", 1 },
		{ "{\"a\":1,}", 7 },
		{ "[1,]", 3 },
		{ "[1 2]", 3 },
		{ "{}x", 2 },
		{ "{\"a\":\"b", 7 },
		{ "{\"a\":\"\\x\"}", 6 },
		{ "{\"a\":\"\\u12g4\"}", 6 },
		{ "{\"a\":\"\n\"}", 6 },
		{ "{\"a\":\"\xff\"}", 6 },
		{ "[\"\xed\xa0\x80\"]", 2 },
		{ "{\"a\":NaN}", 5 },
		{ "[\"\xc0\xaf\"]", 2 },
		{ "{\"a\":[1}", 7 },
		{ "{\"a\":{\"b\"}}", 9 },
		{ "{\"a\":\"b\\", 7 },
	};
	struct json_member m[8];
	struct json_fault fault;
	size_t n;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		fault = (struct json_fault){ NULL, 999 };
		assert_int_equal(scan(span_of(bad[i].text), m, 8, &n, &fault), TAMIS_EPARSE);
		assert_non_null(fault.reason);
		if (fault.at != bad[i].at)
			fail_msg("%s: fault at %zu, not %zu (%s)", bad[i].text, fault.at, bad[i].at,
				 fault.reason);
	}
}

static void hands_out_members_in_order_and_counts_those_that_do_not_fit(void **state)
{
	const char *text = "{\"text\":\"a\\nb\",\"n\":-1.5,\"list\":[1,[2]],\"o\":{\"k\":\"}\"},\"t\":true,"
			   "\"k\\u0065y\":null}";
	struct json_member m[6];
	struct json_fault fault;
	size_t n;

	(void)state;
	assert_int_equal(json_scan_object(span_of(text), m, 6, &n, &fault), 0);
	assert_int_equal(n, 6);
	assert_true(span_is(m[0].key, "text") && span_is(m[0].value, "a\\nb") && m[0].escaped);
	assert_true(m[1].type == JSON_T_NUMBER && span_is(m[1].value, "-1.5") && !m[1].escaped);
	assert_true(m[2].type == JSON_T_ARRAY && span_is(m[2].value, "[1,[2]]"));
	assert_true(m[3].type == JSON_T_OBJECT && span_is(m[3].value, "{\"k\":\"}\"}"));
	assert_int_equal(m[4].type, JSON_T_TRUE);
	assert_true(m[5].type == JSON_T_NULL && m[5].key_escaped);
	assert_int_equal(json_scan_object(span_of(text), m, 2, &n, &fault), 0);
	assert_int_equal(n, 6);
}

static void limits_nesting_to_128(void **state)
{
	char text[600];
	struct json_member m;
	struct json_fault fault;
	size_t n;

	(void)state;
	for (size_t depth = 127; depth <= 129; depth++) {
		memset(text, '[', depth);
		memset(text + depth, ']', depth);
		assert_int_equal(json_scan_array(span_make(text, 2 * depth), &m, 1, &n, &fault),
				 depth <= JSON_DEPTH ? 0 : TAMIS_EPARSE);
	}
}

/* jansson refuses three things the grammar allows: \u0000, lone surrogates, and numbers beyond a double's or
 * integer's range. */
static bool beyond_jansson(struct span text, const json_error_t *error)
{
	return json_error_code(error) == json_error_null_character ||
	       json_error_code(error) == json_error_numeric_overflow ||
	       ((memmem(text.p, text.len, "\\ud", 3) || memmem(text.p, text.len, "\\uD", 3)) &&
		json_error_code(error) == json_error_invalid_syntax);
}

static void agrees_with_jansson_on_changed_texts(void **state)
{
	static const char seed[] =
		"{\"id\":\"x-1\",\"text\":\"Hello \\\"w\\u00f6rld\\\" \xe4\xbd\xa0\xf0\x9f\x98\x80 \\n and "
		"some more of it to fill a vector\",\"meta\":{\"score\":-1.25e-3,\"list\":[1,2,"
		"{\"deep\":[true,false,null]}]},\"n\":0}";
	static const char *const pieces[] = {
		"\"",	"\\", "{", "}", "[", "]",    ",", ":",	  "\\u",      "\xff", "\xed\xa0\x80",
		"\x01", "0",  "-", "e", ".", "null", " ", "\xe4", "\xf0\x9f", "1"
	};
	uint64_t random = 42;
	size_t accepted = 0;

	(void)state;
	for (int round = 0; round < 60000; round++) {
		char text[sizeof seed + 64];
		size_t len = sizeof seed - 1, n;
		struct json_member m[16];
		struct json_fault fault;
		json_error_t error;
		json_t *tree;
		bool ours;

		memcpy(text, seed, len);
		for (uint64_t changes = 1 + (random = hash_mix64(random)) % 3; changes > 0; changes--) {
			const char *piece =
				pieces[(random = hash_mix64(random)) % (sizeof pieces / sizeof *pieces)];
			size_t at = (random = hash_mix64(random)) % len, add = strlen(piece);
			size_t cut = (random >> 32) % 4;

			cut = at + cut > len ? len - at : cut;
			memmove(text + at + add, text + at + cut, len - at - cut);
			memcpy(text + at, piece, add);
			len = len + add - cut;
		}
		ours = json_scan_object(span_make(text, len), m, 16, &n, &fault) == 0;
		tree = json_loadb(text, len, 0, &error);
		if (ours && tree == NULL && beyond_jansson(span_make(text, len), &error)) {
			accepted++;
			continue;
		}
		if (ours != (json_is_object(tree) != 0))
			fail_msg("%.*s: we say %d (%s), jansson %s", (int)len, text, ours,
				 ours ? "" : fault.reason, error.text);
		accepted += ours;
		json_decref(tree);
	}
	assert_true(accepted > 3000 && accepted < 57000); /* both sides were tried */
}

static void vector_and_portable_scanning_agree(void **state)
{
	char text[200];
	uint64_t random = 7;

	(void)state;
	for (int round = 0; round < 200000; round++) {
		size_t len = (random = hash_mix64(random)) % sizeof text, expect = 0;
		size_t special = len ? (random >> 20) % len : 0;

		memset(text, 'a' + round % 20, sizeof text);
		if (len)
			text[special] = "\"\\\x1f\x20\x00\x80\xff\x7f"[random % 8];
		while (expect < len && text[expect] != '"' && text[expect] != '\\' &&
		       (unsigned char)text[expect] >= 0x20)
			expect++;
		assert_int_equal(json_plain_portable(text, len), expect);
#if defined(__x86_64__)
		if (cpu_simd() >= CPU_AVX2)
			assert_int_equal(json_plain_avx2(text, len), expect);
#endif
	}
}

/* Every well-formed one- to four-byte form and every malformed neighbour of one, at every distance from a
 * block's edge. */
static void vector_and_portable_utf8_agree(void **state)
{
	static const char *const forms[] = {
		"\x7f",
		"\xc2\x80",
		"\xdf\xbf",
		"\xe0\xa0\x80",
		"\xed\x9f\xbf",
		"\xee\x80\x80",
		"\xef\xbf\xbf",
		"\xf0\x90\x80\x80",
		"\xf4\x8f\xbf\xbf", /* good; from here on bad */
		"\x80",
		"\xc0\x80",
		"\xc1\xbf",
		"\xe0\x9f\xbf",
		"\xed\xa0\x80",
		"\xed\xbf\xbf",
		"\xf0\x8f\xbf\xbf",
		"\xf4\x90\x80\x80",
		"\xf5\x80\x80\x80",
		"\xc2",
		"\xe1\x80",
		"\xf1\x80\x80",
		"\xff",
		"\xf8\x88\x80\x80\x80",
	};
	char text[160];

	(void)state;
	for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
		size_t form = strlen(forms[i]);

		for (size_t at = 0; at < 100; at++) {
			for (size_t after = 0; after < 40; after += 13) {
				struct span s = span_make(text, at + form + after);

				memset(text, 'x', sizeof text);
				memcpy(text + at, forms[i], form);
				assert_int_equal(utf8_whole_portable(s), i < 9);
#if defined(__x86_64__)
				if (cpu_simd() >= CPU_AVX2)
					assert_int_equal(utf8_whole_avx2(s), i < 9);
#endif
			}
		}
	}
}

#if defined(__x86_64__)
/* Strings full of escapes, whole and broken ones: where they end, whether they are right, what they stand for. */
static void check_inside(struct span text, json_inside_fn inside_fn, bool whole)
{
	bool escaped = false, any = false;
	size_t inside = inside_fn(text.p, text.len, &escaped), slow = 0;

	while (slow < inside) { /* what it stepped over is plain bytes and right escapes */
		slow += json_plain_portable(text.p + slow, inside - slow);
		if (slow == inside)
			break;
		assert_int_equal(text.p[slow], '\\');
		assert_non_null(strchr("\"\\/bfnrtu", text.p[slow + 1]));
		any = true;
		slow += text.p[slow + 1] == 'u' ? 6 : 2;
	}
	assert_int_equal(slow, inside);
	assert_true(escaped || !any);
	assert_true(!whole || inside + 80 > text.len); /* nothing wrong in it: only the end may stop it */
}

static void check_unescape(struct span text, size_t (*unescape)(char *, struct span))
{
	char portable[4096], vector[4096];
	size_t n = json_unescape_portable(portable, text);

	assert_int_equal(unescape(vector, text), n);
	assert_memory_equal(portable, vector, n);
}

static void vector_and_portable_strings_agree(void **state)
{
	static const char *const bits[] = { "\\n", "\\\"", "\\\\", "\\u00e9", "\\ud83d\\ude00", "\\uD83D", "\\/", "plain words ", "\\t", "a",
					    "\"", "\\x", "\\u12g4", "\x01", "\\" }; /* the last five end a string or break it */
	struct buf text = BUF_INIT;
	uint64_t random = 3;

	(void)state;
	if (cpu_simd() < CPU_AVX2)
		skip();
	for (int round = 0; round < 60000; round++) {
		size_t limit = (random = hash_mix64(random)) % 400, kinds = round % 3 ? 10 : 15;

		buf_clear(&text);
		buf_adds(&text, "");
		while (text.len < limit)
			buf_adds(&text, bits[(random = hash_mix64(random)) % kinds]);
		check_inside(buf_span(&text), json_inside_avx2, kinds == 10);
		check_unescape(buf_span(&text), json_unescape_avx2);
		if (cpu_simd() < CPU_AVX512)
			continue;
		check_inside(buf_span(&text), json_inside_avx512, kinds == 10);
		check_unescape(buf_span(&text), json_unescape_avx512);
	}
	buf_free(&text);
}

static void vector_and_portable_utf8_agree_on_noise(void **state)
{
	static const unsigned char likely[] = { 0x41, 0x80, 0xbf, 0xc2, 0xe0, 0xa0, 0xed,
						0x9f, 0xf0, 0x90, 0xf4, 0x8f, 0xe4, 0xff };
	unsigned char text[96];
	uint64_t random = 99;

	(void)state;
	if (cpu_simd() < CPU_AVX2)
		skip();
	for (int round = 0; round < 300000; round++) {
		size_t len = (random = hash_mix64(random)) % sizeof text;
		struct span s = span_make((char *)text, len);

		memset(text, 'y', sizeof text);
		for (int k = 0; k < 6 && len; k++) {
			random = hash_mix64(random);
			text[random % len] = likely[(random >> 32) % sizeof likely];
		}
		assert_int_equal(utf8_whole_avx2(s), utf8_whole_portable(s));
	}
}
#endif

static void joins_surrogates_and_replaces_lone_ones(void **state)
{
	struct buf out = BUF_INIT;

	(void)state;
	json_unescape(&out, span_of("a\\ud83d\\ude00b\\ud83dc\\ude00\\\"\\\\\\/\\b\\f\\n\\r\\t\\u4F60"));
	assert_string_equal(out.p, "a\xf0\x9f\x98\x80"
				   "b\xef\xbf\xbd"
				   "c\xef\xbf\xbd\"\\/\b\f\n\r\t\xe4\xbd\xa0");
	buf_free(&out);
}

static void what_is_written_reads_back(void **state)
{
	struct buf text = BUF_INIT, back = BUF_INIT;
	struct json_member m[4];
	struct json_fault fault;
	char all[0x120];
	size_t n = 0;

	(void)state;
	for (int c = 1; c < 0x80; c++)
		all[n++] = (char)c;
	memcpy(all + n, "\xe4\xbd\xa0\xff\xf0\x9f\x98\x80\xed\xa0", 10);
	n += 10;
	buf_addc(&text, '{');
	json_put_member(&text, "s", span_make(all, n));
	json_put_int(&text, "i", INT64_MIN);
	json_put_real(&text, "r", NAN);
	json_put_bool(&text, "b", true);
	buf_addc(&text, '}');
	assert_int_equal(json_scan_object(buf_span(&text), m, 4, &n, &fault), 0);
	assert_int_equal(n, 4);
	json_unescape(&back, m[0].value);
	assert_memory_equal(back.p, all, 127);
	assert_string_equal(back.p + 127, "\xe4\xbd\xa0\xef\xbf\xbd\xf0\x9f\x98\x80\xef\xbf\xbd\xef\xbf\xbd");
	assert_true(span_is(m[1].value, "-9223372036854775808"));
	assert_int_equal(m[2].type, JSON_T_NULL);
	assert_int_equal(m[3].type, JSON_T_TRUE);
	buf_free(&text);
	buf_free(&back);
}

static void reals_read_like_strtod_and_come_back_the_same(void **state)
{
	static const char *const texts[] = { "0",
					     "-0",
					     "1",
					     "0.1",
					     "3.14159265358979",
					     "123456789012345678901234567890",
					     "1e308",
					     "4.9e-324",
					     "1e-22",
					     "1e22",
					     "1e23",
					     "0.0000001",
					     "9007199254740993",
					     "1.7976931348623157e308" };
	static const char *const no[] = { "", "-", "1.", ".5", "01", "1e", "0x1", "nan", "inf", " 1", "1 " };
	struct buf out = BUF_INIT;
	uint64_t random = 3;
	double v, again;

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		assert_true(json_read_real(span_of(texts[i]), &v));
		assert_true(v == strtod(texts[i], NULL));
	}
	for (size_t i = 0; i < sizeof no / sizeof *no; i++)
		assert_false(json_read_real(span_of(no[i]), &v));
	for (int i = 0; i < 100000; i++) {
		uint64_t bits = random = hash_mix64(random);

		memcpy(&v, &bits, 8);
		if (!isfinite(v))
			continue;
		buf_clear(&out);
		json_put_real(&out, "r", v);
		assert_true(json_read_real(span_make(out.p + 4, out.len - 4), &again));
		assert_true(again == v);
	}
	buf_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(accepts_what_rfc_8259_accepts),
		cmocka_unit_test(says_at_which_byte_a_text_stops_being_json),
		cmocka_unit_test(hands_out_members_in_order_and_counts_those_that_do_not_fit),
		cmocka_unit_test(limits_nesting_to_128),
		cmocka_unit_test(agrees_with_jansson_on_changed_texts),
		cmocka_unit_test(vector_and_portable_scanning_agree),
		cmocka_unit_test(vector_and_portable_utf8_agree),
#if defined(__x86_64__)
		cmocka_unit_test(vector_and_portable_utf8_agree_on_noise),
		cmocka_unit_test(vector_and_portable_strings_agree),
#endif
		cmocka_unit_test(joins_surrogates_and_replaces_lone_ones),
		cmocka_unit_test(what_is_written_reads_back),
		cmocka_unit_test(reals_read_like_strtod_and_come_back_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
