/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A job is a pipeline run on a thread of its own: it opens its own store, may use parallel_for(), reports progress and
 * can be cancelled.  A face starts jobs, polls their snapshots when woken, and shows them; on the command line the
 * same job runs in the foreground (job_run).
 */
#ifndef TAMIS_JOBS_JOB_H
#define TAMIS_JOBS_JOB_H

#include "store/store.h"

struct job;

/* What a job does.  Returns 0 or a negative code with `err` filled; must look at job_cancelled() at least every 20 ms of
 * work, keep what is finished, and leave the workspace consistent. */
typedef int (*job_fn)(struct job *job, struct store *store, void *arg, struct error *err);

struct job_snapshot {
	int64_t id;
	char title[96];        /* translated: "importing crawl.jsonl" */
	uint64_t done, total;  /* total 0 when unknown; unit is the job's own */
	char unit[16];         /* "bytes", "records", "pairs", translated */
	uint64_t kept, rejected;
	char note[96];         /* what else is going on, translated: "12 calls in flight" */
	bool ended, cancelled;
	int code;              /* of the end */
	char message[500];     /* error or summary */
	int64_t started_us, ended_us;
};

/* The set of this process's jobs.  `wake` (may be NULL) is woken at progress (at most 20 times a second) and at ends. */
struct jobs;
struct jobs *jobs_new(struct workspace *w, const struct wake *wake);
void jobs_free(struct jobs *j); /* cancels and joins all */
/* `arg` is owned by the job from here; `release` (may be NULL) frees it. */
struct job *jobs_start(struct jobs *j, const char *title, job_fn fn, void *arg, void (*release)(void *));
size_t jobs_snapshot(struct jobs *j, struct job_snapshot *out, size_t max); /* newest first */
size_t jobs_running(struct jobs *j);
void jobs_cancel(struct jobs *j, int64_t id); /* 0: all */
void jobs_wait(struct jobs *j, struct job *job);

/* In the foreground, with a progress line on stderr when it is a terminal and not `quiet`; SIGINT cancels. */
int job_run(struct workspace *w, const char *title, job_fn fn, void *arg, bool quiet, struct error *err);

/* For job functions.  A NULL job is one that nobody watches: never cancelled, reports to nobody. */
bool job_cancelled(const struct job *job);
const atomic_bool *job_cancel_flag(const struct job *job);
void job_progress(struct job *job, uint64_t done, uint64_t total);
void job_unit(struct job *job, const char *unit);
void job_counts(struct job *job, uint64_t kept, uint64_t rejected);
void job_note(struct job *job, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void job_summary(struct job *job, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
unsigned job_threads(const struct job *job); /* -j, else thread_count_default() */
void jobs_set_threads(struct jobs *j, unsigned n);

#endif
