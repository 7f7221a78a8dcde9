/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Corpora of a workspace as one numbered list of texts for the deduplication engine.  A record's text is its ROLE_TEXT, or the other
 * content fields one after the other.  What is indexed (keys, scores) is read from the cache; texts are read when asked for.
 */
#ifndef TAMIS_JOBS_DEDUP_DOCS_H
#define TAMIS_JOBS_DEDUP_DOCS_H

#include "dedup/dedup.h"
#include "jobs/job.h"

struct dedup_docs {
	struct workspace *ws;
	size_t n_views;
	struct corpus_view **view;
	struct corpus *corpus;       /* [view] */
	uint32_t *start;             /* [view + 1]: its first document */
	uint32_t n;
	struct hash128 *key;         /* [doc]: of the content */
	struct dedup_trait *trait;   /* [doc]; source rank: the place of its corpus in the list */
	uint32_t *source;            /* [doc]: id of its source, a stratum */
};

/* Opens the corpora in order.  TAMIS_ENOTFOUND names the one that is missing, TAMIS_ELIMIT when there are over 2^32 records. */
int dedup_docs_open(struct dedup_docs *out, struct store *s, const char *const *corpora, size_t n, struct error *err);
void dedup_docs_close(struct dedup_docs *d);
/* Texts and keys for the engine; lives as long as `d`. */
void dedup_docs_source(struct dedup_source *out, struct dedup_docs *d);

size_t dedup_docs_view(const struct dedup_docs *d, uint32_t doc);
item_ref dedup_docs_ref(const struct dedup_docs *d, uint32_t doc);
/* Replaces `out` by what to call a document: its id, else its file and number. `reader` is one of the source's. */
int dedup_docs_name(struct buf *out, struct dedup_docs *d, void *reader, uint32_t doc, struct error *err);
/* Replaces `out` by the cluster that another tool put the document in; "" when it names none. */
int dedup_docs_cluster(struct buf *out, struct dedup_docs *d, void *reader, uint32_t doc, struct error *err);

#endif
