/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One SQLite connection, as the rest of the store wants it. */
#include "store/db.h"

#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <time.h>

#include "base/fs.h"
#include "base/i18n.h"

#define BUSY_TRIES 60000 /* of a millisecond */

/* SQLite's own handler sleeps up to 100 ms between tries; a label waits behind transactions of 20 ms at most. */
static int wait_a_little(void *ctx, int tries)
{
	const struct timespec pause = { 0, tries < 20 ? 200000 : 1000000 };

	(void)ctx;
	if (tries >= BUSY_TRIES)
		return 0;
	nanosleep(&pause, NULL);
	return 1;
}

void db_quote(struct buf *out, const char *text)
{
	buf_addc(out, '\'');
	for (; *text; text++) {
		if (*text == '\'')
			buf_addc(out, '\'');
		buf_addc(out, *text);
	}
	buf_addc(out, '\'');
}

void db_uri(struct buf *out, const char *path, const char *query)
{
	buf_adds(out, "file:");
	for (; *path; path++) {
		if (strchr("%?#", *path))
			buf_addf(out, "%%%02x", (unsigned)(unsigned char)*path);
		else
			buf_addc(out, *path);
	}
	buf_addf(out, "?%s", query);
}

int db_open(struct db *db, const char *path, unsigned flags, struct error *err)
{
	int how = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE;
	struct buf uri = BUF_INIT;
	int rc;

	how |= flags & DB_READ_ONLY ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
	if (flags & DB_CREATE)
		how |= SQLITE_OPEN_CREATE;
	*db = (struct db){ .path = xstrdup(path) };
	if (flags & DB_IMMUTABLE)
		db_uri(&uri, path, "immutable=1");
	rc = sqlite3_open_v2(uri.len ? uri.p : path, &db->handle, how | (uri.len ? SQLITE_OPEN_URI : 0), NULL);
	buf_free(&uri);
	if (rc != SQLITE_OK) {
		db_fail(db, err);
		db_close(db);
		return TAMIS_ESTORE;
	}
	sqlite3_extended_result_codes(db->handle, 1);
	sqlite3_busy_handler(db->handle, wait_a_little, NULL);
	return 0;
}

void db_close(struct db *db)
{
	for (size_t i = 0; i < DB_STATEMENTS; i++)
		sqlite3_finalize(db->slots[i].stmt);
	sqlite3_close(db->handle);
	free(db->path);
	*db = (struct db){0};
}

static int no_room(const char *path, int errnum, struct error *err)
{
	return error_set(err, TAMIS_ESTORE, "%s: %s", path, _(error_no_room(errnum)));
}

int db_fail(struct db *db, struct error *err)
{
	int code = db->handle ? sqlite3_extended_errcode(db->handle) : SQLITE_NOMEM;
	const char *path = db->path;

	switch (code & 0xff) {
	case SQLITE_INTERRUPT:
		return error_set(err, TAMIS_ECANCEL, _("stopped"));
	case SQLITE_FULL:
		return no_room(path, ENOSPC, err);
	case SQLITE_READONLY:
		return error_set(err, TAMIS_ESTORE, _("%s: can't be written (read-only file or disk)"), path);
	case SQLITE_CANTOPEN:
	case SQLITE_PERM:
	case SQLITE_AUTH:
		return error_set(err, TAMIS_ESTORE, _("%s: can't be opened; look at the folder's permissions"), path);
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return error_set(err, TAMIS_ESTORE,
				 _("%s: another program has held it for over a minute; end that program"), path);
	case SQLITE_NOTADB:
		return error_set(err, TAMIS_ESTORE, _("%s: not a tamis workspace"), path);
	case SQLITE_CORRUPT:
		return error_set(err, TAMIS_ESTORE, _("%s: damaged (%s); run `tamis fsck`, or take a copy back"), path,
				 sqlite3_errmsg(db->handle));
	case SQLITE_IOERR: /* its message does not say which error it was */
		if (error_no_room(sqlite3_system_errno(db->handle)))
			return no_room(path, sqlite3_system_errno(db->handle), err);
		if (fs_is_full(path))
			return no_room(path, ENOSPC, err);
		return error_set(err, TAMIS_ESTORE, _("%s: the disk refused to read or write (%s)"), path,
				 sqlite3_errmsg(db->handle));
	default:
		return error_set(err, TAMIS_ESTORE, "%s: %s", path,
				 db->handle ? sqlite3_errmsg(db->handle) : sqlite3_errstr(code));
	}
}

bool db_corrupt(struct db *db)
{
	int code = sqlite3_errcode(db->handle) & 0xff;

	return code == SQLITE_CORRUPT || code == SQLITE_NOTADB;
}

int db_exec(struct db *db, const char *sql, struct error *err)
{
	if (sqlite3_exec(db->handle, sql, NULL, NULL, NULL) != SQLITE_OK)
		return db_fail(db, err);
	return 0;
}

static sqlite3_stmt *prepared(struct db *db, const char *sql)
{
	size_t at = ((uintptr_t)sql >> 3) % DB_STATEMENTS;

	for (size_t tried = 0; tried < DB_STATEMENTS; tried++, at = (at + 1) % DB_STATEMENTS) {
		struct db_slot *slot = &db->slots[at];

		if (slot->sql == sql)
			return slot->stmt;
		if (slot->sql)
			continue;
		if (sqlite3_prepare_v3(db->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &slot->stmt, NULL) != SQLITE_OK)
			return NULL;
		slot->sql = sql;
		return slot->stmt;
	}
	return NULL;
}

static int bind_hash(sqlite3_stmt *stmt, int i, const struct hash128 *key)
{
	return sqlite3_bind_blob(stmt, i, key->b, sizeof key->b, SQLITE_STATIC);
}

static int bind_all(sqlite3_stmt *stmt, const char *types, va_list ap)
{
	int i = 1, rc = SQLITE_OK;

	for (const char *t = types; *t && rc == SQLITE_OK; t++, i++) {
		const void *p;
		double d;

		switch (*t) {
		case 'i':
			rc = sqlite3_bind_int64(stmt, i, va_arg(ap, int64_t));
			break;
		case 'd':
			d = va_arg(ap, double);
			rc = isnan(d) ? sqlite3_bind_null(stmt, i) : sqlite3_bind_double(stmt, i, d);
			break;
		case 't':
			rc = sqlite3_bind_text(stmt, i, va_arg(ap, const char *), -1, SQLITE_STATIC);
			break;
		case 'k':
			rc = bind_hash(stmt, i, va_arg(ap, const struct hash128 *));
			break;
		default:
			p = va_arg(ap, const void *);
			rc = sqlite3_bind_blob64(stmt, i, p ? p : "", va_arg(ap, size_t), SQLITE_STATIC);
		}
	}
	return rc;
}

static int query(struct db *db, sqlite3_stmt **out, struct error *err, const char *sql, const char *types, va_list ap)
{
	sqlite3_stmt *stmt = prepared(db, sql);

	*out = NULL;
	if (stmt == NULL || bind_all(stmt, types, ap) != SQLITE_OK)
		return db_fail(db, err);
	*out = stmt;
	return 0;
}

int db_query(struct db *db, sqlite3_stmt **out, struct error *err, const char *sql, const char *types, ...)
{
	va_list ap;
	int rc;

	va_start(ap, types);
	rc = query(db, out, err, sql, types, ap);
	va_end(ap);
	return rc;
}

int db_step(struct db *db, sqlite3_stmt *stmt, struct error *err)
{
	int rc = sqlite3_step(stmt);

	if (rc == SQLITE_ROW)
		return 1;
	if (rc != SQLITE_DONE)
		rc = db_fail(db, err);
	else
		rc = 0;
	db_done(stmt);
	return rc;
}

void db_done(sqlite3_stmt *stmt)
{
	sqlite3_reset(stmt);
	sqlite3_clear_bindings(stmt);
}

int db_run(struct db *db, struct error *err, const char *sql, const char *types, ...)
{
	sqlite3_stmt *stmt;
	va_list ap;
	int rc;

	va_start(ap, types);
	rc = query(db, &stmt, err, sql, types, ap);
	va_end(ap);
	while (rc == 0 && (rc = db_step(db, stmt, err)) > 0)
		rc = 0;
	return rc;
}

int db_int(struct db *db, int64_t *out, int64_t missing, struct error *err, const char *sql, const char *types, ...)
{
	sqlite3_stmt *stmt;
	va_list ap;
	int rc;

	*out = missing;
	va_start(ap, types);
	rc = query(db, &stmt, err, sql, types, ap);
	va_end(ap);
	if (rc == 0)
		rc = db_step(db, stmt, err);
	if (rc > 0) {
		if (sqlite3_column_type(stmt, 0) != SQLITE_NULL)
			*out = sqlite3_column_int64(stmt, 0);
		db_done(stmt);
		rc = 0;
	}
	return rc;
}

int db_begin(struct db *db, struct error *err)
{
	return db_run(db, err, "BEGIN IMMEDIATE", "");
}

int db_commit(struct db *db, struct error *err)
{
	int rc = db_run(db, err, "COMMIT", "");

	if (rc < 0)
		db_rollback(db);
	return rc;
}

void db_rollback(struct db *db)
{
	if (!sqlite3_get_autocommit(db->handle))
		db_run(db, NULL, "ROLLBACK", "");
}

int db_end(struct db *db, int rc, struct error *err)
{
	if (rc >= 0)
		return db_commit(db, err);
	db_rollback(db);
	return rc;
}

int db_relax(struct db *db, bool on, struct error *err)
{
	if (!sqlite3_get_autocommit(db->handle))
		return 0;
	/* No checkpoint either: it would free log that others believe safe before the file itself is. */
	return db_exec(db, on ? "PRAGMA synchronous=OFF; PRAGMA wal_autocheckpoint=0"
			      : "PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=1000", err);
}

struct span db_span(sqlite3_stmt *stmt, int column)
{
	const char *p = sqlite3_column_blob(stmt, column);

	return span_make(p, (size_t)sqlite3_column_bytes(stmt, column));
}

char *db_text(sqlite3_stmt *stmt, int column)
{
	const char *text = (const char *)sqlite3_column_text(stmt, column);

	return text ? xstrndup(text, (size_t)sqlite3_column_bytes(stmt, column)) : NULL;
}

void db_copy(char *out, size_t size, sqlite3_stmt *stmt, int column)
{
	struct span text = db_span(stmt, column);
	size_t n = text.len < size ? text.len : size - 1;

	if (n)
		memcpy(out, text.p, n);
	out[n] = '\0';
}

bool db_hash(struct hash128 *out, sqlite3_stmt *stmt, int column)
{
	struct span blob = db_span(stmt, column);

	if (blob.len != sizeof out->b)
		return false;
	memcpy(out->b, blob.p, sizeof out->b);
	return true;
}
