/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One sample of every record profile: what it is taken for, and what its first record says. */
#include "formats_help.h"

#include "base/fs.h"
#include "formats/profile.h"
#include "formats/writer.h"

struct sample {
	const char *what;
	const char *text;
	enum format format;
	const char *profile;
	enum item_kind kind;
	struct {
		enum role role;
		const char *value;
	} expect[6];
};

#define TWICE(line) line "\n" line "\n"
#define D KIND_DOCUMENT
#define I KIND_INSTRUCTION
#define B KIND_BITEXT

static const struct sample samples[] = {
	/* documents */
	{ "datatrove", TWICE("{\"text\":\"A page.\",\"id\":\"0/1\",\"metadata\":{\"url\":\"https://a.example/\",\"language\":\"en\","
			     "\"language_score\":0.97,\"minhash_cluster_id\":-1}}"),
	  FORMAT_JSONL, "datatrove", D,
	  { { ROLE_TEXT, "A page." }, { ROLE_ID, "0/1" }, { ROLE_URL, "https://a.example/" }, { ROLE_LANG, "en" },
	    { ROLE_SCORE, "0.97" }, { ROLE_CLUSTER, "-1" } } },
	{ "datatrove, metadata a string",
	  TWICE("{\"text\":\"A page.\",\"id\":\"0/1\",\"metadata\":\"{\\\"language\\\": \\\"fr\\\"}\"}"), FORMAT_JSONL,
	  "datatrove", D, { { ROLE_TEXT, "A page." }, { ROLE_LANG, "fr" } } },
	{ "FineWeb", TWICE("{\"text\":\"T\",\"id\":\"<urn:uuid:1>\",\"dump\":\"CC-MAIN-2024-10\",\"url\":\"https://b.example/x\","
			   "\"date\":\"2024-02-20\",\"file_path\":\"s3://c\",\"language\":\"en\",\"language_score\":0.9,"
			   "\"token_count\":12}"),
	  FORMAT_JSONL, "fineweb", D, { { ROLE_TEXT, "T" }, { ROLE_URL, "https://b.example/x" }, { ROLE_SCORE, "0.9" } } },
	{ "FineWeb-Edu", TWICE("{\"text\":\"T\",\"id\":\"1\",\"dump\":\"CC\",\"url\":\"https://b.example\",\"language\":\"en\","
			       "\"language_score\":0.9,\"token_count\":12,\"score\":3.5,\"int_score\":4}"),
	  FORMAT_JSONL, "fineweb-edu", D, { { ROLE_TEXT, "T" }, { ROLE_SCORE, "3.5" } } },
	{ "FineWeb-2", TWICE("{\"text\":\"T\",\"id\":\"1\",\"dump\":\"CC\",\"url\":\"https://b.example\",\"language\":\"ita\","
			     "\"language_score\":0.9,\"language_script\":\"Latn\",\"minhash_cluster_size\":3,\"top_langs\":\"{}\"}"),
	  FORMAT_JSONL, "fineweb-2", D, { { ROLE_LANG, "ita" }, { ROLE_SCORE, "0.9" } } },
	{ "dolma", TWICE("{\"id\":\"d1\",\"text\":\"Body\",\"source\":\"wiki\",\"added\":\"2023\",\"created\":\"2022\","
			 "\"metadata\":{\"url\":\"http://c.example\"}}"),
	  FORMAT_JSONL, "dolma", D, { { ROLE_TEXT, "Body" }, { ROLE_ID, "d1" }, { ROLE_URL, "http://c.example" } } },
	{ "dolma with attributes", TWICE("{\"id\":\"d1\",\"text\":\"Body\",\"source\":\"wiki\",\"attributes\":{\"a__b__c\":[[0,4,1.0]]}}"),
	  FORMAT_JSONL, "dolma", D, { { ROLE_TEXT, "Body" } } },
	{ "NeMo Curator", TWICE("{\"text\":\"N\",\"id\":\"n-1\",\"_duplicate_group_id\":7,\"_curator_dedup_id\":3}"), FORMAT_JSONL,
	  "nemo", D, { { ROLE_TEXT, "N" }, { ROLE_CLUSTER, "7" } } },
	{ "text-dedup 0.3", TWICE("{\"text\":\"N\",\"__cluster__\":5,\"__index__\":1}"), FORMAT_JSONL, "text-dedup", D,
	  { { ROLE_TEXT, "N" }, { ROLE_CLUSTER, "5" } } },
	{ "text-dedup 0.4", TWICE("{\"text\":\"N\",\"__CLUSTER__\":5,\"__INDEX__\":1}"), FORMAT_JSONL, "text-dedup", D,
	  { { ROLE_TEXT, "N" }, { ROLE_CLUSTER, "5" } } },
	{ "a language model's text", TWICE("{\"text\":\"only\"}"), FORMAT_JSONL, "text", D, { { ROLE_TEXT, "only" } } },
	{ "an unknown tool", TWICE("{\"k\":\"ab\",\"corpo\":\"il testo \\u00e8 qui\",\"quality\":0.5}"), FORMAT_JSONL, "generic", D,
	  { { ROLE_TEXT, "il testo \xc3\xa8 qui" }, { ROLE_SCORE, "0.5" } } },

	/* annotation tools */
	{ "Argilla, flat", TWICE("{\"id\":\"a\",\"status\":\"completed\",\"text\":\"Was it good?\",\"label.responses\":[\"yes\"],"
				 "\"label.responses.users\":[\"u\"],\"label.suggestion\":\"no\"}"),
	  FORMAT_JSONL, "argilla", D, { { ROLE_TEXT, "Was it good?" }, { ROLE_ID, "a" } } },
	{ "Argilla, flat, pairs", TWICE("{\"id\":\"a\",\"status\":\"completed\",\"prompt\":\"P\",\"response\":\"R\","
					"\"quality.responses\":[4]}"),
	  FORMAT_JSONL, "argilla-pairs", I, { { ROLE_INSTRUCTION, "P" }, { ROLE_RESPONSE, "R" } } },
	{ "Argilla, nested", TWICE("{\"id\":\"a\",\"fields\":{\"text\":\"Inside\"},\"metadata\":{},\"suggestions\":{},"
				   "\"responses\":{\"q\":[{\"value\":\"x\"}]},\"vectors\":{}}"),
	  FORMAT_JSONL, "argilla-nested", D, { { ROLE_TEXT, "Inside" } } },
	{ "Label Studio", "[\n{\"id\":1,\"data\":{\"text\":\"To label\"},\"annotations\":[{\"result\":[],\"was_cancelled\":true}],"
			  "\"predictions\":[]},\n{\"id\":2,\"data\":{\"text\":\"More\"},\"annotations\":[],\"predictions\":[]}]",
	  FORMAT_JSON, "label-studio", D, { { ROLE_TEXT, "To label" }, { ROLE_ID, "1" }, { ROLE_VERDICT, "skip" } } },
	{ "doccano, labels", TWICE("{\"id\":1,\"text\":\"T\",\"label\":[\"a\",\"b\"],\"Comments\":[]}"), FORMAT_JSONL, "doccano", D,
	  { { ROLE_TEXT, "T" } } },
	{ "doccano, spans", "{\"id\":0,\"text\":\"S\",\"label\":[]}\n" TWICE("{\"id\":1,\"text\":\"T\",\"label\":[[0,1,\"PER\"]]}"),
	  FORMAT_JSONL, "doccano-spans", D, { { ROLE_TEXT, "S" } } },
	{ "doccano, entities", TWICE("{\"id\":1,\"text\":\"T\",\"entities\":[{\"id\":0,\"label\":\"PER\",\"start_offset\":0,"
				     "\"end_offset\":1}],\"relations\":[]}"),
	  FORMAT_JSONL, "doccano-entities", D, { { ROLE_TEXT, "T" } } },
	{ "fastText", "__label__en __label__news Some words here.\n__label__fr Quelques mots.\n", FORMAT_TEXT, "fasttext", D,
	  { { ROLE_TEXT, "Some words here." }, { ROLE_META, "__label__en __label__news" } } },
	{ "Prodigy", TWICE("{\"text\":\"P\",\"meta\":{},\"_input_hash\":-123,\"_task_hash\":9,\"answer\":\"reject\",\"_timestamp\":1}"),
	  FORMAT_JSONL, "prodigy", D, { { ROLE_TEXT, "P" }, { ROLE_VERDICT, "reject" }, { ROLE_ID, "-123" } } },
	{ "Potato", "{\n \"user_id\": \"u\",\n \"instance_id_to_label_to_value\": {\"i1\":{\"s\":{\"labels\":{\"decision\":\"accept\"}}}}\n}\n",
	  FORMAT_JSON, "potato", D, { { ROLE_TEXT, "{\"i1\":{\"s\":{\"labels\":{\"decision\":\"accept\"}}}}" } } },
	{ "Potato, instances", TWICE("{\"user_id\":\"u\",\"instance_id\":\"i1\",\"displayed_text\":\"Shown\",\"label_annotations\":{}}"),
	  FORMAT_JSONL, "potato-instances", D, { { ROLE_TEXT, "Shown" }, { ROLE_ID, "i1" } } },

	/* instructions */
	{ "TRL messages", TWICE("{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"},{\"content\":\"Hello\",\"role\":\"assistant\"}]}"),
	  FORMAT_JSONL, "trl-messages", I,
	  { { ROLE_MESSAGES, "[{\"role\":\"user\",\"content\":\"Hi\"},{\"role\":\"assistant\",\"content\":\"Hello\"}]" } } },
	{ "messages with parts, thinking and a tool call",
	  TWICE("{\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"a\"},{\"type\":\"text\",\"text\":\"b\"}]},"
		"{\"role\":\"assistant\",\"thinking\":\"hm\",\"content\":null,\"tool_calls\":[{\"type\":\"function\"}]}]}"),
	  FORMAT_JSONL, "trl-messages", I,
	  { { ROLE_MESSAGES, "[{\"role\":\"user\",\"content\":\"a\\nb\"},{\"role\":\"thinking\",\"content\":\"hm\"},"
			     "{\"role\":\"assistant\",\"content\":\"[{\\\"type\\\":\\\"function\\\"}]\"}]" } } },
	{ "TRL prompt", TWICE("{\"prompt\":\"Say\"}"), FORMAT_JSONL, "trl-prompt", I, { { ROLE_INSTRUCTION, "Say" } } },
	{ "TRL prompt, completion", TWICE("{\"prompt\":\"Say\",\"completion\":\"Said\"}"), FORMAT_JSONL, "trl-prompt-completion", I,
	  { { ROLE_INSTRUCTION, "Say" }, { ROLE_RESPONSE, "Said" } } },
	{ "TRL preference", TWICE("{\"prompt\":\"Say\",\"chosen\":\"good\",\"rejected\":\"bad\"}"), FORMAT_JSONL, "trl-preference", I,
	  { { ROLE_INSTRUCTION, "Say" }, { ROLE_CHOSEN, "good" }, { ROLE_REJECTED, "bad" } } },
	{ "TRL preference, prompt implicit",
	  TWICE("{\"chosen\":[{\"role\":\"user\",\"content\":\"q\"},{\"role\":\"assistant\",\"content\":\"good\"}],"
		"\"rejected\":[{\"role\":\"user\",\"content\":\"q\"},{\"role\":\"assistant\",\"content\":\"bad\"}]}"),
	  FORMAT_JSONL, "trl-preference-implicit", I,
	  { { ROLE_INSTRUCTION, "[{\"role\":\"user\",\"content\":\"q\"}]" },
	    { ROLE_CHOSEN, "[{\"role\":\"assistant\",\"content\":\"good\"}]" },
	    { ROLE_REJECTED, "[{\"role\":\"assistant\",\"content\":\"bad\"}]" } } },
	{ "TRL KTO", TWICE("{\"prompt\":\"Say\",\"completion\":\"Said\",\"label\":false}"), FORMAT_JSONL, "trl-kto", I,
	  { { ROLE_RESPONSE, "Said" }, { ROLE_VERDICT, "reject" } } },
	{ "TRL stepwise", TWICE("{\"prompt\":\"Sum\",\"completions\":[\"First.\",\"Second.\"],\"labels\":[true,false]}"), FORMAT_JSONL,
	  "trl-stepwise", I, { { ROLE_RESPONSE, "First.\n\nSecond." } } },
	{ "queries", TWICE("{\"query\":\"Q\",\"response\":\"R\"}"), FORMAT_JSONL, "prompt-response", I,
	  { { ROLE_INSTRUCTION, "Q" }, { ROLE_RESPONSE, "R" } } },
	{ "problems", TWICE("{\"problem\":\"Q\",\"solution\":\"R\",\"answer\":\"4\"}"), FORMAT_JSONL, "prompt-response", I,
	  { { ROLE_INSTRUCTION, "Q" }, { ROLE_RESPONSE, "R" } } },
	{ "inputs", TWICE("{\"input\":\"Q\",\"output\":\"R\"}"), FORMAT_JSONL, "prompt-response", I,
	  { { ROLE_INSTRUCTION, "Q" }, { ROLE_RESPONSE, "R" } } },
	{ "WildChat", TWICE("{\"conversation_hash\":\"h\",\"conversation\":[{\"content\":\"Hi\",\"role\":\"user\",\"turn\":1},"
			    "{\"content\":\"Yo\",\"role\":\"assistant\"}],\"language\":\"English\"}"),
	  FORMAT_JSONL, "trl-messages", I, { { ROLE_ID, "h" }, { ROLE_LANG, "English" } } },
	{ "UltraFeedback, binarised",
	  TWICE("{\"prompt\":\"q\",\"prompt_id\":\"7\",\"chosen\":[{\"content\":\"q\",\"role\":\"user\"},"
		"{\"content\":\"good\",\"role\":\"assistant\"}],\"rejected\":[{\"content\":\"q\",\"role\":\"user\"},"
		"{\"content\":\"bad\",\"role\":\"assistant\"}],\"messages\":[{\"content\":\"q\",\"role\":\"user\"}],"
		"\"score_chosen\":8.0}"),
	  FORMAT_JSONL, "trl-preference", I,
	  { { ROLE_INSTRUCTION, "q" }, { ROLE_CHOSEN, "[{\"role\":\"assistant\",\"content\":\"good\"}]" },
	    { ROLE_REJECTED, "[{\"role\":\"assistant\",\"content\":\"bad\"}]" } } },
	{ "Alpaca", "[{\"instruction\":\"Do\",\"input\":\"this\",\"output\":\"Done\"},{\"instruction\":\"a\",\"output\":\"b\"}]",
	  FORMAT_JSON, "alpaca", I, { { ROLE_INSTRUCTION, "Do" }, { ROLE_INPUT, "this" }, { ROLE_RESPONSE, "Done" } } },
	{ "Alpaca with history",
	  TWICE("{\"instruction\":\"Do\",\"input\":\"this\",\"output\":\"Done\",\"history\":[[\"q1\",\"a1\"]],\"system\":\"S\"}"),
	  FORMAT_JSONL, "alpaca", I,
	  { { ROLE_SYSTEM, "S" },
	    { ROLE_MESSAGES, "[{\"role\":\"user\",\"content\":\"q1\"},{\"role\":\"assistant\",\"content\":\"a1\"},"
			     "{\"role\":\"user\",\"content\":\"Do\\nthis\"},{\"role\":\"assistant\",\"content\":\"Done\"}]" } } },
	{ "Alpaca preference", TWICE("{\"instruction\":\"Do\",\"input\":\"\",\"chosen\":\"A\",\"rejected\":\"B\"}"), FORMAT_JSONL,
	  "alpaca-preference", I, { { ROLE_CHOSEN, "A" }, { ROLE_REJECTED, "B" } } },
	{ "ShareGPT", "[{\"conversations\":[{\"from\":\"human\",\"value\":\"Hi\"},{\"from\":\"gpt\",\"value\":\"Yo\"}],\"system\":\"S\"}]",
	  FORMAT_JSON, "sharegpt", I,
	  { { ROLE_SYSTEM, "S" },
	    { ROLE_MESSAGES, "[{\"role\":\"user\",\"content\":\"Hi\"},{\"role\":\"assistant\",\"content\":\"Yo\"}]" } } },
	{ "ShareGPT preference", TWICE("{\"conversations\":[{\"from\":\"human\",\"value\":\"Hi\"}],\"chosen\":{\"from\":\"gpt\","
				       "\"value\":\"A\"},\"rejected\":{\"from\":\"gpt\",\"value\":\"B\"}}"),
	  FORMAT_JSONL, "sharegpt-preference", I, { { ROLE_CHOSEN, "A" }, { ROLE_REJECTED, "B" } } },
	{ "back-translated, score", TWICE("{\"instruction\":\"Do\",\"output\":\"Done\",\"score\":4.5,\"iteration\":2}"), FORMAT_JSONL,
	  "backtranslated", I, { { ROLE_INSTRUCTION, "Do" }, { ROLE_RESPONSE, "Done" }, { ROLE_SCORE, "4.5" } } },
	{ "back-translated, rating", TWICE("{\"instruction\":\"Do\",\"response\":\"Done\",\"rating\":5}"), FORMAT_JSONL,
	  "backtranslated", I, { { ROLE_RESPONSE, "Done" }, { ROLE_SCORE, "5" } } },
	{ "distilabel UltraFeedback", TWICE("{\"instruction\":\"Do\",\"generations\":[\"w\",\"b\",\"m\"],\"ratings\":[1,5,3],"
					    "\"rationales\":[\"\",\"\",\"\"],\"model_name\":\"m\"}"),
	  FORMAT_JSONL, "distilabel-ultrafeedback", I, { { ROLE_CHOSEN, "b" }, { ROLE_REJECTED, "w" } } },
	{ "distilabel generation", TWICE("{\"instruction\":\"Do\",\"generation\":\"Done\",\"model_name\":\"m\"}"), FORMAT_JSONL,
	  "distilabel", I, { { ROLE_RESPONSE, "Done" } } },
	{ "distilabel pairs", TWICE("{\"anchor\":\"A\",\"positive\":\"P\"}"), FORMAT_JSONL, "distilabel-pairs", I,
	  { { ROLE_INSTRUCTION, "A" }, { ROLE_RESPONSE, "P" } } },
	{ "distilabel triplets", TWICE("{\"anchor\":\"A\",\"positive\":\"P\",\"negative\":\"N\"}"), FORMAT_JSONL,
	  "distilabel-triplets", I, { { ROLE_CHOSEN, "P" }, { ROLE_REJECTED, "N" } } },

	/* bitext */
	{ "bitextor, every module",
	  TWICE("http://a.example/en\thttp://a.example/fr\tThe red house.\tLa maison rouge.\t0.8\tp1s1\tp2s1\t"
		"0123456789abcdef\tfedcba9876543210\tdeadbeefdeadbeef\t34\t0.93"),
	  FORMAT_CSV, "bitextor", B, { { ROLE_SOURCE, "The red house." }, { ROLE_TARGET, "La maison rouge." }, { ROLE_SCORE, "0.93" } } },
	{ "bitextor, aligner only", TWICE("http://a.example/en\thttp://a.example/fr\tThe red house.\tLa maison rouge.\t23.5"), FORMAT_CSV,
	  "bitextor", B, { { ROLE_TARGET, "La maison rouge." }, { ROLE_SCORE, "23.5" }, { ROLE_URL, "http://a.example/en" } } },
	{ "bitextor, sent.gz with a header",
	  "src_url\ttrg_url\tsrc_text\ttrg_text\taligner_score\tbicleaner_score\n"
	  TWICE("http://a.example/en\thttp://a.example/fr\tThe \"red\" house.\tLa maison rouge.\t1.5\t0.7"),
	  FORMAT_CSV, "bitext", B, { { ROLE_SOURCE, "The \"red\" house." }, { ROLE_TARGET, "La maison rouge." } } },
	{ "WikiMatrix", TWICE("1.0412\tThe cat sat.\tLe chat dormait."), FORMAT_CSV, "mined", B,
	  { { ROLE_SOURCE, "The cat sat." }, { ROLE_SCORE, "1.0412" } } },
	{ "NLLB", TWICE("The cat sat.\tLe chat dormait.\t1.21\t0.99\t0.98\tcc\thttp://x.example/\tpc\t_"), FORMAT_CSV, "nllb", B,
	  { { ROLE_SOURCE, "The cat sat." }, { ROLE_TARGET, "Le chat dormait." }, { ROLE_SCORE, "1.21" } } },
	{ "pairs with quotes in them", TWICE("\"Yes,\" she said.\t\"Oui\", dit-elle."), FORMAT_CSV, "pairs", B,
	  { { ROLE_SOURCE, "\"Yes,\" she said." }, { ROLE_TARGET, "\"Oui\", dit-elle." } } },
	{ "a dataset's translation field", TWICE("{\"translation\":{\"de\":\"Haus\",\"en\":\"House\"}}"), FORMAT_JSONL, "bitext", B,
	  { { ROLE_SOURCE, "Haus" }, { ROLE_TARGET, "House" } } },
	{ "source and target", TWICE("{\"source\":\"Haus\",\"target\":\"House\",\"score\":0.5}"), FORMAT_JSONL, "bitext", B,
	  { { ROLE_SOURCE, "Haus" }, { ROLE_SCORE, "0.5" } } },
	{ "TMX of a crawl",
	  "<?xml version=\"1.0\"?>\n<tmx version=\"1.4\"><header srclang=\"en\"/><body>\n<tu tuid=\"7\" datatype=\"Text\">"
	  "<prop type=\"score-bicleaner-ai\">0.9</prop><prop type=\"type\">1:1</prop>"
	  "<tuv xml:lang=\"en\"><prop type=\"source-document\">http://a.example/</prop><seg>Press <hi>OK</hi><bpt i=\"1\">&lt;b></bpt> &amp; go"
	  "</seg></tuv><tuv xml:lang=\"it\"><seg>Premi OK</seg></tuv></tu></body></tmx>",
	  FORMAT_TMX, "tmx", B,
	  { { ROLE_SOURCE, "Press OK & go" }, { ROLE_TARGET, "Premi OK" }, { ROLE_SCORE, "0.9" }, { ROLE_ID, "7" },
	    { ROLE_URL, "http://a.example/" }, { ROLE_TARGET_LANG, "it" } } },
	{ "a catalogue", "msgid \"\"\nmsgstr \"\"\n\"Language: de\\n\"\n\"Content-Type: text/plain; charset=UTF-8\\n\"\n\n#: a.c:1\n"
			 "msgctxt \"menu\"\nmsgid \"Open %s\\n\"\nmsgid_plural \"Open\"\nmsgstr[0] \"\"\n\"%s \"\n\"\xc3\xb6" "ffnen\\n\"\n"
			 "msgstr[1] \"x\"\n",
	  FORMAT_PO, "gettext", B, { { ROLE_SOURCE, "Open %s\n" }, { ROLE_TARGET, "%s \xc3\xb6" "ffnen\n" } } },

	/* tables and text */
	{ "a table of documents", "id,text,score\r\n1,\"He said \"\"hi\"\",\nand left\",0.25\r\n2,b,0.5\r\n", FORMAT_CSV, "text", D,
	  { { ROLE_TEXT, "He said \"hi\",\nand left" }, { ROLE_ID, "1" }, { ROLE_SCORE, "0.25" } } },
	{ "a table with semicolons", "instruction;output\nDo;Done\nDo it;Did it\n", FORMAT_CSV, "alpaca", I,
	  { { ROLE_INSTRUCTION, "Do" }, { ROLE_RESPONSE, "Done" } } },
	{ "prose", "One line, with commas, and more.\nAnother; line.\n\nA paragraph.\n", FORMAT_TEXT, "plain", D,
	  { { ROLE_TEXT, "One line, with commas, and more.\nAnother; line.\n\nA paragraph.\n" } } },
	{ "Markdown", "# Title\n\nSome [link](http://x.example).\n\n- a\n- b\n", FORMAT_TEXT, "markdown", D, { { ROLE_META, NULL } } },
	{ "source code", "#include <stdio.h>\n\nint main(void)\n{\n\treturn 0;\n}\n", FORMAT_TEXT, "code", D, { { ROLE_META, NULL } } },
};

static void check_sample(void **state, const struct sample *s)
{
	struct outcome o = read_text(state, "sample", s->text);

	print_message("%s: %s\n", s->what, o.code < 0 ? o.err.msg : o.shape.reason);
	assert_int_equal(o.code, 0);
	assert_int_equal(o.shape.format, s->format);
	assert_string_equal(o.shape.profile, s->profile);
	assert_int_equal(o.shape.kind, s->kind);
	assert_true(o.good > 0);
	assert_int_equal(o.bad, 0);
	for (size_t i = 0; i < 6 && s->expect[i].value; i++)
		assert_role(&o.first, s->expect[i].role, s->expect[i].value);
	outcome_free(&o);
}

static void recognises_one_sample_of_each_profile(void **state)
{
	for (size_t i = 0; i < sizeof samples / sizeof *samples; i++)
		check_sample(state, &samples[i]);
}

static void a_shape_survives_being_stored(void **state)
{
	for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
		struct outcome o = read_text(state, "sample", samples[i].text);
		struct buf json = BUF_INIT, again = BUF_INIT;
		struct error err = { 0 };
		struct shape back;

		shape_to_json(&json, &o.shape);
		assert_int_equal(shape_from_json(&back, buf_span(&json), &err), 0);
		shape_to_json(&again, &back);
		assert_string_equal(again.p, json.p);
		buf_free(&json);
		buf_free(&again);
		outcome_free(&o);
	}
}

static void refuses_by_name_what_it_does_not_read(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		int code;
		const char *name;
	} no[] = {
		{ "PAR1\x15\x04", 6, TAMIS_EUNSUPPORTED, "Parquet" },
		{ "ARROW1\0\0", 8, TAMIS_EUNSUPPORTED, "Arrow" },
		{ "\xff\xff\xff\xff\x10\0\0\0", 8, TAMIS_EUNSUPPORTED, "Arrow stream" },
		{ "WARC/1.0\r\nWARC-Type: response\r\n", 31, TAMIS_EUNSUPPORTED, "WARC" },
		{ "%PDF-1.7\n", 9, TAMIS_EUNSUPPORTED, "PDF" },
		{ "PK\x03\x04\x14\0", 6, TAMIS_EUNSUPPORTED, "ZIP" },
		{ "\x7f" "ELF\x02\x01\x01\0\0\0\0\0\0\0\0\0", 16, TAMIS_EPARSE, "binary" },
		{ "\xc4\xe3\xba\xc3\xa3\xac\xca\xc0\xbd\xe7\n\xc4\xe3\xba\xc3\n", 16, TAMIS_EPARSE, "iconv" },
		{ "{\"id\":\"1\",\"attributes\":{\"a__b__c\":[[0,1,0.5]]}}\n", 49, TAMIS_EUNSUPPORTED, "dolma attributes" },
	};

	for (size_t i = 0; i < sizeof no / sizeof *no; i++) {
		char *path = scratch_file(state, "refused", span_make(no[i].bytes, no[i].len));
		struct outcome o = read_source(path, NULL);

		assert_int_equal(o.code, no[i].code);
		if (strstr(o.err.msg, no[i].name) == NULL)
			fail_msg("%s does not name %s", o.err.msg, no[i].name);
		free(path);
	}
}

static void wishes_narrow_what_is_recognised(void **state)
{
	char *path = scratch_file(state, "wish", span_of(TWICE("{\"text\":\"short\",\"body\":\"the other\",\"nr\":3}")));
	struct outcome o = read_source(path, &(struct shape_wish){ .text_field = "body", .id_field = "nr" });

	assert_role(&o.first, ROLE_TEXT, "the other");
	assert_role(&o.first, ROLE_ID, "3");
	outcome_free(&o);
	o = read_source(path, &(struct shape_wish){ .text_field = "nowhere" });
	assert_int_equal(o.code, TAMIS_EUSAGE);
	o = read_source(path, &(struct shape_wish){ .format = FORMAT_TMX });
	assert_int_equal(o.code, TAMIS_EUSAGE);
	o = read_source(path, &(struct shape_wish){ .format = FORMAT_TEXT, .split = "line" });
	assert_int_equal(o.good, 2);
	assert_int_equal(o.shape.format, FORMAT_TEXT);
	outcome_free(&o);
	free(path);
}

static void recognises_a_record_longer_than_what_it_looks_at(void **state)
{
	struct buf text = BUF_INIT;
	struct outcome o;
	char *path;

	buf_adds(&text, "{\"id\":\"1\",\"dump\":\"CC\",\"url\":\"http://x.example\",\"text\":\"");
	buf_fill(&text, 'a', 600 * 1024);
	buf_adds(&text, "\"}\n");
	path = scratch_file(state, "long", buf_span(&text));
	o = read_source(path, NULL);
	assert_string_equal(o.shape.profile, "fineweb");
	assert_int_equal(o.good, 1);
	outcome_free(&o);
	free(path);
	buf_free(&text);
}

static void tmx_takes_the_languages_asked_for(void **state)
{
	char *path = scratch_file(state, "three.tmx", span_of("<tmx version=\"1.4\"><header/><body><tu>"
		"<tuv xml:lang=\"EN-GB\"><seg>one</seg></tuv><tuv xml:lang=\"de\"><seg>eins</seg></tuv>"
		"<tuv xml:lang=\"fr\"><seg>un</seg></tuv></tu>"
		"<tu><tuv lang=\"en\"><seg>two</seg></tuv><tuv lang=\"fr\"><seg><![CDATA[d<e</tu>ux]]></seg></tuv></tu>"
		"<!-- <tu>none</tu> --></body></tmx>"));
	struct outcome o = read_source(path, NULL);

	assert_int_equal(o.good, 2);
	assert_role(&o.first, ROLE_TARGET, "eins"); /* units differ in languages: the first two of each */
	outcome_free(&o);
	o = read_source(path, &(struct shape_wish){ .lang = "fr-en" });
	assert_int_equal(o.good, 2);
	assert_role(&o.first, ROLE_SOURCE, "un");
	assert_role(&o.first, ROLE_TARGET, "one");
	outcome_free(&o);
	o = read_source(path, &(struct shape_wish){ .lang = "en-de" });
	assert_int_equal(o.good, 1);
	assert_int_equal(o.bad, 1);
	outcome_free(&o);
	free(path);
}

static void moses_halves_find_each_other(void **state)
{
	static const char *const names[][2] = { { "Books.en-fr.en", "Books.en-fr.fr" }, { "news.de", "news.en" } };
	struct shape_wish wish = { .lang = "en-de" };

	for (size_t i = 0; i < 2; i++) {
		char *a = scratch_file(state, names[i][0], span_of("One.\n\nThree.\n"));
		char *b = scratch_file(state, names[i][1], span_of("Un.\nDeux.\nTrois.\n"));
		struct outcome o = read_source(b, NULL);

		assert_string_equal(o.shape.profile, "moses");
		assert_int_equal(o.good, 2); /* an empty line has no partner */
		assert_role(&o.first, ROLE_SOURCE, "One.");
		assert_role(&o.first, ROLE_TARGET, "Un.");
		outcome_free(&o);
		free(a);
		free(b);
	}
	struct scratch *s = *state;
	char *path = xasprintf("%s/news.de", s->folder);
	struct outcome o = read_source(path, &wish);

	assert_string_equal(o.shape.source_lang, "en");
	assert_role(&o.first, ROLE_SOURCE, "Un.");
	outcome_free(&o);
	free(path);
}

static void files_of_different_length_are_no_pair(void **state)
{
	char *a = scratch_file(state, "x.en", span_of("One.\nTwo.\n")), *b = scratch_file(state, "x.fr", span_of("Un.\n"));
	struct outcome o = read_source(a, NULL);

	assert_int_equal(o.shape.format, FORMAT_TEXT);
	outcome_free(&o);
	free(a);
	free(b);
}

static void the_manual_names_every_profile_and_every_format(void **state)
{
	const char *root = getenv("SRCDIR");
	char *path = xasprintf("%s/man/tamis-formats.5", root ? root : ".");
	struct buf page = BUF_INIT;
	struct error err = { 0 };

	(void)state;
	if (access(path, R_OK) != 0)
		skip();
	assert_int_equal(fs_read_all(&page, path, 1 << 20, &err), 0);
	for (size_t i = 0; profile_at(i); i++)
		if (strstr(page.p, profile_at(i)->name) == NULL)
			fail_msg("the profile %s is not in the manual", profile_at(i)->name);
	for (size_t i = 0; writer_format_at(i); i++)
		if (strstr(page.p, writer_format_at(i)->name) == NULL)
			fail_msg("the format %s is not in the manual", writer_format_at(i)->name);
	buf_free(&page);
	free(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(recognises_one_sample_of_each_profile),
		cmocka_unit_test(a_shape_survives_being_stored),
		cmocka_unit_test(refuses_by_name_what_it_does_not_read),
		cmocka_unit_test(wishes_narrow_what_is_recognised),
		cmocka_unit_test(recognises_a_record_longer_than_what_it_looks_at),
		cmocka_unit_test(tmx_takes_the_languages_asked_for),
		cmocka_unit_test(moses_halves_find_each_other),
		cmocka_unit_test(files_of_different_length_are_no_pair),
		cmocka_unit_test(the_manual_names_every_profile_and_every_format),
	};

	return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
