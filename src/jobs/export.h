/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Export: what was accepted (or matches a filter), streamed in corpus order into one file that appears under its name only
 * when it is complete and on disk, with a manifest beside it.  Memory does not grow with the corpus.
 *
 * JSONL keeps the identical original bytes of each record; of a record the curator has edited, of everything but the edited texts
 * (formats/splice.h).  With `annotate` the edit and what it replaced are part of `_tamis`.
 */
#ifndef TAMIS_JOBS_EXPORT_H
#define TAMIS_JOBS_EXPORT_H

#include "jobs/job.h"

struct export_request {
	enum item_kind kind;    /* what to export; KIND_NONE with `corpus`: the corpus' own kind */
	const char *corpus;     /* name; NULL: every corpus of that kind */
	int64_t run;            /* > 0: the items of this run, not records */
	const char *where;      /* filter (review/filter.h) or NULL */
	bool accepted;          /* only what is accepted now */
	const char *format;     /* "jsonl" "csv" "tsv" "tmx" "moses" "chat" "dpo"; NULL: jsonl */
	const char *to;         /* path; NULL or "-": standard output, no manifest */
	bool deduplicated;      /* without what the latest dedup run of each corpus removes, as the curator judged it; who went for whom goes
	                         * to TO.removed.jsonl */
	bool force;             /* write over files that are there (jobs/output.h) */
	bool tags;              /* instructions get a system message that says whether they were made from a text (Humpback's source tags) */
	bool annotate;          /* JSON Lines: add a `_tamis` member with the verdict, reasons, note and edit */
};

struct export_result {
	uint64_t seen;          /* records looked at */
	uint64_t written;
	uint64_t bytes;
	uint64_t edited;        /* written with the curator's edits */
	uint64_t edits_left_out;/* edited records too large to be looked into, which went out as their original bytes */
	uint64_t skipped;       /* wanted, but this format has no place for them */
	uint64_t partial;       /* written without some fields: a table has WRITER_COLUMNS_MAX columns at most */
	uint64_t unedited;      /* of these, records without an edited answer in DPO */
	uint64_t duplicates;    /* left out with `deduplicated` */
	uint64_t drafts;        /* instructions drafted from documents (jobs/backtranslate.h) that nobody accepted or edited: left out */
	char sha256[65];
	bool reader_gone;       /* it failed because nobody reads standard output any more */
	char manifest[4096];    /* path of the manifest, "" when none */
};

/* TAMIS_EUSAGE for an unknown format or one that can't hold the kind, and for a file that output_check() keeps; TAMIS_EIO leaves no file behind. */
int export_run(struct job *job, struct store *s, const struct export_request *req, struct export_result *out,
	       struct error *err);

#endif
