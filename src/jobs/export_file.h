/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The file or files of an export and their manifest: written beside their place, hashed as they pass, renamed when
 * complete.  Private to jobs/.
 */
#ifndef TAMIS_JOBS_EXPORT_FILE_H
#define TAMIS_JOBS_EXPORT_FILE_H

#include "base/fs.h"
#include "base/json.h"
#include "formats/writer.h"
#include "jobs/export.h"

struct export_part {
	struct fs_atomic atomic; /* unused for standard output */
	FILE *below;             /* where the bytes go */
	FILE *file;              /* what the writer writes to; NULL when there is no such part */
	struct sha256 *sha;
	uint64_t bytes;
	bool reader_gone;        /* whoever read standard output has left */
	char digest[65];
};

struct export_file {
	struct export_part part[2]; /* the second of a format with two files */
};

/* Of the request `to` (NULL or "-": standard output) and `force`.  Two files are TO.SOURCE and TO.TARGET after the languages.  Nothing
 * is made when one of the files or the manifest would take the place of what output_check() keeps. */
int export_file_open(struct export_file *f, struct store *s, const struct export_request *req, const struct writer_format *format,
		     const char *source_lang, const char *target_lang, struct error *err);
/* Renames and writes the manifest; fills sha256, bytes and manifest of `out`. */
int export_file_commit(struct export_file *f, const struct export_request *req, struct export_result *out,
		       struct error *err);
void export_file_abort(struct export_file *f); /* safe after commit and on a zeroed one */
int export_file_fail(const struct export_file *f, struct error *err);

#endif
