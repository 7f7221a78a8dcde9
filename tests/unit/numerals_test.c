/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <unicode/unum.h>
#include <unicode/ustring.h>

#include "text/langid.h"
#include "text/numerals.h"

static uint8_t lang(const char *code)
{
	return lang_from_code(span_of(code));
}

struct expected {
	const char *lang, *text;
	uint64_t value;
	const char *left;         /* what comes behind the number; NULL: there is none at the beginning */
};

static void assert_signs(const struct expected *e, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct numeral found = { 0 };
		bool any = numeral_in_signs(&found, span_of(e[i].text), 0, lang(e[i].lang));

		if (!any != !e[i].left || (any && (found.value != e[i].value || strcmp(e[i].text + found.len, e[i].left) != 0)))
			fail_msg("%s: %llu, %zu bytes", e[i].text, (unsigned long long)found.value, found.len);
	}
}

static void han_numerals_have_their_values(void **state)
{
	static const struct expected cases[] = {
		{ "zh", "三百二十", 320, "" }, { "zh", "第二章", 2, "章" }, { "zh", "两个", 2, "个" }, { "zh", "百分之五", 5, "" },
		{ "zh", "1万", 10000, "" }, { "ja", "3億", 300000000, "" }, { "zh", "五月", 5, "" }, { "ja", "5月に", 5, "に" },
		{ "zh", "１０万", 100000, "" }, { "zh", "1.5万", 15000, "" }, { "zh", "十五", 15, "" }, { "zh", "十万人", 100000, "人" },
		{ "zh", "一百零五", 105, "" }, { "zh", "一九八四年", 1984, "年" }, { "zh", "二〇二〇", 2020, "" },
		{ "ja", "一億五千万", 150000000, "" }, { "ja", "百人", 100, "人" }, { "zh", "第一", 1, "" },
		{ "zh", "一个", 0, NULL }, { "zh", "十分好", 0, NULL }, { "zh", "千万", 0, NULL }, { "zh", "万一", 0, NULL },
		{ "zh", "四川", 0, NULL }, { "zh", "5个", 0, NULL }, { "zh", "三四", 0, NULL }, { "zh", "第", 0, NULL },
		{ "zh", "13月", 0, NULL }, { "zh", "99999999999999999999兆兆兆", 0, NULL },
	};

	(void)state;
	assert_signs(cases, sizeof cases / sizeof *cases);
}

static void number_words_have_their_values(void **state)
{
	static const struct expected cases[] = {
		{ "en", "three hundred and twenty dogs", 320, " dogs" }, { "en", "Twenty-first century", 21, " century" },
		{ "en", "two dozen", 24, "" }, { "en", "one hundred", 100, "" }, { "en", "second file", 2, " file" },
		{ "en", "IV", 4, "" }, { "en", "XXIX", 29, "" }, { "en", "January", 1, "" }, { "en", "May 5", 5, " 5" },
		{ "en", "one", 0, NULL }, { "en", "MIX", 0, NULL }, { "en", "IIII", 0, NULL }, { "en", "VX", 0, NULL },
		{ "en", "may", 0, NULL }, { "en", "May it", 0, NULL }, { "en", "dogs", 0, NULL }, { "fr", "two", 0, NULL },
		{ "fr", "quatre-vingt-dix-sept", 97, "" }, { "fr", "vingt et un", 20, " et un" }, { "fr", "deux mille trois", 2003, "" },
		{ "de", "dreiundzwanzig", 23, "" }, { "de", "zweihundertfünf", 205, "" }, { "de", "zwanzigsten", 0, NULL },
		{ "de", "zweiten", 2, "" }, { "de", "drei Millionen", 3000000, "" }, { "de", "ein", 0, NULL },
		{ "es", "treinta y dos", 32, "" }, { "es", "dos mil quinientos", 2500, "" }, { "ru", "двадцать три", 23, "" },
		{ "ru", "пять тысяч", 5000, "" }, { "ru", "мая", 5, "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct expected *e = &cases[i];
		struct numeral found = { 0 };
		bool any = numeral_in_words(&found, span_of(e->text), 0, lang(e->lang));

		if (!any != !e->left || (any && (found.value != e->value || strcmp(e->text + found.len, e->left) != 0)))
			fail_msg("%s: %llu, %zu bytes", e->text, (unsigned long long)found.value, found.len);
	}
}

static void a_second_is_a_time_after_what_counts_it(void **state)
{
	static const char text[] = "a second, per second, 30 second, the second";
	struct numeral found;
	size_t n = 0;

	(void)state;
	for (const char *at = text; (at = strstr(at, "second")) != NULL; at++)
		n += numeral_in_words(&found, span_of(text), (size_t)(at - text), lang("en"));
	assert_int_equal(n, 1);
}

/* ICU spells what must be read. */
static void assert_spelled(const char *code, const char *locale, uint64_t value)
{
	UErrorCode status = U_ZERO_ERROR;
	UNumberFormat *f = unum_open(UNUM_SPELLOUT, NULL, 0, locale, NULL, &status);
	UChar wide[256];
	char text[512];
	struct buf plain = BUF_INIT;
	struct numeral found = { 0 };
	bool han = !strcmp(code, "zh");

	unum_formatInt64(f, (int64_t)value, wide, 256, NULL, &status);
	u_strToUTF8(text, sizeof text, NULL, wide, -1, &status);
	assert_true(U_SUCCESS(status));
	for (const char *p = text; *p; p++) { /* ICU's soft hyphens in German words */
		if ((unsigned char)p[0] == 0xC2 && (unsigned char)p[1] == 0xAD)
			p++;
		else
			buf_addc(&plain, *p);
	}
	if (!(han ? numeral_in_signs : numeral_in_words)(&found, buf_span(&plain), 0, lang(code)) || found.value != value ||
	    found.len != plain.len)
		fail_msg("%s: %.*s read as %llu", code, (int)plain.len, plain.p, (unsigned long long)found.value);
	buf_free(&plain);
	unum_close(f);
}

static void what_icu_spells_is_read(void **state)
{
	(void)state;
	for (uint64_t v = 2; v < 1000; v++)
		assert_spelled("en", "en_US", v);
	for (uint64_t v = 1000; v < 100000000; v = v * 7 + 13)
		assert_spelled("en", "en_US", v);
	for (uint64_t v = 10; v < 100; v++)
		if (v % 10 != 1)
			assert_spelled("de", "de_DE", v);
	for (uint64_t v = 2; v < 100; v++)
		if (v % 10 != 1 && v % 10 != 9)
			assert_spelled("ru", "ru_RU", v);
	for (uint64_t v = 11; v < 100000000; v = v * 3 + 1)
		assert_spelled("zh", "zh_CN", v);
}

/* At each of its characters a number begins that goes on to the end, unless it is too long for one. */
static void a_page_of_units_takes_no_time(void **state)
{
	enum { SIGNS = 200000 };
	struct buf page = BUF_INIT;
	struct numeral n;
	size_t longest = 0;

	(void)state;
	for (int i = 0; i < SIGNS; i++)
		buf_adds(&page, "十");
	for (size_t at = 0; at < page.len; at += 3)
		if (numeral_in_signs(&n, buf_span(&page), at, lang("zh")) && n.len > longest)
			longest = n.len;
	assert_true(longest < 3 * SIGNS / 2);
	buf_free(&page);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(han_numerals_have_their_values),
		cmocka_unit_test(number_words_have_their_values),
		cmocka_unit_test(a_second_is_a_time_after_what_counts_it),
		cmocka_unit_test(what_icu_spells_is_read),
		cmocka_unit_test(a_page_of_units_takes_no_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
