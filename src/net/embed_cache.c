/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The cache of embeddings; see embed_cache.h.
 */
#include "net/embed_cache.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/i18n.h"

enum { HEADER = 12, DIMENSIONS_MOST = 1 << 16 };

static const char magic[8] = { 'T', 'A', 'M', 'I', 'S', 'E', 'M', 'B' };

static uint64_t row_size(const struct embed_cache *c)
{
	return 16 + (uint64_t)c->dimensions * sizeof(float);
}

static void read_keys(struct embed_cache *c, uint64_t size)
{
	c->n = (size - HEADER) / row_size(c);
	for (uint64_t i = 0; i < c->n; i++) {
		struct hash128 key;
		bool made;

		if (fs_pread(c->fd, key.b, 16, HEADER + i * row_size(c)) != 16) {
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

bool embed_cache_get(const struct embed_cache *c, const struct hash128 *key, float *out)
{
	uint64_t *row = c->fd < 0 ? NULL : map128_find(&c->rows, key);
	size_t bytes = c->dimensions * sizeof(float);

	return row && fs_pread(c->fd, out, bytes, HEADER + (*row - 1) * row_size(c) + 16) == (ssize_t)bytes;
}

static int write_at(struct embed_cache *c, const void *p, size_t n, uint64_t at, struct error *err)
{
	if (lseek(c->fd, (off_t)at, SEEK_SET) < 0 || fs_write_all(c->fd, p, n) < 0)
		return error_errno(err, TAMIS_EIO, errno, _("cannot write the cache of embeddings"));
	return 0;
}

int embed_cache_put(struct embed_cache *c, const struct hash128 *key, const float *row, uint32_t dimensions, struct error *err)
{
	bool made;
	int rc = 0;

	if (c->fd < 0)
		return 0;
	if (!c->dimensions) {
		c->dimensions = dimensions;
		rc = write_at(c, magic, sizeof magic, 0, err);
		if (rc == 0)
			rc = write_at(c, &dimensions, sizeof dimensions, 8, err);
	}
	if (rc == 0 && dimensions != c->dimensions)
		return error_set(err, TAMIS_EREMOTE, _("the model gave %u numbers before and gives %u now: name another cache"),
				 c->dimensions, dimensions);
	if (rc == 0)
		rc = write_at(c, key->b, 16, HEADER + c->n * row_size(c), err);
	if (rc == 0)
		rc = write_at(c, row, dimensions * sizeof(float), HEADER + c->n * row_size(c) + 16, err);
	if (rc == 0)
		*map128_at(&c->rows, key, &made) = ++c->n;
	return rc;
}
