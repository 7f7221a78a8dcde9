/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an endpoint can do, found by asking: documentation and version numbers say what it might. */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"
#include "net/chat.h"
#include "net/schema.h"

#define ANSWER_SCHEMA \
	"{\"type\":\"object\",\"properties\":{\"answer\":{\"type\":\"string\",\"enum\":[\"yes\",\"no\"]}}," \
	"\"required\":[\"answer\"],\"additionalProperties\":false}"
#define QUESTION(text) "[{\"role\":\"user\",\"content\":\"" text "\"}]"

enum { TRIES = 4, TAKE_MS = 100, SLOTS_MOST = 4096 };

static const json_t *first_choice(const json_t *root)
{
	return json_array_get(json_object_get(root, "choices"), 0);
}

static bool follows_schema(const json_t *root)
{
	const char *content = json_string_value(json_object_get(json_object_get(first_choice(root), "message"), "content"));
	json_t *value = content ? json_loads(content, 0, NULL) : NULL, *schema = json_loads(ANSWER_SCHEMA, 0, NULL);
	char why[100];
	bool follows = value && schema_check(value, schema, why, sizeof why);

	json_decref(value);
	json_decref(schema);
	return follows;
}

static bool tells_logprobs(const json_t *root)
{
	const json_t *tokens = json_object_get(json_object_get(first_choice(root), "logprobs"), "content");

	return json_array_size(json_object_get(json_array_get(tokens, 0), "top_logprobs")) > 1;
}

static bool gives_two(const json_t *root)
{
	return json_array_size(json_object_get(root, "choices")) == 2;
}

static const struct probe {
	const char *messages, *schema;
	unsigned max_tokens, logprobs, n;
	bool (*shows)(const json_t *root);
	size_t ability;
} probes[] = {
	{ QUESTION("Is water wet? Answer with JSON: {\\\"answer\\\": \\\"yes\\\"} or {\\\"answer\\\": \\\"no\\\"}"), ANSWER_SCHEMA, 48, 0, 0,
	  follows_schema, offsetof(struct chat_abilities, schema) },
	{ QUESTION("Say one digit."), "", 1, 5, 0, tells_logprobs, offsetof(struct chat_abilities, logprobs) },
	{ QUESTION("Say one digit."), "", 1, 0, 2, gives_two, offsetof(struct chat_abilities, several) },
};

/* Whom, and who hears of it. */
struct probing {
	struct answerer *a;
	const char *url, *model;
	chat_probed_fn probed;
	void *ctx;
	const atomic_bool *cancel;
};

static void take_one(struct answerer *a, struct http_call *call, const atomic_bool *cancel)
{
	a->ops->send(a->self, call);
	while (a->ops->take(a->self, TAKE_MS) != call)
		if (cancel && atomic_load(cancel))
			a->ops->cancel(a->self);
}

static int probe_body(struct buf *out, const struct probe *p, const char *model, struct error *err)
{
	struct chat_question q = { .model = model, .messages = span_of(p->messages), .schema = span_of(p->schema),
				   .max_tokens = p->max_tokens, .logprobs = p->logprobs, .n = p->n, .top_p = 1, .seed = 1 };

	return chat_body(out, &q, err);
}

int64_t chat_probe_estimate(const char *model)
{
	struct buf body = BUF_INIT;
	int64_t tokens = 0;

	for (size_t i = 0; i < sizeof probes / sizeof *probes; i++)
		if (probe_body(&body, &probes[i], model, NULL) == 0)
			tokens += chat_estimate(buf_span(&body), probes[i].max_tokens * (probes[i].n ? probes[i].n : 1));
	buf_free(&body);
	return tokens;
}

/* 1: has it; 0: has not, or refused with `*refused` set; negative: can't be asked at all. */
static int ask(const struct probe *p, const struct probing *of, bool *refused, struct error *err)
{
	struct http_call call = { .url = of->url, .tries = TRIES, .reply = BUF_INIT };
	struct buf body = BUF_INIT;
	json_t *root;
	int rc = probe_body(&body, p, of->model, err);

	if (rc < 0)
		goto done;
	call.body = buf_span(&body);
	take_one(of->a, &call, of->cancel);
	*refused = call.code == TAMIS_EREMOTE && (call.status == 400 || call.status == 422 || call.status == 501);
	if (call.code == 0) {
		root = json_loadb(call.reply.p, call.reply.len, JSON_ALLOW_NUL, NULL);
		rc = p->shows(root);
		json_decref(root);
		of->probed(of->ctx, call.body, &call);
	} else if (call.code == TAMIS_ECANCEL) {
		rc = error_set(err, TAMIS_ECANCEL, _("cancelled"));
	} else if (call.code == TAMIS_EREMOTE) {
		rc = error_set(err, *refused ? TAMIS_OK : TAMIS_EREMOTE, _("%s can't be asked: %s"), of->url, call.why);
	}
done:
	buf_free(&body);
	buf_free(&call.reply);
	return rc;
}

/* GET /props beside /v1: llama.cpp's server tells its slots there; others answer 404. */
static unsigned ask_slots(struct answerer *a, const char *url, const atomic_bool *cancel)
{
	struct http_call call = { .tries = 1, .reply = BUF_INIT };
	struct buf props = BUF_INIT;
	const char *end = strstr(url, "/v1/chat/completions");
	json_int_t slots = 0;
	json_t *root;

	if (end == NULL)
		return 0;
	buf_add(&props, url, (size_t)(end - url));
	buf_adds(&props, "/props");
	call.url = props.p;
	take_one(a, &call, cancel);
	root = call.code == 0 ? json_loadb(call.reply.p, call.reply.len, JSON_ALLOW_NUL, NULL) : NULL;
	slots = json_integer_value(json_object_get(root, "total_slots"));
	json_decref(root);
	buf_free(&props);
	buf_free(&call.reply);
	return slots > 0 && slots <= SLOTS_MOST ? (unsigned)slots : 0;
}

int chat_probe(struct chat_abilities *out, struct answerer *a, const char *url, const char *model, chat_probed_fn probed, void *ctx,
	       const atomic_bool *cancel, struct error *err)
{
	const struct probing of = { a, url, model, probed, ctx, cancel };
	enum { PROBES = sizeof probes / sizeof *probes };
	unsigned refusals = 0;
	struct error why = { 0 };

	*out = (struct chat_abilities){ 0 };
	for (size_t i = 0; i < PROBES; i++) {
		bool refused = false;
		int rc = ask(&probes[i], &of, &refused, &why);

		if (rc < 0)
			return error_set(err, rc, "%s", why.msg);
		refusals += refused;
		*((bool *)out + probes[i].ability) = rc == 1;
	}
	if (refusals == PROBES)
		return error_set(err, TAMIS_EREMOTE, "%s", why.msg);
	out->slots = ask_slots(a, url, cancel);
	return 0;
}
