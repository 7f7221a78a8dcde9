/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tags out of the way, for a look at the words of a page: no parser, no promise about structure.
 */
#ifndef TAMIS_BASE_TAGS_H
#define TAMIS_BASE_TAGS_H

#include "base/buf.h"

/* Its first word is a tag, a doctype or an XML declaration. */
bool tags_lead(struct span text);
/* Writes the words between the tags of `text` to `out`, at most `room` bytes of whole characters, and returns how many.  Comments, scripts,
 * style sheets and a page's head are passed over, numeric entities are decoded, of named letters (&eacute;) the letter stays.  Reads as much
 * of `text` as it needs, at most its first 256 KiB. */
size_t tags_strip(char *out, size_t room, struct span text);

#endif
