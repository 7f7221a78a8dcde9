/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The words of a page between its tags. */
#include "base/tags.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/utf8.h"

static void a_page_is_known_by_its_first_word(void **state)
{
	(void)state;
	assert_true(tags_lead(span_of("<!DOCTYPE html>")));
	assert_true(tags_lead(span_of("\xef\xbb\xbf\n <?xml version=\"1.0\"?>")));
	assert_true(tags_lead(span_of("\t<p>word")));
	assert_false(tags_lead(span_of("<3 this")));
	assert_false(tags_lead(span_of("a < b")));
	assert_false(tags_lead(span_of("<")));
	assert_false(tags_lead(span_of("")));
}

static void assert_stripped(const char *page, const char *words)
{
	char out[512];
	size_t n = tags_strip(out, sizeof out, span_of(page));

	assert_int_equal(n, strlen(words));
	assert_memory_equal(out, words, n);
}

static void words_stay_and_tags_go(void **state)
{
	(void)state;
	assert_stripped("<p>Une <b>id\xc3\xa9" "e</b>\n\nsimple</p>", "Une id\xc3\xa9" "e simple ");
	assert_stripped("<html><head><title>x</title></head><body>one<br/>two", "one two");
	assert_stripped("<header>kept</header>", "kept ");
	assert_stripped("<!-- <p>no</p> -->yes<script>if (a<b) x();</script> too", "yes too");
	assert_stripped("a < b & c", "a < b & c");
	assert_stripped("d&eacute;j&agrave;&nbsp;vu &#233;t&#xE9; &szlig; &unknown", "deja vu \xc3\xa9t\xc3\xa9 s &unknown");
	assert_stripped("<p never closed", "");
	assert_stripped("", "");
}

static void whole_characters_fit_the_room(void **state)
{
	char out[16];

	(void)state;
	for (size_t room = 0; room < sizeof out; room++) {
		size_t n = tags_strip(out, room, span_of("<i>\xe4\xbd\xa0\xe5\xa5\xbd\xe4\xb8\x96\xe7\x95\x8c</i>"));

		assert_true(n <= room && n + 3 > (room < 12 ? room : 12));
		assert_true(utf8_valid(span_make(out, n), NULL));
	}
}

static void any_bytes_are_read_within_their_bounds(void **state)
{
	static const char letters[] = "<>/!?-&#;x3script head style \xe4\xbd\xa0\xff";
	char *page = malloc(200), out[64];
	uint32_t seed = 7;

	(void)state;
	for (unsigned round = 0; round < 20000; round++) {
		size_t n = 0;

		seed = seed * 1664525u + 1013904223u;
		for (size_t len = seed >> 25; n < len; n++) {
			seed = seed * 1664525u + 1013904223u;
			page[n] = letters[(seed >> 8) % (sizeof letters - 1)];
		}
		char *exact = malloc(n + 1); /* so that a byte too far is seen */

		memcpy(exact, page, n);
		exact[n] = 0;
		n = tags_strip(out, sizeof out, span_make(exact, n));
		assert_true(n <= sizeof out);
		assert_true(utf8_valid(span_make(out, n), NULL));
		free(exact);
	}
	free(page);
}

/* An end that is not there is looked for once, not at each of its beginnings; those that are there are still found. */
static void unclosed_elements_are_looked_for_once(void **state)
{
	struct buf page = BUF_INIT;
	char out[64];
	size_t n;

	(void)state;
	buf_adds(&page, "<script>one <script>two <style>three</style> four <style>five</style> six");
	n = tags_strip(out, sizeof out, buf_span(&page));
	assert_true(span_is(span_trim(span_make(out, n)), "one two four six"));
	buf_free(&page);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_page_is_known_by_its_first_word),
		cmocka_unit_test(words_stay_and_tags_go),
		cmocka_unit_test(whole_characters_fit_the_room),
		cmocka_unit_test(any_bytes_are_read_within_their_bounds),
		cmocka_unit_test(unclosed_elements_are_looked_for_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
