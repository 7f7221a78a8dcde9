/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The embeddings client; see embed.h.
 */
#include "net/embed.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/i18n.h"
#include "base/json.h"
#include "net/curl_late.h"
#include "net/embed_cache.h"

enum { TRIES = 3, BATCH = 64, TIMEOUT_S = 120, DIMENSIONS_MOST = 1 << 16, ANSWER_MOST = 256 << 20 };

struct client {
	const struct embed_request *request;
	const struct curl_late *lib;
	CURL *curl;
	struct curl_slist *headers;
	struct buf answer;
};

static size_t receive(char *bytes, size_t size, size_t n, void *ctx)
{
	struct client *c = ctx;

	if (c->answer.len + size * n > ANSWER_MOST)
		return 0;
	buf_add(&c->answer, bytes, size * n);
	return size * n;
}

static int watch(void *ctx, curl_off_t total, curl_off_t now, curl_off_t up_total, curl_off_t up_now)
{
	const struct client *c = ctx;

	(void)total, (void)now, (void)up_total, (void)up_now;
	return c->request->cancel && atomic_load(c->request->cancel);
}

static int client_open(struct client *c, const struct embed_request *r, struct error *err)
{
	*c = (struct client){ .request = r, .lib = curl_late(err), .answer = BUF_INIT };
	if (!c->lib)
		return TAMIS_EREMOTE;
	c->curl = c->lib->easy_init();
	if (!c->curl)
		return error_set(err, TAMIS_EREMOTE, _("libcurl cannot be started"));
	c->headers = c->lib->slist_append(c->headers, "Content-Type: application/json");
	if (r->key) {
		char *line = xasprintf("Authorization: Bearer %s", r->key);

		c->headers = c->lib->slist_append(c->headers, line);
		free(line);
	}
	c->lib->easy_setopt(c->curl, CURLOPT_URL, r->url);
	c->lib->easy_setopt(c->curl, CURLOPT_PROTOCOLS_STR, "http,https");
	c->lib->easy_setopt(c->curl, CURLOPT_HTTPHEADER, c->headers);
	c->lib->easy_setopt(c->curl, CURLOPT_WRITEFUNCTION, receive);
	c->lib->easy_setopt(c->curl, CURLOPT_WRITEDATA, c);
	c->lib->easy_setopt(c->curl, CURLOPT_XFERINFOFUNCTION, watch);
	c->lib->easy_setopt(c->curl, CURLOPT_XFERINFODATA, c);
	c->lib->easy_setopt(c->curl, CURLOPT_NOPROGRESS, 0L);
	c->lib->easy_setopt(c->curl, CURLOPT_NOSIGNAL, 1L);
	c->lib->easy_setopt(c->curl, CURLOPT_TIMEOUT, (long)(r->timeout_s ? r->timeout_s : TIMEOUT_S));
	return 0;
}

static void client_close(struct client *c)
{
	if (!c->lib)
		return;
	c->lib->slist_free_all(c->headers);
	c->lib->easy_cleanup(c->curl);
	buf_free(&c->answer);
}

/* The start of an error's body, for the sentence; keys are never in it. */
static int refuse(const struct client *c, long status, struct error *err)
{
	int n = (int)(c->answer.len < 160 ? c->answer.len : 160);

	return error_set(err, TAMIS_EREMOTE, _("%s answered %ld: %.*s"), c->request->url, status, n, c->answer.p);
}

/* Posts until it is answered; waits 1 s, then 2 s, between tries that may pass (429, 5xx, no connection). */
static int post(struct client *c, const struct buf *body, struct error *err)
{
	CURLcode code = CURLE_OK;
	long status = 0;

	c->lib->easy_setopt(c->curl, CURLOPT_POSTFIELDS, body->p);
	c->lib->easy_setopt(c->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body->len);
	for (unsigned try = 0; try < TRIES; try++) {
		if (try)
			sleep(try);
		buf_clear(&c->answer);
		code = c->lib->easy_perform(c->curl);
		if (code == CURLE_ABORTED_BY_CALLBACK)
			return error_set(err, TAMIS_ECANCEL, _("embedding was cancelled"));
		if (code != CURLE_OK)
			continue;
		c->lib->easy_getinfo(c->curl, CURLINFO_RESPONSE_CODE, &status);
		if (status == 200)
			return 0;
		if (status != 429 && status < 500)
			break;
	}
	if (code != CURLE_OK)
		return error_set(err, TAMIS_EREMOTE, _("%s cannot be reached: %s"), c->request->url, c->lib->easy_strerror(code));
	return refuse(c, status, err);
}

/* ---- answers ---- */

static int read_row(float **row, size_t *dimensions, json_t *numbers, struct error *err)
{
	size_t n = json_array_size(numbers);

	if (n == 0 || n > DIMENSIONS_MOST || (*dimensions && n != *dimensions))
		return error_set(err, TAMIS_EREMOTE, _("the endpoint gave an embedding of %zu numbers where %zu are expected"), n,
				 *dimensions);
	*dimensions = n;
	free(*row);
	*row = xcalloc(n, sizeof **row);
	for (size_t i = 0; i < n; i++) {
		double v = json_number_value(json_array_get(numbers, i));

		(*row)[i] = isfinite(v) ? (float)v : 0;
	}
	return 0;
}

int embed_parse(float **rows, size_t n, size_t *dimensions, struct span answer, struct error *err)
{
	json_error_t fault;
	json_t *root = json_loadb(answer.p, answer.len, 0, &fault), *data = json_object_get(root, "data"), *one;
	size_t i;
	int rc = 0;

	if (!json_is_array(data))
		rc = error_set(err, TAMIS_EREMOTE, _("the endpoint's answer holds no \"data\": %s"), root ? "" : fault.text);
	json_array_foreach(data, i, one) {
		json_t *index = json_object_get(one, "index"), *numbers = json_object_get(one, "embedding");
		size_t at = json_is_integer(index) ? (size_t)json_integer_value(index) : i;

		if (rc == 0 && (at >= n || !json_is_array(numbers)))
			rc = error_set(err, TAMIS_EREMOTE, _("the endpoint's answer is not in the form of /v1/embeddings"));
		if (rc == 0)
			rc = read_row(&rows[at], dimensions, numbers, err);
	}
	for (i = 0; i < n && rc == 0; i++)
		if (!rows[i])
			rc = error_set(err, TAMIS_EREMOTE, _("the endpoint answered %zu of %zu texts"), i, n);
	json_decref(root);
	return rc;
}

/* ---- batches ---- */

struct embedding {
	const struct embed_request *request;
	const struct span *texts;
	size_t n;
	struct client client;
	struct embed_cache cache;
	float **rows;             /* by text; NULL while not known */
	size_t dimensions;
};

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

static void take_cached(struct embedding *e)
{
	e->dimensions = e->cache.dimensions;
	for (size_t i = 0; i < e->n && e->dimensions; i++) {
		struct hash128 key = text_key(e->request, e->texts[i]);
		float *row = xcalloc(e->dimensions, sizeof *row);

		if (embed_cache_get(&e->cache, &key, row))
			e->rows[i] = row;
		else
			free(row);
	}
}

static int run_batch(struct embedding *e, const size_t *which, size_t n, struct error *err)
{
	const struct embed_request *r = e->request;
	float *rows[BATCH] = { NULL };
	struct buf body = BUF_INIT, text = BUF_INIT;
	int rc;

	buf_addc(&body, '{');
	json_put_member(&body, "model", span_of(r->model));
	json_put_key(&body, "input");
	for (size_t i = 0; i < n; i++) {
		buf_clear(&text);
		buf_adds(&text, r->prefix ? r->prefix : "");
		buf_addspan(&text, e->texts[which[i]]);
		buf_addc(&body, i ? ',' : '[');
		json_put_string(&body, buf_span(&text));
	}
	buf_adds(&body, "]}");
	rc = post(&e->client, &body, err);
	if (rc == 0)
		rc = embed_parse(rows, n, &e->dimensions, buf_span(&e->client.answer), err);
	for (size_t i = 0; i < n && rc == 0; i++) {
		struct hash128 key = text_key(r, e->texts[which[i]]);

		rc = embed_cache_put(&e->cache, &key, rows[i], (uint32_t)e->dimensions, err);
	}
	for (size_t i = 0; i < n; i++) {
		if (rc == 0)
			e->rows[which[i]] = rows[i];
		else
			free(rows[i]);
	}
	buf_free(&body);
	buf_free(&text);
	return rc;
}

static int run_batches(struct embedding *e, struct error *err)
{
	size_t most = e->request->batch && e->request->batch < BATCH ? e->request->batch : BATCH;
	size_t which[BATCH], n = 0;
	int rc = 0;

	for (size_t i = 0; i < e->n && rc == 0; i++) {
		if (!e->rows[i])
			which[n++] = i;
		if (n == most || (n && i + 1 == e->n)) {
			rc = run_batch(e, which, n, err);
			n = 0;
			if (e->request->progress)
				e->request->progress(e->request->ctx, i + 1, e->n);
		}
	}
	return rc;
}

int embed_texts(float **out, size_t *dimensions, const struct embed_request *request, const struct span *texts, size_t n,
		struct error *err)
{
	struct embedding e = { .request = request, .texts = texts, .n = n, .rows = xcalloc(n + 1, sizeof *e.rows) };
	int rc = client_open(&e.client, request, err);

	*out = NULL;
	if (rc == 0)
		rc = embed_cache_open(&e.cache, request->cache, err);
	if (rc == 0) {
		take_cached(&e);
		rc = run_batches(&e, err);
		embed_cache_close(&e.cache);
	}
	if (rc == 0) {
		*dimensions = e.dimensions;
		*out = xcalloc(n * e.dimensions + 1, sizeof **out);
		for (size_t i = 0; i < n; i++)
			memcpy(*out + i * e.dimensions, e.rows[i], e.dimensions * sizeof **out);
	}
	for (size_t i = 0; i < n; i++)
		free(e.rows[i]);
	free(e.rows);
	client_close(&e.client);
	return rc;
}
