/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Runs: where items come from. */
#include "store/internal.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "base/json.h"

#define RUN_COLUMNS "id, pipeline, parameters, engine, inputs, counts, started_ms, ended_ms"

void run_free(struct run *r)
{
	free(r->parameters);
	free(r->inputs);
	free(r->counts);
	*r = (struct run){0};
}

static const char *or_empty(const char *json)
{
	return json ? json : "{}";
}

#define PROCESS "{\"process\":\""

bool store_run_alive(const struct run *r)
{
	char now[OWNER_SIZE];
	const char *owner = r->counts ? r->counts + strlen(PROCESS) : "";

	if (r->ended_ms || !span_starts(span_of(r->counts), PROCESS))
		return false;
	process_identity(now, strtol(owner, NULL, 10));
	return *now && strncmp(owner, now, strlen(now)) == 0;
}

bool store_run_importing(const struct run *r, const char *corpus)
{
	struct buf start = BUF_INIT;
	bool same;

	if (r->ended_ms || strcmp(r->pipeline, "import") != 0 || r->inputs == NULL)
		return false;
	buf_addc(&start, '{'); /* as an import begins its inputs */
	json_put_member(&start, "corpus", span_of(corpus));
	same = strncmp(r->inputs, start.p, start.len) == 0;
	buf_free(&start);
	return same;
}

int store_run_begin(struct store *s, struct run *r, struct error *err)
{
	char owner[OWNER_SIZE], counts[OWNER_SIZE + sizeof PROCESS + 2];
	int rc;

	process_identity(owner, (long)getpid());
	snprintf(counts, sizeof counts, PROCESS "%s\"}", owner);

	if (r->started_ms == 0)
		r->started_ms = clock_wall_ms();
	rc = db_relax(&s->db, true, err); /* the run's items, or its end, sync it too */
	if (rc == 0)
		rc = db_run(&s->db, err,
			    "INSERT INTO run(pipeline, parameters, engine, inputs, counts, started_ms, ended_ms)"
			    " VALUES(?, ?, ?, ?, ?, ?, 0)",
			    "ttttti", r->pipeline, or_empty(r->parameters), r->engine, or_empty(r->inputs), counts,
			    r->started_ms);
	if (rc == 0)
		r->id = sqlite3_last_insert_rowid(s->db.handle);
	db_relax(&s->db, false, NULL);
	return rc;
}

int store_run_adopt(struct store *s, struct run *r, struct error *err)
{
	struct run *all = NULL;
	char owner[OWNER_SIZE], counts[OWNER_SIZE + sizeof PROCESS + 2];
	size_t n = 0;
	int rc = store_run_list(s, &all, &n, err);
	int64_t id = 0;
	char *before = NULL;

	for (size_t i = 0; rc == 0 && i < n; i++) {
		const struct run *old = &all[i];

		if (old->ended_ms || store_run_alive(old) || strcmp(old->pipeline, r->pipeline) || strcmp(old->engine, r->engine) ||
		    strcmp(old->parameters, or_empty(r->parameters)) || strcmp(old->inputs, or_empty(r->inputs)))
			continue;
		id = old->id;
		r->started_ms = old->started_ms;
		free(before);
		before = xstrdup(or_empty(old->counts));
	}
	for (size_t i = 0; i < n; i++)
		run_free(&all[i]);
	free(all);
	if (rc < 0 || id == 0)
		return rc;
	process_identity(owner, (long)getpid());
	snprintf(counts, sizeof counts, PROCESS "%s\"}", owner);
	r->id = id;
	/* Another process may have taken it since. */
	rc = db_run(&s->db, err, "UPDATE run SET counts = ? WHERE id = ? AND ended_ms = 0 AND counts = ?", "tit", counts, id, before);
	free(before);
	if (rc == 0 && sqlite3_changes(s->db.handle) == 0)
		r->id = r->started_ms = 0;
	return rc < 0 ? rc : r->id != 0;
}

int store_run_release(struct store *s, int64_t run, struct error *err)
{
	return db_run(&s->db, err, "UPDATE run SET counts = '{}' WHERE id = ? AND ended_ms = 0", "i", run);
}

bool store_run_living(struct store *s, int64_t id)
{
	struct run run = { 0 };
	bool living = store_run_get(s, &run, id, NULL) == 0 && store_run_alive(&run);

	run_free(&run);
	return living;
}

int store_run_ahead(struct store *s, int64_t run, int64_t *ahead, struct error *err)
{
	sqlite3_stmt *stmt;
	VEC(int64_t) same = { 0 };
	int rc = db_query(&s->db, &stmt, err,
			  "SELECT a.id FROM run a JOIN run b ON b.id = ?1 WHERE a.id < b.id AND a.ended_ms = 0 AND " RUN_SAME " ORDER BY a.id",
			  "i", run);

	*ahead = 0;
	while (rc >= 0 && (rc = db_step(&s->db, stmt, err)) > 0)
		vec_push(&same, sqlite3_column_int64(stmt, 0));
	for (size_t i = 0; rc == 0 && *ahead == 0 && i < same.n; i++)
		if (store_run_living(s, same.v[i]))
			*ahead = same.v[i];
	vec_free(&same);
	return rc;
}

int store_run_end(struct store *s, struct run *r, struct error *err)
{
	r->ended_ms = clock_wall_ms();
	return db_run(&s->db, err, "UPDATE run SET inputs = ?, counts = ?, ended_ms = ? WHERE id = ?", "ttii",
		      or_empty(r->inputs), or_empty(r->counts), r->ended_ms, r->id);
}

static void read_run(struct run *out, sqlite3_stmt *stmt)
{
	*out = (struct run){
		.id = sqlite3_column_int64(stmt, 0),
		.parameters = db_text(stmt, 2),
		.inputs = db_text(stmt, 4),
		.counts = db_text(stmt, 5),
		.started_ms = sqlite3_column_int64(stmt, 6),
		.ended_ms = sqlite3_column_int64(stmt, 7),
	};
	db_copy(out->pipeline, sizeof out->pipeline, stmt, 1);
	db_copy(out->engine, sizeof out->engine, stmt, 3);
}

int store_run_get(struct store *s, struct run *out, int64_t id, struct error *err)
{
	sqlite3_stmt *stmt;
	int rc = db_query(&s->db, &stmt, err, "SELECT " RUN_COLUMNS " FROM run WHERE id = ?", "i", id);

	if (rc == 0)
		rc = db_step(&s->db, stmt, err);
	if (rc < 0)
		return rc;
	if (rc == 0)
		return error_set(err, TAMIS_ENOTFOUND, _("no run has number %" PRId64), id);
	read_run(out, stmt);
	db_done(stmt);
	return 0;
}

int store_run_list(struct store *s, struct run **out, size_t *n, struct error *err)
{
	VEC(struct run) runs = {0};
	sqlite3_stmt *stmt;
	int rc = db_query(&s->db, &stmt, err, "SELECT " RUN_COLUMNS " FROM run ORDER BY id", "");

	while (rc >= 0 && (rc = db_step(&s->db, stmt, err)) > 0) {
		struct run run;

		read_run(&run, stmt);
		vec_push(&runs, run);
	}
	if (rc < 0) {
		vec_each(&runs, i)
			run_free(&runs.v[i]);
		vec_free(&runs);
	}
	*out = runs.v;
	*n = runs.n;
	return rc;
}
