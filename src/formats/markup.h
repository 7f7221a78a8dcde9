/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Text into XML and HTML.
 */
#ifndef TAMIS_FORMATS_MARKUP_H
#define TAMIS_FORMATS_MARKUP_H

#include "base/buf.h"

enum markup {
	MARKUP_XML,  /* comes back as it was: a carriage return is written as &#13; */
	MARKUP_HTML, /* for people to read: C1 controls are not let through either */
};

/* Appends UTF-8 text as character data or as an attribute's value in double quotes: & < > " escaped; what the language can't
 * hold even escaped, or what is not UTF-8, becomes U+FFFD (XML 1.0, 2.2). */
void markup_put_text(struct buf *out, enum markup markup, struct span text);

#endif
