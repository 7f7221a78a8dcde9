/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Chat bodies, their keys, and the HTTP answerer. */
#include "net/chat.h"

#include <jansson.h>
#include <stdlib.h>
#include <strings.h>

#include "base/hash.h"
#include "base/i18n.h"

/* ---- the HTTP answerer ---- */

static void send_http(void *self, struct http_call *call)
{
	http_send(self, call);
}

static struct http_call *take_http(void *self, int timeout_ms)
{
	return http_take(self, timeout_ms);
}

static void cancel_http(void *self)
{
	http_cancel(self);
}

static void state_http(void *self, struct http_state *out)
{
	http_state(self, out);
}

static void close_http(void *self)
{
	http_close(self);
}

static const struct answerer_ops over_http = { send_http, take_http, cancel_http, state_http, close_http };

int chat_http_open(struct answerer *out, const struct http_settings *settings, struct error *err)
{
	struct http *h;
	int rc = http_open(&h, settings, err);

	*out = (struct answerer){ .ops = rc < 0 ? NULL : &over_http, .self = rc < 0 ? NULL : h };
	return rc;
}

void answerer_close(struct answerer *a)
{
	if (a->ops)
		a->ops->close(a->self);
	*a = (struct answerer){ 0 };
}

int chat_url(struct buf *out, const char *endpoint, struct error *err)
{
	static const char whole[] = "/chat/completions";
	struct span s = span_trim(span_of(endpoint));
	const char *host, *path;
	bool plain = s.len > 7 && strncasecmp(s.p, "http://", 7) == 0;

	if (!plain && !(s.len > 8 && strncasecmp(s.p, "https://", 8) == 0))
		return error_set(err, TAMIS_EUSAGE, _("“%s” is no address of a service; it begins with http:// or https://"), endpoint);
	while (s.len && s.p[s.len - 1] == '/')
		s.len--;
	host = s.p + (plain ? 7 : 8);
	for (const char *p = host; p < s.p + s.len; p++)
		if (*p == '@' || *p == '?' || *p == '#' || (unsigned char)*p <= ' ')
			return error_set(err, TAMIS_EUSAGE,
					 _("the address of the service must not hold “%c”: it is written down; keys are read from TAMIS_API_KEY"),
					 *p);
	if (host >= s.p + s.len)
		return error_set(err, TAMIS_EUSAGE, _("“%s” is no address of a service; it begins with http:// or https://"), endpoint);
	path = memchr(host, '/', (size_t)(s.p + s.len - host));
	buf_clear(out);
	buf_addspan(out, s);
	if (path == NULL)
		buf_adds(out, "/v1");
	if (!span_ends(s, whole))
		buf_adds(out, whole);
	return 0;
}

/* ---- questions ---- */

static json_t *response_format(json_t *schema)
{
	return json_pack("{s:s, s:{s:s, s:b, s:o}}", "type", "json_schema", "json_schema", "name", "reply", "strict", 1, "schema", schema);
}

int chat_body(struct buf *out, const struct chat_question *q, struct error *err)
{
	json_t *messages = json_loadb(q->messages.p, q->messages.len, 0, NULL), *root;
	json_t *schema = q->schema.len ? json_loadb(q->schema.p, q->schema.len, 0, NULL) : NULL;
	char *text;

	if (messages == NULL || (q->schema.len && schema == NULL)) {
		json_decref(messages);
		json_decref(schema);
		return error_set(err, TAMIS_EPARSE, _("a question to the model could not be written as JSON"));
	}
	root = json_pack("{s:s, s:o, s:i, s:f, s:f, s:I, s:b}", "model", q->model, "messages", messages, "max_tokens", (int)q->max_tokens,
			 "temperature", q->temperature, "top_p", q->top_p, "seed", (json_int_t)q->seed, "stream", 0);
	if (schema)
		json_object_set_new(root, "response_format", response_format(schema));
	if (q->n)
		json_object_set_new(root, "n", json_integer((json_int_t)q->n));
	if (q->logprobs) {
		json_object_set_new(root, "logprobs", json_true());
		json_object_set_new(root, "top_logprobs", json_integer((json_int_t)q->logprobs));
	}
	text = json_dumps(root, JSON_SORT_KEYS | JSON_COMPACT | JSON_REAL_PRECISION(6));
	json_decref(root);
	buf_clear(out);
	buf_adds(out, text ? text : "");
	free(text);
	return text ? 0 : error_set(err, TAMIS_EPARSE, _("a question to the model could not be written as JSON"));
}

void chat_key(char out[65], const char *url, struct span body)
{
	struct sha256 *s = sha256_begin();

	sha256_add(s, url, strlen(url));
	sha256_add(s, "\n", 1);
	sha256_add(s, body.p, body.len);
	sha256_end_hex(s, out);
	sha256_free(s);
}

int64_t chat_estimate(struct span body, unsigned max_tokens)
{
	return (int64_t)(body.len / 3) + max_tokens;
}

bool chat_usage(struct span reply, int64_t *prompt, int64_t *completion)
{
	json_t *root = json_loadb(reply.p, reply.len, JSON_ALLOW_NUL, NULL), *usage = json_object_get(root, "usage");
	bool said = json_is_object(usage);
	json_int_t p = json_integer_value(json_object_get(usage, "prompt_tokens"));
	json_int_t c = json_integer_value(json_object_get(usage, "completion_tokens"));

	*prompt = p > 0 && p < INT32_MAX ? p : 0;
	*completion = c > 0 && c < INT32_MAX ? c : 0;
	json_decref(root);
	return said;
}
