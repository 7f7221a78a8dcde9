/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * libcurl, loaded when the first request is made.  Linked in the ordinary way it brings thirty libraries along, and every start of the
 * program, with or without a network, would wait 4 ms for them: a quarter of what a start may take.
 */
#ifndef TAMIS_NET_CURL_LATE_H
#define TAMIS_NET_CURL_LATE_H

#include <curl/curl.h>

#include "base/error.h"

/* The functions by their names without `curl_`. */
struct curl_late {
	CURL *(*easy_init)(void);
	CURLcode (*easy_setopt)(CURL *curl, CURLoption option, ...);
	CURLcode (*easy_perform)(CURL *curl);
	CURLcode (*easy_getinfo)(CURL *curl, CURLINFO info, ...);
	const char *(*easy_strerror)(CURLcode code);
	void (*easy_cleanup)(CURL *curl);
	struct curl_slist *(*slist_append)(struct curl_slist *list, const char *line);
	void (*slist_free_all)(struct curl_slist *list);
	CURLHcode (*easy_header)(CURL *curl, const char *name, size_t index, unsigned origin, int request, struct curl_header **out);
	void (*easy_reset)(CURL *curl);
	time_t (*getdate)(const char *text, const time_t *unused);
	CURLM *(*multi_init)(void);
	CURLMcode (*multi_setopt)(CURLM *multi, CURLMoption option, ...);
	CURLMcode (*multi_add_handle)(CURLM *multi, CURL *curl);
	CURLMcode (*multi_remove_handle)(CURLM *multi, CURL *curl);
	CURLMcode (*multi_perform)(CURLM *multi, int *running);
	CURLMcode (*multi_poll)(CURLM *multi, struct curl_waitfd *extra, unsigned n_extra, int timeout_ms, int *ready);
	CURLMcode (*multi_wakeup)(CURLM *multi);
	CURLMsg *(*multi_info_read)(CURLM *multi, int *left);
	CURLMcode (*multi_cleanup)(CURLM *multi);
};

/* Loads it the first time, from any thread; stays loaded.  NULL with TAMIS_EREMOTE when it is not installed. */
const struct curl_late *curl_late(struct error *err);

#endif
