/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Data-parallel loops, message queues and the self-pipe. */
#include "base/thread.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/i18n.h"

unsigned thread_count_default(void)
{
	const char *wanted = getenv("TAMIS_THREADS");
	cpu_set_t set;
	int n = 0;

	if (wanted && atoi(wanted) > 0)
		return (unsigned)atoi(wanted);
	if (sched_getaffinity(0, sizeof set, &set) == 0)
		n = CPU_COUNT(&set);
	return n > 0 ? (unsigned)n : 1;
}

int thread_start(pthread_t *thread, const char *name, void *(*run)(void *), void *arg, struct error *err)
{
	sigset_t all, old;
	int rc;

	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &old);
	rc = pthread_create(thread, NULL, run, arg);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (rc)
		return error_errno(err, TAMIS_EIO, rc, _("a thread can't be started"));
	pthread_setname_np(*thread, name);
	return 0;
}

struct loop {
	atomic_size_t next;
	atomic_uint thread;
	size_t n;
	void (*body)(void *ctx, unsigned thread, size_t i);
	void *ctx;
	const atomic_bool *cancel;
};

static void *run_loop(void *arg)
{
	struct loop *loop = arg;
	unsigned thread = atomic_fetch_add(&loop->thread, 1);

	for (;;) {
		size_t i;

		if (loop->cancel && atomic_load_explicit(loop->cancel, memory_order_relaxed))
			break;
		i = atomic_fetch_add(&loop->next, 1);
		if (i >= loop->n)
			break;
		loop->body(loop->ctx, thread, i);
	}
	return NULL;
}

bool parallel_work(unsigned threads, size_t n, void (*body)(void *ctx, unsigned thread, size_t i), void (*first)(void *ctx), void *ctx,
		   const atomic_bool *cancel)
{
	struct loop loop = { .n = n, .body = body, .ctx = ctx, .cancel = cancel };
	size_t useful = n + (first != NULL);
	pthread_t *helpers;
	unsigned started = 0;

	if (threads > useful)
		threads = (unsigned)useful;
	helpers = xcalloc(threads, sizeof *helpers);
	while (started + 1 < threads && thread_start(&helpers[started], "worker", run_loop, &loop, NULL) == 0)
		started++;
	if (first)
		first(ctx);
	run_loop(&loop);
	for (unsigned i = 0; i < started; i++)
		pthread_join(helpers[i], NULL);
	free(helpers);
	return !(cancel && atomic_load(cancel));
}

struct plain_body {
	void (*body)(void *ctx, size_t i);
	void *ctx;
};

static void run_plain(void *ctx, unsigned thread, size_t i)
{
	const struct plain_body *plain = ctx;

	(void)thread;
	plain->body(plain->ctx, i);
}

bool parallel_for(unsigned threads, size_t n, void (*body)(void *ctx, size_t i), void *ctx,
		  const atomic_bool *cancel)
{
	struct plain_body plain = { body, ctx };

	return parallel_work(threads, n, run_plain, NULL, &plain, cancel);
}

int wake_init(struct wake *w, struct error *err)
{
	int fds[2];

	if (pipe2(fds, O_CLOEXEC | O_NONBLOCK) != 0)
		return error_errno(err, TAMIS_EIO, errno, _("a pipe can't be made"));
	w->read_fd = fds[0];
	w->write_fd = fds[1];
	return 0;
}

void wake_up(const struct wake *w)
{
	int saved = errno;
	ssize_t ignored = write(w->write_fd, "", 1); /* a full pipe wakes as well */

	(void)ignored;
	errno = saved;
}

void wake_drain(const struct wake *w)
{
	char sink[256];

	while (read(w->read_fd, sink, sizeof sink) > 0)
		;
}

void wake_free(struct wake *w)
{
	close(w->read_fd);
	close(w->write_fd);
}

void queue_init(struct queue *q, const struct wake *wake)
{
	*q = (struct queue){ .wake = wake };
	q->tail = &q->head;
	pthread_mutex_init(&q->lock, NULL);
	pthread_cond_init(&q->filled, NULL);
}

void queue_push(struct queue *q, struct queue_node *node)
{
	node->next = NULL;
	pthread_mutex_lock(&q->lock);
	*q->tail = node;
	q->tail = &node->next;
	q->n++;
	pthread_cond_signal(&q->filled);
	pthread_mutex_unlock(&q->lock);
	if (q->wake)
		wake_up(q->wake);
}

static struct queue_node *pop_locked(struct queue *q)
{
	struct queue_node *node = q->head;

	if (node == NULL)
		return NULL;
	q->head = node->next;
	if (q->head == NULL)
		q->tail = &q->head;
	q->n--;
	node->next = NULL;
	return node;
}

struct queue_node *queue_try_pop(struct queue *q)
{
	struct queue_node *node;

	pthread_mutex_lock(&q->lock);
	node = pop_locked(q);
	pthread_mutex_unlock(&q->lock);
	return node;
}

struct queue_node *queue_pop(struct queue *q)
{
	struct queue_node *node;

	pthread_mutex_lock(&q->lock);
	while (q->head == NULL && !q->closed)
		pthread_cond_wait(&q->filled, &q->lock);
	node = pop_locked(q);
	pthread_mutex_unlock(&q->lock);
	return node;
}

struct queue_node *queue_pop_all(struct queue *q)
{
	struct queue_node *all;

	pthread_mutex_lock(&q->lock);
	while (q->head == NULL && !q->closed)
		pthread_cond_wait(&q->filled, &q->lock);
	all = q->head;
	q->head = NULL;
	q->tail = &q->head;
	q->n = 0;
	pthread_mutex_unlock(&q->lock);
	return all;
}

void queue_close(struct queue *q)
{
	pthread_mutex_lock(&q->lock);
	q->closed = true;
	pthread_cond_broadcast(&q->filled);
	pthread_mutex_unlock(&q->lock);
}

void queue_free(struct queue *q)
{
	pthread_mutex_destroy(&q->lock);
	pthread_cond_destroy(&q->filled);
}
