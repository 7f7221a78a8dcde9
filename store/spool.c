/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The spool of replies: appended to as they arrive, emptied as their rows become durable.
 *
 * Two files take turns.  One is appended to; when it has grown over SPOOL_SIZE and every reply of the other is committed, the other,
 * emptied, takes over.  So neither grows without end while replies keep coming, and nothing is removed that is not committed.
 * A record: "TMSR", length of the reply, status, latency, key, reply, XXH3 of all that; a torn one ends the reading.
 * Which process holds a spool is told by a lock on its first file. */
#include "store/requests.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fs.h"
#include "base/i18n.h"
#include "store/internal.h"

enum { SPOOLS = 64, FILES = 2, KEY = 64, GROUP = 200 };
#define SPOOL_SIZE ((uint64_t)1 << 20)
#define RECORD_MOST ((uint64_t)256 << 20)

struct head {
	char magic[4];
	uint32_t status;
	uint64_t len;
	int64_t latency_ms;
	char key[KEY];
};

static const char magic[4] = { 'T', 'M', 'S', 'R' };

struct spool {
	char *path[FILES];
	int fd[FILES];
	uint64_t size[FILES];
	uint64_t pending[FILES]; /* appended, their rows not durable yet */
	unsigned at;             /* the file appended to */
	struct buf record;
	pthread_mutex_t lock;
};

/* ---- reading what was left ---- */

struct recovery {
	struct store *s;
	void (*read)(struct request_row *row);
	struct request_row rows[GROUP];
	size_t n;
	struct buf content;
};

static int save_group(struct recovery *r, struct error *err)
{
	int rc = r->n ? store_requests_save(r->s, r->rows, r->n, NULL, 0, NULL, err) : 0;

	r->n = 0;
	return rc;
}

/* The record at `*at` of the content; false at the end or where it is torn. */
static bool read_record(const struct buf *content, size_t *at, struct request_row *row)
{
	struct head head;
	uint64_t sum;
	size_t whole;

	if (content->len - *at < sizeof head + sizeof sum)
		return false;
	memcpy(&head, content->p + *at, sizeof head);
	if (memcmp(head.magic, magic, sizeof magic) != 0 || head.len > content->len - *at - sizeof head - sizeof sum)
		return false;
	whole = sizeof head + (size_t)head.len;
	memcpy(&sum, content->p + *at + whole, sizeof sum);
	if (sum != hash64(content->p + *at, whole, 0))
		return false;
	*row = (struct request_row){ .state = REQUEST_ANSWERED, .answered_ms = clock_wall_ms(), .attempts = 1,
				     .status = (long)head.status, .latency_ms = head.latency_ms,
				     .reply = span_make(content->p + *at + sizeof head, (size_t)head.len) };
	memcpy(row->key, head.key, KEY);
	*at += whole + sizeof sum;
	return true;
}

static int recover_file(struct recovery *r, int fd, uint64_t *recovered, struct error *err)
{
	struct request_row row;
	struct stat st;
	size_t at = 0;
	int rc = 0;

	if (fstat(fd, &st) < 0 || st.st_size == 0)
		return 0;
	if ((uint64_t)st.st_size > RECORD_MOST)
		return error_set(err, TAMIS_ESTORE, _("a file of replies beside the workspace is damaged (%lld bytes)"), (long long)st.st_size);
	buf_clear(&r->content);
	buf_reserve(&r->content, (size_t)st.st_size);
	if (fs_pread(fd, r->content.p, (size_t)st.st_size, 0) != (ssize_t)st.st_size)
		return error_errno(err, TAMIS_EIO, errno, _("the replies kept beside the workspace can't be read"));
	r->content.len = (size_t)st.st_size;
	while (rc == 0 && read_record(&r->content, &at, &row)) {
		r->read(&row);
		r->rows[r->n++] = row;
		++*recovered;
		if (r->n == GROUP)
			rc = save_group(r, err);
	}
	if (rc == 0)
		rc = save_group(r, err);
	if (rc == 0 && ftruncate(fd, 0) < 0)
		rc = error_errno(err, TAMIS_EIO, errno, _("the replies kept beside the workspace can't be removed"));
	return rc;
}

/* ---- opening ---- */

static void free_spool(struct spool *p)
{
	for (unsigned i = 0; i < FILES; i++) {
		if (p->fd[i] >= 0)
			close(p->fd[i]);
		free(p->path[i]);
		p->fd[i] = -1;
		p->path[i] = NULL;
	}
}

enum { FLAGS = O_RDWR | O_CREAT | O_CLOEXEC | O_APPEND };

/* Opens or makes the file and locks it; -EAGAIN when another has it, -1 with errno. */
static int lock_file(const char *path)
{
	struct stat held, named;
	int fd = open(path, FLAGS, 0600);

	/* Its last owner may have removed the file between our opening and our lock. */
	if (fd >= 0 && (flock(fd, LOCK_EX | LOCK_NB) < 0 || fstat(fd, &held) < 0 || stat(path, &named) < 0 || held.st_ino != named.st_ino)) {
		close(fd);
		return -EAGAIN;
	}
	return fd;
}

/* 1: ours; 0: another process has it. */
static int take_number(struct spool *p, const char *workspace, unsigned number, struct error *err)
{
	for (unsigned i = 0; i < FILES; i++) {
		p->path[i] = xasprintf("%s-replies-%u%c", workspace, number, 'a' + (int)i);
		p->fd[i] = i == 0 ? lock_file(p->path[i]) : open(p->path[i], FLAGS, 0600);
		if (p->fd[i] == -EAGAIN) {
			free_spool(p);
			return 0;
		}
		if (p->fd[i] < 0) {
			error_errno(err, TAMIS_ESTORE, errno, _("%s: can't be written"), p->path[i]);
			free_spool(p);
			return TAMIS_ESTORE;
		}
	}
	return 1;
}

/* What processes that are gone left under other numbers; those of living ones are locked.  `own` (NULL: none) is this process's. */
static int recover_all(struct spool *own, unsigned own_number, struct store *s, void (*read)(struct request_row *row),
		       uint64_t *recovered, struct error *err)
{
	struct recovery r = { .s = s, .read = read, .content = BUF_INIT };
	int rc = 0;

	for (unsigned number = 0; rc == 0 && number < SPOOLS; number++) {
		struct spool other = { .fd = { -1, -1 } }, *p = own && number == own_number ? own : &other;
		char *path = xasprintf("%s-replies-%u%c", s->w->path, number, 'a');
		bool there = access(path, F_OK) == 0;

		free(path);
		if (!there || (p == &other && take_number(p, s->w->path, number, NULL) <= 0))
			continue;
		for (unsigned i = 0; rc == 0 && i < FILES; i++)
			rc = recover_file(&r, p->fd[i], recovered, err);
		if (p == &other) {
			for (unsigned i = FILES; rc == 0 && i-- > 0;)
				unlink(p->path[i]);
			free_spool(p);
		}
	}
	buf_free(&r.content);
	return rc;
}

int spool_recover(struct store *s, void (*read)(struct request_row *row), uint64_t *recovered, struct error *err)
{
	*recovered = 0;
	return recover_all(NULL, 0, s, read, recovered, err);
}

int spool_open(struct spool **out, struct store *s, void (*read)(struct request_row *row), uint64_t *recovered, struct error *err)
{
	struct spool *p = xcalloc(1, sizeof *p);
	unsigned number = 0;
	int rc = 0;

	*out = NULL;
	*recovered = 0;
	for (unsigned i = 0; i < FILES; i++)
		p->fd[i] = -1;
	while (number < SPOOLS && (rc = take_number(p, s->w->path, number, err)) == 0)
		number++;
	if (rc == 0)
		rc = error_set(err, TAMIS_ESTORE, _("%s: too many programs are asking models for it"), s->w->path);
	if (rc > 0)
		rc = recover_all(p, number, s, read, recovered, err);
	if (rc < 0) {
		free_spool(p);
		free(p);
		return rc;
	}
	buf_init(&p->record);
	pthread_mutex_init(&p->lock, NULL);
	*out = p;
	return 0;
}

void spool_close(struct spool *p)
{
	if (p == NULL)
		return;
	for (unsigned i = FILES; i-- > 0;) /* the one with the lock last */
		if (p->pending[0] + p->pending[1] == 0)
			unlink(p->path[i]);
	free_spool(p);
	buf_free(&p->record);
	pthread_mutex_destroy(&p->lock);
	free(p);
}

/* ---- turns ---- */

/* A file of its own: opening and closing the workspace's would drop all locks SQLite holds on it. */
static char *turn_path(const struct store *s)
{
	return xasprintf("%s-replies-turn", s->w->path);
}

int requests_turn(struct store *s)
{
	char *path = turn_path(s);
	int fd = lock_file(path);

	free(path);
	return fd;
}

void requests_turn_over(struct store *s, int turn)
{
	char *path = turn_path(s);

	if (turn >= 0) {
		unlink(path);
		close(turn);
	}
	free(path);
}

/* ---- appending ---- */

static void take_turns(struct spool *p)
{
	unsigned other = 1 - p->at;

	if (p->size[p->at] < SPOOL_SIZE || p->pending[other])
		return;
	if (p->size[other] && ftruncate(p->fd[other], 0) == 0)
		p->size[other] = 0;
	if (p->size[other] == 0)
		p->at = other;
}

uint64_t spool_add(struct spool *p, const char *key, long status, int64_t latency_ms, struct span reply)
{
	struct head head = { .status = (uint32_t)status, .len = reply.len, .latency_ms = latency_ms };
	uint64_t sum, ticket = 0;

	memcpy(head.magic, magic, sizeof magic);
	memcpy(head.key, key, KEY);
	pthread_mutex_lock(&p->lock);
	buf_clear(&p->record);
	buf_add(&p->record, &head, sizeof head);
	buf_addspan(&p->record, reply);
	sum = hash64(p->record.p, p->record.len, 0);
	buf_add(&p->record, &sum, sizeof sum);
	take_turns(p);
	if (p->size[p->at] != UINT64_MAX && fs_write_all(p->fd[p->at], p->record.p, p->record.len) == 0) {
		p->size[p->at] += p->record.len;
		p->pending[p->at]++;
		ticket = p->at + 1;
	} else if (ftruncate(p->fd[p->at], (off_t)p->size[p->at]) < 0) { /* half a record would hide those after it */
		p->size[p->at] = UINT64_MAX; /* never again appended to while it holds anything */
	}
	pthread_mutex_unlock(&p->lock);
	return ticket;
}

void spool_committed(struct spool *p, uint64_t ticket)
{
	if (ticket == 0)
		return;
	pthread_mutex_lock(&p->lock);
	p->pending[ticket - 1]--;
	pthread_mutex_unlock(&p->lock);
}
