/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What http.c (the thread) and http_flight.c (one try of a call) share.  Private to src/net.
 */
#ifndef TAMIS_NET_HTTP_INSIDE_H
#define TAMIS_NET_HTTP_INSIDE_H

#include "net/curl_late.h"
#include "net/http.h"

/* One try under way: an easy handle, kept and used again. */
struct http_flight {
	CURL *curl;
	struct curl_slist *headers;
	struct http_call *call;
	const struct http_settings *settings;
	const struct curl_late *lib;
	int64_t begun_us, heard_us; /* when it was begun, when a byte last moved */
	bool too_large;
	bool arrived;               /* settings->arrived was called */
	struct http_flight *next;   /* among the idle, or in flight */
};

/* What is to be done about a try that ended. */
struct http_verdict {
	bool done;          /* the call is over: its code, status and why are set */
	bool throttled;     /* the server said "too many" */
	bool heard;         /* it answered at all */
	bool stalled;       /* it took the call, and was silent for too long */
	int64_t after_ms;   /* what it asks to wait; -1: says nothing */
};

struct http_flight *http_flight_new(const struct curl_late *lib, const struct http_settings *s);
void http_flight_free(struct http_flight *f);
/* Prepares the handle for the call: the caller adds it to the multi handle. */
int http_flight_begin(struct http_flight *f, struct http_call *call);
/* Judges a try by curl's code; -1: it stalled. */
struct http_verdict http_flight_end(struct http_flight *f, int code);

#endif
