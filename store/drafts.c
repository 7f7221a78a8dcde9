/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows of drafts. */
#include "store/drafts.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "store/internal.h"

int store_draft_read(struct store *s, struct draft *out, int64_t run, draft_fn take, void *ctx, struct error *err)
{
	const char *annotator = workspace_annotator(s->w);
	sqlite3_stmt *stmt;
	int taken = 0, rc;

	*out = (struct draft){ .run = run };
	rc = db_int(&s->db, &out->number, 1, err, "SELECT draft FROM draft_step WHERE run = ? AND annotator = ? ORDER BY draft DESC LIMIT 1",
		    "it", run, annotator);
	if (rc == 0)
		rc = db_query(&s->db, &stmt, err,
			      "SELECT step FROM draft_step WHERE run = ? AND annotator = ? AND draft = ? ORDER BY number", "iti", run,
			      annotator, out->number);
	if (rc < 0)
		return rc;
	while (taken == 0 && (rc = db_step(&s->db, stmt, err)) > 0) {
		taken = take(ctx, db_span(stmt, 0), err);
		out->steps++;
	}
	if (taken < 0)
		db_done(stmt);
	return taken < 0 ? taken : rc;
}

int store_draft_append(struct store *s, struct draft *d, struct span step, struct error *err)
{
	const char *annotator = workspace_annotator(s->w);
	int64_t there = 0;
	int rc = db_begin(&s->db, err);

	if (rc < 0)
		return rc;
	rc = db_int(&s->db, &there, 0, err,
		    "SELECT count(*) FROM draft_step WHERE run = ? AND annotator = ? AND (draft > ? OR (draft = ? AND number > ?))", "itiii",
		    d->run, annotator, d->number, d->number, d->steps);
	if (rc == 0 && there > 0)
		rc = error_set(err, TAMIS_ECHANGED, _("not kept: run %lld is being corrected in another session too; open it again"),
			       (long long)d->run);
	if (rc == 0)
		rc = db_run(&s->db, err, "INSERT INTO draft_step VALUES(?, ?, ?, ?, ?, CAST(? AS TEXT))", "itiiib", d->run, annotator,
			    d->number, d->steps + 1, clock_wall_ms(), step.p, step.len);
	rc = db_end(&s->db, rc, err);
	if (rc == 0)
		d->steps++;
	return rc;
}

int store_text_draft_put(struct store *s, const struct hash128 *key, enum role role, const struct hash128 *base, struct span text,
			 struct error *err)
{
	int rc = db_exec(&s->db, "PRAGMA synchronous=NORMAL", err), back;

	if (rc == 0)
		rc = db_run(&s->db, err, "INSERT OR REPLACE INTO text_draft VALUES(?, ?, ?, ?, ?, CAST(? AS TEXT))", "tktkib",
			    workspace_annotator(s->w), key, role_name(role), base, clock_wall_ms(), text.p ? text.p : "", text.len);
	back = db_exec(&s->db, "PRAGMA synchronous=FULL", rc == 0 ? err : NULL);
	return rc < 0 ? rc : back;
}

int store_text_draft_get(struct store *s, struct text_draft *out, struct buf *text, const struct hash128 *key, enum role role,
			 struct error *err)
{
	sqlite3_stmt *stmt;
	int rc = db_query(&s->db, &stmt, err, "SELECT at_ms, base, text FROM text_draft WHERE annotator = ? AND key = ? AND role = ?",
			  "tkt", workspace_annotator(s->w), key, role_name(role));

	if (rc == 0 && (rc = db_step(&s->db, stmt, err)) > 0) {
		out->at_ms = sqlite3_column_int64(stmt, 0);
		db_hash(&out->base, stmt, 1);
		buf_addspan(text, db_span(stmt, 2));
		db_done(stmt);
	}
	return rc;
}

int store_text_draft_remove(struct store *s, const struct hash128 *key, enum role role, struct error *err)
{
	return db_run(&s->db, err, "DELETE FROM text_draft WHERE annotator = ? AND key = ? AND role = ?", "tkt",
		      workspace_annotator(s->w), key, role_name(role));
}
