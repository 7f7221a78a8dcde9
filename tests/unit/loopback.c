/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A chat service that misbehaves on command; see loopback.h. */
#include "loopback.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/map.h"
#include "base/thread.h"
#include "base/vec.h"

enum { CONNECTIONS = 1200, HUGE_BYTES = 10 << 20, DRIPS = 20, DRIP_MS = 10 };

enum phase { PHASE_READ, PHASE_WORK, PHASE_SEND, PHASE_HELD };

struct connection {
	int fd;
	enum phase phase;
	struct buf in, out;
	size_t sent;
	int64_t begun_us, due_us;
	uint64_t hash;          /* of the question */
	enum fault fault;
	bool reply;             /* what is being sent is a 200 that will be whole */
	bool unconfirmed;       /* a reply was sent whole; was it read? */
	uint64_t unconfirmed_hash;
	bool close_after;
};

struct question {
	unsigned attempts, delivered;
	bool known;
	uint64_t key;           /* hash of its Idempotency-Key; 0: not asked yet */
	int64_t failed_us;      /* when its last failure was sent; 0: none since */
};

struct loopback {
	struct loopback_script script;
	int listener;
	unsigned port;
	struct wake stop;
	atomic_bool stopping;
	pthread_t thread;
	VEC(struct connection *) open;
	unsigned at_work;
	pthread_mutex_t lock;   /* of what follows */
	struct loopback_counts counts;
	struct map64 index;     /* hash -> question + 1 */
	VEC(struct question) questions;
	int64_t longest_wait_us;
};

static struct question *question_of(struct loopback *l, uint64_t hash)
{
	bool made;
	uint64_t *at = map64_at(&l->index, hash, &made);

	if (made) {
		vec_push(&l->questions, (struct question){ 0 });
		*at = l->questions.n;
	}
	return &l->questions.v[*at - 1];
}

/* ---- what a good model says ---- */

static json_t *value_for(const json_t *schema, const char *name, uint64_t hash)
{
	const json_t *list = json_object_get(schema, "enum");
	const char *type = json_string_value(json_object_get(schema, "type"));
	static const char *const words[] = { "sailor", "winch", "harvest", "ledger", "kernel", "prism", "valley", "meadow", "gasket", "beacon",
					     "lattice", "quarry", "syrup", "tunnel", "violin", "walnut" };
	char text[200];

	if (json_array_size(list))
		return json_incref(json_array_get(list, hash % json_array_size(list)));
	if (type && strcmp(type, "boolean") == 0)
		return json_true();
	if (type && (strcmp(type, "integer") == 0 || strcmp(type, "number") == 0))
		return json_integer(1 + (json_int_t)(hash % 5));
	snprintf(text, sizeof text, "What %s joins %s%llx and %s%llx to the %s%llx?", name, words[hash & 15],
		 (unsigned long long)(hash >> 4 & 4095), words[hash >> 16 & 15], (unsigned long long)(hash >> 20 & 4095), words[hash >> 32 & 15],
		 (unsigned long long)(hash >> 36 & 4095));
	return json_string(text);
}

static char *good_content(const json_t *request, uint64_t hash)
{
	const json_t *schema = json_object_get(json_object_get(json_object_get(request, "response_format"), "json_schema"), "schema");
	json_t *properties = json_object_get(schema, "properties"), *object, *one;
	const char *key;
	char *text;

	if (json_object_get(request, "logprobs"))
		return strdup("4");
	if (properties == NULL)
		return strdup("<answer>Words that answer the question in a manner of speaking, long enough to be taken.</answer>");
	object = json_object();
	json_object_foreach(properties, key, one)
		json_object_set_new(object, key, value_for(one, key, hash));
	text = json_dumps(object, JSON_COMPACT);
	json_decref(object);
	return text;
}

static json_t *choice(const json_t *request, const char *content)
{
	json_t *c = json_pack("{s:i, s:{s:s, s:s}, s:s}", "index", 0, "message", "role", "assistant", "content", content, "finish_reason",
			      "stop");

	if (json_object_get(request, "logprobs"))
		json_object_set_new(c, "logprobs",
				    json_pack("{s:[{s:s, s:f, s:[{s:s, s:f}, {s:s, s:f}]}]}", "content", "token", "4", "logprob", -0.1,
					      "top_logprobs", "token", "4", "logprob", -0.1, "token", "5", "logprob", -2.4));
	return c;
}

static char *completion(const json_t *request, const char *content)
{
	json_t *choices = json_array(), *root;
	json_int_t n = json_integer_value(json_object_get(request, "n"));
	char *text;

	for (json_int_t i = 0; i < (n > 1 ? n : 1); i++)
		json_array_append_new(choices, choice(request, content));
	root = json_pack("{s:s, s:o, s:{s:i, s:i}}", "object", "chat.completion", "choices", choices, "usage", "prompt_tokens", 100,
			 "completion_tokens", 20);
	text = json_dumps(root, JSON_COMPACT);
	json_decref(root);
	return text;
}

/* ---- answers ---- */

static void put_answer(struct loopback *l, struct connection *c, const char *status, const char *headers, struct span body)
{
	bool chunked = l->script.chunked && status[0] == '2' && body.len;

	buf_addf(&c->out, "HTTP/1.1 %s\r\nContent-Type: application/json\r\n%s", status, headers);
	if (chunked) {
		buf_addf(&c->out, "Transfer-Encoding: chunked\r\n\r\n%zx\r\n", body.len);
		buf_addspan(&c->out, body);
		buf_adds(&c->out, "\r\n0\r\n\r\n");
		return;
	}
	buf_addf(&c->out, "Content-Length: %zu\r\n\r\n", body.len);
	buf_addspan(&c->out, body);
}

static void answer_date(struct loopback *l, struct connection *c)
{
	char line[80];
	time_t then = time(NULL) + 2;
	struct tm tm;

	gmtime_r(&then, &tm);
	strftime(line, sizeof line, "Retry-After: %a, %d %b %Y %H:%M:%S GMT\r\n", &tm);
	put_answer(l, c, "429 Too Many Requests", line, span_of("{\"error\":\"later\"}"));
}

static void answer_huge(struct loopback *l, struct connection *c)
{
	struct buf body = BUF_INIT;

	buf_adds(&body, "{\"choices\":[{\"message\":{\"content\":\"");
	buf_fill(&body, 'x', HUGE_BYTES);
	buf_adds(&body, "\"}}]}");
	put_answer(l, c, "200 OK", "", buf_span(&body));
	buf_free(&body);
}

static bool able(const struct loopback *l, const json_t *request)
{
	return !(l->script.no_schema && json_object_get(request, "response_format")) &&
	       !(l->script.no_logprobs && json_object_get(request, "logprobs"));
}

static void answer_composed(struct loopback *l, struct connection *c, struct span body)
{
	char *text = l->script.compose(l->script.ctx, body);

	put_answer(l, c, "200 OK", "", span_of(text));
	c->reply = true;
	free(text);
}

static void answer_good(struct loopback *l, struct connection *c, const json_t *request, bool wrong_schema)
{
	char *content = wrong_schema ? strdup("{\"completely\":\"different\"}") : good_content(request, c->hash);
	char *text = completion(request, content);

	put_answer(l, c, "200 OK", "", span_of(text));
	c->reply = true;
	free(content);
	free(text);
}

static void write_answer(struct loopback *l, struct connection *c, struct span body)
{
	static const struct {
		enum fault fault;
		const char *status, *headers, *body;
	} plain[] = {
		{ FAULT_429, "429 Too Many Requests", "", "{\"error\":\"too many\"}" },
		{ FAULT_429_MS, "429 Too Many Requests", "retry-after-ms: 200\r\n", "{}" },
		{ FAULT_429_SECONDS, "429 Too Many Requests", "Retry-After: 1\r\n", "{}" },
		{ FAULT_429_LONG, "429 Too Many Requests", "Retry-After: 9999\r\n", "{\"error\":\"come back tomorrow\"}" },
		{ FAULT_500, "500 Internal Server Error", "", "oops" },
		{ FAULT_503, "503 Service Unavailable", "", "" },
		{ FAULT_400, "400 Bad Request", "", "{\"error\":\"context length exceeded\"}" },
		{ FAULT_401, "401 Unauthorized", "", "{\"error\":\"invalid api key\"}" },
		{ FAULT_NO_JSON, "200 OK", "", "I am afraid I can't do that" },
	};
	json_t *request = json_loadb(body.p, body.len, 0, NULL);

	c->reply = body.len && c->fault == FAULT_NO_JSON;
	for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
		if (body.len && plain[i].fault == c->fault)
			put_answer(l, c, plain[i].status, plain[i].headers, span_of(plain[i].body));
	if (body.len == 0) /* a GET: there is nothing to be had */
		put_answer(l, c, "404 Not Found", "", span_of("{}"));
	else if (c->fault == FAULT_429_DATE)
		answer_date(l, c);
	else if (c->fault == FAULT_TOO_LONG)
		put_answer(l, c, "400 Bad Request", "", span_of(l->script.too_long));
	else if (c->fault == FAULT_HUGE)
		answer_huge(l, c);
	else if (c->out.len == 0 && !able(l, request))
		put_answer(l, c, "400 Bad Request", "", span_of("{\"error\":\"not supported\"}"));
	else if (c->out.len == 0 && l->script.compose)
		answer_composed(l, c, body);
	else if (c->out.len == 0)
		answer_good(l, c, request, c->fault == FAULT_WRONG_SCHEMA);
	if (c->fault == FAULT_CUT || c->fault == FAULT_STALL) {
		c->reply = false;
		buf_truncate(&c->out, c->out.len / 2);
		c->close_after = c->fault == FAULT_CUT;
	}
	json_decref(request);
}

/* ---- connections ---- */

/* The client took the last reply out of its socket. */
static void confirm(struct loopback *l, struct connection *c)
{
	struct question *q;

	if (!c->unconfirmed)
		return;
	c->unconfirmed = false;
	q = question_of(l, c->unconfirmed_hash);
	l->counts.delivered++;
	l->counts.questions += q->delivered == 0;
	l->counts.paid_twice += q->delivered == 1;
	q->delivered++;
}

static void leave_work(struct loopback *l, struct connection *c)
{
	if (c->phase == PHASE_READ)
		return;
	l->at_work--;
	l->counts.slot_ms += (uint64_t)(clock_steady_us() - c->begun_us) / 1000;
	l->counts.last_us = clock_steady_us();
}

static void drop(struct loopback *l, size_t i, bool reset)
{
	struct connection *c = l->open.v[i];
	struct linger now = { .l_onoff = 1, .l_linger = 0 };

	leave_work(l, c);
	if (reset)
		setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
	close(c->fd);
	buf_free(&c->in);
	buf_free(&c->out);
	free(c);
	l->open.v[i] = l->open.v[--l->open.n];
}

static struct span header_value(struct span head, const char *name)
{
	size_t n = strlen(name);

	while (head.len) {
		struct span line = span_line(&head);

		if (line.len > n && strncasecmp(line.p, name, n) == 0 && line.p[n] == ':')
			return span_trim(span_make(line.p + n + 1, line.len - n - 1));
	}
	return span_make("", 0);
}

/* The bounds of a whole request in `in`. */
static bool whole_request(const struct buf *in, struct span *head, struct span *body)
{
	const char *end = in->len ? memmem(in->p, in->len, "\r\n\r\n", 4) : NULL;
	struct span length;

	if (end == NULL)
		return false;
	*head = span_make(in->p, (size_t)(end - in->p) + 2);
	length = header_value(*head, "Content-Length");
	*body = span_make(end + 4, length.len ? strtoul(length.p, NULL, 10) : 0);
	return body->p + body->len <= in->p + in->len;
}

static void begin_work(struct loopback *l, struct connection *c, struct span head, struct span body)
{
	struct question *q;
	struct span authorization = header_value(head, "Authorization"), key;
	int64_t now = clock_steady_us();

	c->hash = hash64(body.p, body.len, 0);
	c->begun_us = now;
	c->due_us = now + 1000 * (int64_t)l->script.latency_ms;
	c->phase = PHASE_WORK;
	c->close_after = false;
	q = question_of(l, c->hash);
	if (q->failed_us && now - q->failed_us > l->longest_wait_us)
		l->longest_wait_us = now - q->failed_us;
	q->failed_us = 0;
	key = header_value(head, "Idempotency-Key");
	l->counts.known_asked += q->known;
	l->counts.other_key += q->key && q->key != hash64(key.p, key.len, 1);
	q->key = hash64(key.p, key.len, 1);
	c->fault = l->script.fault ? l->script.fault(l->script.ctx, c->hash, ++q->attempts) : FAULT_NONE;
	if (l->script.slots && l->at_work >= l->script.slots)
		c->fault = FAULT_429;
	if (l->script.longest && body.len > l->script.longest)
		c->fault = FAULT_TOO_LONG;
	if (c->fault == FAULT_429)
		c->due_us = now;
	l->at_work++;
	l->counts.of[c->fault]++;
	l->counts.requests++;
	if (l->counts.first_us == 0)
		l->counts.first_us = now;
	if (q->attempts == 1)
		l->counts.fresh_us = now;
	if (l->at_work > l->counts.peak)
		l->counts.peak = l->at_work;
	snprintf(l->counts.authorization, sizeof l->counts.authorization, "%.*s",
		 (int)authorization.len, authorization.p);
}

static bool had_reset(const struct connection *c)
{
	int error = 0;
	socklen_t len = sizeof error;

	return getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &len) < 0 || error;
}

/* False when the connection is over. */
static bool read_more(struct loopback *l, struct connection *c)
{
	char bytes[65536];
	struct span head, body;
	ssize_t n = recv(c->fd, bytes, sizeof bytes, 0);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return true;
	if (n == 0 && c->phase == PHASE_READ && !had_reset(c))
		confirm(l, c);
	if (n <= 0)
		return false;
	confirm(l, c);
	buf_add(&c->in, bytes, (size_t)n);
	if (c->phase == PHASE_READ && whole_request(&c->in, &head, &body))
		begin_work(l, c, head, body);
	return true;
}

static void end_answer(struct loopback *l, struct connection *c)
{
	struct question *q = question_of(l, c->hash);

	leave_work(l, c);
	c->phase = PHASE_READ;
	c->unconfirmed = c->reply;
	c->unconfirmed_hash = c->hash;
	if (c->reply)
		q->failed_us = 0;
	else
		q->failed_us = clock_steady_us();
	buf_clear(&c->in);
	buf_clear(&c->out);
	c->sent = 0;
}

/* An answer sent to a client that has gone is nobody's: the kernel would take it and then hear a reset. */
static bool is_gone(const struct connection *c)
{
	char byte;

	return recv(c->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

/* False when the connection is to be closed. */
static bool send_more(struct loopback *l, struct connection *c, int64_t now)
{
	size_t n = c->out.len - c->sent;

	if (is_gone(c))
		return false;

	if (c->fault == FAULT_DRIP) {
		n = n < c->out.len / DRIPS + 1 ? n : c->out.len / DRIPS + 1;
		c->due_us = now + 1000 * DRIP_MS;
	}
	while (n) {
		ssize_t sent = send(c->fd, c->out.p + c->sent, n, MSG_NOSIGNAL);

		if (sent < 0)
			return errno == EAGAIN;
		c->sent += (size_t)sent;
		n -= (size_t)sent;
	}
	if (c->sent < c->out.len)
		return true;
	if (c->fault == FAULT_STALL) {
		c->phase = PHASE_HELD;
		return true;
	}
	if (c->close_after)
		return false;
	end_answer(l, c);
	return true;
}

static bool work(struct loopback *l, struct connection *c, int64_t now)
{
	struct span head, body;

	if (c->phase == PHASE_WORK && now >= c->due_us) {
		if (c->fault == FAULT_RESET)
			return false;
		whole_request(&c->in, &head, &body);
		write_answer(l, c, body);
		c->phase = PHASE_SEND;
	}
	if (c->phase == PHASE_SEND && (c->fault != FAULT_DRIP || now >= c->due_us))
		return send_more(l, c, now);
	return true;
}

static void take_connection(struct loopback *l)
{
	int fd = accept4(l->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC), on = 1;
	struct connection *c;

	if (fd < 0)
		return;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	c = calloc(1, sizeof *c);
	c->fd = fd;
	buf_init(&c->in);
	buf_init(&c->out);
	vec_push(&l->open, c);
	l->counts.connections++;
}

static int sleep_ms(const struct loopback *l, int64_t now)
{
	int64_t ms = 1000;

	vec_each(&l->open, i) {
		const struct connection *c = l->open.v[i];
		bool timed = c->phase == PHASE_WORK || (c->phase == PHASE_SEND && c->fault == FAULT_DRIP);
		int64_t left = (c->due_us - now + 999) / 1000;

		if (timed && left < ms)
			ms = left;
	}
	return ms > 0 ? (int)ms : 0;
}

static void look_at_all(struct loopback *l, const struct pollfd *fds, size_t n)
{
	int64_t now = clock_steady_us();

	for (size_t i = n; i-- > 0;) { /* from the end: dropping moves the last one */
		struct connection *c = l->open.v[i];
		bool on = true;

		if (fds[i].revents & (POLLIN | POLLHUP | POLLERR))
			on = read_more(l, c);
		if (on)
			on = work(l, c, now);
		if (!on)
			drop(l, i, c->fault == FAULT_RESET && c->phase == PHASE_WORK);
	}
}

static void *run(void *arg)
{
	struct loopback *l = arg;
	struct pollfd *fds = calloc(CONNECTIONS + 2, sizeof *fds);

	while (!atomic_load(&l->stopping)) {
		size_t n = l->open.n;

		for (size_t i = 0; i < n; i++)
			fds[i] = (struct pollfd){ .fd = l->open.v[i]->fd,
						  .events = (short)(POLLIN | (l->open.v[i]->phase == PHASE_SEND &&
									       l->open.v[i]->fault != FAULT_DRIP ? POLLOUT : 0)) };
		fds[n] = (struct pollfd){ .fd = n < CONNECTIONS ? l->listener : -1, .events = POLLIN };
		fds[n + 1] = (struct pollfd){ .fd = l->stop.read_fd, .events = POLLIN };
		poll(fds, n + 2, sleep_ms(l, clock_steady_us()));
		pthread_mutex_lock(&l->lock);
		look_at_all(l, fds, n);
		if (fds[n].revents & POLLIN)
			take_connection(l);
		pthread_mutex_unlock(&l->lock);
	}
	free(fds);
	return NULL;
}

struct loopback *loopback_start(const struct loopback_script *script)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons((uint16_t)script->port),
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof address;
	int on = 1;
	struct loopback *l = calloc(1, sizeof *l);

	l->script = *script;
	l->listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	setsockopt(l->listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (l->listener < 0 || bind(l->listener, (struct sockaddr *)&address, len) < 0 || listen(l->listener, 256) < 0 ||
	    getsockname(l->listener, (struct sockaddr *)&address, &len) < 0 || wake_init(&l->stop, NULL) < 0) {
		close(l->listener);
		free(l);
		return NULL;
	}
	l->port = ntohs(address.sin_port);
	pthread_mutex_init(&l->lock, NULL);
	if (thread_start(&l->thread, "loopback", run, l, NULL) < 0)
		abort();
	return l;
}

void loopback_stop(struct loopback *l)
{
	atomic_store(&l->stopping, true);
	wake_up(&l->stop);
	pthread_join(l->thread, NULL);
	while (l->open.n)
		drop(l, 0, false);
	close(l->listener);
	wake_free(&l->stop);
	vec_free(&l->open);
	vec_free(&l->questions);
	map64_free(&l->index);
	pthread_mutex_destroy(&l->lock);
	free(l);
}

void loopback_slow_down(struct loopback *l, unsigned latency_ms)
{
	pthread_mutex_lock(&l->lock);
	l->script.latency_ms = latency_ms;
	pthread_mutex_unlock(&l->lock);
}

unsigned loopback_port(const struct loopback *l)
{
	return l->port;
}

void loopback_counts(struct loopback *l, struct loopback_counts *out)
{
	pthread_mutex_lock(&l->lock);
	*out = l->counts;
	pthread_mutex_unlock(&l->lock);
}

bool loopback_delivered(struct loopback *l, struct span body)
{
	bool delivered;

	pthread_mutex_lock(&l->lock);
	delivered = question_of(l, hash64(body.p, body.len, 0))->delivered > 0;
	pthread_mutex_unlock(&l->lock);
	return delivered;
}

void loopback_known(struct loopback *l, struct span body)
{
	pthread_mutex_lock(&l->lock);
	question_of(l, hash64(body.p, body.len, 0))->known = true;
	pthread_mutex_unlock(&l->lock);
}

int64_t loopback_longest_wait_ms(struct loopback *l)
{
	int64_t us;

	pthread_mutex_lock(&l->lock);
	us = l->longest_wait_us;
	pthread_mutex_unlock(&l->lock);
	return us / 1000;
}
