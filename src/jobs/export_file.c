/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files of an export. */
#include "jobs/export_file.h"

#include <errno.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/i18n.h"
#include "config.h"
#include "jobs/output.h"

static ssize_t write_hashed(void *cookie, const char *bytes, size_t n)
{
	struct export_part *part = cookie;

	if (fwrite(bytes, 1, n, part->below) != n) {
		part->reader_gone |= errno == EPIPE;
		return 0; /* of a cookie stream: an error */
	}
	sha256_add(part->sha, bytes, n);
	part->bytes += n;
	return (ssize_t)n;
}

static int open_part(struct export_part *part, const char *path, struct error *err)
{
	static const cookie_io_functions_t functions = { .write = write_hashed };
	int rc = 0;

	if (path)
		rc = fs_atomic_open(&part->atomic, path, err);
	if (rc < 0)
		return rc;
	part->below = path ? part->atomic.file : stdout;
	part->sha = sha256_begin();
	part->file = fopencookie(part, "w", functions);
	if (part->file == NULL)
		return error_errno(err, TAMIS_EIO, errno, _("%s: can't be written"), path ? path : "-");
	setvbuf(part->file, NULL, _IOFBF, 64 * 1024);
	return 0;
}

static int guard(struct store *s, const struct export_request *req, const char *first, const char *second, struct error *err)
{
	char *manifest = xasprintf("%s.manifest.json", req->to);
	int rc = output_check(s, first, manifest, req->force, err);

	if (rc == 0 && second)
		rc = output_check(s, second, manifest, req->force, err);
	if (rc == 0)
		rc = output_check_beside(s, manifest, manifest, req->force, err);
	free(manifest);
	return rc;
}

static int open_one(struct export_file *f, struct store *s, const struct export_request *req, const char *path, struct error *err)
{
	int rc = path ? guard(s, req, path, NULL, err) : 0;

	return rc < 0 ? rc : open_part(&f->part[0], path, err);
}

int export_file_open(struct export_file *f, struct store *s, const struct export_request *req, const struct writer_format *format,
		     const char *source_lang, const char *target_lang, struct error *err)
{
	const char *path = req->to && strcmp(req->to, "-") != 0 ? req->to : NULL;
	char *first, *second;
	int rc;

	if (!format->two_files)
		return open_one(f, s, req, path, err);
	if (path == NULL)
		return error_set(err, TAMIS_EUSAGE, _("%s writes two files: name them with --to"), format->name);
	first = xasprintf("%s.%s", path, *source_lang ? source_lang : "source");
	second = xasprintf("%s.%s", path, *target_lang ? target_lang : "target");
	rc = guard(s, req, first, second, err);
	if (rc == 0)
		rc = open_part(&f->part[0], first, err);
	if (rc == 0)
		rc = open_part(&f->part[1], second, err);
	free(first);
	free(second);
	return rc;
}

int export_file_fail(const struct export_file *f, struct error *err)
{
	return error_errno(err, TAMIS_EIO, errno, _("%s: can't be written"), f->part[0].atomic.path ? f->part[0].atomic.path
												     : "-");
}

/* The last bytes out of the buffers, and the digest. */
static int finish_part(struct export_file *f, struct export_part *part, struct error *err)
{
	int failed = fclose(part->file);

	part->file = NULL;
	if (fflush(part->below) != 0 || ferror(part->below)) {
		part->reader_gone |= errno == EPIPE;
		failed = -1;
	}
	sha256_end_hex(part->sha, part->digest);
	return failed ? export_file_fail(f, err) : 0;
}

static void describe(struct buf *json, const struct export_request *req, const struct export_result *out)
{
	char now[32];

	clock_format(now, clock_wall_ms());
	json_put_member(json, "format", span_of(req->format ? req->format : "jsonl"));
	json_put_member(json, "tamis", span_of(PACKAGE_VERSION));
	json_put_member(json, "created", span_of(now));
	if (req->corpus)
		json_put_member(json, "corpus", span_of(req->corpus));
	if (req->run > 0)
		json_put_int(json, "run", req->run);
	if (req->kind != KIND_NONE)
		json_put_member(json, "kind", span_of(item_kind_name(req->kind)));
	json_put_bool(json, "accepted", req->accepted);
	if (req->where)
		json_put_member(json, "where", span_of(req->where));
	json_put_bool(json, "annotate", req->annotate);
	json_put_int(json, "seen", (int64_t)out->seen);
	json_put_int(json, "written", (int64_t)out->written);
	json_put_int(json, "edited", (int64_t)out->edited);
	json_put_int(json, "edits_left_out", (int64_t)out->edits_left_out);
	json_put_int(json, "skipped", (int64_t)out->skipped);
}

static void list_part(struct buf *json, const struct export_part *part, const char *path)
{
	const char *slash = strrchr(path, '/');

	buf_addc(json, '{');
	json_put_member(json, "name", span_of(slash ? slash + 1 : path));
	json_put_int(json, "bytes", (int64_t)part->bytes);
	json_put_member(json, "sha256", span_of(part->digest));
	buf_addc(json, '}');
}

static int write_manifest(const struct export_file *f, char *const paths[2], const struct export_request *req,
			  struct export_result *out, struct error *err)
{
	char *name = xasprintf("%s.manifest.json", req->to);
	struct buf json = BUF_INIT;
	struct fs_atomic manifest;
	int rc = fs_atomic_open(&manifest, name, err);

	buf_addc(&json, '{');
	json_put_key(&json, "files");
	buf_addc(&json, '[');
	list_part(&json, &f->part[0], paths[0]);
	if (paths[1]) {
		buf_addc(&json, ',');
		list_part(&json, &f->part[1], paths[1]);
	}
	buf_addc(&json, ']');
	describe(&json, req, out);
	buf_adds(&json, "}\n");
	if (rc == 0) {
		fwrite(json.p, 1, json.len, manifest.file);
		rc = fs_atomic_commit(&manifest, err);
	}
	if (rc == 0)
		snprintf(out->manifest, sizeof out->manifest, "%s", name);
	buf_free(&json);
	free(name);
	return rc;
}

int export_file_commit(struct export_file *f, const struct export_request *req, struct export_result *out,
		       struct error *err)
{
	char *paths[2] = { NULL, NULL };
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < 2; i++) {
		struct export_part *part = &f->part[i];

		if (part->file == NULL)
			continue;
		rc = finish_part(f, part, err);
		out->bytes += part->bytes;
		if (part->atomic.path)
			paths[i] = xstrdup(part->atomic.path);
	}
	memcpy(out->sha256, f->part[0].digest, sizeof out->sha256);
	for (size_t i = 0; rc == 0 && i < 2; i++)
		if (paths[i])
			rc = fs_atomic_commit(&f->part[i].atomic, err);
	if (rc == 0 && paths[0])
		rc = write_manifest(f, paths, req, out, err);
	free(paths[0]);
	free(paths[1]);
	return rc;
}

void export_file_abort(struct export_file *f)
{
	for (size_t i = 0; i < 2; i++) {
		struct export_part *part = &f->part[i];

		if (part->file)
			fclose(part->file);
		part->file = NULL;
		fs_atomic_abort(&part->atomic);
		if (part->sha)
			sha256_free(part->sha);
		part->sha = NULL;
	}
}
