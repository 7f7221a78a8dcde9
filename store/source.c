/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sources: where a corpus' records lie.  FILE knows the file, the cache how far it is indexed. */
#include "store/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/blocksum.h"
#include "base/fs.h"
#include "base/i18n.h"

#define SOURCE_COLUMNS "id, corpus, path, companion, shape, state, size, mtime_ns, inode, head, token"

void source_free(struct source *src)
{
	free(src->path);
	free(src->companion);
	*src = (struct source){0};
}

static int refuse_full(struct error *err)
{
	return error_set(err, TAMIS_ELIMIT, _("a workspace holds 8,388,607 sources at most; begin another one"));
}

int store_source_add(struct store *s, struct source *src, struct error *err)
{
	struct buf shape = BUF_INIT;
	int64_t token, last;
	int rc;

	if (getrandom(&token, sizeof token, 0) != sizeof token)
		token = (int64_t)getpid();
	rc = db_int(&s->db, &last, 0, err, "SELECT max(id) FROM source", "");
	if (rc == 0 && last >= (1 << 23) - 1)
		rc = refuse_full(err);
	shape_to_json(&shape, &src->shape);
	if (rc == 0)
		rc = db_relax(&s->db, true, err); /* the end of the import syncs it too */
	if (rc == 0)
		rc = db_run(&s->db, err,
			    "INSERT INTO source(corpus, path, companion, shape, state, size, mtime_ns, inode, head,"
			    " records, rejected, token) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, ?)",
			    "itttiiiiki", src->corpus, src->path, src->companion, shape.p, (int64_t)src->state,
			    (int64_t)src->size, src->mtime_ns, (int64_t)src->inode, &src->head, token);
	if (rc == 0)
		src->id = sqlite3_last_insert_rowid(s->db.handle);
	db_relax(&s->db, false, NULL);
	buf_free(&shape);
	return rc;
}

int source_token(struct store *s, int64_t source, int64_t *token, struct error *err)
{
	int rc = 0;

	if (s->token_source != source)
		rc = db_int(&s->db, &s->token, 0, err, "SELECT token FROM source WHERE id = ?", "i", source);
	s->token_source = rc == 0 ? source : 0;
	*token = s->token;
	return rc;
}

int source_progress(struct store *s, int64_t source, int64_t token, struct progress *out, struct error *err)
{
	sqlite3_stmt *stmt;
	int rc = db_query(&s->cache, &stmt, err,
			  "SELECT position, line, records, rejected FROM progress WHERE source = ? AND token = ?", "ii",
			  source, token);

	*out = (struct progress){ .line = 1 };
	if (rc == 0)
		rc = db_step(&s->cache, stmt, err);
	if (rc > 0) {
		out->position = (uint64_t)sqlite3_column_int64(stmt, 0);
		out->line = (uint64_t)sqlite3_column_int64(stmt, 1);
		out->records = (uint64_t)sqlite3_column_int64(stmt, 2);
		out->rejected = (uint64_t)sqlite3_column_int64(stmt, 3);
		db_done(stmt);
		return 0;
	}
	return cache_fail(s, rc, err);
}

static int read_source(struct store *s, struct source *out, sqlite3_stmt *stmt, struct error *err)
{
	struct progress done;
	int rc;

	*out = (struct source){
		.id = sqlite3_column_int64(stmt, 0),
		.corpus = sqlite3_column_int64(stmt, 1),
		.path = db_text(stmt, 2),
		.companion = db_text(stmt, 3),
		.state = (enum source_state)sqlite3_column_int(stmt, 5),
		.size = (uint64_t)sqlite3_column_int64(stmt, 6),
		.mtime_ns = sqlite3_column_int64(stmt, 7),
		.inode = (uint64_t)sqlite3_column_int64(stmt, 8),
	};
	db_hash(&out->head, stmt, 9);
	rc = shape_from_json(&out->shape, db_span(stmt, 4), err);
	if (rc == 0)
		rc = source_progress(s, out->id, sqlite3_column_int64(stmt, 10), &done, err);
	if (rc < 0) {
		source_free(out);
		return rc;
	}
	out->position = done.position;
	out->line = done.line;
	out->records = done.records;
	out->rejected = done.rejected;
	return 0;
}

static int first_source(struct store *s, struct source *out, sqlite3_stmt *stmt, struct error *err)
{
	int rc = db_step(&s->db, stmt, err);

	if (rc <= 0)
		return rc;
	rc = read_source(s, out, stmt, err);
	db_done(stmt);
	return rc < 0 ? rc : 1;
}

int store_source_find(struct store *s, struct source *out, int64_t corpus, const char *path, struct error *err)
{
	sqlite3_stmt *stmt;
	int rc = db_query(&s->db, &stmt, err,
			  "SELECT " SOURCE_COLUMNS " FROM source WHERE corpus = ? AND path = ? ORDER BY id LIMIT 1", "it",
			  corpus, path);

	if (rc == 0)
		rc = first_source(s, out, stmt, err);
	if (rc == 0)
		return error_set(err, TAMIS_ENOTFOUND, _("%s is not a source of this corpus"), path);
	return rc < 0 ? rc : 0;
}

int store_source_find_content(struct store *s, struct source *out, int64_t corpus, const struct hash128 *head,
			      uint64_t size, struct error *err)
{
	sqlite3_stmt *stmt;
	int rc = db_query(&s->db, &stmt, err,
			  "SELECT " SOURCE_COLUMNS " FROM source WHERE corpus = ? AND head = ? AND size = ? ORDER BY id LIMIT 1",
			  "iki", corpus, head, (int64_t)size);

	if (rc == 0)
		rc = first_source(s, out, stmt, err);
	if (rc == 0)
		return error_set(err, TAMIS_ENOTFOUND, _("no source of this corpus has this content"));
	return rc < 0 ? rc : 0;
}

int store_source_get(struct store *s, struct source *out, int64_t id, struct error *err)
{
	sqlite3_stmt *stmt;
	int rc = db_query(&s->db, &stmt, err, "SELECT " SOURCE_COLUMNS " FROM source WHERE id = ?", "i", id);

	if (rc == 0)
		rc = first_source(s, out, stmt, err);
	if (rc == 0)
		return error_set(err, TAMIS_ENOTFOUND, _("no source has number %" PRId64), id);
	return rc < 0 ? rc : 0;
}

int store_source_ids(struct store *s, int64_t corpus, int64_t **out, size_t *n, struct error *err)
{
	VEC(int64_t) ids = {0};
	sqlite3_stmt *stmt;
	int rc = db_query(&s->db, &stmt, err, "SELECT id FROM source WHERE ?1 = 0 OR corpus = ?1 ORDER BY id", "i", corpus);

	while (rc >= 0 && (rc = db_step(&s->db, stmt, err)) > 0)
		vec_push(&ids, sqlite3_column_int64(stmt, 0));
	if (rc < 0)
		vec_free(&ids);
	*out = ids.v;
	*n = ids.n;
	return rc;
}

int store_source_list(struct store *s, int64_t corpus, struct source **out, size_t *n, struct error *err)
{
	VEC(struct source) list = {0};
	sqlite3_stmt *stmt;
	int rc = db_query(&s->db, &stmt, err,
			  "SELECT " SOURCE_COLUMNS " FROM source WHERE ?1 = 0 OR corpus = ?1 ORDER BY id", "i", corpus);

	while (rc >= 0 && (rc = db_step(&s->db, stmt, err)) > 0) {
		struct source src;

		rc = read_source(s, &src, stmt, err);
		if (rc == 0)
			vec_push(&list, src);
		else
			db_done(stmt);
	}
	if (rc < 0) {
		vec_each(&list, i)
			source_free(&list.v[i]);
		vec_free(&list);
	}
	*out = list.v;
	*n = list.n;
	return rc;
}

int store_source_update(struct store *s, const struct source *src, struct error *err)
{
	struct buf shape = BUF_INIT;
	int rc;

	shape_to_json(&shape, &src->shape);
	rc = db_relax(&s->db, true, err);
	if (rc == 0)
		rc = db_run(&s->db, err,
			    "UPDATE source SET path = ?, companion = ?, shape = ?, state = ?, size = ?, mtime_ns = ?, inode = ?,"
			    " head = ?, records = ?, rejected = ? WHERE id = ?",
			    "tttiiiikiii", src->path, src->companion, shape.p, (int64_t)src->state, (int64_t)src->size,
			    src->mtime_ns, (int64_t)src->inode, &src->head, (int64_t)src->records, (int64_t)src->rejected,
			    src->id);
	db_relax(&s->db, false, NULL);
	buf_free(&shape);
	return rc;
}

int store_source_stale(struct store *s, int64_t corpus, int64_t **out, size_t *n, struct error *err)
{
	VEC(int64_t) ids = {0};
	sqlite3_stmt *stmt;
	int rc = db_query(&s->db, &stmt, err,
			  "SELECT id, token, records, rejected FROM source WHERE (?1 = 0 OR corpus = ?1) AND state = 1"
			  " AND records + rejected > 0 ORDER BY id", "i", corpus);

	while (rc >= 0 && (rc = db_step(&s->db, stmt, err)) > 0) {
		int64_t id = sqlite3_column_int64(stmt, 0);
		struct progress done;

		rc = source_progress(s, id, sqlite3_column_int64(stmt, 1), &done, err);
		if (rc < 0) {
			db_done(stmt);
			break;
		}
		if (done.records != (uint64_t)sqlite3_column_int64(stmt, 2) ||
		    done.rejected != (uint64_t)sqlite3_column_int64(stmt, 3))
			vec_push(&ids, id);
	}
	if (rc < 0)
		vec_free(&ids);
	*out = ids.v;
	*n = ids.n;
	return rc;
}

/* ---- the file itself ---- */

#define HEAD_BYTES ((size_t)64 * 1024)

int source_head(int fd, uint64_t size, struct hash128 *out)
{
	size_t n = size < HEAD_BYTES ? (size_t)size : HEAD_BYTES;
	char *bytes = xmalloc(2 * n + 1);
	bool good = fs_pread(fd, bytes, n, 0) == (ssize_t)n &&
		    fs_pread(fd, bytes + n, n, size - n) == (ssize_t)n;

	if (good)
		*out = hash128(bytes, 2 * n);
	free(bytes);
	return good ? 0 : TAMIS_EIO;
}

static int64_t mtime_of(const struct stat *st)
{
	return st->st_mtim.tv_sec * INT64_C(1000000000) + st->st_mtim.tv_nsec;
}

/* A pair's second file counts by size and time: it is not read in place. */
static int mix_companion(const struct source *src, struct hash128 *head)
{
	struct {
		struct hash128 head;
		int64_t size, mtime_ns;
	} both;
	struct stat st;

	if (src->companion == NULL)
		return 0;
	if (stat(src->companion, &st) != 0)
		return -1;
	memset(&both, 0, sizeof both);
	both.head = *head;
	both.size = st.st_size;
	both.mtime_ns = mtime_of(&st);
	*head = hash128(&both, sizeof both);
	return 0;
}

int source_stat(struct source *src, struct error *err)
{
	int fd = open(src->path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	struct stat st;
	int rc = 0;

	if (fd < 0)
		return error_errno(err, TAMIS_EIO, errno, _("%s: can't be opened"), src->path);
	if (fstat(fd, &st) != 0) {
		rc = error_errno(err, TAMIS_EIO, errno, _("%s: can't be read"), src->path);
	} else {
		src->size = (uint64_t)st.st_size;
		src->mtime_ns = mtime_of(&st);
		src->inode = (uint64_t)st.st_ino;
		if (source_head(fd, src->size, &src->head) < 0 || mix_companion(src, &src->head) < 0)
			rc = error_errno(err, TAMIS_EIO, errno, _("%s: can't be read"), src->path);
	}
	close(fd);
	return rc;
}

static int refuse_changed(const struct source *src, struct error *err)
{
	return error_set(err, TAMIS_ECHANGED, _("%s: has changed since it was imported; import it again"), src->path);
}

/* ---- all of its bytes ---- */

/* The sum kept of a source and how many bytes it covers, 0 when none is. */
static int load_sum(struct store *s, int64_t id, struct hash128 *sum, uint64_t *size, struct error *err)
{
	sqlite3_stmt *stmt;
	int rc = db_query(&s->db, &stmt, err, "SELECT sum, size FROM source_sum WHERE source = ?", "i", id);

	*size = 0;
	if (rc == 0)
		rc = db_step(&s->db, stmt, err);
	if (rc <= 0)
		return rc;
	if (db_hash(sum, stmt, 0))
		*size = (uint64_t)sqlite3_column_int64(stmt, 1);
	db_done(stmt);
	return 0;
}

int store_source_sum(struct store *s, const struct source *src, struct block_sum *seen, struct error *err)
{
	struct hash128 sum;
	uint64_t size = 0;
	int fd, rc;

	if (src->size <= 2 * HEAD_BYTES || strcmp(src->path, "-") == 0 || sqlite3_db_readonly(s->db.handle, "main"))
		return 0;
	if (seen && seen->size == src->size) {
		sum = block_sum_value(seen);
	} else {
		rc = seen ? 0 : load_sum(s, src->id, &sum, &size, err);
		fd = open(src->path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
		if (rc == 0 && fd >= 0)
			rc = block_sum_carry_on(&sum, fd, size <= src->size ? size : 0, src->size);
		if (fd >= 0)
			close(fd);
		if (rc < 0 || fd < 0)
			return 0; /* it is known by its time then, as before */
	}
	rc = db_relax(&s->db, true, err);
	if (rc == 0)
		rc = db_run(&s->db, err, "INSERT OR REPLACE INTO source_sum VALUES(?, ?, ?)", "iik", src->id, (int64_t)src->size, &sum);
	db_relax(&s->db, false, NULL);
	return rc;
}

/* Head and tail are the whole of a small file; of a larger one the rest may differ, and its sum tells. */
static bool same_bytes(struct store *s, const struct source *src, int fd)
{
	struct hash128 head, kept, now;
	uint64_t size;

	if (source_head(fd, src->size, &head) < 0)
		return false;
	if (src->companion && mix_companion(src, &head) < 0)
		return false;
	if (!hash128_eq(&head, &src->head))
		return false;
	if (src->size <= 2 * HEAD_BYTES)
		return true;
	return load_sum(s, src->id, &kept, &size, NULL) == 0 && size == src->size &&
	       block_sum_carry_on(&now, fd, 0, size) == 0 && hash128_eq(&now, &kept);
}

/* So that the bytes of a large file need not be read again.  Where it can't be written, they are. */
static void remember_time(struct store *s, const struct source *src, int64_t mtime_ns)
{
	if (src->size <= 2 * HEAD_BYTES || db_relax(&s->db, true, NULL) < 0)
		return;
	db_run(&s->db, NULL, "UPDATE source SET mtime_ns = ? WHERE id = ?", "ii", mtime_ns, src->id);
	db_relax(&s->db, false, NULL);
}

int source_check_fd(struct store *s, const struct source *src, int fd, struct error *err)
{
	struct hash128 head;
	struct stat st;
	uint64_t size;

	if (fstat(fd, &st) != 0)
		return error_errno(err, TAMIS_EIO, errno, _("%s: can't be read"), src->path);
	size = (uint64_t)st.st_size;
	if (size == src->size && mtime_of(&st) == src->mtime_ns)
		return 0;
	if (size == src->size && same_bytes(s, src, fd)) {
		remember_time(s, src, mtime_of(&st));
		return 0;
	}
	if (size <= src->size || source_head(fd, src->size, &head) < 0 || !hash128_eq(&head, &src->head))
		return refuse_changed(src, err);
	return 1;
}

int source_check(struct store *s, const struct source *src, struct error *err)
{
	int fd, rc;

	if (strcmp(src->path, "-") == 0)
		return 0;
	fd = open(src->path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return error_errno(err, errno == ENOENT ? TAMIS_ENOTFOUND : TAMIS_EIO, errno,
				   _("%s: can't be opened; put it back, or import it from where it is now"), src->path);
	rc = source_check_fd(s, src, fd, err);
	if (rc >= 0 && src->companion) { /* pairs are not added to: they are indexed anew */
		struct hash128 head;

		if (source_head(fd, src->size, &head) < 0 || mix_companion(src, &head) < 0 ||
		    !hash128_eq(&head, &src->head))
			rc = refuse_changed(src, err);
	}
	close(fd);
	return rc;
}

/* ---- a corpus' files as they are now ---- */

struct known_file {
	int64_t id;
	char *path;
	uint64_t size;
	int64_t mtime_ns;
	bool pair;
	enum source_state state;
};

static bool looks_the_same(const struct known_file *f)
{
	struct stat st;

	return !f->pair && stat(f->path, &st) == 0 && (uint64_t)st.st_size == f->size && mtime_of(&st) == f->mtime_ns;
}

static int add_health(struct store *s, const struct known_file *f, struct corpus_health *out, struct error *err)
{
	struct error why = { 0 };
	struct source src;
	int how, rc;

	if (f->state == SOURCE_CHANGED || f->state == SOURCE_MISSING) {
		*(f->state == SOURCE_CHANGED ? &out->changed : &out->missing) += 1;
		return 0;
	}
	if (f->state != SOURCE_READY || strcmp(f->path, "-") == 0 || looks_the_same(f))
		return 0;
	rc = store_source_get(s, &src, f->id, err);
	if (rc < 0)
		return rc;
	how = source_check(s, &src, &why);
	out->changed += how == TAMIS_ECHANGED;
	out->missing += how == TAMIS_ENOTFOUND;
	out->grown += how == 1;
	source_free(&src);
	return 0;
}

int store_corpus_health(struct store *s, int64_t corpus, const atomic_bool *cancel, struct corpus_health *out, struct error *err)
{
	VEC(struct known_file) files = { 0 };
	sqlite3_stmt *stmt;
	int rc = db_query(&s->db, &stmt, err, "SELECT id, path, size, mtime_ns, state, companion IS NOT NULL FROM source WHERE corpus = ?",
			  "i", corpus);

	*out = (struct corpus_health){ .corpus = corpus };
	while (rc >= 0 && (rc = db_step(&s->db, stmt, err)) > 0) {
		struct known_file f = { .id = sqlite3_column_int64(stmt, 0), .path = db_text(stmt, 1),
					.size = (uint64_t)sqlite3_column_int64(stmt, 2), .mtime_ns = sqlite3_column_int64(stmt, 3),
					.state = (enum source_state)sqlite3_column_int(stmt, 4), .pair = sqlite3_column_int(stmt, 5) != 0 };

		vec_push(&files, f);
	}
	vec_each(&files, i) {
		if (rc == 0 && cancel && *cancel)
			rc = error_set(err, TAMIS_ECANCEL, _("stopped"));
		if (rc == 0)
			rc = add_health(s, &files.v[i], out, err);
		free(files.v[i].path);
	}
	vec_free(&files);
	return rc;
}
