/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Jobs: threads that report, can be stopped, and work beside decisions. */
#include "scratch.h"

#include <poll.h>
#include <signal.h>

#include "jobs/job.h"

static int count_to_ten(struct job *job, struct store *s, void *arg, struct error *err)
{
	(void)err;
	assert_non_null(s);
	for (int i = 1; i <= 10; i++) {
		*(int *)arg = i;
		job_progress(job, (uint64_t)i, 10);
	}
	job_counts(job, 9, 1);
	job_summary(job, "counted to %d", 10);
	return 0;
}

static int give_up(struct job *job, struct store *s, void *arg, struct error *err)
{
	(void)job;
	(void)s;
	(void)arg;
	return error_set(err, TAMIS_EPARSE, "line 3 is wrong");
}

static int until_cancelled(struct job *job, struct store *s, void *arg, struct error *err)
{
	(void)s;
	(void)arg;
	while (!job_cancelled(job))
		poll(NULL, 0, 1);
	return error_set(err, TAMIS_ECANCEL, "stopped");
}

static void a_job_reports_and_ends_with_its_summary(void **state)
{
	struct scratch *t = *state;
	struct jobs *jobs = jobs_new(t->w, NULL);
	struct job_snapshot shown[4];
	int *n = xcalloc(1, sizeof *n);

	jobs_wait(jobs, jobs_start(jobs, "counting", count_to_ten, n, free));
	assert_int_equal(*n, 10);
	assert_int_equal(jobs_snapshot(jobs, shown, 4), 1);
	assert_true(shown[0].ended);
	assert_int_equal(shown[0].code, 0);
	assert_int_equal(shown[0].done, 10);
	assert_int_equal(shown[0].kept, 9);
	assert_string_equal(shown[0].title, "counting");
	assert_string_equal(shown[0].message, "counted to 10");
	assert_int_equal(jobs_running(jobs), 0);
	jobs_free(jobs);
}

static void a_failed_job_ends_with_its_sentence(void **state)
{
	struct scratch *t = *state;
	struct jobs *jobs = jobs_new(t->w, NULL);
	struct job_snapshot shown[1];

	jobs_wait(jobs, jobs_start(jobs, "failing", give_up, NULL, NULL));
	jobs_snapshot(jobs, shown, 1);
	assert_int_equal(shown[0].code, TAMIS_EPARSE);
	assert_string_equal(shown[0].message, "line 3 is wrong");
	jobs_free(jobs);
}

static void a_job_can_be_cancelled_and_wakes_its_face(void **state)
{
	struct scratch *t = *state;
	struct error err = {0};
	struct wake wake;
	struct jobs *jobs;
	struct job *job;
	struct job_snapshot shown[1];
	struct pollfd fd;

	GOOD(wake_init(&wake, &err));
	jobs = jobs_new(t->w, &wake);
	job = jobs_start(jobs, "waiting", until_cancelled, NULL, NULL);
	assert_int_equal(jobs_running(jobs), 1);
	jobs_cancel(jobs, 0);
	jobs_wait(jobs, job);
	fd = (struct pollfd){ .fd = wake.read_fd, .events = POLLIN };
	assert_int_equal(poll(&fd, 1, 2000), 1);
	jobs_snapshot(jobs, shown, 1);
	assert_true(shown[0].cancelled);
	jobs_free(jobs);
	wake_free(&wake);
}

static void freeing_the_set_stops_what_runs(void **state)
{
	struct scratch *t = *state;
	struct jobs *jobs = jobs_new(t->w, NULL);

	for (int i = 0; i < 3; i++)
		jobs_start(jobs, "waiting", until_cancelled, NULL, NULL);
	jobs_free(jobs);
}

static void in_the_foreground_the_result_is_the_jobs(void **state)
{
	struct scratch *t = *state;
	struct error err = {0};
	int n = 0;

	assert_int_equal(job_run(t->w, "counting", count_to_ten, &n, true, &err), 0);
	assert_int_equal(n, 10);
	assert_int_equal(job_run(t->w, "failing", give_up, NULL, true, &err), TAMIS_EPARSE);
	assert_string_equal(err.msg, "line 3 is wrong");
}

static void *interrupt_soon(void *arg)
{
	(void)arg;
	poll(NULL, 0, 50);
	kill(getpid(), SIGINT);
	return NULL;
}

static void interrupt_stops_a_job_in_the_foreground(void **state)
{
	struct scratch *t = *state;
	struct error err = {0};
	pthread_t thread;

	GOOD(thread_start(&thread, "interrupt", interrupt_soon, NULL, &err));
	assert_int_equal(job_run(t->w, "waiting", until_cancelled, NULL, true, &err), TAMIS_ECANCEL);
	pthread_join(thread, NULL);
}

static char *many_lines(struct scratch *t, unsigned n)
{
	struct buf text = BUF_INIT;
	char *path;

	for (unsigned i = 0; i < n; i++)
		buf_addf(&text, "{\"text\":\"document number %u, some more words to read and to hash here\"}\n", i);
	path = scratch_file(t, "many.jsonl", buf_span(&text));
	buf_free(&text);
	return path;
}

/* Decisions, readers and an import of one process, all at once: for ThreadSanitizer as much as for the counts. */
static void decisions_and_readers_work_beside_an_import(void **state)
{
	struct scratch *t = *state;
	char *path = many_lines(t, 60000);
	struct import_result result = {0};
	struct import_request req = { .paths = &path, .n_paths = 1, .corpus = "c", .result = &result };
	struct jobs *jobs = jobs_new(t->w, NULL);
	struct verdict_counts counts;
	struct error err = {0};
	struct job *job = jobs_start(jobs, "import", import_job, &req, NULL);
	unsigned n = 0;

	do {
		for (unsigned i = 0; i < 5; i++, n++) {
			struct decision d = scratch_verdict(n, VERDICT_ACCEPT);

			workspace_decide(t->w, &d, 1, "");
		}
		GOOD(workspace_flush(t->w, &err));
		assert_int_equal(scratch_verdict_of(t, n - 1), VERDICT_ACCEPT);
	} while (jobs_running(jobs));
	jobs_wait(jobs, job);
	assert_int_equal(result.records, 60000);
	GOOD(store_counts(t->s, 0, &counts, &err));
	assert_int_equal(counts.by[VERDICT_ACCEPT], n);
	jobs_free(jobs);
	free(path);
	scratch_fsck(t);
}

static int import_and_cancel(struct job *job, struct store *s, void *arg, struct error *err)
{
	return import_job(job, s, arg, err);
}

static void a_cancelled_import_keeps_what_is_finished_and_goes_on(void **state)
{
	struct scratch *t = *state;
	char *path = many_lines(t, 200000);
	struct import_result result = {0};
	struct import_request req = { .paths = &path, .n_paths = 1, .corpus = "c", .result = &result };
	struct jobs *jobs = jobs_new(t->w, NULL);
	struct corpus corpus;
	struct error err = {0};
	struct job *job = jobs_start(jobs, "import", import_and_cancel, &req, NULL);
	struct job_snapshot shown[1];

	do {
		jobs_snapshot(jobs, shown, 1);
	} while (shown[0].kept < 30000 && !shown[0].ended);
	jobs_cancel(jobs, 0);
	jobs_wait(jobs, job);
	jobs_snapshot(jobs, shown, 1);
	if (shown[0].code == TAMIS_ECANCEL) { /* else it was faster than we are */
		GOOD(store_corpus_get(t->s, &corpus, "c", &err));
		assert_true(corpus.records >= 30000 && corpus.records < 200000);
		GOOD(import_run(NULL, t->s, &req, &result, &err));
		assert_int_equal(result.records, 200000 - corpus.records);
	}
	GOOD(store_corpus_get(t->s, &corpus, "c", &err));
	assert_int_equal(corpus.records, 200000);
	jobs_free(jobs);
	free(path);
	scratch_fsck(t);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)
	const struct CMUnitTest tests[] = {
		T(a_job_reports_and_ends_with_its_summary),
		T(a_failed_job_ends_with_its_sentence),
		T(a_job_can_be_cancelled_and_wakes_its_face),
		T(freeing_the_set_stops_what_runs),
		T(in_the_foreground_the_result_is_the_jobs),
		T(interrupt_stops_a_job_in_the_foreground),
		T(decisions_and_readers_work_beside_an_import),
		T(a_cancelled_import_keeps_what_is_finished_and_goes_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
