/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reading records through a view: where they lie, what is known of them, their bytes. */
#include "store/view.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/i18n.h"

/* What reading needs to know of a source, copied out so that no lock is held while the disk is read. */
struct where {
	struct source file; /* path borrowed: it lives as long as the view */
	uint64_t number;
	uint64_t n;
	uint64_t packed;
	uint64_t known_length; /* exact, when a record appended here is long; else 0 */
	bool loaded;
	bool in_place;
	bool kept;
};

static bool look_up(struct corpus_view *v, uint64_t i, struct where *out)
{
	struct view_source *src;
	struct view_chunk *chunk;
	uint64_t *exact;

	*out = (struct where){0};
	pthread_rwlock_rdlock(&v->lock);
	src = view_source_by_index(v, i, &out->number);
	if (src) {
		size_t c = (size_t)(out->number / INDEX_CHUNK);

		out->file.id = src->id;
		out->file.path = src->path;
		out->file.size = src->size;
		out->file.mtime_ns = src->mtime_ns;
		out->file.inode = src->inode;
		out->file.head = src->head;
		out->n = src->n;
		out->in_place = src->shape->in_place;
		out->kept = out->in_place && strcmp(src->path, "-") == 0;
		chunk = c < src->n_chunks ? src->chunks[c] : NULL;
		if (chunk && out->number % INDEX_CHUNK < chunk->n) {
			out->loaded = true;
			out->packed = chunk->place[out->number % INDEX_CHUNK];
		}
		exact = src->longs.n ? map64_find(&src->longs, out->number) : NULL;
		out->known_length = exact ? *exact : 0;
	}
	pthread_rwlock_unlock(&v->lock);
	return src != NULL;
}

/* Puts a chunk read from the cache into the view, unless another thread was first. */
static void install(struct corpus_view *v, int64_t source, uint32_t number, struct view_chunk *chunk)
{
	struct view_source *src;

	pthread_rwlock_wrlock(&v->lock);
	src = view_source_by_id(v, source);
	if (src && number >= src->n_chunks) {
		src->chunks = xreallocarray(src->chunks, number + 1, sizeof(*src->chunks));
		memset(src->chunks + src->n_chunks, 0, (number + 1 - src->n_chunks) * sizeof(*src->chunks));
		src->n_chunks = number + 1;
	}
	if (src && (src->chunks[number] == NULL || src->chunks[number]->n < chunk->n)) {
		struct view_chunk *old = src->chunks[number];

		src->chunks[number] = chunk;
		chunk = old;
	}
	pthread_rwlock_unlock(&v->lock);
	free(chunk);
}

static int load(struct corpus_view *v, struct store *s, struct where *w, struct error *err)
{
	uint32_t number = (uint32_t)(w->number / INDEX_CHUNK), at = (uint32_t)(w->number % INDEX_CHUNK);
	struct view_chunk *chunk = xmalloc(sizeof *chunk + INDEX_CHUNK * sizeof *chunk->place);
	int rc = chunk_places_load(s, w->file.id, number, chunk->place, &chunk->n, err);

	if (rc == 0 && at >= chunk->n)
		rc = error_set(err, TAMIS_ESTORE, _("%s: the index was made anew; open the corpus again"), w->file.path);
	if (rc < 0) {
		free(chunk);
		return rc;
	}
	w->packed = chunk->place[at];
	chunk = xrealloc(chunk, sizeof *chunk + chunk->n * sizeof *chunk->place);
	chunk->cap = chunk->n;
	install(v, w->file.id, number, chunk);
	return 0;
}

static int locate(struct corpus_view *v, struct store *s, uint64_t i, struct where *w, struct record_place *out,
		  struct error *err)
{
	int rc = 0;

	if (!look_up(v, i, w))
		return error_set(err, TAMIS_ENOTFOUND, _("the corpus has no record %llu"), (unsigned long long)i + 1);
	if (!w->loaded)
		rc = load(v, s, w, err);
	*out = (struct record_place){ .ref = item_ref_record(w->file.id, w->number), .at = w->packed >> 24,
				      .len = w->packed & INDEX_LENGTH_MAX };
	if (rc == 0 && out->len == INDEX_LENGTH_MAX) {
		if (w->known_length)
			out->len = w->known_length;
		else
			rc = long_record_get(s, w->file.id, w->number, &out->len, err);
	}
	return rc;
}

int corpus_view_place(struct corpus_view *v, struct store *s, uint64_t i, struct record_place *out, struct error *err)
{
	struct where w;

	return locate(v, s, i, &w, out, err);
}

/* As many places as one lock gives: up to the end of the chunk.  Returns how many. */
static size_t copy_places(struct corpus_view *v, uint64_t from, size_t n, struct record_place *out)
{
	struct view_source *src;
	struct view_chunk *chunk = NULL;
	uint64_t number;
	size_t got = 0;

	pthread_rwlock_rdlock(&v->lock);
	src = view_source_by_index(v, from, &number);
	if (src && number / INDEX_CHUNK < src->n_chunks)
		chunk = src->chunks[number / INDEX_CHUNK];
	for (size_t at = (size_t)(number % INDEX_CHUNK); chunk && got < n && at < chunk->n; at++, got++, number++) {
		uint64_t packed = chunk->place[at];

		if ((packed & INDEX_LENGTH_MAX) == INDEX_LENGTH_MAX || number >= src->n)
			break;
		out[got] = (struct record_place){ .ref = item_ref_record(src->id, number), .at = packed >> 24,
						  .len = packed & INDEX_LENGTH_MAX };
	}
	pthread_rwlock_unlock(&v->lock);
	return got;
}

int corpus_view_places(struct corpus_view *v, struct store *s, uint64_t from, size_t n, struct record_place *out,
		       struct error *err)
{
	while (n) {
		size_t got = copy_places(v, from, n, out);

		if (got == 0) { /* not loaded, or long: one the careful way, which loads the chunk */
			int rc = corpus_view_place(v, s, from, out, err);

			if (rc < 0)
				return rc;
			got = 1;
		}
		from += got;
		out += got;
		n -= got;
	}
	return 0;
}

int corpus_view_facts(struct corpus_view *v, struct store *s, uint64_t from, size_t n, struct record_fact *out,
		      struct error *err)
{
	store_forget_check(s);
	while (n) {
		const struct record_fact *fact = s->facts.fact;
		uint32_t have = s->facts.n, number, at;
		struct where w;
		size_t take;
		int rc;

		if (!look_up(v, from, &w))
			return error_set(err, TAMIS_ENOTFOUND, _("the corpus has no record %llu"),
					 (unsigned long long)from + 1);
		number = (uint32_t)(w.number / INDEX_CHUNK);
		at = (uint32_t)(w.number % INDEX_CHUNK);
		take = w.n - w.number < INDEX_CHUNK - at ? (size_t)(w.n - w.number) : INDEX_CHUNK - at;
		if (take > n)
			take = n;
		if (s->facts.source != w.file.id || s->facts.number != number || have < at + take) {
			rc = chunk_facts_load(s, w.file.id, number, &fact, &have, err);
			if (rc < 0)
				return rc;
		}
		if (have < at + take)
			return error_set(err, TAMIS_ESTORE, _("%s: the index was made anew; open the corpus again"),
					 w.file.path);
		memcpy(out, fact + at, take * sizeof *out);
		out += take;
		from += take;
		n -= take;
	}
	return 0;
}

/* ---- bytes ---- */

void store_files_close(struct store *s, int64_t source)
{
	for (size_t i = 0; i < STORE_FILES; i++) {
		if (s->files[i].fd < 0 || (source && s->files[i].source != source))
			continue;
		close(s->files[i].fd);
		s->files[i] = (struct open_file){ .fd = -1 };
	}
}

static int open_checked(struct store *s, const struct source *src, struct error *err)
{
	int fd = open(src->path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	int rc;

	if (fd < 0)
		return error_errno(err, errno == ENOENT ? TAMIS_ENOTFOUND : TAMIS_EIO, errno,
				   _("%s: can't be opened; put it back, or import it from where it is now"), src->path);
	rc = source_check_fd(s, src, fd, err);
	if (rc < 0) {
		close(fd);
		return rc;
	}
	return fd;
}

/* An open file for the source, checked at its first touch. */
static int source_fd(struct store *s, const struct source *src, struct error *err)
{
	struct open_file *oldest = &s->files[0];
	int fd;

	store_forget_check(s);
	for (size_t i = 0; i < STORE_FILES; i++) {
		struct open_file *file = &s->files[i];

		if (file->fd >= 0 && file->source == src->id && file->size == src->size &&
		    file->mtime_ns == src->mtime_ns) {
			file->used = ++s->clock;
			return file->fd;
		}
		if (file->used < oldest->used)
			oldest = file;
	}
	fd = open_checked(s, src, err);
	if (fd < 0)
		return fd;
	if (oldest->fd >= 0)
		close(oldest->fd);
	*oldest = (struct open_file){ .source = src->id, .size = src->size, .mtime_ns = src->mtime_ns, .fd = fd,
				      .used = ++s->clock };
	return fd;
}

static int read_in_place(struct store *s, const struct source *src, uint64_t at, size_t n, struct buf *out,
			 struct error *err)
{
	int fd = source_fd(s, src, err);
	ssize_t got;

	if (fd < 0)
		return fd;
	buf_reserve(out, n);
	got = fs_pread(fd, out->p + out->len, n, at);
	if (got < 0)
		return error_errno(err, TAMIS_EIO, errno, _("%s: can't be read"), src->path);
	if ((size_t)got < n) {
		out->p[out->len] = '\0';
		store_files_close(s, src->id);
		return error_set(err, TAMIS_ECHANGED, _("%s: has become shorter since it was imported; import it again"),
				 src->path);
	}
	out->len += n;
	out->p[out->len] = '\0';
	return 0;
}

int corpus_view_read(struct corpus_view *v, struct store *s, uint64_t i, uint64_t skip, size_t limit, struct buf *out,
		     struct error *err)
{
	struct record_place place;
	struct where w;
	size_t n, before = out->len;
	int rc = locate(v, s, i, &w, &place, err);

	if (rc < 0)
		return rc;
	if (skip >= place.len)
		return 0;
	n = place.len - skip < limit ? (size_t)(place.len - skip) : limit;
	if (w.in_place && !w.kept)
		return read_in_place(s, &w.file, place.at + skip, n, out, err);
	rc = block_read(s, w.file.id, w.kept, place.at + skip, n, out, err);
	if (rc == 0 && out->len - before < n)
		rc = error_set(err, TAMIS_ESTORE, _("%s: its content is not all in the cache; import it again"), w.file.path);
	return rc;
}

int corpus_view_source_fd(struct corpus_view *v, struct store *s, int64_t source)
{
	struct source file = {0};
	struct view_source *src;
	bool plain = false;

	pthread_rwlock_rdlock(&v->lock);
	src = view_source_by_id(v, source);
	if (src) {
		plain = src->shape->in_place && strcmp(src->path, "-") != 0;
		file = (struct source){ .id = src->id, .path = src->path, .size = src->size, .mtime_ns = src->mtime_ns,
					.head = src->head };
	}
	pthread_rwlock_unlock(&v->lock);
	return plain ? open_checked(s, &file, NULL) : -1;
}
