/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Export: which records go out, as which bytes, and what the manifest says. */
#include "scratch.h"

#include "jobs/export.h"
#include "review/item.h"

static const char *const lines[] = {
	"{\"text\" : \"zero, with odd   spaces\", \"n\":1.50}",
	"{\"text\":\"one \\u00e9scaped\"}",
	"{\"n\":2,\"text\":\"two\"}",
	"{\"text\":\"three is a longer text in English\"}",
};

static void import_lines(struct scratch *t)
{
	struct buf text = BUF_INIT;
	struct import_result r;
	struct error err = {0};
	char *path;

	for (size_t i = 0; i < 4; i++)
		buf_addf(&text, "%s\n", lines[i]);
	path = scratch_file(t, "a.jsonl", buf_span(&text));
	GOOD(scratch_import(t, path, &r, &err));
	assert_int_equal(r.records, 4);
	buf_free(&text);
	free(path);
}

static struct hash128 key_of(struct scratch *t, uint64_t i)
{
	struct corpus_view *view = scratch_view(t, "c");
	struct record_fact fact;
	struct error err = {0};

	GOOD(corpus_view_facts(view, t->s, i, 1, &fact, &err));
	corpus_view_close(view);
	return fact.key;
}

static void decide(struct scratch *t, uint64_t i, enum verdict verdict, const char *edit)
{
	struct decision d = { .key = key_of(t, i), .ref = item_ref_record(1, i), .kind = KIND_DOCUMENT,
			      .fields = DECISION_VERDICT | (edit ? DECISION_EDIT : 0), .verdict = verdict, .edit = edit };
	struct error err = {0};

	workspace_decide(t->w, &d, 1, "");
	GOOD(workspace_flush(t->w, &err));
}

/* Exports to NAME in the folder and reads it back. */
static struct export_result run(struct scratch *t, struct export_request req, const char *name, struct buf *out)
{
	char *path = fs_join(t->folder, name);
	struct export_result r;
	struct error err = {0};

	req.to = path;
	if (req.corpus == NULL && req.run == 0)
		req.corpus = "c";
	GOOD(export_run(NULL, t->s, &req, &r, &err));
	buf_clear(out);
	GOOD(fs_read_all(out, path, 1 << 26, &err));
	free(path);
	return r;
}

static void accepted_records_leave_as_their_own_bytes(void **state)
{
	struct scratch *t = *state;
	struct buf out = BUF_INIT, want = BUF_INIT;
	struct export_result r;

	import_lines(t);
	decide(t, 0, VERDICT_ACCEPT, NULL);
	decide(t, 1, VERDICT_REJECT, NULL);
	decide(t, 3, VERDICT_ACCEPT, NULL);
	r = run(t, (struct export_request){ .accepted = true }, "out.jsonl", &out);
	buf_addf(&want, "%s\n%s\n", lines[0], lines[3]);
	assert_string_equal(out.p, want.p);
	assert_int_equal(r.written, 2);
	assert_int_equal(r.seen, 4);
	assert_int_equal(r.bytes, out.len);
	buf_free(&out);
	buf_free(&want);
}

static void the_manifest_has_counts_and_a_digest_that_holds(void **state)
{
	struct scratch *t = *state;
	struct buf out = BUF_INIT, manifest = BUF_INIT;
	struct sha256 *sha = sha256_begin();
	struct export_result r;
	struct error err = {0};
	char digest[65];

	import_lines(t);
	r = run(t, (struct export_request){0}, "out.jsonl", &out);
	sha256_add(sha, out.p, out.len);
	sha256_end_hex(sha, digest);
	assert_string_equal(r.sha256, digest);
	GOOD(fs_read_all(&manifest, r.manifest, 1 << 16, &err));
	assert_non_null(strstr(manifest.p, digest));
	assert_non_null(strstr(manifest.p, "\"written\":4"));
	assert_non_null(strstr(manifest.p, "\"name\":\"out.jsonl\""));
	sha256_free(sha);
	buf_free(&out);
	buf_free(&manifest);
}

static void a_filter_and_accepted_hold_together(void **state)
{
	struct scratch *t = *state;
	struct buf out = BUF_INIT;
	struct export_result r;

	import_lines(t);
	decide(t, 2, VERDICT_ACCEPT, NULL);
	decide(t, 3, VERDICT_ACCEPT, NULL);
	r = run(t, (struct export_request){ .accepted = true, .where = "text~tw" }, "out.jsonl", &out);
	assert_int_equal(r.written, 1);
	assert_true(span_starts(buf_span(&out), lines[2]));
	buf_free(&out);
}

static void an_edit_goes_out_and_changes_nothing_else(void **state)
{
	struct scratch *t = *state;
	struct buf out = BUF_INIT;
	struct export_result r;

	import_lines(t);
	decide(t, 2, VERDICT_ACCEPT, "{\"text\":\"two, corrected\"}");
	r = run(t, (struct export_request){ .accepted = true }, "out.jsonl", &out);
	assert_non_null(strstr(out.p, "two, corrected"));
	assert_int_equal(r.edits_left_out, 0);
	assert_int_equal(r.edited, 1);
	r = run(t, (struct export_request){ .accepted = true, .format = "csv" }, "out.csv", &out);
	assert_non_null(strstr(out.p, "two, corrected"));
	assert_int_equal(r.edited, 1);
	assert_int_equal(r.edits_left_out, 0);
	buf_free(&out);
}

static void annotate_adds_one_member_and_keeps_the_rest(void **state)
{
	struct scratch *t = *state;
	struct buf out = BUF_INIT;

	import_lines(t);
	decide(t, 0, VERDICT_ACCEPT, "{\"text\":\"x\"}");
	run(t, (struct export_request){ .accepted = true, .annotate = true }, "out.jsonl", &out);
	assert_true(span_starts(buf_span(&out), "{\"text\" : \"x\", \"n\":1.50"));
	assert_non_null(strstr(out.p, "\"_tamis\""));
	assert_non_null(strstr(out.p, "\"verdict\":\"accept\""));
	assert_non_null(strstr(out.p, "\"edit\":{\"text\":\"x\"},\"original\":{\"text\":\"zero, with odd   spaces\"}"));
	buf_free(&out);
}

static void a_runs_items_go_out_as_their_bodies(void **state)
{
	struct scratch *t = *state;
	struct run run_row = { .pipeline = "mine", .engine = "1" };
	struct item_row rows[2];
	struct buf out = BUF_INIT;
	struct export_result r;
	struct error err = {0};
	const char *bodies[] = { "{\"source\":{\"text\":\"a\"},\"target\":{\"text\":\"b\"},\"margin\":1.1}",
				 "{\"source\":{\"text\":\"c\"},\"target\":{\"text\":\"d\"},\"margin\":1.2}" };

	GOOD(store_run_begin(t->s, &run_row, &err));
	for (unsigned i = 0; i < 2; i++)
		rows[i] = (struct item_row){ .kind = KIND_BITEXT, .key = scratch_key(i), .score = 1.0, .body = bodies[i],
					     .body_len = strlen(bodies[i]) };
	GOOD(store_items_add(t->s, run_row.id, rows, 2, &err));
	r = run(t, (struct export_request){ .run = run_row.id, .kind = KIND_BITEXT }, "out.jsonl", &out);
	assert_int_equal(r.written, 2);
	/* with their scores, which stand beside their bodies */
	assert_true(span_starts(buf_span(&out), "{\"source\":{\"text\":\"a\"},\"target\":{\"text\":\"b\"},\"score\":1,\"margin\":1.1}\n"));
	run_free(&run_row);
	buf_free(&out);
}

static void an_edited_answer_is_a_preference_over_the_original(void **state)
{
	struct scratch *t = *state;
	char *path = scratch_file(t, "i.jsonl", span_of("{\"instruction\":\"Say hello.\",\"input\":\"\",\"output\":\"helo\"}\n"
							"{\"instruction\":\"Say bye.\",\"input\":\"\",\"output\":\"bye\"}\n"));
	struct buf out = BUF_INIT;
	struct import_result ir;
	struct export_result r;
	struct error err = {0};

	GOOD(scratch_import(t, path, &ir, &err));
	assert_int_equal(ir.kind, KIND_INSTRUCTION);
	decide(t, 0, VERDICT_ACCEPT, "{\"response\":\"hello\"}");
	decide(t, 1, VERDICT_ACCEPT, NULL);
	r = run(t, (struct export_request){ .accepted = true, .format = "dpo" }, "out.jsonl", &out);
	assert_int_equal(r.written, 1);
	assert_int_equal(r.edited, 1);
	assert_int_equal(r.skipped, 1);
	assert_int_equal(r.unedited, 1);
	assert_non_null(strstr(out.p, "hello"));
	assert_non_null(strstr(out.p, "helo"));
	assert_true(strstr(out.p, "\"chosen\"") != NULL && strstr(out.p, "\"rejected\"") != NULL);
	buf_free(&out);
	free(path);
}

static void two_line_aligned_files_go_out_as_two(void **state)
{
	struct scratch *t = *state;
	char *en = scratch_file(t, "x.en-fr.en", span_of("The house is red.\nGood morning to you.\n"));
	char *fr = scratch_file(t, "x.en-fr.fr", span_of("La maison est rouge.\nBonjour \303\240 vous.\n"));
	char *path = fs_join(t->folder, "out"), *target = fs_join(t->folder, "out.fr");
	struct export_request req = { .corpus = "c", .to = path, .format = "moses" };
	struct buf out = BUF_INIT;
	struct import_result ir;
	struct export_result r;
	struct error err = {0};

	GOOD(scratch_import(t, en, &ir, &err));
	GOOD(export_run(NULL, t->s, &req, &r, &err));
	assert_int_equal(r.written, 2);
	GOOD(fs_read_all(&out, target, 1 << 16, &err));
	assert_string_equal(out.p, "La maison est rouge.\nBonjour \303\240 vous.\n");
	buf_clear(&out);
	GOOD(fs_read_all(&out, r.manifest, 1 << 16, &err));
	assert_non_null(strstr(out.p, "\"name\":\"out.en\""));
	assert_non_null(strstr(out.p, "\"name\":\"out.fr\""));
	buf_free(&out);
	free(en);
	free(fr);
	free(path);
	free(target);
}

static void failing_leaves_no_file(void **state)
{
	struct scratch *t = *state;
	char *path = fs_join(t->folder, "no/such/folder/out.jsonl"), *moses = fs_join(t->folder, "out.moses");
	struct export_request req = { .corpus = "c", .to = path };
	struct export_result r;
	struct error err = {0};

	import_lines(t);
	assert_int_equal(export_run(NULL, t->s, &req, &r, &err), TAMIS_EIO);
	req.to = moses;
	req.format = "moses";
	assert_int_equal(export_run(NULL, t->s, &req, &r, &err), TAMIS_EUSAGE);
	req.format = "nonsense";
	assert_int_equal(export_run(NULL, t->s, &req, &r, &err), TAMIS_EUSAGE);
	assert_int_equal(access(moses, F_OK), -1);
	free(path);
	free(moses);
}

static void a_record_of_twenty_megabytes_goes_through_in_pieces(void **state)
{
	struct scratch *t = *state;
	struct buf text = BUF_INIT, out = BUF_INIT;
	struct import_result ir;
	struct error err = {0};
	char *path;

	buf_adds(&text, "{\"text\":\"");
	for (unsigned i = 0; text.len < (size_t)20 << 20; i++)
		buf_addf(&text, "%u ", i);
	buf_adds(&text, "\"}\n");
	path = scratch_file(t, "long.jsonl", buf_span(&text));
	GOOD(scratch_import(t, path, &ir, &err));
	run(t, (struct export_request){0}, "out.jsonl", &out);
	assert_int_equal(out.len, text.len);
	assert_true(span_eq(buf_span(&out), buf_span(&text)));
	buf_free(&text);
	buf_free(&out);
	free(path);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)
	const struct CMUnitTest tests[] = {
		T(accepted_records_leave_as_their_own_bytes),
		T(the_manifest_has_counts_and_a_digest_that_holds),
		T(a_filter_and_accepted_hold_together),
		T(an_edit_goes_out_and_changes_nothing_else),
		T(annotate_adds_one_member_and_keeps_the_rest),
		T(a_runs_items_go_out_as_their_bodies),
		T(an_edited_answer_is_a_preference_over_the_original),
		T(two_line_aligned_files_go_out_as_two),
		T(failing_leaves_no_file),
		T(a_record_of_twenty_megabytes_goes_through_in_pieces),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
