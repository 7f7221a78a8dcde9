/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the tour shares with `tamis dedup`.
 */
#ifndef TAMIS_CLI_DEDUP_H
#define TAMIS_CLI_DEDUP_H

#include "cli/verb.h"
#include "jobs/dedup.h"

/* The trade-off table of a run with `compare`; nothing when there is none. */
void dedup_print_points(struct cli *cli, const struct dedup_summary *s);

#endif
