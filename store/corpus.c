/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Corpora: named sets of sources. */
#include "store/internal.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/i18n.h"

static void read_corpus(struct corpus *out, sqlite3_stmt *stmt)
{
	*out = (struct corpus){
		.id = sqlite3_column_int64(stmt, 0),
		.kind = (enum item_kind)sqlite3_column_int(stmt, 2),
	};
	db_copy(out->name, sizeof out->name, stmt, 1);
}

/* Counts come from the cache: what is indexed now.  Of what the cache has lost, FILE knows what it was. */
static int count(struct store *s, struct corpus *corpus, struct error *err)
{
	sqlite3_stmt *stmt;
	int rc = db_query(&s->db, &stmt, err, "SELECT id, token, state, records, rejected, size FROM source WHERE corpus = ?",
			  "i", corpus->id);

	while (rc >= 0 && (rc = db_step(&s->db, stmt, err)) > 0) {
		struct progress done;

		rc = source_progress(s, sqlite3_column_int64(stmt, 0), sqlite3_column_int64(stmt, 1), &done, err);
		if (rc < 0) {
			db_done(stmt);
			return rc;
		}
		if (done.records + done.rejected == 0 && sqlite3_column_int(stmt, 2) == SOURCE_READY) {
			done.records = (uint64_t)sqlite3_column_int64(stmt, 3);
			done.rejected = (uint64_t)sqlite3_column_int64(stmt, 4);
			done.position = (uint64_t)sqlite3_column_int64(stmt, 5);
		}
		corpus->sources++;
		corpus->indexing += sqlite3_column_int(stmt, 2) == SOURCE_INDEXING;
		corpus->records += done.records;
		corpus->rejected += done.rejected;
		corpus->bytes += done.position;
	}
	return rc;
}

int store_corpus_get(struct store *s, struct corpus *out, const char *name, struct error *err)
{
	sqlite3_stmt *stmt;
	int rc = db_query(&s->db, &stmt, err, "SELECT id, name, kind FROM corpus WHERE name = ?", "t", name);

	if (rc == 0)
		rc = db_step(&s->db, stmt, err);
	if (rc < 0)
		return rc;
	if (rc == 0)
		return error_set(err, TAMIS_ENOTFOUND, _("no corpus is named %s; `tamis ls corpora` lists them"), name);
	read_corpus(out, stmt);
	db_done(stmt);
	return count(s, out, err);
}

int store_corpus_make(struct store *s, struct corpus *out, const char *name, enum item_kind kind, struct error *err)
{
	int rc;

	if (*name == '\0' || strlen(name) >= sizeof out->name)
		return error_set(err, TAMIS_EUSAGE, _("a corpus' name has 1 to %zu bytes"), sizeof out->name - 1);
	rc = db_relax(&s->db, true, err); /* the end of the import syncs it too */
	if (rc == 0)
		rc = db_run(&s->db, err, "INSERT INTO corpus(name, kind) VALUES(?, ?) ON CONFLICT(name) DO NOTHING", "ti", name,
			    (int64_t)kind);
	db_relax(&s->db, false, NULL);
	return rc < 0 ? rc : store_corpus_get(s, out, name, err);
}

int store_corpus_list(struct store *s, struct corpus **out, size_t *n, struct error *err)
{
	VEC(struct corpus) list = {0};
	sqlite3_stmt *stmt;
	int rc = db_query(&s->db, &stmt, err, "SELECT id, name, kind FROM corpus ORDER BY id", "");

	while (rc >= 0 && (rc = db_step(&s->db, stmt, err)) > 0) {
		struct corpus corpus;

		read_corpus(&corpus, stmt);
		vec_push(&list, corpus);
	}
	for (size_t i = 0; rc == 0 && i < list.n; i++)
		rc = count(s, &list.v[i], err);
	if (rc < 0)
		vec_free(&list);
	*out = list.v;
	*n = list.n;
	return rc;
}

int store_corpus_of_source(struct store *s, int64_t source, int64_t *corpus, char name[64], struct error *err)
{
	sqlite3_stmt *stmt;
	int rc = db_query(&s->db, &stmt, err,
			  "SELECT c.id, c.name FROM source s JOIN corpus c ON c.id = s.corpus WHERE s.id = ?", "i", source);

	if (rc == 0)
		rc = db_step(&s->db, stmt, err);
	if (rc < 0)
		return rc;
	if (rc == 0)
		return error_set(err, TAMIS_ENOTFOUND, _("no source has number %" PRId64), source);
	*corpus = sqlite3_column_int64(stmt, 0);
	db_copy(name, 64, stmt, 1);
	db_done(stmt);
	return 0;
}
