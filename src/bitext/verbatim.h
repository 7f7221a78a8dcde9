/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a translation leaves as it is: placeholders (%s, $1, {name}), paths, options, names with digits or signs inside, abbreviations in
 * capitals, single capitals.  Two sentences made from one template differ in little else.
 */
#ifndef TAMIS_BITEXT_VERBATIM_H
#define TAMIS_BITEXT_VERBATIM_H

#include "base/buf.h"

struct verbatim {
	unsigned same, other;     /* pieces of both, and of only one of the two */
};

/* At most 32 pieces a side are looked at. */
void verbatim_compare(struct verbatim *out, struct span x, struct span y);

#endif
