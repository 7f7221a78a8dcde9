/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The record index as it lies in the cache: places and facts by chunk, each under a checksum. */
#include "store/internal.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/i18n.h"

/* A fact is 25 bytes, kept as columns: keys, scores, text sizes, languages. */
#define FACT_BYTES ((size_t)25)

static int64_t chunk_id(int64_t source, uint32_t number)
{
	return source << 32 | number;
}

static void pack_facts(char *out, const struct record_fact *fact, size_t n)
{
	char *score = out + 16 * n, *bytes = score + 4 * n, *lang = bytes + 4 * n;

	for (size_t i = 0; i < n; i++) {
		memcpy(out + 16 * i, fact[i].key.b, 16);
		memcpy(score + 4 * i, &fact[i].score, 4);
		memcpy(bytes + 4 * i, &fact[i].text_bytes, 4);
		lang[i] = (char)fact[i].lang;
	}
}

static void unpack_facts(struct record_fact *fact, const char *in, size_t n)
{
	const char *score = in + 16 * n, *bytes = score + 4 * n, *lang = bytes + 4 * n;

	for (size_t i = 0; i < n; i++) {
		memcpy(fact[i].key.b, in + 16 * i, 16);
		memcpy(&fact[i].score, score + 4 * i, 4);
		memcpy(&fact[i].text_bytes, bytes + 4 * i, 4);
		fact[i].lang = (uint8_t)lang[i];
	}
}

static int save_rows(struct store *s, int64_t source, uint32_t number, const struct index_chunk *chunk,
		     struct error *err)
{
	size_t n_place = chunk->n * sizeof *chunk->place, n_fact = chunk->n * FACT_BYTES;
	char *facts = xmalloc(n_fact ? n_fact : 1);
	int64_t id = chunk_id(source, number);
	int rc;

	pack_facts(facts, chunk->fact, chunk->n);
	rc = db_run(&s->cache, err, "INSERT OR REPLACE INTO place VALUES(?, ?, ?)", "iib", id,
		    (int64_t)hash64(chunk->place, n_place, (uint64_t)id), (const void *)chunk->place, n_place);
	if (rc == 0)
		rc = db_run(&s->cache, err, "INSERT OR REPLACE INTO fact VALUES(?, ?, ?)", "iib", id,
			    (int64_t)hash64(facts, n_fact, (uint64_t)id), (const void *)facts, n_fact);
	free(facts);
	for (size_t i = 0; rc == 0 && i < chunk->longs.n; i++) {
		int64_t n = (int64_t)number * INDEX_CHUNK + chunk->longs.v[i].i;

		rc = db_run(&s->cache, err, "INSERT OR REPLACE INTO long_record VALUES(?, ?, ?)", "iii", source, n,
			    (int64_t)chunk->longs.v[i].len);
	}
	return rc;
}

int store_chunk_save(struct store *s, const struct source *src, uint32_t number, const struct index_chunk *chunk,
		     const struct rejected *rejected, size_t n_rejected, struct error *err)
{
	int64_t token;
	int rc = source_token(s, src->id, &token, err);
	bool own = sqlite3_get_autocommit(s->cache.handle); /* else part of a batch */

	if (rc == 0 && own)
		rc = db_begin(&s->cache, err);
	if (rc < 0)
		return rc;
	if (chunk->n)
		rc = save_rows(s, src->id, number, chunk, err);
	for (size_t i = 0; rc == 0 && i < n_rejected; i++)
		rc = db_run(&s->cache, err, "INSERT OR REPLACE INTO rejected VALUES(?, ?, ?, ?)", "iiit", src->id,
			    (int64_t)rejected[i].byte, (int64_t)rejected[i].line, rejected[i].reason);
	if (rc == 0)
		rc = db_run(&s->cache, err, "INSERT OR REPLACE INTO progress VALUES(?, ?, ?, ?, ?, ?)", "iiiiii", src->id,
			    token, (int64_t)src->position, (int64_t)src->line, (int64_t)src->records,
			    (int64_t)src->rejected);
	if (own)
		rc = db_end(&s->cache, rc, err);
	return cache_fail(s, rc, err);
}

/* A chunk that is missing or fails its checksum: what the cache says of this source can't be used. */
static int refuse_chunk(struct store *s, int64_t source, struct error *err)
{
	if (!(s->w->flags & WORKSPACE_READ_ONLY))
		db_run(&s->cache, NULL, "DELETE FROM progress WHERE source = ?", "i", source);
	return error_set(err, TAMIS_ESTORE,
			 _("%s: the index of source %" PRId64 " is damaged; open the corpus again to have it made anew"),
			 s->w->cache_path, source);
}

int chunk_places_load(struct store *s, int64_t source, uint32_t number, uint64_t *out, uint32_t *n, struct error *err)
{
	int64_t id = chunk_id(source, number);
	sqlite3_stmt *stmt;
	int rc = db_query(&s->cache, &stmt, err, "SELECT sum, data FROM place WHERE id = ?", "i", id);
	struct span data;
	bool good;

	if (rc == 0)
		rc = db_step(&s->cache, stmt, err);
	if (rc < 0)
		return cache_fail(s, rc, err);
	if (rc == 0)
		return refuse_chunk(s, source, err);
	data = db_span(stmt, 1);
	*n = (uint32_t)(data.len / sizeof *out);
	good = *n <= INDEX_CHUNK && data.len % sizeof *out == 0 &&
	       (int64_t)hash64(data.p, data.len, (uint64_t)id) == sqlite3_column_int64(stmt, 0);
	if (good)
		memcpy(out, data.p, data.len);
	db_done(stmt);
	return good ? 0 : refuse_chunk(s, source, err);
}

int chunk_facts_load(struct store *s, int64_t source, uint32_t number, const struct record_fact **out, uint32_t *n,
		     struct error *err)
{
	struct fact_cache *cached = &s->facts;
	int64_t id = chunk_id(source, number);
	sqlite3_stmt *stmt;
	struct span data;
	bool good;
	int rc = db_query(&s->cache, &stmt, err, "SELECT sum, data FROM fact WHERE id = ?", "i", id);

	cached->source = 0;
	if (rc == 0)
		rc = db_step(&s->cache, stmt, err);
	if (rc < 0)
		return cache_fail(s, rc, err);
	if (rc == 0)
		return refuse_chunk(s, source, err);
	data = db_span(stmt, 1);
	good = data.len % FACT_BYTES == 0 && data.len / FACT_BYTES <= INDEX_CHUNK &&
	       (int64_t)hash64(data.p, data.len, (uint64_t)id) == sqlite3_column_int64(stmt, 0);
	if (good) {
		if (cached->fact == NULL)
			cached->fact = xcalloc(INDEX_CHUNK, sizeof *cached->fact);
		cached->n = (uint32_t)(data.len / FACT_BYTES);
		cached->number = number;
		cached->source = source;
		unpack_facts(cached->fact, data.p, cached->n);
	}
	db_done(stmt);
	if (!good)
		return refuse_chunk(s, source, err);
	*out = cached->fact;
	*n = cached->n;
	return 0;
}

int store_chunk_load(struct store *s, int64_t source, uint32_t number, struct index_chunk *chunk, struct error *err)
{
	const struct record_fact *facts;
	uint32_t n_facts;
	int rc = chunk_places_load(s, source, number, chunk->place, &chunk->n, err);

	if (rc == 0)
		rc = chunk_facts_load(s, source, number, &facts, &n_facts, err);
	if (rc == 0 && n_facts != chunk->n)
		rc = refuse_chunk(s, source, err);
	if (rc == 0)
		memcpy(chunk->fact, facts, chunk->n * sizeof *facts);
	return rc;
}

int long_record_get(struct store *s, int64_t source, uint64_t number, uint64_t *len, struct error *err)
{
	int64_t value;
	int rc = db_int(&s->cache, &value, INDEX_LENGTH_MAX, err,
			"SELECT len FROM long_record WHERE source = ? AND number = ?", "ii", source, (int64_t)number);

	*len = (uint64_t)value;
	return cache_fail(s, rc, err);
}

int store_source_forget(struct store *s, int64_t source, struct error *err)
{
	static const char *const ranges[] = {
		"DELETE FROM place WHERE id BETWEEN ? AND ?",
		"DELETE FROM fact WHERE id BETWEEN ? AND ?",
		"DELETE FROM block WHERE id BETWEEN ? AND ?",
	};
	static const char *const rows[] = {
		"DELETE FROM progress WHERE source = ?",
		"DELETE FROM long_record WHERE source = ?",
		"DELETE FROM rejected WHERE source = ?",
	};
	bool own = sqlite3_get_autocommit(s->cache.handle);
	int rc = own ? db_begin(&s->cache, err) : 0;

	if (rc < 0)
		return rc;
	for (size_t i = 0; rc == 0 && i < sizeof ranges / sizeof *ranges; i++)
		rc = db_run(&s->cache, err, ranges[i], "ii", chunk_id(source, 0), chunk_id(source, UINT32_MAX));
	for (size_t i = 0; rc == 0 && i < sizeof rows / sizeof *rows; i++)
		rc = db_run(&s->cache, err, rows[i], "i", source);
	if (own)
		rc = db_end(&s->cache, rc, err);
	atomic_fetch_add(&s->w->forgotten, 1);
	rc = cache_fail(s, rc, err);
	if (rc == 0 && !sqlite3_db_readonly(s->db.handle, "main"))
		rc = db_run(&s->db, err, "DELETE FROM source_sum WHERE source = ?", "i", source);
	return rc;
}

int store_batch_begin(struct store *s, struct error *err)
{
	int rc = db_relax(&s->db, true, err);

	if (rc == 0)
		rc = db_begin(&s->db, err);
	if (rc == 0)
		rc = db_begin(&s->cache, err);
	if (rc < 0) {
		db_rollback(&s->db);
		db_relax(&s->db, false, NULL);
	}
	return rc;
}

/* FILE first: a source without an index is indexed anew, an index without its source is nothing. */
int store_batch_end(struct store *s, struct error *err)
{
	int rc = db_commit(&s->db, err), cached = db_commit(&s->cache, rc < 0 ? NULL : err);

	db_relax(&s->db, false, NULL);
	return rc < 0 ? rc : cached;
}

static int read_rejected(struct store *s, int64_t source, size_t limit, struct rejected **list, size_t *n, size_t *cap,
			 struct error *err)
{
	sqlite3_stmt *stmt;
	int rc = db_query(&s->cache, &stmt, err,
			  "SELECT line, byte, reason FROM rejected WHERE source = ? ORDER BY byte LIMIT ?", "ii", source,
			  (int64_t)(limit - *n));

	while (rc >= 0 && (rc = db_step(&s->cache, stmt, err)) > 0) {
		struct rejected *row;

		if (*n == *cap)
			*list = vec_grow_raw(*list, *n + 1, cap, sizeof **list);
		row = &(*list)[(*n)++];
		*row = (struct rejected){
			.source = source,
			.line = (uint64_t)sqlite3_column_int64(stmt, 0),
			.byte = (uint64_t)sqlite3_column_int64(stmt, 1),
		};
		db_copy(row->reason, sizeof row->reason, stmt, 2);
	}
	return cache_fail(s, rc, err);
}

int store_rejected_list(struct store *s, int64_t corpus, size_t limit, struct rejected **out, size_t *n,
			struct error *err)
{
	sqlite3_stmt *stmt;
	size_t cap = 0;
	int rc = db_query(&s->db, &stmt, err, "SELECT id FROM source WHERE ?1 = 0 OR corpus = ?1 ORDER BY id", "i", corpus);

	*out = NULL;
	*n = 0;
	while (rc >= 0 && (rc = db_step(&s->db, stmt, err)) > 0) {
		rc = read_rejected(s, sqlite3_column_int64(stmt, 0), limit, out, n, &cap, err);
		if (rc < 0 || *n == limit) {
			db_done(stmt);
			break;
		}
	}
	if (rc < 0) {
		free(*out);
		*out = NULL;
		*n = 0;
	}
	return rc < 0 ? rc : 0;
}
