/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Threads: a counted pool for data-parallel work, a blocking queue of messages, and a self-pipe that
 * wakes a poll() loop.  All signals are blocked in every thread made here, so they reach the main one.
 */
#ifndef TAMIS_BASE_THREAD_H
#define TAMIS_BASE_THREAD_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

/* Processors this process may run on; TAMIS_THREADS in the environment overrides; at least 1. */
unsigned thread_count_default(void);

/* Starts a thread with all signals blocked and a name (15 bytes at most) that tools show. */
int thread_start(pthread_t *thread, const char *name, void *(*run)(void *), void *arg, struct error *err);

/* Runs body(ctx, i) for each i in [0, n), on up to `threads` threads (this one included); returns when all
 * are done.  Work is handed out one index at a time in order; results must not depend on which thread ran
 * what.  Stops handing out when *cancel (may be NULL) becomes true; returns true when all were run. */
bool parallel_for(unsigned threads, size_t n, void (*body)(void *ctx, size_t i), void *ctx,
		  const atomic_bool *cancel);

/* The same for bodies that keep something of their own: `thread`, below `threads`, is never run twice at once.  The calling thread runs
 * first(ctx) (may be NULL) before it takes part. */
bool parallel_work(unsigned threads, size_t n, void (*body)(void *ctx, unsigned thread, size_t i), void (*first)(void *ctx), void *ctx,
		   const atomic_bool *cancel);

/* A pipe to wake a poll() loop.  wake_up() is async-signal-safe and thread-safe, and never blocks. */
struct wake {
	int read_fd;
	int write_fd;
};

int wake_init(struct wake *w, struct error *err);
void wake_up(const struct wake *w);
void wake_drain(const struct wake *w);
void wake_free(struct wake *w);

/* First in, first out messages between threads; each node is embedded in the message, which the receiver owns. */
struct queue_node {
	struct queue_node *next;
};

struct queue {
	pthread_mutex_t lock;
	pthread_cond_t filled;
	struct queue_node *head;
	struct queue_node **tail;
	size_t n;
	bool closed;
	const struct wake *wake; /* woken at each push when not NULL */
};

void queue_init(struct queue *q, const struct wake *wake);
void queue_push(struct queue *q, struct queue_node *node);
struct queue_node *queue_try_pop(struct queue *q);          /* NULL when empty */
struct queue_node *queue_pop(struct queue *q);              /* waits; NULL when closed and empty */
/* Takes everything at once (a list in order), waiting for the first; NULL when closed and empty. */
struct queue_node *queue_pop_all(struct queue *q);
void queue_close(struct queue *q);                          /* no more pushes; wakes waiting poppers */
void queue_free(struct queue *q);                           /* must be empty */

#endif
