/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Partitions: a buffer each, and extents in a shared temporary file once memory is used up. */
#include "dedup/spill.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/i18n.h"
#include "base/scratch.h"

struct extent {
	uint64_t at;
	uint64_t bytes;
};

struct spill_part {
	VEC(char) held;
	VEC(struct extent) out;
	uint64_t n;
};

void spill_init(struct spill *s, size_t record, unsigned parts, size_t limit)
{
	*s = (struct spill){ .record = record, .parts = parts, .limit = limit, .fd = -1 };
	s->part = xcalloc(parts, sizeof *s->part);
	pthread_mutex_init(&s->lock, NULL);
}

void spill_free(struct spill *s)
{
	if (s->part == NULL)
		return;
	for (unsigned p = 0; p < s->parts; p++) {
		vec_free(&s->part[p].held);
		vec_free(&s->part[p].out);
	}
	free(s->part);
	s->part = NULL;
	if (s->fd >= 0)
		close(s->fd);
	pthread_mutex_destroy(&s->lock);
}

static int write_at(int fd, const char *p, size_t n, uint64_t at, struct error *err)
{
	while (n) {
		ssize_t w = pwrite(fd, p, n, (off_t)at);

		if (w < 0 && errno == EINTR)
			continue;
		if (w < 0)
			return error_errno(err, TAMIS_EIO, errno, _("a temporary file can't be written; set TMPDIR to a folder with space"));
		p += w;
		n -= (size_t)w;
		at += (uint64_t)w;
	}
	return 0;
}

/* Everything held goes to the file; the buffers keep what memory they have for the next round. */
static int write_out(struct spill *s, struct error *err)
{
	int rc = 0;

	if (s->fd < 0 && (s->fd = scratch_file(err)) < 0)
		return TAMIS_EIO;
	for (unsigned p = 0; p < s->parts && rc == 0; p++) {
		struct spill_part *part = &s->part[p];

		if (part->held.n == 0)
			continue;
		rc = write_at(s->fd, part->held.v, part->held.n, s->end, err);
		vec_push(&part->out, (struct extent){ s->end, part->held.n });
		s->end += part->held.n;
		vec_free(&part->held);
	}
	s->held = 0;
	return rc;
}

int spill_add(struct spill *s, unsigned p, const void *records, size_t n, struct error *err)
{
	size_t bytes = n * s->record;
	int rc = 0;

	pthread_mutex_lock(&s->lock);
	vec_reserve(&s->part[p].held, s->part[p].held.n + bytes);
	memcpy(s->part[p].held.v + s->part[p].held.n, records, bytes);
	s->part[p].held.n += bytes;
	s->part[p].n += n;
	s->held += bytes;
	s->total += n;
	if (s->limit && s->held > s->limit)
		rc = write_out(s, err);
	pthread_mutex_unlock(&s->lock);
	return rc;
}

uint64_t spill_count(const struct spill *s, unsigned p)
{
	return s->part[p].n;
}

int spill_take(struct spill *s, unsigned p, void **records, size_t *n, struct error *err)
{
	struct spill_part *part = &s->part[p];
	size_t bytes = part->n * s->record, at = 0;
	char *all;

	*n = part->n;
	if (part->out.n == 0) {
		*records = part->held.v;
		memset(&part->held, 0, sizeof part->held);
		part->n = 0;
		return 0;
	}
	all = xmalloc(bytes ? bytes : 1);
	vec_each(&part->out, i) {
		ssize_t got = fs_pread(s->fd, all + at, part->out.v[i].bytes, part->out.v[i].at);

		if (got < 0 || (size_t)got != part->out.v[i].bytes) {
			free(all);
			return error_errno(err, TAMIS_EIO, errno, _("a temporary file can't be read back"));
		}
		at += (size_t)got;
	}
	if (part->held.n)
		memcpy(all + at, part->held.v, part->held.n);
	vec_free(&part->held);
	vec_free(&part->out);
	part->n = 0;
	*records = all;
	return 0;
}
