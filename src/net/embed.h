/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Embeddings from an OpenAI-compatible endpoint (POST URL with {"model", "input": […]}; OpenAI API reference, "Create
 * embeddings").  Texts already embedded by the same model at the same URL are taken from a cache file, into which every answer is
 * written the moment it is whole: an interrupted run goes on where it stopped.  The same text is sent once, however often it occurs.
 * Nothing is sent anywhere but to the URL given.
 *
 * Several requests are in flight at once; what fails in a way that may pass is asked again (net/http.h), an answer that is no JSON
 * too, twice.  An embedding of another length than the others, or with something in it that is no number, is an error.
 */
#ifndef TAMIS_NET_EMBED_H
#define TAMIS_NET_EMBED_H

#include <stdatomic.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"

struct embed_request {
	const char *url;          /* "http://localhost:8000/v1/embeddings" */
	const char *model;
	const char *key;          /* bearer token or NULL; never logged, never stored */
	const char *prefix;       /* put before every text ("query: "), or NULL */
	const char *cache;        /* file, or NULL for none */
	unsigned batch;           /* texts a request: 64 when 0 */
	unsigned timeout_s;       /* of one request: 120 when 0 */
	unsigned parallel;        /* requests in flight at most: 4 when 0 */
	const atomic_bool *cancel;
	void (*progress)(void *ctx, size_t done, size_t total);
	void *ctx;
};

/* `*out` is n * `*dimensions` floats, owned by the caller.  TAMIS_EREMOTE after the last try, TAMIS_ECANCEL: what was got is in
 * the cache. */
int embed_texts(float **out, size_t *dimensions, const struct embed_request *request, const struct span *texts, size_t n,
		struct error *err);

/* Where the embeddings lie in the cache file. */
struct embedded {
	size_t dimensions;
	uint64_t at, stride;      /* where row 0 begins, bytes from row to row; float32 in the machine's order */
	size_t file_rows;
	uint32_t *rows;           /* text -> row; owned */
};
/* The same without bringing them into memory; request->cache is needed. */
int embed_in_cache(struct embedded *out, const struct embed_request *request, const struct span *texts, size_t n,
		   struct error *err);
void embedded_free(struct embedded *e);

/* One answer's "data" into rows by their `index`; for tests.  `*dimensions` 0: not known yet.  TAMIS_EPARSE when it is no JSON. */
int embed_parse(float **rows, size_t n, size_t *dimensions, struct span answer, struct error *err);

#endif
