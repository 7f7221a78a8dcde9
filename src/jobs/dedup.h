/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Deduplication as a job: corpora in, a run of clusters out, each removal with its keeper, similarity and containment; a table of
 * MinHash against SimHash on request; and who is removed in the end, once the curator has judged.
 *
 * A cluster's body (JSON): method, threshold, keep (ref of the keeper), size, removed, min_similarity, sources (corpora), group (number of
 * its component) and chained (the component has other keepers), flags, and members: [{document, name, key, corpus, similarity,
 * containment (of its shingles in the keeper's), covers (of the keeper's in its own), why, also}], the keeper first.  `also`, in a run against a test set: the
 * other items of it that stand in the document, [{document, covers}].  Flags name the queues a
 * cluster belongs to:
 *   borderline     a member with J < T + 0.05
 *   contained      a member of which 95 % of the shingles stand in the keeper, though J < 0.9
 *   disagreement   a member the other method would not have found at its own default setting; in clusters of another tool, one with J < T
 *   loss           a member from a source of 20 documents or more that would lose over half of them
 * The key of a cluster is that of its members' contents, the keeper's first: the same cluster keeps its verdict in later runs.
 */
#ifndef TAMIS_JOBS_DEDUP_H
#define TAMIS_JOBS_DEDUP_H

#include "dedup/tradeoff.h"
#include "jobs/dedup_docs.h"

#define DEDUP_ENGINE "dedup 1"

struct dedup_request {
	const char *const *corpora;
	size_t n_corpora;
	const char *against;         /* a corpus that stays whole and is compared with; NULL */
	struct dedup_options options;/* threads, progress, trait and references are the job's */
	const char *policy;          /* as keeper_policy_parse() */
	bool compare;
	uint32_t queries;            /* sampled for the comparison; 0: TRADEOFF_QUERIES */
	bool no_index;               /* don't keep signatures beside the workspace */
};

struct dedup_summary {
	int64_t run;
	struct dedup_counts counts;
	struct banding banding;
	unsigned distance;
	uint64_t removed;
	uint64_t flagged[4];         /* clusters by flag, in the order above */
	VEC(struct tradeoff_point) points; /* with `compare` */
	double seconds;
};
void dedup_summary_free(struct dedup_summary *s);

extern const char *const dedup_flags[4];

/* A run and its clusters. */
int dedup_job_run(struct job *job, struct store *s, const struct dedup_request *req, struct dedup_summary *out,
		  struct error *err);

/* {"run":…,"documents":…} without braces: the figures of the summary line and of the run's counts. */
void dedup_summary_json(struct buf *out, const struct dedup_summary *s);
/* One row of the comparison, with braces. */
void dedup_point_json(struct buf *out, const struct tradeoff_point *p);

/* The file of signatures for corpora and options, beside the workspace; the caller frees. */
char *dedup_index_path(const struct workspace *w, const struct dedup_request *req);

#endif
