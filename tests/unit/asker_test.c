/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Questions to a model: written down, asked once, paid once, stopped by a budget, gone on with after a death. */
#include "scratch.h"

#include <sys/stat.h>

#include "jobs/asker.h"
#include "loopback.h"

struct desk {
	struct scratch *t;
	struct loopback *l;
	struct asker *a;
	char endpoint[64];
	int64_t run;
	unsigned answered, failed, not_asked;
	int padding;      /* characters more in a question */
};

static void on_reply(void *ctx, uint64_t tag, enum asker_end end, struct request_row *row)
{
	struct desk *d = ctx;

	(void)tag;
	d->answered += end == ASKER_ANSWERED;
	d->failed += end == ASKER_FAILED;
	d->not_asked += end == ASKER_NOT_ASKED;
	if (end != ASKER_ANSWERED)
		return;
	snprintf(row->outcome, sizeof row->outcome, "ok");
}

static int64_t new_run(struct scratch *t)
{
	struct run r = { .pipeline = "backtranslate", .engine = "test", .parameters = xstrdup("{}"), .inputs = xstrdup("{}") };
	struct error err = { 0 };
	int64_t id;

	GOOD(store_run_begin(t->s, &r, &err));
	id = r.id;
	run_free(&r);
	return id;
}

enum { PROBED_IN = 3 * 100, PROBED = 3 * 120 }; /* what the service says the probe's three questions cost */

static void open_desk(struct desk *d, struct scratch *t, struct loopback *l, int64_t budget)
{
	struct asker_settings settings = { .http = { .parallel = 16, .bearer = "sesame" }, .model = "toy", .budget = budget, .reply = on_reply };
	struct error err = { 0 };

	*d = (struct desk){ .t = t, .l = l };
	settings.ctx = d;
	snprintf(d->endpoint, sizeof d->endpoint, "http://127.0.0.1:%u", loopback_port(l));
	settings.endpoint = d->endpoint;
	GOOD(asker_open(&d->a, NULL, t->s, &settings, &err));
	d->run = new_run(t);
	asker_set_run(d->a, d->run, &err);
}

/* As a run that is over, or was stopped. */
static void close_desk(struct desk *d)
{
	struct error err = { 0 };

	asker_close(d->a);
	GOOD(store_run_release(d->t->s, d->run, &err));
}

/* Asks questions [from, to); how many were known. */
static unsigned ask(struct desk *d, unsigned from, unsigned to)
{
	unsigned known = 0;

	for (unsigned i = from; i < to; i++) {
		char messages[600];
		struct chat_question q = { .model = "toy", .max_tokens = 20, .top_p = 1, .seed = 1 };
		struct request_row *row;
		struct error err = { 0 };
		int rc;

		snprintf(messages, sizeof messages, "[{\"role\":\"user\",\"content\":\"question %u%0*d\"}]", i, d->padding, 0);
		q.messages = span_of(messages);
		GOOD(rc = asker_ask(d->a, &row, "draft", &q, i, &err));
		known += rc == 1;
	}
	return known;
}

static void wait_for_all(struct desk *d)
{
	struct error err = { 0 };

	while (!asker_idle(d->a))
		GOOD(asker_step(d->a, 50, &err));
}

static uint64_t requests(struct loopback *l)
{
	struct loopback_counts c;

	loopback_counts(l, &c);
	return c.requests;
}

static void asks_each_question_once_and_knows_it_ever_after(void **state)
{
	struct scratch *t = *state;
	struct loopback *l = loopback_start(&(struct loopback_script){ .latency_ms = 2 });
	struct asker_counts c;
	struct desk d;
	uint64_t before;

	open_desk(&d, t, l, 0);
	before = requests(l);
	assert_int_equal(ask(&d, 0, 50), 0);
	wait_for_all(&d);
	assert_int_equal(d.answered, 50);
	assert_int_equal(ask(&d, 0, 50), 50);
	assert_int_equal(requests(l) - before, 50);
	asker_counts(d.a, &c);
	assert_int_equal(c.prompt_tokens, 5000 + PROBED_IN);
	assert_int_equal(c.completion_tokens, 1000 + PROBED - PROBED_IN);
	assert_int_equal(c.run_tokens, 6000 + PROBED);
	close_desk(&d);

	open_desk(&d, t, l, 0); /* another run */
	assert_int_equal(ask(&d, 0, 60), 50);
	wait_for_all(&d);
	assert_int_equal(d.answered, 10);
	close_desk(&d);
	loopback_stop(l);
	scratch_fsck(t);
}

static bool has_no_secret(void *ctx, const struct request_row *r)
{
	(void)ctx;
	assert_null(strstr(r->endpoint, "sesame"));
	assert_null(memmem(r->body.p, r->body.len, "sesame", 6));
	return true;
}

static void keeps_the_key_out_of_the_workspace(void **state)
{
	struct scratch *t = *state;
	struct loopback *l = loopback_start(&(struct loopback_script){ 0 });
	struct loopback_counts c;
	struct error err = { 0 };
	struct desk d;

	open_desk(&d, t, l, 0);
	ask(&d, 0, 3);
	wait_for_all(&d);
	loopback_counts(l, &c);
	assert_string_equal(c.authorization, "Bearer sesame");
	GOOD(store_requests_each(t->s, 0, has_no_secret, NULL, &err));
	close_desk(&d);
	loopback_stop(l);
}

static void stops_before_the_budget_is_passed(void **state)
{
	struct scratch *t = *state;
	struct loopback *l = loopback_start(&(struct loopback_script){ .latency_ms = 1 });
	struct asker_counts c;
	struct desk d;

	open_desk(&d, t, l, 1000 + PROBED);
	d.padding = 350; /* a question and its reply cost 120 tokens, as the service counts, and were estimated at 170 */
	ask(&d, 0, 40);
	wait_for_all(&d);
	asker_counts(d.a, &c);
	assert_true(c.run_tokens <= 1000 + PROBED);
	assert_true(d.answered >= 6);
	assert_true(asker_exhausted(d.a));
	assert_int_equal(d.answered + d.not_asked, 40);
	close_desk(&d);
	loopback_stop(l);
}

static void the_same_command_does_not_spend_its_budget_twice(void **state)
{
	struct scratch *t = *state;
	struct loopback *l = loopback_start(&(struct loopback_script){ .latency_ms = 1 });
	struct asker_counts c;
	struct desk d;
	unsigned answered;

	open_desk(&d, t, l, 2000);
	d.padding = 350;
	ask(&d, 0, 40);
	wait_for_all(&d);
	answered = d.answered;
	assert_true(answered >= 6 && d.not_asked);
	close_desk(&d);

	open_desk(&d, t, l, 2000); /* what is known counts before it is met: the last are asked first */
	d.padding = 350;
	ask(&d, 20, 40);
	wait_for_all(&d);
	asker_counts(d.a, &c);
	assert_true(answered + d.answered <= 2000 / 120);
	assert_true(c.run_tokens <= 2000);
	close_desk(&d);

	open_desk(&d, t, l, 4000); /* with a larger one it goes on */
	d.padding = 350;
	ask(&d, 20, 40);
	wait_for_all(&d);
	asker_counts(d.a, &c);
	assert_true(d.answered >= 6);
	assert_true(c.run_tokens > 2000 && c.run_tokens <= 4000);
	close_desk(&d);
	loopback_stop(l);
}

static void asks_nothing_when_the_budget_is_too_small_for_the_probe(void **state)
{
	struct scratch *t = *state;
	struct loopback *l = loopback_start(&(struct loopback_script){ 0 });
	struct asker_settings settings = { .http = { .parallel = 4 }, .model = "toy", .budget = 20, .reply = on_reply };
	struct asker *a;
	struct error err = { 0 };
	char endpoint[64];

	snprintf(endpoint, sizeof endpoint, "http://127.0.0.1:%u", loopback_port(l));
	settings.endpoint = endpoint;
	assert_int_equal(asker_open(&a, NULL, t->s, &settings, &err), TAMIS_EUSAGE);
	assert_non_null(strstr(err.msg, "nothing was asked"));
	assert_int_equal(requests(l), 0);
	loopback_stop(l);
}

static void learns_from_what_questions_cost(void **state)
{
	struct scratch *t = *state;
	struct loopback *l = loopback_start(&(struct loopback_script){ .latency_ms = 1 });
	struct asker_counts c;
	struct desk d;

	open_desk(&d, t, l, 10000); /* each is estimated at about 70 and costs 120 */
	ask(&d, 0, 200);
	wait_for_all(&d);
	asker_counts(d.a, &c);
	assert_true(c.run_tokens <= 10000);
	assert_true(d.answered >= 70);
	close_desk(&d);
	loopback_stop(l);
}

static void finds_out_what_the_service_can_do_and_remembers(void **state)
{
	struct scratch *t = *state;
	struct loopback *l = loopback_start(&(struct loopback_script){ .no_logprobs = true });
	struct desk d;
	uint64_t before;

	open_desk(&d, t, l, 0);
	assert_true(asker_abilities(d.a)->schema);
	assert_false(asker_abilities(d.a)->logprobs);
	assert_true(asker_abilities(d.a)->several);
	close_desk(&d);
	before = requests(l);
	open_desk(&d, t, l, 0);
	assert_true(asker_abilities(d.a)->schema);
	assert_int_equal(requests(l), before);
	close_desk(&d);
	loopback_stop(l);
}

static void no_usage(struct request_row *row)
{
	row->prompt_tokens = 7;
}

static void takes_from_the_spool_what_a_dead_process_had(void **state)
{
	struct scratch *t = *state;
	struct loopback *l = loopback_start(&(struct loopback_script){ 0 });
	struct error err = { 0 };
	struct request_row row = { .endpoint = "", .model = "toy", .purpose = "draft" };
	struct buf body = BUF_INIT, text = BUF_INIT;
	struct chat_question q = { .model = "toy", .max_tokens = 20, .top_p = 1, .seed = 1,
				   .messages = span_of("[{\"role\":\"user\",\"content\":\"question 50\"}]") };
	struct spool *spool;
	uint64_t recovered;
	struct desk d;

	/* What a process leaves that dies between a reply and its row. */
	open_desk(&d, t, l, 0);
	GOOD(chat_body(&body, &q, &err));
	chat_key(row.key, asker_url(d.a), buf_span(&body));
	close_desk(&d);
	row.body = buf_span(&body);
	row.run = new_run(t);
	GOOD(store_requests_save(t->s, NULL, 0, &row, 1, NULL, &err));
	GOOD(spool_open(&spool, t->s, no_usage, &recovered, &err));
	assert_int_equal(recovered, 0);
	assert_true(spool_add(spool, row.key, 200, 12, span_of("{\"choices\":[]}")) > 0);
	spool_close(spool);

	open_desk(&d, t, l, 0);
	assert_int_equal(ask(&d, 5, 6), 1);
	close_desk(&d);
	assert_int_equal(store_request_find(t->s, &row, &text, row.key, &err), 1);
	assert_int_equal(row.state, REQUEST_ANSWERED);
	assert_true(span_is(row.reply, "{\"choices\":[]}"));
	assert_int_equal(row.latency_ms, 12);
	GOOD(spool_open(&spool, t->s, no_usage, &recovered, &err));
	assert_int_equal(recovered, 0);
	spool_close(spool);
	buf_free(&body);
	buf_free(&text);
	loopback_stop(l);
}

static void reads_a_torn_spool_up_to_the_tear(void **state)
{
	struct scratch *t = *state;
	struct error err = { 0 };
	struct spool *spool;
	uint64_t recovered;
	char key[65], *path;
	struct stat st;

	memset(key, 'a', 64);
	key[64] = '\0';
	GOOD(spool_open(&spool, t->s, no_usage, &recovered, &err));
	for (int i = 0; i < 3; i++)
		assert_true(spool_add(spool, key, 200, 1, span_of("{\"choices\":[1,2,3]}")) > 0);
	spool_close(spool);
	path = xasprintf("%s-replies-0a", t->file);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(truncate(path, st.st_size - 5), 0);
	GOOD(spool_open(&spool, t->s, no_usage, &recovered, &err));
	assert_int_equal(recovered, 2);
	spool_close(spool);
	assert_int_equal(stat(path, &st), -1); /* nothing is left beside the workspace */
	free(path);
}

static enum fault always(void *ctx, uint64_t hash, unsigned attempt)
{
	(void)hash;
	(void)attempt;
	return *(enum fault *)ctx;
}

static void says_what_failed_and_asks_it_again_next_time(void **state)
{
	struct scratch *t = *state;
	enum fault fault = FAULT_NONE;
	struct loopback *l = loopback_start(&(struct loopback_script){ .fault = always, .ctx = &fault });
	struct desk d;

	open_desk(&d, t, l, 0);
	fault = FAULT_400;
	ask(&d, 0, 5);
	wait_for_all(&d);
	assert_int_equal(d.failed, 5);
	fault = FAULT_NONE;
	assert_int_equal(ask(&d, 0, 5), 0);
	wait_for_all(&d);
	assert_int_equal(d.answered, 5);
	close_desk(&d);
	loopback_stop(l);
}

static void stops_when_the_service_refuses_the_key(void **state)
{
	struct scratch *t = *state;
	enum fault fault = FAULT_NONE;
	struct loopback *l = loopback_start(&(struct loopback_script){ .fault = always, .ctx = &fault });
	struct error err = { 0 };
	struct desk d;
	int rc = 0;

	open_desk(&d, t, l, 0);
	fault = FAULT_401;
	ask(&d, 0, 500);
	for (int i = 0; rc == 0 && i < 1000 && !asker_idle(d.a); i++)
		rc = asker_step(d.a, 50, &err);
	assert_int_equal(rc, TAMIS_EREMOTE);
	assert_non_null(strstr(err.msg, "invalid api key"));
	assert_non_null(strstr(err.msg, "TAMIS_API_KEY"));
	assert_null(strstr(err.msg, "sesame"));
	assert_true(requests(l) < 100);
	close_desk(&d);
	loopback_stop(l);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(asks_each_question_once_and_knows_it_ever_after),
		TEST(keeps_the_key_out_of_the_workspace),
		TEST(stops_before_the_budget_is_passed),
		TEST(the_same_command_does_not_spend_its_budget_twice),
		TEST(asks_nothing_when_the_budget_is_too_small_for_the_probe),
		TEST(learns_from_what_questions_cost),
		TEST(finds_out_what_the_service_can_do_and_remembers),
		TEST(takes_from_the_spool_what_a_dead_process_had),
		TEST(reads_a_torn_spool_up_to_the_tear),
		TEST(says_what_failed_and_asks_it_again_next_time),
		TEST(stops_when_the_service_refuses_the_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
