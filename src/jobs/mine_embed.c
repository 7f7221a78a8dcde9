/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Embeddings of piles; see mine_embed.h. */
#include "jobs/mine_embed.h"

#include "base/i18n.h"

static void progress(void *ctx, size_t done, size_t total)
{
	job_progress(ctx, done, total);
}

/* The vectors of a file's rows, as they lie in the file. */
static int open_vectors(struct vectors *out, const struct pile *p, const char *path, const struct mine_wish *wish,
			struct error *err)
{
	VEC(uint32_t) rows = { 0 };
	int rc = vectors_open(out, path, wish->tensor, err);

	if (rc == 0 && !p->of_file && !wish->existing && p->documents > 1)
		rc = error_set(err, TAMIS_EUSAGE, _("embeddings in a file belong to the lines of a file, and %s is a corpus of documents"),
			       p->name);
	if (rc == 0 && p->of_file && out->n != p->read)
		rc = error_set(err, TAMIS_EUSAGE, _("%s holds %zu embeddings, but %s has %zu lines: were they made of another file?"), path, out->n,
			       p->name, p->read);

	vec_each(&p->sentences, i)
		vec_push(&rows, p->sentences.v[i].index);
	if (rc == 0)
		rc = vectors_pick(out, rows.v, rows.n, err);
	vec_free(&rows);
	return rc;
}

static int fetch_vectors(struct vectors *out, const struct pile *p, const struct embed_request *endpoint, struct job *job,
			 struct error *err)
{
	struct embed_request r = *endpoint;
	struct embedded e;
	int rc;

	r.cancel = job ? job_cancel_flag(job) : NULL;
	r.progress = progress;
	r.ctx = job;
	rc = embed_in_cache(&e, &r, p->text.v, p->text.n, err);
	if (rc == 0)
		rc = vectors_open_at(out, r.cache, e.at, e.stride, e.file_rows, e.dimensions, err);
	if (rc == 0)
		rc = vectors_pick(out, e.rows, p->text.n, err);
	embedded_free(&e);
	return rc;
}

/* In memory when both sides take no more than half of what is allowed; else they stay in their files. */
static int settle(struct vectors *x, struct vectors *y, const struct mine_wish *wish, struct error *err)
{
	bool fits = !wish->memory || vectors_bytes(x, wish->half) + vectors_bytes(y, wish->half) <= wish->memory / 2;
	int rc = fits || x->values ? vectors_load(x, wish->half, err) : vectors_normalise(x, err);

	if (rc)
		return rc;
	return fits || y->values ? vectors_load(y, wish->half, err) : vectors_normalise(y, err);
}

int mine_vectors_load(struct vectors *x, struct vectors *y, struct mine_work *w, const struct mine_wish *wish,
		      struct job *job, struct error *err)
{
	int rc = wish->source_vectors ? open_vectors(x, &w->source, wish->source_vectors, wish, err)
				      : fetch_vectors(x, &w->source, &wish->endpoint, job, err);

	if (rc == 0)
		rc = wish->target_vectors ? open_vectors(y, &w->target, wish->target_vectors, wish, err)
					  : fetch_vectors(y, &w->target, &wish->endpoint, job, err);
	if (rc == 0)
		rc = settle(x, y, wish, err);
	w->source.unembedded = x->empty;
	w->target.unembedded = y->empty;
	return rc;
}

void mine_vectors_free(struct mine_work *w)
{
	for (int side = 0; w->vectors && side < 2; side++)
		vectors_free(&w->vectors[side]);
	free(w->vectors);
	w->vectors = NULL;
}
