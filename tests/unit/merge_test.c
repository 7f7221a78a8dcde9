/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two curators' workspaces become one. */
#include "scratch.h"

/* Bob's workspace, beside Ann's. */
struct pair {
	struct scratch ann, bob;
};

static int setup(void **state)
{
	struct pair *p = xcalloc(1, sizeof *p);
	void *ann = NULL;
	struct error err = {0};

	if (scratch_setup(&ann) != 0)
		return -1;
	p->ann = *(struct scratch *)ann;
	free(ann);
	p->bob.folder = xstrdup(p->ann.folder);
	p->bob.file = fs_join(p->bob.folder, "bob's.tamis");
	GOOD(workspace_open(&p->bob.w, p->bob.file, WORKSPACE_CREATE, "bob", &err));
	GOOD(store_open(&p->bob.s, p->bob.w, &err));
	*state = p;
	return 0;
}

static int teardown(void **state)
{
	struct pair *p = *state;
	struct scratch *ann = xcalloc(1, sizeof *ann);
	void *rest = ann;

	scratch_close(&p->bob);
	free(p->bob.file);
	free(p->bob.folder);
	*ann = p->ann;
	free(p);
	return scratch_teardown(&rest);
}

static void decide(struct scratch *t, unsigned n, enum verdict verdict)
{
	struct decision d = scratch_verdict(n, verdict);
	struct error err = {0};

	workspace_decide(t->w, &d, 1, "");
	GOOD(workspace_flush(t->w, &err));
}

static void undo(struct scratch *t)
{
	struct error err = {0};

	GOOD(workspace_undo(t->w, NULL, NULL, NULL, &err));
}

static struct merge_counts merge(struct scratch *into, const struct scratch *from)
{
	struct merge_counts counts;
	struct error err = {0};

	GOOD(store_merge(into->s, from->file, &counts, &err));
	scratch_fsck(into);
	return counts;
}

static void decisions_of_different_items_come_together(void **state)
{
	struct pair *p = *state;
	struct merge_counts counts;

	decide(&p->ann, 1, VERDICT_ACCEPT);
	decide(&p->bob, 2, VERDICT_REJECT);
	counts = merge(&p->ann, &p->bob);
	assert_int_equal(counts.decisions, 1);
	assert_int_equal(counts.conflicts, 0);
	assert_int_equal(scratch_verdict_of(&p->ann, 1), VERDICT_ACCEPT);
	assert_int_equal(scratch_verdict_of(&p->ann, 2), VERDICT_REJECT);
	assert_int_equal(scratch_verdict_of(&p->bob, 1), VERDICT_NONE);
}

static void merging_twice_changes_nothing(void **state)
{
	struct pair *p = *state;
	struct merge_counts counts;
	struct verdict_counts before, after;
	struct error err = {0};

	decide(&p->ann, 1, VERDICT_ACCEPT);
	decide(&p->bob, 1, VERDICT_REJECT);
	merge(&p->ann, &p->bob);
	GOOD(store_counts(p->ann.s, 0, &before, &err));
	counts = merge(&p->ann, &p->bob);
	assert_int_equal(counts.decisions, 0);
	assert_int_equal(counts.known, 1);
	assert_int_equal(counts.conflicts, 0);
	GOOD(store_counts(p->ann.s, 0, &after, &err));
	assert_memory_equal(&before, &after, sizeof before);
}

static void different_verdicts_are_a_conflict_and_flagged(void **state)
{
	struct pair *p = *state;
	struct verdict_state st;
	struct hash128 key = scratch_key(1);
	struct error err = {0};

	decide(&p->ann, 1, VERDICT_ACCEPT);
	decide(&p->bob, 1, VERDICT_REJECT);
	assert_int_equal(merge(&p->ann, &p->bob).conflicts, 1);
	GOOD(store_verdict_get(p->ann.s, &st, &key, &err));
	assert_int_equal(st.verdict, VERDICT_FLAG);
	assert_string_equal(st.note, "ann: accept / bob: reject");
	verdict_state_free(&st);
}

static void decide_with_note(struct scratch *t, enum verdict verdict, uint32_t reasons, const char *note)
{
	struct decision d = scratch_verdict(1, verdict);
	struct error err = {0};

	d.fields |= DECISION_REASONS | DECISION_NOTE;
	d.reasons = reasons;
	d.note = (char *)note;
	workspace_decide(t->w, &d, 1, "");
	GOOD(workspace_flush(t->w, &err));
}

static void is_now(struct scratch *t, enum verdict verdict, uint32_t reasons, const char *note)
{
	struct verdict_state st;
	struct hash128 key = scratch_key(1);
	struct error err = {0};

	GOOD(store_verdict_get(t->s, &st, &key, &err));
	assert_int_equal(st.verdict, verdict);
	assert_int_equal(st.reasons, reasons);
	assert_string_equal(st.note ? st.note : "", note);
	verdict_state_free(&st);
}

static void a_conflict_keeps_notes_and_reasons_and_undo_brings_ours_back(void **state)
{
	struct pair *p = *state;
	struct error err = {0};
	int64_t count;

	decide_with_note(&p->ann, VERDICT_ACCEPT, 4, "mynote");
	decide_with_note(&p->bob, VERDICT_REJECT, 16, "bnote");
	assert_int_equal(merge(&p->ann, &p->bob).one_name, 0);
	is_now(&p->ann, VERDICT_FLAG, 4 | 16, "ann: accept: mynote / bob: reject: bnote");
	GOOD(workspace_undo(p->ann.w, &count, NULL, NULL, &err));
	assert_int_equal(count, 1);
	is_now(&p->ann, VERDICT_ACCEPT, 4, "mynote");
	GOOD(workspace_redo(p->ann.w, &count, NULL, NULL, &err));
	assert_int_equal(count, 1);
	is_now(&p->ann, VERDICT_FLAG, 4 | 16, "ann: accept: mynote / bob: reject: bnote");
	scratch_fsck(&p->ann);
}

static void the_same_verdict_keeps_both_notes(void **state)
{
	struct pair *p = *state;

	decide_with_note(&p->ann, VERDICT_ACCEPT, 4, "mynote");
	decide_with_note(&p->bob, VERDICT_ACCEPT, 16, "bnote");
	assert_int_equal(merge(&p->ann, &p->bob).conflicts, 0);
	is_now(&p->ann, VERDICT_ACCEPT, 4 | 16, "ann: mynote / bob: bnote");
	undo(&p->ann);
	is_now(&p->ann, VERDICT_ACCEPT, 4, "mynote");
}

static void undoing_a_merge_takes_the_others_decisions_back(void **state)
{
	struct pair *p = *state;

	decide(&p->bob, 2, VERDICT_REJECT);
	merge(&p->ann, &p->bob);
	undo(&p->ann);
	assert_int_equal(scratch_verdict_of(&p->ann, 2), VERDICT_NONE);
	scratch_fsck(&p->ann);
}

static void two_of_one_name_are_told_apart_and_no_undo_is_empty(void **state)
{
	struct pair *p = *state;
	struct error err = {0};
	int64_t count;

	scratch_close(&p->bob);
	GOOD(workspace_open(&p->bob.w, p->bob.file, WORKSPACE_CREATE, "ann", &err));
	GOOD(store_open(&p->bob.s, p->bob.w, &err));
	decide_with_note(&p->ann, VERDICT_ACCEPT, 4, "mynote");
	decide_with_note(&p->bob, VERDICT_REJECT, 16, "bnote");
	assert_int_equal(merge(&p->ann, &p->bob).one_name, 1);
	is_now(&p->ann, VERDICT_FLAG, 4 | 16, "ann (w.tamis): accept: mynote / ann (bob's.tamis): reject: bnote");
	GOOD(workspace_undo(p->ann.w, &count, NULL, NULL, &err));
	assert_int_equal(count, 1);
	is_now(&p->ann, VERDICT_ACCEPT, 4, "mynote");
	GOOD(workspace_undo(p->ann.w, &count, NULL, NULL, &err)); /* the own verdict, not the other ann's, which changes nothing */
	assert_int_equal(count, 1);
	assert_int_equal(scratch_verdict_of(&p->ann, 1), VERDICT_NONE);
	assert_int_equal(workspace_undo(p->ann.w, &count, NULL, NULL, &err), TAMIS_ENOTFOUND);
}

static void the_same_verdict_is_no_conflict(void **state)
{
	struct pair *p = *state;

	decide(&p->ann, 1, VERDICT_ACCEPT);
	decide(&p->bob, 1, VERDICT_ACCEPT);
	assert_int_equal(merge(&p->ann, &p->bob).conflicts, 0);
	assert_int_equal(scratch_verdict_of(&p->ann, 1), VERDICT_ACCEPT);
	undo(&p->ann);
	assert_int_equal(scratch_verdict_of(&p->ann, 1), VERDICT_NONE);
	scratch_fsck(&p->ann);
}

static void who_goes_on_from_the_others_state_is_followed(void **state)
{
	struct pair *p = *state;

	decide(&p->ann, 1, VERDICT_ACCEPT);
	merge(&p->bob, &p->ann);
	decide(&p->bob, 1, VERDICT_REJECT); /* bob has seen ann's verdict and thinks otherwise */
	assert_int_equal(merge(&p->ann, &p->bob).conflicts, 0);
	assert_int_equal(scratch_verdict_of(&p->ann, 1), VERDICT_REJECT);
	decide(&p->ann, 1, VERDICT_SKIP);
	assert_int_equal(merge(&p->ann, &p->bob).conflicts, 0); /* ann went on: bob's log has nothing new */
	assert_int_equal(scratch_verdict_of(&p->ann, 1), VERDICT_SKIP);
}

static void a_solved_conflict_is_solved_for_both(void **state)
{
	struct pair *p = *state;

	decide(&p->ann, 1, VERDICT_ACCEPT);
	decide(&p->bob, 1, VERDICT_REJECT);
	merge(&p->ann, &p->bob);
	decide(&p->ann, 1, VERDICT_REJECT);
	assert_int_equal(merge(&p->bob, &p->ann).conflicts, 0);
	assert_int_equal(scratch_verdict_of(&p->bob, 1), VERDICT_REJECT);
}

static void an_undo_travels(void **state)
{
	struct pair *p = *state;

	decide(&p->ann, 1, VERDICT_ACCEPT);
	decide(&p->ann, 2, VERDICT_ACCEPT);
	merge(&p->bob, &p->ann);
	undo(&p->ann);
	assert_int_equal(merge(&p->bob, &p->ann).conflicts, 0);
	assert_int_equal(scratch_verdict_of(&p->bob, 1), VERDICT_ACCEPT);
	assert_int_equal(scratch_verdict_of(&p->bob, 2), VERDICT_NONE);
}

static void refuses_what_is_no_workspace(void **state)
{
	struct pair *p = *state;
	char *garbage = scratch_file(&p->ann, "garbage", span_of("not a database, but long enough to look at"));
	struct merge_counts counts;
	struct error err = {0};

	assert_int_equal(store_merge(p->ann.s, garbage, &counts, &err), TAMIS_ESTORE);
	assert_int_equal(store_merge(p->ann.s, "/no/such/file", &counts, &err), TAMIS_ESTORE);
	decide(&p->ann, 1, VERDICT_ACCEPT);
	merge(&p->ann, &p->bob);
	free(garbage);
}

static void merging_with_itself_is_harmless(void **state)
{
	struct pair *p = *state;

	decide(&p->ann, 1, VERDICT_ACCEPT);
	assert_int_equal(merge(&p->ann, &p->bob).decisions, 0);
	merge(&p->bob, &p->ann);
	assert_int_equal(merge(&p->bob, &p->ann).decisions, 0);
	assert_int_equal(scratch_verdict_of(&p->bob, 1), VERDICT_ACCEPT);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(decisions_of_different_items_come_together),
		T(merging_twice_changes_nothing),
		T(different_verdicts_are_a_conflict_and_flagged),
		T(a_conflict_keeps_notes_and_reasons_and_undo_brings_ours_back),
		T(the_same_verdict_keeps_both_notes),
		T(undoing_a_merge_takes_the_others_decisions_back),
		T(two_of_one_name_are_told_apart_and_no_undo_is_empty),
		T(the_same_verdict_is_no_conflict),
		T(who_goes_on_from_the_others_state_is_followed),
		T(a_solved_conflict_is_solved_for_both),
		T(an_undo_travels),
		T(refuses_what_is_no_workspace),
		T(merging_with_itself_is_harmless),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
