/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Opening workspaces, and the small tables. */
#include "scratch.h"

#include <fcntl.h>
#include <math.h>
#include <sys/stat.h>

#include "store/internal.h"
#include "store/schema.h"

static void refuses(const char *path, unsigned flags, const char *words)
{
	struct workspace *w;
	struct error err = {0};

	assert_int_equal(workspace_open(&w, path, flags, NULL, &err), TAMIS_ESTORE);
	assert_null(w);
	if (strstr(err.msg, words) == NULL)
		print_error("%s\n", err.msg);
	assert_non_null(strstr(err.msg, words));
}

static void says_in_one_sentence_what_is_no_workspace(void **state)
{
	struct scratch *t = *state;
	char *garbage = scratch_file(t, "garbage", span_of("{\"text\": \"not a database\"}\n"));
	char *empty = scratch_file(t, "empty", span_make("", 0));
	char *missing = fs_join(t->folder, "missing");
	char *nowhere = fs_join(t->folder, "no/such/folder/w");

	refuses(t->folder, WORKSPACE_CREATE, "a folder");
	refuses(garbage, WORKSPACE_CREATE, "not a tamis workspace");
	refuses(missing, 0, "no workspace here");
	refuses(empty, 0, "no workspace here");
	refuses(nowhere, WORKSPACE_CREATE, "can't be opened");
	refuses("/dev/null", WORKSPACE_CREATE, "not an ordinary file");
	assert_int_equal(access(missing, F_OK), -1);
	free(garbage);
	free(empty);
	free(missing);
	free(nowhere);
}

static void refuses_another_programs_database_and_leaves_it_as_it_is(void **state)
{
	struct scratch *t = *state;
	char *path = fs_join(t->folder, "other.db");
	struct buf before = BUF_INIT, after = BUF_INIT;
	struct error err = {0};
	struct db db;

	GOOD(db_open(&db, path, DB_CREATE, &err));
	GOOD(db_exec(&db, "CREATE TABLE mine(x); INSERT INTO mine VALUES(1)", &err));
	db_close(&db);
	GOOD(fs_read_all(&before, path, 1 << 20, &err));
	refuses(path, WORKSPACE_CREATE, "not a tamis workspace");
	GOOD(fs_read_all(&after, path, 1 << 20, &err));
	assert_true(span_eq(buf_span(&before), buf_span(&after)));
	buf_free(&before);
	buf_free(&after);
	free(path);
}

static void refuses_a_newer_version(void **state)
{
	struct scratch *t = *state;
	struct error err = {0};

	GOOD(db_exec(&t->s->db, "PRAGMA user_version = 99", &err));
	scratch_close(t);
	refuses(t->file, WORKSPACE_CREATE, "newer tamis");
	unlink(t->file);
	scratch_open(t);
}

static const char *const steps_to_2[] = {
	"CREATE TABLE thing(a); INSERT INTO thing VALUES('kept')",
	"ALTER TABLE thing ADD COLUMN b DEFAULT 'new'",
};
static const char *const steps_that_fail[] = { "", "", "CREATE TABLE half(x); NOT SQL" };

static int64_t count(struct db *db, const char *sql)
{
	struct error err = {0};
	int64_t n;

	/* The statement cache goes by the literal's address, so ask afresh. */
	sqlite3_stmt *stmt;
	assert_int_equal(sqlite3_prepare_v2(db->handle, sql, -1, &stmt, NULL), SQLITE_OK);
	assert_int_equal(db_step(db, stmt, &err), 1);
	n = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	return n;
}

static void migrates_an_older_file_after_a_copy_and_not_by_half(void **state)
{
	struct scratch *t = *state;
	char *path = fs_join(t->folder, "old.tamis"), *copy = fs_join(t->folder, "old.tamis.v1.bak");
	struct error err = {0};
	struct db db, kept;

	GOOD(db_open(&db, path, DB_CREATE, &err));
	GOOD(migrate(&db, steps_to_2, 1, true, &err));
	assert_int_equal(access(copy, F_OK), -1); /* nothing to copy when it is made */
	GOOD(migrate(&db, steps_to_2, 2, false, &err));
	assert_int_equal(count(&db, "SELECT count(*) FROM thing WHERE a = 'kept' AND b = 'new'"), 1);
	GOOD(db_open(&kept, copy, 0, &err));
	assert_int_equal(count(&kept, "SELECT count(*) FROM pragma_table_info('thing')"), 1);
	assert_int_equal(count(&kept, "PRAGMA user_version"), 1);
	db_close(&kept);
	assert_true(migrate(&db, steps_that_fail, 3, false, &err) < 0);
	assert_int_equal(count(&db, "PRAGMA user_version"), 2);
	assert_int_equal(count(&db, "SELECT count(*) FROM sqlite_schema WHERE name = 'half'"), 0);
	db_close(&db);
	free(path);
	free(copy);
}

static void the_schema_says_its_version(void **state)
{
	(void)state;
	assert_int_equal(schema_n_migrations, STORE_SCHEMA_VERSION);
}

static void reads_a_workspace_on_a_disk_that_nobody_writes(void **state)
{
	struct scratch *t = *state;
	struct decision d = scratch_verdict(1, VERDICT_ACCEPT);
	struct error err = {0};
	struct workspace *w;
	struct store *s;
	struct verdict_state st;

	workspace_decide(t->w, &d, 1, "");
	GOOD(workspace_flush(t->w, &err));
	scratch_close(t);
	GOOD(workspace_open(&w, t->file, WORKSPACE_READ_ONLY, NULL, &err));
	GOOD(store_open(&s, w, &err));
	GOOD(store_verdict_get(s, &st, &d.key, &err));
	assert_int_equal(st.verdict, VERDICT_ACCEPT);
	verdict_state_free(&st);
	assert_true(store_setting_put(s, "x", span_of("1"), &err) < 0);
	assert_non_null(strstr(err.msg, "can't be written"));
	store_close(s);
	workspace_close(w);
	scratch_open(t);
}

static void a_full_disk_is_said_and_changes_nothing(void **state)
{
	struct scratch *t = *state;
	struct buf large = BUF_INIT;
	struct error err = {0};

	buf_fill(&large, 'x', 1 << 20);
	GOOD(db_exec(&t->s->db, "PRAGMA max_page_count = 1", &err));
	assert_int_equal(store_setting_put(t->s, "large", buf_span(&large), &err), TAMIS_ESTORE);
	assert_non_null(strstr(err.msg, "the disk is full"));
	assert_non_null(strstr(err.msg, t->file));
	GOOD(db_exec(&t->s->db, "PRAGMA max_page_count = 1000000", &err));
	buf_clear(&large);
	assert_int_equal(store_setting_get(t->s, "large", &large, &err), TAMIS_ENOTFOUND);
	buf_free(&large);
	scratch_fsck(t);
}

static void fsck_names_the_damage_of_a_damaged_file(void **state)
{
	struct scratch *t = *state;
	struct decision d[500];
	struct error err = {0};
	int n = 0;
	FILE *file;

	for (unsigned i = 0; i < 500; i++)
		d[i] = scratch_verdict(i, VERDICT_ACCEPT);
	workspace_decide(t->w, d, 500, "");
	GOOD(workspace_flush(t->w, &err));
	scratch_close(t);
	file = fopen(t->file, "r+b");
	fseek(file, -4096, SEEK_END);
	for (int i = 0; i < 4096; i++)
		putc(0xee, file);
	fclose(file);
	scratch_open(t);
	GOOD(store_fsck(t->s, scratch_count_problem, &n, &err));
	assert_true(n > 0);
}

static void keeps_settings(void **state)
{
	struct scratch *t = *state;
	struct buf value = BUF_INIT;
	struct error err = {0};

	assert_int_equal(store_setting_get(t->s, "seed", &value, &err), TAMIS_ENOTFOUND);
	GOOD(store_setting_put(t->s, "seed", span_of("1"), &err));
	GOOD(store_setting_put(t->s, "seed", span_of("{\"a\":2}"), &err));
	scratch_reopen(t);
	GOOD(store_setting_get(t->s, "seed", &value, &err));
	assert_string_equal(value.p, "{\"a\":2}");
	buf_free(&value);
}

static void keeps_runs_and_items_in_order(void **state)
{
	struct scratch *t = *state;
	struct run run = { .pipeline = "dedup", .parameters = xstrdup("{\"n\":5}"), .engine = "1" }, *runs;
	struct item_row rows[3], one;
	struct buf text = BUF_INIT;
	struct error err = {0};
	int64_t *ids;
	size_t n;

	GOOD(store_run_begin(t->s, &run, &err));
	for (unsigned i = 0; i < 3; i++)
		rows[i] = (struct item_row){ .kind = KIND_CLUSTER, .key = scratch_key(i), .score = i == 1 ? NAN : (double)i,
					     .suggestion = VERDICT_REJECT, .body = "{\"k\":1}", .body_len = 7 };
	GOOD(store_items_add(t->s, run.id, rows, 3, &err));
	run.counts = xstrdup("{\"clusters\":3}");
	GOOD(store_run_end(t->s, &run, &err));
	GOOD(store_item_ids(t->s, run.id, KIND_CLUSTER, "-score", &ids, &n, &err));
	assert_int_equal(n, 3);
	GOOD(store_item_get(t->s, &one, &text, ids[0], &err));
	assert_true(one.score == 2.0);
	assert_int_equal(one.suggestion, VERDICT_REJECT);
	assert_string_equal(text.p, "{\"k\":1}");
	buf_clear(&text);
	GOOD(store_item_get(t->s, &one, &text, ids[2], &err));
	assert_true(isnan(one.score));
	free(ids);
	GOOD(store_run_list(t->s, &runs, &n, &err));
	assert_int_equal(n, 1);
	assert_string_equal(runs[0].counts, "{\"clusters\":3}");
	assert_true(runs[0].ended_ms >= runs[0].started_ms && runs[0].ended_ms > 0);
	run_free(&runs[0]);
	free(runs);
	run_free(&run);
	buf_free(&text);
	scratch_fsck(t);
}

static void references_are_written_and_read_back(void **state)
{
	static const char *const bad[] = { "", "0", "1.0", "01", "1.", ".1", "1.2.3", "-1", "1x", "99999999.1",
					   "1.99999999999999" };
	char text[32];

	(void)state;
	item_ref_format(text, item_ref_record(7, 41));
	assert_string_equal(text, "7.42");
	assert_int_equal(item_ref_parse(span_of("7.42")), item_ref_record(7, 41));
	assert_int_equal(item_ref_source(item_ref_parse(span_of("7.42"))), 7);
	assert_int_equal(item_ref_number(item_ref_parse(span_of("7.42"))), 41);
	assert_int_equal(item_ref_id(item_ref_parse(span_of("123"))), 123);
	assert_false(item_ref_is_record(item_ref_parse(span_of("123"))));
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_int_equal(item_ref_parse(span_of(bad[i])), ITEM_REF_NONE);
}

static void two_workspaces_on_one_file_wait_for_each_other(void **state)
{
	struct scratch *t = *state;
	struct workspace *other;
	struct error err = {0};
	struct verdict_counts counts;

	GOOD(workspace_open(&other, t->file, 0, "bob", &err));
	for (unsigned i = 0; i < 200; i++) {
		struct decision d = scratch_verdict(i, VERDICT_ACCEPT);

		workspace_decide(i & 1 ? other : t->w, &d, 1, "");
	}
	GOOD(workspace_flush(t->w, &err));
	GOOD(workspace_flush(other, &err));
	GOOD(store_counts(t->s, 0, &counts, &err));
	assert_int_equal(counts.by[VERDICT_ACCEPT], 200);
	workspace_close(other);
	scratch_fsck(t);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)
	const struct CMUnitTest tests[] = {
		T(says_in_one_sentence_what_is_no_workspace),
		T(refuses_another_programs_database_and_leaves_it_as_it_is),
		T(refuses_a_newer_version),
		T(migrates_an_older_file_after_a_copy_and_not_by_half),
		T(the_schema_says_its_version),
		T(reads_a_workspace_on_a_disk_that_nobody_writes),
		T(a_full_disk_is_said_and_changes_nothing),
		T(fsck_names_the_damage_of_a_damaged_file),
		T(keeps_settings),
		T(keeps_runs_and_items_in_order),
		T(references_are_written_and_read_back),
		T(two_workspaces_on_one_file_wait_for_each_other),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
