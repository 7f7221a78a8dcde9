/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A run's item: its JSON body (DESIGN section 3) as the fields of a record.  Private to review/.
 */
#ifndef TAMIS_REVIEW_ITEM_BODY_H
#define TAMIS_REVIEW_ITEM_BODY_H

#include "review/item.h"

/* Fields live in `arena`; spans of unescaped values point into `body`. */
int item_body_parse(struct record *out, enum item_kind kind, struct span body, struct arena *arena, struct error *err);

/* KIND_CLUSTER, after its body was parsed: fills item->cluster, adds the field ROLE_CLUSTER, reads texts of members when
 * `src` is not NULL. A member that is gone is marked, not an error. */
int item_cluster_load(struct item *item, struct item_source *src, struct error *err);

#endif
