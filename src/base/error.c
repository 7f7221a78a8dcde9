/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Failure as one code and one sentence, and allocators that end the program rather than fail. */
#include "base/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/i18n.h"

static void format_message(struct error *err, int code, const char *fmt, va_list ap)
{
	err->code = code;
	if (vsnprintf(err->msg, sizeof err->msg, fmt, ap) < 0)
		err->msg[0] = '\0';
}

int error_set(struct error *err, int code, const char *fmt, ...)
{
	va_list ap;

	if (err == NULL)
		return code;
	va_start(ap, fmt);
	format_message(err, code, fmt, ap);
	va_end(ap);
	return code;
}

const char *error_no_room(int errnum)
{
	switch (errnum) {
	case ENOSPC: return N_("the disk is full; make room and do it again");
	case EDQUOT: return N_("your share of this disk is used up; make room and do it again");
	case EFBIG: return N_("files may not grow so large here (ulimit -f); raise the limit and do it again");
	default: return NULL;
	}
}

int error_errno(struct error *err, int code, int errnum, const char *fmt, ...)
{
	char text[128];
	const char *why;
	size_t len;
	va_list ap;

	if (err == NULL)
		return code;
	va_start(ap, fmt);
	format_message(err, code, fmt, ap);
	va_end(ap);
	len = strlen(err->msg);
	/* _GNU_SOURCE's strerror_r may return a static string instead of filling the buffer. */
	why = error_no_room(errnum);
	snprintf(err->msg + len, sizeof err->msg - len, "%s%s", _(": "), why ? _(why) : strerror_r(errnum, text, sizeof text));
	return code;
}

void error_prefix(struct error *err, const char *fmt, ...)
{
	char old[sizeof err->msg];
	va_list ap;
	size_t len;

	if (err == NULL)
		return;
	memcpy(old, err->msg, sizeof old);
	va_start(ap, fmt);
	vsnprintf(err->msg, sizeof err->msg, fmt, ap);
	va_end(ap);
	len = strlen(err->msg);
	snprintf(err->msg + len, sizeof err->msg - len, "%s%.400s", _(": "), old);
}

int error_exit_status(int code)
{
	switch (code) {
	case TAMIS_OK: return 0;
	case TAMIS_EUSAGE: return 2;
	case TAMIS_ESTORE: return 4;
	case TAMIS_EREMOTE: return 5;
	case TAMIS_ECANCEL: return 130;
	default: return 1;
	}
}

static void out_of_memory(size_t size) __attribute__((noreturn));
static void out_of_memory(size_t size)
{
	fprintf(stderr, "tamis: out of memory (%zu bytes wanted)\n", size);
	abort();
}

void *xmalloc(size_t size)
{
	void *p = malloc(size ? size : 1);

	if (p == NULL)
		out_of_memory(size);
	return p;
}

void *xcalloc(size_t count, size_t size)
{
	void *p = calloc(count ? count : 1, size ? size : 1);

	if (p == NULL)
		out_of_memory(count * size);
	return p;
}

void *xrealloc(void *p, size_t size)
{
	p = realloc(p, size ? size : 1);
	if (p == NULL)
		out_of_memory(size);
	return p;
}

void *xreallocarray(void *p, size_t count, size_t size)
{
	size_t total;

	if (__builtin_mul_overflow(count, size, &total))
		out_of_memory(SIZE_MAX);
	return xrealloc(p, total);
}

char *xstrndup(const char *s, size_t n)
{
	size_t len = strnlen(s, n);
	char *copy = xmalloc(len + 1);

	memcpy(copy, s, len);
	copy[len] = '\0';
	return copy;
}

char *xstrdup(const char *s)
{
	return xstrndup(s, strlen(s));
}

char *xasprintf(const char *fmt, ...)
{
	char *text;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) < 0)
		out_of_memory(0);
	va_end(ap);
	return text;
}
