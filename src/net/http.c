/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The thread that owns the connections.
 *
 * Calls come in through `inbox` and go out through `outbox`, whose wake pipe the taker polls.  In between they are in one of
 * three places, all the thread's own: `fresh` (never tried, in order), `later` (a heap by the time of the next try) or a flight.
 * The loop: take what came in, start what is due and fits under the limit, let curl work, judge what ended, sleep
 * until a byte, a new call or the next due time. */
#include "net/http_inside.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/log.h"
#include "base/vec.h"
#include "net/pace.h"

enum {
	PARALLEL = 64, START = 8, TRIES = 8, CONNECT_MS = 5000, IDLE_MS = 300000, TOTAL_MS = 600000, WAIT_MOST_MS = 120000,
	REPLY_MOST = 4 << 20, LOOK_MS = 250, TAKE_SLICE_MS = 100
};

struct http {
	struct http_settings settings;
	char *bearer;
	const struct curl_late *lib;
	CURLM *multi;
	pthread_t thread;
	bool started;
	struct wake wake;
	struct queue inbox, outbox;
	atomic_bool cancelled, closing;
	struct queue_node *fresh, **fresh_tail;
	unsigned n_fresh;
	VEC(struct http_call *) later; /* heap: the earliest first */
	struct http_flight *flying, *idle;
	unsigned n_flying;
	uint64_t dice;
	struct pace pace;
	pthread_mutex_t lock; /* of `shown` */
	struct http_state shown;
};

/* ---- calls that wait ---- */

static void later_swap(struct http *h, size_t a, size_t b)
{
	struct http_call *c = h->later.v[a];

	h->later.v[a] = h->later.v[b];
	h->later.v[b] = c;
}

static void later_push(struct http *h, struct http_call *call)
{
	size_t i = h->later.n;

	vec_push(&h->later, call);
	for (; i && h->later.v[(i - 1) / 2]->due_us > h->later.v[i]->due_us; i = (i - 1) / 2)
		later_swap(h, i, (i - 1) / 2);
}

static struct http_call *later_pop(struct http *h)
{
	struct http_call *first = h->later.v[0];

	h->later.v[0] = h->later.v[--h->later.n];
	for (size_t i = 0, child; (child = 2 * i + 1) < h->later.n; i = child) {
		if (child + 1 < h->later.n && h->later.v[child + 1]->due_us < h->later.v[child]->due_us)
			child++;
		if (h->later.v[i]->due_us <= h->later.v[child]->due_us)
			break;
		later_swap(h, i, child);
	}
	return first;
}

static void fresh_push(struct http *h, struct queue_node *node)
{
	node->next = NULL;
	*h->fresh_tail = node;
	h->fresh_tail = &node->next;
	h->n_fresh++;
}

static struct http_call *fresh_pop(struct http *h)
{
	struct queue_node *node = h->fresh;

	h->fresh = node->next;
	if (h->fresh == NULL)
		h->fresh_tail = &h->fresh;
	h->n_fresh--;
	return (struct http_call *)node;
}

/* A call made again goes before one that was never tried: its place in the order was earlier. */
static struct http_call *next_due(struct http *h, int64_t now)
{
	if (h->later.n && h->later.v[0]->due_us <= now)
		return later_pop(h);
	return h->fresh ? fresh_pop(h) : NULL;
}

/* ---- calls in flight ---- */

static void give_back(struct http *h, struct http_call *call)
{
	call->flight = NULL;
	queue_push(&h->outbox, &call->node);
}

static void fail(struct http *h, struct http_call *call, int code, const char *why)
{
	call->code = code;
	snprintf(call->why, sizeof call->why, "%s", why);
	give_back(h, call);
}

static struct http_flight *take_flight(struct http *h)
{
	struct http_flight *f = h->idle;

	if (f)
		h->idle = f->next;
	else
		f = http_flight_new(h->lib, &h->settings);
	return f;
}

/* Out of curl's hands and among the idle. */
static void land(struct http *h, struct http_flight *f)
{
	struct http_flight **at = &h->flying;

	h->lib->multi_remove_handle(h->multi, f->curl);
	while (*at != f)
		at = &(*at)->next;
	*at = f->next;
	f->next = h->idle;
	h->idle = f;
	h->n_flying--;
}

static void launch(struct http *h, struct http_call *call)
{
	struct http_flight *f = take_flight(h);

	if (f == NULL) {
		fail(h, call, TAMIS_EREMOTE, _("libcurl cannot be started"));
		return;
	}
	http_flight_begin(f, call);
	call->flight = f;
	f->next = h->flying;
	h->flying = f;
	h->n_flying++;
	h->shown.sent++;
	if (h->lib->multi_add_handle(h->multi, f->curl) != CURLM_OK) {
		land(h, f);
		fail(h, call, TAMIS_EREMOTE, _("libcurl cannot be started"));
	}
}

static void end_try(struct http *h, struct http_flight *f, int code)
{
	struct http_call *call = f->call;
	struct http_verdict v = http_flight_end(f, code);
	unsigned tries = call->tries ? call->tries : h->settings.tries;
	bool answered = v.heard && call->code == 0;

	land(h, f);
	if (v.heard)
		pace_answer(&h->pace, v.throttled, answered ? (uint32_t)(call->latency_ms ? call->latency_ms : 1) : 0, call->kind);
	if (v.stalled)
		pace_stalled(&h->pace);
	h->shown.throttled += v.throttled;
	h->shown.answered += answered;
	if (v.done || call->attempts >= tries) {
		give_back(h, call);
		return;
	}
	call->due_us = clock_steady_us() + 1000 * pace_delay_ms(call->attempts, v.after_ms, h->dice++);
	h->shown.retried++;
	later_push(h, call);
}

static void end_finished(struct http *h)
{
	CURLMsg *message;
	int left;

	while ((message = h->lib->multi_info_read(h->multi, &left)) != NULL) {
		char *private = NULL;

		if (message->msg != CURLMSG_DONE)
			continue;
		h->lib->easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &private);
		end_try(h, (struct http_flight *)(void *)private, (int)message->data.result);
	}
}

static void end_stalled(struct http *h, int64_t now)
{
	struct http_flight *next;

	for (struct http_flight *f = h->flying; f; f = next) {
		next = f->next;
		if (now - f->heard_us > 1000 * (int64_t)h->settings.idle_ms)
			end_try(h, f, -1);
	}
}

static void drop_all(struct http *h)
{
	while (h->flying) {
		struct http_call *call = h->flying->call;

		h->lib->easy_setopt(h->flying->curl, CURLOPT_QUICK_EXIT, 1L); /* not after a name that is still being looked up */
		land(h, h->flying);
		fail(h, call, TAMIS_ECANCEL, _("cancelled"));
	}
	while (h->later.n)
		fail(h, later_pop(h), TAMIS_ECANCEL, _("cancelled"));
	while (h->fresh)
		fail(h, fresh_pop(h), TAMIS_ECANCEL, _("cancelled"));
}

/* ---- the thread ---- */

static void take_in(struct http *h)
{
	struct queue_node *node;

	while ((node = queue_try_pop(&h->inbox)) != NULL)
		fresh_push(h, node);
}

static void show(struct http *h)
{
	pthread_mutex_lock(&h->lock);
	h->shown.in_flight = h->n_flying;
	h->shown.waiting = h->n_fresh + (unsigned)h->later.n;
	h->shown.limit = h->pace.limit;
	pthread_mutex_unlock(&h->lock);
}

static void start_due(struct http *h)
{
	struct http_call *call;

	while (h->n_flying < h->pace.limit && (call = next_due(h, clock_steady_us())) != NULL) {
		pthread_mutex_lock(&h->lock);
		launch(h, call);
		pthread_mutex_unlock(&h->lock);
	}
}

static int sleep_ms(const struct http *h, int64_t now)
{
	int64_t ms = LOOK_MS;

	if (h->later.n && h->n_flying < h->pace.limit && (h->later.v[0]->due_us - now) / 1000 + 1 < ms)
		ms = (h->later.v[0]->due_us - now) / 1000 + 1;
	return ms > 0 ? (int)ms : 0;
}

static void *run(void *arg)
{
	struct http *h = arg;
	int running;

	while (!atomic_load(&h->closing)) {
		take_in(h);
		if (atomic_load(&h->cancelled))
			drop_all(h);
		start_due(h);
		show(h);
		h->lib->multi_perform(h->multi, &running);
		pthread_mutex_lock(&h->lock);
		end_finished(h);
		end_stalled(h, clock_steady_us());
		pthread_mutex_unlock(&h->lock);
		if (h->n_flying < h->pace.limit && h->fresh)
			continue;
		h->lib->multi_poll(h->multi, NULL, 0, sleep_ms(h, clock_steady_us()), NULL);
	}
	drop_all(h);
	return NULL;
}

/* ---- for others ---- */

static unsigned or_default(unsigned value, unsigned otherwise)
{
	return value ? value : otherwise;
}

static void fill_settings(struct http *h, const struct http_settings *s)
{
	h->settings = *s;
	h->settings.parallel = or_default(s->parallel, PARALLEL);
	h->settings.start = or_default(s->start, START);
	h->settings.tries = or_default(s->tries, TRIES);
	h->settings.connect_ms = or_default(s->connect_ms, CONNECT_MS);
	h->settings.idle_ms = or_default(s->idle_ms, IDLE_MS);
	h->settings.total_ms = or_default(s->total_ms, TOTAL_MS);
	h->settings.wait_most_ms = or_default(s->wait_most_ms, WAIT_MOST_MS);
	h->settings.reply_most = s->reply_most ? s->reply_most : REPLY_MOST;
	h->bearer = s->bearer && *s->bearer ? xstrdup(s->bearer) : NULL;
	h->settings.bearer = h->bearer;
	pace_init(&h->pace, h->settings.start, h->settings.parallel);
	h->shown.limit = h->pace.limit;
}

int http_open(struct http **out, const struct http_settings *settings, struct error *err)
{
	struct http *h = xcalloc(1, sizeof *h);
	int rc = wake_init(&h->wake, err);

	*out = NULL;
	if (rc < 0) {
		free(h);
		return rc;
	}
	fill_settings(h, settings);
	h->fresh_tail = &h->fresh;
	h->dice = (uint64_t)clock_steady_us();
	pthread_mutex_init(&h->lock, NULL);
	queue_init(&h->inbox, NULL);
	queue_init(&h->outbox, &h->wake);
	h->lib = curl_late(err);
	h->multi = h->lib ? h->lib->multi_init() : NULL;
	if (h->multi == NULL) {
		rc = h->lib ? error_set(err, TAMIS_EREMOTE, _("libcurl cannot be started")) : TAMIS_EREMOTE;
	} else {
		h->lib->multi_setopt(h->multi, CURLMOPT_MAXCONNECTS, (long)h->settings.parallel);
		h->lib->multi_setopt(h->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, (long)h->settings.parallel);
		rc = thread_start(&h->thread, "http", run, h, err);
		h->started = rc == 0;
	}
	if (rc < 0)
		http_close(h);
	else
		*out = h;
	return rc;
}

void http_close(struct http *h)
{
	if (h == NULL)
		return;
	atomic_store(&h->closing, true);
	if (h->started) {
		h->lib->multi_wakeup(h->multi);
		pthread_join(h->thread, NULL);
	}
	while (h->idle) {
		struct http_flight *f = h->idle;

		h->idle = f->next;
		http_flight_free(f);
	}
	if (h->multi)
		h->lib->multi_cleanup(h->multi);
	while (queue_try_pop(&h->inbox) || queue_try_pop(&h->outbox))
		;
	queue_free(&h->inbox);
	queue_free(&h->outbox);
	wake_free(&h->wake);
	pthread_mutex_destroy(&h->lock);
	vec_free(&h->later);
	if (h->bearer)
		explicit_bzero(h->bearer, strlen(h->bearer));
	free(h->bearer);
	free(h);
}

void http_send(struct http *h, struct http_call *call)
{
	call->attempts = 0;
	call->code = 0;
	call->why[0] = '\0';
	queue_push(&h->inbox, &call->node);
	h->lib->multi_wakeup(h->multi);
}

struct http_call *http_take(struct http *h, int timeout_ms)
{
	int64_t until = clock_steady_us() + 1000 * (int64_t)timeout_ms;
	struct queue_node *node;

	while ((node = queue_try_pop(&h->outbox)) == NULL) {
		struct pollfd fd = { .fd = h->wake.read_fd, .events = POLLIN };
		int64_t left = (until - clock_steady_us()) / 1000;

		if (left <= 0)
			return NULL;
		poll(&fd, 1, (int)left);
		wake_drain(&h->wake);
	}
	return (struct http_call *)node;
}

void http_cancel(struct http *h)
{
	atomic_store(&h->cancelled, true);
	h->lib->multi_wakeup(h->multi);
}

void http_state(struct http *h, struct http_state *out)
{
	pthread_mutex_lock(&h->lock);
	*out = h->shown;
	pthread_mutex_unlock(&h->lock);
}

int http_one(struct http *h, struct http_call *call, const atomic_bool *cancel, struct error *err)
{
	http_send(h, call);
	while (http_take(h, TAKE_SLICE_MS) != call)
		if (cancel && atomic_load(cancel))
			http_cancel(h);
	return call->code ? error_set(err, call->code, "%s: %s", call->url, call->why) : 0;
}
