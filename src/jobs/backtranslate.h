/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From a corpus of documents to a run of instruction pairs: cut into segments, filter, write an instruction for each, check the
 * pair, keep everything that was measured beside it.
 *
 * Generators: `extract` (instruct/draft.h) drafts without a model; its pairs are suggested for rejection when a check fails and never for
 * acceptance, and jobs/export.h lets them out only after a person accepted or edited them.  `http` asks a model (jobs/asker.h) for the
 * instruction, may have the pair judged and the response rewritten by it, and asks again what was not answered as asked.  Every
 * segment asked about becomes an item, in the order of the segments: one whose reply could not be used says so in its `outcome`,
 * keeps what the model said in `reply`, and is asked again by the same request with `again`.  A segment that does not fit the model's
 * context (net/overlong.h) is cut at the end of a sentence and asked about once more, for all that is asked of it; its item says
 * `truncated`, its response ends where it was cut, and it is never suggested for acceptance.
 */
#ifndef TAMIS_JOBS_BACKTRANSLATE_H
#define TAMIS_JOBS_BACKTRANSLATE_H

#include "instruct/draft.h"
#include "instruct/gates.h"
#include "instruct/reply.h"
#include "jobs/asker.h"

#define BACKTRANSLATE_ENGINE "instruct 1"
#define BACKTRANSLATE_PIPELINE "backtranslate"

enum backtranslate_generator { GENERATOR_EXTRACT, GENERATOR_HTTP };

/* What a generator that asks a model is told. */
struct backtranslate_model {
	const char *endpoint, *model;
	const char *key;      /* of the service, or NULL; never stored */
	unsigned parallel;    /* calls in flight at most; 0: 64 */
	unsigned idle_s;      /* give a call up when nothing is heard for so long; 0: 300 */
	unsigned tries;       /* replies asked for until one is as asked; 0: 2 */
	int64_t budget;       /* tokens; 0: no limit */
	bool judge, rewrite;
	bool again;           /* ask anew where the replies known are no good, instead of taking them as they are */
};

struct backtranslate_request {
	const char *corpus;
	const char *lang;     /* declared for all documents: pairs in another fail; NULL: guessed segment by segment */
	unsigned types;       /* bits of enum draft_type; 0: all */
	size_t least, most;   /* characters of a segment; 0: those of instruct/segment.h */
	uint64_t n;           /* at most so many, drawn by the hash of their text; 0: all */
	bool keep_all;        /* pairs also of segments that fail a check */
	const char *benchmark; /* a file whose texts no pair may hold (instruct/benchmark.h), or NULL */
	enum backtranslate_generator generator;
	struct backtranslate_model model;
};

/* How the replies about a segment ended: those of enum reply_outcome, then these. */
enum { ENDED_FAILED = REPLY_OUTCOMES, ENDED_TOO_LONG, ENDED_NOT_ASKED, ENDED };
const char *backtranslate_ended_name(unsigned ended); /* "ok" "unparsed" "cut" "refused" "empty" "failed" "too-long" "not-asked" */

struct backtranslate_result {
	uint64_t documents, unreadable;
	uint64_t segments;
	uint64_t duplicates;         /* segments whose text came before, exactly or nearly (instruct/twins.h) */
	uint64_t left_out[CHECKS];   /* segments by each check they failed (one may fail several) */
	uint64_t failed_segments;
	uint64_t other_types;        /* segments of a type that was not asked for */
	uint64_t pairs;              /* with an instruction */
	uint64_t outcomes[3];        /* pairs by worst outcome */
	uint64_t failed[CHECKS];     /* pairs by each check they failed */
	int64_t run;
	bool asked;                  /* a model was: the rest says how that went */
	bool resumed;                /* an interrupted run was gone on with */
	uint64_t ended[ENDED];       /* segments by how their draft ended */
	uint64_t truncated;          /* segments that were cut to fit the model's context */
	uint64_t judged, unjudged, rewritten, unwritten; /* pairs; un…: asked for and not got */
	struct asker_counts asker;
};

/* TAMIS_ENOTFOUND for a missing corpus, TAMIS_EUSAGE when it holds no documents. Without a segment the run is empty. */
int backtranslate_run(struct job *job, struct store *s, const struct backtranslate_request *req, struct backtranslate_result *out,
		      struct error *err);
/* Members of the summary object. */
void backtranslate_summary_json(struct buf *out, const struct backtranslate_result *r);

#endif
