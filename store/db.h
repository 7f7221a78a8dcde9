/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One SQLite connection: statements prepared once, bound in one call, and failures turned into a sentence.
 * Private to store/.
 *
 * A connection belongs to one thread.  `sql` passed to db_query() and db_run() must be a string literal: its address
 * is the key of the statement cache, and one statement is not used inside itself.
 *
 * Bindings are letters followed by their values: i int64_t, d double (NaN is NULL), t const char * (NULL is NULL),
 * b const void * + size_t, k const struct hash128 *.  Bound memory must live until the statement is done.
 */
#ifndef TAMIS_STORE_DB_H
#define TAMIS_STORE_DB_H

#include <sqlite3.h>
#include <stdbool.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/hash.h"

#define DB_STATEMENTS 193

struct db {
	sqlite3 *handle;
	char *path;
	struct db_slot {
		const char *sql;
		sqlite3_stmt *stmt;
	} slots[DB_STATEMENTS];
};

enum db_flags { DB_CREATE = 1, DB_READ_ONLY = 2, DB_IMMUTABLE = 4 /* on a disk nobody writes: no -wal, no -shm */ };

int db_open(struct db *db, const char *path, unsigned flags, struct error *err);
void db_close(struct db *db); /* safe on a zeroed one */

/* TAMIS_ESTORE (TAMIS_ECANCEL when interrupted) and the sentence for the connection's last failure. */
int db_fail(struct db *db, struct error *err);
/* True when the last failure means that the file's content can't be trusted. */
bool db_corrupt(struct db *db);

/* Several statements without rows or bindings. */
int db_exec(struct db *db, const char *sql, struct error *err);
/* One statement without rows. */
int db_run(struct db *db, struct error *err, const char *sql, const char *types, ...);
/* A statement with rows: db_step() until it returns 0 or less, or db_done() to leave early. */
int db_query(struct db *db, sqlite3_stmt **out, struct error *err, const char *sql, const char *types, ...);
int db_step(struct db *db, sqlite3_stmt *stmt, struct error *err); /* 1: a row; 0: the end; negative: failed */
void db_done(sqlite3_stmt *stmt);
/* The first column of the first row, or `missing` when there is none. */
int db_int(struct db *db, int64_t *out, int64_t missing, struct error *err, const char *sql, const char *types, ...);

/* Takes the write lock at once, waiting for other writers (milliseconds normally, a minute at most). */
int db_begin(struct db *db, struct error *err);
int db_commit(struct db *db, struct error *err); /* rolls back when it fails */
void db_rollback(struct db *db);
/* Ends a transaction by how it went. */
int db_end(struct db *db, int rc, struct error *err);
/* `path` as a quoted SQL string, for ATTACH and VACUUM INTO. */
void db_quote(struct buf *out, const char *text);
/* A "file:" URI for a path. */
void db_uri(struct buf *out, const char *path, const char *query);

/* With `on`, commits do not wait for the disk until it is called again without: for rows that a later commit, which syncs the
 * same log, makes safe.  Nothing happens inside a transaction. */
int db_relax(struct db *db, bool on, struct error *err);

struct span db_span(sqlite3_stmt *stmt, int column); /* text or blob; valid until the next step */
char *db_text(sqlite3_stmt *stmt, int column);       /* a copy; NULL for NULL */
void db_copy(char *out, size_t size, sqlite3_stmt *stmt, int column); /* cut to fit */
bool db_hash(struct hash128 *out, sqlite3_stmt *stmt, int column);

#endif
