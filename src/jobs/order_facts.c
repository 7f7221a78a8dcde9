/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Extraction over a tree, with what is unchanged taken from the cache.
 *
 * The cache entry of a tree is one run of records in byte order of paths: path, size, time, length, packed facts.  It is bound to the set
 * of language files and to the engine's version by its name, so that a changed rule never meets old facts. */
#include "jobs/order_facts.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/i18n.h"

struct entry {
	struct span path, facts;
	uint64_t size;
	int64_t mtime_ns;
};

struct collect {
	struct order_work *w;
	struct job *job;
	struct code_facts *facts;   /* one a file */
	struct span *manifests;     /* contents, for manifests only; malloc'ed */
	const struct entry **known; /* one a file, NULL when new or changed */
	atomic_size_t done, reused;
	atomic_int failed;          /* first file that could not be read, + 1 */
};

static bool take(struct span *in, void *p, size_t n)
{
	if (in->len < n)
		return false;
	memcpy(p, in->p, n);
	in->p += n;
	in->len -= n;
	return true;
}

static bool take_span(struct span *in, struct span *out)
{
	uint32_t n;

	if (!take(in, &n, sizeof n) || n > in->len)
		return false;
	*out = span_make(in->p, n);
	in->p += n;
	in->len -= n;
	return true;
}

static void put_span(struct buf *out, struct span s)
{
	uint32_t n = (uint32_t)s.len;

	buf_add(out, &n, sizeof n);
	buf_addspan(out, s);
}

struct entries {
	struct entry *v;
	size_t n;
	size_t cap;
};

/* A damaged end costs time only: what was read before it holds. */
static void read_entries(struct entries *out, struct span in)
{
	struct entry e;

	while (take_span(&in, &e.path) && take(&in, &e.size, sizeof e.size) && take(&in, &e.mtime_ns, sizeof e.mtime_ns) &&
	       take_span(&in, &e.facts))
		vec_push(out, e);
}

/* Both lists are in byte order of paths. */
static void match_entries(struct collect *c, const struct entries *entries)
{
	size_t k = 0;

	for (size_t i = 0; i < c->w->tree.files.n; i++) {
		const struct tree_file *file = &c->w->tree.files.v[i];
		int order = -1;

		while (k < entries->n && (order = span_cmp(entries->v[k].path, span_of(file->path))) < 0)
			k++;
		if (k < entries->n && order == 0 && entries->v[k].size == file->size && entries->v[k].mtime_ns == file->mtime_ns)
			c->known[i] = &entries->v[k];
	}
}

static void keep_manifest(struct collect *c, size_t i, struct buf *content)
{
	size_t len;

	if (c->facts[i].role != CODE_MANIFEST)
		return;
	c->manifests[i].p = buf_steal(content, &len);
	c->manifests[i].len = len;
}

static void extract_one(void *ctx, size_t i)
{
	struct collect *c = ctx;
	const struct tree_file *file = &c->w->tree.files.v[i];
	struct buf content = BUF_INIT;
	struct span packed;
	size_t done;

	if (c->known[i]) {
		packed = c->known[i]->facts;
		if (code_facts_unpack(&c->facts[i], c->w->languages, &packed))
			atomic_fetch_add(&c->reused, 1);
		else
			c->known[i] = NULL;
	}
	if (!c->known[i] || c->facts[i].role == CODE_MANIFEST) {
		bool readable = file->size <= CODE_FILE_LIMIT && tree_read(&c->w->tree, i, &content, NULL) == 0;

		if (!c->known[i])
			code_extract(&c->facts[i], c->w->languages, span_of(file->path), buf_span(&content));
		if (!readable) {
			c->facts[i].role = CODE_TOO_LARGE;
			c->facts[i].bytes = file->size;
			snprintf(c->facts[i].reason, sizeof c->facts[i].reason, "%s",
				 file->size > CODE_FILE_LIMIT ? _("larger than 4 MiB") : _("can't be read"));
		}
		keep_manifest(c, i, &content);
		buf_free(&content);
	}
	done = atomic_fetch_add(&c->done, 1) + 1;
	if (c->job && done % 64 == 0)
		job_progress(c->job, done, c->w->tree.files.n);
}

static void write_entries(struct collect *c, struct store *s, const char *name)
{
	struct buf all = BUF_INIT, facts = BUF_INIT;

	for (size_t i = 0; i < c->w->tree.files.n; i++) {
		const struct tree_file *file = &c->w->tree.files.v[i];

		buf_clear(&facts);
		code_facts_pack(&facts, &c->facts[i]);
		put_span(&all, span_of(file->path));
		buf_add(&all, &file->size, sizeof file->size);
		buf_add(&all, &file->mtime_ns, sizeof file->mtime_ns);
		put_span(&all, buf_span(&facts));
	}
	/* a cache that can't be written costs the next run its time, nothing else */
	store_kept_put(s, name, buf_span(&all), NULL);
	buf_free(&all);
	buf_free(&facts);
}

int order_facts_collect(struct order_work *w, struct store *s, struct job *job, struct error *err)
{
	size_t n = w->tree.files.n;
	struct collect c = { .w = w, .job = job };
	struct entries entries = { 0 };
	char *real = realpath(w->tree.root, NULL);
	char *name = xasprintf("order " ORDER_ENGINE " %016llx %s", (unsigned long long)languages_mark(w->languages), real ? real : w->tree.root);
	int rc = 0;

	c.facts = xcalloc(n, sizeof *c.facts);
	c.manifests = xcalloc(n, sizeof *c.manifests);
	c.known = xcalloc(n, sizeof *c.known);
	if (s && !w->tree.archive && store_kept_get(s, name, &w->kept, NULL) == 0) {
		read_entries(&entries, buf_span(&w->kept));
		match_entries(&c, &entries);
	}
	if (job)
		job_unit(job, _("files"));
	if (!parallel_for(job ? job_threads(job) : thread_count_default(), n, extract_one, &c, job ? job_cancel_flag(job) : NULL))
		rc = error_set(err, TAMIS_ECANCEL, _("stopped"));
	w->reused = atomic_load(&c.reused);
	if (rc == 0 && s && !w->tree.archive && w->reused < n)
		write_entries(&c, s, name);
	for (size_t i = 0; i < n; i++) {
		if (rc == 0)
			code_repo_add(&w->repo, span_of(w->tree.files.v[i].path), &c.facts[i], c.manifests[i]);
		code_facts_free(&c.facts[i]);
		free((char *)c.manifests[i].p);
	}
	vec_free(&entries);
	free(c.facts);
	free(c.manifests);
	free(c.known);
	free(name);
	free(real);
	return rc;
}
