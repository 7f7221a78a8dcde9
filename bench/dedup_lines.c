/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Lines of a file, read by number, parsed when read. */
#include "dedup_lines.h"

#include <errno.h>
#include <fcntl.h>

#include "base/fs.h"
#include "base/json.h"

#define WINDOW ((size_t)256 << 10)

struct reader {
	const struct lines *lines;
	uint64_t from;          /* offset of `window` in the file */
	struct buf window, text;
};

int lines_open(struct lines *l, const char *path, struct error *err)
{
	static char block[1 << 20];
	uint64_t at = 0;
	ssize_t got;

	*l = (struct lines){ .fd = open(path, O_RDONLY | O_CLOEXEC) };
	if (l->fd < 0)
		return error_errno(err, TAMIS_EIO, errno, "%s can't be opened", path);
	vec_push(&l->start, 0);
	while ((got = fs_pread(l->fd, block, sizeof block, at)) > 0) {
		const char *p = block, *end = block + got, *nl;

		for (; (nl = memchr(p, '\n', (size_t)(end - p))) != NULL; p = nl + 1)
			vec_push(&l->start, at + (uint64_t)(nl + 1 - block));
		at += (uint64_t)got;
	}
	if (l->start.v[l->start.n - 1] != at)
		vec_push(&l->start, at);
	return 0;
}

static void *reader_open(void *ctx, struct error *err)
{
	struct reader *r = xcalloc(1, sizeof *r);

	(void)err;
	r->lines = ctx;
	buf_init(&r->window);
	buf_init(&r->text);
	return r;
}

static void reader_close(void *ctx, void *reader)
{
	struct reader *r = reader;

	(void)ctx;
	buf_free(&r->window);
	buf_free(&r->text);
	free(r);
}

/* Bytes of a line; lines are mostly asked for in order, so what follows is read with it. */
static int read_line(struct span *out, struct reader *r, uint64_t from, size_t len)
{
	if (from < r->from || from + len > r->from + r->window.len) {
		size_t want = len > WINDOW ? len : WINDOW;
		ssize_t got;

		buf_clear(&r->window);
		buf_reserve(&r->window, want);
		got = fs_pread(r->lines->fd, r->window.p, want, from);
		if (got < (ssize_t)len)
			return TAMIS_EIO;
		r->window.len = (size_t)got;
		r->from = from;
	}
	*out = span_make(r->window.p + (from - r->from), len);
	return 0;
}

static int reader_text(void *ctx, void *reader, uint32_t doc, struct span *text, struct error *err)
{
	struct reader *r = reader;
	const struct lines *l = ctx;
	size_t len = (size_t)(l->start.v[doc + 1] - l->start.v[doc]), n = 0;
	struct json_member m[64];
	struct json_fault fault;
	struct span line;

	if (read_line(&line, r, l->start.v[doc], len) != 0)
		return error_errno(err, TAMIS_EIO, errno, "line %u can't be read", doc + 1);
	if (json_scan_object(line, m, 64, &n, &fault) != 0)
		return error_set(err, TAMIS_EPARSE, "line %u: %s", doc + 1, fault.reason);
	for (size_t i = 0; i < n && i < 64; i++) {
		if (!span_is(m[i].key, "text"))
			continue;
		if (!m[i].escaped) {
			*text = m[i].value;
			return 0;
		}
		buf_clear(&r->text);
		json_unescape(&r->text, m[i].value);
		*text = buf_span(&r->text);
		return 0;
	}
	return error_set(err, TAMIS_EPARSE, "line %u has no text", doc + 1);
}

void lines_source(struct dedup_source *out, struct lines *l)
{
	*out = (struct dedup_source){ .n = (uint32_t)(l->start.n - 1), .ctx = l, .reader_open = reader_open,
				      .reader_close = reader_close, .text = reader_text };
}
