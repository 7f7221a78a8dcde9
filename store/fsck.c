/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Checking a workspace: what SQLite can check, then what only we know. */
#include "store/internal.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/i18n.h"

struct checker {
	struct store *s;
	void (*report)(void *ctx, const char *problem);
	void *ctx;
	int problems;
};

static void problem(struct checker *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void problem(struct checker *c, const char *fmt, ...)
{
	char text[600];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	c->problems++;
	if (c->report)
		c->report(c->ctx, text);
}

static int check_integrity(struct checker *c, struct db *db, struct error *err)
{
	sqlite3_stmt *stmt;
	int rc = db_query(db, &stmt, err, "PRAGMA integrity_check(20)", "");

	while (rc >= 0 && (rc = db_step(db, stmt, err)) > 0) {
		char *line = db_text(stmt, 0);

		if (line && strcmp(line, "ok") != 0)
			problem(c, "%s: %s", db->path, line);
		free(line);
	}
	if (rc < 0 && db_corrupt(db)) { /* too damaged to be checked to the end: that is the finding */
		problem(c, "%s", err ? err->msg : db->path);
		rc = 0;
	}
	return rc;
}

static int check_foreign_keys(struct checker *c, struct error *err)
{
	struct db *db = &c->s->db;
	sqlite3_stmt *stmt;
	int rc = db_query(db, &stmt, err, "PRAGMA foreign_key_check", "");

	while (rc >= 0 && (rc = db_step(db, stmt, err)) > 0)
		problem(c, _("%s: row %lld of table %s points to a row of %s that is not there"), db->path,
			(long long)sqlite3_column_int64(stmt, 1), sqlite3_column_text(stmt, 0),
			sqlite3_column_text(stmt, 2));
	return rc;
}

/* Counts that must be zero, each with what it means when it is not. */
static const struct {
	const char *sql;
	const char *meaning;
} counts[] = {
	{ "WITH last(key, question, seq) AS (SELECT d.key, d.question, max(d.seq) FROM decision d"
	  " JOIN step s ON s.id = d.step WHERE s.state > 0 GROUP BY d.key, d.question)"
	  " SELECT count(*) FROM last l LEFT JOIN current c ON c.key = l.key AND c.question = l.question"
	  " JOIN decision d ON d.seq = l.seq WHERE c.seq IS NOT l.seq OR c.verdict IS NOT d.verdict"
	  " OR c.effective IS NOT d.effective",
	  N_("items whose verdict is not the one their decisions lead to") },
	{ "SELECT count(*) FROM current c WHERE NOT EXISTS(SELECT 1 FROM decision d WHERE d.seq = c.seq)",
	  N_("verdicts without a decision") },
	{ "SELECT count(*) FROM decision d WHERE d.previous > 0 AND NOT EXISTS"
	  "(SELECT 1 FROM decision p WHERE p.seq = d.previous AND p.key = d.key)",
	  N_("decisions whose predecessor is missing") },
	{ "SELECT count(*) FROM decision d WHERE d.effective > 0 AND d.effective <> d.seq AND NOT EXISTS"
	  "(SELECT 1 FROM decision p WHERE p.seq = d.effective AND p.key = d.key)",
	  N_("undo rows whose origin is missing") },
	{ "SELECT count(*) FROM decision d WHERE d.ref >> 40 > 0 AND NOT EXISTS"
	  "(SELECT 1 FROM source WHERE id = d.ref >> 40)",
	  N_("decisions that name a source that is not there") },
	{ "SELECT count(*) FROM decision d WHERE d.ref > 0 AND d.ref >> 40 = 0 AND NOT EXISTS"
	  "(SELECT 1 FROM item WHERE id = d.ref)",
	  N_("decisions that name an item that is not there") },
	{ "SELECT count(*) FROM step s WHERE kind = 0 AND undone <> coalesce((SELECT t.kind = 1 FROM step t"
	  " WHERE t.target = s.id AND t.kind IN (1, 2) AND t.state > 0 ORDER BY t.id DESC LIMIT 1), 0)",
	  N_("steps marked as undone though they are not, or the other way round") },
};

static int check_counts(struct checker *c, struct error *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < sizeof counts / sizeof *counts; i++) {
		int64_t n;

		rc = db_int(&c->s->db, &n, 0, err, counts[i].sql, "");
		if (rc == 0 && n)
			problem(c, "%s: %" PRId64 " %s", c->s->db.path, n, _(counts[i].meaning));
	}
	return rc;
}

static int check_unfinished(struct checker *c, struct error *err)
{
	size_t cleaned = 0;
	int rc;

	if (c->s->w->flags & WORKSPACE_READ_ONLY)
		return 0;
	rc = bulk_clean(&c->s->db, &cleaned, err);
	if (rc == 0 && cleaned)
		problem(c, _("%s: %zu unfinished steps of programs that ended were removed"), c->s->db.path, cleaned);
	return rc < 0 ? rc : pending_apply(&c->s->db, err);
}

static void check_source(struct checker *c, const struct source *src)
{
	uint64_t *places = xcalloc(INDEX_CHUNK, sizeof *places), records = 0;
	uint32_t chunks = (uint32_t)((src->records + INDEX_CHUNK - 1) / INDEX_CHUNK), n;
	struct error err = {0};
	int rc = 0;

	for (uint32_t i = 0; rc == 0 && i < chunks; i++) {
		const struct record_fact *facts;
		uint32_t n_facts;

		rc = chunk_places_load(c->s, src->id, i, places, &n, &err);
		if (rc == 0)
			rc = chunk_facts_load(c->s, src->id, i, &facts, &n_facts, &err);
		if (rc == 0 && n != n_facts)
			rc = error_set(&err, TAMIS_ESTORE, _("%s: chunk %" PRIu32 " of its index is not whole"), src->path, i);
		records += n;
	}
	if (rc == 0 && records != src->records)
		error_set(&err, TAMIS_ESTORE, _("%s: %" PRIu64 " records are indexed, %" PRIu64 " should be"), src->path,
			  records, src->records);
	if (err.code)
		problem(c, "%s", err.msg);
	free(places);
	err = (struct error){0};
	if (source_check(c->s, src, &err) < 0)
		problem(c, "%s", err.msg);
}

static int check_sources(struct checker *c, struct error *err)
{
	int64_t *ids;
	size_t n;
	int rc = store_source_ids(c->s, 0, &ids, &n, err);

	for (size_t i = 0; rc == 0 && i < n; i++) {
		struct source src;

		rc = store_source_get(c->s, &src, ids[i], err);
		if (rc < 0)
			break;
		check_source(c, &src);
		source_free(&src);
	}
	free(ids);
	return rc;
}

int store_fsck(struct store *s, void (*report)(void *ctx, const char *problem), void *ctx, struct error *err)
{
	struct checker c = { .s = s, .report = report, .ctx = ctx };
	int rc = check_integrity(&c, &s->db, err);

	if (rc == 0 && c.problems == 0)
		rc = check_foreign_keys(&c, err);
	if (rc == 0 && c.problems == 0)
		rc = check_unfinished(&c, err);
	if (rc == 0 && c.problems == 0)
		rc = check_counts(&c, err);
	if (rc == 0 && c.problems == 0) { /* of a damaged FILE nothing more can be asked */
		rc = check_integrity(&c, &s->cache, err);
		if (rc == 0)
			rc = check_sources(&c, err);
	}
	return rc < 0 ? rc : c.problems;
}
