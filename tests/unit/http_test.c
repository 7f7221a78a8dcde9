/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The HTTP client against a service that misbehaves: what passes is asked again, what does not is told, nothing is waited for too
 * long and nothing too large is taken. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/hash.h"
#include "loopback.h"
#include "net/chat.h"
#include "net/overlong.h"
#include "net/pace.h"
#include "net/schema.h"

#define BODY "{\"messages\":[],\"model\":\"m\",\"number\":%d}"

struct service {
	struct loopback *l;
	struct http *h;
	char url[80];
};

static void start(struct service *s, const struct loopback_script *script, struct http_settings settings)
{
	struct error err = { 0 };

	s->l = loopback_start(script);
	assert_non_null(s->l);
	snprintf(s->url, sizeof s->url, "http://127.0.0.1:%u/v1/chat/completions", loopback_port(s->l));
	assert_int_equal(http_open(&s->h, &settings, &err), 0);
}

static void stop(struct service *s)
{
	http_close(s->h);
	loopback_stop(s->l);
}

struct question {
	struct http_call call;
	char body[80];
};

static struct question *ask(struct service *s, int number)
{
	struct question *q = xcalloc(1, sizeof *q);

	snprintf(q->body, sizeof q->body, BODY, number);
	q->call.url = s->url;
	q->call.body = span_of(q->body);
	buf_init(&q->call.reply);
	http_send(s->h, &q->call);
	return q;
}

static struct question *take(struct service *s)
{
	struct http_call *call = http_take(s->h, 60000);

	assert_non_null(call);
	return (struct question *)call;
}

static void forget(struct question *q)
{
	buf_free(&q->call.reply);
	free(q);
}

/* A fault for the first try of every question, or for all tries. */
struct trouble {
	enum fault fault;
	bool always;
};

static enum fault first_fails(void *ctx, uint64_t hash, unsigned attempt)
{
	const struct trouble *t = ctx;

	(void)hash;
	return attempt == 1 || t->always ? t->fault : FAULT_NONE;
}

static void takes_many_replies_each_once(void **state)
{
	struct service s;
	struct loopback_counts c;
	bool seen[300] = { false };

	(void)state;
	start(&s, &(struct loopback_script){ .latency_ms = 5 }, (struct http_settings){ .parallel = 32 });
	for (int i = 0; i < 300; i++)
		ask(&s, i)->call.owner = (void *)(intptr_t)i;
	for (int i = 0; i < 300; i++) {
		struct question *q = take(&s);
		intptr_t number = (intptr_t)q->call.owner;

		assert_int_equal(q->call.code, 0);
		assert_int_equal(q->call.status, 200);
		assert_true(span_starts(buf_span(&q->call.reply), "{"));
		assert_false(seen[number]);
		seen[number] = true;
		forget(q);
	}
	loopback_counts(s.l, &c);
	assert_int_equal(c.requests, 300);
	assert_true(c.peak <= 32);
	assert_true(c.connections <= 32);
	stop(&s);
}

static void asks_again_what_may_pass(void **state)
{
	static const enum fault passing[] = { FAULT_429, FAULT_429_MS, FAULT_500, FAULT_503, FAULT_CUT, FAULT_RESET, FAULT_STALL };

	(void)state;
	for (size_t i = 0; i < sizeof passing / sizeof *passing; i++) {
		struct trouble t = { .fault = passing[i] };
		struct service s;
		struct question *q;

		start(&s, &(struct loopback_script){ .latency_ms = 1, .fault = first_fails, .ctx = &t }, (struct http_settings){ .idle_ms = 300 });
		ask(&s, 1);
		q = take(&s);
		assert_int_equal(q->call.code, 0);
		assert_int_equal(q->call.attempts, 2);
		assert_true(span_ends(buf_span(&q->call.reply), "}")); /* nothing of the first try is left in it */
		assert_true(span_starts(buf_span(&q->call.reply), "{"));
		forget(q);
		stop(&s);
	}
}

static void waits_as_long_as_the_server_says(void **state)
{
	static const struct {
		enum fault fault;
		int64_t least_ms;
	} waits[] = { { FAULT_429_MS, 190 }, { FAULT_429_SECONDS, 990 }, { FAULT_429_DATE, 900 } };

	(void)state;
	for (size_t i = 0; i < sizeof waits / sizeof *waits; i++) {
		struct trouble t = { .fault = waits[i].fault };
		struct service s;

		start(&s, &(struct loopback_script){ .fault = first_fails, .ctx = &t }, (struct http_settings){ 0 });
		ask(&s, 1);
		forget(take(&s));
		assert_true(loopback_longest_wait_ms(s.l) >= waits[i].least_ms);
		stop(&s);
	}
}

static void gives_up_at_once_on_what_will_not_pass(void **state)
{
	static const struct {
		enum fault fault;
		long status;
		const char *says;
	} lasting[] = { { FAULT_400, 400, "context length exceeded" }, { FAULT_429_LONG, 429, "come back tomorrow" } };

	(void)state;
	for (size_t i = 0; i < sizeof lasting / sizeof *lasting; i++) {
		struct trouble t = { .fault = lasting[i].fault, .always = true };
		struct service s;
		struct question *q;

		start(&s, &(struct loopback_script){ .fault = first_fails, .ctx = &t }, (struct http_settings){ 0 });
		ask(&s, 1);
		q = take(&s);
		assert_int_equal(q->call.code, TAMIS_EREMOTE);
		assert_int_equal(q->call.status, lasting[i].status);
		assert_int_equal(q->call.attempts, 1);
		assert_non_null(strstr(q->call.why, lasting[i].says));
		forget(q);
		stop(&s);
	}
}

static void tries_no_more_often_than_told(void **state)
{
	struct trouble t = { .fault = FAULT_500, .always = true };
	struct service s;
	struct question *q;

	(void)state;
	start(&s, &(struct loopback_script){ .fault = first_fails, .ctx = &t }, (struct http_settings){ .tries = 3 });
	ask(&s, 1);
	q = take(&s);
	assert_int_equal(q->call.code, TAMIS_EREMOTE);
	assert_int_equal(q->call.attempts, 3);
	forget(q);
	stop(&s);
}

static void takes_no_memory_for_a_reply_that_is_too_large(void **state)
{
	struct trouble t = { .fault = FAULT_HUGE, .always = true };

	(void)state;
	for (int chunked = 0; chunked < 2; chunked++) {
		struct service s;

		start(&s, &(struct loopback_script){ .fault = first_fails, .ctx = &t, .chunked = chunked },
		      (struct http_settings){ .reply_most = 1 << 20 });
		for (int i = 0; i < 8; i++)
			ask(&s, i);
		for (int i = 0; i < 8; i++) {
			struct question *q = take(&s);

			assert_int_equal(q->call.code, TAMIS_ELIMIT);
			assert_int_equal(q->call.attempts, 1);
			assert_true(q->call.reply.cap <= 3 << 20);
			forget(q);
		}
		stop(&s);
	}
}

static void reads_slow_and_chunked_replies_whole(void **state)
{
	struct trouble t = { .fault = FAULT_DRIP, .always = true };

	(void)state;
	for (int chunked = 0; chunked < 2; chunked++) {
		struct service s;
		struct question *q;

		start(&s, &(struct loopback_script){ .fault = first_fails, .ctx = &t, .chunked = chunked },
		      (struct http_settings){ .idle_ms = 5000 });
		ask(&s, 1);
		q = take(&s);
		assert_int_equal(q->call.code, 0);
		assert_int_equal(q->call.attempts, 1);
		assert_true(span_ends(buf_span(&q->call.reply), "}"));
		forget(q);
		stop(&s);
	}
}

static void cancels_within_a_second(void **state)
{
	struct service s;
	int64_t before;

	(void)state;
	start(&s, &(struct loopback_script){ .latency_ms = 60000 }, (struct http_settings){ 0 });
	for (int i = 0; i < 40; i++)
		ask(&s, i);
	assert_null(http_take(s.h, 50)); /* some are in flight now, others wait */
	before = clock_steady_us();
	http_cancel(s.h);
	for (int i = 0; i < 40; i++) {
		struct question *q = take(&s);

		assert_int_equal(q->call.code, TAMIS_ECANCEL);
		forget(q);
	}
	assert_true(clock_steady_us() - before < 1000000);
	stop(&s);
}

static void says_so_when_nobody_listens(void **state)
{
	struct http_settings settings = { .tries = 2 };
	struct http_call call = { .url = "http://127.0.0.1:9/", .reply = BUF_INIT };
	struct error err = { 0 };
	struct http *h;

	(void)state;
	assert_int_equal(http_open(&h, &settings, &err), 0);
	assert_int_equal(http_one(h, &call, NULL, &err), TAMIS_EREMOTE);
	assert_int_equal(call.attempts, 2);
	assert_int_equal(call.status, 0);
	assert_non_null(strstr(err.msg, "127.0.0.1:9"));
	http_close(h);
	buf_free(&call.reply);
}

static void sends_the_key_and_speaks_only_http(void **state)
{
	struct service s;
	struct loopback_counts c;
	struct question *q;
	struct http_call call = { .url = "file:///etc/passwd", .reply = BUF_INIT };
	struct error err = { 0 };

	(void)state;
	start(&s, &(struct loopback_script){ 0 }, (struct http_settings){ .bearer = "sesame" });
	ask(&s, 1);
	q = take(&s);
	loopback_counts(s.l, &c);
	assert_string_equal(c.authorization, "Bearer sesame");
	forget(q);
	assert_int_equal(http_one(s.h, &call, NULL, &err), TAMIS_EREMOTE);
	assert_int_equal(call.attempts, 1);
	assert_int_equal(call.reply.len, 0);
	assert_null(strstr(err.msg, "sesame"));
	buf_free(&call.reply);
	stop(&s);
}

static void goes_round_no_proxy_to_reach_this_machine(void **state)
{
	struct service s;
	struct question *q;

	(void)state;
	setenv("http_proxy", "http://127.0.0.1:9", 1); /* nobody listens there */
	start(&s, &(struct loopback_script){ 0 }, (struct http_settings){ .tries = 1 });
	ask(&s, 1);
	q = take(&s);
	assert_int_equal(q->call.code, 0);
	forget(q);
	stop(&s);
	unsetenv("http_proxy");
}

static void settles_near_what_the_server_bears(void **state)
{
	struct service s;
	struct loopback_counts c;

	(void)state;
	start(&s, &(struct loopback_script){ .latency_ms = 10, .slots = 6 }, (struct http_settings){ .parallel = 64, .tries = 40 });
	for (int i = 0; i < 400; i++)
		ask(&s, i);
	for (int i = 0; i < 400; i++) {
		struct question *q = take(&s);

		assert_int_equal(q->call.code, 0);
		forget(q);
	}
	loopback_counts(s.l, &c);
	assert_true(c.of[FAULT_429] < 400); /* at 64 at once it would be nine of ten answers */
	stop(&s);
}

/* ---- the arithmetic ---- */

static void waits_longer_each_time_and_never_for_ever(void **state)
{
	(void)state;
	for (unsigned tries = 1; tries < 40; tries++)
		for (uint64_t dice = 0; dice < 200; dice++) {
			int64_t ms = pace_delay_ms(tries, -1, dice);

			assert_true(ms >= 0 && ms <= 60000);
			assert_true(tries > 6 || ms <= 250 << tries);
		}
	for (uint64_t dice = 0; dice < 200; dice++)
		assert_in_range(pace_delay_ms(3, 1000, dice), 1000, 1100);
}

static void halves_once_a_round_and_grows_back(void **state)
{
	struct pace p;

	(void)state;
	pace_init(&p, 8, 64);
	for (int i = 0; i < 500; i++)
		pace_answer(&p, false, 100, 0);
	assert_int_equal(p.limit, 64);
	for (int i = 0; i < 64; i++) /* a stray one in thirty-two: no reason to slow down */
		pace_answer(&p, i % 32 == 0, 100, 0);
	assert_int_equal(p.limit, 64);
	for (int i = 0; i < 64; i++)
		pace_answer(&p, true, 0, 0);
	assert_in_range(p.limit, 16, 32);
	for (int i = 0; i < 64 * 64; i++)
		pace_answer(&p, false, 100, 0);
	assert_int_equal(p.limit, 64);
	for (int i = 0; i < 1000; i++) /* answers come ten times as slowly as they could */
		pace_answer(&p, false, 1000, 0);
	assert_true(p.limit < 32);
	for (int i = 0; i < 100000; i++)
		pace_answer(&p, true, 0, 0);
	assert_int_equal(p.limit, 1);
	pace_init(&p, 8, 64);
	for (int i = 0; i < 8; i++) /* all of one flight: halved once */
		pace_stalled(&p);
	assert_int_equal(p.limit, 4);
	for (int i = 0; i < 100; i++)
		pace_stalled(&p);
	assert_int_equal(p.limit, 1);
}

/* A service with room for all that loses one call in a hundred and says "too many" to one in twenty, as dice fall. */
static void stays_near_the_most_when_only_dice_are_against_it(void **state)
{
	(void)state;
	for (uint64_t seed = 0; seed < 50; seed++) {
		struct pace p;
		uint64_t sum = 0;

		pace_init(&p, 8, 64);
		for (uint64_t i = 0; i < 10000; i++) {
			uint64_t dice = hash_mix64(seed << 32 | i) % 1000;

			if (dice < 10)
				pace_stalled(&p);
			else
				pace_answer(&p, dice < 60, dice < 60 ? 0 : 100, 0);
			sum += p.limit;
		}
		assert_true(sum > 10000 * 58);
	}
}

/* Scores of one token, then drafts that take fifty times as long. */
static void does_not_compare_calls_of_different_kinds(void **state)
{
	struct pace p;

	(void)state;
	pace_init(&p, 8, 64);
	for (int i = 0; i < 500; i++)
		pace_answer(&p, false, 100, 0);
	for (int i = 0; i < 2000; i++)
		pace_answer(&p, false, i % 3 ? 5000 : 100, i % 3 ? 1 : 0);
	assert_int_equal(p.limit, 64);
	for (int i = 0; i < 500; i++)
		pace_answer(&p, false, i % 3 ? 5000 : 1000, i % 3 ? 1 : 0);
	assert_true(p.limit < 40);
}

static void halves_when_calls_die_and_few_are_answered(void **state)
{
	struct pace p;

	(void)state;
	pace_init(&p, 8, 64);
	for (int i = 0; i < 500; i++)
		pace_answer(&p, false, 100, 0);
	for (int i = 0; i < 600; i++) /* of sixteen calls fifteen are answered, then of two one */
		(i & 15 ? pace_answer(&p, false, 100, 0) : pace_stalled(&p));
	assert_int_equal(p.limit, 64);
	for (int i = 0; i < 600; i++)
		(i & 1 ? pace_answer(&p, false, 100, 0) : pace_stalled(&p));
	assert_in_range(p.limit, 1, 4);
}

static void writes_the_same_question_with_the_same_bytes(void **state)
{
	struct chat_question q = { .model = "m", .messages = span_of("[ {\"role\":\"user\", \"content\":\"é\"} ]"), .max_tokens = 7,
				   .schema = span_of("{\"type\":\"object\"}"), .top_p = 1, .seed = 3 };
	struct buf a = BUF_INIT, b = BUF_INIT;
	struct error err = { 0 };
	char one[65], two[65];

	(void)state;
	assert_int_equal(chat_body(&a, &q, &err), 0);
	q.messages = span_of("[{\"content\":\"é\",\"role\":\"user\"}]");
	assert_int_equal(chat_body(&b, &q, &err), 0);
	assert_string_equal(a.p, b.p);
	assert_non_null(strstr(a.p, "\"temperature\":0.0"));
	chat_key(one, "http://a/", buf_span(&a));
	chat_key(two, "http://b/", buf_span(&a));
	assert_string_not_equal(one, two);
	q.messages = span_of("[");
	assert_int_equal(chat_body(&b, &q, &err), TAMIS_EPARSE);
	buf_free(&a);
	buf_free(&b);
}

static void completes_addresses_and_refuses_secrets_in_them(void **state)
{
	static const char *const good[][2] = {
		{ "http://localhost:8080", "http://localhost:8080/v1/chat/completions" },
		{ "http://localhost:8080/", "http://localhost:8080/v1/chat/completions" },
		{ "https://example.org/v1", "https://example.org/v1/chat/completions" },
		{ "https://example.org/v1/chat/completions", "https://example.org/v1/chat/completions" },
	};
	static const char *const bad[] = { "", "localhost:8080", "ftp://a/", "http://", "http://me:secret@host/", "http://host/?key=1",
					   "file:///etc/passwd" };
	struct buf url = BUF_INIT;
	struct error err = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		assert_int_equal(chat_url(&url, good[i][0], &err), 0);
		assert_string_equal(url.p, good[i][1]);
	}
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_int_equal(chat_url(&url, bad[i], &err), TAMIS_EUSAGE);
	buf_free(&url);
}

static bool follows(const char *value, const char *schema)
{
	json_t *v = json_loads(value, JSON_DECODE_ANY, NULL), *s = json_loads(schema, 0, NULL);
	char why[100] = "";
	bool good;

	assert_non_null(v);
	assert_non_null(s);
	good = schema_check(v, s, why, sizeof why);
	assert_true(good == (why[0] == '\0'));
	json_decref(v);
	json_decref(s);
	return good;
}

/* As the services say it, in words collected from reports about them. */
static void hears_that_a_question_is_too_long(void **state)
{
	static const struct {
		long status;
		const char *body;
		unsigned asked, limit;
		bool says;
	} cases[] = {
		{ 400, "{\"error\":{\"code\":400,\"message\":\"the request exceeds the available context size. try increasing the context size or "
		       "enable context shift\",\"type\":\"exceed_context_size_error\",\"n_prompt_tokens\":1407,\"n_ctx\":256}}", 1407, 256, true },
		{ 500, "{\"error\":{\"code\":500,\"message\":\"the request exceeds the available context size, try increasing it\",\"type\":"
		       "\"server_error\"}}", 0, 0, true },
		{ 200, "{\"error\":{\"code\":400,\"type\":\"exceed_context_size_error\",\"n_prompt_tokens\":14429,\"n_ctx\":8192}}", 14429, 8192,
		  true },
		{ 400, "{\"object\":\"error\",\"message\":\"This model's maximum context length is 6048 tokens. However, you requested 6616 tokens (568 "
		       "in the messages, 6048 in the completion). Please reduce the length of the messages or completion.\",\"type\":"
		       "\"BadRequestError\",\"param\":null,\"code\":400}", 6616, 6048, true },
		{ 400, "{\"error\":{\"message\":\"This model's maximum context length is 8192 tokens. However, your messages resulted in 8227 tokens. "
		       "Please reduce the length of the messages.\",\"type\":\"invalid_request_error\",\"param\":\"messages\",\"code\":"
		       "\"context_length_exceeded\"}}", 8227, 8192, true },
		{ 400, "{\"object\":\"error\",\"message\":\"max_tokens must be at least 1, got -186.\",\"code\":400}", 0, 0, true },
		{ 422, "{\"error\":\"Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096. Given: 5000 `inputs` tokens and 512 "
		       "`max_new_tokens`\"}", 5000, 4096, true },
		{ 500, "{\"error\":{\"message\":\"Requested tokens (2285) exceed context window of 2048\"}}", 2285, 2048, true },
		{ 400, "{\"error\":\"input length exceeds maximum context length\"}", 0, 0, true },
		{ 400, "{\"error\":{\"message\":\"prompt is too long: 210000 tokens > 200000 maximum\"}}", 210000, 200000, true },
		{ 429, "{\"error\":{\"message\":\"Request too large for gpt-4 on tokens per min (TPM): Limit 10000, Requested 12000. The input must be "
		       "reduced; maximum context length is 8192\"}}", 0, 0, false },
		{ 400, "{\"error\":{\"message\":\"logprobs are not supported\"}}", 0, 0, false },
		{ 200, "{\"choices\":[{\"message\":{\"content\":\"error: maximum context length is 8192\"}}]}", 0, 0, false },
		{ 500, "oops", 0, 0, false },
		{ 400, "", 0, 0, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct overlong o = { 0 };

		if (overlong_says(&o, cases[i].status, span_of(cases[i].body)) != cases[i].says)
			fail_msg("%ld %s", cases[i].status, cases[i].body);
		assert_int_equal(o.asked, cases[i].asked);
		assert_int_equal(o.limit, cases[i].limit);
	}
	assert_int_equal(overlong_keep(&(struct overlong){ 0 }, 4000, 3000, 512), 1500);
	assert_in_range(overlong_keep(&(struct overlong){ 1200, 1000, false }, 4800, 3000, 200), 1800, 2200);
	assert_in_range(overlong_keep(&(struct overlong){ 1200, 1000, true }, 4800, 3000, 200), 1600, 2000);
	assert_int_equal(overlong_keep(&(struct overlong){ 1200, 200, false }, 4800, 3000, 200), 0);
}

static void checks_values_against_schemas(void **state)
{
	static const char object[] = "{\"type\":\"object\",\"properties\":{\"reason\":{\"type\":\"string\",\"maxLength\":3},\"score\":{\"enum\":"
				     "[1,2,3,4,5]}},\"required\":[\"score\"],\"additionalProperties\":false}";

	(void)state;
	assert_true(follows("{\"score\":4}", object));
	assert_true(follows("{\"score\":4,\"reason\":\"äöü\"}", object));
	assert_false(follows("{\"score\":6}", object));
	assert_false(follows("{\"score\":\"4\"}", object));
	assert_false(follows("{\"reason\":\"abc\"}", object));
	assert_false(follows("{\"score\":4,\"reason\":\"abcd\"}", object));
	assert_false(follows("{\"score\":4,\"more\":1}", object));
	assert_false(follows("[]", object));
	assert_true(follows("[1,2]", "{\"type\":\"array\",\"items\":{\"type\":\"integer\"},\"maxItems\":2}"));
	assert_false(follows("[1,2.5]", "{\"type\":\"array\",\"items\":{\"type\":\"integer\"}}"));
	assert_false(follows("[1,2,3]", "{\"maxItems\":2}"));
	assert_true(follows("null", "{\"type\":[\"string\",\"null\"]}"));
	assert_false(follows("0.5", "{\"type\":\"number\",\"minimum\":1}"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_many_replies_each_once),
		cmocka_unit_test(asks_again_what_may_pass),
		cmocka_unit_test(waits_as_long_as_the_server_says),
		cmocka_unit_test(gives_up_at_once_on_what_will_not_pass),
		cmocka_unit_test(tries_no_more_often_than_told),
		cmocka_unit_test(takes_no_memory_for_a_reply_that_is_too_large),
		cmocka_unit_test(reads_slow_and_chunked_replies_whole),
		cmocka_unit_test(cancels_within_a_second),
		cmocka_unit_test(says_so_when_nobody_listens),
		cmocka_unit_test(sends_the_key_and_speaks_only_http),
		cmocka_unit_test(goes_round_no_proxy_to_reach_this_machine),
		cmocka_unit_test(settles_near_what_the_server_bears),
		cmocka_unit_test(waits_longer_each_time_and_never_for_ever),
		cmocka_unit_test(halves_once_a_round_and_grows_back),
		cmocka_unit_test(stays_near_the_most_when_only_dice_are_against_it),
		cmocka_unit_test(does_not_compare_calls_of_different_kinds),
		cmocka_unit_test(halves_when_calls_die_and_few_are_answered),
		cmocka_unit_test(writes_the_same_question_with_the_same_bytes),
		cmocka_unit_test(completes_addresses_and_refuses_secrets_in_them),
		cmocka_unit_test(checks_values_against_schemas),
		cmocka_unit_test(hears_that_a_question_is_too_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
