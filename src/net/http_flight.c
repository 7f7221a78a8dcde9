/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One try of a call: the handle set up, the reply gathered, the outcome judged. */
#include "net/http_inside.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "net/overlong.h"

enum { REFUSAL_KEPT = 2000 }; /* bytes of an error's body */

struct http_flight *http_flight_new(const struct curl_late *lib, const struct http_settings *s)
{
	struct http_flight *f = xcalloc(1, sizeof *f);

	f->lib = lib;
	f->settings = s;
	f->curl = lib->easy_init();
	if (f->curl)
		return f;
	free(f);
	return NULL;
}

void http_flight_free(struct http_flight *f)
{
	f->lib->slist_free_all(f->headers);
	f->lib->easy_cleanup(f->curl);
	free(f);
}

static long status_of(const struct http_flight *f)
{
	long status = 0;

	f->lib->easy_getinfo(f->curl, CURLINFO_RESPONSE_CODE, &status);
	return status;
}

static bool is_success(long status)
{
	return status >= 200 && status < 300;
}

static void say_arrived(struct http_flight *f)
{
	if (f->arrived)
		return;
	f->arrived = true;
	f->call->status = status_of(f);
	f->call->latency_ms = (clock_steady_us() - f->begun_us) / 1000;
	if (f->settings->arrived && is_success(f->call->status))
		f->settings->arrived(f->settings->ctx, f->call);
}

static size_t receive(char *bytes, size_t size, size_t n, void *ctx)
{
	struct http_flight *f = ctx;
	struct http_call *call = f->call;
	curl_off_t whole = -1;

	n *= size;
	f->heard_us = clock_steady_us();
	if (!is_success(status_of(f))) {
		size_t room = call->reply.len < REFUSAL_KEPT ? REFUSAL_KEPT - call->reply.len : 0;

		buf_add(&call->reply, bytes, n < room ? n : room);
		return n;
	}
	f->lib->easy_getinfo(f->curl, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &whole);
	if (n > f->settings->reply_most - call->reply.len || whole > (curl_off_t)f->settings->reply_most) {
		f->too_large = true;
		return 0;
	}
	buf_add(&call->reply, bytes, n);
	/* Whole by its announced length: said here, microseconds after it was read, and not when curl comes round to it. */
	if (whole >= 0 && call->reply.len == (size_t)whole)
		say_arrived(f);
	return n;
}

static void set_headers(struct http_flight *f)
{
	struct buf line = BUF_INIT;

	f->lib->slist_free_all(f->headers);
	f->headers = f->lib->slist_append(NULL, "Content-Type: application/json");
	f->headers = f->lib->slist_append(f->headers, "Expect:"); /* no round trip before the body */
	if (f->settings->bearer) {
		buf_addf(&line, "Authorization: Bearer %s", f->settings->bearer);
		f->headers = f->lib->slist_append(f->headers, line.p);
		buf_clear(&line);
	}
	if (f->call->key) {
		buf_addf(&line, "Idempotency-Key: %s", f->call->key);
		f->headers = f->lib->slist_append(f->headers, line.p);
	}
	buf_free(&line);
}

/* A proxy named in the environment is for the world, not for this machine. */
static bool is_local(const char *url)
{
	static const char *const hosts[] = { "://localhost:", "://localhost/", "://127.", "://[::1]" };

	for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++)
		if (strstr(url, hosts[i]))
			return true;
	return false;
}

int http_flight_begin(struct http_flight *f, struct http_call *call)
{
	const struct curl_late *lib = f->lib;

	f->call = call;
	f->too_large = f->arrived = false;
	f->begun_us = f->heard_us = clock_steady_us();
	buf_clear(&call->reply);
	call->status = 0;
	lib->easy_reset(f->curl); /* keeps its connections */
	set_headers(f);
	lib->easy_setopt(f->curl, CURLOPT_URL, call->url);
	lib->easy_setopt(f->curl, CURLOPT_PROTOCOLS_STR, "http,https");
	lib->easy_setopt(f->curl, CURLOPT_HTTPHEADER, f->headers);
	lib->easy_setopt(f->curl, CURLOPT_USERAGENT, "tamis");
	if (is_local(call->url))
		lib->easy_setopt(f->curl, CURLOPT_PROXY, "");
	lib->easy_setopt(f->curl, CURLOPT_PRIVATE, f);
	lib->easy_setopt(f->curl, CURLOPT_WRITEFUNCTION, receive);
	lib->easy_setopt(f->curl, CURLOPT_WRITEDATA, f);
	lib->easy_setopt(f->curl, CURLOPT_NOSIGNAL, 1L);
	lib->easy_setopt(f->curl, CURLOPT_CONNECTTIMEOUT_MS, (long)f->settings->connect_ms);
	lib->easy_setopt(f->curl, CURLOPT_TIMEOUT_MS, (long)f->settings->total_ms);
	if (call->body.len) {
		lib->easy_setopt(f->curl, CURLOPT_POST, 1L);
		lib->easy_setopt(f->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)call->body.len);
		lib->easy_setopt(f->curl, CURLOPT_POSTFIELDS, call->body.p);
	}
	call->attempts++;
	return 0;
}

/* ---- how it ended ---- */

static bool header(struct http_flight *f, const char *name, const char **value)
{
	struct curl_header *h;

	if (f->lib->easy_header(f->curl, name, 0, CURLH_HEADER, -1, &h) != CURLHE_OK)
		return false;
	*value = h->value;
	return true;
}

/* Milliseconds; -1 when the server says nothing that can be read. */
static int64_t asked_wait_ms(struct http_flight *f)
{
	const char *value;
	char *end;
	double number;
	time_t date;

	if (header(f, "retry-after-ms", &value)) {
		number = strtod(value, &end);
		if (end != value && number >= 0 && number < 1e12)
			return (int64_t)number;
	}
	if (!header(f, "retry-after", &value))
		return -1;
	number = strtod(value, &end);
	if (end != value && number >= 0 && number < 1e9)
		return (int64_t)(number * 1000);
	date = f->lib->getdate(value, NULL);
	if (date == (time_t)-1)
		return -1;
	number = difftime(date, time(NULL));
	return number > 0 ? (int64_t)(number * 1000) : 0;
}

static bool may_pass(struct http_flight *f, long status)
{
	const char *value;

	if (header(f, "x-should-retry", &value))
		return strcasecmp(value, "true") == 0;
	return status == 408 || status == 409 || status == 429 || status >= 500;
}

static bool is_lasting(int code)
{
	static const CURLcode lasting[] = {
		CURLE_UNSUPPORTED_PROTOCOL, CURLE_URL_MALFORMAT, CURLE_NOT_BUILT_IN, CURLE_PEER_FAILED_VERIFICATION,
		CURLE_SSL_CACERT_BADFILE, CURLE_OUT_OF_MEMORY,
	};

	for (size_t i = 0; i < sizeof lasting / sizeof *lasting; i++)
		if (code == (int)lasting[i])
			return true;
	return false;
}

/* One line of a refusal's body, made of printable bytes. */
static void say_refusal(struct http_call *call, long status)
{
	char line[120];
	size_t n = 0;

	for (size_t i = 0; i < call->reply.len && n + 1 < sizeof line; i++)
		line[n++] = (unsigned char)call->reply.p[i] < ' ' ? ' ' : call->reply.p[i];
	while (n && (line[n - 1] & 0xc0) == 0x80) /* not half a character */
		n--;
	if (n && (unsigned char)line[n - 1] >= 0xc0)
		n--;
	line[n] = '\0';
	snprintf(call->why, sizeof call->why, _("the server answered %ld: %s"), status, line);
}

static struct http_verdict judge_transport(struct http_flight *f, int code)
{
	struct http_call *call = f->call;
	struct http_verdict v = { .after_ms = -1 };

	call->code = TAMIS_EREMOTE;
	if (f->too_large) {
		call->code = TAMIS_ELIMIT;
		snprintf(call->why, sizeof call->why, _("the reply is larger than %zu bytes"), f->settings->reply_most);
		v.done = v.heard = true;
	} else if (code < 0) {
		snprintf(call->why, sizeof call->why, _("nothing was heard for %u s"), f->settings->idle_ms / 1000);
		v.stalled = true;
	} else {
		snprintf(call->why, sizeof call->why, "%s", f->lib->easy_strerror((CURLcode)code));
		v.done = is_lasting(code);
		v.stalled = code == CURLE_OPERATION_TIMEDOUT && call->latency_ms >= (int64_t)f->settings->total_ms;
	}
	return v;
}

struct http_verdict http_flight_end(struct http_flight *f, int code)
{
	struct http_call *call = f->call;
	struct http_verdict v = { .after_ms = -1, .heard = true };

	call->latency_ms = (clock_steady_us() - f->begun_us) / 1000;
	call->status = status_of(f);
	if (code != CURLE_OK)
		return judge_transport(f, code);
	if (is_success(call->status)) {
		say_arrived(f);
		call->code = 0;
		call->why[0] = '\0';
		v.done = true;
		return v;
	}
	call->code = TAMIS_EREMOTE;
	say_refusal(call, call->status);
	v.throttled = call->status == 429 || call->status == 503;
	v.after_ms = asked_wait_ms(f);
	v.done = !may_pass(f, call->status) || overlong_says(NULL, call->status, buf_span(&call->reply)) ||
		 v.after_ms > (int64_t)f->settings->wait_most_ms;
	return v;
}
