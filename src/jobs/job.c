/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Jobs: a thread each, a snapshot for whoever looks, a wake-up at most twenty times a second. */
#include "jobs/job.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/log.h"

#define WAKE_INTERVAL_US 50000
#define BACKGROUND_NICE 5

struct job {
	struct job *next; /* older */
	struct workspace *w;
	const struct wake *wake;
	unsigned threads;
	job_fn fn;
	void *arg;
	void (*release)(void *);
	pthread_t thread;
	bool background; /* a face goes on beside it */
	bool started;
	bool joined;
	atomic_bool cancel;
	_Atomic int64_t woken_us;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct job_snapshot shown;
};

struct jobs {
	struct workspace *w;
	const struct wake *wake;
	pthread_mutex_t lock;
	struct job *newest;
	int64_t last_id;
	unsigned threads;
};

static struct job *job_new(struct workspace *w, const char *title, job_fn fn, void *arg)
{
	struct job *job = xcalloc(1, sizeof *job);

	job->w = w;
	job->fn = fn;
	job->arg = arg;
	pthread_mutex_init(&job->lock, NULL);
	pthread_cond_init(&job->changed, NULL);
	snprintf(job->shown.title, sizeof job->shown.title, "%s", title);
	job->shown.started_us = clock_steady_us();
	return job;
}

static void job_free(struct job *job)
{
	if (job->started && !job->joined)
		pthread_join(job->thread, NULL);
	if (job->release)
		job->release(job->arg);
	pthread_cond_destroy(&job->changed);
	pthread_mutex_destroy(&job->lock);
	free(job);
}

static void wake(struct job *job, bool now)
{
	int64_t us = clock_steady_us(), last = atomic_load(&job->woken_us);

	if (job->wake == NULL || (!now && us - last < WAKE_INTERVAL_US))
		return;
	atomic_store(&job->woken_us, us);
	wake_up(job->wake);
}

static void end_job(struct job *job, int rc, const struct error *err)
{
	pthread_mutex_lock(&job->lock);
	job->shown.ended = true;
	job->shown.cancelled = rc == TAMIS_ECANCEL;
	job->shown.code = rc;
	job->shown.ended_us = clock_steady_us();
	if (rc < 0)
		snprintf(job->shown.message, sizeof job->shown.message, "%s", err->msg);
	pthread_cond_broadcast(&job->changed);
	pthread_mutex_unlock(&job->lock);
	if (rc < 0)
		log_line("job: %s: %s", job->shown.title, err->msg);
	wake(job, true);
}

static void *run_job(void *arg)
{
	struct job *job = arg;
	struct error err = {0};
	struct store *store;
	int rc;

	if (job->background) /* Linux: of this thread and those it starts; a key goes before an import */
		setpriority(PRIO_PROCESS, 0, BACKGROUND_NICE);
	rc = store_open(&store, job->w, &err);
	if (rc == 0) {
		rc = job->fn(job, store, job->arg, &err);
		store_close(store);
	}
	end_job(job, rc < 0 ? rc : 0, &err);
	return NULL;
}

struct jobs *jobs_new(struct workspace *w, const struct wake *waker)
{
	struct jobs *j = xcalloc(1, sizeof *j);

	j->w = w;
	j->wake = waker;
	pthread_mutex_init(&j->lock, NULL);
	return j;
}

void jobs_free(struct jobs *j)
{
	if (j == NULL)
		return;
	jobs_cancel(j, 0);
	while (j->newest) {
		struct job *job = j->newest;

		j->newest = job->next;
		job_free(job);
	}
	pthread_mutex_destroy(&j->lock);
	free(j);
}

void jobs_set_threads(struct jobs *j, unsigned n)
{
	pthread_mutex_lock(&j->lock);
	j->threads = n;
	pthread_mutex_unlock(&j->lock);
}

struct job *jobs_start(struct jobs *j, const char *title, job_fn fn, void *arg, void (*release)(void *))
{
	struct job *job = job_new(j->w, title, fn, arg);
	struct error err = {0};
	int rc;

	job->wake = j->wake;
	job->release = release;
	job->background = true;
	pthread_mutex_lock(&j->lock);
	job->threads = j->threads;
	job->shown.id = ++j->last_id;
	job->next = j->newest;
	j->newest = job;
	rc = thread_start(&job->thread, "job", run_job, job, &err);
	job->started = rc == 0;
	pthread_mutex_unlock(&j->lock);
	if (rc < 0)
		end_job(job, rc, &err);
	return job;
}

size_t jobs_snapshot(struct jobs *j, struct job_snapshot *out, size_t max)
{
	size_t n = 0;

	pthread_mutex_lock(&j->lock);
	for (struct job *job = j->newest; job && n < max; job = job->next) {
		pthread_mutex_lock(&job->lock);
		out[n++] = job->shown;
		pthread_mutex_unlock(&job->lock);
	}
	pthread_mutex_unlock(&j->lock);
	return n;
}

size_t jobs_running(struct jobs *j)
{
	size_t n = 0;

	pthread_mutex_lock(&j->lock);
	for (struct job *job = j->newest; job; job = job->next) {
		pthread_mutex_lock(&job->lock);
		n += !job->shown.ended;
		pthread_mutex_unlock(&job->lock);
	}
	pthread_mutex_unlock(&j->lock);
	return n;
}

void jobs_cancel(struct jobs *j, int64_t id)
{
	pthread_mutex_lock(&j->lock);
	for (struct job *job = j->newest; job; job = job->next)
		if (id == 0 || job->shown.id == id)
			atomic_store(&job->cancel, true);
	pthread_mutex_unlock(&j->lock);
}

void jobs_wait(struct jobs *j, struct job *job)
{
	(void)j;
	pthread_mutex_lock(&job->lock);
	while (!job->shown.ended)
		pthread_cond_wait(&job->changed, &job->lock);
	pthread_mutex_unlock(&job->lock);
}

/* ---- in the foreground ---- */

static void print_progress(const struct job_snapshot *s)
{
	double seconds = (double)(clock_steady_us() - s->started_us) / 1e6;

	if (s->total)
		fprintf(stderr, "\r%s: %3.0f %%, %.0f s%s%s\033[K", s->title,
			100.0 * (double)(s->done < s->total ? s->done : s->total) / (double)s->total, seconds, s->note[0] ? ", " : "",
			s->note);
	else
		fprintf(stderr, "\r%s: %llu %s, %.0f s%s%s\033[K", s->title, (unsigned long long)s->done, s->unit, seconds,
			s->note[0] ? ", " : "", s->note);
	fflush(stderr);
}

/* Looks every 100 ms, and at once when the job ends or a signal asks to stop. */
static void watch(struct job *job, int signals, const struct wake *waker, bool show)
{
	struct pollfd fds[2] = { { .fd = signals, .events = POLLIN }, { .fd = waker->read_fd, .events = POLLIN } };
	struct job_snapshot now;
	bool printed = false;

	for (;;) {
		struct signalfd_siginfo info;

		poll(fds, 2, show ? 100 : -1);
		if (signals >= 0 && read(signals, &info, sizeof info) == (ssize_t)sizeof info)
			atomic_store(&job->cancel, true);
		wake_drain(waker);
		pthread_mutex_lock(&job->lock);
		now = job->shown;
		pthread_mutex_unlock(&job->lock);
		if (now.ended)
			break;
		if (show && clock_steady_us() - now.started_us > 300000) {
			print_progress(&now);
			printed = true;
		}
	}
	if (printed)
		fputs("\r\033[K", stderr);
}

int job_run(struct workspace *w, const char *title, job_fn fn, void *arg, bool quiet, struct error *err)
{
	struct job *job = job_new(w, title, fn, arg);
	struct wake waker;
	sigset_t stop, old;
	int signals, rc = wake_init(&waker, err);

	if (rc < 0) {
		job_free(job);
		return rc;
	}
	job->wake = &waker;
	sigemptyset(&stop);
	sigaddset(&stop, SIGINT);
	sigaddset(&stop, SIGTERM);
	sigaddset(&stop, SIGHUP);
	pthread_sigmask(SIG_BLOCK, &stop, &old);
	signals = signalfd(-1, &stop, SFD_CLOEXEC | SFD_NONBLOCK);
	rc = thread_start(&job->thread, "job", run_job, job, err);
	if (rc == 0) {
		job->started = true;
		watch(job, signals, &waker, !quiet && isatty(STDERR_FILENO));
		pthread_join(job->thread, NULL);
		job->joined = true;
		rc = job->shown.code;
		if (rc < 0)
			error_set(err, rc, "%s", job->shown.message);
	}
	if (signals >= 0)
		close(signals);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	wake_free(&waker);
	job_free(job);
	return rc;
}

/* ---- for job functions ---- */

bool job_cancelled(const struct job *job)
{
	return job && atomic_load_explicit(&job->cancel, memory_order_relaxed);
}

const atomic_bool *job_cancel_flag(const struct job *job)
{
	return job ? &job->cancel : NULL;
}

void job_progress(struct job *job, uint64_t done, uint64_t total)
{
	if (job == NULL)
		return;
	pthread_mutex_lock(&job->lock);
	job->shown.done = done;
	job->shown.total = total;
	pthread_mutex_unlock(&job->lock);
	wake(job, false);
}

void job_unit(struct job *job, const char *unit)
{
	if (job == NULL)
		return;
	pthread_mutex_lock(&job->lock);
	snprintf(job->shown.unit, sizeof job->shown.unit, "%s", unit);
	pthread_mutex_unlock(&job->lock);
}

void job_counts(struct job *job, uint64_t kept, uint64_t rejected)
{
	if (job == NULL)
		return;
	pthread_mutex_lock(&job->lock);
	job->shown.kept = kept;
	job->shown.rejected = rejected;
	pthread_mutex_unlock(&job->lock);
}

void job_note(struct job *job, const char *fmt, ...)
{
	va_list ap;

	if (job == NULL)
		return;
	pthread_mutex_lock(&job->lock);
	va_start(ap, fmt);
	vsnprintf(job->shown.note, sizeof job->shown.note, fmt, ap);
	va_end(ap);
	pthread_mutex_unlock(&job->lock);
	wake(job, false);
}

void job_summary(struct job *job, const char *fmt, ...)
{
	va_list ap;

	if (job == NULL)
		return;
	pthread_mutex_lock(&job->lock);
	va_start(ap, fmt);
	vsnprintf(job->shown.message, sizeof job->shown.message, fmt, ap);
	va_end(ap);
	pthread_mutex_unlock(&job->lock);
}

unsigned job_threads(const struct job *job)
{
	return job && job->threads ? job->threads : thread_count_default();
}
