/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Decisions: appending to the log, and reading the state it leads to.  schema.c explains the columns. */
#include "store/internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/i18n.h"

#define QUESTION "coalesce((SELECT value FROM setting WHERE name = 'question'), '')"

static const char *const verdict_names[] = { "none", "accept", "reject", "skip", "flag" };

const char *verdict_name(enum verdict v)
{
	return (unsigned)v < 5 ? verdict_names[v] : "none";
}

enum verdict verdict_from_name(struct span name, bool *ok)
{
	for (unsigned v = 0; v < 5; v++) {
		if (!span_is(name, verdict_names[v]))
			continue;
		if (ok)
			*ok = true;
		return (enum verdict)v;
	}
	if (ok)
		*ok = false;
	return VERDICT_NONE;
}

void verdict_state_free(struct verdict_state *st)
{
	free(st->note);
	free(st->edit);
	*st = (struct verdict_state){0};
}

int question_get(struct db *db, struct buf *out, struct error *err)
{
	sqlite3_stmt *stmt;
	int rc = db_query(db, &stmt, err, "SELECT " QUESTION, "");

	buf_clear(out);
	if (rc == 0 && (rc = db_step(db, stmt, err)) > 0) {
		buf_addspan(out, db_span(stmt, 0));
		db_done(stmt);
		rc = 0;
	}
	return rc;
}

int step_insert(struct db *db, struct step *step, enum step_state state, struct error *err)
{
	char uid[16], owner[OWNER_SIZE];
	int rc;

	if (getrandom(uid, sizeof uid, 0) != sizeof uid)
		return error_set(err, TAMIS_ESTORE, _("the system gives no random numbers"));
	process_identity(owner, (long)getpid());
	rc = db_run(db, err, "INSERT INTO step(uid, annotator, at_ms, label, kind, target, state, owner)"
			     " VALUES(?, ?, ?, ?, ?, nullif(?, 0), ?, ?)",
		    "btitiiit", (const void *)uid, sizeof uid, step->annotator, clock_wall_ms(),
		    step->label ? step->label : "", (int64_t)step->kind, step->target, (int64_t)state,
		    state == STEP_FILLING ? owner : NULL);
	step->id = sqlite3_last_insert_rowid(db->handle);
	return rc;
}

int pending_steps(struct db *db, bool *any, struct error *err)
{
	int64_t found;
	int rc = db_int(db, &found, 0, err, "SELECT 1 FROM step WHERE state = 1", "");

	*any = found != 0;
	return rc;
}

#define FOLLOW " ON CONFLICT(key, question) DO UPDATE SET seq = excluded.seq, effective = excluded.effective," \
	       " verdict = excluded.verdict WHERE excluded.seq > current.seq"

int step_slice(struct db *db, int64_t step, const struct step_cursor *done, struct step_cursor *upto, struct error *err)
{
	sqlite3_stmt *stmt;
	int rc = db_query(db, &stmt, err,
			  "SELECT max(key) FROM (SELECT key FROM decision WHERE step = ? AND key > ? ORDER BY key LIMIT 1000)",
			  "ib", step, (const void *)done->at.b, done->n);

	*upto = (struct step_cursor){0};
	if (rc == 0)
		rc = db_step(db, stmt, err);
	if (rc <= 0)
		return rc;
	upto->n = db_hash(&upto->at, stmt, 0) ? sizeof upto->at.b : 0;
	db_done(stmt);
	return upto->n > 0;
}

static int read_applied(struct db *db, int64_t step, struct step_cursor *out, struct error *err)
{
	sqlite3_stmt *stmt;
	int rc = db_query(db, &stmt, err, "SELECT applied FROM step WHERE id = ?", "i", step);

	*out = (struct step_cursor){0};
	if (rc == 0)
		rc = db_step(db, stmt, err);
	if (rc <= 0)
		return rc;
	out->n = db_hash(&out->at, stmt, 0) ? sizeof out->at.b : 0;
	db_done(stmt);
	return 0;
}

/* One slice of the oldest finished step: 1 when something was done, 0 when there is none. */
static int apply_slice(struct db *db, struct error *err)
{
	struct step_cursor done, upto;
	int64_t step;
	int rc = db_begin(db, err), more;

	if (rc < 0)
		return rc;
	rc = db_int(db, &step, 0, err, "SELECT min(id) FROM step WHERE state = 1", "");
	if (rc < 0 || step == 0)
		return db_end(db, rc, err);
	rc = read_applied(db, step, &done, err);
	more = rc == 0 ? step_slice(db, step, &done, &upto, err) : rc;
	if (more > 0)
		rc = db_run(db, err, "INSERT INTO current SELECT key, question, seq, effective, verdict FROM decision"
				     " WHERE step = ? AND key > ? AND key <= ? ORDER BY key" FOLLOW,
			    "ibb", step, (const void *)done.at.b, done.n, (const void *)upto.at.b, upto.n);
	if (more > 0 && rc == 0)
		rc = db_run(db, err, "UPDATE step SET applied = ? WHERE id = ?", "ki", &upto.at, step);
	else if (more == 0)
		rc = db_run(db, err, "UPDATE step SET state = 2 WHERE id = ?", "i", step);
	rc = db_end(db, more < 0 ? more : rc, err);
	return rc < 0 ? rc : 1;
}

int pending_apply(struct db *db, struct error *err)
{
	bool any;
	int rc = pending_steps(db, &any, err);

	while (rc == 0 && any && (rc = apply_slice(db, err)) > 0)
		rc = 0;
	return rc;
}

/* The rows of a key in finished steps that `current` does not show yet. */
#define PENDING_ROW "SELECT max(d.seq) FROM step s JOIN decision d ON d.step = s.id AND d.key = ?1 AND d.question = ?2" \
		    " WHERE s.state = 1"

/* Seq of the row that holds the state of `key` now; 0 when untouched. */
static int latest_seq(struct db *db, int64_t *seq, const struct hash128 *key, const char *question, bool pending,
		      struct error *err)
{
	int64_t later = 0;
	int rc = db_int(db, seq, 0, err, "SELECT seq FROM current WHERE key = ? AND question = ?", "kt", key, question);

	if (rc == 0 && pending)
		rc = db_int(db, &later, 0, err, PENDING_ROW, "kt", key, question);
	if (later > *seq)
		*seq = later;
	return rc;
}

struct row_state {
	int64_t effective;
	int64_t verdict;
	int64_t reasons;
	char *note;
	char *edit;
};

static int read_row(struct db *db, struct row_state *out, int64_t seq, struct error *err)
{
	sqlite3_stmt *stmt;
	int rc;

	*out = (struct row_state){0};
	if (seq == 0)
		return 0;
	rc = db_query(db, &stmt, err, "SELECT effective, verdict, reasons, note, edit FROM decision WHERE seq = ?", "i", seq);
	if (rc == 0)
		rc = db_step(db, stmt, err);
	if (rc <= 0)
		return rc;
	*out = (struct row_state){
		.effective = sqlite3_column_int64(stmt, 0),
		.verdict = sqlite3_column_int64(stmt, 1),
		.reasons = sqlite3_column_int64(stmt, 2),
		.note = db_text(stmt, 3),
		.edit = db_text(stmt, 4),
	};
	db_done(stmt);
	return 0;
}

static const char *or_null(const char *text)
{
	return text && *text ? text : NULL;
}

/* Two changes of one item in one step are one row: the later fields win. */
#define MERGE_IN_STEP " ON CONFLICT(step, key, question) DO UPDATE SET fields = fields | excluded.fields," \
		      " verdict = excluded.verdict, reasons = excluded.reasons, note = excluded.note, edit = excluded.edit"

#define NEXT_SEQ "(SELECT coalesce(max(seq), 0) + 1 FROM decision)"

int decision_append(struct db *db, const struct step *step, const struct decision *d, const char *question, bool pending,
		    struct error *err)
{
	bool live = step->before == 0;
	struct row_state old = {0};
	int64_t seq;
	int rc = latest_seq(db, &seq, &d->key, question, pending, err);

	if (rc == 0 && !live && seq >= step->before)
		return 0;
	if (rc == 0)
		rc = read_row(db, &old, seq, err);
	if (rc < 0)
		return rc;
	rc = db_run(db, err,
		    "INSERT INTO decision(seq, step, key, question, ref, kind, fields, verdict, reasons, note, edit, shown_ms,"
		    " previous, effective) VALUES(" NEXT_SEQ ", ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, " NEXT_SEQ ")" MERGE_IN_STEP,
		    "iktiiiiittii", step->id, &d->key, question, (int64_t)d->ref, (int64_t)d->kind, (int64_t)d->fields,
		    d->fields & DECISION_VERDICT ? (int64_t)d->verdict : old.verdict,
		    d->fields & DECISION_REASONS ? (int64_t)d->reasons : old.reasons,
		    d->fields & DECISION_NOTE ? or_null(d->note) : old.note,
		    d->fields & DECISION_EDIT ? or_null(d->edit) : old.edit, (int64_t)d->shown_ms, old.effective);
	free(old.note);
	free(old.edit);
	if (rc == 0 && live)
		rc = db_run(db, err, "INSERT INTO current SELECT key, question, seq, effective, verdict FROM decision"
				     " WHERE step = ? AND key = ? AND question = ?"
				     " ON CONFLICT(key, question) DO UPDATE SET seq = excluded.seq,"
				     " effective = excluded.effective, verdict = excluded.verdict",
			    "ikt", step->id, &d->key, question);
	return rc;
}

int store_verdict_get(struct store *s, struct verdict_state *out, const struct hash128 *key, struct error *err)
{
	struct buf question = BUF_INIT;
	sqlite3_stmt *stmt;
	int64_t seq = 0;
	bool pending;
	int rc = pending_steps(&s->db, &pending, err);

	*out = (struct verdict_state){0};
	if (rc == 0)
		rc = question_get(&s->db, &question, err);
	if (rc == 0)
		rc = latest_seq(&s->db, &seq, key, question.p, pending, err);
	buf_free(&question);
	if (rc < 0 || seq == 0)
		return rc;
	rc = db_query(&s->db, &stmt, err,
		      "SELECT d.verdict, d.reasons, d.note, d.edit, s.annotator, s.at_ms FROM decision d"
		      /* What a merge only restates stays its author's, and what an undo brings back its first one's. */
		      " JOIN step s ON s.id = iif(d.effective > 0 AND d.effective <> d.seq,"
		      " (SELECT e.step FROM decision e WHERE e.seq = d.effective), d.step) WHERE d.seq = ?", "i", seq);
	if (rc == 0)
		rc = db_step(&s->db, stmt, err);
	if (rc <= 0)
		return rc;
	out->verdict = (enum verdict)sqlite3_column_int(stmt, 0);
	out->reasons = (uint32_t)sqlite3_column_int64(stmt, 1);
	out->note = db_text(stmt, 2);
	out->edit = db_text(stmt, 3);
	db_copy(out->annotator, sizeof out->annotator, stmt, 4);
	out->at_ms = sqlite3_column_int64(stmt, 5);
	out->seq = seq;
	db_done(stmt);
	return 0;
}

static int add_to_map(struct db *db, struct map128 *out, sqlite3_stmt *stmt, struct error *err)
{
	int rc;

	while ((rc = db_step(db, stmt, err)) > 0) {
		struct hash128 key;
		uint64_t verdict = (uint64_t)sqlite3_column_int64(stmt, 1);

		if (!db_hash(&key, stmt, 0))
			continue;
		if (verdict)
			*map128_at(out, &key, NULL) = verdict;
		else
			map128_remove(out, &key);
	}
	return rc;
}

int store_verdict_map(struct store *s, struct map128 *out, struct error *err)
{
	sqlite3_stmt *stmt;
	int rc = db_run(&s->db, err, "BEGIN", ""); /* one moment for both questions */

	if (rc < 0)
		return rc;
	rc = db_query(&s->db, &stmt, err,
		      "SELECT key, verdict FROM current WHERE verdict <> 0 AND question = " QUESTION, "");
	if (rc == 0)
		rc = add_to_map(&s->db, out, stmt, err);
	if (rc == 0)
		rc = db_query(&s->db, &stmt, err,
			      "SELECT d.key, d.verdict FROM step s JOIN decision d ON d.step = s.id"
			      " LEFT JOIN current c ON c.key = d.key AND c.question = d.question"
			      " WHERE s.state = 1 AND d.question = " QUESTION " AND d.seq > coalesce(c.seq, 0) ORDER BY d.seq",
			      "");
	if (rc == 0)
		rc = add_to_map(&s->db, out, stmt, err);
	db_rollback(&s->db);
	return rc;
}

int store_edit_map(struct store *s, struct map128 *out, struct error *err)
{
	sqlite3_stmt *stmt;
	int rc = db_query(&s->db, &stmt, err,
			  "SELECT d.key, d.seq FROM decision d JOIN current c ON c.key = d.key AND c.question = d.question"
			  " AND c.seq = d.seq WHERE d.edit IS NOT NULL AND d.question = " QUESTION, "");

	return rc < 0 ? rc : add_to_map(&s->db, out, stmt, err);
}
