/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Who goes in the end: the removals of a deduplication run after the curator's word.  A rejected cluster removes nothing; an edited
 * one removes what its text drops.  A record is removed only while its content is what was compared.
 */
#ifndef TAMIS_JOBS_DEDUP_REMOVED_H
#define TAMIS_JOBS_DEDUP_REMOVED_H

#include "base/map.h"
#include "review/cluster.h"

struct dedup_removal {
	item_ref ref, keeper;
	struct hash128 key;      /* of the content that was compared */
	double similarity, containment, covers; /* with `keeper`; NaN when the curator chose another than the run did */
	int64_t run;
	bool chosen;             /* the curator's own choice of keeper */
};

struct dedup_removals {
	struct map64 at;         /* ref -> index of `list` + 1 */
	VEC(struct dedup_removal) list;
	int64_t run;             /* 0: nothing loaded */
};

/* The latest finished deduplication that `corpus` took part in; TAMIS_ENOTFOUND says to run one. */
int dedup_run_of_corpus(int64_t *run, struct store *s, const char *corpus, struct error *err);
int dedup_removals_load(struct dedup_removals *out, struct store *s, int64_t run, struct error *err);
void dedup_removals_free(struct dedup_removals *r);
/* NULL when the record stays. */
const struct dedup_removal *dedup_removal_of(const struct dedup_removals *r, item_ref ref, const struct hash128 *key);
/* {"document":…,"keeper":…,"similarity":…,"containment":…,"covers":…,"chosen":…,"run":…} */
void dedup_removal_json(struct buf *out, const struct dedup_removal *r);

#endif
