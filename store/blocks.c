/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Content that does not lie in a plain file: zstd blocks of STORE_BLOCK bytes, the last ones kept decompressed. */
#include "store/internal.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>
#include <zstd.h>

#include "base/fs.h"
#include "base/i18n.h"

#define BLOCK_LEVEL 1

static int compress_block(struct buf *out, struct span content, struct error *err)
{
	size_t room = ZSTD_compressBound(content.len), n;

	buf_reserve(out, room);
	n = ZSTD_compress(out->p, room, content.p, content.len, BLOCK_LEVEL);
	if (ZSTD_isError(n))
		return error_set(err, TAMIS_ESTORE, _("a block can't be compressed: %s"), ZSTD_getErrorName(n));
	out->len = n;
	return 0;
}

int store_block_save(struct store *s, int64_t source, uint64_t number, struct span content, struct error *err)
{
	struct buf packed = BUF_INIT;
	int rc = compress_block(&packed, content, err);

	if (rc == 0)
		rc = db_run(&s->cache, err, "INSERT OR REPLACE INTO block VALUES(?, ?, ?)", "iib",
			    source << 32 | (int64_t)number, (int64_t)content.len, (const void *)packed.p, packed.len);
	buf_free(&packed);
	return cache_fail(s, rc, err);
}

int store_kept_save(struct store *s, int64_t source, uint64_t number, struct span content, struct error *err)
{
	struct buf packed = BUF_INIT;
	int rc = compress_block(&packed, content, err);

	if (rc == 0)
		rc = db_run(&s->db, err, "INSERT OR REPLACE INTO kept(source, number, len, content) VALUES(?, ?, ?, ?)", "iiib",
			    source, (int64_t)number, (int64_t)content.len, (const void *)packed.p, packed.len);
	buf_free(&packed);
	return rc;
}

static int unpack(struct open_block *block, sqlite3_stmt *stmt, struct error *err)
{
	int64_t len = sqlite3_column_int64(stmt, 0);
	struct span packed = db_span(stmt, 1);

	buf_clear(&block->content);
	if (len < 0 || len > (int64_t)STORE_BLOCK)
		return error_set(err, TAMIS_ESTORE, _("a block of source %" PRId64 " is damaged"), block->source);
	buf_reserve(&block->content, (size_t)len);
	if (ZSTD_decompress(block->content.p, (size_t)len, packed.p, packed.len) != (size_t)len)
		return error_set(err, TAMIS_ESTORE, _("a block of source %" PRId64 " is damaged"), block->source);
	block->content.len = (size_t)len;
	return 0;
}

static int load(struct store *s, struct open_block *block, struct error *err)
{
	struct db *db = block->kept ? &s->db : &s->cache;
	sqlite3_stmt *stmt;
	int rc;

	if (block->kept)
		rc = db_query(db, &stmt, err, "SELECT len, content FROM kept WHERE source = ? AND number = ?", "ii",
			      block->source, (int64_t)block->number);
	else
		rc = db_query(db, &stmt, err, "SELECT len, content FROM block WHERE id = ?", "i",
			      block->source << 32 | (int64_t)block->number);
	if (rc == 0)
		rc = db_step(db, stmt, err);
	if (rc > 0) {
		rc = unpack(block, stmt, err);
		db_done(stmt);
		if (rc < 0 && !block->kept && !(s->w->flags & WORKSPACE_READ_ONLY))
			db_run(&s->cache, NULL, "DELETE FROM progress WHERE source = ?", "i", block->source);
		return rc;
	}
	buf_clear(&block->content); /* past the end */
	return block->kept ? rc : cache_fail(s, rc, err);
}

/* What was read may be of a source that has been indexed anew since. */
void store_forget_check(struct store *s)
{
	unsigned forgotten = atomic_load(&s->w->forgotten);

	if (s->forgotten == forgotten)
		return;
	s->forgotten = forgotten;
	s->facts.source = 0;
	for (size_t i = 0; i < STORE_BLOCKS; i++)
		s->blocks[i].source = 0;
	store_files_close(s, 0);
}

/* The block, from the store's own few or loaded; `want` bytes of it are needed, so a shorter copy is loaded again. */
static int find(struct store *s, struct open_block **out, int64_t source, bool kept, uint64_t number, size_t want,
		struct error *err)
{
	struct open_block *oldest = &s->blocks[0];
	int rc;

	for (size_t i = 0; i < STORE_BLOCKS; i++) {
		struct open_block *block = &s->blocks[i];
		bool same = block->source == source && block->number == number && block->kept == kept;

		if (same && block->content.len >= want) {
			block->used = ++s->clock;
			*out = block;
			return 0;
		}
		if (same || block->used < oldest->used)
			oldest = block;
		if (same)
			break;
	}
	oldest->source = source;
	oldest->number = number;
	oldest->kept = kept;
	oldest->used = ++s->clock;
	rc = load(s, oldest, err);
	if (rc < 0)
		oldest->source = 0;
	*out = oldest;
	return rc;
}

int block_read(struct store *s, int64_t source, bool kept, uint64_t at, size_t n, struct buf *out, struct error *err)
{
	store_forget_check(s);
	while (n) {
		size_t skip = (size_t)(at % STORE_BLOCK), want = STORE_BLOCK - skip < n ? STORE_BLOCK - skip : n;
		struct open_block *block;
		int rc = find(s, &block, source, kept, at / STORE_BLOCK, skip + want, err);

		if (rc < 0)
			return rc;
		if (block->content.len <= skip)
			return 0;
		if (block->content.len - skip < want)
			n = want = block->content.len - skip;
		buf_add(out, block->content.p + skip, want);
		at += want;
		n -= want;
	}
	return 0;
}

int store_kept_write(struct store *s, int64_t source, int fd, struct error *err)
{
	struct buf content = BUF_INIT;
	int rc = 0;

	for (uint64_t at = 0;; at += content.len) {
		buf_clear(&content);
		rc = block_read(s, source, true, at, STORE_BLOCK, &content, err);
		if (rc < 0 || content.len == 0)
			break;
		if (fs_write_all(fd, content.p, content.len) < 0) {
			rc = error_errno(err, TAMIS_EIO, errno, _("a temporary file can't be written"));
			break;
		}
	}
	buf_free(&content);
	return rc;
}
