/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writers: original bytes, edits, annotations; what one format wrote, recognition reads back with the same
 * key. */
#include "formats_help.h"

#include "base/fs.h"
#include "formats/writer.h"

/* One edit. */
struct edit {
	enum role role;
	const char *text;
};

static bool edited(const void *ctx, enum role role, struct span *value)
{
	const struct edit *e = ctx;

	if (e == NULL || e->role != role)
		return false;
	*value = span_of(e->text);
	return true;
}

struct written {
	struct buf text, target;
	uint64_t n, left_out;
};

static void written_free(struct written *w)
{
	buf_free(&w->text);
	buf_free(&w->target);
}

/* Surveys or writes every record of a file. */
static void pass_over(struct writer *w, const char *path, const struct shape *shape, const struct edit *edit, const char *annotation,
		      bool write)
{
	struct framer *f = framer_new(shape, 0, 1, 1 << 20);
	struct error err = { 0 };
	struct stream *s;
	struct framed got;

	assert_int_equal(stream_open(&s, shape, path, NULL, 0, &err), 0);
	while (framer_next(f, s, &got, &err) == 1) {
		struct arena arena = { 0 };
		struct record r;
		struct export_item item = { .shape = shape, .record = &r, .edited = edited, .ctx = edit, .annotation = span_of(annotation) };

		assert_int_equal(record_parse(&r, shape, got.bytes, &arena, &err), 0);
		if (write)
			assert_true(writer_record(w, &item, &err) >= 0);
		else
			writer_survey(w, &item);
		arena_free(&arena);
	}
	framer_free(f);
	stream_close(s);
}

/* Writes every record of `text` in `format`. */
static struct written write_all(void **state, const char *text, const char *format, const struct edit *edit,
				const char *annotation)
{
	struct written out = { .n = 0 };
	char *path = scratch_file(state, "in", span_of(text));
	char *bytes[2] = { NULL, NULL };
	size_t len[2];
	FILE *file = open_memstream(&bytes[0], &len[0]), *target = open_memstream(&bytes[1], &len[1]);
	struct shape shape;
	struct error err = { 0 };
	struct writer w;

	assert_int_equal(shape_recognise(&shape, path, NULL, &err), 0);
	assert_int_equal(writer_begin(&w, writer_format_find(span_of(format)), file, target, shape.kind,
				      annotation != NULL, shape.source_lang, shape.target_lang, &err),
			 0);
	pass_over(&w, path, &shape, edit, annotation, false);
	pass_over(&w, path, &shape, edit, annotation, true);
	out.n = w.written;
	out.left_out = w.left_out;
	assert_int_equal(writer_end(&w, &err), 0);
	fclose(file);
	fclose(target);
	buf_init(&out.text);
	buf_init(&out.target);
	buf_add(&out.text, bytes[0], len[0]);
	buf_add(&out.target, bytes[1], len[1]);
	free(bytes[0]);
	free(bytes[1]);
	free(path);
	return out;
}

static void expect(void **state, const char *text, const char *format, const struct edit *edit,
		   const char *annotation, const char *want)
{
	struct written w = write_all(state, text, format, edit, annotation);

	assert_string_equal(w.text.p, want);
	written_free(&w);
}

/* ---- JSON Lines ---- */

static void json_records_leave_as_they_came(void **state)
{
	expect(state, "  {\"text\" : \"\\u00e9 \\/ 1.0\",\"n\":1.50 }  \n\n{\"n\":2,\"text\":\"b\"}\n",
	       "jsonl", NULL, NULL,
	       "{\"text\" : \"\\u00e9 \\/ 1.0\",\"n\":1.50 }  \n{\"n\":2,\"text\":\"b\"}\n");
	expect(state, "[\n{\"text\": \"a\",\r\n \"n\": 1}\n]", "jsonl", NULL, NULL,
	       "{\"text\": \"a\",   \"n\": 1}\n");
}

static void annotations_are_added_and_replaced(void **state)
{
	expect(state,
	       "{\"text\":\"a\"} \n{\"_tamis\":{\"v\":0},\"text\":\"b\"}\n{\"text\":\"c\" "
	       ",\"_tamis\":1,\"z\":2}\n",
	       "jsonl", NULL, "{\"verdict\":\"accept\"}",
	       "{\"text\":\"a\",\"_tamis\":{\"verdict\":\"accept\"}}\n{\"text\":\"b\",\"_tamis\":{"
	       "\"verdict\":\"accept\"}}\n"
	       "{\"text\":\"c\",\"z\":2,\"_tamis\":{\"verdict\":\"accept\"}}\n");
}

static void an_edit_changes_its_value_and_nothing_else(void **state)
{
	struct edit e = { ROLE_TEXT, "new \"text\"\n" };

	expect(state, "{ \"id\":\"1\", \"text\":\"old\", \"n\":1.50 }\n", "jsonl", &e, NULL,
	       "{ \"id\":\"1\", \"text\":\"new \\\"text\\\"\\n\", \"n\":1.50 }\n");
}

static void an_edit_finds_its_place_in_nested_objects_turns_and_lists(void **state)
{
	struct edit nested = { ROLE_TEXT, "new" }, one = { ROLE_RESPONSE, "new" }, chosen = { ROLE_CHOSEN, "new" };
	struct edit turn = { ROLE_MESSAGES, "[{\"role\":\"user\",\"content\":\"Hi é\"},{\"role\":\"assistant\",\"content\":\"new\\n\"}]" };
	struct edit fewer = { ROLE_MESSAGES, "[{\"role\":\"user\",\"content\":\"Hi\"}]" };

	expect(state, "{ \"content\" : { \"a\":[1, 2], \"text\":\"old\", \"z\":1.50 }, \"id\":7 }\n", "jsonl", &nested, NULL,
	       "{ \"content\" : { \"a\":[1, 2], \"text\":\"new\", \"z\":1.50 }, \"id\":7 }\n");
	expect(state, "{\"prompt\":\"p\",\"completions\":[ \"a\" ],\"labels\":[true]}\n", "jsonl", &one, NULL,
	       "{\"prompt\":\"p\",\"completions\":[ \"new\" ],\"labels\":[true]}\n");
	expect(state,
	       "{\"id\":\"x\",\"conversations\":[{\"from\":\"human\",\"value\":\"Hi \\u00e9\"}, {\"from\":\"gpt\",\"weight\":1.0,\"value\":\"Ho\"}]}\n",
	       "jsonl", &turn, NULL,
	       "{\"id\":\"x\",\"conversations\":[{\"from\":\"human\",\"value\":\"Hi \\u00e9\"}, {\"from\":\"gpt\",\"weight\":1.0,\"value\":\"new\\n\"}]}\n");
	expect(state, "{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"},{\"role\":\"assistant\",\"content\":\"Ho\"}],\"n\":1}\n", "jsonl",
	       &fewer, NULL, "{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}],\"n\":1}\n");
	expect(state,
	       "{\"conversations\":[{\"from\":\"human\",\"value\":\"Hi\"}],\"chosen\":{\"from\":\"gpt\",\"value\":\"a\"},\"rejected\":{\"from\":\"gpt\",\"value\":\"b\"}}\n",
	       "jsonl", &chosen, NULL,
	       "{\"conversations\":[{\"from\":\"human\",\"value\":\"Hi\"}],\"chosen\":{\"from\":\"gpt\",\"value\":\"new\"},\"rejected\":{\"from\":\"gpt\",\"value\":\"b\"}}\n");
}

static void an_edit_without_a_place_of_its_own_writes_the_roles(void **state)
{
	struct edit e = { ROLE_RESPONSE, "one text" };

	expect(state, "{\"prompt\":\"p\",\"completions\":[\"a\",\"b\"],\"labels\":[true,true]}\n", "jsonl",
	       &e, NULL, "{\"instruction\":\"p\",\"response\":\"one text\",\"labels\":[true,true]}\n");
}

static void other_formats_become_objects(void **state)
{
	expect(state, "id,text\n7,\"a,b\"\n", "jsonl", NULL, NULL, "{\"id\":\"7\",\"text\":\"a,b\"}\n");
}

/* ---- tables ---- */

static void tables_quote_or_escape_what_they_must(void **state)
{
	const char *records = "{\"id\":\"1\",\"text\":\"a\\t\\\"b\\\",\\nc\\\\\"}\n";

	expect(state, records, "csv", NULL, NULL,
	       "id,text,lang,score,url\r\n1,\"a\t\"\"b\"\",\nc\\\",,,\r\n");
	expect(state, records, "tsv", NULL, NULL,
	       "id\ttext\tlang\tscore\turl\n1\ta\\t\"b\",\\nc\\\\\t\t\t\n");
	expect(state, records, "csv", NULL, "{\"v\":1}",
	       "id,text,lang,score,url,_tamis\r\n1,\"a\t\"\"b\"\",\nc\\\",,,,\"{\"\"v\"\":1}\"\r\n");
}

static void tables_have_a_column_for_every_field(void **state)
{
	const char *records = "{\"id\":1,\"text\":\"a\",\"n\":[1,\"x\"],\"url\":\"u\"}\n"
			      "{\"id\":2,\"text\":\"b\",\"who\":\"c,d\",\"meta\":{\"k\":true}}\n"
			      "{\"n\":7,\"text\":\"c\",\"late\":\"\"}\n";

	expect(state, records, "csv", NULL, NULL,
	       "id,text,lang,score,url,n,who,meta.k,late\r\n1,a,,,u,\"[1,\"\"x\"\"]\",,,\r\n2,b,,,,,\"c,d\",true,\r\n,c,,,,7,,,\r\n");
	expect(state, records, "tsv", NULL, "{}",
	       "id\ttext\tlang\tscore\turl\tn\twho\tmeta.k\tlate\t_tamis\n1\ta\t\t\tu\t[1,\"x\"]\t\t\t\t{}\n"
	       "2\tb\t\t\t\t\tc,d\ttrue\t\t{}\n\tc\t\t\t\t7\t\t\t\t{}\n");
}

static void a_column_whose_name_is_taken_gets_another(void **state)
{
	struct edit e = { ROLE_INSTRUCTION, "p" };

	expect(state, "{\"instruction\":\"q\",\"output\":\"r\",\"response\":\"s\"}\n", "csv", &e, NULL,
	       "id,system,instruction,input,response,messages,chosen,rejected,score,response.2\r\n,,p,,r,,,,,s\r\n");
}

/* ---- bitext ---- */

#define PAIRS                                                                                                \
	"{\"source\":\"a <b> & "                                                                             \
	"\\u0001\",\"target\":\"c\\nd\",\"score\":0.5}\n{\"source\":\"only\",\"target\":\"  \"}\n"

static void tmx_escapes_and_moses_stays_aligned(void **state)
{
	struct written w = write_all(state, PAIRS, "tmx", NULL, NULL);

	assert_non_null(strstr(w.text.p, "<prop type=\"score\">0.5</prop>"));
	assert_non_null(
		strstr(w.text.p, "<tuv xml:lang=\"und\"><seg>a &lt;b&gt; &amp; \xef\xbf\xbd</seg></tuv>"));
	assert_non_null(strstr(w.text.p, "</body>\n</tmx>\n"));
	written_free(&w);
	w = write_all(state, PAIRS, "moses", NULL, NULL);
	assert_string_equal(w.text.p, "a <b> & \x01\n");
	assert_string_equal(w.target.p, "c d\n");
	assert_int_equal(w.n, 1);
	assert_int_equal(w.left_out, 1);
	written_free(&w);
}

/* ---- chats ---- */

static const char chat[] =
	"{\"messages\":[{\"role\":\"system\",\"content\":\"s\"},{\"role\":\"user\",\"content\":\"q1\"},"
	"{\"role\":\"assistant\",\"content\":\"a1\"},{\"role\":\"user\",\"content\":\"q2\"},"
	"{\"role\":\"assistant\",\"content\":\"a\\n2\"}]}\n";

static void chats_go_into_every_fine_tuning_format(void **state)
{
	expect(state, chat, "chat", NULL, NULL, chat);
	expect(state, chat, "alpaca", NULL, NULL,
	       "{\"instruction\":\"q2\",\"input\":\"\",\"output\":\"a\\n2\",\"system\":\"s\",\"history\":[["
	       "\"q1\",\"a1\"]]}\n");
	expect(state, chat, "sharegpt", NULL, NULL,
	       "{\"conversations\":[{\"from\":\"system\",\"value\":\"s\"},{\"from\":\"human\",\"value\":"
	       "\"q1\"},"
	       "{\"from\":\"gpt\",\"value\":\"a1\"},{\"from\":\"human\",\"value\":\"q2\"},{\"from\":\"gpt\","
	       "\"value\":\"a\\n2\"}]}\n");
}

static void instructions_become_chats(void **state)
{
	const char *alpaca =
		"{\"instruction\":\"Do\",\"input\":\"x\",\"output\":\"Done\",\"system\":\"S\"}\n";

	expect(state, alpaca, "chat", NULL, "{\"v\":1}",
	       "{\"messages\":[{\"role\":\"system\",\"content\":\"S\"},{\"role\":\"user\",\"content\":"
	       "\"Do\\n\\nx\"},"
	       "{\"role\":\"assistant\",\"content\":\"Done\"}],\"_tamis\":{\"v\":1}}\n");
	expect(state, alpaca, "alpaca", NULL, NULL,
	       "{\"instruction\":\"Do\",\"input\":\"x\",\"output\":\"Done\",\"system\":\"S\"}\n");
}

static void records_without_an_answer_are_left_out(void **state)
{
	struct written w = write_all(state, "{\"prompt\":\"only\"}\n", "chat", NULL, NULL);

	assert_int_equal(w.left_out, 1);
	assert_int_equal(w.text.len, 0);
	written_free(&w);
}

static void edits_make_preference_pairs(void **state)
{
	struct edit e = { ROLE_RESPONSE, "Better" }, same = { ROLE_RESPONSE, " Done " };
	struct edit turns = {
		ROLE_MESSAGES,
		"[{\"role\":\"user\",\"content\":\"q\"},{\"role\":\"assistant\",\"content\":\"good\"}]"
	};
	struct written w;

	expect(state, "{\"instruction\":\"Do\",\"input\":\"\",\"output\":\"Done\"}\n", "dpo", &e, NULL,
	       "{\"prompt\":\"Do\",\"chosen\":\"Better\",\"rejected\":\"Done\"}\n");
	w = write_all(state, "{\"instruction\":\"Do\",\"output\":\"Done\"}\n", "dpo", &same, NULL);
	assert_int_equal(w.left_out, 1);
	written_free(&w);
	/* A rewriting that was not taken is nobody's choice; one that was taken is an edit. */
	w = write_all(state, "{\"instruction\":\"Do\",\"output\":\"Done\",\"rewritten\":\"Better\"}\n", "dpo", NULL, NULL);
	assert_int_equal(w.left_out, 1);
	assert_int_equal(w.text.len, 0);
	written_free(&w);
	expect(state, "{\"instruction\":\"Do\",\"output\":\"Done\",\"rewritten\":\"Better\"}\n", "dpo", &e, NULL,
	       "{\"prompt\":\"Do\",\"chosen\":\"Better\",\"rejected\":\"Done\"}\n");
	expect(state,
	       "{\"messages\":[{\"role\":\"user\",\"content\":\"q\"},{\"role\":\"assistant\",\"content\":"
	       "\"bad\"}]}\n",
	       "dpo", &turns, NULL,
	       "{\"prompt\":[{\"role\":\"user\",\"content\":\"q\"}],\"chosen\":[{\"role\":\"assistant\","
	       "\"content\":\"good\"}],"
	       "\"rejected\":[{\"role\":\"assistant\",\"content\":\"bad\"}]}\n");
	expect(state, "{\"prompt\":\"p\",\"chosen\":\"c\",\"rejected\":\"r\"}\n", "dpo", NULL, NULL,
	       "{\"prompt\":\"p\",\"chosen\":\"c\",\"rejected\":\"r\"}\n");
}

/* ---- there and back ---- */

static void what_is_written_reads_back_with_the_same_key(void **state)
{
	static const struct {
		const char *format;
		const char *text;
	} trips[] = {
		{ "jsonl", "id,text\n1,\"two\nlines, \"\"q\"\"\"\n2,b\n" },
		{ "csv", "{\"id\":\"1\",\"text\":\"two\\nlines, \\\"q\\\" "
			 "\\ud83d\\ude00\"}\n{\"id\":\"2\",\"text\":\" b\"}\n" },
		{ "tmx",
		  "{\"source\":\"a <b> & "
		  "\\\"c\\\"\\tq\",\"target\":\"\\u00e9\\r\\nx\"}\n{\"source\":\"x\",\"target\":\"y\"}\n" },
		{ "csv", "{\"source\":\"a, b\",\"target\":\"c\"}\n{\"source\":\"x\",\"target\":\"y\"}\n" },
		{ "csv",
		  "{\"instruction\":\"a, b\",\"output\":\"c\"}\n{\"instruction\":\"x\",\"output\":\"y\"}\n" },
		{ "chat", "[{\"conversations\":[{\"from\":\"human\",\"value\":\"\\u4f60\"},{\"from\":\"gpt\","
			  "\"value\":\"x\"}]}]" },
		{ "sharegpt", "{\"messages\":[{\"role\":\"user\",\"content\":\"\xe4\xbd\xa0\"},{\"content\":"
			      "\"x\",\"role\":\"assistant\"}]}\n" },
		{ "alpaca", "{\"instruction\":\"a\",\"response\":\"b\"}\n" },
	};

	for (size_t i = 0; i < sizeof trips / sizeof *trips; i++) {
		struct outcome before = read_text(state, "before", trips[i].text), after;
		struct written w = write_all(state, trips[i].text, trips[i].format, NULL, NULL);

		after = read_text(state, "after", w.text.p);
		assert_int_equal(after.code, 0);
		assert_int_equal(after.keys.n, before.keys.n);
		for (size_t k = 0; k < before.keys.n; k++)
			if (!hash128_eq(&before.keys.v[k], &after.keys.v[k]))
				fail_msg("%s: record %zu has another key after the trip: %s", trips[i].format,
					 k, w.text.p);
		outcome_free(&before);
		outcome_free(&after);
		written_free(&w);
	}
}

static void pages_for_people_hold_data_as_text(void **state)
{
	const char *text = "{\"id\":\"<1>\",\"text\":\"<script>a()</script> ```` &\\u001b[31m\"}\n";
	struct written w = write_all(state, text, "html", NULL, NULL);

	assert_null(strstr(w.text.p, "<script>"));
	assert_non_null(strstr(w.text.p, "<h2>1: &lt;1&gt;</h2>"));
	assert_non_null(
		strstr(w.text.p, "&lt;script&gt;a()&lt;/script&gt; ```` &amp;\xef\xbf\xbd[31m</pre>"));
	assert_non_null(strstr(w.text.p, "</html>\n"));
	written_free(&w);
	w = write_all(state, text, "markdown", NULL, NULL);
	assert_string_equal(
		w.text.p,
		"## 1: <1>\n\n**text**\n\n`````\n<script>a()</script> ```` &\xef\xbf\xbd[31m\n`````\n\n");
	written_free(&w);
}

static void formats_say_which_kinds_they_take(void **state)
{
	struct error err = { 0 };
	struct writer w;

	(void)state;
	assert_int_equal(writer_begin(&w, &writer_tmx, stdout, NULL, KIND_DOCUMENT, false, NULL, NULL, &err),
			 TAMIS_EUSAGE);
	assert_non_null(strstr(err.msg, "tmx"));
	assert_int_equal(writer_begin(&w, &writer_moses, stdout, NULL, KIND_BITEXT, false, NULL, NULL, &err),
			 TAMIS_EUSAGE);
	assert_null(writer_format_find(span_of("parquet")));
	for (size_t i = 0; writer_format_at(i); i++)
		assert_ptr_equal(writer_format_find(span_of(writer_format_at(i)->name)), writer_format_at(i));
}

static void a_full_disk_is_reported(void **state)
{
	FILE *full = fopen("/dev/full", "w");
	struct record r = { .kind = KIND_DOCUMENT, .raw = span_of("{\"text\":\"a\"}") };
	struct shape shape = { .format = FORMAT_JSONL };
	struct export_item item = { .shape = &shape, .record = &r };
	struct error err = { 0 };
	struct writer w;

	(void)state;
	if (full == NULL)
		skip();
	assert_int_equal(writer_begin(&w, &writer_jsonl, full, NULL, KIND_DOCUMENT, false, NULL, NULL, &err),
			 0);
	assert_int_equal(writer_record(&w, &item, &err), 1);
	assert_int_equal(writer_end(&w, &err), TAMIS_EIO);
	fclose(full);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(json_records_leave_as_they_came),
		cmocka_unit_test(annotations_are_added_and_replaced),
		cmocka_unit_test(an_edit_changes_its_value_and_nothing_else),
		cmocka_unit_test(an_edit_finds_its_place_in_nested_objects_turns_and_lists),
		cmocka_unit_test(an_edit_without_a_place_of_its_own_writes_the_roles),
		cmocka_unit_test(other_formats_become_objects),
		cmocka_unit_test(tables_quote_or_escape_what_they_must),
		cmocka_unit_test(tables_have_a_column_for_every_field),
		cmocka_unit_test(a_column_whose_name_is_taken_gets_another),
		cmocka_unit_test(tmx_escapes_and_moses_stays_aligned),
		cmocka_unit_test(chats_go_into_every_fine_tuning_format),
		cmocka_unit_test(instructions_become_chats),
		cmocka_unit_test(records_without_an_answer_are_left_out),
		cmocka_unit_test(edits_make_preference_pairs),
		cmocka_unit_test(what_is_written_reads_back_with_the_same_key),
		cmocka_unit_test(pages_for_people_hold_data_as_text),
		cmocka_unit_test(formats_say_which_kinds_they_take),
		cmocka_unit_test(a_full_disk_is_reported),
	};

	return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
