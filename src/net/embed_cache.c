/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The cache of embeddings; see embed_cache.h.
 */
#include "net/embed_cache.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <string.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/i18n.h"

enum { HEADER = EMBED_CACHE_HEADER, DIMENSIONS_MOST = 1 << 16 };

static const char magic[8] = { 'T', 'A', 'M', 'I', 'S', 'E', 'M', 'B' };

uint64_t embed_cache_stride(const struct embed_cache *c)
{
	return EMBED_CACHE_KEY + (uint64_t)c->dimensions * sizeof(float);
}

static void read_keys(struct embed_cache *c, uint64_t size)
{
	c->n = (size - HEADER) / embed_cache_stride(c);
	for (uint64_t i = 0; i < c->n; i++) {
		struct hash128 key;
		bool made;

		if (fs_pread(c->fd, key.b, 16, HEADER + i * embed_cache_stride(c)) != 16) {
			c->n = i;
			return;
		}
		*map128_at(&c->rows, &key, &made) = i + 1;
	}
}

int embed_cache_open(struct embed_cache *c, const char *path, struct error *err)
{
	unsigned char head[HEADER];
	struct stat st;

	*c = (struct embed_cache){ .fd = -1 };
	if (!path)
		return 0;
	c->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (c->fd < 0 || fstat(c->fd, &st) < 0)
		return error_errno(err, TAMIS_EIO, errno, _("cannot open the cache of embeddings %s"), path);
	if (st.st_size < HEADER)
		return 0;
	if (fs_pread(c->fd, head, HEADER, 0) != HEADER || memcmp(head, magic, sizeof magic) != 0) {
		embed_cache_close(c);
		return error_set(err, TAMIS_EPARSE, _("%s is no cache of embeddings; delete it or name another file"), path);
	}
	memcpy(&c->dimensions, head + 8, 4);
	if (c->dimensions == 0 || c->dimensions > DIMENSIONS_MOST) {
		embed_cache_close(c);
		return error_set(err, TAMIS_EPARSE, _("the cache of embeddings %s is damaged; delete it"), path);
	}
	read_keys(c, (uint64_t)st.st_size);
	return 0;
}

void embed_cache_close(struct embed_cache *c)
{
	if (c->fd >= 0)
		close(c->fd);
	map128_free(&c->rows);
	*c = (struct embed_cache){ .fd = -1 };
}

int64_t embed_cache_find(const struct embed_cache *c, const struct hash128 *key)
{
	uint64_t *row = c->fd < 0 ? NULL : map128_find(&c->rows, key);

	return row ? (int64_t)*row - 1 : -1;
}

bool embed_cache_get(const struct embed_cache *c, const struct hash128 *key, float *out)
{
	int64_t row = embed_cache_find(c, key);
	size_t bytes = c->dimensions * sizeof(float);

	return row >= 0 &&
	       fs_pread(c->fd, out, bytes, HEADER + (uint64_t)row * embed_cache_stride(c) + EMBED_CACHE_KEY) == (ssize_t)bytes;
}

static int write_at(struct embed_cache *c, const void *p, size_t n, uint64_t at, struct error *err)
{
	if (lseek(c->fd, (off_t)at, SEEK_SET) < 0 || fs_write_all(c->fd, p, n) < 0)
		return error_errno(err, TAMIS_EIO, errno, _("cannot write the cache of embeddings"));
	return 0;
}

/* The header, when nobody has written it yet; else what it says. */
static int settle_header(struct embed_cache *c, uint64_t size, uint32_t dimensions, struct error *err)
{
	unsigned char head[HEADER];

	if (size < HEADER) {
		memcpy(head, magic, sizeof magic);
		memcpy(head + 8, &dimensions, 4);
		c->dimensions = dimensions;
		return write_at(c, head, HEADER, 0, err);
	}
	if (!c->dimensions && fs_pread(c->fd, head, HEADER, 0) == HEADER)
		memcpy(&c->dimensions, head + 8, 4);
	if (dimensions != c->dimensions)
		return error_set(err, TAMIS_EREMOTE, _("the model gave %u numbers before and gives %u now: name another cache"),
				 c->dimensions, dimensions);
	return 0;
}

/* With the file locked: key and numbers in one write behind the last whole row, wherever other processes have brought it. */
static int append(struct embed_cache *c, const struct hash128 *key, const float *row, uint32_t dimensions, struct error *err)
{
	size_t bytes = EMBED_CACHE_KEY + dimensions * sizeof *row;
	struct stat st;
	char *whole;
	int rc;

	if (fstat(c->fd, &st) < 0)
		return error_errno(err, TAMIS_EIO, errno, _("cannot write the cache of embeddings"));
	rc = settle_header(c, (uint64_t)st.st_size, dimensions, err);
	if (rc)
		return rc;
	c->n = st.st_size <= HEADER ? 0 : ((uint64_t)st.st_size - HEADER) / bytes;
	whole = xmalloc(bytes);
	memcpy(whole, key->b, EMBED_CACHE_KEY);
	memcpy(whole + EMBED_CACHE_KEY, row, dimensions * sizeof *row);
	rc = write_at(c, whole, bytes, HEADER + c->n * bytes, err);
	free(whole);
	return rc;
}

int embed_cache_put(struct embed_cache *c, const struct hash128 *key, const float *row, uint32_t dimensions, struct error *err)
{
	bool made;
	int rc;

	if (c->fd < 0)
		return 0;
	if (flock(c->fd, LOCK_EX) < 0)
		return error_errno(err, TAMIS_EIO, errno, _("cannot write the cache of embeddings"));
	rc = append(c, key, row, dimensions, err);
	flock(c->fd, LOCK_UN);
	if (rc == 0)
		*map128_at(&c->rows, key, &made) = ++c->n;
	return rc;
}
