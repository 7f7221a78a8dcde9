/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Near-duplicate instructions of a run: the queue that shows one of each cluster, the largest first.  For queues.c.
 */
#ifndef TAMIS_REVIEW_QUEUE_CLUSTERS_H
#define TAMIS_REVIEW_QUEUE_CLUSTERS_H

#include "review/queues.h"

int queue_clusters(queue_refs *out, const struct scores *sc, double threshold, struct store *s, struct error *err);

#endif
