/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The filter language, and scans that find exactly what trying every item finds, in order, whatever the threads. */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/hash.h"
#include "review/filter.h"
#include "review_fixture.h"

/* ---- the language ---- */

static void refuses(const char *text, const char *says)
{
	struct filter *f = NULL;
	struct error err = { 0 };

	assert_int_equal(filter_parse(&f, text, &err), TAMIS_EUSAGE);
	assert_null(f);
	if (!strstr(err.msg, says))
		fail_msg("\"%s\" says \"%s\", not \"%s\"", text, err.msg, says);
}

static void says_which_term_is_wrong_and_why(void **state)
{
	(void)state;
	refuses("colour=red", "\"colour\" is not a key");
	refuses("fox", "after \"fox\" write =");
	refuses("lang=klingon", "\"klingon\" is not a value of lang");
	refuses("verdict=maybe", "\"maybe\" is not a value of verdict");
	refuses("score>=high", "\"high\" is not a number (score)");
	refuses("text>=3 url~(", "no order");
	refuses("text~a(b", "at character 4: missing closing parenthesis");
	refuses("/数(/", "at character 3");
	refuses("/abc", "is not closed");
	refuses("note=\"abc", "quote");
	refuses("lang~en", "takes = or !=");
	refuses("text~(*NO_JIT)a", "not allowed here");
	refuses("verdict=none and =3", "a term is missing");
}

static bool needs_text(const char *text)
{
	struct filter *f;
	struct error err = { 0 };
	bool needs;

	if (filter_parse(&f, text, &err) < 0)
		fail_msg("%s: %s", text, err.msg);
	needs = filter_needs_text(f);
	filter_free(f);
	return needs;
}

static void knows_what_needs_the_text(void **state)
{
	(void)state;
	assert_false(needs_text(""));
	assert_false(needs_text("  lang=zh,en and verdict!=none score>=0.5 bytes<1e6 note~x reason=3"));
	assert_true(needs_text("lang=zh /x/"));
	assert_true(needs_text("meta.dump=CC-2024"));
	assert_true(needs_text("!instruction~\"two words\""));
}

/* ---- scanning ---- */

static const char *const words[] = { "alpha", "beta", "colour", "color", "café", "数据", "line\nbreak", "quo\"te", "back\\slash", "tab\there",
				     "😀", "Éclair", "word", "12,345", "n" };

static uint64_t seed = 11;

static uint64_t below(uint64_t n)
{
	seed = hash_mix64(seed);
	return seed % n;
}

/* A JSON string, now and then written with \u escapes only. */
static void put_json(struct buf *out, const char *text)
{
	bool escape_all = below(6) == 0;

	for (const char *p = text; *p; p++) {
		unsigned char c = (unsigned char)*p;

		if (c == '"' || c == '\\')
			buf_addf(out, "\\%c", c);
		else if (c == '\n')
			buf_adds(out, "\\n");
		else if (c == '\t')
			buf_adds(out, "\\t");
		else if (escape_all && c < 0x80)
			buf_addf(out, "\\u%04x", c);
		else
			buf_addc(out, (char)c);
	}
}

static void make_records(struct buf *out, int n)
{
	for (int i = 0; i < n; i++) {
		buf_addf(out, "{\"id\":\"r%d\",\"score\":%.3f,\"url\":\"http://x/%d\",\"text\":\"", i, (double)below(1000) / 1000, i);
		for (uint64_t k = 1 + below(12); k > 0; k--) {
			put_json(out, words[below(sizeof words / sizeof *words)]);
			buf_addc(out, ' ');
		}
		buf_addf(out, "%d\",\"dump\":\"d%d\"}\n", i, (int)below(3));
	}
}

static void collect(void *ctx, const item_ref *refs, size_t n, uint64_t scanned)
{
	VEC(item_ref) *out = ctx;

	(void)scanned;
	for (size_t i = 0; i < n; i++)
		vec_push(out, refs[i]);
}

typedef VEC(item_ref) ref_list;

static void scan(struct fixture *f, const char *text, const item_ref *refs, size_t n, ref_list *out)
{
	struct filter *filter;
	struct error err = { 0 };

	vec_clear(out);
	if (filter_parse(&filter, text, &err) < 0 ||
	    filter_scan(filter, f->store, f->view, refs, n, NULL, collect, out, &err) < 0)
		fail_msg("%s: %s", text, err.msg);
	filter_free(filter);
}

static void try_each(struct fixture *f, const char *text, ref_list *out)
{
	struct item_source *src = item_source_new(f->store);
	struct filter *filter;
	struct item item;
	struct error err = { 0 };

	vec_clear(out);
	item_init(&item);
	assert_int_equal(filter_parse(&filter, text, &err), 0);
	for (uint64_t i = 0; i < corpus_view_count(f->view); i++) {
		assert_int_equal(item_load(&item, src, fixture_ref(f, i), &err), 0);
		if (filter_item(filter, &item))
			vec_push(out, item.ref);
	}
	filter_free(filter);
	item_free(&item);
	item_source_free(src);
}

static void same_refs(const char *what, const ref_list *a, const ref_list *b)
{
	if (a->n != b->n || (a->n && memcmp(a->v, b->v, a->n * sizeof *a->v) != 0))
		fail_msg("%s: %zu hits, expected %zu, or another order", what, a->n, b->n);
}

static const char *const questions[] = {
	"", "/colou?r/", "/(?i)ÉCLAIR/", "/数据/", "/n/", "/[a-c]lpha/", "/line.break/", "/\\bbreak\\b/", "text~quo\\\"te", "/back\\\\slash/",
	"!/word/", "text!~alpha", "score>=0.5", "score<0.25 /beta/", "bytes>60", "id=r17,r99", "id~^r1.$", "url~/1.$", "meta.dump=d1",
	"meta.dump=d1 !/alpha/ score>0.3", "/12,345/", "text~\\d+$", "/tab\\there/", "/word\\w/", "kind=document", "kind=bitext", "corpus=c",
	"corpus!=c", "verdict=none", "verdict=accept,reject", "note~unsure", "note=\"\"", "reason=2", "annotator=tester", "!verdict=none /a/",
	"/beta|colour/", "/(alpha )+beta/", "/caf[eé]/", "/zzz/", "/.*word\\b/", "/(?m)^alpha/", "/.beta.+colou/", "/\\bcafé /",
	"!/.*word\\b/", "/数据 \\S/ /alpha.*beta/", "/slash.tab/", "/beta\\s\\w/",
};

static void scans_find_what_trying_each_item_finds(void **state)
{
	struct fixture *f = *state;
	ref_list got = { 0 }, expected = { 0 }, shuffled = { 0 }, part = { 0 };
	uint64_t n = corpus_view_count(f->view);

	for (uint64_t i = 0; i < n; i += 3)
		vec_push(&shuffled, fixture_ref(f, (i * 7919) % n));
	for (size_t q = 0; q < sizeof questions / sizeof *questions; q++) {
		try_each(f, questions[q], &expected);
		for (int threads = 1; threads <= 5; threads += 2) {
			char number[8];

			snprintf(number, sizeof number, "%d", threads);
			setenv("TAMIS_THREADS", number, 1);
			scan(f, questions[q], NULL, 0, &got);
			same_refs(questions[q], &got, &expected);
		}
		vec_clear(&part);
		vec_each(&shuffled, i)
			vec_each(&expected, k)
				if (expected.v[k] == shuffled.v[i]) {
					vec_push(&part, shuffled.v[i]);
					break;
				}
		scan(f, questions[q], shuffled.v, shuffled.n, &got);
		same_refs(questions[q], &got, &part);
	}
	unsetenv("TAMIS_THREADS");
	vec_free(&got);
	vec_free(&expected);
	vec_free(&shuffled);
	vec_free(&part);
}

static void some_questions_have_answers(void **state)
{
	struct fixture *f = *state;
	ref_list got = { 0 };

	scan(f, "verdict=accept", NULL, 0, &got);
	assert_int_equal(got.n, 5);
	scan(f, "note~unsure", NULL, 0, &got);
	assert_int_equal(got.n, 1);
	scan(f, "reason=2", NULL, 0, &got);
	assert_int_equal(got.n, 1);
	scan(f, "/line.break/", NULL, 0, &got);
	assert_int_equal(got.n, 0); /* a dot is not a line end */
	scan(f, "/line\\sbreak/", NULL, 0, &got);
	assert_true(got.n > 100);
	vec_free(&got);
}

static void stops_when_asked(void **state)
{
	struct fixture *f = *state;
	atomic_bool cancel = true;
	struct filter *filter;
	struct error err = { 0 };
	ref_list got = { 0 };

	assert_int_equal(filter_parse(&filter, "/a/", &err), 0);
	assert_int_equal(filter_scan(filter, f->store, f->view, NULL, 0, &cancel, collect, &got, &err), TAMIS_ECANCEL);
	assert_int_equal(got.n, 0);
	filter_free(filter);
}

static void says_when_the_file_has_changed_since(void **state)
{
	struct fixture *f = *state, other;
	struct buf text = BUF_INIT;
	struct filter *filter;
	struct error err = { 0 };
	ref_list got = { 0 };
	char path[160];

	(void)f;
	fixture_open(&other);
	make_records(&text, 50);
	fixture_import(&other, "records.jsonl", buf_span(&text), "c");
	snprintf(path, sizeof path, "%s/records.jsonl", other.dir);
	assert_int_equal(truncate(path, 100), 0);
	fixture_reopen(&other);
	assert_int_equal(filter_parse(&filter, "/a/", &err), 0);
	assert_int_equal(filter_scan(filter, other.store, other.view, NULL, 0, NULL, collect, &got, &err), TAMIS_ECHANGED);
	filter_free(filter);
	vec_free(&got);
	buf_free(&text);
	fixture_close(&other);
}

static void hopeless_patterns_end(void **state)
{
	struct fixture other;
	struct buf text = BUF_INIT;
	ref_list got = { 0 };

	(void)state;
	fixture_open(&other);
	buf_adds(&text, "{\"text\":\"");
	buf_fill(&text, 'a', 4000);
	buf_adds(&text, "b\"}\n{\"text\":\"aaac\"}\n");
	fixture_import(&other, "a.jsonl", buf_span(&text), "c");
	scan(&other, "/(a+)+c/", NULL, 0, &got);
	assert_int_equal(got.n, 1);
	vec_free(&got);
	buf_free(&text);
	fixture_close(&other);
}

static void decide(struct fixture *f, uint64_t i, struct decision d)
{
	struct record_fact fact;
	struct error err = { 0 };

	assert_int_equal(corpus_view_facts(f->view, f->store, i, 1, &fact, &err), 0);
	d.key = fact.key;
	d.ref = fixture_ref(f, i);
	d.kind = KIND_DOCUMENT;
	workspace_decide(f->workspace, &d, 1, "test");
}

static int set_up(void **state)
{
	struct fixture *f = xcalloc(1, sizeof *f);
	struct buf text = BUF_INIT;
	struct error err = { 0 };

	fixture_open(f);
	make_records(&text, 5000);
	fixture_import(f, "records.jsonl", buf_span(&text), "c");
	assert_int_equal(corpus_view_count(f->view), 5000);
	for (uint64_t i = 0; i < 5; i++)
		decide(f, i * 611, (struct decision){ .fields = DECISION_VERDICT, .verdict = VERDICT_ACCEPT });
	decide(f, 7, (struct decision){ .fields = DECISION_VERDICT | DECISION_REASONS, .verdict = VERDICT_REJECT, .reasons = 2 });
	decide(f, 8, (struct decision){ .fields = DECISION_NOTE, .note = "unsure about this" });
	assert_int_equal(workspace_flush(f->workspace, &err), 0);
	buf_free(&text);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	fixture_close(*state);
	free(*state);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(says_which_term_is_wrong_and_why),
		cmocka_unit_test(knows_what_needs_the_text),
		cmocka_unit_test(scans_find_what_trying_each_item_finds),
		cmocka_unit_test(some_questions_have_answers),
		cmocka_unit_test(stops_when_asked),
		cmocka_unit_test(says_when_the_file_has_changed_since),
		cmocka_unit_test(hopeless_patterns_end),
	};

	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
