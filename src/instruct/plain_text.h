/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a person reads of a document: the text without its markup.
 */
#ifndef TAMIS_INSTRUCT_PLAIN_TEXT_H
#define TAMIS_INSTRUCT_PLAIN_TEXT_H

#include "base/buf.h"

/* Replaces `*out` by the headings and texts of an HTML, Markdown, POD, manual or LaTeX document, a blank line between blocks, and
 * returns true; false when `source` is plain text or code, or can't be read as what it looks like: then it is to be taken as it is. */
bool plain_text_of(struct buf *out, struct span source);

#endif
