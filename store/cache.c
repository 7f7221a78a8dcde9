/* SPDX-License-Identifier: GPL-3.0-or-later */
/* FILE-cache: opened, made, and thrown away when it is damaged or belongs to another FILE. */
#include "store/internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/i18n.h"
#include "base/log.h"
#include "store/schema.h"

/* A cache written on a machine of the other byte order is of no use: the layout number says so. */
#define CACHE_VERSION (__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? CACHE_LAYOUT : CACHE_LAYOUT + 1000)

static int configure(struct db *db, struct error *err)
{
	return db_exec(db, "PRAGMA synchronous=OFF; PRAGMA page_size=8192; PRAGMA journal_mode=WAL;"
			   "PRAGMA journal_size_limit=33554432; PRAGMA cache_size=-1024; PRAGMA temp_store=MEMORY", err);
}

static int make_tables(struct db *db, const struct hash128 *uid, struct error *err)
{
	char pragma[64];
	int64_t version;
	int rc = db_begin(db, err);

	if (rc < 0)
		return rc;
	rc = db_int(db, &version, 0, err, "PRAGMA user_version", "");
	if (rc == 0 && version == 0) { /* else another process was first */
		snprintf(pragma, sizeof pragma, "PRAGMA user_version=%d", CACHE_VERSION);
		rc = db_exec(db, schema_cache, err);
		if (rc == 0)
			rc = db_run(db, err, "INSERT INTO meta VALUES('workspace', ?)", "k", uid);
		if (rc == 0)
			rc = db_exec(db, pragma, err);
	}
	return db_end(db, rc, err);
}

/* 1 when the cache is of this layout and of this workspace, 0 when it has to go; negative: can't be read. */
static int belongs(struct db *db, const struct hash128 *uid, struct error *err)
{
	sqlite3_stmt *stmt;
	struct hash128 owner;
	int64_t version;
	int rc = db_int(db, &version, 0, err, "PRAGMA user_version", "");

	if (rc < 0)
		return rc;
	if (version == 0)
		return 1; /* empty: about to be made */
	if (version != CACHE_VERSION)
		return 0;
	rc = db_query(db, &stmt, err, "SELECT value FROM meta WHERE name = 'workspace'", "");
	if (rc == 0)
		rc = db_step(db, stmt, err);
	if (rc > 0) {
		rc = db_hash(&owner, stmt, 0) && hash128_eq(&owner, uid);
		db_done(stmt);
	}
	return rc;
}

static void remove_files(const char *path)
{
	static const char *const ends[] = { "", "-wal", "-shm" };

	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		char *name = xasprintf("%s%s", path, ends[i]);

		unlink(name);
		free(name);
	}
}

static void say_thrown_away(const char *path, const char *why)
{
	log_line("cache: %s thrown away: %s", path, why);
	fprintf(stderr, _("tamis: %s is of no use (%s) and was thrown away; it is made again when needed\n"), path, why);
}

static int open_once(struct store *s, bool *useless, struct error *err)
{
	struct workspace *w = s->w;
	unsigned flags = w->flags & WORKSPACE_READ_ONLY ? DB_READ_ONLY : DB_CREATE;
	int rc;

	*useless = false;
	rc = db_open(&s->cache, w->cache_path, flags | (w->immutable ? DB_IMMUTABLE : 0), err);
	if (rc == 0 && !(flags & DB_READ_ONLY))
		rc = configure(&s->cache, err);
	if (rc == 0)
		rc = belongs(&s->cache, &w->uid, err);
	if (rc > 0)
		rc = flags & DB_READ_ONLY ? 0 : make_tables(&s->cache, &w->uid, err);
	else
		*useless = rc == 0 || (s->cache.handle && db_corrupt(&s->cache));
	return rc;
}

/* Read-only and no cache that can be used: an empty one in memory answers every question. */
static int open_in_memory(struct store *s, struct error *err)
{
	int rc;

	db_close(&s->cache);
	rc = db_open(&s->cache, ":memory:", DB_CREATE, err);
	return rc < 0 ? rc : make_tables(&s->cache, &s->w->uid, err);
}

int cache_open(struct store *s, struct error *err)
{
	struct error why = {0};
	bool useless;
	int rc = open_once(s, &useless, &why);

	if ((rc < 0 || useless) && s->w->flags & WORKSPACE_READ_ONLY)
		return open_in_memory(s, err);
	if (useless) {
		say_thrown_away(s->w->cache_path, rc < 0 ? why.msg : _("of another workspace or version"));
		db_close(&s->cache);
		remove_files(s->w->cache_path);
		why = (struct error){0};
		rc = open_once(s, &useless, &why);
	}
	if (rc < 0) {
		db_close(&s->cache);
		return error_set(err, why.code, "%s", why.msg);
	}
	return 0;
}

int cache_fail(struct store *s, int rc, struct error *err)
{
	if (rc >= 0 || !db_corrupt(&s->cache) || s->w->flags & WORKSPACE_READ_ONLY)
		return rc;
	db_rollback(&s->cache);
	say_thrown_away(s->w->cache_path, sqlite3_errmsg(s->cache.handle));
	db_close(&s->cache);
	remove_files(s->w->cache_path);
	s->facts.source = 0;
	if (cache_open(s, err) < 0)
		return TAMIS_ESTORE;
	return error_set(err, TAMIS_ESTORE, _("%s was damaged and is made again; do it once more"), s->w->cache_path);
}
