/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What lenses show, as text: every mark must be there without colour. */
#include <locale.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "review/lens.h"
#include "text/anchors.h"
#include "text/display.h"
#include "text/langid.h"

/* An item made of fields, without a store. */
static void make_item(struct item *item, enum item_kind kind, struct field *fields, size_t n)
{
	item_init(item);
	item->kind = kind;
	item->ref = item_ref_record(1, 0);
	item->whole = true;
	item->size = 100;
	item->score = NAN;
	memccpy(item->corpus, "corpus", '\0', sizeof item->corpus);
	item->record = (struct record){ .kind = kind, .fields = fields, .n_fields = n, .score = NAN };
}

static void draw(struct buf *out, const struct item *item, struct lens_view view)
{
	struct sheet s = { 0 };

	buf_clear(out);
	lens_draw(&s, item, &view);
	for (size_t i = 0; i < s.lines.n; i++) {
		assert_true(s.lines.v[i].columns <= view.columns);
		sheet_line_text(out, &s, i);
		buf_addc(out, '\n');
	}
	sheet_free(&s);
}

static void shows(const struct item *item, struct lens_view view, const char *text)
{
	struct buf out = BUF_INIT;

	draw(&out, item, view);
	if (!strstr(out.p, text))
		fail_msg("\"%s\" is not in:\n%s", text, out.p);
	buf_free(&out);
}

static void hides(const struct item *item, struct lens_view view, const char *text)
{
	struct buf out = BUF_INIT;

	draw(&out, item, view);
	if (strstr(out.p, text))
		fail_msg("\"%s\" is in:\n%s", text, out.p);
	buf_free(&out);
}

#define FIELD(r, n, v) { .role = r, .name = { n, sizeof n - 1 }, .value = { v, sizeof v - 1 } }
#define JSON_FIELD(r, n, v) { .role = r, .name = { n, sizeof n - 1 }, .value = { v, sizeof v - 1 }, .json = true }

static void a_document_shows_its_text_and_on_request_its_metadata(void **state)
{
	struct field fields[] = { FIELD(ROLE_TEXT, "text", "some text \x1b here"), FIELD(ROLE_URL, "url", "http://x/"),
				  FIELD(ROLE_META, "dump", "CC-1") };
	struct item item;

	(void)state;
	make_item(&item, KIND_DOCUMENT, fields, 3);
	shows(&item, (struct lens_view){ .columns = 60 }, "some text <ESC> here");
	shows(&item, (struct lens_view){ .columns = 60 }, "http://x/");
	hides(&item, (struct lens_view){ .columns = 60 }, "CC-1");
	shows(&item, (struct lens_view){ .columns = 60, .meta = true }, "dump: CC-1");
	item_free(&item);
}

static void an_edit_is_a_word_diff_or_the_text_as_exported(void **state)
{
	struct field fields[] = { FIELD(ROLE_TEXT, "text", "the quick fox") };
	struct item item;

	(void)state;
	make_item(&item, KIND_DOCUMENT, fields, 1);
	item.state.edit = xstrdup("{\"text\":\"the slow fox\"}");
	item_take_edits(&item);
	shows(&item, (struct lens_view){ .columns = 60 }, "the [-quick-]{+slow+} fox");
	shows(&item, (struct lens_view){ .columns = 60, .variant = 1 }, "the slow fox");
	hides(&item, (struct lens_view){ .columns = 60, .variant = 1 }, "quick");
	item_free(&item);
}

static void a_preference_pair_is_compared_word_by_word(void **state)
{
	struct field fields[] = { FIELD(ROLE_INSTRUCTION, "prompt", "Say hello"), FIELD(ROLE_CHOSEN, "chosen", "Hello there, my friend."),
				  FIELD(ROLE_REJECTED, "rejected", "Hello there, you fool.") };
	struct item item;

	(void)state;
	make_item(&item, KIND_INSTRUCTION, fields, 3);
	shows(&item, (struct lens_view){ .columns = 79 }, "Hello there, {+my friend+}.");
	shows(&item, (struct lens_view){ .columns = 79 }, "Hello there, [-you fool-].");
	shows(&item, (struct lens_view){ .columns = 130 }, "│ Hello there, [-you fool-].");
	hides(&item, (struct lens_view){ .columns = 119 }, "│");
	shows(&item, (struct lens_view){ .columns = 79, .variant = 1 }, "Hello there, [-you fool-]{+my friend+}.");
	hides(&item, (struct lens_view){ .columns = 79, .variant = 2 }, "{+");
	item_free(&item);
}

static void chat_turns_are_headed_by_who_speaks(void **state)
{
	struct field fields[] = { JSON_FIELD(ROLE_MESSAGES, "messages",
					     "[{\"role\":\"user\",\"content\":\"Hi\\nyou\"},{\"role\":\"assistant\",\"content\":\"Good day\","
					     "\"tool_calls\":[{\"name\":\"f\"}]}]") };
	struct item item;
	struct sheet head = { 0 };
	struct buf line = BUF_INIT;

	(void)state;
	make_item(&item, KIND_INSTRUCTION, fields, 1);
	shows(&item, (struct lens_view){ .columns = 60 }, "user\nHi\nyou\n\nassistant\nGood day\n[{\"name\":\"f\"}]");
	lens_head(&head, &item, 40);
	sheet_line_text(&line, &head, 0);
	assert_string_equal(line.p, "Hi⏎you → Good day");
	sheet_free(&head);
	buf_free(&line);
	item_free(&item);
}

static void broken_turns_are_shown_as_they_stand(void **state)
{
	struct field fields[] = { JSON_FIELD(ROLE_MESSAGES, "messages", "[{\"role\":") };
	struct item item;

	(void)state;
	make_item(&item, KIND_INSTRUCTION, fields, 1);
	shows(&item, (struct lens_view){ .columns = 60 }, "[{\"role\":");
	item_free(&item);
}

static void a_pair_marks_what_one_side_lacks(void **state)
{
	struct field fields[] = { FIELD(ROLE_SOURCE, "source", "The file %s has 1,000 lines, see http://x.org/a."),
				  FIELD(ROLE_TARGET, "target", "Die Datei hat 1.000 Zeilen in {name}.") };
	struct item item;

	(void)state;
	make_item(&item, KIND_BITEXT, fields, 2);
	shows(&item, (struct lens_view){ .columns = 79 }, "! only in the source: %s http://x.org/a  only in the target: {name}");
	shows(&item, (struct lens_view){ .columns = 79 }, "The file [!%s] has 1,000 lines, see [!http://x.org/a].");
	shows(&item, (struct lens_view){ .columns = 79 }, "Die Datei hat 1.000 Zeilen in [!{name}].");
	hides(&item, (struct lens_view){ .columns = 79, .variant = 2 }, "[!");
	item_free(&item);
}

static void matches_of_the_filter_are_marked(void **state)
{
	struct field fields[] = { FIELD(ROLE_TEXT, "text", "colour and color") };
	struct item item;
	struct sheet s = { 0 };
	const struct lens_view view = { .columns = 60, .match = "colou?r" };
	size_t marked = 0;

	(void)state;
	make_item(&item, KIND_DOCUMENT, fields, 1);
	lens_draw(&s, &item, &view);
	vec_each(&s.pieces, i)
		marked += s.pieces.v[i].style == STYLE_MATCH;
	assert_int_equal(marked, 2);
	sheet_free(&s);
	item_free(&item);
}

static void raw_shows_the_bytes_and_nothing_else(void **state)
{
	struct field fields[] = { FIELD(ROLE_TEXT, "text", "decoded") };
	struct item item;

	(void)state;
	make_item(&item, KIND_DOCUMENT, fields, 1);
	buf_adds(&item.raw, "{\"text\":\"deco\\u0064ed\"}");
	shows(&item, (struct lens_view){ .columns = 60, .raw = true }, "{\"text\":\"deco\\u0064ed\"}");
	item_free(&item);
}

static void kinds_without_a_lens_list_their_fields(void **state)
{
	struct field fields[] = { FIELD(ROLE_META, "page", "7"), FIELD(ROLE_TEXT, "text", "a region") };
	struct item item;

	(void)state;
	make_item(&item, KIND_FINDING, fields, 2);
	shows(&item, (struct lens_view){ .columns = 60 }, "page: 7\ntext: a region\n");
	assert_int_equal(lens_for(KIND_FINDING)->kind, KIND_NONE);
	item_free(&item);
}

static void every_lens_is_whole(void **state)
{
	(void)state;
	for (const struct lens *const *l = lens_all(); *l; l++) {
		assert_true((*l)->name && (*l)->help && (*l)->draw && (*l)->head && (*l)->editable);
		assert_true(lens_variants(*l) >= 1);
		assert_ptr_equal(lens_for((*l)->kind), *l);
	}
}

/* ---- anchors ---- */

static size_t alone_between(const char *lang_a, const char *a, const char *lang_b, const char *b)
{
	struct anchors x = { 0 }, y = { 0 };
	size_t n;

	anchors_find(&x, span_of(a), lang_from_code(span_of(lang_a)));
	anchors_find(&y, span_of(b), lang_from_code(span_of(lang_b)));
	n = anchors_compare(&x, &y);
	anchors_free(&x);
	anchors_free(&y);
	return n;
}

static size_t alone(const char *a, const char *b)
{
	return alone_between("en", a, "de", b);
}

static void numbers_in_words_and_han_are_compared_by_value(void **state)
{
	(void)state;
	assert_int_equal(alone_between("en", "three hundred and twenty files", "zh", "三百二十个文件"), 0);
	assert_int_equal(alone_between("en", "320 files in chapter 2", "zh", "第二章有三百二十个文件"), 0);
	assert_int_equal(alone_between("en", "on May 5, 2020", "zh", "2020年5月5日"), 0);
	assert_int_equal(alone_between("en", "10,000 people", "zh", "1万人"), 0);
	assert_int_equal(alone_between("en", "three files", "zh", "四个文件"), 2);
	assert_int_equal(alone_between("en", "300 files", "zh", "二百个文件"), 2);
	assert_int_equal(alone_between("en", "300 files", "zh", "许多文件"), 1);
	assert_int_equal(alone_between("en", "the second one", "zh", "另一个"), 0);
	assert_int_equal(alone_between("ru", "опять 5", "en", "again 5"), 0);
	assert_int_equal(alone_between("ru", "двадцать пять дней", "en", "25 days"), 0);
}

static void anchors_are_compared_by_what_they_mean(void **state)
{
	(void)state;
	assert_int_equal(alone("1,000.5 and 2026-11-22", "1 2 3"), 7);
	assert_int_equal(alone("1,000.5", "1.000,5"), 0);
	assert_int_equal(alone("1000", "１０００"), 0);
	assert_int_equal(alone("١٢", "12"), 0);
	assert_int_equal(alone("12", "21"), 2);
	assert_int_equal(alone("%s of %d", "%d von %s"), 0);
	assert_int_equal(alone("%1$s", "%2$s"), 2);
	assert_int_equal(alone("100% sure", "100 % sicher"), 0);
	assert_int_equal(alone("50%% off", "50%% weg"), 0);
	assert_int_equal(alone("{0} {name} ${x} {{ y }}", "{0} {name} ${x} {{ y }}"), 0);
	assert_int_equal(alone("{0}", "{1}"), 2);
	assert_int_equal(alone("<a href=\"x\">y</a>", "<a href=\"z\">y</a>"), 0);
	assert_int_equal(alone("<b>y</b>", "y"), 2);
	assert_int_equal(alone("see http://x.org/a.", "siehe http://x.org/a"), 0);
	assert_int_equal(alone("http://x.org/a", "http://x.org/b"), 2);
	assert_int_equal(alone("a < b and c > d", "a < b und c > d"), 0);
	assert_int_equal(alone("", ""), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_document_shows_its_text_and_on_request_its_metadata),
		cmocka_unit_test(an_edit_is_a_word_diff_or_the_text_as_exported),
		cmocka_unit_test(a_preference_pair_is_compared_word_by_word),
		cmocka_unit_test(chat_turns_are_headed_by_who_speaks),
		cmocka_unit_test(broken_turns_are_shown_as_they_stand),
		cmocka_unit_test(a_pair_marks_what_one_side_lacks),
		cmocka_unit_test(matches_of_the_filter_are_marked),
		cmocka_unit_test(raw_shows_the_bytes_and_nothing_else),
		cmocka_unit_test(kinds_without_a_lens_list_their_fields),
		cmocka_unit_test(every_lens_is_whole),
		cmocka_unit_test(anchors_are_compared_by_what_they_mean),
		cmocka_unit_test(numbers_in_words_and_han_are_compared_by_value),
	};

	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
