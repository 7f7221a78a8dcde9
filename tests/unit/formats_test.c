/* SPDX-License-Identifier: GPL-3.0-or-later */
/* record_scan and record_parse: what is kept of a record, which key it has, and why one is kept out. */
#include "formats_help.h"

#include <math.h>

#include "base/i18n.h"

static struct shape shape_of(const char *text)
{
	struct shape shape;
	struct error err = { 0 };

	if (shape_recognise_head(&shape, span_of(text), true, "sample", NULL, &err) < 0)
		fail_msg("%s", err.msg);
	return shape;
}

static struct record_facts facts_of(const char *text, const char *record)
{
	struct shape shape = shape_of(text);
	struct record_scanner *s = record_scanner_new(&shape);
	struct record_fault fault = { .reason = NULL };
	struct record_facts facts = { .lang = 9 };

	if (record_scan(s, span_of(record), &facts, &fault) < 0)
		fail_msg("%s: %s at %zu", record, fault.reason, fault.at);
	facts.sample = (struct span){ NULL, 0 };
	record_scanner_free(s);
	return facts;
}

static void the_same_content_has_the_same_key(void **state)
{
	/* whatever escaping, field order, other fields, format or profile */
	static const char *const same[][3] = {
		{ "{\"text\":\"h\xc3\xa9 \\\"x\\\"\\n\"}\n",
		  "{\"id\":3,\"z\":[1],\"text\":\"h\\u00e9 \\u0022x\\u0022\\u000a\"}\n",
		  "text,n\n\"h\xc3\xa9 \"\"x\"\"\n\",1\n" },
		{ "{\"instruction\":\"a\",\"output\":\"b\"}\n",
		  "{\"output\":\"b\",\"input\":\"\",\"instruction\":\"a\"}\n",
		  "{\"prompt\":\"a\",\"completion\":\"b\"}\n" },
		{ "{\"source\":\"The cat sat.\",\"target\":\"Le chat dormait.\"}\n",
		  "0.5\tThe cat sat.\tLe chat dormait.\n",
		  "<tmx><body><tu><tuv lang=\"en\"><seg>The cat sat.</seg></tuv><tuv lang=\"fr\"><seg>Le "
		  "<hi>chat</hi> dormait."
		  "</seg></tuv></tu></body></tmx>" },
		{ "{\"messages\":[{\"role\":\"user\",\"content\":\"a\"},{\"role\":\"assistant\",\"content\":"
		  "\"b\"}]}\n",
		  "{\"conversations\":[{\"value\":\"a\",\"from\":\"human\"},{\"value\":\"\\u0062\",\"from\":"
		  "\"gpt\"}]}\n",
		  "{\"messages\":[{\"content\":[{\"type\":\"text\",\"text\":\"a\"}],\"role\":\"user\"},"
		  "{\"role\":\"assistant\",\"content\":\"b\"}],\"tools\":[]}\n" },
	};

	for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
		struct hash128 key[3];

		for (size_t k = 0; k < 3; k++) {
			struct outcome o = read_text(state, "same", same[i][k]);

			assert_int_equal(o.good, 1);
			key[k] = o.keys.v[0];
			outcome_free(&o);
		}
		for (size_t k = 1; k < 3; k++)
			if (!hash128_eq(&key[0], &key[k]))
				fail_msg("%s and %s have different keys", same[i][0], same[i][k]);
	}
}

static void other_content_or_another_role_has_another_key(void **state)
{
	static const char *const texts[] = {
		"{\"text\":\"ab\"}\n",
		"{\"text\":\"ab \"}\n",
		"{\"text\":\"\"}\n",
		"{\"prompt\":\"ab\"}\n",
		"{\"source\":\"a\",\"target\":\"b\"}\n",
		"{\"source\":\"ab\",\"target\":\"\"}\n",
		"{\"source\":\"b\",\"target\":\"a\"}\n",
		"{\"instruction\":\"a\",\"output\":\"b\"}\n",
		"{\"instruction\":\"a\",\"input\":\"b\",\"output\":\"b\"}\n",
		"{\"prompt\":\"a\",\"chosen\":\"b\",\"rejected\":\"c\"}\n",
		"{\"prompt\":\"a\",\"chosen\":\"c\",\"rejected\":\"b\"}\n",
	};
	struct hash128 key[sizeof texts / sizeof *texts];

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct outcome o = read_text(state, "other", texts[i]);

		assert_int_equal(o.good, 1);
		key[i] = o.keys.v[0];
		outcome_free(&o);
		for (size_t k = 0; k < i; k++)
			assert_false(hash128_eq(&key[i], &key[k]));
	}
}

static void facts_hold_score_size_and_a_sample(void **state)
{
	static const char text[] = "{\"text\":\"h\\u00e9llo\",\"score\":\"0.25\"}\n";
	struct record_facts f = facts_of(text, text);

	(void)state;
	assert_int_equal(f.text_bytes, 6);
	assert_true(f.score == 0.25f);
	assert_int_equal(f.lang.len, 0);
	f = facts_of(text, "{\"text\":\"a\"}");
	assert_true(isnan(f.score));
}

static void a_sample_ends_between_characters(void **state)
{
	struct buf text = BUF_INIT;
	struct shape shape = shape_of("{\"text\":\"a\"}\n");
	struct record_scanner *s = record_scanner_new(&shape);
	struct record_facts facts;
	struct record_fault fault;

	(void)state;
	buf_adds(&text, "{\"text\":\"x");
	for (int i = 0; i < 400; i++)
		buf_adds(&text, "\xe4\xbd\xa0");
	buf_adds(&text, "\"}");
	assert_int_equal(record_scan(s, buf_span(&text), &facts, &fault), 0);
	assert_int_equal(facts.sample.len, 1 + 170 * 3);
	record_scanner_free(s);
	buf_free(&text);
}

static void a_sample_of_a_chat_is_what_is_said(void **state)
{
	static const char text[] = "{\"messages\":[{\"role\":\"user\",\"content\":\"Bonjour\"},{\"role\":"
				   "\"assistant\",\"content\":\"Salut\"}]}\n";
	struct shape shape = shape_of(text);
	struct record_scanner *s = record_scanner_new(&shape);
	struct record_facts facts;
	struct record_fault fault;

	(void)state;
	assert_int_equal(record_scan(s, span_of(text), &facts, &fault), 0);
	assert_true(span_is(facts.sample, "Bonjour\nSalut"));
	record_scanner_free(s);
}

static void says_why_a_record_is_kept_out(void **state)
{
	static const struct {
		const char *good; /* what the file is recognised by */
		const char *bad;
		const char *reason;
		size_t at;
	} cases[] = {
		{ "{\"text\":\"a\"}\n", "{\"text\":\"a\"", "the text ends before all brackets are closed",
		  11 },
		{ "{\"text\":\"a\"}\n", "{\"text\":\"a\xff\"}", "not UTF-8", 10 },
		{ "{\"text\":\"a\"}\n", "{\"txt\":\"a\"}", "the text is missing", 0 },
		{ "{\"text\":\"a\"}\n", "{\"text\":null}", "the text is missing", 0 },
		{ "{\"text\":\"a\"}\n", "{\"text\":5}", "the text is missing", 0 },
		{ "{\"text\":\"a\"}\n", "{\"text\":\"a\\u0000b\"}", "a NUL character in the text", 0 },
		{ "{\"text\":\"a\"}\n", "[1]", "not a JSON object", 0 },
		{ "{\"instruction\":\"a\",\"output\":\"b\"}\n", "{\"instruction\":\"a\"}",
		  "the response is missing", 0 },
		{ "{\"prompt\":\"a\",\"chosen\":\"b\",\"rejected\":\"c\"}\n",
		  "{\"prompt\":\"a\",\"chosen\":\"b\"}", "the rejected response is missing", 0 },
		{ "{\"messages\":[{\"role\":\"user\",\"content\":\"a\"}]}\n", "{\"messages\":[{\"who\":1}]}",
		  "the messages are missing or are no chat turns", 0 },
		{ "{\"source\":\"a\",\"target\":\"b\"}\n", "{\"source\":\"a\"}", "the target text is missing",
		  0 },
		{ "0.5\tThe cat sat.\tLe chat dormait.\n", "0.5\tThe cat sat.", "the row has another number of fields than the table", 16 },
		{ "id,text,n\n1,\"a\",2\n", "1,\"a", "a quoted cell is not closed", 0 },
		{ "<tmx><tu><tuv lang=\"en\"><seg>a</seg></tuv><tuv lang=\"fr\"><seg>b</seg></tuv></tu>",
		  "<tu><tuv></tu>", "the XML of this unit is broken", 14 },
		{ "<tmx><tu><tuv lang=\"en\"><seg>a</seg></tuv><tuv lang=\"fr\"><seg>b</seg></tuv></tu>",
		  "<tu><tuv lang=\"en\"><seg>&undefined;</seg></tuv></tu>", "the XML of this unit is broken",
		  35 },
		{ "msgid \"a\"\nmsgstr \"b\"\n", "msgid \"a\nmsgstr \"b\"",
		  "a string in double quotes was expected", 0 },
		{ "msgid \"a\"\nmsgstr \"b\"\n", "msgid \"a\"\nmsgstr \"\\377\"", "not UTF-8", 10 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct shape shape = shape_of(cases[i].good);
		struct record_scanner *s = record_scanner_new(&shape);
		struct record_fault fault = { .reason = "nothing", .at = 999 };
		struct record_facts facts;
		struct arena arena = { 0 };
		struct error err = { 0 };
		struct record r;

		assert_int_equal(record_scan(s, span_of(cases[i].bad), &facts, &fault), TAMIS_EPARSE);
		if (strcmp(fault.reason, cases[i].reason) != 0 || fault.at != cases[i].at)
			fail_msg("%s: %s at %zu, not %s at %zu", cases[i].bad, fault.reason, fault.at,
				 cases[i].reason, cases[i].at);
		assert_int_equal(record_parse(&r, &shape, span_of(cases[i].bad), &arena, &err), TAMIS_EPARSE);
		arena_free(&arena);
		record_scanner_free(s);
	}
}

static void a_bad_record_has_its_line_and_the_others_are_kept(void **state)
{
	struct outcome o = read_text(
		state, "bad", "{\"text\":\"a\"}\n\n{\"text\":broken}\n{\"text\":\"b\"}\n{\"text\":\"c\"}\n");

	assert_int_equal(o.good, 3);
	assert_int_equal(o.bad, 1);
	assert_int_equal(o.first_bad_line, 3);
	assert_string_equal(o.first_reason, "a value was expected");
	outcome_free(&o);
}

static void a_parsed_record_shows_every_field(void **state)
{
	struct outcome o =
		read_text(state, "all",
			  "{\"text\":\"a\",\"tags\":[1,2],\"meta\":{\"n\":1,\"deep\":{\"x\":[]}},\"ok\":true,"
			  "\"nothing\":null}\n");
	static const struct {
		const char *name, *value;
		bool json;
	} want[] = { { "text", "a", false },   { "tags", "[1,2]", true },           { "meta.n", "1", false },
		     { "meta.deep", "{\"x\":[]}", true }, { "ok", "true", false } };

	assert_int_equal(o.first.n_fields, sizeof want / sizeof *want);
	for (size_t i = 0; i < o.first.n_fields; i++) {
		assert_true(span_is(o.first.fields[i].name, want[i].name));
		assert_true(span_is(o.first.fields[i].value, want[i].value));
		assert_int_equal(o.first.fields[i].json, want[i].json);
	}
	outcome_free(&o);
}

static void records_of_many_keys_and_many_turns_are_whole(void **state)
{
	struct buf text = BUF_INIT;
	struct outcome o;
	size_t turns = 0;

	buf_addc(&text, '{');
	for (int i = 0; i < 500; i++)
		buf_addf(&text, "\"key%d\":%d,", i, i);
	buf_adds(&text, "\"messages\":[");
	for (int i = 0; i < 300; i++)
		buf_addf(&text, "%s{\"role\":\"user\",\"content\":\"turn %d\"}", i ? "," : "", i);
	buf_adds(&text, "]}\n");
	o = read_text(state, "many", text.p);
	assert_string_equal(o.shape.profile, "trl-messages");
	assert_int_equal(o.good, 1);
	assert_int_equal(o.first.n_fields, 501);
	for (struct span rest = record_value(&o.first, ROLE_MESSAGES); rest.len;
	     rest = span_make(rest.p + 1, rest.len - 1))
		turns += span_starts(rest, "{\"role\"");
	assert_int_equal(turns, 300);
	outcome_free(&o);
	buf_free(&text);
}

static void names_of_kinds_and_roles_are_stable(void **state)
{
	(void)state;
	assert_int_equal(item_kind_from_name(span_of("documents")), KIND_DOCUMENT);
	assert_int_equal(item_kind_from_name(span_of("instruction")), KIND_INSTRUCTION);
	assert_int_equal(item_kind_from_name(span_of("nothing")), KIND_NONE);
	assert_string_equal(role_name(ROLE_SOURCE_LANG), "source_lang");
	assert_int_equal(format_from_name(span_of("tsv")), FORMAT_CSV);
	assert_int_equal(format_from_name(span_of("elf")), FORMAT_AUTO);
	for (int role = 0; role < ROLE_COUNT; role++)
		assert_true(role_name((enum role)role)[0] != '\0');
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_content_has_the_same_key),
		cmocka_unit_test(other_content_or_another_role_has_another_key),
		cmocka_unit_test(facts_hold_score_size_and_a_sample),
		cmocka_unit_test(a_sample_ends_between_characters),
		cmocka_unit_test(a_sample_of_a_chat_is_what_is_said),
		cmocka_unit_test(says_why_a_record_is_kept_out),
		cmocka_unit_test(a_bad_record_has_its_line_and_the_others_are_kept),
		cmocka_unit_test(a_parsed_record_shows_every_field),
		cmocka_unit_test(records_of_many_keys_and_many_turns_are_whole),
		cmocka_unit_test(names_of_kinds_and_roles_are_stable),
	};

	return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
