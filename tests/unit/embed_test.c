/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The embeddings client against a service that keeps count of every text, misbehaves, and sees its client die. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/map.h"
#include "loopback.h"
#include "net/embed.h"

static void answers_of_endpoints_are_put_in_order_and_checked(void **state)
{
	static const char good[] = "{\"data\":[{\"index\":1,\"embedding\":[3,4]},{\"index\":0,\"embedding\":[1,2]}]}";
	static const char *const bad[] = {
		"", "{\"data\":[{\"ind", "{\"data\":[{\"index\":0,\"embedding\":[NaN]}]}", "{\"data\":[{\"index\":0,\"embedding\":[1e999]}]}",
		"[]", "{\"data\":[]}", "{\"data\":[{\"index\":7,\"embedding\":[1]}]}", "{\"data\":[{\"index\":0,\"embedding\":\"x\"}]}",
		"{\"data\":[{\"index\":0,\"embedding\":[1,2]},{\"index\":1,\"embedding\":[1]}]}",
		"{\"data\":[{\"index\":0,\"embedding\":[1,null]},{\"index\":1,\"embedding\":[1,2]}]}",
		"{\"data\":[{\"index\":0,\"embedding\":[1,\"NaN\"]},{\"index\":1,\"embedding\":[1,2]}]}",
		"{\"data\":[{\"index\":0,\"embedding\":[1,1e39]},{\"index\":1,\"embedding\":[1,2]}]}",
	};
	enum { BROKEN = 4 }; /* those that are no JSON come first */
	float *rows[2] = { NULL, NULL };
	size_t dimensions = 0;
	struct error err = { 0 };

	(void)state;
	assert_int_equal(embed_parse(rows, 2, &dimensions, span_of(good), &err), 0);
	assert_int_equal(dimensions, 2);
	assert_true(rows[0][0] < 1.5F && rows[1][1] > 3.5F);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		free(rows[0]);
		free(rows[1]);
		rows[0] = rows[1] = NULL;
		dimensions = 0;
		err = (struct error){ 0 };
		assert_int_equal(embed_parse(rows, 2, &dimensions, span_of(bad[i]), &err), i < BROKEN ? TAMIS_EPARSE : TAMIS_EREMOTE);
		assert_true(err.msg[0] != '\0');
	}
	free(rows[0]);
	free(rows[1]);
}

/* ---- the service ---- */

enum { D = 6, TEXTS = 900 };

/* What is wrong with embeddings from text number `from` on. */
enum wrong { WRONG_NOTHING, WRONG_LENGTH, WRONG_NUMBER };

struct service {
	struct loopback *l;
	struct map64 served;      /* hash of a text -> times */
	enum fault first;         /* what the first try of every batch meets */
	bool always;
	enum wrong wrong;
	unsigned answers;
	char url[64], cache[40];
};

static double number_of(const char *text, int d)
{
	return (double)(hash64(text, strlen(text), (uint64_t)d) % 2001) - 1000;
}

static json_t *embedding_of(const struct service *s, const char *text)
{
	json_t *row = json_array();
	bool late = s->answers > 2;

	for (int d = 0; d < D - (late && s->wrong == WRONG_LENGTH); d++)
		json_array_append_new(row, late && s->wrong == WRONG_NUMBER && d == 3 ? json_null() : json_real(number_of(text, d)));
	return row;
}

/* The last text first: the client has to go by "index". */
static char *compose(void *ctx, struct span body)
{
	struct service *s = ctx;
	json_t *request = json_loadb(body.p, body.len, 0, NULL), *input = json_object_get(request, "input"), *data = json_array(), *answer;
	char *text;

	s->answers++;
	for (size_t i = json_array_size(input); i-- > 0;) {
		const char *one = json_string_value(json_array_get(input, i));
		bool made;

		(*map64_at(&s->served, hash64(one, strlen(one), 77), &made))++;
		json_array_append_new(data, json_pack("{s:i, s:o}", "index", (int)i, "embedding", embedding_of(s, one)));
	}
	answer = json_pack("{s:o}", "data", data);
	text = json_dumps(answer, JSON_COMPACT);
	json_decref(answer);
	json_decref(request);
	return text;
}

static enum fault fault_of(void *ctx, uint64_t hash, unsigned attempt)
{
	const struct service *s = ctx;

	(void)hash;
	return attempt == 1 || s->always ? s->first : FAULT_NONE;
}

static void start(struct service *s, unsigned latency_ms)
{
	int fd;

	s->l = loopback_start(&(struct loopback_script){ .latency_ms = latency_ms, .fault = fault_of, .compose = compose, .ctx = s });
	assert_non_null(s->l);
	snprintf(s->url, sizeof s->url, "http://127.0.0.1:%u/v1/embeddings", loopback_port(s->l));
	strcpy(s->cache, "/tmp/tamis-embeddings-XXXXXX");
	fd = mkstemp(s->cache);
	assert_true(fd >= 0);
	close(fd);
}

static void stop(struct service *s)
{
	loopback_stop(s->l);
	map64_free(&s->served);
	unlink(s->cache);
}

static struct span *make_texts(struct buf *all, unsigned distinct)
{
	struct span *texts = xcalloc(TEXTS, sizeof *texts);

	buf_init(all);
	buf_reserve(all, TEXTS * 32);
	for (unsigned i = 0; i < TEXTS; i++) {
		size_t at = all->len;

		buf_addf(all, "sentence \"%u\"", i % distinct);
		texts[i] = span_make(all->p + at, all->len - at);
	}
	return texts;
}

static int embed_all(const struct service *s, const struct span *texts, bool cached, struct error *err)
{
	struct embed_request r = { .url = s->url, .model = "m", .prefix = "query: ", .cache = cached ? s->cache : NULL };
	float *rows = NULL;
	size_t d = 0;
	int rc = embed_texts(&rows, &d, &r, texts, TEXTS, err);

	for (size_t i = 0; i < TEXTS && rc == 0; i++) {
		char *text = xasprintf("query: %.*s", (int)texts[i].len, texts[i].p);

		for (int k = 0; k < D; k++)
			assert_int_equal((int)rows[i * D + (size_t)k], (int)number_of(text, k));
		free(text);
	}
	free(rows);
	return rc;
}

static uint64_t times_served(const struct service *s, uint64_t *most)
{
	uint64_t key, times, all = 0;
	size_t at = 0;

	*most = 0;
	while (map64_next(&s->served, &at, &key, &times)) {
		all += times;
		*most = times > *most ? times : *most;
	}
	return all;
}

static void a_text_is_sent_once_however_often_it_occurs(void **state)
{
	struct service s = { 0 };
	struct buf all;
	struct span *texts = make_texts(&all, 200);
	struct error err = { 0 };
	uint64_t most;

	(void)state;
	start(&s, 0);
	assert_int_equal(embed_all(&s, texts, true, &err), 0);
	assert_int_equal(embed_all(&s, texts, true, &err), 0); /* all from the cache */
	loopback_stop(s.l);
	assert_int_equal(times_served(&s, &most), 200);
	assert_int_equal(most, 1);
	assert_int_equal(embed_all(&s, texts, true, &err), 0); /* and with nobody there */
	map64_free(&s.served);
	unlink(s.cache);
	free(texts);
	buf_free(&all);
}

static void what_may_pass_is_asked_again(void **state)
{
	static const enum fault passing[] = { FAULT_429_MS, FAULT_429_SECONDS, FAULT_500, FAULT_503, FAULT_CUT, FAULT_RESET, FAULT_NO_JSON,
					      FAULT_DRIP };
	struct buf all;
	struct span *texts = make_texts(&all, 100);
	struct error err = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof passing / sizeof *passing; i++) {
		struct service s = { .first = passing[i] };

		start(&s, 0);
		if (embed_all(&s, texts, i % 2, &err) != 0)
			fail_msg("fault %d: %s", (int)passing[i], err.msg);
		stop(&s);
	}
	free(texts);
	buf_free(&all);
}

static void assert_refused(struct service *s, const char *why)
{
	struct buf all;
	struct span *texts = make_texts(&all, TEXTS);
	struct error err = { 0 };

	start(s, 0);
	assert_int_equal(embed_all(s, texts, true, &err), TAMIS_EREMOTE);
	if (!strstr(err.msg, why) || !strstr(err.msg, "127.0.0.1"))
		fail_msg("“%s” does not say “%s”", err.msg, why);
	stop(s);
	free(texts);
	buf_free(&all);
}

static void what_does_not_pass_is_told_in_a_sentence(void **state)
{
	(void)state;
	assert_refused(&(struct service){ .first = FAULT_400 }, "400");
	assert_refused(&(struct service){ .first = FAULT_429_LONG, .always = true }, "429");
	assert_refused(&(struct service){ .first = FAULT_NO_JSON, .always = true }, "not JSON");
	assert_refused(&(struct service){ .wrong = WRONG_LENGTH }, "an embedding of 5 numbers where 6 are expected");
	assert_refused(&(struct service){ .wrong = WRONG_NUMBER }, "number 4 is no number");
}

static void a_model_of_another_length_is_refused_by_the_cache(void **state)
{
	struct service s = { 0 };
	struct buf all;
	struct span *texts = make_texts(&all, 130);
	struct error err = { 0 };

	(void)state;
	start(&s, 0);
	assert_int_equal(embed_all(&s, texts, true, &err), 0);
	s.wrong = WRONG_LENGTH;
	struct embed_request r = { .url = s.url, .model = "another", .cache = s.cache };
	float *rows;
	size_t d;

	assert_int_equal(embed_texts(&rows, &d, &r, texts, 10, &err), TAMIS_EREMOTE);
	assert_non_null(strstr(err.msg, "5 numbers"));
	stop(&s);
	free(texts);
	buf_free(&all);
}

/* ---- death ---- */

static size_t rows_in(const char *cache)
{
	struct stat st;

	assert_int_equal(stat(cache, &st), 0);
	return st.st_size < 12 ? 0 : (size_t)(st.st_size - 12) / (16 + D * sizeof(float));
}

/* A client killed again and again: what the cache held when it died is never asked for again, and in the end nothing is missing. */
static void a_killed_run_goes_on_where_it_stopped(void **state)
{
	struct service s = { 0 };
	struct buf all;
	struct span *texts = make_texts(&all, TEXTS);
	struct error err = { 0 };
	uint64_t most, limit = TEXTS;
	unsigned kills = 0;

	(void)state;
#ifdef __SANITIZE_THREAD__
	skip(); /* ThreadSanitizer ends a child that makes threads after its parent had some */
#endif
	start(&s, 4);
	for (unsigned round = 0; rows_in(s.cache) < TEXTS && round < 200; round++) {
		pid_t child = fork();

		assert_true(child >= 0);
		if (child == 0)
			_exit(embed_all(&s, texts, true, &err) ? 1 : 0);
		for (int wait = 0; wait < 5000 && rows_in(s.cache) < TEXTS && rows_in(s.cache) < (round + 1) * 97; wait++)
			usleep(1000);
		kill(child, SIGKILL);
		waitpid(child, NULL, 0);
		kills++;
		limit += 4 * 64; /* at most what was in flight comes again */
	}
	assert_true(kills > 3);
	assert_int_equal(embed_all(&s, texts, true, &err), 0);
	loopback_stop(s.l);
	assert_int_equal(rows_in(s.cache), TEXTS);
	assert_true(times_served(&s, &most) <= limit);
	map64_free(&s.served);
	unlink(s.cache);
	free(texts);
	buf_free(&all);
}

static void a_torn_row_is_written_over(void **state)
{
	struct service s = { 0 };
	struct buf all;
	struct span *texts = make_texts(&all, 100);
	struct error err = { 0 };
	uint64_t most;

	(void)state;
	start(&s, 0);
	assert_int_equal(embed_all(&s, texts, true, &err), 0);
	assert_int_equal(truncate(s.cache, 12 + 99 * (16 + (off_t)(D * sizeof(float))) + 7), 0);
	assert_int_equal(embed_all(&s, texts, true, &err), 0);
	loopback_stop(s.l);
	assert_int_equal(times_served(&s, &most), 101);
	assert_int_equal(rows_in(s.cache), 100);
	map64_free(&s.served);
	unlink(s.cache);
	free(texts);
	buf_free(&all);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_of_endpoints_are_put_in_order_and_checked),
		cmocka_unit_test(a_text_is_sent_once_however_often_it_occurs),
		cmocka_unit_test(what_may_pass_is_asked_again),
		cmocka_unit_test(what_does_not_pass_is_told_in_a_sentence),
		cmocka_unit_test(a_model_of_another_length_is_refused_by_the_cache),
		cmocka_unit_test(a_killed_run_goes_on_where_it_stopped),
		cmocka_unit_test(a_torn_row_is_written_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
