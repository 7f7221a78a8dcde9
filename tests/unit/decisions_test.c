/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Decisions: a log, the state it leads to, undo and redo, large steps. */
#include "scratch.h"

#include <signal.h>
#include <sys/resource.h>

#include "store/internal.h"

static void decide(struct scratch *t, unsigned n, enum verdict verdict)
{
	struct decision d = scratch_verdict(n, verdict);
	struct error err = {0};

	assert_true(workspace_decide(t->w, &d, 1, "test") > 0);
	GOOD(workspace_flush(t->w, &err));
}

static void undo(struct scratch *t, int64_t want)
{
	struct error err = {0};
	int64_t count;

	GOOD(workspace_undo(t->w, &count, NULL, NULL, &err));
	assert_int_equal(count, want);
}

static void redo(struct scratch *t, int64_t want)
{
	struct error err = {0};
	int64_t count;

	GOOD(workspace_redo(t->w, &count, NULL, NULL, &err));
	assert_int_equal(count, want);
}

static void verdict_is_what_was_decided_last(void **state)
{
	struct scratch *t = *state;

	assert_int_equal(scratch_verdict_of(t, 1), VERDICT_NONE);
	decide(t, 1, VERDICT_ACCEPT);
	decide(t, 1, VERDICT_REJECT);
	assert_int_equal(scratch_verdict_of(t, 1), VERDICT_REJECT);
	scratch_reopen(t);
	assert_int_equal(scratch_verdict_of(t, 1), VERDICT_REJECT);
	scratch_fsck(t);
}

static void a_change_of_one_field_keeps_the_others(void **state)
{
	struct scratch *t = *state;
	struct decision d = { .key = scratch_key(1), .kind = KIND_DOCUMENT, .fields = DECISION_NOTE, .note = "look" };
	struct verdict_state st;
	struct error err = {0};

	decide(t, 1, VERDICT_ACCEPT);
	workspace_decide(t->w, &d, 1, "note");
	d = (struct decision){ .key = scratch_key(1), .fields = DECISION_REASONS | DECISION_EDIT, .reasons = 5,
			       .edit = "{\"text\":\"better\"}" };
	workspace_decide(t->w, &d, 1, "edit");
	GOOD(workspace_flush(t->w, &err));
	GOOD(store_verdict_get(t->s, &st, &d.key, &err));
	assert_int_equal(st.verdict, VERDICT_ACCEPT);
	assert_string_equal(st.note, "look");
	assert_string_equal(st.edit, "{\"text\":\"better\"}");
	assert_int_equal(st.reasons, 5);
	assert_string_equal(st.annotator, "ann");
	verdict_state_free(&st);
	undo(t, 1);
	GOOD(store_verdict_get(t->s, &st, &d.key, &err));
	assert_null(st.edit);
	assert_string_equal(st.note, "look");
	verdict_state_free(&st);
}

static void undo_takes_back_step_by_step_across_sessions(void **state)
{
	struct scratch *t = *state;
	struct error err = {0};

	decide(t, 1, VERDICT_ACCEPT);
	decide(t, 1, VERDICT_REJECT);
	decide(t, 2, VERDICT_SKIP);
	scratch_reopen(t);
	undo(t, 1);
	assert_int_equal(scratch_verdict_of(t, 2), VERDICT_NONE);
	undo(t, 1);
	assert_int_equal(scratch_verdict_of(t, 1), VERDICT_ACCEPT);
	scratch_reopen(t);
	undo(t, 1);
	assert_int_equal(scratch_verdict_of(t, 1), VERDICT_NONE);
	assert_int_equal(workspace_undo(t->w, NULL, NULL, NULL, &err), TAMIS_ENOTFOUND);
	redo(t, 1);
	assert_int_equal(scratch_verdict_of(t, 1), VERDICT_ACCEPT);
	redo(t, 1);
	assert_int_equal(scratch_verdict_of(t, 1), VERDICT_REJECT);
	scratch_fsck(t);
}

static void a_new_decision_ends_redo(void **state)
{
	struct scratch *t = *state;
	struct error err = {0};

	decide(t, 1, VERDICT_ACCEPT);
	undo(t, 1);
	decide(t, 2, VERDICT_ACCEPT);
	assert_int_equal(workspace_redo(t->w, NULL, NULL, NULL, &err), TAMIS_ENOTFOUND);
	undo(t, 1);
	redo(t, 1);
	assert_int_equal(scratch_verdict_of(t, 2), VERDICT_ACCEPT);
	assert_int_equal(scratch_verdict_of(t, 1), VERDICT_NONE);
	scratch_fsck(t);
}

static void undo_leaves_alone_what_another_annotator_decided_since(void **state)
{
	struct scratch *t = *state;
	struct decision d = scratch_verdict(1, VERDICT_REJECT);
	struct workspace *other;
	struct error err = {0};

	decide(t, 1, VERDICT_ACCEPT);
	GOOD(workspace_open(&other, t->file, 0, "bob", &err));
	workspace_decide(other, &d, 1, "bob's");
	GOOD(workspace_flush(other, &err));
	assert_int_equal(workspace_undo(t->w, NULL, NULL, NULL, &err), TAMIS_ENOTFOUND); /* it is passed over */
	assert_int_equal(scratch_verdict_of(t, 1), VERDICT_REJECT);
	workspace_close(other);
	scratch_fsck(t);
}

static void several_decisions_of_one_call_are_one_step(void **state)
{
	struct scratch *t = *state;
	struct decision d[3] = { scratch_verdict(1, VERDICT_ACCEPT), scratch_verdict(2, VERDICT_ACCEPT),
				 scratch_verdict(1, VERDICT_REJECT) };
	struct error err = {0};
	char label[128];
	item_ref first;
	int64_t count;

	d[0].ref = item_ref_item(9);
	workspace_decide(t->w, d, 3, "range");
	GOOD(workspace_flush(t->w, &err));
	assert_int_equal(scratch_verdict_of(t, 1), VERDICT_REJECT);
	GOOD(workspace_undo(t->w, &count, label, &first, &err));
	assert_int_equal(count, 2);
	assert_string_equal(label, "range");
	assert_int_equal(first, item_ref_item(9));
	assert_int_equal(scratch_verdict_of(t, 1), VERDICT_NONE);
}

struct heard {
	atomic_int n;
	_Atomic int64_t last;
};

static void hear(void *ctx, int64_t ticket, const struct error *err)
{
	struct heard *h = ctx;

	assert_null(err);
	atomic_fetch_add(&h->n, 1);
	atomic_store(&h->last, ticket);
}

static void every_listener_hears_each_ticket_once(void **state)
{
	struct scratch *t = *state;
	struct heard a = {0}, b = {0};
	struct error err = {0};
	int64_t ticket = 0;

	workspace_on_durable(t->w, hear, &a);
	workspace_on_durable(t->w, hear, &b);
	for (unsigned i = 0; i < 50; i++) {
		struct decision d = scratch_verdict(i, VERDICT_ACCEPT);

		ticket = workspace_decide(t->w, &d, 1, "");
	}
	GOOD(workspace_flush(t->w, &err));
	workspace_off_durable(t->w, hear, &b);
	assert_int_equal(atomic_load(&a.n), 50);
	assert_int_equal(atomic_load(&b.n), 50);
	assert_int_equal(atomic_load(&a.last), ticket);
	decide(t, 60, VERDICT_SKIP);
	assert_int_equal(atomic_load(&a.n), 51);
	assert_int_equal(atomic_load(&b.n), 50);
	workspace_off_durable(t->w, hear, &a);
}

static void bulk_verdicts(struct scratch *t, struct bulk_step *b, unsigned n)
{
	struct decision *d = xcalloc(n, sizeof *d);
	struct error err = {0};

	(void)t;
	for (unsigned i = 0; i < n; i++)
		d[i] = scratch_verdict(i, VERDICT_ACCEPT);
	GOOD(bulk_add(b, d, n, &err));
	free(d);
}

static void a_large_step_counts_when_it_ends_and_is_undone_as_one(void **state)
{
	struct scratch *t = *state;
	struct bulk_step *b;
	struct map128 map = {0};
	struct error err = {0};
	int64_t count;

	decide(t, 7, VERDICT_REJECT);
	GOOD(bulk_begin(&b, t->s, "all", &err));
	bulk_verdicts(t, b, 3500);
	assert_int_equal(scratch_verdict_of(t, 7), VERDICT_REJECT);
	assert_int_equal(scratch_verdict_of(t, 8), VERDICT_NONE);
	GOOD(bulk_end(b, true, &count, &err));
	assert_int_equal(count, 3500);
	GOOD(store_verdict_map(t->s, &map, &err));
	assert_int_equal(map.n, 3500);
	map128_free(&map);
	undo(t, 3500);
	assert_int_equal(scratch_verdict_of(t, 7), VERDICT_REJECT);
	assert_int_equal(scratch_verdict_of(t, 3499), VERDICT_NONE);
	redo(t, 3500);
	assert_int_equal(scratch_verdict_of(t, 3499), VERDICT_ACCEPT);
	scratch_fsck(t);
}

static void a_large_step_given_up_leaves_nothing(void **state)
{
	struct scratch *t = *state;
	struct bulk_step *b;
	struct error err = {0};
	struct verdict_counts counts;

	GOOD(bulk_begin(&b, t->s, "all", &err));
	bulk_verdicts(t, b, 2500);
	GOOD(bulk_end(b, false, NULL, &err));
	GOOD(store_counts(t->s, 0, &counts, &err));
	assert_int_equal(counts.decisions, 0);
	assert_int_equal(workspace_undo(t->w, NULL, NULL, NULL, &err), TAMIS_ENOTFOUND);
	scratch_fsck(t);
}

static void a_decision_during_a_large_step_wins_over_it(void **state)
{
	struct scratch *t = *state;
	struct bulk_step *b;
	struct error err = {0};

	GOOD(bulk_begin(&b, t->s, "all", &err));
	bulk_verdicts(t, b, 10);
	decide(t, 3, VERDICT_REJECT);
	GOOD(bulk_end(b, true, NULL, &err));
	assert_int_equal(scratch_verdict_of(t, 3), VERDICT_REJECT);
	assert_int_equal(scratch_verdict_of(t, 4), VERDICT_ACCEPT);
	scratch_fsck(t);
}

/* Between "finished" and "all of it in `current`" a process may die: readers see the whole step, the next open ends it. */
static void a_finished_step_is_seen_whole_before_it_is_applied(void **state)
{
	struct scratch *t = *state;
	struct step step = { .kind = STEP_DO, .annotator = "ann", .label = "half", .before = 1 };
	struct decision d = scratch_verdict(1, VERDICT_ACCEPT);
	struct map128 map = {0};
	struct error err = {0};

	GOOD(step_insert(&t->s->db, &step, STEP_FILLING, &err));
	GOOD(decision_append(&t->s->db, &step, &d, "", false, &err));
	GOOD(step_finish(&t->s->db, step.id, &err));
	assert_int_equal(scratch_verdict_of(t, 1), VERDICT_ACCEPT);
	GOOD(store_verdict_map(t->s, &map, &err));
	assert_int_equal(map.n, 1);
	map128_free(&map);
	decide(t, 1, VERDICT_REJECT);
	assert_int_equal(scratch_verdict_of(t, 1), VERDICT_REJECT);
	scratch_reopen(t);
	scratch_fsck(t);
	undo(t, 1);
	assert_int_equal(scratch_verdict_of(t, 1), VERDICT_ACCEPT);
}

static void a_step_whose_process_died_is_removed_at_the_next_open(void **state)
{
	struct scratch *t = *state;
	struct step step = { .kind = STEP_DO, .annotator = "ann", .label = "lost", .before = 1 };
	struct decision d = scratch_verdict(1, VERDICT_ACCEPT);
	struct error err = {0};
	int64_t rows;

	GOOD(step_insert(&t->s->db, &step, STEP_FILLING, &err));
	GOOD(decision_append(&t->s->db, &step, &d, "", false, &err));
	GOOD(db_exec(&t->s->db, "UPDATE step SET owner = '999999999 1'", &err));
	scratch_reopen(t);
	GOOD(db_int(&t->s->db, &rows, -1, &err, "SELECT count(*) FROM decision", ""));
	assert_int_equal(rows, 0);
	scratch_fsck(t);
}

static void a_new_question_asks_again_and_the_old_answers_stay(void **state)
{
	struct scratch *t = *state;
	struct error err = {0};

	decide(t, 1, VERDICT_ACCEPT);
	GOOD(store_setting_put(t->s, "question", span_of("guideline 2"), &err));
	assert_int_equal(scratch_verdict_of(t, 1), VERDICT_NONE);
	decide(t, 1, VERDICT_REJECT);
	GOOD(store_setting_put(t->s, "question", span_of(""), &err));
	assert_int_equal(scratch_verdict_of(t, 1), VERDICT_ACCEPT);
	scratch_fsck(t);
}

static void history_and_counts_tell_what_was_done(void **state)
{
	struct scratch *t = *state;
	struct decision_row *rows;
	struct verdict_counts counts;
	struct error err = {0};
	size_t n;

	decide(t, 1, VERDICT_ACCEPT);
	decide(t, 2, VERDICT_REJECT);
	decide(t, 2, VERDICT_FLAG);
	undo(t, 1);
	GOOD(store_history(t->s, 10, &rows, &n, &err));
	assert_int_equal(n, 3);
	assert_int_equal(rows[0].verdict, VERDICT_FLAG);
	assert_int_equal(rows[0].previous, VERDICT_REJECT);
	assert_true(rows[0].undone);
	assert_false(rows[1].undone);
	assert_string_equal(rows[2].annotator, "ann");
	free(rows);
	GOOD(store_counts(t->s, 0, &counts, &err));
	assert_int_equal(counts.by[VERDICT_ACCEPT], 1);
	assert_int_equal(counts.by[VERDICT_REJECT], 1);
	assert_int_equal(counts.by[VERDICT_FLAG], 0);
	assert_int_equal(counts.decisions, 3);
	assert_int_equal(counts.undone, 1);
	assert_int_equal(counts.median_shown_ms, 100);
}

static void fail_once(void *ctx, int64_t ticket, const struct error *err)
{
	(void)ticket;
	if (err)
		atomic_fetch_add(&((struct heard *)ctx)->n, 1);
}

/* A file size limit stands for the full disk: the next byte of the log can't be written. */
static void a_disk_that_refuses_is_told_and_later_decisions_work(void **state)
{
	struct scratch *t = *state;
	struct decision d = scratch_verdict(2, VERDICT_ACCEPT);
	struct heard failures = {0};
	struct rlimit old, none;
	struct error err = {0};

	decide(t, 1, VERDICT_ACCEPT);
	workspace_on_durable(t->w, fail_once, &failures);
	getrlimit(RLIMIT_FSIZE, &old);
	none = (struct rlimit){ .rlim_cur = 1, .rlim_max = old.rlim_max };
	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &none);
	workspace_decide(t->w, &d, 1, "");
	assert_int_equal(workspace_flush(t->w, &err), TAMIS_ESTORE);
	setrlimit(RLIMIT_FSIZE, &old);
	assert_true(err.msg[0] != '\0');
	assert_int_equal(atomic_load(&failures.n), 1);
	assert_int_equal(scratch_verdict_of(t, 2), VERDICT_NONE);
	assert_int_equal(scratch_verdict_of(t, 1), VERDICT_ACCEPT);
	decide(t, 2, VERDICT_REJECT);
	assert_int_equal(scratch_verdict_of(t, 2), VERDICT_REJECT);
	workspace_off_durable(t->w, fail_once, &failures);
	scratch_fsck(t);
}

static void fsck_finds_a_verdict_that_its_log_does_not_lead_to(void **state)
{
	struct scratch *t = *state;
	struct error err = {0};
	int n = 0;

	decide(t, 1, VERDICT_ACCEPT);
	GOOD(db_exec(&t->s->db, "UPDATE current SET verdict = 2", &err));
	GOOD(store_fsck(t->s, scratch_count_problem, &n, &err));
	assert_int_equal(n, 1);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)
	const struct CMUnitTest tests[] = {
		T(verdict_is_what_was_decided_last),
		T(a_change_of_one_field_keeps_the_others),
		T(undo_takes_back_step_by_step_across_sessions),
		T(a_new_decision_ends_redo),
		T(undo_leaves_alone_what_another_annotator_decided_since),
		T(several_decisions_of_one_call_are_one_step),
		T(every_listener_hears_each_ticket_once),
		T(a_large_step_counts_when_it_ends_and_is_undone_as_one),
		T(a_large_step_given_up_leaves_nothing),
		T(a_decision_during_a_large_step_wins_over_it),
		T(a_finished_step_is_seen_whole_before_it_is_applied),
		T(a_step_whose_process_died_is_removed_at_the_next_open),
		T(a_new_question_asks_again_and_the_old_answers_stay),
		T(history_and_counts_tell_what_was_done),
		T(a_disk_that_refuses_is_told_and_later_decisions_work),
		T(fsck_finds_a_verdict_that_its_log_does_not_lead_to),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
