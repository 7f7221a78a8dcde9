/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Text and bytes: `struct buf` owns them and grows, `struct span` borrows them.
 *
 * Invariants: a buf's bytes are always followed by a NUL that `len` does not count, so `buf.p` may be
 * passed to a function that wants a C string; `p` is never NULL after buf_init().  A span is a
 * pointer and a length, need not end in NUL, and may be {NULL, 0}; whoever hands one out says how long it lives.
 */
#ifndef TAMIS_BASE_BUF_H
#define TAMIS_BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct span {
	const char *p;
	size_t len;
};

struct buf {
	char *p;
	size_t len;
	size_t cap; /* 0 while `p` is the shared empty string */
};

extern char buf_empty[1];
#define BUF_INIT { buf_empty, 0, 0 }

void buf_init(struct buf *b);
void buf_free(struct buf *b);                 /* gives the memory back; `b` is as after init */
void buf_clear(struct buf *b);                /* empties, keeps the memory */
char *buf_steal(struct buf *b, size_t *len);  /* the caller frees what it gets; never NULL */
void buf_reserve(struct buf *b, size_t extra);/* room for `extra` more bytes and the NUL */

void buf_add(struct buf *b, const void *bytes, size_t n);
void buf_adds(struct buf *b, const char *s);
void buf_addspan(struct buf *b, struct span s);
void buf_addc(struct buf *b, char c);
void buf_addf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void buf_fill(struct buf *b, char c, size_t n);  /* n times c */
void buf_truncate(struct buf *b, size_t len);    /* len must not exceed b->len */
void buf_remove(struct buf *b, size_t at, size_t n); /* takes n bytes out at `at` */

static inline struct span buf_span(const struct buf *b)
{
	return (struct span){ b->p, b->len };
}

static inline struct span span_of(const char *s)
{
	return (struct span){ s, s ? strlen(s) : 0 };
}

static inline struct span span_make(const char *p, size_t len)
{
	return (struct span){ p, len };
}

static inline bool span_eq(struct span a, struct span b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.p, b.p, a.len) == 0);
}

static inline bool span_is(struct span a, const char *s)
{
	return span_eq(a, span_of(s));
}

bool span_starts(struct span a, const char *prefix);
bool span_ends(struct span a, const char *suffix);
struct span span_trim(struct span a);       /* without ASCII white space at both ends */
int span_cmp(struct span a, struct span b); /* as memcmp, the shorter first */

/* Cuts the first line off `rest`: returns it without its "\n" or "\r\n". */
struct span span_line(struct span *rest);

#endif
