/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One way to fail.  A function that can fail returns 0 or a negative TAMIS_E code and leaves one
 * sentence for a person in the `struct error` its caller passed: what happened, where (file:line or
 * byte), and what to do.  The sentence is already translated.
 *
 * Running out of memory is not an error a caller handles: the x*() allocators below end the program
 * with a message.  Every decision is durable before it is acknowledged, so nothing is lost by that.
 */
#ifndef TAMIS_BASE_ERROR_H
#define TAMIS_BASE_ERROR_H

#include <stddef.h>

enum tamis_code {
	TAMIS_OK = 0,
	TAMIS_EIO = -1,          /* the operating system refused: open, read, write, rename */
	TAMIS_EUSAGE = -2,       /* the caller or the user asked for something meaningless */
	TAMIS_EPARSE = -3,       /* bytes that are not what they should be */
	TAMIS_ENOTFOUND = -4,    /* no such corpus, item, run, file */
	TAMIS_ECANCEL = -5,      /* the user, a signal or a job's owner asked to stop */
	TAMIS_ESTORE = -6,       /* the workspace can't be used */
	TAMIS_EREMOTE = -7,      /* a service on the network failed, after retries */
	TAMIS_EUNSUPPORTED = -8, /* recognised, but not something this version reads */
	TAMIS_ECHANGED = -9,     /* a source is no longer the file that was imported */
	TAMIS_ELIMIT = -10,      /* larger, deeper or slower than the stated limit */
};

/* Holds the first failure.  Initialise with `struct error err = {0};`.  Owns nothing. */
struct error {
	int code;
	char msg[500];
};

/* Stores `code` and the formatted sentence in `err` (which may be NULL) and returns `code`. */
int error_set(struct error *err, int code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Same, and appends ": " and the text of `errnum` (an errno value). */
int error_errno(struct error *err, int code, int errnum, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
/* What to do when a file can't grow, as a constant marked with N_; NULL when `errnum` says something else. */
const char *error_no_room(int errnum);

/* Puts "prefix: " in front of the sentence already there; for adding where to what. */
void error_prefix(struct error *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* The exit status of DESIGN's command line for a code: 0, 1, 2, 4, 5 or 130. */
int error_exit_status(int code);

/* Allocators that never return NULL.  Free with free().  Sizes are checked for overflow. */
void *xmalloc(size_t size);
void *xcalloc(size_t count, size_t size);
void *xrealloc(void *p, size_t size);
void *xreallocarray(void *p, size_t count, size_t size);
char *xstrdup(const char *s);
char *xstrndup(const char *s, size_t n);
char *xasprintf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
