/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One line of a record for a list, from its first bytes only: a 2 GB record costs as much as a small one.
 */
#ifndef TAMIS_UI_PEEK_H
#define TAMIS_UI_PEEK_H

#include "review/item.h"
#include "review/sheet.h"

/* Bytes read of a record.  One that fits is parsed; of a longer one, JSON members are looked for in what was read. */
#define PEEK_BYTES 16384u

/* Appends to `out`'s last line.  `raw`: the bytes as they are.  What can't be read is said in STYLE_ERROR. */
void peek_head(struct sheet *out, struct corpus_view *view, struct store *store, uint64_t record, bool raw, int columns);

/* Where the value of a string member begins in the first bytes of a JSON object, or false: not among them, or no string. */
bool peek_member(struct span head, const char *key, size_t *at);

#endif
