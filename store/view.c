/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A corpus opened for reading.
 *
 * One lock: readers copy what they need out under the read lock, so an importer may grow arrays under the write lock.
 * Chunks of places are loaded when first touched, outside the lock, with the caller's store. */
#include "store/view.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/i18n.h"

static struct view_shape *intern_shape(struct corpus_view *v, struct span json, struct error *err)
{
	bool made;
	uint64_t *at = mapstr_at(&v->shape_index, json, &made);
	struct view_shape *shape;

	if (!made)
		return v->shapes.v[*at];
	shape = xcalloc(1, sizeof *shape);
	*at = v->shapes.n;
	vec_push(&v->shapes, shape);
	if (shape_from_json(&shape->shape, json, err) < 0)
		return NULL;
	shape->in_place = shape_in_place(&shape->shape);
	return shape;
}

static void free_source(struct view_source *src)
{
	for (size_t i = 0; i < src->n_chunks; i++)
		free(src->chunks[i]);
	free(src->chunks);
	free(src->path);
	free(src->companion);
	free(src->whole); /* its strings are ours */
	map64_free(&src->longs);
	free(src);
}

static void rebase(struct corpus_view *v, size_t from)
{
	uint64_t base = from ? v->sources.v[from - 1]->base + v->sources.v[from - 1]->n : 0;

	for (size_t i = from; i < v->sources.n; i++) {
		v->sources.v[i]->base = base;
		base += v->sources.v[i]->n;
	}
	atomic_store_explicit(&v->count, base, memory_order_release);
}

static int read_row(struct corpus_view *v, struct store *s, sqlite3_stmt *stmt, struct error *err)
{
	struct view_shape *shape = intern_shape(v, db_span(stmt, 3), err);
	struct view_source *src;
	struct progress done;
	int rc;

	if (shape == NULL)
		return TAMIS_ESTORE;
	src = xcalloc(1, sizeof *src);
	*src = (struct view_source){
		.id = sqlite3_column_int64(stmt, 0),
		.path = db_text(stmt, 1),
		.companion = db_text(stmt, 2),
		.shape = shape,
		.state = (enum source_state)sqlite3_column_int(stmt, 4),
		.size = (uint64_t)sqlite3_column_int64(stmt, 5),
		.mtime_ns = sqlite3_column_int64(stmt, 6),
		.inode = (uint64_t)sqlite3_column_int64(stmt, 7),
	};
	db_hash(&src->head, stmt, 8);
	vec_push(&v->sources, src);
	rc = source_progress(s, src->id, sqlite3_column_int64(stmt, 9), &done, err);
	src->n = done.records;
	src->rejected = done.rejected;
	return rc;
}

int corpus_view_open(struct corpus_view **out, struct store *s, int64_t corpus, struct error *err)
{
	struct corpus_view *v = xcalloc(1, sizeof *v);
	sqlite3_stmt *stmt;
	int rc;

	*out = NULL;
	atomic_init(&v->owners, 1);
	v->corpus = corpus;
	pthread_rwlock_init(&v->lock, NULL);
	rc = db_query(&s->db, &stmt, err,
		      "SELECT id, path, companion, shape, state, size, mtime_ns, inode, head, token FROM source"
		      " WHERE corpus = ? ORDER BY id", "i", corpus);
	while (rc >= 0 && (rc = db_step(&s->db, stmt, err)) > 0) {
		rc = read_row(v, s, stmt, err);
		if (rc < 0)
			db_done(stmt);
	}
	if (rc < 0) {
		corpus_view_close(v);
		return rc;
	}
	rebase(v, 0);
	*out = v;
	return 0;
}

struct corpus_view *corpus_view_share(struct corpus_view *v)
{
	atomic_fetch_add(&v->owners, 1);
	return v;
}

void corpus_view_close(struct corpus_view *v)
{
	if (v == NULL || atomic_fetch_sub(&v->owners, 1) != 1)
		return;
	vec_each(&v->sources, i)
		free_source(v->sources.v[i]);
	vec_free(&v->sources);
	vec_each(&v->retired, i)
		free(v->retired.v[i]);
	vec_free(&v->retired);
	vec_each(&v->shapes, i)
		free(v->shapes.v[i]);
	vec_free(&v->shapes);
	mapstr_free(&v->shape_index);
	pthread_rwlock_destroy(&v->lock);
	free(v);
}

uint64_t corpus_view_count(const struct corpus_view *v)
{
	return atomic_load_explicit(&v->count, memory_order_acquire);
}

int64_t corpus_view_corpus(const struct corpus_view *v)
{
	return v->corpus;
}

bool corpus_view_indexing(const struct corpus_view *v)
{
	return atomic_load(&v->indexing);
}

void corpus_view_set_indexing(struct corpus_view *v, bool indexing)
{
	atomic_store(&v->indexing, indexing);
}

/* Position of the source in the list, or where it belongs. */
static size_t source_slot(const struct corpus_view *v, int64_t id)
{
	size_t low = 0, high = v->sources.n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (v->sources.v[middle]->id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct view_source *view_source_by_id(const struct corpus_view *v, int64_t id)
{
	size_t at = source_slot(v, id);

	return at < v->sources.n && v->sources.v[at]->id == id ? v->sources.v[at] : NULL;
}

struct view_source *view_source_by_index(const struct corpus_view *v, uint64_t i, uint64_t *number)
{
	size_t low = 0, high = v->sources.n;

	if (i >= atomic_load_explicit(&v->count, memory_order_relaxed))
		return NULL;
	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (v->sources.v[middle]->base <= i)
			low = middle;
		else
			high = middle;
	}
	*number = i - v->sources.v[low]->base;
	return v->sources.v[low];
}

void corpus_view_add_source(struct corpus_view *v, const struct source *added)
{
	struct buf json = BUF_INIT;
	struct view_source *src;
	size_t at;

	shape_to_json(&json, &added->shape);
	pthread_rwlock_wrlock(&v->lock);
	src = view_source_by_id(v, added->id);
	if (src == NULL) {
		src = xcalloc(1, sizeof *src);
		src->id = added->id;
		src->path = xstrdup(added->path);
		src->companion = added->companion ? xstrdup(added->companion) : NULL;
		at = source_slot(v, added->id);
		vec_push(&v->sources, src);
		memmove(&v->sources.v[at + 1], &v->sources.v[at], (v->sources.n - 1 - at) * sizeof *v->sources.v);
		v->sources.v[at] = src;
		src->n = added->records;
		rebase(v, at);
	} else if (added->records < src->n) { /* indexed anew: nothing loaded holds any more */
		for (size_t i = 0; i < src->n_chunks; i++) {
			free(src->chunks[i]);
			src->chunks[i] = NULL;
		}
		map64_free(&src->longs);
		src->n = added->records;
		rebase(v, 0);
	}
	if (src->whole)
		vec_push(&v->retired, src->whole);
	src->whole = NULL;
	src->shape = intern_shape(v, buf_span(&json), NULL);
	src->state = added->state;
	src->size = added->size;
	src->mtime_ns = added->mtime_ns;
	src->inode = added->inode;
	src->head = added->head;
	pthread_rwlock_unlock(&v->lock);
	buf_free(&json);
}

static struct view_chunk *chunk_room(struct view_source *src, uint32_t number, uint32_t room)
{
	struct view_chunk *chunk;

	if (number >= src->n_chunks) {
		size_t want = number + 1;

		src->chunks = xreallocarray(src->chunks, want, sizeof(*src->chunks));
		memset(src->chunks + src->n_chunks, 0, (want - src->n_chunks) * sizeof(*src->chunks));
		src->n_chunks = want;
	}
	chunk = src->chunks[number];
	if (chunk && chunk->cap >= room)
		return chunk;
	chunk = xrealloc(chunk, sizeof *chunk + room * sizeof *chunk->place);
	if (src->chunks[number] == NULL)
		chunk->n = 0;
	chunk->cap = room;
	src->chunks[number] = chunk;
	return chunk;
}

void corpus_view_append(struct corpus_view *v, int64_t source, const struct index_chunk *chunk, uint32_t from,
			uint32_t to)
{
	struct view_source *src;
	struct view_chunk *mine;
	uint32_t number;

	pthread_rwlock_wrlock(&v->lock);
	src = view_source_by_id(v, source);
	if (src && src->n % INDEX_CHUNK == from && to > from) {
		number = (uint32_t)(src->n / INDEX_CHUNK);
		mine = chunk_room(src, number, to <= 64 ? 64 : INDEX_CHUNK);
		memcpy(mine->place, chunk->place, to * sizeof *mine->place);
		mine->n = to;
		for (size_t i = 0; i < chunk->longs.n; i++)
			*map64_at(&src->longs, (uint64_t)number * INDEX_CHUNK + chunk->longs.v[i].i, NULL) =
				chunk->longs.v[i].len;
		src->n += to - from;
		rebase(v, source_slot(v, source));
	}
	pthread_rwlock_unlock(&v->lock);
}

item_ref corpus_view_ref(const struct corpus_view *view, uint64_t i)
{
	struct corpus_view *v = (struct corpus_view *)view; /* the lock is no part of what the view says */
	struct view_source *src;
	uint64_t number;
	item_ref ref = ITEM_REF_NONE;

	pthread_rwlock_rdlock(&v->lock);
	src = view_source_by_index(v, i, &number);
	if (src)
		ref = item_ref_record(src->id, number);
	pthread_rwlock_unlock(&v->lock);
	return ref;
}

bool corpus_view_find(const struct corpus_view *view, item_ref ref, uint64_t *i)
{
	struct corpus_view *v = (struct corpus_view *)view;
	struct view_source *src;
	bool found;

	if (!item_ref_is_record(ref))
		return false;
	pthread_rwlock_rdlock(&v->lock);
	src = view_source_by_id(v, item_ref_source(ref));
	found = src && item_ref_number(ref) < src->n;
	if (found)
		*i = src->base + item_ref_number(ref);
	pthread_rwlock_unlock(&v->lock);
	return found;
}

/* Never changed once handed out: other threads read it without the lock. */
static struct source *make_whole(const struct corpus_view *v, const struct view_source *src)
{
	struct source *whole = xcalloc(1, sizeof *whole);

	*whole = (struct source){ .id = src->id, .corpus = v->corpus, .path = src->path, .companion = src->companion,
				  .shape = src->shape->shape, .state = src->state, .size = src->size,
				  .mtime_ns = src->mtime_ns, .inode = src->inode, .head = src->head,
				  .records = src->n, .rejected = src->rejected };
	return whole;
}

const struct source *corpus_view_source(const struct corpus_view *view, item_ref ref)
{
	struct corpus_view *v = (struct corpus_view *)view;
	struct view_source *src;
	struct source *whole = NULL;

	if (!item_ref_is_record(ref))
		return NULL;
	pthread_rwlock_rdlock(&v->lock);
	src = view_source_by_id(v, item_ref_source(ref));
	if (src)
		whole = src->whole;
	pthread_rwlock_unlock(&v->lock);
	if (src == NULL || whole)
		return whole;
	pthread_rwlock_wrlock(&v->lock);
	if (src->whole == NULL)
		src->whole = make_whole(v, src);
	whole = src->whole;
	pthread_rwlock_unlock(&v->lock);
	return whole;
}
