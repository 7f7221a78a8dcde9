/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From a corpus of documents to a run of instruction pairs: cut into segments, filter, write an instruction for each, check the
 * pair, keep everything that was measured beside it.
 *
 * The one generator is `extract` (instruct/draft.h).  Its pairs are drafts: they are suggested for rejection when a check
 * fails and never for acceptance, and jobs/export.h lets them out only after a person accepted or edited them.
 */
#ifndef TAMIS_JOBS_BACKTRANSLATE_H
#define TAMIS_JOBS_BACKTRANSLATE_H

#include "instruct/draft.h"
#include "instruct/gates.h"
#include "jobs/job.h"

#define BACKTRANSLATE_ENGINE "instruct 1"
#define BACKTRANSLATE_PIPELINE "backtranslate"

struct backtranslate_request {
	const char *corpus;
	const char *lang;     /* declared for all documents: pairs in another fail; NULL: guessed segment by segment */
	unsigned types;       /* bits of enum draft_type; 0: all */
	size_t least, most;   /* characters of a segment; 0: those of instruct/segment.h */
	uint64_t n;           /* at most so many, drawn by the hash of their text; 0: all */
	bool keep_all;        /* pairs also of segments that fail a check */
};

struct backtranslate_result {
	uint64_t documents, unreadable;
	uint64_t segments;
	uint64_t duplicates;         /* segments whose text came before */
	uint64_t left_out[CHECKS];   /* segments by each check they failed (one may fail several) */
	uint64_t failed_segments;
	uint64_t other_types;        /* segments of a type that was not asked for */
	uint64_t pairs;
	uint64_t outcomes[3];        /* pairs by worst outcome */
	uint64_t failed[CHECKS];     /* pairs by each check they failed */
	int64_t run;
};

/* TAMIS_ENOTFOUND for a missing corpus, TAMIS_EUSAGE when it holds no documents. Without a segment the run is empty. */
int backtranslate_run(struct job *job, struct store *s, const struct backtranslate_request *req, struct backtranslate_result *out,
		      struct error *err);
/* Members of the summary object. */
void backtranslate_summary_json(struct buf *out, const struct backtranslate_result *r);

#endif
