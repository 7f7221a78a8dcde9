/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The table of sketches and its file. */
#include "dedup/sketches.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/i18n.h"
#include "base/scratch.h"
#include "dedup/spill.h"

#define ROW (SKETCH_K * sizeof(uint32_t))

/* In the writer's byte order: `order` tells a reader whether it is his. */
struct header {
	char magic[8];
	uint32_t order, version, tokens_version, k;
	uint32_t unit, width, scheme, zero;
	uint64_t n;
	struct hash128 check; /* of keys and facts */
};

static const char magic[8] = { 'T', 'A', 'M', 'I', 'S', 'S', 'I', 'G' };
#define ORDER_MARK 0x01020304u

int sketches_init(struct sketches *s, size_t n, struct shingle_spec spec, enum minhash_scheme scheme, bool in_memory,
		  struct error *err)
{
	*s = (struct sketches){ .spec = spec, .scheme = scheme, .n = n, .fd = -1 };
	s->fact = xcalloc(n ? n : 1, sizeof *s->fact);
	if (in_memory) {
		s->slots = xreallocarray(NULL, n ? n : 1, ROW);
		return 0;
	}
	s->fd = scratch_file(err);
	return s->fd < 0 ? TAMIS_EIO : 0;
}

void sketches_free(struct sketches *s)
{
	free(s->fact);
	free(s->slots);
	if (s->fd >= 0)
		close(s->fd);
	*s = (struct sketches){ .fd = -1 };
}

int sketches_put(struct sketches *s, size_t doc, const uint32_t slots[SKETCH_K], struct error *err)
{
	if (s->slots) {
		memcpy(s->slots + doc * SKETCH_K, slots, ROW);
		return 0;
	}
	for (size_t done = 0; done < ROW;) {
		ssize_t w = pwrite(s->fd, (const char *)slots + done, ROW - done, (off_t)(s->base + doc * ROW + done));

		if (w < 0 && errno != EINTR)
			return error_errno(err, TAMIS_EIO, errno,
					   _("signatures can't be written to a temporary file; set TMPDIR to a folder with space"));
		done += w > 0 ? (size_t)w : 0;
	}
	return 0;
}

const uint32_t *sketches_get(const struct sketches *s, size_t doc, uint32_t room[SKETCH_K], struct error *err)
{
	if (s->slots)
		return s->slots + doc * SKETCH_K;
	if (fs_pread(s->fd, room, ROW, s->base + doc * ROW) != (ssize_t)ROW) {
		error_errno(err, TAMIS_EIO, errno, _("signatures can't be read back"));
		return NULL;
	}
	return room;
}

static struct hash128 checksum(const struct hash128 *key, const struct sketch *fact, size_t n)
{
	struct hash128_state *state = hash128_new();
	struct hash128 h;

	hash128_update(state, key, n * sizeof *key);
	hash128_update(state, fact, n * sizeof *fact);
	h = hash128_end(state);
	hash128_free(state);
	return h;
}

int sketches_save(const struct sketches *s, const struct hash128 *key, const char *path, struct error *err)
{
	struct header h = { .order = ORDER_MARK, .version = SKETCH_VERSION, .tokens_version = TOKENS_VERSION, .k = SKETCH_K,
			    .unit = s->spec.unit, .width = s->spec.n, .scheme = s->scheme, .n = s->n };
	struct fs_atomic out;
	uint32_t room[SKETCH_K];
	int rc = fs_atomic_open(&out, path, err);

	if (rc)
		return rc;
	memcpy(h.magic, magic, sizeof h.magic);
	h.check = checksum(key, s->fact, s->n);
	fwrite(&h, sizeof h, 1, out.file);
	fwrite(key, sizeof *key, s->n, out.file);
	fwrite(s->fact, sizeof *s->fact, s->n, out.file);
	for (size_t doc = 0; doc < s->n && rc == 0; doc++) {
		const uint32_t *slots = sketches_get(s, doc, room, err);

		if (slots == NULL)
			rc = TAMIS_EIO;
		else
			fwrite(slots, ROW, 1, out.file);
	}
	if (rc) {
		fs_atomic_abort(&out);
		return rc;
	}
	return fs_atomic_commit(&out, err);
}

static int header_check(const struct header *h, const char *path, struct error *err)
{
	if (memcmp(h->magic, magic, sizeof magic) != 0)
		return error_set(err, TAMIS_EPARSE, _("%s is not an index of signatures"), path);
	if (h->order != ORDER_MARK)
		return error_set(err, TAMIS_EUNSUPPORTED, _("%s was made on a machine with another byte order; make it again"),
				 path);
	if (h->version != SKETCH_VERSION || h->tokens_version != TOKENS_VERSION || h->k != SKETCH_K)
		return error_set(err, TAMIS_EUNSUPPORTED,
				 _("%s was made by another version (sketch %u, tokens %u, %u slots); make it again"), path,
				 h->version, h->tokens_version, h->k);
	if (h->unit > SHINGLE_CHAR || h->width < 1 || h->width > SHINGLE_MAX || h->scheme > MINHASH_CLASSIC)
		return error_set(err, TAMIS_EPARSE, _("%s: the header of the index is damaged"), path);
	return 0;
}

/* Reads what follows the header; the file's size has been checked against it. */
static int read_rows(struct sketches *s, struct hash128 *key, const struct header *h, const char *path, struct error *err)
{
	uint64_t at = sizeof *h;
	size_t keys = s->n * sizeof *key, facts = s->n * sizeof *s->fact;
	struct hash128 check;

	if (fs_pread(s->fd, key, keys, at) != (ssize_t)keys || fs_pread(s->fd, s->fact, facts, at + keys) != (ssize_t)facts)
		return error_errno(err, TAMIS_EIO, errno, _("%s can't be read"), path);
	s->base = at + keys + facts;
	check = checksum(key, s->fact, s->n);
	if (!hash128_eq(&check, &h->check))
		return error_set(err, TAMIS_EPARSE, _("%s: the index is damaged; remove it and run again"), path);
	return 0;
}

int sketches_load_any(struct sketches *s, struct hash128 **key, const char *path, struct error *err)
{
	struct header h;
	struct stat st;
	int rc = 0;

	*s = (struct sketches){ .fd = open(path, O_RDONLY | O_CLOEXEC) };
	*key = NULL;
	if (s->fd < 0)
		return error_errno(err, errno == ENOENT ? TAMIS_ENOTFOUND : TAMIS_EIO, errno, _("%s can't be opened"), path);
	if (fstat(s->fd, &st) != 0 || fs_pread(s->fd, &h, sizeof h, 0) != (ssize_t)sizeof h)
		rc = error_set(err, TAMIS_EPARSE, _("%s is not an index of signatures"), path);
	if (rc == 0)
		rc = header_check(&h, path, err);
	if (rc == 0 && (h.n > UINT32_MAX || (uint64_t)st.st_size != sizeof h + h.n * (sizeof **key + sizeof *s->fact + ROW)))
		rc = error_set(err, TAMIS_EPARSE, _("%s: the index is cut short; remove it and run again"), path);
	if (rc == 0) {
		s->spec = (struct shingle_spec){ (enum shingle_unit)h.unit, h.width };
		s->scheme = (enum minhash_scheme)h.scheme;
		s->n = (size_t)h.n;
		s->fact = xcalloc(s->n ? s->n : 1, sizeof *s->fact);
		*key = xcalloc(s->n ? s->n : 1, sizeof **key);
		rc = read_rows(s, *key, &h, path, err);
	}
	if (rc) {
		free(*key);
		*key = NULL;
		sketches_free(s);
	}
	return rc;
}

int sketches_load(struct sketches *s, struct hash128 **key, const char *path, struct shingle_spec spec,
		  enum minhash_scheme scheme, struct error *err)
{
	int rc = sketches_load_any(s, key, path, err);

	if (rc)
		return rc;
	if (s->spec.unit == spec.unit && s->spec.n == spec.n && s->scheme == scheme)
		return 0;
	rc = error_set(err, TAMIS_EUNSUPPORTED, _("%s was made with other shingles or another signature scheme"), path);
	free(*key);
	*key = NULL;
	sketches_free(s);
	return rc;
}
