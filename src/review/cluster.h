/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A cluster of duplicates as a person judges it: its members, and which of them stay.
 *
 * Who stays is a text of one line a member, "keep REF …" or "drop REF …", which the curator may edit like any other text (its role
 * is ROLE_CLUSTER): turn a drop into a keep to keep both, move the keep to choose another keeper; several keeps split the
 * cluster.  Everything that works for edits (undo, log, merge, export) so works for this.  A rejected cluster keeps all.
 */
#ifndef TAMIS_REVIEW_CLUSTER_H
#define TAMIS_REVIEW_CLUSTER_H

#include "base/arena.h"
#include "store/store.h"

struct cluster_member {
	item_ref ref;
	struct hash128 key;        /* of its content when the cluster was made */
	struct span name, corpus;
	struct span why;           /* "kept" "bytes" "tokens" "near" "contains" */
	struct span also;          /* JSON array: other test items in it, as it stands */
	double similarity;         /* with the run's keeper; NaN when the tool that made the cluster didn't say */
	double containment;        /* share of its shingles that the keeper has */
	double covers;             /* share of the keeper's shingles that it has */
	bool keep;                 /* as the run says, then as cluster_apply() says */
	bool loaded, missing;      /* `text` was read; its record is gone or has changed */
	struct span text;          /* beginning of its text */
};

struct item_cluster {
	struct cluster_member *member;
	size_t n;
	double threshold;
	struct span flags;         /* JSON array as it stands */
};

/* From an item's body; spans point into it or into `arena`.  TAMIS_EPARSE when it is no cluster. */
int cluster_parse(struct item_cluster *out, struct span body, struct arena *arena, struct error *err);
/* The text of who stays as the run says it. */
void cluster_text(struct buf *out, const struct item_cluster *c);
/* Sets `keep` of each member that `text` names; others stay as they are.  Returns how many stay: a text that would drop
 * all is not followed. */
size_t cluster_apply(struct item_cluster *c, struct span text);

#endif
