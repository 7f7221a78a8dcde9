/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Verdicts and pace, by kind of item and annotator: what `stats` shows. */
#include "store/internal.h"

#include <stdlib.h>

#define QUESTION "coalesce((SELECT value FROM setting WHERE name = 'question'), '')"
#define OF_RUN " (?1 = 0 OR d.key IN (SELECT key FROM item WHERE run = ?1))"
#define LOG " FROM decision d CROSS JOIN step s ON s.id = d.step WHERE s.kind = 0 AND s.state > 0 AND" OF_RUN

typedef VEC(struct verdict_group) group_list;

/* Every query's first two columns are the kind and the annotator. */
static struct verdict_group *group_of(group_list *list, sqlite3_stmt *stmt)
{
	struct verdict_group g = { .kind = (enum item_kind)sqlite3_column_int(stmt, 0) };

	db_copy(g.annotator, sizeof g.annotator, stmt, 1);
	vec_each(list, i)
		if (list->v[i].kind == g.kind && strcmp(list->v[i].annotator, g.annotator) == 0)
			return &list->v[i];
	vec_push(list, g);
	return &list->v[list->n - 1];
}

static void take_verdict(struct verdict_group *g, sqlite3_stmt *stmt)
{
	unsigned verdict = (unsigned)sqlite3_column_int(stmt, 2);

	if (verdict < 5)
		g->by[verdict] = (uint64_t)sqlite3_column_int64(stmt, 3);
}

static void take_decisions(struct verdict_group *g, sqlite3_stmt *stmt)
{
	g->decisions = (uint64_t)sqlite3_column_int64(stmt, 2);
	g->undone = (uint64_t)sqlite3_column_int64(stmt, 3);
}

static void take_pace(struct verdict_group *g, sqlite3_stmt *stmt)
{
	g->timed = (uint64_t)sqlite3_column_int64(stmt, 2);
	g->active_ms = (uint64_t)sqlite3_column_int64(stmt, 3);
}

static void take_median(struct verdict_group *g, sqlite3_stmt *stmt)
{
	g->median_shown_ms = (uint64_t)sqlite3_column_int64(stmt, 2);
}

static const char verdicts_sql[] =
	"SELECT d.kind, s.annotator, d.verdict, count(*) FROM current c CROSS JOIN decision d ON d.seq = c.effective"
	" CROSS JOIN step s ON s.id = d.step WHERE c.question = " QUESTION " AND c.verdict > 0 AND" OF_RUN
	" GROUP BY 1, 2, 3 ORDER BY 1, 2, 3";

static const char decisions_sql[] =
	"SELECT d.kind, s.annotator, count(*), sum(s.undone)" LOG " GROUP BY 1, 2 ORDER BY 1, 2";

/* The time at work: from each step to the next, or, after a pause of five minutes, how long the item was on screen. */
static const char pace_sql[] =
	"SELECT kind, annotator, sum(n), sum(CASE WHEN gap < 300000 THEN gap ELSE min(shown, 300000) END) FROM ("
	"SELECT kind, annotator, n, shown, at - lag(at) OVER (PARTITION BY kind, annotator ORDER BY at, id) AS gap FROM ("
	"SELECT d.kind AS kind, s.annotator AS annotator, s.at_ms AS at, s.id AS id, count(*) AS n, sum(d.shown_ms) AS shown" LOG
	" AND d.shown_ms > 0 GROUP BY s.id)) GROUP BY 1, 2 ORDER BY 1, 2";

static const char median_sql[] =
	"SELECT kind, annotator, shown FROM (SELECT d.kind AS kind, s.annotator AS annotator, d.shown_ms AS shown,"
	" row_number() OVER (PARTITION BY d.kind, s.annotator ORDER BY d.shown_ms) AS place,"
	" count(*) OVER (PARTITION BY d.kind, s.annotator) AS n" LOG " AND d.shown_ms > 0) WHERE place = (n + 1) / 2"
	" ORDER BY 1, 2";

static const struct {
	const char *sql;
	void (*take)(struct verdict_group *g, sqlite3_stmt *stmt);
} queries[] = {
	{ verdicts_sql, take_verdict },
	{ decisions_sql, take_decisions },
	{ pace_sql, take_pace },
	{ median_sql, take_median },
};

int store_verdict_groups(struct store *s, int64_t run, struct verdict_group **out, size_t *n, struct error *err)
{
	group_list list = { 0 };
	int rc = 0;

	for (size_t i = 0; i < sizeof queries / sizeof queries[0] && rc >= 0; i++) {
		sqlite3_stmt *stmt;

		rc = db_query(&s->db, &stmt, err, queries[i].sql, "i", run);
		while (rc >= 0 && (rc = db_step(&s->db, stmt, err)) > 0)
			queries[i].take(group_of(&list, stmt), stmt);
	}
	if (rc < 0)
		vec_free(&list);
	*out = list.v;
	*n = list.n;
	return rc < 0 ? rc : 0;
}
