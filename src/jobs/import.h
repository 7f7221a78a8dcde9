/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Import: paths to indexed sources.  Recognise, scan, index; resume what was interrupted; extend what has grown;
 * skip what is there already.
 */
#ifndef TAMIS_JOBS_IMPORT_H
#define TAMIS_JOBS_IMPORT_H

#include "jobs/job.h"

#define IMPORT_SHOWN 20 /* more rejected records than this are counted, not shown one by one */

struct import_result {
	char corpus[64];
	enum item_kind kind;
	uint64_t sources, skipped_sources, records, rejected, bytes;
	uint64_t media;         /* files of folders that were left out as pictures, fonts, sound, film or programs */
	struct rejected shown[IMPORT_SHOWN]; /* the first of this import; those before are in the store's list */
	size_t n_shown;
};

struct import_request {
	char **paths;           /* files, folders, "-" */
	size_t n_paths;
	const char *corpus;     /* NULL: named after the first path */
	struct shape_wish wish;
	/* When set, each source is announced and each chunk is published here as it is indexed, and the first 64
	 * records at once: the screen's way to see rows before the import ends.  Opened by the job for its corpus and handed
	 * over through `on_view` (called once, on the job's thread); the receiver owns what it gets and closes it. */
	void (*on_view)(void *ctx, struct corpus_view *view);
	void *ctx;
	struct import_result *result; /* filled by import_job() when set; must outlive the job */
};

/* Scans folders in byte order of names, hidden files and .git left out; dolma `attributes/` folders and datatrove side
 * files are noted, not imported; pictures, fonts, sound, film and programs inside a folder are left out and counted (a path
 * given by itself is always read).  A file that can't be read fails the import before anything is written. */
int import_job(struct job *job, struct store *s, void *request /* struct import_request */, struct error *err);
int import_run(struct job *job, struct store *s, const struct import_request *req, struct import_result *out,
	       struct error *err);

/* Indexes anew what the cache has lost (deleted or damaged) of a corpus, 0: of all.  Costs a millisecond when there is
 * nothing to do: the faces call it before they open a corpus.  Sources whose file has gone or changed are left out
 * and said in the job's summary.  `out` may be NULL. */
int import_refresh(struct job *job, struct store *s, int64_t corpus, struct import_result *out, struct error *err);
/* The same for the corpus of a view that is on the screen: what is indexed appears in it. */
int import_refresh_view(struct job *job, struct store *s, struct corpus_view *view, struct error *err);
bool import_refresh_needed(struct store *s, int64_t corpus);

#endif
