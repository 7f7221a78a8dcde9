/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Loading libcurl late. */
#include "config.h"

#include "net/curl_late.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "base/i18n.h"

#define LIBRARY "libcurl.so.4" /* its binary interface has been this one since 2006 */

static struct curl_late functions;
static bool loaded;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void load(void)
{
	static const struct {
		const char *name;
		size_t place;
	} wanted[] = {
		{ "curl_easy_init", offsetof(struct curl_late, easy_init) },
		{ "curl_easy_setopt", offsetof(struct curl_late, easy_setopt) },
		{ "curl_easy_perform", offsetof(struct curl_late, easy_perform) },
		{ "curl_easy_getinfo", offsetof(struct curl_late, easy_getinfo) },
		{ "curl_easy_strerror", offsetof(struct curl_late, easy_strerror) },
		{ "curl_easy_cleanup", offsetof(struct curl_late, easy_cleanup) },
		{ "curl_slist_append", offsetof(struct curl_late, slist_append) },
		{ "curl_slist_free_all", offsetof(struct curl_late, slist_free_all) },
		{ "curl_easy_header", offsetof(struct curl_late, easy_header) },
		{ "curl_easy_reset", offsetof(struct curl_late, easy_reset) },
		{ "curl_getdate", offsetof(struct curl_late, getdate) },
		{ "curl_multi_init", offsetof(struct curl_late, multi_init) },
		{ "curl_multi_setopt", offsetof(struct curl_late, multi_setopt) },
		{ "curl_multi_add_handle", offsetof(struct curl_late, multi_add_handle) },
		{ "curl_multi_remove_handle", offsetof(struct curl_late, multi_remove_handle) },
		{ "curl_multi_perform", offsetof(struct curl_late, multi_perform) },
		{ "curl_multi_poll", offsetof(struct curl_late, multi_poll) },
		{ "curl_multi_wakeup", offsetof(struct curl_late, multi_wakeup) },
		{ "curl_multi_info_read", offsetof(struct curl_late, multi_info_read) },
		{ "curl_multi_cleanup", offsetof(struct curl_late, multi_cleanup) },
	};
	void *library = dlopen(LIBRARY, RTLD_LAZY | RTLD_LOCAL);

	if (!library)
		return;
	for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
		void *function = dlsym(library, wanted[i].name);

		if (!function)
			return;
		memcpy((char *)&functions + wanted[i].place, &function, sizeof function);
	}
	loaded = true;
}

const struct curl_late *curl_late(struct error *err)
{
	pthread_once(&once, load);
	if (loaded)
		return &functions;
	error_set(err, TAMIS_EREMOTE, _("%s is not installed: it is what speaks to services on the network"), LIBRARY);
	return NULL;
}
