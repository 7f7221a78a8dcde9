/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The decision writer: one thread, one connection.
 *
 * A face submits and goes on painting.  The thread takes everything that is queued, commits it in one durable
 * transaction and then tells the face which tickets are safe: while one commit waits for the disk, the next group gathers.
 * The log is moved into FILE (a checkpoint, which syncs twice) when nobody is waiting. */
#include "store/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/i18n.h"
#include "base/log.h"

#define IDLE_MS 300          /* without a decision: time to tidy up */
#define WAL_TIDY_PAGES 1000  /* worth it from here when idle */
#define WAL_LARGE_PAGES 8000 /* not put off any longer */

#define LISTENERS 8

struct request {
	struct request *next;
	int64_t ticket;
	char *label;
	struct decision *decisions;
	size_t n;
};

struct writer {
	struct workspace *w;
	struct db db;
	pthread_t thread;
	bool started;
	bool fresh;       /* the file is new and not synced yet */
	int wal_pages;    /* after the last commit */
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct request *head, **tail;
	bool closed;
	int64_t submitted, done; /* tickets */
	struct error failed;     /* the first failure not yet told by workspace_flush() */
	pthread_mutex_t listen; /* held while listeners are called */
	struct listener {
		durable_fn durable;
		void *ctx;
	} listeners[LISTENERS];
};

static void free_request(struct request *r)
{
	for (size_t i = 0; i < r->n; i++) {
		free((char *)r->decisions[i].note);
		free((char *)r->decisions[i].edit);
	}
	free(r->decisions);
	free(r->label);
	free(r);
}

static int write_request(struct writer *wr, const struct request *r, const char *question, bool pending,
			 struct error *err)
{
	struct step step = { .kind = STEP_DO, .annotator = wr->w->annotator, .label = r->label };
	int rc = step_insert(&wr->db, &step, STEP_APPLIED, err);

	if (rc == 0)
		workspace_own_step(wr->w, step.id);
	for (size_t i = 0; rc == 0 && i < r->n; i++)
		rc = decision_append(&wr->db, &step, &r->decisions[i], question, pending, err);
	return rc;
}

static int write_group(struct writer *wr, const struct request *first, struct error *err)
{
	struct buf question = BUF_INIT;
	bool pending;
	int rc = db_begin(&wr->db, err);

	if (rc < 0)
		return rc;
	rc = pending_steps(&wr->db, &pending, err);
	if (rc == 0)
		rc = question_get(&wr->db, &question, err);
	for (const struct request *r = first; rc == 0 && r; r = r->next)
		rc = write_request(wr, r, question.p, pending, err);
	buf_free(&question);
	return db_end(&wr->db, rc, err);
}

/* Waits for requests; NULL after IDLE_MS without any (`*closed` when there will be none). */
static struct request *take(struct writer *wr, bool *closed)
{
	struct request *all;
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_nsec += IDLE_MS * 1000000L;
	until.tv_sec += until.tv_nsec / 1000000000L;
	until.tv_nsec %= 1000000000L;
	pthread_mutex_lock(&wr->lock);
	while (wr->head == NULL && !wr->closed) {
		int rc = wr->wal_pages >= WAL_TIDY_PAGES ? pthread_cond_timedwait(&wr->changed, &wr->lock, &until)
							 : pthread_cond_wait(&wr->changed, &wr->lock);
		if (rc == ETIMEDOUT)
			break;
	}
	all = wr->head;
	wr->head = NULL;
	wr->tail = &wr->head;
	*closed = wr->closed && all == NULL;
	pthread_mutex_unlock(&wr->lock);
	return all;
}

static void tell(struct writer *wr, int64_t ticket, const struct error *err)
{
	pthread_mutex_lock(&wr->listen);
	for (size_t i = 0; i < LISTENERS; i++)
		if (wr->listeners[i].durable)
			wr->listeners[i].durable(wr->listeners[i].ctx, ticket, err);
	pthread_mutex_unlock(&wr->listen);
}

static void finish(struct writer *wr, struct request *all, const struct error *err)
{
	int64_t last = 0;

	while (all) {
		struct request *next = all->next;

		last = all->ticket;
		tell(wr, last, err);
		free_request(all);
		all = next;
	}
	pthread_mutex_lock(&wr->lock);
	wr->done = last;
	if (err && wr->failed.code == 0)
		wr->failed = *err;
	pthread_cond_broadcast(&wr->changed);
	pthread_mutex_unlock(&wr->lock);
}

static int wal_grew(void *ctx, sqlite3 *handle, const char *name, int pages)
{
	struct writer *wr = ctx;

	(void)handle;
	(void)name;
	wr->wal_pages = pages;
	return SQLITE_OK;
}

static void tidy(struct writer *wr)
{
	sqlite3_wal_checkpoint_v2(wr->db.handle, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
	wr->wal_pages = 0;
}

/* A new workspace was made without waiting for the disk: now the file and its name are made safe. */
static void sync_new_file(const char *path)
{
	char *copy = xstrdup(path);
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd >= 0) {
		fsync(fd);
		close(fd);
	}
	fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0) {
		fsync(fd);
		close(fd);
	}
	free(copy);
}

static void *run_writer(void *arg)
{
	struct writer *wr = arg;
	bool closed = false;

	if (wr->fresh)
		sync_new_file(wr->w->path);
	while (!closed) {
		struct request *all = take(wr, &closed);
		struct error err = {0};

		if (all) {
			int rc = write_group(wr, all, &err);

			if (rc < 0)
				log_line("decisions: not written: %s", err.msg);
			finish(wr, all, rc < 0 ? &err : NULL);
		}
		if (wr->wal_pages >= (all ? WAL_LARGE_PAGES : WAL_TIDY_PAGES))
			tidy(wr);
	}
	return NULL;
}

static int take_connection(struct writer *wr, struct db *db, struct error *err)
{
	int rc = db_exec(db, "PRAGMA synchronous=FULL; PRAGMA cache_size=-4096; PRAGMA wal_autocheckpoint=0", err);

	sqlite3_wal_hook(db->handle, wal_grew, wr);
	wr->db = *db;
	*db = (struct db){0};
	return rc;
}

int writer_start(struct workspace *w, struct db *db, bool fresh, struct error *err)
{
	struct writer *wr;
	int rc;

	if (w->flags & WORKSPACE_READ_ONLY)
		return 0;
	wr = w->writer = xcalloc(1, sizeof *wr);
	wr->w = w;
	wr->fresh = fresh;
	wr->tail = &wr->head;
	pthread_mutex_init(&wr->lock, NULL);
	pthread_mutex_init(&wr->listen, NULL);
	pthread_cond_init(&wr->changed, NULL);
	rc = take_connection(wr, db, err);
	if (rc == 0)
		rc = thread_start(&wr->thread, "decisions", run_writer, wr, err);
	wr->started = rc == 0;
	return rc;
}

void writer_stop(struct workspace *w)
{
	struct writer *wr = w->writer;

	if (wr == NULL)
		return;
	if (wr->started) {
		pthread_mutex_lock(&wr->lock);
		wr->closed = true;
		pthread_cond_broadcast(&wr->changed);
		pthread_mutex_unlock(&wr->lock);
		pthread_join(wr->thread, NULL);
	}
	db_close(&wr->db);
	pthread_cond_destroy(&wr->changed);
	pthread_mutex_destroy(&wr->listen);
	pthread_mutex_destroy(&wr->lock);
	free(wr);
	w->writer = NULL;
}

/* Puts `to` where `from` is. */
static void swap_listener(struct workspace *w, struct listener from, struct listener to)
{
	struct writer *wr = w->writer;

	if (wr == NULL)
		return;
	pthread_mutex_lock(&wr->listen);
	for (size_t i = 0; i < LISTENERS; i++) {
		struct listener *at = &wr->listeners[i];

		if (at->durable == from.durable && at->ctx == from.ctx) {
			*at = to;
			break;
		}
	}
	pthread_mutex_unlock(&wr->listen);
}

void workspace_on_durable(struct workspace *w, durable_fn durable, void *ctx)
{
	swap_listener(w, (struct listener){0}, (struct listener){ durable, ctx });
}

void workspace_off_durable(struct workspace *w, durable_fn durable, void *ctx)
{
	swap_listener(w, (struct listener){ durable, ctx }, (struct listener){0});
}

static char *copy_text(const char *text)
{
	return text ? xstrdup(text) : NULL;
}

int64_t workspace_decide(struct workspace *w, const struct decision *d, size_t n, const char *label)
{
	struct writer *wr = w->writer;
	struct request *r;
	int64_t ticket;

	if (wr == NULL)
		return error_set(NULL, TAMIS_ESTORE, "read-only");
	r = xcalloc(1, sizeof *r);
	r->label = xstrdup(label ? label : "");
	r->decisions = xcalloc(n ? n : 1, sizeof *r->decisions);
	r->n = n;
	for (size_t i = 0; i < n; i++) {
		r->decisions[i] = d[i];
		r->decisions[i].note = copy_text(d[i].note);
		r->decisions[i].edit = copy_text(d[i].edit);
	}
	pthread_mutex_lock(&wr->lock);
	ticket = r->ticket = ++wr->submitted;
	*wr->tail = r;
	wr->tail = &r->next;
	pthread_cond_broadcast(&wr->changed);
	pthread_mutex_unlock(&wr->lock);
	return ticket;
}

int workspace_flush(struct workspace *w, struct error *err)
{
	struct writer *wr = w->writer;
	struct error failed;

	if (wr == NULL)
		return 0; /* opened for reading: nothing was submitted */
	pthread_mutex_lock(&wr->lock);
	while (wr->done < wr->submitted)
		pthread_cond_wait(&wr->changed, &wr->lock);
	failed = wr->failed;
	wr->failed = (struct error){0};
	pthread_mutex_unlock(&wr->lock);
	return failed.code ? error_set(err, failed.code, "%s", failed.msg) : 0;
}
