/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs that ask a model: segments that do not fit its context, lines that say what to ask, items asked about again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "jobs/ask_item.h"
#include "jobs/ask_line.h"
#include "loopback.h"
#include "review_fixture.h"

#define GOOD(call) \
	do { \
		if ((call) < 0) \
			fail_msg("%s", err.msg); \
	} while (0)

static const char overlong[] = "{\"error\":{\"code\":400,\"message\":\"the request exceeds the available context size\",\"type\":"
			       "\"exceed_context_size_error\",\"n_prompt_tokens\":1300,\"n_ctx\":1000}}";

struct bench {
	struct fixture f;
	struct loopback *l;
	char endpoint[64];
};

/* Two sections: one of 700 characters, one of 2,800. */
static void open_bench(struct bench *b, size_t longest)
{
	struct buf text = BUF_INIT;

	*b = (struct bench){ 0 };
	b->l = loopback_start(&(struct loopback_script){ .longest = longest, .too_long = overlong });
	if (b->l == NULL)
		skip();
	snprintf(b->endpoint, sizeof b->endpoint, "http://127.0.0.1:%u", loopback_port(b->l));
	fixture_open(&b->f);
	for (int section = 0; section < 2; section++) {
		buf_addf(&text, "## How to keep berth %d\n\n", section);
		for (int k = 0; k < (section ? 36 : 9); k++)
			buf_addf(&text, "The vessel %d of berth %d is looked at before number %d is moved away. ", section * 50 + k, section,
				 k * 7 + section);
		buf_adds(&text, "\n\n");
	}
	fixture_import(&b->f, "manual.md", buf_span(&text), "manual");
	buf_free(&text);
}

static void close_bench(struct bench *b)
{
	fixture_close(&b->f);
	loopback_stop(b->l);
}

static void ask(struct bench *b, struct backtranslate_result *result)
{
	struct backtranslate_request q = { .corpus = "manual", .keep_all = true, .generator = GENERATOR_HTTP,
					   .model = { .endpoint = b->endpoint, .model = "toy", .judge = true } };
	struct error err = { 0 };

	GOOD(backtranslate_run(NULL, b->f.store, &q, result, &err));
}

/* The item whose body holds `text`; its id. */
static int64_t find_item(struct bench *b, struct buf *body, const char *text)
{
	struct error err = { 0 };
	struct item_row row;
	int64_t *ids, found = 0;
	size_t n;

	GOOD(store_item_ids(b->f.store, 0, KIND_INSTRUCTION, "id", &ids, &n, &err));
	for (size_t i = 0; i < n && !found; i++) {
		buf_clear(body);
		GOOD(store_item_get(b->f.store, &row, body, ids[i], &err));
		if (strstr(body->p, text))
			found = ids[i];
	}
	free(ids);
	return found;
}

static void cuts_a_segment_that_does_not_fit_at_a_sentence_and_says_so(void **state)
{
	struct backtranslate_result result;
	struct buf body = BUF_INIT;
	struct loopback_counts c;
	struct bench b;

	(void)state;
	open_bench(&b, 4200); /* a question with 2,800 characters of text is longer */
	ask(&b, &result);
	assert_int_equal(result.ended[REPLY_OK], 2);
	assert_int_equal(result.ended[ENDED_TOO_LONG], 0);
	assert_int_equal(result.truncated, 1);
	assert_int_equal(result.judged, 2);
	assert_true(find_item(&b, &body, "\"truncated\":true") > 0);
	assert_non_null(strstr(body.p, "The vessel 50 of berth 1"));
	assert_null(strstr(body.p, "The vessel 85 of berth 1"));
	assert_non_null(strstr(body.p, "is moved away.\",\"source_document\""));
	loopback_counts(b.l, &c);
	assert_int_equal(c.of[FAULT_TOO_LONG], 1);
	buf_free(&body);
	close_bench(&b);
}

static void what_does_not_fit_even_so_is_an_item_one_can_open(void **state)
{
	struct backtranslate_result result;
	struct buf body = BUF_INIT;
	struct bench b;

	(void)state;
	open_bench(&b, 1200); /* less than the prompt alone */
	ask(&b, &result);
	assert_int_equal(result.ended[ENDED_TOO_LONG], 2);
	assert_int_equal(result.pairs, 0);
	assert_true(find_item(&b, &body, "\"outcome\":\"too-long\"") > 0);
	assert_non_null(strstr(body.p, "exceed_context_size_error"));
	buf_free(&body);
	close_bench(&b);
}

static void a_line_says_what_to_ask_and_a_run_gives_it_back(void **state)
{
	static const char text[] = "http://localhost:8080 toy judge rewrite n=50 budget=20000 lang=en";
	static const char *const wrong[] = { "", "http://localhost:8080", "localhost toy", "http://u:p@host toy", "http://h toy n=", "http://h toy n=0",
					     "http://h toy n=5x", "http://h toy sing", "http://h toy tries=11", "http://h toy lang=" };
	struct run run = { .id = 3, .pipeline = BACKTRANSLATE_PIPELINE };
	struct ask_line line;
	struct buf again = BUF_INIT;
	struct error err = { 0 };

	(void)state;
	ask_line_init(&line);
	GOOD(ask_line_read(&line, text, &err));
	assert_true(line.request.model.judge && line.request.model.rewrite && !line.request.model.again);
	assert_int_equal(line.request.n, 50);
	assert_int_equal(line.request.model.budget, 20000);
	ask_line_put(&again, &line.request);
	assert_string_equal(again.p, text);
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		assert_int_equal(ask_line_read(&line, wrong[i], &err), TAMIS_EUSAGE);
	assert_string_equal(line.request.model.model, "toy"); /* nothing changed */
	run.parameters = xstrdup("{\"corpus\":\"log\",\"generator\":\"http\",\"lang\":\"\",\"types\":3,\"least\":40,\"most\":3000,\"n\":7,\"keep_all\":true,"
				 "\"endpoint\":\"http://h/v1/chat/completions\",\"model\":\"m\",\"judge\":true,\"rewrite\":false,\"tries\":2,\"again\":false,"
				 "\"budget\":0}");
	GOOD(ask_line_of_run(&line, &run, &err));
	buf_clear(&again);
	ask_line_put(&again, &line.request);
	assert_string_equal(again.p, "http://h/v1/chat/completions m judge n=7 tries=2");
	assert_int_equal(line.request.least, 40);
	assert_true(line.request.keep_all && line.request.types == 3);
	run_free(&run);
	run = (struct run){ .pipeline = "dedup", .parameters = xstrdup("{}") };
	assert_int_equal(ask_line_of_run(&line, &run, &err), TAMIS_EUSAGE);
	run_free(&run);
	buf_free(&again);
	ask_line_free(&line);
}

/* Another draft is another question each time; a score is asked for once. */
static void asks_about_one_item_again(void **state)
{
	static const char text[] = "The vessel is looked at before it is moved. Its number is written down by the harbour master.";
	struct backtranslate_result result;
	struct item_answer answer[3];
	struct item_question q = { .task = ITEM_DRAFT, .model = "toy", .type = DRAFT_HOW_TO, .fields = { .text = { text, sizeof text - 1 } } };
	struct loopback_counts before, after;
	struct error err = { 0 };
	struct bench b;

	(void)state;
	open_bench(&b, 0);
	ask(&b, &result);
	q.run = result.run;
	q.endpoint = b.endpoint;
	for (int i = 0; i < 3; i++)
		item_answer_init(&answer[i]);
	GOOD(ask_item(&answer[0], NULL, b.f.store, &q, &err));
	GOOD(ask_item(&answer[1], NULL, b.f.store, &q, &err));
	assert_true(answer[0].instruction.len > 10 && answer[1].instruction.len > 10);
	assert_string_not_equal(answer[0].instruction.p, answer[1].instruction.p);
	assert_int_equal(answer[0].tokens, 120);
	q.task = ITEM_JUDGE;
	q.fields.instruction = buf_span(&answer[0].instruction);
	q.fields.response = q.fields.text;
	GOOD(ask_item(&answer[2], NULL, b.f.store, &q, &err));
	assert_true(answer[2].judgement.score > 3.9 && answer[2].judgement.score < 4.2);
	loopback_counts(b.l, &before);
	GOOD(ask_item(&answer[2], NULL, b.f.store, &q, &err));
	loopback_counts(b.l, &after);
	assert_int_equal(after.requests, before.requests);
	for (int i = 0; i < 3; i++)
		item_answer_free(&answer[i]);
	close_bench(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cuts_a_segment_that_does_not_fit_at_a_sentence_and_says_so),
		cmocka_unit_test(what_does_not_fit_even_so_is_an_item_one_can_open),
		cmocka_unit_test(a_line_says_what_to_ask_and_a_run_gives_it_back),
		cmocka_unit_test(asks_about_one_item_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
