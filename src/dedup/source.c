/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sources of texts and the pool of workers. */
#include "dedup/source.h"

#include "base/i18n.h"

static int text_in_memory(void *ctx, void *reader, uint32_t doc, struct span *text, struct error *err)
{
	const struct span *all = ctx;

	(void)reader;
	(void)err;
	*text = all[doc];
	return 0;
}

void dedup_source_texts(struct dedup_source *out, const struct span *text, uint32_t n)
{
	*out = (struct dedup_source){ .n = n, .ctx = (void *)(uintptr_t)text, .text = text_in_memory };
}

void worker_pool_init(struct worker_pool *p, const struct dedup_source *source, struct shingle_spec spec,
		      enum minhash_scheme scheme, unsigned threads, const atomic_bool *cancel)
{
	*p = (struct worker_pool){ .source = source, .spec = spec, .scheme = scheme, .simd = cpu_simd(),
				   .threads = threads ? threads : thread_count_default(), .cancel = cancel };
	p->tables = token_tables_new();
	pthread_mutex_init(&p->lock, NULL);
}

void worker_pool_free(struct worker_pool *p)
{
	while (p->idle) {
		struct worker *w = p->idle;

		p->idle = w->next;
		sketcher_free(&w->sketcher);
		shingle_table_free(&w->table);
		if (w->reader && p->source->reader_close)
			p->source->reader_close(p->source->ctx, w->reader);
		free(w);
	}
	token_tables_free(p->tables);
	pthread_mutex_destroy(&p->lock);
}

void worker_fail(struct worker_pool *p, const struct error *err)
{
	pthread_mutex_lock(&p->lock);
	if (!atomic_load(&p->failed))
		p->error = *err;
	atomic_store(&p->failed, true);
	pthread_mutex_unlock(&p->lock);
}

struct worker *worker_take(struct worker_pool *p)
{
	struct worker *w;
	struct error err = { 0 };

	if (atomic_load_explicit(&p->failed, memory_order_relaxed))
		return NULL;
	pthread_mutex_lock(&p->lock);
	w = p->idle;
	if (w)
		p->idle = w->next;
	pthread_mutex_unlock(&p->lock);
	if (w)
		return w;
	w = xcalloc(1, sizeof *w);
	sketcher_init(&w->sketcher, p->tables, p->spec, p->scheme, p->simd);
	if (p->source->reader_open) {
		w->reader = p->source->reader_open(p->source->ctx, &err);
		if (w->reader == NULL) {
			worker_fail(p, &err);
			sketcher_free(&w->sketcher);
			free(w);
			return NULL;
		}
	}
	return w;
}

void worker_give(struct worker_pool *p, struct worker *w)
{
	pthread_mutex_lock(&p->lock);
	w->next = p->idle;
	p->idle = w;
	pthread_mutex_unlock(&p->lock);
}

int worker_text(struct worker_pool *p, struct worker *w, uint32_t doc, struct span *text)
{
	struct error err = { 0 };
	int rc = p->source->text(p->source->ctx, w->reader, doc, text, &err);

	if (rc)
		worker_fail(p, &err);
	return rc;
}

int worker_run(struct worker_pool *p, size_t n, void (*body)(void *ctx, size_t i), void *ctx, struct error *err)
{
	bool all = parallel_for(p->threads, n, body, ctx, p->cancel);

	if (atomic_load(&p->failed)) {
		if (err && err->code == 0)
			*err = p->error;
		return p->error.code ? p->error.code : TAMIS_EIO;
	}
	if (!all || (p->cancel && atomic_load(p->cancel)))
		return error_set(err, TAMIS_ECANCEL, _("cancelled"));
	return 0;
}
