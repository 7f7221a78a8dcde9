/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The facts of a tree's files, from the cache where a file has the same size and time, else by reading it; on all threads.
 */
#ifndef TAMIS_JOBS_ORDER_FACTS_H
#define TAMIS_JOBS_ORDER_FACTS_H

#include "jobs/order.h"

int order_facts_collect(struct order_work *w, struct store *s, struct job *job, struct error *err);

#endif
