/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A window over a text: whatever way one takes through it, the rows are the same; escapes are never cut. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "base/json.h"
#include "ui/pager.h"

#define COLUMNS 37
#define ROWS 11

static void add_words(struct buf *text, int lines)
{
	unsigned seed = 7;

	for (int i = 0; i < lines; i++) {
		for (unsigned k = 0; k < seed % 40; k++) {
			static const char *const words[] = { "plain", "\"quoted\"", "back\\slash", "数据", "e\xcc\x81", "tab\there", "🚀" };

			seed = seed * 1103515245u + 12345u;
			buf_addf(text, "%s ", words[(seed >> 16) % 7]);
		}
		seed = seed * 1103515245u + 12345u;
		buf_addc(text, '\n');
	}
}

static void escape(struct buf *out, struct span text)
{
	struct buf quoted = BUF_INIT;

	json_put_string(&quoted, text);
	buf_add(out, quoted.p + 1, quoted.len - 1); /* with its closing quote, and what follows it in a record */
	buf_adds(out, ", \"more\": \"not text\"}");
	buf_free(&quoted);
}

static void open_text(struct pager *p, struct span text, bool escaped)
{
	pager_init(p);
	pager_set(p, &(struct pager_source){ .memory = text, .size = text.len, .escaped = escaped });
	pager_fit(p, COLUMNS, false);
}

/* All rows from the top on, as one text. */
static void rows_from_top(struct pager *p, struct buf *out)
{
	struct sheet sheet = { 0 };

	pager_go(p, 0);
	while (pager_layout(p, &sheet, 1000, NULL) > 0) {
		for (size_t i = 0; i < sheet.lines.n; i++) {
			sheet_line_text(out, &sheet, i);
			buf_addc(out, '\n');
		}
		sheet_clear(&sheet);
		p->top = p->bottom;
	}
	sheet_free(&sheet);
}

static void escaped_and_plain_text_make_the_same_rows(void **state)
{
	struct buf text = BUF_INIT, json = BUF_INIT, plain_rows = BUF_INIT, json_rows = BUF_INIT;
	struct pager plain, escaped;

	(void)state;
	add_words(&text, 200);
	escape(&json, buf_span(&text));
	open_text(&plain, buf_span(&text), false);
	open_text(&escaped, buf_span(&json), true);
	rows_from_top(&plain, &plain_rows);
	rows_from_top(&escaped, &json_rows);
	assert_true(plain_rows.len > text.len / 2);
	assert_string_equal(plain_rows.p, json_rows.p);
	assert_null(strstr(json_rows.p, "not text"));
	pager_free(&plain);
	pager_free(&escaped);
	buf_free(&text);
	buf_free(&json);
	buf_free(&plain_rows);
	buf_free(&json_rows);
}

static void going_back_meets_the_rows_one_came_by(void **state)
{
	struct buf text = BUF_INIT, json = BUF_INIT;
	struct pager p;
	uint64_t tops[400];
	int n = 0;

	(void)state;
	add_words(&text, 60);
	escape(&json, buf_span(&text));
	open_text(&p, buf_span(&json), true);
	while (n < 400 && !pager_at_end(&p, ROWS)) {
		tops[n++] = p.top;
		pager_down(&p, 1, ROWS);
	}
	assert_true(n > 50);
	vec_clear(&p.before); /* as after a jump: nothing is remembered */
	while (n > 0) {
		pager_up(&p, 1);
		assert_int_equal(p.top, tops[--n]);
		vec_clear(&p.before);
	}
	pager_free(&p);
	buf_free(&text);
	buf_free(&json);
}

static void a_line_without_an_end_is_paged_both_ways(void **state)
{
	struct buf text = BUF_INIT;
	struct pager p;
	uint64_t middle;

	(void)state;
	for (int i = 0; i < 300000; i++)
		buf_addf(&text, "%d ", i);
	open_text(&p, buf_span(&text), false);
	pager_go(&p, text.len / 2);
	middle = p.top;
	assert_true(middle <= text.len / 2 && middle + COLUMNS >= text.len / 2);
	pager_down(&p, 100, ROWS);
	assert_true(p.top > middle + 100 * COLUMNS / 2);
	pager_up(&p, 100);
	assert_int_equal(p.top, middle);
	assert_true(pager_last(&p, ROWS));
	assert_true(pager_at_end(&p, ROWS));
	pager_free(&p);
	buf_free(&text);
}

static void the_end_of_a_string_is_found_by_looking(void **state)
{
	struct buf text = BUF_INIT, json = BUF_INIT;
	struct pager p;
	uint64_t at = 0;

	(void)state;
	add_words(&text, 2000);
	escape(&json, buf_span(&text));
	open_text(&p, buf_span(&json), true);
	assert_false(pager_last(&p, ROWS));
	while (!pager_seek_end(&p, &at))
		continue;
	assert_true(pager_last(&p, ROWS));
	assert_true(pager_at_end(&p, ROWS));
	assert_int_equal(p.source.size, json.len - strlen("\", \"more\": \"not text\"}"));
	pager_free(&p);
	buf_free(&text);
	buf_free(&json);
}

static void finds_forward_and_backward_across_blocks(void **state)
{
	struct buf text = BUF_INIT;
	struct pattern *pattern;
	struct matcher *matcher;
	struct error err = { 0 };
	struct pager p;
	uint64_t from = 0, first, second;
	int got = 0;

	(void)state;
	buf_fill(&text, 'x', 700000);
	first = text.len;
	buf_adds(&text, " needle ");
	buf_fill(&text, 'y', 900000);
	second = text.len;
	buf_adds(&text, " needle");
	assert_int_equal(pattern_compile(&pattern, span_of(" needle"), &err), 0);
	matcher = matcher_new(pattern);
	open_text(&p, buf_span(&text), false);
	while (got == 0)
		got = pager_search(&p, matcher, false, &from);
	assert_int_equal(got, 1);
	assert_int_equal(from, first);
	from = pager_after(&p, from);
	for (got = 0; got == 0;)
		got = pager_search(&p, matcher, false, &from);
	assert_int_equal(from, second);
	for (got = 0; got == 0;)
		got = pager_search(&p, matcher, true, &from);
	assert_int_equal(got, 1);
	assert_int_equal(from, first);
	for (got = 0; got == 0;)
		got = pager_search(&p, matcher, true, &from);
	assert_int_equal(got, TAMIS_ENOTFOUND);
	matcher_free(matcher);
	pattern_free(pattern);
	pager_free(&p);
	buf_free(&text);
}

static void broken_escapes_end_the_text_and_nothing_else(void **state)
{
	static const char *const texts[] = { "", "\\", "\\u", "\\u12", "\\ud83d", "\\ud83d\\", "\\ud83d\\u", "a\\ud83d\\ude80\"", "\xe6\x95",
					     "\\n\\n\\n", "\"" };

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct buf rows = BUF_INIT;
		struct pager p;

		open_text(&p, span_of(texts[i]), true);
		rows_from_top(&p, &rows);
		pager_last(&p, ROWS);
		pager_up(&p, 3);
		assert_int_equal(p.top, 0);
		pager_free(&p);
		buf_free(&rows);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(escaped_and_plain_text_make_the_same_rows),
		cmocka_unit_test(going_back_meets_the_rows_one_came_by),
		cmocka_unit_test(a_line_without_an_end_is_paged_both_ways),
		cmocka_unit_test(the_end_of_a_string_is_found_by_looking),
		cmocka_unit_test(finds_forward_and_backward_across_blocks),
		cmocka_unit_test(broken_escapes_end_the_text_and_nothing_else),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
