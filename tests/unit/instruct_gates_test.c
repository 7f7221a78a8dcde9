/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Checks of segments and pairs, and drafts without a model. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/hash.h"
#include "instruct/cell.h"
#include "instruct/draft.h"
#include "instruct/gates.h"
#include "instruct/heading.h"
#include "instruct/phrases.h"
#include "instruct/twins.h"
#include "scratch.h"
#include "text/langid.h"

static const char anchor[] = "A plough anchor holds in sand and mud. It turns over and sets again when the wind changes.";
static const char bread[] = "Knead the dough for ten minutes. Let it rise until it has doubled, then bake it in a hot oven.";

static struct check_results check(const char *instruction, const char *response)
{
	struct retriever *r = retriever_new();
	struct instructions_seen *seen = instructions_seen_new();
	struct pair_reader *reader = pair_reader_new(r, NULL);
	struct check_results out = { 0 };
	uint32_t segment;

	retriever_add(r, span_of(bread));
	segment = retriever_add(r, span_of(response));
	checks_of_pair(&out, reader, seen, &(struct asked_pair){ span_of(instruction), span_of(response), segment, LANG_UNKNOWN, LANG_UNKNOWN });
	pair_reader_free(reader);
	retriever_free(r);
	instructions_seen_free(seen);
	return out;
}

static void passes_a_fitting_pair(void **state)
{
	struct check_results c = check("Which anchor should I take for sand?", anchor);

	(void)state;
	for (unsigned i = CHECK_BRIEF; i < CHECKS; i++)
		assert_int_equal(c.of[i].outcome, OUTCOME_PASS);
	assert_true(c.of[CHECK_MARGIN].value > 0.9);
}

static void tells_why_a_pair_fails(void **state)
{
	static const struct {
		const char *instruction, *response;
		enum check fails;
	} pairs[] = {
		{ "Anchor?", anchor, CHECK_BRIEF },
		{ "plough anchor holds in sand and mud", anchor, CHECK_COPY },
		{ "What does the text above say about anchors?", anchor, CHECK_LEAK },
		{ "How long should I knead dough?", anchor, CHECK_MARGIN },
		{ "Which anchor should I take?", "I'm sorry, but as an AI I know no anchor.", CHECK_REFUSAL },
		{ "Which anchor should I take?", "The plough anchor holds well in sand and then the", CHECK_TRUNCATED },
		{ "请解释怎样选择适合沙地和泥地的船锚，以及它们各自的优点。", anchor, CHECK_LANGUAGE },
	};

	(void)state;
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		struct check_results c = check(pairs[i].instruction, pairs[i].response);

		if (c.of[pairs[i].fails].outcome != OUTCOME_FAIL)
			fail_msg("%s passes %s", pairs[i].instruction, check_name(pairs[i].fails));
		assert_int_equal(checks_worst(&c), OUTCOME_FAIL);
	}
}

static void finds_an_instruction_that_came_before(void **state)
{
	struct retriever *r = retriever_new();
	struct instructions_seen *seen = instructions_seen_new();
	struct pair_reader *reader = pair_reader_new(r, NULL);
	struct check_results c = { 0 };
	uint32_t segment = retriever_add(r, span_of(anchor));

	(void)state;
	checks_of_pair(&c, reader, seen, &(struct asked_pair){ span_of("How do I lock a file?"), span_of(anchor), segment, LANG_UNKNOWN, LANG_UNKNOWN });
	assert_int_equal(c.of[CHECK_DUPLICATE].outcome, OUTCOME_PASS);
	checks_of_pair(&c, reader, seen, &(struct asked_pair){ span_of("How can I copy a file?"), span_of(anchor), segment, LANG_UNKNOWN, LANG_UNKNOWN });
	assert_int_equal(c.of[CHECK_DUPLICATE].outcome, OUTCOME_PASS);
	checks_of_pair(&c, reader, seen, &(struct asked_pair){ span_of("Please, how would one lock files?"), span_of(anchor), segment, LANG_UNKNOWN, LANG_UNKNOWN });
	assert_int_equal(c.of[CHECK_DUPLICATE].outcome, OUTCOME_FAIL);
	pair_reader_free(reader);
	retriever_free(r);
	instructions_seen_free(seen);
}

static unsigned repetition(const char *text)
{
	struct term_reader *reader = term_reader_new();
	struct term_list terms = { 0 };
	unsigned n;

	terms_read(reader, &terms, span_of(text));
	n = text_repetition(&terms, span_of(text));
	vec_free(&terms.terms);
	term_reader_free(reader);
	return n;
}

static void measures_segments_beside_their_thresholds(void **state)
{
	struct term_list none = { 0 };
	struct check_results c = { 0 };
	struct text_segment s = { .header = span_of("QUICK LINKS"), .path = span_of("QUICK LINKS"),
				  .text = span_of("4. Four\n5. Five\nhttp://example.org/a/very/long/address/that/fills/the/line"), .chars = 80 };

	(void)state;
	checks_of_segment(&c, &none, &s, 600, 3000);
	assert_int_equal(c.of[CHECK_SHORT].outcome, OUTCOME_FAIL);
	assert_true(c.of[CHECK_SHORT].value == 80 && c.of[CHECK_SHORT].threshold == 600);
	assert_int_equal(c.of[CHECK_MID_LIST].outcome, OUTCOME_FAIL);
	assert_int_equal(c.of[CHECK_LINKS].outcome, OUTCOME_FAIL);
	assert_int_equal(c.of[CHECK_HEADING].outcome, OUTCOME_FAIL);
	assert_int_equal(c.of[CHECK_LONG].outcome, OUTCOME_PASS);
	assert_int_equal(repetition("the boat is at the quay now. The boat is at the quay now. the boat is at the quay now."), 3);
	assert_int_equal(repetition(bread), 0);
}

static void tells_a_table_of_contents_from_text(void **state)
{
	(void)state;
	assert_true(text_bullet_share(span_of("12.1. RAID and LVM\n\n12.1.1. Software RAID\n12.1.2. LVM\n12.1.3. RAID or LVM")) > 0.9);
	assert_true(text_bullet_share(span_of("1.\xc2\xa0Preface\n2.\xc2\xa0Thanks")) > 0.9);
	assert_true(text_bullet_share(span_of("2.5 volts are enough for it.\nVersion 1.2 came later.\n3.14 is near.")) == 0);
	assert_false(text_ends_mid_sentence(span_of("Type this:\n\n```\nmkfs /dev/md0\n```")));
	assert_true(text_ends_mid_sentence(span_of("It was a cold night and the")));
}

static void drafts_by_the_heading_in_the_language_of_the_text(void **state)
{
	static const struct {
		const char *header, *path, *text, *lang, *holds;
		enum draft_type type;
	} rows[] = {
		{ "2.1 How do I moor?", "Guide › 2.1 How do I moor?", anchor, "en", "How do I moor?", DRAFT_QUESTION },
		{ "Choosing an anchor", "Choosing an anchor", anchor, "en", "hoose an anchor", DRAFT_HOW_TO },
		{ "Plough vs. fisherman", "Plough vs. fisherman", anchor, "en", "lough and fisherman", DRAFT_COMPARE },
		{ "1.1 Introduction", "1. Ship's Anchors › 1.1 Introduction", anchor, "en", "ship's anchors", DRAFT_EXPLAIN },
		{ "如何系泊", "手册 › 如何系泊", "把船慢慢靠近码头，先递出船头缆绳。", "zh", "如何系泊", DRAFT_HOW_TO },
	};
	struct draft_templates *templates = NULL;
	struct retriever *r = retriever_new();
	struct retrieval *q = retrieval_new(r);
	struct draft d = { 0 };

	(void)state;
	assert_int_equal(draft_templates_open(&templates, NULL), 0);
	retriever_add(r, span_of(bread));
	retriever_add(r, span_of(anchor));
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct text_segment s = { .header = span_of(rows[i].header), .path = span_of(rows[i].path), .text = span_of(rows[i].text) };

		draft_make(&d, templates, q, &s, lang_from_code(span_of(rows[i].lang)));
		assert_int_equal(d.type, rows[i].type);
		if (strstr(d.instruction.p, rows[i].holds) == NULL || strchr(d.instruction.p, '{'))
			fail_msg("“%s” for %s", d.instruction.p, rows[i].header);
		assert_true(strncmp(d.template, "extract.", 8) == 0);
	}
	draft_free(&d);
	draft_templates_close(templates);
	retrieval_free(q);
	retriever_free(r);
}

static void turns_headings_into_words_for_a_sentence(void **state)
{
	static const char text[] = "To install the kernel with SSH on Debian, run make; a cache of packages is kept. Configure it. The Linux kernel is large.";
	static const struct {
		const char *header;
		enum heading_kind kind;
		const char *words, *action;
	} cases[] = {
		{ "8.11.\xc2\xa0Installing the Kernel", HEADING_ACTION, "installing the kernel", "install the kernel" },
		{ "Configuring a Cache", HEADING_ACTION, "configuring a cache", "configure a cache" },
		{ "Running Linux", HEADING_ACTION, "running Linux", "run Linux" },
		{ "Accepting or Refusing Mails", HEADING_ACTION, "accepting or refusing mails", "accept or refusing mails" },
		{ "Changing and Saving Files", HEADING_ACTION, "changing and saving files", "change and save files" },
		{ "How to start", HEADING_ACTION, "how to start", "start" },
		{ "Chapter 3. Packages with SSH", HEADING_TOPIC, "packages with SSH", "" },
		{ "More on Defining Functions", HEADING_ACTION, "defining functions", "define functions" },
		{ "THE AWK LANGUAGE", HEADING_TOPIC, "the awk language", "" },
		{ "String Methods", HEADING_TOPIC, "string methods", "" },
		{ "Use of Debian", HEADING_TOPIC, "use of Debian", "" },
		{ "B.2. Real-Time Communication", HEADING_TOPIC, "real-time communication", "" },
		{ "What is Debian?¶", HEADING_QUESTION, "What is Debian?", "" },
		{ "1 Introduction", HEADING_OPENING, "", "" },
		{ "第 4 章 安装内核", HEADING_ACTION, "安装内核", "安装内核" },
		{ "管理员界面", HEADING_TOPIC, "管理员界面", "" },
		{ "", HEADING_NOTHING, "", "" },
		{ "...", HEADING_NOTHING, "", "" },
	};
	struct heading h = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		heading_read(&h, span_of(cases[i].header), span_of(text));
		if (h.kind != cases[i].kind || strcmp(h.words.p, cases[i].words) != 0 || strcmp(h.action.p, cases[i].action) != 0)
			fail_msg("%s: %d, %s, %s", cases[i].header, h.kind, h.words.p, h.action.p);
	}
	heading_read(&h, span_of("Apples vs. Pears"), span_of(text));
	assert_int_equal(h.kind, HEADING_COMPARISON);
	assert_string_equal(h.first.p, "apples");
	assert_string_equal(h.second.p, "pears");
	heading_free(&h);
}

static void finds_segments_that_came_before_nearly(void **state)
{
	static const char *const texts[] = {
		"The anchor of version 1.2 holds in sand, in mud, in clay and on gravel; it is forged of steel, painted grey, and weighs twelve "
		"kilograms without its shank. Ropes of hemp and of nylon can be tied to it.",
		"The anchor of version 1.3 holds in sand, in mud, in clay and on gravel; it is forged of steel, painted grey, and weighs twelve "
		"kilograms without its shank. Ropes of hemp and of nylon can be tied to it.",
		"Bread rises when yeast turns sugar into gas; knead the dough for ten minutes, let it stand, and bake it in a hot oven until its "
		"crust is brown. Salt slows the yeast down.",
	};
	struct twins *twins = twins_new();
	struct term_reader *reader = term_reader_new();
	struct term_list terms = { 0 };
	struct twin_sketch s;
	double like[4];
	uint32_t which;

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		terms_read(reader, &terms, span_of(texts[i % 3]));
		twin_sketch(&s, &terms);
		like[i] = twins_add(twins, &s, 0.8, &which);
	}
	assert_true(like[0] == 0);
	assert_true(like[1] > 0.8 && like[1] < 1);
	assert_true(like[2] < 0.1);
	assert_true(like[3] == 1);
	assert_int_equal(which, 0);
	terms_read(reader, &terms, span_make("", 0));
	twin_sketch(&s, &terms);
	assert_true(twins_add(twins, &s, 0.8, &which) == 0 && which == UINT32_MAX);
	vec_free(&terms.terms);
	term_reader_free(reader);
	twins_free(twins);
}

/* A page of a catalogue: `common` words all have, 60 of its own, of which the last is another in its copy. */
static void read_page(struct term_reader *reader, struct twin_sketch *out, int page, bool copy, int common)
{
	struct term_list terms = { 0 };
	struct buf text = BUF_INIT;

	for (int i = 0; i < common; i++)
		buf_addf(&text, "c%06llx ", (unsigned long long)(hash_mix64((uint64_t)i + 1) & 0xffffff));
	for (int i = 0; i < 60; i++)
		buf_addf(&text, "w%06llx ", (unsigned long long)(hash_mix64((uint64_t)(page * 100 + i + (copy && i == 59 ? 1 : 0) + 1000)) & 0xffffff));
	terms_read(reader, &terms, buf_span(&text));
	twin_sketch(out, &terms);
	vec_free(&terms.terms);
	buf_free(&text);
}

static void finds_copies_among_pages_of_one_template(void **state)
{
	struct twins *twins = twins_new();
	struct term_reader *reader = term_reader_new();
	struct twin_sketch s;
	uint32_t which;

	(void)state;
	for (int page = 0; page < 2000; page++) {
		read_page(reader, &s, page, false, 90);
		assert_true(twins_add(twins, &s, 0.8, NULL) < 0.8);
	}
	/* The oldest as well as the latest. */
	for (int page = 0; page < 2000; page += 7) {
		read_page(reader, &s, page, true, 90);
		assert_true(twins_add(twins, &s, 0.8, &which) > 0.9);
		assert_int_equal(which, page);
	}
	term_reader_free(reader);
	twins_free(twins);
}

static void names_verb_and_object_of_a_request(void **state)
{
	static const struct {
		const char *instruction, *verb, *noun;
	} cases[] = {
		{ "Please write a short poem about the sea.", "write", "poem" },
		{ "How do I sort an array in Perl?", "sort", "array" },
		{ "Could you give me a list of commands", "give", "commands" },
		{ "What is the difference between a list and an array?", "What", "difference" },
		{ "Explain regular expressions.", "Explain", "expressions" },
		{ "Explain", "Explain", "" },
		{ "请解释：船锚的种类。", "解释", "种类" },
		{ "如何安装软件包", "如何", "件包" },
		{ "", "", "" },
	};
	struct term_reader *reader = term_reader_new();
	struct term_list terms = { 0 };
	struct verb_noun a, b;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		verb_noun_of(&a, reader, &terms, span_of(cases[i].instruction));
		if (!span_is(a.verb, cases[i].verb) || !span_is(a.noun, cases[i].noun))
			fail_msg("%s: %.*s, %.*s", cases[i].instruction, (int)a.verb.len, a.verb.p, (int)a.noun.len, a.noun.p);
	}
	verb_noun_of(&a, reader, &terms, span_of("Sort the arrays!"));
	verb_noun_of(&b, reader, &terms, span_of("Can you sort an array in Java?"));
	assert_true(a.id == b.id && a.id != 0);
	vec_free(&terms.terms);
	term_reader_free(reader);
}

static void caps_what_is_asked_again_and_again(void **state)
{
	struct retriever *r = retriever_new();
	struct instructions_seen *seen = instructions_seen_new();
	struct pair_reader *reader = pair_reader_new(r, NULL);
	struct check_results c = { 0 };
	uint32_t segment = retriever_add(r, span_of(anchor));
	unsigned failed = 0;

	(void)state;
	instructions_seen_expect(seen, 300);
	for (unsigned i = 0; i < 20; i++) {
		char text[80];

		snprintf(text, sizeof text, "Explain the history of ship %c%c.", 'a' + i, 'q' - i);
		checks_of_pair(&c, reader, seen, &(struct asked_pair){ span_of(text), span_of(anchor), segment, LANG_UNKNOWN, LANG_UNKNOWN });
		failed += c.of[CHECK_VERB_NOUN].outcome == OUTCOME_FAIL;
	}
	assert_int_equal(failed, 20 - 6);
	pair_reader_free(reader);
	retriever_free(r);
	instructions_seen_free(seen);
}

static struct benchmark *benchmark_of(const struct scratch *t, const char *text)
{
	char *path = scratch_file(t, "benchmark", span_of(text));
	struct benchmark *b = NULL;
	struct error err = { 0 };

	if (benchmark_open(&b, path, &err))
		assert_non_null(strstr(err.msg, path));
	free(path);
	return b;
}

static void finds_what_a_benchmark_has(void **state)
{
	static const char question[] = "Janet's ducks lay 16 eggs per day. She eats three for breakfast every morning and bakes muffins for her "
				       "friends every day with four.";
	static const char *const files[] = {
		"{\"question\":\"%s\",\"answer\":\"18\"}\n{\"question\":\"Short one.\"}\n",
		"[{\"a\":[{\"b\":\"%s\"}]}]",
		"Some other paragraph.\n\n%s\n",
	};
	struct scratch *t = *state;
	struct retriever *r = retriever_new();
	uint32_t segment = retriever_add(r, span_of(question));

	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		struct instructions_seen *seen = instructions_seen_new();
		struct check_results c = { 0 };
		char text[400];
		struct pair_reader *reader;
		struct benchmark *b;

		snprintf(text, sizeof text, files[i], question);
		b = benchmark_of(t, text);
		assert_non_null(b);
		reader = pair_reader_new(r, b);
		checks_of_pair(&c, reader, seen, &(struct asked_pair){ span_of("How many eggs are left?"), span_of(anchor), segment, LANG_UNKNOWN, LANG_UNKNOWN });
		assert_true(c.of[CHECK_BENCHMARK].measured && c.of[CHECK_BENCHMARK].outcome == OUTCOME_PASS);
		checks_of_pair(&c, reader, seen, &(struct asked_pair){ span_of("How many eggs are left?"), span_of("JANET'S DUCKS lay 16 eggs per day -- she eats three for breakfast, every morning."), segment, LANG_UNKNOWN, LANG_UNKNOWN });
		assert_int_equal(c.of[CHECK_BENCHMARK].outcome, OUTCOME_FAIL);
		pair_reader_free(reader);
		instructions_seen_free(seen);
		benchmark_close(b);
	}
	assert_null(benchmark_of(t, "Too short."));
	assert_null(benchmark_of(t, ""));
	retriever_free(r);
}

static void counts_personal_data_of_both_sides(void **state)
{
	struct check_results c = check("Which anchor should I take, joe@debian.org?", "Ask Ann at +49 30 90227 1234. She knows all about anchors.");

	(void)state;
	assert_true(c.of[CHECK_PERSONAL].value == 2);
	assert_int_equal(c.of[CHECK_PERSONAL].outcome, OUTCOME_FAIL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(passes_a_fitting_pair),
		cmocka_unit_test(tells_why_a_pair_fails),
		cmocka_unit_test(finds_an_instruction_that_came_before),
		cmocka_unit_test(measures_segments_beside_their_thresholds),
		cmocka_unit_test(tells_a_table_of_contents_from_text),
		cmocka_unit_test(drafts_by_the_heading_in_the_language_of_the_text),
		cmocka_unit_test(turns_headings_into_words_for_a_sentence),
		cmocka_unit_test(finds_segments_that_came_before_nearly),
		cmocka_unit_test(finds_copies_among_pages_of_one_template),
		cmocka_unit_test(names_verb_and_object_of_a_request),
		cmocka_unit_test(caps_what_is_asked_again_and_again),
		cmocka_unit_test_setup_teardown(finds_what_a_benchmark_has, scratch_setup, scratch_teardown),
		cmocka_unit_test(counts_personal_data_of_both_sides),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
