/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Replies as servers send them (the shapes of OpenAI's, vLLM's, llama.cpp's and Ollama's own documentation), read into scores and texts;
 * and what is no score, told so. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/json.h"
#include "instruct/judge.h"

#define NEAR(a, b) assert_true(fabs((a) - (b)) < 0.001)

/* A chat completion whose message says `words`. */
static void reply(struct buf *out, const char *words, const char *finish)
{
	buf_clear(out);
	buf_adds(out, "{\"id\":\"chatcmpl-1\",\"object\":\"chat.completion\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\","
		      "\"content\":");
	json_put_string(out, span_of(words));
	buf_addf(out, "},\"logprobs\":null,\"finish_reason\":\"%s\"}],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":12}}", finish);
}

static enum reply_outcome score_words(struct judge_score *out, const char *words, const char *finish)
{
	struct buf body = BUF_INIT;

	reply(&body, words, finish);
	judge_read(out, buf_span(&body), span_of(""));
	buf_free(&body);
	assert_int_equal(out->outcome == REPLY_OK, out->why == NULL);
	assert_int_equal(out->outcome == REPLY_OK, !isnan(out->score));
	return out->outcome;
}

static const char openai_digit[] =
	"{\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"4\",\"refusal\":null},\"logprobs\":{\"content\":[{"
	"\"token\":\"4\",\"logprob\":-0.5108256,\"bytes\":[52],\"top_logprobs\":[{\"token\":\"4\",\"logprob\":-0.5108256,\"bytes\":[52]},"
	"{\"token\":\"5\",\"logprob\":-1.2039728,\"bytes\":[53]},{\"token\":\"3\",\"logprob\":-2.3025851,\"bytes\":[51]}]}],"
	"\"refusal\":null},\"finish_reason\":\"length\"}]}";

/* vLLM lists what can't be as -9999, SentencePiece vocabularies mark spaces; one digit may be two tokens. */
static const char vllm_digit[] =
	"{\"choices\":[{\"message\":{\"role\":\"assistant\",\"content\":\" 2\",\"reasoning_content\":null},\"logprobs\":{\"content\":[{"
	"\"token\":\"▁2\",\"logprob\":-0.6931472,\"bytes\":[226,150,129,50],\"top_logprobs\":["
	"{\"token\":\"▁2\",\"logprob\":-0.6931472},{\"token\":\"2\",\"logprob\":-1.3862944},{\"token\":\"Ġ1\",\"logprob\":-1.3862944},"
	"{\"token\":\"5\",\"logprob\":-9999.0}]}]},\"finish_reason\":\"length\",\"stop_reason\":null}]}";

/* llama.cpp before it took over OpenAI's form. */
static const char llama_old[] =
	"{\"choices\":[{\"finish_reason\":\"length\",\"message\":{\"content\":\"3\",\"role\":\"assistant\"}}],\"completion_probabilities\":["
	"{\"content\":\"3\",\"probs\":[{\"prob\":0.5,\"tok_str\":\"3\"},{\"prob\":0.25,\"tok_str\":\"4\"},{\"prob\":0.25,\"tok_str\":\"I\"}]}]}";

static const char llama_sampled[] =
	"{\"choices\":[{\"finish_reason\":\"length\",\"message\":{\"content\":\"1\"}}],\"completion_probabilities\":["
	"{\"id\":16,\"token\":\"1\",\"prob\":1.0,\"top_probs\":[{\"id\":16,\"token\":\"1\",\"prob\":1.0}]}]}";

/* OpenAI's completions, as older servers still answer. */
static const char columns[] =
	"{\"choices\":[{\"text\":\" 5\",\"logprobs\":{\"tokens\":[\" 5\"],\"token_logprobs\":[-0.1053605],\"top_logprobs\":[{\" 5\":-0.1053605,"
	"\" 4\":-2.3025851}],\"text_offset\":[0]},\"finish_reason\":\"length\"}]}";

/* The digit inside JSON that was asked for with its probabilities. */
static const char json_tokens[] =
	"{\"choices\":[{\"message\":{\"content\":\"{\\\"reason\\\": \\\"2 faults\\\", \\\"score\\\": 3}\"},\"logprobs\":{\"content\":["
	"{\"token\":\"{\\\"reason\\\": \\\"\",\"logprob\":0,\"top_logprobs\":[]},{\"token\":\"2\",\"logprob\":0,\"top_logprobs\":[]},"
	"{\"token\":\" faults\\\", \\\"score\\\":\",\"logprob\":0,\"top_logprobs\":[]},{\"token\":\" 3\",\"logprob\":-0.2231436,"
	"\"top_logprobs\":[{\"token\":\" 3\",\"logprob\":-0.2231436},{\"token\":\" 4\",\"logprob\":-1.6094379}]},{\"token\":\"}\",\"logprob\":0,"
	"\"top_logprobs\":[]}]},\"finish_reason\":\"stop\"}]}";

static void expects_the_score_from_probabilities_of_every_server(void **state)
{
	static const struct {
		const char *body;
		double score, mass;
	} cases[] = { { openai_digit, 4.2, 1 },	   { vllm_digit, 1.75, 1 },  { llama_old, 3 + 1 / 3.0, 0.75 },
		      { llama_sampled, 1, 1 }, { columns, 4.9, 1 }, { json_tokens, 3.2, 1 } };
	struct judge_score s = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		double sum = 0;

		judge_read(&s, span_of(cases[i].body), span_of(""));
		assert_int_equal(s.outcome, REPLY_OK);
		assert_int_equal(s.by, JUDGE_BY_LOGPROBS);
		NEAR(s.score, cases[i].score);
		NEAR(s.mass, cases[i].mass);
		for (unsigned k = 0; k < 5; k++)
			sum += s.p[k];
		NEAR(sum, 1);
	}
	assert_true(span_is(buf_span(&s.reason), "2 faults"));
	NEAR(s.entropy, 0.7219);
	judge_score_free(&s);
}

static void reads_the_score_from_json_however_it_is_wrapped(void **state)
{
	static const struct {
		const char *words;
		double score;
		enum judge_by by;
	} cases[] = {
		{ "{\"reason\": \"fine\", \"score\": 4}", 4, JUDGE_BY_JSON },
		{ "```json\n{\"reason\": \"fine\",\n \"score\": 4}\n```", 4, JUDGE_BY_JSON },
		{ "<think>Maybe {\"score\": 1}? No.</think>\n{\"reason\":\"r\",\"score\":5}", 5, JUDGE_BY_JSON },
		{ "Here is my rating:\n{\"reason\":\"a } brace and a \\\" quote\",\"score\":\"2\"}\nHope that helps!", 2, JUDGE_BY_JSON },
		{ "{\"reason\":\"two\nlines\",\"score\":3}", 3, JUDGE_BY_JSON },
		{ "{\"reason\":\"between\",\"score\":3.5}", 3.5, JUDGE_BY_JSON },
		{ "4", 4, JUDGE_BY_TEXT },
		{ "**4**.", 4, JUDGE_BY_TEXT },
		{ "4/5", 4, JUDGE_BY_TEXT },
		{ "It answers all of it.\n\nScore: 5", 5, JUDGE_BY_TEXT },
		{ "Reasoning in 3 steps.\n**Score**: 2 / 5", 2, JUDGE_BY_TEXT },
		{ "内容完整。\n评分：4分", 4, JUDGE_BY_TEXT },
	};
	struct judge_score s = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		if (score_words(&s, cases[i].words, "stop") != REPLY_OK)
			fail_msg("%s: %s", cases[i].words, s.why);
		assert_int_equal(s.by, cases[i].by);
		NEAR(s.score, cases[i].score);
	}
	judge_score_free(&s);
}

static void never_guesses_a_score(void **state)
{
	static const struct {
		const char *words, *finish;
		enum reply_outcome outcome;
	} cases[] = {
		{ "Score: 10", "stop", REPLY_UNPARSED },
		{ "{\"reason\":\"great\",\"score\":10}", "stop", REPLY_UNPARSED },
		{ "{\"reason\":\"none\",\"score\":null}", "stop", REPLY_UNPARSED },
		{ "{\"reason\":\"a lot\",\"score\":[4]}", "stop", REPLY_UNPARSED },
		{ "Score: 4\nScore: 2", "stop", REPLY_UNPARSED },
		{ "I rate 4 of the points well and 2 badly.", "stop", REPLY_UNPARSED },
		{ "1. It is clear.\n2. It is short.", "stop", REPLY_UNPARSED },
		{ "The response is", "length", REPLY_CUT },
		{ "{\"reason\":\"The response", "length", REPLY_CUT },
		{ "I'm sorry, but I cannot rate this.", "stop", REPLY_REFUSED },
		{ "   ", "stop", REPLY_EMPTY },
		{ "", "length", REPLY_CUT },
		{ "", "content_filter", REPLY_REFUSED },
	};
	struct judge_score s = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		score_words(&s, cases[i].words, cases[i].finish);
		if (s.outcome != cases[i].outcome)
			fail_msg("%s: %s", cases[i].words, reply_outcome_name(s.outcome));
	}
	judge_read(&s, span_of("<html>502 Bad Gateway</html>"), span_of(""));
	assert_int_equal(s.outcome, REPLY_UNPARSED);
	judge_read(&s, span_of("{\"error\":{\"message\":\"overloaded\"}}"), span_of(""));
	assert_int_equal(s.outcome, REPLY_UNPARSED);
	judge_read(&s, span_make(NULL, 0), span_of(""));
	assert_int_equal(s.outcome, REPLY_UNPARSED);
	judge_score_free(&s);
}

static void leaves_a_longer_number_and_little_mass_to_the_text(void **state)
{
	static const char ten[] = "{\"choices\":[{\"message\":{\"content\":\"10\"},\"logprobs\":{\"content\":[{\"token\":\"1\",\"logprob\":0,"
				  "\"top_logprobs\":[]},{\"token\":\"0\",\"logprob\":0,\"top_logprobs\":[]}]},\"finish_reason\":\"stop\"}]}";
	static const char unsure[] = "{\"choices\":[{\"message\":{\"content\":\"I\"},\"logprobs\":{\"content\":[{\"token\":\"I\",\"logprob\":-0.1,"
				     "\"top_logprobs\":[{\"token\":\"I\",\"logprob\":-0.1},{\"token\":\"4\",\"logprob\":-3}]}]},"
				     "\"finish_reason\":\"length\"}]}";
	struct judge_score s = { 0 };

	(void)state;
	judge_read(&s, span_of(ten), span_of(""));
	assert_int_equal(s.outcome, REPLY_UNPARSED);
	judge_read(&s, span_of(unsure), span_of(""));
	assert_int_equal(s.outcome, REPLY_CUT);
	judge_score_free(&s);
}

static void flags_what_the_order_of_fields_changes(void **state)
{
	struct judge_score a = { 0 }, b = { 0 }, alone = { 0 };
	struct judgement j;
	struct buf json = BUF_INIT;

	(void)state;
	score_words(&a, "4", "stop");
	score_words(&b, "2", "stop");
	score_words(&alone, "5", "stop");
	judge_combine(&j, &a, &b, &alone);
	NEAR(j.score, 3);
	NEAR(j.instruction, 5);
	assert_true(j.disagrees && !j.unparsed);
	score_words(&b, "3", "stop");
	judge_combine(&j, &a, &b, NULL);
	assert_true(!j.disagrees && !j.unparsed && isnan(j.instruction));
	score_words(&b, "dunno", "stop");
	judge_combine(&j, &a, &b, &alone);
	NEAR(j.score, 4);
	assert_true(j.unparsed && !j.disagrees);
	judge_combine(&j, &b, NULL, NULL);
	assert_true(isnan(j.score) && j.unparsed);
	judgement_json(&json, &j);
	assert_string_equal(json.p, "{\"score\":null,\"instruction\":null,\"apart\":null,\"disagrees\":false,\"unparsed\":true}");
	buf_clear(&json);
	score_words(&a, "{\"reason\":\"ok\",\"score\":3.5}", "stop");
	judge_score_json(&json, &a);
	assert_string_equal(json.p, "{\"outcome\":\"ok\",\"by\":\"json\",\"score\":3.5,\"p\":[0.0000,0.0000,0.5000,0.5000,0.0000],"
				    "\"entropy\":1,\"mass\":1,\"reason\":\"ok\"}");
	buf_free(&json);
	judge_score_free(&a);
	judge_score_free(&b);
	judge_score_free(&alone);
}

static void reads_instructions_summaries_and_rewritten_answers(void **state)
{
	static const struct {
		enum prompt_id id;
		const char *words, *finish;
		enum reply_outcome outcome;
		const char *instruction, *response;
	} cases[] = {
		{ (enum prompt_id)DRAFT_HOW_TO, "{\"instruction\":\" How do I lock a file?\",\"type\":\"how-to\",\"answerable_without_source\":false,"
						"\"language\":\"en\"}", "stop", REPLY_OK, "How do I lock a file?", "" },
		{ (enum prompt_id)DRAFT_HOW_TO, "{\"instruction\":\"\"}", "stop", REPLY_UNPARSED, "", "" },
		{ (enum prompt_id)DRAFT_HOW_TO, "{\"instruction\":[\"a\"]}", "stop", REPLY_UNPARSED, "", "" },
		{ (enum prompt_id)DRAFT_HOW_TO, "How do I lock a file?", "stop", REPLY_UNPARSED, "", "" },
		{ (enum prompt_id)DRAFT_HOW_TO, "{\"instruction\":\"How do I", "length", REPLY_CUT, "", "" },
		{ (enum prompt_id)DRAFT_SUMMARISE, "{\"instruction\":\"Sum up.\"}", "stop", REPLY_UNPARSED, "", "" },
		{ (enum prompt_id)DRAFT_SUMMARISE, "{\"instruction\":\"Sum up.\",\"response\":\"It rains.\"}", "stop", REPLY_OK, "Sum up.", "It rains." },
		{ PROMPT_REWRITE, "<answer>\nUse C:\\temp and \"flock\".\n</answer>", "stop", REPLY_OK, "", "Use C:\\temp and \"flock\"." },
		{ PROMPT_REWRITE, "<answer>\nUse C:", "length", REPLY_CUT, "", "" },
		{ PROMPT_REWRITE, "Use flock.", "stop", REPLY_UNPARSED, "", "" },
		{ PROMPT_REWRITE, "<answer> </answer>", "stop", REPLY_EMPTY, "", "" },
		{ PROMPT_REWRITE, "As an AI, I won't.", "stop", REPLY_REFUSED, "", "" },
	};
	struct written w = { 0 };
	struct buf body = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		reply(&body, cases[i].words, cases[i].finish);
		written_read(&w, cases[i].id, buf_span(&body), span_of(""));
		if (w.outcome != cases[i].outcome)
			fail_msg("%s: %s", cases[i].words, reply_outcome_name(w.outcome));
		assert_string_equal(w.instruction.p, cases[i].instruction);
		assert_string_equal(w.response.p, cases[i].response);
		assert_int_equal(w.why == NULL, w.outcome == REPLY_OK);
		assert_int_equal(w.self_contained, i != 0);
	}
	buf_free(&body);
	written_free(&w);
}

/* What a server was given it must have followed, whatever it says it can do. */
static void takes_only_what_follows_the_schema_that_was_sent(void **state)
{
	static const struct {
		enum prompt_id id;
		const char *words, *detail;
	} cases[] = {
		{ (enum prompt_id)DRAFT_HOW_TO, "{\"instruction\":\"How?\",\"type\":\"how-to\",\"answerable_without_source\":true,\"language\":\"en\"}",
		  NULL },
		{ (enum prompt_id)DRAFT_HOW_TO, "{\"instruction\":\"How?\",\"type\":\"how-to\",\"answerable_without_source\":true}", "$: " },
		{ (enum prompt_id)DRAFT_HOW_TO, "{\"instruction\":\"How?\",\"type\":\"list\",\"answerable_without_source\":true,\"language\":\"en\"}",
		  "$.type: " },
		{ (enum prompt_id)DRAFT_HOW_TO, "{\"instruction\":\"How?\",\"type\":\"how-to\",\"answerable_without_source\":\"yes\",\"language\":"
						"\"en\"}", "$.answerable_without_source: " },
		{ PROMPT_JUDGE, "{\"reason\":\"it answers\",\"score\":4}", NULL },
		{ PROMPT_JUDGE, "{\"reason\":\"it answers\",\"score\":\"4\"}", "$.score: " },
		{ PROMPT_JUDGE, "{\"score\":4}", "$: " },
		{ PROMPT_JUDGE, "4", "" },
	};
	struct judge_score s = { 0 };
	struct written w = { 0 };
	struct buf body = BUF_INIT, schema = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		bool judge = cases[i].id == PROMPT_JUDGE;
		const char *detail = judge ? s.detail : w.detail;

		buf_clear(&schema);
		prompt_schema(&schema, cases[i].id);
		reply(&body, cases[i].words, "stop");
		if (judge)
			judge_read(&s, buf_span(&body), buf_span(&schema));
		else
			written_read(&w, cases[i].id, buf_span(&body), buf_span(&schema));
		assert_int_equal(judge ? s.outcome : w.outcome, cases[i].detail ? REPLY_UNPARSED : REPLY_OK);
		if (strncmp(detail, cases[i].detail ? cases[i].detail : "", cases[i].detail ? strlen(cases[i].detail) : 1) != 0)
			fail_msg("%s: %s", cases[i].words, detail);
		assert_true(isnan(s.score) || s.outcome == REPLY_OK);
	}
	buf_free(&body);
	buf_free(&schema);
	judge_score_free(&s);
	written_free(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(expects_the_score_from_probabilities_of_every_server),
		cmocka_unit_test(reads_the_score_from_json_however_it_is_wrapped),
		cmocka_unit_test(never_guesses_a_score),
		cmocka_unit_test(leaves_a_longer_number_and_little_mass_to_the_text),
		cmocka_unit_test(flags_what_the_order_of_fields_changes),
		cmocka_unit_test(reads_instructions_summaries_and_rewritten_answers),
		cmocka_unit_test(takes_only_what_follows_the_schema_that_was_sent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
