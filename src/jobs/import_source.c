/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One source of an import: skip it, go on with it, follow it, or index it. */
#include "jobs/importer.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/i18n.h"
#include "base/log.h"

/* The receiver gets the view as soon as there is something to see. */
void import_hand_over(void *ctx)
{
	struct importer *imp = ctx;

	if (imp->handed || imp->view == NULL)
		return;
	imp->handed = true;
	imp->req->on_view(imp->req->ctx, corpus_view_share(imp->view));
}

bool import_can_be_named(const char *path)
{
	return strcmp(path, "-") != 0;
}

int import_recognise(struct importer *imp, struct shape *shape, const struct import_file *file, struct error *err)
{
	*shape = (struct shape){0};
	return shape_recognise(shape, file->spool ? file->spool : file->path, &imp->req->wish, err);
}

/* One of two line-aligned files: the source is named after the first of them, whichever was given. */
static int join_halves(struct importer *imp, struct source *src, struct error *err)
{
	struct buf other = BUF_INIT;
	bool first;

	if (!shape_companion(&other, &first, src->path, &imp->req->wish)) {
		buf_free(&other);
		return error_set(err, TAMIS_EIO, _("%s: the other file of the pair has gone"), src->path);
	}
	src->companion = buf_steal(&other, NULL);
	if (!first) {
		char *path = src->path;

		src->path = src->companion;
		src->companion = path;
	}
	return source_stat(src, err);
}

const char *import_content_path(const struct source *src, const struct import_file *file)
{
	return file && file->spool ? file->spool : src->path;
}

/* Indexes from where src stands and saves how it ended. */
int import_index_source(struct importer *imp, struct source *src, const char *path, struct error *err)
{
	uint64_t records = src->records, rejected = src->rejected, position = src->position;
	int rc = import_begin_run(imp, err);

	if (rc < 0)
		return rc;
	if (imp->view)
		corpus_view_add_source(imp->view, src);
	if (src->shape.format != FORMAT_AUTO)
		rc = import_scan_source(&imp->scan, src, path, err);
	else
		rc = 0; /* refused by name: its reason is saved already */
	if (rc == 0) {
		src->state = SOURCE_READY;
		rc = store_source_update(imp->s, src, err);
	}
	imp->scan.done_bytes += src->size;
	imp->out->sources++;
	imp->out->records += src->records - records;
	imp->out->rejected += src->rejected - rejected;
	imp->out->bytes += src->position - position;
	return rc;
}

static int keep_spool(struct importer *imp, const struct source *src, const struct import_file *file,
		      struct error *err)
{
	char *bytes = xmalloc(STORE_BLOCK);
	uint64_t number = 0;
	int rc = 0;

	for (;;) {
		ssize_t n = fs_pread(file->spool_fd, bytes, STORE_BLOCK, number * STORE_BLOCK);

		if (n < 0)
			rc = error_errno(err, TAMIS_EIO, errno, _("a temporary file can't be read"));
		if (n <= 0)
			break;
		rc = store_kept_save(imp->s, src->id, number++, span_make(bytes, (size_t)n), err);
		if (rc < 0)
			break;
	}
	free(bytes);
	return rc;
}

/* A file of a folder that is not something to import: a source without records that says why. */
int import_refuse_source(struct importer *imp, struct source *src, const char *why, struct error *err)
{
	struct index_chunk *none = xcalloc(1, sizeof *none);
	struct rejected row = { .source = src->id };
	int rc;

	src->shape = (struct shape){0};
	src->rejected = 1;
	src->line = 1;
	snprintf(row.reason, sizeof row.reason, "%s", why);
	rc = store_chunk_save(imp->s, src, 0, none, &row, 1, err);
	free(none);
	imp->out->rejected++;
	import_show_rejected(imp->out, &row);
	imp->scan.total_rejected++;
	return rc;
}

static const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* `known` and `why`: how recognition went; its shape is in `src`. */
static int add_source(struct importer *imp, struct source *src, const struct import_file *file, int known,
		      struct error *why, struct error *err)
{
	int rc;

	if (known == 0 && src->size == 0)
		src->shape.kind = imp->corpus.kind; /* of nothing, any kind */
	if (known == 0 && src->shape.kind != imp->corpus.kind)
		known = error_set(why, TAMIS_EUSAGE,
				  _("%s: holds items of kind %s, the corpus those of kind %s; import it into another with --corpus"),
				  last_part(src->path), item_kind_name(src->shape.kind),
				  item_kind_name(imp->corpus.kind));
	if (known == TAMIS_EIO)
		return error_set(err, known, "%s", why->msg);
	if (known < 0)
		src->shape = (struct shape){0};
	src->state = SOURCE_INDEXING;
	src->line = 1;
	rc = store_source_add(imp->s, src, err);
	if (rc == 0 && known < 0)
		rc = import_refuse_source(imp, src, why->msg, err);
	if (rc == 0 && file->spool)
		rc = keep_spool(imp, src, file, err);
	return rc < 0 ? rc : import_index_source(imp, src, import_content_path(src, file), err);
}

/* From nothing again: the file is another, or was never finished in a form that can be continued. */
static int index_anew(struct importer *imp, struct source *src, const struct import_file *file, struct error *err)
{
	struct error why = {0};
	int known, rc = store_source_forget(imp->s, src->id, err);

	src->records = src->rejected = src->position = 0;
	src->line = 1;
	src->state = SOURCE_INDEXING;
	if (rc < 0)
		return rc;
	known = import_recognise(imp, &src->shape, file, &why);
	if (known == 0 && src->shape.format == FORMAT_MOSES && src->companion == NULL)
		rc = join_halves(imp, src, err);
	else if (known < 0)
		rc = import_refuse_source(imp, src, why.msg, err);
	if (rc == 0)
		rc = store_source_update(imp->s, src, err);
	return rc < 0 ? rc : import_index_source(imp, src, import_content_path(src, file), err);
}

/* Lines can be added to: the records before stay what they are when the old content ended with a line. */
static bool can_grow(const struct source *src)
{
	bool by_line = src->shape.format == FORMAT_JSONL || src->shape.format == FORMAT_CSV ||
		       (src->shape.format == FORMAT_TEXT && src->shape.split == SPLIT_LINE);
	FILE *file;
	int last;

	if (!by_line || !shape_in_place(&src->shape) || src->position == 0)
		return false;
	file = fopen(src->path, "rb");
	if (file == NULL)
		return false;
	last = fseeko(file, (off_t)src->position - 1, SEEK_SET) == 0 ? getc(file) : EOF;
	fclose(file);
	return last == '\n';
}

static bool asked_otherwise(struct importer *imp, const struct source *src, const struct import_file *file)
{
	const struct shape_wish *wish = &imp->req->wish;
	struct buf a = BUF_INIT, b = BUF_INIT;
	struct shape now, then = src->shape;
	bool other = false;

	if (wish->format == FORMAT_AUTO && !wish->split && !wish->text_field && !wish->id_field && !wish->lang)
		return false;
	if (import_recognise(imp, &now, file, NULL) == 0) {
		memset(now.reason, 0, sizeof now.reason);
		memset(then.reason, 0, sizeof then.reason);
		shape_to_json(&a, &now);
		shape_to_json(&b, &then);
		other = !span_eq(buf_span(&a), buf_span(&b));
	}
	buf_free(&a);
	buf_free(&b);
	return other;
}

/* A source that is there: skip, go on, or do it again. */
static int renew_source(struct importer *imp, struct source *src, const struct import_file *file, struct error *err)
{
	bool named = import_can_be_named(src->path);
	bool lost = src->state == SOURCE_READY && src->position == 0 && src->rejected == 0 && src->size > 0;
	int how = source_check(imp->s, src, NULL), rc;

	if (how == 0 && src->state == SOURCE_READY && !lost && !asked_otherwise(imp, src, file)) {
		imp->out->skipped_sources++;
		imp->scan.done_bytes += src->size;
		return 0;
	}
	if (how == 0 && src->state == SOURCE_INDEXING && src->position && !asked_otherwise(imp, src, file)) {
		log_line("import: %s goes on at byte %" PRIu64, src->path, src->position);
		return import_index_source(imp, src, import_content_path(src, file), err);
	}
	if (how == 1 && can_grow(src) && !asked_otherwise(imp, src, file)) {
		rc = source_stat(src, err);
		src->state = SOURCE_INDEXING;
		if (rc == 0)
			rc = store_source_update(imp->s, src, err);
		return rc < 0 ? rc : import_index_source(imp, src, src->path, err);
	}
	rc = named ? source_stat(src, err) : keep_spool(imp, src, file, err);
	return rc < 0 ? rc : index_anew(imp, src, file, err);
}

/* The same bytes under a name that is gone: the file was moved. */
static int follow_move(struct importer *imp, struct source *old, const struct source *now, struct error *err)
{
	int rc;

	log_line("import: %s is now %s", old->path, now->path);
	free(old->path);
	old->path = xstrdup(now->path);
	old->mtime_ns = now->mtime_ns;
	old->inode = now->inode;
	rc = store_source_update(imp->s, old, err);
	if (imp->view)
		corpus_view_add_source(imp->view, old);
	return rc;
}

static int find_existing(struct importer *imp, struct source *out, const struct source *now, struct error *err)
{
	int rc = TAMIS_ENOTFOUND;

	if (import_can_be_named(now->path))
		rc = store_source_find(imp->s, out, imp->corpus.id, now->path, err);
	if (rc != TAMIS_ENOTFOUND || now->size == 0)
		return rc;
	rc = store_source_find_content(imp->s, out, imp->corpus.id, &now->head, now->size, err);
	if (rc < 0 || !import_can_be_named(now->path) || !import_can_be_named(out->path))
		return rc < 0 || strcmp(out->path, now->path) == 0 ? rc : (source_free(out), TAMIS_ENOTFOUND);
	if (access(out->path, F_OK) == 0) { /* a second copy, not a move */
		source_free(out);
		return TAMIS_ENOTFOUND;
	}
	return follow_move(imp, out, now, err);
}

static int import_new(struct importer *imp, struct source *now, const struct import_file *file, struct error *err)
{
	struct error why = {0};
	struct source old;
	int known = import_recognise(imp, &now->shape, file, &why), rc = 0;

	if (known == 0 && now->shape.format == FORMAT_MOSES) {
		rc = join_halves(imp, now, err);
		if (rc == 0 && store_source_find(imp->s, &old, imp->corpus.id, now->path, NULL) == 0) {
			source_free(&old); /* by its other half */
			return 0;
		}
	}
	return rc < 0 ? rc : add_source(imp, now, file, known, &why, err);
}

int import_one_file(struct importer *imp, const struct import_file *file, struct error *err)
{
	struct source now = { .corpus = imp->corpus.id, .path = xstrdup(file->spool ? file->spool : file->path) };
	struct error why = {0};
	struct source old;
	int rc = source_stat(&now, err);

	if (rc == 0 && file->spool) {
		free(now.path);
		now.path = xstrdup("-");
		now.mtime_ns = 0;
		now.inode = 0;
	}
	if (rc == 0) {
		rc = find_existing(imp, &old, &now, &why);
		if (rc == 0) {
			rc = renew_source(imp, &old, file, err);
			source_free(&old);
		} else if (rc == TAMIS_ENOTFOUND) {
			rc = import_new(imp, &now, file, err);
		} else {
			error_set(err, rc, "%s", why.msg);
		}
	}
	source_free(&now);
	return rc;
}
