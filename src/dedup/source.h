/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where an engine run gets its texts: documents 0 .. n-1, read by number, from several threads.
 *
 * A worker is one thread's hands: its reader of texts, its sketcher, its working memory.  Workers are kept in a pool for the
 * length of a run, because parallel_for() does not say which thread it calls on.
 */
#ifndef TAMIS_DEDUP_SOURCE_H
#define TAMIS_DEDUP_SOURCE_H

#include <pthread.h>
#include <stdatomic.h>

#include "base/thread.h"
#include "dedup/sketch.h"

struct dedup_source {
	uint32_t n;
	void *ctx;
	/* A reader for one thread; may be NULL when none is needed.  Returns NULL with `err` on failure. */
	void *(*reader_open)(void *ctx, struct error *err);
	void (*reader_close)(void *ctx, void *reader);
	/* `*text` is valid until the reader's next call. */
	int (*text)(void *ctx, void *reader, uint32_t doc, struct span *text, struct error *err);
	/* Key of a document for finding its sketch in an index; NULL: none is used. */
	struct hash128 (*key)(void *ctx, uint32_t doc);
};

/* Texts in memory. */
struct dedup_texts {
	const struct span *text;
};
void dedup_source_texts(struct dedup_source *out, const struct span *text, uint32_t n);

struct worker {
	struct sketcher sketcher;
	void *reader;
	struct shingle_table table;
	struct worker *next;
};

struct worker_pool {
	const struct dedup_source *source;
	struct shingle_spec spec;
	enum minhash_scheme scheme;
	enum cpu_simd simd;
	unsigned threads;
	const atomic_bool *cancel;   /* may be NULL */
	struct token_tables *tables;
	struct worker *idle;
	pthread_mutex_t lock;
	struct error error;          /* the first failure; the run stops */
	atomic_bool failed;
};

void worker_pool_init(struct worker_pool *p, const struct dedup_source *source, struct shingle_spec spec,
		      enum minhash_scheme scheme, unsigned threads, const atomic_bool *cancel);
void worker_pool_free(struct worker_pool *p);
/* NULL when the run has failed or been cancelled, or no reader can be opened. */
struct worker *worker_take(struct worker_pool *p);
void worker_give(struct worker_pool *p, struct worker *w);
void worker_fail(struct worker_pool *p, const struct error *err);
int worker_text(struct worker_pool *p, struct worker *w, uint32_t doc, struct span *text);

/* parallel_for over [0, n) with the pool's threads; 0, TAMIS_ECANCEL, or the first failure with `err` filled. */
int worker_run(struct worker_pool *p, size_t n, void (*body)(void *ctx, size_t i), void *ctx, struct error *err);

#endif
