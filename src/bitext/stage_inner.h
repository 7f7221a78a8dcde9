/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the stages of mining share.
 */
#ifndef TAMIS_BITEXT_STAGE_INNER_H
#define TAMIS_BITEXT_STAGE_INNER_H

#include "bitext/stage.h"
#include "formats/tabbed.h"

/* Numbers by their value, else by their bytes. */
int id_compare(struct span a, struct span b);
/* "x" or "y" as 0 or 1; -1 for anything else. */
int side_of(struct span field);

#endif
