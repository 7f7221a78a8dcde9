/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Opening a source: which layers it takes, and the lowest of them, the file. */
#include "formats/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/blocksum.h"
#include "base/fs.h"
#include "base/i18n.h"

#define READ_CHUNK ((size_t)256 * 1024)

struct file {
	int fd;
	bool standard_input;
	uint64_t at; /* bytes consumed, the start included */
	char *path;
	struct block_sum *sum; /* of what is read; NULL when nobody asked */
};

struct stream *stream_layer(struct stream *below,
			    ssize_t (*read)(struct stream *, void *, size_t, struct error *),
			    void (*close)(struct stream *), void *state)
{
	struct stream *s = xcalloc(1, sizeof *s);

	s->read = read;
	s->close = close;
	s->below = below;
	s->state = state;
	s->path = below ? below->path : "";
	return s;
}

static ssize_t file_read(struct stream *s, void *p, size_t n, struct error *err)
{
	struct file *f = s->state;
	ssize_t got;

	do {
		got = read(f->fd, p, n);
	} while (got < 0 && errno == EINTR);
	if (got < 0)
		return error_errno(err, TAMIS_EIO, errno, _("can't read %s at byte %llu"), s->path,
				   (unsigned long long)f->at);
	f->at += (uint64_t)got;
	if (f->sum)
		block_sum_add(f->sum, p, (size_t)got);
	return got;
}

static void file_close(struct stream *s)
{
	struct file *f = s->state;

	if (!f->standard_input)
		close(f->fd);
	free(f->path);
	free(f);
}

static int file_open(struct stream **out, const char *path, uint64_t start, struct error *err)
{
	bool standard_input = strcmp(path, "-") == 0;
	int fd = standard_input ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	struct file *f;

	if (fd < 0)
		return error_errno(err, TAMIS_EIO, errno, _("can't open %s"), path);
	if (start && lseek(fd, (off_t)start, SEEK_SET) < 0) {
		error_errno(err, TAMIS_EIO, errno, _("can't go to byte %llu of %s"),
			    (unsigned long long)start, path);
		if (!standard_input)
			close(fd);
		return TAMIS_EIO;
	}
	if (!standard_input)
		posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	f = xcalloc(1, sizeof *f);
	*f = (struct file){ fd, standard_input, start, xstrdup(path), NULL };
	*out = stream_layer(NULL, file_read, file_close, f);
	(*out)->path = f->path;
	return 0;
}

static struct stream *unpacked(struct stream *s, enum container container)
{
	static struct stream *(*const layer[])(struct stream *) = {
		[CONTAINER_GZIP] = stream_gzip,
		[CONTAINER_ZSTD] = stream_zstd,
		[CONTAINER_XZ] = stream_xz,
		[CONTAINER_BZIP2] = stream_bzip2,
	};

	return container == CONTAINER_NONE ? s : layer[container](s);
}

int stream_open_raw(struct stream **out, enum container container, const char *path, uint64_t start,
		    struct error *err)
{
	int rc;

	if (start && container != CONTAINER_NONE)
		return error_set(err, TAMIS_EUSAGE,
				 _("%s is compressed and can only be read from its beginning"), path);
	rc = file_open(out, path, start, err);
	if (rc == 0)
		*out = unpacked(*out, container);
	return rc;
}

/* ---- a file whole ---- */

/* The first bytes, looked at and then given back: what comes through a pipe can't be opened a second time. */
struct peeked {
	char bytes[8];
	size_t at, n;
};

static ssize_t peeked_read(struct stream *s, void *p, size_t n, struct error *err)
{
	struct peeked *k = s->state;
	size_t take = k->n - k->at < n ? k->n - k->at : n;

	if (take == 0)
		return stream_read(s->below, p, n, err);
	memcpy(p, k->bytes + k->at, take);
	k->at += take;
	return (ssize_t)take;
}

static void peeked_close(struct stream *s)
{
	free(s->state);
}

int stream_read_all(struct buf *out, const char *path, size_t limit, struct error *err)
{
	struct stream *s = NULL;
	struct peeked *head;
	size_t before = out->len;
	ssize_t got;
	int rc = file_open(&s, path, 0, err);

	if (rc < 0)
		return rc;
	head = xcalloc(1, sizeof *head);
	s = stream_layer(s, peeked_read, peeked_close, head);
	got = stream_read_full(s->below, head->bytes, sizeof head->bytes, err);
	if (got >= 0) {
		head->n = (size_t)got;
		s = unpacked(s, container_sniff(span_make(head->bytes, head->n)));
	}
	while (got >= 0 && out->len - before <= limit) {
		buf_reserve(out, READ_CHUNK);
		got = stream_read(s, out->p + out->len, READ_CHUNK - 1, err);
		if (got <= 0)
			break;
		out->len += (size_t)got;
	}
	stream_close(s);
	if (got < 0)
		return (int)got;
	buf_reserve(out, 1);
	out->p[out->len] = '\0';
	return got > 0 ? error_set(err, TAMIS_ELIMIT, _("%s: larger than %zu bytes"), path, limit) : 0;
}

/* One file's content under `shape`: decompressed, and decoded unless it is a catalogue. */
static int open_content(struct stream **out, const struct shape *shape, const char *path, uint64_t start,
			struct error *err)
{
	const char *charset = shape->charset[0] ? shape->charset : shape->utf16 ? "UTF-16" : "";
	struct stream *s = NULL, *decoded;
	int rc;

	*out = NULL;
	rc = stream_open_raw(&s, shape->container, path, start, err);
	if (rc < 0)
		return rc;
	if (charset[0] && shape->format != FORMAT_MO) {
		decoded = stream_decode(s, charset, err);
		if (decoded == NULL) {
			stream_close(s);
			return TAMIS_EUNSUPPORTED;
		}
		s = decoded;
	}
	*out = s;
	return 0;
}

int stream_open(struct stream **out, const struct shape *shape, const char *path, const char *companion,
		uint64_t start, struct error *err)
{
	struct stream *s = NULL, *other = NULL;
	int rc;

	*out = NULL;
	if (start && !shape_in_place(shape))
		return error_set(err, TAMIS_EUSAGE, _("%s can only be read from its beginning"), path);
	rc = open_content(&s, shape, path, start, err);
	if (rc < 0)
		return rc;
	if (shape->format == FORMAT_MO)
		s = stream_mo(s);
	if (shape->format == FORMAT_MOSES) {
		if (companion == NULL) {
			stream_close(s);
			return error_set(err, TAMIS_EUSAGE,
					 _("%s is one half of a pair: its other file is missing"), path);
		}
		rc = open_content(&other, shape, companion, 0, err);
		if (rc < 0) {
			stream_close(s);
			return rc;
		}
		s = stream_zip(s, other);
	}
	*out = s;
	return 0;
}

ssize_t stream_read(struct stream *s, void *p, size_t n, struct error *err)
{
	return n ? s->read(s, p, n, err) : 0;
}

ssize_t stream_read_full(struct stream *s, void *p, size_t n, struct error *err)
{
	size_t have = 0;

	while (have < n) {
		ssize_t got = stream_read(s, (char *)p + have, n - have, err);

		if (got < 0)
			return have ? (ssize_t)have : got;
		if (got == 0)
			break;
		have += (size_t)got;
	}
	return (ssize_t)have;
}

static struct file *lowest(const struct stream *s)
{
	while (s->below)
		s = s->below;
	return s->state;
}

uint64_t stream_consumed(const struct stream *s)
{
	return lowest(s)->at;
}

void stream_sum(struct stream *s, struct block_sum *sum)
{
	lowest(s)->sum = sum;
}

void stream_close(struct stream *s)
{
	while (s) {
		struct stream *below = s->below;

		s->close(s);
		free(s);
		s = below;
	}
}
