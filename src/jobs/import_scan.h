/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One source, from its bytes to its index: framed in order, scanned in parallel, committed in order, so that the
 * result is the same for any number of threads.  Private to jobs/.
 */
#ifndef TAMIS_JOBS_IMPORT_SCAN_H
#define TAMIS_JOBS_IMPORT_SCAN_H

#include "formats/reader.h"
#include "jobs/import.h"

struct scan_batch;
struct scan_waiting;

struct import_scan {
	struct job *job;
	struct store *s;
	struct corpus_view *view; /* NULL when nobody looks */
	/* Called when the first records, or all there are, have been published. */
	void (*published)(void *ctx);
	void *ctx;
	unsigned threads;
	uint8_t lang;              /* what the user said all records are, or LANG_UNKNOWN */
	uint64_t done_bytes;       /* of sources before this one, for progress */
	uint64_t total_bytes;
	uint64_t total_records;
	uint64_t total_rejected;
	struct import_result *out; /* gets the first rejected records */
	struct scan_batch *batch;
	/* While a batch of the store is open, what it holds can't be read by others yet: publishing waits for
	 * import_scan_publish(). */
	bool deferred;
	VEC(struct scan_waiting) waiting;
};

void import_scan_init(struct import_scan *scan);
void import_scan_free(struct import_scan *scan);

/* Keeps a rejected record for the person who waits, in place of an earlier one of the same byte. */
void import_show_rejected(struct import_result *out, const struct rejected *row);

void import_scan_publish(struct import_scan *scan);

/* Indexes `src` from src->position on (0: from nothing) and updates its position, line, records and rejected.  `path` is
 * where its bytes are (src->path, or the spool of a pipe).  What was finished is saved when it fails or is cancelled. */
int import_scan_source(struct import_scan *scan, struct source *src, const char *path, struct error *err);

#endif
