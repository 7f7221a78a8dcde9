/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A run's items: what stands beside them, which are to be judged next, and how their scores follow verdicts and swaps. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "review/deck.h"
#include "review/item_context.h"
#include "review/lens.h"
#include "review/queues.h"
#include "review/rivals.h"
#include "review_fixture.h"

#define ITEMS 200

static int64_t begin_run(struct fixture *f, const char *pipeline, const char *parameters)
{
	struct run run = { .parameters = strdup(parameters) };
	struct error err = { 0 };
	int64_t id;

	snprintf(run.pipeline, sizeof run.pipeline, "%s", pipeline);
	snprintf(run.engine, sizeof run.engine, "test");
	assert_int_equal(store_run_begin(f->store, &run, &err), 0);
	assert_int_equal(store_run_end(f->store, &run, &err), 0);
	id = run.id;
	run_free(&run);
	return id;
}

static item_ref add(struct fixture *f, int64_t run, enum item_kind kind, double score, enum verdict suggestion, const char *body)
{
	struct item_row row = { .run = run, .kind = kind, .score = score, .suggestion = (uint8_t)suggestion, .body = body,
				.body_len = strlen(body) };
	int64_t *ids;
	size_t n;
	item_ref ref;

	row.key = hash128(body, strlen(body));
	assert_int_equal(store_items_add(f->store, run, &row, 1, NULL), 0);
	assert_int_equal(store_item_ids(f->store, run, kind, "id", &ids, &n, NULL), 0);
	ref = item_ref_item(ids[n - 1]);
	free(ids);
	return ref;
}

static void judge(struct fixture *f, item_ref ref, enum verdict verdict, const char *edit)
{
	struct item_source *src = item_source_new(f->store);
	struct item item;
	struct decision d = { .ref = ref, .fields = DECISION_VERDICT | (edit ? DECISION_EDIT : 0u), .verdict = verdict, .edit = edit };

	item_init(&item);
	assert_int_equal(item_load(&item, src, ref, NULL), 0);
	d.key = item.key;
	d.kind = item.kind;
	workspace_decide(f->workspace, &d, 1, "test");
	assert_int_equal(workspace_flush(f->workspace, NULL), 0);
	item_free(&item);
	item_source_free(src);
}

/* ---- instructions ---- */

/* Judge scores 1 to 5 in turn; a gate fails on every seventh; five wordings only. */
static int64_t make_instructions(struct fixture *f)
{
	static const char *const wordings[] = { "How do I open a locked door quickly", "Explain the history of glass windows",
						"List three uses of copper wire", "Compare rivers with lakes and canals",
						"Describe how bread rises in the oven" };
	int64_t run = begin_run(f, "backtranslate", "{}");

	for (int i = 0; i < ITEMS; i++) {
		char body[400];

		snprintf(body, sizeof body, "{\"instruction\":\"%s%s\",\"response\":\"answer %d\",\"judge\":{\"score\":%d}}",
			 wordings[i % 5], i % 2 ? "?" : " please", i, 1 + i % 5);
		add(f, run, KIND_INSTRUCTION, 1 + i % 5, i % 7 == 0 ? VERDICT_REJECT : VERDICT_NONE, body);
	}
	return run;
}

static void fill(struct fixture *f, queue_refs *out, const char *name, int64_t run)
{
	struct error err = { 0 };

	vec_clear(out);
	if (queue_fill(out, queue_find(span_of(name)), run, NAN, f->store, NULL, &err) < 0)
		fail_msg("%s: %s", name, err.msg);
}

static void queues_of_instructions_choose_what_they_say(void **unused)
{
	struct fixture f;
	struct scores *sc;
	queue_refs q = { 0 }, again = { 0 };
	int64_t run;

	(void)unused;
	fixture_open(&f);
	run = make_instructions(&f);
	assert_int_equal(scores_open(&sc, f.store, run, NULL, NULL), 0);
	assert_int_equal(sc->scale, SCALE_JUDGE);
	assert_int_equal(sc->n, ITEMS);
	fill(&f, &q, "band", run);
	assert_int_equal(q.n, ITEMS * 2 / 5);
	vec_each(&q, i)
		assert_true(scores_find(sc, q.v[i])->score == 3 || scores_find(sc, q.v[i])->score == 4);
	fill(&f, &q, "above", run);
	assert_int_equal(q.n, ITEMS * 2 / 5); /* 4 and 5: the usual threshold of a judge */
	assert_true(scores_find(sc, q.v[0])->score >= scores_find(sc, q.v[q.n - 1])->score);
	fill(&f, &q, "conflict", run);
	vec_each(&q, i) {
		const struct scored *s = scores_find(sc, q.v[i]);

		assert_true((s->score >= 4) == s->gates);
	}
	assert_true(q.n > 0);
	fill(&f, &q, "clusters", run);
	assert_int_equal(q.n, 5);
	fill(&f, &q, "strata", run);
	assert_int_equal(q.n, ITEMS);
	for (size_t i = 0; i < 25; i += 5) { /* each five are one of each score */
		unsigned seen = 0;

		for (size_t k = i; k < i + 5; k++)
			seen |= 1u << (unsigned)scores_find(sc, q.v[k])->score;
		assert_int_equal(seen, 62);
	}
	fill(&f, &q, "threshold", run);
	assert_true(fabs(scores_find(sc, q.v[0])->score - 4) < 1e-9);
	fill(&f, &q, "audit", run);
	fill(&f, &again, "audit", run);
	assert_true(q.n >= 1 && q.n <= 25);
	assert_int_equal(q.n, again.n);
	assert_memory_equal(q.v, again.v, q.n * sizeof *q.v);
	vec_each(&q, i)
		assert_true(scores_find(sc, q.v[i])->score < 4 || scores_find(sc, q.v[i])->gates);
	scores_free(sc);
	vec_free(&q);
	vec_free(&again);
	fixture_close(&f);
}

#define DRAFT(instruction, outcome) "{\"instruction\":\"" instruction "\",\"input\":\"\",\"response\":\"It was built in 1867.\"," \
				    "\"generator\":\"http\",\"outcome\":\"" outcome "\"}"

static void nothing_is_accepted_that_has_no_instruction(void **unused)
{
	const struct decision accept = { .fields = DECISION_VERDICT, .verdict = VERDICT_ACCEPT };
	struct decision written = { .fields = DECISION_EDIT, .edit = "{\"instruction\":\"When was it built?\"}" };
	struct fixture f;
	struct deck *d;
	struct error err = { 0 };
	uint64_t n;
	int64_t run;
	bool ignored;

	(void)unused;
	fixture_open(&f);
	run = begin_run(&f, "backtranslate", "{}");
	add(&f, run, KIND_INSTRUCTION, 1, VERDICT_NONE, DRAFT("When?", "ok"));
	add(&f, run, KIND_INSTRUCTION, 1, VERDICT_NONE, DRAFT("", "refused"));
	add(&f, run, KIND_INSTRUCTION, 1, VERDICT_NONE, DRAFT("Who built it?", "ok"));
	add(&f, run, KIND_INSTRUCTION, 1, VERDICT_NONE, DRAFT(" ", "ok"));
	assert_int_equal(deck_open(&d, f.workspace, f.store, &(struct deck_spec){ .run = run, .kind = KIND_INSTRUCTION }, NULL, NULL, &err), 0);
	assert_int_equal(deck_decide_all(d, "", &accept, &n, &err), 0);
	assert_int_equal(n, 2);
	assert_int_equal(deck_left_out(d), 2);
	assert_int_equal(deck_verdict(d, 0), VERDICT_ACCEPT);
	assert_int_equal(deck_verdict(d, 1), VERDICT_NONE);
	assert_int_equal(deck_decide_range(d, 1, 3, &accept, &err), 0);
	assert_int_equal(deck_left_out(d), 2);
	deck_go(d, 1);
	assert_true(deck_decide(d, &accept, true, false, &ignored, &err) < 0);
	assert_non_null(strstr(err.msg, "nothing to accept"));
	assert_int_equal(deck_position(d), 1);
	err = (struct error){ 0 };
	assert_int_equal(deck_decide(d, &written, false, false, &ignored, &err), 0); /* a person's own */
	assert_int_equal(deck_decide(d, &accept, true, false, &ignored, &err), 0);
	assert_int_equal(deck_verdict(d, 1), VERDICT_ACCEPT);
	deck_free(d);
	fixture_close(&f);
}

/* ---- pairs ---- */

#define PAIR(said) "{\"source\":{\"document\":\"%s\",\"index\":1,\"lang\":\"en\",\"text\":\"It has 3 legs.\"}," \
		     "\"target\":{\"document\":\"nowhere\",\"index\":0,\"lang\":\"de\",\"text\":\"" said "\"}," \
		     "\"lexical\":%.2f,\"cosine\":%.2f,\"links\":[[3,3,3,3,1,\"dictionary\"]]," \
		     "\"rivals\":[{\"index\":5,\"text\":\"Er hat drei Beine.\",\"score\":0.2,\"margin\":0.1},{\"text\":\"Nein.\"}]}"

static void a_swapped_pair_has_the_candidates_score(void **unused)
{
	struct fixture f;
	struct item item;
	struct item_source *src;
	struct buf text = BUF_INIT;
	char body[1000];
	item_ref ref;

	(void)unused;
	fixture_open(&f);
	snprintf(body, sizeof body, PAIR("Es hat 3 Beine."), "nowhere", .9, .9);
	ref = add(&f, begin_run(&f, "mine", "{}"), KIND_BITEXT, .9, VERDICT_NONE, body);
	src = item_source_new(f.store);
	item_init(&item);
	assert_int_equal(item_load(&item, src, ref, NULL), 0);
	assert_true(fabs(item.score - .9) < 1e-6);
	rival_body(&text, &item);
	assert_non_null(strstr(text.p, "\"score\":0.9"));
	assert_non_null(strstr(text.p, "\"cosine\":0.90,"));
	judge(&f, ref, VERDICT_ACCEPT, "{\"target\":\"Er hat drei Beine.\"}");
	assert_int_equal(item_reload_state(&item, src, NULL), 0);
	assert_true(fabs(item.score - .2) < 1e-6);
	assert_true(span_is(record_value(&item.record, ROLE_SCORE), "0.2"));
	buf_clear(&text);
	rival_body(&text, &item);
	assert_non_null(strstr(text.p, "\"score\":0.2,\"rivals\""));
	assert_null(strstr(text.p, "cosine"));
	judge(&f, ref, VERDICT_ACCEPT, "{\"target\":\"Nein.\"}"); /* of which the run measured nothing */
	assert_int_equal(item_reload_state(&item, src, NULL), 0);
	assert_true(isnan(item.score));
	judge(&f, ref, VERDICT_ACCEPT, "{\"target\":\"Es hat drei Beine.\"}"); /* nobody's candidate: an edit */
	assert_int_equal(item_reload_state(&item, src, NULL), 0);
	assert_true(fabs(item.score - .9) < 1e-6);
	assert_true(span_is(record_value(&item.record, ROLE_SCORE), "0.9"));
	buf_free(&text);
	item_free(&item);
	item_source_free(src);
	fixture_close(&f);
}

static void a_swapped_pair_was_mined_wrongly(void **unused)
{
	struct fixture f;
	struct scores *sc;
	struct calibration_figures figures;
	char body[1000];
	item_ref ref;
	int64_t run;

	(void)unused;
	fixture_open(&f);
	run = begin_run(&f, "mine", "{\"score\":\"probability\"}");
	snprintf(body, sizeof body, PAIR("Es hat 3 Beine."), "nowhere", .9, .9);
	ref = add(&f, run, KIND_BITEXT, .9, VERDICT_NONE, body);
	judge(&f, ref, VERDICT_ACCEPT, NULL);
	assert_int_equal(scores_open(&sc, f.store, run, NULL, NULL), 0);
	assert_int_equal(sc->scale, SCALE_PROBABILITY);
	calibration_at(sc->calibration, .5, &figures);
	assert_int_equal(figures.accepted, 1);
	judge(&f, ref, VERDICT_ACCEPT, "{\"target\":\"Er hat drei Beine.\"}");
	assert_int_equal(scores_refresh(sc, f.store, NULL), 0);
	calibration_at(sc->calibration, .5, &figures);
	assert_int_equal(figures.accepted, 0);
	assert_int_equal(figures.rejected, 1);
	scores_set_swapped(sc, ref, false);
	calibration_at(sc->calibration, .5, &figures);
	assert_int_equal(figures.accepted, 1);
	assert_true(scores_set(sc, ref, VERDICT_NONE));
	assert_false(scores_set(sc, item_ref_item(999), VERDICT_ACCEPT));
	scores_free(sc);
	fixture_close(&f);
}

static void pairs_are_in_doubt_by_numbers_and_by_ranks(void **unused)
{
	struct fixture f;
	struct scores *sc;
	char body[1000];
	item_ref numbers, ranks = 0;
	int64_t run;

	(void)unused;
	fixture_open(&f);
	run = begin_run(&f, "mine", "{\"score\":\"ratio\"}");
	snprintf(body, sizeof body, PAIR("Es hat 4 Beine."), "x", .5, .5);
	numbers = add(&f, run, KIND_BITEXT, .5, VERDICT_NONE, body);
	for (int i = 0; i < 20; i++) {
		snprintf(body, sizeof body, PAIR("Es hat 3 Beine."), "x", i == 0 ? 1. : i / 20., i / 20.);
		ranks = i == 0 ? add(&f, run, KIND_BITEXT, i / 20., VERDICT_NONE, body)
			       : (add(&f, run, KIND_BITEXT, i / 20., VERDICT_NONE, body), ranks);
	}
	assert_int_equal(scores_open(&sc, f.store, run, NULL, NULL), 0);
	assert_int_equal(sc->scale, SCALE_OTHER);
	assert_true(scores_find(sc, numbers)->doubt);
	assert_true(scores_find(sc, ranks)->doubt); /* first by words, last by embeddings */
	assert_int_equal(sc->doubtful, 2);
	scores_free(sc);
	fixture_close(&f);
}

static void a_threshold_is_kept_and_forgotten(void **unused)
{
	struct fixture f;
	struct scores *sc;
	int64_t run;

	(void)unused;
	fixture_open(&f);
	run = make_instructions(&f);
	assert_true(isnan(scores_kept_threshold(f.store, run)));
	assert_int_equal(scores_open(&sc, f.store, run, NULL, NULL), 0);
	assert_int_equal(scores_keep_threshold(sc, f.store, 2.5, NULL), 0);
	assert_true(scores_kept_threshold(f.store, run) >= 2.5 && scores_kept_threshold(f.store, run) <= 2.5);
	assert_int_equal(scores_keep_threshold(sc, f.store, NAN, NULL), 0);
	assert_true(isnan(scores_kept_threshold(f.store, run)));
	assert_true(fabs(sc->threshold - 4) < 1e-9);
	scores_free(sc);
	fixture_close(&f);
}

/* ---- lenses ---- */

static char *drawn(struct fixture *f, item_ref ref, unsigned variant)
{
	struct item_source *src = item_source_new(f->store);
	struct lens_view view = { .columns = 100, .variant = variant };
	struct sheet sheet = { 0 };
	struct buf text = BUF_INIT;
	struct item item;

	item_source_read_members(src);
	item_init(&item);
	assert_int_equal(item_load(&item, src, ref, NULL), 0);
	lens_draw(&sheet, &item, &view);
	vec_each(&sheet.lines, i) {
		sheet_line_text(&text, &sheet, i);
		buf_adds(&text, "\n");
	}
	sheet_free(&sheet);
	item_free(&item);
	item_source_free(src);
	return buf_steal(&text, NULL);
}

static void has(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("“%s” is not in:\n%s", part, text);
}

static void a_pair_stands_between_its_neighbours(void **unused)
{
	struct fixture f;
	char body[1000], ref[32], *text;
	int64_t run;

	(void)unused;
	fixture_open(&f);
	fixture_import(&f, "a.jsonl", span_of("{\"text\":\"There is a table. It has 3 legs. Nobody sits at it.\"}\n"), "a");
	item_ref_format(ref, fixture_ref(&f, 0));
	run = begin_run(&f, "mine", "{}");
	snprintf(body, sizeof body, PAIR("Es hat 3 Beine."), ref, .9, .9);
	text = drawn(&f, add(&f, run, KIND_BITEXT, .9, VERDICT_NONE, body), 2);
	has(text, "↑ There is a table.");
	has(text, "↓ Nobody sits at it.");
	has(text, "1 of 4 words linked, not It 3 legs");
	has(text, "1 score 0.2  margin 0.1  Er hat drei Beine.");
	free(text);
	/* The same place with another text there: nothing is claimed. */
	snprintf(body, sizeof body, PAIR("Es hat 5 Beine."), "1.99", .9, .9);
	text = drawn(&f, add(&f, run, KIND_BITEXT, .9, VERDICT_NONE, body), 0);
	assert_null(strstr(text, "↑"));
	free(text);
	fixture_close(&f);
}

static void an_instruction_shows_judge_gates_rewriting_and_source(void **unused)
{
	struct fixture f;
	char body[1200], ref[32], *text;
	int64_t run;

	(void)unused;
	fixture_open(&f);
	fixture_import(&f, "a.jsonl", span_of("{\"text\":\"Before it. The bridge of Avon was built in 1876. After it.\"}\n"), "a");
	item_ref_format(ref, fixture_ref(&f, 0));
	run = begin_run(&f, "backtranslate", "{}");
	snprintf(body, sizeof body,
		 "{\"instruction\":\"When was it built?\",\"response\":\"The bridge of Avon was built in 1876.\",\"source_document\":\"%s\","
		 "\"source_byte\":11,\"source_bytes\":37,\"source_path\":\"Bridges\",\"judge\":{\"score\":3.5,\"disagrees\":true,"
		 "\"first\":{\"score\":5,\"reason\":\"It answers.\"},\"swapped\":{\"score\":2}},\"rewritten\":\"It was built in 1867.\","
		 "\"checks\":{\"copy_ratio\":{\"value\":0.9,\"threshold\":0.6,\"outcome\":\"fail\"},\"leaks\":{\"value\":0,\"threshold\":0,"
		 "\"outcome\":\"pass\"}}}", ref);
	text = drawn(&f, add(&f, run, KIND_INSTRUCTION, 3.5, VERDICT_NONE, body), 0);
	has(text, "judge 3.5  first 5  swapped 2  ! it disagrees with itself  It answers.");
	has(text, "✗ instruction copied from the response 0.9 (limit 0.6)  1 of 2 checks passed");
	has(text, "only in the rewritten: 1867");
	has(text, "only in the original:");
	has(text, "{+");
	has(text, "… Before it.");
	has(text, "[the response stands here]");
	has(text, "↓ After it.");
	free(text);
	text = drawn(&f, item_ref_item(1), 1);
	has(text, "It was built in [!1867].");
	free(text);
	/* Not one field of what was made of it is as it should be. */
	text = drawn(&f, add(&f, run, KIND_INSTRUCTION, NAN, VERDICT_NONE,
			     "{\"instruction\":\"x\",\"response\":\"y\",\"judge\":[1],\"checks\":\"no\",\"source_document\":\"1.1\","
			     "\"source_byte\":-4,\"source_bytes\":1e99,\"outcome\":\"unparsed\",\"why\":\"no JSON\",\"reply\":\"blah\"}"), 0);
	has(text, "the reply could not be used: unparsed  no JSON");
	has(text, "blah");
	free(text);
	fixture_close(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(queues_of_instructions_choose_what_they_say),
		cmocka_unit_test(nothing_is_accepted_that_has_no_instruction),
		cmocka_unit_test(a_swapped_pair_has_the_candidates_score),
		cmocka_unit_test(a_swapped_pair_was_mined_wrongly),
		cmocka_unit_test(pairs_are_in_doubt_by_numbers_and_by_ranks),
		cmocka_unit_test(a_threshold_is_kept_and_forgotten),
		cmocka_unit_test(a_pair_stands_between_its_neighbours),
		cmocka_unit_test(an_instruction_shows_judge_gates_rewriting_and_source),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
