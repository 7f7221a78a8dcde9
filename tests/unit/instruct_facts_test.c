/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What stands on one side only: numbers, dates, names; and what two texts have in common. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "instruct/facts.h"
#include "instruct/gates.h"

/* The facts only in `here`, joined with "|". */
static void only(struct buf *out, const char *here, const char *there)
{
	struct fact_list list = { 0 };

	buf_clear(out);
	facts_only_here(&list, span_of(here), span_of(there));
	vec_each(&list.facts, i) {
		const struct fact *f = &list.facts.v[i];

		buf_addf(out, "%s%s:%.*s", i ? "|" : "", fact_kind_name(f->kind), (int)f->len, here + f->at);
	}
	vec_free(&list.facts);
}

static void marks_what_the_other_side_lacks(void **state)
{
	static const struct {
		const char *here, *there, *found;
	} cases[] = {
		{ "It has 12 rooms and 3 doors.", "There are twelve rooms, and three doors.", "" },
		{ "It has 14 rooms.", "It has 12 rooms.", "number:14" },
		{ "1,260,000 lines", "1260000 lines", "" },
		{ "1 260 000 lines", "1,260,000 lines", "" },
		{ "1.260.000 Zeilen", "1260000 Zeilen", "" },
		{ "It costs 3.50.", "It costs 3,5 francs.", "" },
		{ "Perl 5.36.0 came out.", "Perl 5.36.1 came out.", "number:5.36.0" },
		{ "the 3rd try", "try 3", "" },
		{ "the 4th try", "try 3", "number:4th" },
		{ "He was born on 3 May 2021.", "born 2021-05-03", "" },
		{ "He was born in May 2021.", "born May 3rd, 2021", "" },
		{ "He was born on 4 May 2021.", "born 2021-05-03", "date:4 May 2021" },
		{ "2021年5月3日出生", "born on May 3, 2021", "" },
		{ "2021年6月出生", "born on May 3, 2021", "date:2021年6月" },
		{ "In 2021 it began.", "It began on 3 May 2021.", "" },
		{ "The language was made by Larry Wall.", "larry wall made it", "" },
		{ "The language was made by Guido van Rossum.", "Larry Wall made it", "name:Guido|name:Rossum" },
		{ "Larry Wall made it. Then it grew.", "somebody made it", "name:Larry Wall" },
		{ "Then it grew.", "it became larger", "" },
		{ "Install libcurl4 with PostgreSQL.", "Install the library with the database.", "name:libcurl4|name:PostgreSQL" },
		{ "请安装 Firefox 浏览器", "安装 firefox", "" },
		{ "请安装Chrome浏览器", "安装 firefox", "name:Chrome" },
		{ "见《红楼梦》和《西游记》", "《红楼梦》", "name:《西游记》" },
		{ "共有三个", "一共 3 个", "" },
		{ "", "anything 5", "" },
	};
	struct buf found = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		only(&found, cases[i].here, cases[i].there);
		if (strcmp(found.p, cases[i].found) != 0)
			fail_msg("%s | %s: %s", cases[i].here, cases[i].there, found.p);
	}
	buf_free(&found);
}

static const char original[] = "Anchors hold ships in place. The plough anchor was invented in 1933 by Geoffrey Taylor. It holds in "
			       "sand and in mud, and it sets again by itself when the wind turns. Its weight is 12 kg.";

static void measures_how_near_the_rewritten_text_stays(void **state)
{
	static const char better[] = "A plough anchor, which Geoffrey Taylor invented in 1933, holds in sand and mud and sets again when the "
				     "wind turns; it weighs 12 kg.";
	static const char invented[] = "Bruce anchors, sold by Lewmar since 1972, weigh 44 kg. Nothing else is known.";
	struct term_reader *reader = term_reader_new();
	struct rewriting r;
	struct check_results c = { 0 };

	(void)state;
	rewriting_compare(&r, reader, span_of(original), span_of(original));
	assert_true(r.added == 0 && r.lost == 0 && r.length == 1 && r.recall == 1 && r.copied == 1);
	rewriting_compare(&r, reader, span_of(original), span_of(better));
	assert_true(r.added == 0 && r.lost == 0 && r.recall > 0.4 && r.copied < 0.5);
	checks_of_rewriting(&c, reader, span_of(original), span_of(better));
	assert_int_equal(checks_worst(&c), OUTCOME_PASS);
	checks_of_rewriting(&c, reader, span_of(original), span_of(invented));
	assert_int_equal(c.of[CHECK_ADDED].outcome, OUTCOME_WARN);
	assert_int_equal(c.of[CHECK_STRAYS].outcome, OUTCOME_WARN);
	assert_int_equal(c.of[CHECK_SHRINKS].outcome, OUTCOME_WARN);
	checks_of_rewriting(&c, reader, span_of(original), span_of(original));
	assert_int_equal(c.of[CHECK_COPIES].outcome, OUTCOME_WARN);
	rewriting_compare(&r, reader, span_make("", 0), span_of(better));
	assert_true(r.length == 0 && r.recall == 0 && r.copied == 0);
	term_reader_free(reader);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(marks_what_the_other_side_lacks),
		cmocka_unit_test(measures_how_near_the_rewritten_text_stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
