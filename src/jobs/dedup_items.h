/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Clusters of a finished engine run as items of the workspace.  Private to the dedup job.
 */
#ifndef TAMIS_JOBS_DEDUP_ITEMS_H
#define TAMIS_JOBS_DEDUP_ITEMS_H

#include "jobs/dedup.h"

int dedup_items_save(struct store *s, int64_t run, const struct dedup_request *req, struct dedup_docs *docs,
		     const struct dedup_result *r, struct dedup_summary *summary, const struct job *job, struct error *err);

/* Method `imported`: the clusters that another tool wrote into the records, with our keeper and exact similarities.
 * TAMIS_ENOTFOUND when no record names one. */
int dedup_imported_run(struct dedup_result *r, const struct dedup_options *o, struct dedup_docs *docs, const struct job *job,
		       struct error *err);

#endif
