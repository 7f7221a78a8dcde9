/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Near-duplicate detection, whole: texts in, who stays and who goes (and why) out.  No store, no screen.
 *
 *   sketch every text -> equal tokens are one -> candidates (bands, or SimHash distance) -> exact Jaccard of each -> stars
 *
 * Same texts and same options give the same result whatever the number of threads and whatever `memory` is.  With a memory limit,
 * signatures, band records, candidate pairs and shingle sets are kept in temporary files or made again in turns; what always
 * stays in memory is about 110 bytes a document, and 12 bytes a verified pair.
 *
 * References: the first `references` documents are never removed and never compared with each other.  They are a test set that
 * training data must not repeat (`among` false), or documents that an earlier run kept (`among` true).  With `contained`, a test set is
 * searched for inside the other documents too, exactly and instead of by signatures (dedup/contain.h): then a document goes when it has
 * that share of a reference's shingles or J >= T with it, and `edges` names every reference it has.
 */
#ifndef TAMIS_DEDUP_DEDUP_H
#define TAMIS_DEDUP_DEDUP_H

#include "dedup/candidates.h"
#include "dedup/cluster.h"

/* DEDUP_IMPORTED names clusters that were given, not found; dedup_run() then finds equal texts only. */
enum dedup_method { DEDUP_MINHASH, DEDUP_SIMHASH, DEDUP_EXACT, DEDUP_IMPORTED };
const char *dedup_method_name(enum dedup_method m);
int dedup_method_parse(enum dedup_method *out, const char *name, struct error *err);

struct dedup_options {
	enum dedup_method method;
	uint32_t threshold;         /* millionths */
	struct shingle_spec shingle;
	enum minhash_scheme scheme;
	struct banding banding;     /* bands 0: chosen for P(T) >= 0.995 */
	int distance;               /* SimHash; -1: chosen for P(T) >= 0.95 */
	struct keeper_policy policy;
	const struct dedup_trait *trait; /* [doc] or NULL */
	uint32_t references;
	bool among;
	uint32_t contained;         /* millionths of a reference's shingles; 0: whole documents only; not with `among` */
	size_t memory;              /* bytes; 0: no limit */
	unsigned threads;           /* 0: default */
	const char *index;          /* file of signatures to start from, or NULL; needs source->key */
	const atomic_bool *cancel;  /* may be NULL */
	/* From any thread; may be NULL.  `stage` is a constant marked with N_. */
	void (*progress)(void *ctx, const char *stage, uint64_t done, uint64_t total);
	void *ctx;
};
void dedup_options_init(struct dedup_options *o); /* minhash, 0.8, word:5, length */

enum dedup_reason { DEDUP_KEPT, DEDUP_SAME_BYTES, DEDUP_SAME_TOKENS, DEDUP_NEAR, DEDUP_CONTAINS };
const char *dedup_reason_name(enum dedup_reason why); /* "kept" "bytes" "tokens" "near" "contains" */

struct dedup_counts {
	uint64_t documents, without_tokens, bytes;
	uint64_t from_index;          /* sketches that needed no reading */
	uint64_t same_bytes, same_tokens, near, contains; /* removals by reason */
	uint64_t kept, clusters, groups;        /* clusters: keepers with members; groups: components of more than one */
	struct candidate_counts candidates;
	uint64_t verified, edges;
	uint64_t too_short;           /* references searched for as whole texts only */
	double sketch_cpu, candidate_cpu, verify_cpu, cluster_cpu; /* seconds of CPU of the process */
};

struct dedup_result {
	uint32_t n;
	uint32_t threshold, contained;
	struct banding banding;       /* as used */
	unsigned distance;
	struct sketches sketches;
	uint32_t *exact;              /* [doc]: who stands for it */
	uint32_t *rank;               /* [doc] */
	edge_vec edges;               /* every verified pair with J >= T (or contained) among those that stand for themselves */
	struct star star;
	struct dedup_counts counts;
};

int dedup_run(struct dedup_result *out, const struct dedup_source *source, const struct dedup_options *o,
	      struct error *err);
void dedup_result_free(struct dedup_result *r);
enum dedup_reason dedup_why(const struct dedup_result *r, uint32_t doc);
double dedup_similarity(const struct dedup_result *r, uint32_t doc); /* with its keeper */

/* The steps, for those who need one only. */
int dedup_sketch(struct sketches *out, struct dedup_counts *counts, struct worker_pool *pool, const struct dedup_options *o,
		 struct error *err);
/* Writes the index that `o->index` may name next time. */
int dedup_save_index(const struct dedup_result *r, const struct dedup_source *source, const char *path, struct error *err);

#endif
