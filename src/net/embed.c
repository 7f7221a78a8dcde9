/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The embeddings client; see embed.h.
 *
 * The caller's thread cuts the texts that are missing into batches and keeps a few in the HTTP client's hands; the client's thread
 * parses an answer and puts it in the cache before anybody else sees it.  The cache belongs to that thread until it has ended.
 */
#include "net/embed.h"

#include <stdlib.h>

#include "base/i18n.h"
#include "base/json.h"
#include "net/embed_cache.h"
#include "net/http.h"

enum { BATCH = 64, TIMEOUT_S = 120, PARALLEL = 4, TRIES = 5, TRIES_UNREADABLE = 3, TAKE_MS = 100, ANSWER_MOST = 64 << 20 };

struct embedding {
	const struct embed_request *request;
	const struct span *texts;
	size_t n;
	struct embed_cache cache;
	struct hash128 *keys;
	uint32_t *first;          /* text -> the first one like it */
	float **rows;             /* by text, where there is no cache */
	uint32_t *missing;        /* texts to ask for */
	size_t n_missing, asked, answered;
	size_t dimensions;
	unsigned in_flight;
	struct http *http;
};

struct batch {
	struct http_call call;
	struct embedding *e;
	struct buf body;
	const uint32_t *which;    /* of e->missing */
	size_t n;
	unsigned unreadable;      /* answers */
	int rc;                   /* of taking the answer in */
	struct error err;
};

/* ---- answers, on the client's thread ---- */

static int keep_row(struct embedding *e, uint32_t text, float **row, struct error *err)
{
	if (e->cache.fd >= 0)
		return embed_cache_put(&e->cache, &e->keys[text], *row, (uint32_t)e->dimensions, err);
	e->rows[text] = *row;
	*row = NULL;
	return 0;
}

static void take_answer(void *ctx, const struct http_call *call)
{
	struct batch *b = call->owner;
	float *rows[BATCH] = { NULL };

	(void)ctx;
	b->rc = embed_parse(rows, b->n, &b->e->dimensions, buf_span(&call->reply), &b->err);
	for (size_t i = 0; i < b->n; i++) {
		if (b->rc == 0)
			b->rc = keep_row(b->e, b->which[i], &rows[i], &b->err);
		free(rows[i]);
	}
}

/* ---- batches ---- */

static void put_body(struct buf *body, const struct embedding *e, const struct batch *b)
{
	struct buf text = BUF_INIT;

	buf_addc(body, '{');
	json_put_member(body, "model", span_of(e->request->model));
	json_put_key(body, "input");
	for (size_t i = 0; i < b->n; i++) {
		buf_clear(&text);
		buf_adds(&text, e->request->prefix ? e->request->prefix : "");
		buf_addspan(&text, e->texts[b->which[i]]);
		buf_addc(body, i ? ',' : '[');
		json_put_string(body, buf_span(&text));
	}
	buf_adds(body, "]}");
	buf_free(&text);
}

static void send_batch(struct embedding *e)
{
	size_t most = e->request->batch && e->request->batch < BATCH ? e->request->batch : BATCH;
	struct batch *b = xcalloc(1, sizeof *b);

	b->e = e;
	b->which = e->missing + e->asked;
	b->n = e->n_missing - e->asked < most ? e->n_missing - e->asked : most;
	e->asked += b->n;
	buf_init(&b->body);
	put_body(&b->body, e, b);
	b->call = (struct http_call){ .url = e->request->url, .body = buf_span(&b->body), .owner = b, .reply = BUF_INIT };
	e->in_flight++;
	http_send(e->http, &b->call);
}

static void batch_free(struct batch *b)
{
	buf_free(&b->call.reply);
	buf_free(&b->body);
	free(b);
}

/* 0, also when it was sent again; else why it is over. */
static int end_batch(struct embedding *e, struct batch *b, struct error *err)
{
	int rc = b->call.code ? b->call.code : b->rc;

	if (b->call.code == 0 && b->rc == TAMIS_EPARSE && ++b->unreadable < TRIES_UNREADABLE) {
		http_send(e->http, &b->call);
		return 0;
	}
	if (b->call.code == TAMIS_ECANCEL)
		error_set(err, rc, _("embedding was cancelled"));
	else if (b->call.code)
		rc = error_set(err, TAMIS_EREMOTE, "%s: %s", e->request->url, b->call.why);
	else if (b->rc == TAMIS_EIO)
		*err = b->err;
	else if (b->rc)
		rc = error_set(err, TAMIS_EREMOTE, "%s: %s", e->request->url, b->err.msg);
	e->answered += b->n;
	e->in_flight--;
	batch_free(b);
	return rc;
}

static void say_progress(const struct embedding *e)
{
	if (e->request->progress)
		e->request->progress(e->request->ctx, e->n - (e->n_missing - e->answered), e->n);
}

static int run_batches(struct embedding *e, struct error *err)
{
	unsigned most = e->request->parallel ? e->request->parallel : PARALLEL;
	struct error first = { 0 };
	int rc = 0;

	while (e->in_flight || (rc == 0 && e->asked < e->n_missing)) {
		struct http_call *call;

		while (rc == 0 && e->in_flight < most && e->asked < e->n_missing)
			send_batch(e);
		call = http_take(e->http, TAKE_MS);
		if (call) {
			int ended = end_batch(e, call->owner, rc ? &first : err);

			rc = rc ? rc : ended;
		} else if (rc == 0 && e->request->cancel && atomic_load(e->request->cancel)) {
			rc = error_set(err, TAMIS_ECANCEL, _("embedding was cancelled"));
		}
		if (rc)
			http_cancel(e->http);
		say_progress(e);
	}
	return rc;
}

static int ask(struct embedding *e, struct error *err)
{
	const struct embed_request *r = e->request;
	struct http_settings settings = {
		.bearer = r->key, .parallel = r->parallel ? r->parallel : PARALLEL, .start = r->parallel ? r->parallel : PARALLEL,
		.tries = TRIES, .total_ms = 1000 * (r->timeout_s ? r->timeout_s : TIMEOUT_S), .reply_most = ANSWER_MOST,
		.arrived = take_answer,
	};
	int rc = http_open(&e->http, &settings, err);

	if (rc == 0)
		rc = run_batches(e, err);
	http_close(e->http);
	return rc;
}

/* ---- what is there and what is not ---- */

static struct hash128 text_key(const struct embed_request *r, struct span text)
{
	struct buf whole = BUF_INIT;
	struct hash128 key;

	buf_addf(&whole, "%s\n%s\n%s\n", r->url, r->model, r->prefix ? r->prefix : "");
	buf_addspan(&whole, text);
	key = hash128(whole.p, whole.len);
	buf_free(&whole);
	return key;
}

static void find_missing(struct embedding *e)
{
	struct map128 seen = { 0 };

	e->dimensions = e->cache.dimensions;
	for (size_t i = 0; i < e->n; i++) {
		bool made;

		e->keys[i] = text_key(e->request, e->texts[i]);
		uint64_t *at = map128_at(&seen, &e->keys[i], &made);

		if (made)
			*at = i;
		e->first[i] = (uint32_t)*at;
		if (made && embed_cache_find(&e->cache, &e->keys[i]) < 0)
			e->missing[e->n_missing++] = (uint32_t)i;
	}
	map128_free(&seen);
}

static int embedding_run(struct embedding *e, const struct embed_request *request, const struct span *texts, size_t n,
			 struct error *err)
{
	int rc;

	*e = (struct embedding){ .request = request, .texts = texts, .n = n, .cache.fd = -1 };
	if (n >= UINT32_MAX)
		return error_set(err, TAMIS_ELIMIT, _("there are more texts than can be embedded at once"));
	rc = embed_cache_open(&e->cache, request->cache, err);
	if (rc)
		return rc;
	e->keys = xmalloc((n + 1) * sizeof *e->keys);
	e->first = xmalloc((n + 1) * sizeof *e->first);
	e->missing = xmalloc((n + 1) * sizeof *e->missing);
	e->rows = xcalloc(n + 1, sizeof *e->rows);
	find_missing(e);
	return e->n_missing ? ask(e, err) : 0;
}

static void embedding_free(struct embedding *e)
{
	embed_cache_close(&e->cache);
	for (size_t i = 0; i < e->n && e->rows; i++)
		free(e->rows[i]);
	free(e->rows);
	free(e->keys);
	free(e->first);
	free(e->missing);
}

/* ---- results ---- */

static int copy_rows(float *out, const struct embedding *e, struct error *err)
{
	for (size_t i = 0; i < e->n; i++) {
		const float *row = e->rows[e->first[i]];

		if (row)
			memcpy(out + i * e->dimensions, row, e->dimensions * sizeof *out);
		else if (!embed_cache_get(&e->cache, &e->keys[i], out + i * e->dimensions))
			return error_set(err, TAMIS_EIO, _("the cache of embeddings cannot be read any more"));
	}
	return 0;
}

int embed_texts(float **out, size_t *dimensions, const struct embed_request *request, const struct span *texts, size_t n,
		struct error *err)
{
	struct embedding e;
	int rc = embedding_run(&e, request, texts, n, err);

	*out = NULL;
	*dimensions = e.dimensions;
	if (rc == 0) {
		*out = xcalloc(n * e.dimensions + 1, sizeof **out);
		rc = copy_rows(*out, &e, err);
	}
	embedding_free(&e);
	return rc;
}

int embed_in_cache(struct embedded *out, const struct embed_request *request, const struct span *texts, size_t n,
		   struct error *err)
{
	struct embedding e;
	int rc = embedding_run(&e, request, texts, n, err);

	*out = (struct embedded){ 0 };
	if (rc == 0) {
		out->dimensions = e.dimensions;
		out->at = EMBED_CACHE_HEADER + EMBED_CACHE_KEY;
		out->stride = embed_cache_stride(&e.cache);
		out->rows = xmalloc((n + 1) * sizeof *out->rows);
		for (size_t i = 0; i < n; i++) {
			out->rows[i] = (uint32_t)embed_cache_find(&e.cache, &e.keys[i]);
			out->file_rows = out->rows[i] >= out->file_rows ? out->rows[i] + 1 : out->file_rows;
		}
	}
	embedding_free(&e);
	return rc;
}

void embedded_free(struct embedded *e)
{
	free(e->rows);
}
