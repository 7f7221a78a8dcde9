/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Large steps: rows go in by slices, the step counts when it is marked finished, `current` follows by slices. */
#include "store/internal.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/i18n.h"
#include "base/log.h"

struct bulk_step {
	struct store *s;
	struct step step;
	char *label;
	struct buf question;
	VEC(struct decision) held; /* not written yet; their strings are in the arena */
	struct arena strings;
};

/* Rows are held until there are many and then written in the order of their keys: the indexes go by key, and neighbours
 * share pages. */
#define HELD_MAX 16384

/* Start time in clock ticks since boot: field 22 of /proc/PID/stat, counted after the ")" of the name.  What was killed and waits for its
 * parent to hear of it (state Z) is no process any more. */
void process_identity(char out[OWNER_SIZE], long pid)
{
	struct buf stat = BUF_INIT;
	char path[64];
	const char *at;
	unsigned long long start = 0;

	out[0] = '\0';
	snprintf(path, sizeof path, "/proc/%ld/stat", pid);
	if (fs_read_all(&stat, path, 4096, NULL) == 0 && (at = strrchr(stat.p, ')')) != NULL) {
		if (at[1] == ' ' && (at[2] == 'Z' || at[2] == 'X'))
			at = NULL;
		for (int field = 2; at && field < 22; field++)
			at = strchr(at + 1, ' ');
		if (at && sscanf(at, "%llu", &start) == 1)
			snprintf(out, OWNER_SIZE, "%ld %llu", pid, start);
	}
	buf_free(&stat);
}

int step_finish(struct db *db, int64_t step, struct error *err)
{
	return db_run(db, err, "UPDATE step SET state = 1, owner = NULL WHERE id = ?", "i", step);
}

int step_drop(struct db *db, int64_t step, struct error *err)
{
	int removed;

	do {
		int rc = db_begin(db, err);

		if (rc < 0)
			return rc;
		rc = db_run(db, err, "DELETE FROM decision WHERE seq IN"
				     " (SELECT seq FROM decision WHERE step = ? LIMIT 1000)", "i", step);
		removed = sqlite3_changes(db->handle);
		if (rc == 0 && removed == 0)
			rc = db_run(db, err, "DELETE FROM step WHERE id = ?", "i", step);
		rc = db_end(db, rc, err);
		if (rc < 0)
			return rc;
	} while (removed);
	return 0;
}

int bulk_clean(struct db *db, size_t *n, struct error *err)
{
	VEC(int64_t) dead = {0};
	sqlite3_stmt *stmt;
	int rc = db_query(db, &stmt, err, "SELECT id, owner FROM step WHERE state = 0", "");

	while (rc >= 0 && (rc = db_step(db, stmt, err)) > 0) {
		char owner[OWNER_SIZE], now[OWNER_SIZE];

		db_copy(owner, sizeof owner, stmt, 1);
		process_identity(now, strtol(owner, NULL, 10));
		if (strcmp(owner, now) != 0)
			vec_push(&dead, sqlite3_column_int64(stmt, 0));
	}
	*n = dead.n;
	for (size_t i = 0; rc == 0 && i < dead.n; i++) {
		log_line("decisions: unfinished step %" PRId64 " of a process that ended is removed", dead.v[i]);
		rc = step_drop(db, dead.v[i], err);
	}
	vec_free(&dead);
	return rc;
}

int bulk_begin(struct bulk_step **out, struct store *s, const char *label, struct error *err)
{
	struct bulk_step *b;
	int rc = workspace_flush(s->w, err); /* what was decided before comes before */

	*out = NULL;
	if (rc == 0)
		rc = pending_apply(&s->db, err);
	if (rc < 0)
		return rc;
	b = xcalloc(1, sizeof *b);
	b->s = s;
	b->label = xstrdup(label);
	b->step = (struct step){ .kind = STEP_DO, .annotator = s->w->annotator, .label = b->label };
	buf_init(&b->question);
	rc = question_get(&s->db, &b->question, err);
	if (rc == 0)
		rc = db_int(&s->db, &b->step.before, 0, err, "SELECT coalesce(max(seq), 0) + 1 FROM decision", "");
	if (rc == 0)
		rc = step_insert(&s->db, &b->step, STEP_FILLING, err);
	if (rc == 0)
		workspace_own_step(s->w, b->step.id);
	if (rc < 0) {
		buf_free(&b->question);
		free(b->label);
		free(b);
		return rc;
	}
	*out = b;
	return 0;
}

static int add_slice(struct bulk_step *b, const struct decision *d, size_t n, struct error *err)
{
	struct db *db = &b->s->db;
	bool pending;
	int rc = db_begin(db, err);

	if (rc < 0)
		return rc;
	rc = pending_steps(db, &pending, err);
	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = decision_append(db, &b->step, &d[i], b->question.p, pending, err);
	return db_end(db, rc, err);
}

/* By key; of one key the earlier first, for the later change wins. */
static int compare_keys(const void *pa, const void *pb)
{
	const struct decision *const *a = pa, *const *b = pb;
	int order = memcmp((*a)->key.b, (*b)->key.b, sizeof (*a)->key.b);

	return order ? order : (*a > *b) - (*a < *b);
}

static int write_held(struct bulk_step *b, struct error *err)
{
	size_t n = b->held.n;
	const struct decision **order = xcalloc(n ? n : 1, sizeof *order);
	struct decision *sorted = xcalloc(n ? n : 1, sizeof *sorted);
	int rc = 0;

	for (size_t i = 0; i < n; i++)
		order[i] = &b->held.v[i];
	qsort(order, n, sizeof *order, compare_keys);
	for (size_t i = 0; i < n; i++)
		sorted[i] = *order[i];
	for (size_t i = 0; rc == 0 && i < n; i += STORE_SLICE)
		rc = add_slice(b, sorted + i, n - i < STORE_SLICE ? n - i : STORE_SLICE, err);
	free(sorted);
	free(order);
	vec_clear(&b->held);
	arena_clear(&b->strings);
	return rc;
}

int bulk_add(struct bulk_step *b, const struct decision *d, size_t n, struct error *err)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < n; i++) {
		struct decision held = d[i];

		held.note = d[i].note ? arena_strdup(&b->strings, d[i].note) : NULL;
		held.edit = d[i].edit ? arena_strdup(&b->strings, d[i].edit) : NULL;
		vec_push(&b->held, held);
		if (b->held.n == HELD_MAX)
			rc = write_held(b, err);
	}
	return rc;
}

/* Writes the rest and marks the step finished, or takes it away. */
static int settle(struct bulk_step *b, bool keep, int64_t *rows, struct error *err)
{
	struct db *db = &b->s->db;
	int rc = keep ? write_held(b, err) : 0;

	*rows = 0;
	if (rc == 0 && keep)
		rc = db_int(db, rows, 0, err, "SELECT count(*) FROM decision WHERE step = ?", "i", b->step.id);
	if (rc == 0 && *rows)
		return step_finish(db, b->step.id, err);
	step_drop(db, b->step.id, rc < 0 ? NULL : err);
	return rc;
}

int bulk_end(struct bulk_step *b, bool keep, int64_t *count, struct error *err)
{
	int64_t rows;
	int rc = settle(b, keep, &rows, err);

	if (rc == 0 && rows)
		rc = pending_apply(&b->s->db, err);
	if (count)
		*count = rows;
	vec_free(&b->held);
	arena_free(&b->strings);
	buf_free(&b->question);
	free(b->label);
	free(b);
	return rc;
}
