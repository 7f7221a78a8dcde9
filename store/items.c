/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Items: what the pipelines made for a person to judge. */
#include "store/internal.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "base/i18n.h"

static int add_slice(struct db *db, int64_t run, const struct item_row *rows, size_t n, struct error *err)
{
	int rc = db_begin(db, err);

	if (rc < 0)
		return rc;
	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = db_run(db, err, "INSERT INTO item(run, kind, key, score, suggestion, body)"
				     " VALUES(?, ?, ?, ?, ?, CAST(? AS TEXT))",
			    "iikdib", run, (int64_t)rows[i].kind, &rows[i].key, rows[i].score,
			    (int64_t)rows[i].suggestion, rows[i].body, rows[i].body_len);
	return db_end(db, rc, err);
}

int store_items_add(struct store *s, int64_t run, const struct item_row *rows, size_t n, struct error *err)
{
	int rc = db_relax(&s->db, true, err); /* the run's end syncs them too */

	for (size_t i = 0; rc == 0 && i < n; i += STORE_SLICE)
		rc = add_slice(&s->db, run, rows + i, n - i < STORE_SLICE ? n - i : STORE_SLICE, err);
	db_relax(&s->db, false, NULL);
	return rc;
}

int store_item_get(struct store *s, struct item_row *out, struct buf *text, int64_t id, struct error *err)
{
	sqlite3_stmt *stmt;
	struct span body;
	size_t at = text->len;
	int rc = db_query(&s->db, &stmt, err, "SELECT run, kind, key, score, suggestion, body FROM item WHERE id = ?", "i",
			  id);

	if (rc == 0)
		rc = db_step(&s->db, stmt, err);
	if (rc < 0)
		return rc;
	if (rc == 0)
		return error_set(err, TAMIS_ENOTFOUND, _("no item has number %" PRId64), id);
	*out = (struct item_row){
		.id = id,
		.run = sqlite3_column_int64(stmt, 0),
		.kind = (enum item_kind)sqlite3_column_int(stmt, 1),
		.score = sqlite3_column_type(stmt, 3) == SQLITE_NULL ? NAN : sqlite3_column_double(stmt, 3),
		.suggestion = (uint8_t)sqlite3_column_int(stmt, 4),
	};
	db_hash(&out->key, stmt, 2);
	body = db_span(stmt, 5);
	buf_addspan(text, body);
	out->body = text->p + at;
	out->body_len = body.len;
	db_done(stmt);
	return 0;
}

int store_item_ids(struct store *s, int64_t run, enum item_kind kind, const char *order, int64_t **out, size_t *n,
		   struct error *err)
{
	static const struct {
		const char *order;
		const char *sql;
	} queries[] = {
		{ "id", "SELECT id FROM item WHERE (?1 = 0 OR run = ?1) AND kind = ?2 ORDER BY id" },
		{ "score", "SELECT id FROM item WHERE (?1 = 0 OR run = ?1) AND kind = ?2 ORDER BY score NULLS LAST, id" },
		{ "-score",
		  "SELECT id FROM item WHERE (?1 = 0 OR run = ?1) AND kind = ?2 ORDER BY score DESC NULLS LAST, id" },
	};
	const char *sql = queries[0].sql;
	VEC(int64_t) ids = {0};
	sqlite3_stmt *stmt;
	int rc;

	for (size_t i = 0; order && i < sizeof queries / sizeof *queries; i++)
		if (strcmp(order, queries[i].order) == 0)
			sql = queries[i].sql;
	rc = db_query(&s->db, &stmt, err, sql, "ii", run, (int64_t)kind);
	while (rc >= 0 && (rc = db_step(&s->db, stmt, err)) > 0)
		vec_push(&ids, sqlite3_column_int64(stmt, 0));
	if (rc < 0)
		vec_free(&ids);
	*out = ids.v;
	*n = ids.n;
	return rc;
}

int store_items_each(struct store *s, int64_t run, item_row_fn each, void *ctx, struct error *err)
{
	sqlite3_stmt *stmt;
	int rc = db_query(&s->db, &stmt, err,
			  "SELECT id, run, kind, key, score, suggestion, body FROM item WHERE run = ? ORDER BY id", "i", run);

	while (rc >= 0 && (rc = db_step(&s->db, stmt, err)) > 0) {
		struct span body = db_span(stmt, 6);
		struct item_row row = {
			.id = sqlite3_column_int64(stmt, 0),
			.run = sqlite3_column_int64(stmt, 1),
			.kind = (enum item_kind)sqlite3_column_int(stmt, 2),
			.score = sqlite3_column_type(stmt, 4) == SQLITE_NULL ? NAN : sqlite3_column_double(stmt, 4),
			.suggestion = (uint8_t)sqlite3_column_int(stmt, 5),
			.body = body.p,
			.body_len = body.len,
		};

		db_hash(&row.key, stmt, 3);
		rc = each(ctx, &row, err);
		if (rc < 0)
			db_done(stmt);
	}
	return rc;
}

int store_item_keys(struct store *s, int64_t run, struct map128 *out, struct error *err)
{
	struct hash128 key;
	sqlite3_stmt *stmt;
	bool made;
	int rc = db_query(&s->db, &stmt, err, "SELECT id, key FROM item WHERE run = ?", "i", run);

	while (rc >= 0 && (rc = db_step(&s->db, stmt, err)) > 0)
		if (db_hash(&key, stmt, 1))
			*map128_at(out, &key, &made) = (uint64_t)sqlite3_column_int64(stmt, 0);
	return rc;
}
