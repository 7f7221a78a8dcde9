/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Bringing another curator's decisions in.
 *
 * Steps have random ids, so what is known already is told from what is new, and merging twice changes nothing.  For each
 * item the other workspace touched, with L the decision that holds here before and O the one that holds there:
 *   nothing here, or their log contains L      O holds: they went on from where we are
 *   our log contained O                        L holds: we went on from where they are
 *   else both went their own ways: the same verdict is no conflict, and L holds, with the reasons and notes of both;
 *   different verdicts are one, and a step of the merge flags the item, with a note that tells both.
 * The step of the merge restates what holds of every item touched, so that the state of an item is always that of its
 * last row, and undoing that one step brings back what held here before.  A row that only restates (fields 0) stands for
 * the row it names when two logs are compared.  All in one transaction: a merge that stops has not happened. */
#include "store/internal.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/i18n.h"

static int check_other(struct db *db, const char *path, struct error *err)
{
	int64_t application, version, open;
	int rc = db_int(db, &application, 0, err, "PRAGMA other.application_id", "");

	if (rc == 0)
		rc = db_int(db, &version, 0, err, "PRAGMA other.user_version", "");
	if (rc < 0)
		return rc;
	if (application != STORE_APPLICATION_ID)
		return error_set(err, TAMIS_ESTORE, _("%s: not a tamis workspace"), path);
	if (version != STORE_SCHEMA_VERSION)
		return error_set(err, TAMIS_ESTORE,
				 _("%s: made by another version of tamis; open it once with this one, then merge"), path);
	rc = db_int(db, &open, 0, err, "SELECT count(*) FROM other.step WHERE state = 1", "");
	if (rc == 0 && open)
		rc = error_set(err, TAMIS_ESTORE, _("%s: a large step is being finished in it; try again in a moment"), path);
	return rc;
}

/* By another name too. */
static bool is_same_file(const char *path, const char *other)
{
	struct stat a, b;

	return stat(path, &a) == 0 && stat(other, &b) == 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

static int attach(struct db *db, const char *path, struct error *err)
{
	struct buf sql = BUF_INIT;
	int rc;

	if (access(path, R_OK) != 0)
		return error_errno(err, TAMIS_ESTORE, errno, _("%s: can't be opened"), path);
	buf_adds(&sql, "ATTACH ");
	db_quote(&sql, path);
	buf_adds(&sql, " AS other");
	rc = db_exec(db, sql.p, NULL);
	buf_free(&sql);
	if (rc < 0)
		return error_set(err, TAMIS_ESTORE, _("%s: not a tamis workspace, or it can't be read"), path);
	rc = check_other(db, path, err);
	if (rc < 0)
		db_exec(db, "DETACH other", NULL);
	return rc;
}

/* The parts of a merge, in order.  `fresh` pairs their new steps with ours; `touched` holds each item of those steps
 * with L and the seq O has over there. */
#define STANDS_FOR(log, c) "coalesce((SELECT r.effective FROM " log ".decision r JOIN " log ".step rs ON rs.id = r.step" \
			   " WHERE r.seq = " c ".seq AND rs.kind = 3 AND r.fields = 0 AND r.effective > 0), " c ".seq)"

static const char *const prepare[] = {
	"CREATE TEMP TABLE fresh(theirs INTEGER PRIMARY KEY, ours INTEGER)",
	"INSERT INTO fresh SELECT o.id, NULL FROM other.step o WHERE o.state > 0"
	" AND NOT EXISTS(SELECT 1 FROM main.step m WHERE m.uid = o.uid)",
	"CREATE TEMP TABLE touched(key BLOB, question TEXT, ours INTEGER, theirs INTEGER, outcome INTEGER,"
	" PRIMARY KEY(key, question)) WITHOUT ROWID",
	"INSERT OR IGNORE INTO touched SELECT d.key, d.question, " STANDS_FOR("main", "c") ", " STANDS_FOR("other", "oc")
	", NULL FROM fresh f"
	" JOIN other.decision d ON d.step = f.theirs"
	" JOIN other.current oc ON oc.key = d.key AND oc.question = d.question"
	" LEFT JOIN main.current c ON c.key = d.key AND c.question = d.question",
	/* 0: theirs holds; 1: ours holds; 2: conflict; 3: the same verdict, but not for the same reasons or with the same note */
	"UPDATE touched AS t SET outcome = CASE"
	" WHEN t.ours IS NULL THEN 0"
	" WHEN EXISTS(SELECT 1 FROM main.decision d JOIN main.step s ON s.id = d.step"
	"   JOIN other.step os ON os.uid = s.uid WHERE d.seq = t.ours) THEN 0"
	" WHEN EXISTS(SELECT 1 FROM other.decision d JOIN other.step os ON os.id = d.step"
	"   JOIN main.step s ON s.uid = os.uid WHERE d.seq = t.theirs) THEN 1"
	" WHEN (SELECT verdict FROM main.decision WHERE seq = t.ours) ="
	"   (SELECT verdict FROM other.decision WHERE seq = t.theirs) THEN"
	"   iif(EXISTS(SELECT 1 FROM main.decision d, other.decision o WHERE d.seq = t.ours AND o.seq = t.theirs"
	"   AND d.reasons = o.reasons AND coalesce(d.note, '') = coalesce(o.note, '')), 1, 3)"
	" ELSE 2 END",
	"INSERT INTO main.step(uid, annotator, at_ms, label, kind, target, undone, state)"
	" SELECT o.uid, o.annotator, o.at_ms, o.label, o.kind, NULL, o.undone, 2 FROM fresh f"
	" JOIN other.step o ON o.id = f.theirs ORDER BY o.id",
	"UPDATE fresh SET ours = (SELECT m.id FROM other.step o JOIN main.step m ON m.uid = o.uid"
	" WHERE o.id = fresh.theirs)",
	"UPDATE main.step AS m SET target = (SELECT mt.id FROM fresh f JOIN other.step o ON o.id = f.theirs"
	" JOIN other.step ot ON ot.id = o.target JOIN main.step mt ON mt.uid = ot.uid WHERE f.ours = m.id)"
	" WHERE m.id IN (SELECT ours FROM fresh) AND m.kind IN (1, 2)",
	/* A step of ours that they have undone or redone since. */
	"UPDATE main.step AS m SET undone = (SELECT o.undone FROM other.step o WHERE o.uid = m.uid)"
	" WHERE m.id IN (SELECT target FROM main.step WHERE id IN (SELECT ours FROM fresh))"
	" AND EXISTS(SELECT 1 FROM other.step o WHERE o.uid = m.uid)",
	/* References name their sources, not ours; `previous` and `effective` are found again below. */
	"INSERT INTO main.decision(step, key, question, ref, kind, fields, verdict, reasons, note, edit, shown_ms,"
	" previous, effective) SELECT f.ours, d.key, d.question, 0, d.kind, d.fields, d.verdict, d.reasons, d.note,"
	" d.edit, d.shown_ms, d.previous, d.effective FROM other.decision d JOIN fresh f ON f.theirs = d.step"
	" ORDER BY d.seq",
};

#define OURS_OF(theirs) "coalesce((SELECT md.seq FROM other.decision od JOIN other.step os ON os.id = od.step" \
			" JOIN main.step ms ON ms.uid = os.uid JOIN main.decision md ON md.step = ms.id" \
			" AND md.key = od.key AND md.question = od.question WHERE od.seq = " theirs "), 0)"

static const char *const settle[] = {
	"UPDATE main.decision AS d SET previous = " OURS_OF("d.previous") ", effective = " OURS_OF("d.effective")
	" WHERE d.step IN (SELECT ours FROM fresh)",
};

static int run_all(struct db *db, const char *const *sql, size_t n, struct error *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = db_exec(db, sql[i], err);
	return rc;
}

/* How the two are called in notes; when both have one name, with the names of their workspaces. */
#define CALLED(step, file) step ".annotator || iif(sd.annotator = so.annotator, ' (' || " file " || ')', '')"
#define NAMED(row) "(SELECT column2 FROM names WHERE column1 = " row ".verdict)"
#define WITH_NOTE(row) "iif(coalesce(" row ".note, '') = '', '', ': ' || " row ".note)"

/* Our side first.  ?2 and ?3 are the workspaces. */
#define CONFLICT_NOTE CALLED("sd", "?2") " || ': ' || " NAMED("d") " || " WITH_NOTE("d") " || ' / ' || " \
		      CALLED("so", "?3") " || ': ' || " NAMED("o") " || " WITH_NOTE("o")
#define BOTH_NOTES "CASE WHEN coalesce(o.note, '') IN ('', coalesce(d.note, '')) THEN d.note" \
		   " WHEN coalesce(d.note, '') = '' THEN o.note" \
		   " ELSE " CALLED("sd", "?2") " || " WITH_NOTE("d") " || ' / ' || " CALLED("so", "?3") " || " WITH_NOTE("o") " END"

/* Outcome 0 restates theirs, 1 ours; 2 and 3 are new states (fields: verdict, reasons, note). */
static const char outcome_rows[] =
	"INSERT INTO main.decision(step, key, question, ref, kind, fields, verdict, reasons, note, edit, shown_ms, previous,"
	" effective) SELECT ?1, t.key, t.question, coalesce(d.ref, 0), coalesce(d.kind, o.kind),"
	" CASE t.outcome WHEN 2 THEN 7 WHEN 3 THEN 6 ELSE 0 END,"
	" CASE t.outcome WHEN 0 THEN o.verdict WHEN 2 THEN 4 ELSE d.verdict END,"
	" CASE t.outcome WHEN 0 THEN o.reasons WHEN 1 THEN d.reasons ELSE d.reasons | o.reasons END,"
	" CASE t.outcome WHEN 0 THEN o.note WHEN 1 THEN d.note WHEN 2 THEN " CONFLICT_NOTE " ELSE " BOTH_NOTES " END,"
	" iif(t.outcome = 0, o.edit, d.edit), 0, coalesce(d.effective, 0),"
	" iif(t.outcome = 0, " OURS_OF("o.effective") ", d.effective)"
	" FROM touched t JOIN other.decision o ON o.seq = t.theirs JOIN other.step so ON so.id = o.step"
	" LEFT JOIN main.decision d ON d.seq = t.ours LEFT JOIN main.step sd ON sd.id = d.step";

#define OF_ONE_NAME "SELECT count(*) FROM touched t JOIN main.decision d ON d.seq = t.ours JOIN main.step sd ON sd.id = d.step" \
		    " JOIN other.decision o ON o.seq = t.theirs JOIN other.step so ON so.id = o.step" \
		    " WHERE t.outcome > 1 AND sd.annotator = so.annotator"

static int count_outcome(struct db *db, int64_t *rows, struct merge_counts *out, struct error *err)
{
	int64_t conflicts = 0, one_name = 0;
	int rc = db_int(db, rows, 0, err, "SELECT count(*) FROM touched", "");

	if (rc == 0)
		rc = db_int(db, &conflicts, 0, err, "SELECT count(*) FROM touched WHERE outcome = 2", "");
	if (rc == 0)
		rc = db_int(db, &one_name, 0, err, OF_ONE_NAME, "");
	out->conflicts = (uint64_t)conflicts;
	out->one_name = (uint64_t)one_name;
	return rc;
}

/* The last part of the path; the whole one when both end alike. */
static const char *short_name(const char *path, const char *beside)
{
	const char *name = strrchr(path, '/'), *other = strrchr(beside, '/');

	name = name ? name + 1 : path;
	return strcmp(name, other ? other + 1 : beside) == 0 ? path : name;
}

/* The step of the merge itself: what holds restated, conflicts flagged. */
static int write_outcome(struct store *s, const char *path, struct merge_counts *out, struct error *err)
{
	struct step step = { .kind = STEP_MERGE, .annotator = s->w->annotator };
	char *label = xasprintf("merge %s", path);
	int64_t rows;
	int rc = count_outcome(&s->db, &rows, out, err);

	if (rc < 0 || rows == 0)
		goto done;
	step.label = label;
	rc = step_insert(&s->db, &step, STEP_APPLIED, err);
	if (rc == 0)
		workspace_own_step(s->w, step.id);
	if (rc == 0) /* so that undo need not look through all steps for it */
		rc = db_exec(&s->db, "CREATE INDEX IF NOT EXISTS main.step_merge ON step(annotator, undone)"
				     " WHERE kind = 3 AND state > 0", err);
	if (rc == 0)
		rc = db_run(&s->db, err, outcome_rows, "itt", step.id, short_name(s->w->path, path),
			    short_name(path, s->w->path));
	if (rc == 0)
		rc = db_run(&s->db, err, "UPDATE main.decision SET effective = seq WHERE step = ? AND fields > 0", "i",
			    step.id);
	if (rc == 0)
		rc = db_run(&s->db, err, "INSERT INTO main.current SELECT key, question, seq, effective, verdict"
					 " FROM main.decision WHERE step = ? ON CONFLICT(key, question) DO UPDATE SET"
					 " seq = excluded.seq, effective = excluded.effective, verdict = excluded.verdict",
			    "i", step.id);
done:
	free(label);
	return rc;
}

static int count_known(struct db *db, struct merge_counts *out, struct error *err)
{
	int64_t all, fresh;
	int rc = db_int(db, &all, 0, err,
			"SELECT count(*) FROM other.decision d JOIN other.step s ON s.id = d.step WHERE s.state > 0", "");

	if (rc == 0)
		rc = db_int(db, &fresh, 0, err, "SELECT count(*) FROM other.decision WHERE step IN"
						" (SELECT theirs FROM fresh)", "");
	out->decisions = rc == 0 ? (uint64_t)fresh : 0;
	out->known = rc == 0 ? (uint64_t)(all - fresh) : 0;
	return rc;
}

static const char make_names[] = "CREATE TEMP TABLE names(column1 INTEGER PRIMARY KEY, column2 TEXT);"
				 "INSERT INTO names VALUES(0, 'none'), (1, 'accept'), (2, 'reject'), (3, 'skip'), (4, 'flag')";
static const char drop_tables[] = "DROP TABLE IF EXISTS temp.names; DROP TABLE IF EXISTS temp.fresh;"
				  "DROP TABLE IF EXISTS temp.touched";

int store_merge(struct store *s, const char *other_path, struct merge_counts *out, struct error *err)
{
	struct db *db = &s->db;
	int rc;

	*out = (struct merge_counts){0};
	if (is_same_file(s->w->path, other_path))
		return error_set(err, TAMIS_EUSAGE, _("%s: that is this workspace; name the other one"), other_path);
	rc = workspace_flush(s->w, err);
	if (rc == 0)
		rc = pending_apply(db, err);
	if (rc == 0)
		rc = attach(db, other_path, err);
	if (rc < 0)
		return rc;
	rc = db_begin(db, err);
	if (rc == 0) {
		rc = db_exec(db, make_names, err);
		if (rc == 0)
			rc = run_all(db, prepare, sizeof prepare / sizeof *prepare, err);
		if (rc == 0)
			rc = run_all(db, settle, sizeof settle / sizeof *settle, err);
		if (rc == 0)
			rc = count_known(db, out, err);
		if (rc == 0)
			rc = write_outcome(s, other_path, out, err);
		if (rc == 0)
			rc = db_exec(db, drop_tables, err);
		rc = db_end(db, rc, err);
	}
	/* Statements that name `other` must not outlive it. */
	for (size_t i = 0; i < DB_STATEMENTS; i++) {
		sqlite3_finalize(db->slots[i].stmt);
		db->slots[i] = (struct db_slot){0};
	}
	db_exec(db, "DETACH other", NULL);
	return rc;
}
