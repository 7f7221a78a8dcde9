/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The review loop's model, on real workspaces: what a curator relies on. */
#include <locale.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/stats.h"
#include "review/deck.h"
#include "review_fixture.h"

static const struct decision accept = { .fields = DECISION_VERDICT, .verdict = VERDICT_ACCEPT };
static const struct decision reject = { .fields = DECISION_VERDICT, .verdict = VERDICT_REJECT };

static void put_records(struct buf *out, int from, int to)
{
	for (int i = from; i < to; i++)
		buf_addf(out, "{\"id\":\"r%d\",\"text\":\"text number %d\",\"score\":%.3f}\n", i, i, (double)(i * 37 % 100) / 100);
}

static int set_up(void **state)
{
	struct fixture *f = xcalloc(1, sizeof *f);
	struct buf text = BUF_INIT;

	fixture_open(f);
	put_records(&text, 0, 100);
	fixture_import(f, "a.jsonl", buf_span(&text), "c");
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

static struct deck *open_deck(struct fixture *f, struct deck_spec spec)
{
	struct deck *d;
	struct error err = { 0 };

	spec.corpus = f->corpus.id;
	if (deck_open(&d, f->workspace, f->store, &spec, NULL, NULL, &err) < 0)
		fail_msg("%s", err.msg);
	return d;
}

static const struct item *item_of(struct deck *d)
{
	struct error err = { 0 };
	const struct item *item = deck_item(d, &err);

	if (!item)
		fail_msg("%s", err.msg);
	return item;
}

static void decide(struct deck *d, struct decision change, bool advance)
{
	struct error err = { 0 };
	bool ignored;

	assert_int_equal(deck_decide(d, &change, advance, false, &ignored, &err), 0);
	assert_false(ignored);
}

static void flush(struct fixture *f)
{
	struct error err = { 0 };

	assert_int_equal(workspace_flush(f->workspace, &err), 0);
}

static void undo(struct deck *d)
{
	struct buf said = BUF_INIT;
	struct error err = { 0 };

	if (deck_undo(d, &said, &err) < 0)
		fail_msg("%s", err.msg);
	buf_free(&said);
}

static enum verdict stored(struct fixture *f, uint64_t i)
{
	struct record_fact fact;
	struct verdict_state st = { 0 };
	struct error err = { 0 };
	enum verdict v;

	assert_int_equal(corpus_view_facts(f->view, f->store, i, 1, &fact, &err), 0);
	store_verdict_get(f->store, &st, &fact.key, &err);
	v = st.verdict;
	verdict_state_free(&st);
	return v;
}

/* ---- order ---- */

static void deals_in_the_order_of_the_file(void **state)
{
	struct fixture *f = *state;
	struct deck *d = open_deck(f, (struct deck_spec){ 0 });

	assert_int_equal(deck_count(d), 100);
	for (size_t i = 0; i < 100; i++) {
		deck_go(d, i);
		assert_true(item_of(d)->ref == fixture_ref(f, i) && deck_ref(d, i) == fixture_ref(f, i));
		deck_idle(d);
	}
	deck_go(d, 1000);
	assert_int_equal(deck_position(d), 99);
	deck_free(d);
}

static void random_order_depends_on_seed_and_content_only(void **state)
{
	struct fixture *f = *state;
	struct deck *a = open_deck(f, (struct deck_spec){ .order = DECK_RANDOM, .seed = 1 });
	struct deck *b = open_deck(f, (struct deck_spec){ .order = DECK_RANDOM, .seed = 1 });
	struct deck *c = open_deck(f, (struct deck_spec){ .order = DECK_RANDOM, .seed = 2 });
	size_t same = 0, in_place = 0;

	for (size_t i = 0; i < 100; i++) {
		assert_true(deck_ref(a, i) == deck_ref(b, i));
		same += deck_ref(a, i) == deck_ref(c, i);
		in_place += deck_ref(a, i) == fixture_ref(f, i);
	}
	assert_true(same < 10 && in_place < 10);
	deck_free(a);
	deck_free(b);
	deck_free(c);
}

static void random_order_keeps_when_a_shard_is_added(void **state)
{
	struct fixture *f = *state;
	struct deck *d = open_deck(f, (struct deck_spec){ .order = DECK_RANDOM, .seed = 5 });
	item_ref before[100];
	struct buf text = BUF_INIT;
	size_t k = 0;

	for (size_t i = 0; i < 100; i++)
		before[i] = deck_ref(d, i);
	deck_free(d);
	put_records(&text, 100, 150);
	fixture_import(f, "b.jsonl", buf_span(&text), "c");
	d = open_deck(f, (struct deck_spec){ .order = DECK_RANDOM, .seed = 5 });
	assert_int_equal(deck_count(d), 150);
	for (size_t i = 0; i < 150; i++)
		if (k < 100 && deck_ref(d, i) == before[k])
			k++;
	assert_int_equal(k, 100); /* the old ones, in their old order, among the new */
	deck_free(d);
	buf_free(&text);
}

static void score_orders_go_up_and_down(void **state)
{
	struct deck *up = open_deck(*state, (struct deck_spec){ .order = DECK_SCORE_UP });
	struct deck *down = open_deck(*state, (struct deck_spec){ .order = DECK_SCORE_DOWN });
	double last_up = -1, last_down = 2;

	for (size_t i = 0; i < 100; i++) {
		deck_go(up, i);
		deck_go(down, i);
		assert_true(item_of(up)->score >= last_up && item_of(down)->score <= last_down);
		last_up = item_of(up)->score;
		last_down = item_of(down)->score;
	}
	deck_free(up);
	deck_free(down);
}

static void samples_filters_and_leaves_out_what_is_decided(void **state)
{
	struct fixture *f = *state;
	struct deck *d = open_deck(f, (struct deck_spec){ .order = DECK_RANDOM, .seed = 3, .sample = 10 });
	struct deck *whole = open_deck(f, (struct deck_spec){ .order = DECK_RANDOM, .seed = 3 });

	assert_int_equal(deck_count(d), 10);
	for (size_t i = 0; i < 10; i++)
		assert_true(deck_ref(d, i) == deck_ref(whole, i));
	deck_free(whole);
	decide(d, accept, true);
	decide(d, reject, true);
	flush(f);
	deck_free(d);
	d = open_deck(f, (struct deck_spec){ .undecided_only = true });
	assert_int_equal(deck_count(d), 98);
	deck_free(d);
	d = open_deck(f, (struct deck_spec){ .where = "score<0.1 text~number" });
	assert_int_equal(deck_count(d), 10);
	deck_free(d);
}

/* ---- verdicts ---- */

static void a_verdict_moves_on_and_is_pending_until_durable(void **state)
{
	struct fixture *f = *state;
	struct deck *d = open_deck(f, (struct deck_spec){ 0 });
	struct deck_stats st;

	decide(d, accept, true);
	assert_int_equal(deck_position(d), 1);
	deck_go(d, 0);
	assert_int_equal(item_of(d)->state.verdict, VERDICT_ACCEPT); /* whether or not it is stored yet */
	flush(f);
	assert_false(deck_pending(d, fixture_ref(f, 0)));
	assert_int_equal(deck_waiting(d), 0);
	assert_int_equal(stored(f, 0), VERDICT_ACCEPT);
	deck_stats(d, &st);
	assert_int_equal(st.accepted, 1);
	assert_int_equal(st.decided, 1);
	deck_free(d);
}

static void what_was_decided_shows_when_going_back_at_once(void **state)
{
	struct fixture *f = *state;
	struct deck *d = open_deck(f, (struct deck_spec){ 0 });

	for (int i = 0; i < 50; i++)
		decide(d, i % 2 ? accept : reject, true);
	for (size_t i = 0; i < 50; i++) {
		deck_go(d, i);
		assert_int_equal(item_of(d)->state.verdict, i % 2 ? VERDICT_ACCEPT : VERDICT_REJECT);
	}
	deck_free(d);
}

static void notes_and_reasons_do_not_touch_the_verdict_but_edits_take_it_back(void **state)
{
	struct fixture *f = *state;
	struct deck *d = open_deck(f, (struct deck_spec){ 0 });
	struct buf said = BUF_INIT;

	decide(d, accept, false);
	decide(d, (struct decision){ .fields = DECISION_REASONS, .reasons = 5 }, false);
	decide(d, (struct decision){ .fields = DECISION_NOTE, .note = "look again" }, false);
	assert_int_equal(item_of(d)->state.verdict, VERDICT_ACCEPT);
	decide(d, (struct decision){ .fields = DECISION_EDIT, .edit = "{\"text\":\"better\"}" }, false);
	for (int again = 0; again < 2; again++) {
		const struct item *item = item_of(d);

		assert_int_equal(item->state.verdict, VERDICT_NONE); /* it was about another text */
		assert_int_equal(deck_verdict(d, 0), VERDICT_NONE);
		assert_int_equal(item->state.reasons, 5);
		assert_string_equal(item->state.note, "look again");
		assert_true(span_is(item_text(item, ROLE_TEXT), "better"));
		flush(f);
		for (size_t i = 10; i < 30; i++) { /* until its place is taken and it is loaded anew */
			deck_go(d, i);
			item_of(d);
		}
		deck_go(d, 0);
	}
	decide(d, accept, false);
	decide(d, (struct decision){ .fields = DECISION_EDIT, .edit = "{\"text\":\"better\"}" }, false);
	assert_int_equal(item_of(d)->state.verdict, VERDICT_ACCEPT); /* the same text again */
	decide(d, (struct decision){ .fields = DECISION_EDIT }, false);
	assert_true(span_is(item_text(item_of(d), ROLE_TEXT), "text number 0"));
	assert_int_equal(item_of(d)->state.verdict, VERDICT_NONE);
	flush(f);
	assert_int_equal(deck_undo(d, &said, NULL), 0); /* text and verdict are one step */
	assert_true(span_is(item_text(item_of(d), ROLE_TEXT), "better"));
	assert_int_equal(item_of(d)->state.verdict, VERDICT_ACCEPT);
	buf_free(&said);
	deck_free(d);
}

static void a_held_down_key_decides_one_item(void **state)
{
	struct deck *d = open_deck(*state, (struct deck_spec){ 0 });
	struct error err = { 0 };
	bool ignored;

	deck_painted(d);
	assert_int_equal(deck_decide(d, &accept, true, true, &ignored, &err), 0);
	assert_false(ignored);
	assert_int_equal(deck_decide(d, &accept, true, true, &ignored, &err), 0); /* never seen */
	assert_true(ignored);
	deck_painted(d);
	assert_int_equal(deck_decide(d, &accept, true, true, &ignored, &err), 0); /* too soon after */
	assert_true(ignored);
	assert_int_equal(deck_position(d), 1);
	assert_int_equal(deck_decide(d, &reject, true, true, &ignored, &err), 0); /* another verdict is meant */
	assert_false(ignored);
	deck_painted(d);
	usleep(100 * 1000);
	assert_int_equal(deck_decide(d, &reject, true, true, &ignored, &err), 0);
	assert_false(ignored);
	assert_int_equal(deck_position(d), 3);
	deck_free(d);
}

static void the_same_text_elsewhere_needs_no_second_verdict(void **state)
{
	struct fixture f;
	struct deck *d;

	(void)state;
	fixture_open(&f);
	fixture_import(&f, "x.jsonl", span_of("{\"text\":\"same text\"}\n{\"text\":\"same text\"}\n{\"text\":\"other text\"}\n"), "c");
	d = open_deck(&f, (struct deck_spec){ 0 });
	decide(d, accept, false);
	assert_int_equal(deck_next_undecided(d, 1), 0);
	assert_int_equal(deck_position(d), 2);
	assert_int_equal(deck_next_undecided(d, 1), TAMIS_ENOTFOUND);
	deck_free(d);
	fixture_close(&f);
}

/* Two of one text, then others: what is decided is the text, wherever it stands. */
static void a_repeated_text_is_decided_everywhere_and_counted_once(void **state)
{
	static const char text[] = "{\"text\":\"same\"}\n{\"text\":\"same\"}\n{\"text\":\"other\"}\n{\"text\":\"same\"}\n";
	struct fixture f;

	(void)state;
	for (int order = DECK_FILE; order <= DECK_RANDOM; order++) {
		struct deck_stats st;
		struct deck *d;
		double low, high;
		size_t at = 0;

		fixture_open(&f);
		fixture_import(&f, "x.jsonl", span_of(text), "c");
		d = open_deck(&f, (struct deck_spec){ .order = (enum deck_order)order, .seed = 3 });
		deck_find(d, fixture_ref(&f, 0), &at);
		deck_go(d, at);
		decide(d, accept, true);
		deck_stats(d, &st);
		assert_int_equal(st.count, 4);
		assert_int_equal(st.decided, 3);
		assert_int_equal(st.accepted, 1);
		stats_wilson(1, 1, 1.959963984540054, &low, &high);
		assert_true(fabs(st.low - low) < 1e-9);
		if (order == DECK_FILE)
			assert_int_equal(deck_position(d), 2); /* the second was decided with the first */
		deck_find(d, fixture_ref(&f, 2), &at);
		deck_go(d, at);
		decide(d, reject, true);
		deck_stats(d, &st);
		assert_int_equal(st.decided, 4);
		assert_true(st.accepted == 1 && st.rejected == 1);
		flush(&f);
		deck_free(d);
		d = open_deck(&f, (struct deck_spec){ .order = (enum deck_order)order, .seed = 3 });
		deck_stats(d, &st);
		assert_true(st.decided == 4 && st.accepted == 1 && st.rejected == 1);
		undo(d);
		undo(d);
		deck_stats(d, &st);
		assert_true(st.decided == 0 && st.accepted == 0 && st.rejected == 0);
		deck_free(d);
		fixture_close(&f);
	}
}

/* ---- steps ---- */

static void a_range_is_one_step(void **state)
{
	struct fixture *f = *state;
	struct deck *d = open_deck(f, (struct deck_spec){ 0 });
	struct error err = { 0 };
	struct deck_stats st;

	decide(d, accept, true);
	assert_int_equal(deck_decide_range(d, 20, 10, &reject, &err), 0);
	deck_stats(d, &st);
	assert_int_equal(st.rejected, 11);
	flush(f);
	assert_int_equal(stored(f, 15), VERDICT_REJECT);
	undo(d);
	deck_stats(d, &st);
	assert_int_equal(st.rejected, 0);
	assert_int_equal(st.accepted, 1);
	assert_int_equal(stored(f, 15), VERDICT_NONE);
	deck_free(d);
}

static void everything_a_filter_matches_is_one_step(void **state)
{
	struct fixture *f = *state;
	struct deck *d = open_deck(f, (struct deck_spec){ .order = DECK_RANDOM, .seed = 9 });
	struct error err = { 0 };
	struct deck_stats st;
	uint64_t n;

	assert_int_equal(deck_count_all(d, "score>=0.5", &n, &err), 0);
	assert_int_equal(n, 50);
	assert_int_equal(deck_decide_all(d, "score>=0.5", &accept, &n, &err), 0);
	assert_int_equal(n, 50);
	assert_int_equal(deck_decide_all(d, "verdict=none", &reject, &n, &err), 0);
	assert_int_equal(n, 50);
	deck_stats(d, &st);
	assert_int_equal(st.accepted, 50);
	assert_int_equal(st.rejected, 50);
	undo(d);
	undo(d);
	deck_stats(d, &st);
	assert_int_equal(st.decided, 0);
	deck_free(d);
}

static void large_steps_are_streamed_and_undone_whole(void **state)
{
	struct fixture f;
	struct buf text = BUF_INIT;
	struct deck *d;
	struct error err = { 0 };
	struct deck_stats st;
	uint64_t n;

	(void)state;
	fixture_open(&f);
	put_records(&text, 0, 3000);
	fixture_import(&f, "big.jsonl", buf_span(&text), "c");
	d = open_deck(&f, (struct deck_spec){ 0 });
	assert_int_equal(deck_decide_all(d, "", &reject, &n, &err), 0);
	assert_int_equal(n, 3000);
	deck_stats(d, &st);
	assert_int_equal(st.rejected, 3000);
	undo(d);
	deck_stats(d, &st);
	assert_int_equal(st.decided, 0);
	deck_free(d);
	buf_free(&text);
	fixture_close(&f);
}

static void undo_goes_back_to_the_item_also_in_another_session(void **state)
{
	struct fixture *f = *state;
	struct deck *d = open_deck(f, (struct deck_spec){ 0 });
	struct buf said = BUF_INIT;
	struct error err = { 0 };

	deck_go(d, 7);
	decide(d, accept, true);
	decide(d, reject, true);
	flush(f);
	deck_free(d);
	fixture_reopen(f);
	d = open_deck(f, (struct deck_spec){ 0 });
	deck_go(d, 50);
	undo(d);
	assert_int_equal(deck_position(d), 8);
	assert_int_equal(item_of(d)->state.verdict, VERDICT_NONE);
	undo(d);
	assert_int_equal(deck_position(d), 7);
	assert_int_equal(deck_undo(d, &said, &err), TAMIS_ENOTFOUND);
	assert_int_equal(deck_redo(d, &said, &err), 0);
	assert_int_equal(deck_position(d), 7);
	assert_int_equal(item_of(d)->state.verdict, VERDICT_ACCEPT);
	buf_free(&said);
	deck_free(d);
}

/* ---- memory ---- */

static void goes_on_where_it_was_left(void **state)
{
	struct fixture *f = *state;
	struct deck *d = open_deck(f, (struct deck_spec){ .order = DECK_RANDOM, .seed = 4 });

	deck_go(d, 42);
	deck_free(d);
	fixture_reopen(f);
	d = open_deck(f, (struct deck_spec){ .order = DECK_RANDOM, .seed = 4 });
	assert_int_equal(deck_position(d), 42);
	deck_free(d);
	d = open_deck(f, (struct deck_spec){ .order = DECK_RANDOM, .seed = 6 });
	assert_int_equal(deck_position(d), 0); /* another queue */
	deck_free(d);
}

static void history_is_newest_first_and_survives(void **state)
{
	struct fixture *f = *state;
	struct deck *d = open_deck(f, (struct deck_spec){ 0 });
	struct deck_history lines[10];
	struct error err = { 0 };

	decide(d, accept, true);
	decide(d, reject, true);
	decide(d, (struct decision){ .fields = DECISION_NOTE, .note = "not a verdict" }, false);
	assert_int_equal(deck_decide_range(d, 10, 14, &accept, &err), 0);
	flush(f);
	for (int again = 0; again < 2; again++) {
		assert_int_equal(deck_history(d, lines, 10), 3);
		assert_int_equal(lines[0].verdict, VERDICT_ACCEPT);
		assert_non_null(strstr(lines[0].text, "5"));
		assert_string_equal(lines[1].text, "text number 1");
		assert_string_equal(lines[2].text, "text number 0");
		assert_true(lines[2].durable);
		deck_free(d);
		fixture_reopen(f);
		d = open_deck(f, (struct deck_spec){ 0 });
	}
	undo(d);
	assert_int_equal(deck_history(d, lines, 10), 2);
	deck_free(d);
}

static void acceptance_comes_with_its_wilson_interval(void **state)
{
	struct deck *d = open_deck(*state, (struct deck_spec){ 0 });
	struct deck_stats st;
	double low, high;

	for (int i = 0; i < 20; i++)
		decide(d, i % 5 ? accept : reject, true);
	decide(d, (struct decision){ .fields = DECISION_VERDICT, .verdict = VERDICT_SKIP }, true);
	deck_stats(d, &st);
	stats_wilson(16, 20, 1.959963984540054, &low, &high);
	assert_true(fabs(st.acceptance - 0.8) < 1e-12 && fabs(st.low - low) < 1e-12 && fabs(st.high - high) < 1e-12);
	assert_int_equal(st.skipped, 1);
	assert_int_equal(st.decided, 21);
	deck_free(d);
}

/* ---- trouble ---- */

static void says_why_an_item_cannot_be_shown(void **state)
{
	struct fixture *f = *state;
	struct deck *d;
	struct error err = { 0 };
	char path[160];

	snprintf(path, sizeof path, "%s/a.jsonl", f->dir);
	assert_int_equal(truncate(path, 300), 0);
	fixture_reopen(f);
	d = open_deck(f, (struct deck_spec){ 0 });
	deck_go(d, 60);
	assert_null(deck_item(d, &err));
	assert_int_equal(err.code, TAMIS_ECHANGED);
	assert_non_null(strstr(err.msg, "a.jsonl"));
	deck_free(d);
}

static void an_empty_queue_is_no_error(void **state)
{
	struct deck *d = open_deck(*state, (struct deck_spec){ .where = "/nowhere/" });
	struct error err = { 0 };
	bool ignored;

	assert_int_equal(deck_count(d), 0);
	assert_null(deck_item(d, &err));
	assert_int_equal(deck_go(d, 3), TAMIS_ENOTFOUND);
	assert_int_equal(deck_decide(d, &accept, true, true, &ignored, &err), TAMIS_ENOTFOUND);
	assert_int_equal(deck_next_undecided(d, 1), TAMIS_ENOTFOUND);
	deck_free(d);
}

static void a_bad_filter_is_refused_before_anything_is_read(void **state)
{
	struct fixture *f = *state;
	struct deck_spec spec = { .corpus = f->corpus.id, .where = "/a(/" };
	struct deck *d;
	struct error err = { 0 };

	assert_int_equal(deck_open(&d, f->workspace, f->store, &spec, NULL, NULL, &err), TAMIS_EUSAGE);
	assert_null(d);
}

#define ON_FIXTURE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_FIXTURE(deals_in_the_order_of_the_file),
		ON_FIXTURE(random_order_depends_on_seed_and_content_only),
		ON_FIXTURE(random_order_keeps_when_a_shard_is_added),
		ON_FIXTURE(score_orders_go_up_and_down),
		ON_FIXTURE(samples_filters_and_leaves_out_what_is_decided),
		ON_FIXTURE(a_verdict_moves_on_and_is_pending_until_durable),
		ON_FIXTURE(what_was_decided_shows_when_going_back_at_once),
		ON_FIXTURE(notes_and_reasons_do_not_touch_the_verdict_but_edits_take_it_back),
		ON_FIXTURE(a_held_down_key_decides_one_item),
		cmocka_unit_test(the_same_text_elsewhere_needs_no_second_verdict),
		cmocka_unit_test(a_repeated_text_is_decided_everywhere_and_counted_once),
		ON_FIXTURE(a_range_is_one_step),
		ON_FIXTURE(everything_a_filter_matches_is_one_step),
		cmocka_unit_test(large_steps_are_streamed_and_undone_whole),
		ON_FIXTURE(undo_goes_back_to_the_item_also_in_another_session),
		ON_FIXTURE(goes_on_where_it_was_left),
		ON_FIXTURE(history_is_newest_first_and_survives),
		ON_FIXTURE(acceptance_comes_with_its_wilson_interval),
		ON_FIXTURE(says_why_an_item_cannot_be_shown),
		ON_FIXTURE(an_empty_queue_is_no_error),
		ON_FIXTURE(a_bad_filter_is_refused_before_anything_is_read),
	};

	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
