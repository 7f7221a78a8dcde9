/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Rows of requests. */
#include "store/requests.h"

#include <stdio.h>

#include "base/clock.h"
#include "store/internal.h"

#define ROW_COLUMNS \
	"id, key, run, purpose, endpoint, model, body, state, asked_ms, answered_ms, attempts, status, latency_ms, prompt_tokens," \
	" completion_tokens, outcome, why, reply"

const char *request_state_name(enum request_state s)
{
	static const char *const names[] = { "asked", "answered", "failed" };

	return (size_t)s < sizeof names / sizeof *names ? names[s] : "?";
}

static int save_answer(struct db *db, const struct request_row *r, struct error *err)
{
	return db_run(db, err,
		      "UPDATE request SET state = ?, answered_ms = ?, attempts = attempts + ?, status = ?, latency_ms = ?,"
		      " prompt_tokens = ?, completion_tokens = ?, outcome = ?, why = ?, reply = ? WHERE key = ? AND state <> 1",
		      "iiiiiiittbt", (int64_t)r->state, r->answered_ms, (int64_t)r->attempts, (int64_t)r->status, r->latency_ms,
		      r->prompt_tokens, r->completion_tokens, r->outcome, r->why, r->reply.p, r->reply.len, r->key);
}

static int save_question(struct db *db, const struct request_row *r, struct error *err)
{
	return db_run(db, err,
		      "INSERT INTO request(key, run, purpose, endpoint, model, body, state, asked_ms) VALUES(?, ?, ?, ?, ?, ?, 0, ?)"
		      " ON CONFLICT(key) DO UPDATE SET run = excluded.run, state = 0, asked_ms = excluded.asked_ms, outcome = '',"
		      " why = '' WHERE state <> 1",
		      "tittt" "bi", r->key, r->run, r->purpose, r->endpoint, r->model, r->body.p, r->body.len, r->asked_ms);
}

/* Is the question somebody else's by now? */
static int find_taken(struct store *s, bool *taken, const struct request_row *r, struct error *err)
{
	sqlite3_stmt *stmt;
	int64_t run = 0;
	int state = REQUEST_FAILED;
	int rc = db_query(&s->db, &stmt, err, "SELECT state, run FROM request WHERE key = ?", "t", r->key);

	if (rc == 0 && (rc = db_step(&s->db, stmt, err)) > 0) {
		state = sqlite3_column_int(stmt, 0);
		run = sqlite3_column_int64(stmt, 1);
		db_done(stmt);
	}
	*taken = state == REQUEST_ANSWERED || (state == REQUEST_ASKED && run != r->run && store_run_living(s, run));
	return rc < 0 ? rc : 0;
}

int store_requests_save(struct store *s, const struct request_row *answered, size_t n_answered, const struct request_row *asked,
			size_t n_asked, bool *taken, struct error *err)
{
	int rc = db_begin(&s->db, err);

	if (rc < 0)
		return rc;
	for (size_t i = 0; rc == 0 && i < n_answered; i++)
		rc = save_answer(&s->db, &answered[i], err);
	for (size_t i = 0; rc == 0 && i < n_asked; i++) {
		bool other = false;

		if (taken)
			rc = find_taken(s, &other, &asked[i], err);
		if (rc == 0 && !other)
			rc = save_question(&s->db, &asked[i], err);
		if (taken)
			taken[i] = other;
	}
	return db_end(&s->db, rc, err);
}

int store_request_note(struct store *s, const struct request_row *r, struct error *err)
{
	return db_run(&s->db, err, "UPDATE request SET outcome = ?, why = ? WHERE key = ?", "ttt", r->outcome, r->why, r->key);
}

/* Spans point into the statement's row. */
static void read_row(struct request_row *out, sqlite3_stmt *stmt)
{
	*out = (struct request_row){
		.id = sqlite3_column_int64(stmt, 0),
		.run = sqlite3_column_int64(stmt, 2),
		.endpoint = (const char *)sqlite3_column_text(stmt, 4),
		.model = (const char *)sqlite3_column_text(stmt, 5),
		.body = db_span(stmt, 6),
		.state = (enum request_state)sqlite3_column_int(stmt, 7),
		.asked_ms = sqlite3_column_int64(stmt, 8),
		.answered_ms = sqlite3_column_int64(stmt, 9),
		.attempts = (unsigned)sqlite3_column_int(stmt, 10),
		.status = (long)sqlite3_column_int64(stmt, 11),
		.latency_ms = sqlite3_column_int64(stmt, 12),
		.prompt_tokens = sqlite3_column_int64(stmt, 13),
		.completion_tokens = sqlite3_column_int64(stmt, 14),
		.reply = db_span(stmt, 17),
	};
	db_copy(out->key, sizeof out->key, stmt, 1);
	db_copy(out->purpose, sizeof out->purpose, stmt, 3);
	db_copy(out->outcome, sizeof out->outcome, stmt, 15);
	db_copy(out->why, sizeof out->why, stmt, 16);
}

/* Texts of a row into `text`, which it then points to. */
static void keep_texts(struct request_row *r, struct buf *text)
{
	size_t endpoint_len = strlen(r->endpoint) + 1, model_len = strlen(r->model) + 1;
	size_t reply_len = r->reply.len, body_len = r->body.len;

	buf_clear(text);
	buf_add(text, r->endpoint, endpoint_len);
	buf_add(text, r->model, model_len);
	buf_addspan(text, r->body);
	buf_addspan(text, r->reply);
	r->endpoint = text->p;
	r->model = text->p + endpoint_len;
	r->body = span_make(r->model + model_len, body_len);
	r->reply = span_make(r->body.p + body_len, reply_len);
}

int store_request_find(struct store *s, struct request_row *out, struct buf *text, const char *key, struct error *err)
{
	sqlite3_stmt *stmt;
	int rc = db_query(&s->db, &stmt, err, "SELECT " ROW_COLUMNS " FROM request WHERE key = ?", "t", key);

	if (rc == 0)
		rc = db_step(&s->db, stmt, err);
	if (rc <= 0)
		return rc;
	read_row(out, stmt);
	keep_texts(out, text);
	db_done(stmt);
	return 1;
}

int store_requests_tokens(struct store *s, int64_t run, int64_t *tokens, struct error *err)
{
	return db_int(&s->db, tokens, 0, err,
		      "SELECT coalesce(sum(prompt_tokens + completion_tokens), 0) FROM request WHERE state = 1 AND run IN ("
		      " SELECT a.id FROM run a JOIN run b ON b.id = ?1 WHERE a.id = b.id OR " RUN_SAME ")",
		      "i", run);
}

int store_requests_each(struct store *s, int64_t run, bool (*row)(void *ctx, const struct request_row *r), void *ctx,
			struct error *err)
{
	struct request_row r;
	sqlite3_stmt *stmt;
	int rc = db_query(&s->db, &stmt, err, "SELECT " ROW_COLUMNS " FROM request WHERE ?1 = 0 OR run = ?1 ORDER BY id", "i", run);

	while (rc >= 0 && (rc = db_step(&s->db, stmt, err)) > 0) {
		read_row(&r, stmt);
		if (!row(ctx, &r)) {
			db_done(stmt);
			return 0;
		}
	}
	return rc;
}
