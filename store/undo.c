/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Undo and redo: a new step that brings an earlier state back.
 *
 * An item somebody else has decided since is left alone: its current state does not come from the step undone. */
#include "store/internal.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/i18n.h"

struct turn {
	enum step_kind kind;
	const char *find; /* the step to undo or redo */
	const char *rows; /* ?1 the new step, ?2 that step, ?3 after this key, ?4 up to this one */
	const char *none;
};

#define ROW_COLUMNS "INSERT INTO decision(step, key, question, ref, kind, fields, verdict, reasons, note, edit, shown_ms," \
		    " previous, effective) "
#define ROW_RANGE " WHERE d.step = ?2 AND d.key > ?3 AND d.key <= ?4 ORDER BY d.key"
#define IS_OF "JOIN current c ON c.key = d.key AND c.question = d.question AND d.effective <> d.previous AND c.effective = "
/* A step none of whose rows counts any more is passed over: undoing it would change nothing. */
#define MATTERS(step, side) "EXISTS(SELECT 1 FROM decision d " IS_OF side " WHERE d.step = " step ")"
#define LATEST(kind) LATEST_OF(kind, "")
#define LATEST_OF(kind, more) "(SELECT s.id FROM step s WHERE s.annotator = ?1 AND s.kind = " kind " AND s.undone = 0 AND s.state > 0" \
		     more " AND " MATTERS("s.id", "d.effective") " ORDER BY s.id DESC LIMIT 1)"
#define LAST(undone) "(SELECT max(id) FROM step WHERE annotator = ?1 AND kind = 0 AND undone = " undone " AND state > 0)"

static const struct turn undo = {
	STEP_UNDO,
	"SELECT max(coalesce(" LATEST("0") ", 0), coalesce(" LATEST("3") ", 0))",
	ROW_COLUMNS "SELECT ?1, d.key, d.question, d.ref, d.kind, d.fields, coalesce(p.verdict, 0),"
		    " coalesce(p.reasons, 0), p.note, p.edit, 0, d.seq, d.previous FROM decision d "
		    IS_OF "d.effective"
		    " LEFT JOIN decision p ON p.seq = d.previous" ROW_RANGE,
	N_("nothing is left to undo"),
};

static const struct turn redo = {
	STEP_REDO,
	/* What has been undone since the last new step: a new step ends the chance to redo what was undone before it. */
	"SELECT min(u.target) FROM step u JOIN step s ON s.id = u.target WHERE +u.annotator = ?1 AND u.kind = 1"
	" AND u.state > 0 AND s.undone = 1 AND u.id > max(coalesce(" LAST("0") ", 0), coalesce(" LAST("1") ", 0))"
	" AND " MATTERS("u.target", "d.previous"),
	ROW_COLUMNS "SELECT ?1, d.key, d.question, d.ref, d.kind, d.fields, d.verdict, d.reasons, d.note, d.edit, 0,"
		    " d.previous, d.effective FROM decision d " IS_OF "d.previous" ROW_RANGE,
	N_("nothing is left to redo"),
};

/* ---- whose step ---- */

void workspace_own_step(struct workspace *w, int64_t step)
{
	pthread_mutex_lock(&w->own_lock);
	vec_push(&w->own, step);
	pthread_mutex_unlock(&w->own_lock);
}

static bool is_own(struct workspace *w, int64_t step)
{
	bool found = false;

	pthread_mutex_lock(&w->own_lock);
	for (size_t i = w->own.n; i > 0 && !found; i--)
		found = w->own.v[i - 1] == step;
	pthread_mutex_unlock(&w->own_lock);
	return found;
}

void workspace_note_log(struct workspace *w, struct db *db)
{
	pthread_mutex_lock(&w->own_lock);
	if (!w->opened)
		w->opened = db_int(db, &w->before, 0, NULL, "SELECT coalesce(max(id), 0) FROM step", "") == 0;
	pthread_mutex_unlock(&w->own_lock);
}

/* Up to which step undo takes those not made here: all, while nothing was made here. */
static int64_t others_until(struct workspace *w)
{
	int64_t until;

	pthread_mutex_lock(&w->own_lock);
	until = w->own.n ? w->before : INT64_MAX;
	pthread_mutex_unlock(&w->own_lock);
	return until;
}

int store_changed_elsewhere(struct store *s, struct error *err)
{
	bool first = s->data_version == 0, other = false, whole = true;
	sqlite3_stmt *stmt;
	int64_t version;
	int rc = db_int(&s->db, &version, 0, err, "PRAGMA data_version", "");

	if (rc < 0 || version == s->data_version)
		return rc;
	s->data_version = version;
	if (first)
		return db_int(&s->db, &s->steps_seen, 0, err, "SELECT coalesce(max(id), 0) FROM step", "");
	rc = db_query(&s->db, &stmt, err, "SELECT id, state FROM step WHERE id > ? ORDER BY id", "i", s->steps_seen);
	while (rc >= 0 && (rc = db_step(&s->db, stmt, err)) > 0) {
		int64_t id = sqlite3_column_int64(stmt, 0);

		other = other || !is_own(s->w, id);
		whole = whole && sqlite3_column_int(stmt, 1) == STEP_APPLIED;
		if (whole) /* what is being filled is looked at again when it counts */
			s->steps_seen = id;
	}
	return rc < 0 ? rc : other;
}

/* The latest step made here that is not undone; else the latest of before this session. */
static int find_undoable(struct workspace *w, struct db *db, int64_t *step, struct error *err)
{
	int64_t until = others_until(w), last;
	int rc = db_int(db, &last, 0, err, undo.find, "t", w->annotator);

	while (rc == 0 && last > until && !is_own(w, last))
		rc = db_int(db, &last, 0, err, "SELECT max(coalesce(" LATEST_OF("0", " AND s.id < ?2")
					       ", 0), coalesce(" LATEST_OF("3", " AND s.id < ?2") ", 0))", "ti", w->annotator, last);
	*step = last;
	return rc;
}

static int find_step(struct workspace *w, struct db *db, const struct turn *turn, int64_t *step, struct error *err)
{
	if (turn->kind == STEP_UNDO)
		return find_undoable(w, db, step, err);
	return db_int(db, step, 0, err, turn->find, "t", w->annotator);
}

/* ---- the turn ---- */

struct target {
	int64_t step;
	int64_t rows;
	item_ref ref;
	char label[128];
};

static int find_target(struct workspace *w, struct db *db, const struct turn *turn, struct target *out, struct error *err)
{
	sqlite3_stmt *stmt;
	int64_t ref;
	int rc = find_step(w, db, turn, &out->step, err);

	if (rc == 0 && out->step == 0)
		return error_set(err, TAMIS_ENOTFOUND, "%s", _(turn->none));
	if (rc == 0)
		rc = db_query(db, &stmt, err, "SELECT label,"
					      " (SELECT count(*) FROM decision WHERE step = ?1) FROM step WHERE id = ?1",
			      "i", out->step);
	if (rc == 0 && (rc = db_step(db, stmt, err)) > 0) {
		db_copy(out->label, sizeof out->label, stmt, 0);
		out->rows = sqlite3_column_int64(stmt, 1);
		db_done(stmt);
		rc = 0;
	}
	/* A step of many is written in no order a person knows: its first item is that of the lowest reference. */
	if (rc == 0)
		rc = db_int(db, &ref, 0, err, "SELECT coalesce(min(nullif(ref, 0)), 0) FROM decision WHERE step = ?", "i",
			    out->step);
	out->ref = rc == 0 ? (item_ref)ref : ITEM_REF_NONE;
	return rc;
}

static int mark_target(struct db *db, const struct turn *turn, const struct target *t, struct error *err)
{
	return db_run(db, err, "UPDATE step SET undone = ? WHERE id = ?", "ii", (int64_t)(turn->kind == STEP_UNDO), t->step);
}

static int append_rows(struct db *db, const struct turn *turn, const struct step *step, const struct target *t,
		       const struct step_cursor *done, const struct step_cursor *upto, int64_t *count, struct error *err)
{
	int rc = db_run(db, err, turn->rows, "iibb", step->id, t->step, (const void *)done->at.b, done->n,
			(const void *)upto->at.b, upto->n);

	if (rc == 0)
		*count += sqlite3_changes(db->handle);
	return rc;
}

/* Few rows: found, appended and applied in one transaction. */
static int turn_small(struct workspace *w, struct db *db, const struct turn *turn, struct step *step, const struct target *t,
		      int64_t *count, struct error *err)
{
	struct step_cursor none = {0}, all = { .n = sizeof all.at.b };
	int rc = step_insert(db, step, STEP_APPLIED, err);

	memset(all.at.b, 0xff, sizeof all.at.b);
	if (rc == 0)
		workspace_own_step(w, step->id);
	if (rc == 0)
		rc = append_rows(db, turn, step, t, &none, &all, count, err);
	if (rc == 0)
		rc = db_run(db, err, "INSERT INTO current SELECT key, question, seq, effective, verdict FROM decision"
				     " WHERE step = ? ON CONFLICT(key, question) DO UPDATE SET seq = excluded.seq,"
				     " effective = excluded.effective, verdict = excluded.verdict", "i", step->id);
	return rc < 0 ? rc : mark_target(db, turn, t, err);
}

static int turn_slice(struct db *db, const struct turn *turn, const struct step *step, const struct target *t,
		      struct step_cursor *done, int64_t *count, struct error *err)
{
	struct step_cursor upto;
	int rc = db_begin(db, err), more;

	if (rc < 0)
		return rc;
	more = step_slice(db, t->step, done, &upto, err);
	rc = more > 0 ? append_rows(db, turn, step, t, done, &upto, count, err) : more;
	rc = db_end(db, rc, err);
	*done = upto;
	return rc < 0 ? rc : more;
}

/* Many rows: like a bulk step, filled by slices. */
static int turn_large(struct workspace *w, struct db *db, const struct turn *turn, struct step *step, const struct target *t,
		      int64_t *count, struct error *err)
{
	struct step_cursor done = {0};
	int64_t again;
	int rc = step_insert(db, step, STEP_FILLING, err);

	if (rc == 0)
		workspace_own_step(w, step->id);
	while (rc == 0 && (rc = turn_slice(db, turn, step, t, &done, count, err)) > 0)
		rc = 0;
	if (rc == 0)
		rc = db_begin(db, err);
	if (rc < 0)
		return rc;
	rc = find_step(w, db, turn, &again, err);
	if (rc == 0 && again != t->step)
		rc = error_set(err, TAMIS_ESTORE, _("another tamis of yours has changed the last step; do it again"));
	if (rc == 0)
		rc = step_finish(db, step->id, err);
	if (rc == 0)
		rc = mark_target(db, turn, t, err);
	rc = db_end(db, rc, err);
	return rc < 0 ? rc : pending_apply(db, err);
}

static int take_turn(struct workspace *w, struct db *db, const struct turn *turn, struct target *t, int64_t *count,
		     struct error *err)
{
	struct step step = { .kind = (int)turn->kind, .annotator = w->annotator, .label = t->label };
	int rc = pending_apply(db, err);

	if (rc == 0)
		rc = db_begin(db, err);
	if (rc < 0)
		return rc;
	rc = find_target(w, db, turn, t, err);
	step.target = t->step;
	if (rc == 0 && t->rows <= STORE_SLICE)
		return db_end(db, turn_small(w, db, turn, &step, t, count, err), err);
	db_rollback(db);
	if (rc < 0)
		return rc;
	rc = turn_large(w, db, turn, &step, t, count, err);
	if (rc < 0 && step.id)
		step_drop(db, step.id, NULL);
	return rc;
}

static int turn_step(struct workspace *w, const struct turn *turn, int64_t *count, char label[128], item_ref *first,
		     struct error *err)
{
	struct target t = {0};
	int64_t n = 0;
	int rc = workspace_flush(w, err);

	if (rc < 0)
		return rc;
	pthread_mutex_lock(&w->undo_lock);
	if (w->undo_store == NULL)
		rc = store_open(&w->undo_store, w, err);
	if (rc == 0)
		rc = take_turn(w, &w->undo_store->db, turn, &t, &n, err);
	pthread_mutex_unlock(&w->undo_lock);
	if (count)
		*count = n;
	if (label)
		memcpy(label, t.label, sizeof t.label);
	if (first)
		*first = t.ref;
	return rc;
}

int workspace_undo(struct workspace *w, int64_t *count, char label[128], item_ref *first, struct error *err)
{
	return turn_step(w, &undo, count, label, first, err);
}

int workspace_redo(struct workspace *w, int64_t *count, char label[128], item_ref *first, struct error *err)
{
	return turn_step(w, &redo, count, label, first, err);
}
