/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Many HTTP calls at once: one thread owns every connection (libcurl's multi interface; its handles are never shared), others
 * hand it calls and take them back when they are over.  It keeps as many in flight as the server bears (net/pace.h), makes calls
 * again that failed in a way that may pass (408, 409, 429, 5xx, a connection refused, cut or stalled), waits as long as the server
 * says (retry-after-ms, Retry-After in seconds or as a date, x-should-retry), and gives up on the rest.
 *
 * Only http and https, no redirects (a key must not follow one), nothing sent anywhere but to the call's address.  A reply over
 * `reply_most` bytes is refused while it comes in: its memory is never taken.
 *
 * Life of a call: the caller fills it and http_send()s it; it belongs to the client until http_take() gives it back, answered,
 * failed or cancelled.  Each is given back exactly once.
 */
#ifndef TAMIS_NET_HTTP_H
#define TAMIS_NET_HTTP_H

#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/thread.h"

struct http_call {
	struct queue_node node;   /* first: the client's queues */
	/* what to send: borrowed until the call is back */
	const char *url;
	struct span body;         /* JSON; empty: a GET */
	const char *key;          /* sent as Idempotency-Key, for servers that honour it; NULL: none */
	void *owner;              /* the caller's */
	unsigned tries;           /* at most, the first included; 0: the client's */
	unsigned kind;            /* calls of one kind take about as long as each other (net/pace.h); under PACE_KINDS */
	/* how it went */
	int code;                 /* 0: `status` is 2xx and `reply` whole; TAMIS_EREMOTE, TAMIS_ELIMIT (reply too large), TAMIS_ECANCEL */
	long status;              /* of the last answer; 0: none came */
	unsigned attempts;        /* that were made */
	int64_t latency_ms;       /* of the last one */
	struct buf reply;         /* owned by the call: initialise, buf_free() it; of a refusal the beginning of its body */
	char why[200];            /* a sentence, "" when code is 0; never holds the key */
	/* private to the client */
	struct http_flight *flight;
	int64_t due_us;
};

struct http_settings {
	const char *bearer;       /* key of the service or NULL; copied, never logged */
	unsigned parallel;        /* calls in flight at most; 0: 64 */
	unsigned start;           /* calls in flight at first; 0: 8 */
	unsigned tries;           /* 0: 8 */
	unsigned connect_ms, idle_ms, total_ms; /* of one try; 0: 5 s to connect, 300 s without a byte, 600 s in all */
	unsigned wait_most_ms;    /* a server that asks for a longer wait has refused; 0: 120 s */
	size_t reply_most;        /* bytes; 0: 4 MiB */
	/* Called on the client's thread the moment a 2xx reply is whole, before anybody can take the call: what must not be lost when
	 * the process dies between here and there.  May be NULL. */
	void (*arrived)(void *ctx, const struct http_call *call);
	void *ctx;
};

struct http_state {
	unsigned in_flight, waiting, limit; /* now */
	uint64_t sent, answered, retried, throttled; /* so far */
};

struct http;
/* TAMIS_EREMOTE when libcurl is missing. */
int http_open(struct http **out, const struct http_settings *settings, struct error *err);
/* Cancels what is left and ends the thread; calls not taken are forgotten (their memory is the caller's). */
void http_close(struct http *h);
void http_send(struct http *h, struct http_call *call); /* from any thread */
/* The next call that is over; NULL when none was within `timeout_ms`.  One thread takes. */
struct http_call *http_take(struct http *h, int timeout_ms);
/* Every call comes back at once, those in flight with TAMIS_ECANCEL; so do all that are sent later. */
void http_cancel(struct http *h);
void http_state(struct http *h, struct http_state *out); /* from any thread */

/* One call made and waited for.  TAMIS_ECANCEL within 100 ms when *cancel (may be NULL) becomes true. */
int http_one(struct http *h, struct http_call *call, const atomic_bool *cancel, struct error *err);

#endif
