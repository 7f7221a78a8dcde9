/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Growing byte buffers and borrowed spans. */
#include "base/buf.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/error.h"

char buf_empty[1];

void buf_init(struct buf *b)
{
	*b = (struct buf)BUF_INIT;
}

void buf_free(struct buf *b)
{
	if (b->cap)
		free(b->p);
	buf_init(b);
}

void buf_truncate(struct buf *b, size_t len)
{
	assert(len <= b->len);
	b->len = len;
	if (b->cap)
		b->p[len] = '\0';
}

void buf_clear(struct buf *b)
{
	buf_truncate(b, 0);
}

char *buf_steal(struct buf *b, size_t *len)
{
	char *p = b->cap ? b->p : xstrdup("");

	if (len)
		*len = b->len;
	buf_init(b);
	return p;
}

void buf_reserve(struct buf *b, size_t extra)
{
	size_t want = b->len + extra + 1;
	size_t cap;

	if (want <= b->cap)
		return;
	cap = b->cap + b->cap / 2;
	if (cap < want)
		cap = want;
	if (cap < 32)
		cap = 32;
	b->p = xrealloc(b->cap ? b->p : NULL, cap);
	b->p[b->len] = '\0';
	b->cap = cap;
}

void buf_add(struct buf *b, const void *bytes, size_t n)
{
	if (n == 0)
		return;
	buf_reserve(b, n);
	memcpy(b->p + b->len, bytes, n);
	b->len += n;
	b->p[b->len] = '\0';
}

void buf_adds(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}

void buf_addspan(struct buf *b, struct span s)
{
	buf_add(b, s.p, s.len);
}

void buf_addc(struct buf *b, char c)
{
	buf_reserve(b, 1);
	b->p[b->len++] = c;
	b->p[b->len] = '\0';
}

void buf_addf(struct buf *b, const char *fmt, ...)
{
	va_list ap, again;
	int n;

	va_start(ap, fmt);
	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n > 0) {
		buf_reserve(b, (size_t)n);
		vsnprintf(b->p + b->len, (size_t)n + 1, fmt, again);
		b->len += (size_t)n;
	}
	va_end(again);
}

void buf_fill(struct buf *b, char c, size_t n)
{
	buf_reserve(b, n);
	memset(b->p + b->len, c, n);
	b->len += n;
	b->p[b->len] = '\0';
}

void buf_remove(struct buf *b, size_t at, size_t n)
{
	assert(at <= b->len && n <= b->len - at);
	memmove(b->p + at, b->p + at + n, b->len - at - n);
	buf_truncate(b, b->len - n);
}

bool span_starts(struct span a, const char *prefix)
{
	size_t n = strlen(prefix);

	return a.len >= n && memcmp(a.p, prefix, n) == 0;
}

bool span_ends(struct span a, const char *suffix)
{
	size_t n = strlen(suffix);

	return a.len >= n && memcmp(a.p + a.len - n, suffix, n) == 0;
}

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

struct span span_trim(struct span a)
{
	while (a.len && is_space(a.p[0])) {
		a.p++;
		a.len--;
	}
	while (a.len && is_space(a.p[a.len - 1]))
		a.len--;
	return a;
}

int span_cmp(struct span a, struct span b)
{
	size_t n = a.len < b.len ? a.len : b.len;
	int order = n ? memcmp(a.p, b.p, n) : 0;

	if (order)
		return order;
	return a.len < b.len ? -1 : a.len > b.len;
}

struct span span_line(struct span *rest)
{
	const char *nl = rest->len ? memchr(rest->p, '\n', rest->len) : NULL;
	struct span line = *rest;

	if (nl) {
		line.len = (size_t)(nl - rest->p);
		rest->p += line.len + 1;
		rest->len -= line.len + 1;
	} else {
		rest->p += rest->len;
		rest->len = 0;
	}
	if (line.len && line.p[line.len - 1] == '\r')
		line.len--;
	return line;
}
