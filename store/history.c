/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What has been decided: the latest decisions, and the counts. */
#include "store/internal.h"

#include <stdlib.h>

#define QUESTION "coalesce((SELECT value FROM setting WHERE name = 'question'), '')"

static void read_decision(struct decision_row *out, sqlite3_stmt *stmt)
{
	*out = (struct decision_row){
		.seq = sqlite3_column_int64(stmt, 0),
		.step = sqlite3_column_int64(stmt, 1),
		.at_ms = sqlite3_column_int64(stmt, 2),
		.ref = (item_ref)sqlite3_column_int64(stmt, 4),
		.kind = (enum item_kind)sqlite3_column_int(stmt, 5),
		.verdict = (enum verdict)sqlite3_column_int(stmt, 6),
		.previous = (enum verdict)sqlite3_column_int(stmt, 7),
		.reasons = (uint32_t)sqlite3_column_int64(stmt, 8),
		.shown_ms = (uint32_t)sqlite3_column_int64(stmt, 9),
		.undone = sqlite3_column_int(stmt, 10) != 0,
	};
	db_hash(&out->key, stmt, 3);
	db_copy(out->annotator, sizeof out->annotator, stmt, 11);
	db_copy(out->label, sizeof out->label, stmt, 12);
}

int store_history(struct store *s, size_t limit, struct decision_row **out, size_t *n, struct error *err)
{
	VEC(struct decision_row) rows = {0};
	sqlite3_stmt *stmt;
	int rc = db_query(&s->db, &stmt, err,
			  "SELECT d.seq, d.step, s.at_ms, d.key, d.ref, d.kind, d.verdict, p.verdict, d.reasons, d.shown_ms,"
			  " s.undone, s.annotator, s.label FROM decision d CROSS JOIN step s ON s.id = d.step"
			  " LEFT JOIN decision p ON p.seq = d.previous WHERE s.kind = 0 AND s.state > 0"
			  " ORDER BY d.seq DESC LIMIT ?", "i", (int64_t)limit);

	while (rc >= 0 && (rc = db_step(&s->db, stmt, err)) > 0) {
		struct decision_row row;

		read_decision(&row, stmt);
		vec_push(&rows, row);
	}
	if (rc < 0)
		vec_free(&rows);
	*out = rows.v;
	*n = rows.n;
	return rc;
}

#define OF_RUN " (?1 = 0 OR d.key IN (SELECT key FROM item WHERE run = ?1))"
#define FROM_LOG " FROM decision d CROSS JOIN step s ON s.id = d.step WHERE s.kind = 0 AND s.state > 0 AND"

int store_counts(struct store *s, int64_t run, struct verdict_counts *out, struct error *err)
{
	int64_t decisions = 0, undone = 0, shown = 0, median = 0;
	sqlite3_stmt *stmt;
	int rc = db_query(&s->db, &stmt, err,
			  "SELECT verdict, count(*) FROM current d WHERE question = " QUESTION " AND verdict > 0 AND" OF_RUN
			  " GROUP BY verdict", "i", run);

	*out = (struct verdict_counts){0};
	while (rc >= 0 && (rc = db_step(&s->db, stmt, err)) > 0) {
		unsigned verdict = (unsigned)sqlite3_column_int(stmt, 0);

		if (verdict < 5)
			out->by[verdict] = (uint64_t)sqlite3_column_int64(stmt, 1);
	}
	if (rc == 0)
		rc = db_int(&s->db, &decisions, 0, err, "SELECT count(*)" FROM_LOG OF_RUN, "i", run);
	if (rc == 0)
		rc = db_int(&s->db, &undone, 0, err, "SELECT count(*)" FROM_LOG " s.undone = 1 AND" OF_RUN, "i", run);
	if (rc == 0)
		rc = db_int(&s->db, &shown, 0, err, "SELECT count(*)" FROM_LOG " d.shown_ms > 0 AND" OF_RUN, "i", run);
	if (rc == 0 && shown)
		rc = db_int(&s->db, &median, 0, err,
			    "SELECT d.shown_ms" FROM_LOG " d.shown_ms > 0 AND" OF_RUN " ORDER BY d.shown_ms LIMIT 1 OFFSET ?2",
			    "ii", run, (shown - 1) / 2);
	out->decisions = (uint64_t)decisions;
	out->undone = (uint64_t)undone;
	out->median_shown_ms = (uint64_t)median;
	return rc;
}
