/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A curator's edits put into a JSON record: only the values that were edited change, every other byte stays as it came.  Internal to
 * formats/.
 */
#ifndef TAMIS_FORMATS_SPLICE_H
#define TAMIS_FORMATS_SPLICE_H

#include "formats/writer.h"

/* Appends the object `raw` with the edits of `item` in it and without a `_tamis` member that was there.  A text is found by its field's
 * name, also inside nested objects, as the one string of a turn and as the only answer of a list; a chat whose turns are still the same ones changes in the turns
 * that were edited, any other chat becomes the edited turns.  False when some edit has no place in it (a text made of several
 * fields): `out` is then of no use. */
bool splice_edits(struct buf *out, const struct export_item *item, struct span raw);

#endif
